//! All that lives across frames, and the one place where it changes.
//!
//! In: a [`Command`] from a person, an [`Answer`](super::tasks::Answer) from the background, the passing of time. Out: the new state,
//! and [`Request`]s for the background in [`AppState::outbox`]. No drawing and no I/O, so that a test plays the
//! whole app without a window. Screens read the state; only text fields write, into the text they edit.

mod attempt;
mod check;
mod check_all;
mod check_repeat;
mod command;
mod edits;
mod export;
mod fault;
mod first_start;
mod import;
mod kept_draft;
mod list_view;
mod locking;
mod narrow;
mod network_test;
mod notice;
mod page;
mod palette;
mod passphrase;
mod passphrase_rating;
mod paste;
mod profiles;
mod proxy;
mod receive;
mod recent_vaults;
mod reminder_export;
mod reminders;
mod renewal;
mod renewals_page;
mod repeating;
mod rescue_name;
mod selection;
mod session;
mod slot_review;
mod start;
mod throttle;
mod trust;
mod unlock;
mod unsaved;
mod vault_page;

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    SharedProfiles,
    dates::LocalTime,
    draft::Draft,
    listing::{CollapsedGroups, Filter, ListMemory, SortBy},
    tasks::{ClipboardRequest, Request, SettingsRequest, Tickets, VaultReminderRequest, VaultRequest},
    widgets::Tone,
};
use crate::{
    clock_check::ClockBehind,
    cloud::Overrides,
    profile::{Profile, ProxyCredentials},
    settings::{RendererChoice, Settings},
    vault::{Backup, Conflict, ConflictSide, Field, HistoryEntry, SlotView, Standing},
    window::Drawing,
};

pub use attempt::Attempt;
pub use check::{CheckCommand, CheckView, Outcome, StageView};
pub use check_all::{CheckAllCommand, CheckRun, RunPhase, RunRow, RunSort};
pub use command::Command;
pub use export::{ExportCommand, ExportForm};
pub use fault::Typed;
pub use first_start::{FirstStart, FirstStartCommand};
pub use import::{
    ExposedFile, ImportCommand, ImportEffect, ImportFile, ImportLine, ImportOutcome, ImportPage, ReadState, Tally,
};
pub use list_view::ListCommand;
pub use narrow::ProfilesPage;
pub use network_test::{NetworkRun, NetworkTest, NetworkTestCommand, ProxySignIn};
pub use notice::{Notice, Undo};
pub use page::{Page, VaultTab};
pub use palette::Palette;
pub use passphrase::{PassphraseCommand, PassphraseForm, Purpose};
pub use passphrase_rating::{PassphraseRating, repeat_note};
pub use paste::{PasteCommand, PasteForm};
pub use profiles::ProfileCommand;
pub use proxy::{ProxyCommand, ProxyForm};
pub use recent_vaults::RecentVault;
pub use reminder_export::MailForm;
pub use reminders::{
    Dated, ReminderCommand, ReminderForm, ReminderSettingsForm, Reminders, Schedule, VaultReminders, in_words, watched,
};
pub use renewal::{
    AppSecretsCommand, CreateSecretForm, Creation, Question, Removal, RemoveSecretForm, RenewalCommand, RenewalForm,
    RenewalNotes,
};
pub use renewals_page::{Layout, RenewalsPage, Row};
pub use repeating::Repeating;
pub use selection::{Selection, SelectionCommand};
pub use slot_review::OtherSlots;
pub use start::{Start, VaultFile};
pub use throttle::Throttle;
pub use trust::TrustCommand;
pub use unlock::{DamagedForm, OpenRenewals, Unlock, UnlockCommand, UnlockMethod};
pub use unsaved::{AfterUnsaved, UnsavedAnswer};
pub use vault_page::{Backups, Comparison, RecoveryForm, RemoveSlotForm, VaultPageCommand, in_two_rows};

/// How long good news stays, in seconds. Bad news stays until somebody has read it.
const GOOD_NEWS_SECONDS: f64 = 10.0;

