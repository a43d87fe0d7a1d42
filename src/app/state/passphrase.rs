//! Changing the passphrase of the open vault.

use super::{AppState, Attempt, Dialog, OtherSlots, PassphraseRating, Tone, passphrase_rating::is_new_passphrase};
use crate::{
    app::{
        tasks::{Refusal, RefusalCause, Request, VaultRequest},
        widgets::Shown,
    },
    profile::SecretText,
};

/// What a person asked of the passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseCommand {
    /// Open the dialog that changes it.
    Ask,
    /// Change it as that dialog says.
    Change,
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
    pub rating: PassphraseRating,
    /// Whether all are shown.
    pub shown: Shown,
    /// The other unlock methods, of which some may go as well.
    pub others: OtherSlots,
    /// The change.
    pub attempt: Attempt<Refusal>,
}

impl PassphraseForm {
    /// Whether the passphrase can be changed with what is typed.
    pub fn is_ready(&self) -> bool {
        let allowed = self.purpose == Purpose::AfterRecovery || !self.old.is_empty();
        allowed && is_new_passphrase(&self.new, &self.repeat) && !self.attempt.is_under_way()
    }
}

impl AppState {
    pub(super) fn handle_passphrase(&mut self, command: PassphraseCommand) {
        match command {
            PassphraseCommand::Ask => {
                let others = self.open_vault().map(|vault| OtherSlots::beside_a_passphrase(&vault.slots));
                let form = PassphraseForm { others: others.unwrap_or_default(), ..PassphraseForm::default() };
                self.dialogs.push_back(Dialog::ChangePassphrase(form));
            }
            PassphraseCommand::Change => self.change_passphrase(),
        }
    }

    fn change_passphrase(&mut self) {
        let wait = self.open_vault().and_then(|vault| self.throttle.seconds_left(&vault.path, self.seconds));
        if let (Some(seconds), Some(Dialog::ChangePassphrase(form))) = (wait, self.dialogs.front_mut()) {
            let text = format!("Too many failed attempts. Try again in {seconds} s.");
            form.attempt = Attempt::failed(Refusal { text, cause: RefusalCause::WrongCredential });
            return;
        }
        if let Some(Dialog::ChangePassphrase(form)) = self.dialogs.front_mut()
            && form.is_ready()
        {
            form.attempt = Attempt::UnderWay;
            let (new, review) = (form.new.clone(), form.others.review());
            let request = match form.purpose {
                Purpose::Change => VaultRequest::ChangePassphrase(form.old.clone(), new, review),
                Purpose::AfterRecovery => VaultRequest::SetPassphrase(new, review),
            };
            self.outbox.push(Request::Vault(request));
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
                self.notify(Tone::Success, "Passphrase changed. The old one no longer works.".to_owned());
            }
            Err(refusal) => {
                form.old.wipe();
                form.attempt = Attempt::failed(refusal);
            }
        }
    }
}
