//! Three-way merge of two versions of a vault, per profile and field. Pure: no file, no clock.
//!
//! What one side changed is taken. What both changed differently stays in place as the newer side has it, and the other
//! side's whole profile is kept as a [`Conflict`], so that nothing is dropped.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::conflict::Conflict;
use super::contents::{Contents, compared};
use super::deleted;
use super::field::{Field, Stored, Version, differing, same, same_fields};
use super::history::{self, HistoryEntry, HistoryKind, Told, Who};
use super::kept_json::{KeptValue, by_name};
use super::lineage::Beside;
use super::vault_clock::{is_ahead, rank};
use crate::profile::{NAME_LENGTH_LIMIT, Renewed};

/// What a merge did, for telling a person. Names, never values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeSummary {
    /// Profiles that the other version added, changed or removed.
    pub taken: usize,
    /// Profiles with a new conflict.
    pub conflicts: Vec<String>,
    /// Profiles that one side removed and the other changed: they are kept.
    pub revived: Vec<String>,
    /// Profiles that got another name because two had the same: the former and the new one.
    pub renamed: Vec<(String, String)>,
    /// Both sides set the proxy's sign-in differently: the newer one stays.
    pub proxy_sign_in_replaced: bool,
}

impl MergeSummary {
    /// In sentences, for a notice.
    pub fn describe(&self) -> String {
        let mut sentences =
            vec!["The vault was saved elsewhere at the same time; both versions were merged.".to_owned()];
        let quoted = |names: &[String]| {
            let shown: Vec<_> = names.iter().take(3).map(|name| format!("“{name}”")).collect();
            match names.len() - shown.len() {
                0 => shown.join(", "),
                more => format!("{} and {more} more", shown.join(", ")),
            }
        };
        if !self.conflicts.is_empty() {
            let names = quoted(&self.conflicts);
            sentences.push(format!("Both changed {names}: look at the conflicts and choose. Nothing is lost."));
        }
        if !self.revived.is_empty() {
            sentences.push(format!(
                "{} was removed on one side and changed on the other, so it was kept.",
                quoted(&self.revived)
            ));
        }
        for (former, name) in self.renamed.iter().take(3) {
            sentences.push(format!("Two profiles were named “{former}”: one is now “{name}”."));
        }
        if self.proxy_sign_in_replaced {
            sentences.push("Both changed the sign-in for the proxy: the newer one stays.".to_owned());
        }
        sentences.join(" ")
    }

    /// Adds what a further merge did.
    pub(super) fn add(&mut self, mut further: MergeSummary) {
        self.taken += further.taken;
        self.conflicts.append(&mut further.conflicts);
        self.revived.append(&mut further.revived);
        self.renamed.append(&mut further.renamed);
        self.proxy_sign_in_replaced |= further.proxy_sign_in_replaced;
    }
}

/// What came of a merge.
pub struct Merged {
    /// The merged contents.
    pub contents: Contents,
    /// What there is to tell.
    pub summary: MergeSummary,
}

/// One profile of two.
pub(super) struct MergedProfile {
    pub(super) stored: Stored,
    /// The fields that both changed differently; not empty when `other` is there.
    pub(super) fields: Vec<Field>,
    /// The version whose values of these fields are not in place.
    pub(super) other: Option<Stored>,
    /// Which side that is.
    pub(super) loser: Side,
}

/// One of the two sides of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Mine,
    Theirs,
}

/// Merges one profile. Without a `base` nobody knows who changed what, so every difference counts as one by both.
///
/// Which side is the newer one decides no more than whose values are in place and whose are the conflict's. A time that is
/// ahead of `now` comes from a wrong clock, and counts as the older one.
pub(super) fn merge_profile(
    base: Option<Version<'_>>,
    mine: Version<'_>,
    theirs: Version<'_>,
    now: DateTime<Utc>,
) -> MergedProfile {
    let mine_is_newer = rank(mine.profile.modified, now) >= rank(theirs.profile.modified, now);
    let (newer, older) = if mine_is_newer { (mine, theirs) } else { (theirs, mine) };
    let mut stored = newer.to_stored();
    let mut fields = Vec::new();
    let in_base = base.map(|base| by_name(base.kept)).unwrap_or_default();
    let (in_newer, in_older) = (by_name(newer.kept), by_name(older.kept));
    let mut unknown = HashSet::new();
    for field in differing(newer, older) {
        if let (Some(_), Field::Other(name)) = (base, &field) {
            let former = in_base.get(name.as_str());
            if former == in_newer.get(name.as_str()) {
                unknown.insert(name.clone());
            } else if former != in_older.get(name.as_str()) {
                fields.push(field);
            }
            continue;
        }
        match base {
            Some(base) if same(&field, base, newer) => stored.take(&field, older),
            Some(base) if same(&field, base, older) => {}
            _ if field == Field::Tags => {
                let base = base.map_or(&[][..], |base| &base.profile.tags);
                stored.profile.tags = merge_tags(base, &newer.profile.tags, &older.profile.tags);
            }
            _ if field == Field::Renewals && none_unread(&field, newer, older) => {
                stored.profile.renewals = merge_renewals(&newer.profile.renewals, &older.profile.renewals);
            }
            _ => fields.push(field),
        }
    }
    stored.take_unknown(&unknown, older);
    let profile = &mut stored.profile;
    profile.created = mine.profile.created.min(theirs.profile.created);
    // How a check ended says something about the connection that it was made with, and about no other.
    let connection = [Field::EnvironmentUrl, Field::ClientId, Field::ClientSecret, Field::Tenant];
    let merged = stored.version();
    let checks = [newer, older].into_iter().filter(|side| connection.iter().all(|field| same(field, *side, merged)));
    let last_check = checks.filter_map(|side| side.profile.last_check.clone()).max_by_key(|check| rank(check.at, now));
    stored.profile.last_check = last_check;
    let other = (!fields.is_empty()).then(|| older.to_stored());
    MergedProfile { stored, fields, other, loser: if mine_is_newer { Side::Theirs } else { Side::Mine } }
}

