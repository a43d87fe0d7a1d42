//! The heads of the columns, which sort and set widths.

use std::collections::BTreeMap;

use egui::{
    Align, Button, CursorIcon, Id, Layout, Rect, RichText, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use super::super::elided;
use super::columns::{Column, MARK, NAME, choices, drag_memory, fitting, row_width};
use super::row;
use super::table::Table;
use crate::app::{
    listing::SortBy,
    state::{Command, ListCommand, ProfileCommand},
    theme::{icons::Icon, tokens},
    widgets::{StaysOpen, TARGET, Vocabulary, context_menu_that, take_first_focus},
};
use crate::settings::{COLUMN_WIDTHS, ListColumn};

pub(super) fn show(ui: &mut Ui, sort: SortBy, table: &Table<'_>, commands: &mut Vec<Command>) {
    let whole = ui.available_width();
    let list = table.list;
    // Never wider than there is room now: a list that is made narrower would stay as wide as its heads.
    let columns = fitting(ui, row_width(ui).map_or(whole, |rows| rows.min(whole)), list);
    ui.spacing_mut().interact_size.y = 24.0;
    let line = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.spacing_mut().button_padding = vec2(0.0, 3.0);
        ui.allocate_ui_with_layout(vec2(MARK, 24.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(vec2(MARK, 24.0));
            state_head(ui, sort, commands);
        });
        for (column, width) in &columns {
            // The last column stands at the right, as its values do.
            let layout = match column {
                Column::Other(ListColumn::Expires) => Layout::right_to_left(Align::Center),
                _ => Layout::left_to_right(Align::Center),
            };
            ui.allocate_ui_with_layout(vec2(*width, 24.0), layout, |ui| {
                ui.set_min_size(vec2(*width, 24.0));
                ui.set_max_width(*width);
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
                let head = head.on_hover_text("Sort by this. Right-click to choose columns and widths.");
                if head.clicked() {
                    commands.push(Command::Profiles(ProfileCommand::Sort(column.sort())));
                }
                context_menu_that(StaysOpen::Yes, &head, |ui| {
                    ui.spacing_mut().interact_size.y = 26.0;
                    if let Column::Other(column) = *column {
                        width_menu(ui, column, *width, table, commands);
                        ui.separator();
                    }
                    ui.hint("Columns");
                    choices(ui, list, whole, commands);
                });
            });
        }
    });
    edges(ui, line.response.rect, &columns, table, commands);
}

/// Sorts by the state, whose marks stand below it.
fn state_head(ui: &mut Ui, sort: SortBy, commands: &mut Vec<Command>) {
    let chosen = sort == SortBy::State;
    let head = ui.bare_button(RichText::new(""), TARGET);
    head.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, "Sort by state"));
    let color = if chosen { tokens(ui).text } else { tokens(ui).text_quiet };
    let place = Rect::from_center_size(pos2(head.rect.left() + 14.0, head.rect.center().y), vec2(12.0, 12.0));
    Icon::Check.paint(ui.painter(), place, color);
    if chosen {
        ui.painter().hline(place.x_range(), place.bottom() + 3.0, Stroke::new(1.0, color));
    }
    if head.on_hover_text("Sort by the state of the last test").clicked() {
        commands.push(Command::Profiles(ProfileCommand::Sort(SortBy::State)));
    }
}

/// How far a width goes by one step of the menu, in points.
const STEP: f32 = 20.0;

/// The width of a column by keyboard.
fn width_menu(ui: &mut Ui, column: ListColumn, width: f32, table: &Table<'_>, commands: &mut Vec<Command>) {
    ui.hint("Column width");
    let mut offer = |ui: &mut Ui, text: &str, to: &dyn Fn(&Ui) -> Option<f32>| {
        let item = ui.add(Button::new(text).min_size(vec2(120.0, 26.0)));
        if !ui.is_sizing_pass() {
            take_first_focus(&item);
        }
        if item.clicked() {
            commands.push(Command::List(ListCommand::ColumnWidth(column, to(ui).map(in_points))));
        }
    };
    offer(ui, "Wider", &|_| Some(width + STEP));
    offer(ui, "Narrower", &|_| Some(width - STEP));
    offer(ui, "Fit to contents", &|ui| Some(fitted(ui, column, table)));
    offer(ui, "Default width", &|_| None);
}

fn in_points(width: f32) -> u16 {
    (width.round() as u16).clamp(*COLUMN_WIDTHS.start(), *COLUMN_WIDTHS.end())
}

/// How many of the longest texts of a column are measured. One with fewer letters is rarely wider.
const MEASURED: usize = 50;

/// The width at which no text of a column is cut.
fn fitted(ui: &Ui, column: ListColumn, table: &Table<'_>) -> f32 {
    let head = Column::Other(column).head().to_owned();
    let profiles = table.listing.found.iter().filter_map(|place| table.profiles.get(*place));
    let texts = profiles.map(|profile| row::text(profile, Column::Other(column), table).into_owned());
    let mut texts: Vec<String> = std::iter::once(head).chain(texts).collect();
    texts.sort_by_cached_key(|text| std::cmp::Reverse(text.chars().count()));
    texts.dedup();
    let color = tokens(ui).text;
    let widths =
        texts.iter().take(MEASURED).map(|text| elided(ui, text, TextStyle::Small, color, f32::INFINITY).size().x);
    // With the gap to the next column; days have a mark in front.
    let around = if column == ListColumn::Expires { 24.0 } else { 10.0 };
    widths.fold(0.0, f32::max).ceil() + around
}

/// The edges between the columns, which can be dragged. Not by Tab: the menu of a head does the same by keyboard.
fn edges(ui: &Ui, line: Rect, columns: &[(Column, f32)], table: &Table<'_>, commands: &mut Vec<Command>) {
    let mut left = line.left() + MARK;
    for pair in columns.windows(2) {
        let [(before, width_before), (Column::Other(column), width)] = *pair else { continue };
        left += width_before;
        let place = Rect::from_x_y_ranges(left - 8.0..=left, line.y_range());
        let edge = ui.interact(place, Id::unique(("edge of a column", column)), Sense::CLICK | Sense::DRAG);
        let colors = tokens(ui);
        let is_held = edge.hovered() || edge.dragged();
        let stroke = if is_held { Stroke::new(2.0, colors.accent) } else { Stroke::new(1.0, colors.divider) };
        ui.painter().vline(left - 4.0, line.shrink(4.0).y_range(), stroke);
        let edge = edge.on_hover_cursor(CursorIcon::ResizeHorizontal);
        if edge.double_clicked() {
            let width = in_points(fitted(ui, column, table));
            commands.push(Command::List(ListCommand::ColumnWidth(column, Some(width))));
        }
        if let (true, Some(pointer)) = (edge.dragged(), edge.interact_pointer_pos()) {
            let least = f32::from(*COLUMN_WIDTHS.start());
            // The name takes what is left; of two others one gets what the other loses, so that the edge is where the pointer is.
            let least_before = if before == Column::Name { NAME } else { least };
            let by = (pointer.x - (left - 4.0)).max(least_before - width_before).min(width - least);
            let mut widths = BTreeMap::from([(column, in_points(width - by))]);
            if let Column::Other(before) = before {
                widths.insert(before, in_points(width_before + by));
            }
            ui.data_mut(|data| data.insert_temp(drag_memory(), widths));
        }
        if edge.drag_stopped()
            && let Some(widths) = ui.data_mut(|data| data.remove_temp::<BTreeMap<ListColumn, u16>>(drag_memory()))
        {
            commands.push(Command::List(ListCommand::ColumnWidths(widths)));
        }
    }
}