/// The app's state.
pub struct AppState {
    /// The time by the wall clock; set once a frame.
    pub now: DateTime<Utc>,
    /// The time zone of what the window shows.
    pub local: LocalTime,
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
    /// A page for the browser.
    pub open_link: Option<String>,
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
    /// The vaults that were opened last and are not where they were.
    missing_vaults: Vec<PathBuf>,
    /// Whether the window is too narrow for the list and the form beside each other.
    is_narrow: bool,
    /// When good news goes away, in seconds since the window opened.
    notice_ends: Option<f64>,
    settings_path: Option<PathBuf>,
    /// Whether profiles were used since the settings were kept.
    recent_changed: bool,
    /// Why what is set is not what is saved, where the last save failed.
    settings_not_saved: Option<String>,
    last_input: f64,
    clear_clipboard_at: Option<f64>,
    tickets: Tickets,
    edits: edits::Edits,
    after_save: Option<AfterUnsaved>,
    locking: locking::Locking,
    ending: bool,
    asking_for_file: bool,
    new_id: fn() -> Uuid,
}

/// What fills the window.
pub enum Screen {
    /// There is no vault yet.
    FirstStart(FirstStart),
    /// A vault is locked.
    Unlock(Unlock),
    /// A vault is open.
    Open(Box<OpenVault>),
}

/// An open vault.
pub struct OpenVault {
    /// The vault's file.
    pub path: PathBuf,
    /// The profiles as they are in the vault.
    pub profiles: SharedProfiles,
    /// The page shown.
    pub page: Page,
    /// Whether the setup guide stands beside the form.
    pub guide_open: bool,
    /// The profile whose form is behind the list where only one of them has room.
    behind_list: Option<Uuid>,
    /// Whether the search field is to get the focus when it is drawn next.
    pub focus_search: bool,
    /// Whether the field of the profile's name is to get the focus when it is drawn next.
    pub focus_name: bool,
    /// The text in the search field.
    pub search: String,
    /// Which profiles are shown.
    pub filter: Filter,
    /// In which order.
    pub sort: SortBy,
    /// How many days count as expiring soon.
    pub expiring_within: u16,
    /// The tags that every profile shown has.
    pub tags: Vec<String>,
    /// What the list was when it was drawn last.
    pub(in crate::app) list_memory: ListMemory,
    /// Those that were used last when the list came up: a group that changed under the pointer would move what is clicked.
    pub recent: Vec<Uuid>,
    /// Which groups of the list show only their headings.
    pub collapsed: CollapsedGroups,
    /// The profiles selected, where that is more than one.
    pub selection: Selection,
    /// The form.
    pub draft: Option<Draft>,
    /// The checks that run or ran, by profile.
    pub checks: HashMap<Uuid, CheckView>,
    /// What is typed on the pages of renewals, by profile.
    pub renewal_forms: HashMap<Uuid, RenewalForm>,
    /// The day on which former secrets were last looked at.
    looked_at_former: Option<NaiveDate>,
    /// The proxy's user name and password.
    pub proxy_credentials: Option<ProxyCredentials>,
    /// The run over all profiles, if there was one.
    pub run: Option<CheckRun>,
    /// The test of the network: what is chosen for it, and how the last one went.
    pub network_test: NetworkTest,
    /// What is imported, until it is saved and seen.
    pub import: Option<ImportPage>,
    /// A pasted text that may be a list of connections.
    pasted: Option<ImportFile>,
    /// When every secret expires.
    pub renewals: RenewalsPage,
    /// What is set for single profiles' reminders, and what is typed about them.
    pub reminders: VaultReminders,
    /// Whether a save is under way.
    pub saving: bool,
    /// The ways to open it.
    pub slots: Vec<SlotView>,
    /// When it was saved, where this computer's clock said an earlier time as it was opened.
    pub saved_in_future: Option<DateTime<Utc>>,
    /// What is to be known of it beside what this account has seen of it before.
    pub standing: Option<Standing>,
    /// Who changed what, oldest first, as read last.
    pub history: Vec<HistoryEntry>,
    /// The profile whose changes alone are shown of that.
    pub history_of: Option<Uuid>,
    /// What two people changed differently, until somebody chooses.
    pub conflicts: Vec<Conflict>,
    /// Copies that synchronising programs left beside it, with something that is not in it yet.
    pub copies: Vec<PathBuf>,
    /// What is chosen so far, for the fields where it is not what is in place.
    pub choices: HashMap<(Uuid, Field), ConflictSide>,
    /// The earlier saves.
    pub backups: Backups,
    /// The one that is looked at.
    pub comparison: Option<Comparison>,
    /// What is kept of unsaved changes for the case of a crash.
    kept_draft: kept_draft::KeptDraft,
}

