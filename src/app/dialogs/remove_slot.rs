//! Taking a way to open the vault away.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    dates::LocalTime,
    screens::{added, described},
    state::{Command, RemoveSlotForm, VaultPageCommand},
    widgets::{Tone, Vocabulary, banner},
};
use crate::vault::{SlotKind, SlotView};

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
    if !form.others.is_empty() {
        ui.add_space(4.0);
        ui.label("These unlock methods remain. Are they all legitimate?");
        if form.others.iter().any(|(slot, _)| slot.may_be_let_in_by(&[form.slot.id])) {
            let text = "Some were added with the method that you remove, or with one that was removed before. Also \
                        remove any that you do not recognize.";
            banner(ui, Tone::Warning, text, |_| {});
        }
        for (slot, as_well) in &form.others {
            other(ui, form, slot, *as_well, local, commands);
        }
    }
    if let Some(trouble) = form.attempt.trouble() {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal(|ui| {
        if form.attempt.is_under_way() {
            ui.hint("Re-encrypting the vault…");
        } else if ui.danger_button("Remove").clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::RemoveSlot));
        }
        cancel(ui, commands);
    });
}

/// A way that stays unless its box is ticked: what it is, who added it and when.
fn other(
    ui: &mut Ui,
    form: &RemoveSlotForm,
    slot: &SlotView,
    as_well: bool,
    local: LocalTime,
    commands: &mut Vec<Command>,
) {
    let name = described(slot);
    let facts = added(slot, local, |id| {
        std::iter::once(&form.slot).chain(form.others.iter().map(|(slot, _)| slot)).find(|other| other.id == id)
    });
    if slot.opened_with {
        ui.label(format!("{name}, used for this session. {facts}"));
        return;
    }
    let mut removed = as_well;
    let text = format!("Also remove: {name}. {facts}");
    if ui.checkbox(&mut removed, text).changed() {
        commands.push(Command::VaultPage(VaultPageCommand::RemoveAsWell(slot.id, removed)));
    }
}
