//! The form that creates a vault.

use std::path::PathBuf;

use super::{AppState, Attempt, Dialog, PassphraseRating, RecoveryForm, Screen, passphrase_rating::is_new_passphrase};
use crate::{
    app::{
        tasks::{FileDialogRequest, Request, VaultFileRequest, VaultRequest},
        widgets::Shown,
    },
    profile::SecretText,
};

/// What a person does on the screen that creates a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStartCommand {
    /// Leave the unlock screen for this one.
    Show,
    /// Choose where the new vault is to be kept.
    ChoosePlace,
    /// Whether this account is to open the new vault without the passphrase.
    LetThisAccountOpen(bool),
    /// Create the vault that the form describes.
    Create,
}

/// The form that creates a vault.
pub struct FirstStart {
    /// Where the vault will be.
    pub path: PathBuf,
    /// Its passphrase.
    pub passphrase: SecretText,
    /// The passphrase once more.
    pub repeat: SecretText,
    /// How hard it is to guess.
    pub rating: PassphraseRating,
    /// Whether both are shown.
    pub shown: Shown,
    /// Whether this account is to open the vault without the passphrase; none where it cannot.
    pub this_account: Option<bool>,
    /// The creation of the vault.
    pub attempt: Attempt,
}

impl FirstStart {
    pub(super) fn at(path: PathBuf) -> FirstStart {
        FirstStart {
            path,
            passphrase: SecretText::default(),
            repeat: SecretText::default(),
            rating: PassphraseRating::default(),
            shown: Shown::Hidden,
            this_account: None,
            attempt: Attempt::NotYet,
        }
    }

    /// Whether the vault can be created with what is typed.
    pub fn is_ready(&self) -> bool {
        is_new_passphrase(&self.passphrase, &self.repeat) && !self.attempt.is_under_way()
    }
}

impl AppState {
    pub(super) fn handle_first_start(&mut self, command: FirstStartCommand) {
        match command {
            FirstStartCommand::Show => self.show_first_start(),
            FirstStartCommand::ChoosePlace => self.choose_new_vault_place(),
            FirstStartCommand::LetThisAccountOpen(wanted) => {
                if let Screen::FirstStart(FirstStart { this_account: Some(this_account), .. }) = &mut self.screen {
                    *this_account = wanted;
                }
            }
            FirstStartCommand::Create => self.create_vault(),
        }
    }

    fn show_first_start(&mut self) {
        if let Screen::Unlock(form) = &self.screen {
            let name = format!("vault-{}.{}", self.now.date_naive(), crate::vault::FILE_EXTENSION);
            self.screen = Screen::FirstStart(FirstStart::at(form.path.with_file_name(name)));
            self.outbox.push(Request::VaultFile(VaultFileRequest::LookForAccountStore));
        }
    }

    /// Offers what this account can do. Ticked, but for a portable program, which leaves nothing on a computer unasked.
    pub(super) fn account_store_looked_for(&mut self, is_there: bool) {
        let ticked = self.portable_folder.is_none();
        if let Screen::FirstStart(form) = &mut self.screen
            && !form.attempt.is_under_way()
        {
            form.this_account = is_there.then(|| form.this_account.unwrap_or(ticked));
        }
    }

    /// What follows on the creation of a vault: the account that was ticked, and the offer of a recovery key.
    pub(super) fn vault_created(&mut self, this_account: Option<bool>) {
        if this_account == Some(true) {
            self.outbox.push(Request::Vault(VaultRequest::AddThisAccount));
        }
        self.dialogs.push_back(Dialog::RecoveryKey(RecoveryForm::default()));
    }

    fn choose_new_vault_place(&mut self) {
        if let Screen::FirstStart(form) = &self.screen
            && !self.asking_for_file
        {
            let path = form.path.clone();
            self.asking_for_file = true;
            self.outbox.push(Request::FileDialog(FileDialogRequest::NewVaultPlace(path)));
        }
    }

    fn create_vault(&mut self) {
        if let Screen::FirstStart(form) = &mut self.screen
            && form.is_ready()
        {
            form.attempt = Attempt::UnderWay;
            self.outbox.push(Request::VaultFile(VaultFileRequest::Create(form.path.clone(), form.passphrase.clone())));
        }
    }

    pub(super) fn new_vault_place(&mut self, chosen: Option<PathBuf>) {
        self.asking_for_file = false;
        if let (Some(mut path), Screen::FirstStart(form)) = (chosen, &mut self.screen) {
            if path.extension().is_none() {
                path.set_extension(crate::vault::FILE_EXTENSION);
            }
            form.path = path;
            form.attempt.forget_end();
        }
    }
}
