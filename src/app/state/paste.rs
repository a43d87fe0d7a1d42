//! Filling the form from a pasted connection string.

use super::{AppState, Dialog, Tone};
use crate::{
    app::{draft::Draft, widgets::Shown},
    connection_string::ConnectionString,
    profile::SecretText,
};

/// What a person does with a connection string from elsewhere.
#[derive(Clone, Debug)]
pub enum PasteCommand {
    /// Open the dialog for it.
    Ask,
    /// Open the dialog with this one, which was pasted somewhere else.
    AskAbout(SecretText),
    /// Fill the form from the dialog's text.
    Apply,
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
        ConnectionString::parse_pasted(self.text.expose()).map_err(|error| error.to_string())
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
        }
    }

    fn apply_paste(&mut self) {
        let Some(Dialog::Paste(form)) = self.dialogs.front() else { return };
        let Ok(string) = form.read() else { return };
        self.dialogs.pop_front();
        let (id, clouds) = ((self.new_id)(), self.clouds.clone());
        if let Some(vault) = self.open_vault_mut() {
            vault.draft.get_or_insert_with(|| Draft::new(id)).fill_from(&string, &clouds);
            self.notify(Tone::Success, "Form filled in from the connection string. Test it, then save.".to_owned());
        }
    }
}
