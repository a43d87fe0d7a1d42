//! The menu of a row or a field: by the right mouse button at the pointer, by the Menu key or Shift+F10 at the widget.

use egui::{Button, Context, Id, Key, Modifiers, Popup, PopupCloseBehavior, Response, Ui, vec2};

use super::first_focus::{is_first_focus_offered, offer_first_focus, take_first_focus, withdraw_first_focus};
use super::focus::{return_focus, ring_in_menu, scrolled_menu};

fn memory() -> Id {
    Id::unique("frame in which the Menu key was pressed")
}

/// Takes the Menu key and Shift+F10 out of what was pressed. Once a frame, before anything is drawn.
pub fn note_menu_key(ctx: &Context) {
    let pressed = ctx.input_mut(|input| {
        input.consume_key(Modifiers::NONE, Key::Menu) || input.consume_key(Modifiers::SHIFT, Key::F10)
    });
    if pressed {
        let frame = ctx.cumulative_frame_nr();
        ctx.data_mut(|data| data.insert_temp(memory(), frame));
    }
}

fn is_menu_key_pressed(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp::<u64>(memory())) == Some(ctx.cumulative_frame_nr())
}

/// A menu that a key has opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByKey {
    /// Its first line is to take the focus once it is drawn.
    TakesFocus,
    /// That is done.
    HasFocus,
}

/// Whether a context menu stays open while things are chosen in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaysOpen {
    /// It closes with the first choice.
    No,
    /// It does, so that several things can be tried.
    Yes,
}

/// The context menu of a widget, while it is open.
pub fn context_menu(of: &Response, content: impl FnOnce(&mut Ui)) {
    context_menu_that(StaysOpen::No, of, content);
}

/// The same for a menu that may stay open.
pub fn context_menu_that(stays: StaysOpen, of: &Response, content: impl FnOnce(&mut Ui)) {
    let ctx = &of.ctx;
    let popup = Popup::default_response_id(of);
    let by_key = popup.with("opened by a key");
    if of.has_focus() && is_menu_key_pressed(ctx) {
        ctx.data_mut(|data| data.insert_temp(by_key, ByKey::TakesFocus));
        Popup::open_id(ctx, popup);
    } else if of.secondary_clicked() {
        ctx.data_mut(|data| data.remove::<ByKey>(by_key));
    }
    let opened_by_key: Option<ByKey> = ctx.data(|data| data.get_temp(by_key));
    let mut menu = Popup::context_menu(of);
    if opened_by_key.is_some() {
        menu = menu.at_position(of.rect.left_bottom() + vec2(16.0, -4.0));
    }
    if stays == StaysOpen::Yes {
        menu = menu.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    }
    if opened_by_key == Some(ByKey::TakesFocus) {
        offer_first_focus(ctx);
    }
    menu.show(|ui| {
        ring_in_menu(ui);
        scrolled_menu(ui, content);
    });
    if opened_by_key == Some(ByKey::TakesFocus) {
        if !is_first_focus_offered(ctx) {
            ctx.data_mut(|data| data.insert_temp(by_key, ByKey::HasFocus));
        }
        withdraw_first_focus(ctx);
    }
    if opened_by_key.is_some() && !Popup::is_id_open(ctx, popup) {
        ctx.data_mut(|data| data.remove::<ByKey>(by_key));
    }
    return_focus(of, popup);
}

/// A line of a menu; whether it was chosen.
pub fn menu_item(ui: &mut Ui, text: &str, enabled: bool) -> bool {
    let item = ui.add_enabled(enabled, Button::new(text).min_size(vec2(120.0, 28.0)));
    if enabled && !ui.is_sizing_pass() {
        take_first_focus(&item);
    }
    if item.clicked() {
        ui.close();
    }
    item.clicked()
}
