//! The calendar file, by its own rules; an independent reader is in `check_calendar.sh`.

use a365_password_tool::escape::visible_line;
use a365_password_tool::profile::Profile;
use a365_password_tool::reminder::calendar::{Expiry, Method, calendar, of_profiles};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::policy::{at, day, key};

fn expiry<'a>(name: &'a str, days: &'a [u32]) -> Expiry<'a> {
    Expiry { key: key(2), name, on: day("2028-02-29"), modified: at("2026-01-02T03:04"), days }
}

fn file(expiry: Expiry<'_>, method: Method) -> String {
    calendar(&[expiry], method, at("2026-02-03T04:05"))
}

/// Lines with their folds undone.
fn unfolded(file: &str) -> Vec<String> {
    file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

/// A TEXT value as RFC 5545 reads it.
fn unescaped(text: &str) -> String {
    let (mut plain, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n' | 'N')) => plain.push('\n'),
            ('\\', Some(other)) => plain.push(other),
            (c, _) => plain.push(c),
        }
    }
    plain
}

#[test]
fn an_event_is_all_day_with_an_alarm_for_each_day_of_the_rule() {
    let lines = unfolded(&file(expiry("Contoso", &[60, 1]), Method::Publish));
    let has = |line: &str| assert!(lines.iter().any(|it| it == line), "{line} in {lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("METHOD") || line.starts_with("ORGANIZER")), "{lines:#?}");
    has("UID:00000000-0000-0000-0000-000000000002.00000000-0000-0000-0000-000000000001@a365-password-tool");
    has("DTSTAMP:20260203T040500Z");
    has("LAST-MODIFIED:20260102T030400Z");
    has("DTSTART;VALUE=DATE:20280229");
    has("DTEND;VALUE=DATE:20280301");
    has("SUMMARY:Client secret lapses: Contoso");
    has("TRIGGER:-P59DT15H");
    has("TRIGGER:-PT15H");
    assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VALARM").count(), 2);
}

#[test]
fn profiles_are_written_with_their_own_days_and_left_out_without_a_date() {
    let (vault, id) = key(2);
    let profile = |place: u128, expires| {
        let name = format!("Customer {place}");
        let profile = Profile::new(uuid::Uuid::from_u128(place), &name, at("2026-01-02T03:04"));
        Profile { secret_expires: expires, ..profile }
    };
    let profiles = [profile(2, Some(day("2028-02-29"))), profile(3, None), profile(4, Some(day("2028-03-01")))];
    let days = |of| if of == id { vec![60, 1] } else { Vec::new() };
    let lines = unfolded(&of_profiles(vault, &profiles, days, at("2026-02-03T04:05")));
    let count = |line: &str| lines.iter().filter(|it| *it == line).count();
    assert_eq!((count("BEGIN:VEVENT"), count("BEGIN:VALARM")), (2, 2));
    assert_eq!(count("SUMMARY:Client secret lapses: Customer 3"), 0);
    assert_eq!(
        count("UID:00000000-0000-0000-0000-000000000002.00000000-0000-0000-0000-000000000001@a365-password-tool"),
        1
    );
}

#[test]
fn a_change_moves_the_same_event_and_calling_off_is_newer() {
    let sequence = |file: &str| -> u32 {
        let line = unfolded(file).into_iter().find_map(|line| line.strip_prefix("SEQUENCE:").map(str::to_owned));
        line.expect("a sequence").parse().expect("a number")
    };
    let uid = |file: &str| unfolded(file).into_iter().find(|line| line.starts_with("UID:")).expect("a UID");
    let before = file(expiry("Contoso", &[1]), Method::Publish);
    let moved = Expiry { on: day("2030-03-01"), modified: at("2028-02-20T00:00"), ..expiry("Renamed", &[1]) };
    let after = file(moved.clone(), Method::Publish);
    assert_eq!(uid(&before), uid(&after));
    assert!(sequence(&before) < sequence(&after));
    let off = file(moved, Method::Cancel);
    assert_eq!(uid(&off), uid(&after));
    assert!(sequence(&off) > sequence(&after));
    let lines = unfolded(&off);
    assert!(lines.contains(&"METHOD:CANCEL".to_owned()) && lines.contains(&"STATUS:CANCELLED".to_owned()));
    assert!(!lines.contains(&"BEGIN:VALARM".to_owned()));
    assert_eq!(lines.iter().filter(|line| line.starts_with("ORGANIZER;")).count(), 1, "RFC 5546, 3.2.5");
}

#[test]
fn an_alarm_that_is_past_is_not_written() {
    let in_a_week = Expiry { on: day("2026-02-10"), ..expiry("Contoso", &[60, 30, 14, 7, 3, 1]) };
    let lines = unfolded(&file(in_a_week.clone(), Method::Publish));
    let alarms: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("TRIGGER:")).collect();
    assert_eq!(alarms, ["-P6DT15H", "-P2DT15H", "-PT15H"], "made at 04:05 of the day a week before");
    let past = Expiry { on: day("1969-12-31"), modified: at("1960-01-01T00:00"), ..in_a_week };
    let lines = unfolded(&file(past, Method::Publish));
    assert!(lines.contains(&"DTSTART;VALUE=DATE:19691231".to_owned()) && lines.contains(&"SEQUENCE:0".to_owned()));
    assert!(!lines.contains(&"BEGIN:VALARM".to_owned()));
}

#[test]
fn a_date_that_no_calendar_can_hold_is_left_out() {
    for (on, events) in
        [("0000-12-31", 0), ("0001-01-01", 1), ("9999-12-31", 1), ("+10000-01-01", 0), ("-0001-01-01", 0)]
    {
        let of = Expiry { on: day(on), modified: DateTime::<Utc>::MAX_UTC, ..expiry("Contoso", &[1, 730]) };
        let file = file(of, Method::Publish);
        assert_eq!(file.matches("BEGIN:VEVENT").count(), events, "{on}");
        assert!(unfolded(&file).iter().all(|line| !line.starts_with("DT") || !line.contains('+')), "{file}");
    }
}

proptest! {
    /// Whatever a profile is called, lines are at most 75 octets, whole characters, and the name comes back.
    #[test]
    fn any_name_survives_folding_and_escaping(name in "\\PC{0,120}", days in prop::collection::vec(1u32..731, 0..20)) {
        let file = file(expiry(&name, &days), Method::Publish);
        for line in file.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75, "{line:?}");
            prop_assert!(!line.contains(['\r', '\n']));
        }
        let lines = unfolded(&file);
        let summary = lines.iter().find_map(|line| line.strip_prefix("SUMMARY:")).expect("a summary");
        prop_assert_eq!(unescaped(summary), format!("Client secret lapses: {}", visible_line(&name)));
        prop_assert_eq!(lines.iter().filter(|line| line.starts_with("TRIGGER:-P")).count(), days.len());
    }

    /// A name cannot add lines of its own.
    #[test]
    fn no_name_adds_a_line(name in "[a\r\n\t\u{0}\u{85} ]{0,90}") {
        let file_of_it = file(expiry(&name, &[1]), Method::Publish);
        prop_assert!(file_of_it.replace("\r\n", "").chars().all(|c| !c.is_control()), "{file_of_it:?}");
        let plain = unfolded(&file(expiry("Contoso", &[1]), Method::Publish)).len();
        prop_assert_eq!(unfolded(&file(expiry(&name, &[1]), Method::Publish)).len(), plain);
    }
}
