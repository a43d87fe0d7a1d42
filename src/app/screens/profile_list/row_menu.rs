//! What a right click on a row offers.

use egui::Ui;

use super::table::Table;
use crate::app::{
    actions,
    state::{CheckAllCommand, Command, ListCommand, ProfileCommand, RenewalCommand, SelectionCommand},
    widgets::menu_item,
};
use crate::counted::counted;
use crate::profile::Profile;

/// For one profile.
pub(super) fn of_one(ui: &mut Ui, table: &Table<'_>, profile: &Profile, commands: &mut Vec<Command>) {
    let mut offer = |ui: &mut Ui, text: &str, command: Option<Command>| {
        if menu_item(ui, text, command.is_some()) {
            commands.extend(command);
        }
    };
    let is_complete =
        profile.environment_url.is_some() && profile.client_id.is_some() && profile.client_secret.is_some();
    let copy = Command::Profiles(ProfileCommand::CopyConnectionStringOf(profile.id));
    offer(ui, "Copy connection string", is_complete.then_some(copy));
    offer(ui, "Copy client ID", actions::copy_client_id(profile));
    offer(ui, "Copy Environment URL", actions::copy_environment_url(profile));
    ui.separator();
    let star = if table.is_favorite(profile.id) { "Remove from favorites" } else { "Add to favorites" };
    offer(ui, star, Some(Command::List(ListCommand::ToggleFavorites(vec![profile.id]))));
    offer(ui, "Duplicate", Some(Command::Profiles(ProfileCommand::Duplicate(profile.id))));
    offer(ui, "Renew client secret…", Some(Command::Renewal(RenewalCommand::Open(profile.id))));
    offer(ui, "Delete…", Some(Command::Profiles(ProfileCommand::AskDelete(vec![profile.id]))));
    offer(ui, "Show history", actions::show_history(profile));
    ui.separator();
    offer(ui, "Open environment in browser", actions::open_environment(profile));
    offer(ui, "Open app registration in browser", actions::open_app_registration(profile));
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
