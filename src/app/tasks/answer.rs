//! What came of the background's work.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::draft_news::DraftNews;
use super::profile_edit::Edit;
use super::reminder_news::ReminderNews;
use super::{ExportedFile, KeyFile, ReadFile, Ticket};
use crate::app::SharedProfiles;
use crate::connection_check::reachability::HostReport;
use crate::connection_check::{CheckReport, Diagnosis, ListedSecret, MadeSecret, Progress, Removed};
use crate::profile::ProxyCredentials;
use crate::reminder::policy::VaultPlace;
use crate::renewal::Act;
use crate::vault::{
    Backup, Conflict, Difference, HistoryEntry, RecoveryKey, Remedy, RenewError, SlotView, Standing, UnlockMethods,
    VaultError,
};

/// What came of the work.
pub enum Answer {
    /// A vault is open.
    VaultOpened(PathBuf, SharedProfiles, Option<ProxyCredentials>),
    /// The vault was saved at that time, which lies ahead of this computer's clock.
    SavedInFuture(DateTime<Utc>),
    /// Whether this account could open a vault without a passphrase.
    AccountStore(bool),
    /// A vault could not be made or opened.
    VaultNotOpened(Refusal),
    /// How the vault stands to what this account has seen of it, where people have to know.
    Standing(Option<Standing>),
    /// The open vault was saved over a file that was refused, which is kept there, or why it was not.
    PutBack(Result<PathBuf, Refusal>),
    /// The vault holds these profiles now.
    Profiles(SharedProfiles, Change),
    /// These conflicts wait for somebody's choice now. Sent when a vault with some opens, and whenever they change.
    Conflicts(Vec<Conflict>),
    /// Copies that synchronising programs left beside the vault, with something that is not in it yet.
    Copies(Vec<PathBuf>),
    /// What happened to the vault, oldest first.
    History(Vec<HistoryEntry>),
    /// These ways open the vault now.
    Slots(Vec<SlotView>),
    /// A way to open the vault came or went, or why it did not.
    KeysChanged(KeysChange, Result<(), Refusal>),
    /// A recovery key is made: it is shown once and kept nowhere.
    RecoveryKeyCreated(Result<RecoveryKey, Refusal>),
    /// A sheet was written to this file, or to none because nobody chose one, or why it was not.
    RecoverySheetSaved(Result<Option<PathBuf>, String>),
    /// What the file of the vault at that path shows without being opened.
    VaultLookedAt(PathBuf, UnlockMethods),
    /// The backups of the vault at that path, which does not open.
    BackupsOf(PathBuf, Result<Vec<Backup>, Refusal>),
    /// A backup is in the place of a damaged vault; the damaged file was put aside there, if there was one.
    RestoredOverDamaged(Result<Option<PathBuf>, Refusal>),
    /// The vault's bytes are those that were saved, and the damaged file was put aside there; or why not.
    VaultRepaired(Result<PathBuf, Refusal>),
    /// A file was to be chosen, and the desktop has no dialog for that.
    NoFileDialog,
    /// The open vault's backups, newest first.
    Backups(Result<Vec<Backup>, Refusal>),
    /// What differs between the backup at that path and the open vault.
    BackupCompared(PathBuf, Result<Difference, Refusal>),
    /// A save went well, but the reminder index was not updated, and why.
    RemindersNotUpdated(String),
    /// What came of the reminders' work.
    Reminders(ReminderNews),
    /// A save went well, but its backups did not.
    BackupTrouble(String),
    /// What people have to know of a save, for a notice: it was merged with what others saved, or the drive is slow.
    Warning(String),
    /// What is to be known of the draft that is kept for the case of a crash.
    Draft(DraftNews),
    /// A change could not be saved; the vault is as it was.
    NotSaved(Refusal, Change),
    /// The passphrase is changed, or why it is not.
    PassphraseChanged(Result<(), Refusal>),
    /// A check went on.
    CheckProgress(Ticket, Progress),
    /// A check ended.
    CheckFinished(Ticket, Box<CheckReport>),
    /// What came of an order about an app's client secrets.
    AppSecrets(Ticket, Result<AppSecretsDone, String>),
    /// A check could not even begin, and why.
    CheckUnavailable(Ticket, String),
    /// One of many checks ended: the place in its list, the report.
    OneOfManyFinished(Ticket, usize, Box<CheckReport>),
    /// All of many checks ended.
    ManyFinished(Ticket),
    /// A run over many profiles ends, because this computer seems to be offline, as the diagnosis says.
    ManyOffline(Ticket, Diagnosis),
    /// The way to one of the hosts was tested.
    HostTested(Ticket, Box<HostReport>),
    /// The ways to all of them were.
    HostsTested(Ticket),
    /// This file was chosen for an export, or none.
    ExportPlace(Option<PathBuf>),
    /// Profiles were written to a file, or why they were not.
    ProfilesExported(Result<ExportedFile, String>),
    /// Results were written to this file, or to none because nobody chose one, or why they were not.
    Exported(Result<Option<PathBuf>, String>),
    /// These files were chosen to import, or none.
    FilesToImport(Vec<PathBuf>),
    /// A file to import was opened and read.
    ImportRead(Ticket, Box<ReadFile>),
    /// The key file for the database with this ticket, none because nobody chose one, or why it cannot be read.
    KeyFileChosen(Ticket, Result<Option<KeyFile>, String>),
    /// An imported file was deleted, or why it was not.
    ImportedFileDeleted(PathBuf, Result<(), String>),
    /// A secret is in the clipboard, or why it is not.
    SecretCopied(Result<(), String>),
    /// The clipboard was emptied; `false` when something else was in it by then.
    ClipboardCleared(bool),
    /// The clipboard could not be emptied, and why: a secret may still be in it.
    ClipboardNotCleared(String),
    /// A part of the program stopped because of a fault in itself; where the report is, as sentences.
    Fault(Part, String),
    /// Settings could not be kept, and why.
    SettingsNotSaved(String),
    /// A new vault's place was chosen, or nothing was.
    NewVaultPlace(Option<PathBuf>),
    /// Whether a vault that was opened before is where it was.
    RecentVaultLookedFor(PathBuf, VaultPlace),
    /// An existing vault was chosen, or none was.
    ExistingVault(Option<PathBuf>),
}

