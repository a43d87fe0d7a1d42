//! Expiry dates as a calendar file (RFC 5545): an all-day event each, with alarms on the days of the rule.
//!
//! An event's UID is made of the vault's and the profile's id, and its SEQUENCE grows with every change of the
//! profile, so a calendar that takes in a newer file moves its event and does not double it.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Utc};

use uuid::Uuid;

use super::policy::Key;
use crate::escape::visible_line;
use crate::profile::Profile;

/// One profile's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry<'a> {
    /// Its vault and profile.
    pub key: Key,
    /// The profile's name.
    pub name: &'a str,
    /// The day on which the secret lapses.
    pub on: NaiveDate,
    /// When the profile was changed last.
    pub modified: DateTime<Utc>,
    /// Days before it on which to remind; none for a profile that nobody is reminded of.
    pub days: &'a [u32],
}

/// The calendar of these profiles of `vault`; `days` tells on which days before its date a profile is reminded of.
/// Profiles without a date are left out.
pub fn of_profiles<'a>(
    vault: Uuid,
    profiles: impl IntoIterator<Item = &'a Profile>,
    days: impl Fn(Uuid) -> Vec<u32>,
    now: DateTime<Utc>,
) -> String {
    let dated: Vec<(&Profile, NaiveDate, Vec<u32>)> =
        profiles.into_iter().filter_map(|profile| Some((profile, profile.secret_expires?, days(profile.id)))).collect();
    let expiries: Vec<Expiry<'_>> = dated
        .iter()
        .map(|(profile, on, days)| Expiry {
            key: (vault, profile.id),
            name: &profile.name,
            on: *on,
            modified: profile.modified,
            days,
        })
        .collect();
    calendar(&expiries, Method::Publish, now)
}

/// What a calendar is to do with the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Take them in, or move them.
    Publish,
    /// Take them out.
    Cancel,
}

/// The longest line in octets, its end not counted (RFC 5545, 3.1).
const LINE: usize = 75;
/// At which local hour of the day an alarm comes: nine o'clock, counted from the event's midnight.
const ALARM_HOUR: u32 = 9;

/// Who calls an event off: without somebody a calendar may refuse to (RFC 5546, 3.2.5). Nobody has this address.
const ORGANIZER: &str = "ORGANIZER;CN=A365 Password Tool:mailto:nobody@a365-password-tool.invalid";

