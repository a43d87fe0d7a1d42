//! What can be done with several selected profiles, in place of the form of one.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use egui::{Frame, Margin, Ui};

use super::{profile_form::back_to_list, title};
use crate::app::{
    draft::parse_expiry,
    state::{AppState, CheckAllCommand, Command, ExportCommand, OpenVault, ProfileCommand, Screen, SelectionCommand},
    theme::tokens,
    widgets::{Enabled, FieldNote, Vocabulary, at_most, card, date_field, labelled_row, text_field},
};
use crate::counted::counted;
use crate::profile::distinct_tags;
use crate::wording::first_few;
use crate::written_day;

/// How many names and tags are shown.
const SHOWN: usize = 12;

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    at_most(ui, 900.0, |ui| parts(ui, state, commands));
}

fn parts(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let (now, is_alone) = (state.now, state.can_go_back_to_list());
    let Screen::Open(vault) = &mut state.screen else { return };
    let count = counted(vault.selection.ids().len(), "profile");
    if is_alone {
        back_to_list(ui, commands);
    }
    title(ui, &format!("{count} selected"));
    card(ui, |ui| {
        names(ui, vault);
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if ui.primary_button(&format!("Test {count}"), Enabled::Yes).clicked() {
                commands.push(Command::CheckAll(CheckAllCommand::StartSelected));
            }
            if ui.secondary_button("Export…", Enabled::Yes).clicked() {
                commands.push(Command::Export(ExportCommand::AskSelected));
            }
            if ui.danger_button("Delete…").on_hover_text("Del").clicked() {
                let ids = vault.selection.ids().iter().copied().collect();
                commands.push(Command::Profiles(ProfileCommand::AskDelete(ids)));
            }
            if ui.quiet_button("Clear selection").on_hover_text("Esc").clicked() {
                commands.push(Command::Selection(SelectionCommand::Clear));
            }
        });
    });
    card(ui, |ui| {
        tags(ui, vault, commands);
        expiry(ui, vault, now, commands);
    });
}

/// In a window with room for the list alone: the way to what can be done with those that are selected.
pub(super) fn bar(ui: &mut Ui, state: &AppState, commands: &mut Vec<Command>) {
    let Some(vault) = state.open_vault().filter(|vault| vault.selection.is_of_several()) else { return };
    Frame::new().fill(tokens(ui).surface).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(format!("{} selected", counted(vault.selection.ids().len(), "profile")));
            if ui.primary_button("Test, tag, export, delete…", Enabled::Yes).clicked() {
                commands.push(Command::Selection(SelectionCommand::ShowActions));
            }
            if ui.quiet_button("Clear selection").on_hover_text("Esc").clicked() {
                commands.push(Command::Selection(SelectionCommand::Clear));
            }
        });
    });
}

fn names(ui: &mut Ui, vault: &OpenVault) {
    let names = vault.selection.of(&vault.profiles).map(|profile| profile.name.as_str());
    ui.hint(&first_few(names, SHOWN));
}

fn tags(ui: &mut Ui, vault: &mut OpenVault, commands: &mut Vec<Command>) {
    let there = {
        let tags = vault.selection.of(&vault.profiles).flat_map(|profile| profile.tags.iter().map(String::as_str));
        // Most are written alike; those that are left are few enough to be compared for every picture.
        let mut seen = HashSet::new();
        distinct_tags(tags.filter(|tag| seen.insert(*tag)))
    };
    let typed = &mut vault.selection.tags;
    let field = text_field(ui, "Add tags", typed, "production, Germany", &FieldNote::None);
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    labelled_row(ui, "", &FieldNote::None, |ui, _| {
        let enabled = if typed.trim().is_empty() { Enabled::No("Enter a tag first.") } else { Enabled::Yes };
        if ui.secondary_button("Add to all", enabled).clicked() || entered {
            commands.push(Command::Selection(SelectionCommand::AddTags(typed.clone())));
        }
    });
    if there.is_empty() {
        return;
    }
    labelled_row(ui, "Remove a tag", &FieldNote::None, |ui, _| {
        ui.horizontal_wrapped(|ui| {
            for tag in there.iter().take(SHOWN) {
                if ui.secondary_button(tag, Enabled::Yes).on_hover_text(format!("Remove the tag “{tag}”")).clicked()
                {
                    commands.push(Command::Selection(SelectionCommand::RemoveTag(tag.clone())));
                }
            }
        });
    });
}

fn expiry(ui: &mut Ui, vault: &mut OpenVault, now: DateTime<Utc>, commands: &mut Vec<Command>) {
    let text = &mut vault.selection.expires;
    let date = parse_expiry(text);
    let note = match &date {
        Some(Err(error)) => FieldNote::Refused(error.to_string()),
        Some(Ok(date)) => FieldNote::Good(written_day::long(*date)),
        None => FieldNote::None,
    };
    date_field(ui, "Secret expires", text, now.date_naive(), &note, |ui| {
        let enabled = if matches!(date, Some(Ok(_))) { Enabled::Yes } else { Enabled::No("Enter a date first.") };
        if ui.secondary_button("Set for all", enabled).clicked()
            && let Some(Ok(date)) = date
        {
            commands.push(Command::Selection(SelectionCommand::SetExpiry(date)));
        }
    });
}
