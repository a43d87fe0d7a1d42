//! One run of the program: the console, the settings, and the vault that the command is about.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::failure::{Exit, Failure};
use super::output::{Answer, Line};
use serde::Serialize;

use super::flags::Passphrase;
use crate::cloud::Overrides;
use crate::connection_check::{Limits, Network, NetworkSettings};
use crate::profile::pasted::Pasted;
use crate::profile::{
    ClientId, ClientSecret, EnvironmentUrl, GuidSecret, Profile, ProxyCredentials, SecretText, Tenant,
};
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
    /// Reads the settings; what is wrong with them is reported and does not stop the command.
    pub(super) fn start(
        console: &'c mut Console<'io>,
        style: Style,
        vault_argument: Option<PathBuf>,
    ) -> Session<'c, 'io> {
        let (settings, warnings) = console.settings_path().map_or_else(Default::default, |path| Settings::load(&path));
        for warning in warnings {
            console.note(&format!("Settings: {warning}"));
        }
        if let Some(error) = Places::of_this_program().and_then(|places| places.prepare().err()) {
            console.note(&error.to_string());
        }
        // A wrong list is reported and none of it is used: it decides where secrets go.
        let clouds = load_cloud_overrides().unwrap_or_else(|error| {
            console.note(&error.to_string());
            Overrides::none()
        });
        if let Some(active) = clouds.describe() {
            console.note(&format!("Custom cloud list in use: {active}"));
        }
        Session { console, style, settings, clouds, vault_argument }
    }

    /// Writes an answer in the style that was asked for: `json` as one object, or `lines` for people.
    pub(super) fn reply<A: Serialize>(&mut self, json: impl FnOnce() -> A, lines: impl FnOnce() -> Vec<Line>) {
        match self.style {
            Style::Json => self.console.answer_json(&Answer::new(json())),
            Style::People => self.console.answer_lines(&lines()),
        }
    }

    /// Writes a note beside the answer, for people only.
    pub(super) fn note_for_people(&mut self, text: &str) {
        if self.style == Style::People {
            self.console.note(text);
        }
    }

    /// The vault's path: the argument, else the settings', else the default.
    pub(super) fn vault_path(&self) -> Result<PathBuf, Failure> {
        let chosen = self.vault_argument.clone().or_else(|| match Places::of_this_program() {
            Some(places) => Some(places.vault_to_open(self.settings.vault_path.as_deref())),
            None => self.settings.vault_path.clone(),
        });
        chosen.ok_or_else(|| {
            Failure::usage("vault_needed", "This account has no folder for a default vault. Specify one with --vault.")
        })
    }

    /// Whether the vault is at the default place, whose folder may have to be made.
    pub(super) fn vault_is_default(&self) -> bool {
        self.vault_argument.is_none() && self.settings.vault_path.is_none()
    }

    /// The network by the settings; `proxy_credentials` are an open vault's.
    pub(super) fn network(&self, proxy_credentials: Option<ProxyCredentials>) -> Result<Network, Failure> {
        self.network_within(proxy_credentials, Limits::default())
    }

    /// The same, within other bounds than those of a check.
    pub(super) fn network_within(
        &self,
        proxy_credentials: Option<ProxyCredentials>,
        limits: Limits,
    ) -> Result<Network, Failure> {
        Ok(Network::new(&NetworkSettings {
            limits,
            proxy: (&self.settings.proxy).into(),
            proxy_credentials,
            clouds: self.clouds.clone(),
            ..NetworkSettings::default()
        })?)
    }

    /// The proxy's user name and password in the vault, which is opened for them where they are `wanted`.
    pub(super) fn proxy_credentials(
        &mut self,
        wanted: bool,
        passphrase: Passphrase,
    ) -> Result<Option<ProxyCredentials>, Failure> {
        if !wanted {
            return Ok(None);
        }
        Ok(self.open_vault(passphrase)?.contents().proxy_credentials().cloned())
    }

    /// Opens the vault with the passphrase from a person or from standard input, or as the arguments say.
    pub(super) fn open_vault(&mut self, passphrase: Passphrase) -> Result<Vault, Failure> {
        let (vault, _) = self.open_vault_with_credential(passphrase)?;
        self.index(&vault, index::refresh);
        Ok(vault)
    }

    /// As [`Session::open_vault`], to change it: [`Session::saved`] then updates the reminder index.
    pub(super) fn open_vault_to_change(&mut self, passphrase: Passphrase) -> Result<Vault, Failure> {
        self.open_vault_with_credential(passphrase).map(|(vault, _)| vault)
    }

    /// As [`Session::open_vault_to_change`]; tells what opened it.
    pub(super) fn open_vault_with_credential(
        &mut self,
        passphrase: Passphrase,
    ) -> Result<(Vault, Credential), Failure> {
        let path = self.vault_path()?;
        if self.console.somebody_is_there() {
            // Asking for the passphrase of a file that is not there, or is no vault, wastes a person's time.
            crate::vault::read_info(&path)?;
        }
        let credential = self.credential(passphrase)?;
        let vault = self.open(&path, &credential, Trust::Proven)?;
        let standing = vault.standing();
        if standing.needs_attention() {
            self.console.note(&format!("{standing} To accept it, run “vault trust”."));
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
            self.console.note(&format!("Recovery key: {correction}"));
        }
        Ok(Credential::RecoveryKey(read.key))
    }

    /// What follows each save: tells what was wrong with its backups, and tells the reminder index what was saved.
    /// Without the index nobody is warned, and yet the vault is saved.
    pub(super) fn saved(&mut self, vault: &mut Vault) {
        for notice in vault.take_notices() {
            self.console.note(&notice);
        }
        if let Some(trouble) = vault.take_backup_trouble() {
            self.console.note(&trouble.to_string());
        }
        self.index(vault, index::update);
    }

    fn index(&mut self, vault: &Vault, take_in: TakeIn) {
        let Some(places) = self.console.reminders() else { return };
        if let Err(error) = take_in(&places, &vault.into()) {
            self.console.note(&format!("The reminders could not be updated. {error}"));
        }
    }

    /// The address in an argument, as the app's form reads it; what was left out is reported.
    pub(super) fn url(&mut self, text: &str) -> Result<EnvironmentUrl, Failure> {
        let read = EnvironmentUrl::parse_pasted(text, &self.clouds)?;
        Ok(self.take("Environment URL", read))
    }

    /// The client ID in an argument, as the app's form reads it; what was left out is reported.
    pub(super) fn client_id(&mut self, text: &str) -> Result<ClientId, Failure> {
        let read = ClientId::parse_pasted(text)?;
        Ok(self.take("Client ID", read))
    }

    /// The tenant in an argument, as the app's form reads it; what was left out is reported. An empty text is none.
    pub(super) fn tenant(&mut self, text: &str) -> Result<Option<Tenant>, Failure> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let read = Tenant::parse_pasted(text)?;
        Ok(Some(self.take("Tenant", read)))
    }

    /// The client secret as the app's form reads it; what was left out and what is unusual about it is reported.
    pub(super) fn client_secret(&mut self, text: &SecretText, guid: GuidSecret) -> Result<ClientSecret, Failure> {
        let read = ClientSecret::parse_pasted(text.expose(), guid)?;
        let secret = self.take("Client secret", read);
        self.advise(&secret);
        Ok(secret)
    }

    fn take<T>(&mut self, what: &str, read: Pasted<T>) -> T {
        if let Some(notice) = read.removed.notice() {
            self.console.note(&format!("{what}: {notice}"));
        }
        read.value
    }

    /// Tells what is unusual about a secret that was taken.
    fn advise(&mut self, secret: &ClientSecret) {
        if let Some(advice) = secret.advice() {
            self.console.note(&format!("Client secret: {}", advice.text()));
        }
    }
}

