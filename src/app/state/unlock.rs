//! The form that opens a locked vault: by passphrase, recovery key or this account, and from a backup when the file is
//! damaged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{AppState, Dialog, RenewalForm, Screen, Tone};
use crate::{
    app::{
        command::Command,
        draft::Draft,
        tasks::{Refusal, RefusalCause, Request},
        widgets::{FieldNote, Shown},
    },
    profile::SecretText,
    vault::{Backup, Credential, ReadRecoveryKey, RecoveryKey, RecoveryKeyError, Trust, WaysIn},
};

/// The form that opens a vault.
pub struct Unlock {
    /// The vault.
    pub path: PathBuf,
    /// What is typed to open it.
    pub way: UnlockWay,
    /// The passphrase.
    pub passphrase: SecretText,
    /// The recovery key, as far as it is typed.
    pub recovery_key: SecretText,
    /// Whether what is typed is shown.
    pub shown: Shown,
    /// Why the last try failed.
    pub trouble: Option<Refusal>,
    /// Whether the vault is being opened.
    pub working: bool,
    /// What the last try was made with; none for this account.
    pub(super) tried: Option<UnlockWay>,
    /// What the file tells without being opened, once somebody looked.
    pub look: WaysIn,
    /// What happened to changes that were not saved when the vault locked itself.
    pub kept: Option<String>,
    /// The name of the profile to show once the vault is open.
    pub show_profile: Option<String>,
    /// Changes that could not even be kept in the vault: given back after unlocking.
    pub(super) draft: Option<Box<Draft>>,
    /// The renewal that was open, and new secrets that could not be kept in the vault: given back likewise.
    pub(super) left: LeftOpen,
}

/// What was open of renewals when the vault locked.
#[derive(Default)]
pub struct LeftOpen {
    /// The profile whose renewal was shown.
    pub(super) page: Option<Uuid>,
    /// What could not be kept; empty as a rule.
    pub(super) renewal_forms: HashMap<Uuid, RenewalForm>,
}

/// What is typed to open a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlockWay {
    /// The passphrase.
    Passphrase,
    /// The printed recovery key.
    RecoveryKey,
}

/// The dialog that puts a backup in the place of a damaged or missing vault.
pub struct DamagedForm {
    /// The vault.
    pub path: PathBuf,
    /// Its backups, newest first; none while somebody looks for them.
    pub backups: Option<Result<Vec<Backup>, String>>,
    /// Why the last try failed.
    pub trouble: Option<String>,
    /// Whether it is under way.
    pub working: bool,
}

impl Unlock {
    /// The form for a vault that is not where it was.
    pub(super) fn gone(path: PathBuf) -> Unlock {
        let text = format!(
            "The vault {} is not there. Connect the drive or share that it is on and press Unlock, or open another vault.",
            path.display()
        );
        Unlock { trouble: Some(Refusal { text, cause: RefusalCause::Missing }), ..Unlock::of(path) }
    }

    pub(super) fn of(path: PathBuf) -> Unlock {
        Unlock {
            path,
            way: UnlockWay::Passphrase,
            passphrase: SecretText::default(),
            recovery_key: SecretText::default(),
            shown: Shown::Hidden,
            trouble: None,
            working: false,
            tried: None,
            look: WaysIn::default(),
            kept: None,
            show_profile: None,
            draft: None,
            left: LeftOpen::default(),
        }
    }

    /// The recovery key as typed so far, or what is wrong with it.
    pub fn read_recovery_key(&self) -> Result<ReadRecoveryKey, RecoveryKeyError> {
        RecoveryKey::parse(&self.recovery_key)
    }

    /// What is said beneath the recovery key while it is typed.
    pub fn recovery_note(&self) -> FieldNote {
        if self.recovery_key.is_empty() {
            return FieldNote::None;
        }
        match self.read_recovery_key() {
            Ok(read) => match read.correction() {
                Some(correction) => FieldNote::Advice(correction),
                None => FieldNote::Good("Complete, without a mistake.".to_owned()),
            },
            // Nobody is told of a mistake while typing.
            Err(RecoveryKeyError::Length { found }) if found < 30 => {
                FieldNote::Advice(format!("{found} of 32 characters."))
            }
            Err(error) => FieldNote::Refused(error.to_string()),
        }
    }

    /// Whether a backup could help: the file is damaged or gone.
    pub fn may_need_backup(&self) -> bool {
        self.trouble
            .as_ref()
            .is_some_and(|refusal| matches!(refusal.cause, RefusalCause::Damaged | RefusalCause::Missing))
    }

