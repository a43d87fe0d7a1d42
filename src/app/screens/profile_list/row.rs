//! A profile's row.

use std::borrow::Cow;

use egui::{Color32, CornerRadius, Rect, Response, Role, TextStyle, Ui, WidgetInfo, pos2, vec2};

use super::super::elided;
use super::columns::{Column, END, MARK};
use super::ground::{Ground, paint_ground};
use super::table::Table;
use crate::app::{
    dates::day,
    theme::{Tokens, icons::Icon, tokens},
    widgets::{mark_selected, mark_tree_item, shown_line},
};
use crate::counted::counted;
use crate::profile::{ExpiryState, Profile};
use crate::settings::ListColumn;

/// The room for a favorite's star behind its name, in points.
const STAR: f32 = 20.0;

/// Draws the row of `profile` in its place.
pub(super) fn draw(
    ui: &Ui,
    response: Response,
    rect: Rect,
    table: &Table<'_>,
    profile: &Profile,
    columns: &[(Column, f32)],
) -> Response {
    let colors = tokens(ui);
    let selected = table.is_selected(profile.id);
    let is_favorite = table.is_favorite(profile.id);
    let (expiry, state) = expiry_text(profile, table);
    let check = check_text(profile);
    response.widget_info(|| {
        let star = if is_favorite { "favorite, " } else { "" };
        let name = format!("{}, {star}{expiry}, {check}", shown_line(&profile.name));
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    if table.is_grouped() {
        mark_tree_item(&response, 2, None);
    }
    mark_selected(&response, selected);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    paint_ground(ui, &response, rect, if selected { Ground::Chosen } else { Ground::Plain });
    let (mark, color) = mark(profile, colors);
    let middle = rect.center().y;
    mark.paint(ui.painter(), Rect::from_center_size(pos2(rect.left() + 14.0, middle), vec2(14.0, 14.0)), color);
    let mut left = rect.left() + MARK;
    let right = rect.right() - END;
    for (column, width) in columns {
        let text = &*text(profile, *column, table);
        let color = match column {
            Column::Name => colors.text,
            Column::Other(ListColumn::Expires) => expiry_color(state, colors),
            Column::Other(_) => colors.text_quiet,
        };
        let style = if *column == Column::Name { TextStyle::Body } else { TextStyle::Small };
        let star = if *column == Column::Name && is_favorite { STAR } else { 0.0 };
        let galley = elided(ui, text, style, color, width - 8.0 - star);
        let top = middle - galley.size().y / 2.0;
        if *column == Column::Other(ListColumn::Expires) {
            let start = right - galley.size().x;
            if matches!(state, Some(ExpiryState::Expired | ExpiryState::Urgent | ExpiryState::Soon)) {
                let place = Rect::from_center_size(pos2(start - 9.0, middle), vec2(12.0, 12.0));
                Icon::Warning.paint(ui.painter(), place, color);
            }
            ui.painter().galley(pos2(start, top), galley, color);
        } else {
            if *column == Column::Name {
                if is_favorite {
                    let place = pos2(left + galley.size().x + STAR / 2.0, middle);
                    let place = Rect::from_center_size(place, vec2(12.0, 12.0));
                    Icon::Star.paint(ui.painter(), place, colors.warning);
                }
                mark_hits(ui, &galley, pos2(left, top), &shown_line(text), table.search);
            }
            ui.painter().galley(pos2(left, top), galley, color);
        }
        left += width;
    }
    if response.hovered() {
        let more = format!("{}\n{}\n{expiry}, {check}", shown_line(&profile.name), environment(profile));
        return response.on_hover_text(more);
    }
    response
}

/// What stands in a column.
pub(super) fn text<'p>(profile: &'p Profile, column: Column, table: &Table<'_>) -> Cow<'p, str> {
    match column {
        Column::Name => profile.name.as_str().into(),
        Column::Other(ListColumn::Environment) => environment(profile).into(),
        Column::Other(ListColumn::Tags) => profile.tags.join(", ").into(),
        Column::Other(ListColumn::LastTest) => last_test(profile).into(),
        Column::Other(ListColumn::Expires) => expiry_in_short(profile, table).into(),
    }
}

/// A ground behind each place of the name that the search has found.
fn mark_hits(ui: &Ui, galley: &egui::Galley, place: egui::Pos2, text: &str, search: &str) {
    let name = text.to_lowercase();
    // Where lower case has another length, places in it are not places in the text.
    if name.len() != text.len() {
        return;
    }
    for word in search.split_whitespace().map(str::to_lowercase) {
        for (at, found) in name.match_indices(&word) {
            let start = egui::text::CCursor::new(name.split_at(at).0.chars().count());
            let ends = [start, start + found.chars().count()].map(|cursor| galley.pos_from_cursor(cursor));
            let rect = Rect::from_min_max(ends[0].left_top(), ends[1].right_bottom()).translate(place.to_vec2());
            if rect.width() > 0.0 {
                ui.painter().rect_filled(rect, CornerRadius::same(2), tokens(ui).warning_ground);
            }
        }
    }
}

fn mark(profile: &Profile, colors: &Tokens) -> (Icon, Color32) {
    match profile.last_check.as_ref().map(|check| check.passed) {
        Some(true) => (Icon::Check, colors.success),
        Some(false) => (Icon::Cross, colors.danger),
        None => (Icon::Ring, colors.text_quiet),
    }
}

fn expiry_color(state: Option<ExpiryState>, colors: &Tokens) -> Color32 {
    match state {
        Some(ExpiryState::Expired) => colors.danger,
        Some(ExpiryState::Urgent | ExpiryState::Soon) => colors.warning,
        Some(ExpiryState::Fine) | None => colors.text_quiet,
    }
}

fn environment(profile: &Profile) -> &str {
    profile.environment_url.as_ref().map_or("no address yet", |url| url.organization())
}

fn last_test(profile: &Profile) -> String {
    profile.last_check.as_ref().map_or_else(|| "never".to_owned(), |check| day(check.at.date_naive()))
}

fn expiry_text(profile: &Profile, table: &Table<'_>) -> (String, Option<ExpiryState>) {
    let text = match profile.expiry() {
        Some(expiry) if table.clock_is_behind => format!("expires on {}", day(expiry.date())),
        Some(expiry) => expiry.describe(table.now),
        None => "no expiry date".to_owned(),
    };
    let text = if profile.ucc_behind().is_some() { format!("{text}, UCC not updated") } else { text };
    (text, profile.expiry_state(table.now))
}

/// The same for a narrow column; the row's name and tooltip say it in full.
fn expiry_in_short(profile: &Profile, table: &Table<'_>) -> String {
    let now = table.now;
    match profile.expiry() {
        Some(expiry) if table.clock_is_behind => day(expiry.date()),
        Some(expiry) if expiry.state(now) == ExpiryState::Expired => "expired".to_owned(),
        Some(expiry) => counted(usize::try_from(expiry.days_left(now)).unwrap_or(0), "day"),
        None => "no date".to_owned(),
    }
}

fn check_text(profile: &Profile) -> &'static str {
    match profile.last_check.as_ref().map(|check| check.passed) {
        Some(true) => "last test passed",
        Some(false) => "last test failed",
        None => "not tested yet",
    }
}
