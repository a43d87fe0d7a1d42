//! The open vault's profiles, shared by the vault's thread and the window: what did not change is not copied when they are
//! sent again, so that a change of one profile moves one profile's secrets.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use uuid::Uuid;

use crate::profile::Profile;

/// Profiles in the order of the vault. The last owner of a profile wipes its secrets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SharedProfiles(Arc<[Arc<Profile>]>);

impl SharedProfiles {
    /// Becomes `now`; a profile that is the same as before is not copied.
    pub(super) fn update(&mut self, now: &[Profile]) {
        let before: HashMap<Uuid, &Arc<Profile>> = self.0.iter().map(|profile| (profile.id, profile)).collect();
        let shared = |profile: &Profile| match before.get(&profile.id).filter(|before| ****before == *profile) {
            Some(before) => Arc::clone(before),
            None => Arc::new(profile.clone()),
        };
        self.0 = now.iter().map(shared).collect();
    }

    /// Whether both are one and the same, which says more than that they are equal, and costs nothing.
    pub(super) fn is_same(&self, other: &SharedProfiles) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The profile with this id.
    pub fn by_id(&self, id: Uuid) -> Option<&Profile> {
        self.0.iter().map(Arc::as_ref).find(|profile| profile.id == id)
    }
}

impl Deref for SharedProfiles {
    type Target = [Arc<Profile>];

    fn deref(&self) -> &[Arc<Profile>] {
        &self.0
    }
}

impl From<Vec<Profile>> for SharedProfiles {
    fn from(profiles: Vec<Profile>) -> SharedProfiles {
        profiles.into_iter().map(Arc::new).collect()
    }
}

impl FromIterator<Arc<Profile>> for SharedProfiles {
    fn from_iter<I: IntoIterator<Item = Arc<Profile>>>(profiles: I) -> SharedProfiles {
        SharedProfiles(profiles.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn profile(number: u128, notes: &str) -> Profile {
        let mut profile = Profile::new(Uuid::from_u128(number), &format!("Profile {number}"), DateTime::UNIX_EPOCH);
        profile.notes = notes.to_owned();
        profile
    }

    #[test]
    fn only_what_changed_is_copied_and_the_order_is_the_vaults() {
        let mut profiles = SharedProfiles::from(vec![profile(1, "a"), profile(2, "b"), profile(3, "c")]);
        let before = profiles.clone();
        profiles.update(&[profile(3, "c"), profile(4, "d"), profile(1, "changed")]);
        let numbers: Vec<u128> = profiles.iter().map(|profile| profile.id.as_u128()).collect();
        assert_eq!(numbers, [3, 4, 1]);
        assert!(Arc::ptr_eq(&profiles[0], &before[2]));
        assert_eq!(profiles[2].notes, "changed");
        assert_eq!(before[0].notes, "a", "who has the former ones keeps them");
    }

    #[test]
    fn what_was_removed_is_dropped_with_its_last_owner() {
        let mut profiles = SharedProfiles::from(vec![profile(1, "a")]);
        let window = profiles.clone();
        let watched = Arc::downgrade(&window[0]);
        profiles.update(&[]);
        assert!(watched.upgrade().is_some());
        drop(window);
        assert!(watched.upgrade().is_none());
    }
}
