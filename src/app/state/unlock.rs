//! The form that opens a locked vault: by passphrase, recovery key or this account, and from a backup when the file is
//! damaged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{AppState, Attempt, Dialog, RenewalForm, Screen, Tone};
use crate::{
    app::{
        draft::Draft,
        tasks::{FileDialogRequest, Refusal, RefusalCause, Request, VaultFileRequest},
        widgets::{FieldNote, Shown},
    },
    profile::SecretText,
    vault::{Backup, Credential, ReadRecoveryKey, RecoveryKey, RecoveryKeyError, Trust, UnlockMethods},
};

/// What a person does on the unlock screen.
#[derive(Clone, Debug)]
pub enum UnlockCommand {
    /// Leave the screen that creates a vault for the one that unlocks the vault at this path.
    Show(PathBuf),
    /// Unlock this vault instead, which was opened before.
    ShowRecent(PathBuf),
    /// Take this vault off the list of those that were opened last.
    ForgetRecent(PathBuf),
    /// Choose an existing vault's file.
    ChooseVault,
    /// Choose what is typed to open the vault.
    ChooseMethod(UnlockMethod),
    /// Open the vault with what is typed.
    Unlock,
    /// Open the vault with the account that this program runs under.
    WithThisAccount,
    /// Put the bytes of a vault back that something took for text.
    Repair,
    /// Ask which backup is to take the damaged vault's place.
    AskRestore,
    /// Put a backup in the damaged vault's place.
    Restore(Backup),
}

/// The form that opens a vault.
pub struct Unlock {
    /// The vault.
    pub path: PathBuf,
    /// What is typed to open it.
    pub method: UnlockMethod,
    /// The passphrase.
    pub passphrase: SecretText,
    /// The recovery key, as far as it is typed.
    pub recovery_key: SecretText,
    /// Whether what is typed is shown.
    pub shown: Shown,
    /// The opening of the vault.
    pub attempt: Attempt<Refusal>,
    /// The repair of its file.
    pub repair: Attempt<Refusal>,
    /// What the last try was made with; none for this account.
    pub(super) tried: Option<UnlockMethod>,
    /// What the file shows without being opened, once somebody looked.
    pub look: UnlockMethods,
    /// What happened to changes that were not saved when the vault locked itself.
    pub kept: Option<String>,
    /// The files of an import that was not finished when the vault locked.
    pub(super) dropped_import: Option<String>,
    /// The name of the profile to show once the vault is open.
    pub show_profile: Option<String>,
    /// Changes that could not even be kept in the vault: given back after unlocking.
    pub(super) draft: Option<Box<Draft>>,
    /// The renewal that was open, and new secrets that could not be kept in the vault: given back likewise.
    pub(super) open_renewals: OpenRenewals,
}

/// What was open of renewals when the vault locked.
#[derive(Default)]
pub struct OpenRenewals {
    /// The profile whose renewal was shown.
    pub(super) page: Option<Uuid>,
    /// What could not be kept; empty as a rule.
    pub(super) renewal_forms: HashMap<Uuid, RenewalForm>,
}

/// What is typed to open a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnlockMethod {
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
    /// The restoring.
    pub attempt: Attempt,
}

impl Unlock {
    /// The form for a vault that is not where it was.
    pub(super) fn gone(path: PathBuf) -> Unlock {
        let text = format!(
            "The vault {} was not found. Connect its drive or share and select Unlock, or open another vault.",
            path.display()
        );
        let attempt = Attempt::failed(Refusal { text, cause: RefusalCause::Missing });
        Unlock { attempt, ..Unlock::of(path) }
    }

    pub(super) fn of(path: PathBuf) -> Unlock {
        Unlock {
            path,
            method: UnlockMethod::Passphrase,
            passphrase: SecretText::default(),
            recovery_key: SecretText::default(),
            shown: Shown::Hidden,
            attempt: Attempt::NotYet,
            repair: Attempt::NotYet,
            tried: None,
            look: UnlockMethods::default(),
            kept: None,
            dropped_import: None,
            show_profile: None,
            draft: None,
            open_renewals: OpenRenewals::default(),
        }
    }

