//! The folder of reports: the newest few, readable by this account only.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::platform::file_system;

/// How many reports are kept.
const KEPT: usize = 5;
/// How many panics of one second are kept: one that follows from another says little.
const TRIES: u32 = 10;

/// Writes `text` into a new file in `folder` and removes the oldest beyond [`KEPT`].
pub(super) fn keep(folder: &Path, now: DateTime<Utc>, text: &str) -> io::Result<PathBuf> {
    file_system::create_own_folder(folder)?;
    let stamp = now.format("%Y%m%d-%H%M%S");
    let mut outcome = Err(io::Error::from(io::ErrorKind::AlreadyExists));
    for number in 1..=TRIES {
        let path = folder.join(format!("fault-{stamp}-{number:02}.txt"));
        outcome = file_system::create_private(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            Ok(path)
        });
        match &outcome {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            _ => break,
        }
    }
    remove_oldest(folder);
    outcome
}

/// A report too many is no trouble to tell anybody of.
fn remove_oldest(folder: &Path) {
    let Ok(names) = file_system::list(folder, 1000) else { return };
    let is_report = |name: &std::ffi::OsString| {
        name.to_str().is_some_and(|name| name.starts_with("fault-") && name.ends_with(".txt"))
    };
    let mut names: Vec<_> = names.into_iter().filter(is_report).collect();
    names.sort();
    let surplus = names.len().saturating_sub(KEPT);
    for name in &names[..surplus] {
        let _ = file_system::remove(&folder.join(name));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_newest_five_are_kept_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().expect("a folder");
        let reports = folder.path().join("reports");
        fs::create_dir(&reports).expect("a folder");
        fs::write(reports.join("notes.txt"), "mine").expect("a file");
        let start: DateTime<Utc> = "2026-11-26T06:10:33Z".parse().expect("a time");
        // Two of one second, and four later ones.
        let written: Vec<_> = [0, 0, 1, 2, 3, 4]
            .iter()
            .map(|seconds| keep(&reports, start + chrono::Duration::seconds(*seconds), "text").expect("kept"))
            .collect();
        let there: Vec<bool> = written.iter().map(|path| path.exists()).collect();
        assert_eq!(there, [false, true, true, true, true, true]);
        assert!(reports.join("notes.txt").exists());
        assert_eq!(fs::read_to_string(&written[5]).expect("a report"), "text");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("reports"), "a file in the way").expect("a file");
        assert!(keep(&folder.path().join("reports"), crate::platform::wall_clock::now(), "text").is_err());
    }
}
