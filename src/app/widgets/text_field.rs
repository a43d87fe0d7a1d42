//! A labelled field with a line below it that says what is right or wrong.

use egui::{FontSelection, Id, Margin, Response, RichText, TextEdit, TextStyle, Ui, UiBuilder, vec2};

use super::edit_menu::{self, Content};
use super::first_focus::take_first_focus;
use super::roles::{Urgency, announce};
use crate::app::theme::{CONTROL_HEIGHT, icons::Icon, tokens};
use crate::escape::visible;

/// The width of the labels in front of fields, in points.
const LABEL_WIDTH: f32 = 128.0;

/// What is said below a field.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum FieldNote {
    /// Nothing.
    #[default]
    None,
    /// How the field was understood.
    Good(String),
    /// It is taken, but should be looked at.
    Advice(String),
    /// It is refused; the text says what to do.
    Refused(String),
}

impl FieldNote {
    /// Whether the field holds something that cannot be used.
    pub fn is_refused(&self) -> bool {
        matches!(self, FieldNote::Refused(_))
    }

    /// The note's text, when there is any.
    pub fn text(&self) -> Option<&str> {
        match self {
            FieldNote::None => None,
            FieldNote::Good(text) | FieldNote::Advice(text) | FieldNote::Refused(text) => Some(text),
        }
    }
}

/// Where a row is narrower, its label stands above the field, in points.
const LABEL_ABOVE: f32 = 480.0;

/// A label in front, and beside it whatever `content` adds, with `note` below. Where there is little room, or the text is
/// large, the label stands above.
///
/// `content` gets the label's id, to name its field with `labelled_by`.
pub fn labelled_row<R>(ui: &mut Ui, label: &str, note: &FieldNote, content: impl FnOnce(&mut Ui, Id) -> R) -> R {
    // Its widgets are the same ones in both places. Rows without a label have only buttons.
    let scope = match label {
        "" => UiBuilder::new(),
        label => UiBuilder::new().scope_id(ui.scope_id().with(("row", label))),
    };
    let content = |ui: &mut Ui, id: Id| ui.scope_builder(scope, |ui| content(ui, id)).inner;
    if ui.available_width() < LABEL_ABOVE {
        return labelled_above(ui, label, note, content);
    }
    ui.horizontal_top(|ui| {
        let label = ui
            .allocate_ui_with_layout(
                vec2(LABEL_WIDTH, CONTROL_HEIGHT),
                egui::Layout::left_to_right(egui::Align::Center),
                |ui| {
                    ui.set_min_size(vec2(LABEL_WIDTH, CONTROL_HEIGHT));
                    label_id(ui, label)
                },
            )
            .inner;
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            let result = content(ui, label);
            note_line(ui, note);
            result
        })
        .inner
    })
    .inner
}

fn labelled_above<R>(ui: &mut Ui, label: &str, note: &FieldNote, content: impl FnOnce(&mut Ui, Id) -> R) -> R {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        let label = label_id(ui, label);
        let result = content(ui, label);
        note_line(ui, note);
        result
    })
    .inner
}

/// Draws a label, if there is one.
fn label_id(ui: &mut Ui, label: &str) -> Id {
    match label {
        "" => ui.unique_id(),
        label => ui.add(egui::Label::new(label).wrap()).id,
    }
}

/// The line below a field. Takes no room when there is nothing to say.
pub fn note_line(ui: &mut Ui, note: &FieldNote) {
    let colors = tokens(ui);
    let (icon, color) = match note {
        FieldNote::None => return,
        FieldNote::Good(_) => (Icon::Check, colors.success),
        FieldNote::Advice(_) => (Icon::Warning, colors.warning),
        FieldNote::Refused(_) => (Icon::Cross, colors.danger),
    };
    let Some(text) = note.text() else { return };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let (rect, _) = ui.allocate_exact_size(vec2(13.0, 16.0), egui::Sense::hover());
        icon.paint(ui.painter(), rect, color);
        let said = ui.add(egui::Label::new(RichText::new(visible(text)).small().color(color)).wrap().selectable(true));
        if note.is_refused() {
            // It may come after Enter, while the keyboard stays where it is: a wrong passphrase.
            announce(&said, Urgency::Polite);
        }
    });
}

/// A one-line field with its label and note.
pub fn text_field(ui: &mut Ui, label: &str, text: &mut String, example: &str, note: &FieldNote) -> Response {
    labelled_row(ui, label, note, |ui, label_id| {
        let width = ui.available_width();
        let response = ui.add(single_line(ui, label, text, width).hint_text(hint(ui, example)));
        outline_refused(ui, &response, note);
        describe_field(&response, note);
        take_first_focus(&response);
        edit_menu::equip(ui, &response, text.chars().count(), Content::Plain);
        response.labelled_by(label_id)
    })
}

/// A field of several lines with its label.
pub fn text_area(ui: &mut Ui, label: &str, text: &mut String, rows: usize) -> Response {
    labelled_row(ui, label, &FieldNote::None, |ui, label_id| {
        let field =
            TextEdit::multiline(text).desired_rows(rows).desired_width(f32::INFINITY).margin(Margin::symmetric(8, 6));
        let response = ui.add(field.id_salt(("field", label)));
        take_first_focus(&response);
        edit_menu::equip(ui, &response, text.chars().count(), Content::Plain);
        response.labelled_by(label_id)
    })
}

/// A one-line editor of the app's height. `label` names it among those around it: notes and buttons that come between them do
/// not make it another one.
pub(super) fn single_line<'t>(ui: &Ui, label: &str, text: &'t mut dyn egui::TextBuffer, width: f32) -> TextEdit<'t> {
    let row = ui.text_style_height(&TextStyle::Body);
    let vertical = ((CONTROL_HEIGHT - row) / 2.0).max(0.0) as i8;
    TextEdit::singleline(text)
        .id_salt(("field", label))
        .font(FontSelection::Style(TextStyle::Body))
        .margin(Margin::symmetric(8, vertical))
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(width)
        .min_size(vec2(0.0, CONTROL_HEIGHT))
}

/// An example in the quiet colour.
pub(super) fn hint(ui: &Ui, example: &str) -> RichText {
    RichText::new(example).color(tokens(ui).text_quiet)
}

/// A refused field has a red border: the place to look at.
pub(super) fn outline_refused(ui: &Ui, response: &Response, note: &FieldNote) {
    if note.is_refused() {
        let stroke = egui::Stroke::new(1.5, tokens(ui).danger);
        ui.painter().rect_stroke(response.rect, egui::CornerRadius::same(5), stroke, egui::StrokeKind::Inside);
    }
}

/// Ties what is said below a field to the field.
pub(super) fn describe_field(field: &Response, note: &FieldNote) {
    let Some(text) = note.text() else { return };
    field.ctx.accesskit_node_builder(field.id, |node| {
        node.set_description(text);
        if note.is_refused() {
            node.set_invalid(egui::accesskit::Invalid::True);
        }
    });
}
