//! The day on which a client secret stops working.

use chrono::{DateTime, Months, NaiveDate, Utc};

/// A client secret's expiry date, read conservatively: the secret counts as lapsed from 00:00 UTC of that day,
/// because the portal shows a date and the server keeps an instant somewhere within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretExpiry(NaiveDate);

/// How near the expiry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpiryState {
    /// The day has come or gone: the secret has to be taken as dead.
    Lapsed,
    /// At most [`SecretExpiry::URGENT_DAYS`] days are left.
    Urgent,
    /// At most [`SecretExpiry::SOON_DAYS`] days are left.
    Soon,
    /// More days are left than that.
    Fine,
}

impl ExpiryState {
    /// The state's public id, as the command line's JSON gives it.
    pub fn id(self) -> &'static str {
        match self {
            ExpiryState::Lapsed => "lapsed",
            ExpiryState::Urgent => "urgent",
            ExpiryState::Soon => "soon",
            ExpiryState::Fine => "fine",
        }
    }
}

impl SecretExpiry {
    /// At most this many days left is urgent.
    pub const URGENT_DAYS: i64 = 14;
    /// At most this many days left is soon.
    pub const SOON_DAYS: i64 = 60;

    /// The expiry on `date`.
    pub fn new(date: NaiveDate) -> SecretExpiry {
        SecretExpiry(date)
    }

    /// The day itself.
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// Whole days from `now`'s UTC date to the expiry; 0 or less means lapsed.
    pub fn days_left(self, now: DateTime<Utc>) -> i64 {
        (self.0 - now.date_naive()).num_days()
    }

    /// How near the expiry is at `now`.
    pub fn state(self, now: DateTime<Utc>) -> ExpiryState {
        match self.days_left(now) {
            ..=0 => ExpiryState::Lapsed,
            1..=Self::URGENT_DAYS => ExpiryState::Urgent,
            days if days <= Self::SOON_DAYS => ExpiryState::Soon,
            _ => ExpiryState::Fine,
        }
    }

    /// The days left as words: "lapsed 3 days ago", "lapses tomorrow", "12 days left".
    pub fn describe(self, now: DateTime<Utc>) -> String {
        match self.days_left(now) {
            0 => "lapses today".to_owned(),
            -1 => "lapsed yesterday".to_owned(),
            days if days < 0 => format!("lapsed {} days ago", -days),
            1 => "lapses tomorrow".to_owned(),
            days => format!("{days} days left"),
        }
    }

    /// The expiry of a secret made on `start` for `months` months, as the portal's list of choices counts.
    /// `None` past the end of the calendar.
    pub fn after_months(start: NaiveDate, months: u32) -> Option<SecretExpiry> {
        start.checked_add_months(Months::new(months)).map(SecretExpiry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(text: &str) -> DateTime<Utc> {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a test's own date");
        Utc.from_utc_datetime(&naive)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a test's own date")
    }

    #[test]
    fn it_counts_as_lapsed_from_midnight_utc_of_its_day() {
        let expiry = SecretExpiry::new(day("2026-12-01"));
        assert_eq!(expiry.state(at("2026-11-30 23:59")), ExpiryState::Urgent);
        assert_eq!(expiry.describe(at("2026-11-30 23:59")), "lapses tomorrow");
        assert_eq!(expiry.state(at("2026-12-01 00:00")), ExpiryState::Lapsed);
        assert_eq!(expiry.describe(at("2026-12-04 00:00")), "lapsed 3 days ago");
    }

    #[test]
    fn the_steps_are_14_and_60_days() {
        let expiry = SecretExpiry::new(day("2027-03-01"));
        assert_eq!(expiry.state(at("2027-02-15 12:00")), ExpiryState::Urgent);
        assert_eq!(expiry.state(at("2027-02-14 12:00")), ExpiryState::Soon);
        assert_eq!(expiry.state(at("2026-12-31 12:00")), ExpiryState::Soon);
        assert_eq!(expiry.state(at("2026-12-30 12:00")), ExpiryState::Fine);
    }

    #[test]
    fn months_are_the_calendars() {
        let after = |start, months| SecretExpiry::after_months(day(start), months).map(SecretExpiry::date);
        assert_eq!(after("2026-08-31", 6), Some(day("2027-02-28")));
        assert_eq!(after("2026-11-23", 24), Some(day("2028-11-23")));
    }
}
