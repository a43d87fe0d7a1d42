//! Putting back what an earlier state of the vault held: an ordinary change, which comes after all saves so far, so that
//! no other handle takes it for a lost save.

use uuid::Uuid;

use super::Contents;
use super::history::HistoryKind;
use crate::profile::{self, Profile};
use crate::vault::error::VaultError;
use crate::vault::stored_profile::same_fields;

impl Contents {
    /// Makes profiles and the proxy's sign-in what they were in `then`. History, conflicts about profiles that are still
    /// there, and the names of the saves stay. The history gets one entry for all.
    pub fn put_back_all(&mut self, then: &Contents) {
        let gone: Vec<Uuid> =
            self.profiles().iter().map(|profile| profile.id).filter(|id| then.get(*id).is_none()).collect();
        for id in gone {
            self.remove(id);
        }
        // All at once: names may have changed hands between the two states.
        for profile in then.profiles() {
            let version = then.version(profile.id).expect("it was just listed");
            if !self.version(profile.id).is_some_and(|now| now.profile == profile && same_fields(now, version)) {
                self.overwrite(version.to_stored());
            }
        }
        self.index_names();
        // The ways to open the vault stay as they are, and so does what is known of them.
        let slots = self.slot_notes();
        self.set_vault_wide_fields(then.vault_wide_fields());
        self.set_slot_notes(&slots);
        self.record(HistoryKind::BackupRestored, None);
    }

    /// Makes one profile what it was in `then`, or brings it back. When another profile has its name by now, it gets
    /// “(restored)” added. Out: the name that it has; `None` when it was not there.
    pub fn put_back_profile(&mut self, then: &Contents, id: Uuid) -> Result<Option<String>, VaultError> {
        let Some(version) = then.version(id) else { return Ok(None) };
        let mut stored = version.to_stored();
        stored.profile.name = self.free_name(&stored.profile);
        let name = stored.profile.name.clone();
        self.put_stored(stored)?;
        self.record(HistoryKind::BackupRestored, Some((id, name.clone())));
        Ok(Some(name))
    }

    /// The profile's name, or the next one like it that no other profile has.
    fn free_name(&self, profile: &Profile) -> String {
        let is_taken = |name: &str| self.by_name(name).is_some_and(|other| other.id != profile.id);
        if !is_taken(&profile.name) {
            return profile.name.clone();
        }
        let numbered = (2_u32..).map(|number| format!(" (restored {number})"));
        profile::free_name(&profile.name, std::iter::once(" (restored)".to_owned()).chain(numbered), is_taken)
    }
}
