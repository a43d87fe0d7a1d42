//! Two people changed one field of a profile differently: both versions are kept until somebody chooses.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::profile::Profile;
use crate::vault::encoding::{KeptValue, SecretBuffer};
use crate::vault::stored_profile::{Field, ProfileOut, Stored, Version, list_of_fields};
use crate::vault::who::Who;

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
    pub(in crate::vault) kept: Vec<(String, KeptValue)>,
    /// What newer versions added to the conflict itself.
    pub(in crate::vault) kept_of_conflict: Vec<(String, KeptValue)>,
}

/// Which version of a field stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictSide {
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
    pub side: ConflictSide,
}

/// What became of a profile that was put on top of what others may have saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutOutcome {
    /// Fields that others had changed meanwhile, and that were kept.
    pub from_others: Vec<Field>,
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
                "Someone else changed {} of “{name}” at the same time. Both versions were saved: review the conflicts \
                 and choose.",
                list_of_fields(&self.conflicts)
            ))
        } else if self.revived {
            Some(format!("Someone else had deleted “{name}” in the meantime. It is restored, with your changes."))
        } else if !self.from_others.is_empty() {
            Some(format!(
                "Someone else changed {} of “{name}” in the meantime. Their changes were saved along with yours.",
                list_of_fields(&self.from_others)
            ))
        } else {
            None
        }
    }
}

impl Conflict {
    /// The id follows from the content: everyone who finds the same conflict gives it the same one.
    pub(in crate::vault) fn new(
        profile: Uuid,
        found: DateTime<Utc>,
        who: &Who,
        fields: Vec<Field>,
        other: Stored,
    ) -> Conflict {
        let id = id_of(profile, other.version());
        Conflict {
            id,
            profile,
            found,
            who: who.clone(),
            fields,
            other: other.profile,
            kept: other.kept,
            kept_of_conflict: Vec::new(),
        }
    }

    /// The other version.
    pub(in crate::vault) fn version(&self) -> Version<'_> {
        Version { profile: &self.other, kept: &self.kept }
    }
}

fn id_of(profile: Uuid, other: Version<'_>) -> Uuid {
    let mut buffer = SecretBuffer::with_capacity(1024);
    // Checks come and go beside a version.
    let plain = Profile { last_check: None, ..other.profile.clone() };
    let out = ProfileOut { profile: &plain, kept: other.kept };
    serde_json::to_writer(&mut buffer, &out).expect("a profile is plain JSON and memory takes it");
    let digest = Sha256::new().chain_update(profile.as_bytes()).chain_update(buffer.bytes_mut()).finalize();
    let bytes: [u8; 16] = digest[..16].try_into().expect("a digest has 32 bytes");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
