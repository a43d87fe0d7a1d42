//! The keyboard shortcuts.

use egui::{Label, RichText, Ui, vec2};

use super::{heading, long_part};
use crate::app::{
    actions::{ACTIONS, ELSEWHERE},
    state::{Command, Page},
    theme::tokens,
    widgets::{Enabled, Vocabulary, keep_silent, read_as},
};

pub(super) fn show(ui: &mut Ui, commands: &mut Vec<Command>) {
    heading(ui, "Keyboard shortcuts");
    long_part(ui, 420.0, |ui| {
        for action in &ACTIONS {
            if let Some(keys) = action.keys_in_words(ui.ctx()) {
                line(ui, action.name, &keys);
            }
        }
        for (name, keys) in ELSEWHERE {
            line(ui, name, keys);
        }
    });
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        if ui.primary_button("Close", Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
        if ui.secondary_button("Open the setup guide", Enabled::Yes).clicked() {
            commands.extend([Command::CloseDialog, Command::Show(Page::Profiles), Command::ToggleGuide]);
        }
    });
}

fn line(ui: &mut Ui, name: &str, keys: &str) {
    let width = ui.available_width() * 0.55;
    ui.horizontal_top(|ui| {
        ui.allocate_ui(vec2(width, 18.0), |ui| {
            ui.set_width(width);
            read_as(&ui.add(Label::new(name).wrap()), format!("{name}: {keys}"));
        });
        keep_silent(&ui.add(Label::new(RichText::new(keys).color(tokens(ui).text_quiet)).wrap()));
    });
}
