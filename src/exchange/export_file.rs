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

/// Why there is no export.
#[derive(Debug)]
pub enum SaveError<E> {
    /// The file cannot be written.
    File(io::Error),
    /// The file could be written, and what goes with it failed.
    Record(E),
}

/// Writes the file in one go, and notes that by `record`. Where that fails, no file is left behind that nobody can see in the
/// history, and one that was there before is back.
///
/// # Errors
///
/// [`SaveError`].
pub fn save<E>(
    path: &Path,
    target: Target,
    export: &Export,
    overwrite: Overwrite,
    record: impl FnOnce() -> Result<(), E>,
) -> Result<(), SaveError<E>> {
    let is_private = export.secrets > 0 || target.is_encrypted();
    if overwrite == Overwrite::Allowed {
        let replaced = file_system::replace_named(path, &export.bytes, is_private).map_err(SaveError::File)?;
        let recorded = record();
        if recorded.is_ok() {
            replaced.confirm();
        } else {
            let _ = replaced.put_back();
        }
        return recorded.map_err(SaveError::Record);
    }
    // A file that appeared meanwhile is not overwritten either.
    let file = if is_private { file_system::create_private(path) } else { File::create_new(path) };
    create(path, file, &export.bytes).map_err(SaveError::File)?;
    record().map_err(SaveError::Record).inspect_err(|_| {
        let _ = file_system::remove(path);
    })
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn export(secrets: usize) -> Export {
        Export { bytes: b"new".to_vec().into(), profiles: 1, secrets, left_out: Vec::new() }
    }

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).expect("the folder").map(|one| one.expect("an entry").file_name());
        names.map(|name| name.into_string().expect("text")).collect()
    }

    #[test]
    fn a_file_that_was_there_is_back_when_the_export_cannot_be_noted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("profiles.csv");
        for secrets in [0, 1] {
            fs::write(&path, "old").expect("written");
            let failed = save(&path, Target::Csv, &export(secrets), Overwrite::Allowed, || Err("the disk is full"));
            assert!(matches!(failed, Err(SaveError::Record("the disk is full"))));
            assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
            assert_eq!(names(folder.path()), ["profiles.csv"]);
            save::<()>(&path, Target::Csv, &export(secrets), Overwrite::Allowed, || Ok(())).expect("saved");
            assert_eq!(fs::read_to_string(&path).expect("it is there"), "new");
            assert_eq!(names(folder.path()), ["profiles.csv"]);
        }
    }

    #[test]
    fn a_new_file_goes_when_the_export_cannot_be_noted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("profiles.csv");
        for overwrite in [Overwrite::Allowed, Overwrite::Refused] {
            let failed = save(&path, Target::Csv, &export(0), overwrite, || Err(()));
            assert!(matches!(failed, Err(SaveError::Record(()))));
            assert!(names(folder.path()).is_empty());
        }
        fs::write(&path, "old").expect("written");
        let refused = save::<()>(&path, Target::Csv, &export(0), Overwrite::Refused, || Ok(()));
        assert!(matches!(refused, Err(SaveError::File(error)) if error.kind() == io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
    }
}
