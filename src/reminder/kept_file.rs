//! A small private file that several programs read and change: a lock, one-step replacement, and the account's own
//! protection around what is in it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::platform::file_system;

/// No honest file of these is larger, in bytes: room for about 400,000 profiles.
const SIZE_LIMIT: u64 = 64 << 20;
/// The most that may be written, in bytes before protection, so that the file with its protection can be read again.
pub(super) const PLAIN_LIMIT: usize = (SIZE_LIMIT - (1 << 20)) as usize;

/// Around the bytes on the disk: what the operating system offers so that only this account can read them.
pub trait Protection: Send + Sync {
    /// The bytes to keep.
    fn protect(&self, plain: &[u8]) -> io::Result<Vec<u8>>;
    /// The bytes that were protected; an error for another account's, or for damaged ones.
    fn reveal(&self, kept: &[u8]) -> io::Result<Vec<u8>>;
}

/// Keeps the bytes as they are; who may read them is left to the file's permissions.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProtection;

impl Protection for NoProtection {
    fn protect(&self, plain: &[u8]) -> io::Result<Vec<u8>> {
        Ok(plain.to_vec())
    }

    fn reveal(&self, kept: &[u8]) -> io::Result<Vec<u8>> {
        Ok(kept.to_vec())
    }
}

/// Why a file of the reminders could not be read or changed. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum KeptFileError {
    /// The disk refused.
    #[error("The reminder file {path} could not be {what} ({cause}). Check that you have write access to its folder.", path = .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// “read”, “saved” …
        what: &'static str,
        /// The system's words.
        #[source]
        cause: io::Error,
    },
    /// Another program holds it.
    #[error("The reminder file {path} is being changed by another program. Try again in a moment.", path = .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A later version of this program wrote it.
    #[error(
        "The reminder file {path} was written by a newer version of this program and was not changed. Install the \
         newer version.",
        path = .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
    },
}

/// The file, how it is protected, and how long to wait for its lock.
pub(super) struct KeptFile<'a> {
    pub path: PathBuf,
    pub protection: &'a dyn Protection,
    pub patience: Duration,
}

/// What is on the disk.
pub(super) enum Found {
    Missing,
    Plain(Vec<u8>),
    /// It is there, but what is in it cannot be known; in words.
    Unreadable(String),
}

impl KeptFile<'_> {
    /// Reads the file. Never fails: what cannot be read is said in words.
    pub(super) fn read(&self) -> Found {
        match read_limited(&self.path) {
            Ok(bytes) if bytes.is_empty() => Found::Unreadable("it is empty".to_owned()),
            // A file from before there was a protection, or from a system that has none.
            Ok(bytes) if bytes[0] == b'{' => Found::Plain(bytes),
            Ok(bytes) => match self.protection.reveal(&bytes) {
                Ok(plain) => Found::Plain(plain),
                Err(error) => Found::Unreadable(error.to_string()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Missing,
            Err(error) => Found::Unreadable(error.to_string()),
        }
    }

    /// Holds the file for this program alone until the answer is dropped. Makes the folder where needed.
    pub(super) fn lock(&self) -> Result<FileLock, KeptFileError> {
        let open = || {
            let beside = file_system::with_suffix(&self.real(), ".lock");
            file_system::open_lock(&beside, None).map(|(file, _)| file)
        };
        let file = match (open(), self.path.parent()) {
            (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
                file_system::create_own_folder(folder).map_err(|cause| self.disk("saved", cause))?;
                open()
            }
            (opened, _) => opened,
        };
        let file = file.map_err(|cause| self.disk("locked", cause))?;
        let begin = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(FileLock(file)),
                Err(TryLockError::WouldBlock) if begin.elapsed() < self.patience => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => return Err(KeptFileError::Busy { path: self.path.clone() }),
                // A home on a share without locks: replacing in one step keeps the file whole all the same.
                Err(TryLockError::Error(_)) => return Ok(FileLock(file)),
            }
        }
    }

    /// Puts `plain` in the place of what was there, in one step. To be called under the lock.
    pub(super) fn replace(&self, _held: &FileLock, plain: &[u8]) -> Result<(), KeptFileError> {
        self.try_replace(plain).map_err(|cause| self.disk("saved", cause))
    }

    fn try_replace(&self, plain: &[u8]) -> io::Result<()> {
        let kept = self.protection.protect(plain)?;
        let real = self.real();
        file_system::replace_private(&real, &kept)?;
        // Under the lock nobody else writes.
        file_system::remove_temporaries_of(&real, 1000);
        Ok(())
    }

    /// The file in the folder that its path leads to: the folder may be a link of this account's own.
    fn real(&self) -> PathBuf {
        let folder = self.path.parent().and_then(|folder| folder.canonicalize().ok());
        match (folder, self.path.file_name()) {
            (Some(folder), Some(name)) => folder.join(name),
            _ => self.path.clone(),
        }
    }

    /// Keeps a copy of what cannot be read, so that starting over loses nothing for good.
    pub(super) fn set_aside(&self, _held: &FileLock) {
        let real = self.real();
        let _ = file_system::replace(&real, &file_system::with_suffix(&real, ".damaged"));
    }

    fn disk(&self, what: &'static str, cause: io::Error) -> KeptFileError {
        KeptFileError::Disk { path: self.path.clone(), what, cause }
    }
}

/// The lock, held as long as this lives.
pub(super) struct FileLock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    file_system::read(path, SIZE_LIMIT).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => io::Error::other("it is larger than 64 MiB"),
        _ => error,
    })
}
