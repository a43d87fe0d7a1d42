//! Profiles into a file for another program: the dialog that asks which, with or without client secrets.

use std::collections::HashSet;
use std::path::PathBuf;

use uuid::Uuid;

use super::{AppState, Attempt, Dialog, PassphraseRating, Tone, passphrase_rating::is_new_passphrase};
use crate::{
    app::{
        tasks::{ExportOrder, ExportedFile, FileDialogRequest, Request, VaultRequest},
        widgets::Shown,
    },
    counted::counted,
    exchange::{
        export::{Secrets, Target},
        export_file,
    },
    profile::SecretText,
};

/// What a person does with an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportCommand {
    /// Ask how the selected profiles are exported.
    AskSelected,
    /// Ask how all profiles are exported.
    AskAll,
    /// Choose the file and write it.
    Start,
}

/// The dialog that exports profiles.
pub struct ExportForm {
    /// The profiles.
    pub profiles: HashSet<Uuid>,
    /// How many of them have a client secret.
    pub with_secret: usize,
    /// For which program.
    pub target: Target,
    /// Whether client secrets go into the file.
    pub secrets: Secrets,
    /// The password of a database.
    pub password: SecretText,
    /// The password once more.
    pub repeat: SecretText,
    /// How hard it is to guess.
    pub rating: PassphraseRating,
    /// Whether both are shown.
    pub shown: Shown,
    /// The export.
    pub attempt: Attempt,
}

impl ExportForm {
    /// Why nothing can be written yet, if so.
    pub fn obstacle(&self) -> Option<&'static str> {
        if self.attempt.is_under_way() {
            Some("Exporting…")
        } else if self.target.needs_secrets() && self.secrets() == Secrets::LeftOut {
            Some("This script needs the client secrets. Include them, or choose another format.")
        } else if self.target.is_encrypted() && !is_new_passphrase(&self.password, &self.repeat) {
            Some("Enter a password for the file twice.")
        } else {
            None
        }
    }

    /// Whether client secrets go into the file; into a list never.
    pub fn secrets(&self) -> Secrets {
        if self.target.can_hold_secrets() { self.secrets } else { Secrets::LeftOut }
    }
}

impl AppState {
    pub(super) fn handle_export(&mut self, command: ExportCommand) {
        match command {
            ExportCommand::AskSelected => {
                let ids = self.open_vault().map(|vault| vault.selection.ids().clone());
                self.ask_export(ids.unwrap_or_default());
            }
            ExportCommand::AskAll => {
                let all = self.open_vault().map(|vault| vault.profiles.iter().map(|profile| profile.id).collect());
                self.ask_export(all.unwrap_or_default());
            }
            ExportCommand::Start => {
                if let Some(Dialog::Export(form)) = self.dialogs.front_mut()
                    && form.obstacle().is_none()
                {
                    form.attempt = Attempt::UnderWay;
                    self.outbox.push(Request::FileDialog(FileDialogRequest::ExportPlace(form.target)));
                }
            }
        }
    }

    fn ask_export(&mut self, profiles: HashSet<Uuid>) {
        let Some(vault) = self.open_vault() else { return };
        let exported = vault.profiles.iter().filter(|profile| profiles.contains(&profile.id));
        let with_secret = exported.filter(|profile| profile.client_secret.is_some()).count();
        if !profiles.is_empty() {
            self.dialogs.push_back(Dialog::Export(Box::new(ExportForm {
                profiles,
                with_secret,
                target: Target::Csv,
                secrets: Secrets::LeftOut,
                password: SecretText::default(),
                repeat: SecretText::default(),
                rating: PassphraseRating::default(),
                shown: Shown::Hidden,
                attempt: Attempt::NotYet,
            })));
        }
    }

    /// A file was chosen. Where the vault has locked meanwhile the dialog is gone, and nothing is written.
    pub(super) fn export_place(&mut self, chosen: Option<PathBuf>) {
        let Some(Dialog::Export(form)) = self.dialogs.front_mut() else { return };
        if !form.attempt.is_under_way() {
            // Asked by a dialog that was canceled.
            return;
        }
        let Some(path) = chosen else {
            form.attempt = Attempt::NotYet;
            return;
        };
        let order = ExportOrder {
            profiles: form.profiles.clone(),
            target: form.target,
            secrets: form.secrets(),
            password: form.target.is_encrypted().then(|| form.password.clone()),
            path,
        };
        self.outbox.push(Request::Vault(VaultRequest::Export(Box::new(order))));
    }

    pub(super) fn profiles_exported(&mut self, exported: Result<ExportedFile, String>) {
        let dialog = self.dialogs.iter().position(|dialog| matches!(dialog, Dialog::Export(_)));
        match exported {
            Ok(file) => {
                dialog.map(|place| self.dialogs.remove(place));
                let tone = if is_unusual(&file) { Tone::Warning } else { Tone::Success };
                self.notify(tone, described(&file));
            }
            Err(text) => match dialog.and_then(|place| self.dialogs.get_mut(place)) {
                Some(Dialog::Export(form)) => form.attempt = Attempt::failed(text),
                _ => self.notify(Tone::Danger, text),
            },
        }
    }
}

fn is_unusual(file: &ExportedFile) -> bool {
    !file.left_out.is_empty() || export_file::exposure(file.target, file.secrets).is_some()
}

/// What was written, and what people have to know of it.
fn described(file: &ExportedFile) -> String {
    let secrets = match file.secrets {
        0 => "without client secrets".to_owned(),
        count => format!("with {}", counted(count, "client secret")),
    };
    let mut text = format!("Exported {} to {}, {secrets}.", counted(file.profiles, "profile"), file.path.display());
    let exposure = export_file::exposure(file.target, file.secrets);
    let left_out = file.left_out.iter().take(3).map(|(name, why)| format!("“{name}” {}.", why.words()));
    for sentence in exposure.into_iter().chain(left_out) {
        text += " ";
        text += &sentence;
    }
    if file.left_out.len() > 3 {
        text += &format!(" {} more were left out.", file.left_out.len() - 3);
    }
    text
}
