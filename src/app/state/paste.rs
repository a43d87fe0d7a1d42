//! Filling the form from a pasted text.

use super::{AppState, Dialog, Tone};
use crate::{
    app::{draft::Draft, widgets::Shown},
    cloud::Overrides,
    exchange::pasted::PastedConnection,
    profile::SecretText,
};

/// What a person does with a text from elsewhere.
#[derive(Clone, Debug)]
pub enum PasteCommand {
    /// Open the dialog for it.
    Ask,
    /// Open the dialog with this one, which was pasted somewhere else.
    AskAbout(SecretText),
    /// Fill the form from the dialog's text.
    Apply,
    /// Fill the form of a new profile from it.
    ApplyToNew,
}

/// The dialog that takes a pasted text.
#[derive(Default)]
pub struct PasteForm {
    /// The pasted text: it may hold a secret.
    pub text: SecretText,
    /// Whether it is shown.
    pub shown: Shown,
}

impl PasteForm {
    /// What the text says, or why nothing can be read in it.
    pub fn read(&self, clouds: &Overrides) -> Result<PastedConnection, String> {
        PastedConnection::read(self.text.expose(), clouds)
    }
}

impl AppState {
    pub(super) fn handle_paste(&mut self, command: PasteCommand) {
        match command {
            PasteCommand::Ask => self.dialogs.push_back(Dialog::Paste(PasteForm::default())),
            PasteCommand::AskAbout(text) => {
                self.dialogs.push_back(Dialog::Paste(PasteForm { text, ..PasteForm::default() }));
            }
            PasteCommand::Apply => self.apply_paste(),
            PasteCommand::ApplyToNew => self.apply_paste_to_new(),
        }
    }

    /// What the dialog's text says, and the dialog is closed; `None` where it is not open or says nothing.
    fn take_pasted(&mut self) -> Option<PastedConnection> {
        let Some(Dialog::Paste(form)) = self.dialogs.front() else { return None };
        let found = form.read(&self.clouds).ok()?;
        self.dialogs.pop_front();
        Some(found)
    }

    fn apply_paste(&mut self) {
        let Some(found) = self.take_pasted() else { return };
        let (id, clouds) = ((self.new_id)(), self.clouds.clone());
        if let Some(vault) = self.open_vault_mut() {
            vault.draft.get_or_insert_with(|| Draft::new(id)).fill_from(&found, &clouds);
            self.notify(Tone::Success, "Form filled in from the pasted text. Test it, then save.".to_owned());
        }
    }

    fn apply_paste_to_new(&mut self) {
        // What is typed in the form would be lost.
        let is_changed = |draft: &Draft| draft.is_changed();
        if self.open_vault().and_then(|vault| vault.draft.as_ref()).is_some_and(is_changed) {
            return;
        }
        let Some(found) = self.take_pasted() else { return };
        let clouds = self.clouds.clone();
        self.start_profile(|id| {
            let mut draft = Draft::new(id);
            draft.fill_from(&found, &clouds);
            draft
        });
        self.notify(Tone::Success, "New profile filled in from the pasted text. Test it, then save.".to_owned());
    }
}
