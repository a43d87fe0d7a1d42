//! Taking a way to open the vault away.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    screens::described,
    state::RemoveSlotForm,
    widgets::{Tone, Vocabulary, banner},
};
use crate::vault::SlotKind;

pub(super) fn show(ui: &mut Ui, form: &RemoveSlotForm, commands: &mut Vec<Command>) {
    heading(ui, &format!("Remove “{}”?", described(&form.slot)));
    ui.hint(match form.slot.kind {
        SlotKind::Passphrase => "This passphrase then opens the vault no more.",
        SlotKind::RecoveryKey => "The printed recovery key then opens nothing. Destroy the sheet.",
        SlotKind::OsAccount => "Whoever uses this account needs the passphrase again.",
        SlotKind::Unknown => "A newer version of this program made it. What it opens then opens the vault no more.",
    });
    ui.hint(
        "The vault gets a new key, and so do its backups beside it; the other ways to open it go on working. Copies of the \
         vault that were made elsewhere before stay as they are.",
    );
    if let Some(trouble) = &form.trouble {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal(|ui| {
        if form.working {
            ui.hint("Sealing the vault anew…");
        } else if ui.danger_button("Remove").clicked() {
            commands.push(Command::RemoveSlot);
        }
        cancel(ui, commands);
    });
}
