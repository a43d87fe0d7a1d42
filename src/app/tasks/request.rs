//! What the background is asked to do.

use std::path::PathBuf;
use std::sync::mpsc::Sender;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::connection_check::many::{NamedRequest, ProfileResult, report_csv, report_html};
use crate::connection_check::{CheckRequest, NetworkSettings};
use crate::platform::wall_clock;
use crate::profile::{LastCheck, Profile, ProxyCredentials, SecretText};
use crate::renewal::Act;
use crate::settings::Settings;
use crate::vault::{Backup, BackupsKept, Credential, FieldChoice, RecoveryKey, SlotId, Trust};

/// Work to be done in the background.
pub enum Request {
    /// Make a vault and open it.
    CreateVault(PathBuf, SecretText),
    /// Open a vault.
    OpenVault(PathBuf, Credential, Trust),
    /// Take the open vault as it is for the right one, although this account has seen something else.
    TrustVault,
    /// Save the open vault over a file that was refused.
    PutBack,
    /// Look at what a vault's file tells without being opened.
    LookAtVault(PathBuf),
    /// List the backups of a vault that does not open.
    ListBackupsOf(PathBuf),
    /// Put a backup in the place of a damaged or missing vault.
    RestoreOverDamaged(PathBuf, Backup),
    /// Keep that many earlier saves of the open vault from now on.
    KeepBackups(BackupsKept),
    /// List the open vault's backups.
    ListBackups,
    /// Tell what differs between a backup and the open vault.
    CompareBackup(Backup),
    /// Bring back all of a backup.
    RestoreBackup(Backup),
    /// Bring back one profile of a backup.
    RestoreProfile(Backup, Uuid),
    /// Let the account that this program runs under open the vault.
    AddThisAccount,
    /// Make a recovery key; a former one opens the vault no more.
    AddRecoveryKey,
    /// Take these ways to open the vault away; those of an unknown kind go as well, except these.
    RemoveSlots(Vec<SlotId>, Vec<SlotId>),
    /// Set a new passphrase in place of a forgotten one.
    SetPassphrase(SecretText),
    /// Ask for a file and write a sheet with this key into it, for the vault at that path with that id.
    SaveRecoverySheet(RecoveryKey, PathBuf),
    /// Put a profile into the vault and save it: the profile, and the saved one that its editing began from. What others
    /// changed since is merged field by field.
    PutProfile(Box<Profile>, Option<Box<Profile>>, Because),
    /// Take a profile out of the vault and save it, unless others changed it since it was as given here.
    RemoveProfile(Box<Profile>),
    /// Take a step of a profile's renewal, on what the vault holds by then, and save it.
    Renew(Uuid, Box<Act>, Because),
    /// Save once more, so that former secrets whose day has come are forgotten.
    ForgetFormerSecrets,
    /// End a conflict, taking over the chosen fields of its other version.
    ResolveConflict(Uuid, Vec<FieldChoice>),
    /// Merge another copy of the vault, which a sync client left beside it.
    Absorb(PathBuf),
    /// Tell what happened to the vault.
    ReadHistory,
    /// Keep what a proxy that asks for it is told, or forget it.
    SetProxyCredentials(Option<ProxyCredentials>),
    /// Keep how a profile's check ended.
    RecordCheck(Uuid, LastCheck),
    /// Read the vault again if somebody else changed it.
    RefreshVault,
    /// Change the vault's passphrase: the old one, the new one.
    ChangePassphrase(SecretText, SecretText),
    /// Forget the vault's keys.
    LockVault,
    /// Drop this when all that was asked of the vault before is done: whoever listens at the other end waits for that.
    Report(Sender<()>),
    /// Keep how the checks of many profiles ended.
    RecordChecks(Vec<(Uuid, LastCheck)>),
    /// Check many connections under a number; each is the profile that its place in the list says.
    CheckMany(u64, Vec<NamedRequest>, NetworkSettings),
    /// Ask for a file and write the results of many checks into it.
    ExportChecks(Vec<ProfileResult>, ExportFormat),
    /// Run a connection check under a number.
    Check(u64, Box<CheckRequest>, NetworkSettings),
    /// Ask Microsoft Graph, under a number, for something about the client secrets of the app that the request names.
    AppSecrets(u64, Box<CheckRequest>, NetworkSettings, AppSecretsOrder),
    /// Stop the check of that number.
    CancelCheck(u64),
    /// Copy a secret to the clipboard, kept out of its history.
    CopySecret(SecretText),
    /// Empty the clipboard if the secret copied last is still in it.
    ClearClipboard,
    /// What the reminders need, without a vault.
    Reminders(super::ReminderWork),
    /// What the reminders need of the open vault.
    VaultReminders(super::VaultReminderWork),
    /// Keep the settings.
    SaveSettings(PathBuf, Box<Settings>),
    /// Try the graphics card again at the next start, even if it failed last time.
    TryGpuAgain,
    /// Ask where a new vault is to be kept, beginning at this path.
    PickNewVaultPlace(PathBuf),
    /// Ask which vault to open.
    PickExistingVault,
}

/// What is wanted of an app's client secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppSecretsOrder {
    /// List them.
    List,
    /// Make one.
    Make {
        /// Its description.
        name: String,
        /// The day on which it lapses.
        expires: NaiveDate,
    },
    /// Remove the one with this key ID.
    Remove(Uuid),
}

/// The kind of file that results are exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    /// A page to read and print.
    Html,
}

impl ExportFormat {
    /// The ending of its files' names.
    pub(super) fn extension(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Html => "html",
        }
    }

    pub(super) fn write(self, results: &[ProfileResult]) -> String {
        match self {
            ExportFormat::Csv => report_csv(results),
            ExportFormat::Html => report_html(results, wall_clock::now()),
        }
    }
}

/// Why a profile is put into the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Somebody pressed Save.
    Saved,
    /// A deletion is undone.
    Restored,
    /// The vault locks itself while the form has unsaved changes.
    Rescued,
}
