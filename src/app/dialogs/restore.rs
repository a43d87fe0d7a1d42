//! Bringing back a whole backup.

use egui::Ui;

use super::{cancel, heading};
use crate::{
    app::{
        command::Command,
        widgets::{Enabled, Vocabulary},
    },
    vault::Backup,
};

pub(super) fn show(ui: &mut Ui, backup: &Backup, commands: &mut Vec<Command>) {
    heading(ui, &format!("Restore the backup of {} UTC?", backup.saved_at.format("%Y-%m-%d %H:%M")));
    ui.hint(
        "All profiles become as they were then. What the vault holds now is kept as a backup first, so this can be undone in \
         the same way.",
    );
    ui.horizontal(|ui| {
        if ui.primary_button("Restore", Enabled::Yes).clicked() {
            commands.push(Command::Restore(backup.clone()));
        }
        cancel(ui, commands);
    });
}
