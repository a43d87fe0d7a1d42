//! A new passphrase for the vault.

use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    state::{PassphraseForm, passphrase_note, repeat_note},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, secret_field},
};

pub(super) fn show(ui: &mut Ui, form: &mut PassphraseForm, commands: &mut Vec<Command>) {
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
