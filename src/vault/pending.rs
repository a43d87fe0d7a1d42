//! What was changed since the last save, noted while it is changed: so that a save knows what to write into the history
//! without comparing all profiles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::contents::Contents;
use super::deleted;
use super::field::{Field, Stored, differing};
use super::history::{self, HistoryEntry, HistoryKind, Who};
use super::lineage::SaveId;
use super::renew::fields_told_by;
use crate::profile::LastCheck;

/// A profile as it was before, or that it was not there.
pub(super) type Former = (Uuid, Option<Arc<Stored>>);

/// Changes that are not saved yet.
#[derive(Clone, Default)]
pub(super) struct Pending {
    /// What each touched profile was before its first change, in the order of these.
    touched: Vec<Former>,
    ids: HashSet<Uuid>,
    /// Removed profiles that were put back.
    restored: HashSet<Uuid>,
    /// What cannot be seen from profiles.
    notes: Vec<(HistoryKind, Option<(Uuid, String)>)>,
}

impl Pending {
    /// Keeps what a profile was, unless it was changed before.
    pub(super) fn touch(&mut self, id: Uuid, former: impl FnOnce() -> Option<Stored>) {
        if self.ids.insert(id) {
            self.touched.push((id, former().map(Arc::new)));
        }
    }

    pub(super) fn restored(&mut self, id: Uuid) {
        self.restored.insert(id);
    }

    /// Whether a backup is put back, as a whole or this profile of it.
    fn puts_back(&self, id: Uuid) -> bool {
        let is_it = |(kind, of): &(HistoryKind, Option<(Uuid, String)>)| {
            *kind == HistoryKind::BackupRestored && of.as_ref().is_none_or(|(of, _)| *of == id)
        };
        self.notes.iter().any(is_it)
    }

    /// Whether a note tells what was changed of this profile.
    fn tells_itself(&self, id: Uuid) -> bool {
        let resolves = |(kind, of): &(HistoryKind, Option<(Uuid, String)>)| {
            matches!(kind, HistoryKind::ConflictResolved(_)) && of.as_ref().is_some_and(|(of, _)| *of == id)
        };
        self.puts_back(id) || self.notes.iter().any(resolves)
    }

    /// Whether a note of a renewal tells of this field of this profile.
    fn tells(&self, id: Uuid, field: &Field) -> bool {
        let of_it = |(_, of): &&(HistoryKind, Option<(Uuid, String)>)| of.as_ref().is_some_and(|(of, _)| *of == id);
        self.notes.iter().filter(of_it).any(|(kind, _)| fields_told_by(kind).contains(field))
    }

    pub(super) fn note(&mut self, kind: HistoryKind, profile: Option<(Uuid, String)>) {
        self.notes.push((kind, profile));
    }
}

impl Contents {
    /// Notes something for the history, to be written with the next save.
    pub(super) fn record(&mut self, kind: HistoryKind, profile: Option<(Uuid, String)>) {
        self.pending.note(kind, profile);
    }

    /// Completes the contents for a save: writes the history, remembers what was removed, names the save.
    pub(super) fn settle(&mut self, now: DateTime<Utc>, who: &Who, save: SaveId, generation: u64) {
        use chrono::SubsecRound;
        self.clock = self.clock.seen(now);
        let due_by = self.clock.due_by(now);
        if self.clock.believes(now) {
            self.correct_times_ahead(now);
        }
        self.forget_due_former_secrets(due_by);
        let pending = std::mem::take(&mut self.pending);
        let at = now.trunc_subsecs(0);
        let mut entries = Vec::new();
        let mut checks = Checks::default();
        for (id, former) in &pending.touched {
            if former.is_some() && self.get(*id).is_none() {
                self.deleted.push((*id, now));
            }
            if pending.restored.contains(id) || pending.puts_back(*id) {
                // Newer than its removal, for whoever merges a copy that knows of that only.
                self.stamp_modified(*id, now);
            }
            let Some((kind, name)) = self.what_happened(*id, former.as_deref(), &pending, &mut checks) else {
                continue;
            };
            let mut entry = HistoryEntry::new(at, who, kind);
            entry.profile = Some((*id, name));
            entries.push(entry);
        }
        entries.extend(checks.entry(at, who));
        for (kind, profile) in pending.notes {
            let mut entry = HistoryEntry::new(at, who, kind);
            entry.profile = profile;
            entries.push(entry);
        }
        history::append(Arc::make_mut(&mut self.history), entries);
        deleted::trim(&mut self.deleted, due_by);
        self.sign_conflicts(who);
        self.next_save(save, generation, pending.touched);
    }

    /// What a touched profile's change was, with its name; `None` when there is nothing to tell beyond a check.
    fn what_happened(
        &self,
        id: Uuid,
        former: Option<&Stored>,
        pending: &Pending,
        checks: &mut Checks,
    ) -> Option<(HistoryKind, String)> {
        let now = self.version(id);
        match (former, now) {
            (None, None) => None,
            (None, Some(_)) | (Some(_), None) if pending.puts_back(id) => None,
            (None, Some(now)) if pending.restored.contains(&id) => {
                Some((HistoryKind::ProfileRestored, now.profile.name.clone()))
            }
            (None, Some(now)) => Some((HistoryKind::ProfileAdded, now.profile.name.clone())),
            (Some(former), None) => Some((HistoryKind::ProfileRemoved, former.profile.name.clone())),
            (Some(former), Some(now)) => {
                let check = now.profile.last_check.as_ref();
                // A secret that was tested in its renewal brings that test along.
                let is_new = |check: &&LastCheck| {
                    former.profile.last_check.as_ref() != Some(*check) && !pending.tells(id, &Field::ClientSecret)
                };
                if let Some(check) = check.filter(is_new) {
                    checks.count(id, &now.profile.name, check.passed);
                }
                let mut fields = differing(former.version(), now);
                fields.retain(|field| !pending.tells(id, field));
                let tell = !fields.is_empty() && !pending.tells_itself(id);
                tell.then(|| (HistoryKind::ProfileChanged(fields), now.profile.name.clone()))
            }
        }
    }
}

/// The checks that one save keeps: one entry for all of them.
#[derive(Default)]
struct Checks {
    passed: u32,
    failed: u32,
    first: Option<(Uuid, String)>,
}

impl Checks {
    fn count(&mut self, id: Uuid, name: &str, passed: bool) {
        self.passed += u32::from(passed);
        self.failed += u32::from(!passed);
        self.first.get_or_insert_with(|| (id, name.to_owned()));
    }

    fn entry(self, at: DateTime<Utc>, who: &Who) -> Option<HistoryEntry> {
        let first = self.first?;
        let mut entry = HistoryEntry::new(at, who, HistoryKind::Checked { passed: self.passed, failed: self.failed });
        match self.passed + self.failed {
            1 => entry.profile = Some(first),
            count => entry.count = Some(count),
        }
        Some(entry)
    }
}

/// Former versions by id, for building an earlier state.
pub(super) fn by_id(formers: &[Former]) -> HashMap<Uuid, Option<Arc<Stored>>> {
    formers.iter().cloned().collect()
}
