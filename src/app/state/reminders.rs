//! The reminders in the window: whether the check with the app closed starts automatically, and what is set for single
//! profiles.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use super::{AppState, Attempt, Dialog, Tone};
use crate::{
    app::{
        dates::{LocalTime, day},
        tasks::{
            OwnChange, Posted, ReminderNews, ReminderRequest, Request, VaultReminderRequest, VaultRequest, WatchedVault,
        },
        widgets::Shown,
    },
    escape::visible_start,
    profile::{Profile, SecretExpiry, SecretText},
    reminder::{
        overview::{Dates, title},
        own::{Own, OwnByProfile},
        policy::{VaultPlace, Watched},
        rule::{ReminderRule, Rules},
        schedule::{State, daily_time},
        snooze::Snooze,
        time_line::Heading,
    },
    settings::ReminderSettings,
    vault::vault_name,
};

/// How much of a vault's name the window's title shows, in characters.
const TITLE_NAME_LIMIT: usize = 60;
/// How long the offer of the check with the app closed is not made again after somebody dismissed it, in days.
const OFFERED_AGAIN_DAYS: i64 = 90;

/// What a person asked of the reminders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReminderCommand {
    /// Let the check with the app closed start automatically.
    TurnOn,
    /// End that.
    TurnOff,
    /// Look again whether it does.
    LookAtSchedule,
    /// Do not offer to turn it on for a while.
    DismissOffer,
    /// Show a notification, to see whether it is shown.
    ShowSample,
    /// Show the field for a webhook's address.
    EditWebhook,
    /// Hide it again.
    LeaveWebhook,
    /// Take over what is typed there.
    KeepWebhook,
    /// Post nowhere any more.
    RemoveWebhook,
    /// Post a message to the webhook, to see whether it arrives.
    TestWebhook,
    /// End the reminders of a vault's secrets, until it is opened again.
    StopReminding(Uuid),
    /// Give a profile a rule of its own, or take it away.
    SetRule(Uuid, Option<ReminderRule>),
    /// Let a profile's reminders wait until that day, or end that.
    Snooze(Uuid, Option<NaiveDate>),
    /// Write dates into a calendar file.
    ExportCalendar(Dated),
    /// Show the mail about a profile for the owner of its app registration.
    OpenMail(Uuid),
    /// Post that mail to the webhook.
    PostMail,
    /// Show a part of the time line.
    GoTo(Heading),
}

/// Whose dates a calendar file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// All profiles that the page shows.
    Shown,
    /// This one.
    One(Uuid),
}

/// What the window knows of the reminders while no vault is open as well.
#[derive(Default)]
pub struct Reminders {
    /// Whether the check with the app closed starts automatically.
    pub schedule: Schedule,
    /// The test notification.
    pub sample: Attempt,
    /// The test message to the webhook.
    pub webhook_test: Attempt,
    /// The vaults of whose secrets there are reminders, as read when the settings were shown.
    pub watched: Vec<WatchedVault>,
    /// The dates of the vault at that path.
    dates: Option<(PathBuf, Dates)>,
}

/// Whether the check with the app closed starts automatically.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Schedule {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// Somebody looks.
    Looking,
    /// It is being turned on or off.
    Changing,
    /// It is so, or nobody knows, and why.
    Known(Result<State, String>),
}

/// What the window knows of an open vault's reminders.
#[derive(Default)]
pub struct VaultReminders {
    /// What is set for single profiles.
    pub own: OwnByProfile,
    /// What is typed on a profile's form.
    pub form: ReminderForm,
    /// What is typed on the settings' page.
    pub settings: ReminderSettingsForm,
}

/// What is typed about one profile's reminders.
#[derive(Default)]
pub struct ReminderForm {
    of: Option<Uuid>,
    /// Its days, separated by commas.
    pub days: String,
    /// The day until which its reminders are to wait.
    pub until: String,
}

