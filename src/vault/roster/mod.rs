//! The roster: who could open the vault from one save to the next, and the proof that each change of it was made by somebody
//! who could at that time.
//!
//! A member is a key slot. Each [`Record`] lists the members and is signed by a member of the record before it, so that a
//! reader who knows one record can follow the later ones. In: the header's slots, keys, records as read. Out: the next
//! record, and how two rosters stand to each other. Nothing here reads or writes files.

mod proof;
mod roster_json;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use uuid::Uuid;

use super::error::VaultError;
use super::seal::{self, Key};
use super::signature::{self, SIGNATURE_LENGTH};
use super::slots::{Slot, SlotId};
use super::surroundings::Surroundings;
use crate::rfc3339;

pub(super) use proof::{Relation, Untrue};
pub(super) use roster_json::{read, write};

/// How many records a roster keeps. One that was cut has exactly as many.
pub(super) const RECORDS_LIMIT: usize = 64;
/// The highest number of a record: further than anybody changes members.
pub(super) const NUMBER_LIMIT: u64 = 1 << 53;

/// Names an origin key without telling it: the first 8 bytes of a digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct OriginName(pub(super) [u8; 8]);

impl OriginName {
    /// `SHA-256("a365vault v2 origin key" ‖ key)`, the first 8 bytes.
    pub(super) fn of(key: &Key) -> OriginName {
        let digest = seal::digest(&[b"a365vault v2 origin key", key.bytes()]);
        OriginName(*digest.first_chunk().expect("a digest has 32 bytes"))
    }

    /// Reads what [`OriginName::text`] writes.
    pub(super) fn parse(text: &str) -> Option<OriginName> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hex.then(|| u64::from_str_radix(text, 16).ok().map(|name| OriginName(name.to_be_bytes()))).flatten()
    }

    /// 16 lower-case hexadecimal digits.
    pub(super) fn text(self) -> String {
        format!("{:016x}", u64::from_be_bytes(self.0))
    }
}

/// A key slot as a record lists it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) slot: SlotId,
    pub(super) kind: String,
    pub(super) public_key: [u8; 32],
    pub(super) origin: OriginName,
    /// The slot that added it; `None` when that was in version 1, which did not record it.
    pub(super) by: Option<SlotId>,
    pub(super) at: DateTime<Utc>,
}

/// The digest that names a record.
pub(super) type RecordHash = [u8; 32];

/// Who the members are from one save on.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) number: u64,
    pub(super) previous: Option<RecordHash>,
    /// The last record of another branch, which this one supersedes as well: the signer was a member of both.
    pub(super) merges: Option<RecordHash>,
    pub(super) at: DateTime<Utc>,
    pub(super) by: SlotId,
    /// [`data_key_name`] of the data key.
    pub(super) data_key: [u8; 32],
    /// What new slots are wrapped with.
    pub(super) origin: OriginName,
    pub(super) members: Vec<Member>,
    pub(super) signature: [u8; SIGNATURE_LENGTH],
    /// Of the statement; kept because it is asked for often.
    pub(super) hash: RecordHash,
}

/// The members over time, and the origin keys that their slots hold. Empty for a vault of version 1.
#[derive(Clone, Default)]
pub(super) struct Roster {
    /// The one that new slots get is the last.
    origins: Vec<Key>,
    /// Oldest first.
    records: Vec<Record>,
    /// The records of a branch that was joined with these, oldest first: the next record supersedes them.
    superseded: Vec<RecordHash>,
}

/// A slot that signs.
#[derive(Clone, Copy)]
pub(super) struct Signer<'k> {
    pub(super) slot: SlotId,
    pub(super) private_key: &'k Key,
}

/// Names a data key without telling it:
/// `HKDF-SHA-256(IKM = data key, salt = 32 zero bytes, "a365vault v2 data key name")`.
pub(super) fn data_key_name(data_key: &Key) -> [u8; 32] {
    let name = seal::derived_key(data_key.bytes(), &[0; 32], "a365vault v2 data key name");
    name.bytes().try_into().expect("a key has 32 bytes")
}

impl Record {
    /// The text that is signed, and whose digest names the record.
    pub(super) fn statement(&self, vault_id: Uuid) -> Vec<u8> {
        let mut text = format!(
            "a365vault v2 roster|{}|{}|{}|{}|{}|{}|{}|{}\n",
            vault_id.hyphenated(),
            self.number,
            self.previous.map_or_else(String::new, |hash| STANDARD.encode(hash)),
            self.merges.map_or_else(String::new, |hash| STANDARD.encode(hash)),
            seconds(self.at),
            STANDARD.encode(self.by.0),
            STANDARD.encode(self.data_key),
            self.origin.text(),
        );
        for member in &self.members {
            let fields = [
                STANDARD.encode(member.slot.0),
                member.kind.clone(),
                STANDARD.encode(member.public_key),
                member.origin.text(),
                member.by.map_or_else(String::new, |by| STANDARD.encode(by.0)),
                seconds(member.at),
            ];
            text.push_str(&fields.join("|"));
            text.push('\n');
        }
        text.into_bytes()
    }

