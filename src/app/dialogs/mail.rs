//! The mail for the owner of an app registration, ready to copy. It contains no secret.

use egui::{Label, RichText, Ui};

use super::{HasWebhook, heading, long_part};
use crate::app::{
    state::{Attempt, Command, MailForm, ReminderCommand},
    widgets::{Enabled, FieldNote, Vocabulary, note_line},
};

pub(super) fn show(ui: &mut Ui, form: &MailForm, webhook: HasWebhook, commands: &mut Vec<Command>) {
    heading(ui, "E-mail for the owner of the app registration");
    ui.hint("It names the app, the date and the steps. It contains no secret.");
    ui.add(Label::new(RichText::new(&form.mail.subject).strong()).wrap().selectable(true));
    let half = ui.ctx().content_rect().height() * 0.5;
    long_part(ui, half, |ui| {
        ui.add(Label::new(form.mail.body.trim_end()).wrap().selectable(true));
    });
    note_line(
        ui,
        &match &form.posting {
            Attempt::Ended(Ok(())) => FieldNote::Good("Sent to the webhook.".to_owned()),
            Attempt::Ended(Err(why)) => FieldNote::Refused(why.clone()),
            Attempt::NotYet | Attempt::UnderWay => FieldNote::None,
        },
    );
    ui.horizontal_wrapped(|ui| {
        if ui.primary_button("Copy", Enabled::Yes).clicked() {
            let text = format!("Subject: {}\n\n{}", form.mail.subject, form.mail.body.trim_end());
            commands.push(Command::CopyText(text, "e-mail"));
        }
        let (text, enabled) = match (webhook, &form.posting) {
            (HasWebhook::No, _) => {
                ("Send to the webhook", Enabled::No("No webhook is set. Set one under Settings, Reminders."))
            }
            (HasWebhook::Yes, Attempt::UnderWay) => ("Sending…", Enabled::No("Sending…")),
            (HasWebhook::Yes, _) => ("Send to the webhook", Enabled::Yes),
        };
        if ui.secondary_button(text, enabled).clicked() {
            commands.push(Command::Reminders(ReminderCommand::PostMail));
        }
        if ui.secondary_button("Close", Enabled::Yes).clicked() {
            commands.push(Command::CloseDialog);
        }
    });
}
