//! Putting back what an earlier state of the vault held: an ordinary change, which comes after all saves so far, so that
//! no other handle takes it for a lost save.

use uuid::Uuid;

use super::contents::Contents;
use super::error::VaultError;
use super::field::same_fields;
use super::history::HistoryKind;

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
        self.find_names_anew();
        self.set_beside(then.beside());
        self.record(HistoryKind::BackupRestored, None);
    }

    /// Makes one profile what it was in `then`. `false` when it was not there.
    ///
    /// Refuses a name that another profile has by now ([`VaultError::NameTaken`]).
    pub fn put_back_profile(&mut self, then: &Contents, id: Uuid) -> Result<bool, VaultError> {
        let Some(version) = then.version(id) else { return Ok(false) };
        self.put_stored(version.to_stored())?;
        self.record(HistoryKind::BackupRestored, Some((id, version.profile.name.clone())));
        Ok(true)
    }
}
