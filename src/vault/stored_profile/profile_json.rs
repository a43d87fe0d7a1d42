//! One profile as JSON. Secrets are base64: such text has no escapes, so the JSON reader never copies it through a
//! buffer of its own, and it is decoded straight into wiped memory.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::field::{Field, is_set};
use super::renewal_json::{
    FormerOut, RenewalOut, RenewedOut, UccUpdateOut, read_former, read_renewal, read_renewals, read_ucc_update,
};
use super::secret_json::{SecretIn, SecretOut, Text, decode_secret};
use crate::cloud::Overrides;
use crate::profile::{ClientId, ClientSecret, EnvironmentUrl, LastCheck, Profile, SecretText, Tenant};
use crate::rfc3339::Rfc3339;
use crate::vault::encoding::{KeptValue, Names};

/// A profile on its way into the file, with what newer versions added to it.
pub(in crate::vault) struct ProfileOut<'a> {
    pub(in crate::vault) profile: &'a Profile,
    pub(in crate::vault) kept: &'a [(String, KeptValue)],
}

/// A profile on its way out of the file, with what this version does not know or cannot read.
pub(in crate::vault) struct ProfileIn {
    pub(in crate::vault) profile: Profile,
    pub(in crate::vault) kept: Vec<(String, KeptValue)>,
}

impl ProfileIn {
    /// Reads its address with an administrator's list of hosts as well.
    pub(in crate::vault) fn accept_clouds(mut self, clouds: &Overrides) -> ProfileIn {
        accept_cloud(&mut self.profile, &mut self.kept, clouds);
        self
    }
}

/// Reads an address that means something only with an administrator's list of hosts.
pub(in crate::vault) fn accept_cloud(profile: &mut Profile, kept: &mut Vec<(String, KeptValue)>, clouds: &Overrides) {
    if profile.environment_url.is_some() {
        return;
    }
    let Some(place) = kept.iter().position(|(name, _)| name == Field::EnvironmentUrl.id()) else { return };
    let read = kept[place].1.text().and_then(|text| EnvironmentUrl::parse_exact(text, clouds));
    if read.is_some() {
        profile.environment_url = read;
        kept.remove(place);
    }
}

/// Any `Display` as JSON text.
pub(in crate::vault) struct Shown<T>(pub(in crate::vault) T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize, Deserialize)]
struct LastCheckJson {
    #[serde(with = "crate::rfc3339")]
    at: DateTime<Utc>,
    passed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
}

impl From<&LastCheck> for LastCheckJson {
    fn from(check: &LastCheck) -> LastCheckJson {
        let tenant_id = check.tenant_id.map(|id| id.hyphenated().to_string());
        LastCheckJson {
            at: check.at,
            passed: check.passed,
            stage: check.stage.clone(),
            code: check.code.clone(),
            tenant_id,
        }
    }
}

impl From<LastCheckJson> for LastCheck {
    fn from(json: LastCheckJson) -> LastCheck {
        let tenant_id = json.tenant_id.and_then(|id| Uuid::try_parse(&id).ok());
        LastCheck { at: json.at, passed: json.passed, stage: json.stage, code: json.code, tenant_id }
    }
}

impl Serialize for ProfileOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let profile = self.profile;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &profile.id)?;
        map.serialize_entry("name", &profile.name)?;
        if let Some(url) = &profile.environment_url {
            map.serialize_entry("environment_url", &Shown(url))?;
        }
        if let Some(id) = &profile.client_id {
            map.serialize_entry("client_id", &Shown(id))?;
        }
        if let Some(secret) = &profile.client_secret {
            map.serialize_entry("client_secret", &SecretOut(secret.expose()))?;
        }
        if let Some(tenant) = &profile.tenant {
            map.serialize_entry("tenant", &Shown(tenant))?;
        }
        if let Some(date) = &profile.secret_expires {
            map.serialize_entry("secret_expires", date)?;
        }
        map.serialize_entry("tags", &profile.tags)?;
        map.serialize_entry("notes", &profile.notes)?;
        if let Some(value) = &profile.vendor_value {
            map.serialize_entry("vendor_value", &SecretOut(value.expose()))?;
        }
        if !profile.other_keys.is_empty() {
            let pairs: Vec<_> =
                profile.other_keys.iter().map(|(key, value)| (key, SecretOut(value.expose()))).collect();
            map.serialize_entry("other_keys", &pairs)?;
        }
        if let Some(check) = &profile.last_check {
            map.serialize_entry("last_check", &LastCheckJson::from(check))?;
        }
        if let Some(renewal) = &profile.renewal {
            map.serialize_entry("renewal", &RenewalOut(renewal))?;
        }
        if let Some(former) = &profile.former_secret {
            map.serialize_entry("former_secret", &FormerOut(former))?;
        }
        if let Some(update) = &profile.ucc_update {
            map.serialize_entry("ucc_update", &UccUpdateOut(update))?;
        }
        if !profile.renewals.is_empty() {
            let renewals: Vec<_> = profile.renewals.iter().map(RenewedOut).collect();
            map.serialize_entry("renewals", &renewals)?;
        }
        map.serialize_entry("created", &Rfc3339(profile.created))?;
        map.serialize_entry("modified", &Rfc3339(profile.modified))?;
        for (name, value) in self.kept {
            // A value that could not be read is written back until somebody sets that field.
            if !is_set(&Field::of_id(name), profile) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for ProfileIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ProfileIn, D::Error> {
        deserializer.deserialize_map(ProfileVisitor)
    }
}

