//! What a profile keeps of the renewals of its client secret, as JSON. Members that only a newer version knows travel
//! inside each object as JSON text of their own.

use chrono::{DateTime, NaiveDate, Utc};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret_json::{SecretOut, decode_secret};
use crate::profile::{ClientSecret, FormerSecret, MadeBy, RenewalInProgress, Renewed, SecretText, UccUpdate};
use crate::rfc3339::Rfc3339;
use crate::vault::encoding::{KeptValue, SecretBuffer};

/// A renewal on its way into the file.
pub(in crate::vault) struct RenewalOut<'a>(pub(in crate::vault) &'a RenewalInProgress);

impl Serialize for RenewalOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let renewal = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("started", &Rfc3339(renewal.started))?;
        if let Some(secret) = &renewal.new_secret {
            map.serialize_entry("new_secret", &SecretOut(secret.expose()))?;
        }
        if let Some(date) = &renewal.new_expires {
            map.serialize_entry("new_expires", date)?;
        }
        if let Some(id) = &renewal.key_id {
            map.serialize_entry("key_id", id)?;
        }
        if let Some(at) = renewal.tested {
            map.serialize_entry("tested", &Rfc3339(at))?;
        }
        write_newer(&mut map, &renewal.newer)?;
        map.end()
    }
}

/// A former secret on its way into the file.
pub(in crate::vault) struct FormerOut<'a>(pub(in crate::vault) &'a FormerSecret);

impl Serialize for FormerOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let former = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("secret", &SecretOut(former.secret.expose()))?;
        if let Some(date) = &former.expires {
            map.serialize_entry("expires", date)?;
        }
        map.serialize_entry("replaced_at", &Rfc3339(former.replaced_at))?;
        if let Some(id) = &former.key_id {
            map.serialize_entry("key_id", id)?;
        }
        write_newer(&mut map, &former.newer)?;
        map.end()
    }
}

/// Whether the UCC has the new secret, on its way into the file.
pub(in crate::vault) struct UccUpdateOut<'a>(pub(in crate::vault) &'a UccUpdate);

impl Serialize for UccUpdateOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let update = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("replaced_at", &Rfc3339(update.replaced_at))?;
        if let Some(date) = &update.former_expires {
            map.serialize_entry("former_expires", date)?;
        }
        if let Some(at) = update.done {
            map.serialize_entry("done", &Rfc3339(at))?;
        }
        write_newer(&mut map, &update.newer)?;
        map.end()
    }
}

/// A renewal that was carried out, on its way into the file.
pub(in crate::vault) struct RenewedOut<'a>(pub(in crate::vault) &'a Renewed);

impl Serialize for RenewedOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let renewed = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &Rfc3339(renewed.at))?;
        if let Some(date) = &renewed.expires {
            map.serialize_entry("expires", date)?;
        }
        map.serialize_entry("made_by", renewed.made_by.id())?;
        if let Some(id) = &renewed.key_id {
            map.serialize_entry("key_id", id)?;
        }
        write_newer(&mut map, &renewed.newer)?;
        map.end()
    }
}

/// Reads a renewal; `None` when it has not the shape that this version knows.
pub(in crate::vault) fn read_renewal(json: &KeptValue) -> Option<RenewalInProgress> {
    let object = Object::of(json, &["started", "new_secret", "new_expires", "key_id", "tested"])?;
    Some(RenewalInProgress {
        started: object.moment("started")??,
        new_secret: object.secret("new_secret")?,
        new_expires: object.date("new_expires")?,
        key_id: object.id("key_id")?,
        tested: object.moment("tested")?,
        newer: object.newer(),
    })
}

/// Reads a former secret likewise.
pub(in crate::vault) fn read_former(json: &KeptValue) -> Option<FormerSecret> {
    let object = Object::of(json, &["secret", "expires", "replaced_at", "key_id"])?;
    Some(FormerSecret {
        secret: object.secret("secret")??,
        expires: object.date("expires")?,
        replaced_at: object.moment("replaced_at")??,
        key_id: object.id("key_id")?,
        newer: object.newer(),
    })
}

