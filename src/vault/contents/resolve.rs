//! Finding conflicts while a profile is saved, and ending them.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Contents;
use super::conflict::{Conflict, ConflictSide, FieldChoice, PutOutcome};
use super::history::HistoryKind;
use super::merge_profile::{MergedProfile, merge_profile};
use crate::profile::Profile;
use crate::vault::error::VaultError;
use crate::vault::stored_profile::{Field, Version, changed_fields, differing, list_of_fields, same};
use crate::vault::who::Who;

impl Contents {
    /// What two sides changed differently and nobody has chosen between yet, oldest first.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Ends a conflict: takes over the fields whose choice is [`ConflictSide::Other`]; all else stays as it is in place.
    ///
    /// `false` when there is no such conflict any more. Refuses a name that another profile has by now.
    pub fn resolve_conflict(
        &mut self,
        id: Uuid,
        choices: &[FieldChoice],
        now: DateTime<Utc>,
    ) -> Result<bool, VaultError> {
        let Some(place) = self.conflicts.iter().position(|conflict| conflict.id == id) else { return Ok(false) };
        let conflict = self.conflicts[place].clone();
        let Some(present) = self.version(conflict.profile) else { return Ok(false) };
        let mut stored = present.to_stored();
        let mut fields = Vec::new();
        for choice in choices.iter().filter(|choice| choice.side == ConflictSide::Other) {
            if !same(&choice.field, stored.version(), conflict.version()) {
                stored.copy_field(&choice.field, conflict.version());
                fields.push(choice.field.clone());
            }
        }
        if !fields.is_empty() {
            stored.profile.modified = stored.profile.modified.max(now);
            let connection = [Field::EnvironmentUrl, Field::ClientId, Field::ClientSecret, Field::Tenant];
            if fields.iter().any(|field| connection.contains(field)) {
                stored.profile.last_check = None;
            }
        }
        let name = stored.profile.name.clone();
        self.put_stored(stored)?;
        Arc::make_mut(&mut self.conflicts).remove(place);
        self.deleted.push((id, now));
        self.record(HistoryKind::ConflictResolved(fields), Some((conflict.profile, name)));
        Ok(true)
    }

    /// Puts a profile that somebody edited beginning from `base`, on top of what is here now: fields that only others
    /// changed since stay, fields that both changed become a [`Conflict`].
    ///
    /// Without a `base` the profile is new; one with its id that is here all the same is merged without a base.
    pub fn put_based_on(&mut self, base: Option<&Profile>, mine: Profile) -> Result<PutOutcome, VaultError> {
        let mut outcome = PutOutcome::default();
        let Some(theirs) = self.version(mine.id) else {
            outcome.revived = base.is_some();
            self.put(mine)?;
            return Ok(outcome);
        };
        // A form does not know what newer versions added, so that part counts as unchanged.
        let with_kept = |profile| Version { profile, kept: theirs.kept };
        let (base, mine) = (base.map(with_kept), with_kept(&mine));
        // It was edited just now, whatever the clocks of others said.
        let now = mine.profile.modified;
        let id = mine.profile.id;
        let MergedProfile { stored, fields, other, .. } = merge_profile(base, mine, theirs, now);
        outcome.from_others = differing(mine, stored.version());
        let conflict =
            other.map(|other| Conflict::new(id, stored.profile.modified, &Who::default(), fields.clone(), other));
        outcome.from_others.retain(|field| !fields.contains(field));
        self.put_stored(stored)?;
        if let Some(conflict) = conflict {
            outcome.conflicts = fields;
            self.add_conflict(conflict);
        }
        Ok(outcome)
    }

    /// Takes out a profile as somebody saw it. `None` when it is gone already.
    ///
    /// Refuses when others have changed it since ([`VaultError::ChangedMeanwhile`]).
    pub fn remove_based_on(&mut self, seen: &Profile) -> Result<Option<Profile>, VaultError> {
        let Some(present) = self.get(seen.id) else { return Ok(None) };
        let fields = changed_fields(seen, present);
        if fields.is_empty() {
            Ok(self.remove(seen.id))
        } else {
            Err(VaultError::ChangedMeanwhile { name: present.name.clone(), fields: list_of_fields(&fields) })
        }
    }

    /// Puts back conflicts of a profile whose removal is undone.
    pub fn put_back_conflicts<'c>(&mut self, conflicts: impl IntoIterator<Item = &'c Conflict>) {
        for conflict in conflicts {
            if self.get(conflict.profile).is_some() && !self.deleted.iter().any(|(ended, _)| *ended == conflict.id) {
                self.add_conflict(conflict.clone());
            }
        }
    }

    pub(in crate::vault) fn all_conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Adds the conflicts that are not there.
    pub(in crate::vault) fn add_conflicts(&mut self, conflicts: impl Iterator<Item = Conflict>) {
        let mut there: HashSet<Uuid> = self.conflicts.iter().map(|conflict| conflict.id).collect();
        let new: Vec<Conflict> = conflicts.filter(|conflict| there.insert(conflict.id)).collect();
        if !new.is_empty() {
            Arc::make_mut(&mut self.conflicts).extend(new);
        }
    }

    /// Adds a conflict unless it is there.
    pub(in crate::vault) fn add_conflict(&mut self, conflict: Conflict) {
        if !self.conflicts.iter().any(|known| known.id == conflict.id) {
            Arc::make_mut(&mut self.conflicts).push(conflict);
        }
    }

    /// Signs the conflicts that were found since the last save.
    pub(in crate::vault) fn sign_conflicts(&mut self, who: &Who) {
        if self.conflicts.iter().any(|conflict| conflict.who == Who::default()) {
            for conflict in Arc::make_mut(&mut self.conflicts).iter_mut().filter(|c| c.who == Who::default()) {
                conflict.who = who.clone();
            }
        }
    }
}
