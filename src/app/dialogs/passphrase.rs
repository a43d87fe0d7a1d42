//! A new passphrase for the vault.

use egui::Ui;

use super::{cancel, heading, other_slots};
use crate::app::{
    dates::LocalTime,
    state::{Command, PassphraseCommand, PassphraseForm, Purpose, repeat_note},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, passphrase_field},
};

pub(super) fn show(ui: &mut Ui, form: &mut PassphraseForm, local: LocalTime, commands: &mut Vec<Command>) {
    match form.purpose {
        Purpose::Change => heading(ui, "Change the passphrase"),
        Purpose::AfterRecovery => {
            heading(ui, "Choose a new passphrase");
            ui.hint(
                "You unlocked the vault with the recovery key. Once you set a new passphrase, the forgotten one \
                 stops working.",
            );
        }
    }
    let wrong = match form.attempt.trouble() {
        Some(refusal) if refusal.is_wrong_credential() => FieldNote::Refused(refusal.text.clone()),
        _ => FieldNote::None,
    };
    if form.purpose == Purpose::Change {
        passphrase_field(ui, "Current passphrase", &mut form.old, &mut form.shown, &wrong);
    }
    let note = form.rating.note(&form.new);
    passphrase_field(ui, "New passphrase", &mut form.new, &mut form.shown, &note);
    let note = repeat_note(&form.new, &form.repeat);
    passphrase_field(ui, "Confirm new passphrase", &mut form.repeat, &mut form.shown, &note);
    other_slots::show(ui, "the passphrase that you replace", &form.others, local, commands);
    if let Some(refusal) = form.attempt.trouble().filter(|refusal| !refusal.is_wrong_credential()) {
        banner(ui, Tone::Danger, &refusal.text, |_| {});
    }
    ui.horizontal_wrapped(|ui| {
        let enabled = match (form.is_ready(), form.attempt.is_under_way(), form.purpose) {
            (true, ..) => Enabled::Yes,
            (false, true, _) => Enabled::No("Changing the passphrase…"),
            (false, false, Purpose::Change) => Enabled::No("Enter the current passphrase and the new one twice."),
            (false, false, Purpose::AfterRecovery) => Enabled::No("Enter the new passphrase twice."),
        };
        let text = match (form.attempt.is_under_way(), form.purpose) {
            (true, _) => "Changing…",
            (false, Purpose::Change) => "Change passphrase",
            (false, Purpose::AfterRecovery) => "Set passphrase",
        };
        if ui.primary_button(text, enabled).clicked() {
            commands.push(Command::Passphrase(PassphraseCommand::Change));
        }
        cancel(ui, commands);
    });
}