/// What is typed about the reminders of all profiles.
#[derive(Default)]
pub struct ReminderSettingsForm {
    /// The settings that the texts were made of.
    of: Option<ReminderSettings>,
    /// The days, separated by commas.
    pub days: String,
    /// The quiet hours, or nothing.
    pub quiet_hours: String,
    /// The webhook's new address, while somebody enters it. Anyone who has it can post, so it is kept like a secret.
    pub webhook: Option<SecretText>,
    /// Whether that is shown.
    pub webhook_shown: Shown,
}

impl VaultReminders {
    /// What is set for a profile.
    pub fn of(&self, profile: Uuid) -> Own {
        self.own.get(&profile).cloned().unwrap_or_default()
    }

    /// Until when a profile's reminders wait, if they do.
    pub fn snoozed_until(&self, profile: &Profile, now: DateTime<Utc>, local: LocalTime) -> Option<NaiveDate> {
        let snooze = self.own.get(&profile.id)?.snooze?;
        let expired = profile.expiry().is_some_and(|expiry| expiry.days_left(now) <= 0);
        let today = local.date(now);
        snooze.holds(today, profile.expires(), expired.into()).then_some(snooze.until)
    }
}

impl ReminderForm {
    /// Begins with what is set for this profile, unless that is what it shows already.
    pub fn show(&mut self, profile: Uuid, own: &Own) {
        if self.of != Some(profile) {
            let days = match &own.rule {
                Some(ReminderRule::Days(days)) => in_words(days),
                Some(ReminderRule::Off) | None => String::new(),
            };
            *self = ReminderForm { of: Some(profile), days, until: String::new() };
        }
    }
}

impl ReminderSettingsForm {
    /// Begins with these settings, unless these are what it shows already.
    pub fn show(&mut self, settings: &ReminderSettings) {
        if self.of.as_ref().is_none_or(|of| (&of.days, of.quiet_hours) != (&settings.days, settings.quiet_hours)) {
            self.days = in_words(&settings.days);
            self.quiet_hours = settings.quiet_hours.map(crate::settings::quiet_hours_in_words).unwrap_or_default();
            self.of = Some(settings.clone());
        }
    }
}

/// Days as people write them.
pub fn in_words(days: &[u32]) -> String {
    days.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// A profile as the policy sees it.
pub fn watched<'a>(profile: &Profile, own: &'a Own) -> Watched<'a> {
    Watched {
        key: (Uuid::nil(), profile.id),
        expires: profile.expires(),
        rule: own.rule.as_ref(),
        snooze: own.snooze,
        vault: VaultPlace::There,
    }
}

impl AppState {
    /// The window's title: it names the vault and counts the secrets that need attention, and names none of them.
    pub fn title(&self) -> String {
        let shown = match &self.screen {
            super::Screen::Open(vault) => Some(&vault.path),
            super::Screen::Unlock(form) => Some(&form.path),
            super::Screen::FirstStart(_) => None,
        };
        let dates = self.reminders.dates.as_ref().filter(|(path, _)| Some(path) == shown);
        let name = shown.map(|path| vault_name(path));
        let name = name.as_deref().map(|name| visible_start(name, TITLE_NAME_LIMIT)).filter(|name| !name.is_empty());
        title(name.as_deref(), dates.map_or(0, |(_, dates)| dates.need_attention(self.now.date_naive())))
    }

    /// Whether to offer that the check with the app closed starts automatically. Somebody who dismissed that is asked again
    /// after a while, and once another secret has become urgent.
    pub fn offers_schedule(&self) -> bool {
        self.reminders.schedule == Schedule::Known(Ok(State::Off))
            && self.reminders.dates.as_ref().is_some_and(|(_, dates)| !dates.is_empty())
            && self.settings.reminders.offer_dismissed.is_none_or(|day| self.is_offered_again(day))
    }

    fn is_offered_again(&self, dismissed: NaiveDate) -> bool {
        let today = self.now.date_naive();
        let since = dismissed.and_time(NaiveTime::MIN).and_utc();
        let is_urgent = |expiry: SecretExpiry, at| expiry.days_left(at) <= SecretExpiry::URGENT_DAYS;
        let became_urgent = |profile: &Profile| {
            profile.expiry().is_some_and(|expiry| is_urgent(expiry, self.now) && !is_urgent(expiry, since))
        };
        (today - dismissed).num_days() >= OFFERED_AGAIN_DAYS
            || self.open_vault().is_some_and(|vault| vault.profiles.iter().any(|profile| became_urgent(profile)))
    }

