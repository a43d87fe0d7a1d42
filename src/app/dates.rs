//! How the window writes days and times: one form everywhere, by the clock on the wall.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

use crate::reminder::this_account;
use crate::written_day;

/// A day as people read it, e.g. `31 May 2027`.
pub fn day(date: NaiveDate) -> String {
    written_day::short(date)
}

/// The time zone of the window.
#[derive(Clone, Copy)]
pub struct LocalTime(fn(DateTime<Utc>) -> NaiveDateTime);

impl LocalTime {
    /// The time zone that this function stands for.
    pub fn new(local: fn(DateTime<Utc>) -> NaiveDateTime) -> LocalTime {
        LocalTime(local)
    }

    /// This computer's time zone.
    pub fn of_this_computer() -> LocalTime {
        LocalTime(this_account::local)
    }

    /// The time on the wall. Far from today it is UTC: no time zone is known for those years, and some systems refuse them.
    pub fn at(self, time: DateTime<Utc>) -> NaiveDateTime {
        if (1971..9999).contains(&time.year()) { (self.0)(time) } else { time.naive_utc() }
    }

    /// The day on the wall's calendar.
    pub fn date(self, time: DateTime<Utc>) -> NaiveDate {
        self.at(time).date()
    }

    /// A time as people read it, e.g. `31 May 2027, 14:05`.
    pub fn describe(self, time: DateTime<Utc>) -> String {
        let local = self.at(time);
        format!("{}, {}", day(local.date()), local.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    /// Three and a half hours behind UTC.
    fn behind(time: DateTime<Utc>) -> NaiveDateTime {
        time.with_timezone(&FixedOffset::west_opt(12_600).expect("an offset")).naive_local()
    }

    #[test]
    fn a_time_is_written_as_the_wall_shows_it() {
        for (utc, written) in [
            ("2027-05-31T14:05:00Z", "31 May 2027, 10:35"),
            ("2027-05-31T03:29:59Z", "30 May 2027, 23:59"),
            ("2027-05-31T03:30:00Z", "31 May 2027, 00:00"),
            ("2027-01-01T00:00:00Z", "31 Dec 2026, 20:30"),
            ("2028-03-01T01:00:00Z", "29 Feb 2028, 21:30"),
            ("2027-03-01T01:00:00Z", "28 Feb 2027, 21:30"),
            ("2026-09-03T12:00:00Z", "3 Sep 2026, 08:30"),
            ("1971-01-01T00:00:00Z", "31 Dec 1970, 20:30"),
            ("9998-12-31T23:59:59Z", "31 Dec 9998, 20:29"),
            ("9999-12-31T23:59:59Z", "31 Dec 9999, 23:59"),
            ("1970-01-01T00:00:00Z", "1 Jan 1970, 00:00"),
        ] {
            let time = utc.parse().expect("a test's own time");
            assert_eq!(LocalTime::new(behind).describe(time), written, "{utc}");
        }
    }

    #[test]
    fn no_time_is_too_far_away() {
        for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::UNIX_EPOCH] {
            for zone in [LocalTime::of_this_computer(), LocalTime::new(behind)] {
                assert_eq!(zone.at(time), time.naive_utc());
            }
        }
    }
}
