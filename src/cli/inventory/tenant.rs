//! Which tenant the inventory is of: the one that was named, else the one that the vault's profiles belong to.

use std::collections::BTreeMap;

use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::cli::failure::Failure;
use crate::cli::person::SignInArguments;
use crate::cli::session::Session;
use crate::cloud::Cloud;
use crate::connection_check::Network;
use crate::inventory::known_tenant;
use crate::profile::{EnvironmentUrl, Profile, Tenant};
use crate::sign_in::{tenant_of_environment, tenant_of_name};

/// How many environments are asked which tenant they belong to, where their profiles do not know.
const MOST_ASKED: usize = 16;
/// How many tenants a refusal names.
const MOST_NAMED: usize = 10;

pub(super) fn choose(
    session: &mut Session<'_, '_>,
    arguments: &SignInArguments,
    profiles: &[Profile],
    network: &Network,
    runtime: &Runtime,
) -> Result<(Cloud, Uuid), Failure> {
    let now = session.console.now();
    let asked_cloud = arguments.cloud.map(Cloud::from);
    if let Some(text) = &arguments.tenant {
        let tenant = session.tenant(text)?.ok_or_else(|| Failure::usage("tenant_needed", "The tenant is empty."))?;
        let of_profile = |id: Uuid| {
            let same = profiles.iter().find(|profile| known_tenant(profile) == Some(id));
            same.and_then(|profile| profile.environment_url.as_ref()).map(EnvironmentUrl::cloud)
        };
        let cloud = asked_cloud.or_else(|| match tenant {
            Tenant::Id(id) => of_profile(id),
            Tenant::Domain(_) => None,
        });
        let cloud = cloud.unwrap_or(Cloud::Commercial);
        let id = runtime.block_on(tenant_of_name(network, cloud, &tenant, now))?;
        return Ok((cloud, id));
    }
    let mut tenants: BTreeMap<Uuid, (Cloud, Vec<&str>)> = BTreeMap::new();
    let mut unknown: BTreeMap<&str, (&EnvironmentUrl, &str)> = BTreeMap::new();
    for profile in profiles {
        let Some(environment) = &profile.environment_url else { continue };
        if asked_cloud.is_some_and(|cloud| cloud != environment.cloud()) {
            continue;
        }
        match known_tenant(profile) {
            Some(id) => tenants.entry(id).or_insert((environment.cloud(), Vec::new())).1.push(&profile.name),
            None => {
                unknown.insert(environment.host(), (environment, &profile.name));
            }
        }
    }
    if unknown.len() > MOST_ASKED {
        return Err(Failure::usage(
            "tenant_needed",
            format!(
                "{} profiles of the vault do not know their tenant yet. Add --tenant with the Directory (tenant) ID that this \
                 is about, or test the connections once (check --all).",
                unknown.len()
            ),
        ));
    }
    for (environment, name) in unknown.into_values() {
        match runtime.block_on(tenant_of_environment(network, environment, now)) {
            Ok(id) => tenants.entry(id).or_insert((environment.cloud(), Vec::new())).1.push(name),
            Err(error) => session.console.note(&format!("{name}: {error}")),
        }
    }
    let mut found = tenants.iter();
    match (found.next(), found.next()) {
        (Some((id, (cloud, _))), None) => Ok((*cloud, *id)),
        (None, _) => Err(Failure::usage(
            "tenant_needed",
            "No profile of the vault says which tenant this is about. Add --tenant with its Directory (tenant) ID: Azure portal \
             > Microsoft Entra ID > Overview.",
        )),
        (Some(_), Some(_)) => Err(Failure::usage("tenant_needed", several(&tenants))),
    }
}

fn several(tenants: &BTreeMap<Uuid, (Cloud, Vec<&str>)>) -> String {
    let named = tenants.iter().take(MOST_NAMED).map(|(id, (_, names))| {
        let more = if names.len() > 1 { ", …" } else { "" };
        format!("{id} ({}{more})", names.first().copied().unwrap_or_default())
    });
    let named: Vec<String> = named.collect();
    let more = if tenants.len() > named.len() { ", …" } else { "" };
    format!(
        "The vault has profiles of {} tenants, and the inventory is of one. Add --tenant with one of: {}{more}.",
        tenants.len(),
        named.join(", ")
    )
}
