//! The keys that walk through rows, the same in every list.

use egui::{EventFilter, Key, Response, Ui};

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
