//! A list of choices in a row of a form.

use egui::{ComboBox, FocusDirection, Key, Popup, Response, Ui};

use super::first_focus::take_first_focus;
use super::{FieldNote, focus::return_focus, focus::ring_in_menu, labelled_row, shown_line};

/// A list of choices in a row; a value that is none of them is shown as it is.
pub fn choice<T: PartialEq + Clone + std::fmt::Debug>(ui: &mut Ui, label: &str, value: &mut T, choices: &[(T, &str)]) {
    choice_with_note(ui, label, value, choices, |_| FieldNote::None);
}

/// As [`choice`], with a line under it about what is chosen.
pub fn choice_with_note<T: PartialEq + Clone + std::fmt::Debug>(
    ui: &mut Ui,
    label: &str,
    value: &mut T,
    choices: &[(T, &str)],
    note: impl FnOnce(&T) -> FieldNote,
) {
    let current = choices.iter().find(|(choice, _)| choice == value);
    let shown = current.map_or_else(|| format!("{value:?}"), |(_, text)| (*text).to_owned());
    let note = note(value);
    labelled_row(ui, label, &note, |ui, label_id| {
        let list =
            ComboBox::from_id_salt(label).selected_text(shown).width(ui.available_width().min(320.0)).height(400.0);
        drop_down(ui, list, |ui| {
            for (choice, text) in choices {
                if entry(ui, choice == value, text) {
                    *value = choice.clone();
                }
            }
        })
        .labelled_by(label_id);
    });
}

/// A combo box that keeps the focus when it closes; its `entries` are [`entry`]s.
pub fn drop_down(ui: &mut Ui, list: ComboBox, entries: impl FnOnce(&mut Ui)) -> Response {
    let shown = list.show_ui(ui, |ui| {
        ring_in_menu(ui);
        entries(ui);
    });
    let shown = shown.response;
    take_first_focus(&shown);
    return_focus(&shown, Popup::default_response_id(&shown));
    shown
}

/// An entry of a [`drop_down`]; whether it was chosen. The Up and Down keys come in at the one that is chosen already.
pub fn entry(ui: &mut Ui, is_chosen: bool, text: &str) -> bool {
    let response = ui.selectable_label(is_chosen, shown_line(text));
    let is_outside = || {
        let focused = ui.memory(|memory| memory.focused());
        focused
            .and_then(|id| ui.ctx().read_response(id))
            .is_some_and(|it| Popup::default_response_id(&it) == ui.layer_id().id)
    };
    let is_pressed = || ui.input(|input| input.key_pressed(Key::ArrowDown) || input.key_pressed(Key::ArrowUp));
    if is_chosen && is_pressed() && is_outside() {
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
        response.request_focus();
        response.scroll_to_me(None);
    }
    if response.clicked() {
        ui.close();
    }
    response.clicked()
}
