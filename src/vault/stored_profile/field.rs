//! The fields of a profile, one by one: which of them differ, and taking one over from another version.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::profile::Profile;
use crate::vault::encoding::{KeptValue, by_name};

/// One field of a profile. `last_check`, `created` and `modified` are none: nobody types them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The profile's name.
    Name,
    /// The Dataverse environment.
    EnvironmentUrl,
    /// The Application (client) ID.
    ClientId,
    /// The client secret.
    ClientSecret,
    /// The Directory (tenant).
    Tenant,
    /// The expiry date of the client secret.
    SecretExpires,
    /// The tags.
    Tags,
    /// The notes.
    Notes,
    /// What the vendor's own tool made.
    VendorValue,
    /// Further keys of the connection string.
    OtherKeys,
    /// The replacement of the client secret that is under way.
    Renewal,
    /// The client secret that was in use before.
    FormerSecret,
    /// Whether the UCC has the secret that was taken into use last.
    UccUpdate,
    /// The renewals so far.
    Renewals,
    /// A member of that name which only a newer version knows.
    Other(String),
}

impl Field {
    /// Every field that this version knows.
    pub const KNOWN: [Field; 14] = [
        Field::Name,
        Field::EnvironmentUrl,
        Field::ClientId,
        Field::ClientSecret,
        Field::Tenant,
        Field::SecretExpires,
        Field::Tags,
        Field::Notes,
        Field::VendorValue,
        Field::OtherKeys,
        Field::Renewal,
        Field::FormerSecret,
        Field::UccUpdate,
        Field::Renewals,
    ];

    /// The field's public id: its member's name in the vault's JSON.
    pub fn id(&self) -> &str {
        match self {
            Field::Name => "name",
            Field::EnvironmentUrl => "environment_url",
            Field::ClientId => "client_id",
            Field::ClientSecret => "client_secret",
            Field::Tenant => "tenant",
            Field::SecretExpires => "secret_expires",
            Field::Tags => "tags",
            Field::Notes => "notes",
            Field::VendorValue => "vendor_value",
            Field::OtherKeys => "other_keys",
            Field::Renewal => "renewal",
            Field::FormerSecret => "former_secret",
            Field::UccUpdate => "ucc_update",
            Field::Renewals => "renewals",
            Field::Other(name) => name,
        }
    }

    /// The field with this public id.
    pub fn of_id(id: &str) -> Field {
        let known = Field::KNOWN.into_iter().find(|field| field.id() == id);
        known.unwrap_or_else(|| Field::Other(id.to_owned()))
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        match self {
            Field::Name => "name",
            Field::EnvironmentUrl => "Environment URL",
            Field::ClientId => "client ID",
            Field::ClientSecret => "client secret",
            Field::Tenant => "tenant",
            Field::SecretExpires => "expiry date",
            Field::Tags => "tags",
            Field::Notes => "notes",
            Field::VendorValue => "encrypted connection string",
            Field::OtherKeys => "other keys",
            Field::Renewal => "renewal in progress",
            Field::FormerSecret => "old secret",
            Field::UccUpdate => "UCC update",
            Field::Renewals => "renewal history",
            Field::Other(name) => name,
        }
    }

    /// Whether its value is a secret, to be covered where it is shown.
    pub fn is_secret(&self) -> bool {
        use Field::{ClientSecret, FormerSecret, Other, OtherKeys, Renewal, VendorValue};
        matches!(self, ClientSecret | VendorValue | OtherKeys | Renewal | FormerSecret | Other(_))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// Fields in words: `client secret, expiry date and notes`.
pub fn list_of_fields(fields: &[Field]) -> String {
    match fields {
        [] => "nothing".to_owned(),
        [one] => one.label().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(Field::label).collect();
            format!("{} and {}", first.join(", "), last.label())
        }
    }
}

/// The fields in which two versions of a profile differ, in the order of [`Field::KNOWN`].
pub fn changed_fields(one: &Profile, other: &Profile) -> Vec<Field> {
    differing(Version { profile: one, kept: &[] }, Version { profile: other, kept: &[] })
}

/// A profile with what only newer versions understand of it.
#[derive(Clone)]
pub(in crate::vault) struct Stored {
    pub(in crate::vault) profile: Profile,
    pub(in crate::vault) kept: Vec<(String, KeptValue)>,
}

/// The same, looked at.
#[derive(Clone, Copy)]
pub(in crate::vault) struct Version<'a> {
    pub(in crate::vault) profile: &'a Profile,
    pub(in crate::vault) kept: &'a [(String, KeptValue)],
}

