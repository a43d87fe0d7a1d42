//! The unlocked vault: open, change, save.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::backups::{BackupTrouble, BackupsKept};
use super::contents::Contents;
use super::error::{VaultError, shown};
use super::header::{Header, VaultInfo};
use super::history::HistoryKind;
use super::kdf::KdfParameters;
use super::keys::Own;
use super::layout::FormatVersion;
use super::roster::Roster;
use super::seal::Key;
use super::sealed_file::ReadVault;
use super::seen::{Seen, Standing};
use super::seen_store::{NothingSeen, SeenFolder, SeenVaults};
use super::slots::{AccountKeeper, Credential, Opened, Slot, SlotNote, ThisAccount, passphrase_slot};
use super::state::{NextState, State};
use super::store::HeldPlace;
use super::surroundings::{Surroundings, ThisMachine};
use crate::cloud::Overrides;
use crate::profile::SecretText;

/// The fewest characters (Unicode scalar values) that a new passphrase may have.
pub const PASSPHRASE_LENGTH_MINIMUM: usize = 8;

/// What a vault is opened with, beside a credential.
#[derive(Clone)]
pub struct Access {
    /// Disk, clock and randomness.
    pub surroundings: Arc<dyn Surroundings>,
    /// The store of this account's own way in.
    pub keeper: Arc<dyn AccountKeeper>,
    /// What this account has seen of vaults.
    pub seen: Arc<dyn SeenVaults>,
}

/// This machine and account, with no memory of what was seen.
impl Default for Access {
    fn default() -> Access {
        Access {
            surroundings: Arc::new(ThisMachine::default()),
            keeper: Arc::new(ThisAccount),
            seen: Arc::new(NothingSeen),
        }
    }
}

impl Access {
    /// This machine and account, which keeps what it has seen of vaults in this folder; without one it remembers nothing.
    pub fn remembering_in(folder: Option<PathBuf>) -> Access {
        let seen: Arc<dyn SeenVaults> = match folder {
            Some(folder) => Arc::new(SeenFolder::new(folder)),
            None => Arc::new(NothingSeen),
        };
        Access { seen, ..Access::default() }
    }
}

/// What to do with a vault that does not prove that it comes from what this account has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// It is refused ([`VaultError::Unproven`]).
    #[default]
    Proven,
    /// It is opened all the same and counts as seen from now on: a person has been told what that means and wants it.
    FromNowOn,
}

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
    seen: Arc<dyn SeenVaults>,
    /// What this account remembers of the vault.
    last_seen: Option<Seen>,
    standing: Standing,
    /// What has to be said about the ways to open it.
    pub(super) notices: Vec<String>,
}

/// How saves treat the backups.
#[derive(Default)]
pub(super) struct Saving {
    pub(super) kept: BackupsKept,
    /// What was wrong with them at the last save.
    pub(super) trouble: Option<BackupTrouble>,
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
        let roster = Roster::beginning_with(&origin_key);
        let slot = Slot::Known(slot).resealed(vault_id, &roster, &data_key, machine)?;
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
        contents.record(HistoryKind::VaultMade, None);
        let next = NextState { header, data_key, roster, contents };
        let (state, bytes) = next.seal(own.signer(), own.signer(), machine)?;
        place.create(&bytes)?;
        drop(place);
        let mut vault = Vault::around(access, path, own, state);
        vault.remember();
        Ok(vault)
    }

    fn around(access: &Access, path: &Path, own: Own, state: State) -> Vault {
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
    pub(super) fn unlocked(
        access: &Access,
        path: &Path,
        found: ReadVault,
        opened: Opened,
        trust: Trust,
    ) -> Result<Vault, VaultError> {
        let Opened { slot, keys, data_key } = opened;
        let state = State::read(found, data_key, &keys.origin_key, path)?;
        let mut vault = Vault::around(access, path, Own { slot, keys }, state);
        match access.seen.recall(vault.state.header.vault_id) {
            Ok(None) => {}
            Ok(Some(bytes)) => match Seen::read(&bytes) {
                Some(seen) => vault.last_seen = Some(seen),
                None => vault.standing = Standing::Unreadable("it is damaged".to_owned()),
            },
            Err(error) => vault.standing = Standing::Unreadable(error.to_string()),
        }
        match trust {
            Trust::Proven => {
                vault.compare_with_seen()?;
                vault.remember();
            }
            Trust::FromNowOn => vault.trust(),
        }
        Ok(vault)
    }

    /// How the vault stands to what this account has seen of it.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Takes the vault as it is for the right one: what this account saw of it before counts no more. The next save gets a
    /// number above all that were seen.
    pub fn trust(&mut self) {
        if let Some(seen) = &self.last_seen {
            self.state.header.generation = self.state.header.generation.max(seen.generation());
        }
        let now = Seen::of(&self.state);
        let kept = self.seen.remember(self.state.header.vault_id, &now.to_bytes());
        self.standing = match kept {
            Ok(()) => Standing::Follows,
            Err(error) => Standing::Unreadable(error.to_string()),
        };
        self.last_seen = Some(now);
    }

    /// Finds the standing of what was read.
    fn compare_with_seen(&mut self) -> Result<(), VaultError> {
        if let Some(seen) = &self.last_seen {
            let standing = seen.compare(&self.state);
            self.standing = standing.map_err(|why| VaultError::Unproven { path: shown(&self.path), why })?;
        }
        Ok(())
    }

    /// What this account remembers of the vault by now: another window of it may have seen more than this one.
    fn seen_by_now(&self) -> Option<Seen> {
        let kept = self.seen.recall(self.state.header.vault_id).ok().flatten();
        kept.and_then(|bytes| Seen::read(&bytes)).or_else(|| self.last_seen.clone())
    }

    /// Refuses a state that is about to be taken over or saved when its members do not come from those that this account has
    /// seen. Out: how it stands to what was seen.
    pub(super) fn check_against_seen(&self, state: &State) -> Result<Option<Standing>, VaultError> {
        let Some(seen) = self.seen_by_now() else { return Ok(None) };
        seen.compare(state).map(Some).map_err(|why| VaultError::Unproven { path: shown(&self.path), why })
    }

    /// From now on the vault stands so to what was seen.
    pub(super) fn stands(&mut self, standing: Option<Standing>) {
        if let Some(standing) = standing.filter(|_| !matches!(self.standing, Standing::Unreadable(_))) {
            self.standing = standing;
        }
    }

    /// Remembers the vault as it is now, unless it lacks something that was seen.
    pub(super) fn remember(&mut self) {
        if !matches!(self.standing, Standing::First | Standing::Follows) {
            return;
        }
        let now = Seen::of(&self.state);
        if self.last_seen.as_ref() == Some(&now) {
            return;
        }
        let vault_id = self.state.header.vault_id;
        if let Some(seen) = self.seen_by_now()
            && seen.compare(&self.state) != Ok(Standing::Follows)
        {
            self.last_seen = Some(seen);
            return;
        }
        if let Err(error) = self.seen.remember(vault_id, &now.to_bytes()) {
            self.standing = Standing::Unreadable(error.to_string());
        }
        self.last_seen = Some(now);
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
        self.state.header.info(self.state.disk.length)
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
