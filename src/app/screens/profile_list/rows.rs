//! The rows of the list of profiles. Only those in sight are drawn, however many there are, and one of them is a stop of the
//! Tab key: from there the arrows go on.

use egui::accesskit::Action;
use egui::{Context, Event, EventFilter, Id, Key, Modifiers, Rect, Response, ScrollArea, Ui};
use uuid::Uuid;

use super::super::row_keys::{place_row, steps_pressed};
use super::super::visible_rows::VisibleRows;
use super::SearchKey;
use super::columns::{Column, fitting, note_row_width};
use super::row_menu;
use super::table::{Content, RowKey, Table};
use super::{group_heading, row};
use crate::app::{
    listing::Group,
    state::{Command, ProfileCommand, SelectionCommand},
    widgets::{Lost, context_menu, lost_focus, mark_list, mark_place, mark_tree},
};
use crate::profile::compared_name;
use crate::settings::RowHeight;

/// How long the letters of a name may be apart when they are typed to find it, in seconds.
const TYPING_PAUSE: f64 = 1.0;

/// Where the keyboard is in the list; names that are typed, never secrets.
#[derive(Clone, Default)]
struct Place {
    /// The row that has the focus or had it last.
    row: Option<RowKey>,
    /// The row from which Shift selects up to another.
    anchor: Option<RowKey>,
    /// The letters typed so far, and when the last of them was.
    typed: (String, f64),
}

fn memory() -> Id {
    Id::unique("place in the list of profiles")
}

/// The profile whose row has the keyboard.
pub(in crate::app) fn focused_profile(ctx: &Context) -> Option<Uuid> {
    let key = ctx.data(|data| data.get_temp::<Place>(memory()))?.row?;
    match key {
        RowKey::Profile(id, _) => ctx.memory(|memory| memory.has_focus(key.id())).then_some(id),
        RowKey::Heading(_) => None,
    }
}

