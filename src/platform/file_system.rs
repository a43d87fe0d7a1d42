//! What files need beyond `std::fs` alike everywhere: private creation, replacing by rename, flushing a folder.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a new file that only this account can read (mode 0600; on Windows the folder's access list applies).
/// Refuses an existing one, a link included.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Gives `path` the permission bits of `like`, so that replacing a file does not lock out the people who shared it.
/// Does nothing where access lists rule (Windows) or where `like` is not there.
pub fn take_permissions(path: &Path, like: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match patiently(|| fs::metadata(like)) {
        Ok(metadata) => return fs::set_permissions(path, metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let _ = (path, like);
    Ok(())
}

/// Makes a folder that only this account can use, or the people who share the file `like` as well: whoever may read or
/// write that file may read or write the folder. One that is there already is left as it is.
pub fn create_private_folder(path: &Path, like: &Path) -> io::Result<()> {
    #[cfg_attr(windows, expect(unused_mut, reason = "access lists rule there"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, MetadataExt};
        let shared = patiently(|| fs::metadata(like)).map_or(0, |metadata| metadata.mode() & 0o066);
        let enter = (shared & 0o044) >> 2;
        builder.mode(0o700 | shared | enter);
    }
    let _ = like;
    match patiently(|| builder.create(path)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Opens a file for reading.
pub fn open(path: &Path) -> io::Result<File> {
    patiently(|| File::open(path))
}

/// Whether anything has this name, a dangling link included.
pub fn exists(path: &Path) -> io::Result<bool> {
    match patiently(|| fs::symlink_metadata(path)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The names in a folder, at most `limit` of them.
pub fn list(folder: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    let entries = patiently(|| fs::read_dir(folder))?;
    entries.take(limit).map(|entry| entry.map(|entry| entry.file_name())).collect()
}

/// Gives a file a second name; refuses a taken one.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::hard_link(from, to))
}

/// Removes a file.
pub fn remove(path: &Path) -> io::Result<()> {
    patiently(|| fs::remove_file(path))
}

/// Puts `from` in the place of `to` in one step: rename(2), on Windows `FileRenameInfoEx` with POSIX semantics where the
/// file system has it, else `MoveFileExW` with `MOVEFILE_REPLACE_EXISTING`. Not `ReplaceFileW`, which can fail half-way
/// with no file at `to`.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::rename(from, to))
}

/// Tries again what a signal interrupted, and on Windows for about a second what a virus scanner, an indexer or a
/// synchronising program holds for a moment. Elsewhere files are not held.
fn patiently<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..20 {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            #[cfg(windows)]
            Err(error) if is_held(&error) => std::thread::sleep(std::time::Duration::from_millis(50)),
            outcome => return outcome,
        }
    }
    action()
}

/// ERROR_ACCESS_DENIED (a file that is being deleted, or is open without FILE_SHARE_DELETE), ERROR_SHARING_VIOLATION,
/// ERROR_LOCK_VIOLATION, ERROR_USER_MAPPED_FILE, ERROR_DELETE_PENDING, ERROR_CLOUD_FILE_IN_USE.
#[cfg(windows)]
fn is_held(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33 | 1224 | 303 | 391))
}

/// Whether an attempt to lock a file failed because its disk or share has no locks.
pub fn means_no_locks(error: &io::Error) -> bool {
    // ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED, ERROR_CALL_NOT_IMPLEMENTED.
    #[cfg(windows)]
    let known = [1, 50, 120];
    #[cfg(unix)]
    let known = [libc::ENOLCK, libc::EOPNOTSUPP, libc::ENOTSUP, libc::ENOSYS, libc::EINVAL, libc::ENOTTY];
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error().is_some_and(|code| known.contains(&code))
}

/// Makes a rename in `folder` survive a power cut. Windows keeps no such promise to ask for.
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    let _ = folder;
    Ok(())
}
