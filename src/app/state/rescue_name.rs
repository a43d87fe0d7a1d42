//! The name under which unsaved changes are saved when the vault locks.

use crate::{app::SharedProfiles, profile::compared_name};

/// A name that no profile has, telling where the changes come from.
pub(super) fn rescue_name(name: &str, profiles: &SharedProfiles) -> String {
    let base = match crate::profile::parse_name(name) {
        Ok(name) => name.chars().take(80).collect(),
        Err(_) => "New profile".to_owned(),
    };
    let taken = |name: &str| profiles.iter().any(|profile| compared_name(&profile.name) == compared_name(name));
    let first = format!("{base} (unsaved changes)");
    if !taken(&first) {
        return first;
    }
    (2..).map(|number| format!("{base} (unsaved changes {number})")).find(|name| !taken(name)).unwrap_or(first)
}
