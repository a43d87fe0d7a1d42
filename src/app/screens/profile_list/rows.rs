//! The rows of the list of profiles. Only those in sight are drawn, however many there are, and one of them is a stop of the
//! Tab key: from there the arrows go on.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use egui::accesskit::Action;
use egui::{
    Color32, CornerRadius, Event, EventFilter, Id, Key, Modifiers, Rect, Response, Role, ScrollArea, Sense, Stroke,
    StrokeKind, TextStyle, Ui, WidgetInfo, pos2, vec2,
};
use uuid::Uuid;

use super::super::elided;
use super::super::row_keys::steps_pressed;
use super::SearchKey;
use super::columns::{Column, END, MARK, fitting};
use super::context_menu;
use crate::app::{
    dates::day,
    listing::Listing,
    state::{Command, ProfileCommand, Selection, SelectionCommand},
    theme::{Tokens, icons::Icon, tokens},
    widgets::{mark_list, mark_selected, shown_line},
};
use crate::counted::counted;
use crate::profile::{ExpiryState, Profile, compared_name};

/// The height of a row, in points.
pub(super) const ROW_HEIGHT: f32 = 30.0;
/// How long the letters of a name may be apart when they are typed to find it, in seconds.
const TYPING_PAUSE: f64 = 1.0;

/// What is shown.
pub(super) struct Table<'a> {
    pub(super) profiles: &'a [Arc<Profile>],
    pub(super) listing: &'a Listing,
    pub(super) search: &'a str,
    /// The profile in the form.
    pub(super) current: Option<Uuid>,
    /// Those selected for something that is done with several.
    pub(super) selection: &'a Selection,
    pub(super) now: DateTime<Utc>,
}

impl Table<'_> {
    fn profile(&self, row: usize) -> Option<&Profile> {
        self.listing.shown.get(row).and_then(|place| self.profiles.get(*place)).map(AsRef::as_ref)
    }

    fn is_selected(&self, id: Uuid) -> bool {
        if self.selection.is_of_several() { self.selection.holds(id) } else { self.current == Some(id) }
    }

    /// The profiles from one row to the other, both included.
    fn between(&self, one: usize, other: usize) -> Vec<Uuid> {
        let rows = one.min(other)..=one.max(other);
        rows.filter_map(|row| self.profile(row)).map(|profile| profile.id).collect()
    }

    fn row_of(&self, id: Uuid) -> Option<usize> {
        self.listing.shown.iter().position(|place| self.profiles[*place].id == id)
    }
}

fn id_of(profile: &Profile) -> Id {
    Id::unique(("profile in the list", profile.id))
}

/// Where the keyboard is in the list; profile names that are typed, never secrets.
#[derive(Clone, Default)]
struct Place {
    /// The profile whose row has the focus or had it last.
    row: Option<Uuid>,
    /// The profile from which Shift selects up to another.
    anchor: Option<Uuid>,
    /// The letters typed so far, and when the last of them was.
    typed: (String, f64),
}

