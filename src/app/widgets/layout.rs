//! How parts of a screen are put together: cards, sections, banners.

use egui::{AsIdSalt, Color32, CornerRadius, Frame, Id, Margin, Response, RichText, Stroke, Ui, UiBuilder, vec2};

use super::roles::{self, Urgency, announce};
use super::shown_line;
use crate::app::theme::{icons::Icon, section_heading, tokens};
use crate::escape::visible;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Success,
    /// Look at this soon.
    Warning,
    /// Something is wrong.
    Danger,
    /// Nothing to worry about.
    Info,
}

impl Tone {
    /// The tone's text colour and ground.
    pub fn colors(self, ui: &Ui) -> (Color32, Color32) {
        let colors = tokens(ui);
        match self {
            Tone::Success => (colors.success, colors.success_ground),
            Tone::Warning => (colors.warning, colors.warning_ground),
            Tone::Danger => (colors.danger, colors.danger_ground),
            Tone::Info => (colors.text_quiet, colors.surface),
        }
    }

    fn icon(self) -> Icon {
        match self {
            Tone::Success => Icon::Check,
            Tone::Warning => Icon::Warning,
            Tone::Danger => Icon::Cross,
            Tone::Info => Icon::Info,
        }
    }
}

/// A part of the window whose widgets are the same ones whatever comes or goes around it. egui counts what is drawn before a
/// widget to name it, so that a message that appears would otherwise take the keyboard away from a field.
pub fn own_scope<R>(ui: &mut Ui, name: impl AsIdSalt, content: impl FnOnce(&mut Ui) -> R) -> R {
    let id = Id::unique("part of the window").with(name);
    ui.scope_builder(UiBuilder::new().scope_id(id), content).inner
}

/// A raised ground for things that belong together.
pub fn card<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let colors = tokens(ui);
    Frame::new()
        .fill(colors.surface)
        .stroke(Stroke::new(1.0, colors.divider))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(16, 14))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui)
        })
        .inner
}

/// A card with a heading.
pub fn section<R>(ui: &mut Ui, heading: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    card(ui, |ui| {
        roles::heading(ui, RichText::new(shown_line(heading)).text_style(section_heading()), 2);
        ui.add_space(4.0);
        content(ui)
    })
}

/// A message across the width, with an icon and room for buttons after the text.
pub fn banner(ui: &mut Ui, tone: Tone, text: &str, buttons: impl FnOnce(&mut Ui)) {
    wrapped(ui, tone, text, |_| {}, buttons);
}

/// The same for news, which a screen reader says wherever the keyboard is.
pub fn announced_banner(ui: &mut Ui, tone: Tone, text: &str, buttons: impl FnOnce(&mut Ui)) {
    let urgency = if tone == Tone::Danger { Urgency::Assertive } else { Urgency::Polite };
    wrapped(ui, tone, text, |said| announce(said, urgency), buttons);
}

fn wrapped(ui: &mut Ui, tone: Tone, text: &str, said: impl FnOnce(&Response), buttons: impl FnOnce(&mut Ui)) {
    ground(ui, tone).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            said(&message(ui, tone, text));
            // A link that does not fit begins a line of its own: it is not broken in two.
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
            buttons(ui);
        });
    });
}

/// The same on one line and no wider than what is in it, for several beside each other.
pub fn compact_banner(ui: &mut Ui, tone: Tone, text: &str, buttons: impl FnOnce(&mut Ui)) {
    ground(ui, tone).show(ui, |ui| {
        ui.horizontal(|ui| {
            message(ui, tone, text);
            buttons(ui);
        });
    });
}

fn ground(ui: &Ui, tone: Tone) -> Frame {
    Frame::new().fill(tone.colors(ui).1).corner_radius(CornerRadius::same(6)).inner_margin(Margin::symmetric(12, 5))
}

fn message(ui: &mut Ui, tone: Tone, text: &str) -> Response {
    let color = tone.colors(ui).0;
    let (rect, _) = ui.allocate_exact_size(vec2(18.0, 20.0), egui::Sense::hover());
    tone.icon().paint(ui.painter(), rect.shrink2(vec2(1.0, 2.0)), color);
    ui.add(egui::Label::new(RichText::new(visible(text)).color(color)).wrap().selectable(true))
}

/// What is at most `width` points wide, so that its lines can be read in a wide window. In a narrower one it is as wide as that:
/// egui's own `set_max_width` would make it wider.
pub fn at_most<R>(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui) -> R) -> R {
    let width = ui.available_width().min(width);
    ui.vertical(|ui| {
        ui.set_max_width(width);
        content(ui)
    })
    .inner
}

/// A column of at most `width` points in the middle of the screen.
pub fn centred_column<R>(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui) -> R) -> R {
    // No margins where the room is needed.
    let width = if ui.available_width() < width + 32.0 { ui.available_width() } else { width };
    let margin = (ui.available_width() - width) / 2.0;
    ui.horizontal_top(|ui| {
        ui.add_space((margin - ui.spacing().item_spacing.x).max(0.0));
        ui.vertical(|ui| {
            ui.set_width(width);
            content(ui)
        })
        .inner
    })
    .inner
}

/// A name and its value in one row, the values aligned.
pub fn fact_row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let quiet = tokens(ui).text_quiet;
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(110.0, 20.0), egui::Layout::left_to_right(egui::Align::TOP), |ui| {
            ui.set_min_width(110.0);
            ui.label(RichText::new(name).color(quiet));
        });
        ui.vertical(content);
    });
}
