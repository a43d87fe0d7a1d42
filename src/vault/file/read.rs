//! Reading a vault's file. On a share, while somebody on another machine saves it, what looks missing or cut for a moment is
//! looked at again, so that it is not taken for damage.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::claim::PATIENCE;
use super::names::claim_path;
use crate::vault::error::{VaultError, shown};
use crate::vault::format::{FILE_LIMIT, ReadVault, VaultInfo};
use crate::vault::surroundings::{Surroundings, ThisMachine};

/// How long nobody may be seen saving before a share is believed that a file is missing or damaged. Shares that keep
/// what they know of a file for longer show a new one as soon as it is opened again.
const DOUBT: Duration = Duration::from_secs(2);

/// What the vault at `path` tells without a passphrase. Its checksum and every bound are checked; nothing is derived.
pub fn read_info(path: &Path) -> Result<VaultInfo, VaultError> {
    let found = read_vault(&ThisMachine::default(), path)?;
    Ok(found.header.info(found.file_length()))
}

/// Reads the file at `path`, and checks its checksum and lengths.
pub(in crate::vault) fn read_vault(surroundings: &dyn Surroundings, path: &Path) -> Result<ReadVault, VaultError> {
    read_with_retries(surroundings, path, || read_once(surroundings, path))
}

fn read_once(surroundings: &dyn Surroundings, path: &Path) -> Result<ReadVault, VaultError> {
    let bytes = surroundings.read(path, FILE_LIMIT).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => VaultError::TooLarge { path: shown(path) },
        _ => VaultError::from_io("read", path, error),
    })?;
    ReadVault::of(bytes, path)
}

/// What `read` gives, once it is no passing state of the share at `path`. [`VaultError::Locked`] when others are still
/// saving in the end. On a disk of this machine, what is read counts at once.
fn read_with_retries<T>(
    surroundings: &dyn Surroundings,
    path: &Path,
    mut read: impl FnMut() -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let first = match read() {
        Err(error) if may_pass(&error) => error,
        other => return other,
    };
    let real = surroundings.real_path(path).unwrap_or_else(|_| path.to_path_buf());
    if surroundings.locks_reach_every_writer(&real) {
        return Err(first);
    }
    let (mut waited, mut alone) = (Duration::ZERO, Duration::ZERO);
    let mut pause = Duration::from_millis(4);
    loop {
        let somebody_saves = surroundings.exists(&claim_path(&real)).unwrap_or(false);
        surroundings.pause(pause);
        waited += pause;
        alone = if somebody_saves { Duration::ZERO } else { alone + pause };
        match read() {
            Err(error) if may_pass(&error) => {
                if alone >= DOUBT {
                    return Err(error);
                }
                if waited >= PATIENCE {
                    return Err(VaultError::Locked { path: shown(path) });
                }
            }
            other => return other,
        }
        pause = (pause * 2).min(Duration::from_millis(128));
    }
}

/// Whether a share may say this of a whole vault while another machine replaces it.
fn may_pass(error: &VaultError) -> bool {
    matches!(
        error,
        VaultError::Missing { .. }
            | VaultError::Damaged { .. }
            | VaultError::NotAVault { .. }
            | VaultError::HeaderRefused { .. }
            | VaultError::PermissionDenied { .. }
            | VaultError::Io { .. }
    )
}
