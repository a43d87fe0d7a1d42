//! The ground of every row of the list.

use egui::{Color32, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui};

use crate::app::theme::tokens;

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    Plain,
    Chosen,
    Heading,
}

/// Paints the ground of a row.
pub(super) fn paint_ground(ui: &Ui, response: &Response, rect: Rect, ground: Ground) {
    let colors = tokens(ui);
    let fill = match ground {
        Ground::Plain if response.hovered() => colors.hover,
        Ground::Plain => Color32::TRANSPARENT,
        Ground::Chosen => colors.selection,
        Ground::Heading => colors.surface,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if ground == Ground::Chosen {
        // Its ground alone is too near to that of the others for some eyes, and in a contrast theme may be the same.
        let bar = rect.with_max_x(rect.left() + 3.0);
        ui.painter().rect_filled(bar, CornerRadius { nw: 6, sw: 6, ne: 0, se: 0 }, colors.accent);
    }
    if response.has_focus() {
        // On a chosen row the accent may be the ground's own colour.
        let color = if ground == Ground::Chosen { colors.text } else { colors.accent };
        ui.painter().rect_stroke(rect, CornerRadius::same(6), Stroke::new(2.0, color), StrokeKind::Inside);
    }
}