    /// The recovery key as typed so far, or what is wrong with it.
    pub fn read_recovery_key(&self) -> Result<ReadRecoveryKey, RecoveryKeyError> {
        RecoveryKey::parse(&self.recovery_key)
    }

    /// What is said below the recovery key while it is typed.
    pub fn recovery_note(&self) -> FieldNote {
        if self.recovery_key.is_empty() {
            return FieldNote::None;
        }
        match self.read_recovery_key() {
            Ok(read) => match read.correction() {
                Some(correction) => FieldNote::Advice(correction),
                None => FieldNote::Good("Valid.".to_owned()),
            },
            // No error while somebody is typing.
            Err(RecoveryKeyError::Length { found }) if found < 30 => {
                FieldNote::Advice(format!("{found} of 32 characters."))
            }
            Err(error) => FieldNote::Refused(error.to_string()),
        }
    }

    /// Whether the vault is being opened or repaired.
    pub fn is_working(&self) -> bool {
        self.attempt.is_under_way() || self.repair.is_under_way()
    }

    /// Why the last try failed, if it did.
    pub fn trouble(&self) -> Option<&Refusal> {
        self.repair.trouble().or_else(|| self.attempt.trouble())
    }

    /// Whether a backup could help: the file is damaged or gone.
    pub fn may_need_backup(&self) -> bool {
        self.trouble().is_some_and(|refusal| matches!(refusal.cause, RefusalCause::Damaged | RefusalCause::Missing))
            || self.may_be_repaired()
    }

    /// Whether something took the file for text, and its bytes can be put back.
    pub fn may_be_repaired(&self) -> bool {
        self.trouble().is_some_and(|refusal| refusal.cause == RefusalCause::Repairable)
    }

    /// Whether the file is refused unless somebody trusts it.
    pub fn may_be_trusted(&self) -> bool {
        self.trouble().is_some_and(|refusal| refusal.cause == RefusalCause::Unproven)
    }

    /// Begins to open the vault: what has to be asked for.
    pub(super) fn open(&mut self, credential: Credential, trust: Trust) -> Request {
        self.attempt = Attempt::UnderWay;
        self.repair = Attempt::NotYet;
        Request::VaultFile(VaultFileRequest::Open(self.path.clone(), credential, trust))
    }

    /// What the form opens the vault with, when it is complete.
    pub(super) fn credential(&self) -> Option<Credential> {
        match self.method {
            UnlockMethod::Passphrase => {
                (!self.passphrase.is_empty()).then(|| Credential::Passphrase(self.passphrase.clone()))
            }
            UnlockMethod::RecoveryKey => self.read_recovery_key().ok().map(|read| Credential::RecoveryKey(read.key)),
        }
    }
}

impl AppState {
    /// Shows the form and asks for what the vault's file shows.
    pub(super) fn go_to_unlock(&mut self, form: Unlock) {
        self.outbox.push(Request::VaultFile(VaultFileRequest::LookAt(form.path.clone())));
        self.read_dates(&form.path);
        self.screen = Screen::Unlock(form);
        self.look_for_recent_vaults();
    }

    pub(super) fn handle_unlock(&mut self, command: UnlockCommand) {
        match command {
            UnlockCommand::Show(path) => self.go_to_unlock(Unlock::of(path)),
            UnlockCommand::ShowRecent(path) => self.show_recent_vault(path),
            UnlockCommand::ForgetRecent(path) => self.forget_recent_vault(&path),
            UnlockCommand::ChooseVault => self.choose_existing_vault(),
            UnlockCommand::ChooseMethod(method) => self.choose_unlock_method(method),
            UnlockCommand::Unlock => self.unlock(),
            UnlockCommand::WithThisAccount => self.unlock_with_this_account(),
            UnlockCommand::Repair => self.repair_vault(),
            UnlockCommand::AskRestore => self.ask_restore_over_damaged(),
            UnlockCommand::Restore(backup) => self.restore_over_damaged(backup),
        }
    }

