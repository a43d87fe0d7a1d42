//! How a tenant's client secrets meet the profiles of the vault. Pure.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::applications::Registration;
use crate::connection_check::ListedSecret;
use crate::exchange::import::{Import, SecretEnd};
use crate::exchange::plan::{ExpiryRow, meet_expiries};
use crate::profile::{ClientId, Profile, SecretExpiry, SecretText, Tenant};

/// A tenant's app registrations with client secrets, beside the profiles.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// The registrations that have client secrets, the one whose secret expires first on top.
    pub apps: Vec<AppRow>,
    /// Profiles of this tenant whose secret is not among them.
    pub strays: Vec<Stray>,
    /// How many registrations there are in all, with and without client secrets.
    pub registrations: usize,
    /// The expiry dates, as an import takes them.
    pub dates: Import,
    /// How these dates meet the profiles.
    pub expiries: Vec<ExpiryRow>,
}

/// An app registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppRow {
    /// Its display name.
    pub name: String,
    /// Its Application (client) ID.
    pub client_id: ClientId,
    /// Its client secrets, the one that expires first on top.
    pub secrets: Vec<SecretRow>,
}

/// A client secret of an app registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRow {
    /// As Microsoft Graph lists it.
    pub listed: ListedSecret,
    /// When it expires.
    pub expiry: Option<SecretExpiry>,
    /// The profiles that hold it, as far as its first three characters tell.
    pub profiles: Vec<String>,
}

/// A profile whose secret is none of the tenant's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The profile's name.
    pub profile: String,
    /// Its client ID.
    pub client_id: ClientId,
    /// What is wrong.
    pub reason: StrayReason,
}

/// Why a profile's secret is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayReason {
    /// The tenant has no such app registration.
    AppMissing,
    /// None of the app's client secrets begins like the profile's.
    SecretMissing,
    /// Several could be it.
    Unclear,
}

impl StrayReason {
    /// The public id.
    pub fn id(self) -> &'static str {
        match self {
            StrayReason::AppMissing => "app_missing",
            StrayReason::SecretMissing => "secret_missing",
            StrayReason::Unclear => "unclear",
        }
    }

    /// What follows the profile's name.
    pub fn words(self) -> &'static str {
        match self {
            StrayReason::AppMissing => "The tenant has no app registration with this client ID.",
            StrayReason::SecretMissing => "None of the app's client secrets is the one in the profile.",
            StrayReason::Unclear => "Several client secrets of the app could be the one in the profile.",
        }
    }
}

/// The tenant that a profile is known to belong to: as typed, or as its environment told a check.
pub fn known_tenant(profile: &Profile) -> Option<Uuid> {
    match profile.tenant {
        Some(Tenant::Id(id)) => Some(id),
        _ => profile.last_check.as_ref().and_then(|check| check.tenant_id),
    }
}

/// Compares the registrations of `tenant` with the profiles, by client ID and by how the secrets begin. `today` is the day in
/// UTC. Profiles of other tenants are left out, unless this one has their app.
pub fn compare(registrations: Vec<Registration>, profiles: &[Profile], tenant: Uuid, today: NaiveDate) -> Inventory {
    let count = registrations.len();
    let known: HashMap<ClientId, bool> =
        registrations.iter().map(|app| (app.client_id, !app.secrets.is_empty())).collect();
    let with_secrets: Vec<Registration> = registrations.into_iter().filter(|app| !app.secrets.is_empty()).collect();
    let mut ends = Vec::new();
    let mut places = HashMap::new();
    for app in &with_secrets {
        for secret in &app.secrets {
            let Some(expires) = secret.ends.map(|at| at.date_naive()) else { continue };
            places.insert(ends.len(), secret.key_id);
            ends.push(SecretEnd {
                client_id: app.client_id,
                secret_name: Some(secret.name.clone()),
                expires,
                hint: Some(secret.hint.as_str()).filter(|hint| !hint.is_empty()).map(SecretText::from),
            });
        }
    }
    let dates = Import::of_expiries(ends);
    let expiries = meet_expiries(&dates, profiles, today);
    let mut holders: HashMap<Uuid, Vec<String>> = HashMap::new();
    // A profile without a secret holds none, even where the app has only one.
    let with_secret: HashSet<Uuid> =
        profiles.iter().filter(|profile| profile.client_secret.is_some()).map(|profile| profile.id).collect();
    for row in expiries.iter().filter(|row| !row.is_guess && with_secret.contains(&row.profile)) {
        if let Some(key) = places.get(&row.end) {
            holders.entry(*key).or_default().push(row.name.clone());
        }
    }
    let met: HashMap<Uuid, &ExpiryRow> = expiries.iter().map(|row| (row.profile, row)).collect();
    let strays = profiles.iter().filter_map(|profile| stray(profile, &known, &met, tenant)).collect();
    let mut apps: Vec<AppRow> = with_secrets.into_iter().map(|app| row_of(app, &mut holders)).collect();
    apps.sort_by_cached_key(|app| {
        let first = app.secrets.first().and_then(|secret| secret.expiry);
        (first.is_none(), first, app.name.to_lowercase())
    });
    Inventory { apps, strays, registrations: count, dates, expiries }
}

