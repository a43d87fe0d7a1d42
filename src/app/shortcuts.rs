//! Keys that give commands.

use std::path::PathBuf;

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup, ViewportCommand};

use super::actions::{ACTIONS, FAVORITE_KEYS};
use super::screens::focused_profile;
use super::state::{
    AppState, CheckCommand, Command, ImportCommand, ListCommand, NetworkTestCommand, Page, PasteCommand,
    ProfileCommand, SelectionCommand,
};
use super::widgets::{is_secret_field_focused, was_in_field};
use crate::{
    cloud::Overrides,
    connection_string::ConnectionString,
    exchange::pasted::{PastedConnection, holds_a_client_secret},
    profile::SecretText,
};

/// Takes a whole connection string, or a text with a client secret in it, out of what is pasted in this frame.
///
/// In a field it would show its secret and stay in the field's undo history; the dialog for it keeps it masked and offers to
/// move it to where it belongs.
fn pasted_connection(ctx: &Context, clouds: &Overrides) -> Option<SecretText> {
    let is_masked = is_secret_field_focused(ctx);
    // Several lines beside all fields are for `pasted_list`.
    let is_in_a_field = ctx.text_edit_focused();
    let is_for_a_field = |text: &str| is_in_a_field || !is_of_several_lines(text);
    let is_one = |text: &str| {
        let is_string = ConnectionString::parse_pasted(text)
            .is_ok_and(|string| string.url().is_some() && string.client_secret_value().is_some());
        is_string
            || (!is_masked
                && is_for_a_field(text)
                && holds_a_client_secret(text)
                && !is_of_several_connections(text, clouds))
    };
    ctx.input_mut(|input| {
        let place = input.events.iter().position(|event| matches!(event, Event::Paste(text) if is_one(text)))?;
        match input.events.remove(place) {
            Event::Paste(text) => Some(SecretText::new(text)),
            _ => None,
        }
    })
}

/// Takes the keys out of what was pressed in this frame.
fn is_pressed(ctx: &Context, keys: &KeyboardShortcut) -> bool {
    ctx.input_mut(|input| {
        // Ctrl+C arrives as the request to copy, whatever else is held.
        if keys.logical_key == Key::C && input.modifiers.shift {
            let before = input.events.len();
            input.events.retain(|event| !matches!(event, Event::Copy));
            return input.events.len() < before || input.consume_shortcut(keys);
        }
        input.consume_shortcut(keys)
    })
}

/// Shift+Insert, Ctrl+Insert and Shift+Delete, which Linux knows as well as Windows; there egui does it.
pub(super) fn edit_keys_of_old(ctx: &Context) {
    if cfg!(windows) {
        return;
    }
    let keys = [
        (Modifiers::SHIFT, Key::Insert, ViewportCommand::RequestPaste),
        (Modifiers::COMMAND, Key::Insert, ViewportCommand::RequestCopy),
        (Modifiers::SHIFT, Key::Delete, ViewportCommand::RequestCut),
    ];
    for (modifiers, key, command) in keys {
        if ctx.input_mut(|input| input.consume_key(modifiers, key)) {
            ctx.send_viewport_cmd(command);
        }
    }
}

fn is_of_several_lines(text: &str) -> bool {
    text.trim().contains(['\n', '\r'])
}

fn is_of_several_connections(text: &str, clouds: &Overrides) -> bool {
    PastedConnection::read(text, clouds).is_ok_and(|found| found.is_of_several)
}

/// Whether a text of several lines is about one connection. What has columns is a table, of which an import reads more.
fn is_one_connection(text: &str, clouds: &Overrides) -> bool {
    !text.contains('\t') && PastedConnection::read(text, clouds).is_ok_and(|found| !found.is_of_several)
}

/// Takes a text of several lines out of what is pasted in this frame beside all text fields: it may be a list of connections.
fn pasted_list(ctx: &Context) -> Option<SecretText> {
    if ctx.text_edit_focused() {
        return None;
    }
    ctx.input_mut(|input| {
        let is_list = |event: &Event| matches!(event, Event::Paste(text) if is_of_several_lines(text));
        let place = input.events.iter().position(is_list)?;
        match input.events.remove(place) {
            Event::Paste(text) => Some(SecretText::new(text)),
            _ => None,
        }
    })
}

/// The files that are dropped on the window in this frame.
fn dropped_files(ctx: &Context) -> Vec<PathBuf> {
    ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect())
}

/// Turns the keys pressed in this frame into commands.
pub(super) fn read(ctx: &Context, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    // The profile that has the keyboard may be another one than that in the form.
    if vault.page == Page::Profiles
        && !vault.selection.is_of_several()
        && let Some(id) = focused_profile(ctx)
        && is_pressed(ctx, &FAVORITE_KEYS)
    {
        commands.push(Command::List(ListCommand::ToggleFavorites(vec![id])));
    }
    for action in &ACTIONS {
        if let Some(keys) = &action.keys
            && is_pressed(ctx, keys)
        {
            commands.extend(action.command(state, focused_profile(ctx)));
        }
    }
    if vault.page == Page::Profiles
        && let Some(text) = pasted_connection(ctx, &state.clouds)
    {
        commands.push(Command::Paste(PasteCommand::AskAbout(text)));
    }
    if matches!(vault.page, Page::Profiles | Page::Import)
        && let Some(text) = pasted_list(ctx)
    {
        commands.push(match vault.page == Page::Profiles && is_one_connection(text.expose(), &state.clouds) {
            true => Command::Paste(PasteCommand::AskAbout(text)),
            false => Command::Import(ImportCommand::Paste(text)),
        });
    }
    let dropped = dropped_files(ctx);
    if !dropped.is_empty() {
        commands.push(Command::Import(ImportCommand::Open(dropped)));
    }
    let nothing_has_focus = ctx.memory(|memory| memory.focused().is_none());
    if vault.selection.is_of_several() && nothing_has_focus && ctx.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::Selection(SelectionCommand::Clear));
    }
    let tests_network = vault.page == Page::Settings && vault.network_test.is_running();
    if tests_network && ctx.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::NetworkTest(NetworkTestCommand::Cancel));
    }
    let Some(draft) = &vault.draft else { return };
    if vault.page != Page::Profiles {
        return;
    }
    let testing = vault.checks.get(&draft.id).is_some_and(|check| check.is_running() || check.is_being_repeated());
    let escape = ctx.input(|input| input.key_pressed(Key::Escape));
    if testing && escape {
        commands.push(Command::Check(CheckCommand::Cancel));
    } else if escape && state.can_go_back_to_list() && !was_in_field(ctx) && !Popup::is_any_open(ctx) {
        commands.push(Command::Profiles(ProfileCommand::BackToList));
    }
}
