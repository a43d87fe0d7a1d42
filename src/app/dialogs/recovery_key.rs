//! A new recovery key, shown once.

use egui::{RichText, TextStyle, Ui};

use super::{cancel, heading};
use crate::app::{
    command::Command,
    state::{RecoveryForm, Replaces, in_two_rows},
    widgets::{Enabled, Tone, Vocabulary, banner},
};
use crate::vault::RecoveryKey;

pub(super) fn show(ui: &mut Ui, form: &RecoveryForm, commands: &mut Vec<Command>) {
    match &form.key {
        None => before(ui, form, commands),
        Some(key) => made(ui, form, key, commands),
    }
}

fn before(ui: &mut Ui, form: &RecoveryForm, commands: &mut Vec<Command>) {
    heading(ui, "Make a recovery key");
    ui.hint(
        "It opens the vault on the day on which nobody knows the passphrase any more. It is shown once: print it or write \
         it down, and lock it away like cash. Whoever has it and the vault's file can read everything.",
    );
    if form.replaces == Replaces::Former {
        banner(ui, Tone::Warning, "The recovery key that exists opens nothing afterwards. Destroy its sheet.", |_| {});
    }
    if let Some(trouble) = &form.trouble {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal(|ui| {
        let enabled = if form.working { Enabled::No("The key is being made.") } else { Enabled::Yes };
        if ui.primary_button("Make the key", enabled).clicked() {
            commands.push(Command::MakeRecoveryKey);
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
    ui.hint(
        "It is not shown again. Capitals and small letters, blanks and dashes make no difference when it is typed.",
    );
    if let Some(path) = &form.sheet {
        let text = format!("The sheet is in {}. Print it, then delete that file: it is not encrypted.", path.display());
        banner(ui, Tone::Warning, &text, |_| {});
    }
    if let Some(trouble) = &form.trouble {
        banner(ui, Tone::Danger, trouble, |_| {});
    }
    ui.horizontal(|ui| {
        if ui.primary_button("Save a sheet to print…", Enabled::Yes).clicked() {
            commands.push(Command::SaveRecoverySheet);
        }
        if ui.secondary_button("Copy", Enabled::Yes).clicked() {
            commands.push(Command::CopyRecoveryKey);
        }
        if ui.secondary_button("It is in a safe place", Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
    });
}
