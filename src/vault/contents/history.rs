//! The audit trail: who changed what and when, never the values themselves.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::counted::counted;
use crate::vault::encoding::KeptValue;
use crate::vault::stored_profile::{Field, list_of_fields};
use crate::vault::who::Who;

/// The most entries that a vault remembers; the oldest go first.
pub const HISTORY_LIMIT: usize = 2000;
/// More profiles than this added or removed by one save become one entry with a count.
const BULK: usize = 20;

/// One thing that happened to the vault.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// When it was saved, in whole seconds.
    pub at: DateTime<Utc>,
    /// Who saved it.
    pub who: Who,
    /// What happened.
    pub kind: HistoryKind,
    /// The profile in question, with its name at that time.
    pub profile: Option<(Uuid, String)>,
    /// How many profiles, where an entry stands for more than one.
    pub count: Option<u32>,
    /// What a newer version wrote besides.
    pub(in crate::vault) kept: Vec<(String, KeptValue)>,
}

/// What can happen to a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryKind {
    /// The vault was created.
    VaultCreated,
    /// A profile was added.
    ProfileAdded,
    /// These fields of a profile were changed.
    ProfileChanged(Vec<Field>),
    /// A profile was removed.
    ProfileRemoved,
    /// A removed profile was put back.
    ProfileRestored,
    /// Connections were checked.
    Checked {
        /// How many worked.
        passed: u32,
        /// How many did not.
        failed: u32,
    },
    /// The passphrase was changed.
    PassphraseChanged,
    /// A key slot of this kind was added.
    SlotAdded(String),
    /// A key slot of this kind was removed.
    SlotRemoved(String),
    /// The contents of a backup were put back.
    BackupRestored,
    /// Another version of the vault was merged into this one.
    Merged {
        /// How many conflicts that left.
        conflicts: u32,
    },
    /// A conflict was resolved; these fields came from the other version.
    ConflictResolved(Vec<Field>),
    /// The proxy's sign-in was set.
    ProxySignInSet,
    /// The proxy's sign-in was removed.
    ProxySignInRemoved,
    /// The renewal of a profile's client secret was begun.
    RenewalBegun,
    /// A new client secret was taken into use.
    SecretReplaced,
    /// Somebody confirmed that the UCC has the new connection string.
    UccUpdated,
    /// The former client secret was taken into use again.
    SecretRolledBack,
    /// The former client secret was dropped, by hand or because its day had come.
    FormerSecretForgotten,
    /// The renewal was ended without a change.
    RenewalCancelled,
    /// Profiles were imported.
    Imported {
        /// The name of the file that they came from, without its folder.
        file: String,
        /// How many were added or changed.
        profiles: u32,
    },
    /// Profiles were exported.
    Exported {
        /// The name of the file that they went to, without its folder.
        file: String,
        /// How many.
        profiles: u32,
        /// How many client secrets are in the file.
        secrets: u32,
    },
    /// Something that only a newer version knows.
    Other(String),
}

impl HistoryKind {
    /// The kind's public id, as the vault's JSON and the command line have it.
    pub fn id(&self) -> &str {
        match self {
            HistoryKind::VaultCreated => "vault_made",
            HistoryKind::ProfileAdded => "profile_added",
            HistoryKind::ProfileChanged(_) => "profile_changed",
            HistoryKind::ProfileRemoved => "profile_removed",
            HistoryKind::ProfileRestored => "profile_restored",
            HistoryKind::Checked { .. } => "checked",
            HistoryKind::PassphraseChanged => "passphrase_changed",
            HistoryKind::SlotAdded(_) => "slot_added",
            HistoryKind::SlotRemoved(_) => "slot_removed",
            HistoryKind::BackupRestored => "backup_restored",
            HistoryKind::Merged { .. } => "merged",
            HistoryKind::ConflictResolved(_) => "conflict_resolved",
            HistoryKind::ProxySignInSet => "proxy_sign_in_set",
            HistoryKind::ProxySignInRemoved => "proxy_sign_in_removed",
            HistoryKind::RenewalBegun => "renewal_begun",
            HistoryKind::SecretReplaced => "secret_replaced",
            HistoryKind::UccUpdated => "ucc_updated",
            HistoryKind::SecretRolledBack => "secret_rolled_back",
            HistoryKind::FormerSecretForgotten => "former_secret_forgotten",
            HistoryKind::RenewalCancelled => "renewal_cancelled",
            HistoryKind::Imported { .. } => "imported",
            HistoryKind::Exported { .. } => "exported",
            HistoryKind::Other(id) => id,
        }
    }

