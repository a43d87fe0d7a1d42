//! The names under which unsaved changes are saved when the vault locks.

use std::collections::HashSet;

use crate::app::SharedProfiles;
use crate::profile::{compared_name, free_name, parse_name};

/// The names that profiles have, or will have once everything unsaved is saved.
pub(super) struct RescueNames {
    taken: HashSet<String>,
}

impl RescueNames {
    /// For a vault with these profiles.
    pub(super) fn of(profiles: &SharedProfiles) -> RescueNames {
        RescueNames { taken: profiles.iter().map(|profile| compared_name(&profile.name)).collect() }
    }

    /// A name that says where the changes come from, and that no profile has. It counts as taken from now on.
    pub(super) fn name(&mut self, original: &str) -> String {
        let original = parse_name(original).unwrap_or_else(|_| "New profile".to_owned());
        let numbered = (2_u32..).map(|number| format!(" (unsaved changes {number})"));
        let suffixes = std::iter::once(" (unsaved changes)".to_owned()).chain(numbered);
        free_name(&original, suffixes, |name| !self.taken.insert(compared_name(name)))
    }
}
