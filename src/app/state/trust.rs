//! A vault that does not prove that it comes from what this account has seen: what the person decides.

use std::path::PathBuf;

use super::{AppState, Dialog, Screen, Tone};
use crate::app::tasks::{Refusal, Request};

impl AppState {
    pub(super) fn ask_to_trust(&mut self) {
        let Screen::Unlock(form) = &self.screen else { return };
        if let Some(refusal) = form.trouble.as_ref().filter(|_| form.may_be_trusted()) {
            self.dialogs.push_back(Dialog::TrustVault(refusal.text.clone()));
        }
    }

    pub(super) fn accept_standing(&mut self) {
        if self.open_vault().is_some_and(|vault| vault.standing.is_some()) {
            self.outbox.push(Request::TrustVault);
        }
    }

    /// A file in the open vault's place was refused. Asked once, however often it is looked at.
    pub(super) fn file_was_refused(&mut self, refusal: &Refusal) {
        if !self.dialogs.iter().any(|dialog| matches!(dialog, Dialog::PutBack(_))) {
            self.dialogs.push_back(Dialog::PutBack(refusal.text.clone()));
        }
    }

    pub(super) fn put_back(&mut self) {
        if matches!(self.dialogs.front(), Some(Dialog::PutBack(_))) {
            self.dialogs.pop_front();
            self.outbox.push(Request::PutBack);
        }
    }

    pub(super) fn was_put_back(&mut self, result: Result<PathBuf, Refusal>) {
        match result {
            Ok(aside) => self.notify(
                Tone::Warning,
                format!("Your version of the vault is saved. The other file is kept as {}.", aside.display()),
            ),
            Err(refusal) => self.notify(Tone::Danger, format!("Your version was not saved: {}", refusal.text)),
        }
    }
}
