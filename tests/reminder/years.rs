//! When to tell: two simulated years, and any years that a generator thinks of.

use a365_password_tool::reminder::policy::{Decision, Notified, Step, Watched, decide};
use a365_password_tool::reminder::rule::{QuietHours, Rules};
use a365_password_tool::reminder::snooze::Snooze;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

use crate::policy::{at, check, day, expiring, key, utc};

/// The last Sunday of a month, 01:00 UTC: the European Union's change of clocks.
fn change_of_clocks(year: i32, month: u32) -> DateTime<Utc> {
    let last = NaiveDate::from_ymd_opt(year, month, 31).expect("March and October have 31 days");
    let sunday = last - Days::new(u64::from(last.weekday().num_days_from_sunday()));
    Utc.from_utc_datetime(&sunday.and_hms_opt(1, 0, 0).expect("one o'clock"))
}

/// The time on a wall in Amsterdam.
fn amsterdam(now: DateTime<Utc>) -> NaiveDateTime {
    let summer = change_of_clocks(now.year(), 3)..change_of_clocks(now.year(), 10);
    now.naive_utc() + TimeDelta::hours(if summer.contains(&now) { 2 } else { 1 })
}

/// The hour of UTC at which it is `hour` in Amsterdam on that day.
fn morning(on: NaiveDate, hour: u32) -> DateTime<Utc> {
    let noon = Utc.from_utc_datetime(&on.and_hms_opt(12, 0, 0).expect("noon"));
    let offset = amsterdam(noon) - noon.naive_utc();
    Utc.from_utc_datetime(&(on.and_hms_opt(hour, 0, 0).expect("an hour") - offset))
}

fn days_from(first: &str, last: &str) -> impl Iterator<Item = NaiveDate> {
    let last = day(last);
    day(first).iter_days().take_while(move |day| *day <= last)
}

/// Which days, counted to the expiry, were told about by daily checks at nine over two years.
fn told_over_two_years(expires: &str, is_on: impl Fn(NaiveDate) -> bool) -> Vec<i64> {
    let mut told = Notified::default();
    let rules = Rules::default();
    let mut days = Vec::new();
    for on in days_from("2027-07-01", "2029-06-30").filter(|on| is_on(*on)) {
        let now = morning(on, 9);
        if let Decision::Remind(due) = decide(now, &amsterdam, &rules, &[expiring(expires)], &told) {
            told.note(&due, now);
            days.extend(due.iter().filter_map(|due| due.days_left));
        }
    }
    days
}

#[test]
fn two_years_of_daily_checks_tell_each_step_once_and_then_daily() {
    // After a leap day, on one, after the change to summer time and after the one to winter time.
    for expires in ["2028-03-01", "2028-02-29", "2028-03-27", "2028-10-30", "2028-12-31"] {
        let told = told_over_two_years(expires, |_| true);
        assert_eq!(told[..6], [60, 30, 14, 7, 3, 1], "{expires}");
        let expired: Vec<i64> = (0..).take(told.len() - 6).map(|day: i64| -day).collect();
        assert_eq!(told[6..], expired, "{expires}: every day once, those of 23 and 25 hours included");
        assert_eq!(told.last().copied(), Some((day(expires) - day("2029-06-30")).num_days()));
    }
}

#[test]
fn a_machine_that_was_off_for_a_month_says_one_thing() {
    let off = |from: &str, to: &str| {
        let (from, to) = (day(from), day(to));
        move |on: NaiveDate| on < from || on > to
    };
    // Off from 40 days before the expiry to 10 days before it.
    let told = told_over_two_years("2028-10-30", off("2028-09-20", "2028-10-19"));
    assert_eq!(told[..5], [60, 10, 7, 3, 1], "one reminder for 30 and 14");
    // Off over the expiry.
    let told = told_over_two_years("2028-10-30", off("2028-10-10", "2028-11-10"));
    assert_eq!(told[..4], [60, 30, -12, -13], "one for 14, 7, 3, 1 and twelve expired days");
}