/// What happened to the vault's profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A profile was put.
    Put(Uuid, SaveReason),
    /// Several profiles were changed in one go.
    Edited(Edit),
    /// A check's end was recorded.
    CheckRecorded(Uuid),
    /// The proxy's user name and password were saved or removed.
    ProxyCredentialsSet,
    /// The ends of many checks were recorded.
    ChecksRecorded,
    /// Somebody else changed the file.
    Refreshed,
    /// The profiles as they are, sent after a change that was refused because of what others saved.
    Read,
    /// An earlier state of the vault was put in the file's place from outside.
    SetBack,
    /// Others saved at the same time, or left a copy: both versions were merged.
    Merged,
    /// A conflict of this profile was resolved.
    ConflictResolved(Uuid),
    /// A whole backup was brought back.
    BackupRestored,
    /// One profile of a backup was brought back.
    ProfileRestored(Uuid),
    /// A step of this profile's renewal was taken.
    Renewed(Uuid, RenewalChange),
}

/// A step of a renewal that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewalChange {
    /// It was begun.
    Begun,
    /// The new secret is kept.
    Given,
    /// The new secret was dropped.
    GivenUp,
    /// The end of a test was recorded.
    Tested,
    /// The new secret is in use.
    Switched,
    /// Somebody confirmed that the UCC has the new connection string.
    UccConfirmed,
    /// It was ended without a change.
    Cancelled,
    /// The former secret is in use again.
    RolledBack,
    /// The former secret was dropped.
    Forgotten,
    /// A new secret was kept because the vault locks itself.
    Rescued,
}

impl RenewalChange {
    pub(super) fn of(act: &Act, reason: SaveReason) -> RenewalChange {
        match act {
            _ if reason == SaveReason::BeforeLock => RenewalChange::Rescued,
            Act::Begin => RenewalChange::Begun,
            Act::Give { .. } => RenewalChange::Given,
            Act::GiveUp => RenewalChange::GivenUp,
            Act::Tested { .. } => RenewalChange::Tested,
            Act::Switch(_) => RenewalChange::Switched,
            Act::Cancel(_) => RenewalChange::Cancelled,
            Act::RollBack => RenewalChange::RolledBack,
            Act::ConfirmUcc => RenewalChange::UccConfirmed,
            Act::Forget | Act::DeletedFromEntra => RenewalChange::Forgotten,
        }
    }
}

/// What came of an order about an app's client secrets.
pub enum AppSecretsDone {
    /// These are there.
    Listed(Vec<ListedSecret>),
    /// This one was made.
    Created(MadeSecret),
    /// One was removed.
    Removed(Removed),
}

/// A part of the program's work in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The open vault and its keys.
    Vault,
    /// Anything else.
    Other,
}

/// What happened to the ways to open a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysChange {
    /// The account that this program runs under was added.
    AccountAdded,
    /// A way was taken away.
    SlotRemoved,
}

/// Why the vault refused, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What happened, why, and what to do.
    pub text: String,
    /// What kind of trouble it is.
    pub cause: RefusalCause,
}

/// What kind of trouble a refusal is, as far as the window does something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalCause {
    /// The passphrase or the recovery key was not the right one.
    WrongCredential,
    /// The file is damaged: a backup may help.
    Damaged,
    /// Something took the file for text, and its bytes can be put back; a backup may help too.
    Repairable,
    /// The file is not there: a backup may help.
    Missing,
    /// It does not prove that it comes from what this account has seen: a backup may help, or a decision.
    Unproven,
    /// Anything else.
    Other,
}

impl Refusal {
    /// Whether something else has to be typed.
    pub fn is_wrong_credential(&self) -> bool {
        self.cause == RefusalCause::WrongCredential
    }
}

impl From<RenewError> for Refusal {
    fn from(error: RenewError) -> Refusal {
        match error {
            RenewError::Vault(error) => error.into(),
            other => Refusal { text: other.to_string(), cause: RefusalCause::Other },
        }
    }
}

impl From<VaultError> for Refusal {
    fn from(error: VaultError) -> Refusal {
        let cause = match &error {
            VaultError::WrongPassphrase | VaultError::WrongComposedPassphrase | VaultError::WrongRecoveryKey => {
                RefusalCause::WrongCredential
            }
            VaultError::Damaged { remedy: Remedy::Repair, .. } => RefusalCause::Repairable,
            VaultError::Damaged { .. } | VaultError::ContentsUnreadable { .. } => RefusalCause::Damaged,
            VaultError::Missing { .. } => RefusalCause::Missing,
            VaultError::Unproven { .. } => RefusalCause::Unproven,
            _ => RefusalCause::Other,
        };
        Refusal { text: error.to_string(), cause }
    }
}

/// Why something is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveReason {
    /// Somebody pressed Save.
    Requested,
    /// The vault locks itself while the form has unsaved changes.
    BeforeLock,
}
