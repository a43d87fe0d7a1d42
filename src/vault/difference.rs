//! What differs between two states of a vault, in names and never in values.

use uuid::Uuid;

use super::contents::Contents;
use crate::profile::Profile;

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
    pub fields: Vec<DifferentField>,
}

/// A part of a profile that can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferentField {
    /// The name.
    Name,
    /// The Environment URL.
    EnvironmentUrl,
    /// The Application (client) ID.
    ClientId,
    /// The client secret.
    ClientSecret,
    /// The Directory (tenant) ID.
    Tenant,
    /// The secret's expiry date.
    SecretExpires,
    /// The tags.
    Tags,
    /// The notes.
    Notes,
    /// The vendor's own form of the connection.
    VendorValue,
    /// Other keys of a pasted connection string.
    OtherKeys,
    /// Something that only a newer version of this program knows.
    Unknown,
}

impl DifferentField {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            DifferentField::Name => "name",
            DifferentField::EnvironmentUrl => "Environment URL",
            DifferentField::ClientId => "Application (client) ID",
            DifferentField::ClientSecret => "client secret",
            DifferentField::Tenant => "Directory (tenant) ID",
            DifferentField::SecretExpires => "expiry date",
            DifferentField::Tags => "tags",
            DifferentField::Notes => "notes",
            DifferentField::VendorValue => "vendor's value",
            DifferentField::OtherKeys => "other keys",
            DifferentField::Unknown => "fields of a newer version",
        }
    }

    /// The name in JSON answers: as in the vault's payload.
    pub fn code(self) -> &'static str {
        match self {
            DifferentField::Name => "name",
            DifferentField::EnvironmentUrl => "environment_url",
            DifferentField::ClientId => "client_id",
            DifferentField::ClientSecret => "client_secret",
            DifferentField::Tenant => "tenant",
            DifferentField::SecretExpires => "secret_expires",
            DifferentField::Tags => "tags",
            DifferentField::Notes => "notes",
            DifferentField::VendorValue => "vendor_value",
            DifferentField::OtherKeys => "other_keys",
            DifferentField::Unknown => "unknown",
        }
    }
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
        let mut fields = differing(profile, former);
        if now.kept_of(profile.id) != then.kept_of(profile.id) {
            fields.push(DifferentField::Unknown);
        }
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

fn differing(one: &Profile, other: &Profile) -> Vec<DifferentField> {
    use DifferentField as F;
    let pairs = [
        (F::Name, one.name != other.name),
        (F::EnvironmentUrl, one.environment_url != other.environment_url),
        (F::ClientId, one.client_id != other.client_id),
        (F::ClientSecret, one.client_secret != other.client_secret),
        (F::Tenant, one.tenant != other.tenant),
        (F::SecretExpires, one.secret_expires != other.secret_expires),
        (F::Tags, one.tags != other.tags),
        (F::Notes, one.notes != other.notes),
        (F::VendorValue, one.vendor_value != other.vendor_value),
        (F::OtherKeys, one.other_keys != other.other_keys),
    ];
    pairs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}
