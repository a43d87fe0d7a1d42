//! The menu beside the search field: how the list is looked at.

use egui::{Popup, PopupCloseBehavior, Role, Ui, WidgetInfo};

use super::columns;
use crate::app::{
    listing::Listing,
    state::{Command, ListCommand},
    widgets::{Enabled, Vocabulary, mark_menu_button, return_focus, ring_in_menu, scrolled_menu},
};
use crate::settings::{GroupBy, ListSettings, RowHeight};

/// The width of the button, in points.
pub(super) const WIDTH: f32 = 62.0;

pub(super) fn button(ui: &mut Ui) -> egui::Response {
    let opener = ui.secondary_button("View", Enabled::Yes);
    mark_menu_button(&opener, Popup::is_id_open(ui.ctx(), Popup::default_response_id(&opener)));
    opener.on_hover_text("Grouping, favorites, columns and rows")
}

/// The menu, while it is open. It stays open until somebody presses beside it or Esc, so that choices can be tried.
pub(super) fn show(
    ui: &Ui,
    opener: &egui::Response,
    list: &ListSettings,
    listing: &Listing,
    commands: &mut Vec<Command>,
) {
    let width = ui.available_width();
    let menu = Popup::menu(opener).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let content = |ui: &mut Ui| {
        ui.set_min_width(190.0);
        ring_in_menu(ui);
        ui.spacing_mut().interact_size.y = 26.0;
        groups(ui, list, listing, commands);
        ui.separator();
        let mut first = list.favorites_first;
        if ui.checkbox(&mut first, "Favorites first").changed() {
            commands.push(Command::List(ListCommand::ToggleFavoritesFirst));
        }
        ui.separator();
        ui.hint("Columns");
        columns::choices(ui, list, width, commands);
        ui.separator();
        ui.hint("Rows");
        for (height, text) in [(RowHeight::Comfortable, "Comfortable"), (RowHeight::Compact, "Compact")] {
            let chosen = list.rows == height;
            let response = ui.radio(chosen, text);
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, format!("{text} rows")));
            if response.clicked() {
                commands.push(Command::List(ListCommand::RowHeight(height)));
            }
        }
    };
    menu.show(|ui| scrolled_menu(ui, content));
    return_focus(opener, Popup::default_response_id(opener));
}

fn groups(ui: &mut Ui, list: &ListSettings, listing: &Listing, commands: &mut Vec<Command>) {
    ui.hint("Group by");
    for (choice, text) in [(GroupBy::None, "None"), (GroupBy::Tag, "Tag"), (GroupBy::Tenant, "Tenant")] {
        let chosen = list.group_by == choice;
        let response = ui.radio(chosen, text);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, format!("Group by {text}")));
        if response.clicked() {
            commands.push(Command::List(ListCommand::GroupBy(choice)));
        }
    }
    if listing.groups.is_empty() {
        return;
    }
    let keys = || listing.groups.iter().map(|group| group.key.clone()).collect();
    let where_some_are = |open: bool, otherwise| match listing.groups.iter().any(|group| group.is_open == open) {
        true => Enabled::Yes,
        false => Enabled::No(otherwise),
    };
    if ui.secondary_button("Collapse all groups", where_some_are(true, "All groups are collapsed.")).clicked() {
        commands.push(Command::List(ListCommand::Collapse(keys())));
    }
    if ui.secondary_button("Expand all groups", where_some_are(false, "All groups are expanded.")).clicked() {
        commands.push(Command::List(ListCommand::Expand(keys())));
    }
}
