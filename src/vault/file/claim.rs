//! Keeping two writers apart where locks do not work or may not reach everybody (SMB, NFS, WebDAV and FUSE shares): a
//! file that only one can create.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::names::claim_path;
use crate::platform::file_system::{self, with_suffix};
use crate::vault::error::{VaultError, shown};
use crate::vault::surroundings::Surroundings;

/// A claim whose bytes stay the same for this long is left over from a program that ended: a save takes far less.
const STALE_AFTER: Duration = Duration::from_secs(20);
/// How long to wait while others save one after the other.
pub(in crate::vault) const PATIENCE: Duration = Duration::from_secs(40);
/// How long a share may fail without anybody's claim there before it is believed.
const DOUBT: Duration = Duration::from_secs(2);
/// The longest claim that is read. A longer one is somebody's all the same.
const CLAIM_LIMIT: u64 = 4096;
/// Every claim has this length: a share that still knows the length of the former one shows this one whole.
const LENGTH: usize = 512;

const FIRST_LINE: &str = "A365 Password Tool is saving the vault next to this file.";

/// What lies at the place of a claim.
#[derive(Debug, PartialEq, Eq)]
enum ClaimFile {
    Missing,
    Present(Vec<u8>),
    /// Too long, unreadable, or a link that leads nowhere.
    Unreadable,
}

/// A claim on a vault; given back when dropped.
pub(in crate::vault) struct Claim<'a> {
    surroundings: &'a dyn Surroundings,
    path: PathBuf,
    bytes: Vec<u8>,
    stale_path: PathBuf,
}

impl<'a> Claim<'a> {
    /// Waits until the vault at `real` is free; [`VaultError::Locked`] when it does not come free.
    pub(in crate::vault) fn take(surroundings: &'a dyn Surroundings, real: &Path) -> Result<Claim<'a>, VaultError> {
        let mut token = [0; 16];
        surroundings.fill_random(&mut token).map_err(VaultError::NoRandomness)?;
        let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut text = format!("{FIRST_LINE}\n{token}\n{}\n", surroundings.process_mark());
        while text.len() < LENGTH {
            text.push('\n');
        }
        let path = claim_path(real);
        let stale_path = with_suffix(&path, &format!(".stale-{token}"));
        // Made before it is ours: dropping it removes no claim but its own.
        let claim = Claim { surroundings, path, bytes: text.into_bytes(), stale_path };
        claim.wait(real)?;
        Ok(claim)
    }

    fn wait(&self, real: &Path) -> Result<(), VaultError> {
        let machine = self.surroundings;
        let (mut waited, mut unchanged, mut failing) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let mut seen = ClaimFile::Missing;
        // A disk of this machine says what is so.
        let is_local = machine.locks_reach_every_writer(real);
        let mut pause = Duration::from_millis(4);
        loop {
            let created = machine.write_new(&self.path, &self.bytes, real);
            let taken = created.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists);
            // On a share that answers from a cache two may get the answer that they created it, and one that it failed although
            // it did not: the content decides.
            if self.is_held().unwrap_or(false) {
                return Ok(());
            }
            let now = match self.look() {
                // Somebody planted it: no version of this program makes such a thing.
                Err(error) if file_system::means_not_regular(&error) => {
                    return Err(VaultError::from_io("read", &self.path, error));
                }
                // A name that is taken and leads nowhere: a link, unless somebody gave his claim back just now.
                Ok(ClaimFile::Missing) if taken => ClaimFile::Unreadable,
                Ok(now) => now,
                Err(_) => ClaimFile::Unreadable,
            };
            let somebodys = now != ClaimFile::Missing;
            if now != seen {
                (seen, unchanged) = (now, Duration::ZERO);
            }
            match created {
                Err(error) if !somebodys && (failing >= DOUBT || is_local) => {
                    return Err(VaultError::from_io("lock", real, error));
                }
                Err(error) if no_wait_helps(&error) => {
                    self.remove_half_written();
                    return Err(VaultError::from_io("lock", real, error));
                }
                Err(_) if !somebodys => failing += pause,
                _ => failing = Duration::ZERO,
            }
            if somebodys && (unchanged >= STALE_AFTER || self.writer_ended(&seen)) {
                // Where it cannot be put away it stays somebody's.
                if self.remove_stale(&seen).is_ok() {
                    (seen, unchanged) = (ClaimFile::Missing, Duration::ZERO);
                }
            }
            if waited >= PATIENCE {
                return Err(VaultError::Locked { path: shown(real) });
            }
            machine.pause(pause);
            waited += pause;
            unchanged += pause;
            pause = (pause * 2).min(Duration::from_millis(64));
        }
    }

    /// Where the disk was full in the middle of the claim, takes it away again.
    fn remove_half_written(&self) {
        if let Ok(ClaimFile::Present(found)) = self.look()
            && found.len() < LENGTH
            && self.bytes.starts_with(&found)
        {
            let _ = self.surroundings.remove(&self.path);
        }
    }

    fn look(&self) -> io::Result<ClaimFile> {
        match self.surroundings.read(&self.path, CLAIM_LIMIT) {
            Ok(found) => Ok(ClaimFile::Present(found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ClaimFile::Missing),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(ClaimFile::Unreadable),
            Err(error) => Err(error),
        }
    }

    /// Whether the claim is still this one.
    pub(in crate::vault) fn is_held(&self) -> io::Result<bool> {
        self.look().map(|seen| matches!(seen, ClaimFile::Present(found) if found == self.bytes))
    }

    /// Whether the file at `path` holds these bytes and the claim is still this one. A share may show an earlier length
    /// for a moment, so what differs is read again.
    pub(in crate::vault) fn reads_back(&self, path: &Path, bytes: &[u8]) -> bool {
        let mut pause = Duration::from_millis(2);
        for _ in 0..8 {
            let there = self.surroundings.read(path, crate::vault::FILE_LIMIT);
            if there.is_ok_and(|there| there == bytes) {
                return self.is_held().unwrap_or(false);
            }
            self.surroundings.pause(pause);
            pause *= 2;
        }
        false
    }

    /// Whether the claim's writer was a process of this machine that has ended.
    fn writer_ended(&self, seen: &ClaimFile) -> bool {
        let ClaimFile::Present(claim) = seen else { return false };
        let mark = std::str::from_utf8(claim).ok().and_then(|text| text.lines().nth(2));
        mark.is_some_and(|mark| self.surroundings.has_ended(mark))
    }

    /// Moves a left-over claim out of the way. Only the very bytes that were watched: another waiter may have been
    /// quicker, and then the claim that is there now is alive and goes back.
    fn remove_stale(&self, stale: &ClaimFile) -> io::Result<()> {
        let machine = self.surroundings;
        match machine.replace(&self.path, &self.stale_path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            moved => moved?,
        }
        let moved = machine.read(&self.stale_path, CLAIM_LIMIT).map_or(ClaimFile::Unreadable, ClaimFile::Present);
        if moved != *stale {
            let back = machine.link(&self.stale_path, &self.path);
            if back.is_err() && !machine.exists(&self.path)? {
                return machine.replace(&self.stale_path, &self.path);
            }
        }
        machine.remove(&self.stale_path)
    }
}

/// Whether a claim that could not be created will not be created later either.
fn no_wait_helps(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidFilename
    )
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.is_held().unwrap_or(false) {
            let _ = self.surroundings.remove(&self.path);
        }
    }
}
