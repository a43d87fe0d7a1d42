//! The words of one notification for everything that is due.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::index::Entry;
use super::policy::{Due, VaultPlace};
use crate::counted::counted;
use crate::escape::visible_line;
use crate::profile::SecretExpiry;
use crate::wording::first_few;
use crate::written_day;

/// The most names in a notification; the others are counted.
const NAMES: usize = 4;
/// The most characters of one name.
const NAME_CHARACTERS: usize = 48;

/// A reminder for a person, in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// One line.
    pub title: String,
    /// A few lines.
    pub body: String,
    /// Whether a connection does not work, or stops working within a week.
    pub urgency: Urgency,
}

/// How urgent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// There is time.
    Normal,
    /// A secret has expired, or expires within a week.
    Urgent,
}

/// Sums up what is due, which is not empty and the worst first; `entries` are those that it was decided about.
pub fn message(due: &[Due], entries: &[Entry<'_>], now: DateTime<Utc>) -> Message {
    let title = match due {
        [one] if is_behind(one, entries) => {
            format!(
                "{}: the UCC still uses the old client secret, which {}",
                short(name(one, entries)),
                state(one, now)
            )
        }
        [one] => format!("{}: the client secret {}", short(name(one, entries)), state(one, now)),
        _ => sum(due),
    };
    let mut lines = Vec::new();
    let dated: Vec<_> = due.iter().filter(|due| due.days_left.is_some()).collect();
    match (due, dated.as_slice()) {
        ([one], _) if is_behind(one, entries) => lines.push(give_to_ucc(one)),
        ([_], [one]) if is_expired(one) => {
            lines.push("The connection does not work until a new client secret is in place.".to_owned());
        }
        ([_], [one]) => {
            let day = one.expires.map(written_day::long).unwrap_or_default();
            lines.push(format!("Create a new client secret before {day}, while the old one still works."));
        }
        (_, []) => {}
        (_, dated) => {
            let item = |due: &&Due| {
                let ucc = if is_behind(due, entries) { " (UCC not updated)" } else { "" };
                format!("{} {}{ucc}", short(name(due, entries)), when(due))
            };
            lines.push(first_few(dated.iter().map(item), NAMES));
        }
    }
    let undated: Vec<_> = due.iter().filter(|due| due.days_left.is_none()).collect();
    if let Some(first) = undated.first() {
        match due {
            [one] if is_behind(one, entries) => {}
            [_] => lines.push("Look up the expiry date in the portal and enter it to be reminded in time.".to_owned()),
            _ if undated.len() == 1 => lines.push(format!("{} has no expiry date.", short(name(first, entries)))),
            _ => {
                let names = first_few(undated.iter().map(|due| short(name(due, entries))), NAMES);
                lines.push(format!("Without an expiry date: {names}"));
            }
        }
    }
    lines.extend(missing(due, entries));
    let is_urgent = due.iter().any(|due| due.days_left.is_some_and(|days| days <= 7));
    Message { title, body: lines.join("\n"), urgency: if is_urgent { Urgency::Urgent } else { Urgency::Normal } }
}

/// Whether the UCC still uses the former secret, whose date this is.
pub(super) fn is_behind(due: &Due, entries: &[Entry<'_>]) -> bool {
    entries.get(due.place).is_some_and(|entry| entry.profile.ucc_behind)
}

/// What to do about that.
fn give_to_ucc(due: &Due) -> String {
    const CONFIRM: &str = "Then confirm it on the profile's renewal page.";
    match due.expires {
        Some(_) if is_expired(due) => {
            format!("The UCC cannot sign in until it has the new connection string. {CONFIRM}")
        }
        Some(day) => {
            format!("Give the new connection string to the UCC before {}. {CONFIRM}", written_day::long(day))
        }
        None => format!("Give the new connection string to the UCC. {CONFIRM}"),
    }
}

/// A profile's state after its name: “expires in 12 days”.
pub(super) fn state(due: &Due, now: DateTime<Utc>) -> String {
    match (due.expires, due.days_left) {
        (Some(_), Some(days)) if days >= 2 => format!("expires in {days} days"),
        (Some(day), _) => SecretExpiry::new(day).describe(now),
        (None, _) => "has no expiry date".to_owned(),
    }
}

/// A profile's time after its name in a list.
fn when(due: &Due) -> String {
    match due.days_left {
        Some(0) => "today".to_owned(),
        Some(1) => "tomorrow".to_owned(),
        Some(-1) => "expired yesterday".to_owned(),
        Some(days) if days < 0 => format!("expired {} days ago", -days),
        Some(days) => format!("in {days} days"),
        None => "without a date".to_owned(),
    }
}

/// How many are in which state.
fn sum(due: &[Due]) -> String {
    let expired = due.iter().filter(|due| is_expired(due)).count();
    let undated = due.iter().filter(|due| due.days_left.is_none()).count();
    let soon = due.len() - expired - undated;
    let secrets = |count: usize| counted(count, "client secret");
    let expire = if soon == 1 { "expires" } else { "expire" };
    match (expired, soon, undated) {
        (0, 0, undated) => format!("{} without an expiry date", secrets(undated)),
        (0, soon, _) => format!("{} {expire} soon", secrets(soon)),
        (expired, 0, _) => format!("{} expired", secrets(expired)),
        (expired, soon, _) => format!("{} expired, {soon} expiring soon", secrets(expired)),
    }
}

fn is_expired(due: &Due) -> bool {
    due.days_left.is_some_and(|days| days <= 0)
}

fn name<'a>(due: &Due, entries: &[Entry<'a>]) -> &'a str {
    entries.get(due.place).map_or("", |entry| entry.profile.name.as_str())
}

/// A name on one line, short enough for a corner of the screen.
pub(super) fn short(name: &str) -> String {
    let mut plain = visible_line(name).into_owned();
    if let Some((end, _)) = plain.char_indices().nth(NAME_CHARACTERS) {
        plain.truncate(end);
        plain.push('…');
    }
    plain
}

/// A word about the first vault that is not where it was.
fn missing(due: &[Due], entries: &[Entry<'_>]) -> Option<String> {
    let entry = due.iter().filter_map(|due| entries.get(due.place)).find(|entry| entry.place == VaultPlace::Missing)?;
    let file = entry.vault.path.file_name().unwrap_or_else(|| Path::as_os_str(&entry.vault.path)).to_string_lossy();
    Some(format!("The vault {} was not found where it was last saved.", short(&file)))
}