pub(super) fn show(ui: &mut Ui, table: &Table<'_>, search_key: SearchKey, commands: &mut Vec<Command>) {
    let count = table.listing.shown.len();
    let memory = Id::unique("place in the list of profiles");
    let mut place: Place = ui.data(|data| data.get_temp(memory)).unwrap_or_default();
    // One row is a stop of the Tab key: where the keyboard was, else the profile in the form, else the first.
    let stop = place.row.and_then(|id| table.row_of(id)).or(table.current.and_then(|id| table.row_of(id))).unwrap_or(0);
    let shown_before = Id::unique("profile in the form, as the list saw it");
    let seen: Option<Uuid> = ui.data(|data| data.get_temp(shown_before)).flatten();
    let mut to_row = None;
    if seen != table.current {
        ui.data_mut(|data| data.insert_temp(shown_before, table.current));
        // Another profile came into the form, from wherever: its row comes into sight.
        to_row = table.current.and_then(|id| table.row_of(id));
    }
    match search_key {
        SearchKey::None => {}
        SearchKey::IntoTheList => to_row = Some(0),
        SearchKey::OpenFirst => {
            if let Some(first) = table.profile(0) {
                commands.push(Command::Profiles(ProfileCommand::Select(first.id)));
            }
        }
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("profiles").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let height = ROW_HEIGHT * count as f32;
        ui.set_height(height);
        mark_list(ui, "Profiles");
        let ground = Rect::from_min_size(ui.max_rect().left_top(), vec2(ui.available_width() - 6.0, height));
        let rect_of = |row: usize| {
            let top = ground.top() + ROW_HEIGHT * row as f32;
            Rect::from_x_y_ranges(ground.x_range(), top..=top + ROW_HEIGHT)
        };
        let first = (viewport.top() / ROW_HEIGHT).floor().max(0.0) as usize;
        let last = ((viewport.bottom() / ROW_HEIGHT).ceil().max(0.0) as usize).min(count);
        let columns = fitting(ground.width());
        let in_sight = first.min(last)..last;
        // The row with the focus is there for the keyboard also where the wheel has turned it out of sight.
        let beside = Some(stop).filter(|row| !in_sight.contains(row) && *row < count);
        let page = ((viewport.height() / ROW_HEIGHT) as isize - 1).max(1);
        let mut next = None;
        for row in in_sight.clone().chain(beside) {
            let Some(profile) = table.profile(row) else { continue };
            let response = draw(ui, rect_of(row), table, profile, &columns, row == stop);
            if response.clicked() {
                clicked(ui, table, &mut place, row, profile.id, commands);
            }
            response.context_menu(|ui| {
                let several = table.selection.is_of_several() && table.selection.holds(profile.id);
                match several {
                    true => context_menu::of_several(ui, table.selection, commands),
                    false => context_menu::of_one(ui, profile, commands),
                }
            });
            if response.gained_focus() {
                place.row = Some(profile.id);
                ui.scroll_to_rect(rect_of(row), None);
            }
            if response.has_focus() {
                let moved = steps_pressed(ui, &response, page)
                    .map(|steps| row.saturating_add_signed(steps).min(count.saturating_sub(1)));
                if let (Some(to), true) = (moved, ui.input(|input| input.modifiers.shift)) {
                    select_up_to(table, &mut place, row, to, commands);
                }
                next = next.or(moved).or_else(|| typed(ui, table, &mut place, row));
                keys_of_selection(ui, table, response.id, profile.id, commands);
            }
        }
        if search_key == SearchKey::IntoTheList {
            next = Some(0);
        }
        if let Some((row, profile)) = next.and_then(|row| Some((row, table.profile(row)?))) {
            place.row = Some(profile.id);
            ui.memory_mut(|memory| memory.request_focus(id_of(profile)));
            if !in_sight.contains(&row) && beside != Some(row) {
                // What has the focus has to be in the tree that screen readers get of this frame.
                draw(ui, rect_of(row), table, profile, &columns, true);
            }
            to_row = Some(row);
        }
        if let Some(row) = to_row {
            ui.scroll_to_rect(rect_of(row), None);
        }
    });
    ui.data_mut(|data| data.insert_temp(memory, place));
}

/// A click, or the space bar, with whatever key is held.
fn clicked(ui: &Ui, table: &Table<'_>, place: &mut Place, row: usize, id: Uuid, commands: &mut Vec<Command>) {
    let modifiers = ui.input(|input| input.modifiers);
    place.row = Some(id);
    if modifiers.shift {
        let from = table.current.and_then(|id| table.row_of(id)).unwrap_or(row);
        return select_up_to(table, place, from, row, commands);
    }
    place.anchor = Some(id);
    commands.push(match modifiers.command {
        true => Command::Selection(SelectionCommand::Toggle(id)),
        false => Command::Profiles(ProfileCommand::Select(id)),
    });
}

/// Selects from where that began, else from the row `from`, up to the row `to`.
fn select_up_to(table: &Table<'_>, place: &mut Place, from: usize, to: usize, commands: &mut Vec<Command>) {
    let anchor = place.anchor.and_then(|id| table.row_of(id)).unwrap_or(from);
    place.anchor = table.profile(anchor).map(|profile| profile.id);
    commands.push(Command::Selection(SelectionCommand::Set(table.between(anchor, to))));
}

fn keys_of_selection(ui: &Ui, table: &Table<'_>, row: Id, focused: Uuid, commands: &mut Vec<Command>) {
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND, Key::A) {
        let all = table.between(0, table.listing.shown.len().saturating_sub(1));
        commands.push(Command::Selection(SelectionCommand::Set(all)));
    }
    if pressed(Modifiers::NONE, Key::Delete) {
        let ids = if table.selection.is_of_several() {
            table.selection.ids().iter().copied().collect()
        } else {
            vec![focused]
        };
        commands.push(Command::Profiles(ProfileCommand::AskDelete(ids)));
    }
    if table.selection.is_of_several() {
        // Otherwise Esc takes the focus away.
        let kept = EventFilter { vertical_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(row, kept));
        if pressed(Modifiers::NONE, Key::Escape) {
            commands.push(Command::Selection(SelectionCommand::Clear));
        }
    }
}

