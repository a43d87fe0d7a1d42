//! The unlock methods that stay when one is removed or replaced: who added each, and whether it goes as well.

use egui::Ui;

use super::long_part;
use crate::app::{
    dates::LocalTime,
    screens::{added, described},
    state::{Command, OtherSlots, VaultPageCommand},
    widgets::{Tone, Vocabulary, banner},
};
use crate::vault::{SlotKind, SlotView};

/// The most height that the list takes, so that the buttons below stay on a small screen.
const LIST_HEIGHT: f32 = 170.0;

/// `goes` says in words which method is removed or replaced.
pub(super) fn show(ui: &mut Ui, goes: &str, others: &OtherSlots, local: LocalTime, commands: &mut Vec<Command>) {
    if others.slots.is_empty() {
        return;
    }
    ui.add_space(4.0);
    match others.gone.len() {
        1 => ui.label("These unlock methods remain. Are they all legitimate?"),
        _ => ui.label(format!("These unlock methods remain, except for {goes}. Are they all legitimate?")),
    };
    if others.may_let_somebody_in() {
        let with = if others.gone.len() == 1 { goes } else { "one of the passphrases" };
        let text = format!(
            "Some were added with {with}, or with one that was removed before. Also remove any that you do not recognize."
        );
        banner(ui, Tone::Warning, &text, |_| {});
    }
    if others.slots.iter().any(|(slot, _)| slot.kind == SlotKind::Unknown) {
        ui.hint("A method that this version does not know is removed unless you clear its check box.");
    }
    long_part(ui, LIST_HEIGHT, |ui| {
        for (slot, is_removed) in &others.slots {
            other(ui, others, slot, *is_removed, local, commands);
        }
    });
}

/// One that stays unless its box is ticked: what it is, who added it and when.
fn other(
    ui: &mut Ui,
    others: &OtherSlots,
    slot: &SlotView,
    is_removed: bool,
    local: LocalTime,
    commands: &mut Vec<Command>,
) {
    let name = described(slot);
    let facts = added(slot, local, |id| others.find(id));
    if slot.opened_with {
        ui.label(format!("{name}, used for this session. {facts}"));
        return;
    }
    let mut removed = is_removed;
    let text = format!("Also remove: {name}. {facts}");
    if ui.checkbox(&mut removed, text).changed() {
        commands.push(Command::VaultPage(VaultPageCommand::RemoveAsWell(slot.id, removed)));
    }
}
