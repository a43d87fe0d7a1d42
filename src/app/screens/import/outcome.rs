//! What came in, and what to do now: test it, and delete the file in which anyone can read its secrets.

use egui::Ui;

use super::super::{lead, title};
use crate::app::{
    state::{Command, ImportCommand, ImportOutcome},
    widgets::{Enabled, Tone, Vocabulary, banner, card},
};
use crate::counted::counted;

pub(super) fn show(ui: &mut Ui, outcome: &ImportOutcome, commands: &mut Vec<Command>) {
    title(ui, &format!("Imported {}", counted(outcome.profiles.len(), "profile")));
    let added = counted(outcome.counts.added, "new profile");
    let updated = counted(outcome.counts.updated, "profile");
    let sentence = match (outcome.counts.added, outcome.counts.updated) {
        (_, 0) => added,
        (0, _) => format!("{updated} updated"),
        _ => format!("{added}, {updated} updated"),
    };
    lead(ui, &format!("From {}: {sentence}.", outcome.files));
    for file in &outcome.exposed {
        let secrets = counted(file.secrets, "client secret");
        let text = match &file.path {
            Some(_) => format!(
                "{} contains {secrets} that anyone who has the file can read. Delete it when it is no longer needed; copies may \
                 remain in the recycle bin, in backups and in synchronized folders.",
                file.name
            ),
            None => format!(
                "The clipboard contains {secrets}. Copy something else to remove them; they may remain in the clipboard history, and \
                 in what you copied them from."
            ),
        };
        banner(ui, Tone::Warning, &text, |ui| {
            if file.path.is_some() && ui.secondary_button("Delete the file…", Enabled::Yes).clicked() {
                commands.push(Command::Import(ImportCommand::AskDelete(file.clone())));
            }
        });
    }
    card(ui, |ui| {
        ui.hint("Test the connections now: a test finds a wrong or expired client secret before somebody needs it.");
        ui.horizontal_wrapped(|ui| {
            if ui.primary_button("Test imported profiles", Enabled::Yes).clicked() {
                commands.push(Command::Import(ImportCommand::Test));
            }
            if ui.secondary_button("Show the profiles", Enabled::Yes).clicked() {
                commands.push(Command::Import(ImportCommand::Close));
            }
        });
    });
}
