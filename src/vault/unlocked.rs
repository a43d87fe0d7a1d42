//! The unlocked vault: open, change, save.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::backups::{BackupTrouble, BackupsKept};
use super::contents::Contents;
use super::error::{VaultError, shown};
use super::header::{GENERATION_LIMIT, Header, VaultInfo};
use super::history::HistoryKind;
use super::kdf::KdfParameters;
use super::keys::Own;
use super::lineage::SaveId;
use super::seal::{CHECKSUM_LENGTH, Key};
use super::slots::{AccountKeeper, Credential, Opened, Slot, SlotNote, ThisAccount, passphrase_slot};
use super::store::{HeldPlace, ReadVault, seal_file};
use super::surroundings::{Surroundings, ThisMachine};
use crate::cloud::Overrides;
use crate::profile::SecretText;

/// The fewest characters (Unicode scalar values) that a new passphrase may have.
pub const PASSPHRASE_LENGTH_MINIMUM: usize = 8;

/// An unlocked vault. Dropping it wipes its key and its secrets. Prints no more than its path and a count.
pub struct Vault {
    pub(super) surroundings: Arc<dyn Surroundings>,
    pub(super) keeper: Arc<dyn AccountKeeper>,
    pub(super) path: PathBuf,
    /// The slot that opened the vault, with its keys.
    pub(super) own: Own,
    pub(super) state: State,
    pub(super) clouds: Overrides,
    pub(super) saving: Saving,
}

/// How saves treat the backups.
#[derive(Default)]
pub(super) struct Saving {
    pub(super) kept: BackupsKept,
    /// What was wrong with them at the last save.
    pub(super) trouble: Option<BackupTrouble>,
}

/// All that changes together when a save succeeds or another program's save is read.
pub(super) struct State {
    pub(super) header: Header,
    pub(super) data_key: Key,
    pub(super) contents: Contents,
    /// The checksum of the file that this state came from.
    pub(super) checksum: [u8; CHECKSUM_LENGTH],
    pub(super) file_length: u64,
}

impl Vault {
    /// Makes a new vault with no profiles. Refuses to overwrite any file, and a passphrase of fewer than
    /// [`PASSPHRASE_LENGTH_MINIMUM`] characters.
    pub fn create(path: &Path, passphrase: &SecretText, kdf: KdfParameters) -> Result<Vault, VaultError> {
        Vault::create_in(Arc::new(ThisMachine::default()), path, passphrase, kdf)
    }

    /// As [`Vault::create`], with a disk, clock and randomness of the caller's.
    pub fn create_in(
        surroundings: Arc<dyn Surroundings>,
        path: &Path,
        passphrase: &SecretText,
        kdf: KdfParameters,
    ) -> Result<Vault, VaultError> {
        check_new_passphrase(passphrase)?;
        let machine = &*surroundings;
        let refuse_taken = || match machine.exists(path) {
            Ok(true) => Err(VaultError::AlreadyExists { path: shown(path) }),
            Ok(false) => Ok(()),
            Err(error) => Err(VaultError::from_io("look at", path, error)),
        };
        refuse_taken()?;
        let place = HeldPlace::lock(machine, path)?;
        refuse_taken()?;
        let mut id = [0; 16];
        machine.fill_random(&mut id).map_err(VaultError::NoRandomness)?;
        let vault_id = uuid::Builder::from_random_bytes(id).into_uuid();
        let (data_key, origin_key) = (Key::random(machine)?, Key::random(machine)?);
        let (slot, keys) = passphrase_slot(vault_id, passphrase, kdf, &origin_key, machine)?;
        let own = Own { slot: slot.id(), keys };
        let slot = Slot::Known(slot).resealed(vault_id, &origin_key, &data_key, machine)?;
        let mut contents = Contents::default();
        contents.set_slot_notes(&[SlotNote::new(own.slot, "", machine.now())]);
        let header = Header {
            vault_id,
            generation: 0,
            saved_at: DateTime::<Utc>::UNIX_EPOCH,
            salt: [0; 32],
            commitment: [0; 32],
            payload_length: 0,
            slots: slot.into_iter().collect(),
        };
        contents.record(HistoryKind::VaultMade, None);
        let (state, bytes) = State::next(header, data_key, contents, machine)?;
        place.create(&bytes)?;
        drop(place);
        let (keeper, path) = (Arc::new(ThisAccount), path.to_path_buf());
        Ok(Vault { surroundings, keeper, path, own, state, clouds: Overrides::none(), saving: Saving::default() })
    }