impl Stored {
    pub(in crate::vault) fn version(&self) -> Version<'_> {
        Version { profile: &self.profile, kept: &self.kept }
    }

    /// Copies one field from another version.
    pub(in crate::vault) fn copy_field(&mut self, field: &Field, from: Version<'_>) {
        let (to, source) = (&mut self.profile, from.profile);
        match field {
            Field::Name => to.name.clone_from(&source.name),
            Field::EnvironmentUrl => to.environment_url.clone_from(&source.environment_url),
            Field::ClientId => to.client_id = source.client_id,
            Field::ClientSecret => to.client_secret.clone_from(&source.client_secret),
            Field::Tenant => to.tenant.clone_from(&source.tenant),
            Field::SecretExpires => to.secret_expires = source.secret_expires,
            Field::Tags => to.tags.clone_from(&source.tags),
            Field::Notes => to.notes.clone_from(&source.notes),
            Field::VendorValue => to.vendor_value.clone_from(&source.vendor_value),
            Field::OtherKeys => to.other_keys.clone_from(&source.other_keys),
            Field::Renewal => to.renewal.clone_from(&source.renewal),
            Field::FormerSecret => to.former_secret.clone_from(&source.former_secret),
            Field::UccUpdate => to.ucc_update.clone_from(&source.ucc_update),
            Field::Renewals => to.renewals.clone_from(&source.renewals),
            Field::Other(_) => {}
        }
        let place = self.kept.iter().position(|(name, _)| name == field.id());
        let kept = from.kept.iter().find(|(name, _)| name == field.id());
        match (place, kept) {
            (Some(place), Some((_, value))) => self.kept[place].1 = value.clone(),
            (Some(place), None) => drop(self.kept.remove(place)),
            (None, Some(kept)) => self.kept.push(kept.clone()),
            (None, None) => {}
        }
    }
}

impl Stored {
    /// Copies many members that only a newer version knows, in one pass.
    pub(in crate::vault) fn copy_unknown(&mut self, names: &HashSet<String>, from: Version<'_>) {
        if names.is_empty() {
            return;
        }
        let mut source: HashMap<&str, &KeptValue> = by_name(from.kept);
        self.kept.retain_mut(|(name, value)| {
            if names.contains(name) {
                match source.remove(name.as_str()) {
                    Some(newer) => *value = newer.clone(),
                    None => return false,
                }
            }
            true
        });
        let added = from.kept.iter().filter(|(name, _)| names.contains(name) && source.contains_key(name.as_str()));
        self.kept.extend(added.cloned());
    }
}

impl<'a> Version<'a> {
    pub(in crate::vault) fn to_stored(self) -> Stored {
        Stored { profile: self.profile.clone(), kept: self.kept.to_vec() }
    }

    /// The text of a field that this version of the program cannot make sense of, unless somebody has set it since.
    fn unread(self, field: &Field) -> Option<&'a KeptValue> {
        if self.kept.is_empty() || is_set(field, self.profile) {
            return None;
        }
        self.kept.iter().find(|(name, _)| name == field.id()).map(|(_, value)| value)
    }
}

/// Whether somebody has set a field whose text in the file may mean nothing to this version of the program.
pub(in crate::vault) fn is_set(field: &Field, profile: &Profile) -> bool {
    match field {
        Field::EnvironmentUrl => profile.environment_url.is_some(),
        Field::ClientId => profile.client_id.is_some(),
        Field::ClientSecret => profile.client_secret.is_some(),
        Field::Tenant => profile.tenant.is_some(),
        Field::SecretExpires => profile.secret_expires.is_some(),
        Field::Renewal => profile.renewal.is_some(),
        Field::FormerSecret => profile.former_secret.is_some(),
        Field::UccUpdate => profile.ucc_update.is_some(),
        Field::Renewals => !profile.renewals.is_empty(),
        _ => false,
    }
}

/// Whether a field is the same in both versions.
pub(in crate::vault) fn same(field: &Field, one: Version<'_>, other: Version<'_>) -> bool {
    let (a, b) = (one.profile, other.profile);
    let read = match field {
        Field::Name => a.name == b.name,
        Field::EnvironmentUrl => a.environment_url == b.environment_url,
        Field::ClientId => a.client_id == b.client_id,
        Field::ClientSecret => a.client_secret == b.client_secret,
        Field::Tenant => a.tenant == b.tenant,
        Field::SecretExpires => a.secret_expires == b.secret_expires,
        Field::Tags => a.tags == b.tags,
        Field::Notes => a.notes == b.notes,
        Field::VendorValue => a.vendor_value == b.vendor_value,
        Field::OtherKeys => a.other_keys == b.other_keys,
        Field::Renewal => a.renewal == b.renewal,
        Field::FormerSecret => a.former_secret == b.former_secret,
        Field::UccUpdate => a.ucc_update == b.ucc_update,
        Field::Renewals => a.renewals == b.renewals,
        Field::Other(_) => true,
    };
    read && one.unread(field) == other.unread(field)
}

/// The fields in which two versions differ.
pub(in crate::vault) fn differing(one: Version<'_>, other: Version<'_>) -> Vec<Field> {
    let mut fields: Vec<_> = Field::KNOWN.into_iter().filter(|field| !same(field, one, other)).collect();
    if one.kept.is_empty() && other.kept.is_empty() {
        return fields;
    }
    let (in_one, in_other) = (by_name(one.kept), by_name(other.kept));
    let only_in_other = other.kept.iter().filter(|(name, _)| !in_one.contains_key(name.as_str()));
    for (name, _) in one.kept.iter().chain(only_in_other) {
        let field = Field::of_id(name);
        if matches!(field, Field::Other(_)) && in_one.get(name.as_str()) != in_other.get(name.as_str()) {
            fields.push(field);
        }
    }
    fields
}

/// Whether two versions say the same in every field.
pub(in crate::vault) fn same_fields(one: Version<'_>, other: Version<'_>) -> bool {
    Field::KNOWN.iter().all(|field| same(field, one, other))
        && (one.kept.is_empty() && other.kept.is_empty() || differing(one, other).is_empty())
}
