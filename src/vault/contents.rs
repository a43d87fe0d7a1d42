//! What an unlocked vault holds: the profiles, in their order, and what newer versions added to them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::conflict::Conflict;
use super::deleted::Deleted;
use super::error::VaultError;
use super::field::{Stored, Version};
use super::history::{HistoryEntry, HistoryKind};
use super::kept_json::KeptValue;
use super::lineage::{Beside, Lineage, SaveId};
use super::pending::Pending;
use super::vault_clock::{VaultClock, is_ahead};
use crate::cloud::Overrides;
use crate::profile::{EnvironmentUrl, Profile, ProxyCredentials, compared_name, parse_name};

/// The profiles of a vault. Names are unique without regard to case. Prints as a count.
#[derive(Clone, Default)]
pub struct Contents {
    profiles: Vec<Profile>,
    /// Where each id is in `profiles`.
    pub(super) places: HashMap<Uuid, usize>,
    /// Whose each name is, as compared.
    names: HashMap<String, Uuid>,
    /// Fields of single profiles that this version does not know or cannot read.
    kept: HashMap<Uuid, Vec<(String, KeptValue)>>,
    /// What a proxy that asks for it is told.
    proxy_credentials: Option<ProxyCredentials>,
    /// Fields beside the profiles that this version does not know or cannot read.
    kept_beside: Vec<(String, KeptValue)>,
    /// What both of two sides changed.
    pub(super) conflicts: Arc<Vec<Conflict>>,
    /// What happened, oldest first.
    pub(super) history: Arc<Vec<HistoryEntry>>,
    /// What was removed.
    pub(super) deleted: Deleted,
    /// The latest saves that led here, newest last.
    pub(super) saves: Vec<SaveId>,
    /// Which time it is, as far as the saves so far can tell.
    pub(super) clock: VaultClock,
    /// What changed since the last save.
    pub(super) pending: Pending,
    /// What this handle remembers of earlier states.
    pub(super) lineage: Arc<Lineage>,
}

impl Contents {
    /// With room for so many profiles: whatever grows is copied, and its former place wiped.
    pub(super) fn with_room_for(profiles: usize) -> Contents {
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

    /// The profile with this id.
    pub fn get(&self, id: Uuid) -> Option<&Profile> {
        self.places.get(&id).map(|place| &self.profiles[*place])
    }

    /// The profile with this name, without regard to case or to blanks at the ends.
    pub fn by_name(&self, name: &str) -> Option<&Profile> {
        self.names.get(&compared(name)).and_then(|id| self.get(*id))
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

    /// What happened to the vault, oldest first; at most [`super::HISTORY_LIMIT`] entries.
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
    pub(super) fn put_stored(&mut self, stored: Stored) -> Result<(), VaultError> {
        let (id, kept) = (stored.profile.id, stored.kept);
        self.put(stored.profile)?;
        self.set_kept(id, kept);
        Ok(())
    }

    /// As [`Contents::put_stored`], whatever its name: two states may have given one name to different profiles.
    pub(super) fn overwrite(&mut self, stored: Stored) {
        let (id, former) = (stored.profile.id, self.version(stored.profile.id).map(Version::to_stored));
        match former {
            Some(former) => self.pending.touch(id, || Some(former)),
            None => self.added(id),
        }
        self.set(stored);
    }

    /// Puts a profile without noting it as a change.
    pub(super) fn set(&mut self, stored: Stored) {
        let id = stored.profile.id;
        let _ = self.exchange(stored.profile);
        self.set_kept(id, stored.kept);
    }

    /// A profile with what newer versions added to it.
    pub(super) fn version(&self, id: Uuid) -> Option<Version<'_>> {
        self.get(id).map(|profile| Version { profile, kept: self.kept_of(id) })
    }

    /// Makes a profile's time of change later.
    pub(super) fn stamp_modified(&mut self, id: Uuid, now: DateTime<Utc>) {
        if let Some(place) = self.places.get(&id) {
            let modified = &mut self.profiles[*place].modified;
            *modified = now.max(*modified);
        }
    }

    /// Brings recorded times that a wrong clock left in the future back to `now`, which is believed: else they would win
    /// over every later change, and a former secret would be kept for years.
    pub(super) fn correct_times_ahead(&mut self, now: DateTime<Utc>) {
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
        }
        for (_, at) in &mut self.deleted {
            correct(at);
        }
    }

    /// What lies beside the profiles.
    pub(super) fn beside(&self) -> Beside {
        Beside { proxy_credentials: self.proxy_credentials.clone(), kept: self.kept_beside.clone() }
    }

    pub(super) fn set_beside(&mut self, beside: Beside) {
        self.proxy_credentials = beside.proxy_credentials;
        self.kept_beside = beside.kept;
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
    pub(super) fn take_out(&mut self, id: Uuid) -> Option<Stored> {
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
        self.kept_beside.retain(|(name, _)| name != "proxy_credentials");
    }

    /// Reads addresses that mean something only with an administrator's list of hosts.
    pub(super) fn accept_clouds(&mut self, clouds: &Overrides) {
        for profile in self.profiles.iter_mut().filter(|profile| profile.environment_url.is_none()) {
            let Some(kept) = self.kept.get_mut(&profile.id) else { continue };
            let Some(place) = kept.iter().position(|(name, _)| name == "environment_url") else { continue };
            let read = kept[place].1.text().and_then(|text| EnvironmentUrl::parse_with(text, clouds).ok());
            if read.is_some() {
                profile.environment_url = read;
                kept.remove(place);
            }
        }
    }

    /// The credentials as the file has them.
    pub(super) fn load_proxy_credentials(&mut self, credentials: Option<ProxyCredentials>) {
        self.proxy_credentials = credentials;
    }

    /// Adds a profile as the file has it: a name that is taken there is shown all the same rather than lost.
    /// `false` when its id is taken.
    pub(super) fn load(&mut self, profile: Profile, kept: Vec<(String, KeptValue)>) -> bool {
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
    pub(super) fn kept_of(&self, id: Uuid) -> &[(String, KeptValue)] {
        self.kept.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Sets what newer versions added to a profile.
    pub(super) fn set_kept(&mut self, id: Uuid, kept: Vec<(String, KeptValue)>) {
        if kept.is_empty() {
            self.kept.remove(&id);
        } else {
            self.kept.insert(id, kept);
        }
    }

    /// What newer versions added beside the profiles.
    pub(super) fn kept_beside(&self) -> &[(String, KeptValue)] {
        &self.kept_beside
    }

    /// As [`Contents::kept_beside`], to be filled.
    pub(super) fn kept_beside_mut(&mut self) -> &mut Vec<(String, KeptValue)> {
        &mut self.kept_beside
    }

    /// Finds anew whose each name is, after profiles were set whatever their names.
    pub(super) fn find_names_anew(&mut self) {
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
pub(super) fn compared(name: &str) -> String {
    compared_name(name)
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Contents({} profiles)", self.profiles.len())
    }
}
