//! Where the keyboard is: never nowhere while somebody uses it, always in sight, and marked by a ring.

use egui::{
    AsIdSalt, Context, CornerRadius, Event, Id, Key, Popup, Rect, Response, ScrollArea, Stroke, StrokeKind, TextEdit,
    Ui, WidgetRect, vec2,
};

use super::first_focus::{is_first_focus_offered, offer_first_focus, withdraw_first_focus};
use crate::app::theme::tokens;

/// What is remembered of the keyboard from frame to frame.
#[derive(Clone, Copy)]
struct Keyboard {
    /// What was used last.
    used: Used,
    /// What the window shows.
    shown: Id,
    /// The widget that had the focus last, and what the window showed then.
    last: Option<(Id, Id)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Used {
    Keyboard,
    Pointer,
}

/// Whether the focus is where it was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// A widget has it, or the pointer is used.
    No,
    /// What had it is gone, and the window shows what it showed.
    Here,
    /// What had it is gone, because the window shows something else.
    Elsewhere,
}

fn memory() -> Id {
    Id::unique("the keyboard")
}

fn keyboard(ctx: &Context) -> Option<Keyboard> {
    ctx.data(|data| data.get_temp(memory()))
}

/// Notes whether a key or the pointer was used, and what the window shows. Once a frame, before anything is drawn.
pub fn note_keyboard(ctx: &Context, shown: Id) {
    let used = ctx.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            Event::Key { pressed: true, .. } | Event::Text(_) | Event::Paste(_) | Event::Ime(_) => Some(Used::Keyboard),
            Event::PointerButton { pressed: true, .. } => Some(Used::Pointer),
            _ => None,
        })
    });
    let before = keyboard(ctx);
    let used = used.or(before.map(|before| before.used)).unwrap_or(Used::Pointer);
    let now = Keyboard { used, shown, last: before.and_then(|before| before.last) };
    ctx.data_mut(|data| data.insert_temp(memory(), now));
}

/// What the window shows in this frame.
pub fn shown_in_window(ctx: &Context) -> Option<Id> {
    keyboard(ctx).map(|keyboard| keyboard.shown)
}

/// Whether the keyboard was in a text field before this frame, in which Esc has taken it away.
pub fn was_in_field(ctx: &Context) -> bool {
    let last = keyboard(ctx).and_then(|keyboard| keyboard.last);
    last.is_some_and(|(id, _)| TextEdit::load_state(ctx, id).is_some())
}

/// Whether the keyboard has lost its place. What asks first, as things are drawn, may give it one.
pub fn lost_focus(ctx: &Context) -> Lost {
    let Some(keyboard) = keyboard(ctx).filter(|keyboard| keyboard.used == Used::Keyboard) else { return Lost::No };
    let (focused, asks) = ctx.memory(|memory| (memory.focused(), memory.top_modal_layer().is_some()));
    if focused.is_some() || asks {
        return Lost::No;
    }
    match keyboard.last {
        // Esc and Enter take the focus from what is still there: it gets it back.
        Some((last, _))
            if can_have_focus(ctx, ctx.viewport(|viewport| viewport.prev_pass.widgets.get(last).copied())) =>
        {
            Lost::No
        }
        Some((_, shown)) if shown == keyboard.shown => Lost::Here,
        _ => Lost::Elsewhere,
    }
}

/// Gives the focus back to what Esc or Enter took it from. Once a frame, after everything is drawn.
pub fn keep_focus(ctx: &Context) {
    let Some(mut keyboard) = keyboard(ctx) else { return };
    match (ctx.memory(|memory| memory.focused()), keyboard.last) {
        // One that is not drawn any more loses it with the end of the frame.
        (Some(focused), _) if ctx.viewport(|viewport| viewport.this_pass.widgets.contains(focused)) => {
            keyboard.last = Some((focused, keyboard.shown));
        }
        (None, Some((last, shown)))
            if keyboard.used == Used::Keyboard
                && can_have_focus(ctx, ctx.viewport(|viewport| viewport.this_pass.widgets.get(last).copied())) =>
        {
            ctx.memory_mut(|memory| memory.request_focus(last));
            // Once: where it does not stay there, it is lost.
            keyboard.last = Some((Id::NULL, shown));
            ctx.request_repaint();
        }
        _ => {}
    }
    ctx.data_mut(|data| data.insert_temp(memory(), keyboard));
}

fn can_have_focus(ctx: &Context, drawn: Option<WidgetRect>) -> bool {
    drawn.is_some_and(|widget| {
        let is_usable = widget.enabled && widget.sense.is_focusable();
        is_usable && ctx.memory(|memory| memory.allows_interaction(widget.layer_id))
    })
}

/// Draws a part of the window to which the keyboard goes where it has lost its place: to the first field or primary button,
/// else to the first of all that can have the focus.
pub fn arriving<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    match lost_focus(ui.ctx()) {
        Lost::No => content(ui),
        Lost::Here | Lost::Elsewhere => give_focus(ui, content),
    }
}

