//! Files and folders as this program may use them: regular ones only, never through a link that somebody planted, with
//! rights that are set on the open file and never by its path.
//!
//! In: paths whose folder is meant as it is written (a folder that is itself a link is refused where a function says
//! so). Out: open files, or an `io::Error` in words where the system has none.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
mod access_list;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as imp;
#[cfg(windows)]
use windows as imp;

/// Who may read or write a file, of which a part could not be given to the file that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessNotKept {
    /// “its group “team”” or “its access list”.
    pub what: String,
    /// What the operating system said.
    pub why: String,
}

/// Whom a lock on a file keeps away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockReach {
    /// Every other writer of what it guards.
    Everybody,
    /// Somebody may not be able to open the lock file, or may hold the same lock on another machine.
    NotEverybody,
}

/// What is wrong with a name that leads to something other than a regular file.
#[derive(Debug)]
struct NotRegular(&'static str);

impl fmt::Display for NotRegular {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it is {}, not a regular file", self.0)
    }
}

impl std::error::Error for NotRegular {}

fn not_regular(what: &'static str) -> io::Error {
    io::Error::other(NotRegular(what))
}

/// Whether an error says that the name leads to something other than a regular file: a link where none is followed, a
/// folder, a pipe, a device.
pub fn means_not_regular(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<NotRegular>())
}

/// Creates a file that only this account can read (mode 0600; on Windows the folder's access list applies). Refuses an
/// existing one, a link included.
pub fn create_private(path: &Path) -> io::Result<File> {
    imp::create(path, imp::PRIVATE)
}

/// Creates a file with these bytes and flushes it to the disk. Who may use the regular file `like` may use this one: its
/// mode without the right to run it, its group and its access list; private where `like` is not there. Refuses an
/// existing file, links at either place, and a folder that is a link.
pub fn write_new(path: &Path, bytes: &[u8], like: &Path) -> io::Result<Option<AccessNotKept>> {
    let mut file = imp::create_in_real_folder(path)?;
    file.write_all(bytes)?;
    let not_kept = imp::take_access(&file, like)?;
    file.sync_all()?;
    Ok(not_kept)
}

/// Puts a private file with these bytes in the place of `path` in one step, flushed to the disk.
pub fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, imp::PRIVATE, None)
}

/// Writes a file that a person named: in one step, in the place of a regular file that was there, which passes its mode
/// on. A new one gets the rights that this account's files get. Refuses links, folders and devices: what they lead to
/// is not what was named.
pub fn write_named(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let like = regular_or_missing(path)?.then_some(path);
    put(path, bytes, imp::USUAL, like)
}

/// As [`write_named`], for what only this account may read.
pub fn write_named_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    regular_or_missing(path)?;
    put(path, bytes, imp::PRIVATE, None)
}

/// What a person's file replaced, until it is certain that it stays: to be removed, or put back.
#[must_use]
pub struct Replaced {
    path: PathBuf,
    former: Option<PathBuf>,
}

impl Replaced {
    /// The new file stays.
    pub fn confirm(self) {
        if let Some(former) = &self.former {
            let _ = fs::remove_file(former);
        }
    }

    /// The new file goes, and what was there before is back.
    pub fn put_back(self) -> io::Result<()> {
        match &self.former {
            Some(former) => patiently(|| fs::rename(former, &self.path)),
            None => remove(&self.path),
        }
    }
}

/// As [`write_named`], or [`write_named_private`], and keeps the file that was there beside it until it is known whether the new
/// one stays.
pub fn replace_named(path: &Path, bytes: &[u8], is_private: bool) -> io::Result<Replaced> {
    let mut replaced = Replaced { path: path.to_path_buf(), former: None };
    if regular_or_missing(path)? {
        let former = temporary_beside(path)?;
        // A second name, so that the file is never missing; where the file system has no such thing, for a moment it is.
        fs::hard_link(path, &former).or_else(|_| patiently(|| fs::rename(path, &former)))?;
        replaced.former = Some(former);
    }
    let written = match is_private {
        true => put(path, bytes, imp::PRIVATE, None),
        false => put(path, bytes, imp::USUAL, replaced.former.as_deref()),
    };
    match written {
        Ok(()) => Ok(replaced),
        Err(error) => {
            if replaced.former.is_some() {
                let _ = replaced.put_back();
            }
            Err(error)
        }
    }
}

