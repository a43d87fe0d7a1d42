//! "Not now": a profile's reminders wait until a date.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How many days the notification's own button snoozes a reminder.
pub const WEEK: u64 = 7;

/// A profile's reminders wait until a day, for the secret that expires on `expires` and for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// The first local day on which a reminder may come again.
    pub until: NaiveDate,
    /// The local day on which it was snoozed.
    pub since: NaiveDate,
    /// The secret that it was asked for, by its expiry date; a new date ends the snooze.
    pub expires: Option<NaiveDate>,
}

impl Snooze {
    /// From `today` for `days` days.
    pub fn for_days(today: NaiveDate, days: u64, expires: Option<NaiveDate>) -> Snooze {
        let until = today.checked_add_days(chrono::Days::new(days)).unwrap_or(NaiveDate::MAX);
        Snooze { until, since: today, expires }
    }

    /// Whether it silences a secret now. Expiry is news: it ends an earlier snooze.
    pub fn holds(&self, today: NaiveDate, expires: Option<NaiveDate>, has_expired: HasExpired) -> bool {
        let before_expiry = expires.is_some_and(|day| self.since < day);
        self.expires == expires && today < self.until && !(has_expired == HasExpired::Yes && before_expiry)
    }

    /// Whether it ended after `notified`, so that the same reminder is due once more.
    pub fn ended_after(&self, notified: NaiveDate, today: NaiveDate, expires: Option<NaiveDate>) -> bool {
        self.expires == expires && (notified..=today).contains(&self.until) && notified < self.until
    }
}

impl From<bool> for HasExpired {
    fn from(expired: bool) -> HasExpired {
        if expired { HasExpired::Yes } else { HasExpired::No }
    }
}

/// Whether the secret counts as expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HasExpired {
    /// Its day has come or gone.
    Yes,
    /// There is time left, or the date is not known.
    No,
}
