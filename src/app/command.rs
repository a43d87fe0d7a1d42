//! Every way in which the app's state may change by a person's hand.

use std::path::PathBuf;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    profile::SecretText,
    reminder::{rule::ReminderRule, time_line::Heading},
    settings::Settings,
    vault::{Backup, Field, SlotId, Take},
};

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
    /// Choose what is typed to open the vault.
    ChooseUnlockWay(super::state::UnlockWay),
    /// Open the vault with what is typed.
    Unlock,
    /// Open the vault with the account that this program runs under.
    UnlockWithThisAccount,
    /// Ask which backup is to take the damaged vault's place.
    AskRestoreOverDamaged,
    /// Ask whether the vault that was refused is to be trusted from now on.
    AskTrustVault,
    /// Open it and trust it.
    TrustVault,
    /// Take the open vault as it is for the right one.
    AcceptStanding,
    /// Save the open vault over the file that was refused.
    PutBack,
    /// Put a backup in the damaged vault's place.
    RestoreOverDamaged(Backup),
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

    /// What the reminders are told to do.
    Reminders(ReminderCommand),

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

    /// Let the account that this program runs under open the vault.
    AddThisAccount,
    /// Open the dialog that makes a recovery key.
    AskRecoveryKey,
    /// Make it.
    MakeRecoveryKey,
    /// Save a sheet with it.
    SaveRecoverySheet,
    /// Copy it.
    CopyRecoveryKey,
    /// Ask whether a way to open the vault is to be taken away.
    AskRemoveSlot(SlotId),
    /// Take it away.
    RemoveSlot,
    /// Whether another way to open the vault, which stays otherwise, is removed with it.
    RemoveAsWell(SlotId, bool),
    /// Show what differs between a backup and now.
    CompareBackup(Backup),
    /// Ask whether a backup is to be restored.
    AskRestore(Backup),
    /// Restore it.
    Restore(Backup),
    /// Restore one profile of it.
    RestoreProfile(Backup, Uuid),
    /// Choose a version of a field in a conflict.
    ChooseSide(Uuid, Field, Take),
    /// Merge a copy that a synchronising program left.
    MergeCopy(PathBuf),
    /// Take over what is chosen and end the conflict.
    ResolveConflict(Uuid),

    /// Something about the renewal of a client secret.
    Renewal(super::state::RenewalCommand),

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
    /// When every secret lapses.
    Renewals,
    /// The run over all profiles.
    TestAll,
    /// The renewal of this profile's client secret.
    Renewal(Uuid),
    /// The vault itself.
    Vault(VaultTab),
    /// The settings.
    Settings,
    /// What this program is.
    About,
}

/// What a person asked of the reminders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReminderCommand {
    /// Let the check with the app closed start by itself.
    TurnOn,
    /// End that.
    TurnOff,
    /// Look again whether it does.
    LookAtSchedule,
    /// Offer no more to turn it on.
    DismissOffer,
    /// Show a notification, to see whether it is shown.
    ShowSample,
    /// Show the field for a webhook's address.
    EditWebhook,
    /// Hide it again.
    LeaveWebhook,
    /// Take over what is typed there.
    KeepWebhook,
    /// Post nowhere any more.
    RemoveWebhook,
    /// Post a message to the webhook, to see whether it arrives.
    TestWebhook,
    /// Give a profile a rule of its own, or take it away.
    SetRule(Uuid, Option<ReminderRule>),
    /// Let a profile's reminders wait until that day, or end that.
    PutOff(Uuid, Option<NaiveDate>),
    /// Write dates into a calendar file.
    ExportCalendar(Dated),
    /// Show the mail about a profile for the owner of its app registration.
    OpenMail(Uuid),
    /// Post that mail to the webhook.
    PostMail,
    /// Show a part of the time line.
    GoTo(Heading),
}

/// Whose dates a calendar file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dated {
    /// All profiles that the page shows.
    Shown,
    /// This one.
    One(Uuid),
}

/// A part of the page about the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultTab {
    /// What opens it.
    WaysToOpen,
    /// Its earlier saves.
    Backups,
    /// Who changed what.
    History,
    /// What two people changed differently.
    Conflicts,
}

impl VaultTab {
    /// Every part, in the order of the page.
    pub const ALL: [VaultTab; 4] = [VaultTab::WaysToOpen, VaultTab::Backups, VaultTab::History, VaultTab::Conflicts];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            VaultTab::WaysToOpen => "Ways to open",
            VaultTab::Backups => "Backups",
            VaultTab::History => "History",
            VaultTab::Conflicts => "Conflicts",
        }
    }
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