/// Whether a regular file is there.
fn regular_or_missing(path: &Path) -> io::Result<bool> {
    match patiently(|| fs::symlink_metadata(path)) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(found) => Err(not_regular(kind_of(found.file_type()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn kind_of(found: fs::FileType) -> &'static str {
    if found.is_symlink() {
        "a link"
    } else if found.is_dir() {
        "a folder"
    } else {
        "a pipe, socket or device"
    }
}

fn put(path: &Path, bytes: &[u8], mode: imp::NewMode, like: Option<&Path>) -> io::Result<()> {
    let beside = temporary_beside(path)?;
    let write = || {
        let mut file = imp::create(&beside, mode)?;
        file.write_all(bytes)?;
        if let Some(like) = like {
            imp::take_access(&file, like)?;
        }
        file.sync_all()?;
        drop(file);
        patiently(|| fs::rename(&beside, path))
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// The path with `suffix` added to its name.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut longer = path.as_os_str().to_owned();
    longer.push(suffix);
    longer.into()
}

/// A name beside `path` that nobody can foresee: the path with 16 random hexadecimal digits and `.new` added.
pub fn temporary_beside(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(with_suffix(path, &format!(".{:016x}.new", u64::from_be_bytes(random))))
}

/// Whether `name` is what [`temporary_beside`] makes of a file of the name `of`.
pub fn is_temporary_of(name: &OsStr, of: &OsStr) -> bool {
    let (name, of) = (name.as_encoded_bytes(), of.as_encoded_bytes());
    let rest = name.strip_prefix(of).and_then(|rest| rest.strip_prefix(b"."));
    let digits = rest.and_then(|rest| rest.strip_suffix(b".new"));
    digits.is_some_and(|digits| digits.len() == 16 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Removes what programs that were killed left half written under a name that [`temporary_beside`] made of `path`, among
/// the first `limit` names of its folder. One that somebody is still writing goes as well.
pub fn remove_temporaries_of(path: &Path, limit: usize) {
    let (Some(folder), Some(own)) = (path.parent(), path.file_name()) else { return };
    for name in list(folder, limit).unwrap_or_default() {
        if is_temporary_of(&name, own) {
            let _ = remove(&folder.join(name));
        }
    }
}

/// Creates a folder that only this account can use, or the people who share the file `like` as well: who may read or
/// write that file may read or write the folder. One that is there already stays as it is, once [`check_folder`] has
/// nothing against it.
pub fn create_shared_folder(path: &Path, like: &Path) -> io::Result<()> {
    match imp::create_shared_folder(path, like) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check_folder(path, like),
        made => made,
    }
}

/// Refuses a folder that is a link or no folder, and one of another account, unless that account shares the file
/// `like`: it owns that file, or the file's group may write it. Administrators are trusted.
pub fn check_folder(path: &Path, like: &Path) -> io::Result<()> {
    imp::check_folder(path, like)
}

/// Creates this account's own folder with all folders above it that are missing; nobody else can enter them.
pub fn create_own_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Opens the regular file that `path` leads to. A pipe or a device is refused, and never waited for.
pub fn open(path: &Path) -> io::Result<File> {
    patiently(|| imp::open(path))
}

/// Reads the whole regular file that `path` leads to; `ErrorKind::FileTooLarge` past `limit` bytes.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    if length > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Reads the whole regular file that `path` leads to as text; `ErrorKind::FileTooLarge` past `limit` bytes,
/// `ErrorKind::InvalidData` where it is no UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Opens a file that is only there to be locked; creates it where needed. Who may use the regular file `like` may lock
/// it too, and nobody else: an existing one of this account is made so. Refuses links, pipes and devices, and a folder
/// that is a link. `like` = `None` is private.
pub fn open_lock(path: &Path, like: Option<&Path>) -> io::Result<(File, LockReach)> {
    imp::open_lock(path, like)
}

/// Whether anything has this name, a dangling link included.
pub fn exists(path: &Path) -> io::Result<bool> {
    match patiently(|| fs::symlink_metadata(path)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// How many names (hard links) the regular file at `path` has; 1 where that is not known.
pub fn count_of_names(path: &Path) -> u64 {
    #[cfg(unix)]
    if let Ok(found) = patiently(|| fs::symlink_metadata(path)) {
        return std::os::unix::fs::MetadataExt::nlink(&found);
    }
    let _ = path;
    1
}

/// The names in a folder, at most `limit` of them. Refuses a folder that is a link.
pub fn list(folder: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    patiently(|| imp::list(folder, limit))
}

/// Gives a file a second name; refuses a taken one, and folders that are links. A link gets a second name itself.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| imp::link(from, to))
}

/// Removes a file. A link is removed itself. Refuses a folder that is a link.
pub fn remove(path: &Path) -> io::Result<()> {
    patiently(|| imp::remove(path))
}

/// Puts `from` in the place of `to` in one step: rename(2), on Windows `FileRenameInfoEx` with POSIX semantics where the
/// file system has it, else `MoveFileExW` with `MOVEFILE_REPLACE_EXISTING`. Not `ReplaceFileW`, which can fail half-way
/// with no file at `to`. Refuses folders that are links.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| imp::replace(from, to))
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

/// Whether a lock in this folder is certain to keep every writer away: its disk is known to be this machine's own. A
/// share may grant the same lock on two machines.
pub fn locks_reach_every_writer(folder: &Path) -> bool {
    imp::is_on_local_disk(folder)
}

/// Makes a rename in `folder` survive a power cut. Windows keeps no such promise to ask for.
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    imp::flush_folder(folder)?;
    let _ = folder;
    Ok(())
}
