//! What differs between two states of a vault, in names and never in values.

use uuid::Uuid;

use super::Contents;
use crate::profile::Profile;
use crate::vault::stored_profile::{Field, differing};

/// What differs between a vault now and then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Profiles that are there now and were not then: restoring all would take them out.
    pub added: Vec<NamedProfile>,
    /// Profiles that were there then and are not now: restoring brings them back.
    pub removed: Vec<NamedProfile>,
    /// Profiles with other values now than then.
    pub changed: Vec<ChangedProfile>,
    /// Whether the user name or password for the proxy differs.
    pub proxy_credentials_differ: bool,
}

/// A profile by its id and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedProfile {
    /// Its id.
    pub id: Uuid,
    /// Its name in the state where it is.
    pub name: String,
}

/// A profile that is in both states with different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedProfile {
    /// Its id.
    pub id: Uuid,
    /// Its name now.
    pub name: String,
    /// Its name then.
    pub name_then: String,
    /// Which fields differ.
    pub fields: Vec<Field>,
}

impl Difference {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Difference::default()
    }
}

/// Compares the vault `now` with an earlier state. How the last check ended is no difference: a newer check is not
/// undone by going back.
pub fn difference(now: &Contents, then: &Contents) -> Difference {
    let named = |profile: &Profile| NamedProfile { id: profile.id, name: profile.name.clone() };
    let lacking = |from: &Contents, other: &Contents| {
        from.profiles().iter().filter(|profile| other.get(profile.id).is_none()).map(named).collect()
    };
    let changed = now.profiles().iter().filter_map(|profile| {
        let former = then.get(profile.id)?;
        let fields = differing(now.version(profile.id)?, then.version(profile.id)?);
        let (name, name_then) = (profile.name.clone(), former.name.clone());
        (!fields.is_empty()).then_some(ChangedProfile { id: profile.id, name, name_then, fields })
    });
    Difference {
        added: lacking(now, then),
        removed: lacking(then, now),
        changed: changed.collect(),
        proxy_credentials_differ: now.proxy_credentials() != then.proxy_credentials(),
    }
}
