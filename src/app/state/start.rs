//! How the app begins.

use std::{collections::VecDeque, path::PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AppState, FirstStart, Notice, Reminders, Screen, Throttle, Undo, Unlock, locking};
use crate::{
    app::{
        dates::LocalTime,
        tasks::{ReminderRequest, Request, Tickets, VaultFileRequest},
        widgets::Tone,
    },
    cloud::Overrides,
    reminder::Places,
    settings::Settings,
    window::Drawing,
};

/// Whether the vault's file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultFile {
    /// It is.
    There,
    /// There never was one: this is the first start.
    NotYet,
    /// The vault opened last is not where it was, e.g. on a drive that is not connected.
    Gone,
}

/// What the app needs to begin.
pub struct Start {
    /// The settings as they were read.
    pub settings: Settings,
    /// Where they are kept, if anywhere.
    pub settings_path: Option<PathBuf>,
    /// What was wrong with the settings file, in words for people.
    pub settings_trouble: Option<String>,
    /// An administrator's list of hosts; usually there is none.
    pub clouds: Overrides,
    /// Where the reminder index is kept, if anywhere.
    pub reminders: Option<Places>,
    /// The vault to open, whether it exists or not.
    pub vault_path: PathBuf,
    /// Whether that vault's file is there.
    pub vault_file: VaultFile,
    /// The folder of a portable program, which keeps everything there.
    pub portable_folder: Option<PathBuf>,
    /// The profile to show once the vault is open.
    pub show_profile: Option<String>,
    /// The wall clock's time.
    pub now: DateTime<Utc>,
    /// The time zone of what the window shows.
    pub local: LocalTime,
    /// Makes the ids of new profiles.
    pub new_id: fn() -> Uuid,
}

impl AppState {
    /// The state at the start: the unlock screen where there is a vault, else the one that makes it.
    pub fn new(start: Start) -> AppState {
        let mut outbox = Vec::new();
        let screen = match start.vault_file {
            VaultFile::There => {
                outbox.push(Request::VaultFile(VaultFileRequest::LookAt(start.vault_path.clone())));
                outbox.push(Request::Reminders(ReminderRequest::ReadDates(start.vault_path.clone())));
                Screen::Unlock(Unlock { show_profile: start.show_profile, ..Unlock::of(start.vault_path) })
            }
            VaultFile::NotYet => {
                outbox.push(Request::VaultFile(VaultFileRequest::LookForAccountStore));
                Screen::FirstStart(FirstStart::at(start.vault_path))
            }
            VaultFile::Gone => Screen::Unlock(Unlock::gone(start.vault_path)),
        };
        let mut settings = start.settings;
        // Settings of a version that remembered one vault alone.
        if settings.recent_vaults.is_empty() {
            settings.recent_vaults.extend(settings.vault_path.clone());
        }
        let notice = start.settings_trouble.map(|text| Notice { tone: Tone::Warning, text, undo: Undo::None });
        let mut state = AppState {
            now: start.now,
            local: start.local,
            seconds: 0.0,
            settings,
            clouds: start.clouds,
            screen,
            dialogs: VecDeque::new(),
            notice,
            outbox,
            copy_text: None,
            open_link: None,
            portable_folder: start.portable_folder,
            drawing: Drawing::default(),
            close_window: false,
            reminders: Reminders::default(),
            throttle: Throttle::default(),
            missing_vaults: Vec::new(),
            is_narrow: false,
            notice_ends: None,
            settings_path: start.settings_path,
            recent_changed: false,
            settings_not_saved: None,
            last_input: 0.0,
            clear_clipboard_at: None,
            tickets: Tickets::default(),
            edits: Default::default(),
            after_save: None,
            locking: locking::Locking::default(),
            ending: false,
            asking_for_file: false,
            new_id: start.new_id,
        };
        state.look_for_recent_vaults();
        state
    }
}
