//! Taking over what others saved while the vault is open: only from those who can prove that they may, and without losing what
//! was saved here.

use std::path::Path;

use super::Vault;
use super::own_slot::OwnSlot;
use crate::counted::counted;
use crate::vault::contents::{Contents, Descent, HistoryKind, MergeSummary, Merged, merge};
use crate::vault::crypto::Key;
use crate::vault::error::{Unproven, VaultError, shown};
use crate::vault::format::{ReadVault, work_fits};
use crate::vault::format_version::FormatVersion;
use crate::vault::roster::Relation;
use crate::vault::slots::{SLOT_LIMIT, Slot, SlotId};
use crate::vault::state::{NextState, State};

/// What looking at the file again has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The file is as it was.
    Unchanged,
    /// Others saved, and that was read.
    Read,
    /// An earlier state was put in the file's place from outside, without what this open vault saved since. It was read.
    SetBack,
    /// Others saved without what this open vault had saved before. Both were merged, and the merge was saved.
    Merged(MergeSummary),
}

impl Refreshed {
    /// Whether the contents may be others than before.
    pub fn is_changed(&self) -> bool {
        *self != Refreshed::Unchanged
    }
}

impl Vault {
    /// Takes over what is on the disk, if it is not what this state came from. A merge that this needs is in memory
    /// afterwards, and part of the next save. What does not prove that it may be taken over is refused, and memory stays
    /// as it is.
    pub(super) fn adopt(&mut self, found: ReadVault) -> Result<Refreshed, VaultError> {
        if found.checksum == self.state.disk.checksum {
            return Ok(Refreshed::Unchanged);
        }
        if found.header.vault_id != self.state.header.vault_id {
            return Err(VaultError::Replaced { path: shown(&self.path) });
        }
        let path = || shown(&self.path);
        if found.header.version < self.state.header.version {
            return Err(VaultError::Unproven { path: path(), why: Unproven::EarlierFormat });
        }
        let data_key = self.data_key_of(&found).ok_or_else(|| VaultError::PassphraseChanged { path: path() })?;
        let author = found.header.author;
        let proven = self.state.roster.proven();
        let mut theirs = State::read(found, data_key, &self.own.keys.origin_key, proven.as_ref(), &self.path)?;
        theirs.contents.accept_clouds(&self.clouds);
        let relation = self.relation_to(&theirs, author)?;
        let refreshed = self.adopt_contents(&mut theirs, relation)?;
        let dropped = self.adopt_keys(&mut theirs, relation)?;
        // Another window of this account may have seen more than this one.
        let standing = self.check_against_seen(&theirs)?;
        self.state = theirs;
        self.set_standing(standing);
        self.notices.extend(dropped);
        self.remember();
        Ok(refreshed)
    }

    /// How the members in the file stand to those in memory, when it may be taken over.
    fn relation_to(&self, theirs: &State, author: Option<SlotId>) -> Result<Relation, VaultError> {
        let unproven = |why| VaultError::Unproven { path: shown(&self.path), why };
        let mine = &self.state.roster;
        if mine.last().is_none() {
            // Version 1 proves nothing; the file was opened by this vault's own slot, and is newer.
            return Ok(if self.has_my_key(theirs) { Relation::Same } else { Relation::Later });
        }
        let same_key = self.has_my_key(theirs);
        let relation = mine.relation(&theirs.roster);
        // Under the same data key nobody was removed, so the one who saved is a member.
        let is_member = || {
            author.is_some_and(|it| mine.public_key(it).is_some_and(|key| theirs.roster.public_key(it) == Some(key)))
        };
        match relation {
            Relation::Same | Relation::Later => Ok(relation),
            Relation::Earlier if same_key || is_member() => Ok(relation),
            Relation::Forked(common) if (same_key || is_member()) && mine.vouches_for(&theirs.roster, common) => {
                Ok(relation)
            }
            Relation::Earlier | Relation::Forked(_) => Err(unproven(Unproven::FormerMember)),
            Relation::Foreign => Err(unproven(Unproven::UnknownMembers)),
        }
    }

