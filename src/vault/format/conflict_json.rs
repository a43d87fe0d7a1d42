//! Conflicts and remembered removals as JSON.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::history_json::{ids, read_fields, read_id};
use crate::rfc3339::Rfc3339;
use crate::vault::contents::Conflict;
use crate::vault::encoding::{KeptValue, Names};
use crate::vault::stored_profile::{ProfileIn, ProfileOut};
use crate::vault::who::Who;

/// A conflict on its way into the file.
pub(in crate::vault) struct ConflictOut<'a>(pub(in crate::vault) &'a Conflict);

impl Serialize for ConflictOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let conflict = self.0;
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("id", &conflict.id)?;
        map.serialize_entry("profile", &conflict.profile)?;
        map.serialize_entry("found", &Rfc3339(conflict.found))?;
        map.serialize_entry("account", &conflict.who.account)?;
        map.serialize_entry("machine", &conflict.who.machine)?;
        map.serialize_entry("fields", &ids(&conflict.fields))?;
        map.serialize_entry("other", &ProfileOut { profile: &conflict.other, kept: &conflict.kept })?;
        for (name, value) in &conflict.kept_of_conflict {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A conflict on its way out of the file.
pub(in crate::vault) struct ConflictIn(pub(in crate::vault) Conflict);

impl<'de> Deserialize<'de> for ConflictIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ConflictIn, D::Error> {
        deserializer.deserialize_map(ConflictVisitor)
    }
}

struct ConflictVisitor;

impl<'de> Visitor<'de> for ConflictVisitor {
    type Value = ConflictIn;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a conflict")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ConflictIn, A::Error> {
        let (mut id, mut profile, mut other) = (None, None, None::<ProfileIn>);
        let mut found = None::<DateTime<Utc>>;
        let mut who = Who::default();
        let mut fields = Vec::new();
        let mut kept_of_conflict: Vec<(String, KeptValue)> = Vec::new();
        let mut names = Names::default();
        while let Some(name) = map.next_key::<String>()? {
            names.once(&name)?;
            match name.as_str() {
                "id" => id = Some(read_id(map.next_value()?)?),
                "profile" => profile = Some(read_id(map.next_value()?)?),
                "found" => found = Some(map.next_value::<Rfc3339>()?.0),
                "account" => who.account = map.next_value()?,
                "machine" => who.machine = map.next_value()?,
                "fields" => fields = read_fields(map.next_value()?),
                "other" => other = Some(map.next_value()?),
                _ => {
                    let value = map.next_value()?;
                    kept_of_conflict.push((name, value));
                }
            }
        }
        let (Some(id), Some(profile), Some(found), Some(other)) = (id, profile, found, other) else {
            return Err(A::Error::custom("a conflict lacks its id, profile, found or other"));
        };
        let (other, kept) = (other.profile, other.kept);
        Ok(ConflictIn(Conflict { id, profile, found, who, fields, other, kept, kept_of_conflict }))
    }
}

/// A removal: its id and its time.
pub(in crate::vault) struct DeletedOut<'a>(pub(in crate::vault) &'a (Uuid, DateTime<Utc>));

impl Serialize for DeletedOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0.0, Rfc3339(self.0.1)).serialize(serializer)
    }
}

/// The same, read.
pub(in crate::vault) struct DeletedIn(pub(in crate::vault) (Uuid, DateTime<Utc>));

impl<'de> Deserialize<'de> for DeletedIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DeletedIn, D::Error> {
        let (id, at) = <(String, Rfc3339)>::deserialize(deserializer)?;
        Ok(DeletedIn((read_id(id)?, at.0)))
    }
}
