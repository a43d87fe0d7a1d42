//! All that lives across frames, and the one place where it changes.
//!
//! In: a [`Command`] from a person, an [`Answer`] from the background, the passing of time. Out: the new state,
//! and [`Request`]s for the background in [`AppState::outbox`]. No drawing and no I/O, so that a test plays the
//! whole app without a window. Screens read the state; only text fields write, into the text they edit.

mod check;
mod check_all;
mod fault;
mod forms;
mod judgement;
mod locking;
mod profiles;
mod proxy;
mod reminder_ways;
mod reminders;
mod renewal;
mod renewals_page;
mod session;
mod shown;
mod start;
mod throttle;
mod trust;
mod unlock;
mod vault_page;

use std::{collections::VecDeque, path::PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    command::{Command, Page},
    draft::Draft,
    tasks::{Answer, Request, VaultReminderWork},
    widgets::Tone,
};
use crate::{
    cloud::Overrides,
    profile::Profile,
    settings::{RendererChoice, Settings},
    window::Drawing,
};

pub use check::{CheckView, Outcome, StageView};
pub use check_all::{CheckRun, RunPhase, RunRow, RunSort};
pub use fault::Typed;
pub use forms::{FirstStart, PassphraseForm, PasteForm, Purpose, repeat_note};
pub use judgement::PassphraseJudgement;
pub use proxy::ProxyForm;
pub use reminder_ways::MailForm;
pub use reminders::{
    Attempt, ReminderForm, ReminderSettingsForm, Reminders, Schedule, VaultReminders, in_words, watched,
};
pub use renewal::{
    MakeSecretForm, Making, Question, RemoveSecretForm, Removing, RenewalCommand, RenewalForm, RenewalNotes,
};
pub use renewals_page::{Layout, RenewalsPage, Row};
pub use shown::{AfterUnsaved, Dialog, Notice, OpenVault, Screen, Undo};
pub use start::{Start, VaultFile};
pub use throttle::Throttle;
pub use unlock::{DamagedForm, LeftOpen, Unlock, UnlockWay};
pub use vault_page::{Backups, Comparison, RecoveryForm, RemoveSlotForm, Replaces, in_two_rows};

/// How long good news stays, in seconds. Bad news stays until somebody has read it.
const GOOD_NEWS_SECONDS: f64 = 10.0;

/// The app's state.
pub struct AppState {
    /// The time by the wall clock; set once a frame.
    pub now: DateTime<Utc>,
    /// Seconds since the window opened; set once a frame. Intervals are measured with this one.
    pub seconds: f64,
    /// The settings.
    pub settings: Settings,
    /// An administrator's list of hosts, beside the built-in ones.
    pub clouds: Overrides,
    /// What fills the window.
    pub screen: Screen,
    /// The questions to be asked, the one in front first. One at a time: a second one cannot appear under a click.
    pub dialogs: VecDeque<Dialog>,
    /// What just happened, shown at the bottom.
    pub notice: Option<Notice>,
    /// Work for the background, to be taken by the app after each frame.
    pub outbox: Vec<Request>,
    /// A text that is no secret, for the clipboard.
    pub copy_text: Option<String>,
    /// The folder of a portable program, which keeps everything there.
    pub portable_folder: Option<PathBuf>,
    /// Who draws the window.
    pub drawing: Drawing,
    /// Set when the window is to close now.
    pub close_window: bool,
    /// What is known of the reminders.
    pub reminders: Reminders,
    /// Who has to wait after wrong passphrases.
    pub throttle: Throttle,
    /// When good news goes away by itself, in seconds since the window opened.
    notice_ends: Option<f64>,
    settings_path: Option<PathBuf>,
    last_input: f64,
    clear_clipboard_at: Option<f64>,
    next_check: u64,
    deleted: Option<Profile>,
    after_save: Option<AfterUnsaved>,
    locking: locking::Locking,
    ending: bool,
    asking_for_file: bool,
    new_id: fn() -> Uuid,
}

