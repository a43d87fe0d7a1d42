//! Everything that can be done from anywhere, as one table: the keys, the command palette and the list of shortcuts read it.

use egui::{Key, KeyboardShortcut, Modifiers};
use uuid::Uuid;

use super::state::{
    AppState, CheckCommand, Command, ExportCommand, ImportCommand, ListCommand, NetworkTestCommand, OpenVault, Page,
    PasteCommand, ProfileCommand, RenewalCommand, VaultPageCommand, VaultTab,
};
use crate::cloud::Cloud;
use crate::profile::Profile;
use crate::settings::{Settings, ThemeChoice};

/// Something that can be done.
pub struct Action {
    /// What it is called.
    pub name: &'static str,
    /// Its keys.
    pub keys: Option<KeyboardShortcut>,
    does: Does,
}

enum Does {
    /// The same wherever the keyboard is.
    Anywhere(fn(&AppState, &OpenVault) -> Option<Command>),
    /// Something with the profile that has the keyboard in the list, else with the one in the form.
    WithProfile(fn(&Profile) -> Option<Command>),
}

impl Action {
    /// Its keys, as people write them.
    pub fn keys_in_words(&self, ctx: &egui::Context) -> Option<String> {
        self.keys.as_ref().map(|keys| ctx.format_shortcut(keys).replace("Comma", ","))
    }

