//! What a user may choose, kept in one TOML file.
//!
//! In: `settings.toml`, written by the app or by hand. Out: [`Settings`] that are always usable, with a
//! [`SettingsWarning`] for each value that was not. The reader decides in this order: the command line's own
//! options, then the file, then the defaults here. Saving keeps comments and keys that this version does not know.

#![warn(missing_docs)]

mod clouds_file;
mod file;
mod list;
pub mod places;
mod reminders;
mod value_reader;
mod values;
mod webhook_address;

use std::path::PathBuf;

use crate::profile::ClientId;

pub use clouds_file::{CloudsFileError, load_cloud_overrides};
pub use file::SettingsError;
pub use list::{
    COLUMN_WIDTHS, EXPIRING_WITHIN, FAVORITES_LIMIT, GroupBy, ListColumn, ListSettings, ListSort,
    RECENT_PROFILES_LIMIT, RowHeight,
};
pub use places::Places;
pub use reminders::{
    REMINDER_DAYS_LIMIT, ReminderSettings, WebhookForm, quiet_hours_in_words, read_quiet_hours, read_webhook, tidy_days,
};
pub use value_reader::SettingsWarning;
pub use webhook_address::AddressRemark;
pub(crate) use webhook_address::is_slack_webhook;

/// How many recent vaults are remembered.
pub const RECENT_VAULTS_LIMIT: usize = 5;

/// Everything that can be set. [`Settings::default`] is what a new user gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Light or dark.
    pub theme: ThemeChoice,
    /// The window's zoom, 75 to 200 percent.
    pub zoom_percent: u16,
    /// The width of the list of profiles, 230 to 1600 points.
    pub list_width: u16,
    /// How that list looks otherwise.
    pub list: ListSettings,
    /// Minutes without input until the vault locks, 1 to 1440; `None` never locks by itself.
    pub auto_lock_minutes: Option<u32>,
    /// Whether the vault locks when the screen is locked, the computer sleeps or another user comes.
    pub lock_with_session: bool,
    /// Whether the vault locks when its window is minimized.
    pub lock_on_minimise: bool,
    /// Whether screen sharing and recordings are kept from seeing the window. Windows only.
    pub hide_from_screen_capture: bool,
    /// Seconds until a copied secret leaves the clipboard, 5 to 600; `None` leaves it there.
    pub clipboard_seconds: Option<u32>,
    /// The vault to open, when it is not the default one.
    pub vault_path: Option<PathBuf>,
    /// The vaults that this account opened last, newest first; at most [`RECENT_VAULTS_LIMIT`].
    pub recent_vaults: Vec<PathBuf>,
    /// How many backups of the vault are kept, 1 to 50.
    pub backups_kept: u32,
    /// How to reach Microsoft.
    pub proxy: ProxySetting,
    /// Whether a check also asks Microsoft Graph for the secret's expiry date.
    pub read_expiry: bool,
    /// The app that people sign in with where the program asks for a person's sign-in; none is built in.
    pub sign_in_client: Option<ClientId>,
    /// What draws the window.
    pub renderer: RendererChoice,
    /// When to send reminders before a secret expires, and how.
    pub reminders: ReminderSettings,
}

/// The window's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system is set.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How to reach Microsoft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxySetting {
    /// As the system is set.
    #[default]
    System,
    /// Without a proxy, whatever the system says.
    None,
    /// Through this proxy, e.g. `http://proxy.contoso.com:8080`. Holds no user name and no password.
    Manual(String),
    /// As the automatic configuration script (PAC) at this address says, e.g. `http://wpad.contoso.com/proxy.pac`. Holds no
    /// user name and no password. Only Windows runs such a script.
    Script(String),
}

/// What draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RendererChoice {
    /// The processor; works everywhere, Remote Desktop included.
    #[default]
    Cpu,
    /// The graphics card.
    Gpu,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: ThemeChoice::System,
            zoom_percent: 100,
            list_width: 320,
            list: ListSettings::default(),
            auto_lock_minutes: Some(10),
            lock_with_session: true,
            lock_on_minimise: false,
            hide_from_screen_capture: false,
            clipboard_seconds: Some(30),
            vault_path: None,
            recent_vaults: Vec::new(),
            backups_kept: 10,
            proxy: ProxySetting::System,
            read_expiry: false,
            sign_in_client: None,
            renderer: RendererChoice::Cpu,
            reminders: ReminderSettings::default(),
        }
    }
}

/// Where the settings are. `None` for a user without a home.
pub fn default_settings_path() -> Option<PathBuf> {
    Places::of_this_program().map(Places::settings)
}

/// Where the vault is when nobody chose another place.
pub fn default_vault_path() -> Option<PathBuf> {
    Places::of_this_program().map(Places::default_vault)
}

/// Where the reminders keep what they know of this account's vaults: this computer's part of its data folder.
pub fn reminder_folder() -> Option<PathBuf> {
    Places::of_this_program().map(|places| places.local().to_owned())
}
