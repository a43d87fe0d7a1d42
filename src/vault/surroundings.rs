//! All that a vault asks of the machine: disk, clock and randomness behind one door, so that tests can own them.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::platform::file_system::{self, AccessNotKept, LockReach};
use crate::platform::{process_mark, wall_clock};
use crate::vault::who::Who;

/// A lock that lasts as long as this value lives.
pub type LockGuard = Box<dyn Send>;

/// The machine as a vault sees it. Every method may fail, and a vault stays whole when it does.
pub trait Surroundings: Send + Sync {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
    /// Fills `bytes` from the operating system's generator.
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()>;
    /// The file that `path` leads to, symbolic links followed.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;
    /// Whether anything has this name, a dangling link included.
    fn exists(&self, path: &Path) -> io::Result<bool>;
    /// The whole file; `ErrorKind::FileTooLarge` past `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// Takes the lock file at `path` for this handle alone; `ErrorKind::WouldBlock` when it does not come free,
    /// `ErrorKind::Unsupported` where the disk or share has no locks.
    fn lock(&self, path: &Path) -> io::Result<LockGuard>;
    /// As [`Surroundings::lock`], for a lock file that only those may open who may use the file `like`. Out as well:
    /// whether the lock keeps every other writer away.
    fn lock_like(&self, path: &Path, _like: &Path) -> io::Result<(LockGuard, LockReach)> {
        let reaches = self.locks_reach_every_writer(path);
        Ok((self.lock(path)?, if reaches { LockReach::Everybody } else { LockReach::NotEverybody }))
    }
    /// Whether a lock beside `path` is certain to keep every writer away. A share may grant one lock on two machines.
    fn locks_reach_every_writer(&self, path: &Path) -> bool {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        file_system::locks_reach_every_writer(folder.unwrap_or(Path::new(".")))
    }
    /// Makes a private new file with these bytes and flushes them to the disk. Who may use the file `like`, if it is
    /// there, may use the new one.
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()>;
    /// As [`Surroundings::write_new`]. Out: what of the rights could not be taken over, when only that failed.
    fn write_new_like(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<Option<AccessNotKept>> {
        self.write_new(path, bytes, like).map(|()| None)
    }
    /// Gives the file a second name; refuses a taken one.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Puts `from` in the place of `to` in one step.
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes the file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes renames in `folder` survive a power cut.
    fn flush_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes a folder that is as private as the file `like`; one that is there already is good.
    fn make_folder(&self, path: &Path, like: &Path) -> io::Result<()> {
        file_system::create_shared_folder(path, like)
    }
    /// Refuses a folder that is a link, or that somebody made who does not share the file `like`.
    fn check_folder(&self, path: &Path, like: &Path) -> io::Result<()> {
        file_system::check_folder(path, like)
    }
    /// The names in a folder, at most [`LISTED_LIMIT`] of them.
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        file_system::list(folder, LISTED_LIMIT)
    }
    /// Who saves, for the history.
    fn who(&self) -> Who {
        Who::of_this_process()
    }
    /// Waits: for a share without locks that somebody else is saving on.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
    /// Names this process so that [`Surroundings::has_ended`] knows it; may be empty.
    fn process_mark(&self) -> String {
        process_mark::this_process()
    }
    /// Whether the process with this mark ran here and has certainly ended.
    fn has_ended(&self, mark: &str) -> bool {
        process_mark::has_ended(mark)
    }
}

/// How many names of a folder are looked at.
pub const LISTED_LIMIT: usize = 10_000;

/// The real disk, clock and randomness.
#[derive(Clone, Copy, Debug)]
pub struct ThisMachine {
    /// How long to wait for the lock of a vault that somebody else is saving.
    pub lock_patience: Duration,
}

impl Default for ThisMachine {
    fn default() -> ThisMachine {
        ThisMachine { lock_patience: Duration::from_secs(10) }
    }
}

impl Surroundings for ThisMachine {
    fn now(&self) -> DateTime<Utc> {
        wall_clock::now()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(io::Error::other)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        // Some Windows drives (RAM disks, old network redirectors) cannot tell the real path of a plain file.
        fs::canonicalize(path).or_else(|error| match fs::symlink_metadata(path) {
            Ok(metadata) if !metadata.is_symlink() => Ok(path.to_path_buf()),
            _ => Err(error),
        })
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        file_system::exists(path)
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        file_system::read(path, limit)
    }

    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        self.hold(file_system::open_lock(path, None)?.0)
    }

    fn lock_like(&self, path: &Path, like: &Path) -> io::Result<(LockGuard, LockReach)> {
        let (file, reach) = file_system::open_lock(path, Some(like))?;
        Ok((self.hold(file)?, reach))
    }

    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        self.write_new_like(path, bytes, like).map(drop)
    }

    fn write_new_like(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<Option<AccessNotKept>> {
        file_system::write_new(path, bytes, like)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        file_system::link(from, to)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        file_system::replace(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        file_system::remove(path)
    }

    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        file_system::flush_folder(folder)
    }
}

impl ThisMachine {
    /// Waits for the lock of an open file.
    fn hold(&self, file: File) -> io::Result<LockGuard> {
        let begin = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Box::new(file)),
                Err(TryLockError::WouldBlock) if begin.elapsed() < self.lock_patience => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(16));
                }
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) if file_system::means_no_locks(&error) => {
                    return Err(io::ErrorKind::Unsupported.into());
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}