    /// The command that does it; `None` where it cannot be done now. `focused` is the profile that has the keyboard in the list.
    pub fn command(&self, state: &AppState, focused: Option<Uuid>) -> Option<Command> {
        let vault = state.open_vault()?;
        match self.does {
            Does::Anywhere(command) => command(state, vault),
            Does::WithProfile(command) => {
                let shows_one = vault.page == Page::Profiles && !vault.selection.is_of_several();
                let id = focused.filter(|_| shows_one).or_else(|| saved(vault))?;
                command(vault.profile(id)?)
            }
        }
    }
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

const fn action(
    name: &'static str,
    keys: Option<KeyboardShortcut>,
    command: fn(&AppState, &OpenVault) -> Option<Command>,
) -> Action {
    Action { name, keys, does: Does::Anywhere(command) }
}

const fn with_profile(
    name: &'static str,
    keys: Option<KeyboardShortcut>,
    command: fn(&Profile) -> Option<Command>,
) -> Action {
    Action { name, keys, does: Does::WithProfile(command) }
}

pub(super) fn copy_client_id(profile: &Profile) -> Option<Command> {
    profile.client_id.map(|id| Command::CopyText(id.to_string(), "client ID"))
}

pub(super) fn copy_environment_url(profile: &Profile) -> Option<Command> {
    profile.environment_url.as_ref().map(|url| Command::CopyText(url.to_string(), "Environment URL"))
}

pub(super) fn open_environment(profile: &Profile) -> Option<Command> {
    profile.environment_url.as_ref().map(|url| Command::OpenLink(url.to_string()))
}

pub(super) fn open_app_registration(profile: &Profile) -> Option<Command> {
    let cloud = profile.environment_url.as_ref().map_or(Cloud::Commercial, |url| url.cloud());
    profile.client_id.map(|id| Command::OpenLink(cloud.app_registration_page("Overview", &id.to_string())))
}

pub(super) fn show_history(profile: &Profile) -> Option<Command> {
    Some(Command::VaultPage(VaultPageCommand::ShowHistoryOf(profile.id)))
}

/// What makes a favorite of the profile in the form, of the one that has the keyboard in the list, or of those selected.
pub(super) const FAVORITE_KEYS: KeyboardShortcut = KeyboardShortcut::new(CTRL, Key::B);

/// All of them, in the order in which they are shown. Where keys begin alike, those with more modifiers come first.
pub static ACTIONS: [Action; 38] = [
    action("New profile", keys(CTRL, Key::N), |_, _| Some(Command::Profiles(ProfileCommand::New))),
    action("Find a profile", keys(CTRL, Key::F), |_, _| Some(Command::Profiles(ProfileCommand::Find))),
    action("Test connection", keys(Modifiers::NONE, Key::F5), |_, vault| {
        on_form(vault).then_some(Command::Check(CheckCommand::Start))
    }),
    action("Save", keys(CTRL, Key::S), |_, vault| {
        let is_changed = vault.draft.as_ref().is_some_and(|draft| draft.is_changed());
        (on_form(vault) && is_changed && !vault.saving).then_some(Command::Profiles(ProfileCommand::Save))
    }),
    action("Copy connection string", keys(CTRL_SHIFT, Key::C), |_, vault| {
        on_form(vault).then_some(Command::Profiles(ProfileCommand::CopyConnectionString))
    }),
    action("Copy client secret", None, |_, vault| {
        on_form(vault).then_some(Command::Profiles(ProfileCommand::CopyClientSecret))
    }),
    with_profile("Copy client ID", keys(CTRL, Key::I), copy_client_id),
    with_profile("Copy Environment URL", keys(CTRL, Key::U), copy_environment_url),
    with_profile("Open app registration in browser", keys(CTRL_SHIFT, Key::O), open_app_registration),
    with_profile("Open environment in browser", keys(CTRL, Key::O), open_environment),
    with_profile("Edit the profile's name", keys(Modifiers::NONE, Key::F2), |profile| {
        Some(Command::Profiles(ProfileCommand::EditName(profile.id)))
    }),
    with_profile("Show the profile's history", None, show_history),
    action("Paste a connection", None, |_, vault| on_form(vault).then_some(Command::Paste(PasteCommand::Ask))),
    action("Discard changes", None, |_, vault| {
        let is_changed = vault.draft.as_ref().is_some_and(|draft| draft.saved.is_some() && draft.is_changed());
        (on_form(vault) && is_changed).then_some(Command::Profiles(ProfileCommand::Revert))
    }),
    action("Duplicate profile", keys(CTRL, Key::D), |_, vault| {
        saved(vault).map(|id| Command::Profiles(ProfileCommand::Duplicate(id)))
    }),
    action("Add to favorites or remove from them", Some(FAVORITE_KEYS), |_, vault| {
        let several = vault.selection.is_of_several().then(|| vault.selection.ids().iter().copied().collect());
        let ids = several.or_else(|| saved(vault).map(|id| vec![id])).filter(|_| vault.page == Page::Profiles)?;
        Some(Command::List(ListCommand::ToggleFavorites(ids)))
    }),
    action("Renew client secret", None, |_, vault| saved(vault).map(|id| Command::Renewal(RenewalCommand::Open(id)))),
    action("Delete profile", None, |_, vault| {
        saved(vault).map(|id| Command::Profiles(ProfileCommand::AskDelete(vec![id])))
    }),
    action("Undo the last change to profiles", None, |state, _| {
        state.can_undo().then_some(Command::Profiles(ProfileCommand::Undo))
    }),
    action("Import profiles", None, |_, _| Some(Command::Import(ImportCommand::Ask))),
    action("Export all profiles", None, |_, vault| {
        (!vault.profiles.is_empty()).then_some(Command::Export(ExportCommand::AskAll))
    }),
    action("Back to the list", keys(Modifiers::ALT, Key::ArrowLeft), |state, _| {
        state.can_go_back_to_list().then_some(Command::Profiles(ProfileCommand::BackToList))
    }),
    action("Show profiles", keys(CTRL, Key::Num1), |_, _| show(Page::Profiles)),
    action("Setup guide", None, |_, _| Some(Command::ToggleGuide)),
    action("Renewals", keys(CTRL, Key::Num2), |_, _| show(Page::Renewals)),
    action("Test all", keys(CTRL, Key::Num3), |_, _| show(Page::TestAll)),
    action("Settings", keys(CTRL, Key::Comma), |_, _| show(Page::Settings)),
    action("Test the network", None, |_, vault| {
        (!vault.network_test.is_running()).then_some(Command::NetworkTest(NetworkTestCommand::Start))
    }),
    action("Unlock methods", None, |_, _| show(Page::Vault(VaultTab::UnlockMethods))),
    action("Backups", None, |_, _| show(Page::Vault(VaultTab::Backups))),
    action("History", None, |_, _| show(Page::Vault(VaultTab::History))),
    action("Conflicts", None, |_, _| show(Page::Vault(VaultTab::Conflicts))),
    action("About", None, |_, _| show(Page::About)),
    action("Dark theme", None, |state, _| theme(state, ThemeChoice::Dark)),
    action("Light theme", None, |state, _| theme(state, ThemeChoice::Light)),
    action("Lock", keys(CTRL, Key::L), |_, _| Some(Command::Lock)),
    action("All commands", keys(CTRL, Key::K), |_, _| Some(Command::OpenPalette)),
    action("Keyboard shortcuts", keys(Modifiers::NONE, Key::F1), |_, _| Some(Command::OpenShortcuts)),
];

/// Keys that are not in the table, because what they do depends on where the keyboard is.
pub const ELSEWHERE: [(&str, &str); 10] = [
    ("In the list: the next or previous profile", "Up, Down, Page Up, Page Down, Home, End"),
    ("In the list: find by name", "the first letters"),
    ("In the list: show in the form", "Enter"),
    ("In the list: select several", "Shift+arrows, Ctrl+Space, Ctrl+A"),
    ("In the list: delete", "Del"),
    ("In a grouped list: collapse or expand a group", "Left, Right"),
    ("In a secret: reveal or hide it", "Alt+F8"),
    ("In the list or a field: its menu", "Menu key, Shift+F10"),
    ("Cancel a test, close a dialog, clear the search or selection", "Esc"),
    ("Next or previous field or button", "Tab, Shift+Tab"),
];

/// Whether the form of a profile is shown.
fn on_form(vault: &OpenVault) -> bool {
    vault.page == Page::Profiles && vault.draft.is_some() && !vault.selection.is_of_several()
}

fn saved(vault: &OpenVault) -> Option<uuid::Uuid> {
    let draft = vault.draft.as_ref().filter(|draft| draft.saved.is_some())?;
    on_form(vault).then_some(draft.id)
}

fn show(page: Page) -> Option<Command> {
    Some(Command::Show(page))
}

fn theme(state: &AppState, theme: ThemeChoice) -> Option<Command> {
    (state.settings.theme != theme)
        .then(|| Command::ChangeSettings(Box::new(Settings { theme, ..state.settings.clone() })))
}
