//! The columns of the list of profiles, and which of them the width has room for.

use std::collections::BTreeMap;

use egui::{Id, Role, Ui, WidgetInfo};

use crate::app::{
    listing::SortBy,
    state::{Command, ListCommand},
    widgets::{Vocabulary, take_first_focus},
};
use crate::settings::{ListColumn, ListSettings};

/// A column beside the state's mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Name,
    Other(ListColumn),
}

impl Column {
    /// What its head says.
    pub(super) fn head(self) -> &'static str {
        match self {
            Column::Name => "Name",
            Column::Other(ListColumn::Environment) => "Environment",
            Column::Other(ListColumn::Tags) => "Tags",
            Column::Other(ListColumn::LastTest) => "Last test",
            Column::Other(ListColumn::Expires) => "Expires",
        }
    }

    /// The order that its head asks for.
    pub(super) fn sort(self) -> SortBy {
        match self {
            Column::Name => SortBy::Name,
            Column::Other(ListColumn::Environment) => SortBy::Environment,
            Column::Other(ListColumn::Tags) => SortBy::Tags,
            Column::Other(ListColumn::LastTest) => SortBy::LastTest,
            Column::Other(ListColumn::Expires) => SortBy::Expiry,
        }
    }
}

/// The room for the mark before the name, in points.
pub(super) const MARK: f32 = 26.0;
/// The room right of the last column, in points.
pub(super) const END: f32 = 10.0;

/// The least room for names beside columns that somebody chose, in points.
pub(super) const NAME: f32 = 100.0;

/// How wide a column usually is, in points.
fn usual_width(column: ListColumn) -> f32 {
    match column {
        ListColumn::Expires => 84.0,
        ListColumn::Environment => 130.0,
        ListColumn::LastTest => 100.0,
        ListColumn::Tags => 150.0,
    }
}

/// The widths that somebody chose; while an edge is dragged, those that it would make.
fn chosen_widths(ui: &Ui, list: &ListSettings) -> BTreeMap<ListColumn, u16> {
    let mut widths = list.widths.clone();
    if let Some(dragged) = ui.data(|data| data.get_temp::<BTreeMap<ListColumn, u16>>(drag_memory())) {
        widths.extend(dragged);
    }
    widths
}

/// Where those are kept.
pub(super) fn drag_memory() -> Id {
    Id::unique("widths of the columns whose edge is dragged")
}

/// The columns of those chosen that a list of this width has, each with its own width in points. The name takes what is left.
pub(super) fn fitting(ui: &Ui, width: f32, list: &ListSettings) -> Vec<(Column, f32)> {
    // In the order in which they come while the list is drawn wider, with what is left for names then. Somebody who left
    // columns out, or set widths, wants to see the others.
    let by_need = [
        (ListColumn::Expires, 0.0),
        (ListColumn::Environment, 150.0),
        (ListColumn::LastTest, 190.0),
        (ListColumn::Tags, 180.0),
    ];
    let widths = chosen_widths(ui, list);
    let is_chosen_by_hand = list.columns.len() < ListColumn::ALL.len() || !widths.is_empty();
    let mut left = width - MARK - END;
    let mut columns = Vec::new();
    for (column, least) in by_need.into_iter().filter(|(column, _)| list.columns.contains(column)) {
        let wide = widths.get(&column).map_or_else(|| usual_width(column), |width| f32::from(*width));
        let least = if is_chosen_by_hand { NAME.min(least) } else { least };
        if left - wide >= least {
            columns.push((column, wide));
            left -= wide;
        } else if !is_chosen_by_hand {
            break;
        }
    }
    columns.sort_by_key(|(column, _)| *column);
    let others = columns.into_iter().map(|(column, wide)| (Column::Other(column), wide));
    std::iter::once((Column::Name, left.max(40.0))).chain(others).collect()
}

fn row_memory() -> Id {
    Id::unique("width of the rows in the list of profiles")
}

/// How wide the rows were drawn last: they leave room for a scroll bar where there is one.
pub(super) fn row_width(ui: &Ui) -> Option<f32> {
    ui.data(|data| data.get_temp(row_memory()))
}

/// Notes how wide the rows are. Where that is new, the frame is drawn again before anybody sees it, so that each head stands
/// above its values.
pub(super) fn note_row_width(ui: &Ui, width: f32) {
    if row_width(ui) != Some(width) {
        ui.data_mut(|data| data.insert_temp(row_memory(), width));
        ui.ctx().request_discard("the width of the rows is known now");
    }
}

/// What can be shown and what is, in the menu of the heads and that beside the search field.
pub(super) fn choices(ui: &mut Ui, list: &ListSettings, width: f32, commands: &mut Vec<Command>) {
    let fitting = fitting(ui, width, list);
    for column in ListColumn::ALL {
        let mut shown = list.columns.contains(&column);
        let name = Column::Other(column).head();
        let response = ui.checkbox(&mut shown, name);
        response.widget_info(|| {
            WidgetInfo::selected(Role::CheckBox, true, shown, format!("Column {}", name.to_lowercase()))
        });
        if !ui.is_sizing_pass() {
            take_first_focus(&response);
        }
        if response.changed() {
            commands.push(Command::List(ListCommand::ToggleColumn(column)));
        }
    }
    if fitting.len() <= list.columns.len() {
        ui.hint("To see them all, drag the right edge of the list.");
    }
}
