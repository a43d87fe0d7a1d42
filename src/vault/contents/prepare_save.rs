//! The last change of the contents before they are saved: the history gets what was changed, and what is due is forgotten.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::history::{self, HistoryEntry, HistoryKind};
use super::pending::{Former, Pending};
use super::{Contents, deleted};
use crate::profile::LastCheck;
use crate::vault::stored_profile::{Field, Stored, differing};
use crate::vault::who::Who;

impl Contents {
    /// Completes the contents for a save: writes the history, remembers what was removed. Out: what the profiles that were
    /// changed since the last save were before.
    pub(in crate::vault) fn prepare_save(&mut self, now: DateTime<Utc>, who: &Who) -> Vec<Former> {
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
                // Newer than its removal, for a merge of a copy that knows of that only.
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
        pending.touched
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
                    former.profile.last_check.as_ref() != Some(*check) && !pending.covers(id, &Field::ClientSecret)
                };
                if let Some(check) = check.filter(is_new) {
                    checks.count(id, &now.profile.name, check.passed);
                }
                let mut fields = differing(former.version(), now);
                fields.retain(|field| !pending.covers(id, field));
                let tell = !fields.is_empty() && !pending.has_own_entry(id);
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
