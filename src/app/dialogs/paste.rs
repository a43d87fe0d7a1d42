//! A pasted text, taken apart: what it holds for each field, beside what the form holds.

use egui::{Event, Ui};

use super::{cancel, heading};
use crate::app::{
    dates::day,
    draft::Draft,
    state::{Command, PasteCommand, PasteForm},
    widgets::{Enabled, FieldNote, Vocabulary, fact_row, note_line, secret_field, shown_line},
};
use crate::cloud::Overrides;
use crate::exchange::pasted::PastedConnection;
use crate::profile::{SecretText, parse_date};

pub(super) fn show(
    ui: &mut Ui,
    form: &mut PasteForm,
    draft: Option<&Draft>,
    clouds: &Overrides,
    commands: &mut Vec<Command>,
) {
    heading(ui, "Paste a connection");
    ui.hint(
        "A connection string or the line of a file that contains it, values from the Azure portal with or without their \
         labels, or a single address, ID or secret.",
    );
    take_paste(ui, form);
    let read = form.read(clouds);
    let note = match &read {
        Err(text) if !form.text.is_empty() => FieldNote::Refused(text.clone()),
        _ => FieldNote::None,
    };
    secret_field(ui, "Pasted text", &mut form.text, &mut form.shown, "Ctrl+V", &note);
    if let (Ok(found), false) = (&read, form.text.is_empty()) {
        understood(ui, found, draft);
    }
    ui.horizontal_wrapped(|ui| {
        let enabled = match (&read, form.text.is_empty()) {
            (_, true) => Enabled::No("Paste something first."),
            (Err(_), _) => Enabled::No("This text contains nothing for the form."),
            (Ok(_), _) => Enabled::Yes,
        };
        if ui.primary_button("Fill in the form", enabled).clicked() {
            commands.push(Command::Paste(PasteCommand::Apply));
        }
        if let Some(draft) = draft.filter(|draft| draft.saved.is_some()) {
            let enabled = match (draft.is_changed(), enabled) {
                (true, Enabled::Yes) => Enabled::No("Save or discard the changes in the form first."),
                (_, enabled) => enabled,
            };
            if ui.secondary_button("As a new profile", enabled).clicked() {
                commands.push(Command::Paste(PasteCommand::ApplyToNew));
            }
        }
        cancel(ui, commands);
    });
}

/// Takes what is pasted while the dialog is open, with its lines and columns, which a field of one line would lose.
fn take_paste(ui: &Ui, form: &mut PasteForm) {
    ui.input_mut(|input| {
        input.events.retain_mut(|event| match event {
            Event::Paste(text) => {
                form.text = SecretText::new(std::mem::take(text));
                false
            }
            _ => true,
        });
    });
}

/// The one field that a pasted text never replaces.
const KEPT: &str = "Profile name";

/// What was found, line by line, and what the form holds in its place.
fn understood(ui: &mut Ui, found: &PastedConnection, draft: Option<&Draft>) {
    let fields = draft.map(|draft| &draft.fields);
    let expires = found.expires.map(day);
    let typed = fields.map(|fields| parse_date(&fields.expires).map_or_else(|_| fields.expires.clone(), day));
    let lines = [
        (KEPT, &found.name, fields.map(|fields| fields.name.as_str())),
        ("Environment URL", &found.environment_url, fields.map(|fields| fields.environment_url.as_str())),
        ("Client ID", &found.client_id, fields.map(|fields| fields.client_id.as_str())),
        ("Tenant", &found.tenant, fields.map(|fields| fields.tenant.as_str())),
        ("Secret expires", &expires, typed.as_deref()),
    ];
    for (name, value, present) in lines {
        let Some(value) = value else { continue };
        fact_row(ui, name, |ui| {
            ui.add(egui::Label::new(shown_line(value)).wrap());
            let present = present.map(str::trim).filter(|present| !present.is_empty() && present != value);
            if let Some(present) = present {
                let what = if name == KEPT { "Not used. The form has" } else { "Replaces" };
                ui.hint(&format!("{what} {}", shown_line(present)));
            }
        });
    }
    if let Some(secret) = &found.client_secret {
        fact_row(ui, "Client secret", |ui| {
            ui.label(format!("{} characters", secret.char_count()));
            match fields.map(|fields| &fields.client_secret).filter(|present| !present.is_empty()) {
                Some(present) if present == secret => drop(ui.hint("Same as in the form.")),
                Some(_) => drop(ui.hint("Replaces the one in the form.")),
                None => {}
            }
        });
    }
    for remark in &found.remarks {
        note_line(ui, &FieldNote::Advice(remark.clone()));
    }
}
