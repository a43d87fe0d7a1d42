//! A pasted connection string, and what Microsoft's client would make of it.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    state::{Command, PasteCommand, PasteForm},
    widgets::{Enabled, FieldNote, Vocabulary, fact_row, note_line, secret_field, shown_line},
};
use crate::cloud::Overrides;
use crate::connection_string::ConnectionString;

pub(super) fn show(ui: &mut Ui, form: &mut PasteForm, clouds: &Overrides, commands: &mut Vec<Command>) {
    heading(ui, "Paste a connection string");
    ui.hint(
        "Any format that Microsoft's client accepts, for example \
         AuthType=ClientSecret;Url=…;ClientId=…;ClientSecret=…, or the whole line of a file that contains it.",
    );
    let read = form.read();
    let note = match &read {
        Err(text) if !form.text.is_empty() => FieldNote::Refused(text.clone()),
        _ => FieldNote::None,
    };
    secret_field(ui, "Connection string", &mut form.text, &mut form.shown, "Ctrl+V", &note);
    if let (Ok(string), false) = (&read, form.text.is_empty()) {
        understood(ui, string, clouds);
    }
    ui.horizontal(|ui| {
        let enabled = match (&read, form.text.is_empty()) {
            (_, true) => Enabled::No("Paste a connection string first."),
            (Err(_), _) => Enabled::No("This cannot be read as a connection string."),
            (Ok(_), _) => Enabled::Yes,
        };
        if ui.primary_button("Fill in the form", enabled).clicked() {
            commands.push(Command::Paste(PasteCommand::Apply));
        }
        cancel(ui, commands);
    });
}

/// What Microsoft's client would make of the string.
fn understood(ui: &mut Ui, string: &ConnectionString, clouds: &Overrides) {
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
    for warning in string.warnings_with(clouds) {
        note_line(ui, &FieldNote::Advice(warning.text));
    }
}
