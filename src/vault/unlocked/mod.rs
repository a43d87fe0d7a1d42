//! The unlocked vault: open, change, save.

mod access;
mod adopt;
mod open;
mod own_slot;
mod restore;
mod slot_change;
mod standing;
mod unsaved;
mod update;

pub use access::{Access, Trust};
pub use adopt::Refreshed;
pub use open::{UnlockMethods, can_open_with_this_account, unlock_methods};
pub use restore::{open_backup, repair, repair_in, restore_over_damaged, restore_over_damaged_in};
pub use slot_change::SlotReview;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::cloud::Overrides;
use crate::profile::SecretText;
use crate::vault::contents::{Contents, HistoryKind, Lineage, SlotNote};
use crate::vault::crypto::Key;
use crate::vault::error::{VaultError, shown};
use crate::vault::file::{BackupTrouble, BackupsKept, LockedPlace};
use crate::vault::format::{Header, ReadVault, VaultInfo};
use crate::vault::format_version::FormatVersion;
use crate::vault::roster::Roster;
use crate::vault::seen::{Seen, SeenVaults, Standing};
use crate::vault::slots::{AccountKeeper, Credential, KdfParameters, Opened, Slot, ThisAccount, passphrase_slot};
use crate::vault::state::{NextState, State};
use crate::vault::surroundings::{Surroundings, ThisMachine};
use own_slot::OwnSlot;

/// The fewest characters (Unicode scalar values) that a new passphrase may have.
pub const PASSPHRASE_LENGTH_MINIMUM: usize = 8;

/// An unlocked vault. Dropping it wipes its key and its secrets. Prints only its path and a count.
pub struct Vault {
    surroundings: Arc<dyn Surroundings>,
    keeper: Arc<dyn AccountKeeper>,
    path: PathBuf,
    /// The slot that opened the vault, with its keys.
    pub(in crate::vault) own: OwnSlot,
    pub(in crate::vault) state: State,
    clouds: Overrides,
    saving: Saving,
    seen: Arc<dyn SeenVaults>,
    /// What this account remembers of the vault.
    last_seen: Option<Seen>,
    standing: Standing,
    /// What has to be said about the ways to open it.
    notices: Vec<String>,
}

/// How saves treat the backups.
#[derive(Default)]
struct Saving {
    kept: BackupsKept,
    /// What was wrong with them at the last save.
    trouble: Option<BackupTrouble>,
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
        Vault::create_as(&Access { surroundings, ..Access::default() }, path, passphrase, kdf)
    }

    /// As [`Vault::create`], with all that is around the vault.
    pub fn create_as(
        access: &Access,
        path: &Path,
        passphrase: &SecretText,
        kdf: KdfParameters,
    ) -> Result<Vault, VaultError> {
        check_new_passphrase(passphrase)?;
        let machine = &*access.surroundings;
        let refuse_taken = || match machine.exists(path) {
            Ok(true) => Err(VaultError::AlreadyExists { path: shown(path) }),
            Ok(false) => Ok(()),
            Err(error) => Err(VaultError::from_io("check", path, error)),
        };
        refuse_taken()?;
        let place = LockedPlace::lock(machine, path)?;
        refuse_taken()?;
        let mut id = [0; 16];
        machine.fill_random(&mut id).map_err(VaultError::NoRandomness)?;
        let vault_id = uuid::Builder::from_random_bytes(id).into_uuid();
        let (data_key, origin_key) = (Key::random(machine)?, Key::random(machine)?);
        let (slot, keys) = passphrase_slot(vault_id, passphrase, kdf, &origin_key, machine)?;
        let own = OwnSlot { slot: slot.id(), keys };
        let roster = Roster::beginning_with(&origin_key);
        let slot = Slot::Known(slot).resealed(vault_id, roster.origin_keys(), &data_key, machine)?;
        let mut contents = Contents::default();
        contents.set_slot_notes(&[SlotNote::new(own.slot, "", machine.now())]);
        let header = Header {
            version: FormatVersion::Two,
            vault_id,
            generation: 0,
            saved_at: DateTime::<Utc>::UNIX_EPOCH,
            salt: [0; 32],
            commitment: [0; 32],
            payload_length: 0,
            roster_length: 0,
            author: None,
            slots: slot.into_iter().collect(),
        };
        contents.record(HistoryKind::VaultCreated, None);
        let next = NextState { header, data_key, roster, contents, lineage: Lineage::default() };
        let (state, bytes) = next.seal(own.signer(), own.signer(), machine)?;
        place.create(&bytes)?;
        drop(place);
        let mut vault = Vault::around(access, path, own, state);
        vault.remember();
        Ok(vault)
    }

    fn around(access: &Access, path: &Path, own: OwnSlot, state: State) -> Vault {
        Vault {
            surroundings: Arc::clone(&access.surroundings),
            keeper: Arc::clone(&access.keeper),
            path: path.to_path_buf(),
            own,
            state,
            clouds: Overrides::none(),
            saving: Saving::default(),
            seen: Arc::clone(&access.seen),
            last_seen: None,
            standing: Standing::First,
            notices: Vec::new(),
        }
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

    /// The vault that was read from `path`, unlocked, and compared with what this account has seen of it.
    fn unlocked(
        access: &Access,
        path: &Path,
        found: ReadVault,
        opened: Opened,
        trust: Trust,
    ) -> Result<Vault, VaultError> {
        let Opened { slot, keys, data_key } = opened;
        let (last_seen, standing) = match access.seen.recall(found.header.vault_id) {
            Ok(None) => (None, Standing::First),
            Ok(Some(bytes)) => match Seen::read(&bytes) {
                Some(seen) => (Some(seen), Standing::First),
                None => (None, Standing::Unreadable("it is damaged".to_owned())),
            },
            Err(error) => (None, Standing::Unreadable(error.to_string())),
        };
        let proven = last_seen.as_ref().and_then(Seen::proven);
        let state = State::read(found, data_key, &keys.origin_key, proven.as_ref(), path)?;
        let mut vault = Vault::around(access, path, OwnSlot { slot, keys }, state);
        (vault.last_seen, vault.standing) = (last_seen, standing);
        match trust {
            Trust::Proven => {
                vault.compare_with_seen()?;
                vault.remember();
            }
            Trust::FromNowOn => vault.trust(),
        }
        Ok(vault)
    }

    /// What has to be said about the ways to open the vault, once.
    pub fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
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

    /// What was wrong with the backups at the last save, which itself went well. Given out once.
    pub fn take_backup_trouble(&mut self) -> Option<BackupTrouble> {
        self.saving.trouble.take()
    }

    fn surroundings(&self) -> &dyn Surroundings {
        &*self.surroundings
    }

    pub(in crate::vault) fn data_key(&self) -> &Key {
        &self.state.data_key
    }

    fn clouds(&self) -> &Overrides {
        &self.clouds
    }

    /// What the header tells, sealed and checked.
    pub fn info(&self) -> VaultInfo {
        self.state.header.info(self.state.disk.length)
    }
}

fn check_new_passphrase(passphrase: &SecretText) -> Result<(), VaultError> {
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
