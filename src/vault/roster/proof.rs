//! What a roster proves: that each record follows the one before it, and how two rosters stand to each other.

use uuid::Uuid;

use super::{RECORDS_LIMIT, Record, RecordHash, Roster, data_key_name};
use crate::vault::crypto::{Key, seal, signature};
use crate::vault::slots::{OriginName, Slot, SlotId};

/// What a roster that proves nothing breaks, in words that follow "it was changed: ".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::vault) struct RosterError(pub(in crate::vault) &'static str);

/// The records that were checked before: up to which one, and a digest that no other records have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::vault) struct ProvenRecords {
    /// The newest of them.
    pub(in crate::vault) last: RecordHash,
    /// SHA-256 over the hash and the signature of each record, oldest first.
    pub(in crate::vault) digest: [u8; 32],
}

impl ProvenRecords {
    /// Of records that were checked, oldest first; `None` for a vault of version 1, which has none.
    pub(in crate::vault) fn of(records: &[Record]) -> Option<ProvenRecords> {
        let pieces: Vec<&[u8]> = records.iter().flat_map(|record| [&record.hash[..], &record.signature[..]]).collect();
        Some(ProvenRecords { last: records.last()?.hash, digest: seal::digest(&pieces) })
    }
}

/// How a file's roster stands to the one that is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::vault) enum Relation {
    /// Both end in the same record.
    Same,
    /// The file's goes on from the known one, each step proven.
    Later,
    /// The file's is one that the known one has left behind.
    Earlier,
    /// Both went on from a common record, which has this number.
    Forked(u64),
    /// They have nothing in common.
    Foreign,
}

impl Record {
    /// Whether this record follows `before` by the rules of the format.
    fn follows(&self, before: &Record, vault_id: Uuid) -> Result<(), RosterError> {
        if self.number != before.number.wrapping_add(1) || self.previous != Some(before.hash) {
            return Err(RosterError("the records of its unlock methods are not in sequence"));
        }
        let author =
            before.member(self.by).ok_or(RosterError("someone who could not unlock it changed its unlock methods"))?;
        if !signature::verify(&author.public_key, &self.statement(vault_id), &self.signature) {
            return Err(RosterError("a change of its unlock methods has a wrong signature"));
        }
        for member in &self.members {
            let in_order = match before.member(member.slot) {
                Some(known) => known == member,
                None => member.by == Some(self.by),
            };
            if !in_order {
                return Err(RosterError("it names the wrong person as having added an unlock method"));
            }
        }
        let somebody_left = before.members.iter().any(|member| self.member(member.slot).is_none());
        if somebody_left && (self.data_key == before.data_key || self.origin == before.origin) {
            return Err(RosterError("an unlock method was removed and the keys were not changed"));
        }
        Ok(())
    }

    /// The members' slots and public keys.
    pub(in crate::vault) fn keys(&self) -> Vec<(SlotId, [u8; 32])> {
        self.members.iter().map(|member| (member.slot, member.public_key)).collect()
    }

    /// Whether the first record of a vault is signed by one of its own members.
    fn begins(&self, vault_id: Uuid) -> bool {
        self.member(self.by)
            .is_some_and(|author| signature::verify(&author.public_key, &self.statement(vault_id), &self.signature))
    }
}

impl Roster {
    /// Checks that every record follows the one before it, and that the last one lists these slots under this data key.
    /// Records that are bit for bit those that were `proven` before need no second proof: each signature takes a tenth of a
    /// millisecond, at every open.
    pub(in crate::vault) fn check(
        &self,
        vault_id: Uuid,
        slots: &[Slot],
        data_key: &Key,
        proven: Option<&ProvenRecords>,
    ) -> Result<(), RosterError> {
        let checked = self.proven_count(proven);
        let first = self.records.first().ok_or(RosterError("the list of its unlock methods is missing"))?;
        if first.number != 1 && self.records.len() < RECORDS_LIMIT {
            return Err(RosterError("earlier records of its unlock methods were removed"));
        }
        if checked == 0 && first.number == 1 && !first.begins(vault_id) {
            return Err(RosterError("the first record of its unlock methods has a wrong signature"));
        }
        for pair in self.records[checked.saturating_sub(1)..].windows(2) {
            pair[1].follows(&pair[0], vault_id)?;
        }
        let last = self.last().ok_or(RosterError("the list of its unlock methods is missing"))?;
        if !last.lists(slots) || last.data_key != data_key_name(data_key) {
            return Err(RosterError("the list of its unlock methods does not match its header"));
        }
        if checked < self.records.len() && !last.members.iter().all(|member| signature::is_usable(&member.public_key)) {
            return Err(RosterError("an unlock method has a key that is publicly known"));
        }
        let origins = last.members.iter().map(|member| member.origin).chain([last.origin]);
        if origins.into_iter().any(|name| self.origins.find(name).is_none()) {
            return Err(RosterError("a key that its slots need is not in it"));
        }
        if OriginName::of(self.current_origin()) != last.origin {
            return Err(RosterError("the keys for new slots are not the last ones"));
        }
        Ok(())
    }

    /// How many of its oldest records are those that were `proven`: all of them or none.
    fn proven_count(&self, proven: Option<&ProvenRecords>) -> usize {
        let Some(proven) = proven else { return 0 };
        let count = self.records.iter().position(|record| record.hash == proven.last).map_or(0, |last| last + 1);
        if ProvenRecords::of(&self.records[..count]).as_ref() == Some(proven) { count } else { 0 }
    }

