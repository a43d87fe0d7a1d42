//! How rows take the keyboard and are walked through by it, the same in every list.

use egui::accesskit::Action;
use egui::{EventFilter, Id, Key, Rect, Response, Sense, Ui};

/// How many rows further down the pressed key goes from the row that has the focus; `page` is how many Page Up and Page Down
/// go. Home and End go as far as there are numbers.
pub(super) fn steps_pressed(ui: &Ui, row: &Response, page: isize) -> Option<isize> {
    let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(row.id, arrows));
    let keys = [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, page),
        (Key::PageUp, -page),
        (Key::End, isize::MAX),
        (Key::Home, -isize::MAX),
    ];
    ui.input(|input| keys.iter().find(|(key, _)| input.key_pressed(*key)).map(|(_, steps)| *steps))
}

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
