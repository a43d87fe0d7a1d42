//! Which earlier saves to let go when there are too many: dense near now, sparse long ago. Pure.
//!
//! A save's place in the order is its generation. Its time only says how far apart saves lie, and is taken with care, because
//! the clock of one save may have been years off: what it says about the others must not cost them their place.

use chrono::{DateTime, Utc};

/// Ages below a minute count as one: a burst of saves is one moment to a person.
const BURST_SECONDS: u64 = 60;
/// The longest that lies between two saves in a row, as far as ages go. A clock that leapt ten years ahead counts as a pause
/// of a week, and so does a year in which nobody saved.
const PAUSE_SECONDS: u64 = 7 * 24 * 60 * 60;

/// One save as far as thinning looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vault) struct Save {
    /// Its place in the order of saves.
    pub(in crate::vault) generation: u64,
    /// What its clock said.
    pub(in crate::vault) at: DateTime<Utc>,
}

/// The places in `saves` (newest first) to remove so that at most `limit` stay. `present` is the save that they are
/// backups of.
///
/// One after the other, the one whose two neighbours are closest relative to their age goes: what is lost is always
/// small beside how long ago it was. The newest and, from two on, the oldest always stay.
pub(in crate::vault) fn surplus(saves: &[Save], present: Save, limit: usize) -> Vec<usize> {
    let ages = ages(saves, present);
    let mut left: Vec<usize> = (0..saves.len()).collect();
    let mut gone = Vec::new();
    while left.len() > limit.max(1) {
        let place = if left.len() == 2 { 1 } else { closest(&left, &ages) };
        gone.push(left.remove(place));
    }
    gone
}

