//! The keyboard shortcuts.

use egui::{Grid, RichText, ScrollArea, Ui};

use super::heading;
use crate::app::{
    actions::{ACTIONS, ELSEWHERE},
    state::{Command, Page},
    theme::tokens,
    widgets::{Enabled, Vocabulary},
};

pub(super) fn show(ui: &mut Ui, commands: &mut Vec<Command>) {
    heading(ui, "Keyboard shortcuts");
    ScrollArea::vertical().max_height(420.0).auto_shrink([false, true]).show(ui, |ui| {
        Grid::new("shortcuts").num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| {
            for action in &ACTIONS {
                if let Some(keys) = action.keys_in_words(ui.ctx()) {
                    line(ui, action.name, &keys);
                }
            }
            for (name, keys) in ELSEWHERE {
                line(ui, name, keys);
            }
        });
    });
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        if ui.primary_button("Close", Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
        if ui.secondary_button("Open the setup guide", Enabled::Yes).clicked() {
            commands.extend([Command::CloseDialog, Command::Show(Page::Profiles), Command::ToggleGuide]);
        }
    });
}

fn line(ui: &mut Ui, name: &str, keys: &str) {
    ui.label(name);
    ui.label(RichText::new(keys).color(tokens(ui).text_quiet));
    ui.end_row();
}
