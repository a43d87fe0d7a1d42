//! A new recovery key, shown once.

use egui::{RichText, TextStyle, Ui};

use super::{cancel, heading, other_slots};
use crate::app::{
    dates::LocalTime,
    state::{Command, RecoveryForm, VaultPageCommand, in_two_rows},
    widgets::{Enabled, Tone, Vocabulary, banner},
};
use crate::vault::RecoveryKey;

pub(super) fn show(ui: &mut Ui, form: &RecoveryForm, local: LocalTime, commands: &mut Vec<Command>) {
    match &form.key {
        None => before(ui, form, local, commands),
        Some(key) => made(ui, form, key, commands),
    }
}

fn before(ui: &mut Ui, form: &RecoveryForm, local: LocalTime, commands: &mut Vec<Command>) {
    heading(ui, "Create a recovery key");
    ui.hint(
        "It unlocks the vault if the passphrase is forgotten. It is shown only once: print it or write it down, and \
         store it like cash. Anyone who has it and the vault file can read everything.",
    );
    if form.replaces_former() {
        banner(ui, Tone::Warning, "The existing recovery key will stop working. Destroy its sheet.", |_| {});
        other_slots::show(ui, "the recovery key that you replace", &form.others, local, commands);
    }
    if let Some(trouble) = form.attempt.trouble() {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal_wrapped(|ui| {
        let enabled = if form.attempt.is_under_way() { Enabled::No("Creating the key…") } else { Enabled::Yes };
        if ui.primary_button("Create key", enabled).clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::CreateRecoveryKey));
        }
        cancel(ui, commands);
    });
}

fn made(ui: &mut Ui, form: &RecoveryForm, key: &RecoveryKey, commands: &mut Vec<Command>) {
    heading(ui, "This is the recovery key");
    egui::Frame::new().inner_margin(12).show(ui, |ui| {
        ui.vertical_centered(|ui| {
            for row in in_two_rows(key) {
                let text = RichText::new(row.expose()).text_style(TextStyle::Monospace).size(20.0);
                ui.add(egui::Label::new(text).selectable(false));
            }
        });
    });
    ui.hint("It will not be shown again. Upper and lower case, spaces and dashes are ignored when you type it.");
    if let Some(path) = &form.sheet {
        let text =
            format!("The sheet was saved to {}. Print it, then delete the file: it is not encrypted.", path.display());
        banner(ui, Tone::Warning, &text, |_| {});
    }
    if let Some(trouble) = form.attempt.trouble() {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal_wrapped(|ui| {
        if ui.primary_button("Save a sheet to print…", Enabled::Yes).clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::SaveRecoverySheet));
        }
        if ui.secondary_button("Copy", Enabled::Yes).clicked() {
            commands.push(Command::VaultPage(VaultPageCommand::CopyRecoveryKey));
        }
        if ui.secondary_button("I have stored it safely", Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
    });
}
