//! What files need beyond `std::fs` alike everywhere: private creation, replacing by rename, flushing a folder.

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
    match fs::metadata(like) {
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
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, MetadataExt};
        let shared = fs::metadata(like).map_or(0, |metadata| metadata.mode() & 0o066);
        let enter = (shared & 0o044) >> 2;
        builder.mode(0o700 | shared | enter);
    }
    let _ = like;
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Puts `from` in the place of `to` in one step. On Windows a virus scanner or an indexer may hold the target for a
/// moment, so a refusal is tried again for about a second.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(windows)]
    for _ in 0..20 {
        match fs::rename(from, to) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied || is_sharing_violation(&error) => {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            outcome => return outcome,
        }
    }
    fs::rename(from, to)
}

/// ERROR_SHARING_VIOLATION or ERROR_LOCK_VIOLATION.
#[cfg(windows)]
fn is_sharing_violation(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(32 | 33))
}

/// Makes a rename in `folder` survive a power cut. Windows keeps no such promise to ask for.
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    let _ = folder;
    Ok(())
}
