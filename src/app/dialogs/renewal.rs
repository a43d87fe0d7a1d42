//! Questions of a renewal: before a step that takes something away, and before Microsoft Graph changes something.

use chrono::NaiveDate;
use egui::{RichText, Ui};

use super::{cancel, heading};
use crate::app::{
    dates::day,
    state::{
        AppSecretsCommand, Command, CreateSecretForm, Creation, Question, Removal, RemoveSecretForm, RenewalCommand,
    },
    widgets::{Enabled, Tone, Vocabulary, banner, fact_row, shown_line},
};
use crate::counted::counted;

/// Before a step that takes something away.
pub(super) fn ask(ui: &mut Ui, question: Question, commands: &mut Vec<Command>) {
    let (title, text, yes) = match question {
        Question::GiveUp => (
            "Discard the new secret?",
            "It is deleted from the vault, and you can paste another one. It stays in Entra ID until someone deletes \
             it there.",
            "Discard",
        ),
        Question::SwitchWithoutTest => (
            "Switch to the new secret without a test?",
            "No test has passed yet. A new secret can take a few minutes to become active. Wait a minute and test \
             again. The old secret stays in the vault, so you can go back.",
            "Switch without a test",
        ),
        Question::Cancel => (
            "Cancel this renewal?",
            "The new secret is stored nowhere else and will be lost. The profile keeps using the old one. The new \
             one stays in Entra ID until someone deletes it there.",
            "Cancel and discard",
        ),
        Question::RollBack => (
            "Go back to the old secret?",
            "The profile uses the old secret again. The new one stays in the vault, so you can try again. If the UCC \
             already has the new connection string, put the old one back there as well.",
            "Go back",
        ),
        Question::Forget => (
            "Delete the old secret from the vault?",
            "You can then no longer go back to it. In Entra ID it stays until it expires or someone deletes it.",
            "Delete",
        ),
        Question::ForgetBeforeUcc => (
            "Delete the old secret even though the UCC may still use it?",
            "Nobody has confirmed that the UCC has the new connection string. Without the old secret you can no longer \
             go back to it. You are reminded until the UCC has the new string.",
            "Delete",
        ),
    };
    heading(ui, title);
    ui.hint(text);
    ui.horizontal_wrapped(|ui| {
        if ui.danger_button(yes).clicked() {
            commands.push(Command::Renewal(RenewalCommand::Confirm));
        }
        let no = if question == Question::Cancel { "Continue the renewal" } else { "Cancel" };
        if ui.secondary_button(no, Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
    });
}

/// Before a secret is made.
pub(super) fn make(ui: &mut Ui, form: &CreateSecretForm, today: NaiveDate, commands: &mut Vec<Command>) {
    heading(ui, "Create the new client secret in Entra ID?");
    match &form.phase {
        Creation::Asking => {
            ui.hint("Checking the app's permissions in Microsoft Graph…");
            ui.horizontal_wrapped(|ui| cancel(ui, commands));
        }
        Creation::Ready { present } => {
            let many = counted(*present, "secret");
            ui.hint(&format!(
                "The app signs in with its current secret and creates another one ({many} so far). Nothing is \
                 deleted. The new one is saved in the vault immediately, and is not used until you have tested it.",
            ));
            fact_row(ui, "Description", |ui| {
                ui.label(CreateSecretForm::name(today));
            });
            fact_row(ui, "Valid for", |ui| {
                ui.horizontal_wrapped(|ui| {
                    for months in CreateSecretForm::MONTHS {
                        if ui.radio(form.months == months, format!("{months} months")).clicked() {
                            commands.push(Command::Renewal(RenewalCommand::AppSecrets(
                                AppSecretsCommand::ChooseMonths(months),
                            )));
                        }
                    }
                });
            });
            fact_row(ui, "Expires on", |ui| {
                ui.label(form.expires(today).map_or_else(String::new, day));
            });
            ui.horizontal_wrapped(|ui| {
                if ui.primary_button("Create", Enabled::Yes).clicked() {
                    commands.push(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::Create)));
                }
                cancel(ui, commands);
            });
        }
        Creation::UnderWay => {
            ui.hint("Creating…");
        }
        Creation::Failed(text) => {
            banner(ui, Tone::Warning, text, |_| {});
            close(ui, commands);
        }
    }
}

/// Before the old secret is removed from Entra ID.
pub(super) fn remove(ui: &mut Ui, form: &RemoveSecretForm, commands: &mut Vec<Command>) {
    heading(ui, "Delete the old secret from Entra ID?");
    match &form.phase {
        Removal::Asking => {
            ui.hint("Looking it up in Microsoft Graph…");
            ui.horizontal_wrapped(|ui| cancel(ui, commands));
        }
        Removal::Ready(listed) => {
            if form.ucc_is_behind {
                let text = "Nobody has confirmed that the UCC has the new connection string. If it still uses the old \
                            secret, it stops working when you delete it.";
                banner(ui, Tone::Danger, text, |_| {});
            }
            ui.hint(
                "The app signs in with its new secret and deletes this one. Anything that still uses the old secret, \
                 including the UCC, stops working immediately. This cannot be undone.",
            );
            fact_row(ui, "Secret ID", |ui| {
                let id = RichText::new(listed.key_id.to_string()).monospace();
                ui.add(egui::Label::new(id).selectable(true));
            });
            fact_row(ui, "Description", |ui| {
                ui.add(egui::Label::new(shown_line(&listed.name)).wrap());
            });
            fact_row(ui, "Begins with", |ui| {
                ui.monospace(shown_line(&listed.hint));
            });
            fact_row(ui, "Expires on", |ui| {
                ui.label(listed.ends.map_or_else(|| "unknown".to_owned(), |ends| day(ends.date_naive())));
            });
            ui.horizontal_wrapped(|ui| {
                if ui.danger_button("Delete").clicked() {
                    commands.push(Command::Renewal(RenewalCommand::AppSecrets(AppSecretsCommand::Remove)));
                }
                cancel(ui, commands);
            });
        }
        Removal::UnderWay(_) => {
            ui.hint("Deleting…");
        }
        Removal::Failed(text) => {
            banner(ui, Tone::Warning, text, |_| {});
            close(ui, commands);
        }
    }
}

fn close(ui: &mut Ui, commands: &mut Vec<Command>) {
    if ui.secondary_button("Close", Enabled::Yes).clicked() {
        commands.push(Command::CloseDialog);
    }
}
