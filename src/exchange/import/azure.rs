//! What Azure's and Power Platform's own tools print: `pac auth list`, service connections of Azure DevOps, and the
//! credential of `az ad sp create-for-rbac`.
//!
//! Sources: powerplatform-vscode `PacTypes.ts`; powerplatform-build-tools `extension/service-connections.json`.

use serde_json::{Map, Value};

use super::draft::{Collector, Draft};
use super::found::{Import, SkipReason};
use super::json_members::text;
use super::{Format, Options, Refusal};
use crate::profile::{ClientId, SecretText};

/// Whether these are service connections.
pub(super) fn is_endpoints(values: &[Value]) -> bool {
    values.iter().any(|value| value.get("type").is_some() && value.get("authorization").is_some())
}

pub(super) fn read_endpoints(values: &[Value], options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::AzureDevOps, options);
    for (number, value) in (1..).zip(values) {
        let place = format!("entry {number}");
        let Some(endpoint) = value.as_object() else {
            collector.skip(place, SkipReason::NotAnEntry);
            continue;
        };
        let empty = Map::new();
        let authorization = endpoint.get("authorization").and_then(Value::as_object).unwrap_or(&empty);
        let parameters = authorization.get("parameters").and_then(Value::as_object).unwrap_or(&empty);
        let name = text(endpoint, "name").to_owned();
        if text(endpoint, "type") != "powerplatform-spn" {
            collector.skip_sign_in(if name.is_empty() { place } else { name }, text(authorization, "scheme"));
            continue;
        }
        let mut draft = Draft::at(place);
        draft.name = Some(name);
        draft.urls = vec![text(endpoint, "url").to_owned()];
        draft.client_id = Some(text(parameters, "applicationId").to_owned());
        draft.tenant = Some(text(parameters, "tenantId").to_owned());
        draft.secret = Some(SecretText::from(text(parameters, "clientSecret")));
        draft.notes = text(endpoint, "description").to_owned();
        collector.take(draft)?;
    }
    collector.finish()
}

pub(super) fn read_pac(results: &[Value], options: &Options<'_>) -> Result<Import, Refusal> {
    if !results.iter().any(|result| result.get("CloudInstance").is_some() || result.get("ActiveOrganization").is_some())
    {
        return Err(Refusal::UnknownJson);
    }
    let mut collector = Collector::new(Format::PacAuthList, options);
    for (number, result) in (1..).zip(results) {
        let place = format!("entry {number}");
        let Some(profile) = result.as_object() else {
            collector.skip(place, SkipReason::NotAnEntry);
            continue;
        };
        let name = text(profile, "Name").to_owned();
        let user = text(profile, "UserDisplayName");
        if ClientId::parse(user).is_err() {
            collector.skip_sign_in(if name.is_empty() { place } else { name }, "user");
            continue;
        }
        let empty = Map::new();
        let organization = profile.get("ActiveOrganization").and_then(Value::as_object).unwrap_or(&empty);
        let mut draft = Draft::at(place);
        draft.name = Some(if name.is_empty() { text(organization, "Item1").to_owned() } else { name });
        draft.urls = vec![text(organization, "Item2").to_owned()];
        draft.client_id = Some(user.to_owned());
        collector.take(draft)?;
    }
    collector.finish()
}

/// Whether it is what `az` prints for a new secret.
pub(super) fn is_credential(object: &Map<String, Value>) -> bool {
    ["appId", "password", "tenant"].iter().all(|name| object.get(*name).is_some_and(Value::is_string))
}

pub(super) fn read_credential(object: &Map<String, Value>, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::AzureCli, options);
    let mut draft = Draft::at("entry 1");
    draft.name = Some(text(object, "displayName").to_owned());
    draft.client_id = Some(text(object, "appId").to_owned());
    draft.secret = Some(SecretText::from(text(object, "password")));
    draft.tenant = Some(text(object, "tenant").to_owned());
    collector.take(draft)?;
    collector.finish()
}
