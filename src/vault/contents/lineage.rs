//! Where the present state of a vault comes from: what an open vault remembers of the states before it.
//!
//! With it an open vault notices that the file no longer holds what it saved (a share without working locks, a sync client),
//! and has the common state that a three-way merge begins from.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Contents;
use super::merge_summary::MergeSummary;
use super::pending::Former;
use super::save_id::{SAVES_LIMIT, SaveId};
use super::vault_wide_fields::VaultWideFields;
use crate::vault::stored_profile::{Stored, same_fields};

/// How many earlier states an open vault remembers.
const STATES_LIMIT: usize = 64;
/// How many former profiles all these states together may hold.
const FORMERS_LIMIT: usize = 50_000;

/// An earlier state: how it differs from the present one.
#[derive(Clone)]
struct Earlier {
    save: SaveId,
    formers: HashMap<Uuid, Option<Arc<Stored>>>,
    vault_wide: Arc<VaultWideFields>,
}

/// What an open vault remembers. Never written to the file.
#[derive(Clone, Default)]
pub(in crate::vault) struct Lineage {
    /// Oldest first.
    earlier: Vec<Earlier>,
    /// The last save of this open vault's own, and its generation.
    own: Option<(SaveId, u64)>,
    /// The fields of the vault as a whole in the present state, as they were read or saved.
    vault_wide: Arc<VaultWideFields>,
    /// Whether a merge waits for being saved.
    pub(in crate::vault) unsaved: bool,
    /// What merges since the last time that somebody asked have done.
    pub(in crate::vault) merged: Option<MergeSummary>,
}

/// How a file's contents stand to what this open vault has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::vault) enum Descent {
    /// They hold all that this open vault saved, or it saved nothing.
    Holds,
    /// Somebody put an earlier state in the place.
    SetBack,
    /// Somebody saved without what this open vault saved.
    Diverged,
}

impl Lineage {
    /// The memory of a vault that has just been opened with these contents.
    pub(in crate::vault) fn beginning_with(contents: &Contents) -> Lineage {
        Lineage { vault_wide: Arc::new(contents.vault_wide_fields()), ..Lineage::default() }
    }

    /// How what was read from the file, at its `generation`, stands to `mine`, the present contents.
    pub(in crate::vault) fn descent(&self, mine: &Contents, theirs: &Contents, generation: u64) -> Descent {
        let Some((own, own_generation)) = self.own else { return Descent::Holds };
        if theirs.saves.contains(&own) {
            return Descent::Holds;
        }
        let long_since = own_generation.saturating_add(SAVES_LIMIT as u64 / 2);
        if theirs.saves.len() >= SAVES_LIMIT && generation >= long_since {
            // So many saves came after ours that its name may have gone off the list.
            return Descent::Holds;
        }
        match theirs.saves.last() {
            Some(last) if !mine.saves.contains(last) => Descent::Diverged,
            _ => Descent::SetBack,
        }
    }

    /// The newest state that is remembered and that both `mine`, the present contents, and `theirs` come from. A remembered
    /// state need not be one that the present one comes from: it may have been read, and then replaced by somebody who had
    /// not read it.
    pub(in crate::vault) fn common_state(&self, mine: &Contents, theirs: &Contents) -> Option<Contents> {
        if self.save_of(mine).is_some_and(|last| theirs.saves.contains(&last)) {
            return Some(mine.clone());
        }
        let is_common = |save: &SaveId| mine.saves.contains(save) && theirs.saves.contains(save);
        let earlier = self.earlier.iter().rev().find(|earlier| is_common(&earlier.save))?;
        Some(earlier.rebuilt_from(mine))
    }

    /// What is remembered once `theirs` was read from the file after `mine`, which was the present state.
    pub(in crate::vault) fn after_reading(&self, mine: &Contents, theirs: &Contents) -> Lineage {
        let mut lineage = self.clone();
        // Who saved nothing has nothing to lose, and needs no memory.
        if lineage.own.is_some() {
            lineage.step(self.save_of(mine), differences(mine, theirs));
        }
        lineage.unsaved = false;
        lineage.vault_wide = Arc::new(theirs.vault_wide_fields());
        lineage
    }

    /// What is remembered once `merged` has taken the place of `theirs`, the state that this lineage is of: a merge that is
    /// not saved yet.
    pub(in crate::vault) fn after_merge(&self, theirs: &Contents, merged: &Contents) -> Lineage {
        let mut lineage = self.clone();
        lineage.step(self.save_of(theirs), differences(theirs, merged));
        lineage.unsaved = true;
        lineage.vault_wide = Arc::new(merged.vault_wide_fields());
        lineage
    }

    /// Remembers the state before a save: `contents` are about to be saved as `save`, and `touched` is what their changed
    /// profiles were before.
    pub(in crate::vault) fn before_save(
        &mut self,
        contents: &mut Contents,
        touched: Vec<Former>,
        save: SaveId,
        generation: u64,
    ) {
        let formers: Vec<Former> = touched
            .into_iter()
            .filter(|(id, former)| match (former, contents.version(*id)) {
                (Some(former), Some(now)) => !same_fields(former.version(), now),
                (None, None) => false,
                _ => true,
            })
            .collect();
        self.step(self.save_of(contents), formers);
        self.own = Some((save, generation));
        self.unsaved = false;
        self.vault_wide = Arc::new(contents.vault_wide_fields());
        contents.add_save(save);
    }

    /// The save that these contents, the present ones, are, if they are one.
    fn save_of(&self, contents: &Contents) -> Option<SaveId> {
        contents.saves.last().copied().filter(|_| !self.unsaved)
    }

    /// The present state becomes an earlier one, which differs in `formers`; without a name it is not remembered.
    fn step(&mut self, name: Option<SaveId>, formers: Vec<Former>) {
        for earlier in &mut self.earlier {
            for (id, former) in &formers {
                earlier.formers.entry(*id).or_insert_with(|| former.clone());
            }
        }
        if let Some(save) = name {
            let formers = formers.into_iter().collect();
            self.earlier.push(Earlier { save, formers, vault_wide: Arc::clone(&self.vault_wide) });
        }
        let mut held: usize = self.earlier.iter().map(|earlier| earlier.formers.len()).sum();
        while self.earlier.len() > STATES_LIMIT || (held > FORMERS_LIMIT && self.earlier.len() > 1) {
            held -= self.earlier.remove(0).formers.len();
        }
    }
}

impl Earlier {
    fn rebuilt_from(&self, present: &Contents) -> Contents {
        let mut contents = present.clone();
        for (id, former) in &self.formers {
            match former {
                Some(stored) => contents.set(Stored::clone(stored)),
                None => drop(contents.take_out(*id)),
            }
        }
        contents.index_names();
        contents.set_vault_wide_fields(VaultWideFields::clone(&self.vault_wide));
        contents
    }
}

/// What the profiles that differ in `next` were in `before`.
fn differences(before: &Contents, next: &Contents) -> Vec<Former> {
    let mut formers = Vec::new();
    for profile in before.profiles() {
        let here = before.version(profile.id).expect("it was just listed");
        if !next.version(profile.id).is_some_and(|there| same_fields(here, there)) {
            formers.push((profile.id, Some(Arc::new(here.to_stored()))));
        }
    }
    let added = next.profiles().iter().filter(|profile| before.get(profile.id).is_none());
    formers.extend(added.map(|profile| (profile.id, None)));
    formers
}