    pub(super) fn merge_onto(&self, base: Option<&Contents>, mine: &Contents, theirs: &Contents) -> Merged {
        merge(base, mine, theirs, self.surroundings.now(), &self.surroundings.who())
    }

    /// Merges what was saved here into what was found, where that is needed.
    fn adopt_contents(&self, theirs: &mut State, relation: Relation) -> Result<Refreshed, VaultError> {
        let mine = &self.state.contents;
        let mut descent = self.state.lineage.descent(mine, &theirs.contents, theirs.header.generation);
        if matches!(relation, Relation::Earlier | Relation::Forked(_)) {
            let nothing_new = theirs.contents.saves.last().is_none_or(|latest| mine.saves.contains(latest));
            match (nothing_new, self.has_my_key(theirs)) {
                // Somebody has put back a copy from before the keys were changed.
                (true, false) => {
                    return Err(VaultError::Unproven { path: shown(&self.path), why: Unproven::EarlierKeys });
                }
                (true, true) => {}
                (false, _) => descent = Descent::Diverged,
            }
        }
        Ok(match descent {
            Descent::Holds => {
                theirs.lineage = self.state.lineage.after_reading(mine, &theirs.contents);
                Refreshed::Read
            }
            Descent::SetBack => Refreshed::SetBack,
            Descent::Diverged => {
                let base = self.state.lineage.common_state(mine, &theirs.contents);
                let Merged { contents: mut merged, summary } = self.merge_onto(base.as_ref(), mine, &theirs.contents);
                let read = self.state.lineage.after_reading(mine, &theirs.contents);
                theirs.lineage = read.after_merge(&theirs.contents, &merged);
                theirs.lineage.merged.get_or_insert_default().add(summary.clone());
                merged.record_merge(&summary);
                theirs.contents = merged;
                theirs.header.generation = theirs.header.generation.max(self.state.header.generation);
                Refreshed::Merged(summary)
            }
        })
    }

    /// Makes the keys and slots in `theirs` what the next save is to have. Out: what has to be said about them.
    fn adopt_keys(&self, theirs: &mut State, relation: Relation) -> Result<Option<String>, VaultError> {
        match relation {
            Relation::Same | Relation::Foreign => {}
            // The change of keys may not have reached the backups in this folder.
            Relation::Later => theirs.disk.keys.push(self.state.data_key.clone()),
            Relation::Earlier => self.keep_members(theirs),
            Relation::Forked(common) => return self.join_members(theirs, common),
        }
        Ok(None)
    }

    /// The members and keys stay as they are in memory.
    fn keep_members(&self, theirs: &mut State) {
        let mine = &self.state;
        let found = std::mem::replace(&mut theirs.data_key, mine.data_key.clone());
        theirs.disk.keys = vec![found, mine.data_key.clone()];
        theirs.roster = mine.roster.clone();
        theirs.header.slots = mine.header.slots.clone();
    }

