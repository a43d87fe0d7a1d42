//! The small forms: making a vault, unlocking it, changing its passphrase, pasting a connection string.

use std::path::PathBuf;

use super::{AppState, Dialog, PassphraseJudgement, Screen, Tone, Unlock};
use crate::{
    app::{
        command::Command,
        draft::Draft,
        tasks::{Refusal, RefusalCause, Request},
        widgets::{FieldNote, Shown},
    },
    connection_string::ConnectionString,
    profile::SecretText,
    vault::PASSPHRASE_LENGTH_MINIMUM,
};

/// The form that makes a vault.
pub struct FirstStart {
    /// Where the vault will be.
    pub path: PathBuf,
    /// Its passphrase.
    pub passphrase: SecretText,
    /// The passphrase once more.
    pub repeat: SecretText,
    /// How hard it is to guess.
    pub judgement: PassphraseJudgement,
    /// Whether both are shown.
    pub shown: Shown,
    /// Why the last try failed.
    pub trouble: Option<String>,
    /// Whether the vault is being made.
    pub working: bool,
}

impl FirstStart {
    pub(super) fn at(path: PathBuf) -> FirstStart {
        FirstStart {
            path,
            passphrase: SecretText::default(),
            repeat: SecretText::default(),
            judgement: PassphraseJudgement::default(),
            shown: Shown::Hidden,
            trouble: None,
            working: false,
        }
    }

    /// Whether the vault can be made with what is typed.
    pub fn is_ready(&self) -> bool {
        is_new_passphrase(&self.passphrase, &self.repeat) && !self.working
    }
}

/// Why a new passphrase is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody wants another one, and has to know the present one.
    #[default]
    Change,
    /// The present one is lost: the vault was opened with the recovery key.
    AfterRecovery,
}

/// The dialog that changes the passphrase.
#[derive(Default)]
pub struct PassphraseForm {
    /// What it is for.
    pub purpose: Purpose,
    /// The passphrase in use.
    pub old: SecretText,
    /// The new one.
    pub new: SecretText,
    /// The new one once more.
    pub repeat: SecretText,
    /// How hard the new one is to guess.
    pub judgement: PassphraseJudgement,
    /// Whether all are shown.
    pub shown: Shown,
    /// Why the last try failed.
    pub trouble: Option<Refusal>,
    /// Whether the change is under way.
    pub working: bool,
}

impl PassphraseForm {
    /// Whether the passphrase can be changed with what is typed.
    pub fn is_ready(&self) -> bool {
        let allowed = self.purpose == Purpose::AfterRecovery || !self.old.is_empty();
        allowed && is_new_passphrase(&self.new, &self.repeat) && !self.working
    }
}

/// The dialog that takes a pasted connection string.
#[derive(Default)]
pub struct PasteForm {
    /// The pasted text: it holds a secret.
    pub text: SecretText,
    /// Whether it is shown.
    pub shown: Shown,
}

impl PasteForm {
    /// What the text says, or why it cannot be read.
    pub fn read(&self) -> Result<ConnectionString, String> {
        ConnectionString::parse(self.text.expose()).map_err(|error| error.to_string())
    }
}

fn is_new_passphrase(passphrase: &SecretText, repeat: &SecretText) -> bool {
    passphrase.char_count() >= PASSPHRASE_LENGTH_MINIMUM && passphrase == repeat
}

/// What is said beneath its repetition.
pub fn repeat_note(passphrase: &SecretText, repeat: &SecretText) -> FieldNote {
    if repeat.is_empty() {
        FieldNote::None
    } else if passphrase == repeat {
        FieldNote::Good("Both are the same.".to_owned())
    } else {
        FieldNote::Refused("This differs from the passphrase above.".to_owned())
    }
}

