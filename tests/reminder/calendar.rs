//! The calendar file, by its own rules; independent readers are in `check_calendar.sh`.

use a365_password_tool::escape::visible_line;
use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, Tenant, UccUpdate};
use a365_password_tool::reminder::calendar::{Expiry, Method, calendar, of_profiles, reminder_events};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::policy::{at, day, key};

fn expiry<'a>(name: &'a str, days: &'a [u32]) -> Expiry<'a> {
    Expiry {
        key: key(2),
        name,
        on: day("2028-02-29"),
        ucc_behind: false,
        modified: at("2026-01-02T03:04"),
        days,
        profile: None,
    }
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
fn each_reminder_is_an_event_with_one_alarm() {
    let lines = unfolded(&file(expiry("Contoso", &[60, 1, 30]), Method::Publish));
    let has = |line: &str| assert!(lines.iter().any(|it| it == line), "{line} in {lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("METHOD") || line.starts_with("ORGANIZER")), "{lines:#?}");
    let ids = "00000000-0000-0000-0000-000000000002.00000000-0000-0000-0000-000000000001";
    has(&format!("UID:{ids}@a365-password-tool"));
    has("DTSTAMP:20260203T040500Z");
    has("LAST-MODIFIED:20260102T030400Z");
    has("DTSTART;VALUE=DATE:20280229");
    has("DTEND;VALUE=DATE:20280301");
    has("SUMMARY:Client secret expires: Contoso");
    has("TRIGGER:-PT15H");
    has(&format!("UID:{ids}.1@a365-password-tool"));
    has("SUMMARY:Client secret expires in 30 days: Contoso");
    has("DTSTART:20280130T090000");
    has("DTEND:20280130T091500");
    has(&format!("UID:{ids}.2@a365-password-tool"));
    has("SUMMARY:Client secret expires in 60 days: Contoso");
    has("DTSTART:20271231T090000");
    for event in lines.split(|line| line == "BEGIN:VEVENT").skip(1) {
        assert_eq!(event.iter().filter(|line| *line == "BEGIN:VALARM").count(), 1, "{event:#?}");
    }
    let now = at("2026-02-03T04:05");
    for (days, events) in [(&[][..], 0), (&[1], 0), (&[60, 1, 30], 2), (&[700, 730, 800], 1)] {
        assert_eq!(reminder_events(&expiry("Contoso", days), &now), events, "{days:?}");
    }
}

/// What a person needs to act on an event, for a profile of each kind.
#[test]
fn an_event_says_which_app_it_is_and_where_its_secret_is_made() {
    let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
    let blade = "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/";
    let clouds = [
        ("https://contoso.crm.dynamics.com", "https://portal.azure.com/"),
        ("https://contoso.crm4.dynamics.com", "https://portal.azure.com/"),
        ("https://contoso.crm9.dynamics.com", "https://portal.azure.com/"),
        ("https://contoso.crm.microsoftdynamics.us", "https://portal.azure.us/"),
        ("https://contoso.crm.appsplatform.us", "https://portal.azure.us/"),
        ("https://contoso.crm.dynamics.cn", "https://portal.azure.cn/"),
    ];
    for (environment, portal) in clouds {
        let mut profile = Profile::new(uuid::Uuid::from_u128(2), "Contoso", at("2026-01-02T03:04"));
        profile.environment_url = EnvironmentUrl::parse(environment).ok();
        profile.client_id = ClientId::parse(id).ok();
        profile.tenant = Tenant::parse("contoso.onmicrosoft.com").ok();
        profile.client_secret = ClientSecret::parse("not;to=be,told").ok();
        let lines = unfolded(&file(Expiry { profile: Some(&profile), ..expiry("Contoso", &[30, 1]) }, Method::Publish));
        let of_events = lines.iter().filter_map(|line| line.strip_prefix("DESCRIPTION:The client secret of"));
        let texts: Vec<_> = of_events.map(unescaped).collect();
        assert_eq!(texts.len(), 2, "one for each event");
        for text in texts {
            for part in
                [environment, id, "contoso.onmicrosoft.com", &format!("{portal}{blade}{id}"), "29 February 2028"]
            {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert!(!text.contains("be,told"), "{text}");
        }
        assert_eq!(lines.iter().filter(|line| line.starts_with(&format!("URL:{portal}"))).count(), 2);
    }
    let bare = Profile::new(uuid::Uuid::from_u128(2), "Contoso", at("2026-01-02T03:04"));
    let lines = unfolded(&file(Expiry { profile: Some(&bare), ..expiry("Contoso", &[1]) }, Method::Publish));
    assert!(lines.iter().any(|line| line.contains("https://portal.azure.com > Microsoft Entra ID")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("URL:")));
}

#[test]
fn the_event_of_an_old_secret_says_what_to_do_about_the_ucc() {
    let lines = unfolded(&file(Expiry { ucc_behind: true, ..expiry("Contoso", &[1]) }, Method::Publish));
    let text = lines.iter().find_map(|line| line.strip_prefix("DESCRIPTION:The UCC")).map(unescaped).expect("a text");
    assert!(
        text.starts_with(" still uses the old client secret of “Contoso”, which expires on 29 February 2028"),
        "{text}"
    );
    assert!(text.contains("Give the new connection string to the UCC") && !text.contains("Create"), "{text}");
    // Of the open vault, by the date that counts.
    let mut profile = Profile::new(key(2).1, "Contoso", at("2026-01-02T03:04"));
    profile.secret_expires = Some(day("2029-01-01"));
    let update = UccUpdate::pending(at("2026-01-02T03:04"), Some(day("2028-02-29")));
    profile.ucc_update = Some(Box::new(update));
    let lines = unfolded(&of_profiles(key(2).0, [&profile], |_| vec![1], at("2026-02-03T04:05")));
    assert!(lines.contains(&"DTSTART;VALUE=DATE:20280229".to_owned()), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("DESCRIPTION:The UCC still uses")), "{lines:#?}");
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
    assert_eq!((count("BEGIN:VEVENT"), count("BEGIN:VALARM")), (3, 2), "dates, and the reminder 60 days before");
    assert_eq!(count("SUMMARY:Client secret expires: Customer 3"), 0);
    assert_eq!(
        count("UID:00000000-0000-0000-0000-000000000002.00000000-0000-0000-0000-000000000001@a365-password-tool"),
        1
    );
}

#[test]
fn a_change_moves_the_same_events_and_cancelling_is_newer() {
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
    let uids = |file: &str| -> std::collections::BTreeSet<String> {
        unfolded(file).into_iter().filter(|line| line.starts_with("UID:")).collect()
    };
    let rules: [&[u32]; 4] =
        [&[60, 30, 14, 7, 3, 1], &[90, 45, 20, 10, 5, 2], &[6, 5, 4, 3, 2, 1], &[730, 60, 9, 8, 7, 6]];
    let all = rules.map(|days| uids(&file(expiry("Contoso", days), Method::Publish)));
    assert!(all.iter().all(|uids| uids.len() == 6 && *uids == all[0]), "another rule moves the reminders too: {all:?}");
    let off = file(moved, Method::Cancel);
    assert!(uids(&off).is_superset(&all[0]));
    assert_eq!(uid(&off), uid(&after));
    assert!(sequence(&off) > sequence(&after));
    let lines = unfolded(&off);
    assert!(lines.contains(&"METHOD:CANCEL".to_owned()) && lines.contains(&"STATUS:CANCELLED".to_owned()));
    assert!(!lines.contains(&"BEGIN:VALARM".to_owned()));
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(count("ORGANIZER;"), count("BEGIN:VEVENT"), "RFC 5546, 3.2.5");
}

/// By the reader's own clock: rule, hour of the export in the reader's zone, zone; and what comes of it.
#[test]
fn a_reminder_that_is_past_is_not_written() {
    let rule = [60, 30, 14, 7, 3, 1];
    for (export, hours_east, days) in [
        ("2026-02-03T04:05", 0, &[7, 3, 1][..]),
        ("2026-02-03T09:00", 0, &[3, 1]),
        ("2026-02-03T08:59", 0, &[7, 3, 1]),
        ("2026-02-02T23:30", 10, &[3, 1]),
        ("2026-02-02T22:30", 10, &[7, 3, 1]),
        ("2026-02-03T16:30", -8, &[7, 3, 1]),
        ("2026-02-03T17:30", -8, &[3, 1]),
        ("2026-02-08T12:00", 1, &[1]),
        ("2026-02-09T12:00", 1, &[]),
        ("2026-02-10T12:00", 1, &[]),
        ("2027-02-10T12:00", 1, &[]),
        ("2025-02-10T12:00", 1, &[60, 30, 14, 7, 3, 1]),
    ] {
        let in_a_week = Expiry { on: day("2026-02-10"), ..expiry("Contoso", &rule) };
        let zone = chrono::FixedOffset::east_opt(hours_east * 3600).expect("a zone");
        let lines = unfolded(&calendar(&[in_a_week], Method::Publish, at(export).with_timezone(&zone)));
        let alarms = lines.iter().filter(|line| line.starts_with("TRIGGER:")).count();
        assert_eq!(alarms, days.len(), "{export}{hours_east:+}");
        for days in days.iter().filter(|days| **days > 1) {
            let title = format!("SUMMARY:Client secret expires in {days} days: Contoso");
            assert!(lines.contains(&title), "{export}{hours_east:+}: {title}");
        }
        assert!(lines.contains(&"SUMMARY:Client secret expires: Contoso".to_owned()));
    }
    let past = Expiry { on: day("1969-12-31"), modified: at("1960-01-01T00:00"), ..expiry("Contoso", &rule) };
    let lines = unfolded(&file(past, Method::Publish));
    assert!(lines.contains(&"DTSTART;VALUE=DATE:19691231".to_owned()) && lines.contains(&"SEQUENCE:0".to_owned()));
    assert!(!lines.contains(&"BEGIN:VALARM".to_owned()));
}

#[test]
fn a_date_that_no_calendar_can_hold_is_left_out() {
    for (on, events) in
        [("0000-12-31", 0), ("0001-01-01", 1), ("9999-12-31", 2), ("+10000-01-01", 0), ("-0001-01-01", 0)]
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
        prop_assert_eq!(unescaped(summary), format!("Client secret expires: {}", visible_line(&name)));
        let of = expiry(&name, &days);
        let ahead = days.iter().filter(|days| day("2028-02-29") - chrono::Days::new(u64::from(**days)) > day("2026-02-03"));
        prop_assert_eq!(lines.iter().filter(|line| line.starts_with("TRIGGER:")).count(), ahead.clone().count());
        prop_assert_eq!(reminder_events(&of, &at("2026-02-03T04:05")), ahead.count().saturating_sub(1));
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
