//! What an unlocked vault holds: the profiles, in their order, and what newer versions added to them.

use std::collections::HashMap;
use std::fmt;

use uuid::Uuid;

use super::error::VaultError;
use super::kept_json::KeptValue;
use crate::cloud::Overrides;
use crate::profile::{EnvironmentUrl, Profile, ProxyCredentials, parse_name};

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
    /// What a proxy that asks for it is told.
    proxy_credentials: Option<ProxyCredentials>,
    /// Fields beside the profiles that this version does not know or cannot read.
    kept_beside: Vec<(String, KeptValue)>,
}

impl Contents {
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
        match self.places.get(&profile.id) {
            Some(place) => {
                let place = *place;
                let former = compared(&self.profiles[place].name);
                if self.names.get(&former) == Some(&profile.id) {
                    self.names.remove(&former);
                }
                self.names.insert(compared(&profile.name), profile.id);
                self.profiles[place] = profile;
            }
            None => self.push(profile),
        }
        Ok(())
    }

    /// Takes a profile out.
    pub fn remove(&mut self, id: Uuid) -> Option<Profile> {
        let place = self.places.remove(&id)?;
        let profile = self.profiles.remove(place);
        for later in self.places.values_mut().filter(|later| **later > place) {
            *later -= 1;
        }
        self.kept.remove(&id);
        self.names.retain(|_, owner| *owner != id);
        if self.names.len() < self.profiles.len() {
            for other in &self.profiles {
                self.names.entry(compared(&other.name)).or_insert(other.id);
            }
        }
        Some(profile)
    }

    /// The user name and password for the proxy, if there are any.
    pub fn proxy_credentials(&self) -> Option<&ProxyCredentials> {
        self.proxy_credentials.as_ref()
    }

    /// Sets or removes the user name and password for the proxy.
    pub fn set_proxy_credentials(&mut self, credentials: Option<ProxyCredentials>) {
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

    fn push(&mut self, profile: Profile) {
        self.places.insert(profile.id, self.profiles.len());
        self.names.entry(compared(&profile.name)).or_insert(profile.id);
        self.profiles.push(profile);
    }
}

/// A name as names are compared.
fn compared(name: &str) -> String {
    name.trim().to_lowercase()
}

impl fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Contents({} profiles)", self.profiles.len())
    }
}
