//! What the window does when a part of the program itself was at fault.

use super::{AppState, Attempt, Screen, Tone, locking::Locking};
use crate::app::{
    draft::Draft,
    tasks::{Part, Refusal, RefusalCause},
};

impl AppState {
    /// `part` stopped in the middle of its work; `report` says where the report about it is.
    ///
    /// The vault's thread forgot its keys, because what it had begun may be half done. So the vault is locked here too,
    /// and what was typed waits in the window until it is open again.
    pub(super) fn fault(&mut self, part: Part, report: &str) {
        if part == Part::Other {
            self.asking_for_file = false;
            let text = format!("Part of this program stopped because of an internal error. {report}");
            return self.notify(Tone::Danger, text);
        }
        self.locking = Locking::No;
        let mut kept = "";
        if let Some(vault) = self.open_vault_mut() {
            let draft = vault.draft.take().filter(Draft::is_changed);
            if draft.is_some() {
                kept = " Your unsaved changes are still in this window: unlock to see them.";
            }
            self.finish_locking(None, draft.map(Box::new));
        }
        let text = format!(
            "Vault access stopped because of an internal error. The vault file is unchanged since the last \
             save.{kept} {report}"
        );
        match &mut self.screen {
            Screen::Unlock(form) => {
                form.attempt = Attempt::failed(Refusal { text, cause: RefusalCause::Other });
                form.repair = Attempt::NotYet;
            }
            Screen::FirstStart(form) => {
                form.attempt = Attempt::failed(text);
            }
            Screen::Open(_) => {}
        }
    }

    /// Locks because the window itself stops, so that what was typed is kept in the vault. What is to be done for it is in
    /// the outbox, and done when [`AppState::is_locking`] says so.
    pub fn window_stops(&mut self) -> Typed {
        if !self.has_unsaved_changes() {
            return Typed::Nothing;
        }
        self.lock_now();
        Typed::Something
    }

    /// The profile as which unsaved changes were kept when the vault locked.
    pub fn kept_as(&self) -> Option<&str> {
        match &self.screen {
            Screen::Unlock(form) if form.kept.is_some() => form.show_profile.as_deref(),
            _ => None,
        }
    }
}

/// Whether something was typed that is not in the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing.
    Nothing,
    /// Something, which is on its way into the vault.
    Something,
}
