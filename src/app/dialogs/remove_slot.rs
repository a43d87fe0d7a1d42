//! Taking a way to open the vault away.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    screens::{added, described},
    state::RemoveSlotForm,
    widgets::{Tone, Vocabulary, banner},
};
use crate::vault::{SlotKind, SlotView};

pub(super) fn show(ui: &mut Ui, form: &RemoveSlotForm, commands: &mut Vec<Command>) {
    heading(ui, &format!("Remove “{}”?", described(&form.slot)));
    ui.hint(match form.slot.kind {
        SlotKind::Passphrase => "This passphrase then no longer opens the vault.",
        SlotKind::RecoveryKey => "The printed recovery key then opens nothing. Destroy the sheet.",
        SlotKind::OsAccount => "Whoever uses this account needs the passphrase again.",
        SlotKind::Unknown => "A newer version of this program created it. It then no longer opens the vault.",
    });
    ui.hint(
        "The vault gets a new key, and so do its backups beside it; the other ways to open it go on working. Copies of the \
         vault that were made elsewhere before stay as they are.",
    );
    if !form.others.is_empty() {
        ui.add_space(4.0);
        ui.label("These ways to open it stay. Is this still right?");
        if form.others.iter().any(|(slot, _)| slot.may_be_let_in_by(&[form.slot.id])) {
            let text = "Some were added by what you remove, or by what was removed before. Remove as well what you do not know.";
            banner(ui, Tone::Warning, text, |_| {});
        }
        for (slot, as_well) in &form.others {
            other(ui, form, slot, *as_well, commands);
        }
    }
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

/// A way that stays unless its box is ticked: what it is, who added it and when.
fn other(ui: &mut Ui, form: &RemoveSlotForm, slot: &SlotView, as_well: bool, commands: &mut Vec<Command>) {
    let name = described(slot);
    let facts = added(slot, |id| {
        std::iter::once(&form.slot).chain(form.others.iter().map(|(slot, _)| slot)).find(|other| other.id == id)
    });
    if slot.opened_with {
        ui.label(format!("{name}, opened with it now. {facts}"));
        return;
    }
    let mut removed = as_well;
    let text = format!("Remove as well: {name}. {facts}");
    if ui.checkbox(&mut removed, text).changed() {
        commands.push(Command::RemoveAsWell(slot.id, removed));
    }
}