impl AppState {
    /// The open vault, if one is.
    pub fn open_vault(&self) -> Option<&OpenVault> {
        match &self.screen {
            Screen::Open(vault) => Some(vault),
            _ => None,
        }
    }

    fn open_vault_mut(&mut self) -> Option<&mut OpenVault> {
        match &mut self.screen {
            Screen::Open(vault) => Some(vault),
            _ => None,
        }
    }

    /// Carries out what a person asked for.
    pub fn handle(&mut self, command: Command) {
        match command {
            Command::ChooseNewVaultPlace
            | Command::ChooseExistingVault
            | Command::GoToFirstStart
            | Command::GoToUnlock(_)
            | Command::CreateVault => self.handle_vault_choice(command),
            Command::ChooseUnlockWay(_)
            | Command::Unlock
            | Command::UnlockWithThisAccount
            | Command::AskRestoreOverDamaged
            | Command::AskTrustVault
            | Command::TrustVault
            | Command::RestoreOverDamaged(_) => self.handle_unlock(command),
            Command::AddThisAccount
            | Command::AskRecoveryKey
            | Command::MakeRecoveryKey
            | Command::SaveRecoverySheet
            | Command::CopyRecoveryKey
            | Command::AskRemoveSlot(_)
            | Command::RemoveSlot
            | Command::RemoveAsWell(..)
            | Command::AcceptStanding
            | Command::PutBack
            | Command::CompareBackup(_)
            | Command::AskRestore(_)
            | Command::Restore(_)
            | Command::RestoreProfile(..)
            | Command::ChooseSide(..)
            | Command::MergeCopy(_)
            | Command::ResolveConflict(_) => self.handle_vault_page(command),
            Command::Lock => self.after_unsaved(AfterUnsaved::Lock),
            Command::NewProfile => self.after_unsaved(AfterUnsaved::NewProfile),
            Command::Select(id) => self.after_unsaved(AfterUnsaved::Select(id)),
            Command::CloseWindow => self.after_unsaved(AfterUnsaved::Close),
            Command::Unsaved(answer) => self.answer_unsaved(answer),
            Command::Save => self.save(),
            Command::Revert => self.revert(),
            Command::AskDelete => self.ask_delete(),
            Command::Delete(id) => self.delete(id),
            Command::UndoDelete => self.undo_delete(),
            Command::UseEnvironmentUrl(url) => self.with_draft(|draft| draft.fields.environment_url = url),
            Command::UseExpiry(date) => self.with_draft(|draft| draft.fields.expires = date.to_string()),
            Command::CopyClientSecret => self.copy_client_secret(),
            Command::CopyConnectionString => self.copy_connection_string(),
            Command::CopyVendorValue => self.copy_vendor_value(),
            Command::CopyText(text, what) => {
                self.copy_text = Some(text);
                self.notify(Tone::Success, format!("{what} is in the clipboard."));
            }
            Command::OpenPaste => self.dialogs.push_back(Dialog::Paste(PasteForm::default())),
            Command::Pasted(text) => {
                self.dialogs.push_back(Dialog::Paste(PasteForm { text, ..PasteForm::default() }));
            }
            Command::ApplyPaste => self.apply_paste(),
            Command::Test => self.test(),
            Command::CancelTest => self.cancel_test(),
            Command::CopyReport => {
                if let Some(report) = self.report_shown().map(|report| report.to_text()) {
                    self.copy_text = Some(report);
                    self.notify(Tone::Success, "The report is in the clipboard. It holds no secret.".to_owned());
                }
            }
            Command::TestAll => self.test_all(),
            Command::CancelTestAll => self.cancel_test_all(),
            Command::SortRun(sort) => {
                if let Some(run) = self.open_vault_mut().and_then(|vault| vault.run.as_mut()) {
                    run.sort = sort;
                }
            }
            Command::ShowResult(id) => self.show_result(id),
            Command::ExportRun(format) => self.export_run(format),
            Command::Reminders(command) => self.handle_reminders(command),
            Command::Show(page) => self.show(page),
            Command::Renewal(command) => self.handle_renewal(command),
            Command::ToggleGuide => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.guide_open = !vault.guide_open || vault.page != Page::Profiles;
                    vault.page = Page::Profiles;
                }
            }
            Command::Find => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.guide_open = false;
                    vault.page = Page::Profiles;
                    vault.focus_search = true;
                }
            }
            Command::Filter(filter) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.filter = filter;
                }
            }
            Command::Sort(sort) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.sort = sort;
                }
            }
            Command::ChangeSettings(settings) => self.change_settings(settings),
            Command::OpenChangePassphrase => {
                self.dialogs.push_back(Dialog::ChangePassphrase(PassphraseForm::default()));
            }
            Command::ChangePassphrase => self.change_passphrase(),
            Command::OpenProxySignIn => self.open_proxy_sign_in(),
            Command::KeepProxySignIn => self.keep_proxy_sign_in(),
            Command::ForgetProxySignIn => self.forget_proxy_sign_in(),
            Command::CloseDialog => {
                if !self.dialog_must_wait() {
                    self.dialogs.pop_front();
                }
            }
            Command::DismissNotice => self.notice = None,
        }
    }

    /// Takes in what the background has done.
    pub fn receive(&mut self, answer: Answer) {
        match answer {
            Answer::VaultOpened(path, profiles, proxy) => self.vault_opened(path, profiles, proxy),
            Answer::VaultNotOpened(refusal) => self.vault_not_opened(refusal),
            Answer::Standing(standing) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.standing = standing;
                }
            }
            Answer::PutBack(result) => self.was_put_back(result),
            Answer::Profiles(profiles, change) => self.profiles_changed(profiles, change),
            Answer::Conflicts(conflicts) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.conflicts = conflicts;
                }
            }
            Answer::Copies(copies) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.copies = copies;
                }
            }
            Answer::History(history) => {
                if let Some(vault) = self.open_vault_mut() {
                    vault.history = history;
                }
            }
            Answer::Met(text) => {
                if self.open_vault().is_some() {
                    self.notify(Tone::Warning, text);
                }
            }
            Answer::NotSaved(refusal, change) => self.not_saved(&refusal, change),
            Answer::PassphraseChanged(result) => self.passphrase_changed(result),
            Answer::Slots(slots) => self.slots_read(slots),
            Answer::KeysChanged(change, result) => self.keys_changed(change, result),
            Answer::RecoveryKeyMade(result) => self.recovery_key_made(result),
            Answer::RecoverySheetSaved(saved) => self.recovery_sheet_saved(saved),
            Answer::VaultLookedAt(path, look) => self.vault_looked_at(&path, look),
            Answer::BackupsOf(path, found) => self.backups_of_damaged_found(&path, found),
            Answer::RestoredOverDamaged(result) => self.restored_over_damaged(result),
            Answer::Backups(found) => self.backups_found(found),
            Answer::BackupCompared(path, difference) => self.backup_compared(&path, difference),
            Answer::Reminders(news) => self.reminder_news(news),
            Answer::BackupTrouble(text) | Answer::RemindersNotTold(text) => self.notify(Tone::Warning, text),
            Answer::CheckProgress(number, progress) => self.check_progress(number, progress),
            Answer::CheckFinished(number, report) => self.check_finished(number, *report),
            Answer::AppSecrets(number, done) => self.app_secrets_done(number, done),
            Answer::Fault(part, report) => self.fault(part, &report),
            Answer::CheckUnavailable(number, text) => self.check_unavailable(number, text),
            Answer::OneOfManyFinished(number, place, report) => self.one_of_many_finished(number, place, *report),
            Answer::ManyFinished(number) => self.many_finished(number),
            Answer::Exported(written) => self.exported(written),
            Answer::SecretCopied(Ok(())) => {
                self.clear_clipboard_at =
                    self.settings.clipboard_seconds.map(|seconds| self.seconds + f64::from(seconds));
            }
            Answer::SecretCopied(Err(text)) => {
                self.notify(Tone::Danger, format!("Nothing was copied: {text}"));
            }
            Answer::ClipboardCleared(true) => self.notify(Tone::Success, "The clipboard was emptied.".to_owned()),
            Answer::ClipboardCleared(false) => {}
            Answer::ClipboardNotCleared(text) => self.clipboard_not_cleared(&text),
            Answer::SettingsNotSaved(text) => self.notify(Tone::Danger, text),
            Answer::NewVaultPlace(chosen) => self.new_vault_place(chosen),
            Answer::ExistingVault(chosen) => self.existing_vault(chosen),
        }
    }

    /// Lets time pass: locks an idle vault and empties the clipboard when it is due.
    ///
    /// Returns the seconds until it wants to be called again, if it does.
    pub fn tick(&mut self, now: DateTime<Utc>, seconds: f64, input: Input) -> Option<f64> {
        self.now = now;
        self.seconds = seconds;
        if input == Input::Some {
            self.last_input = seconds;
        }
        if self.clear_clipboard_at.is_some_and(|at| seconds >= at) {
            self.clear_clipboard_at = None;
            self.outbox.push(Request::ClearClipboard);
        }
        if self.notice_ends.is_some_and(|at| seconds >= at) {
            self.notice_ends = None;
            self.notice = self.notice.take().filter(|notice| notice.undo != Undo::None || notice.tone != Tone::Success);
        }
        self.look_at_former_secrets();
        let lock_at = self.auto_lock_at();
        if lock_at.is_some_and(|at| seconds >= at) {
            self.lock_now();
        }
        let counted = self.next_second_of_waiting().map(|after| seconds + after);
        let due = [self.auto_lock_at(), self.clear_clipboard_at, self.notice_ends, counted].into_iter().flatten();
        let next = due.map(|at| (at - seconds).max(0.05)).reduce(f64::min);
        // A running check shows its seconds.
        match self.is_testing() {
            true => Some(next.map_or(1.0, |next| next.min(1.0))),
            false => next,
        }
    }

    /// Looks whether somebody else changed the vault; called when the window gets the focus.
    pub fn window_focused(&mut self) {
        if self.open_vault().is_some() {
            self.outbox.push(Request::RefreshVault);
            // A notification's button may have put something off.
            self.outbox.push(Request::VaultReminders(VaultReminderWork::ReadOwn));
        }
    }

    /// Whether the form, or the page of a renewal, holds something that is not saved.
    pub fn has_unsaved_changes(&self) -> bool {
        self.form_is_changed() || self.holds_new_secrets()
    }

    /// Whether the form holds changes that are not saved.
    fn form_is_changed(&self) -> bool {
        self.open_vault().and_then(|vault| vault.draft.as_ref()).is_some_and(Draft::is_changed)
    }

    fn notify(&mut self, tone: Tone, text: String) {
        self.notice = Some(Notice { tone, text, undo: Undo::None });
        self.notice_ends = (tone == Tone::Success).then_some(self.seconds + GOOD_NEWS_SECONDS);
    }

    fn with_draft(&mut self, change: impl FnOnce(&mut Draft)) {
        if let Some(draft) = self.open_vault_mut().and_then(|vault| vault.draft.as_mut()) {
            change(draft);
        }
    }

    fn change_settings(&mut self, settings: Settings) {
        if settings == self.settings {
            return;
        }
        let backups = self.settings.backups_kept != settings.backups_kept;
        if settings.renderer == RendererChoice::Gpu && self.settings.renderer != RendererChoice::Gpu {
            self.outbox.push(Request::TryGpuAgain);
        }
        let before = std::mem::replace(&mut self.settings, settings);
        self.keep_settings();
        self.reminder_settings_changed(&before.reminders);
        if backups && self.open_vault().is_some() {
            self.keep_backups();
        }
    }

    fn keep_settings(&mut self) {
        match &self.settings_path {
            Some(path) => self.outbox.push(Request::SaveSettings(path.clone(), Box::new(self.settings.clone()))),
            None => self.notify(
                Tone::Warning,
                "This account has no folder for settings, so they last only until the window closes.".to_owned(),
            ),
        }
    }
}

/// Whether a person did anything since the last frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key, a click, a movement.
    Some,
    /// Nothing.
    None,
}
