//! The history and the account names in it as JSON.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::rfc3339::Rfc3339;
use crate::vault::contents::{HistoryEntry, HistoryKind};
use crate::vault::encoding::{KeptValue, Names};
use crate::vault::stored_profile::Field;
use crate::vault::who::Who;

/// An entry on its way into the file.
pub(in crate::vault) struct EntryOut<'a>(pub(in crate::vault) &'a HistoryEntry);

impl Serialize for EntryOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &Rfc3339(entry.at))?;
        map.serialize_entry("account", &entry.who.account)?;
        map.serialize_entry("machine", &entry.who.machine)?;
        map.serialize_entry("kind", entry.kind.id())?;
        if let Some((id, name)) = &entry.profile {
            map.serialize_entry("profile", id)?;
            map.serialize_entry("name", name)?;
        }
        if let Some(count) = entry.count {
            map.serialize_entry("count", &count)?;
        }
        match &entry.kind {
            HistoryKind::ProfileChanged(fields) | HistoryKind::ConflictResolved(fields) => {
                map.serialize_entry("fields", &ids(fields))?;
            }
            HistoryKind::Checked { passed, failed } => {
                map.serialize_entry("passed", passed)?;
                map.serialize_entry("failed", failed)?;
            }
            HistoryKind::SlotAdded(kind) | HistoryKind::SlotRemoved(kind) => map.serialize_entry("slot", kind)?,
            HistoryKind::Merged { conflicts } => map.serialize_entry("conflicts", conflicts)?,
            HistoryKind::Imported { file, profiles } => {
                map.serialize_entry("file", file)?;
                map.serialize_entry("profiles", profiles)?;
            }
            HistoryKind::Exported { file, profiles, secrets } => {
                map.serialize_entry("file", file)?;
                map.serialize_entry("profiles", profiles)?;
                map.serialize_entry("secrets", secrets)?;
            }
            _ => {}
        }
        for (name, value) in &entry.kept {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The public ids of fields.
pub(in crate::vault) fn ids(fields: &[Field]) -> Vec<&str> {
    fields.iter().map(Field::id).collect()
}

/// An entry on its way out of the file.
pub(in crate::vault) struct EntryIn(pub(in crate::vault) HistoryEntry);

impl<'de> Deserialize<'de> for EntryIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EntryIn, D::Error> {
        deserializer.deserialize_map(EntryVisitor)
    }
}

/// The members that only some kinds have.
#[derive(Default)]
struct Details {
    fields: Option<Vec<Field>>,
    passed: Option<u32>,
    failed: Option<u32>,
    slot: Option<String>,
    conflicts: Option<u32>,
    file: Option<String>,
    profiles: Option<u32>,
    secrets: Option<u32>,
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = EntryIn;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an entry of the history")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EntryIn, A::Error> {
        let (mut at, mut kind) = (None::<DateTime<Utc>>, None::<String>);
        let mut who = Who::default();
        let (mut id, mut profile_name) = (None, None);
        let (mut count, mut kept) = (None, Vec::new());
        let mut details = Details::default();
        let mut seen = 0_u16;
        let mut unknown = Names::default();
        while let Some(name) = map.next_key::<String>()? {
            if let Some(place) = MEMBERS.iter().position(|known| *known == name) {
                if seen & (1 << place) != 0 {
                    return Err(A::Error::custom("a member is repeated"));
                }
                seen |= 1 << place;
            }
            match name.as_str() {
                "at" => at = Some(map.next_value::<Rfc3339>()?.0),
                "account" => who.account = map.next_value()?,
                "machine" => who.machine = map.next_value()?,
                "kind" => kind = Some(map.next_value()?),
                "profile" => id = Some(read_id(map.next_value::<String>()?)?),
                "name" => profile_name = Some(map.next_value()?),
                "count" => count = Some(map.next_value()?),
                "fields" => details.fields = Some(read_fields(map.next_value()?)),
                "passed" => details.passed = Some(map.next_value()?),
                "failed" => details.failed = Some(map.next_value()?),
                "slot" => details.slot = Some(map.next_value()?),
                "conflicts" => details.conflicts = Some(map.next_value()?),
                "file" => details.file = Some(map.next_value()?),
                "profiles" => details.profiles = Some(map.next_value()?),
                "secrets" => details.secrets = Some(map.next_value()?),
                _ => {
                    unknown.once(&name)?;
                    kept.push((name, map.next_value()?));
                }
            }
        }
        let (Some(at), Some(kind)) = (at, kind) else {
            return Err(A::Error::custom("an entry of the history lacks at or kind"));
        };
        let profile = id.map(|id| (id, profile_name.unwrap_or_default()));
        let kind = details.into_kind(kind, &mut kept);
        Ok(EntryIn(HistoryEntry { at, who, kind, profile, count, kept }))
    }
}

