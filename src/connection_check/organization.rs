//! Asks for the organization's own description, as Microsoft's client does when it connects.

use hyper::StatusCode;
use serde_json::Value;

use super::user_api::UserApi;
use super::{Detail, Warning};

/// What the organization says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Organization {
    pub details: Vec<Detail>,
    pub warning: Option<Warning>,
}

/// Asks `RetrieveCurrentOrganization`. A refusal is a warning; anything else that goes wrong is not worth one.
pub(super) async fn ask_organization(api: &UserApi<'_>) -> Organization {
    let path = "RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')";
    let Ok(answer) = api.wire.send(&api.request(path)).await else { return Organization::default() };
    if answer.status == StatusCode::FORBIDDEN {
        let warning = Warning::new(
            "organization_unreadable",
            "The application user is not allowed to read the organization's details (prvReadOrganization), which \
             Microsoft's client requests when it connects. Also assign the Basic User role to the user.",
        );
        return Organization { details: Vec::new(), warning: Some(warning) };
    }
    let json = answer.json().unwrap_or_default();
    let wanted = [
        ("Organization", "FriendlyName"),
        ("Unique name", "UniqueName"),
        ("Dataverse version", "OrganizationVersion"),
        ("Environment ID", "EnvironmentId"),
        ("State", "State"),
    ];
    let details = wanted.iter().filter_map(|(label, name)| {
        let value = json.get("Detail")?.get(name).and_then(Value::as_str)?;
        Some(Detail::new(label, value))
    });
    Organization { details: details.collect(), warning: None }
}
