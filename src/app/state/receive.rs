//! What the background has done, on its way to whom it is for.

use super::{AppState, Tone};
use crate::app::tasks::Answer;

const NO_FILE_DIALOG: &str = "No file could be chosen: this desktop has neither xdg-desktop-portal nor zenity to show a \
                              file dialog. Install zenity, for example with “sudo apt install zenity”, and try again.";

impl AppState {
    /// Takes in what the background has done.
    pub fn receive(&mut self, answer: Answer) {
        match answer {
            Answer::VaultOpened(path, profiles, proxy) => self.vault_opened(path, profiles, proxy),
            Answer::SavedInFuture(at) => self.with_vault(|vault| vault.saved_in_future = Some(at)),
            Answer::VaultNotOpened(refusal) => self.vault_not_opened(refusal),
            Answer::AccountStore(is_there) => self.account_store_looked_for(is_there),
            Answer::Standing(standing) => self.with_vault(|vault| vault.standing = standing),
            Answer::PutBack(result) => self.was_put_back(result),
            Answer::Profiles(profiles, change) => self.profiles_changed(profiles, change),
            Answer::Conflicts(conflicts) => self.with_vault(|vault| vault.conflicts = conflicts),
            Answer::Copies(copies) => self.with_vault(|vault| vault.copies = copies),
            Answer::History(history) => self.with_vault(|vault| vault.history = history),
            Answer::Warning(text) => {
                if self.open_vault().is_some() {
                    self.notify(Tone::Warning, text);
                }
            }
            Answer::Draft(news) => self.draft_news(news),
            Answer::NotSaved(refusal, change) => self.not_saved(&refusal, change),
            Answer::PassphraseChanged(result) => self.passphrase_changed(result),
            Answer::Slots(slots) => self.slots_read(slots),
            Answer::KeysChanged(change, result) => self.keys_changed(change, result),
            Answer::RecoveryKeyCreated(result) => self.recovery_key_created(result),
            Answer::RecoverySheetSaved(saved) => self.recovery_sheet_saved(saved),
            Answer::VaultLookedAt(path, look) => self.vault_looked_at(&path, look),
            Answer::BackupsOf(path, found) => self.backups_of_damaged_found(&path, found),
            Answer::RestoredOverDamaged(result) => self.restored_over_damaged(result),
            Answer::VaultRepaired(result) => self.vault_repaired(result),
            Answer::Backups(found) => self.backups_found(found),
            Answer::BackupCompared(path, difference) => self.backup_compared(&path, difference),
            Answer::Reminders(news) => self.reminder_news(news),
            Answer::BackupTrouble(text) | Answer::RemindersNotUpdated(text) => self.notify(Tone::Warning, text),
            Answer::CheckProgress(ticket, progress) => self.check_progress(ticket, progress),
            Answer::CheckFinished(ticket, report) => self.check_finished(ticket, *report),
            Answer::AppSecrets(ticket, done) => self.app_secrets_done(ticket, done),
            Answer::Fault(part, report) => self.fault(part, &report),
            Answer::CheckUnavailable(ticket, text) => self.check_unavailable(ticket, text),
            Answer::OneOfManyFinished(ticket, place, report) => self.one_of_many_finished(ticket, place, *report),
            Answer::ManyOffline(ticket, diagnosis) => self.many_offline(ticket, diagnosis),
            Answer::ManyFinished(ticket) => self.many_finished(ticket),
            Answer::HostTested(ticket, report) => self.host_tested(ticket, *report),
            Answer::HostsTested(ticket) => self.hosts_tested(ticket),
            Answer::Exported(written) => self.exported(written),
            Answer::ExportPlace(chosen) => self.export_place(chosen),
            Answer::ProfilesExported(exported) => self.profiles_exported(exported),
            Answer::FilesToImport(paths) => self.files_to_import(paths),
            Answer::ImportRead(ticket, file) => self.import_read(ticket, *file),
            Answer::KeyFileChosen(ticket, chosen) => self.key_file_chosen(ticket, chosen),
            Answer::ImportedFileDeleted(path, deleted) => self.imported_file_deleted(&path, deleted),
            Answer::SecretCopied(Ok(())) => {
                self.clear_clipboard_at =
                    self.settings.clipboard_seconds.map(|seconds| self.seconds + f64::from(seconds));
            }
            Answer::SecretCopied(Err(text)) => {
                self.notify(Tone::Danger, format!("Nothing was copied: {text}"));
            }
            Answer::ClipboardCleared(true) => self.notify(Tone::Success, "Clipboard cleared.".to_owned()),
            Answer::ClipboardCleared(false) => {}
            Answer::ClipboardNotCleared(text) => self.clipboard_not_cleared(&text),
            Answer::SettingsNotSaved(text) => self.settings_could_not_be_saved(text),
            Answer::NoFileDialog => self.notify(Tone::Danger, NO_FILE_DIALOG.to_owned()),
            Answer::NewVaultPlace(chosen) => self.new_vault_place(chosen),
            Answer::RecentVaultLookedFor(path, place) => self.recent_vault_looked_for(path, place),
            Answer::ExistingVault(chosen) => self.existing_vault(chosen),
        }
    }
}
