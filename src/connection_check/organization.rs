//! Asks for the organization's own description, as Microsoft's client does when it connects.

use hyper::StatusCode;
use serde_json::Value;

use super::privileges_stage::Door;
use super::{Detail, Warning};

/// What the organization says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Organization {
    pub details: Vec<Detail>,
    pub warning: Option<Warning>,
}

/// Asks `RetrieveCurrentOrganization`. A refusal is a warning; anything else that goes wrong is not worth one.
pub(super) async fn ask_organization(door: &Door<'_>) -> Organization {
    let path = "RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')";
    let Ok(answer) = door.wire.send(&door.request(path)).await else { return Organization::default() };
    if answer.status == StatusCode::FORBIDDEN {
        let warning = Warning::new(
            "organization_unreadable",
            "The application user may not read the organization's description (prvReadOrganization), which \
             Microsoft's client asks for when it connects. Give the user the role Basic User as well.",
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
