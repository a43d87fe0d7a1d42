//! What an unlocked vault holds: the profiles, in their order, and what newer versions added to them.

mod conflict;
mod deleted;
mod difference;
mod history;
mod lineage;
mod merge;
mod merge_profile;
mod merge_summary;
mod pending;
mod prepare_save;
mod put_back;
mod renew;
mod resolve;
mod save_id;
mod slot_notes;
mod vault_clock;
mod vault_wide_fields;

pub use conflict::{Conflict, ConflictSide, FieldChoice, PutOutcome};
pub(in crate::vault) use deleted::{Deleted, LIMIT as DELETED_LIMIT, union as union_of_deleted};
pub use difference::{ChangedProfile, Difference, NamedProfile, difference};
pub use history::{HISTORY_LIMIT, HistoryEntry, HistoryKind};
pub(in crate::vault) use lineage::{Descent, Lineage};
pub use merge::{Merged, merge};
pub use merge_summary::MergeSummary;
pub use renew::RenewError;
pub(in crate::vault) use save_id::{SAVES_LIMIT, SaveId};
pub(in crate::vault) use slot_notes::SlotNote;
pub(in crate::vault) use vault_clock::VaultClock;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::cloud::Overrides;
use crate::profile::{LastCheck, Profile, ProxyCredentials, compared_name, parse_name};
use crate::vault::encoding::KeptValue;
use crate::vault::error::VaultError;
use crate::vault::stored_profile::{Stored, Version, accept_cloud};
use pending::Pending;
use vault_clock::is_ahead;
use vault_wide_fields::VaultWideFields;

/// The profiles of a vault. Names are unique without regard to case. Prints as a count.
#[derive(Clone, Default)]
pub struct Contents {
    profiles: Vec<Profile>,
    /// Where each id is in `profiles`.
    places: HashMap<Uuid, usize>,
    /// Whose each name is, as compared.
    names: HashMap<String, Uuid>,
    /// Fields of single profiles that this version does not know or cannot read.
    kept: HashMap<Uuid, Vec<(String, KeptValue)>>,
    /// The user name and password for a proxy that asks for them.
    proxy_credentials: Option<ProxyCredentials>,
    /// Fields of the vault as a whole that this version does not know or cannot read.
    kept_vault_wide: Vec<(String, KeptValue)>,
    /// What both of two sides changed.
    pub(in crate::vault) conflicts: Arc<Vec<Conflict>>,
    /// What happened, oldest first.
    pub(in crate::vault) history: Arc<Vec<HistoryEntry>>,
    /// What was removed.
    pub(in crate::vault) deleted: Deleted,
    /// The latest saves that led here, newest last.
    pub(in crate::vault) saves: Vec<SaveId>,
    /// Which time it is, as far as the saves so far can tell.
    pub(in crate::vault) clock: VaultClock,
    /// What changed since the last save.
    pending: Pending,
}

impl Contents {
    /// With room for so many profiles: whatever grows is copied, and its former place wiped.
    pub(in crate::vault) fn with_room_for(profiles: usize) -> Contents {
        Contents {
            profiles: Vec::with_capacity(profiles),
            places: HashMap::with_capacity(profiles),
            names: HashMap::with_capacity(profiles),
            ..Contents::default()
        }
    }

    /// All profiles, oldest first.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// When the last save was whose clock was not years off, as far as that can be told.
    pub fn believed_save(&self) -> Option<DateTime<Utc>> {
        self.clock.believed()
    }

    /// The profile with this id.
    pub fn get(&self, id: Uuid) -> Option<&Profile> {
        self.places.get(&id).map(|place| &self.profiles[*place])
    }

    /// The profile with this name, without regard to case or to spaces at the ends.
    pub fn by_name(&self, name: &str) -> Option<&Profile> {
        self.names.get(&compared(name)).and_then(|id| self.get(*id))
    }

    /// Remembers how the profile's last check ended. A profile that somebody has removed since is no error.
    pub fn record_check(&mut self, id: Uuid, check: LastCheck) -> Result<(), VaultError> {
        let Some(mut profile) = self.get(id).cloned() else { return Ok(()) };
        profile.last_check = Some(check);
        self.put(profile)
    }

    /// Adds a profile, or changes the one with the same id in its place.
    ///
    /// Refuses a name that another profile has ([`VaultError::NameTaken`]) or that is none ([`VaultError::Name`]).
    pub fn put(&mut self, mut profile: Profile) -> Result<(), VaultError> {
        profile.name = parse_name(&profile.name)?;
        if let Some(other) = self.by_name(&profile.name)
            && other.id != profile.id
        {
            return Err(VaultError::NameTaken { name: other.name.clone() });
        }
        let id = profile.id;
        match self.exchange(profile) {
            Some(former) => {
                let kept = self.kept_of(id).to_vec();
                self.pending.touch(id, || Some(Stored { profile: former, kept }));
            }
            None => self.added(id),
        }
        Ok(())
    }

