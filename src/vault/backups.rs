//! Earlier saves of a vault, in a folder beside it: their names, which of them stay, what they tell without a passphrase.

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};
use uuid::Uuid;

use super::error::{VaultError, shown};
use super::header::Header;
use super::seal::CHECKSUM_LENGTH;
use super::sealed_file::ReadVault;
use super::surroundings::{Surroundings, ThisMachine};
use super::thinning;
use crate::platform::file_system::{self, AccessNotKept, with_suffix};
use crate::rfc3339;

/// The ending of a backup's file name: a backup is a whole vault, and opens like one.
const ENDING: &str = ".a365vault";
/// How times look in names: no system refuses it.
const TIME_FORM: &str = "%Y%m%dT%H%M%SZ";
/// While this is in the folder, a change of the vault's keys was begun and its backups may be there under both keys.
const REKEYING: &str = "re-keying";

/// The folder with the earlier saves of the vault at `vault`: its path with `.backups` added.
pub fn backups_folder(vault: &Path) -> PathBuf {
    with_suffix(vault, ".backups")
}

pub(super) fn rekeying_mark(vault: &Path) -> PathBuf {
    backups_folder(vault).join(REKEYING)
}

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
    let own = ReadVault::read(surroundings, &real).ok().map(|found| found.header.vault_id);
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

/// The file that `path` leads to, or the name in the folder that it leads to when no such file is there.
pub(super) fn real_or_given(surroundings: &dyn Surroundings, path: &Path) -> Result<PathBuf, VaultError> {
    match surroundings.real_path(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
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

/// Every file in the folder that is named as a backup.
pub(super) fn named(surroundings: &dyn Surroundings, real: &Path) -> Result<Vec<(BackupName, PathBuf)>, VaultError> {
    let folder = backups_folder(real);
    let entries = match surroundings.list(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|error| VaultError::from_io("list", &folder, error))?,
    };
    let read = |entry: &std::ffi::OsString| BackupName::parse(entry.to_str()?);
    Ok(entries.iter().filter_map(|entry| Some((read(entry)?, folder.join(entry)))).collect())
}

fn look_at(surroundings: &dyn Surroundings, name: &BackupName, path: PathBuf) -> Result<Backup, VaultError> {
    let (saved_at, generation, bytes, state, vault_id) = match ReadVault::read(surroundings, &path) {
        Ok(found) => {
            let header = &found.header;
            (header.saved_at, header.generation, found.file_length(), BackupState::Whole, Some(header.vault_id))
        }
        Err(error) if error.is_io() => return Err(error),
        Err(_) => {
            let bytes = surroundings.read(&path, super::FILE_LIMIT).map_or(0, |bytes| bytes.len() as u64);
            (name.saved_at, name.generation, bytes, BackupState::Damaged, None)
        }
    };
    Ok(Backup { path, saved_at, generation, bytes, state, vault_id })
}

/// A backup's file name: `<time>-<generation>-<vault>-<contents>.a365vault`, for example
/// `20261125T223819Z-0000000042-0b6f1c9e-5d41402a.a365vault`. The last two are the beginnings of the vault's id and of
/// the file's checksum, so that one name always means one content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BackupName {
    saved_at: DateTime<Utc>,
    generation: u64,
    vault: u32,
    contents: u32,
}

impl BackupName {
    /// The name for the file with this header and checksum.
    pub(super) fn of(header: &Header, checksum: &[u8; CHECKSUM_LENGTH]) -> BackupName {
        let contents = u32::from_be_bytes([checksum[0], checksum[1], checksum[2], checksum[3]]);
        let saved_at = rfc3339::within_its_years(header.saved_at);
        BackupName { saved_at, generation: header.generation, vault: short(header.vault_id), contents }
    }

    fn parse(text: &str) -> Option<BackupName> {
        let mut parts = text.strip_suffix(ENDING)?.split('-');
        let mut next = || parts.next();
        let saved_at = NaiveDateTime::parse_from_str(next()?, TIME_FORM).ok()?.and_utc();
        let generation = next()?.parse().ok()?;
        let (vault, contents) = (u32::from_str_radix(next()?, 16).ok()?, u32::from_str_radix(next()?, 16).ok()?);
        let name = BackupName { saved_at, generation, vault, contents };
        (name.to_string() == text).then_some(name)
    }

    /// Whether it names a save of this vault.
    pub(super) fn is_of(&self, vault: Uuid) -> bool {
        self.vault == short(vault)
    }
}

impl fmt::Display for BackupName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.saved_at.format(TIME_FORM);
        write!(formatter, "{time}-{:010}-{:08x}-{:08x}{ENDING}", self.generation, self.vault, self.contents)
    }
}

/// The beginning of a vault's id.
fn short(id: Uuid) -> u32 {
    id.as_fields().0
}

/// Whether a name is that of a backup that was being written, by this version or an earlier one.
fn is_half_written(name: &str) -> bool {
    let Some((backup, rest)) = name.split_once(ENDING) else { return false };
    let backup = format!("{backup}{ENDING}");
    let temporary = rest == ".new" || file_system::is_temporary_of(name.as_ref(), backup.as_ref());
    temporary && BackupName::parse(&backup).is_some()
}

/// Removes backups of this vault beyond `kept`, and what a kill left half written.
pub(super) fn thin(
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
        "The vault is saved, but the save before it could not be kept as a backup in {folder}: {why}. Check that this \
         account may write there and that there is room."
    )]
    NotKept {
        /// The folder with the backups.
        folder: String,
        /// What the operating system said.
        why: String,
    },
    /// The former ones could not be thinned.
    #[error("The vault is saved, but older backups could not be removed from {folder}: {why}. Their number grows.")]
    NotThinned {
        /// The folder with the backups.
        folder: String,
        /// What the operating system said.
        why: String,
    },
    /// Not everybody who could use the vault's file may use the saved one.
    #[error(
        "The vault is saved, but {what} could not be kept: {why}. People who shared the vault through it cannot open {path} \
         now. Set it again on the file, or let an administrator do so."
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
        "The vault is saved. Its file {path} had a second name (a hard link), and that one still shows the vault as it was \
         before, because a save replaces the file. Use a symbolic link instead."
    )]
    OtherName {
        /// The vault's path.
        path: String,
    },
    /// Damaged backups were removed at a change of the keys.
    #[error(
        "The vault is saved under its new key. {count} of its backups in {folder} were damaged, could not be sealed again \
         under it, and were removed, so that nothing there opens with the former passphrase or key."
    )]
    Lost {
        /// The folder with the backups.
        folder: String,
        /// How many.
        count: usize,
    },
    /// Backups under the former keys are still there.
    #[error(
        "The vault is saved under its new key, but {count} of its backups in {folder} still open with the former \
         passphrase or key, because they could not be removed: {why}. Delete them by hand."
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
    pub(super) fn access_not_kept(real: &Path, not_kept: AccessNotKept) -> BackupTrouble {
        BackupTrouble::AccessNotKept { path: shown(real), what: not_kept.what, why: not_kept.why }
    }

    pub(super) fn not_kept(real: &Path, error: &std::io::Error) -> BackupTrouble {
        BackupTrouble::NotKept { folder: shown(&backups_folder(real)), why: error.to_string() }
    }

    pub(super) fn not_thinned(real: &Path, error: &VaultError) -> BackupTrouble {
        BackupTrouble::NotThinned { folder: shown(&backups_folder(real)), why: error.to_string() }
    }
}