const MEMBERS: [&str; 15] = [
    "at",
    "account",
    "machine",
    "kind",
    "profile",
    "name",
    "count",
    "fields",
    "passed",
    "failed",
    "slot",
    "conflicts",
    "file",
    "profiles",
    "secrets",
];

impl Details {
    fn into_kind(self, id: String, kept: &mut Vec<(String, KeptValue)>) -> HistoryKind {
        match id.as_str() {
            "vault_made" => HistoryKind::VaultCreated,
            "profile_added" => HistoryKind::ProfileAdded,
            "profile_changed" => HistoryKind::ProfileChanged(self.fields.unwrap_or_default()),
            "profile_removed" => HistoryKind::ProfileRemoved,
            "profile_restored" => HistoryKind::ProfileRestored,
            "checked" => HistoryKind::Checked {
                passed: self.passed.unwrap_or_default(),
                failed: self.failed.unwrap_or_default(),
            },
            "passphrase_changed" => HistoryKind::PassphraseChanged,
            "slot_added" => HistoryKind::SlotAdded(self.slot.unwrap_or_default()),
            "slot_removed" => HistoryKind::SlotRemoved(self.slot.unwrap_or_default()),
            "backup_restored" => HistoryKind::BackupRestored,
            "merged" => HistoryKind::Merged { conflicts: self.conflicts.unwrap_or_default() },
            "conflict_resolved" => HistoryKind::ConflictResolved(self.fields.unwrap_or_default()),
            "proxy_sign_in_set" => HistoryKind::ProxySignInSet,
            "proxy_sign_in_removed" => HistoryKind::ProxySignInRemoved,
            "renewal_begun" => HistoryKind::RenewalBegun,
            "secret_replaced" => HistoryKind::SecretReplaced,
            "ucc_updated" => HistoryKind::UccUpdated,
            "secret_rolled_back" => HistoryKind::SecretRolledBack,
            "former_secret_forgotten" => HistoryKind::FormerSecretForgotten,
            "renewal_cancelled" => HistoryKind::RenewalCancelled,
            "imported" => HistoryKind::Imported {
                file: self.file.unwrap_or_default(),
                profiles: self.profiles.unwrap_or_default(),
            },
            "exported" => HistoryKind::Exported {
                file: self.file.unwrap_or_default(),
                profiles: self.profiles.unwrap_or_default(),
                secrets: self.secrets.unwrap_or_default(),
            },
            _ => {
                self.keep_all(kept);
                HistoryKind::Other(id)
            }
        }
    }

    /// An unknown kind is written back with all that it had.
    fn keep_all(self, kept: &mut Vec<(String, KeptValue)>) {
        let text = |text: &str| KeptValue::Text(text.into());
        let number = |number: u32| KeptValue::Number(number.into());
        let fields = self.fields.map(|fields| KeptValue::List(ids(&fields).into_iter().map(text).collect()));
        let members = [
            ("fields", fields),
            ("passed", self.passed.map(number)),
            ("failed", self.failed.map(number)),
            ("slot", self.slot.as_deref().map(text)),
            ("conflicts", self.conflicts.map(number)),
            ("file", self.file.as_deref().map(text)),
            ("profiles", self.profiles.map(number)),
            ("secrets", self.secrets.map(number)),
        ];
        kept.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
}

pub(in crate::vault) fn read_id<E: Error>(text: String) -> Result<Uuid, E> {
    Uuid::try_parse(&text).map_err(|_| E::custom("an id is no GUID"))
}

pub(in crate::vault) fn read_fields(ids: Vec<String>) -> Vec<Field> {
    ids.iter().map(|id| Field::of_id(id)).collect()
}
