//! Every way in which the app's state may change by a person's hand: one enum for each subject, beside what carries it
//! out, and here the one that has them all.

use super::{
    CheckAllCommand, CheckCommand, ExportCommand, FirstStartCommand, ImportCommand, ListCommand, NetworkTestCommand,
    Page, PassphraseCommand, PasteCommand, ProfileCommand, ProxyCommand, ReminderCommand, RenewalCommand,
    SelectionCommand, TrustCommand, UnlockCommand, UnsavedAnswer, VaultPageCommand,
};
use crate::settings::Settings;

/// What a person asked for. [`super::AppState::handle`] is the only place that carries it out.
#[derive(Clone, Debug)]
pub enum Command {
    /// The screen that creates a vault.
    FirstStart(FirstStartCommand),
    /// The screen of a locked vault.
    Unlock(UnlockCommand),
    /// A vault that does not prove where it comes from.
    Trust(TrustCommand),
    /// The profiles and the form of one.
    Profiles(ProfileCommand),
    /// How the list of profiles is looked at.
    List(ListCommand),
    /// Several profiles at once.
    Selection(SelectionCommand),
    /// Profiles into files for other programs.
    Export(ExportCommand),
    /// Profiles from other programs' files.
    Import(ImportCommand),
    /// A connection string from elsewhere.
    Paste(PasteCommand),
    /// The test of the profile shown.
    Check(CheckCommand),
    /// The test of all profiles.
    CheckAll(CheckAllCommand),
    /// The renewal of a client secret.
    Renewal(RenewalCommand),
    /// The reminders.
    Reminders(ReminderCommand),
    /// The page about the vault.
    VaultPage(VaultPageCommand),
    /// The passphrase of the open vault.
    Passphrase(PassphraseCommand),
    /// A proxy's user name and password.
    Proxy(ProxyCommand),
    /// The test of the network.
    NetworkTest(NetworkTestCommand),

    /// Show a page.
    Show(Page),
    /// Show or hide the setup guide beside the form.
    ToggleGuide,
    /// Change the settings.
    ChangeSettings(Box<Settings>),
    /// Copy a text that is no secret; the second names it for the notice.
    CopyText(String, &'static str),
    /// Open a page in the browser.
    OpenLink(String),
    /// Lock the vault, asking first when something is not saved.
    Lock,
    /// Close the window, asking first when something is not saved.
    CloseWindow,
    /// Answer the question about unsaved changes.
    Unsaved(UnsavedAnswer),
    /// Show all commands, to find one by its name.
    OpenPalette,
    /// Show the keyboard shortcuts.
    OpenShortcuts,
    /// Close the dialog in front without doing anything.
    CloseDialog,
    /// Take the notice away.
    DismissNotice,
}
