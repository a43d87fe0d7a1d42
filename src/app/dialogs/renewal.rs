//! Questions of a renewal: before a step that takes something away, and before Microsoft Graph changes something.

use chrono::NaiveDate;
use egui::Ui;

use super::{cancel, heading};
use crate::app::{
    command::Command,
    state::{MakeSecretForm, Making, Question, RemoveSecretForm, Removing, RenewalCommand},
    widgets::{Enabled, Tone, Vocabulary, banner, fact_row, shown_line},
};
use crate::counted::counted;

/// Before a step that takes something away.
pub(super) fn ask(ui: &mut Ui, question: Question, commands: &mut Vec<Command>) {
    let (title, text, yes) = match question {
        Question::GiveUp => (
            "Give up this new secret?",
            "The new secret is dropped from the vault, and another one can be pasted. In Entra ID it stays until somebody \
             removes it there.",
            "Give it up",
        ),
        Question::SwitchWithoutTest => (
            "Use the new secret without a test?",
            "No test has shown that it works. A new secret can take some minutes until every sign-in server of Microsoft \
             knows it: better wait a minute and test again. The old secret is kept, so that you can go back.",
            "Use it without a test",
        ),
        Question::Cancel => (
            "Cancel this renewal?",
            "The new secret is kept nowhere else and will be gone; the profile goes on with the old one. In Entra ID the \
             new one stays until somebody removes it there.",
            "Cancel and drop it",
        ),
        Question::RollBack => (
            "Go back to the old secret?",
            "The profile uses the old secret again, and the new one is kept for another try. Put the old connection string \
             back into the UCC as well.",
            "Go back to it",
        ),
        Question::Forget => (
            "Forget the old secret now?",
            "After that there is no way back to it from here. In Entra ID it stays until it lapses or somebody removes it.",
            "Forget it",
        ),
    };
    heading(ui, title);
    ui.hint(text);
    ui.horizontal(|ui| {
        if ui.danger_button(yes).clicked() {
            commands.push(Command::Renewal(RenewalCommand::Confirm));
        }
        let no = if question == Question::Cancel { "Keep it" } else { "Cancel" };
        if ui.secondary_button(no, Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
    });
}

/// Before a secret is made.
pub(super) fn make(ui: &mut Ui, form: &MakeSecretForm, today: NaiveDate, commands: &mut Vec<Command>) {
    heading(ui, "Make the new client secret in Entra ID?");
    match &form.phase {
        Making::Asking => {
            ui.hint("Asking Microsoft Graph what the app may do…");
            ui.horizontal(|ui| cancel(ui, commands));
        }
        Making::Ready { present } => {
            let many = counted(*present, "secret");
            ui.hint(&format!(
                "The app signs in with its present secret and makes one more for itself; it has {many} now. Nothing is \
                 removed. The new one goes straight into the vault, and is not used before you have tested it.",
            ));
            fact_row(ui, "Description", |ui| {
                ui.label(MakeSecretForm::name(today));
            });
            fact_row(ui, "Good for", |ui| {
                ui.horizontal(|ui| {
                    for months in MakeSecretForm::MONTHS {
                        if ui.radio(form.months == months, format!("{months} months")).clicked() {
                            commands.push(Command::Renewal(RenewalCommand::ChooseMonths(months)));
                        }
                    }
                });
            });
            fact_row(ui, "Lapses on", |ui| {
                ui.label(form.expires(today).map_or_else(String::new, |date| date.to_string()));
            });
            ui.horizontal(|ui| {
                if ui.primary_button("Make it", Enabled::Yes).clicked() {
                    commands.push(Command::Renewal(RenewalCommand::Make));
                }
                cancel(ui, commands);
            });
        }
        Making::UnderWay => {
            ui.hint("Making it…");
        }
        Making::Failed(text) => {
            banner(ui, Tone::Warning, text, |_| {});
            close(ui, commands);
        }
    }
}

/// Before the old secret is removed from Entra ID.
pub(super) fn remove(ui: &mut Ui, form: &RemoveSecretForm, commands: &mut Vec<Command>) {
    heading(ui, "Remove the old secret from Entra ID?");
    match &form.phase {
        Removing::Asking => {
            ui.hint("Looking for it at Microsoft Graph…");
            ui.horizontal(|ui| cancel(ui, commands));
        }
        Removing::Ready(listed) => {
            ui.hint(
                "The app signs in with its new secret and removes this one. Whatever still uses the old secret, the UCC \
                 included, then fails at once. It cannot be undone.",
            );
            fact_row(ui, "Secret ID", |ui| {
                ui.monospace(listed.key_id.to_string());
            });
            fact_row(ui, "Description", |ui| {
                ui.add(egui::Label::new(shown_line(&listed.name)).wrap());
            });
            fact_row(ui, "Begins with", |ui| {
                ui.monospace(shown_line(&listed.hint));
            });
            fact_row(ui, "Lapses on", |ui| {
                ui.label(listed.ends.map_or_else(|| "unknown".to_owned(), |ends| ends.date_naive().to_string()));
            });
            ui.horizontal(|ui| {
                if ui.danger_button("Remove it").clicked() {
                    commands.push(Command::Renewal(RenewalCommand::Remove));
                }
                cancel(ui, commands);
            });
        }
        Removing::UnderWay(_) => {
            ui.hint("Removing it…");
        }
        Removing::Failed(text) => {
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
