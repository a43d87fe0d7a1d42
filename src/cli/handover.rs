//! `handover`: the mail for whoever owns the app registration.

use serde::Serialize;

use super::failure::{Exit, Failure};
use super::output::Answer;
use super::reminder_arguments::HandoverArguments;
use super::session::{Session, Style, find};
use crate::connection_check::NetworkSettings;
use crate::reminder::handover;
use crate::reminder::webhook::{ConfiguredWebhook, Webhook};

#[derive(Serialize)]
struct HandoverAnswer {
    profile: String,
    subject: String,
    body: String,
    sent: bool,
}

pub(super) fn run(session: &mut Session<'_, '_>, arguments: HandoverArguments) -> Result<Exit, Failure> {
    let webhook = session.settings.reminders.webhook.clone();
    if arguments.send && webhook.is_none() {
        return Err(Failure::wrong_use(
            "webhook_missing",
            "No webhook is set. Set “webhook” in the table [reminders] of the settings, or leave --send out.",
        ));
    }
    let vault = session.open_vault(arguments.passphrase)?;
    let profile = find(vault.contents(), &arguments.name)?;
    let now = session.console.now();
    let mail = handover::mail(profile, now);
    if let (true, Some(address)) = (arguments.send, webhook) {
        let network = NetworkSettings {
            proxy: (&session.settings.proxy).into(),
            proxy_credentials: vault.contents().proxy_credentials().cloned(),
            ..NetworkSettings::default()
        };
        let webhook = ConfiguredWebhook { address, form: session.settings.reminders.webhook_form, network, now };
        let sent = webhook.post(&handover::post(profile, now));
        sent.map_err(|error| Failure { exit: Exit::BadNews, code: "webhook_failed", message: error })?;
    }
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(HandoverAnswer {
            profile: profile.name.clone(),
            subject: mail.subject,
            body: mail.body,
            sent: arguments.send,
        })),
        Style::People => {
            session.console.answer_exact(&format!("Subject: {}\n\n{}", mail.subject, mail.body.trim_end()));
            if arguments.send {
                session.console.tell("Posted to the webhook as well.");
            }
        }
    }
    Ok(Exit::Good)
}