fn row_of(app: Registration, holders: &mut HashMap<Uuid, Vec<String>>) -> AppRow {
    let row = |listed: ListedSecret| SecretRow {
        expiry: listed.ends.map(|at| SecretExpiry::new(at.date_naive())),
        profiles: holders.remove(&listed.key_id).unwrap_or_default(),
        listed,
    };
    let mut secrets: Vec<SecretRow> = app.secrets.into_iter().map(row).collect();
    // Those without a date last.
    secrets.sort_by_key(|secret| (secret.expiry.is_none(), secret.expiry));
    AppRow { name: app.name, client_id: app.client_id, secrets }
}

/// The profile, if its secret should be among the tenant's and is not. `known` says which apps there are, and whether they
/// have client secrets.
fn stray(
    profile: &Profile,
    known: &HashMap<ClientId, bool>,
    met: &HashMap<Uuid, &ExpiryRow>,
    tenant: Uuid,
) -> Option<Stray> {
    let client_id = profile.client_id?;
    profile.client_secret.as_ref()?;
    let reason = match (known.get(&client_id), met.get(&profile.id)) {
        (None, _) if known_tenant(profile) == Some(tenant) => StrayReason::AppMissing,
        (None, _) => return None,
        (Some(false), _) | (Some(true), None) => StrayReason::SecretMissing,
        (Some(true), Some(row)) if row.is_guess => StrayReason::Unclear,
        (Some(true), Some(_)) => return None,
    };
    Some(Stray { profile: profile.name.clone(), client_id, reason })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::profile::ClientSecret;

    const TENANT: Uuid = Uuid::from_u128(7);

    fn id(number: u32) -> ClientId {
        ClientId::parse(&format!("{number:08x}-aaaa-3333-bbbb-4444cccc5555")).expect("an ID")
    }

    fn at(day: &str) -> DateTime<Utc> {
        format!("{day}T12:00:00Z").parse().expect("a time")
    }

    fn app(number: u32, secrets: &[(&str, &str)]) -> Registration {
        let listed = |(place, (hint, ends)): (usize, &(&str, &str))| ListedSecret {
            key_id: Uuid::from_u128(u128::from(number) * 100 + place as u128),
            name: String::new(),
            hint: (*hint).to_owned(),
            ends: Some(at(ends)),
        };
        let secrets = secrets.iter().enumerate().map(listed).collect();
        Registration { name: format!("App {number}"), client_id: id(number), secrets }
    }

    fn profile(name: &str, number: u32, secret: &str, tenant: Option<Uuid>) -> Profile {
        let mut profile = Profile::new(Uuid::new_v4(), name, DateTime::UNIX_EPOCH);
        profile.client_id = Some(id(number));
        profile.client_secret = ClientSecret::parse(secret).ok();
        profile.tenant = tenant.map(Tenant::Id);
        profile
    }

    fn compared(apps: Vec<Registration>, profiles: &[Profile]) -> Inventory {
        compare(apps, profiles, TENANT, at("2026-11-30").date_naive())
    }

    #[test]
    fn each_secret_is_found_with_the_profile_that_holds_it() {
        let apps = vec![
            app(2, &[("Xyz", "2028-01-01"), ("Abc", "2027-01-01")]),
            app(1, &[("Old", "2026-01-01")]),
            app(3, &[]),
        ];
        let profiles = [profile("Contoso", 2, "Abcdemo", Some(TENANT)), profile("Twin", 2, "Abcdemo", None)];
        let found = compared(apps, &profiles);
        assert_eq!(found.registrations, 3);
        let names: Vec<_> = found.apps.iter().map(|app| app.name.as_str()).collect();
        assert_eq!(names, ["App 1", "App 2"], "the one that has expired on top, the one without secrets left out");
        let secrets: Vec<_> =
            found.apps[1].secrets.iter().map(|secret| (secret.listed.hint.as_str(), secret.profiles.clone())).collect();
        assert_eq!(secrets, [("Abc", vec!["Contoso".to_owned(), "Twin".to_owned()]), ("Xyz", vec![])]);
        assert!(found.strays.is_empty(), "{:?}", found.strays);
    }

    #[test]
    fn a_profile_whose_secret_is_none_of_them_is_named_with_the_reason() {
        let apps = vec![
            app(1, &[("Xyz", "2028-01-01")]),
            app(2, &[("Abc", "2028-01-01"), ("Abc", "2027-01-01")]),
            app(4, &[]),
        ];
        let profiles = [
            profile("replaced", 1, "Abcdemo", None),
            profile("twice", 2, "Abcdemo", Some(TENANT)),
            profile("gone", 3, "Abcdemo", Some(TENANT)),
            profile("elsewhere", 3, "Abcdemo", Some(Uuid::from_u128(8))),
            profile("nobody knows", 3, "Abcdemo", None),
            profile("emptied", 4, "Abcdemo", None),
            profile("nothing yet", 1, "", Some(TENANT)),
        ];
        let found = compared(apps, &profiles);
        let strays: Vec<_> = found.strays.iter().map(|stray| (stray.profile.as_str(), stray.reason.id())).collect();
        assert_eq!(
            strays,
            [
                ("replaced", "secret_missing"),
                ("twice", "unclear"),
                ("gone", "app_missing"),
                ("emptied", "secret_missing")
            ]
        );
        assert!(found.apps.iter().flat_map(|app| &app.secrets).all(|secret| secret.profiles.is_empty()));
    }
}