    /// Takes a profile out, and the conflicts about it.
    pub fn remove(&mut self, id: Uuid) -> Option<Profile> {
        let stored = self.take_out(id)?;
        if self.conflicts.iter().any(|conflict| conflict.profile == id) {
            Arc::make_mut(&mut self.conflicts).retain(|conflict| conflict.profile != id);
        }
        let profile = stored.profile.clone();
        self.pending.touch(id, || Some(stored));
        Some(profile)
    }

    /// Notes for the history that profiles were imported, to be written with the next save. `file` is a name without folder.
    pub fn record_import(&mut self, file: &str, profiles: u32) {
        self.record(HistoryKind::Imported { file: file.to_owned(), profiles }, None);
    }

    /// Notes for the history that profiles were exported, to be written with the next save. `file` is a name without folder.
    pub fn record_export(&mut self, file: &str, profiles: u32, secrets: u32) {
        self.record(HistoryKind::Exported { file: file.to_owned(), profiles, secrets }, None);
    }

    /// What happened to the vault, oldest first; at most [`crate::vault::HISTORY_LIMIT`] entries.
    pub fn history(&self) -> &[HistoryEntry] {
        &self.history
    }

    /// A profile that was not here a moment ago.
    fn added(&mut self, id: Uuid) {
        self.pending.touch(id, || None);
        if let Some(place) = self.deleted.iter().position(|(removed, _)| *removed == id) {
            self.deleted.remove(place);
            self.pending.restored(id);
        }
    }

    /// As [`Contents::put`], with what newer versions added.
    pub(in crate::vault) fn put_stored(&mut self, stored: Stored) -> Result<(), VaultError> {
        let (id, kept) = (stored.profile.id, stored.kept);
        self.put(stored.profile)?;
        self.set_kept(id, kept);
        Ok(())
    }

    /// As [`Contents::put_stored`], whatever its name: two states may have given one name to different profiles.
    pub(in crate::vault) fn overwrite(&mut self, stored: Stored) {
        let (id, former) = (stored.profile.id, self.version(stored.profile.id).map(Version::to_stored));
        match former {
            Some(former) => self.pending.touch(id, || Some(former)),
            None => self.added(id),
        }
        self.set(stored);
    }

    /// Puts a profile without noting it as a change.
    pub(in crate::vault) fn set(&mut self, stored: Stored) {
        let id = stored.profile.id;
        let _ = self.exchange(stored.profile);
        self.set_kept(id, stored.kept);
    }

