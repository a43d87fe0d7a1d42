//! The earlier saves of the vault: what differs from now, and bringing back one profile or all.

use chrono::{DateTime, Utc};
use egui::{RichText, Role, ScrollArea, Ui, WidgetInfo};

use crate::app::{
    dates::LocalTime,
    state::{Backups, Command, Comparison, OpenVault, VaultPageCommand},
    theme::tokens,
    widgets::{Enabled, Tone, Vocabulary, banner, mark_list, mark_selected, scroll_to_focus, section, shown_line},
};
use crate::vault::{Backup, BackupState, Difference, list_of_fields};

pub(super) fn show(ui: &mut Ui, vault: &OpenVault, now: DateTime<Utc>, local: LocalTime, commands: &mut Vec<Command>) {
    ui.hint(
        "Every save keeps the previous version as a backup; older backups are thinned out. They are stored next to \
         the vault and open with the same passphrase.",
    );
    let list = match &vault.backups {
        Backups::Looking => return drop(ui.hint("Looking for backups…")),
        Backups::Unreadable(text) => return banner(ui, Tone::Danger, text, |_| {}),
        Backups::Found(list) if list.is_empty() => {
            return banner(ui, Tone::Warning, "There are no backups yet. The next save creates one.", |_| {});
        }
        Backups::Found(list) => list,
    };
    section(ui, "Backups", |ui| {
        if vault.comparison.is_none() {
            ui.hint("Select a backup to see what restoring it would change.");
        }
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().id_salt("backups").max_height(230.0).auto_shrink([false, true]).show(ui, |ui| {
            mark_list(ui, "Backups", list.len());
            for backup in list {
                row(ui, backup, vault, now, local, commands);
            }
            scroll_to_focus(ui);
        });
    });
    if let Some(comparison) = &vault.comparison {
        compared(ui, comparison, commands);
    }
}

fn row(
    ui: &mut Ui,
    backup: &Backup,
    vault: &OpenVault,
    now: DateTime<Utc>,
    local: LocalTime,
    commands: &mut Vec<Command>,
) {
    let chosen = vault.comparison.as_ref().is_some_and(|comparison| comparison.backup.path == backup.path);
    let text = words(backup, now, local);
    let color = match backup.state {
        BackupState::Whole => tokens(ui).text,
        BackupState::Damaged => tokens(ui).danger,
    };
    let width = ui.available_width();
    let button = egui::Button::selectable(chosen, RichText::new(&text).color(color)).min_size(egui::vec2(width, 28.0));
    let response = ui.add_enabled(backup.state == BackupState::Whole, button);
    let spoken = text.replace("  ·  ", ", ");
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &spoken));
    mark_selected(&response, chosen);
    if response.clicked() {
        commands.push(Command::VaultPage(VaultPageCommand::CompareBackup(backup.clone())));
    }
}

/// A backup on one line: how old, when it was saved, its number, its size.
pub(in crate::app) fn words(backup: &Backup, now: DateTime<Utc>, local: LocalTime) -> String {
    let state = match backup.state {
        BackupState::Whole => format!("{} KiB", backup.bytes.div_ceil(1024)),
        BackupState::Damaged => "damaged".to_owned(),
    };
    let when = local.describe(backup.saved_at);
    format!("{}  ·  {when}  ·  backup {}  ·  {state}", age(now - backup.saved_at), backup.generation)
}

fn age(age: chrono::TimeDelta) -> String {
    match (age.num_days(), age.num_hours(), age.num_minutes()) {
        (0, 0, ..=1) => "just now".to_owned(),
        (0, 0, minutes) => format!("{minutes} minutes ago"),
        (0, 1, _) => "an hour ago".to_owned(),
        (0, hours, _) => format!("{hours} hours ago"),
        (1, _, _) => "yesterday".to_owned(),
        (days, _, _) => format!("{days} days ago"),
    }
}

fn compared(ui: &mut Ui, comparison: &Comparison, commands: &mut Vec<Command>) {
    let difference = match &comparison.difference {
        None => return drop(ui.hint("Comparing…")),
        Some(Err(text)) => return banner(ui, Tone::Danger, text, |_| {}),
        Some(Ok(difference)) => difference,
    };
    section(ui, "What restoring it would change", |ui| {
        if difference.is_empty() {
            return drop(ui.hint("Nothing: the profiles are the same as now."));
        }
        ScrollArea::vertical().id_salt("difference").max_height(260.0).auto_shrink([false, true]).show(ui, |ui| {
            lines(ui, comparison, difference, commands);
            scroll_to_focus(ui);
        });
        ui.add_space(4.0);
        if ui.primary_button("Restore everything…", Enabled::Yes).clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::AskRestore(comparison.backup.clone())));
        }
    });
}

fn lines(ui: &mut Ui, comparison: &Comparison, difference: &Difference, commands: &mut Vec<Command>) {
    for profile in &difference.removed {
        line(ui, &format!("“{}” will be restored", profile.name), |ui| {
            if ui.link_button("Restore only this profile").clicked() {
                commands
                    .push(Command::VaultPage(VaultPageCommand::RestoreProfile(comparison.backup.clone(), profile.id)));
            }
        });
    }
    for profile in &difference.changed {
        let fields = list_of_fields(&profile.fields);
        line(ui, &format!("“{}”: {fields} will go back to the old values", profile.name), |ui| {
            if ui.link_button("Restore only this profile").clicked() {
                commands
                    .push(Command::VaultPage(VaultPageCommand::RestoreProfile(comparison.backup.clone(), profile.id)));
            }
        });
    }
    for profile in &difference.added {
        line(ui, &format!("“{}” was added later and will be removed", profile.name), |_| {});
    }
    if difference.proxy_credentials_differ {
        line(ui, "The proxy user name and password will go back to the old ones", |_| {});
    }
}

fn line(ui: &mut Ui, text: &str, link: impl FnOnce(&mut Ui)) {
    ui.horizontal_wrapped(|ui| {
        ui.add(egui::Label::new(shown_line(text)).wrap());
        link(ui);
    });
}
