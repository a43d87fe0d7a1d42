//! The settings file: reading never fails, saving is all or nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::{Settings, SettingsWarning, values};
use crate::platform::file_system;

/// No honest settings file is larger, in bytes.
const SIZE_LIMIT: u64 = 1 << 20;

/// Why settings could not be saved. The file is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The folder or the file could not be written.
    #[error(
        "The settings could not be saved to {path} ({cause}). Check that you can write to this folder and that the \
         disk is not full.",
        path = .path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The chosen vault's path holds bytes that are no text, which TOML cannot keep.
    #[error("The vault's path contains characters that cannot be saved. Rename the file or its folder.")]
    VaultPath,
    /// The chosen proxy has a user name or a password.
    #[error(
        "The proxy's user name and password cannot be saved, because the settings file is not encrypted. Remove them \
         from the address and save them in the vault instead."
    )]
    ProxyCredentials,
}

impl Settings {
    /// Reads the settings at `path`. A file that is not there means the defaults; whatever in it cannot be used is
    /// a warning and the default.
    pub fn load(path: &Path) -> (Settings, Vec<SettingsWarning>) {
        let mut warnings = Vec::new();
        let settings = match read_text(path) {
            Ok(text) => match text.parse::<DocumentMut>() {
                Ok(document) => values::read(document.as_table(), &mut warnings),
                Err(error) => {
                    let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
                    warnings.push(SettingsWarning::NotToml { path: path.to_owned(), line });
                    Settings::default()
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
            Err(error) => {
                warnings.push(SettingsWarning::Unreadable { path: path.to_owned(), cause: error.to_string() });
                Settings::default()
            }
        };
        (settings, warnings)
    }

    /// Saves the settings to `path`, making its folder where needed. Comments, order and unknown keys stay. A file
    /// that is no TOML is kept beside as `….unreadable` first.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        if self.vault_path.as_ref().is_some_and(|vault| vault.to_str().is_none()) {
            return Err(SettingsError::VaultPath);
        }
        if values::hold_credentials(self) {
            return Err(SettingsError::ProxyCredentials);
        }
        self.try_save(path).map_err(|cause| SettingsError::Write { path: path.to_owned(), cause })
    }

    fn try_save(&self, path: &Path) -> io::Result<()> {
        // A link, as dotfile keepers use, stays a link: the file that it leads to is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut document = match read_text(&target) {
            Ok(text) => text.parse::<DocumentMut>().or_else(|_| {
                let mut beside = target.clone().into_os_string();
                beside.push(".unreadable");
                file_system::replace_private(Path::new(&beside), text.as_bytes()).map(|()| DocumentMut::new())
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => DocumentMut::new(),
            Err(error) => return Err(error),
        };
        values::write(self, document.as_table_mut());
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        file_system::create_own_folder(folder)?;
        file_system::replace_private(&target, document.to_string().as_bytes())
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    let text = file_system::read_text(path, SIZE_LIMIT).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => io::Error::new(io::ErrorKind::InvalidData, "it is larger than 1 MiB"),
        _ => error,
    })?;
    // Notepad's older versions put a byte order mark in front.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
