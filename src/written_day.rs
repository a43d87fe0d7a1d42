//! A day as people read it, and a moment where no local time is known.

use chrono::{DateTime, NaiveDate, Utc};

/// For lists and lines, e.g. `3 Dec 2026`.
pub(crate) fn short(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// For letters and notifications, e.g. `3 December 2026`.
pub(crate) fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// On the command line, whose readers compare it with logs, e.g. `2026-12-01 09:30 UTC`.
pub(crate) fn utc_minute(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The same where two moments may lie in one minute, e.g. `2026-12-01 09:30:15 UTC`.
pub(crate) fn utc_second(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
