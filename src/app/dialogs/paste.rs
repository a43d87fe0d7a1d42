//! A pasted connection string, and what Microsoft's client would make of it.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    state::PasteForm,
    widgets::{Enabled, FieldNote, Vocabulary, fact_row, note_line, secret_field, shown_line},
};
use crate::connection_string::ConnectionString;

pub(super) fn show(ui: &mut Ui, form: &mut PasteForm, commands: &mut Vec<Command>) {
    heading(ui, "Paste a connection string");
    ui.hint(
        "Any spelling that Microsoft's client reads, for example AuthType=ClientSecret;Url=…;ClientId=…;ClientSecret=…",
    );
    let read = form.read();
    let note = match &read {
        Err(text) if !form.text.is_empty() => FieldNote::Refused(text.clone()),
        _ => FieldNote::None,
    };
    let field = secret_field(ui, "String", &mut form.text, &mut form.shown, "Ctrl+V", &note);
    if ui.memory(|memory| memory.focused().is_none()) {
        field.request_focus();
    }
    if let (Ok(string), false) = (&read, form.text.is_empty()) {
        understood(ui, string);
    }
    ui.horizontal(|ui| {
        let enabled = match (&read, form.text.is_empty()) {
            (_, true) => Enabled::No("Paste a connection string first."),
            (Err(_), _) => Enabled::No("This cannot be read as a connection string."),
            (Ok(_), _) => Enabled::Yes,
        };
        if ui.primary_button("Fill the form", enabled).clicked() {
            commands.push(Command::ApplyPaste);
        }
        cancel(ui, commands);
    });
}

/// What Microsoft's client would make of the string.
fn understood(ui: &mut Ui, string: &ConnectionString) {
    fact_row(ui, "URL", |ui| {
        ui.add(egui::Label::new(shown_line(string.url().unwrap_or("none"))).wrap());
    });
    fact_row(ui, "Client ID", |ui| {
        ui.add(egui::Label::new(shown_line(string.client_id().unwrap_or("none"))).wrap());
    });
    fact_row(ui, "Client secret", |ui| {
        let text = match string.client_secret_value() {
            Some(secret) => format!("{} characters", secret.char_count()),
            None => "none".to_owned(),
        };
        ui.label(text);
    });
    for warning in string.warnings() {
        note_line(ui, &FieldNote::Advice(warning.text));
    }
}
