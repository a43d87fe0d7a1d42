//! The name of a save, by which two states of a vault tell what they have in common.

use std::fmt;

use super::Contents;
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

/// How many saves a vault names.
pub(in crate::vault) const SAVES_LIMIT: usize = 256;

/// Names one save: 64 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::vault) struct SaveId(pub(in crate::vault) u64);

impl SaveId {
    pub(in crate::vault) fn random(surroundings: &dyn Surroundings) -> Result<SaveId, VaultError> {
        let mut bytes = [0; 8];
        surroundings.fill_random(&mut bytes).map_err(VaultError::NoRandomness)?;
        Ok(SaveId(u64::from_be_bytes(bytes)))
    }

    /// Reads what `Display` writes.
    pub(in crate::vault) fn parse(text: &str) -> Option<SaveId> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_hex.then(|| u64::from_str_radix(text, 16).ok().map(SaveId)).flatten()
    }
}

impl fmt::Display for SaveId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl Contents {
    /// Names the latest save.
    pub(super) fn add_save(&mut self, save: SaveId) {
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
}
