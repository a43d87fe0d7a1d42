//! Expiry dates as a calendar file (RFC 5545): for each an all-day event, and an event of its own for each earlier day of
//! the rule, because Outlook and Exchange keep one alarm of an event (MS-OXCICAL 2.1.3.1.1.20.62) and Google none.
//!
//! A UID is made of the vault's and the profile's id and of the reminder's place in the rule, and SEQUENCE grows with every
//! change of the profile, so a calendar that takes in a newer file moves its events and does not double them.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};

use uuid::Uuid;

use super::handover;
use super::policy::Key;
use crate::escape::visible_line;
use crate::profile::Profile;
use crate::rfc3339::to_the_second;
use crate::settings::REMINDER_DAYS_LIMIT;
use crate::written_day;

/// One profile's secret.
#[derive(Clone, Debug)]
pub struct Expiry<'a> {
    /// Its vault and profile.
    pub key: Key,
    /// The profile's name.
    pub name: &'a str,
    /// The day on which the secret expires.
    pub on: NaiveDate,
    /// Whether the UCC still uses the former secret, which is the one that expires on that day.
    pub ucc_behind: bool,
    /// When the profile was changed last.
    pub modified: DateTime<Utc>,
    /// Days before it on which to remind; none for a profile without reminders.
    pub days: &'a [u32],
    /// The profile, whose environment, client ID and portal page the events name; `None` where only names and dates are
    /// known.
    pub profile: Option<&'a Profile>,
}