pub(super) fn show(ui: &mut Ui, table: &Table<'_>, search_key: SearchKey, commands: &mut Vec<Command>) {
    let count = table.len();
    let row_height = match table.list.rows {
        RowHeight::Comfortable => 30.0,
        RowHeight::Compact => 24.0,
    };
    let mut place: Place = ui.data(|data| data.get_temp(memory())).unwrap_or_default();
    let last_row = place.row.as_ref().and_then(|key| table.row_named(key));
    // One row is a stop of the Tab key: where the keyboard was, else the profile in the form, else the first.
    let stop = last_row.or(table.current.and_then(|id| table.row_of(id))).unwrap_or_else(|| table.first());
    let shown_before = Id::unique("profile in the form, as the list saw it");
    let seen: Option<Uuid> = ui.data(|data| data.get_temp(shown_before)).flatten();
    let mut to_row = None;
    // So it does when the list itself comes back.
    let drawn = Id::unique("frame in which the list was drawn");
    let frame = ui.ctx().cumulative_frame_nr();
    let was_away = ui.data(|data| data.get_temp::<u64>(drawn)).is_none_or(|last| last + 1 < frame);
    ui.data_mut(|data| data.insert_temp(drawn, frame));
    if seen != table.current || was_away {
        ui.data_mut(|data| data.insert_temp(shown_before, table.current));
        // Another profile came into the form, from wherever: its row comes into sight, of several the one that was used.
        let is_its = |row: &usize| table.profile(*row).is_some_and(|profile| Some(profile.id) == table.current);
        to_row = last_row.filter(is_its).or(table.current.and_then(|id| table.row_of(id)));
    }
    match search_key {
        SearchKey::None => {}
        SearchKey::IntoTheList => to_row = Some(table.first()),
        SearchKey::OpenFirst => {
            if let Some(first) = table.profile(table.first()) {
                commands.push(Command::Profiles(ProfileCommand::Select(first.id)));
            }
        }
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("profiles").auto_shrink(false).show_viewport(ui, |ui, viewport| {
        let visible = VisibleRows::in_viewport(ui, viewport, count, row_height, 6.0, stop);
        match table.is_grouped() {
            true => mark_tree(ui, "Profiles"),
            false => mark_list(ui, "Profiles", count),
        }
        note_row_width(ui, visible.ground.width());
        let columns = fitting(ui, visible.ground.width(), table.list);
        let mut next = None;
        for row in visible.drawn() {
            let Some(content) = table.content(row) else { continue };
            let response = draw(ui, visible.rect_of(row), table, content, &columns, row == stop);
            if !table.is_grouped() {
                mark_place(&response, row);
            }
            match content {
                Content::Heading(group) => {
                    if response.clicked() {
                        place.row = Some(content.key());
                        commands.push(group_heading::toggled(group));
                    }
                    asked_by_a_screen_reader(ui, &response, group, commands);
                }
                Content::Profile(profile, _) => {
                    if response.clicked() {
                        clicked(ui, table, &mut place, row, content, profile.id, commands);
                    }
                    context_menu(&response, |ui| {
                        let several = table.selection.is_of_several() && table.selection.holds(profile.id);
                        match several {
                            true => row_menu::of_several(ui, table, commands),
                            false => row_menu::of_one(ui, table, profile, commands),
                        }
                    });
                }
            }
            if response.gained_focus() {
                place.row = Some(content.key());
                ui.scroll_to_rect(visible.rect_of(row), None);
            }
            if response.has_focus() {
                let moved = steps_pressed(ui, &response, visible.page)
                    .map(|steps| row.saturating_add_signed(steps).min(count.saturating_sub(1)));
                if let (Some(to), true) = (moved, ui.input(|input| input.modifiers.shift)) {
                    select_up_to(table, &mut place, row, to, commands);
                }
                next = next.or(moved);
                next = next.or_else(|| keys_of_groups(ui, table, row, content, commands));
                next = next.or_else(|| typed(ui, table, &mut place, row));
                keys_of_selection(ui, table, content, commands);
                keep_keys(ui, table, response.id);
            }
        }
        match search_key {
            SearchKey::IntoTheList | SearchKey::OpenFirst => next = Some(table.first()),
            // After the vault was unlocked, or a profile was chosen elsewhere.
            SearchKey::None if lost_focus(ui.ctx()) == Lost::Elsewhere => {
                let of_form = table.current.and_then(|id| table.row_of(id));
                next = Some(of_form.or(last_row).unwrap_or_else(|| table.first()));
            }
            SearchKey::None => {}
        }
        if let Some((row, content)) = next.and_then(|row| Some((row, table.content(row)?))) {
            place.row = Some(content.key());
            ui.memory_mut(|memory| memory.request_focus(content.id()));
            if !visible.is_drawn(row) {
                // What has the focus has to be in the tree that screen readers get of this frame.
                draw(ui, visible.rect_of(row), table, content, &columns, true);
            }
            to_row = Some(row);
        }
        if let Some(row) = to_row {
            ui.scroll_to_rect(visible.rect_of(row), None);
        }
    });
    ui.data_mut(|data| data.insert_temp(memory(), place));
}

fn draw(
    ui: &Ui,
    rect: Rect,
    table: &Table<'_>,
    content: Content<'_>,
    columns: &[(Column, f32)],
    is_tab_stop: bool,
) -> Response {
    let response = place_row(ui, rect, content.id(), is_tab_stop);
    match content {
        Content::Heading(group) => group_heading::draw(ui, response, rect, group),
        Content::Profile(profile, _) => row::draw(ui, response, rect, table, profile, columns),
    }
}

/// A click, or the space bar, with whatever key is held.
fn clicked(
    ui: &Ui,
    table: &Table<'_>,
    place: &mut Place,
    row: usize,
    content: Content<'_>,
    id: Uuid,
    commands: &mut Vec<Command>,
) {
    let modifiers = ui.input(|input| input.modifiers);
    let before = place.row.replace(content.key());
    if modifiers.shift {
        let is_current = |row: &usize| table.profile(*row).is_some_and(|profile| Some(profile.id) == table.current);
        let used = before.and_then(|key| table.row_named(&key)).filter(is_current);
        let from = used.or(table.current.and_then(|id| table.row_of(id))).unwrap_or(row);
        return select_up_to(table, place, from, row, commands);
    }
    place.anchor = Some(content.key());
    commands.push(match modifiers.command {
        true => Command::Selection(SelectionCommand::Toggle(id)),
        false => Command::Profiles(ProfileCommand::Select(id)),
    });
}

/// Selects from where that began, else from the row `from`, up to the row `to`.
fn select_up_to(table: &Table<'_>, place: &mut Place, from: usize, to: usize, commands: &mut Vec<Command>) {
    let anchor = place.anchor.as_ref().and_then(|key| table.row_named(key)).unwrap_or(from);
    place.anchor = table.content(anchor).map(Content::key);
    commands.push(Command::Selection(SelectionCommand::Set(table.between(anchor, to))));
}

/// Left collapses a group and goes from a profile to its heading, Right expands one and goes to its first profile, as in every
/// tree. Returns the row to go to.
fn keys_of_groups(
    ui: &Ui,
    table: &Table<'_>,
    row: usize,
    content: Content<'_>,
    commands: &mut Vec<Command>,
) -> Option<usize> {
    if !table.is_grouped() {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (left, right) = (pressed(Key::ArrowLeft), pressed(Key::ArrowRight));
    match content {
        Content::Heading(group) => {
            if (group.is_open && left) || (!group.is_open && right) {
                commands.push(group_heading::toggled(group));
                return None;
            }
            right.then_some(row + 1)
        }
        Content::Profile(..) => table.heading_of(row).filter(|_| left),
    }
}

fn asked_by_a_screen_reader(ui: &Ui, response: &Response, group: &Group, commands: &mut Vec<Command>) {
    let asked = |action| ui.input(|input| input.has_accesskit_action_request(response.id, action));
    if (asked(Action::Expand) && !group.is_open) || (asked(Action::Collapse) && group.is_open) {
        commands.push(group_heading::toggled(group));
    }
}

fn keys_of_selection(ui: &Ui, table: &Table<'_>, content: Content<'_>, commands: &mut Vec<Command>) {
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND, Key::A) {
        let all = table.between(0, table.len().saturating_sub(1));
        commands.push(Command::Selection(SelectionCommand::Set(all)));
    }
    let focused = match content {
        Content::Profile(profile, _) => vec![profile.id],
        Content::Heading(_) => Vec::new(),
    };
    let meant = match table.selection.is_of_several() {
        true => table.selection.ids().iter().copied().collect(),
        false => focused,
    };
    if !meant.is_empty() && pressed(Modifiers::NONE, Key::Delete) {
        commands.push(Command::Profiles(ProfileCommand::AskDelete(meant)));
    }
    if table.selection.is_of_several() && pressed(Modifiers::NONE, Key::Escape) {
        commands.push(Command::Selection(SelectionCommand::Clear));
    }
}

/// Which keys do something in the list; with all others, egui moves or takes away the focus.
fn keep_keys(ui: &Ui, table: &Table<'_>, row: Id) {
    let kept = EventFilter {
        vertical_arrows: true,
        horizontal_arrows: table.is_grouped(),
        escape: table.selection.is_of_several(),
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(row, kept));
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
    let count = table.len();
    // A letter more may still fit the row that is there; a first letter goes on to the next one.
    let from = if goes_on { row } else { row + 1 };
    (0..count)
        .map(|step| (from + step) % count)
        .find(|row| table.content(*row).is_some_and(|content| compared_name(content.name()).starts_with(&sought)))
}
