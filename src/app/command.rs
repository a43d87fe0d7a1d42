//! Every way in which the app's state may change by a person's hand.

use std::path::PathBuf;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{profile::SecretText, settings::Settings};

/// What a person asked for. [`super::state::AppState::handle`] is the only place that carries it out.
#[derive(Clone, Debug)]
pub enum Command {
    /// Choose where a new vault is to be kept.
    ChooseNewVaultPlace,
    /// Choose an existing vault's file.
    ChooseExistingVault,
    /// Leave the unlock screen for the one that makes a vault.
    GoToFirstStart,
    /// Leave that screen for the one that unlocks the vault at this path.
    GoToUnlock(PathBuf),
    /// Make the vault that the first-start form describes.
    CreateVault,
    /// Open the vault with the passphrase typed.
    Unlock,
    /// Lock the vault, asking first when something is not saved.
    Lock,

    /// Start an empty profile.
    NewProfile,
    /// Show a profile's form.
    Select(Uuid),
    /// Save the form.
    Save,
    /// Put the form back to what was saved.
    Revert,
    /// Ask whether the profile shown is to be deleted.
    AskDelete,
    /// Delete a profile.
    Delete(Uuid),
    /// Bring the profile deleted last back.
    UndoDelete,

    /// Replace the Environment URL by the one that its note suggests.
    UseEnvironmentUrl(String),
    /// Take over an expiry date, e.g. the one that Microsoft Graph told.
    UseExpiry(NaiveDate),
    /// Copy the client secret.
    CopyClientSecret,
    /// Copy the connection string.
    CopyConnectionString,
    /// Copy the value that the vendor's own tool made.
    CopyVendorValue,
    /// Copy a text that is no secret; the second names it for the notice.
    CopyText(String, &'static str),
    /// Open the dialog for a pasted connection string.
    OpenPaste,
    /// A whole connection string was pasted, wherever the keyboard was.
    Pasted(SecretText),
    /// Fill the form from the dialog's text.
    ApplyPaste,

    /// Test the connection that the form describes.
    Test,
    /// Stop the test.
    CancelTest,
    /// Copy the report of the test.
    CopyReport,
    /// Test all profiles.
    TestAll,
    /// Stop that.
    CancelTestAll,
    /// Sort the results of that.
    SortRun(super::state::RunSort),
    /// Show a profile with its result.
    ShowResult(Uuid),
    /// Write the results to a file.
    ExportRun(super::tasks::ExportFormat),

    /// Show a page.
    Show(Page),
    /// Show or hide the setup guide beside the form.
    ToggleGuide,
    /// Show the list and give its search field the focus.
    Find,
    /// Show only the profiles of one state, or all.
    Filter(super::listing::Filter),
    /// Sort the profiles.
    Sort(super::listing::SortBy),
    /// Change the settings.
    ChangeSettings(Settings),
    /// Open the dialog that changes the passphrase.
    OpenChangePassphrase,
    /// Change the passphrase as that dialog says.
    ChangePassphrase,

    /// Open the dialog that asks for a proxy's user name and password.
    OpenProxySignIn,
    /// Keep them in the vault.
    KeepProxySignIn,
    /// Take them out of the vault.
    ForgetProxySignIn,

    /// Answer the question about unsaved changes.
    Unsaved(UnsavedAnswer),
    /// Close the dialog in front without doing anything.
    CloseDialog,
    /// Take the notice away.
    DismissNotice,
    /// Close the window, asking first when something is not saved.
    CloseWindow,
}

/// A page of an open vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The profiles and the chosen one's form.
    Profiles,
    /// The run over all profiles.
    TestAll,
    /// The settings.
    Settings,
    /// What this program is.
    About,
}

/// What to do with changes that are not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsavedAnswer {
    /// Save them and go on.
    Save,
    /// Drop them and go on.
    Discard,
    /// Stay.
    Stay,
}
