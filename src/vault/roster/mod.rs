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

use crate::rfc3339;
use crate::vault::crypto::{Key, SIGNATURE_LENGTH, seal, signature};
use crate::vault::error::VaultError;
use crate::vault::slots::{OriginKeys, OriginName, Slot, SlotId};
use crate::vault::surroundings::Surroundings;

pub(in crate::vault) use proof::{ProvenRecords, Relation, RosterError};
pub(in crate::vault) use roster_json::{read, write};

/// How many records a roster keeps. One that was cut has exactly as many.
pub(in crate::vault) const RECORDS_LIMIT: usize = 64;
/// The highest number of a record: further than anybody changes members.
pub(in crate::vault) const NUMBER_LIMIT: u64 = 1 << 53;

/// A key slot as a record lists it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::vault) struct Member {
    pub(in crate::vault) slot: SlotId,
    pub(in crate::vault) kind: String,
    pub(in crate::vault) public_key: [u8; 32],
    pub(in crate::vault) origin: OriginName,
    /// The slot that added it; `None` when that was in version 1, which did not record it.
    pub(in crate::vault) by: Option<SlotId>,
    pub(in crate::vault) at: DateTime<Utc>,
}

/// The digest that names a record.
pub(in crate::vault) type RecordHash = [u8; 32];

/// Who the members are from one save on.
#[derive(Clone)]
pub(in crate::vault) struct Record {
    pub(in crate::vault) number: u64,
    pub(in crate::vault) previous: Option<RecordHash>,
    /// The last record of another branch, which this one supersedes as well: the signer was a member of both.
    pub(in crate::vault) merges: Option<RecordHash>,
    pub(in crate::vault) at: DateTime<Utc>,
    pub(in crate::vault) by: SlotId,
    /// [`data_key_name`] of the data key.
    pub(in crate::vault) data_key: [u8; 32],
    /// What new slots are wrapped with.
    pub(in crate::vault) origin: OriginName,
    pub(in crate::vault) members: Vec<Member>,
    pub(in crate::vault) signature: [u8; SIGNATURE_LENGTH],
    /// Of the statement; kept because it is asked for often.
    pub(in crate::vault) hash: RecordHash,
}

/// The members over time, and the origin keys that their slots hold. Empty for a vault of version 1.
#[derive(Clone)]
pub(in crate::vault) struct Roster {
    origins: OriginKeys,
    /// Oldest first.
    records: Vec<Record>,
    /// The records of a branch that was joined with these, oldest first: the next record supersedes them.
    superseded: Vec<RecordHash>,
}

/// A slot that signs.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Signer<'k> {
    pub(in crate::vault) slot: SlotId,
    pub(in crate::vault) private_key: &'k Key,
}

/// Names a data key without telling it:
/// `HKDF-SHA-256(IKM = data key, salt = 32 zero bytes, "a365vault v2 data key name")`.
pub(in crate::vault) fn data_key_name(data_key: &Key) -> [u8; 32] {
    let name = seal::derived_key(data_key.bytes(), &[0; 32], "a365vault v2 data key name");
    name.bytes().try_into().expect("a key has 32 bytes")
}

impl Record {
    /// The text that is signed, and whose digest names the record.
    pub(in crate::vault) fn statement(&self, vault_id: Uuid) -> Vec<u8> {
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
    pub(in crate::vault) fn member(&self, slot: SlotId) -> Option<&Member> {
        self.members.iter().find(|member| member.slot == slot)
    }

    /// Whether the slots are these members, in this order.
    pub(in crate::vault) fn lists(&self, slots: &[Slot]) -> bool {
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
    pub(in crate::vault) fn beginning_with(origin: &Key) -> Roster {
        Roster { origins: OriginKeys::beginning_with(origin), records: Vec::new(), superseded: Vec::new() }
    }

    /// The newest record; `None` for a vault of version 1.
    pub(in crate::vault) fn last(&self) -> Option<&Record> {
        self.records.last()
    }

    /// The records, oldest first.
    pub(in crate::vault) fn records(&self) -> &[Record] {
        &self.records
    }

    /// What is remembered of its records, once they were checked.
    pub(in crate::vault) fn proven(&self) -> Option<ProvenRecords> {
        ProvenRecords::of(&self.records)
    }

    /// The origin keys that its slots hold.
    pub(in crate::vault) fn origin_keys(&self) -> &OriginKeys {
        &self.origins
    }

    /// The origin key that new slots get.
    pub(in crate::vault) fn current_origin(&self) -> &Key {
        self.origins.current()
    }

    /// Takes a fresh origin key into use.
    pub(in crate::vault) fn rotate_origin(&mut self, fresh: Key) {
        self.origins.rotate(fresh);
    }

    /// The next record supersedes what `other` has and these records do not, as far as both have a record in common.
    pub(in crate::vault) fn supersede(&mut self, other: &Roster) {
        let only_there = other.records.iter().filter(|record| self.find(&record.hash).is_none());
        self.superseded = only_there.map(|record| record.hash).collect();
    }

    /// Takes in the origin keys of another branch; the one in use stays.
    pub(in crate::vault) fn unite_origins(&mut self, other: &Roster) {
        other.origins.iter().for_each(|key| self.origins.add(key));
    }

    /// Lists these slots from now on, in a new record signed by `signer`, when the last one does not do so already.
    /// Origin keys that no slot holds are forgotten, except the one in use.
    pub(in crate::vault) fn list(
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
        self.origins.retain(&held);
        Ok(())
    }
}

/// Whole seconds, UTC, as the format writes them.
fn seconds(at: DateTime<Utc>) -> String {
    rfc3339::text(at, SecondsFormat::Secs)
}
