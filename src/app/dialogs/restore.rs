//! Bringing back a whole backup.

use egui::Ui;

use super::{cancel, heading};
use crate::{
    app::{
        dates::LocalTime,
        state::{Command, VaultPageCommand},
        widgets::{Enabled, Vocabulary},
    },
    vault::Backup,
};

pub(super) fn show(ui: &mut Ui, backup: &Backup, local: LocalTime, commands: &mut Vec<Command>) {
    heading(ui, &format!("Restore the backup of {}?", local.describe(backup.saved_at)));
    ui.hint(
        "All profiles go back to this state. The current vault is saved as a backup first, so you can undo this in \
         the same way.",
    );
    ui.horizontal_wrapped(|ui| {
        if ui.primary_button("Restore", Enabled::Yes).clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::Restore(backup.clone())));
        }
        cancel(ui, commands);
    });
}
