//! The page about the vault itself: what opens it, its backups, who changed what, and what two people changed at once.

mod backups;
mod conflicts;
mod history;
mod ways_to_open;

use egui::{Ui, WidgetInfo, WidgetType};

pub(in crate::app) use backups::words as backup_in_words;
pub(in crate::app) use ways_to_open::{added, described};

use super::{lead, title};
use crate::app::{
    command::{Command, Page, VaultTab},
    state::{AppState, OpenVault},
    theme::tokens,
    widgets::Vocabulary,
};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, tab: VaultTab, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    ui.set_max_width(860.0);
    title(ui, "The vault");
    lead(ui, &vault.path.display().to_string());
    tabs(ui, vault, tab, commands);
    ui.add_space(4.0);
    match tab {
        VaultTab::WaysToOpen => ways_to_open::show(ui, vault, commands),
        VaultTab::Backups => backups::show(ui, vault, state.now, commands),
        VaultTab::History => history::show(ui, vault),
        VaultTab::Conflicts => conflicts::show(ui, state, commands),
    }
}

fn tabs(ui: &mut Ui, vault: &OpenVault, shown: VaultTab, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        for tab in VaultTab::ALL {
            let name = match (tab, vault.conflicts.len()) {
                (VaultTab::Conflicts, 0) => "Conflicts".to_owned(),
                (VaultTab::Conflicts, count) => format!("Conflicts ({count})"),
                _ => tab.name().to_owned(),
            };
            let response = ui.quiet_button(&name);
            response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, tab == shown, &name));
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
