//! The day on which a client secret stops working.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};

/// A client secret's expiry date, read conservatively: the secret counts as expired from 00:00 UTC of that day,
/// because the portal shows a date and the server keeps an instant somewhere within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretExpiry(NaiveDate);

/// How near the expiry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpiryState {
    /// The day has come or gone: the secret counts as expired.
    Expired,
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
            // The public id since the first version: scripts compare it.
            ExpiryState::Expired => "lapsed",
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

    /// Whole days from `now`'s UTC date to the expiry; 0 or less means expired.
    pub fn days_left(self, now: DateTime<Utc>) -> i64 {
        (self.0 - now.date_naive()).num_days()
    }

    /// How near the expiry is at `now`.
    pub fn state(self, now: DateTime<Utc>) -> ExpiryState {
        match self.days_left(now) {
            ..=0 => ExpiryState::Expired,
            1..=Self::URGENT_DAYS => ExpiryState::Urgent,
            days if days <= Self::SOON_DAYS => ExpiryState::Soon,
            _ => ExpiryState::Fine,
        }
    }

    /// The days left as words: "expired 3 days ago", "expires tomorrow", "12 days left".
    pub fn describe(self, now: DateTime<Utc>) -> String {
        match self.days_left(now) {
            0 => "expires today".to_owned(),
            -1 => "expired yesterday".to_owned(),
            days @ ..0 => format!("expired {} days ago", -days),
            1 => "expires tomorrow".to_owned(),
            days => format!("{days} days left"),
        }
    }

    /// The choices of the portal's “Expires” list, as the months that it names and the days that it counts.
    pub const PORTAL_CHOICES: [(u32, u64); 5] = [(3, 90), (6, 180), (12, 365), (18, 545), (24, 730)];

    /// The expiry of a secret made on `start` with one of [`Self::PORTAL_CHOICES`].
    ///
    /// The portal names months and counts days; the earlier of the two is taken, so that a warning is never late.
    /// `None` past the end of the calendar.
    pub fn after_portal_choice(start: NaiveDate, (months, days): (u32, u64)) -> Option<SecretExpiry> {
        let by_months = start.checked_add_months(Months::new(months))?;
        let by_days = start.checked_add_days(Days::new(days))?;
        Some(SecretExpiry(by_months.min(by_days)))
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
    fn it_counts_as_expired_from_midnight_utc_of_its_day() {
        let expiry = SecretExpiry::new(day("2026-12-01"));
        assert_eq!(expiry.state(at("2026-11-30 23:59")), ExpiryState::Urgent);
        assert_eq!(expiry.describe(at("2026-11-30 23:59")), "expires tomorrow");
        assert_eq!(expiry.state(at("2026-12-01 00:00")), ExpiryState::Expired);
        assert_eq!(expiry.describe(at("2026-12-04 00:00")), "expired 3 days ago");
    }

    #[test]
    fn the_days_left_are_said_in_words() {
        for (date, said) in [
            ("2026-11-28", "expired 3 days ago"),
            ("2026-11-30", "expired yesterday"),
            ("2026-12-01", "expires today"),
            ("2026-12-02", "expires tomorrow"),
            ("2026-12-03", "2 days left"),
        ] {
            assert_eq!(SecretExpiry::new(day(date)).describe(at("2026-12-01 12:00")), said, "{date}");
        }
    }

    #[test]
    fn the_public_ids_stay_as_scripts_compare_them() {
        use ExpiryState as E;
        assert_eq!([E::Expired, E::Urgent, E::Soon, E::Fine].map(E::id), ["lapsed", "urgent", "soon", "fine"]);
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
    fn a_portal_choice_is_read_as_the_earlier_day() {
        let after = |start, choice| SecretExpiry::after_portal_choice(day(start), choice).map(SecretExpiry::date);
        assert_eq!(after("2026-08-31", (6, 180)), Some(day("2027-02-27")));
        assert_eq!(after("2026-11-23", (24, 730)), Some(day("2028-11-22")));
        assert_eq!(after("2025-01-31", (12, 365)), Some(day("2026-01-31")));
    }
}
