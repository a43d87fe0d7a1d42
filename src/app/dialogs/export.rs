//! Profiles into a file for another program: which, and whether with client secrets.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    state::{Command, ExportCommand, ExportForm, repeat_note},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, choice, note_line, secret_field},
};
use crate::counted::counted;
use crate::exchange::{
    export::{Secrets, Target},
    export_file,
};

pub(super) fn show(ui: &mut Ui, form: &mut ExportForm, commands: &mut Vec<Command>) {
    let count = counted(form.profiles.len(), "profile");
    heading(ui, &format!("Export {count}"));
    let targets = Target::ALL.map(|target| (target, target.label()));
    choice(ui, "Format", &mut form.target, &targets);
    ui.hint(form.target.purpose());
    secrets(ui, form);
    if form.target.is_encrypted() {
        let note = form.rating.note(&form.password);
        secret_field(ui, "File password", &mut form.password, &mut form.shown, "", &note);
        let note = repeat_note(&form.password, &form.repeat);
        secret_field(ui, "Confirm password", &mut form.repeat, &mut form.shown, "", &note);
        ui.hint("Send the password to the recipient separately from the file.");
    }
    if let Some(text) = form.attempt.trouble() {
        banner(ui, Tone::Danger, text, |_| {});
    }
    ui.horizontal_wrapped(|ui| {
        let enabled = form.obstacle().map_or(Enabled::Yes, Enabled::No);
        let text = if form.attempt.is_under_way() { "Exporting…".to_owned() } else { format!("Export {count}…") };
        if ui.primary_button(&text, enabled).clicked() {
            commands.push(Command::Export(ExportCommand::Start));
        }
        cancel(ui, commands);
    });
}

fn secrets(ui: &mut Ui, form: &mut ExportForm) {
    if !form.target.can_hold_secrets() {
        return;
    }
    let mut included = form.secrets == Secrets::Included;
    let text = format!("Include {}", counted(form.with_secret, "client secret"));
    if ui.checkbox(&mut included, text).changed() {
        form.secrets = if included { Secrets::Included } else { Secrets::LeftOut };
    }
    let count = if included { form.with_secret } else { 0 };
    if let Some(text) = export_file::exposure(form.target, count) {
        note_line(ui, &FieldNote::Advice(text));
    }
}
