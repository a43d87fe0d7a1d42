//! The table `[reminders]`: when to warn, and by which way.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime};
use toml_edit::{Array, Item, Table};
use url::Url;

use super::value_reader::{InnerKey, Reader, SettingsWarning, TableWriter, name_of};

/// When to send reminders before a client secret expires, and how.
#[derive(Clone, PartialEq, Eq)]
pub struct ReminderSettings {
    /// Days before the expiry on which to warn, 1 to 730, the most first, at most 20. After it, every day.
    pub days: Vec<u32>,
    /// Local hours without reminders: from, to (not included). They may go over midnight.
    pub quiet_hours: Option<(NaiveTime, NaiveTime)>,
    /// Whether to say every month that a secret has no known date.
    pub without_date: bool,
    /// Whether the check with the app closed shows a notification on this computer.
    pub notify: bool,
    /// Where the check also posts what is due: an https address of a Teams workflow, Slack, or anything that takes
    /// JSON. The address alone lets people post there, so it prints as `[webhook]`.
    pub webhook: Option<Url>,
    /// What is posted there. Where the file does not say, the address decides, see [`WebhookForm::of_address`].
    pub webhook_form: WebhookForm,
    /// The day on which somebody last dismissed the window's offer to let the check start by itself.
    pub offer_dismissed: Option<NaiveDate>,
}

/// What a webhook takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WebhookForm {
    /// One JSON object of ours.
    #[default]
    Json,
    /// An Adaptive Card, as Teams' workflow “Post to a channel when a webhook request is received” takes it.
    Teams,
    /// Slack's incoming webhooks.
    Slack,
}

impl Default for ReminderSettings {
    fn default() -> ReminderSettings {
        ReminderSettings {
            days: vec![60, 30, 14, 7, 3, 1],
            quiet_hours: None,
            without_date: true,
            notify: true,
            webhook: None,
            webhook_form: WebhookForm::Json,
            offer_dismissed: None,
        }
    }
}

impl std::fmt::Debug for ReminderSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ReminderSettings")
            .field("days", &self.days)
            .field("quiet_hours", &self.quiet_hours)
            .field("without_date", &self.without_date)
            .field("notify", &self.notify)
            .field("webhook", &self.webhook.as_ref().map(|_| "[webhook]"))
            .field("webhook_form", &self.webhook_form)
            .field("offer_dismissed", &self.offer_dismissed)
            .finish()
    }
}

const TABLE: &str = "reminders";
const DAYS: InnerKey = ("days", "reminders.days");
const QUIET: InnerKey = ("quiet_hours", "reminders.quiet_hours");
const WITHOUT_DATE: InnerKey = ("without_date", "reminders.without_date");
const NOTIFY: InnerKey = ("notify", "reminders.notify");
const WEBHOOK: InnerKey = ("webhook", "reminders.webhook");
const WEBHOOK_FORM: InnerKey = ("webhook_form", "reminders.webhook_form");
const OFFER: InnerKey = ("offer", "reminders.offer");

const FORMS: [(&str, WebhookForm); 3] =
    [("json", WebhookForm::Json), ("teams", WebhookForm::Teams), ("slack", WebhookForm::Slack)];
/// Days before an expiry that a reminder may be set to.
const DAY_LIMITS: RangeInclusive<u32> = 1..=730;
/// The most reminders before one expiry.
pub const REMINDER_DAYS_LIMIT: usize = 20;
const COUNT_LIMITS: RangeInclusive<usize> = 1..=REMINDER_DAYS_LIMIT;
const NONE: &str = "none";

