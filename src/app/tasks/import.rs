//! Files to import: opened and read on a thread of their own, because a database may take seconds to open and a share minutes to
//! answer.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use zeroize::Zeroizing;

use super::{Answer, Postbox, Ticket};
use crate::cloud::Overrides;
use crate::crash_report;
use crate::exchange::import::{Column, DateOrder, FILE_LIMIT, Import, Options, Refusal, read};
use crate::platform::{file_system, wiping_stack};
use crate::profile::SecretText;
use crate::reminder::this_account;

/// What is asked about files to import.
pub enum ImportRequest {
    /// Open this file and read it.
    Open(Ticket, PathBuf, Overrides),
    /// Read what was opened or pasted, with these answers.
    Read(Ticket, Arc<ImportSource>, Box<ImportAnswers>, Overrides),
    /// Delete a file that was imported.
    Delete(PathBuf),
}

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
}

/// The key file of a database.
pub struct KeyFile {
    /// Its name.
    pub name: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl KeyFile {
    /// Opens a key file.
    pub(super) fn open(path: &Path) -> Result<KeyFile, String> {
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

/// Carries it out, on a thread of its own.
pub(super) fn begin(request: ImportRequest, postbox: Postbox) {
    let work = move || match request {
        ImportRequest::Open(ticket, path, clouds) => post_read(&postbox, ticket, || open(&path, &clouds)),
        ImportRequest::Read(ticket, source, answers, clouds) => post_read(&postbox, ticket, || {
            let import = source.read(&answers, &clouds);
            ReadFile { source: Some(source), import }
        }),
        ImportRequest::Delete(path) => {
            let deleted = file_system::remove(&path);
            let deleted = deleted.map_err(|error| {
                format!("{} could not be deleted: {error}. Delete it in the file manager.", path.display())
            });
            postbox.post(Answer::ImportedFileDeleted(path, deleted));
        }
    };
    thread::spawn(work);
}

/// What was read leaves nothing on the thread's stack, which the next thread may get.
fn post_read(postbox: &Postbox, ticket: Ticket, read: impl FnOnce() -> ReadFile) {
    let outcome = wiping_stack::leaving_nothing(|| crash_report::catch(read));
    let file = outcome.unwrap_or_else(|fault| {
        let report = fault.where_report_is();
        let text = format!("The file was not read because of an internal error. {report}");
        ReadFile { source: None, import: Err(NotRead::NotOpened(text)) }
    });
    postbox.post(Answer::ImportRead(ticket, Box::new(file)));
}

fn open(path: &Path, clouds: &Overrides) -> ReadFile {
    match file_system::read(path, FILE_LIMIT as u64) {
        Ok(bytes) => {
            let source = ImportSource::of_file(path, bytes);
            let import = source.read(&ImportAnswers::default(), clouds);
            ReadFile { source: Some(Arc::new(source)), import }
        }
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            ReadFile { source: None, import: Err(NotRead::Refused(Refusal::TooBig { limit: FILE_LIMIT >> 20 })) }
        }
        Err(error) => {
            let text = format!("{} could not be read: {error}.", path.display());
            ReadFile { source: None, import: Err(NotRead::NotOpened(text)) }
        }
    }
}

/// A file's name without its folder.
pub(in crate::app) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
