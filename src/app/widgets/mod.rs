//! The widgets that screens are made of, as an extension of [`egui::Ui`].
//!
//! In: what to say and whether it can be pressed. Out: an [`egui::Response`]. Every widget has a name that a
//! screen reader can say; where there is no text, the name is a required argument.

mod caps_lock;
mod choice;
mod context_menu;
mod date_field;
mod edit_menu;
mod ends;
mod first_focus;
mod focus;
mod fold;
mod guid_secret;
mod layout;
mod roles;
mod secret_field;
mod text_field;

use std::borrow::Cow;
use std::sync::Arc;

use egui::{
    Button, Color32, CursorIcon, Response, RichText, Role, Stroke, TextStyle, TextWrapMode, Ui, Vec2, Visuals,
    WidgetInfo, epaint::TextShape, pos2, vec2,
};

use super::theme::{CONTROL_HEIGHT, icons::Icon, tokens};
use crate::escape::{visible, visible_start};

pub use caps_lock::note_caps_lock;
pub use choice::{choice, choice_with_note, drop_down, entry};
pub use context_menu::{StaysOpen, context_menu, context_menu_that, menu_item, note_menu_key};
pub use date_field::{date_field, day_editor};
pub use edit_menu::{Content, equip, note_tab};
pub use ends::{bar_with_end, row_with_end, with_bar_below};
pub use first_focus::{offer_first_focus, take_first_focus, withdraw_first_focus};
pub use focus::{
    Lost, arriving, arriving_at_step, focus_ring, keep_focus, lost_focus, note_keyboard, return_focus, ring_in_menu,
    scroll_to_focus, scroll_with_page_keys, scrolled_menu, shown_in_window, was_in_field,
};
pub use fold::{AtFirst, fold};
pub use guid_secret::guid_secret_box;
pub use layout::{
    Tone, announced_banner, at_most, banner, card, centred_column, compact_banner, fact_row, own_scope, section,
};
pub use roles::{
    Urgency, announce, announce_steps, describe, heading, keep_silent, mark_cell, mark_dialog, mark_expanded,
    mark_group, mark_heading, mark_list, mark_menu_button, mark_place, mark_rows, mark_selected, mark_table,
    mark_table_row, mark_tree, mark_tree_item, name_part, name_window, read_as, tooltip_in_full,
};
pub use secret_field::{Masked, Shown, is_secret_field_focused, passphrase_field, secret_field};
pub use text_field::{FieldNote, labelled_row, note_line, text_area, text_field};

/// The least size of what can be pressed, in points.
pub const TARGET: Vec2 = Vec2::splat(24.0);

/// More of a text than any row has room for, in characters.
const SHOWN: usize = 400;

/// An icon beside a text that says the same.
pub fn icon_beside_text(ui: &mut Ui, icon: Icon, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(18.0), egui::Sense::hover());
    icon.paint(ui.painter(), rect.shrink(1.0), color);
}

/// Somebody's text as a row, a title or a notice shows it: on one line, nothing hidden in it, and not endless.
pub fn shown_line(text: &str) -> Cow<'_, str> {
    visible_start(text, SHOWN)
}

