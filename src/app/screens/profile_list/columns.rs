//! The columns of the list of profiles: which of them the width has room for, and their heads, which sort.

use std::collections::BTreeSet;

use egui::{Align, Id, Layout, RichText, Role, Ui, WidgetInfo, vec2};

use crate::app::{
    listing::SortBy,
    state::{Command, ListCommand, ProfileCommand},
    theme::tokens,
    widgets::{StaysOpen, TARGET, Vocabulary, context_menu_that},
};
use crate::settings::{ListColumn, ListSettings};

/// A column beside the state's mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Name,
    Other(ListColumn),
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Column::Name => "Name",
            Column::Other(ListColumn::Environment) => "Environment",
            Column::Other(ListColumn::Tags) => "Tags",
            Column::Other(ListColumn::LastTest) => "Last test",
            Column::Other(ListColumn::Expires) => "Expires",
        }
    }

    fn sort(self) -> SortBy {
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
const NAME: f32 = 100.0;

/// The columns of those chosen that a list of this width has, each with its own width in points. The name takes what is left.
pub(super) fn fitting(width: f32, chosen: &BTreeSet<ListColumn>) -> Vec<(Column, f32)> {
    // In the order in which they come while the list is drawn wider: the width, and what is left for names then. Somebody who
    // left columns out wants to see the others.
    let by_need = [
        (ListColumn::Expires, 84.0, 0.0),
        (ListColumn::Environment, 130.0, 150.0),
        (ListColumn::LastTest, 100.0, 190.0),
        (ListColumn::Tags, 150.0, 180.0),
    ];
    let is_chosen_by_hand = chosen.len() < ListColumn::ALL.len();
    let mut left = width - MARK - END;
    let mut columns = Vec::new();
    for (column, wide, least) in by_need.into_iter().filter(|(column, ..)| chosen.contains(column)) {
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
fn row_width(ui: &Ui) -> Option<f32> {
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
    for column in ListColumn::ALL {
        let mut shown = list.columns.contains(&column);
        let name = Column::Other(column).head();
        let response = ui.checkbox(&mut shown, name);
        response.widget_info(|| {
            WidgetInfo::selected(Role::CheckBox, true, shown, format!("Column {}", name.to_lowercase()))
        });
        if response.changed() {
            commands.push(Command::List(ListCommand::ToggleColumn(column)));
        }
    }
    if fitting(width, &list.columns).len() <= list.columns.len() {
        ui.hint("To see them all, drag the right edge of the list.");
    }
}

pub(super) fn heads(ui: &mut Ui, sort: SortBy, list: &ListSettings, commands: &mut Vec<Command>) {
    let whole = ui.available_width();
    let columns = fitting(row_width(ui).unwrap_or(whole), &list.columns);
    ui.spacing_mut().interact_size.y = 24.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding = vec2(0.0, 3.0);
        ui.add_space(MARK);
        for (column, width) in columns {
            // The last column stands at the right, as its values do.
            let layout = match column {
                Column::Other(ListColumn::Expires) => Layout::right_to_left(Align::Center),
                _ => Layout::left_to_right(Align::Center),
            };
            ui.allocate_ui_with_layout(vec2(width, 24.0), layout, |ui| {
                ui.set_min_size(vec2(width, 24.0));
                let chosen = column.sort() == sort;
                let text = RichText::new(column.head()).small().color(tokens(ui).text_quiet);
                let text = if chosen { text.strong().underline() } else { text };
                let head = ui.bare_button(text, TARGET);
                head.widget_info(|| {
                    WidgetInfo::selected(
                        Role::Button,
                        true,
                        chosen,
                        format!("Sort by {}", column.head().to_lowercase()),
                    )
                });
                let head = head.on_hover_text("Sort by this. Right-click to choose columns.");
                if head.clicked() {
                    commands.push(Command::Profiles(ProfileCommand::Sort(column.sort())));
                }
                context_menu_that(StaysOpen::Yes, &head, |ui| {
                    ui.spacing_mut().interact_size.y = 26.0;
                    ui.hint("Columns");
                    choices(ui, list, whole, commands);
                });
            });
        }
    });
}
