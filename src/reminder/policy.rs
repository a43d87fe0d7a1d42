//! When to remind. Pure: the time, the time zone and what was notified before come in, a decision goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

use super::rule::{ReminderRule, Rules, WithoutDate};
use super::snooze::{HasExpired, Snooze};
use crate::profile::SecretExpiry;

/// The time on the wall where the person is.
pub type LocalTime<'a> = &'a dyn Fn(DateTime<Utc>) -> NaiveDateTime;

/// A secret, by its vault and profile.
pub type Key = (Uuid, Uuid);

/// Days between two words about a secret without a date.
pub(super) const UNDATED_DAYS: i64 = 30;
/// Two daily reminders are at least so far apart, so that a check just before and one just after midnight are one.
const DAILY_GAP: TimeDelta = TimeDelta::hours(6);
/// A clock that was set back by more than this was wrong before: what it said then no longer silences anything.
const CLOCK_WAS_WRONG: TimeDelta = TimeDelta::days(7);

/// One secret that is watched over.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// Whose it is.
    pub key: Key,
    /// The day on which it expires, when it is known.
    pub expires: Option<NaiveDate>,
    /// The profile's own rule.
    pub rule: Option<&'a ReminderRule>,
    /// Whether somebody asked for peace.
    pub snooze: Option<Snooze>,
    /// Whether the vault is still where it was.
    pub vault: VaultPlace,
}

/// Whether a vault's file is where it was saved last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultPlace {
    /// It is there.
    There,
    /// It was moved or deleted, or its drive is not connected. Its secrets expire anyway, so there are
    /// reminders of them; of an expired one once and not daily.
    Missing,
}

/// How near the expiry is, in the steps of the rule; the nearer, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Nobody knows the date.
    WithoutDate,
    /// At most so many days before the expiry. The order is turned round by [`Step::before`].
    Before(std::cmp::Reverse<u32>),
    /// It has expired.
    Expired,
}

impl Step {
    /// At most `days` days before the expiry.
    pub fn before(days: u32) -> Step {
        Step::Before(std::cmp::Reverse(days))
    }
}

/// The last reminder about a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotifiedOnce {
    /// The date that the reminder was about: a new date starts over.
    pub expires: Option<NaiveDate>,
    /// How near it was.
    pub step: Step,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// What was notified before, per secret. This is all that must be kept between two checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notified(pub HashMap<Key, NotifiedOnce>);

/// The reminder that is due for one secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its place among the watched ones.
    pub place: usize,
    /// Whose it is.
    pub key: Key,
    /// Its date.
    pub expires: Option<NaiveDate>,
    /// How near that is.
    pub step: Step,
    /// Days left, 0 or less when it has expired; `None` without a date.
    pub days_left: Option<i64>,
}

/// What a check has to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is due.
    Nothing,
    /// Something is due, and it can wait until the quiet hours end.
    Quiet {
        /// The end of the quiet hours, local time.
        until: NaiveTime,
        /// How many secrets wait.
        waiting: usize,
    },
    /// Tell about these, in one notification; the worst first.
    Remind(Vec<Due>),
}

/// Decides what is due at `now`.
pub fn decide(
    now: DateTime<Utc>,
    local: LocalTime<'_>,
    rules: &Rules,
    watched: &[Watched<'_>],
    notified: &Notified,
) -> Decision {
    let here = Here { now, local, today: local(now).date(), rules };
    let mut due: Vec<Due> = watched
        .iter()
        .enumerate()
        .filter_map(|(place, secret)| {
            let step = here.due(secret, notified.0.get(&secret.key))?;
            let days_left = secret.expires.map(|day| SecretExpiry::new(day).days_left(now));
            Some(Due { place, key: secret.key, expires: secret.expires, step, days_left })
        })
        .collect();
    if due.is_empty() {
        return Decision::Nothing;
    }
    if let Some(quiet) = rules.quiet.filter(|quiet| quiet.cover(local(now))) {
        return Decision::Quiet { until: quiet.to, waiting: due.len() };
    }
    // Without a date comes last.
    due.sort_by_key(|due| (due.days_left.is_none(), due.days_left, due.place));
    Decision::Remind(due)
}

/// The step that a secret is in now; `None` while it is far away or its profile has no reminders.
pub fn step(now: DateTime<Utc>, rules: &Rules, secret: &Watched<'_>) -> Option<Step> {
    let days = match secret.rule {
        Some(ReminderRule::Off) => return None,
        Some(ReminderRule::Days(days)) => days,
        None => &rules.days,
    };
    let Some(day) = secret.expires else {
        return (rules.without_date == WithoutDate::Monthly).then_some(Step::WithoutDate);
    };
    match SecretExpiry::new(day).days_left(now) {
        ..=0 => Some(Step::Expired),
        left => days.iter().copied().filter(|days| left <= i64::from(*days)).min().map(Step::before),
    }
}

/// Everything about the moment.
pub(super) struct Here<'a> {
    pub(super) now: DateTime<Utc>,
    pub(super) local: LocalTime<'a>,
    /// The local day.
    pub(super) today: NaiveDate,
    pub(super) rules: &'a Rules,
}

impl Here<'_> {
    /// The step to tell about, if it is due.
    pub(super) fn due(&self, secret: &Watched<'_>, notified: Option<&NotifiedOnce>) -> Option<Step> {
        let step = step(self.now, self.rules, secret)?;
        let expired = HasExpired::from(step == Step::Expired);
        if secret.snooze.is_some_and(|snooze| snooze.holds(self.today, secret.expires, expired)) {
            return None;
        }
        let notified =
            notified.filter(|notified| notified.expires == secret.expires && notified.at - self.now <= CLOCK_WAS_WRONG);
        let Some(notified) = notified else { return Some(step) };
        let notified_day = (self.local)(notified.at).date();
        if secret.snooze.is_some_and(|snooze| snooze.ended_after(notified_day, self.today, secret.expires)) {
            return Some(step);
        }
        let again = match step {
            Step::WithoutDate => (self.today - notified_day).num_days() >= UNDATED_DAYS,
            Step::Before(_) => step > notified.step,
            Step::Expired if notified.step < Step::Expired => true,
            Step::Expired if secret.vault == VaultPlace::Missing => false,
            Step::Expired => notified_day < self.today && self.now - notified.at >= DAILY_GAP,
        };
        again.then_some(step)
    }
}

impl Notified {
    /// Notes that these were notified at `now`.
    pub fn note(&mut self, due: &[Due], now: DateTime<Utc>) {
        for Due { key, expires, step, .. } in due {
            self.0.insert(*key, NotifiedOnce { expires: *expires, step: *step, at: now });
        }
    }

    /// Removes secrets that are no longer watched and had no reminder for over a year.
    pub fn forget_strangers(&mut self, watched: &[Watched<'_>], now: DateTime<Utc>) {
        let known: std::collections::HashSet<Key> = watched.iter().map(|secret| secret.key).collect();
        self.0.retain(|key, notified| known.contains(key) || now - notified.at < TimeDelta::days(400));
    }
}