    /// The member with this slot.
    pub(super) fn member(&self, slot: SlotId) -> Option<&Member> {
        self.members.iter().find(|member| member.slot == slot)
    }

    /// Whether the slots are these members, in this order.
    pub(super) fn lists(&self, slots: &[Slot]) -> bool {
        self.members.len() == slots.len()
            && self.members.iter().zip(slots).all(|(member, slot)| {
                member.slot == slot.id()
                    && member.kind == slot.kind_name()
                    && Some(member.public_key) == slot.public_key()
                    && Some(member.origin) == slot.origin()
            })
    }

    fn signed(mut self, vault_id: Uuid, signer: Signer<'_>, machine: &dyn Surroundings) -> Result<Record, VaultError> {
        let statement = self.statement(vault_id);
        self.hash = seal::checksum(&statement);
        self.signature = signature::sign(signer.private_key, &statement, machine)?;
        Ok(self)
    }
}

impl Roster {
    /// Of a vault that is created, or that was read as version 1: an origin key and no records.
    pub(super) fn beginning_with(origin: &Key) -> Roster {
        Roster { origins: vec![origin.clone()], records: Vec::new(), superseded: Vec::new() }
    }

    /// The newest record; `None` for a vault of version 1.
    pub(super) fn last(&self) -> Option<&Record> {
        self.records.last()
    }

    /// The records, oldest first.
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    /// The origin key with this name.
    pub(super) fn origin(&self, name: OriginName) -> Option<&Key> {
        self.origins.iter().find(|key| OriginName::of(key) == name)
    }

    /// The origin key that new slots get.
    pub(super) fn current_origin(&self) -> &Key {
        self.origins.last().expect("a roster is made with an origin key")
    }

    /// Takes a fresh origin key into use.
    pub(super) fn rotate_origin(&mut self, fresh: Key) {
        self.origins.push(fresh);
    }

    /// The next record supersedes what `other` has and these records do not, as far as both have a record in common.
    pub(super) fn supersede(&mut self, other: &Roster) {
        let only_there = other.records.iter().filter(|record| self.find(&record.hash).is_none());
        self.superseded = only_there.map(|record| record.hash).collect();
    }

    /// Knows an origin key that a new slot holds; the one in use stays.
    pub(super) fn know_origin(&mut self, key: &Key) {
        if self.origin(OriginName::of(key)).is_none() {
            self.origins.insert(0, key.clone());
        }
    }

    /// Takes in the origin keys of another branch; the one in use stays.
    pub(super) fn unite_origins(&mut self, other: &Roster) {
        other.origins.iter().for_each(|key| self.know_origin(key));
    }

    /// Lists these slots from now on, in a new record signed by `signer`, when the last one does not do so already.
    /// Origin keys that no slot holds are forgotten, except the one in use.
    pub(super) fn list(
        &mut self,
        vault_id: Uuid,
        slots: &[Slot],
        data_key: &Key,
        signer: Signer<'_>,
        surroundings: &dyn Surroundings,
    ) -> Result<(), VaultError> {
        let data_key = data_key_name(data_key);
        if self.last().is_some_and(|last| last.lists(slots) && last.data_key == data_key) && self.superseded.is_empty()
        {
            return Ok(());
        }
        let now = rfc3339::within_its_years(surroundings.now()).trunc_subsecs(0);
        let last = self.last();
        let number = last.map_or(1, |last| last.number.saturating_add(1));
        if number > NUMBER_LIMIT {
            return Err(VaultError::GenerationsUsedUp);
        }
        let mut members = Vec::with_capacity(slots.len());
        for slot in slots {
            let id = slot.id();
            let known = last.and_then(|last| last.member(id)).cloned();
            // A vault that is created is begun by its first slot; what comes from version 1 was added by nobody knows whom.
            let by = if last.is_some() || slots.len() == 1 { Some(signer.slot) } else { None };
            let fresh = || {
                let (public_key, origin) = (slot.public_key()?, slot.origin()?);
                Some(Member { slot: id, kind: slot.kind_name().to_owned(), public_key, origin, by, at: now })
            };
            members.extend(known.or_else(fresh));
        }
        let record = Record {
            number,
            previous: last.map(|last| last.hash),
            merges: self.superseded.last().copied(),
            at: now,
            by: signer.slot,
            data_key,
            origin: OriginName::of(self.current_origin()),
            members,
            signature: [0; SIGNATURE_LENGTH],
            hash: [0; 32],
        };
        self.records.push(record.signed(vault_id, signer, surroundings)?);
        self.superseded.clear();
        let surplus = self.records.len().saturating_sub(RECORDS_LIMIT);
        self.records.drain(..surplus);
        let held: Vec<OriginName> = slots.iter().filter_map(Slot::origin).collect();
        let in_use = self.origins.len() - 1;
        let mut place = 0;
        self.origins.retain(|key| {
            let stays = place == in_use || held.contains(&OriginName::of(key));
            place += 1;
            stays
        });
        Ok(())
    }
}

/// Whole seconds, UTC, as the format writes them.
fn seconds(at: DateTime<Utc>) -> String {
    rfc3339::text(at, SecondsFormat::Secs)
}
