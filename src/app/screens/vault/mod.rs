//! The page about the vault itself: what opens it, its backups, who changed what, and what two people changed at once.

mod backups;
mod conflicts;
mod history;
mod unlock_methods;

use egui::accesskit::Role as AccessKitRole;
use egui::{Role, Ui, WidgetInfo};

pub(in crate::app) use backups::words as backup_in_words;
pub(in crate::app) use unlock_methods::{added, described};

use super::{lead, title};
use crate::app::{
    state::{AppState, Command, ExportCommand, OpenVault, Page, VaultTab},
    theme::tokens,
    widgets::{Enabled, Vocabulary, at_most, mark_group, mark_selected, row_with_end},
};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, tab: VaultTab, commands: &mut Vec<Command>) {
    at_most(ui, 860.0, |ui| page(ui, state, tab, commands));
}

fn page(ui: &mut Ui, state: &mut AppState, tab: VaultTab, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    title(ui, "The vault");
    lead(ui, &vault.path.display().to_string());
    let enabled = if vault.profiles.is_empty() { Enabled::No("There are no profiles yet.") } else { Enabled::Yes };
    let pressed = row_with_end(
        ui,
        "vault",
        |ui| tabs(ui, vault, tab, commands),
        |ui| ui.secondary_button("Export all…", enabled).clicked(),
    );
    if pressed {
        commands.push(Command::Export(ExportCommand::AskAll));
    }
    ui.add_space(4.0);
    match tab {
        VaultTab::UnlockMethods => unlock_methods::show(ui, vault, state.local, commands),
        VaultTab::Backups => backups::show(ui, vault, state.now, state.local, commands),
        VaultTab::History => history::show(ui, vault, state.local, commands),
        VaultTab::Conflicts => conflicts::show(ui, state, commands),
    }
}

fn tabs(ui: &mut Ui, vault: &OpenVault, shown: VaultTab, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        mark_group(ui, AccessKitRole::TabList, "Parts of the vault");
        for tab in VaultTab::ALL {
            let name = match (tab, vault.conflicts.len()) {
                (VaultTab::Conflicts, 0) => "Conflicts".to_owned(),
                (VaultTab::Conflicts, count) => format!("Conflicts ({count})"),
                _ => tab.name().to_owned(),
            };
            let response = ui.quiet_button(&name);
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, tab == shown, &name));
            mark_selected(&response, tab == shown);
            if tab == shown {
                let line = response.rect.x_range().shrink(10.0);
                let stroke = egui::Stroke::new(2.0, tokens(ui).accent);
                ui.painter().hline(line, response.rect.bottom() - 2.0, stroke);
            }
            if response.clicked() {
                commands.push(Command::Show(Page::Vault(tab)));
            }
        }
    });
}
