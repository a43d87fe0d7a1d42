//! Where a state of the vault comes from: the names of its latest saves, and what this handle remembers of earlier states.
//!
//! With it a handle notices that the file no longer holds what it saved (a share without working locks, a sync client),
//! and has the common state that a three-way merge begins from.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use super::contents::Contents;
use super::error::VaultError;
use super::field::{Stored, same_fields};
use super::kept_json::KeptValue;
use super::merge::MergeSummary;
use super::pending::{Former, by_id};
use super::surroundings::Surroundings;
use crate::profile::ProxyCredentials;

/// How many saves a vault names.
pub(super) const SAVES_LIMIT: usize = 256;
/// How many earlier states a handle remembers.
const STATES_LIMIT: usize = 64;
/// How many former profiles all these states together may hold.
const FORMERS_LIMIT: usize = 50_000;

/// Names one save: 64 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SaveId(pub(super) u64);

impl SaveId {
    pub(super) fn random(surroundings: &dyn Surroundings) -> Result<SaveId, VaultError> {
        let mut bytes = [0; 8];
        surroundings.fill_random(&mut bytes).map_err(VaultError::NoRandomness)?;
        Ok(SaveId(u64::from_be_bytes(bytes)))
    }

    /// Reads what `Display` writes.
    pub(super) fn parse(text: &str) -> Option<SaveId> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hex.then(|| u64::from_str_radix(text, 16).ok().map(SaveId)).flatten()
    }
}

impl fmt::Display for SaveId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// What lies beside the profiles, as it was.
#[derive(Clone, Default)]
pub(super) struct Beside {
    pub(super) proxy_credentials: Option<ProxyCredentials>,
    pub(super) kept: Vec<(String, KeptValue)>,
}

/// An earlier state: how it differs from the present one.
#[derive(Clone)]
struct Earlier {
    save: SaveId,
    formers: HashMap<Uuid, Option<Arc<Stored>>>,
    beside: Arc<Beside>,
}

/// What a handle remembers. Never written to the file.
#[derive(Clone, Default)]
pub(super) struct Lineage {
    /// Oldest first.
    earlier: Vec<Earlier>,
    /// The last save of this handle's own, and its generation.
    own: Option<(SaveId, u64)>,
    /// What lies beside the profiles in the present state, as it was read or saved.
    beside: Arc<Beside>,
    /// Whether a merge waits for being saved.
    pub(super) unsaved: bool,
    /// What merges since the last time that somebody asked have done.
    pub(super) merged: Option<MergeSummary>,
}

/// How a file's contents stand to what this handle has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Descent {
    /// They hold all that this handle saved, or it saved nothing.
    Holds,
    /// Somebody put an earlier state in the place.
    SetBack,
    /// Somebody saved without what this handle saved.
    Diverged,
}

impl Contents {
    /// How what was read from the file, at its `generation`, stands to these contents.
    pub(super) fn descent(&self, theirs: &Contents, generation: u64) -> Descent {
        let Some((own, own_generation)) = self.lineage.own else { return Descent::Holds };
        if theirs.saves.contains(&own) {
            return Descent::Holds;
        }
        let long_since = own_generation.saturating_add(SAVES_LIMIT as u64 / 2);
        if theirs.saves.len() >= SAVES_LIMIT && generation >= long_since {
            // So many saves came after ours that its name may have gone off the list.
            return Descent::Holds;
        }
        match theirs.saves.last() {
            Some(last) if !self.saves.contains(last) => Descent::Diverged,
            _ => Descent::SetBack,
        }
    }

    /// The newest earlier state of this handle that `theirs` comes from as well.
    pub(super) fn common_with(&self, theirs: &Contents) -> Option<Contents> {
        if self.name().is_some_and(|last| theirs.saves.contains(&last)) {
            return Some(self.clone());
        }
        let earlier = self.lineage.earlier.iter().rev().find(|earlier| theirs.saves.contains(&earlier.save))?;
        Some(self.with_formers(earlier))
    }

    fn with_formers(&self, earlier: &Earlier) -> Contents {
        let mut contents = self.clone();
        for (id, former) in &earlier.formers {
            match former {
                Some(stored) => contents.set(Stored::clone(stored)),
                None => drop(contents.take_out(*id)),
            }
        }
        contents.find_names_anew();
        contents.set_beside(Beside::clone(&earlier.beside));
        contents
    }