    /// Both sides changed the members after the record with the number `common`. What one side removed stays removed. On top of
    /// the file's records comes what this vault's own slot has added here; where that slot is itself not in the file, it is the
    /// other way round. All else that only one side has added is not taken over, and the keys are new: who adds somebody signs
    /// for it, and nobody signs for what another has added. Where somebody was removed here, nor is what the file added: an
    /// addition from before a removal could be shown again as if it was new.
    fn join_members(&self, theirs: &mut State, common: u64) -> Result<Option<String>, VaultError> {
        let mine = &self.state;
        let Some(shared) = mine.roster.records().iter().find(|record| record.number == common) else {
            return Err(VaultError::Unproven { path: shown(&self.path), why: Unproven::UnknownMembers });
        };
        let same_key = self.has_my_key(theirs);
        let removed_here = mine.roster.last().is_some_and(|last| last.data_key != shared.data_key);
        let was_shared = |slot: &Slot| shared.member(slot.id()).is_some();
        let own = self.own.slot;
        let mut slots: Vec<Slot>;
        if theirs.roster.public_key(own) == mine.roster.public_key(own) {
            let stays = |slot: &&Slot| {
                mine.header.slot(slot.id()).is_some() || (!was_shared(slot) && (same_key || !removed_here))
            };
            slots = theirs.header.slots.iter().filter(stays).cloned().collect();
            for slot in &mine.header.slots {
                let by_own_slot = mine.roster.was_added_by(slot.id(), own, common);
                slots.push(slot.clone());
                let fits = slots.len() <= SLOT_LIMIT && work_fits(&slots);
                let is_there = slots[..slots.len() - 1].iter().any(|there| there.id() == slot.id());
                if is_there || was_shared(slot) || !by_own_slot || !fits {
                    slots.pop();
                }
            }
            theirs.roster.unite_origins(&mine.roster);
            theirs.roster.supersede(&mine.roster);
        } else {
            slots = mine.header.slots.clone();
            let found = std::mem::replace(&mut theirs.roster, mine.roster.clone());
            theirs.roster.unite_origins(&found);
            theirs.roster.supersede(&found);
        }
        let added = theirs.header.slots.iter().chain(&mine.header.slots).filter(|slot| !was_shared(slot));
        let mut dropped: Vec<SlotId> =
            added.map(Slot::id).filter(|id| slots.iter().all(|there| there.id() != *id)).collect();
        dropped.sort_unstable();
        dropped.dedup();
        theirs.header.slots = slots;
        if !same_key || !dropped.is_empty() {
            theirs.header.slots.retain(|slot| matches!(slot, Slot::Known(_)));
            theirs.disk.keys = vec![theirs.data_key.clone(), mine.data_key.clone()];
            let contents = std::mem::take(&mut theirs.contents);
            let mut next = theirs.to_next(contents, self.own.signer(), &*self.surroundings)?;
            next.renew_keys(&*self.surroundings)?;
            let NextState { header, data_key, roster, contents, lineage: _ } = next;
            (theirs.header, theirs.data_key, theirs.roster, theirs.contents) = (header, data_key, roster, contents);
        }
        Ok((!dropped.is_empty()).then(|| {
            format!(
                "Two people changed the unlock methods of this vault at the same time, and {} added then was lost. \
                 Review the unlock methods, and add what is missing again.",
                counted(dropped.len(), "unlock method")
            )
        }))
    }

    /// The data key of the file that was found: ours, or one that somebody sealed to our slot since. An older version-1 file
    /// gets no second key: a removed member could have kept it. What a version-2 file has is proven by its roster.
    fn data_key_of(&self, found: &ReadVault) -> Option<Key> {
        if found.commits_to(&self.state.data_key) {
            return Some(self.state.data_key.clone());
        }
        let OwnSlot { slot, keys } = &self.own;
        let Some(Slot::Known(slot)) = found.header.slot(*slot) else { return None };
        let version = found.header.version;
        let newer = found.header.generation > self.state.header.generation;
        let data_key = slot.data_key(found.header.vault_id, keys, version)?;
        ((newer || version == FormatVersion::Two) && found.commits_to(&data_key)).then_some(data_key)
    }

    /// Whether a file is one of this vault's, under its data key.
    pub(super) fn is_under_my_key(&self, found: &ReadVault) -> bool {
        found.header.vault_id == self.state.header.vault_id && found.commits_to(&self.state.data_key)
    }

    fn has_my_key(&self, theirs: &State) -> bool {
        crate::vault::crypto::seal::same(theirs.data_key.bytes(), self.state.data_key.bytes())
    }

    /// Whether another file of this vault, such as a backup, is under its data key and was saved by somebody who was a member
    /// by a record that this vault knows.
    pub(super) fn holds_proof_of(&self, found: &ReadVault, path: &Path) -> bool {
        if !self.is_under_my_key(found) {
            return false;
        }
        let Ok(roster) = found.roster(&self.state.data_key, &self.own.keys.origin_key, None, path) else {
            return false;
        };
        self.state.roster.knows(&roster)
    }
}

impl Contents {
    pub(super) fn record_merge(&mut self, summary: &MergeSummary) {
        let conflicts = u32::try_from(summary.conflicts.len()).unwrap_or(u32::MAX);
        self.record(HistoryKind::Merged { conflicts }, None);
    }
}
