//! What is imported and what a person says about it: bytes that the window keeps until the import is over, and how they are read.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::cloud::Overrides;
use crate::exchange::import::{Column, DateOrder, FILE_LIMIT, Import, Options, Refusal, read};
use crate::platform::file_system;
use crate::profile::{GuidSecret, SecretText};
use crate::reminder::this_account;

/// What is imported, as it was opened or pasted. Its bytes are wiped with it.
pub struct ImportSource {
    /// The file's name, or what stands for it.
    pub name: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl ImportSource {
    /// A text from the clipboard.
    pub fn pasted(text: &SecretText) -> ImportSource {
        ImportSource { name: "the clipboard".to_owned(), bytes: Zeroizing::new(text.expose().as_bytes().to_vec()) }
    }

    /// A file's bytes.
    pub fn of_file(path: &Path, bytes: Vec<u8>) -> ImportSource {
        ImportSource { name: name_of(path), bytes: Zeroizing::new(bytes) }
    }

    /// Reads it by these answers.
    pub fn read(&self, answers: &ImportAnswers, clouds: &Overrides) -> Result<Import, NotRead> {
        let options = Options {
            file_name: &self.name,
            password: answers.password.as_ref(),
            key_file: answers.key_file.as_ref().map(|file| &file.bytes),
            sheet: answers.sheet.as_deref(),
            columns: &answers.columns,
            dates: answers.dates,
            guid_secrets: answers.guid_secrets,
            ..Options::new(clouds, &|at| this_account::local(at).date())
        };
        read(&self.bytes, &options).map_err(NotRead::Refused)
    }
}

/// What a person says about a file.
#[derive(Clone, Default)]
pub struct ImportAnswers {
    /// The password of a database.
    pub password: Option<SecretText>,
    /// The key file of a database.
    pub key_file: Option<Arc<KeyFile>>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Which column holds what.
    pub columns: Vec<(Column, String)>,
    /// Whether the day or the month comes first in dates.
    pub dates: Option<DateOrder>,
    /// Whether secrets in the form of a GUID are taken.
    pub guid_secrets: GuidSecret,
}

/// The key file of a database.
pub struct KeyFile {
    /// Its name.
    pub name: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl KeyFile {
    /// Opens a key file.
    pub fn open(path: &Path) -> Result<KeyFile, String> {
        let bytes = file_system::read(path, FILE_LIMIT as u64);
        let bytes = bytes.map_err(|error| format!("The key file {} could not be read: {error}.", path.display()))?;
        Ok(KeyFile { name: name_of(path), bytes: Zeroizing::new(bytes) })
    }
}

/// A file that was opened and read, or was not.
pub struct ReadFile {
    /// What was opened, where that worked.
    pub source: Option<Arc<ImportSource>>,
    /// What it holds.
    pub import: Result<Import, NotRead>,
}

/// Why nothing comes in from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// Its reader refuses it.
    Refused(Refusal),
    /// It could not be opened, in words.
    NotOpened(String),
}

impl fmt::Display for NotRead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotRead::Refused(refusal) => refusal.fmt(formatter),
            NotRead::NotOpened(text) => formatter.write_str(text),
        }
    }
}

/// A file's name without its folder.
pub(in crate::app) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
