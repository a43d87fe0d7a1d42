//! Three-way merge of two versions of a vault, per profile and field. Pure: no file, no clock.
//!
//! What one side changed is taken. What both changed differently stays in place as the newer side has it, and the other
//! side's whole profile is kept as a [`Conflict`], so that nothing is dropped.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::conflict::Conflict;
use super::history::{self, ChangeKnownBy, HistoryEntry, HistoryKind};
use super::merge_profile::{Side, merge_profile};
use super::merge_summary::MergeSummary;
use super::vault_clock::{is_ahead, rank};
use super::vault_wide_fields::VaultWideFields;
use super::{Contents, compared, deleted};
use crate::profile::{free_name, numbers_behind_a_name};
use crate::vault::encoding::{KeptValue, by_name};
use crate::vault::stored_profile::{Version, same_fields};
use crate::vault::who::Who;

/// What came of a merge.
pub struct Merged {
    /// The merged contents.
    pub contents: Contents,
    /// What there is to tell.
    pub summary: MergeSummary,
}

/// Merges two versions of a vault. `base` is a state that both come from; without one, differences become conflicts and
/// removals are known only as far as the vaults remember them. `now` and `who` sign the conflicts found.
pub fn merge(base: Option<&Contents>, mine: &Contents, theirs: &Contents, now: DateTime<Utc>, who: &Who) -> Merged {
    let (contents, summary) = (theirs.clone(), MergeSummary::default());
    // With a common state nobody has to ask the history who knew what.
    let [my_changes, their_changes] = if base.is_some() {
        Default::default()
    } else {
        [(mine, theirs), (theirs, mine)].map(|(of, to)| history::known_changes(&of.history, &to.history))
    };
    let mut merge =
        Merge { base, mine, theirs, now, who, my_changes, their_changes, contents, found: Vec::new(), summary };
    merge.contents.deleted = deleted::union(&mine.deleted, &theirs.deleted);
    merge.profiles();
    merge.equal_names();
    merge.conflicts();
    merge.vault_wide_fields();
    let Merge { mut contents, summary, .. } = merge;
    contents.deleted.retain(|(id, _)| !contents.places.contains_key(id));
    contents.history = Arc::new(history::union(&mine.history, &theirs.history));
    contents.saves = mine.union_of_saves(theirs);
    contents.clock = mine.clock.union(theirs.clock);
    contents.pending = Default::default();
    Merged { contents, summary }
}

struct Merge<'a> {
    base: Option<&'a Contents>,
    mine: &'a Contents,
    theirs: &'a Contents,
    now: DateTime<Utc>,
    who: &'a Who,
    /// What the history of each side tells of profiles that the other side may know or not.
    my_changes: HashMap<Uuid, ChangeKnownBy>,
    their_changes: HashMap<Uuid, ChangeKnownBy>,
    contents: Contents,
    /// New conflicts.
    found: Vec<Conflict>,
    summary: MergeSummary,
}