impl OpenVault {
    /// How far the clock is behind what was saved and tested, where it is.
    pub(in crate::app) fn clock_behind(&self, now: DateTime<Utc>) -> Option<ClockBehind> {
        ClockBehind::find(now, self.saved_in_future, self.profiles.iter().map(|profile| &**profile))
    }

    /// A profile as it is in the vault.
    pub fn profile(&self, id: Uuid) -> Option<&Profile> {
        self.profiles.by_id(id)
    }
}

/// A question that needs an answer.
pub enum Dialog {
    /// The form has unsaved changes, and this is to happen next.
    Unsaved(AfterUnsaved),
    /// Are these profiles to be deleted? With their names.
    Delete(Vec<(Uuid, String)>),
    /// All commands, to find one by its name.
    Palette(Palette),
    /// The keyboard shortcuts.
    Shortcuts,
    /// How are these profiles exported?
    Export(Box<ExportForm>),
    /// Is this imported file to be deleted?
    DeleteImported(ExposedFile),
    /// A connection string is pasted.
    Paste(PasteForm),
    /// The passphrase is changed.
    ChangePassphrase(PassphraseForm),
    /// A proxy asks who this is.
    ProxySignIn(ProxyForm),
    /// The mail about a profile for the owner of its app registration.
    Mail(MailForm),
    /// A recovery key is made and shown.
    RecoveryKey(RecoveryForm),
    /// Is this way to open the vault to be taken away?
    RemoveSlot(RemoveSlotForm),
    /// Is a vault that was refused, for this reason, to be trusted from now on?
    TrustVault(String),
    /// A file in the open vault's place was refused, for this reason: is it to be replaced by what is in memory?
    PutBack(String),
    /// Is this backup to be restored?
    Restore(Backup),
    /// A step of a renewal takes something away.
    Renewal(Question),
    /// A new client secret is made at Microsoft Graph.
    CreateSecret(CreateSecretForm),
    /// The former client secret is removed from Entra ID.
    RemoveSecret(RemoveSecretForm),
    /// Which backup takes the place of a damaged vault?
    Damaged(DamagedForm),
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
            Command::FirstStart(command) => self.handle_first_start(command),
            Command::Unlock(command) => self.handle_unlock(command),
            Command::Trust(command) => self.handle_trust(command),
            Command::Profiles(command) => self.handle_profiles(command),
            Command::List(command) => self.handle_list(command),
            Command::Selection(command) => self.handle_selection(command),
            Command::Export(command) => self.handle_export(command),
            Command::Import(command) => self.handle_import(command),
            Command::Paste(command) => self.handle_paste(command),
            Command::Check(command) => self.handle_check(command),
            Command::CheckAll(command) => self.handle_check_all(command),
            Command::Renewal(command) => self.handle_renewal(command),
            Command::Reminders(command) => self.handle_reminders(command),
            Command::VaultPage(command) => self.handle_vault_page(command),
            Command::Passphrase(command) => self.handle_passphrase(command),
            Command::Proxy(command) => self.handle_proxy(command),
            Command::NetworkTest(command) => self.handle_network_test(command),
            Command::Show(page) => self.show(page),
            Command::ToggleGuide => self.with_vault(|vault| {
                vault.guide_open = !vault.guide_open || vault.page != Page::Profiles;
                vault.page = Page::Profiles;
                vault.bring_list_to_front();
            }),
            Command::ChangeSettings(settings) => self.change_settings(*settings),
            Command::CopyText(text, what) => {
                self.copy_text = Some(text);
                self.notify(Tone::Success, format!("Copied: {what}."));
            }
            Command::OpenLink(url) => self.open_link = Some(url),
            Command::Lock => self.after_unsaved(AfterUnsaved::Lock),
            Command::CloseWindow => self.after_unsaved(AfterUnsaved::Close),
            Command::Unsaved(answer) => self.answer_unsaved(answer),
            Command::OpenPalette => self.dialogs.push_back(Dialog::Palette(Palette::default())),
            Command::OpenShortcuts => self.dialogs.push_back(Dialog::Shortcuts),
            Command::CloseDialog => {
                if !self.dialog_must_wait() {
                    self.dialogs.pop_front();
                }
            }
            Command::DismissNotice => self.notice = None,
        }
    }

    /// Lets time pass: locks an idle vault, empties the clipboard and keeps what is unsaved when it is due.
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
            self.outbox.push(Request::Clipboard(ClipboardRequest::Clear));
        }
        if self.notice_ends.is_some_and(|at| seconds >= at) {
            self.notice_ends = None;
            self.notice = self.notice.take().filter(|notice| notice.undo != Undo::None || notice.tone != Tone::Success);
        }
        self.look_at_former_secrets();
        self.look_at_repeated_tests();
        let keep_at = self.keep_draft();
        let lock_at = self.auto_lock_at();
        if lock_at.is_some_and(|at| seconds >= at) {
            self.lock_now();
        }
        let counted = self.next_second_of_waiting().map(|after| seconds + after);
        let due =
            [self.auto_lock_at(), self.clear_clipboard_at, self.notice_ends, counted, keep_at].into_iter().flatten();
        let next = due.map(|at| (at - seconds).max(0.05)).reduce(f64::min);
        // A running check shows its seconds, and a repeated one its countdown.
        match self.is_testing() || self.is_counting_down() {
            true => Some(next.map_or(1.0, |next| next.min(1.0))),
            false => next,
        }
    }

    /// Looks whether somebody else changed the vault; called when the window gets the focus.
    pub fn window_focused(&mut self) {
        self.look_for_recent_vaults();
        if self.open_vault().is_some() {
            self.outbox.push(Request::Vault(VaultRequest::Refresh));
            // A notification's button may have put something off.
            self.outbox.push(Request::Vault(VaultRequest::Reminders(VaultReminderRequest::ReadOwn)));
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

    /// Whether a check of the profile shown is running.
    fn is_testing(&self) -> bool {
        self.open_vault().is_some_and(|vault| {
            vault.checks.values().any(CheckView::is_running)
                || vault.renewal_forms.values().any(|form| form.is_testing())
                || vault.run.as_ref().is_some_and(|run| run.phase == RunPhase::Running)
                || vault.network_test.is_running()
        })
    }

    fn notify(&mut self, tone: Tone, text: String) {
        self.notice = Some(Notice { tone, text, undo: Undo::None });
        self.notice_ends = (tone == Tone::Success).then_some(self.seconds + GOOD_NEWS_SECONDS);
    }

    fn with_vault(&mut self, change: impl FnOnce(&mut OpenVault)) {
        if let Some(vault) = self.open_vault_mut() {
            change(vault);
        }
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
            self.outbox.push(Request::Settings(SettingsRequest::TryGpuAgain));
        }
        let before = std::mem::replace(&mut self.settings, settings);
        self.keep_settings();
        self.reminder_settings_changed(&before.reminders);
        if backups && self.open_vault().is_some() {
            self.keep_backups();
        }
    }

    fn keep_settings(&mut self) {
        self.settings_not_saved = None;
        self.recent_changed = false;
        match &self.settings_path {
            Some(path) => self
                .outbox
                .push(Request::Settings(SettingsRequest::Save(path.clone(), Box::new(self.settings.clone())))),
            None => {
                let text = "This account has no folder for settings, so changes last only until the window closes.";
                self.settings_not_saved = Some(text.to_owned());
                self.notify(Tone::Warning, text.to_owned());
            }
        }
    }

    fn settings_could_not_be_saved(&mut self, text: String) {
        self.settings_not_saved = Some(text.clone());
        self.notify(Tone::Danger, text);
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
