//! The system's file dialogs, each on a thread of its own, and what is written to the files that people choose.

use std::path::{Path, PathBuf};
use std::thread;

use super::{Answer, ExportFormat, Postbox, ReminderNews, Request, WrittenCalendar};
use crate::connection_check::many::ProfileResult;
use crate::platform::{file_system, wall_clock};
use crate::vault::{RecoveryKey, read_info, recovery_sheet};

/// Asks for a file beside the window and writes the results into it.
pub(super) fn export(postbox: Postbox, results: Vec<ProfileResult>, format: ExportFormat) {
    thread::spawn(move || {
        let extension = format.extension();
        let dialog = rfd::FileDialog::new()
            .set_title("Where to keep the results")
            .add_filter(extension.to_uppercase(), &[extension])
            .set_file_name(format!("connection-checks-{}.{extension}", wall_clock::now().date_naive()));
        let written = match dialog.save_file() {
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

/// Asks for a file and writes a calendar into it; `written` is what is told of it then.
pub(super) fn save_calendar(
    postbox: Postbox,
    text: String,
    name: String,
    written: impl FnOnce(PathBuf) -> WrittenCalendar + Send + 'static,
) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new()
            .set_title("Where to keep the calendar file")
            .add_filter("iCalendar", &["ics"])
            .set_file_name(format!("{name}.ics"));
        let saved = match dialog.save_file() {
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

/// Asks for a vault's file.
pub(super) fn ask_for_vault(postbox: Postbox, request: Request) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new().add_filter("A365 vault", &[crate::vault::FILE_EXTENSION]);
        postbox.post(match request {
            Request::PickNewVaultPlace(path) => {
                let mut dialog = dialog.set_title("Where to keep the new vault");
                if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
                    dialog = dialog.set_directory(folder);
                }
                if let Some(name) = path.file_name() {
                    dialog = dialog.set_file_name(name.to_string_lossy());
                }
                Answer::NewVaultPlace(dialog.save_file())
            }
            _ => Answer::ExistingVault(dialog.set_title("Open a vault").pick_file()),
        });
    });
}

/// Asks for a file and writes the sheet with the recovery key of the vault at `vault` into it.
pub(super) fn save_recovery_sheet(postbox: Postbox, key: RecoveryKey, vault: PathBuf) {
    thread::spawn(move || {
        let dialog = rfd::FileDialog::new()
            .set_title("Where to keep the sheet until it is printed")
            .add_filter("HTML", &["html"])
            .set_file_name("recovery-key.html");
        let saved = match dialog.save_file() {
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
    let name = vault.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sheet = recovery_sheet(key, &name, id, wall_clock::now().date_naive());
    file_system::write_named_private(path, sheet.expose().as_bytes()).map_err(|error| error.to_string())
}
