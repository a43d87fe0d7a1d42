//! "Not now": a profile's reminders wait until a date.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How many days the notification's own button puts a reminder off.
pub const WEEK: u64 = 7;

/// A profile's reminders wait until a day, for the secret that lapses on `expires` and for no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// The first local day on which a reminder may come again.
    pub until: NaiveDate,
    /// The local day on which somebody asked for peace.
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

    /// Whether it silences a secret now. A lapse is news: a snooze from before it ends with it.
    pub fn holds(&self, today: NaiveDate, expires: Option<NaiveDate>, has_lapsed: HasLapsed) -> bool {
        let before_the_lapse = expires.is_some_and(|day| self.since < day);
        self.expires == expires && today < self.until && !(has_lapsed == HasLapsed::Yes && before_the_lapse)
    }

    /// Whether it ended after `told`, so that the same thing is to be told once more.
    pub fn ended_after(&self, told: NaiveDate, today: NaiveDate, expires: Option<NaiveDate>) -> bool {
        self.expires == expires && (told..=today).contains(&self.until) && told < self.until
    }
}

impl From<bool> for HasLapsed {
    fn from(lapsed: bool) -> HasLapsed {
        if lapsed { HasLapsed::Yes } else { HasLapsed::No }
    }
}

/// Whether the secret has to be taken as dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HasLapsed {
    /// Its day has come or gone.
    Yes,
    /// There is time left, or nobody knows.
    No,
}
