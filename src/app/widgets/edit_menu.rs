//! What every field can do beside being typed into: a menu for the right mouse button, and all of its text selected when the
//! Tab key comes to it, so that what is pasted or typed then replaces it.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Context, Id, Key, Response, Ui, ViewportCommand};

use super::context_menu::{context_menu, menu_item};

/// Whether what a field holds may be copied out of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// It may.
    Plain,
    /// It is a secret, which has a button of its own for that.
    Secret,
}

/// Gives a field of so many characters what every field has.
pub fn equip(ui: &Ui, field: &Response, characters: usize, content: Content) {
    if field.gained_focus() && came_by_tab(ui.ctx()) {
        select_all(ui.ctx(), field.id, characters);
    }
    keep_selection(ui, field);
    context_menu(field, |ui| menu(ui, field, characters, content));
}

fn menu(ui: &mut Ui, field: &Response, characters: usize, content: Content) {
    let commands = [
        ("Cut", content == Content::Plain, ViewportCommand::RequestCut),
        ("Copy", content == Content::Plain, ViewportCommand::RequestCopy),
        ("Paste", true, ViewportCommand::RequestPaste),
    ];
    for (name, possible, command) in commands {
        if menu_item(ui, name, possible) {
            field.request_focus();
            ui.ctx().send_viewport_cmd(command);
        }
    }
    if menu_item(ui, "Select all", characters > 0) {
        field.request_focus();
        select_all(ui.ctx(), field.id, characters);
    }
}

fn select_all(ctx: &Context, field: Id, characters: usize) {
    let mut state = TextEditState::load(ctx, field).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), CCursor::new(characters))));
    state.store(ctx, field);
}

/// egui starts a new selection with any mouse button; the right one leaves it as it was.
fn keep_selection(ui: &Ui, field: &Response) {
    let memory = field.id.with("selection");
    let pressed = ui.input(|input| input.pointer.secondary_pressed()) && field.contains_pointer();
    let Some(mut state) = TextEditState::load(ui.ctx(), field.id) else { return };
    if pressed && let Some(before) = ui.data(|data| data.get_temp::<CCursorRange>(memory)) {
        state.cursor.set_char_range(Some(before));
        state.store(ui.ctx(), field.id);
    } else if let Some(range) = state.cursor.char_range().filter(|_| field.has_focus()) {
        ui.data_mut(|data| data.insert_temp(memory, range));
    }
}

/// Notes that the Tab key was pressed. Once a frame, before anything is drawn.
pub fn note_tab(ctx: &Context) {
    if ctx.input(|input| input.key_pressed(Key::Tab)) {
        let frame = ctx.cumulative_frame_nr();
        ctx.data_mut(|data| data.insert_temp(tab_memory(), frame));
    }
}

fn came_by_tab(ctx: &Context) -> bool {
    let pressed: Option<u64> = ctx.data(|data| data.get_temp(tab_memory()));
    // The focus moves with the frame after the key.
    pressed.is_some_and(|frame| ctx.cumulative_frame_nr() <= frame + 1)
}

fn tab_memory() -> Id {
    Id::unique("frame in which the Tab key was pressed")
}
