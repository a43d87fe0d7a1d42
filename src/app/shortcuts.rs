//! Keys that give commands.

use std::path::PathBuf;

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use super::state::{
    AppState, CheckCommand, Command, ImportCommand, Page, PasteCommand, ProfileCommand, SelectionCommand,
};
use crate::{connection_string::ConnectionString, profile::SecretText};

const SAVE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::S);
const NEW: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::N);
const LOCK: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::L);
const FIND: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
const TEST: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F5);
const GUIDE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F1);

/// Takes a whole connection string out of what is pasted in this frame.
///
/// In a field it would show its secret and stay in the field's undo history; the dialog for it keeps it masked.
fn pasted_connection_string(ctx: &Context) -> Option<SecretText> {
    let is_one = |text: &str| {
        ConnectionString::parse_pasted(text)
            .is_ok_and(|string| string.url().is_some() && string.client_secret_value().is_some())
    };
    ctx.input_mut(|input| {
        let place = input.events.iter().position(|event| matches!(event, Event::Paste(text) if is_one(text)))?;
        match input.events.remove(place) {
            Event::Paste(text) => Some(SecretText::new(text)),
            _ => None,
        }
    })
}

/// Takes a text of several lines out of what is pasted in this frame beside all text fields: it may be a list of connections.
fn pasted_list(ctx: &Context) -> Option<SecretText> {
    if ctx.text_edit_focused() {
        return None;
    }
    ctx.input_mut(|input| {
        let is_list = |event: &Event| matches!(event, Event::Paste(text) if text.trim().contains(['\n', '\r']));
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
    let pressed = |shortcut| ctx.input_mut(|input| input.consume_shortcut(&shortcut));
    if pressed(LOCK) {
        commands.push(Command::Lock);
    }
    if pressed(NEW) {
        commands.push(Command::Profiles(ProfileCommand::New));
    }
    if pressed(GUIDE) {
        commands.push(Command::ToggleGuide);
    }
    if pressed(FIND) {
        commands.push(Command::Profiles(ProfileCommand::Find));
    }
    if vault.page == Page::Profiles
        && let Some(text) = pasted_connection_string(ctx)
    {
        commands.push(Command::Paste(PasteCommand::AskAbout(text)));
    }
    if matches!(vault.page, Page::Profiles | Page::Import)
        && let Some(text) = pasted_list(ctx)
    {
        commands.push(Command::Import(ImportCommand::Paste(text)));
    }
    let dropped = dropped_files(ctx);
    if !dropped.is_empty() {
        commands.push(Command::Import(ImportCommand::Open(dropped)));
    }
    let nothing_has_focus = ctx.memory(|memory| memory.focused().is_none());
    if vault.selection.is_of_several() && nothing_has_focus && ctx.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::Selection(SelectionCommand::Clear));
    }
    let Some(draft) = &vault.draft else { return };
    if vault.page != Page::Profiles {
        return;
    }
    if pressed(SAVE) && draft.is_changed() && !vault.saving {
        commands.push(Command::Profiles(ProfileCommand::Save));
    }
    if pressed(TEST) {
        commands.push(Command::Check(CheckCommand::Start));
    }
    let testing = vault.checks.get(&draft.id).is_some_and(|check| check.is_running() || check.is_being_repeated());
    if testing && ctx.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::Check(CheckCommand::Cancel));
    }
}
