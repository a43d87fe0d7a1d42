//! The keyboard shortcuts.

use egui::{Grid, Label, RichText, ScrollArea, Ui};

use super::{heading, list_height};
use crate::app::{
    actions::{ACTIONS, ELSEWHERE},
    state::{Command, Page},
    theme::tokens,
    widgets::{Enabled, Vocabulary},
};

pub(super) fn show(ui: &mut Ui, commands: &mut Vec<Command>) {
    heading(ui, "Keyboard shortcuts");
    let is_narrow = ui.available_width() < 480.0;
    let lines = |ui: &mut Ui, line: fn(&mut Ui, &str, &str)| {
        for action in &ACTIONS {
            if let Some(keys) = action.keys_in_words(ui.ctx()) {
                line(ui, action.name, &keys);
            }
        }
        for (name, keys) in ELSEWHERE {
            line(ui, name, keys);
        }
    };
    ScrollArea::vertical().max_height(list_height(ui, 420.0)).auto_shrink([false, true]).show(
        ui,
        |ui| match is_narrow {
            true => lines(ui, in_two_lines),
            false => {
                drop(Grid::new("shortcuts").num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| lines(ui, in_columns)))
            }
        },
    );
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

fn in_two_lines(ui: &mut Ui, name: &str, keys: &str) {
    ui.add(Label::new(name).wrap());
    ui.add(Label::new(RichText::new(keys).color(tokens(ui).text_quiet)).wrap());
    ui.add_space(4.0);
}

fn in_columns(ui: &mut Ui, name: &str, keys: &str) {
    ui.label(name);
    ui.label(RichText::new(keys).color(tokens(ui).text_quiet));
    ui.end_row();
}
