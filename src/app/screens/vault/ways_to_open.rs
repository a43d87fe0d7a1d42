//! The ways to open the vault, and how to add and take away one.

use egui::{Align, Layout, RichText, Ui};

use crate::app::{
    command::Command,
    state::OpenVault,
    theme::{icons::Icon, tokens},
    widgets::{Enabled, Tone, Vocabulary, banner, section, shown_line},
};
use crate::vault::{AddedBy, SlotId, SlotKind, SlotView};

pub(super) fn show(ui: &mut Ui, vault: &OpenVault, commands: &mut Vec<Command>) {
    if !vault.slots.iter().any(|slot| slot.kind == SlotKind::RecoveryKey) {
        let text = "There is no recovery key. If the passphrase is forgotten, nobody can open this vault.";
        banner(ui, Tone::Warning, text, |_| {});
    }
    section(ui, "What opens it", |ui| {
        ui.hint("Each of these opens the vault by itself.");
        for slot in &vault.slots {
            row(ui, slot, vault, commands);
        }
    });
    section(ui, "Add another way", |ui| {
        let here = vault.slots.iter().any(|slot| slot.is_this_account);
        let enabled = if here { Enabled::No("This account opens the vault already.") } else { Enabled::Yes };
        offer(ui, "Let this account open it", enabled, this_account_hint(), || commands.push(Command::AddThisAccount));
        let exists = vault.slots.iter().any(|slot| slot.kind == SlotKind::RecoveryKey);
        let (text, hint) = match exists {
            false => (
                "Make a recovery key…",
                "Eight groups of letters and digits to print and lock away, for the day on which nobody knows the passphrase.",
            ),
            true => {
                ("Replace the recovery key…", "Makes a new one. The sheet that you have printed then opens nothing.")
            }
        };
        offer(ui, text, Enabled::Yes, hint, || commands.push(Command::AskRecoveryKey));
    });
}

fn this_account_hint() -> &'static str {
    if cfg!(windows) {
        "You then need no passphrase on this computer while you are signed in to Windows. Windows guards the key for your \
         account (DPAPI); a copy of the vault elsewhere still asks for the passphrase."
    } else {
        "You then need no passphrase on this computer while you are signed in. The system's keyring guards the key for \
         your account; a copy of the vault elsewhere still asks for the passphrase."
    }
}

fn offer(ui: &mut Ui, text: &str, enabled: Enabled<'_>, hint: &str, mut act: impl FnMut()) {
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(egui::vec2(220.0, 32.0), Layout::left_to_right(Align::TOP), |ui| {
            ui.set_min_width(220.0);
            if ui.secondary_button(text, enabled).clicked() {
                act();
            }
        });
        ui.hint(hint);
    });
}

fn row(ui: &mut Ui, slot: &SlotView, vault: &OpenVault, commands: &mut Vec<Command>) {
    let colors = tokens(ui);
    ui.separator();
    ui.horizontal(|ui| {
        let (icon, name) = match slot.kind {
            SlotKind::Passphrase => (Icon::Lock, "Passphrase"),
            SlotKind::RecoveryKey => (Icon::Info, "Recovery key"),
            SlotKind::OsAccount => (Icon::Check, "Account"),
            SlotKind::Unknown => (Icon::Dot, "Something newer"),
        };
        ui.state_icon(icon, colors.text_quiet, name);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // Whoever reads the row from the left meets the buttons last.
            let name = described(slot);
            let last = cannot_remove(slot, vault);
            let enabled = last.map_or(Enabled::Yes, Enabled::No);
            let remove = ui.secondary_button("Remove…", enabled);
            remove.widget_info(|| {
                egui::WidgetInfo::labeled(egui::WidgetType::Button, last.is_none(), format!("Remove {name}…"))
            });
            if remove.clicked() {
                commands.push(Command::AskRemoveSlot(slot.id));
            }
            if slot.kind == SlotKind::Passphrase && ui.secondary_button("Change passphrase…", Enabled::Yes).clicked()
            {
                commands.push(Command::OpenChangePassphrase);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.add(egui::Label::new(RichText::new(name).strong()).truncate());
                    let facts = facts(slot, vault);
                    if !facts.is_empty() {
                        ui.add(egui::Label::new(RichText::new(facts).small().color(colors.text_quiet)).truncate());
                    }
                });
            });
        });
    });
}

/// Why the slot has to stay, if it has to.
fn cannot_remove(slot: &SlotView, vault: &OpenVault) -> Option<&'static str> {
    if slot.opened_with {
        return Some("You opened the vault this way. To remove it, open the vault another way first.");
    }
    let carried = |slot: &SlotView| matches!(slot.kind, SlotKind::Passphrase | SlotKind::RecoveryKey);
    (carried(slot) && vault.slots.iter().filter(|slot| carried(slot)).count() == 1)
        .then_some("This is the last way that does not hang on one computer. Add another one first.")
}

/// What the slot is, in words.
pub(in crate::app) fn described(slot: &SlotView) -> String {
    match (slot.kind, &*shown_line(&slot.label)) {
        (SlotKind::Passphrase, "") => "Passphrase".to_owned(),
        (SlotKind::Passphrase, label) => format!("Passphrase of {label}"),
        (SlotKind::RecoveryKey, _) => "Recovery key".to_owned(),
        (SlotKind::OsAccount, "") => "An account of an operating system".to_owned(),
        (SlotKind::OsAccount, label) if slot.is_this_account => format!("This account, {label}"),
        (SlotKind::OsAccount, label) => format!("Account {label}"),
        (SlotKind::Unknown, _) => "A way that only a newer version of this program knows".to_owned(),
    }
}

/// When it was added and by whom, as a sentence; empty where neither is known.
pub(in crate::app) fn added<'s>(slot: &SlotView, find: impl Fn(SlotId) -> Option<&'s SlotView>) -> String {
    let by = match &slot.added_by {
        None => String::new(),
        Some(AddedBy::Creation) => " when the vault was created".to_owned(),
        Some(AddedBy::Removed) => " by a way that was removed since".to_owned(),
        Some(AddedBy::Slot(by)) => find(*by).map_or_else(String::new, |other| format!(" with “{}”", described(other))),
    };
    match (slot.added, &*by) {
        (None, "") => String::new(),
        (None, by) => format!("Added{by}."),
        (Some(at), by) => format!("Added {}{by}.", at.format("%Y-%m-%d")),
    }
}

fn facts(slot: &SlotView, vault: &OpenVault) -> String {
    let mut facts = Vec::new();
    if let Some(kdf) = slot.kdf {
        facts.push(format!("Argon2id, {} MiB, {} passes", kdf.memory_kib() / 1024, kdf.passes()));
    }
    if slot.opened_with {
        facts.push("opened with it now".to_owned());
    }
    let added = added(slot, |id| vault.slots.iter().find(|other| other.id == id));
    [facts.join(", "), added].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(". ")
}
