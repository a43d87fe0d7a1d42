//! What every row of the list has in common: it is pressed, it can have the focus, and it has a ground.

use egui::accesskit::Action;
use egui::{Color32, CornerRadius, Id, Rect, Response, Sense, Stroke, StrokeKind, Ui};

use crate::app::theme::tokens;

/// Makes a place for a row. Only the one at which the Tab key stops, and the one that has the focus, take it.
pub(super) fn place_row(ui: &Ui, rect: Rect, id: Id, is_tab_stop: bool) -> Response {
    // A screen reader may give any row the focus.
    if ui.input(|input| input.has_accesskit_action_request(id, Action::Focus)) {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let can_have_focus = is_tab_stop || ui.memory(|memory| memory.has_focus(id));
    let response = ui.interact(rect, id, if can_have_focus { Sense::click() } else { Sense::CLICK });
    ui.ctx().accesskit_node_builder(id, |node| node.add_action(Action::Focus));
    response
}

/// Paints the ground of a row: `fill`, where the pointer is not on it.
pub(super) fn paint_ground(ui: &Ui, response: &Response, rect: Rect, fill: Color32) {
    let colors = tokens(ui);
    let fill = if response.hovered() && fill == Color32::TRANSPARENT { colors.hover } else { fill };
    ui.painter().rect_filled(rect, CornerRadius::same(6), fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, CornerRadius::same(6), Stroke::new(2.0, colors.accent), StrokeKind::Inside);
    }
}
