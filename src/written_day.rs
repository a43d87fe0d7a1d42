//! A day as people read it.

use chrono::NaiveDate;

/// For lists and lines, e.g. `3 Dec 2026`.
pub(crate) fn short(day: NaiveDate) -> String {
    day.format("%-d %b %Y").to_string()
}

/// For letters and notifications, e.g. `3 December 2026`.
pub(crate) fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
