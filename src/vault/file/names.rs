//! Where the files of a vault are: what lies beside it, by its path.

use std::io;
use std::path::{Path, PathBuf};

use crate::platform::file_system::with_suffix;
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

/// While this is in the folder, a change of the vault's keys was begun and its backups may be there under both keys.
const REKEYING: &str = "re-keying";

/// What a vault is called: its file's name without the extension.
pub fn vault_name(vault: &Path) -> String {
    vault.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The file whose lock a save holds: the vault's path with `.lock` added. It is empty and stays there for ever.
pub fn lock_path(vault: &Path) -> PathBuf {
    with_suffix(vault, ".lock")
}

/// The file that says that somebody is saving the vault, where locks do not work: the vault's path with `.claim` added.
/// It holds a random number and names the process; no secret.
pub fn claim_path(vault: &Path) -> PathBuf {
    with_suffix(vault, ".claim")
}

/// The folder with the earlier saves of the vault at `vault`: its path with `.backups` added.
pub fn backups_folder(vault: &Path) -> PathBuf {
    with_suffix(vault, ".backups")
}

/// The mark that is in the folder of backups while the vault's keys are changed.
pub(super) fn rekeying_mark(vault: &Path) -> PathBuf {
    backups_folder(vault).join(REKEYING)
}

/// The file that `path` leads to, or the name in the folder that it leads to when no such file is there.
pub(super) fn real_or_given(surroundings: &dyn Surroundings, path: &Path) -> Result<PathBuf, VaultError> {
    match surroundings.real_path(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder =
                path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
            match (folder.map(|folder| surroundings.real_path(folder)), path.file_name()) {
                (Some(Ok(folder)), Some(name)) => Ok(folder.join(name)),
                _ => Ok(path.to_path_buf()),
            }
        }
        other => other.map_err(|error| VaultError::from_io("find", path, error)),
    }
}
