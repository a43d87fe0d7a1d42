//! Earlier saves of a vault, in a folder beside it: their names, which of them stay, what they tell without a passphrase.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::backup_name::{BackupName, is_half_written, short};
use super::names::{backups_folder, real_or_given};
use super::read::read_vault;
use super::thinning;
use crate::platform::file_system::AccessNotKept;
use crate::vault::error::{VaultError, shown};
use crate::vault::format::FILE_LIMIT;
use crate::vault::surroundings::{Surroundings, ThisMachine};

/// How many earlier saves stay in the folder: 1 to 50.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupsKept(usize);

impl BackupsKept {
    /// The fewest.
    pub const MINIMUM: usize = 1;
    /// The most.
    pub const LIMIT: usize = 50;

    /// As many as `count`, brought into the bounds.
    pub fn new(count: usize) -> BackupsKept {
        BackupsKept(count.clamp(Self::MINIMUM, Self::LIMIT))
    }

    /// The count.
    pub fn count(self) -> usize {
        self.0
    }
}

impl Default for BackupsKept {
    fn default() -> BackupsKept {
        BackupsKept(10)
    }
}

/// Whether a backup can be trusted to open with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupState {
    /// Its checksum is right and its header is in order.
    Whole,
    /// Cut or changed.
    Damaged,
}

/// An earlier save, as far as it tells without a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Where it lies.
    pub path: PathBuf,
    /// When this state of the vault was saved.
    pub saved_at: DateTime<Utc>,
    /// Which save of the vault it is, counted from 1.
    pub generation: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// Whether it is whole.
    pub state: BackupState,
    /// The vault that it is of; `None` when it is damaged.
    pub vault_id: Option<Uuid>,
}

impl Backup {
    /// Its file name, for lists and commands.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

/// The backups of the vault at `path`, newest first by their generation; each is read and its checksum compared, nothing is derived. The
/// vault itself may be damaged or missing; when it is whole, backups of another vault in the same folder are left out.
pub fn backups(path: &Path) -> Result<Vec<Backup>, VaultError> {
    backups_in(&ThisMachine::default(), path)
}

/// As [`backups`], with a disk of the caller's.
pub fn backups_in(surroundings: &dyn Surroundings, path: &Path) -> Result<Vec<Backup>, VaultError> {
    let real = real_or_given(surroundings, path)?;
    let own = read_vault(surroundings, &real).ok().map(|found| found.header.vault_id);
    let mut found = Vec::new();
    for (name, path) in named(surroundings, &real)? {
        let backup = look_at(surroundings, &name, path)?;
        let of_another = own.is_some_and(|own| backup.vault_id.map_or(name.vault != short(own), |id| id != own));
        if !of_another {
            found.push(backup);
        }
    }
    // Not by their times: the clock of one save may have been years ahead.
    found.sort_by_key(|backup| std::cmp::Reverse((backup.generation, backup.saved_at)));
    Ok(found)
}

/// Every file in the folder that is named as a backup.
pub(in crate::vault) fn named(
    surroundings: &dyn Surroundings,
    real: &Path,
) -> Result<Vec<(BackupName, PathBuf)>, VaultError> {
    let folder = backups_folder(real);
    let entries = match surroundings.list(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|error| VaultError::from_io("list", &folder, error))?,
    };
    let read = |entry: &std::ffi::OsString| BackupName::parse(entry.to_str()?);
    Ok(entries.iter().filter_map(|entry| Some((read(entry)?, folder.join(entry)))).collect())
}

fn look_at(surroundings: &dyn Surroundings, name: &BackupName, path: PathBuf) -> Result<Backup, VaultError> {
    let (saved_at, generation, bytes, state, vault_id) = match read_vault(surroundings, &path) {
        Ok(found) => {
            let header = &found.header;
            (header.saved_at, header.generation, found.file_length(), BackupState::Whole, Some(header.vault_id))
        }
        Err(error) if error.is_io() => return Err(error),
        Err(_) => {
            let bytes = surroundings.read(&path, FILE_LIMIT).map_or(0, |bytes| bytes.len() as u64);
            (name.saved_at, name.generation, bytes, BackupState::Damaged, None)
        }
    };
    Ok(Backup { path, saved_at, generation, bytes, state, vault_id })
}

