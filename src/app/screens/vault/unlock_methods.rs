//! The ways to open the vault, and how to add and take away one.

use egui::{Align, Layout, RichText, Ui};

use crate::app::{
    dates::{LocalTime, day},
    state::{Command, OpenVault, PassphraseCommand, VaultPageCommand},
    theme::{icons::Icon, tokens},
    widgets::{Enabled, Tone, Vocabulary, banner, icon_beside_text, row_with_end, section, shown_line},
};
use crate::vault::{AddedBy, SlotId, SlotKind, SlotView};

pub(super) fn show(ui: &mut Ui, vault: &OpenVault, local: LocalTime, commands: &mut Vec<Command>) {
    if !vault.slots.iter().any(|slot| slot.kind == SlotKind::RecoveryKey) {
        let text = "There is no recovery key. If the passphrase is forgotten, nobody can open this vault.";
        banner(ui, Tone::Warning, text, |_| {});
    }
    section(ui, "Unlock methods in use", |ui| {
        ui.hint("Each of these unlocks the vault on its own.");
        for slot in &vault.slots {
            row(ui, slot, vault, local, commands);
        }
    });
    section(ui, "Add an unlock method", |ui| {
        let here = vault.slots.iter().any(|slot| slot.is_this_account);
        let enabled = if here { Enabled::No("This account can already unlock the vault.") } else { Enabled::Yes };
        offer(ui, "Allow this account", enabled, this_account_hint(), || {
            commands.push(Command::VaultPage(VaultPageCommand::AddThisAccount))
        });
        let exists = vault.slots.iter().any(|slot| slot.kind == SlotKind::RecoveryKey);
        let (text, hint) = match exists {
            false => (
                "Create a recovery key…",
                "Eight groups of letters and digits to print and lock away, in case the passphrase is forgotten.",
            ),
            true => ("Replace the recovery key…", "Creates a new one. The sheet you printed then stops working."),
        };
        offer(ui, text, Enabled::Yes, hint, || commands.push(Command::VaultPage(VaultPageCommand::AskRecoveryKey)));
    });
}

fn this_account_hint() -> &'static str {
    if cfg!(windows) {
        "You then do not need the passphrase on this computer while you are signed in to Windows. Windows protects \
         the key for your account (DPAPI). On other computers the vault still asks for the passphrase."
    } else {
        "You then do not need the passphrase on this computer while you are signed in. The system's keyring protects \
         the key for your account. On other computers the vault still asks for the passphrase."
    }
}

fn offer(ui: &mut Ui, text: &str, enabled: Enabled<'_>, hint: &str, mut act: impl FnMut()) {
    if ui.available_width() < 480.0 {
        if ui.secondary_button(text, enabled).clicked() {
            act();
        }
        ui.hint(hint);
        return;
    }
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

fn row(ui: &mut Ui, slot: &SlotView, vault: &OpenVault, local: LocalTime, commands: &mut Vec<Command>) {
    let colors = tokens(ui);
    ui.separator();
    let name = described(slot);
    row_with_end(
        ui,
        ("slot", slot.id),
        |ui| {
            let icon = match slot.kind {
                SlotKind::Passphrase => Icon::Lock,
                SlotKind::RecoveryKey => Icon::Info,
                SlotKind::OsAccount => Icon::Check,
                SlotKind::Unknown => Icon::Dot,
            };
            icon_beside_text(ui, icon, colors.text_quiet);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add(egui::Label::new(RichText::new(&name).strong()).wrap());
                let facts = facts(slot, vault, local);
                if !facts.is_empty() {
                    ui.add(egui::Label::new(RichText::new(facts).small().color(colors.text_quiet)).wrap());
                }
            });
        },
        |ui| {
            if slot.kind == SlotKind::Passphrase && ui.secondary_button("Change passphrase…", Enabled::Yes).clicked()
            {
                commands.push(Command::Passphrase(PassphraseCommand::Ask));
            }
            let last = cannot_remove(slot, vault);
            let remove = ui.secondary_button("Remove…", last.map_or(Enabled::Yes, Enabled::No));
            remove.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Button, last.is_none(), format!("Remove {name}…"))
            });
            if remove.clicked() {
                commands.push(Command::VaultPage(VaultPageCommand::AskRemoveSlot(slot.id)));
            }
        },
    );
}

/// Why the slot has to stay, if it has to.
fn cannot_remove(slot: &SlotView, vault: &OpenVault) -> Option<&'static str> {
    if slot.opened_with {
        return Some(
            "You unlocked the vault with this method. To remove it, unlock the vault with another method first.",
        );
    }
    let carried = |slot: &SlotView| matches!(slot.kind, SlotKind::Passphrase | SlotKind::RecoveryKey);
    (carried(slot) && vault.slots.iter().filter(|slot| carried(slot)).count() == 1)
        .then_some("This is the only way to unlock the vault on another computer. Add another one first.")
}

/// What the slot is, in words.
pub(in crate::app) fn described(slot: &SlotView) -> String {
    match (slot.kind, &*shown_line(&slot.label)) {
        (SlotKind::Passphrase, "") => "Passphrase".to_owned(),
        (SlotKind::Passphrase, label) => format!("Passphrase of {label}"),
        (SlotKind::RecoveryKey, _) => "Recovery key".to_owned(),
        (SlotKind::OsAccount, "") => "Operating system account".to_owned(),
        (SlotKind::OsAccount, label) if slot.is_this_account => format!("This account, {label}"),
        (SlotKind::OsAccount, label) => format!("Account {label}"),
        (SlotKind::Unknown, _) => "A method from a newer version of this program".to_owned(),
    }
}

/// When it was added and by whom, as a sentence; empty where neither is known.
pub(in crate::app) fn added<'s>(
    slot: &SlotView,
    local: LocalTime,
    find: impl Fn(SlotId) -> Option<&'s SlotView>,
) -> String {
    let by = match &slot.added_by {
        None => String::new(),
        Some(AddedBy::Creation) => " when the vault was created".to_owned(),
        Some(AddedBy::Removed) => " with a method that was removed later".to_owned(),
        Some(AddedBy::Slot(by)) => find(*by).map_or_else(String::new, |other| format!(" with “{}”", described(other))),
    };
    match (slot.added, &*by) {
        (None, "") => String::new(),
        (None, by) => format!("Added{by}."),
        (Some(at), by) => format!("Added {}{by}.", day(local.date(at))),
    }
}

fn facts(slot: &SlotView, vault: &OpenVault, local: LocalTime) -> String {
    let mut facts = Vec::new();
    if let Some(kdf) = slot.kdf {
        facts.push(format!("Argon2id, {} MiB, {} passes", kdf.memory_kib() / 1024, kdf.passes()));
    }
    if slot.opened_with {
        facts.push("used for this session".to_owned());
    }
    let added = added(slot, local, |id| vault.slots.iter().find(|other| other.id == id));
    [facts.join(", "), added].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(". ")
}
