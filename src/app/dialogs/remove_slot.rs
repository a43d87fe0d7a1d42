//! Taking a way to open the vault away.

use egui::Ui;

use super::{cancel, heading, other_slots};
use crate::app::{
    dates::LocalTime,
    screens::described,
    state::{Command, RemoveSlotForm, VaultPageCommand},
    widgets::{Tone, Vocabulary, banner},
};
use crate::vault::SlotKind;

pub(super) fn show(ui: &mut Ui, form: &RemoveSlotForm, local: LocalTime, commands: &mut Vec<Command>) {
    heading(ui, &format!("Remove “{}”?", described(&form.slot)));
    ui.hint(match form.slot.kind {
        SlotKind::Passphrase => "This passphrase will no longer unlock the vault.",
        SlotKind::RecoveryKey => "The printed recovery key will stop working. Destroy the sheet.",
        SlotKind::OsAccount => "Users of this account will need the passphrase again.",
        SlotKind::Unknown => "A newer version of this program created it. It will no longer unlock the vault.",
    });
    ui.hint(
        "The vault and the backups next to it are encrypted again with a new key. The other unlock methods keep \
         working. Copies of the vault stored elsewhere do not change.",
    );
    other_slots::show(ui, "the method that you remove", &form.others, local, commands);
    if let Some(trouble) = form.attempt.trouble() {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal_wrapped(|ui| {
        if form.attempt.is_under_way() {
            ui.hint("Re-encrypting the vault…");
        } else if ui.danger_button("Remove").clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::RemoveSlot));
        }
        cancel(ui, commands);
    });
}
