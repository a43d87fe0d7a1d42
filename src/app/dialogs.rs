//! Questions that need an answer, one at a time, in front of everything else.

use egui::{Frame, Id, Modal, RichText, Ui};

use super::{
    command::{Command, UnsavedAnswer},
    state::{AfterUnsaved, AppState, Dialog, PassphraseForm, PasteForm, ProxyForm, passphrase_note, repeat_note},
    theme::section_heading,
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, fact_row, note_line, secret_field, text_field},
};
use crate::connection_string::ConnectionString;

/// Shows the dialog in front, if there is one.
pub fn show(ctx: &egui::Context, state: &mut AppState, commands: &mut Vec<Command>) {
    let Some(dialog) = state.dialogs.front_mut() else { return };
    let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
    let modal = Modal::new(Id::new("dialog")).frame(frame).show(ctx, |ui| {
        ui.set_width(ui.ctx().content_rect().width().min(600.0) - 60.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        match dialog {
            Dialog::Unsaved(next) => unsaved(ui, *next, commands),
            Dialog::Delete(id, name) => {
                heading(ui, &format!("Delete “{name}”?"));
                ui.hint("The profile and its client secret are taken out of the vault. You can undo this until you lock it.");
                ui.horizontal(|ui| {
                    if ui.danger_button("Delete").clicked() {
                        commands.push(Command::Delete(*id));
                    }
                    cancel(ui, commands);
                });
            }
            Dialog::Paste(form) => paste(ui, form, commands),
            Dialog::ChangePassphrase(form) => change_passphrase(ui, form, commands),
            Dialog::ProxySignIn(form) => proxy_sign_in(ui, form, commands),
        }
    });
    // Escape closes; a click beside the dialog does not, because it may have been meant for what was there before.
    if modal.should_close() && !modal.backdrop_response.clicked() {
        commands.push(Command::CloseDialog);
    }
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add(egui::Label::new(RichText::new(text).text_style(section_heading())).wrap());
}

fn cancel(ui: &mut Ui, commands: &mut Vec<Command>) {
    if ui.secondary_button("Cancel", Enabled::Yes).clicked() {
        commands.push(Command::CloseDialog);
    }
}

fn unsaved(ui: &mut Ui, next: AfterUnsaved, commands: &mut Vec<Command>) {
    heading(ui, "Save the changes first?");
    ui.hint(match next {
        AfterUnsaved::Close => "The form has changes that are not saved. Closing without saving loses them.",
        AfterUnsaved::Lock => "The form has changes that are not saved. Locking without saving loses them.",
        AfterUnsaved::Select(_) | AfterUnsaved::NewProfile => {
            "The form has changes that are not saved. Going on without saving loses them."
        }
    });
    ui.horizontal(|ui| {
        if ui.primary_button("Save", Enabled::Yes).clicked() {
            commands.push(Command::Unsaved(UnsavedAnswer::Save));
        }
        if ui.danger_button("Do not save").clicked() {
            commands.push(Command::Unsaved(UnsavedAnswer::Discard));
        }
        if ui.secondary_button("Cancel", Enabled::Yes).clicked() {
            commands.push(Command::Unsaved(UnsavedAnswer::Stay));
        }
    });
}

fn paste(ui: &mut Ui, form: &mut PasteForm, commands: &mut Vec<Command>) {
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
        ui.add(egui::Label::new(string.url().unwrap_or("none")).wrap());
    });
    fact_row(ui, "Client ID", |ui| {
        ui.add(egui::Label::new(string.client_id().unwrap_or("none")).wrap());
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

fn change_passphrase(ui: &mut Ui, form: &mut PassphraseForm, commands: &mut Vec<Command>) {
    heading(ui, "Change the passphrase");
    let wrong = match &form.trouble {
        Some(refusal) if refusal.wrong_passphrase => FieldNote::Refused(refusal.text.clone()),
        _ => FieldNote::None,
    };
    let first = secret_field(ui, "Passphrase now", &mut form.old, &mut form.shown, "", &wrong);
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    let note = passphrase_note(&form.new);
    secret_field(ui, "New passphrase", &mut form.new, &mut form.shown, "", &note);
    let note = repeat_note(&form.new, &form.repeat);
    secret_field(ui, "Repeat it", &mut form.repeat, &mut form.shown, "", &note);
    if let Some(refusal) = form.trouble.as_ref().filter(|refusal| !refusal.wrong_passphrase) {
        banner(ui, Tone::Danger, &refusal.text, |_| {});
    }
    ui.horizontal(|ui| {
        let enabled = match (form.is_ready(), form.working) {
            (true, _) => Enabled::Yes,
            (false, true) => Enabled::No("The passphrase is being changed."),
            (false, false) => Enabled::No("Enter the present passphrase, and the new one twice."),
        };
        let text = if form.working { "Changing…" } else { "Change passphrase" };
        if ui.primary_button(text, enabled).clicked() {
            commands.push(Command::ChangePassphrase);
        }
        cancel(ui, commands);
    });
}

fn proxy_sign_in(ui: &mut Ui, form: &mut ProxyForm, commands: &mut Vec<Command>) {
    heading(ui, "Sign in to the proxy");
    ui.hint(
        "Your company's proxy asks for a user name and a password. They are kept in the vault and sent to the proxy only \
         (Basic sign-in).",
    );
    let first = text_field(ui, "User name", &mut form.user, "", &FieldNote::None);
    if ui.memory(|memory| memory.focused().is_none()) {
        first.request_focus();
    }
    secret_field(ui, "Password", &mut form.password, &mut form.shown, "", &FieldNote::None);
    ui.horizontal(|ui| {
        let enabled = match form.read() {
            Ok(_) => Enabled::Yes,
            Err(fault) => Enabled::No(fault),
        };
        if ui.primary_button("Keep in the vault", enabled).clicked() {
            commands.push(Command::KeepProxySignIn);
        }
        cancel(ui, commands);
    });
}