    /// The fields that it names.
    pub fn fields(&self) -> &[Field] {
        match self {
            HistoryKind::ProfileChanged(fields) | HistoryKind::ConflictResolved(fields) => fields,
            _ => &[],
        }
    }
}

impl HistoryEntry {
    /// An entry without a profile.
    pub(in crate::vault) fn new(at: DateTime<Utc>, who: &Who, kind: HistoryKind) -> HistoryEntry {
        HistoryEntry { at, who: who.clone(), kind, profile: None, count: None, kept: Vec::new() }
    }

    /// What happened, as a sentence without who and when: `Changed the client secret of “Contoso”.`
    pub fn describe(&self) -> String {
        let profile = match (&self.profile, self.count) {
            (Some((_, name)), _) => format!("“{name}”"),
            (None, Some(1)) => "1 profile".to_owned(),
            (None, Some(count)) => format!("{count} profiles"),
            (None, None) => "a profile".to_owned(),
        };
        match &self.kind {
            HistoryKind::VaultCreated => "Created the vault.".to_owned(),
            HistoryKind::ProfileAdded => format!("Added {profile}."),
            HistoryKind::ProfileChanged(fields) => format!("Changed {} of {profile}.", list_of_fields(fields)),
            HistoryKind::ProfileRemoved => format!("Deleted {profile}."),
            HistoryKind::ProfileRestored => format!("Restored {profile}."),
            HistoryKind::Checked { passed: 1, failed: 0 } => format!("Tested {profile}: it works."),
            HistoryKind::Checked { passed: 0, failed: 1 } => format!("Tested {profile}: it does not work."),
            HistoryKind::Checked { passed, failed } => {
                format!("Tested {} profiles: {passed} work, {failed} do not.", passed.saturating_add(*failed))
            }
            HistoryKind::PassphraseChanged => "Changed the passphrase.".to_owned(),
            HistoryKind::SlotAdded(kind) => format!("Added an unlock method ({}).", slot_words(kind)),
            HistoryKind::SlotRemoved(kind) => format!("Removed an unlock method ({}).", slot_words(kind)),
            HistoryKind::BackupRestored if self.profile.is_some() => format!("Restored {profile} from a backup."),
            HistoryKind::BackupRestored => "Restored a backup.".to_owned(),
            HistoryKind::Merged { conflicts: 0 } => "Merged changes saved elsewhere.".to_owned(),
            HistoryKind::Merged { conflicts: 1 } => "Merged changes saved elsewhere, with 1 conflict.".to_owned(),
            HistoryKind::Merged { conflicts } => {
                format!("Merged changes saved elsewhere, with {conflicts} conflicts.")
            }
            HistoryKind::ConflictResolved(fields) if fields.is_empty() => {
                format!("Resolved a conflict of {profile}; nothing was changed.")
            }
            HistoryKind::ConflictResolved(fields) => {
                format!("Resolved a conflict of {profile}; {} came from the other version.", list_of_fields(fields))
            }
            HistoryKind::ProxySignInSet => "Saved the user name and password for the proxy.".to_owned(),
            HistoryKind::ProxySignInRemoved => "Removed the user name and password for the proxy.".to_owned(),
            HistoryKind::RenewalBegun => format!("Started to renew the client secret of {profile}."),
            HistoryKind::SecretReplaced => {
                format!("Replaced the client secret of {profile}; the old one is still stored.")
            }
            HistoryKind::UccUpdated => format!("Confirmed that the UCC has the new connection string of {profile}."),
            HistoryKind::SecretRolledBack => format!("Went back to the old client secret of {profile}."),
            HistoryKind::FormerSecretForgotten => format!("Deleted the old client secret of {profile}."),
            HistoryKind::RenewalCancelled => format!("Canceled the renewal of {profile}'s client secret."),
            HistoryKind::Imported { file, profiles } => {
                format!("Imported {} from “{file}”.", counted(*profiles as usize, "profile"))
            }
            HistoryKind::Exported { file, profiles, secrets: 0 } => {
                format!("Exported {} without client secrets to “{file}”.", counted(*profiles as usize, "profile"))
            }
            HistoryKind::Exported { file, profiles, secrets } => format!(
                "Exported {} with {} to “{file}”.",
                counted(*profiles as usize, "profile"),
                counted(*secrets as usize, "client secret")
            ),
            HistoryKind::Other(id) => format!("Unknown event from a newer version ({id})."),
        }
    }
}