/// The profile named `name`.
pub(super) fn find<'v>(contents: &'v Contents, name: &str) -> Result<&'v Profile, Failure> {
    contents.by_name(name).ok_or_else(|| {
        Failure::usage(
            "profile_unknown",
            format!("There is no profile named “{name}” in this vault. “profile list” shows the names."),
        )
    })
}

/// What a flag says about a secret in the form of a GUID.
pub(super) fn guid_secret(is_a_guid: bool) -> GuidSecret {
    if is_a_guid { GuidSecret::Accepted } else { GuidSecret::Refused }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Failure {
        use VaultError as E;
        let (exit, code) = match &error {
            E::WrongPassphrase | E::WrongComposedPassphrase => (Exit::Negative, "wrong_passphrase"),
            E::WrongRecoveryKey => (Exit::Negative, "wrong_recovery_key"),
            E::AccountUnknown { .. } => (Exit::Negative, "account_unknown"),
            E::Account(_) => (Exit::Failed, "account_store"),
            E::OwnUnlockMethod => (Exit::Usage, "own_way_in"),
            E::Unproven { .. } => (Exit::Failed, "vault_unproven"),
            E::LastUnlockMethod => (Exit::Usage, "last_way_in"),
            E::SlotMissing => (Exit::Usage, "slot_unknown"),
            E::TooManySlots => (Exit::Usage, "too_many_slots"),
            E::WhichPassphrase => (Exit::Usage, "which_passphrase"),
            E::PassphraseChanged { .. } => (Exit::Failed, "passphrase_changed"),
            E::PassphraseEmpty => (Exit::Usage, "passphrase_empty"),
            E::PassphraseTooShort => (Exit::Usage, "passphrase_too_short"),
            E::ChangedMeanwhile { .. } => (Exit::Negative, "changed_meanwhile"),
            E::NotACopy { .. } => (Exit::Usage, "not_a_copy"),
            E::NameTaken { .. } => (Exit::Usage, "name_taken"),
            E::Name(_) => (Exit::Usage, "name_invalid"),
            E::AlreadyExists { .. } => (Exit::Usage, "vault_exists"),
            E::KdfOutOfRange(_) => (Exit::Usage, "kdf_out_of_range"),
            E::Missing { .. } => (Exit::Failed, "vault_missing"),
            E::FolderMissing { .. } => (Exit::Failed, "folder_missing"),
            E::Damaged { .. } | E::ContentsUnreadable { .. } => (Exit::Failed, "vault_damaged"),
            E::Tampered { .. } => (Exit::Failed, "vault_tampered"),
            E::HeaderRefused { .. } | E::KdfOutOfRangeInFile { .. } => (Exit::Failed, "vault_refused"),
            E::NewerFormat { .. } => (Exit::Failed, "vault_newer"),
            E::NotAVault { .. } => (Exit::Failed, "not_a_vault"),
            E::BackupOfAnother { .. } | E::NotInBackup { .. } => (Exit::Usage, "backup_unfit"),
            E::NotDamaged { .. } => (Exit::Usage, "vault_not_damaged"),
            E::Locked { .. } | E::Overtaken { .. } => (Exit::Failed, "vault_busy"),
            E::DiskFull { .. } => (Exit::Failed, "disk_full"),
            E::PermissionDenied { .. } => (Exit::Failed, "permission_denied"),
            _ => (Exit::Failed, "vault_error"),
        };
        Failure { exit, code: code.into(), message: error.to_string() }
    }
}

impl From<RecoveryKeyError> for Failure {
    fn from(error: RecoveryKeyError) -> Failure {
        Failure { exit: Exit::Negative, code: "recovery_key_mistyped".into(), message: error.to_string() }
    }
}