/// Takes the table out of the whole file's.
pub(super) fn read(reader: &mut Reader<'_>) -> ReminderSettings {
    let mut settings = ReminderSettings::default();
    let mut table = reader.inner_table(TABLE);
    let expected = "a list of 1 to 20 whole numbers between 1 and 730, for example [60, 30, 14, 7, 3, 1]";
    table.value(DAYS, expected, &mut settings.days, days);
    let expected = "“none” or two times such as “18:00-08:00”";
    table.value(QUIET, expected, &mut settings.quiet_hours, |item| read_quiet_hours(item.as_str()?));
    table.switch(WITHOUT_DATE, &mut settings.without_date);
    table.switch(NOTIFY, &mut settings.notify);
    let expected = "true, or the day on which the offer was dismissed, such as “2027-05-31”";
    // Earlier versions wrote false, without a day: it is offered once more.
    table.value(OFFER, expected, &mut settings.offer_dismissed, |item| match item.as_bool() {
        Some(_) => Some(None),
        None => item.as_str()?.parse().ok().map(Some),
    });
    let expected = "“none” or an address that begins with https://";
    table.value(WEBHOOK, expected, &mut settings.webhook, |item| webhook(item.as_str()?));
    // Also while the form below cannot be read.
    settings.webhook_form = settings.webhook.as_ref().and_then(WebhookForm::of_address).unwrap_or_default();
    table.choice(WEBHOOK_FORM, &FORMS, "“json”, “teams” or “slack”", &mut settings.webhook_form);
    let mismatch = settings.webhook.as_ref().and_then(|address| settings.webhook_form.mismatch(address));
    table.warnings.extend(mismatch.map(|words| SettingsWarning::WebhookForm { words }));
    settings
}

/// Puts the settings into the file, touching only what differs from what it says; `now` is what was read from it.
pub(super) fn write(
    settings: &ReminderSettings,
    now: &ReminderSettings,
    table: &mut Table,
    wrong: &dyn Fn(&str) -> bool,
) {
    let mut values = TableWriter::new(TABLE, wrong);
    values.put(DAYS, now.days == settings.days, || {
        settings.days.iter().map(|days| i64::from(*days)).collect::<Array>().into()
    });
    values.put(QUIET, now.quiet_hours == settings.quiet_hours, || {
        settings.quiet_hours.map_or_else(|| NONE.to_owned(), quiet_hours_in_words).into()
    });
    values.put(WITHOUT_DATE, now.without_date == settings.without_date, || settings.without_date.into());
    values.put(NOTIFY, now.notify == settings.notify, || settings.notify.into());
    values.put(WEBHOOK, now.webhook == settings.webhook, || settings.webhook.as_ref().map_or(NONE, Url::as_str).into());
    values
        .put(WEBHOOK_FORM, now.webhook_form == settings.webhook_form, || name_of(&FORMS, settings.webhook_form).into());
    values.put(OFFER, now.offer_dismissed == settings.offer_dismissed, || match settings.offer_dismissed {
        Some(day) => day.to_string().into(),
        None => true.into(),
    });
    values.write_to(table);
}

fn days(item: &Item) -> Option<Vec<u32>> {
    let numbers = item.as_array()?.iter().map(|number| u32::try_from(number.as_integer()?).ok());
    tidy_days(numbers.collect::<Option<Vec<_>>>()?)
}

/// Days before an expiry as they are kept: the most first, each once. `None` for what cannot be: less than 1 or more
/// than 730, none at all or more than 20 of them.
pub fn tidy_days(days: impl IntoIterator<Item = u32>) -> Option<Vec<u32>> {
    let mut tidy: Vec<u32> = days.into_iter().collect();
    tidy.sort_unstable_by(|one, other| other.cmp(one));
    tidy.dedup();
    let fits = COUNT_LIMITS.contains(&tidy.len()) && tidy.iter().all(|days| DAY_LIMITS.contains(days));
    fits.then_some(tidy)
}

/// Reads `18:00-08:00`; the word “none” is no quiet hours. `None` for anything else.
pub fn read_quiet_hours(text: &str) -> Option<Option<(NaiveTime, NaiveTime)>> {
    if text.trim().eq_ignore_ascii_case(NONE) {
        return Some(None);
    }
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let (from, to) = text.split_once(['-', '–'])?;
    Some(Some((time(from)?, time(to)?)))
}

/// Quiet hours as [`read_quiet_hours`] reads them.
pub fn quiet_hours_in_words((from, to): (NaiveTime, NaiveTime)) -> String {
    format!("{}-{}", from.format("%H:%M"), to.format("%H:%M"))
}

/// Reads the address of a webhook: https, with a host, without a user name or a password.
pub fn read_webhook(text: &str) -> Option<Url> {
    webhook(text).flatten()
}

fn webhook(text: &str) -> Option<Option<Url>> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case(NONE) {
        return Some(None);
    }
    let url = Url::parse(text).ok()?;
    let fits = url.scheme() == "https" && url.host_str().is_some_and(|host| !host.is_empty());
    // A user name or a password in an address has no place in a file.
    (fits && url.username().is_empty() && url.password().is_none()).then_some(Some(url))
}
