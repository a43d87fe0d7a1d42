//! One run of the program: the console, the settings, and the vault that the command is about.

use std::path::{Path, PathBuf};

use super::arguments::Passphrase;
use super::console::Console;
use super::failure::{Exit, Failure};
use crate::cloud::Overrides;
use crate::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile};
use crate::reminder::{
    self, KeptFileError,
    index::{self, SavedVault},
};
use crate::settings::{Places, Settings, load_cloud_overrides};
use crate::vault::{
    Access, BackupsKept, Contents, Credential, RecoveryKey, RecoveryKeyError, Trust, Vault, VaultError,
};

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    People,
    Json,
}

impl Style {
    pub(super) fn of(json: bool) -> Style {
        if json { Style::Json } else { Style::People }
    }
}

/// [`index::update`] or [`index::refresh`].
type TakeIn = fn(&reminder::Places, &SavedVault<'_>) -> Result<index::Updated, KeptFileError>;

pub(super) struct Session<'c, 'io> {
    pub console: &'c mut Console<'io>,
    pub style: Style,
    pub settings: Settings,
    /// Hosts of the administrator's list, beside the built-in ones.
    pub clouds: Overrides,
    vault_argument: Option<PathBuf>,
}

impl<'c, 'io> Session<'c, 'io> {
    /// Reads the settings; what is wrong with them is told and does not stop the command.
    pub(super) fn start(
        console: &'c mut Console<'io>,
        style: Style,
        vault_argument: Option<PathBuf>,
    ) -> Session<'c, 'io> {
        let (settings, warnings) = console.settings_path().map_or_else(Default::default, |path| Settings::load(&path));
        for warning in warnings {
            console.tell(&format!("Settings: {warning}"));
        }
        if let Some(error) = Places::of_this_program().and_then(|places| places.prepare().err()) {
            console.tell(&error.to_string());
        }
        // A wrong list is told and none of it is used: it decides where secrets go.
        let clouds = load_cloud_overrides().unwrap_or_else(|error| {
            console.tell(&error.to_string());
            Overrides::none()
        });
        if let Some(active) = clouds.describe() {
            console.tell(&format!("Extra clouds {active}"));
        }
        Session { console, style, settings, clouds, vault_argument }
    }

    /// The vault's path: the argument, else the settings', else the default.
    pub(super) fn vault_path(&self) -> Result<PathBuf, Failure> {
        let chosen = self.vault_argument.clone().or_else(|| match Places::of_this_program() {
            Some(places) => Some(places.vault_to_open(self.settings.vault_path.as_deref())),
            None => self.settings.vault_path.clone(),
        });
        chosen.ok_or_else(|| {
            Failure::wrong_use("vault_needed", "This account has no folder for a default vault. Name one with --vault.")
        })
    }

    /// Whether the vault is at the default place, whose folder may have to be made.
    pub(super) fn vault_is_default(&self) -> bool {
        self.vault_argument.is_none() && self.settings.vault_path.is_none()
    }

    /// Opens the vault with the passphrase from a person or from standard input, or as the arguments say.
    pub(super) fn open_vault(&mut self, passphrase: Passphrase) -> Result<Vault, Failure> {
        let (vault, _) = self.open_vault_and_tell(passphrase)?;
        self.index(&vault, index::refresh);
        Ok(vault)
    }

    /// As [`Session::open_vault`], to change it: the reminder index is told of the change by [`Session::saved`].
    pub(super) fn open_vault_to_change(&mut self, passphrase: Passphrase) -> Result<Vault, Failure> {
        self.open_vault_and_tell(passphrase).map(|(vault, _)| vault)
    }

    /// As [`Session::open_vault_to_change`]; tells what opened it.
    pub(super) fn open_vault_and_tell(&mut self, passphrase: Passphrase) -> Result<(Vault, Credential), Failure> {
        let path = self.vault_path()?;
        if self.console.somebody_is_there() {
            // Asking for the passphrase of a file that is not there, or is no vault, wastes a person's time.
            crate::vault::read_info(&path)?;
        }
        let credential = self.credential(passphrase)?;
        let vault = self.open(&path, &credential, Trust::Proven)?;
        let standing = vault.standing();
        if standing.needs_attention() {
            self.console.tell(&format!("{standing} To accept it: “vault trust”."));
        }
        Ok((vault, credential))
    }

    /// Opens the vault as it is, and from now on takes it for the one that this account knows.
    pub(super) fn open_and_trust(&mut self, passphrase: Passphrase) -> Result<Vault, Failure> {
        let path = self.vault_path()?;
        let credential = self.credential(passphrase)?;
        Ok(self.open(&path, &credential, Trust::FromNowOn)?)
    }

    fn open(&self, path: &Path, credential: &Credential, trust: Trust) -> Result<Vault, VaultError> {
        let mut vault = Vault::open_as(&self.access(), path, credential, trust)?;
        vault.accept_clouds(&self.clouds);
        vault.keep_backups(BackupsKept::new(self.settings.backups_kept as usize));
        Ok(vault)
    }

    /// This machine and account, with what it has seen of vaults.
    pub(super) fn access(&self) -> Access {
        Access::remembering_in(self.console.reminders().map(|places| places.seen_vaults()))
    }

    /// What opens the vault: typed by a person, from standard input, or this account, as the arguments say.
    pub(super) fn credential(&mut self, passphrase: Passphrase) -> Result<Credential, Failure> {
        if passphrase.this_account {
            return Ok(Credential::ThisAccount);
        }
        if !passphrase.recovery_key_stdin {
            return Ok(Credential::Passphrase(self.console.passphrase(passphrase.passphrase_stdin.into())?));
        }
        let read = RecoveryKey::parse(&self.console.recovery_key()?)?;
        if let Some(correction) = read.correction() {
            self.console.tell(&format!("Recovery key: {correction}"));
        }
        Ok(Credential::RecoveryKey(read.key))
    }

    /// What follows each save: tells what was wrong with its backups, and tells the reminder index what was saved.
    /// Without the index nobody is warned, and yet the vault is saved.
    pub(super) fn saved(&mut self, vault: &mut Vault) {
        for notice in vault.take_notices() {
            self.console.tell(&notice);
        }
        if let Some(trouble) = vault.take_backup_trouble() {
            self.console.tell(&trouble.to_string());
        }
        self.index(vault, index::update);
    }

    fn index(&mut self, vault: &Vault, take_in: TakeIn) {
        let Some(places) = self.console.reminders() else { return };
        if let Err(error) = take_in(&places, &vault.into()) {
            self.console.tell(&format!("The reminders do not know of this yet. {error}"));
        }
    }

    /// Tells what is unusual about a secret that was taken.
    pub(super) fn advise(&mut self, secret: &ClientSecret) {
        if let Some(advice) = secret.advice() {
            self.console.tell(&format!("Client secret: {}", advice.text()));
        }
    }
}

/// The profile named `name`.
pub(super) fn find<'v>(contents: &'v Contents, name: &str) -> Result<&'v Profile, Failure> {
    contents.by_name(name).ok_or_else(|| {
        Failure::wrong_use(
            "profile_unknown",
            format!("There is no profile named “{name}” in this vault. “profile list” shows the names."),
        )
    })
}

