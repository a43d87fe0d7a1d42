//! What a right click on a row offers.

use egui::Ui;

use super::table::Table;
use crate::app::{
    state::{CheckAllCommand, Command, ListCommand, ProfileCommand, RenewalCommand, SelectionCommand},
    widgets::menu_item,
};
use crate::cloud::Cloud;
use crate::counted::counted;
use crate::profile::Profile;

/// For one profile.
pub(super) fn of_one(ui: &mut Ui, table: &Table<'_>, profile: &Profile, commands: &mut Vec<Command>) {
    let mut command = |ui: &mut Ui, text: &str, enabled: bool, command: Command| {
        if menu_item(ui, text, enabled) {
            commands.push(command);
        }
    };
    let is_complete =
        profile.environment_url.is_some() && profile.client_id.is_some() && profile.client_secret.is_some();
    let copy = ProfileCommand::CopyConnectionStringOf(profile.id);
    command(ui, "Copy connection string", is_complete, Command::Profiles(copy));
    let id = profile.client_id.map(|id| id.to_string());
    command(ui, "Copy client ID", id.is_some(), Command::CopyText(id.clone().unwrap_or_default(), "client ID"));
    let url = profile.environment_url.as_ref().map(ToString::to_string);
    let copied = Command::CopyText(url.clone().unwrap_or_default(), "Environment URL");
    command(ui, "Copy Environment URL", url.is_some(), copied);
    ui.separator();
    let star = if table.is_favorite(profile.id) { "Remove from favorites" } else { "Add to favorites" };
    command(ui, star, true, Command::List(ListCommand::ToggleFavorites(vec![profile.id])));
    command(ui, "Duplicate", true, Command::Profiles(ProfileCommand::Duplicate(profile.id)));
    command(ui, "Renew client secret…", true, Command::Renewal(RenewalCommand::Open(profile.id)));
    command(ui, "Delete…", true, Command::Profiles(ProfileCommand::AskDelete(vec![profile.id])));
    ui.separator();
    if menu_item(ui, "Open environment in browser", url.is_some()) {
        ui.open_url(egui::OpenUrl::new_tab(url.unwrap_or_default()));
    }
    let cloud = profile.environment_url.as_ref().map_or(Cloud::Commercial, |url| url.cloud());
    if menu_item(ui, "Open app registration in browser", id.is_some()) {
        ui.open_url(egui::OpenUrl::new_tab(cloud.app_registration_page("Overview", &id.unwrap_or_default())));
    }
}

/// For all that are selected.
pub(super) fn of_several(ui: &mut Ui, table: &Table<'_>, commands: &mut Vec<Command>) {
    let selection = table.selection;
    let count = counted(selection.ids().len(), "profile");
    if menu_item(ui, &format!("Test {count}"), true) {
        commands.push(Command::CheckAll(CheckAllCommand::StartSelected));
    }
    let star = match selection.ids().iter().all(|id| table.is_favorite(*id)) {
        true => format!("Remove {count} from favorites"),
        false => format!("Add {count} to favorites"),
    };
    if menu_item(ui, &star, true) {
        let ids = selection.ids().iter().copied().collect();
        commands.push(Command::List(ListCommand::ToggleFavorites(ids)));
    }
    if menu_item(ui, &format!("Delete {count}…"), true) {
        let ids = selection.ids().iter().copied().collect();
        commands.push(Command::Profiles(ProfileCommand::AskDelete(ids)));
    }
    if menu_item(ui, "Clear selection", true) {
        commands.push(Command::Selection(SelectionCommand::Clear));
    }
}
