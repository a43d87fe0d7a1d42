//! The system's file dialogs, each on a thread of its own, and what is written to the files that people choose.

use std::path::{Path, PathBuf};
use std::thread;

use super::{Answer, KeyFile, Postbox, ReminderNews, Ticket, WrittenCalendar};
use crate::connection_check::many::{ProfileResult, report_csv, report_html};
use crate::exchange::export::Target;
use crate::platform::file_dialog::{self, FileDialogs};
use crate::platform::{file_system, wall_clock};
use crate::vault::{RecoveryKey, read_info, recovery_sheet, vault_name};

/// A file that a person is asked for.
pub enum FileDialogRequest {
    /// Ask for a file and write the results of many checks into it.
    ExportChecks(Vec<ProfileResult>, ExportFormat),
    /// Ask for the file into which profiles are written for that target.
    ExportPlace(Target),
    /// Ask for a file and write a sheet with this key into it, for the vault at that path with that id.
    SaveRecoverySheet(RecoveryKey, PathBuf),
    /// Ask which files to import.
    FilesToImport,
    /// Ask for the key file of a database that is to be imported.
    KeyFile(Ticket),
    /// Ask where a new vault is to be kept, beginning at this path.
    NewVaultPlace(PathBuf),
    /// Ask which vault to open.
    ExistingVault,
}

/// The kind of file that results are exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    /// A page to read and print.
    Html,
}

impl ExportFormat {
    /// The ending of its files' names.
    fn extension(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Html => "html",
        }
    }

    fn write(self, results: &[ProfileResult]) -> String {
        match self {
            ExportFormat::Csv => report_csv(results),
            ExportFormat::Html => report_html(results, wall_clock::now()),
        }
    }
}

/// Asks for the file, on a thread of its own.
pub(super) fn begin(request: FileDialogRequest, postbox: Postbox) {
    match request {
        FileDialogRequest::ExportChecks(results, format) => export(postbox, results, format),
        FileDialogRequest::ExportPlace(target) => ask_for_export_place(postbox, target),
        FileDialogRequest::SaveRecoverySheet(key, vault) => save_recovery_sheet(postbox, key, vault),
        FileDialogRequest::FilesToImport => ask_for_files_to_import(postbox),
        FileDialogRequest::KeyFile(ticket) => ask_for_key_file(postbox, ticket),
        FileDialogRequest::NewVaultPlace(path) => ask_for_new_vault(postbox, path),
        FileDialogRequest::ExistingVault => ask_for_vault(postbox),
    }
}

/// What was chosen. That nothing was is no news, unless there was no dialog to choose in.
fn chosen<T>(postbox: &Postbox, chosen: Option<T>) -> Option<T> {
    if chosen.is_none() && file_dialog::look() == FileDialogs::Missing {
        postbox.post(Answer::NoFileDialog);
    }
    chosen
}

/// Asks for a file beside the window and writes the results into it.
fn export(postbox: Postbox, results: Vec<ProfileResult>, format: ExportFormat) {
    thread::spawn(move || {
        let extension = format.extension();
        let dialog = rfd::FileDialog::new()
            .set_title("Save results as")
            .add_filter(extension.to_uppercase(), &[extension])
            .set_file_name(format!("connection-tests-{}.{extension}", wall_clock::now().date_naive()));
        let written = match chosen(&postbox, dialog.save_file()) {
            None => Ok(None),
            Some(path) => match file_system::write_named(&path, format.write(&results).as_bytes()) {
                Ok(()) => Ok(Some(path)),
                Err(error) => Err(format!(
                    "The results could not be written to {}: {error}. Choose another folder.",
                    path.display()
                )),
            },
        };
        postbox.post(Answer::Exported(written));
    });
}