/// The next row whose name begins with what is typed.
fn typed(ui: &Ui, table: &Table<'_>, place: &mut Place, row: usize) -> Option<usize> {
    let now = ui.input(|input| input.time);
    let letters: String = ui.input(|input| {
        let text = |event: &Event| match event {
            // The space bar chooses the row.
            Event::Text(text) if text != " " => Some(text.clone()),
            _ => None,
        };
        input.events.iter().filter_map(text).collect()
    });
    if letters.is_empty() {
        return None;
    }
    let goes_on = now - place.typed.1 < TYPING_PAUSE;
    let before = if goes_on { std::mem::take(&mut place.typed.0) } else { String::new() };
    place.typed = (before + &letters, now);
    let sought = compared_name(&place.typed.0);
    let count = table.listing.shown.len();
    // A letter more may still fit the row that is there; a first letter goes on to the next one.
    let from = if goes_on { row } else { row + 1 };
    (0..count)
        .map(|step| (from + step) % count)
        .find(|row| table.profile(*row).is_some_and(|profile| compared_name(&profile.name).starts_with(&sought)))
}

fn draw(
    ui: &Ui,
    rect: Rect,
    table: &Table<'_>,
    profile: &Profile,
    columns: &[(Column, f32)],
    is_tab_stop: bool,
) -> Response {
    let colors = tokens(ui);
    let selected = table.is_selected(profile.id);
    let id = id_of(profile);
    // A screen reader may give any row the focus.
    if ui.input(|input| input.has_accesskit_action_request(id, Action::Focus)) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let can_have_focus = is_tab_stop || ui.memory(|memory| memory.has_focus(id));
    let response = ui.interact(rect, id, if can_have_focus { Sense::click() } else { Sense::CLICK });
    ui.ctx().accesskit_node_builder(id, |node| node.add_action(Action::Focus));
    let (expiry, state) = expiry_text(profile, table.now);
    let check = check_text(profile);
    response.widget_info(|| {
        let name = format!("{}, {expiry}, {check}", shown_line(&profile.name));
        WidgetInfo::selected(Role::ListBoxOption, true, selected, name)
    });
    mark_selected(&response, selected);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = match (selected, response.hovered()) {
        (true, _) => colors.selection,
        (false, true) => colors.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, CornerRadius::same(6), Stroke::new(2.0, colors.accent), StrokeKind::Inside);
    }
    let (mark, color) = mark(profile, colors);
    let middle = rect.center().y;
    mark.paint(ui.painter(), Rect::from_center_size(pos2(rect.left() + 14.0, middle), vec2(14.0, 14.0)), color);
    let mut left = rect.left() + MARK;
    let right = rect.right() - END;
    for (column, width) in columns {
        let quiet = colors.text_quiet;
        let (text, color) = match column {
            Column::Name => (profile.name.as_str(), colors.text),
            Column::Environment => (environment(profile), quiet),
            Column::Tags => (&*profile.tags.join(", "), quiet),
            Column::LastTest => (&*last_test(profile), quiet),
            Column::Expires => (&*expiry_in_short(profile, table.now), expiry_color(state, colors)),
        };
        let style = if *column == Column::Name { TextStyle::Body } else { TextStyle::Small };
        let galley = elided(ui, text, style, color, width - 8.0);
        let top = middle - galley.size().y / 2.0;
        if *column == Column::Expires {
            let start = right - galley.size().x;
            if matches!(state, Some(ExpiryState::Expired | ExpiryState::Urgent | ExpiryState::Soon)) {
                let place = Rect::from_center_size(pos2(start - 9.0, middle), vec2(12.0, 12.0));
                Icon::Warning.paint(ui.painter(), place, color);
            }
            ui.painter().galley(pos2(start, top), galley, color);
        } else {
            if *column == Column::Name {
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

/// A ground behind each place of the name that the search has found.
fn mark_hits(ui: &Ui, galley: &egui::Galley, place: egui::Pos2, text: &str, search: &str) {
    let name = text.to_lowercase();
    // Where lower case has another length, places cannot be told.
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

fn expiry_text(profile: &Profile, now: DateTime<Utc>) -> (String, Option<ExpiryState>) {
    let text = match profile.expiry() {
        Some(expiry) => expiry.describe(now),
        None => "no expiry date".to_owned(),
    };
    let text = if profile.ucc_behind().is_some() { format!("{text}, UCC not updated") } else { text };
    (text, profile.expiry_state(now))
}

/// The same for a narrow column; the row's name and tooltip say it in full.
fn expiry_in_short(profile: &Profile, now: DateTime<Utc>) -> String {
    match profile.expiry() {
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
