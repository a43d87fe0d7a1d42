//! Keys that give commands.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::{
    command::{Command, Page},
    state::{AppState, CheckView},
};

const SAVE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::S);
const NEW: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::N);
const LOCK: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::L);
const FIND: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
const TEST: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F5);
const GUIDE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F1);

/// Turns the keys pressed in this frame into commands.
pub(super) fn read(ctx: &Context, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault() else { return };
    let pressed = |shortcut| ctx.input_mut(|input| input.consume_shortcut(&shortcut));
    if pressed(LOCK) {
        commands.push(Command::Lock);
    }
    if pressed(NEW) {
        commands.push(Command::NewProfile);
    }
    if pressed(GUIDE) {
        commands.push(Command::ToggleGuide);
    }
    if pressed(FIND) {
        commands.push(Command::Find);
    }
    let Some(draft) = &vault.draft else { return };
    if vault.page != Page::Profiles {
        return;
    }
    if pressed(SAVE) && draft.is_changed() && !vault.saving {
        commands.push(Command::Save);
    }
    if pressed(TEST) {
        commands.push(Command::Test);
    }
    let testing = vault.checks.get(&draft.id).is_some_and(CheckView::is_running);
    if testing && ctx.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Command::CancelTest);
    }
}
