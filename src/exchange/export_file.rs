//! Puts an export on the disk: the one place in this room that writes a file.
//!
//! A file with client secrets, or for which a password was chosen, is for this account alone from its creation on (on Windows the
//! folder's permissions apply), and there is no copy of it in between.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, NaiveTime, TimeZone, Utc};

use super::export::{Export, Target};
use crate::platform::file_system;

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It may, because a person has said so.
    Allowed,
    /// It may not: [`io::ErrorKind::AlreadyExists`].
    Refused,
}

/// Writes the file in one go.
pub fn save(path: &Path, target: Target, export: &Export, overwrite: Overwrite) -> io::Result<()> {
    let is_private = export.secrets > 0 || target.is_encrypted();
    match (overwrite, is_private) {
        (Overwrite::Allowed, true) => file_system::write_named_private(path, &export.bytes),
        (Overwrite::Allowed, false) => file_system::write_named(path, &export.bytes),
        // A file that appeared meanwhile is not overwritten either.
        (Overwrite::Refused, true) => create(path, file_system::create_private(path), &export.bytes),
        (Overwrite::Refused, false) => create(path, File::create_new(path), &export.bytes),
    }
}

fn create(path: &Path, file: io::Result<File>, bytes: &[u8]) -> io::Result<()> {
    let mut file = file?;
    file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| {
        let _ = file_system::remove(path);
    })
}

/// Whether two paths lead to one file that is there.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// What people have to know of a file in which client secrets can be read.
pub fn exposure(target: Target, secrets: usize) -> Option<String> {
    if secrets == 0 || target.is_encrypted() {
        return None;
    }
    let why = match target {
        Target::XrmToolBox => {
            "XrmToolBox's encryption uses a key that is public, so anyone who has the file can read them"
        }
        _ => "anyone who has the file can read them",
    };
    Some(format!("The client secrets are not protected: {why}. Delete the file when it is no longer needed."))
}

/// When a day begins where this computer is. Where clocks skip that hour, in UTC.
pub fn local_midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    Local.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}