    /// Whether the file is refused unless somebody trusts it.
    pub fn may_be_trusted(&self) -> bool {
        self.trouble.as_ref().is_some_and(|refusal| refusal.cause == RefusalCause::Unproven)
    }

    /// Begins to open the vault: what has to be asked for.
    fn open(&mut self, credential: Credential, trust: Trust) -> Request {
        self.working = true;
        self.trouble = None;
        Request::OpenVault(self.path.clone(), credential, trust)
    }

    /// What the form opens the vault with, when it is complete.
    fn credential(&self) -> Option<Credential> {
        match self.way {
            UnlockWay::Passphrase => {
                (!self.passphrase.is_empty()).then(|| Credential::Passphrase(self.passphrase.clone()))
            }
            UnlockWay::RecoveryKey => self.read_recovery_key().ok().map(|read| Credential::RecoveryKey(read.key)),
        }
    }
}

impl AppState {
    /// Shows the form and asks for what the vault's file tells.
    pub(super) fn go_to_unlock(&mut self, form: Unlock) {
        self.outbox.push(Request::LookAtVault(form.path.clone()));
        self.read_dates(&form.path);
        self.screen = Screen::Unlock(form);
    }

    pub(super) fn handle_unlock(&mut self, command: Command) {
        let may_try = self.seconds_to_wait().is_none();
        let Screen::Unlock(form) = &mut self.screen else { return };
        match command {
            Command::ChooseUnlockWay(way) => {
                form.way = way;
                form.trouble = None;
                // A key is read from paper, letter by letter; whoever copies it wants to see it.
                form.shown = if way == UnlockWay::RecoveryKey { Shown::Revealed } else { Shown::Hidden };
            }
            Command::Unlock if may_try && !form.working => {
                if let Some(credential) = form.credential() {
                    form.tried = Some(form.way);
                    self.outbox.push(form.open(credential, Trust::Proven));
                }
            }
            Command::AskTrustVault => self.ask_to_trust(),
            Command::TrustVault if !form.working && matches!(self.dialogs.front(), Some(Dialog::TrustVault(_))) => {
                self.dialogs.pop_front();
                let credential = match form.tried {
                    Some(_) => form.credential(),
                    None => Some(Credential::ThisAccount),
                };
                if let Some(credential) = credential {
                    self.outbox.push(form.open(credential, Trust::FromNowOn));
                }
            }
            Command::UnlockWithThisAccount if !form.working => {
                form.tried = None;
                self.outbox.push(form.open(Credential::ThisAccount, Trust::Proven));
            }
            Command::AskRestoreOverDamaged => {
                let path = form.path.clone();
                self.outbox.push(Request::ListBackupsOf(path.clone()));
                let form = DamagedForm { path, backups: None, trouble: None, working: false };
                self.dialogs.push_back(Dialog::Damaged(form));
            }
            Command::RestoreOverDamaged(backup) => {
                if let Some(Dialog::Damaged(form)) = self.dialogs.front_mut()
                    && !form.working
                {
                    form.working = true;
                    form.trouble = None;
                    self.outbox.push(Request::RestoreOverDamaged(form.path.clone(), backup));
                }
            }
            _ => {}
        }
    }

    /// What a vault's file tells without being opened.
    pub(super) fn vault_looked_at(&mut self, path: &Path, look: WaysIn) {
        if let Screen::Unlock(form) = &mut self.screen
            && form.path == path
        {
            form.look = look;
        }
    }

    pub(super) fn backups_of_damaged_found(&mut self, path: &Path, found: Result<Vec<Backup>, Refusal>) {
        if let Some(Dialog::Damaged(form)) = self.dialogs.front_mut()
            && form.path == path
        {
            form.backups = Some(found.map_err(|refusal| refusal.text));
        }
    }

    /// A backup stands in the vault's place, or why it does not. The damaged file was put aside under that path.
    pub(super) fn restored_over_damaged(&mut self, result: Result<Option<PathBuf>, Refusal>) {
        let Some(Dialog::Damaged(form)) = self.dialogs.front_mut() else { return };
        match result {
            Ok(aside) => {
                let path = form.path.clone();
                self.dialogs.pop_front();
                self.go_to_unlock(Unlock::of(path));
                let text = match aside {
                    Some(aside) => format!(
                        "The backup is in place: unlock it with the passphrase of its time. The damaged file is kept as {}.",
                        aside.display()
                    ),
                    None => "The backup is in place: unlock it with the passphrase of its time.".to_owned(),
                };
                self.notify(Tone::Warning, text);
            }
            Err(refusal) => {
                form.working = false;
                form.trouble = Some(refusal.text);
            }
        }
    }
}
