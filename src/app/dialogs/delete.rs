//! Are these profiles to be deleted?

use egui::Ui;
use uuid::Uuid;

use super::{cancel, heading};
use crate::app::{
    state::{Command, ProfileCommand},
    widgets::Vocabulary,
};
use crate::counted::counted;

/// How many names are shown.
const NAMED: usize = 8;

pub(super) fn show(ui: &mut Ui, profiles: &[(Uuid, String)], commands: &mut Vec<Command>) {
    match profiles {
        [(_, name)] => {
            heading(ui, &format!("Delete “{name}”?"));
            ui.hint("The profile and its client secret will be deleted. You can undo this until the vault locks.");
        }
        several => {
            heading(ui, &format!("Delete {}?", counted(several.len(), "profile")));
            for (_, name) in several.iter().take(NAMED) {
                ui.hint(&format!("“{name}”"));
            }
            if several.len() > NAMED {
                ui.hint(&format!("and {} more", several.len() - NAMED));
            }
            ui.hint("The profiles and their client secrets will be deleted. You can undo this until the vault locks.");
        }
    }
    ui.horizontal_wrapped(|ui| {
        if ui.danger_button("Delete").clicked() {
            let ids = profiles.iter().map(|(id, _)| *id).collect();
            commands.push(Command::Profiles(ProfileCommand::Delete(ids)));
        }
        cancel(ui, commands);
    });
}