#[test]
fn many_secrets_after_a_month_off_are_one_notification() {
    let watched: Vec<Watched<'_>> =
        (0..30).map(|n| Watched { key: key(n), ..expiring(&format!("2028-11-{:02}", n + 1)) }).collect();
    let mut told = Notified::default();
    let due = check(at("2028-11-20T09:00"), &Rules::default(), &watched, &mut told);
    assert_eq!(due.len(), 30, "all at once");
    assert!(check(at("2028-11-20T09:30"), &Rules::default(), &watched, &mut told).is_empty());
}

#[test]
fn quiet_hours_follow_the_clock_on_the_wall_through_summer_and_winter() {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
    let rules = Rules { quiet: Some(QuietHours { from: time(20), to: time(8) }), ..Rules::default() };
    for on in ["2028-03-25", "2028-03-26", "2028-03-27", "2028-10-28", "2028-10-29", "2028-10-30"] {
        let decision = |hour| decide(morning(day(on), hour), &amsterdam, &rules, &[expiring(on)], &Notified::default());
        assert!(matches!(decision(7), Decision::Quiet { .. }), "{on} at seven");
        assert!(matches!(decision(8), Decision::Remind(_)), "{on} at eight");
        assert!(matches!(decision(19), Decision::Remind(_)), "{on} at seven in the evening");
        assert!(matches!(decision(20), Decision::Quiet { .. }), "{on} at eight in the evening");
    }
}

proptest! {
    /// Checks at any times that go forward: never the same step twice, and never more words than steps and expired days.
    #[test]
    fn no_step_is_told_twice(gaps in prop::collection::vec(1u32..4000, 1..200), start in -100i64..100) {
        let expires = day("2028-03-01");
        let mut now = at("2028-03-01T00:00") + TimeDelta::days(start);
        let (mut told, mut steps, mut expired_days) = (Notified::default(), Vec::new(), Vec::new());
        for gap in gaps {
            now += TimeDelta::minutes(i64::from(gap));
            for due in check(now, &Rules::default(), &[expiring("2028-03-01")], &mut told) {
                match due.step {
                    Step::Expired => expired_days.push(now.date_naive()),
                    step => steps.push(step),
                }
                prop_assert_eq!(due.days_left, Some((expires - now.date_naive()).num_days()));
            }
        }
        prop_assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
        prop_assert!(expired_days.windows(2).all(|pair| pair[0] < pair[1]), "{expired_days:?}");
    }

    /// A clock that jumps back and forth by up to three days tells nothing twice.
    #[test]
    fn a_restless_clock_tells_no_step_twice(jumps in prop::collection::vec(-4320i64..4320, 1..100)) {
        let mut told = Notified::default();
        let mut seen = std::collections::HashSet::new();
        let mut base = at("2028-01-01T00:00");
        for jump in jumps {
            base += TimeDelta::hours(20);
            let now = base + TimeDelta::minutes(jump);
            for due in check(now, &Rules::default(), &[expiring("2028-03-01")], &mut told) {
                let what = (due.step, (due.step == Step::Expired).then(|| utc(now).date()));
                prop_assert!(seen.insert(what), "{what:?} twice");
            }
        }
    }

    /// Nothing that a daily check would have told is lost by quiet hours or by a snooze that ends before the expiry.
    #[test]
    fn what_was_put_off_is_told_before_it_is_too_late(from in 0u32..24, to in 0u32..24, snoozed in 0u64..40, hour in 0u32..24) {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
        let quiet = QuietHours { from: time(from), to: time(to) };
        let rules = Rules { quiet: Some(quiet), ..Rules::default() };
        let expires = day("2028-03-01");
        let snooze = Snooze::for_days(day("2028-01-10"), snoozed, Some(expires));
        let secret = Watched { snooze: Some(snooze), ..expiring("2028-03-01") };
        let (mut told, mut last) = (Notified::default(), None);
        for on in days_from("2028-01-01", "2028-03-02") {
            let now = Utc.from_utc_datetime(&on.and_time(time(hour)));
            prop_assert!(check(now, &rules, &[secret], &mut told).is_empty() || !quiet.cover(utc(now)));
            last = told.0.get(&key(1)).copied();
        }
        let always_quiet = quiet.cover(day("2028-01-01").and_time(time(hour)));
        prop_assert_eq!(last.map(|told| told.step), (!always_quiet).then_some(Step::Expired));
    }
}
