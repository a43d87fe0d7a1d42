//! Whether this computer's clock is behind what was recorded before: then every count of days left is wrong.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::profile::Profile;
use crate::written_day;

/// How far a recorded time may be ahead of the clock: computers that share a vault differ by minutes, or by a time zone.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// A clock that says an earlier time than was recorded before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClockBehind {
    /// What it says.
    pub(crate) now: DateTime<Utc>,
    /// The latest time that was recorded.
    pub(crate) recorded: DateTime<Utc>,
    by: RecordedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordedBy {
    Save,
    Test,
}

impl ClockBehind {
    /// Compares the clock with when a vault was saved and its connections were tested.
    pub(crate) fn find<'p>(
        now: DateTime<Utc>,
        saved: Option<DateTime<Utc>>,
        profiles: impl IntoIterator<Item = &'p Profile>,
    ) -> Option<ClockBehind> {
        let tests = profiles.into_iter().filter_map(|profile| profile.last_check.as_ref()).map(|check| check.at);
        let test = tests.max().map(|at| (at, RecordedBy::Test));
        let save = saved.map(|at| (at, RecordedBy::Save));
        // Of two that are as late, the save: it is the last thing that happened.
        let (recorded, by) = test.into_iter().chain(save).max_by_key(|(at, _)| *at)?;
        (recorded.signed_duration_since(now) > AHEAD).then_some(ClockBehind { now, recorded, by })
    }

    /// In words; `day` says on which day a time is.
    pub(crate) fn describe(&self, day: impl Fn(DateTime<Utc>) -> NaiveDate) -> String {
        let [now, recorded] = [self.now, self.recorded].map(|time| written_day::long(day(time)));
        let what = match self.by {
            RecordedBy::Save => "the vault was saved",
            RecordedBy::Test => "a connection was tested",
        };
        format!(
            "This computer's clock says {now}, but {what} on {recorded}. Days left are wrong until the clock is right."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::LastCheck;
    use uuid::Uuid;

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().expect("a test's own time")
    }

    #[test]
    fn a_clock_is_behind_what_was_recorded_more_than_a_day_later() {
        let now = at("2025-10-26T12:00:00Z");
        let find = |saved: &str| ClockBehind::find(now, Some(at(saved)), []);
        assert_eq!(find("2025-10-27T12:00:00Z"), None, "a time zone is no year");
        let found = find("2026-11-30T09:00:00Z").expect("a year");
        assert_eq!(
            found.describe(|time| time.date_naive()),
            "This computer's clock says 26 October 2025, but the vault was saved on 30 November 2026. Days left are wrong \
             until the clock is right."
        );
    }

    #[test]
    fn the_latest_of_saves_and_tests_counts() {
        let now = at("2025-10-26T12:00:00Z");
        let mut profile = Profile::new(Uuid::nil(), "Contoso", now);
        let tested = at("2026-12-01T09:00:00Z");
        profile.last_check = Some(LastCheck { at: tested, passed: true, stage: None, code: None, tenant_id: None });
        let found = ClockBehind::find(now, Some(at("2026-11-30T09:00:00Z")), [&profile]).expect("a year");
        assert!(found.describe(|time| time.date_naive()).contains("a connection was tested on 1 December 2026"));
        assert_eq!(ClockBehind::find(tested, None, [&profile]), None);
    }
}