    /// Opens a vault. Reads the file only; it needs no right to write.
    pub fn open(path: &Path, passphrase: &SecretText) -> Result<Vault, VaultError> {
        Vault::open_in(Arc::new(ThisMachine::default()), path, passphrase)
    }

    /// As [`Vault::open`], with a disk, clock and randomness of the caller's.
    pub fn open_in(
        surroundings: Arc<dyn Surroundings>,
        path: &Path,
        passphrase: &SecretText,
    ) -> Result<Vault, VaultError> {
        Vault::open_with_in(surroundings, Arc::new(ThisAccount), path, &Credential::Passphrase(passphrase.clone()))
    }

    /// The vault that was read from `path`, unlocked.
    pub(super) fn unlocked(
        surroundings: Arc<dyn Surroundings>,
        keeper: Arc<dyn AccountKeeper>,
        path: &Path,
        found: ReadVault,
        opened: Opened,
    ) -> Result<Vault, VaultError> {
        let Opened { slot, keys, data_key } = opened;
        let state = State::read(found, data_key, path)?;
        let (path, own) = (path.to_path_buf(), Own { slot, keys });
        Ok(Vault { surroundings, keeper, path, own, state, clouds: Overrides::none(), saving: Saving::default() })
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The profiles as last read or saved.
    pub fn contents(&self) -> &Contents {
        &self.state.contents
    }

    /// Reads addresses of an administrator's list as well, now and whenever the file is read again. Without it such
    /// an address is kept in the file and not shown.
    pub fn accept_clouds(&mut self, clouds: &Overrides) {
        self.clouds = clouds.clone();
        self.state.contents.accept_clouds(clouds);
    }

    /// How many earlier saves stay in the folder of backups; 10 when nobody says.
    pub fn keep_backups(&mut self, kept: BackupsKept) {
        self.saving.kept = kept;
    }

    /// What was wrong with the backups at the last save, which itself went well. Told once.
    pub fn take_backup_trouble(&mut self) -> Option<BackupTrouble> {
        self.saving.trouble.take()
    }

    pub(super) fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    pub(super) fn data_key(&self) -> &Key {
        &self.state.data_key
    }

    pub(super) fn clouds(&self) -> &Overrides {
        &self.clouds
    }

    /// What the header tells, sealed and checked.
    pub fn info(&self) -> VaultInfo {
        self.state.header.info(self.state.file_length)
    }
}

impl State {
    pub(super) fn read(found: ReadVault, data_key: Key, path: &Path) -> Result<State, VaultError> {
        let (header, checksum, file_length) = (found.header.clone(), found.checksum, found.file_length());
        let mut contents = found.unseal(&data_key, path)?;
        contents.opened();
        Ok(State { header, data_key, contents, checksum, file_length })
    }

    /// The next generation, with the bytes of its file. Writes into the history what changed.
    pub(super) fn next(
        mut header: Header,
        data_key: Key,
        mut contents: Contents,
        surroundings: &dyn Surroundings,
    ) -> Result<(State, Vec<u8>), VaultError> {
        header.generation += 1;
        if header.generation > GENERATION_LIMIT {
            return Err(VaultError::GenerationsUsedUp);
        }
        let save = SaveId::random(surroundings)?;
        contents.settle(surroundings.now(), &surroundings.who(), save, header.generation);
        let bytes = seal_file(&mut header, &data_key, &contents, surroundings)?;
        let checksum = bytes[bytes.len() - CHECKSUM_LENGTH..].try_into().expect("a file ends in its checksum");
        let file_length = bytes.len() as u64;
        Ok((State { header, data_key, contents, checksum, file_length }, bytes))
    }
}

pub(super) fn check_new_passphrase(passphrase: &SecretText) -> Result<(), VaultError> {
    match passphrase.char_count() {
        0 => Err(VaultError::PassphraseEmpty),
        count if count < PASSPHRASE_LENGTH_MINIMUM => Err(VaultError::PassphraseTooShort),
        _ => Ok(()),
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("path", &self.path)
            .field("generation", &self.state.header.generation)
            .field("contents", &self.state.contents)
            .finish_non_exhaustive()
    }
}
