//! The ground of every row of the list.

use egui::{Color32, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui};

use crate::app::theme::tokens;

/// Paints the ground of a row: `fill`, where the pointer is not on it.
pub(super) fn paint_ground(ui: &Ui, response: &Response, rect: Rect, fill: Color32) {
    let colors = tokens(ui);
    let fill = if response.hovered() && fill == Color32::TRANSPARENT { colors.hover } else { fill };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, CornerRadius::same(6), Stroke::new(2.0, colors.accent), StrokeKind::Inside);
    }
}
