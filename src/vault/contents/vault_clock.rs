//! Which time a vault believes.
//!
//! What a vault does because of a date (forgetting a former secret, forgetting a removal) cannot be undone, and a
//! computer's clock can be wrong: an empty clock battery says 1970, a virtual machine wakes up ten years ahead. So a vault
//! remembers a time that it believes, and another that it doubts:
//!
//! 1. A save within [`STEP`] of the believed time is believed.
//! 2. Any other time is doubted, and the believed time stays. A doubted time becomes the believed one when a later
//!    save, at least [`STEP`] and at most [`RUN`] after it by its own clock, finds the clock still running on from it. So a
//!    wrong clock has to stay wrong in the same way for a week before it counts, and a vault that rested for months needs
//!    two saves a week apart.
//! 3. A save that is believed drops the doubted time; one that does not run on from it takes its place.
//! 4. What is due goes by the earlier of the clock and the believed time, so neither of them alone can end anything early.
//!
//! Being wrong in the other direction costs little: something is kept for longer.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::rfc3339;
use crate::vault::encoding::KeptValue;

/// How far the clock of a save may be from the believed time, and how long a doubted clock has to run on.
const STEP: TimeDelta = TimeDelta::days(7);
/// The longest pause after which a clock counts as having run on. Two different wrong times lie further apart.
const RUN: TimeDelta = TimeDelta::days(400);
/// How far a recorded time may be ahead of the clock: computers that share a vault differ by minutes, or by a time zone.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// What a vault knows of the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::vault) struct VaultClock {
    believed: Option<DateTime<Utc>>,
    doubted: Option<DateTime<Utc>>,
}

impl VaultClock {
    /// Begins from the time of the save that was read, where no program has remembered a believed time.
    pub(in crate::vault) fn begin_at(&mut self, saved_at: DateTime<Utc>) {
        self.believed.get_or_insert(saved_at);
    }

    /// After a save at `now`. A new vault believes its first clock, having nothing else.
    pub(in crate::vault) fn seen(self, now: DateTime<Utc>) -> VaultClock {
        let Some(believed) = self.believed.filter(|believed| !is_near(*believed, now)) else {
            return VaultClock { believed: Some(now), doubted: None };
        };
        let Some(doubted) = self.doubted else { return VaultClock { doubted: Some(now), ..self } };
        let running = now.signed_duration_since(doubted);
        if running < TimeDelta::zero() || running > RUN {
            VaultClock { believed: Some(believed), doubted: Some(now) }
        } else if running < STEP {
            self
        } else if running <= STEP + STEP {
            VaultClock { believed: Some(now), doubted: None }
        } else {
            // A pause or a leap: what came before it is certain, what came after is not.
            VaultClock { believed: Some(doubted), doubted: Some(now) }
        }
    }

    /// Whether a clock that says `now` is believed.
    pub(in crate::vault) fn believes(self, now: DateTime<Utc>) -> bool {
        self.believed.is_none_or(|believed| is_near(believed, now))
    }

    /// The latest time that is believed.
    pub(in crate::vault) fn believed(self) -> Option<DateTime<Utc>> {
        self.believed
    }

    /// The time by which things are due.
    pub(in crate::vault) fn due_by(self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.believed.map_or(now, |believed| believed.min(now))
    }

    /// What two versions of a vault know together.
    pub(in crate::vault) fn union(self, other: VaultClock) -> VaultClock {
        // Both believed times were confirmed; of the doubted ones the later has the more to prove.
        VaultClock { believed: self.believed.max(other.believed), doubted: self.doubted.max(other.doubted) }
    }

    /// Reads what [`VaultClock::to_json`] writes. What makes no sense counts as not known.
    pub(in crate::vault) fn of_json(json: &KeptValue) -> VaultClock {
        let moment = |name: &str| {
            let (_, value) = json.members()?.iter().find(|(member, _)| member == name)?;
            DateTime::parse_from_rfc3339(value.text()?).ok().map(|moment| moment.to_utc())
        };
        VaultClock { believed: moment("believed"), doubted: moment("doubted") }
    }