/// The calendar of these profiles of `vault`; `days` tells on which days before its date a profile is reminded of.
/// Profiles without a date are left out.
pub fn of_profiles<'a, Tz: TimeZone>(
    vault: Uuid,
    profiles: impl IntoIterator<Item = &'a Profile>,
    days: impl Fn(Uuid) -> Vec<u32>,
    now: DateTime<Tz>,
) -> String {
    let dated: Vec<(&Profile, NaiveDate, Vec<u32>)> =
        profiles.into_iter().filter_map(|profile| Some((profile, profile.expires()?, days(profile.id)))).collect();
    let expiries: Vec<Expiry<'_>> = dated
        .iter()
        .map(|(profile, on, days)| Expiry {
            key: (vault, profile.id),
            name: &profile.name,
            on: *on,
            ucc_behind: profile.ucc_behind().is_some(),
            modified: profile.modified,
            days,
            profile: Some(profile),
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
/// At which local hour of the day an alarm comes.
const ALARM_HOUR: u32 = 9;
/// How long the event of a reminder is shown.
const REMINDER_LENGTH: TimeDelta = TimeDelta::minutes(15);

/// Who cancels an event: without an organizer a calendar may refuse to (RFC 5546, 3.2.5). Nobody has this address.
const ORGANIZER: &str = "ORGANIZER;CN=A365 Password Tool:mailto:nobody@a365-password-tool.invalid";

/// The calendar file with these events; `now` is when it is made, in the zone of its reader. A date outside of the years 1
/// to 9999, which no calendar can hold, has no event.
pub fn calendar<Tz: TimeZone>(expiries: &[Expiry<'_>], method: Method, now: DateTime<Tz>) -> String {
    let mut file = Lines(String::new());
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//A365 Password Tool//Reminders//EN");
    file.line("CALSCALE:GREGORIAN");
    // Events without a method are a file to import. METHOD:PUBLISH would need an organizer (RFC 5546, 3.2.1), and Outlook
    // and Google would show the events as that organizer's meetings.
    if method == Method::Cancel {
        file.line("METHOD:CANCEL");
    }
    for expiry in expiries.iter().filter(|expiry| has_four_digits(expiry.on)) {
        match method {
            Method::Publish => publish(&mut file, expiry, &now),
            Method::Cancel => cancel(&mut file, expiry, &now),
        }
    }
    file.line("END:VCALENDAR");
    file.0
}

/// The expiry date as it comes, with the reminder that is closest to it, and the events of the other reminders.
fn publish<Tz: TimeZone>(file: &mut Lines, expiry: &Expiry<'_>, now: &DateTime<Tz>) {
    let ahead = reminders_ahead(expiry, now.naive_local());
    let title = format!("Client secret expires: {}", visible_line(expiry.name));
    let alarm = ahead.iter().find(|reminder| reminder.place == 0).map(|closest| Alarm {
        trigger: trigger(closest.days),
        text: format!("Client secret expires {}: {}", in_days(closest.days), visible_line(expiry.name)),
    });
    let event = Event { place: 0, when: When::AllDay(expiry.on), title, alarm };
    event.publish(file, expiry, now.to_utc());
    for reminder in ahead.iter().filter(|reminder| reminder.place != 0) {
        let title = format!("Client secret expires {}: {}", in_days(reminder.days), visible_line(expiry.name));
        // Outlook reads any trigger as a time before the event, so it is the event that is at the alarm's time.
        let alarm = Some(Alarm { trigger: "PT0S".to_owned(), text: title.clone() });
        let event = Event { place: reminder.place, when: When::At(reminder.at), title, alarm };
        event.publish(file, expiry, now.to_utc());
    }
}

/// All events that a file may have held, by whichever rule.
fn cancel<Tz: TimeZone>(file: &mut Lines, expiry: &Expiry<'_>, now: &DateTime<Tz>) {
    let title = format!("Client secret expires: {}", visible_line(expiry.name));
    for place in 0..REMINDER_DAYS_LIMIT {
        let event = Event { place, when: When::AllDay(expiry.on), title: title.clone(), alarm: None };
        event.cancel(file, expiry, now.to_utc());
    }
}

/// One reminder of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reminder {
    /// Its place in the rule, 0 for the one that is closest to the expiry.
    place: usize,
    days: u32,
    /// On the reader's clock.
    at: NaiveDateTime,
}

/// The reminders that are still ahead: Outlook shows a past one at once.
fn reminders_ahead(expiry: &Expiry<'_>, now: NaiveDateTime) -> Vec<Reminder> {
    let mut days = expiry.days.to_vec();
    days.sort_unstable();
    let hour = NaiveTime::from_hms_opt(ALARM_HOUR, 0, 0).unwrap_or(NaiveTime::MIN);
    let at = |days: u32| expiry.on.checked_sub_days(Days::new(days.into())).map(|day| day.and_time(hour));
    let reminders = days.into_iter().enumerate();
    let reminders = reminders.filter_map(|(place, days)| Some(Reminder { place, days, at: at(days)? }));
    reminders.filter(|reminder| reminder.at > now && has_four_digits(reminder.at.date())).collect()
}

/// How many events of their own the reminders of `expiry` have in a file that is made `now`.
pub fn reminder_events<Tz: TimeZone>(expiry: &Expiry<'_>, now: &DateTime<Tz>) -> usize {
    let ahead = reminders_ahead(expiry, now.naive_local());
    ahead.iter().filter(|reminder| reminder.place != 0 && has_four_digits(expiry.on)).count()
}

fn in_days(days: u32) -> Cow<'static, str> {
    match days {
        0 => "today".into(),
        1 => "tomorrow".into(),
        days => format!("in {days} days").into(),
    }
}

/// Nine in the morning, so many days before midnight of the event's day.
fn trigger(days: u32) -> String {
    match days {
        0 => format!("PT{ALARM_HOUR}H"),
        1 => format!("-PT{}H", 24 - ALARM_HOUR),
        days => format!("-P{}DT{}H", days - 1, 24 - ALARM_HOUR),
    }
}

#[derive(Clone, Copy)]
enum When {
    AllDay(NaiveDate),
    /// A time on the clock of any reader (RFC 5545, 3.3.5, form #1).
    At(NaiveDateTime),
}

struct Alarm {
    trigger: String,
    text: String,
}

struct Event {
    /// The reminder's place in the rule; 0 for the expiry date itself.
    place: usize,
    when: When,
    title: String,
    alarm: Option<Alarm>,
}

impl Event {
    fn publish(&self, file: &mut Lines, expiry: &Expiry<'_>, now: DateTime<Utc>) {
        self.begin(file, expiry, sequence(expiry.modified), now);
        file.line(&format!("DESCRIPTION:{}", escape(&description(expiry))));
        if let Some(page) = expiry.profile.and_then(handover::registration_page) {
            file.line(&format!("URL:{page}"));
        }
        file.line("STATUS:CONFIRMED");
        if let Some(Alarm { trigger, text }) = &self.alarm {
            file.line("BEGIN:VALARM");
            file.line("ACTION:DISPLAY");
            file.line(&format!("TRIGGER:{trigger}"));
            file.line(&format!("DESCRIPTION:{}", escape(text)));
            file.line("END:VALARM");
        }
        file.line("END:VEVENT");
    }

    fn cancel(&self, file: &mut Lines, expiry: &Expiry<'_>, now: DateTime<Utc>) {
        // Newer than what it cancels.
        self.begin(file, expiry, sequence(expiry.modified) + 1, now);
        file.line(ORGANIZER);
        file.line("STATUS:CANCELLED");
        file.line("END:VEVENT");
    }

    fn begin(&self, file: &mut Lines, expiry: &Expiry<'_>, sequence: u32, now: DateTime<Utc>) {
        let (vault, profile) = expiry.key;
        let time = |at: NaiveDateTime| at.format("%Y%m%dT%H%M%S").to_string();
        file.line("BEGIN:VEVENT");
        match self.place {
            0 => file.line(&format!("UID:{profile}.{vault}@a365-password-tool")),
            place => file.line(&format!("UID:{profile}.{vault}.{place}@a365-password-tool")),
        }
        file.line(&format!("SEQUENCE:{sequence}"));
        file.line(&format!("DTSTAMP:{}Z", time(now.naive_utc())));
        if has_four_digits(expiry.modified.date_naive()) {
            file.line(&format!("LAST-MODIFIED:{}Z", time(expiry.modified.naive_utc())));
        }
        match self.when {
            When::AllDay(on) => {
                file.line(&format!("DTSTART;VALUE=DATE:{}", on.format("%Y%m%d")));
                // The end of an all-day event is the day after it.
                if let Some(next) = on.checked_add_days(Days::new(1)).filter(|next| has_four_digits(*next)) {
                    file.line(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
                }
            }
            When::At(at) => {
                file.line(&format!("DTSTART:{}", time(at)));
                file.line(&format!("DTEND:{}", time(at + REMINDER_LENGTH)));
            }
        }
        file.line(&format!("SUMMARY:{}", escape(&self.title)));
        // Nobody is busy because of it.
        file.line("TRANSP:TRANSPARENT");
    }
}

/// Dates and times are written with four digits for the year (RFC 5545, 3.3.4).
fn has_four_digits(day: NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}

fn description(expiry: &Expiry<'_>) -> String {
    let (name, on) = (visible_line(expiry.name), written_day::long(expiry.on));
    let mut text = match expiry.ucc_behind {
        true => format!(
            "The UCC still uses the old client secret of “{name}”, which expires on {on}, at 00:00 UTC. Give the new \
             connection string to the UCC before then, confirm it in A365 Password Tool, and export the calendar again.\n",
        ),
        false => format!(
            "The client secret of “{name}” expires on {on}, at 00:00 UTC. Create a new client secret before then, while \
             the old one still works, and test it in A365 Password Tool.\n",
        ),
    };
    if let Some(profile) = expiry.profile {
        for (label, value) in handover::registration(profile) {
            if let Some(value) = value {
                text.push_str(&format!("\n{label}: {}", visible_line(&value)));
            }
        }
        match handover::registration_page(profile) {
            _ if expiry.ucc_behind => text.push('\n'),
            Some(page) => text.push_str(&format!("\nCreate the new client secret here: {page}\n")),
            None => text.push_str(&format!("\nCreate the new client secret in {}\n", handover::portal(profile))),
        }
    }
    let saved = to_the_second(expiry.modified);
    text.push_str(&format!("\nThe profile was last changed at {saved}."));
    text
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
    /// Adds a line. One of more than [`LINE`] octets goes on in the next after a space, never inside a character.
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
            // The space counts too.
            room = LINE - 1;
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }
}
