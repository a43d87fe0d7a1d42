//! The payload: the contents as one JSON text, written to and read from memory that is wiped.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};

use super::conflict_json::{ConflictIn, ConflictOut, DeletedIn, DeletedOut};
use super::history_json::{EntryIn, EntryOut};
use crate::profile::{ProxyCredentials, ProxyName};
use crate::vault::contents::{
    Contents, DELETED_LIMIT, HISTORY_LIMIT, SAVES_LIMIT, SaveId, VaultClock, union_of_deleted,
};
use crate::vault::encoding::{KeptValue, Last, Names, SecretBuffer};
use crate::vault::error::{VaultError, shown};
use crate::vault::stored_profile::{ProfileIn, ProfileOut, SecretOut, Shown, decode_secret};

/// Adds the contents' JSON to `buffer`.
pub(in crate::vault) fn write(contents: &Contents, buffer: &mut SecretBuffer) {
    serde_json::to_writer(buffer, &PayloadOut(contents)).expect("contents are plain JSON and memory takes it");
}

/// Reads the contents' JSON. An error never carries a piece of it.
pub(in crate::vault) fn read(json: &[u8], path: &Path) -> Result<Contents, VaultError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = PayloadInto(Contents::with_room_for(json.len() / USUAL_PROFILE)).deserialize(&mut reader);
    read.and_then(|contents| reader.end().map(|()| contents)).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "a member is missing, repeated or of the wrong kind",
            _ => "it is not JSON",
        };
        VaultError::ContentsUnreadable { path: shown(path), what, line: error.line(), column: error.column() }
    })
}

struct PayloadOut<'a>(&'a Contents);

impl Serialize for PayloadOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("profiles", &ProfilesOut(self.0))?;
        if let Some(credentials) = self.0.proxy_credentials() {
            map.serialize_entry(PROXY_CREDENTIALS, &CredentialsOut(credentials))?;
        }
        let contents = self.0;
        if !contents.conflicts().is_empty() {
            map.serialize_entry("conflicts", &Each(|| contents.conflicts().iter().map(ConflictOut)))?;
        }
        if !contents.deleted.is_empty() {
            map.serialize_entry("deleted", &Each(|| contents.deleted.iter().map(DeletedOut)))?;
        }
        if !contents.history().is_empty() {
            map.serialize_entry("history", &Each(|| contents.history().iter().map(EntryOut)))?;
        }
        if !contents.saves.is_empty() {
            map.serialize_entry("saves", &Each(|| contents.saves.iter().map(|save| Shown(*save))))?;
        }
        if let Some(clock) = contents.clock.to_json() {
            map.serialize_entry(CLOCK, &clock)?;
        }
        for (name, value) in self.0.kept_vault_wide() {
            // Credentials that could not be read are written back until somebody sets them.
            if name != PROXY_CREDENTIALS || self.0.proxy_credentials().is_none() {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// A list that is written as it is walked.
struct Each<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// The member with the proxy's user name and password.
const PROXY_CREDENTIALS: &str = "proxy_credentials";
/// The member with the time that the vault believes.
const CLOCK: &str = "clock";

struct CredentialsOut<'a>(&'a ProxyCredentials);

impl Serialize for CredentialsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("user", &self.0.user)?;
        map.serialize_entry("password", &SecretOut(self.0.password.expose()))?;
        if let Some(proxy) = &self.0.proxy {
            map.serialize_entry("proxy", &proxy.to_string())?;
        }
        map.end()
    }
}

/// The credentials in a value, when it is exactly such an object. With the third member, which says for which proxy they
/// are, it is of no known shape to an earlier version, which would send them to any.
fn read_credentials(value: &KeptValue) -> Option<ProxyCredentials> {
    let members = value.members()?;
    let member = |name: &str| members.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.text());
    let credentials = ProxyCredentials::new(member("user")?, decode_secret(member("password")?)?);
    let credentials = match members.len() {
        2 => credentials,
        3 => credentials.bound_to(ProxyName::parse(member("proxy")?)?),
        _ => return None,
    };
    credentials.fault().is_none().then_some(credentials)
}

struct ProfilesOut<'a>(&'a Contents);

impl Serialize for ProfilesOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let contents = self.0;
        let out = |profile| ProfileOut { profile, kept: contents.kept_of(profile.id) };
        serializer.collect_seq(contents.profiles().iter().map(out))
    }
}

/// About how long a profile is as JSON, in bytes; what a payload without long notes has room for at once.
const USUAL_PROFILE: usize = 512;

/// Reads the payload into contents that are empty.
struct PayloadInto(Contents);

impl<'de> DeserializeSeed<'de> for PayloadInto {
    type Value = Contents;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Contents, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PayloadInto {
    type Value = Contents;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a vault's contents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Contents, A::Error> {
        let mut contents = self.0;
        let mut names = Names::default();
        let mut has_profiles = false;
        while let Some(name) = map.next_key::<String>()? {
            names.once(&name)?;
            match name.as_str() {
                "profiles" => {
                    map.next_value_seed(ProfilesInto(&mut contents))?;
                    has_profiles = true;
                }
                "conflicts" => {
                    let conflicts: Vec<ConflictIn> = map.next_value()?;
                    contents.conflicts = Arc::new(conflicts.into_iter().map(|conflict| conflict.0).collect());
                }
                "deleted" => {
                    let read = map.next_value_seed(Last::<DeletedIn>::of(DELETED_LIMIT))?;
                    let read = read.into_iter().map(|deleted| deleted.0).collect();
                    // Each id once.
                    contents.deleted = union_of_deleted(&Vec::new(), &read);
                }
                "history" => {
                    let history = map.next_value_seed(Last::<EntryIn>::of(HISTORY_LIMIT))?;
                    contents.history = Arc::new(history.into_iter().map(|entry| entry.0).collect());
                }
                "saves" => {
                    let saves = map.next_value_seed(Last::<SaveId>::of(SAVES_LIMIT))?;
                    contents.saves = saves.into();
                }
                CLOCK => contents.clock = VaultClock::of_json(&map.next_value()?),
                _ => {
                    let value = map.next_value()?;
                    if name == PROXY_CREDENTIALS {
                        contents.load_proxy_credentials(read_credentials(&value));
                    }
                    contents.kept_vault_wide_mut().push((name, value));
                }
            }
        }
        if has_profiles { Ok(contents) } else { Err(A::Error::custom("there are no profiles")) }
    }
}

impl<'de> Deserialize<'de> for SaveId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SaveId, D::Error> {
        let name = String::deserialize(deserializer)?;
        SaveId::parse(&name).ok_or_else(|| D::Error::custom("a save's name is not 16 hexadecimal digits"))
    }
}

/// Reads the list of profiles straight into the contents.
struct ProfilesInto<'a>(&'a mut Contents);

impl<'de> DeserializeSeed<'de> for ProfilesInto<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ProfilesInto<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of profiles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(ProfileIn { profile, kept }) = list.next_element()? {
            if !self.0.load(profile, kept) {
                return Err(A::Error::custom("two profiles have one id"));
            }
        }
        Ok(())
    }
}
