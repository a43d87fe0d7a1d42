//! When to tell: single moments.

use a365_password_tool::reminder::policy::{Decision, Due, Key, Notified, Step, VaultPlace, Watched, decide};
use a365_password_tool::reminder::rule::{QuietHours, ReminderRule, Rules, WithoutDate};
use a365_password_tool::reminder::snooze::Snooze;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().expect("a time")
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(crate) fn utc(now: DateTime<Utc>) -> NaiveDateTime {
    now.naive_utc()
}

pub(crate) fn key(number: u128) -> Key {
    (Uuid::from_u128(1), Uuid::from_u128(number))
}

pub(crate) fn expiring(on: &str) -> Watched<'static> {
    Watched { key: key(1), expires: Some(day(on)), rule: None, snooze: None, vault: VaultPlace::There }
}

/// One check; what it tells is noted.
pub(crate) fn check(now: DateTime<Utc>, rules: &Rules, watched: &[Watched<'_>], told: &mut Notified) -> Vec<Due> {
    match decide(now, &utc, rules, watched, told) {
        Decision::Remind(due) => {
            told.note(&due, now);
            due
        }
        Decision::Nothing | Decision::Quiet { .. } => Vec::new(),
    }
}

fn tells(now: &str, watched: Watched<'_>, told: &mut Notified) -> bool {
    !check(at(now), &Rules::default(), &[watched], told).is_empty()
}

#[test]
fn each_step_is_told_once() {
    let (secret, mut told) = (expiring("2026-06-01"), Notified::default());
    assert!(!tells("2026-04-01T10:00", secret, &mut told), "61 days");
    assert!(tells("2026-04-02T10:00", secret, &mut told), "60 days");
    assert!(!tells("2026-04-02T18:00", secret, &mut told), "the same day");
    assert!(!tells("2026-05-01T10:00", secret, &mut told), "31 days");
    assert!(tells("2026-05-02T10:00", secret, &mut told), "30 days");
    assert!(tells("2026-05-31T23:59", secret, &mut told), "1 day, the steps between were slept through");
    assert!(tells("2026-06-01T00:00", secret, &mut told), "expired from midnight UTC");
    assert!(!tells("2026-06-01T18:00", secret, &mut told));
    assert!(tells("2026-06-02T10:00", secret, &mut told), "daily from then on");
}

#[test]
fn a_new_date_begins_anew_and_ends_the_daily_ones() {
    let mut told = Notified::default();
    assert!(tells("2026-06-05T10:00", expiring("2026-06-01"), &mut told));
    assert!(!tells("2026-06-06T10:00", expiring("2028-06-01"), &mut told), "replaced");
    assert!(tells("2028-05-02T10:00", expiring("2028-06-01"), &mut told), "two years later");
}

#[test]
fn around_midnight_an_expired_secret_is_notified_once() {
    let (secret, mut told) = (expiring("2026-06-01"), Notified::default());
    assert!(tells("2026-06-05T23:50", secret, &mut told));
    assert!(!tells("2026-06-06T00:10", secret, &mut told), "twenty minutes later");
    assert!(tells("2026-06-06T09:00", secret, &mut told));
}

#[test]
fn a_clock_set_back_tells_nothing_twice() {
    let (secret, mut told) = (expiring("2026-06-01"), Notified::default());
    assert!(tells("2026-05-25T10:00", secret, &mut told), "7 days");
    for back in ["2026-05-25T09:00", "2026-05-24T10:00", "2026-05-19T10:00"] {
        assert!(!tells(back, secret, &mut told), "{back}");
    }
    assert!(tells("2026-06-03T10:00", secret, &mut told), "expired");
    for back in ["2026-06-02T10:00", "2026-05-30T10:00", "2000-01-01T00:00", "2026-06-03T11:00"] {
        assert!(!tells(back, secret, &mut told), "{back}");
    }
}

#[test]
fn a_clock_that_was_far_ahead_does_not_silence_for_years() {
    let (secret, mut told) = (expiring("2026-06-01"), Notified::default());
    assert!(tells("2031-01-01T10:00", secret, &mut told), "the clock is wrong");
    assert!(tells("2026-05-25T10:00", secret, &mut told), "and now it is right");
}

#[test]
fn a_profiles_own_rule_counts() {
    let mut told = Notified::default();
    let rule = ReminderRule::Days(vec![90, 2]);
    let secret = Watched { rule: Some(&rule), ..expiring("2026-06-01") };
    assert!(tells("2026-03-03T10:00", secret, &mut told), "90 days");
    assert!(!tells("2026-05-20T10:00", secret, &mut told), "60, 30 and 14 are not its own");
    assert!(tells("2026-05-30T10:00", secret, &mut told), "2 days");
    let off = Watched { rule: Some(&ReminderRule::Off), ..expiring("2026-06-01") };
    assert!(!tells("2026-07-01T10:00", off, &mut Notified::default()));
}

#[test]
fn a_snooze_holds_until_its_date_and_then_tells_once() {
    let mut told = Notified::default();
    let secret = expiring("2026-07-01");
    assert!(tells("2026-05-02T10:00", secret, &mut told), "60 days");
    let snooze = Snooze::for_days(day("2026-05-02"), 7, secret.expires);
    let secret = Watched { snooze: Some(snooze), ..secret };
    assert!(!tells("2026-05-08T23:59", secret, &mut told));
    assert!(tells("2026-05-09T00:01", secret, &mut told), "the same step, because that was asked for");
    assert!(!tells("2026-05-10T10:00", secret, &mut told), "and not again");
    let replaced = Watched { expires: Some(day("2026-05-11")), ..secret };
    assert!(tells("2026-05-08T10:00", replaced, &mut told), "a new date ends the snooze");
}

#[test]
fn expiry_breaks_an_earlier_snooze() {
    let mut told = Notified::default();
    let secret = expiring("2026-06-04");
    let early = Watched { snooze: Some(Snooze::for_days(day("2026-06-01"), 30, secret.expires)), ..secret };
    assert!(!tells("2026-06-03T10:00", early, &mut told), "the last day, and somebody knows");
    assert!(tells("2026-06-04T10:00", early, &mut told), "expiry is news");
    let late = Watched { snooze: Some(Snooze::for_days(day("2026-06-05"), 7, secret.expires)), ..secret };
    assert!(!tells("2026-06-11T10:00", late, &mut told));
    assert!(tells("2026-06-12T10:00", late, &mut told));
    assert!(tells("2026-06-13T10:00", late, &mut told), "daily again");
}

#[test]
fn an_unknown_date_is_a_gentle_word_each_month() {
    let mut told = Notified::default();
    let secret = Watched { expires: None, ..expiring("2026-06-01") };
    assert!(tells("2026-01-31T10:00", secret, &mut told));
    assert!(!tells("2026-03-01T10:00", secret, &mut told));
    assert!(tells("2026-03-02T10:00", secret, &mut told));
    let never = Rules { without_date: WithoutDate::Never, ..Rules::default() };
    assert!(check(at("2027-01-01T10:00"), &never, &[secret], &mut Notified::default()).is_empty());
}

#[test]
fn quiet_hours_put_off_and_lose_nothing() {
    let time = |text| NaiveTime::parse_from_str(text, "%H:%M").expect("a time");
    let quiet = QuietHours { from: time("18:00"), to: time("08:00") };
    let rules = Rules { quiet: Some(quiet), ..Rules::default() };
    let (secret, mut told) = (expiring("2026-06-01"), Notified::default());
    let decision = decide(at("2026-05-31T06:00"), &utc, &rules, &[secret], &told);
    assert_eq!(decision, Decision::Quiet { until: time("08:00"), waiting: 1 });
    assert_eq!(check(at("2026-05-31T08:00"), &rules, &[secret], &mut told).len(), 1);
    assert_eq!(decide(at("2026-05-31T20:00"), &utc, &rules, &[secret], &told), Decision::Nothing);
}

#[test]
fn the_worst_comes_first_and_the_undated_last() {
    let watched = [
        Watched { key: key(1), expires: None, ..expiring("2026-06-01") },
        Watched { key: key(2), ..expiring("2026-06-20") },
        Watched { key: key(3), ..expiring("2026-05-01") },
        Watched { key: key(4), ..expiring("2026-06-02") },
        Watched { key: key(5), ..expiring("2027-06-02") },
    ];
    let due = check(at("2026-06-01T10:00"), &Rules::default(), &watched, &mut Notified::default());
    let shown: Vec<_> = due.iter().map(|due| (due.key, due.days_left, due.step)).collect();
    assert_eq!(
        shown,
        [
            (key(3), Some(-31), Step::Expired),
            (key(4), Some(1), Step::before(1)),
            (key(2), Some(19), Step::before(30)),
            (key(1), None, Step::WithoutDate)
        ]
    );
}

#[test]
fn a_missing_vaults_expired_secret_is_notified_once() {
    let mut told = Notified::default();
    let secret = Watched { vault: VaultPlace::Missing, ..expiring("2026-06-01") };
    assert!(tells("2026-05-31T10:00", secret, &mut told), "it expires anyway");
    assert!(tells("2026-06-01T10:00", secret, &mut told));
    assert!(!tells("2026-06-02T10:00", secret, &mut told), "and not daily for ever");
    assert!(tells("2026-06-03T10:00", expiring("2026-06-01"), &mut told), "the drive is back");
}

#[test]
fn what_was_told_about_strangers_is_forgotten_after_a_year() {
    let mut told = Notified::default();
    tells("2026-06-01T10:00", expiring("2026-06-01"), &mut told);
    told.forget_strangers(&[], at("2026-06-01T10:00") + TimeDelta::days(399));
    assert_eq!(told.0.len(), 1);
    told.forget_strangers(&[expiring("2026-06-01")], at("2029-06-01T10:00"));
    assert_eq!(told.0.len(), 1, "a watched one is never forgotten");
    told.forget_strangers(&[], at("2026-06-01T10:00") + TimeDelta::days(400));
    assert_eq!(told.0.len(), 0);
}
