//! `import` and `export`: profiles from other programs' files, and into them.

pub(super) mod export;
pub(super) mod import;
mod import_answer;
mod planned;

use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, Utc};

/// A file's name without its folder, as the history keeps it.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The day at an instant where this computer is.
fn local_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Local).date_naive()
}
