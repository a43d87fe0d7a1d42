//! What this account set for single profiles: days of their own, and when their reminders wait.

use std::collections::HashMap;

use uuid::Uuid;

use super::index::{Index, IndexedProfile};
use super::rule::ReminderRule;
use super::snooze::Snooze;

/// What is set for one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Its own rule.
    pub rule: Option<ReminderRule>,
    /// Whether its reminders wait.
    pub snooze: Option<Snooze>,
}

/// What is set, by profile; profiles without anything are left out.
pub type OwnByProfile = HashMap<Uuid, Own>;

impl Index {
    /// What is set for profiles of a vault.
    pub fn own(&self, vault: Uuid) -> OwnByProfile {
        let newest = self.vaults.iter().filter(|known| known.id == vault).max_by_key(|known| known.order());
        let own = |profile: &IndexedProfile| {
            let own = Own { rule: profile.rule.clone(), snooze: profile.snooze };
            (own != Own::default()).then_some((profile.id, own))
        };
        newest.into_iter().flat_map(|known| known.profiles.iter()).filter_map(own).collect()
    }
}
