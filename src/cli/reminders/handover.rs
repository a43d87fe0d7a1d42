//! `handover`: the mail for the owner of the app registration.

use clap::Args;
use serde::Serialize;

use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::Passphrase;
use crate::cli::output::Answer;
use crate::cli::session::{Session, Style, find};
use crate::connection_check::NetworkSettings;
use crate::reminder::handover;
use crate::reminder::webhook::{ConfiguredWebhook, Webhook};

#[derive(Debug, Args)]
pub(in crate::cli) struct HandoverArguments {
    /// The profile
    pub name: String,
    /// Also post it to the webhook in the settings
    #[arg(long)]
    pub send: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Serialize)]
struct HandoverAnswer {
    profile: String,
    subject: String,
    body: String,
    sent: bool,
}

pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: HandoverArguments) -> Result<Exit, Failure> {
    let webhook = session.settings.reminders.webhook.clone();
    if arguments.send && webhook.is_none() {
        return Err(Failure::usage(
            "webhook_missing",
            "No webhook is set. Set it in the reminder settings (“webhook” in the table [reminders] of settings.toml), \
             or leave out --send.",
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
        sent.map_err(|error| Failure { exit: Exit::Negative, code: "webhook_failed".into(), message: error })?;
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
                session.console.note("Also posted to the webhook.");
            }
        }
    }
    Ok(Exit::Success)
}