/// The same for something of several steps: the keyboard goes along to the next one, wherever it is.
pub fn arriving_at_step<R>(ui: &mut Ui, step: impl AsIdSalt, content: impl FnOnce(&mut Ui) -> R) -> R {
    let memory = ui.scope_id().with("step that was reached");
    let now = memory.with(step);
    let before: Option<Id> = ui.data(|data| data.get_temp(memory));
    if before != Some(now) {
        ui.data_mut(|data| data.insert_temp(memory, now));
    }
    let by_keyboard = keyboard(ui.ctx()).is_some_and(|keyboard| keyboard.used == Used::Keyboard);
    match before != Some(now) && by_keyboard && ui.memory(|memory| memory.top_modal_layer().is_none()) {
        true => give_focus(ui, content),
        false => content(ui),
    }
}

fn give_focus<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let layer = ui.layer_id();
    let before = ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get_layer(layer).count());
    offer_first_focus(ui.ctx());
    let result = content(ui);
    if is_first_focus_offered(ui.ctx()) {
        withdraw_first_focus(ui.ctx());
        let first = ui.ctx().viewport(|viewport| {
            let mut drawn = viewport.this_pass.widgets.get_layer(layer).skip(before);
            drawn
                .find(|widget| widget.enabled && widget.sense.senses_click() && widget.sense.is_focusable())
                .map(|it| it.id)
        });
        if let Some(first) = first.filter(|_| ui.memory(|memory| memory.focused().is_none())) {
            ui.memory_mut(|memory| memory.request_focus(first));
        }
    }
    // Where nothing could take it, another frame would change nothing.
    if ui.memory(|memory| memory.focused().is_some()) {
        ui.ctx().request_repaint();
    }
    result
}

/// Brings into sight what got the focus by the keyboard. At the end of what is drawn in a scroll area.
pub fn scroll_to_focus(ui: &Ui) {
    let memory = ui.scope_id().with("focus in the scroll area");
    let focused = ui.memory(|memory| memory.focused());
    if ui.data(|data| data.get_temp::<Option<Id>>(memory)).flatten() == focused {
        return;
    }
    let drawn = focused.and_then(|id| ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get(id).copied()));
    if focused.is_some() && drawn.is_none() {
        return;
    }
    ui.data_mut(|data| data.insert_temp(memory, focused));
    // What is pressed is in sight, and stays under the pointer.
    let by_pointer = ui.input(|input| input.pointer.any_down() || input.pointer.any_released());
    let is_here = |rect: Rect| ui.min_rect().expand(1.0).contains(rect.center());
    if let Some(drawn) = drawn.filter(|drawn| drawn.layer_id == ui.layer_id() && is_here(drawn.rect) && !by_pointer) {
        ui.scroll_to_rect(drawn.rect.expand2(vec2(0.0, 12.0)), None);
    }
}

/// Page Up and Page Down scroll what is read, as long as nothing in it takes the keys. At the end of what is drawn in a scroll
/// area.
pub fn scroll_with_page_keys(ui: &Ui) {
    let pages = ui.input(|input| match (input.key_pressed(Key::PageDown), input.key_pressed(Key::PageUp)) {
        (true, _) => 1.0,
        (_, true) => -1.0,
        _ => 0.0,
    });
    let (focused, asks) = ui.memory(|memory| (memory.focused(), memory.top_modal_layer()));
    let is_in_front = asks.is_none_or(|layer| layer == ui.layer_id());
    if pages == 0.0 || !is_in_front || ui.ctx().text_edit_focused() {
        return;
    }
    let is_here = |id: Id| {
        let drawn = ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get(id).copied());
        drawn.is_none_or(|it| it.layer_id == ui.layer_id() && ui.min_rect().contains(it.rect.center()))
    };
    if focused.is_none_or(is_here) {
        ui.scroll_with_delta(vec2(0.0, -pages * ui.clip_rect().height() * 0.8));
    }
}

/// What is in a menu: where the menu is higher than the window, as with large text, it scrolls.
pub fn scrolled_menu<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let height = ui.ctx().content_rect().height() - 40.0;
    ui.set_max_height(height);
    ScrollArea::vertical()
        .max_height(height)
        .show(ui, |ui| {
            let result = content(ui);
            scroll_to_focus(ui);
            result
        })
        .inner
}

/// When a popup closes, gives the focus to the widget that opened it. After the popup is drawn.
pub fn return_focus(opener: &Response, popup: Id) {
    let ctx = &opener.ctx;
    let memory = popup.with("is open");
    let is_open = Popup::is_id_open(ctx, popup);
    let was_open: bool = ctx.data(|data| data.get_temp(memory)).unwrap_or_default();
    if was_open != is_open {
        ctx.data_mut(|data| data.insert_temp(memory, is_open));
    }
    if !was_open || is_open {
        return;
    }
    let focused = ctx.memory(|memory| memory.focused());
    let is_in_popup = |id: Id| ctx.read_response(id).is_some_and(|response| response.layer_id.id == popup);
    if focused.is_none_or(is_in_popup) {
        opener.request_focus();
    }
}

/// In a menu, whose lines have no frames: the one that has the focus gets one.
pub fn ring_in_menu(ui: &mut Ui) {
    let accent = tokens(ui).accent;
    ui.visuals_mut().widgets.active.bg_stroke = Stroke::new(2.0, accent);
}

/// The ring around a widget that has the focus and no frame to show it.
pub fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, tokens(ui).accent);
        ui.painter().rect_stroke(response.rect, CornerRadius::same(4), stroke, StrokeKind::Outside);
    }
}
