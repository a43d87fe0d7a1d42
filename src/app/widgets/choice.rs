//! A list of choices in a row of a form.

use egui::{ComboBox, Ui};

use super::{FieldNote, labelled_row};

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
        let combo = ComboBox::from_id_salt(label).selected_text(shown).width(320.0).height(400.0).show_ui(ui, |ui| {
            for (choice, text) in choices {
                ui.selectable_value(value, choice.clone(), *text);
            }
        });
        combo.response.labelled_by(label_id);
    });
}
