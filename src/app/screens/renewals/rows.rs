//! The time line's rows. Only those in sight are drawn, however many there are.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use egui::accesskit::Role as AccessKitRole;
use egui::{
    Color32, CornerRadius, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, WidgetInfo,
    pos2, vec2,
};

use super::super::elided;
use super::super::row_keys::steps_pressed;
use crate::app::widgets::{mark_group, mark_heading, shown_line, take_first_focus};
use crate::app::{
    dates::day,
    state::{Command, Layout, ProfileCommand, Row},
    theme::{Tokens, icons::Icon, section_heading, tokens},
};
use crate::counted::counted;
use crate::profile::{ExpiryState, Profile};
use crate::reminder::time_line::Heading;

/// Rows beyond both edges that are there for the keyboard to go on to, in points.
const BEYOND: f32 = 40.0;
/// The widths of the columns behind the name and the host, in points.
const STATE: f32 = 76.0;
const DATE: f32 = 100.0;
const WHEN: f32 = 164.0;
/// How many rows the keys Page up and Page down go.
const PAGE: isize = 10;

pub(super) fn show(
    ui: &mut Ui,
    layout: &Layout,
    profiles: &[Arc<Profile>],
    snoozed_until: impl Fn(&Profile) -> Option<NaiveDate>,
    go_to: Option<Heading>,
    now: DateTime<Utc>,
    commands: &mut Vec<Command>,
) {
    let mut area = ScrollArea::vertical().id_salt("time line").auto_shrink(false);
    if let Some(row) = go_to.and_then(|heading| layout.row_of(heading)) {
        area = area.vertical_scroll_offset(layout.top(row));
    }
    area.show_viewport(ui, |ui, viewport| {
        ui.set_height(layout.height());
        let ground = Rect::from_min_size(ui.max_rect().left_top(), vec2(ui.available_width() - 8.0, layout.height()));
        let rect_of = |row: usize| {
            let top = ground.top() + layout.top(row);
            Rect::from_x_y_ranges(ground.x_range(), top..=ground.top() + layout.top(row + 1))
        };
        let shown = layout.rows_between(viewport.top() - BEYOND, viewport.bottom() + BEYOND);
        let memory = ui.scope_id().with("row with the focus");
        // A row with the focus is there for the keyboard also where the wheel has turned it out of sight.
        let out_of_sight = ui.data(|data| data.get_temp::<usize>(memory)).filter(|row| {
            let focused = |profile| ui.memory(|memory| memory.has_focus(id_of(profile)));
            !shown.contains(row) && profile_in(layout, profiles, *row).is_some_and(focused)
        });
        mark_group(ui, AccessKitRole::List, "Client secrets by expiry date");
        let mut next = None;
        for row in shown.clone().chain(out_of_sight) {
            let rect = rect_of(row);
            match layout.rows[row] {
                Row::Heading(heading, count) => heading_row(ui, rect, heading, count),
                Row::Empty(heading) => empty_row(ui, rect, heading),
                Row::Secret(place) => {
                    let Some(profile) = profiles.get(place) else { continue };
                    let response = secret_row(ui, rect, profile, snoozed_until(profile), now);
                    take_first_focus(&response);
                    if response.clicked() {
                        commands.push(Command::Profiles(ProfileCommand::Select(profile.id)));
                    }
                    if response.gained_focus() {
                        // The next row comes into sight with it, so that the keyboard can go on.
                        ui.scroll_to_rect(rect.expand2(vec2(0.0, BEYOND)), None);
                    }
                    if response.has_focus() {
                        ui.data_mut(|data| data.insert_temp(memory, row));
                        next = next
                            .or(steps_pressed(ui, &response, PAGE).and_then(|steps| layout.secret_from(row, steps)));
                    }
                }
            }
        }
        // After all rows, so that one key moves the focus by one of them.
        if let Some((row, profile)) = next.and_then(|row| Some((row, profile_in(layout, profiles, row)?))) {
            ui.memory_mut(|memory| memory.request_focus(id_of(profile)));
            ui.data_mut(|data| data.insert_temp(memory, row));
            ui.scroll_to_rect(rect_of(row).expand2(vec2(0.0, BEYOND)), None);
            if !shown.contains(&row) {
                // What has the focus has to be in the tree that screen readers get of this frame.
                secret_row(ui, rect_of(row), profile, None, now);
            }
        }
    });
}

fn profile_in<'p>(layout: &Layout, profiles: &'p [Arc<Profile>], row: usize) -> Option<&'p Profile> {
    match layout.rows.get(row)? {
        Row::Secret(place) => profiles.get(*place).map(AsRef::as_ref),
        Row::Heading(..) | Row::Empty(_) => None,
    }
}

fn id_of(profile: &Profile) -> Id {
    Id::unique(("renewal", profile.id))
}

fn heading_row(ui: &Ui, rect: Rect, heading: Heading, count: usize) {
    let colors = tokens(ui);
    let color = if heading == Heading::Expired { colors.danger } else { colors.text };
    let secrets = counted(count, "secret");
    label(ui, rect, heading, &format!("{}, {secrets}", heading.name()));
    let name = elided(ui, &heading.name(), section_heading(), color, rect.width() * 0.6);
    let count = elided(ui, &secrets, TextStyle::Small, colors.text_quiet, 120.0);
    let bottom = rect.bottom() - 6.0;
    let (width, height) = (name.size().x, name.size().y);
    ui.painter().galley(pos2(rect.left() + 2.0, bottom - height), name, color);
    let place = pos2(rect.left() + 12.0 + width, bottom - 2.0 - count.size().y);
    ui.painter().galley(place, count, colors.text_quiet);
    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(1.0, colors.border));
}