/// Removes backups of this vault beyond `kept`, and what a kill left half written.
pub(in crate::vault) fn thin(
    surroundings: &dyn Surroundings,
    real: &Path,
    vault: Uuid,
    kept: BackupsKept,
) -> Result<(), VaultError> {
    let folder = backups_folder(real);
    let entries = surroundings.list(&folder).map_err(|error| VaultError::from_io("list", &folder, error))?;
    let mut backups = Vec::new();
    for entry in entries.iter().filter_map(|entry| entry.to_str()) {
        if is_half_written(entry) {
            let _ = surroundings.remove(&folder.join(entry));
        } else if let Some(name) = BackupName::parse(entry).filter(|name| name.is_of(vault)) {
            backups.push(name);
        }
    }
    backups.sort_by_key(|name| std::cmp::Reverse((name.generation, name.saved_at)));
    let saves: Vec<_> =
        backups.iter().map(|name| thinning::Save { generation: name.generation, at: name.saved_at }).collect();
    let generation = saves.first().map_or(1, |newest| newest.generation.saturating_add(1));
    let present = thinning::Save { generation, at: surroundings.now() };
    for place in thinning::surplus(&saves, present, kept.count()) {
        let path = folder.join(backups[place].to_string());
        surroundings.remove(&path).map_err(|error| VaultError::from_io("remove", &path, error))?;
    }
    Ok(())
}

/// Why a vault was saved and its backups are not as they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupTrouble {
    /// The save before could not be kept.
    #[error(
        "The vault was saved, but its previous version could not be stored as a backup in {folder}: {why}. Check that \
         this account can write there and that there is enough space."
    )]
    NotKept {
        /// The folder with the backups.
        folder: String,
        /// What the operating system said.
        why: String,
    },
    /// The former ones could not be thinned.
    #[error(
        "The vault was saved, but old backups could not be deleted from {folder}: {why}. They will accumulate until you \
         delete them."
    )]
    NotThinned {
        /// The folder with the backups.
        folder: String,
        /// What the operating system said.
        why: String,
    },
    /// Not everybody who could use the vault's file may use the saved one.
    #[error(
        "The vault was saved, but {what} could not be preserved: {why}. People who had access through it can no longer \
         open {path}. Set it on the file again, or ask an administrator."
    )]
    AccessNotKept {
        /// The vault's path.
        path: String,
        /// “its group “team”” or “its access list”.
        what: String,
        /// What the operating system said.
        why: String,
    },
    /// The vault's file had another name, which goes on leading to what was there before.
    #[error(
        "The vault was saved. Its file {path} had a second name (a hard link), which still points to the previous version, \
         because a save replaces the file. Use a symbolic link instead."
    )]
    OtherName {
        /// The vault's path.
        path: String,
    },
    /// Damaged backups were removed at a change of the keys.
    #[error(
        "The vault was saved with its new key. {count} of its backups in {folder} were damaged and could not be \
         re-encrypted. They were deleted, so that nothing there opens with the old passphrase or key."
    )]
    Lost {
        /// The folder with the backups.
        folder: String,
        /// How many.
        count: usize,
    },
    /// Backups under the former keys are still there.
    #[error(
        "The vault was saved with its new key, but {count} of its backups in {folder} still open with the old \
         passphrase or key, because they could not be deleted: {why}. Delete them manually."
    )]
    StillUnderFormerKey {
        /// The folder with the backups.
        folder: String,
        /// How many.
        count: usize,
        /// What the operating system said.
        why: String,
    },
}

impl BackupTrouble {
    pub(in crate::vault) fn access_not_kept(real: &Path, not_kept: AccessNotKept) -> BackupTrouble {
        BackupTrouble::AccessNotKept { path: shown(real), what: not_kept.what, why: not_kept.why }
    }

    pub(in crate::vault) fn not_kept(real: &Path, error: &std::io::Error) -> BackupTrouble {
        BackupTrouble::NotKept { folder: shown(&backups_folder(real)), why: error.to_string() }
    }

    pub(in crate::vault) fn not_thinned(real: &Path, error: &VaultError) -> BackupTrouble {
        BackupTrouble::NotThinned { folder: shown(&backups_folder(real)), why: error.to_string() }
    }
}
