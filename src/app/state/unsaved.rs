//! What happens to changes that are not saved when something else is to be shown, or the vault is to be closed.

use uuid::Uuid;

use super::{AppState, Dialog, Page, Selection};
use crate::app::draft::Draft;

/// What happens once the unsaved changes are dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterUnsaved {
    /// Another profile is shown.
    Select(Uuid),
    /// A new profile is started.
    NewProfile,
    /// A new profile is started with what a saved one holds.
    Duplicate(Uuid),
    /// The renewal of a profile's client secret is shown.
    Renew(Uuid),
    /// The vault is locked.
    Lock,
    /// The window is closed.
    Close,
}

impl AfterUnsaved {
    /// Whether the vault is closed then, and all that is typed anywhere would be gone.
    pub(super) fn ends_the_vault(self) -> bool {
        matches!(self, AfterUnsaved::Lock | AfterUnsaved::Close)
    }
}

/// What to do with changes that are not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsavedAnswer {
    /// Save them and go on.
    Save,
    /// Drop them and go on.
    Discard,
    /// Stay.
    Stay,
}

impl AppState {
    /// Does `next`, after asking about unsaved changes where there are any.
    pub(super) fn after_unsaved(&mut self, next: AfterUnsaved) {
        let already_shown = match next {
            AfterUnsaved::Select(id) => {
                self.open_vault().and_then(|vault| vault.draft.as_ref()).is_some_and(|draft| draft.id == id)
            }
            _ => false,
        };
        if already_shown {
            if let Some(vault) = self.open_vault_mut() {
                vault.page = Page::Profiles;
            }
        } else if self.would_lose(next) {
            // Asked once, however often the window's cross is pressed.
            if !self.dialogs.iter().any(|dialog| matches!(dialog, Dialog::Unsaved(_))) {
                self.dialogs.push_back(Dialog::Unsaved(next));
            }
        } else {
            self.go_on(next);
        }
    }

    pub(super) fn answer_unsaved(&mut self, answer: UnsavedAnswer) {
        let Some(Dialog::Unsaved(next)) = self.dialogs.front() else { return };
        let next = *next;
        self.dialogs.pop_front();
        match answer {
            UnsavedAnswer::Stay => {}
            UnsavedAnswer::Discard => {
                self.revert();
                if next.ends_the_vault() {
                    self.drop_new_secrets();
                }
                self.go_on(next);
            }
            UnsavedAnswer::Save => {
                if next.ends_the_vault() && !self.keep_new_secrets() {
                    return;
                }
                if self.form_is_changed() {
                    self.save();
                }
                // What comes next waits until the vault says that it has the changes.
                if self.is_saving() {
                    self.after_save = Some(next);
                }
            }
        }
    }

    /// Whether going on with `next` would lose something that is typed.
    fn would_lose(&self, next: AfterUnsaved) -> bool {
        self.form_is_changed() || next.ends_the_vault() && self.holds_new_secrets()
    }

    /// Whether something that was typed is on its way into the vault.
    pub(super) fn is_saving(&self) -> bool {
        self.open_vault().is_some_and(|vault| vault.saving) || self.renewal_is_working()
    }

    fn go_on(&mut self, next: AfterUnsaved) {
        match next {
            AfterUnsaved::Select(id) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.draft = vault.profile(id).map(Draft::of);
                    vault.page = Page::Profiles;
                }
                self.note_used(id);
            }
            AfterUnsaved::NewProfile => self.start_profile(Draft::new),
            AfterUnsaved::Duplicate(original) => {
                let copied = self.open_vault().and_then(|vault| vault.profile(original)).cloned();
                if let Some(copied) = copied {
                    let name = Draft::name_of_copy(&copied, |name| self.is_name_taken(name, Uuid::nil()));
                    self.start_profile(|id| Draft::copy_of(&copied, name, id));
                }
            }
            AfterUnsaved::Renew(id) => self.open_renewal(id),
            AfterUnsaved::Lock => self.finish_locking(None, None),
            AfterUnsaved::Close => {
                // There may be no further frame that would see that nothing is unsaved any more.
                self.remove_kept_draft();
                self.keep_recent();
                self.close_window = true;
            }
        }
    }

    pub(super) fn start_profile(&mut self, form: impl FnOnce(Uuid) -> Draft) {
        let draft = form((self.new_id)());
        self.with_vault(|vault| {
            vault.draft = Some(draft);
            vault.selection = Selection::default();
            vault.page = Page::Profiles;
            vault.focus_name = true;
        });
    }
}
