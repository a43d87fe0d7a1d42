//! Keeping two writers apart where locks do not work (some SMB, WebDAV and FUSE shares): a file that only one can make.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::store::with_suffix;
use super::surroundings::Surroundings;

/// A claim whose bytes stay the same for this long is left over from a program that ended: a save takes far less.
const STALE_AFTER: Duration = Duration::from_secs(20);
/// How long to wait while others save one after the other.
const PATIENCE: Duration = Duration::from_secs(40);
/// The longest claim that is read.
const CLAIM_LIMIT: u64 = 4096;

const FIRST_LINE: &str = "A365 Password Tool is saving the vault beside this file.";

/// The file that says that somebody is saving the vault, where locks do not work: the vault's path with `.claim` added.
/// It holds a random number and names the process; no secret.
pub fn claim_path(vault: &Path) -> PathBuf {
    with_suffix(vault, ".claim")
}

/// A claim on a vault; given back when dropped.
pub(super) struct Claim<'a> {
    surroundings: &'a dyn Surroundings,
    path: PathBuf,
    bytes: Vec<u8>,
}

impl<'a> Claim<'a> {
    /// Waits until the vault at `real` is free. `ErrorKind::WouldBlock` when it does not come free.
    pub(super) fn take(surroundings: &'a dyn Surroundings, real: &Path) -> io::Result<Claim<'a>> {
        let mut token = [0; 16];
        surroundings.fill_random(&mut token)?;
        let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        let process = surroundings.process_mark();
        let bytes = format!("{FIRST_LINE}\n{token}\n{process}\n").into_bytes();
        // Made before it is ours: dropping it removes no claim but its own.
        let claim = Claim { surroundings, path: claim_path(real), bytes };
        let aside = with_suffix(&claim.path, &format!(".stale-{}", &token[..8]));
        let (mut waited, mut unchanged) = (Duration::ZERO, Duration::ZERO);
        let mut seen: Option<Vec<u8>> = None;
        let mut pause = Duration::from_millis(4);
        loop {
            match surroundings.write_new(&claim.path, &claim.bytes, real) {
                // On a share that answers from a cache two may be told that they made it: the content decides.
                Ok(()) if claim.is_held()? => return Ok(claim),
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            match surroundings.read(&claim.path, CLAIM_LIMIT) {
                Ok(found) if seen.as_ref() == Some(&found) => {}
                Ok(found) => {
                    seen = Some(found);
                    unchanged = Duration::ZERO;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    seen = None;
                    unchanged = Duration::ZERO;
                }
                Err(error) => return Err(error),
            }
            let left_over = seen.as_ref().filter(|found| unchanged >= STALE_AFTER || claim.writer_ended(found));
            if let Some(found) = left_over {
                claim.put_away(found, &aside)?;
                seen = None;
            } else if waited >= PATIENCE {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            surroundings.pause(pause);
            waited += pause;
            unchanged += pause;
            pause = (pause * 2).min(Duration::from_millis(256));
        }
    }

    /// Whether the claim is still this one.
    pub(super) fn is_held(&self) -> io::Result<bool> {
        match self.surroundings.read(&self.path, CLAIM_LIMIT) {
            Ok(found) => Ok(found == self.bytes),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::FileTooLarge) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the claim's writer was a process of this machine that has ended.
    fn writer_ended(&self, claim: &[u8]) -> bool {
        let mark = std::str::from_utf8(claim).ok().and_then(|text| text.lines().nth(2));
        mark.is_some_and(|mark| self.surroundings.has_ended(mark))
    }

    /// Moves a left-over claim out of the way. Only the very bytes that were watched: another waiter may have been
    /// quicker, and then the claim that is there now is alive and goes back.
    fn put_away(&self, stale: &[u8], aside: &Path) -> io::Result<()> {
        let machine = self.surroundings;
        match machine.replace(&self.path, aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            moved => moved?,
        }
        if machine.read(aside, CLAIM_LIMIT)? != stale {
            let back = machine.link(aside, &self.path);
            if back.is_err() && !machine.exists(&self.path)? {
                return machine.replace(aside, &self.path);
            }
        }
        machine.remove(aside)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.is_held().unwrap_or(false) {
            let _ = self.surroundings.remove(&self.path);
        }
    }
}