    fn choose_existing_vault(&mut self) {
        if !self.asking_for_file {
            self.asking_for_file = true;
            self.outbox.push(Request::FileDialog(FileDialogRequest::ExistingVault));
        }
    }

    pub(super) fn existing_vault(&mut self, chosen: Option<PathBuf>) {
        self.asking_for_file = false;
        if let Some(path) = chosen {
            self.go_to_unlock(Unlock::of(path));
        }
    }

    fn choose_unlock_method(&mut self, method: UnlockMethod) {
        let Screen::Unlock(form) = &mut self.screen else { return };
        form.method = method;
        form.attempt.forget_end();
        form.repair.forget_end();
        // A key is read from paper, letter by letter; the person who copies it wants to see it.
        form.shown = if method == UnlockMethod::RecoveryKey { Shown::Revealed } else { Shown::Hidden };
    }

    fn unlock(&mut self) {
        let may_try = self.seconds_to_wait().is_none();
        let Screen::Unlock(form) = &mut self.screen else { return };
        if may_try
            && !form.is_working()
            && let Some(credential) = form.credential()
        {
            form.tried = Some(form.method);
            self.outbox.push(form.open(credential, Trust::Proven));
        }
    }

    fn unlock_with_this_account(&mut self) {
        let Screen::Unlock(form) = &mut self.screen else { return };
        if !form.is_working() {
            form.tried = None;
            self.outbox.push(form.open(Credential::ThisAccount, Trust::Proven));
        }
    }

    fn repair_vault(&mut self) {
        let Screen::Unlock(form) = &mut self.screen else { return };
        if form.may_be_repaired() && !form.is_working() {
            form.repair = Attempt::UnderWay;
            self.outbox.push(Request::VaultFile(VaultFileRequest::Repair(form.path.clone())));
        }
    }

    fn ask_restore_over_damaged(&mut self) {
        let Screen::Unlock(form) = &self.screen else { return };
        let path = form.path.clone();
        self.outbox.push(Request::VaultFile(VaultFileRequest::ListBackups(path.clone())));
        let form = DamagedForm { path, backups: None, attempt: Attempt::NotYet };
        self.dialogs.push_back(Dialog::Damaged(form));
    }

    fn restore_over_damaged(&mut self, backup: Backup) {
        if matches!(self.screen, Screen::Unlock(_))
            && let Some(Dialog::Damaged(form)) = self.dialogs.front_mut()
            && !form.attempt.is_under_way()
        {
            form.attempt = Attempt::UnderWay;
            self.outbox.push(Request::VaultFile(VaultFileRequest::RestoreOverDamaged(form.path.clone(), backup)));
        }
    }

    /// What a vault's file shows without being opened.
    pub(super) fn vault_looked_at(&mut self, path: &Path, look: UnlockMethods) {
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

    /// The vault's bytes are those that were saved, or why not.
    pub(super) fn vault_repaired(&mut self, result: Result<PathBuf, Refusal>) {
        let Screen::Unlock(form) = &mut self.screen else { return };
        match result {
            Ok(aside) => {
                form.repair = Attempt::NotYet;
                form.attempt.forget_end();
                self.outbox.push(Request::VaultFile(VaultFileRequest::LookAt(form.path.clone())));
                let text =
                    format!("Vault repaired. Unlock it to continue. The damaged file is kept as {}.", aside.display());
                self.notify(Tone::Success, text);
            }
            Err(refusal) => form.repair = Attempt::failed(refusal),
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
                        "Backup restored. Unlock the vault with the passphrase that was in use at that time. The \
                         damaged file is kept as {}.",
                        aside.display()
                    ),
                    None => {
                        "Backup restored. Unlock the vault with the passphrase that was in use at that time.".to_owned()
                    }
                };
                self.notify(Tone::Warning, text);
            }
            Err(refusal) => form.attempt = Attempt::failed(refusal.text),
        }
    }
}