/// The buttons and marks of the app.
pub trait Vocabulary {
    /// The one action of a screen that matters most.
    fn primary_button(&mut self, text: &str, enabled: Enabled<'_>) -> Response;
    /// Any other action.
    fn secondary_button(&mut self, text: &str, enabled: Enabled<'_>) -> Response;
    /// An action without a frame, for bars and rows.
    fn quiet_button(&mut self, text: &str) -> Response;
    /// An action that takes something away.
    fn danger_button(&mut self, text: &str) -> Response;
    /// An icon that acts; `name` is what a screen reader says and what the tooltip shows.
    fn icon_button(&mut self, icon: Icon, name: &str) -> Response;
    /// The same for a pointer alone: the Tab key does not stop there. Whatever it does has a key of its own, which the tooltip
    /// shows.
    fn icon_button_beside(&mut self, icon: Icon, name: &str, key: &str) -> Response;
    /// An icon that shows a state; `name` is what a screen reader says.
    fn state_icon(&mut self, icon: Icon, color: egui::Color32, name: &str) -> Response;
    /// An action in a sentence or a banner, which looks like a link.
    fn link_button(&mut self, text: &str) -> Response;
    /// An action that is only its text, at least so large.
    fn bare_button(&mut self, text: RichText, min_size: Vec2) -> Response;
    /// A link that opens the browser.
    fn portal_link(&mut self, text: &str, url: &str) -> Response;
    /// A sentence that explains, in the quiet colour.
    fn hint(&mut self, text: &str) -> Response;
}

/// Whether a button can be pressed, and if not, why.
#[derive(Clone, Copy, Debug)]
pub enum Enabled<'a> {
    /// It can.
    Yes,
    /// It cannot; the reason is shown when the pointer rests on it.
    No(&'a str),
}

impl Vocabulary for Ui {
    fn primary_button(&mut self, text: &str, enabled: Enabled<'_>) -> Response {
        let colors = tokens(self);
        let (accent, hover, on_accent, text_color) =
            (colors.accent, colors.accent_hover, colors.on_accent, colors.text);
        let disabled = colors.disabled();
        let look = |visuals: &mut Visuals| {
            let widgets = &mut visuals.widgets;
            for (visual, fill) in
                [(&mut widgets.inactive, accent), (&mut widgets.hovered, hover), (&mut widgets.active, hover)]
            {
                visual.weak_bg_fill = fill;
                visual.fg_stroke.color = on_accent;
            }
            widgets.inactive.bg_stroke.color = accent;
            // On its own colour a ring in that colour would not be seen.
            widgets.active.bg_stroke.color = text_color;
            if let Enabled::No(_) = enabled {
                // Quiet and not faded: what cannot be pressed yet is still read.
                widgets.inactive.weak_bg_fill = disabled.0;
                widgets.inactive.fg_stroke.color = disabled.1;
                widgets.inactive.bg_stroke.color = disabled.2;
                visuals.disabled_alpha = 1.0;
            }
        };
        let button = with_look(self, look, |ui| button(ui, text, enabled));
        if button.enabled() {
            take_first_focus(&button);
        }
        focus_ring(self, &button);
        button
    }

    fn secondary_button(&mut self, text: &str, enabled: Enabled<'_>) -> Response {
        button(self, text, enabled)
    }

    fn quiet_button(&mut self, text: &str) -> Response {
        let look = |visuals: &mut Visuals| {
            visuals.widgets.inactive.bg_stroke = Stroke::NONE;
            visuals.widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
        };
        with_look(self, look, |ui| button(ui, text, Enabled::Yes))
    }

    fn danger_button(&mut self, text: &str) -> Response {
        let danger = tokens(self).danger;
        let look = |visuals: &mut Visuals| {
            let widgets = &mut visuals.widgets;
            for visual in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
                visual.fg_stroke.color = danger;
                visual.bg_stroke.color = danger;
            }
        };
        with_look(self, look, |ui| button(ui, text, Enabled::Yes))
    }

    fn icon_button(&mut self, icon: Icon, name: &str) -> Response {
        tooltip_in_full(icon_button(self, icon, name, egui::Sense::click()), name)
    }

    fn icon_button_beside(&mut self, icon: Icon, name: &str, key: &str) -> Response {
        let button = tooltip_in_full(icon_button(self, icon, name, egui::Sense::CLICK), &format!("{name} ({key})"));
        describe(&button, key);
        button
    }

    fn state_icon(&mut self, icon: Icon, color: egui::Color32, name: &str) -> Response {
        let (rect, response) = self.allocate_exact_size(Vec2::splat(18.0), egui::Sense::hover());
        icon.paint(self.painter(), rect.shrink(1.0), color);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        tooltip_in_full(response, name)
    }

    fn link_button(&mut self, text: &str) -> Response {
        let color = tokens(self).link;
        let text = shown_line(text);
        let font = TextStyle::Body.resolve(self.style());
        let galley = self.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_string(), font, color));
        // It stands in the line of the text around it, and reaches beyond that line where it is pressed.
        let (line, seen) = self.allocate_exact_size(galley.size().max(vec2(TARGET.x, 0.0)), egui::Sense::hover());
        let rect = egui::Rect::from_center_size(line.center(), line.size().max(TARGET));
        let response = self.interact(rect, seen.id.with("link"), egui::Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Link, self.is_enabled(), &*text));
        if self.is_rect_visible(rect) {
            let place = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
            let mut shape = TextShape::new(place, galley, color);
            if response.hovered() || response.has_focus() {
                shape = shape.with_underline(Stroke::new(1.0, color));
            }
            self.painter().add(shape);
            focus_ring(self, &response);
        }
        if response.hovered() {
            self.set_cursor_icon(CursorIcon::PointingHand);
        }
        response
    }

    fn bare_button(&mut self, text: RichText, min_size: Vec2) -> Response {
        let response = self.add(Button::new(text).frame(false).min_size(min_size.max(TARGET)));
        focus_ring(self, &response);
        response
    }

    fn portal_link(&mut self, text: &str, url: &str) -> Response {
        let link = tokens(self).link;
        self.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let response = ui.link_button(text);
            if response.clicked() {
                ui.ctx().open_url(egui::OpenUrl::new_tab(url));
            }
            context_menu(&response, |ui| {
                if menu_item(ui, "Copy link", true) {
                    ui.ctx().copy_text(url.to_owned());
                }
            });
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 14.0), egui::Sense::hover());
            Icon::External.paint(ui.painter(), rect, link);
            let response = tooltip_in_full(response, url);
            response.ctx.accesskit_node_builder(response.id, |node| node.set_url(url));
            response
        })
        .inner
    }

    fn hint(&mut self, text: &str) -> Response {
        let quiet = tokens(self).text_quiet;
        self.add(egui::Label::new(RichText::new(visible(text)).color(quiet)).wrap())
    }
}

