//! The roster as JSON. Every bound is checked; what a reader accepts has one spelling only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Member, NUMBER_LIMIT, RECORDS_LIMIT, Record, Roster, seconds};
use crate::vault::crypto::{Key, seal};
use crate::vault::encoding::SecretBuffer;
use crate::vault::encoding::fixed_base64::decode;
use crate::vault::slots::{OriginKeys, OriginName, SLOT_LIMIT, SlotId, is_plain_name};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RosterJson {
    origins: Vec<OriginJson>,
    records: Vec<RecordJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginJson {
    name: String,
    key: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordJson {
    number: u64,
    previous: String,
    merges: String,
    at: String,
    by: String,
    data_key: String,
    origin: String,
    members: Vec<MemberJson>,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberJson {
    slot: String,
    kind: String,
    public_key: String,
    origin: String,
    by: String,
    at: String,
}

/// Adds the roster's JSON to `buffer`.
pub(in crate::vault) fn write(roster: &Roster, buffer: &mut SecretBuffer) {
    let json = RosterJson {
        origins: roster.origins.iter().map(OriginJson::of).collect(),
        records: roster.records.iter().map(RecordJson::of).collect(),
    };
    serde_json::to_writer(buffer, &json).expect("a roster is plain JSON and memory takes it");
}

/// Reads what [`write()`] writes; `None` for anything else. Says nothing about proofs.
pub(in crate::vault) fn read(json: &[u8], vault_id: Uuid) -> Option<Roster> {
    let json: RosterJson = serde_json::from_slice(json).ok()?;
    let bounded =
        (1..=RECORDS_LIMIT).contains(&json.records.len()) && (1..=SLOT_LIMIT + 1).contains(&json.origins.len());
    if !bounded {
        return None;
    }
    let origins = OriginKeys::of(json.origins.iter().map(OriginJson::read).collect::<Option<Vec<_>>>()?)?;
    let records = json.records.into_iter().map(|record| record.read(vault_id)).collect::<Option<Vec<_>>>()?;
    Some(Roster { origins, records, superseded: Vec::new() })
}

impl OriginJson {
    fn of(key: &Key) -> OriginJson {
        OriginJson { name: OriginName::of(key).text(), key: Zeroizing::new(STANDARD.encode(key.bytes())) }
    }

    fn read(&self) -> Option<Key> {
        let mut key = Key::empty();
        let bytes = Zeroizing::new(decode::<32>(&self.key)?);
        key.bytes_mut().copy_from_slice(&bytes[..]);
        (OriginName::of(&key).text() == self.name).then_some(key)
    }
}

impl RecordJson {
    fn of(record: &Record) -> RecordJson {
        RecordJson {
            number: record.number,
            previous: record.previous.map_or_else(String::new, |hash| STANDARD.encode(hash)),
            merges: record.merges.map_or_else(String::new, |hash| STANDARD.encode(hash)),
            at: seconds(record.at),
            by: STANDARD.encode(record.by.0),
            data_key: STANDARD.encode(record.data_key),
            origin: record.origin.text(),
            members: record.members.iter().map(MemberJson::of).collect(),
            signature: STANDARD.encode(record.signature),
        }
    }

    fn read(self, vault_id: Uuid) -> Option<Record> {
        let members = self.members.iter().map(MemberJson::read).collect::<Option<Vec<_>>>()?;
        let doubled = (1..members.len()).any(|at| members[..at].iter().any(|other| other.slot == members[at].slot));
        let hash = |text: &str| if text.is_empty() { Some(None) } else { decode(text).map(Some) };
        let (previous, merges) = (hash(&self.previous)?, hash(&self.merges)?);
        let well_formed =
            (1..=SLOT_LIMIT).contains(&members.len()) && !doubled && (self.number == 1) == previous.is_none();
        if !well_formed || !(1..=NUMBER_LIMIT).contains(&self.number) {
            return None;
        }
        let mut record = Record {
            number: self.number,
            previous,
            merges,
            at: moment(&self.at)?,
            by: SlotId(decode(&self.by)?),
            data_key: decode(&self.data_key)?,
            origin: OriginName::parse(&self.origin)?,
            members,
            signature: decode(&self.signature)?,
            hash: [0; 32],
        };
        record.hash = seal::checksum(&record.statement(vault_id));
        Some(record)
    }
}

impl MemberJson {
    fn of(member: &Member) -> MemberJson {
        MemberJson {
            slot: STANDARD.encode(member.slot.0),
            kind: member.kind.clone(),
            public_key: STANDARD.encode(member.public_key),
            origin: member.origin.text(),
            by: member.by.map_or_else(String::new, |by| STANDARD.encode(by.0)),
            at: seconds(member.at),
        }
    }

    fn read(&self) -> Option<Member> {
        Some(Member {
            slot: SlotId(decode(&self.slot)?),
            kind: Some(&self.kind).filter(|kind| is_plain_name(kind))?.clone(),
            public_key: decode(&self.public_key)?,
            origin: OriginName::parse(&self.origin)?,
            by: if self.by.is_empty() { None } else { Some(SlotId(decode(&self.by)?)) },
            at: moment(&self.at)?,
        })
    }
}

/// Only in the spelling that the statement has.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    (seconds(moment) == text).then_some(moment)
}