    /// As the payload has it; `None` when nothing is known.
    pub(in crate::vault) fn to_json(self) -> Option<KeptValue> {
        let member = |name: &str, at: DateTime<Utc>| {
            (name.to_owned(), KeptValue::Text(rfc3339::text(at, SecondsFormat::AutoSi).as_str().into()))
        };
        let mut members = vec![member("believed", self.believed?)];
        members.extend(self.doubted.map(|doubted| member("doubted", doubted)));
        Some(KeptValue::Object(members))
    }
}

fn is_near(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    one.signed_duration_since(other).abs() <= STEP
}

/// Whether a recorded time can only come from a clock that was ahead of this one.
pub(in crate::vault) fn is_ahead(recorded: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    recorded.signed_duration_since(now) > AHEAD
}

/// For comparing recorded times: those that are ahead of the clock come first, so that they win over no other.
pub(in crate::vault) fn rank(recorded: DateTime<Utc>, now: DateTime<Utc>) -> (bool, DateTime<Utc>) {
    (!is_ahead(recorded, now), recorded)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + number * 86_400, 0).expect("a test's own day")
    }

    /// What is due by the last of these saves, in days.
    fn due_after(days: &[i64]) -> i64 {
        let mut clock = VaultClock::default();
        for number in days {
            clock = clock.seen(day(*number));
        }
        let last = day(*days.last().expect("a save"));
        (clock.due_by(last) - day(0)).num_days()
    }

    #[test]
    fn a_clock_that_leaps_is_not_believed_until_it_has_run_on_for_a_week() {
        assert_eq!(due_after(&[0, 3, 10, 17]), 17, "ordinary use");
        assert_eq!(due_after(&[0, 3650]), 0, "one leap");
        assert_eq!(due_after(&[0, 3650, 3650, 3651, 3656]), 0, "some days of it");
        assert_eq!(due_after(&[0, 3650, 1]), 1, "and back");
        assert_eq!(due_after(&[0, 3650, 1, 3658, 2]), 2);
        assert_eq!(due_after(&[0, 3650, 26_000]), 0, "from one wrong time to another");
        assert_eq!(due_after(&[0, -20_000, -19_999, 5]), 5, "1970 for a day");
        assert_eq!(due_after(&[0, -20_000, -19_990, 5]), -19_990, "1970 for more than a week: all is kept for longer");
        assert_eq!(due_after(&[0, -20_000, -19_990, 5, 12]), 12);
        assert_eq!(due_after(&[0, 100]), 0, "a vault that rested");
        assert_eq!(due_after(&[0, 100, 107]), 107);
        assert_eq!(due_after(&[0, 100, 101, 108, 109]), 109);
        assert_eq!(due_after(&[0, 30, 60, 90]), 60, "saved once a month: one save late");
        assert_eq!(due_after(&[0, 100, 3650]), 0, "a leap right after a rest");
    }

    proptest! {
        #[test]
        fn no_leap_ends_anything_early(
            saves in vec((0_i64..7, prop::option::weighted(0.3, prop_oneof![-30_000_i64..-500, 500_i64..2_900_000])), 1..60),
        ) {
            let (mut clock, mut today) = (VaultClock::default().seen(day(0)), 0);
            let mut former_leap = None;
            for (gap, leap) in saves {
                today += gap;
                // One wrong save at a time, each wrong in its own way.
                let leap = leap.filter(|_| former_leap.is_none());
                former_leap = leap;
                let shown = day(today + leap.unwrap_or(0));
                clock = clock.seen(shown);
                prop_assert!(clock.due_by(shown) <= day(today), "{clock:?} on day {today}");
            }
            for _ in 0..6 {
                today += 3;
                clock = clock.seen(day(today));
            }
            prop_assert_eq!(clock.due_by(day(today)), day(today), "two quiet weeks later all is due that should be");
        }

        #[test]
        fn it_is_the_same_after_it_was_written(believed in prop::option::of(-9_000_000_i64..9_000_000), doubted in prop::option::of(0_i64..9)) {
            let clock = VaultClock {
                believed: believed.map(|number| rfc3339::within_its_years(day(number))),
                doubted: doubted.filter(|_| believed.is_some()).map(day),
            };
            let read = clock.to_json().map_or(VaultClock::default(), |json| VaultClock::of_json(&json));
            prop_assert_eq!(read, clock);
        }
    }
}