/// How long ago each save was, in seconds: what lies between each two of them, added up.
fn ages(saves: &[Save], present: Save) -> Vec<u64> {
    let all: Vec<Save> = std::iter::once(present).chain(saves.iter().copied()).collect();
    let mut seconds: Vec<i64> = all.iter().map(|save| save.at.timestamp()).collect();
    // One save out of line counts as made between its neighbours, as far between as its generation is.
    for place in 1..all.len().saturating_sub(1) {
        let [newer, save, older] = [all[place - 1], all[place], all[place + 1]];
        let (from, to) = (older.at.timestamp(), newer.at.timestamp());
        if from <= to && !(from..=to).contains(&save.at.timestamp()) {
            let steps = i128::from(newer.generation.saturating_sub(older.generation).max(1));
            let step = i128::from(save.generation.saturating_sub(older.generation)).min(steps);
            let between = (i128::from(to) - i128::from(from)) * step / steps;
            seconds[place] = from.saturating_add(i64::try_from(between).unwrap_or(0));
        }
    }
    let mut age = BURST_SECONDS;
    let between = |place: usize| {
        // A clock that was set back makes a time below zero.
        let shown = u64::try_from(seconds[place - 1].saturating_sub(seconds[place])).unwrap_or(0);
        let saves_between = all[place - 1].generation.saturating_sub(all[place].generation).max(1);
        shown.min(PAUSE_SECONDS.saturating_mul(saves_between))
    };
    let add = |place: usize| {
        age = age.saturating_add(between(place));
        age
    };
    (1..all.len()).map(add).collect()
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
    use super::{PAUSE_SECONDS, Save, surplus};
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "2026-11-25T12:00:00Z".parse().expect("a moment")
    }

    /// Saves at these distances, thinned after each, as a vault does it. Each clock is wrong by so many seconds. Out: what
    /// is left at the end, newest first, as generation and true age.
    fn lived(saves: &[(i64, i64)], limit: usize) -> Vec<(u64, i64)> {
        let mut clock = now();
        let mut kept: Vec<(Save, DateTime<Utc>)> = Vec::new();
        let mut present: Option<(Save, DateTime<Utc>)> = None;
        for (generation, (gap, wrong)) in (1..).zip(saves) {
            clock += TimeDelta::seconds(*gap);
            let next = Save { generation, at: clock + TimeDelta::seconds(*wrong) };
            if let Some(former) = present.replace((next, clock)) {
                kept.insert(0, former);
            }
            let shown: Vec<Save> = kept.iter().map(|(save, _)| *save).collect();
            let gone = surplus(&shown, next, limit);
            kept = (0..kept.len()).filter(|place| !gone.contains(place)).map(|place| kept[place]).collect();
        }
        kept.iter().map(|(save, at)| (save.generation, (clock - *at).num_seconds())).collect()
    }

    fn right(gaps: &[i64]) -> Vec<(i64, i64)> {
        gaps.iter().map(|gap| (*gap, 0)).collect()
    }

    #[test]
    fn two_years_of_hourly_saves_leave_steps_of_every_size() {
        let left = lived(&right(&[3600; 2 * 365 * 24]), 10);
        assert_eq!(left.len(), 10);
        let hours: Vec<_> = left.iter().map(|(_, age)| age / 3600).collect();
        assert_eq!((hours[0], hours[9]), (1, 2 * 365 * 24 - 1));
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
        let left = lived(&right(&gaps), 10);
        assert!(left.iter().filter(|(_, age)| *age >= 86_400).count() >= 5, "{left:?}");
    }

    #[test]
    fn saves_of_a_wrong_clock_do_not_push_the_right_ones_out() {
        const YEAR: i64 = 31_556_952;
        for wrong in [10 * YEAR, 7000 * YEAR, -50 * YEAR] {
            let mut saves = right(&[86_400; 30]);
            // One save of a wrong clock among right ones: steps of every size are left as without it.
            saves.extend(right(&[60; 3]));
            let ages = |saves: &[(i64, i64)], (least, most)| {
                let left = lived(saves, 10);
                left.iter().filter(|(_, age)| (least..most).contains(&(age / 86_400))).count()
            };
            let before = saves.clone();
            saves[20].1 = wrong;
            for step in [(0, 1), (1, 8), (8, 32)] {
                assert!(ages(&saves, step) + 1 >= ages(&before, step), "{wrong}: {step:?}");
            }
            // Many of them cost at most as much as equally many right ones after a pause of a week, and a few cost
            // nothing.
            let old = |saves: &[(i64, i64)]| lived(saves, 10).iter().filter(|(of, _)| *of <= 33).count();
            for count in [3, 50] {
                let (mut wrongly, mut rightly) = (saves.clone(), before.clone());
                wrongly.extend(vec![(60, wrong); count]);
                rightly.push((i64::try_from(PAUSE_SECONDS).expect("a week"), 0));
                rightly.extend(right(&vec![60; count - 1]));
                assert!(old(&wrongly) + 1 >= old(&rightly), "{wrong} {count}: {:?}", lived(&wrongly, 10));
                wrongly.extend(right(&[60; 20]));
                assert!(old(&wrongly) >= 3, "{wrong} {count}: {:?}", lived(&wrongly, 10));
            }
        }
    }

    /// Saves of these ages, newest first.
    fn of_ages(mut seconds: Vec<i64>) -> (Vec<Save>, Save) {
        seconds.sort_unstable();
        let saves = (0..).zip(&seconds);
        let saves = saves.map(|(place, age)| Save { generation: 1000 - place, at: now() - TimeDelta::seconds(*age) });
        (saves.collect(), Save { generation: 1001, at: now() })
    }

    proptest! {
        #[test]
        fn the_newest_and_the_oldest_stay_and_the_count_is_kept(
            times in prop::collection::vec((0_u64..u64::MAX, -60_000_000_000_i64..250_000_000_000), 0..80),
            present in -60_000_000_000_i64..250_000_000_000,
            limit in 1usize..50,
        ) {
            let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a moment");
            let mut saves: Vec<_> =
                times.iter().map(|(generation, seconds)| Save { generation: *generation, at: at(*seconds) }).collect();
            saves.sort_by_key(|save| std::cmp::Reverse(save.generation));
            let gone = surplus(&saves, Save { generation: u64::MAX, at: at(present) }, limit);
            let mut distinct = gone.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), gone.len());
            prop_assert_eq!(saves.len() - gone.len(), saves.len().min(limit));
            prop_assert!(!gone.contains(&0));
            prop_assert!(limit < 2 || saves.is_empty() || !gone.contains(&(saves.len() - 1)));
            prop_assert!(gone.iter().all(|place| *place < saves.len()));
        }

        #[test]
        fn thinning_twice_removes_no_more(seconds in prop::collection::vec(0i64..200_000_000, 0..60)) {
            let (saves, present) = of_ages(seconds);
            let gone = surplus(&saves, present, 10);
            let left: Vec<_> =
                (0..saves.len()).filter(|place| !gone.contains(place)).map(|place| saves[place]).collect();
            prop_assert!(surplus(&left, present, 10).is_empty());
        }
    }
}
