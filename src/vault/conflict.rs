//! Two people changed one field of a profile differently: both versions are kept until somebody chooses.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::contents::Contents;
use super::error::VaultError;
use super::field::{Field, Stored, Version, list_of_fields};
use super::history::{HistoryKind, Who};
use super::kept_json::KeptValue;
use super::merge::{MergedProfile, merge_profile};
use crate::profile::Profile;

/// A profile that two sides changed in the same fields. One version is in place among the profiles; this is the other.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Names the conflict.
    pub id: Uuid,
    /// The profile in question.
    pub profile: Uuid,
    /// When it was found.
    pub found: DateTime<Utc>,
    /// Who made the other version, as far as the history tells; else who found the conflict.
    pub who: Who,
    /// The fields that both changed differently.
    pub fields: Vec<Field>,
    /// The whole other version.
    pub other: Profile,
    /// What newer versions added to it.
    pub(super) kept: Vec<(String, KeptValue)>,
    /// What newer versions added to the conflict itself.
    pub(super) kept_beside: Vec<(String, KeptValue)>,
}

/// Which version of a field stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The one that is in place.
    InPlace,
    /// The conflict's other one.
    Other,
}

/// A choice for one field of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChoice {
    /// The field.
    pub field: Field,
    /// What stays there.
    pub take: Take,
}

/// What became of a profile that was put on top of what others may have saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutOutcome {
    /// Fields that others had changed meanwhile, and that were kept.
    pub taken: Vec<Field>,
    /// Fields that others had changed differently: a conflict is kept.
    pub conflicts: Vec<Field>,
    /// Somebody had removed the profile; it is back.
    pub revived: bool,
}

impl PutOutcome {
    /// What there is to tell, if there is anything.
    pub fn describe(&self, name: &str) -> Option<String> {
        if !self.conflicts.is_empty() {
            Some(format!(
                "Somebody else changed {} of “{name}” at the same time. Both versions are kept: look at the conflicts \
                 and choose.",
                list_of_fields(&self.conflicts)
            ))
        } else if self.revived {
            Some(format!("Somebody else had removed “{name}” meanwhile. It is back, with your changes."))
        } else if !self.taken.is_empty() {
            Some(format!(
                "Somebody else changed {} of “{name}” meanwhile. That was kept beside your changes.",
                list_of_fields(&self.taken)
            ))
        } else {
            None
        }
    }
}

impl Conflict {
    /// The id follows from the content: whoever finds the same conflict gives it the same one.
    pub(super) fn new(profile: Uuid, found: DateTime<Utc>, who: &Who, fields: Vec<Field>, other: Stored) -> Conflict {
        let id = id_of(profile, other.version());
        Conflict {
            id,
            profile,
            found,
            who: who.clone(),
            fields,
            other: other.profile,
            kept: other.kept,
            kept_beside: Vec::new(),
        }
    }

    /// The other version.
    pub(super) fn version(&self) -> Version<'_> {
        Version { profile: &self.other, kept: &self.kept }
    }
}

fn id_of(profile: Uuid, other: Version<'_>) -> Uuid {
    let mut buffer = super::secret_buffer::SecretBuffer::with_capacity(1024);
    // Checks come and go beside a version.
    let plain = Profile { last_check: None, ..other.profile.clone() };
    let out = super::profile_json::ProfileOut { profile: &plain, kept: other.kept };
    serde_json::to_writer(&mut buffer, &out).expect("a profile is plain JSON and memory takes it");
    let digest = Sha256::new().chain_update(profile.as_bytes()).chain_update(buffer.bytes_mut()).finalize();
    let bytes: [u8; 16] = digest[..16].try_into().expect("a digest has 32 bytes");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

impl Contents {
    /// What two sides changed differently and nobody has chosen between yet, oldest first.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Ends a conflict: takes over the fields whose choice is [`Take::Other`]; all else stays as it is in place.
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
        for choice in choices.iter().filter(|choice| choice.take == Take::Other) {
            if !super::field::same(&choice.field, stored.version(), conflict.version()) {
                stored.take(&choice.field, conflict.version());
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
        outcome.taken = super::field::differing(mine, stored.version());
        let conflict =
            other.map(|other| Conflict::new(id, stored.profile.modified, &Who::default(), fields.clone(), other));
        outcome.taken.retain(|field| !fields.contains(field));
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
        let fields = super::field::changed_fields(seen, present);
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

    pub(super) fn all_conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Adds the conflicts that are not there.
    pub(super) fn add_conflicts(&mut self, conflicts: impl Iterator<Item = Conflict>) {
        let mut there: HashSet<Uuid> = self.conflicts.iter().map(|conflict| conflict.id).collect();
        let new: Vec<Conflict> = conflicts.filter(|conflict| there.insert(conflict.id)).collect();
        if !new.is_empty() {
            Arc::make_mut(&mut self.conflicts).extend(new);
        }
    }

    /// Adds a conflict unless it is there.
    pub(super) fn add_conflict(&mut self, conflict: Conflict) {
        if !self.conflicts.iter().any(|known| known.id == conflict.id) {
            Arc::make_mut(&mut self.conflicts).push(conflict);
        }
    }

    /// Signs the conflicts that were found since the last save.
    pub(super) fn sign_conflicts(&mut self, who: &Who) {
        if self.conflicts.iter().any(|conflict| conflict.who == Who::default()) {
            for conflict in Arc::make_mut(&mut self.conflicts).iter_mut().filter(|c| c.who == Who::default()) {
                conflict.who = who.clone();
            }
        }
    }
}
