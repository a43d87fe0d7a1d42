//! What happens to changes that are not saved.

use egui::Ui;

use super::heading;
use crate::app::{
    state::{AfterUnsaved, Command, UnsavedAnswer},
    widgets::{Enabled, Vocabulary},
};

pub(super) fn show(ui: &mut Ui, next: AfterUnsaved, commands: &mut Vec<Command>) {
    heading(ui, "Save the changes first?");
    ui.hint(match next {
        AfterUnsaved::Close => "The form has changes that are not saved. Closing without saving loses them.",
        AfterUnsaved::Lock => "The form has changes that are not saved. Locking without saving loses them.",
        AfterUnsaved::Select(_) | AfterUnsaved::NewProfile | AfterUnsaved::Duplicate(_) | AfterUnsaved::Renew(_) => {
            "The form has changes that are not saved. Continuing without saving loses them."
        }
    });
    ui.horizontal_wrapped(|ui| {
        if ui.primary_button("Save", Enabled::Yes).clicked() {
            commands.push(Command::Unsaved(UnsavedAnswer::Save));
        }
        if ui.danger_button("Don't save").clicked() {
            commands.push(Command::Unsaved(UnsavedAnswer::Discard));
        }
        if ui.secondary_button("Cancel", Enabled::Yes).clicked() {
            commands.push(Command::Unsaved(UnsavedAnswer::Stay));
        }
    });
}
