//! The form that creates a vault.

use std::path::PathBuf;

use super::{AppState, Attempt, PassphraseRating, Screen, passphrase_rating::is_new_passphrase};
use crate::{
    app::{
        tasks::{FileDialogRequest, Request, VaultFileRequest},
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
            FirstStartCommand::Create => self.create_vault(),
        }
    }

    fn show_first_start(&mut self) {
        if let Screen::Unlock(form) = &self.screen {
            let name = format!("vault-{}.{}", self.now.date_naive(), crate::vault::FILE_EXTENSION);
            self.screen = Screen::FirstStart(FirstStart::at(form.path.with_file_name(name)));
        }
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