impl AppState {
    pub(super) fn handle_vault_choice(&mut self, command: Command) {
        match command {
            Command::ChooseNewVaultPlace if !self.asking_for_file => {
                if let Screen::FirstStart(form) = &self.screen {
                    let path = form.path.clone();
                    self.asking_for_file = true;
                    self.outbox.push(Request::PickNewVaultPlace(path));
                }
            }
            Command::ChooseExistingVault if !self.asking_for_file => {
                self.asking_for_file = true;
                self.outbox.push(Request::PickExistingVault);
            }
            Command::GoToFirstStart => {
                if let Screen::Unlock(form) = &self.screen {
                    let name = format!("vault-{}.{}", self.now.date_naive(), crate::vault::FILE_EXTENSION);
                    self.screen = Screen::FirstStart(FirstStart::at(form.path.with_file_name(name)));
                }
            }
            Command::GoToUnlock(path) => self.go_to_unlock(Unlock::of(path)),
            Command::CreateVault => {
                if let Screen::FirstStart(form) = &mut self.screen
                    && form.is_ready()
                {
                    form.working = true;
                    form.trouble = None;
                    self.outbox.push(Request::CreateVault(form.path.clone(), form.passphrase.clone()));
                }
            }
            _ => {}
        }
    }

    pub(super) fn new_vault_place(&mut self, chosen: Option<PathBuf>) {
        self.asking_for_file = false;
        if let (Some(mut path), Screen::FirstStart(form)) = (chosen, &mut self.screen) {
            if path.extension().is_none() {
                path.set_extension(crate::vault::FILE_EXTENSION);
            }
            form.path = path;
            form.trouble = None;
        }
    }

    pub(super) fn existing_vault(&mut self, chosen: Option<PathBuf>) {
        self.asking_for_file = false;
        if let Some(path) = chosen {
            self.go_to_unlock(Unlock::of(path));
        }
    }

    pub(super) fn change_passphrase(&mut self) {
        let wait = self.open_vault().and_then(|vault| self.throttle.seconds_left(&vault.path, self.seconds));
        if let (Some(seconds), Some(Dialog::ChangePassphrase(form))) = (wait, self.dialogs.front_mut()) {
            let text = format!("Too many wrong passphrases: try again in {seconds} s.");
            form.trouble = Some(Refusal { text, cause: RefusalCause::WrongCredential });
            return;
        }
        if let Some(Dialog::ChangePassphrase(form)) = self.dialogs.front_mut()
            && form.is_ready()
        {
            form.working = true;
            form.trouble = None;
            let request = match form.purpose {
                Purpose::Change => Request::ChangePassphrase(form.old.clone(), form.new.clone()),
                Purpose::AfterRecovery => Request::SetPassphrase(form.new.clone()),
            };
            self.outbox.push(request);
        }
    }

    pub(super) fn passphrase_changed(&mut self, result: Result<(), Refusal>) {
        let vault = self.open_vault().map(|vault| vault.path.clone());
        match (&result, vault) {
            (Ok(()), Some(path)) => self.throttle.succeeded(&path),
            (Err(refusal), Some(path)) if refusal.is_wrong_credential() => self.throttle.failed(&path, self.seconds),
            _ => {}
        }
        let Some(Dialog::ChangePassphrase(form)) = self.dialogs.front_mut() else { return };
        match result {
            Ok(()) => {
                self.dialogs.pop_front();
                self.notify(
                    Tone::Success,
                    "The passphrase is changed. The old one opens this vault no more.".to_owned(),
                );
            }
            Err(refusal) => {
                form.working = false;
                form.old.wipe();
                form.trouble = Some(refusal);
            }
        }
    }

    pub(super) fn apply_paste(&mut self) {
        let Some(Dialog::Paste(form)) = self.dialogs.front() else { return };
        let Ok(string) = form.read() else { return };
        self.dialogs.pop_front();
        let (id, clouds) = ((self.new_id)(), self.clouds.clone());
        if let Some(vault) = self.open_vault_mut() {
            vault.draft.get_or_insert_with(|| Draft::new(id)).fill_from(&string, &clouds);
            self.notify(Tone::Success, "The form is filled from the connection string. Test it, then save.".to_owned());
        }
    }
}