/// Reads whether the UCC has the new secret likewise.
pub(in crate::vault) fn read_ucc_update(json: &KeptValue) -> Option<UccUpdate> {
    let object = Object::of(json, &["replaced_at", "former_expires", "done"])?;
    Some(UccUpdate {
        replaced_at: object.moment("replaced_at")??,
        former_expires: object.date("former_expires")?,
        done: object.moment("done")?,
        newer: object.newer(),
    })
}

/// Reads the renewals so far likewise.
pub(in crate::vault) fn read_renewals(json: &KeptValue) -> Option<Vec<Renewed>> {
    let all = json.list()?;
    all[all.len().saturating_sub(Renewed::LIMIT)..].iter().map(read_renewed).collect()
}

fn read_renewed(json: &KeptValue) -> Option<Renewed> {
    let object = Object::of(json, &["at", "expires", "made_by", "key_id"])?;
    Some(Renewed {
        at: object.moment("at")??,
        expires: object.date("expires")?,
        made_by: MadeBy::of_id(object.text("made_by")??),
        key_id: object.id("key_id")?,
        newer: object.newer(),
    })
}

/// An object of which this version knows some members.
struct Object<'a> {
    members: &'a [(String, KeptValue)],
    known: &'static [&'static str],
}

impl<'a> Object<'a> {
    fn of(json: &'a KeptValue, known: &'static [&'static str]) -> Option<Object<'a>> {
        Some(Object { members: json.members()?, known })
    }

    /// A member's text: `Some(None)` when it is not there, `None` when it is no text. So are the readers below.
    fn text(&self, name: &str) -> Option<Option<&'a str>> {
        match self.members.iter().find(|(known, _)| known == name) {
            None => Some(None),
            Some((_, value)) => value.text().map(Some),
        }
    }

    fn read<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
        match self.text(name)? {
            None => Some(None),
            Some(text) => read(text).map(Some),
        }
    }

    fn moment(&self, name: &str) -> Option<Option<DateTime<Utc>>> {
        self.read(name, |text| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))
    }

    fn date(&self, name: &str) -> Option<Option<NaiveDate>> {
        self.read(name, |text| text.parse().ok())
    }

    fn id(&self, name: &str) -> Option<Option<Uuid>> {
        self.read(name, |text| Uuid::try_parse(text).ok())
    }

    fn secret(&self, name: &str) -> Option<Option<ClientSecret>> {
        self.read(name, |text| ClientSecret::parse_exact(decode_secret(text)?.expose()).ok())
    }

    /// The members that this version does not know, as JSON text.
    fn newer(&self) -> SecretText {
        let unknown = self.members.iter().filter(|(name, _)| !self.known.contains(&name.as_str()));
        let unknown: Vec<_> = unknown.cloned().collect();
        if unknown.is_empty() {
            return SecretText::default();
        }
        let mut buffer = SecretBuffer::with_capacity(256);
        let written = serde_json::to_writer(&mut buffer, &KeptValue::Object(unknown));
        written.expect("kept values are plain JSON and memory takes it");
        SecretText::from(std::str::from_utf8(buffer.bytes_mut()).expect("JSON is UTF-8"))
    }
}

/// Writes such members back.
fn write_newer<M: SerializeMap>(map: &mut M, newer: &SecretText) -> Result<(), M::Error> {
    if newer.is_empty() {
        return Ok(());
    }
    let mut reader = serde_json::Deserializer::from_str(newer.expose());
    let members = KeptValue::deserialize(&mut reader).ok();
    for (name, value) in members.iter().filter_map(KeptValue::members).flatten() {
        map.serialize_entry(name, value)?;
    }
    Ok(())
}
