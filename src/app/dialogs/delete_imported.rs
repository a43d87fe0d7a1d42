//! Is an imported file to be deleted, in which anyone can read client secrets?

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    state::{Command, ExposedFile, ImportCommand},
    widgets::{FieldNote, Vocabulary, note_line},
};

pub(super) fn show(ui: &mut Ui, file: &ExposedFile, commands: &mut Vec<Command>) {
    let Some(path) = &file.path else { return };
    heading(ui, &format!("Delete {}?", file.name));
    ui.hint(&path.display().to_string());
    ui.hint(
        "The file is deleted and does not go to the recycle bin. You cannot undo this. Copies may remain in backups, in \
         synchronized folders such as OneDrive, in an e-mail that it came with, or in the recycle bin from an earlier deletion.",
    );
    ui.hint("If others could read the file, create new client secrets.");
    if file.may_be_in_use() {
        let text = "Another program may still use this file. Without it, that program loses its connections.";
        note_line(ui, &FieldNote::Advice(text.to_owned()));
    }
    ui.horizontal_wrapped(|ui| {
        if ui.danger_button("Delete file").clicked() {
            commands.push(Command::Import(ImportCommand::Delete(path.clone())));
        }
        cancel(ui, commands);
    });
}
