//! The app with an open vault, for programs that measure it: no file, no settings, no background.

use a365_password_tool::app::dates::LocalTime;
use a365_password_tool::app::state::{AppState, Start, VaultFile};
use a365_password_tool::app::tasks::Answer;
use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::Profile;
use a365_password_tool::settings::Settings;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The state in which these profiles have just been unlocked.
pub fn state(profiles: Vec<Profile>, now: DateTime<Utc>) -> AppState {
    let vault = "speed.a365vault";
    let mut state = AppState::new(Start {
        settings: Settings::default(),
        settings_path: None,
        portable_folder: None,
        settings_trouble: None,
        clouds: Overrides::none(),
        reminders: None,
        vault_path: vault.into(),
        vault_file: VaultFile::There,
        show_profile: None,
        now,
        local: LocalTime::of_this_computer(),
        new_id: Uuid::new_v4,
    });
    state.receive(Answer::VaultOpened(vault.into(), profiles.into(), None));
    state
}
