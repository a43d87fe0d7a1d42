//! Taking over what others saved while the vault is open: only from those who can prove that they may, and without losing what
//! was saved here.

use super::error::{VaultError, shown};
use super::keys::Own;
use super::layout::FormatVersion;
use super::lineage::Descent;
use super::merge::Merged;
use super::roster::Relation;
use super::seal::Key;
use super::sealed_file::ReadVault;
use super::seen::Unproven;
use super::slots::{Slot, SlotId};
use super::state::State;
use super::unlocked::Vault;
use super::update::Refreshed;

impl Vault {
    /// Takes over what is on the disk, if it is not what this state came from. A merge that this needs is in memory
    /// afterwards, and part of the next save. What does not prove that it may be taken over is refused, and memory stays
    /// as it is.
    pub(super) fn take_in(&mut self, found: ReadVault) -> Result<Refreshed, VaultError> {
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
        let mut theirs = State::read(found, data_key, &self.own.keys.origin_key, &self.path)?;
        theirs.contents.accept_clouds(&self.clouds);
        let relation = self.relation_to(&theirs, author)?;
        let refreshed = self.take_in_contents(&mut theirs, relation)?;
        self.take_in_keys(&mut theirs, relation, &refreshed)?;
        self.state = theirs;
        if refreshed == Refreshed::SetBack {
            // It is what was asked for, or somebody wants it to be taken for that.
            self.compare_with_seen()?;
        }
        self.remember();
        Ok(refreshed)
    }

    /// How the members in the file stand to those in memory, when it may be taken over.
    fn relation_to(&self, theirs: &State, author: Option<SlotId>) -> Result<Relation, VaultError> {
        let unproven = |why| VaultError::Unproven { path: shown(&self.path), why };
        let mine = &self.state.roster;
        let Some(mine_last) = mine.last() else {
            // Version 1 proves nothing; the file was opened by this vault's own slot, and is newer.
            return Ok(if self.is_under_my_key(theirs) { Relation::SameKey } else { Relation::Later });
        };
        let is_member = || author.is_some_and(|author| mine_last.member(author).is_some());
        match mine.relation(&theirs.roster) {
            Relation::SameKey => Ok(Relation::SameKey),
            Relation::Later => Ok(Relation::Later),
            Relation::Earlier if is_member() => Ok(Relation::Earlier),
            Relation::Forked(common) if is_member() && mine.vouches_for(&theirs.roster, common) => {
                Ok(Relation::Forked(common))
            }
            Relation::Earlier | Relation::Forked(_) => Err(unproven(Unproven::FormerMember)),
            Relation::Foreign => Err(unproven(Unproven::UnknownMembers)),
        }
    }

    /// Merges what was saved here into what was found, where that is needed.
    fn take_in_contents(&self, theirs: &mut State, relation: Relation) -> Result<Refreshed, VaultError> {
        let mine = &self.state.contents;
        let mut descent = mine.descent(&theirs.contents, theirs.header.generation);
        if matches!(relation, Relation::Earlier | Relation::Forked(_)) {
            let latest = theirs.contents.saves.last();
            if latest.is_none_or(|latest| mine.saves.contains(latest)) {
                // Nothing new is in it: somebody has put back a copy from before the keys were changed.
                return Err(VaultError::Unproven { path: shown(&self.path), why: Unproven::EarlierKeys });
            }
            descent = Descent::Diverged;
        }
        Ok(match descent {
            Descent::Holds => {
                theirs.contents.follow(mine);
                Refreshed::Read
            }
            Descent::SetBack => Refreshed::SetBack,
            Descent::Diverged => {
                let base = mine.common_with(&theirs.contents);
                let Merged { contents: mut merged, summary } = self.merge_onto(base.as_ref(), mine, &theirs.contents);
                theirs.contents.follow(mine);
                merged.follow_as_merge(&theirs.contents);
                merged.record_merge(&summary);
                let lineage = merged.lineage_mut();
                lineage.merged.get_or_insert_default().add(summary.clone());
                theirs.contents = merged;
                theirs.header.generation = theirs.header.generation.max(self.state.header.generation);
                Refreshed::Merged(summary)
            }
        })
    }

    /// Makes the keys and slots in `theirs` what the next save is to have.
    fn take_in_keys(&self, theirs: &mut State, relation: Relation, refreshed: &Refreshed) -> Result<(), VaultError> {
        match relation {
            Relation::SameKey if matches!(refreshed, Refreshed::Merged(_)) => {
                theirs.roster.unite_origins(&self.state.roster);
                if theirs.header.version == self.state.header.version {
                    theirs.header.unite_slots(&self.state.header);
                }
                Ok(())
            }
            // Whoever changed the keys may not have reached the backups in this folder.
            Relation::Later => {
                theirs.disk.keys.push(self.state.data_key.clone());
                Ok(())
            }
            Relation::SameKey | Relation::Foreign => Ok(()),
            Relation::Earlier => {
                let mine = &self.state;
                let found = std::mem::replace(&mut theirs.data_key, mine.data_key.clone());
                theirs.disk.keys = vec![found, mine.data_key.clone()];
                theirs.roster = mine.roster.clone();
                theirs.header.slots = mine.header.slots.clone();
                Ok(())
            }
            Relation::Forked(common) => self.join_members(theirs, common),
        }
    }

    /// Both sides changed the members after the record with the number `common`: what one side removed stays removed, what
    /// this side added is added, and the keys are new.
    fn join_members(&self, theirs: &mut State, common: u64) -> Result<(), VaultError> {
        let mine = &self.state;
        let shared: &[_] =
            mine.roster.records().iter().find(|record| record.number == common).map_or(&[], |record| &record.members);
        let was_shared = |slot: SlotId| shared.iter().any(|member| member.slot == slot);
        let mut slots: Vec<Slot> = Vec::new();
        for slot in &theirs.header.slots {
            if mine.header.slot(slot.id()).is_some() || !was_shared(slot.id()) {
                slots.push(slot.clone());
            }
        }
        for slot in &mine.header.slots {
            if !was_shared(slot.id()) && slots.iter().all(|there| there.id() != slot.id()) {
                slots.push(slot.clone());
            }
        }
        slots.retain(|slot| matches!(slot, Slot::Known(_)));
        theirs.header.slots = slots;
        theirs.roster.unite_origins(&mine.roster);
        theirs.disk.keys = vec![theirs.data_key.clone(), mine.data_key.clone()];
        let mut next = theirs.to_next(&*self.surroundings)?;
        next.renew_keys(&*self.surroundings)?;
        (theirs.header, theirs.data_key, theirs.roster) = (next.header, next.data_key, next.roster);
        Ok(())
    }

    /// The data key of the file that was found: ours, or one that somebody sealed to our slot since. An older version-1 file
    /// gets no second key: whoever was removed could have kept it. What a version-2 file has is proven by its roster.
    fn data_key_of(&self, found: &ReadVault) -> Option<Key> {
        if found.commits_to(&self.state.data_key) {
            return Some(self.state.data_key.clone());
        }
        let Own { slot, keys } = &self.own;
        let Some(Slot::Known(slot)) = found.header.slot(*slot) else { return None };
        let version = found.header.version;
        let newer = found.header.generation > self.state.header.generation;
        let data_key = slot.data_key(found.header.vault_id, keys, version)?;
        ((newer || version == FormatVersion::Two) && found.commits_to(&data_key)).then_some(data_key)
    }

    fn is_under_my_key(&self, theirs: &State) -> bool {
        super::seal::same(theirs.data_key.bytes(), self.state.data_key.bytes())
    }
}