struct ProfileVisitor;

impl<'de> Visitor<'de> for ProfileVisitor {
    type Value = ProfileIn;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a profile")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ProfileIn, A::Error> {
        let mut profile = Profile::new(Uuid::nil(), "", DateTime::<Utc>::UNIX_EPOCH);
        let mut kept = Vec::new();
        let mut seen = MembersRead(0);
        let mut unknown = Names::default();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            let name = name.expose();
            seen.once(name)?;
            match name {
                "id" => {
                    let text: Text<'de> = map.next_value()?;
                    profile.id = Uuid::try_parse(text.expose()).map_err(|_| A::Error::custom("an id is no GUID"))?;
                }
                "name" => profile.name = map.next_value()?,
                "environment_url" => {
                    profile.environment_url = read_or_keep(&mut map, name, &mut kept, |text| {
                        EnvironmentUrl::parse_exact(text, &Overrides::none())
                    })?;
                }
                "client_id" => {
                    profile.client_id = read_or_keep(&mut map, name, &mut kept, ClientId::parse_exact)?;
                }
                "client_secret" => {
                    profile.client_secret = read_or_keep(&mut map, name, &mut kept, |text| {
                        decode_secret(text).and_then(|secret| ClientSecret::parse_exact(secret.expose()).ok())
                    })?;
                }
                "tenant" => {
                    profile.tenant = read_or_keep(&mut map, name, &mut kept, |text| Tenant::parse(text).ok())?;
                }
                "secret_expires" => {
                    profile.secret_expires =
                        read_or_keep(&mut map, name, &mut kept, |text| text.parse::<NaiveDate>().ok())?;
                }
                "tags" => profile.tags = map.next_value()?,
                "notes" => profile.notes = map.next_value()?,
                "vendor_value" => profile.vendor_value = Some(map.next_value::<SecretIn>()?.0),
                "other_keys" => {
                    let pairs: Vec<(String, SecretIn)> = map.next_value()?;
                    profile.other_keys = pairs.into_iter().map(|(key, value)| (key, value.0)).collect();
                }
                "last_check" => {
                    profile.last_check = Some(map.next_value::<LastCheckJson>()?.into());
                }
                "renewal" => profile.renewal = value_or_keep(&mut map, name, &mut kept, read_renewal)?.map(Box::new),
                "former_secret" => {
                    profile.former_secret = value_or_keep(&mut map, name, &mut kept, read_former)?.map(Box::new)
                }
                "ucc_update" => {
                    profile.ucc_update = value_or_keep(&mut map, name, &mut kept, read_ucc_update)?.map(Box::new);
                }
                "renewals" => {
                    profile.renewals = value_or_keep(&mut map, name, &mut kept, read_renewals)?.unwrap_or_default();
                }
                "created" => profile.created = map.next_value::<Rfc3339>()?.0,
                "modified" => profile.modified = map.next_value::<Rfc3339>()?.0,
                other => {
                    unknown.once(other)?;
                    kept.push((other.to_owned(), map.next_value()?));
                }
            }
        }
        seen.required()?;
        Ok(ProfileIn { profile, kept })
    }
}

/// Reads an optional text; one that means nothing to this version is kept for writing it back.
fn read_or_keep<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    name: &str,
    kept: &mut Vec<(String, KeptValue)>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, A::Error> {
    let text: Text<'de> = map.next_value()?;
    let value = read(text.expose());
    if value.is_none() {
        kept.push((name.to_owned(), KeptValue::Text(SecretText::from(text.expose()))));
    }
    Ok(value)
}

/// The same for a value of any kind.
fn value_or_keep<'de, A: MapAccess<'de>, T>(
    map: &mut A,
    name: &str,
    kept: &mut Vec<(String, KeptValue)>,
    read: impl FnOnce(&KeptValue) -> Option<T>,
) -> Result<Option<T>, A::Error> {
    let json: KeptValue = map.next_value()?;
    let value = read(&json);
    if value.is_none() {
        kept.push((name.to_owned(), json));
    }
    Ok(value)
}

/// Which of the known members were there already, a bit each.
struct MembersRead(u32);

impl MembersRead {
    const NAMES: [&str; 18] = [
        "id",
        "name",
        "created",
        "modified",
        "environment_url",
        "client_id",
        "client_secret",
        "tenant",
        "secret_expires",
        "tags",
        "notes",
        "vendor_value",
        "other_keys",
        "last_check",
        "renewal",
        "former_secret",
        "ucc_update",
        "renewals",
    ];
    /// The first four.
    const REQUIRED: u32 = 0b1111;

    fn once<E: Error>(&mut self, name: &str) -> Result<(), E> {
        if let Some(place) = Self::NAMES.iter().position(|known| *known == name) {
            if self.0 & (1 << place) != 0 {
                return Err(E::custom("a member is repeated"));
            }
            self.0 |= 1 << place;
        }
        Ok(())
    }

    fn required<E: Error>(&self) -> Result<(), E> {
        if self.0 & Self::REQUIRED == Self::REQUIRED {
            Ok(())
        } else {
            Err(E::custom("a profile lacks its id, name, created or modified"))
        }
    }
}