/// Draws something in another look. Not in a scope of its own, which could not begin a new line where it does not fit in this
/// one.
fn with_look<R>(ui: &mut Ui, look: impl FnOnce(&mut Visuals), content: impl FnOnce(&mut Ui) -> R) -> R {
    let style = Arc::clone(ui.style());
    look(ui.visuals_mut());
    let result = content(ui);
    ui.set_style(style);
    result
}

fn icon_button(ui: &mut Ui, icon: Icon, name: &str, sense: egui::Sense) -> Response {
    let response = ui.add(Button::new("").min_size(Vec2::splat(CONTROL_HEIGHT)).sense(sense));
    icon.paint(
        ui.painter(),
        egui::Rect::from_center_size(response.rect.center(), Vec2::splat(16.0)),
        ui.style().interact(&response).text_color(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    response
}

/// A button stays in one piece, and goes to the next line where it does not fit in this one; only what is wider than any line
/// is wrapped.
fn wrap_mode(ui: &Ui, text: &str) -> TextWrapMode {
    if ui.wrap_mode() == TextWrapMode::Extend {
        return TextWrapMode::Extend;
    }
    let font = TextStyle::Button.resolve(ui.style());
    let width = ui.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x);
    let room = ui.max_rect().width() - 2.0 * ui.spacing().button_padding.x;
    if width > room { TextWrapMode::Wrap } else { TextWrapMode::Extend }
}

fn button(ui: &mut Ui, text: &str, enabled: Enabled<'_>) -> Response {
    let text = shown_line(text);
    let widget = Button::new(&*text).min_size(vec2(0.0, CONTROL_HEIGHT)).wrap_mode(wrap_mode(ui, &text));
    match enabled {
        Enabled::Yes => ui.add(widget),
        Enabled::No(reason) => {
            let button = ui.add_enabled(false, widget).on_disabled_hover_text(reason);
            describe(&button, reason);
            button
        }
    }
}
