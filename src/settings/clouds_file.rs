//! The administrator's list of extra clouds: where it is, and whether it may be trusted.
//!
//! Off by default. It decides where client secrets are sent, so it is read only from where an ordinary user cannot
//! put it: `/etc/a365-password-tool/clouds.toml`, which root owns; on Windows the file that the registry value
//! `CloudsFile` under `HKEY_LOCAL_MACHINE\\SOFTWARE\\A365 Password Tool` names. (`%ProgramData%` is no such place:
//! every user may make folders there.)

use std::io;
use std::path::{Path, PathBuf};

use crate::cloud::{Overrides, OverridesError};
use crate::platform::{file_system, machine_wide};

/// No honest list is larger, in bytes.
const SIZE_LIMIT: u64 = 1 << 20;

/// Why the administrator's list is not used.
#[derive(Debug, thiserror::Error)]
pub enum CloudsFileError {
    /// It is there, but cannot be read.
    #[error(
        "The custom cloud list in {file} cannot be read: {error}. None of it is used. Check the file and its \
         permissions."
    )]
    Unreadable {
        /// The file.
        file: String,
        /// The system's words.
        error: io::Error,
    },
    /// Somebody else than an administrator can change it.
    #[error(
        "The custom cloud list in {file} is not used, because accounts other than the administrator can change it. The \
         file and its folder must belong to root, and no one else may be able to write to them."
    )]
    NotTrusted {
        /// The file.
        file: String,
    },
    /// What it says is wrong.
    #[error(transparent)]
    Wrong(#[from] OverridesError),
}

/// The administrator's list of this computer; an empty one where there is none.
pub fn load_cloud_overrides() -> Result<Overrides, CloudsFileError> {
    match machine_wide::clouds_file() {
        Some(file) => read(&file, machine_wide::only_administrators_can_change),
        None => Ok(Overrides::none()),
    }
}

fn read(file: &Path, is_trusted: impl Fn(&Path) -> io::Result<bool>) -> Result<Overrides, CloudsFileError> {
    let shown = || file.display().to_string();
    let unreadable = |error| CloudsFileError::Unreadable { file: shown(), error };
    let text = match file_system::read_text(file, SIZE_LIMIT) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Overrides::none()),
        Err(error) => return Err(unreadable(error)),
    };
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    for place in [file, folder.as_path()] {
        if !is_trusted(place).map_err(unreadable)? {
            return Err(CloudsFileError::NotTrusted { file: shown() });
        }
    }
    Ok(Overrides::parse(&text, file)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str, trusted: &[&str]) -> Result<Option<String>, CloudsFileError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("clouds.toml");
        std::fs::write(&file, text).expect("the file");
        let is_trusted = |path: &Path| Ok(trusted.contains(&if path == file { "file" } else { "folder" }));
        read(&file, is_trusted).map(|overrides| overrides.describe())
    }

    #[test]
    fn a_list_counts_only_where_file_and_folder_are_the_administrators() {
        let right = "[[cloud]]\ncloud = \"commercial\"\nenvironment_suffix = \"crm.dynamics.example\"\n";
        let active = read_text(right, &["file", "folder"]).expect("a right list");
        assert!(active.is_some_and(|text| text.starts_with("1 extra host from ")));
        for trusted in [&["file"][..], &["folder"], &[]] {
            assert!(matches!(read_text(right, trusted), Err(CloudsFileError::NotTrusted { .. })), "{trusted:?}");
        }
        assert!(matches!(read_text("x", &["file", "folder"]), Err(CloudsFileError::Wrong(_))));
    }

    #[test]
    fn no_list_is_no_error() {
        let nowhere = Path::new("nowhere/clouds.toml");
        assert_eq!(read(nowhere, |_| Ok(true)).expect("nothing").describe(), None);
    }
}
