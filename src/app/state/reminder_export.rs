//! The ways in which dates leave the window: a webhook, a calendar file, a mail for somebody else.

use uuid::Uuid;

use super::{AppState, Attempt, Dated, Dialog, Tone};
use crate::{
    app::tasks::{Posted, ReminderRequest, Request, VaultReminderRequest, VaultRequest, WrittenCalendar},
    connection_check::NetworkSettings,
    counted::counted,
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
        // Like the background check: the proxy's credentials are in the vault, and that check has no vault.
        let network = NetworkSettings { proxy_credentials: None, ..self.network_settings() };
        if let Some(webhook) = self.webhook(network) {
            let post = Box::new(Post {
                title: "Test message from A365 Password Tool".to_owned(),
                text: "Reminders about expiring client secrets will be posted here.".to_owned(),
                secrets: Vec::new(),
            });
            self.reminders.webhook_test = Attempt::UnderWay;
            self.outbox.push(Request::Reminders(ReminderRequest::Post(post, webhook, Posted::Test)));
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
        self.outbox.push(Request::Vault(VaultRequest::Reminders(VaultReminderRequest::WriteCalendar(profiles, days))));
    }

    pub(super) fn calendar_written(&mut self, written: Result<Option<WrittenCalendar>, String>) {
        match written {
            Ok(None) => {}
            Ok(Some(written)) => {
                let dates = counted(written.events, "date");
                let left_out = match written.without_date {
                    0 => String::new(),
                    1 => " One profile has no expiry date and is not included.".to_owned(),
                    count => format!(" {count} profiles have no expiry date and are not included."),
                };
                let path = written.path.display();
                let text = format!(
                    "Exported {dates} to {path}. Open the file with your calendar.{left_out} Outlook adds all events \
                     again at each import: use a separate calendar for them, and delete that calendar before you \
                     import a newer file."
                );
                self.notify(Tone::Success, text);
            }
            Err(text) => self.notify(Tone::Danger, text),
        }
    }

    pub(super) fn open_mail(&mut self, id: Uuid) {
        let now = self.now;
        if let Some(profile) = self.open_vault().and_then(|vault| vault.profile(id)) {
            let mail = handover::mail(profile, now);
            self.dialogs.push_back(Dialog::Mail(MailForm { profile: id, mail, posting: Attempt::NotYet }));
        }
    }

    pub(super) fn post_mail(&mut self) {
        let Some(webhook) = self.webhook(self.network_settings()) else { return };
        let now = self.now;
        let Some(Dialog::Mail(form)) = self.dialogs.front() else { return };
        let Some(profile) = self.open_vault().and_then(|vault| vault.profile(form.profile)) else { return };
        let post = Box::new(handover::post(profile, now));
        self.outbox.push(Request::Reminders(ReminderRequest::Post(post, webhook, Posted::Mail)));
        if let Some(Dialog::Mail(form)) = self.dialogs.front_mut() {
            form.posting = Attempt::UnderWay;
        }
    }
}