/// Reads an address, an id and a secret as the app's form does.
pub(super) fn parse_connection(
    clouds: &Overrides,
    url: &str,
    client_id: &str,
    secret: &str,
) -> Result<(EnvironmentUrl, ClientId, ClientSecret), Failure> {
    Ok((EnvironmentUrl::parse_with(url, clouds)?, ClientId::parse(client_id)?, ClientSecret::parse(secret)?))
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Failure {
        use VaultError as E;
        let (exit, code) = match &error {
            E::WrongPassphrase => (Exit::BadNews, "wrong_passphrase"),
            E::WrongRecoveryKey => (Exit::BadNews, "wrong_recovery_key"),
            E::AccountUnknown { .. } => (Exit::BadNews, "account_unknown"),
            E::Account(_) => (Exit::Broken, "account_store"),
            E::OwnWayIn => (Exit::WrongUse, "own_way_in"),
            E::Unproven { .. } => (Exit::Broken, "vault_unproven"),
            E::LastWayIn => (Exit::WrongUse, "last_way_in"),
            E::SlotMissing => (Exit::WrongUse, "slot_unknown"),
            E::TooManySlots => (Exit::WrongUse, "too_many_slots"),
            E::WhichPassphrase => (Exit::WrongUse, "which_passphrase"),
            E::PassphraseChanged { .. } => (Exit::Broken, "passphrase_changed"),
            E::PassphraseEmpty => (Exit::WrongUse, "passphrase_empty"),
            E::PassphraseTooShort => (Exit::WrongUse, "passphrase_too_short"),
            E::ChangedMeanwhile { .. } => (Exit::BadNews, "changed_meanwhile"),
            E::NotACopy { .. } => (Exit::WrongUse, "not_a_copy"),
            E::NameTaken { .. } => (Exit::WrongUse, "name_taken"),
            E::Name(_) => (Exit::WrongUse, "name_invalid"),
            E::AlreadyExists { .. } => (Exit::WrongUse, "vault_exists"),
            E::KdfOutOfRange(_) => (Exit::WrongUse, "kdf_out_of_range"),
            E::Missing { .. } => (Exit::Broken, "vault_missing"),
            E::FolderMissing { .. } => (Exit::Broken, "folder_missing"),
            E::Damaged { .. } | E::ContentsUnreadable { .. } => (Exit::Broken, "vault_damaged"),
            E::Tampered { .. } => (Exit::Broken, "vault_tampered"),
            E::HeaderRefused { .. } | E::KdfOutOfRangeInFile { .. } => (Exit::Broken, "vault_refused"),
            E::NewerFormat { .. } => (Exit::Broken, "vault_newer"),
            E::NotAVault { .. } => (Exit::Broken, "not_a_vault"),
            E::BackupOfAnother { .. } | E::NotInBackup { .. } => (Exit::WrongUse, "backup_unfit"),
            E::NotDamaged { .. } => (Exit::WrongUse, "vault_not_damaged"),
            E::Locked { .. } | E::Overtaken { .. } => (Exit::Broken, "vault_busy"),
            E::DiskFull { .. } => (Exit::Broken, "disk_full"),
            E::PermissionDenied { .. } => (Exit::Broken, "permission_denied"),
            _ => (Exit::Broken, "vault_error"),
        };
        Failure { exit, code, message: error.to_string() }
    }
}

impl From<RecoveryKeyError> for Failure {
    fn from(error: RecoveryKeyError) -> Failure {
        Failure { exit: Exit::BadNews, code: "recovery_key_mistyped", message: error.to_string() }
    }
}
