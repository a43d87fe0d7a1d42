//! Files to import: opened and read on a thread of their own, because a database may take seconds to open and a share minutes to
//! answer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use super::import_source::{ImportAnswers, ImportSource, NotRead, ReadFile};
use super::{Answer, Postbox, Ticket};
use crate::cloud::Overrides;
use crate::crash_report;
use crate::exchange::import::{FILE_LIMIT, Refusal};
use crate::platform::{file_system, wiping_stack};

/// What is asked about files to import.
pub enum ImportRequest {
    /// Open this file and read it.
    Open(Ticket, PathBuf, Overrides),
    /// Read what was opened or pasted, with these answers.
    Read(Ticket, Arc<ImportSource>, Box<ImportAnswers>, Overrides),
    /// Delete a file that was imported.
    Delete(PathBuf),
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