    /// Whether these records come after the one with this hash and these members: it is one of them, or was joined with them by
    /// somebody who was among its members.
    pub(in crate::vault) fn comes_after(&self, hash: &RecordHash, members: &[(SlotId, [u8; 32])]) -> bool {
        let joined = |record: &Record| {
            let signer = record.member(record.by).map(|member| (record.by, member.public_key));
            record.merges == Some(*hash) && signer.is_some_and(|signer| members.contains(&signer))
        };
        self.find(hash).is_some() || self.superseded.contains(hash) || self.records.iter().any(joined)
    }

    /// The record with this hash.
    pub(in crate::vault) fn find(&self, hash: &RecordHash) -> Option<&Record> {
        self.records.iter().rev().find(|record| record.hash == *hash)
    }

    /// How `theirs` stands to this roster. Both were [checked](Roster::check).
    pub(in crate::vault) fn relation(&self, theirs: &Roster) -> Relation {
        let (Some(mine_last), Some(theirs_last)) = (self.last(), theirs.last()) else { return Relation::Foreign };
        if mine_last.hash == theirs_last.hash {
            return Relation::Same;
        }
        if theirs.comes_after(&mine_last.hash, &mine_last.keys()) {
            return Relation::Later;
        }
        if self.find(&theirs_last.hash).is_some() {
            return Relation::Earlier;
        }
        let common = theirs.records.iter().rev().find(|record| self.find(&record.hash).is_some());
        common.map_or(Relation::Foreign, |common| Relation::Forked(common.number))
    }

    /// The key pair of this slot in the newest record, when the slot is a member there.
    pub(in crate::vault) fn public_key(&self, slot: SlotId) -> Option<[u8; 32]> {
        self.last()?.member(slot).map(|member| member.public_key)
    }

    /// Whether a vault with this roster takes `theirs` for an earlier state of its own: it has left its last record behind, or
    /// was joined with it. A vault of version 1 has nothing to compare.
    pub(in crate::vault) fn knows(&self, theirs: &Roster) -> bool {
        let Some(last) = theirs.last() else { return true };
        self.find(&last.hash).is_some()
            || matches!(self.relation(theirs), Relation::Forked(common) if self.vouches_for(theirs, common))
    }

    /// Whether `by` itself added this slot, in a record after the one with this number, and did not only join branches.
    pub(in crate::vault) fn was_added_by(&self, slot: SlotId, by: SlotId, after: u64) -> bool {
        let first = self.records.iter().find(|record| record.number > after && record.member(slot).is_some());
        first.is_some_and(|record| record.by == by && record.merges.is_none())
    }

    /// Whether everybody who changed the members in `theirs` after the record with this number is a member here.
    pub(in crate::vault) fn vouches_for(&self, theirs: &Roster, after: u64) -> bool {
        let Some(last) = self.last() else { return false };
        theirs.records.iter().filter(|record| record.number > after).all(|record| {
            let author = record.by;
            last.member(author).is_some_and(|member| {
                // The same salt with another key pair would be somebody else.
                let there = theirs.records.iter().filter_map(|record| record.member(author));
                there.into_iter().all(|same| same.public_key == member.public_key)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SecretText;
    use crate::vault::slots::KdfParameters;
    use crate::vault::unlocked::Vault;

    /// A vault whose roster has three records.
    fn vault() -> Vault {
        let folder = tempfile::tempdir().expect("a folder");
        let passphrase = SecretText::new(Uuid::new_v4().to_string());
        let path = folder.path().join("roster.a365vault");
        let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
        for _ in 0..2 {
            vault.add_recovery_key().expect("added, or in the place of the first");
        }
        assert_eq!(vault.state.roster.records.len(), 3);
        vault
    }

    fn check(vault: &Vault, roster: &Roster, proven: Option<&ProvenRecords>) -> Result<(), RosterError> {
        let header = &vault.state.header;
        roster.check(header.vault_id, &header.slots, vault.data_key(), proven)
    }

    #[test]
    fn a_wrong_signature_is_found_whatever_was_proven_of_the_right_records() {
        let vault = vault();
        let roster = &vault.state.roster;
        for spoilt in 0..3 {
            let mut changed = roster.clone();
            changed.records[spoilt].signature[9] ^= 1;
            for proven in 0..=3 {
                let proven = ProvenRecords::of(&roster.records[..proven]);
                assert_eq!(check(&vault, roster, proven.as_ref()), Ok(()));
                assert!(check(&vault, &changed, proven.as_ref()).is_err(), "record {spoilt}, {proven:?}");
            }
        }
    }

    #[test]
    fn records_that_were_proven_are_not_verified_again_and_those_after_them_are() {
        let vault = vault();
        let mut changed = vault.state.roster.clone();
        changed.records[1].signature[9] ^= 1;
        let [one, two, three] = [1, 2, 3].map(|count| ProvenRecords::of(&changed.records[..count]));
        assert!(check(&vault, &changed, one.as_ref()).is_err());
        assert_eq!(check(&vault, &changed, two.as_ref()), Ok(()));
        assert_eq!(check(&vault, &changed, three.as_ref()), Ok(()));
        changed.records[2].number += 1;
        assert!(check(&vault, &changed, two.as_ref()).is_err(), "a record after them is not in sequence");
    }
}