/// A month without secrets: a thin line with its name.
fn empty_row(ui: &Ui, rect: Rect, heading: Heading) {
    let colors = tokens(ui);
    label(ui, rect, heading, &format!("{}, no secrets", heading.name()));
    let name = elided(ui, &heading.name(), TextStyle::Small, colors.text_quiet, 140.0);
    let right = rect.left() + 2.0 + name.size().x;
    ui.painter().galley(pos2(rect.left() + 2.0, rect.center().y - name.size().y / 2.0), name, colors.text_quiet);
    ui.painter().hline(right + 8.0..=rect.right(), rect.center().y, Stroke::new(1.0, colors.divider));
}

fn label(ui: &Ui, rect: Rect, heading: Heading, text: &str) {
    let response = ui.interact(rect, Id::unique(("heading", heading.name())), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    mark_heading(&response, 2);
}

/// How near a profile's expiry is: a shape, a word and a colour, each of which says it alone.
fn state_mark(profile: &Profile, now: DateTime<Utc>, colors: &Tokens) -> (Icon, &'static str, Color32) {
    match profile.expiry_state(now) {
        Some(ExpiryState::Expired) => (Icon::Cross, "Expired", colors.danger),
        Some(ExpiryState::Urgent) => (Icon::Warning, "Urgent", colors.warning),
        Some(ExpiryState::Soon) => (Icon::Dot, "Soon", colors.warning),
        Some(ExpiryState::Fine) => (Icon::Check, "OK", colors.success),
        None => (Icon::Dash, "No date", colors.text_quiet),
    }
}

/// “in 12 days”.
fn when(profile: &Profile, now: DateTime<Utc>) -> String {
    match profile.expiry().map(|expiry| (expiry, expiry.days_left(now))) {
        None => "expiry not known".to_owned(),
        Some((_, 1)) => "tomorrow".to_owned(),
        Some((_, days @ 2..)) => format!("in {days} days"),
        Some((expiry, _)) => expiry.describe(now),
    }
}

fn secret_row(ui: &Ui, rect: Rect, profile: &Profile, snoozed: Option<NaiveDate>, now: DateTime<Utc>) -> Response {
    let colors = tokens(ui);
    let response = ui.interact(rect, id_of(profile), Sense::click());
    let (icon, state, color) = state_mark(profile, now, colors);
    let when = when(profile, now);
    let date = profile.expires().map(day).unwrap_or_default();
    let host = profile.environment_url.as_ref().map_or("no address yet", |url| url.host());
    let snoozed = snoozed.map(|until| format!("snoozed until {}", day(until)));
    let ucc = profile.ucc_behind().map(|_| "UCC not updated".to_owned());
    let more = ucc.into_iter().chain(snoozed).collect::<Vec<_>>().join(", ");
    response.widget_info(|| {
        let name = shown_line(&profile.name);
        // “expired 3 days ago” says it.
        let state = if state == "Expired" { "" } else { state };
        let words = [&*name, state, &when, &date, host, &more];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        WidgetInfo::labeled(Role::Button, true, words.join(", "))
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(4), colors.hover);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, colors.accent);
        ui.painter().rect_stroke(rect, CornerRadius::same(4), stroke, StrokeKind::Inside);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colors.divider));
    let mark = Rect::from_center_size(pos2(rect.left() + 13.0, rect.center().y), vec2(14.0, 14.0));
    icon.paint(ui.painter(), mark, color);
    let left = rect.left() + 28.0;
    // In a narrow window the mark and the days say it.
    let state_width = if rect.width() > 600.0 { STATE } else { 0.0 };
    let rest = rect.right() - left - state_width - DATE - WHEN;
    // Where there is little room the name has it.
    let host_width = if rest > 320.0 { rest * 0.45 } else { 0.0 };
    let name_width = rest - host_width;
    let name = write(ui, rect, left, name_width, &profile.name, colors.text);
    let room = name_width - name - 8.0;
    if !more.is_empty() && room > 60.0 {
        write_small(ui, rect, left + name + 8.0, room, &more, colors.text_quiet);
    }
    let columns = [
        (host, host_width, colors.text_quiet),
        (state, state_width, color),
        (&date, DATE, colors.text),
        (&when, WHEN, color),
    ];
    let mut left = left + name_width;
    for (text, width, color) in columns {
        if width > 0.0 {
            write(ui, rect, left, width, text, color);
        }
        left += width;
    }
    response
}

/// A text in its column; returns its width.
fn write(ui: &Ui, row: Rect, left: f32, width: f32, text: &str, color: Color32) -> f32 {
    styled(ui, row, left, width, text, color, TextStyle::Body)
}

fn write_small(ui: &Ui, row: Rect, left: f32, width: f32, text: &str, color: Color32) -> f32 {
    styled(ui, row, left, width, text, color, TextStyle::Small)
}

fn styled(ui: &Ui, row: Rect, left: f32, width: f32, text: &str, color: Color32, style: TextStyle) -> f32 {
    let galley = elided(ui, text, style, color, width - 10.0);
    let size = galley.size();
    ui.painter().galley(pos2(left, row.center().y - size.y / 2.0), galley, color);
    size.x
}
