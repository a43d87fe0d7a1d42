//! Who changed what, newest first. It names fields and never values.

use egui::{RichText, ScrollArea, TextStyle, Ui, vec2};

use crate::app::{
    dates::LocalTime,
    state::{Command, OpenVault, Page, VaultTab},
    theme::tokens,
    widgets::{Vocabulary, card, mark_cell, mark_table, mark_table_row, shown_line},
};

use crate::vault::HistoryEntry;

const ROW_HEIGHT: f32 = 24.0;
const TIME_WIDTH: f32 = 152.0;
const WHO_WIDTH: f32 = 190.0;

pub(super) fn show(ui: &mut Ui, vault: &OpenVault, local: LocalTime, commands: &mut Vec<Command>) {
    ui.hint(
        "Who changed what, newest first. The history is stored in the vault. It records which fields changed, never \
         their values, and keeps the latest 2,000 changes.",
    );
    let is_of = |entry: &&HistoryEntry, id| entry.profile.as_ref().is_some_and(|(of, _)| *of == id);
    let newest_first = vault.history.iter().rev();
    let entries: Vec<&HistoryEntry> =
        newest_first.filter(|entry| vault.history_of.is_none_or(|id| is_of(entry, id))).collect();
    if let Some(id) = vault.history_of {
        ui.horizontal_wrapped(|ui| {
            // The name in the history is the one that a deleted profile had last.
            let last_name = || entries.iter().find_map(|entry| Some(entry.profile.as_ref()?.1.as_str()));
            ui.label(match (vault.profile(id), last_name()) {
                (Some(profile), _) => format!("Showing only changes to “{}”.", shown_line(&profile.name)),
                (None, Some(name)) => format!("Showing only changes to “{}”, which was deleted.", shown_line(name)),
                (None, None) => "Showing only changes to a deleted profile.".to_owned(),
            });
            if ui.link_button("Show all").clicked() {
                commands.push(Command::Show(Page::Vault(VaultTab::History)));
            }
        });
    }
    card(ui, |ui| {
        if entries.is_empty() {
            return drop(ui.hint("Nothing has been recorded yet."));
        }
        let is_narrow = ui.available_width() < TIME_WIDTH + WHO_WIDTH + 300.0;
        let row_height = if is_narrow { 2.0 * ROW_HEIGHT } else { ROW_HEIGHT };
        let height = (ui.ctx().content_rect().height() - 300.0).max(200.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let colors = tokens(ui);
        ScrollArea::vertical().id_salt("history").max_height(height).auto_shrink([false, true]).show_rows(
            ui,
            row_height,
            entries.len(),
            |ui, rows| {
                mark_table(ui, "History", entries.len());
                for place in rows {
                    let entry = entries[place];
                    let what = |ui: &mut Ui| cell(ui, ui.available_width(), &entry.describe(), colors.text);
                    ui.horizontal(|ui| {
                        mark_table_row(ui, place);
                        ui.set_height(ROW_HEIGHT);
                        ui.spacing_mut().item_spacing.x = 0.0;
                        cell(ui, TIME_WIDTH, &local.describe(entry.at), colors.text_quiet);
                        let who = if is_narrow { ui.available_width() } else { WHO_WIDTH };
                        cell(ui, who, &entry.who.describe(), colors.text_quiet);
                        if !is_narrow {
                            what(ui);
                        }
                    });
                    if is_narrow {
                        what(ui);
                    }
                }
            },
        );
    });
}

fn cell(ui: &mut Ui, width: f32, text: &str, color: egui::Color32) {
    ui.allocate_ui_with_layout(vec2(width, ROW_HEIGHT), egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_width(width);
        let text = RichText::new(shown_line(text)).color(color).text_style(TextStyle::Body);
        mark_cell(&ui.add(egui::Label::new(text).truncate()));
    });
}
