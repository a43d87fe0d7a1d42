//! What a screen reader gets beside names: what a part of the window is, and what has just been said.

use egui::accesskit::{Action, HasPopup, Live, Role};
use egui::{Id, Label, Response, RichText, Ui, UiKind};

/// A text that names what follows. `level` is 1 for a page, 2 for a part of it, 3 for a part of that.
pub fn heading(ui: &mut Ui, text: impl Into<RichText>, level: usize) -> Response {
    let response = ui.add(Label::new(text.into()).wrap().selectable(true));
    mark_heading(&response, level);
    response
}

/// Makes a heading of a text that is there.
pub fn mark_heading(response: &Response, level: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Heading);
        node.set_level(level);
        // The text of a label is its value, that of a heading its name.
        if let Some(text) = node.value().map(str::to_owned) {
            node.set_label(text);
            node.clear_value();
        }
    });
}

/// Names the dialog that `ui` is in: what is behind it cannot be used.
pub fn mark_dialog(ui: &Ui, name: &str) {
    let dialog = ui.stack().iter().find(|part| part.kind() == Some(UiKind::Modal));
    let id = dialog.map_or(ui.unique_id(), |part| part.unique_id);
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_role(Role::Dialog);
        node.set_label(name);
        node.set_modal();
    });
}

/// Names the part of the window that `ui` is in, for those who go from one part to the next.
pub fn name_part(ui: &Ui, name: &str) {
    let Some(part) = ui.stack().iter().find(|part| part.is_panel_ui()) else { return };
    ui.ctx().accesskit_node_builder(part.unique_id, |node| node.set_label(name));
}

/// Makes `ui` a group of that name and kind, such as a list of tabs or of choices.
pub fn mark_group(ui: &Ui, role: Role, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(role);
        node.set_label(name);
    });
}

/// Makes `ui` a list of that name, of which some are selected.
pub fn mark_list(ui: &Ui, name: &str, rows: usize) {
    mark_group(ui, Role::ListBox, name);
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_multiselectable();
        node.set_size_of_set(rows);
    });
}

/// Makes `ui` a list of that name, of which only those rows are there that are in sight.
pub fn mark_rows(ui: &Ui, name: &str, rows: usize) {
    mark_group(ui, Role::List, name);
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_size_of_set(rows));
}

/// Says which row of its list it is.
pub fn mark_place(response: &Response, row: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_position_in_set(row));
}

/// Makes `ui` a table of that name.
pub fn mark_table(ui: &Ui, name: &str, rows: usize) {
    mark_group(ui, Role::Table, name);
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_row_count(rows));
}

/// Makes `ui` a row of a table.
pub fn mark_table_row(ui: &Ui, row: usize) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(Role::Row);
        node.set_row_index(row);
    });
}

/// Makes a cell of a text in a row of a table.
pub fn mark_cell(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Cell);
        if let Some(text) = node.value().map(str::to_owned) {
            node.set_label(text);
            node.clear_value();
        }
    });
}

/// Leaves out what is said by something else already.
pub fn keep_silent(response: &Response) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_hidden());
}

/// Has a text read together with what belongs to it.
pub fn read_as(response: &Response, text: String) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_value(text));
}

/// A tooltip that says no more than the name of what it belongs to: a screen reader would say it twice.
pub fn tooltip_in_full(response: Response, text: &str) -> Response {
    let response = response.on_hover_text(text);
    response.ctx.accesskit_node_builder(response.id, |node| node.clear_description());
    response
}

/// Makes `ui` a list of that name whose rows stand below headings that open and collapse.
pub fn mark_tree(ui: &Ui, name: &str) {
    mark_group(ui, Role::Tree, name);
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_multiselectable());
}

/// Makes a row of a tree of what is there. `level` is 1 for a heading and 2 for what stands below one; a heading is `expanded` or not.
pub fn mark_tree_item(response: &Response, level: usize, expanded: Option<bool>) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::TreeItem);
        node.set_level(level);
        if let Some(expanded) = expanded {
            node.set_expanded(expanded);
            node.add_action(if expanded { Action::Collapse } else { Action::Expand });
        }
    });
}

/// Says that a button opens a menu.
pub fn mark_menu_button(response: &Response, expanded: bool) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_has_popup(HasPopup::Menu);
        node.set_expanded(expanded);
    });
}

/// Says more about something than its name does.
pub fn describe(response: &Response, text: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(text));
}

/// Says whether what a button opens and closes is open.
pub fn mark_expanded(response: &Response, expanded: bool) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_expanded(expanded));
}

/// Says whether a tab or a row is the one that is shown.
pub fn mark_selected(response: &Response, selected: bool) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_selected(selected);
        // What egui says of a selected widget is meant for buttons that stay pressed.
        node.clear_toggled();
    });
}

/// Names the window.
pub fn name_window(ctx: &egui::Context, name: &str) {
    ctx.accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(name));
}

/// How soon a screen reader says something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Once it has said what it is saying.
    Polite,
    /// At once.
    Assertive,
}

/// Has a screen reader say a text when it comes or changes, wherever the keyboard is.
pub fn announce(response: &Response, urgency: Urgency) {
    announce_id(&response.ctx, response.id, urgency);
}

/// Has a screen reader say how far something is when that changes. What counts seconds is read as `text`, without them.
pub fn announce_steps(response: &Response, text: String) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(text));
    announce(response, Urgency::Polite);
}

fn announce_id(ctx: &egui::Context, id: Id, urgency: Urgency) {
    ctx.accesskit_node_builder(id, |node| {
        node.set_live(match urgency {
            Urgency::Polite => Live::Polite,
            Urgency::Assertive => Live::Assertive,
        });
    });
}
