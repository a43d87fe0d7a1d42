//! The payload: the contents as one JSON text, written to and read from memory that is wiped.

use std::fmt;
use std::path::Path;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};

use super::contents::Contents;
use super::error::{VaultError, shown};
use super::kept_json::{KeptValue, keep};
use super::profile_json::{ProfileIn, ProfileOut, SecretOut, decode_secret};
use super::secret_buffer::SecretBuffer;
use crate::profile::ProxyCredentials;

/// Adds the contents' JSON to `buffer`.
pub(super) fn write(contents: &Contents, buffer: &mut SecretBuffer) {
    serde_json::to_writer(buffer, &PayloadOut(contents)).expect("contents are plain JSON and memory takes it");
}

/// Reads the contents' JSON. An error never carries a piece of it.
pub(super) fn read(json: &[u8], path: &Path) -> Result<Contents, VaultError> {
    serde_json::from_slice::<PayloadIn>(json).map(|payload| payload.0).map_err(|error| {
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
        for (name, value) in self.0.kept_beside() {
            // Credentials that could not be read are written back until somebody sets them.
            if name != PROXY_CREDENTIALS || self.0.proxy_credentials().is_none() {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// The member with the proxy's user name and password.
const PROXY_CREDENTIALS: &str = "proxy_credentials";

struct CredentialsOut<'a>(&'a ProxyCredentials);

impl Serialize for CredentialsOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("user", &self.0.user)?;
        map.serialize_entry("password", &SecretOut(self.0.password.expose()))?;
        map.end()
    }
}

/// The credentials in a value, when it is exactly such an object.
fn read_credentials(value: &KeptValue) -> Option<ProxyCredentials> {
    let members = value.members().filter(|members| members.len() == 2)?;
    let member = |name: &str| members.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.text());
    let credentials = ProxyCredentials::new(member("user")?, decode_secret(member("password")?)?);
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

struct PayloadIn(Contents);

impl<'de> Deserialize<'de> for PayloadIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PayloadIn, D::Error> {
        deserializer.deserialize_map(PayloadVisitor)
    }
}

struct PayloadVisitor;

impl<'de> Visitor<'de> for PayloadVisitor {
    type Value = PayloadIn;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a vault's contents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PayloadIn, A::Error> {
        let mut contents = Contents::default();
        let mut profiles_seen = false;
        while let Some(name) = map.next_key::<String>()? {
            if name != "profiles" {
                let value = map.next_value()?;
                if name == PROXY_CREDENTIALS {
                    // Kept as well: a second one is then refused as any repeated member is.
                    contents.load_proxy_credentials(read_credentials(&value));
                }
                keep(contents.kept_beside_mut(), name, value)?;
            } else if profiles_seen {
                return Err(A::Error::custom("profiles are repeated"));
            } else {
                map.next_value_seed(ProfilesInto(&mut contents))?;
                profiles_seen = true;
            }
        }
        if profiles_seen { Ok(PayloadIn(contents)) } else { Err(A::Error::custom("there are no profiles")) }
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