    pub(super) fn handle_reminders(&mut self, command: ReminderCommand) {
        match command {
            ReminderCommand::TurnOn => self.turn_on(),
            ReminderCommand::TurnOff => self.change_schedule(ReminderRequest::TurnOff),
            ReminderCommand::LookAtSchedule => self.look_at_schedule(),
            ReminderCommand::DismissOffer => {
                let today = self.now.date_naive();
                self.change_reminder_settings(|settings| settings.offer_dismissed = Some(today));
            }
            ReminderCommand::ShowSample => {
                self.reminders.sample = Attempt::UnderWay;
                self.outbox.push(Request::Reminders(ReminderRequest::ShowSample));
            }
            ReminderCommand::EditWebhook => self.with_settings_form(|form| form.webhook = Some(SecretText::default())),
            ReminderCommand::LeaveWebhook => self.with_settings_form(|form| form.webhook = None),
            ReminderCommand::KeepWebhook => self.keep_webhook(),
            ReminderCommand::RemoveWebhook => {
                self.reminders.webhook_test = Attempt::NotYet;
                self.change_reminder_settings(|settings| settings.webhook = None);
            }
            ReminderCommand::TestWebhook => self.test_webhook(),
            ReminderCommand::StopReminding(id) => {
                self.outbox.push(Request::Vault(VaultRequest::Reminders(VaultReminderRequest::StopReminding(id))));
            }
            ReminderCommand::SetRule(id, rule) => self.change_own(id, OwnChange::Rule(rule)),
            ReminderCommand::Snooze(id, until) => self.snooze(id, until),
            ReminderCommand::ExportCalendar(dated) => self.export_calendar(dated),
            ReminderCommand::OpenMail(id) => self.open_mail(id),
            ReminderCommand::PostMail => self.post_mail(),
            ReminderCommand::GoTo(heading) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.renewals.go_to = Some(heading);
                }
            }
        }
    }

    pub(super) fn reminder_news(&mut self, news: ReminderNews) {
        match news {
            ReminderNews::Own(own) => {
                if let Some(vault) = self.open_vault_mut()
                    && vault.reminders.own != own
                {
                    vault.reminders.own = own;
                    vault.reminders.form.of = None;
                }
            }
            ReminderNews::Watched(watched) => self.reminders.watched = watched,
            ReminderNews::NotKept(text) => {
                if self.open_vault().is_some() {
                    self.notify(Tone::Danger, text);
                }
            }
            ReminderNews::Schedule(known) => {
                let was_changing = self.reminders.schedule == Schedule::Changing;
                if was_changing && matches!(known, Ok(State::On(_))) {
                    let text = "Reminders are on, even when the app is closed.";
                    self.notify(Tone::Success, text.to_owned());
                }
                self.reminders.schedule = Schedule::Known(known);
            }
            ReminderNews::ScheduleRefused(text) => {
                // What it is now follows, and is no news.
                self.reminders.schedule = Schedule::Looking;
                self.notify(Tone::Danger, format!("Background reminders were not changed. {text}"));
            }
            ReminderNews::SampleShown(result) => self.reminders.sample = Attempt::Ended(result),
            ReminderNews::Posted(Posted::Test, result) => self.reminders.webhook_test = Attempt::Ended(result),
            ReminderNews::Posted(Posted::Mail, result) => {
                if let Some(Dialog::Mail(form)) = self.dialogs.front_mut() {
                    form.posting = Attempt::Ended(result);
                }
            }
            ReminderNews::CalendarWritten(written) => self.calendar_written(written),
            ReminderNews::Dates(path, dates) => {
                // What an open vault holds is newer.
                if self.open_vault().is_none() {
                    self.reminders.dates = Some((path, dates));
                }
            }
        }
    }

    /// Counts the open vault's dates again.
    pub(super) fn count_dates(&mut self) {
        let Some(vault) = self.open_vault() else { return };
        let dates = vault.profiles.iter().filter_map(|profile| profile.expires()).collect();
        self.reminders.dates = Some((vault.path.clone(), dates));
    }

    /// Asks for what the index knows of a locked vault, unless that is known.
    pub(super) fn read_dates(&mut self, path: &std::path::Path) {
        if self.reminders.dates.as_ref().is_none_or(|(known, _)| known != path) {
            self.outbox.push(Request::Reminders(ReminderRequest::ReadDates(path.to_owned())));
        }
    }

    /// Asks of which vaults there are reminders.
    pub(super) fn read_watched(&mut self) {
        self.outbox.push(Request::Vault(VaultRequest::Reminders(VaultReminderRequest::ReadWatched)));
    }

    pub(super) fn look_at_schedule(&mut self) {
        match self.reminders.schedule {
            Schedule::Looking | Schedule::Changing => return,
            Schedule::Unknown => self.reminders.schedule = Schedule::Looking,
            // What is known is shown until there is news.
            Schedule::Known(_) => {}
        }
        self.outbox.push(Request::Reminders(ReminderRequest::LookAtSchedule));
    }

    fn turn_on(&mut self) {
        let quiet = Rules::from(&self.settings.reminders).quiet;
        self.change_schedule(ReminderRequest::TurnOn(daily_time(quiet)));
        if self.open_vault().is_some() {
            self.outbox.push(Request::Vault(VaultRequest::Reminders(VaultReminderRequest::Watch)));
        }
    }

    fn change_schedule(&mut self, work: ReminderRequest) {
        if !matches!(self.reminders.schedule, Schedule::Looking | Schedule::Changing) {
            self.reminders.schedule = Schedule::Changing;
            self.outbox.push(Request::Reminders(work));
        }
    }

    pub(super) fn change_reminder_settings(&mut self, change: impl FnOnce(&mut ReminderSettings)) {
        let mut settings = self.settings.clone();
        change(&mut settings.reminders);
        self.change_settings(settings);
    }

    /// The daily check is at the end of quiet hours that cover its own time: it moves with them.
    pub(super) fn reminder_settings_changed(&mut self, before: &ReminderSettings) {
        let daily = |settings: &ReminderSettings| daily_time(Rules::from(settings).quiet);
        let now = daily(&self.settings.reminders);
        if matches!(self.reminders.schedule, Schedule::Known(Ok(State::On(_)))) && daily(before) != now {
            // Nobody asked for it in so many words, so there is no notice that it is on.
            self.reminders.schedule = Schedule::Looking;
            self.outbox.push(Request::Reminders(ReminderRequest::TurnOn(now)));
        }
    }

    pub(super) fn with_settings_form(&mut self, change: impl FnOnce(&mut ReminderSettingsForm)) {
        if let Some(vault) = self.open_vault_mut() {
            vault.reminders.settings.webhook_shown = Shown::Hidden;
            change(&mut vault.reminders.settings);
        }
    }

    fn change_own(&mut self, id: Uuid, change: OwnChange) {
        let Some(vault) = self.open_vault_mut() else { return };
        let own = vault.reminders.own.entry(id).or_default();
        match &change {
            OwnChange::Rule(rule) => own.rule.clone_from(rule),
            OwnChange::Snooze(snooze) => own.snooze = *snooze,
        }
        if *own == Own::default() {
            vault.reminders.own.remove(&id);
        }
        vault.reminders.form.of = None;
        self.outbox.push(Request::Vault(VaultRequest::Reminders(VaultReminderRequest::Change(id, change))));
    }

    fn snooze(&mut self, id: Uuid, until: Option<NaiveDate>) {
        let since = self.local.date(self.now);
        let Some(profile) = self.open_vault().and_then(|vault| vault.profile(id)) else { return };
        let expires = profile.expires();
        let text = match until {
            Some(until) => format!("Reminders for “{}” are snoozed until {}.", profile.name, day(until)),
            None => format!("Reminders for “{}” are back on.", profile.name),
        };
        self.change_own(id, OwnChange::Snooze(until.map(|until| Snooze { until, since, expires })));
        self.notify(Tone::Success, text);
    }
}