/// Asks for the file into which profiles are written. What is written comes from the vault afterwards, so that nothing of it waits
/// here.
fn ask_for_export_place(postbox: Postbox, target: Target) {
    thread::spawn(move || {
        let extension = target.extension();
        let name = match target {
            Target::AppSettings => "appsettings.json".to_owned(),
            _ => format!("profiles-{}.{extension}", wall_clock::now().date_naive()),
        };
        let dialog = rfd::FileDialog::new()
            .set_title("Export profiles as")
            .add_filter(target.label(), &[extension])
            .set_file_name(name);
        let place = chosen(&postbox, dialog.save_file());
        postbox.post(Answer::ExportPlace(place));
    });
}

/// Asks for a file and writes a calendar into it; `written` is the outcome.
pub(super) fn save_calendar(
    postbox: Postbox,
    text: String,
    name: String,
    written: impl FnOnce(PathBuf) -> WrittenCalendar + Send + 'static,
) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new()
            .set_title("Save calendar as")
            .add_filter("iCalendar", &["ics"])
            .set_file_name(format!("{name}.ics"));
        let saved = match chosen(&postbox, dialog.save_file()) {
            None => Ok(None),
            Some(path) => match file_system::write_named(&path, text.as_bytes()) {
                Ok(()) => Ok(Some(written(path))),
                Err(error) => Err(format!(
                    "The calendar could not be written to {}: {error}. Choose another folder.",
                    path.display()
                )),
            },
        };
        postbox.post(Answer::Reminders(ReminderNews::CalendarWritten(saved)));
    });
}

/// Asks for files to import. What a file is, its content says, so that all are offered.
fn ask_for_files_to_import(postbox: Postbox) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new().set_title("Import from files");
        // Without a dialog the answer can be a list of nothing.
        let files = chosen(&postbox, dialog.pick_files().filter(|files| !files.is_empty()));
        postbox.post(Answer::FilesToImport(files.unwrap_or_default()));
    });
}

/// Asks for a key file and reads it.
fn ask_for_key_file(postbox: Postbox, ticket: Ticket) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new().set_title("Choose the key file");
        let file = chosen(&postbox, dialog.pick_file()).map(|path| KeyFile::open(&path)).transpose();
        postbox.post(Answer::KeyFileChosen(ticket, file));
    });
}

/// Asks where a new vault is to be kept, beginning at `path`.
fn ask_for_new_vault(postbox: Postbox, path: PathBuf) {
    thread::spawn(move || {
        let mut dialog = vault_dialog().set_title("Save new vault as");
        if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = path.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        let place = chosen(&postbox, dialog.save_file());
        postbox.post(Answer::NewVaultPlace(place));
    });
}

/// Asks for a vault's file.
fn ask_for_vault(postbox: Postbox) {
    thread::spawn(move || {
        let vault = chosen(&postbox, vault_dialog().set_title("Open a vault").pick_file());
        postbox.post(Answer::ExistingVault(vault));
    });
}

fn vault_dialog() -> rfd::FileDialog {
    rfd::FileDialog::new().add_filter("A365 vault", &[crate::vault::FILE_EXTENSION])
}

/// Asks for a file and writes the sheet with the recovery key of the vault at `vault` into it.
fn save_recovery_sheet(postbox: Postbox, key: RecoveryKey, vault: PathBuf) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new()
            .set_title("Save recovery sheet as")
            .add_filter("HTML", &["html"])
            .set_file_name("recovery-key.html");
        let saved = match chosen(&postbox, dialog.save_file()) {
            None => Ok(None),
            Some(path) => match write_sheet(&path, &key, &vault) {
                Ok(()) => Ok(Some(path)),
                Err(why) => {
                    Err(format!("The sheet could not be written to {}: {why}. Choose another folder.", path.display()))
                }
            },
        };
        postbox.post(Answer::RecoverySheetSaved(saved));
    });
}

/// Only this account may read the sheet.
fn write_sheet(path: &Path, key: &RecoveryKey, vault: &Path) -> Result<(), String> {
    let id = read_info(vault).map_err(|error| error.to_string())?.vault_id;
    let sheet = recovery_sheet(key, &vault_name(vault), id, wall_clock::now().date_naive());
    file_system::write_named_private(path, sheet.expose().as_bytes()).map_err(|error| error.to_string())
}