/// The calendar file with these events; `now` is when it is made. A date outside of the years 1 to 9999, which no
/// calendar can hold, has no event.
pub fn calendar(expiries: &[Expiry<'_>], method: Method, now: DateTime<Utc>) -> String {
    let mut file = Lines(String::new());
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//A365 Password Tool//Reminders//EN");
    file.line("CALSCALE:GREGORIAN");
    // Events without a method are a file to import. METHOD:PUBLISH would want an organizer, whose meetings they were.
    if method == Method::Cancel {
        file.line("METHOD:CANCEL");
    }
    for expiry in expiries.iter().filter(|expiry| has_four_digits(expiry.on)) {
        event(&mut file, expiry, method, now);
    }
    file.line("END:VCALENDAR");
    file.0
}

fn event(file: &mut Lines, expiry: &Expiry<'_>, method: Method, now: DateTime<Utc>) {
    let (vault, profile) = expiry.key;
    let day = |day: NaiveDate| day.format("%Y%m%d").to_string();
    let time = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    // A calling-off has to be newer than what it calls off.
    let sequence = sequence(expiry.modified) + u32::from(method == Method::Cancel);
    file.line("BEGIN:VEVENT");
    file.line(&format!("UID:{profile}.{vault}@a365-password-tool"));
    file.line(&format!("SEQUENCE:{sequence}"));
    file.line(&format!("DTSTAMP:{}", time(now)));
    if has_four_digits(expiry.modified.date_naive()) {
        file.line(&format!("LAST-MODIFIED:{}", time(expiry.modified)));
    }
    if method == Method::Cancel {
        file.line(ORGANIZER);
    }
    file.line(&format!("DTSTART;VALUE=DATE:{}", day(expiry.on)));
    // The end of an all-day event is the day after it.
    if let Some(next) = expiry.on.checked_add_days(Days::new(1)).filter(|next| has_four_digits(*next)) {
        file.line(&format!("DTEND;VALUE=DATE:{}", day(next)));
    }
    file.line(&format!("SUMMARY:{}", escape(&format!("Client secret lapses: {}", visible_line(expiry.name)))));
    match method {
        Method::Publish => {
            file.line(&format!("DESCRIPTION:{}", escape(&description(expiry))));
            file.line("STATUS:CONFIRMED");
        }
        Method::Cancel => file.line("STATUS:CANCELLED"),
    }
    // Nobody is busy because of it.
    file.line("TRANSP:TRANSPARENT");
    if method == Method::Publish {
        for days in expiry.days.iter().filter(|days| is_to_come(expiry.on, **days, now)) {
            alarm(file, *days, &visible_line(expiry.name));
        }
    }
    file.line("END:VEVENT");
}

/// Dates and times are written with four digits for the year (RFC 5545, 3.3.4).
fn has_four_digits(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}

/// Whether the alarm so many days before is still ahead, to within the reader's hours from UTC. One that is past would
/// come at once, and a calendar that has one alarm only (Outlook) would take that one.
fn is_to_come(on: NaiveDate, days: u32, now: DateTime<Utc>) -> bool {
    let hour = NaiveTime::from_hms_opt(ALARM_HOUR, 0, 0).unwrap_or(NaiveTime::MIN);
    on.checked_sub_days(Days::new(days.into())).is_some_and(|day| day.and_time(hour) > now.naive_utc())
}

fn alarm(file: &mut Lines, days: u32, name: &str) {
    file.line("BEGIN:VALARM");
    file.line("ACTION:DISPLAY");
    // Nine in the morning, so many days before midnight of the event's day.
    match days {
        0 => file.line(&format!("TRIGGER:PT{ALARM_HOUR}H")),
        1 => file.line(&format!("TRIGGER:-PT{}H", 24 - ALARM_HOUR)),
        days => file.line(&format!("TRIGGER:-P{}DT{}H", days - 1, 24 - ALARM_HOUR)),
    }
    let when = if days == 1 { "tomorrow".to_owned() } else { format!("in {days} days") };
    file.line(&format!("DESCRIPTION:{}", escape(&format!("The client secret of {name} lapses {when}."))));
    file.line("END:VALARM");
}

fn description(expiry: &Expiry<'_>) -> String {
    format!(
        "From this day on the connection of “{}” has to be taken as dead (from 00:00 UTC).\nMake a new client secret \
         before, while the old one still works, and test it in A365 Password Tool.\nKnown since {}.",
        visible_line(expiry.name),
        expiry.modified.to_rfc3339_opts(SecondsFormat::Secs, true)
    )
}

/// A number that grows with every change: seconds from 2020 on. RFC 5545 wants 0 to 2,147,483,647.
fn sequence(modified: DateTime<Utc>) -> u32 {
    let start = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).single().map_or(0, |start| start.timestamp());
    u32::try_from((modified.timestamp() - start).clamp(0, i64::from(i32::MAX) - 1)).unwrap_or(0)
}

/// A TEXT value (RFC 5545, 3.3.11). It has no way to write control characters.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Content lines, folded.
struct Lines(String);

impl Lines {
    /// Adds a line. One of more than [`LINE`] octets goes on in the next after a blank, never inside a character.
    fn line(&mut self, line: &str) {
        let mut rest = line;
        let mut room = LINE;
        while rest.len() > room {
            let mut end = room;
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            self.0.push_str(&rest[..end]);
            self.0.push_str("\r\n ");
            rest = &rest[end..];
            // The blank counts too.
            room = LINE - 1;
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }
}
