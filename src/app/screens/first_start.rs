//! The first screen: make a vault, or open one that is already there.

use egui::Ui;

use super::{lead, title};
use crate::app::{
    state::{AppState, Command, FirstStartCommand, Screen, UnlockCommand, repeat_note},
    widgets::{
        Enabled, FieldNote, Tone, Vocabulary, banner, card, centred_column, describe, labelled_row, passphrase_field,
        tooltip_in_full,
    },
};

pub(super) fn show(ui: &mut Ui, state: &mut AppState, commands: &mut Vec<Command>) {
    let Screen::FirstStart(form) = &mut state.screen else { return };
    ui.add_space(ui.available_height() * 0.06);
    centred_column(ui, 640.0, |ui| {
        title(ui, "Welcome to A365 Password Tool");
        lead(
            ui,
            "It builds the ConnectionString for Anywhere365's CRM Service, tests it against Microsoft Entra ID and \
             Dataverse, and reminds you before a client secret expires. Everything you enter is stored in one \
             encrypted file: the vault.",
        );
        card(ui, |ui| {
            labelled_row(ui, "Vault file", &FieldNote::None, |ui, _| {
                ui.horizontal_wrapped(|ui| {
                    let path = form.path.display().to_string();
                    let change = ui.secondary_button("Change…", Enabled::Yes);
                    describe(&change, &format!("Vault file: {path}"));
                    if change.clicked() {
                        commands.push(Command::FirstStart(FirstStartCommand::ChoosePlace));
                    }
                    let shown = ui.add(egui::Label::new(egui::RichText::new(&path).small()).truncate());
                    tooltip_in_full(shown, &path);
                });
            });
            let note = form.rating.note(&form.passphrase);
            let first = passphrase_field(ui, "Passphrase", &mut form.passphrase, &mut form.shown, &note);
            if form.passphrase.is_empty()
                && !form.attempt.is_under_way()
                && ui.memory(|memory| memory.focused().is_none())
            {
                first.request_focus();
            }
            let note = repeat_note(&form.passphrase, &form.repeat);
            let last = passphrase_field(ui, "Confirm passphrase", &mut form.repeat, &mut form.shown, &note);
            if let Some(this_account) = form.this_account {
                labelled_row(ui, "", &FieldNote::None, |ui, _| {
                    let mut wanted = this_account;
                    let system = if cfg!(windows) { "Windows" } else { "Linux" };
                    let text = format!("Allow this {system} account to unlock it");
                    let without = "You then do not need the passphrase on this computer while you are signed in.";
                    if ui.checkbox(&mut wanted, text).on_hover_text(without).changed() {
                        commands.push(Command::FirstStart(FirstStartCommand::LetThisAccountOpen(wanted)));
                    }
                });
            }
            ui.add_space(2.0);
            banner(
                ui,
                Tone::Warning,
                "On another computer, nobody can open the vault without the passphrase or a recovery key. Store the \
                 passphrase in your team's password manager. You can create a recovery key in the next step.",
                |_| {},
            );
            if let Some(trouble) = form.attempt.trouble() {
                banner(ui, Tone::Danger, trouble, |_| {});
            }
            ui.add_space(4.0);
            ui.horizontal_wrapped(|ui| {
                let enabled = match (form.is_ready(), form.attempt.is_under_way()) {
                    (true, _) => Enabled::Yes,
                    (false, true) => Enabled::No("Creating the vault…"),
                    (false, false) => Enabled::No("Enter the same passphrase twice."),
                };
                let text = if form.attempt.is_under_way() { "Creating the vault…" } else { "Create vault" };
                let entered = last.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                if ui.primary_button(text, enabled).clicked() || entered {
                    commands.push(Command::FirstStart(FirstStartCommand::Create));
                }
                if ui.secondary_button("Open an existing vault…", Enabled::Yes).clicked() {
                    commands.push(Command::Unlock(UnlockCommand::ChooseVault));
                }
            });
        });
    });
}