fn slot_words(kind: &str) -> &str {
    match kind {
        "passphrase" => "passphrase",
        "os-account" => "operating system account",
        "recovery-key" => "recovery key",
        other => other,
    }
}

/// Adds what one save did; many additions or removals become one entry with a count.
pub(in crate::vault) fn append(history: &mut Vec<HistoryEntry>, mut new: Vec<HistoryEntry>) {
    for kind in [HistoryKind::ProfileAdded, HistoryKind::ProfileRemoved] {
        let is_one = |entry: &HistoryEntry| entry.kind == kind && entry.profile.is_some();
        let count = new.iter().filter(|entry| is_one(entry)).count();
        if count > BULK
            && let Some(first) = new.iter().position(is_one)
        {
            new[first].profile = None;
            new[first].count = u32::try_from(count).ok();
            new.retain(|entry| !is_one(entry));
        }
    }
    history.append(&mut new);
    trim(history);
}

/// One history of two: every entry of both once. Each side's entries stay in the order in which they were written, because a
/// clock may have gone back between them; between the two sides the earlier time comes first.
pub(in crate::vault) fn union(one: &[HistoryEntry], other: &[HistoryEntry]) -> Vec<HistoryEntry> {
    let shared = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let mut all = one[..shared].to_vec();
    let only_other = other[shared..].iter().filter(|entry| !one[shared..].contains(entry));
    let (mut ours, mut others) = (one[shared..].iter().peekable(), only_other.peekable());
    while let (Some(a), Some(b)) = (ours.peek(), others.peek()) {
        all.extend(if a.at <= b.at { ours.next() } else { others.next() }.cloned());
    }
    all.extend(ours.chain(others).cloned());
    trim(&mut all);
    all
}

/// Who knows the changes of a profile, of two histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vault) enum ChangeKnownBy {
    /// A change that the other history does not have.
    OneSide,
    /// Changes that both histories have.
    Both,
}

/// The profiles whose changes a history holds, and whether the `other` one has all of them.
pub(in crate::vault) fn known_changes(
    history: &[HistoryEntry],
    other: &[HistoryEntry],
) -> HashMap<Uuid, ChangeKnownBy> {
    let shared = history.iter().zip(other).take_while(|(a, b)| a == b).count();
    let mut changes = HashMap::new();
    for (place, entry) in history.iter().enumerate() {
        let Some((id, _)) = &entry.profile else { continue };
        if matches!(entry.kind, HistoryKind::Checked { .. } | HistoryKind::ProfileRemoved) {
            continue;
        }
        let known = place < shared || other[shared..].contains(entry);
        let of_profile = changes.entry(*id).or_insert(ChangeKnownBy::Both);
        if !known {
            *of_profile = ChangeKnownBy::OneSide;
        }
    }
    changes
}

fn trim(history: &mut Vec<HistoryEntry>) {
    let surplus = history.len().saturating_sub(HISTORY_LIMIT);
    history.drain(..surplus);
}
