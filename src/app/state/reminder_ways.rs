//! The ways in which dates leave the window: a webhook, a calendar file, a mail for somebody else.

use uuid::Uuid;

use super::{AppState, Attempt, Dialog, Tone, reminders::saved};
use crate::{
    app::{
        command::Dated,
        tasks::{Posted, ReminderWork, Request, VaultReminderWork, WrittenCalendar},
    },
    connection_check::NetworkSettings,
    reminder::{
        handover::{self, Mail},
        webhook::{ConfiguredWebhook, Post},
    },
    settings::{ReminderSettings, WebhookForm, read_webhook},
};

/// The mail about a profile for the owner of its app registration.
pub struct MailForm {
    /// The profile.
    pub profile: Uuid,
    /// The mail.
    pub mail: Mail,
    /// How posting it went.
    pub posting: Attempt,
}

impl AppState {
    pub(super) fn keep_webhook(&mut self) {
        let typed = self.open_vault().and_then(|vault| vault.reminders.settings.webhook.as_ref());
        if let Some(address) = typed.and_then(|text| read_webhook(text.expose())) {
            self.with_settings_form(|form| form.webhook = None);
            self.reminders.webhook_test = Attempt::NotYet;
            self.change_reminder_settings(|settings| {
                if let Some(form) = WebhookForm::of_address(&address) {
                    settings.webhook_form = form;
                }
                settings.webhook = Some(address);
            });
        }
    }

    /// The webhook of the settings, over this network.
    fn webhook(&self, network: NetworkSettings) -> Option<Box<ConfiguredWebhook>> {
        let ReminderSettings { webhook, webhook_form, .. } = &self.settings.reminders;
        let address = webhook.clone()?;
        Some(Box::new(ConfiguredWebhook { address, form: *webhook_form, network, now: self.now }))
    }

    pub(super) fn test_webhook(&mut self) {
        // As the check with the app closed goes: what a proxy is told is in the vault, and the check has no vault.
        let network = NetworkSettings { proxy_credentials: None, ..self.network_settings() };
        if let Some(webhook) = self.webhook(network) {
            let post = Box::new(Post {
                title: "Test message of A365 Password Tool".to_owned(),
                text: "Words about client secrets that lapse will come here.".to_owned(),
                secrets: Vec::new(),
            });
            self.reminders.webhook_test = Attempt::UnderWay;
            self.outbox.push(Request::Reminders(ReminderWork::Post(post, webhook, Posted::Test)));
        }
    }

    pub(super) fn export_calendar(&mut self, dated: Dated) {
        let (today, days) = (self.now.date_naive(), self.settings.reminders.days.clone());
        let Some(vault) = self.open_vault_mut() else { return };
        let profiles = match dated {
            Dated::One(id) => vec![id],
            Dated::Shown => {
                let shown = vault.renewals.shown(&vault.profiles, today);
                shown.into_iter().filter_map(|place| vault.profiles.get(place)).map(|profile| profile.id).collect()
            }
        };
        self.outbox.push(Request::VaultReminders(VaultReminderWork::WriteCalendar(profiles, days)));
    }

    pub(super) fn calendar_written(&mut self, written: Result<Option<WrittenCalendar>, String>) {
        match written {
            Ok(None) => {}
            Ok(Some(written)) => {
                let events = match written.events {
                    1 => "1 date is".to_owned(),
                    count => format!("{count} dates are"),
                };
                let left_out = match written.without_date {
                    0 => String::new(),
                    1 => " One profile has no date and is not in it.".to_owned(),
                    count => format!(" {count} profiles have no date and are not in it."),
                };
                let path = written.path.display();
                let text = format!("{events} in {path}: open it with your calendar.{left_out}");
                self.notify(Tone::Success, text);
            }
            Err(text) => self.notify(Tone::Danger, text),
        }
    }

    pub(super) fn open_mail(&mut self, id: Uuid) {
        let now = self.now;
        if let Some(profile) = self.open_vault().and_then(|vault| saved(vault, id)) {
            let mail = handover::mail(profile, now);
            self.dialogs.push_back(Dialog::Mail(MailForm { profile: id, mail, posting: Attempt::NotYet }));
        }
    }

    pub(super) fn post_mail(&mut self) {
        let Some(webhook) = self.webhook(self.network_settings()) else { return };
        let now = self.now;
        let Some(Dialog::Mail(form)) = self.dialogs.front() else { return };
        let Some(profile) = self.open_vault().and_then(|vault| saved(vault, form.profile)) else { return };
        let post = Box::new(handover::post(profile, now));
        self.outbox.push(Request::Reminders(ReminderWork::Post(post, webhook, Posted::Mail)));
        if let Some(Dialog::Mail(form)) = self.dialogs.front_mut() {
            form.posting = Attempt::UnderWay;
        }
    }
}
