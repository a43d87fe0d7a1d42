//! The screen of a locked vault.

use egui::Ui;

use super::{lead, title};
use crate::app::{
    command::Command,
    state::{AppState, Screen},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, card, centred_column, secret_field},
};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let wait = state.seconds_to_wait().map(|seconds| format!("Too many wrong passphrases: try again in {seconds} s."));
    let Screen::Unlock(form) = &mut state.screen else { return };
    ui.add_space(ui.available_height() * 0.12);
    centred_column(ui, 560.0, |ui| {
        title(ui, "Unlock the vault");
        let path = form.path.display().to_string();
        lead(ui, &path);
        if let Some(kept) = &form.kept {
            banner(ui, Tone::Warning, kept, |_| {});
        }
        card(ui, |ui| {
            let note = match (&wait, &form.trouble) {
                (Some(wait), _) => FieldNote::Refused(wait.clone()),
                (None, Some(refusal)) if refusal.wrong_passphrase => FieldNote::Refused(refusal.text.clone()),
                _ => FieldNote::None,
            };
            let field = secret_field(ui, "Passphrase", &mut form.passphrase, &mut form.shown, "", &note);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if entered || (!form.working && ui.memory(|memory| memory.focused().is_none())) {
                field.request_focus();
            }
            if let Some(refusal) = form.trouble.as_ref().filter(|refusal| !refusal.wrong_passphrase) {
                banner(ui, Tone::Danger, &refusal.text, |_| {});
            }
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                let enabled = match (form.working, &wait, form.passphrase.is_empty()) {
                    (true, ..) => Enabled::No("The vault is being opened."),
                    (false, Some(wait), _) => Enabled::No(wait),
                    (false, None, true) => Enabled::No("Enter the passphrase first."),
                    (false, None, false) => Enabled::Yes,
                };
                let text = if form.working { "Unlocking…" } else { "Unlock" };
                if ui.primary_button(text, enabled).clicked() || entered {
                    commands.push(Command::Unlock);
                }
                if ui.secondary_button("Open another vault…", Enabled::Yes).clicked() {
                    commands.push(Command::ChooseExistingVault);
                }
                if ui.secondary_button("New vault…", Enabled::Yes).clicked() {
                    commands.push(Command::GoToFirstStart);
                }
            });
        });
    });
}