/// The newer side's tags without those that the older side removed, and with those that it added.
fn merge_tags(base: &[String], newer: &[String], older: &[String]) -> Vec<String> {
    let of = |tags: &[String]| tags.iter().cloned().collect::<HashSet<String>>();
    let (in_base, in_newer, in_older) = (of(base), of(newer), of(older));
    let kept = newer.iter().filter(|tag| in_older.contains(*tag) || !in_base.contains(*tag));
    let added = older.iter().filter(|tag| !in_base.contains(*tag) && !in_newer.contains(*tag));
    kept.chain(added).cloned().collect()
}

/// Every renewal of both sides once. Each side's stay in their order, whatever its clock said, and the newer side's own come
/// last: its secret is the one in place.
fn merge_renewals(newer: &[Renewed], older: &[Renewed]) -> Vec<Renewed> {
    let shared = newer.iter().zip(older).take_while(|(one, other)| one == other).count();
    let mut all = newer[..shared].to_vec();
    all.extend(older[shared..].iter().filter(|renewed| !newer.contains(renewed)).cloned());
    all.extend_from_slice(&newer[shared..]);
    let surplus = all.len().saturating_sub(Renewed::LIMIT);
    all.drain(..surplus);
    all
}

/// Whether both sides' value of a field is one that this version can read.
fn none_unread(field: &Field, one: Version<'_>, other: Version<'_>) -> bool {
    [one, other].iter().all(|side| side.kept.iter().all(|(name, _)| name != field.id()))
}

/// Merges two versions of a vault. `base` is a state that both come from; without one, differences become conflicts and
/// removals are known only as far as the vaults remember them. `now` and `who` sign the conflicts found.
pub fn merge(base: Option<&Contents>, mine: &Contents, theirs: &Contents, now: DateTime<Utc>, who: &Who) -> Merged {
    let (contents, summary) = (theirs.clone(), MergeSummary::default());
    // With a common state nobody has to ask the history who knew what.
    let [mine_told, theirs_told] = if base.is_some() {
        Default::default()
    } else {
        [(mine, theirs), (theirs, mine)].map(|(of, to)| history::told(&of.history, &to.history))
    };
    let mut merge =
        Merge { base, mine, theirs, now, who, mine_told, theirs_told, contents, found: Vec::new(), summary };
    merge.contents.deleted = deleted::union(&mine.deleted, &theirs.deleted);
    merge.profiles();
    merge.equal_names();
    merge.conflicts();
    merge.beside();
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
    mine_told: HashMap<Uuid, Told>,
    theirs_told: HashMap<Uuid, Told>,
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
                None => self.summary.taken += 1,
            }
        }
        for profile in self.theirs.profiles() {
            let id = profile.id;
            if self.mine.get(id).is_none() {
                let theirs = self.theirs.version(id).expect("it was just listed");
                if self.outlives_removal(id, theirs, Side::Theirs, &removed_by_me) {
                    self.summary.taken += 1;
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
            self.summary.taken += 1;
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
                let told = match of {
                    Side::Mine => self.mine_told.get(&id),
                    Side::Theirs => self.theirs_told.get(&id),
                };
                let modified = version.profile.modified;
                let is_wrong = is_ahead(modified, self.now) || is_ahead(*at, self.now);
                match told {
                    Some(Told::News) => true,
                    Some(Told::KnownToBoth) if is_wrong => false,
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
        self.contents.find_names_anew();
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
            // A double that one side has had by itself is not this merge's to mend.
            if keepers.insert(compared(name)) || was_double(self.mine) || was_double(self.theirs) {
                continue;
            }
            let mut stored = version.to_stored();
            stored.profile.name = free_name(name, &taken);
            taken.insert(compared(&stored.profile.name));
            self.summary.renamed.push((name.clone(), stored.profile.name.clone()));
            renamed.push(stored);
        }
        for stored in renamed {
            self.contents.set(stored);
        }
        self.contents.find_names_anew();
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

    fn beside(&mut self) {
        let (mine, theirs) = (self.mine.beside(), self.theirs.beside());
        let base = self.base.map(Contents::beside);
        let mut merged = Beside { kept: merge_kept(base.as_ref(), &mine.kept, &theirs.kept), ..theirs.clone() };
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
        self.contents.set_beside(merged);
    }
}

/// Members that only a newer version knows: what one side changed is taken; where both did, theirs stays.
fn merge_kept(
    base: Option<&Beside>,
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

/// `name` with the first number that makes it free.
fn free_name(name: &str, taken: &HashSet<String>) -> String {
    (2_u32..)
        .map(|number| {
            let suffix = format!(" ({number})");
            let room = NAME_LENGTH_LIMIT - suffix.chars().count();
            let base: String = name.trim().chars().take(room).collect();
            format!("{}{suffix}", base.trim_end())
        })
        .find(|candidate| !taken.contains(&compared(candidate)))
        .expect("there are more numbers than profiles")
}
