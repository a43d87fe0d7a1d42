//! A vault that does not prove that it comes from what this account has seen: what the person decides.

use std::path::PathBuf;

use super::{AppState, Dialog, Screen, Tone};
use crate::{
    app::tasks::{Refusal, Request, VaultRequest},
    vault::{Credential, Trust},
};

/// What a person decides about a vault that does not prove where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustCommand {
    /// Ask whether the vault that was refused is to be trusted from now on.
    Ask,
    /// Open it and trust it.
    Open,
    /// Take the open vault as it is for the right one.
    Accept,
    /// Save the open vault over the file that was refused.
    PutBack,
}

impl AppState {
    pub(super) fn handle_trust(&mut self, command: TrustCommand) {
        match command {
            TrustCommand::Ask => self.ask_to_trust(),
            TrustCommand::Open => self.open_and_trust(),
            TrustCommand::Accept => self.accept_standing(),
            TrustCommand::PutBack => self.put_back(),
        }
    }

    fn ask_to_trust(&mut self) {
        let Screen::Unlock(form) = &self.screen else { return };
        if let Some(refusal) = form.trouble().filter(|_| form.may_be_trusted()) {
            self.dialogs.push_back(Dialog::TrustVault(refusal.text.clone()));
        }
    }

    fn open_and_trust(&mut self) {
        let Screen::Unlock(form) = &mut self.screen else { return };
        if form.is_working() || !matches!(self.dialogs.front(), Some(Dialog::TrustVault(_))) {
            return;
        }
        self.dialogs.pop_front();
        let credential = match form.tried {
            Some(_) => form.credential(),
            None => Some(Credential::ThisAccount),
        };
        if let Some(credential) = credential {
            self.outbox.push(form.open(credential, Trust::FromNowOn));
        }
    }

    fn accept_standing(&mut self) {
        if self.open_vault().is_some_and(|vault| vault.standing.is_some()) {
            self.outbox.push(Request::Vault(VaultRequest::Trust));
        }
    }

    /// A file in the open vault's place was refused. Asked once, however often it is looked at.
    pub(super) fn file_was_refused(&mut self, refusal: &Refusal) {
        if !self.dialogs.iter().any(|dialog| matches!(dialog, Dialog::PutBack(_))) {
            self.dialogs.push_back(Dialog::PutBack(refusal.text.clone()));
        }
    }

    fn put_back(&mut self) {
        if matches!(self.dialogs.front(), Some(Dialog::PutBack(_))) {
            self.dialogs.pop_front();
            self.outbox.push(Request::Vault(VaultRequest::PutBack));
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