    /// A profile with what newer versions added to it.
    pub(in crate::vault) fn version(&self, id: Uuid) -> Option<Version<'_>> {
        self.get(id).map(|profile| Version { profile, kept: self.kept_of(id) })
    }

    /// Makes a profile's time of change later.
    pub(in crate::vault) fn stamp_modified(&mut self, id: Uuid, now: DateTime<Utc>) {
        if let Some(place) = self.places.get(&id) {
            let modified = &mut self.profiles[*place].modified;
            *modified = now.max(*modified);
        }
    }

    /// Brings recorded times that a wrong clock left in the future back to `now`, which is believed: else they would win
    /// over every later change, and a former secret would be kept for years.
    pub(in crate::vault) fn correct_times_ahead(&mut self, now: DateTime<Utc>) {
        let correct = |at: &mut DateTime<Utc>| {
            if is_ahead(*at, now) {
                *at = now;
            }
        };
        for profile in &mut self.profiles {
            correct(&mut profile.modified);
            if let Some(former) = &mut profile.former_secret {
                correct(&mut former.replaced_at);
            }
            // The same time as the former secret's, so that it stays known which renewal it is about.
            if let Some(update) = &mut profile.ucc_update {
                correct(&mut update.replaced_at);
            }
        }
        for (_, at) in &mut self.deleted {
            correct(at);
        }
    }

    /// The fields that belong to no profile.
    pub(in crate::vault) fn vault_wide_fields(&self) -> VaultWideFields {
        VaultWideFields { proxy_credentials: self.proxy_credentials.clone(), kept: self.kept_vault_wide.clone() }
    }

    pub(in crate::vault) fn set_vault_wide_fields(&mut self, fields: VaultWideFields) {
        self.proxy_credentials = fields.proxy_credentials;
        self.kept_vault_wide = fields.kept;
    }

    /// Puts a profile into its place; gives back the one that was there.
    fn exchange(&mut self, profile: Profile) -> Option<Profile> {
        let Some(place) = self.places.get(&profile.id).copied() else {
            self.push(profile);
            return None;
        };
        let former = compared(&self.profiles[place].name);
        let name = compared(&profile.name);
        if former != name {
            if self.names.get(&former) == Some(&profile.id) {
                self.names.remove(&former);
            }
            self.names.entry(name).or_insert(profile.id);
        }
        Some(std::mem::replace(&mut self.profiles[place], profile))
    }

    /// Takes a profile out without noting it as a change.
    pub(in crate::vault) fn take_out(&mut self, id: Uuid) -> Option<Stored> {
        let place = self.places.remove(&id)?;
        let profile = self.profiles.remove(place);
        for later in self.places.values_mut().filter(|later| **later > place) {
            *later -= 1;
        }
        let kept = self.kept.remove(&id).unwrap_or_default();
        self.names.retain(|_, owner| *owner != id);
        if self.names.len() < self.profiles.len() {
            for other in &self.profiles {
                self.names.entry(compared(&other.name)).or_insert(other.id);
            }
        }
        Some(Stored { profile, kept })
    }

    /// The user name and password for the proxy, if there are any.
    pub fn proxy_credentials(&self) -> Option<&ProxyCredentials> {
        self.proxy_credentials.as_ref()
    }

    /// Sets or removes the user name and password for the proxy.
    pub fn set_proxy_credentials(&mut self, credentials: Option<ProxyCredentials>) {
        if credentials != self.proxy_credentials {
            let kind = match credentials {
                Some(_) => HistoryKind::ProxySignInSet,
                None => HistoryKind::ProxySignInRemoved,
            };
            self.record(kind, None);
        }
        self.proxy_credentials = credentials;
        self.kept_vault_wide.retain(|(name, _)| name != "proxy_credentials");
    }

    /// Reads addresses that mean something only with an administrator's list of hosts.
    pub(in crate::vault) fn accept_clouds(&mut self, clouds: &Overrides) {
        for profile in &mut self.profiles {
            if let Some(kept) = self.kept.get_mut(&profile.id) {
                accept_cloud(profile, kept, clouds);
            }
        }
    }

    /// The credentials as the file has them.
    pub(in crate::vault) fn load_proxy_credentials(&mut self, credentials: Option<ProxyCredentials>) {
        self.proxy_credentials = credentials;
    }

    /// Adds a profile as the file has it: a name that is taken there is shown all the same rather than lost.
    /// `false` when its id is taken.
    pub(in crate::vault) fn load(&mut self, profile: Profile, kept: Vec<(String, KeptValue)>) -> bool {
        if self.places.contains_key(&profile.id) {
            return false;
        }
        if !kept.is_empty() {
            self.kept.insert(profile.id, kept);
        }
        self.push(profile);
        true
    }

    /// What newer versions added to a profile.
    pub(in crate::vault) fn kept_of(&self, id: Uuid) -> &[(String, KeptValue)] {
        self.kept.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Sets what newer versions added to a profile.
    pub(in crate::vault) fn set_kept(&mut self, id: Uuid, kept: Vec<(String, KeptValue)>) {
        if kept.is_empty() {
            self.kept.remove(&id);
        } else {
            self.kept.insert(id, kept);
        }
    }

    /// What newer versions added to the vault as a whole.
    pub(in crate::vault) fn kept_vault_wide(&self) -> &[(String, KeptValue)] {
        &self.kept_vault_wide
    }

    /// As [`Contents::kept_vault_wide`], to be filled.
    pub(in crate::vault) fn kept_vault_wide_mut(&mut self) -> &mut Vec<(String, KeptValue)> {
        &mut self.kept_vault_wide
    }

    /// Rebuilds the index of names, after profiles were set whatever their names.
    pub(in crate::vault) fn index_names(&mut self) {
        self.names.clear();
        for profile in &self.profiles {
            self.names.entry(compared(&profile.name)).or_insert(profile.id);
        }
    }

    fn push(&mut self, profile: Profile) {
        self.places.insert(profile.id, self.profiles.len());
        self.names.entry(compared(&profile.name)).or_insert(profile.id);
        self.profiles.push(profile);
    }
}

/// A name as names are compared.
pub(in crate::vault) fn compared(name: &str) -> String {
    compared_name(name)
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Contents({} profiles)", self.profiles.len())
    }
}
