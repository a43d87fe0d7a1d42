//! Which earlier saves to let go when there are too many: dense near now, sparse long ago. Pure.

use chrono::{DateTime, Utc};

/// Ages below a minute count as one: a burst of saves is one moment to a person.
const BURST_SECONDS: u64 = 60;

/// The places in `moments` (times of saving, newest first) to remove so that at most `limit` stay.
///
/// One after the other, the one whose two neighbours are closest relative to their age goes: what is lost is always
/// small beside how long ago it was. The newest and, from two on, the oldest always stay.
pub(super) fn surplus(moments: &[DateTime<Utc>], now: DateTime<Utc>, limit: usize) -> Vec<usize> {
    let ages: Vec<u64> = moments.iter().map(|moment| age(now, *moment)).collect();
    let mut left: Vec<usize> = (0..moments.len()).collect();
    let mut gone = Vec::new();
    while left.len() > limit.max(1) {
        let place = if left.len() == 2 { 1 } else { closest(&left, &ages) };
        gone.push(left.remove(place));
    }
    gone
}

fn age(now: DateTime<Utc>, moment: DateTime<Utc>) -> u64 {
    // A clock that was set back makes ages below zero.
    u64::try_from((now - moment).num_seconds()).unwrap_or(0) + BURST_SECONDS
}

/// The inner place whose removal leaves the smallest gap, as a ratio of ages; the older of equals.
fn closest(left: &[usize], ages: &[u64]) -> usize {
    let mut best = left.len() - 2;
    for place in (1..left.len() - 1).rev() {
        let gap = |place: usize| (u128::from(ages[left[place + 1]]), u128::from(ages[left[place - 1]]));
        let ((older, newer), (best_older, best_newer)) = (gap(place), gap(best));
        if older * best_newer < best_older * newer {
            best = place;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::surplus;
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "2026-11-25T12:00:00Z".parse().expect("a moment")
    }

    /// Saves at these distances, thinned after each, as a vault does it. Out: the ages left at the end, newest first.
    fn lived(gaps: &[i64], limit: usize) -> Vec<i64> {
        let mut clock = now();
        let mut kept: Vec<DateTime<Utc>> = Vec::new();
        for gap in gaps {
            clock += TimeDelta::seconds(*gap);
            kept.insert(0, clock);
            let gone = surplus(&kept, clock, limit);
            kept = (0..kept.len()).filter(|place| !gone.contains(place)).map(|place| kept[place]).collect();
        }
        kept.iter().map(|moment| (clock - *moment).num_seconds()).collect()
    }

    #[test]
    fn two_years_of_hourly_saves_leave_steps_of_every_size() {
        let ages = lived(&[3600; 2 * 365 * 24], 10);
        assert_eq!(ages.len(), 10);
        let hours: Vec<_> = ages.iter().map(|age| age / 3600).collect();
        assert_eq!((hours[0], hours[9]), (0, 2 * 365 * 24 - 1));
        for pair in hours[1..].windows(2) {
            assert!(pair[1] <= pair[0] * 12, "a hole between {} and {} hours: {hours:?}", pair[0], pair[1]);
        }
        for (least, most) in [(1, 24), (24, 24 * 14), (24 * 14, 24 * 100), (24 * 100, 24 * 400)] {
            assert!(hours.iter().any(|age| (least..=most).contains(age)), "{least} to {most}: {hours:?}");
        }
    }

    #[test]
    fn a_burst_of_saves_does_not_push_the_past_out() {
        let mut gaps = vec![86_400; 30];
        gaps.extend([1; 50]);
        let ages = lived(&gaps, 10);
        assert!(ages.iter().filter(|age| **age >= 86_400).count() >= 5, "{ages:?}");
    }

    proptest! {
        #[test]
        fn the_newest_and_the_oldest_stay_and_the_count_is_kept(
            mut seconds in prop::collection::vec(-1_000i64..200_000_000, 0..80),
            limit in 1usize..50,
        ) {
            seconds.sort_unstable();
            let moments: Vec<_> = seconds.iter().map(|age| now() - TimeDelta::seconds(*age)).collect();
            let gone = surplus(&moments, now(), limit);
            let mut distinct = gone.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), gone.len());
            prop_assert_eq!(moments.len() - gone.len(), moments.len().min(limit));
            prop_assert!(!gone.contains(&0));
            prop_assert!(limit < 2 || moments.is_empty() || !gone.contains(&(moments.len() - 1)));
            prop_assert!(gone.iter().all(|place| *place < moments.len()));
        }

        #[test]
        fn thinning_twice_removes_no_more(mut seconds in prop::collection::vec(0i64..200_000_000, 0..60)) {
            seconds.sort_unstable();
            let moments: Vec<_> = seconds.iter().map(|age| now() - TimeDelta::seconds(*age)).collect();
            let gone = surplus(&moments, now(), 10);
            let left: Vec<_> =
                (0..moments.len()).filter(|place| !gone.contains(place)).map(|place| moments[place]).collect();
            prop_assert!(surplus(&left, now(), 10).is_empty());
        }
    }
}