    /// Takes over what `mine` remembers, as what was read from the file after it.
    pub(super) fn follow(&mut self, mine: &Contents) {
        let mut lineage = Lineage::clone(&mine.lineage);
        // A handle that saved nothing has nothing to lose, and needs no memory.
        if lineage.own.is_some() {
            lineage.step(mine.name(), mine.differences_to(self));
        }
        lineage.unsaved = false;
        lineage.beside = Arc::new(self.beside());
        self.lineage = Arc::new(lineage);
    }

    /// Takes over what `theirs` remembers, as a merge into it that is not saved yet.
    pub(super) fn follow_as_merge(&mut self, theirs: &Contents) {
        let mut lineage = Lineage::clone(&theirs.lineage);
        lineage.step(theirs.name(), theirs.differences_to(self));
        lineage.unsaved = true;
        lineage.beside = Arc::new(self.beside());
        self.lineage = Arc::new(lineage);
    }

    /// The save that these contents are, if they are one.
    fn name(&self) -> Option<SaveId> {
        self.saves.last().copied().filter(|_| !self.lineage.unsaved)
    }

    /// Forgets the earlier states and that this handle ever saved: what was saved is meant to be gone.
    pub(super) fn begin_anew(&mut self) {
        self.lineage = Arc::new(Lineage { beside: Arc::new(self.beside()), ..Lineage::default() });
    }

    /// Begins the memory of a handle that has just read these contents.
    pub(super) fn opened(&mut self) {
        self.begin_anew();
    }

    pub(super) fn lineage_mut(&mut self) -> &mut Lineage {
        Arc::make_mut(&mut self.lineage)
    }

    /// Names the save that is about to be made, and remembers the state before it.
    pub(super) fn next_save(&mut self, save: SaveId, generation: u64, touched: Vec<Former>) {
        let formers: Vec<Former> = touched
            .into_iter()
            .filter(|(id, former)| match (former, self.version(*id)) {
                (Some(former), Some(now)) => !same_fields(former.version(), now),
                (None, None) => false,
                _ => true,
            })
            .collect();
        let before = self.name();
        let beside = Arc::new(self.beside());
        let lineage = self.lineage_mut();
        lineage.step(before, formers);
        lineage.own = Some((save, generation));
        lineage.unsaved = false;
        lineage.beside = beside;
        self.saves.push(save);
        let surplus = self.saves.len().saturating_sub(SAVES_LIMIT);
        self.saves.drain(..surplus);
    }

    /// The names of both sides' saves, theirs last.
    pub(super) fn union_of_saves(&self, theirs: &Contents) -> Vec<SaveId> {
        let only_ours = self.saves.iter().filter(|save| !theirs.saves.contains(save));
        let mut saves: Vec<_> = only_ours.chain(&theirs.saves).copied().collect();
        let surplus = saves.len().saturating_sub(SAVES_LIMIT);
        saves.drain(..surplus);
        saves
    }

    /// What these contents have otherwise than `next`.
    fn differences_to(&self, next: &Contents) -> Vec<Former> {
        let mut formers = Vec::new();
        for profile in self.profiles() {
            let here = self.version(profile.id).expect("it was just listed");
            if !next.version(profile.id).is_some_and(|there| same_fields(here, there)) {
                formers.push((profile.id, Some(Arc::new(here.to_stored()))));
            }
        }
        let added = next.profiles().iter().filter(|profile| self.get(profile.id).is_none());
        formers.extend(added.map(|profile| (profile.id, None)));
        formers
    }
}

impl Lineage {
    /// The present state becomes an earlier one, which differs in `formers`; without a name it is not remembered.
    fn step(&mut self, name: Option<SaveId>, formers: Vec<Former>) {
        for earlier in &mut self.earlier {
            for (id, former) in &formers {
                earlier.formers.entry(*id).or_insert_with(|| former.clone());
            }
        }
        if let Some(save) = name {
            self.earlier.push(Earlier { save, formers: by_id(&formers), beside: Arc::clone(&self.beside) });
        }
        let mut held: usize = self.earlier.iter().map(|earlier| earlier.formers.len()).sum();
        while self.earlier.len() > STATES_LIMIT || (held > FORMERS_LIMIT && self.earlier.len() > 1) {
            held -= self.earlier.remove(0).formers.len();
        }
    }
}