impl Merge<'_> {
    fn profiles(&mut self) {
        let removed = |side: &Contents| side.deleted.iter().copied().collect::<HashMap<_, _>>();
        let (removed_by_me, removed_by_them) = (removed(self.mine), removed(self.theirs));
        for profile in self.mine.profiles() {
            let id = profile.id;
            let mine = self.mine.version(id).expect("it was just listed");
            match self.theirs.version(id) {
                Some(theirs) => self.in_both(id, mine, theirs),
                None if self.outlives_removal(id, mine, Side::Mine, &removed_by_them) => {
                    self.contents.set(mine.to_stored())
                }
                None => self.summary.from_other_version += 1,
            }
        }
        for profile in self.theirs.profiles() {
            let id = profile.id;
            if self.mine.get(id).is_none() {
                let theirs = self.theirs.version(id).expect("it was just listed");
                if self.outlives_removal(id, theirs, Side::Theirs, &removed_by_me) {
                    self.summary.from_other_version += 1;
                } else {
                    self.contents.take_out(id);
                }
            }
        }
    }

    fn in_both(&mut self, id: Uuid, mine: Version<'_>, theirs: Version<'_>) {
        if mine.profile == theirs.profile && mine.kept == theirs.kept {
            return;
        }
        let merged = merge_profile(self.base.and_then(|base| base.version(id)), mine, theirs, self.now);
        if !same_fields(merged.stored.version(), mine) {
            self.summary.from_other_version += 1;
        }
        if let Some(other) = merged.other {
            let side = match merged.loser {
                Side::Mine => self.mine,
                Side::Theirs => self.theirs,
            };
            let author = last_author(&side.history, id).unwrap_or(self.who);
            let conflict = Conflict::new(id, self.now, author, merged.fields, other);
            self.summary.conflicts.push(merged.stored.profile.name.clone());
            self.found.push(conflict);
        }
        self.contents.set(merged.stored);
    }

    /// Whether a profile that only this side has stays. `removed` is what the other side removed.
    ///
    /// Without a common state the history tells: somebody who knew every change of the profile has removed just that. Only
    /// where the history does not name it do times decide, and a time of a wrong clock keeps it.
    fn outlives_removal(
        &mut self,
        id: Uuid,
        version: Version<'_>,
        of: Side,
        removed: &HashMap<Uuid, DateTime<Utc>>,
    ) -> bool {
        let changed_since = match self.base.and_then(|base| base.version(id)) {
            Some(former) => !same_fields(former, version),
            // Added since the common state, or put back.
            None if self.base.is_some() => return true,
            None => {
                let Some(at) = removed.get(&id) else { return true };
                let known_by = match of {
                    Side::Mine => self.my_changes.get(&id),
                    Side::Theirs => self.their_changes.get(&id),
                };
                let modified = version.profile.modified;
                let is_wrong = is_ahead(modified, self.now) || is_ahead(*at, self.now);
                match known_by {
                    Some(ChangeKnownBy::OneSide) => true,
                    Some(ChangeKnownBy::Both) if is_wrong => false,
                    _ => is_wrong || modified > *at,
                }
            }
        };
        if changed_since {
            self.summary.revived.push(version.profile.name.clone());
        }
        changed_since
    }

    /// Two profiles may have come to the same name on the two sides: the younger one gets a number.
    fn equal_names(&mut self) {
        self.contents.index_names();
        let mut taken: HashSet<String> = HashSet::with_capacity(self.contents.profiles().len());
        let mut doubles: HashSet<String> = HashSet::new();
        for profile in self.contents.profiles() {
            let name = compared(&profile.name);
            if !taken.insert(name.clone()) {
                doubles.insert(name);
            }
        }
        if doubles.is_empty() {
            return;
        }
        let mut same_names: Vec<Version<'_>> = Vec::new();
        for profile in self.contents.profiles().iter().filter(|profile| doubles.contains(&compared(&profile.name))) {
            same_names.push(self.contents.version(profile.id).expect("it was just listed"));
        }
        same_names.sort_by_key(|version| (version.profile.created, version.profile.id));
        let mut keepers: HashSet<String> = HashSet::new();
        let mut renamed = Vec::new();
        for version in same_names {
            let (id, name) = (version.profile.id, &version.profile.name);
            let was_double = |side: &Contents| {
                side.get(id).is_some_and(|here| here.name == *name)
                    && side.by_name(name).is_some_and(|first| first.id != id)
            };
            // A double that one side has had by itself is not this merge's to correct.
            if keepers.insert(compared(name)) || was_double(self.mine) || was_double(self.theirs) {
                continue;
            }
            let mut stored = version.to_stored();
            stored.profile.name = free_name(name, numbers_behind_a_name(2), |it| taken.contains(&compared(it)));
            taken.insert(compared(&stored.profile.name));
            self.summary.renamed.push((name.clone(), stored.profile.name.clone()));
            renamed.push(stored);
        }
        for stored in renamed {
            self.contents.set(stored);
        }
        self.contents.index_names();
    }

    /// The conflicts of both sides, without those that either side has resolved.
    fn conflicts(&mut self) {
        let found = std::mem::take(&mut self.found);
        self.contents.add_conflicts(found.into_iter().chain(self.mine.all_conflicts().iter().cloned()));
        let settled: HashSet<Uuid> = self.contents.deleted.iter().map(|(id, _)| *id).collect();
        let places = &self.contents.places;
        let conflicts = Arc::make_mut(&mut self.contents.conflicts);
        conflicts.retain(|conflict| !settled.contains(&conflict.id) && places.contains_key(&conflict.profile));
    }

    fn vault_wide_fields(&mut self) {
        let (mine, theirs) = (self.mine.vault_wide_fields(), self.theirs.vault_wide_fields());
        let base = self.base.map(Contents::vault_wide_fields);
        let mut merged =
            VaultWideFields { kept: merge_kept(base.as_ref(), &mine.kept, &theirs.kept), ..theirs.clone() };
        if mine.proxy_credentials != theirs.proxy_credentials {
            let former = base.as_ref().map(|base| &base.proxy_credentials);
            let take_mine = if former == Some(&mine.proxy_credentials) {
                false
            } else if former == Some(&theirs.proxy_credentials) {
                true
            } else {
                self.summary.proxy_sign_in_replaced = true;
                let last = |side: &Contents| last_sign_in(&side.history).map(|at| rank(at, self.now));
                last(self.mine) > last(self.theirs)
            };
            if take_mine {
                merged.proxy_credentials = mine.proxy_credentials;
            }
        }
        self.contents.set_vault_wide_fields(merged);
    }
}

/// Members that only a newer version knows: what one side changed is taken; where both did, theirs stays.
fn merge_kept(
    base: Option<&VaultWideFields>,
    mine: &[(String, KeptValue)],
    theirs: &[(String, KeptValue)],
) -> Vec<(String, KeptValue)> {
    let (in_mine, in_theirs) = (by_name(mine), by_name(theirs));
    let in_base = base.map(|base| by_name(&base.kept));
    let only_mine = mine.iter().filter(|(name, _)| !in_theirs.contains_key(name.as_str()));
    let names = theirs.iter().chain(only_mine).map(|(name, _)| name);
    let mut merged = Vec::new();
    for name in names {
        let (ours, other) = (in_mine.get(name.as_str()), in_theirs.get(name.as_str()));
        let value = match &in_base {
            Some(in_base) if in_base.get(name.as_str()) == other => ours,
            Some(_) => other,
            None => other.or(ours),
        };
        merged.extend(value.map(|value| (name.clone(), KeptValue::clone(value))));
    }
    merged
}

/// Who changed a profile last, by the history.
fn last_author(history: &[HistoryEntry], id: Uuid) -> Option<&Who> {
    let of_profile = |entry: &&HistoryEntry| {
        entry.profile.as_ref().is_some_and(|(of, _)| *of == id)
            && !matches!(entry.kind, HistoryKind::Checked { .. } | HistoryKind::Merged { .. })
    };
    history.iter().rev().find(of_profile).map(|entry| &entry.who)
}

/// When the proxy's sign-in was last set or removed, by the history.
fn last_sign_in(history: &[HistoryEntry]) -> Option<DateTime<Utc>> {
    let is_sign_in =
        |entry: &&HistoryEntry| matches!(entry.kind, HistoryKind::ProxySignInSet | HistoryKind::ProxySignInRemoved);
    history.iter().rev().find(is_sign_in).map(|entry| entry.at)
}
