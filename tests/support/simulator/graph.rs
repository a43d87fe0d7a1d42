//! Microsoft Graph: an app's own registration.

use serde_json::{Value, json};
use uuid::Uuid;

use super::server::Asked;
use super::trouble::{Answer, Canned};
use super::world::World;

pub(super) fn answer(world: &World, asked: &Asked) -> Answer {
    decide(world, asked).into_answer()
}

fn error(status: u16, code: &str, message: &str) -> Canned {
    let inner = json!({"date": "2026-01-01T00:00:00", "request-id": Uuid::new_v4()});
    Canned::json(status, &json!({"error": {"code": code, "message": message, "innerError": inner}}))
}

fn decide(world: &World, asked: &Asked) -> Canned {
    let token = asked.token().and_then(|token| world.tokens.get(token));
    let Some(token) = token.filter(|token| token.resource == asked.host) else {
        return error(401, "InvalidAuthenticationToken", "Access token is empty or invalid.");
    };
    let apps = world.tenants.iter().filter(|tenant| tenant.id == token.tenant).flat_map(|tenant| &tenant.apps);
    let apps: Vec<_> = apps.collect();
    let may_read = apps.iter().any(|app| app.id == token.app && app.may_read_applications);
    if !may_read {
        return error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    }
    let wanted = asked.path.strip_prefix("/v1.0/applications(appId='").and_then(|rest| rest.strip_suffix("')"));
    let Some(app) = apps.iter().find(|app| Some(app.id.to_string().as_str()) == wanted) else {
        return error(404, "Request_ResourceNotFound", "Resource does not exist.");
    };
    let secrets: Vec<Value> = app
        .secrets
        .iter()
        .map(|secret| {
            json!({
                "customKeyIdentifier": null,
                "displayName": "ucc",
                "endDateTime": secret.ends.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "hint": secret.value.get(..3),
                "keyId": secret.id,
                "secretText": null,
                "startDateTime": "2024-01-01T00:00:00Z",
            })
        })
        .collect();
    Canned::json(200, &json!({"@odata.context": "x", "displayName": app.name, "passwordCredentials": secrets}))
}
