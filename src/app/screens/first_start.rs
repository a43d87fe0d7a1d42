//! The first screen: make a vault, or open one that is already there.

use egui::Ui;

use super::{lead, title};
use crate::app::{
    command::Command,
    state::{AppState, Screen, repeat_note},
    widgets::{Enabled, FieldNote, Tone, Vocabulary, banner, card, centred_column, labelled_row, secret_field},
};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let Screen::FirstStart(form) = &mut state.screen else { return };
    ui.add_space(ui.available_height() * 0.06);
    centred_column(ui, 640.0, |ui| {
        title(ui, "Welcome to A365 Password Tool");
        lead(
            ui,
            "It builds the ConnectionString for Anywhere365's CRM Service, tests it against Microsoft Entra ID and \
             Dataverse, and warns you before a client secret lapses. What you enter is kept in one encrypted file: \
             the vault.",
        );
        card(ui, |ui| {
            labelled_row(ui, "Vault file", &FieldNote::None, |ui, _| {
                ui.horizontal(|ui| {
                    if ui.secondary_button("Change…", Enabled::Yes).clicked() {
                        commands.push(Command::ChooseNewVaultPlace);
                    }
                    ui.add(egui::Label::new(egui::RichText::new(form.path.display().to_string()).small()).truncate())
                        .on_hover_text(form.path.display().to_string());
                });
            });
            let note = form.judgement.note(&form.passphrase);
            let first = secret_field(ui, "Passphrase", &mut form.passphrase, &mut form.shown, "", &note);
            if form.passphrase.is_empty() && !form.working && ui.memory(|memory| memory.focused().is_none()) {
                first.request_focus();
            }
            let note = repeat_note(&form.passphrase, &form.repeat);
            let last = secret_field(ui, "Repeat it", &mut form.repeat, &mut form.shown, "", &note);
            ui.add_space(2.0);
            banner(
                ui,
                Tone::Warning,
                "Nobody can open the vault without the passphrase. Keep it in your team's password safe, and make a \
                 recovery key on the page Vault.",
                |_| {},
            );
            if let Some(trouble) = &form.trouble {
                banner(ui, Tone::Danger, trouble, |_| {});
            }
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                let enabled = match (form.is_ready(), form.working) {
                    (true, _) => Enabled::Yes,
                    (false, true) => Enabled::No("The vault is being made."),
                    (false, false) => Enabled::No("Enter the same passphrase twice first."),
                };
                let text = if form.working { "Making the vault…" } else { "Create vault" };
                let entered = last.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                if ui.primary_button(text, enabled).clicked() || entered {
                    commands.push(Command::CreateVault);
                }
                if ui.secondary_button("Open an existing vault…", Enabled::Yes).clicked() {
                    commands.push(Command::ChooseExistingVault);
                }
            });
        });
    });
}
