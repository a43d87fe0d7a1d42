//! Microsoft Graph: an app's own registration and its client secrets.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::server::Asked;
use super::trouble::{Answer, Canned};
use super::world::{App, AppSecret, World, new_secret};

pub(super) fn answer(world: &mut World, asked: &Asked) -> Answer {
    decide(world, asked).into_answer()
}

fn error(status: u16, code: &str, message: &str) -> Canned {
    let inner = json!({"date": "2026-01-01T00:00:00", "request-id": Uuid::new_v4()});
    Canned::json(status, &json!({"error": {"code": code, "message": message, "innerError": inner}}))
}

fn decide(world: &mut World, asked: &Asked) -> Canned {
    let token = asked.token().and_then(|token| world.tokens.get(token)).cloned();
    let Some(token) = token.filter(|token| token.resource == asked.host) else {
        return error(401, "InvalidAuthenticationToken", "Access token is empty or invalid.");
    };
    let tenant = world.tenants.iter_mut().find(|tenant| tenant.id == token.tenant);
    let apps = &mut tenant.expect("a token is of a tenant").apps;
    let caller = apps.iter().find(|app| app.id == token.app);
    let (may_read, may_write) = caller
        .map_or((false, false), |app| (app.may_read_applications || app.may_change_itself, app.may_change_itself));
    let of_kind = |kind: &str| {
        let rest = asked.path.strip_prefix("/v1.0/")?.strip_prefix(kind)?.strip_prefix("(appId='")?;
        rest.split_once("')").map(|(id, action)| (id.to_owned(), action.to_owned()))
    };
    let (is_principal, (wanted, action)) = match (of_kind("applications"), of_kind("servicePrincipals")) {
        (Some(found), _) => (false, found),
        (_, Some(found)) => (true, found),
        _ => return error(400, "BadRequest", "Resource not found for the segment."),
    };
    let is_read = asked.method == "GET" && action.is_empty();
    if !(if is_read { may_read } else { may_write }) {
        return error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    }
    let Some(app) = apps.iter_mut().find(|app| app.id.to_string() == wanted) else {
        return error(404, "Request_ResourceNotFound", "Resource does not exist.");
    };
    match (asked.method.as_str(), action.as_str()) {
        ("GET", "") if is_principal => listed(&app.name, &app.service_principal_secrets),
        ("GET", "") => listed(&app.name, &app.secrets),
        ("POST", "/addPassword") => add_password(app, &asked.json["passwordCredential"]),
        ("POST", "/removePassword") => remove_password(app, asked.json["keyId"].as_str().unwrap_or_default()),
        _ => error(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
    }
}

fn credential(secret: &AppSecret) -> Value {
    json!({
        "customKeyIdentifier": null,
        "displayName": secret.name,
        "endDateTime": secret.ends.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "hint": secret.value.get(..3),
        "keyId": secret.id,
        "secretText": null,
        "startDateTime": "2024-01-01T00:00:00Z",
    })
}

fn listed(name: &str, secrets: &[AppSecret]) -> Canned {
    let secrets: Vec<Value> = secrets.iter().map(credential).collect();
    Canned::json(200, &json!({"@odata.context": "x", "displayName": name, "passwordCredentials": secrets}))
}

fn add_password(app: &mut App, wanted: &Value) -> Canned {
    let Ok(ends) = DateTime::parse_from_rfc3339(wanted["endDateTime"].as_str().unwrap_or_default()) else {
        return error(400, "Request_BadRequest", "Invalid value specified for property 'endDateTime'.");
    };
    let name = wanted["displayName"].as_str().unwrap_or_default().to_owned();
    let secret = AppSecret { id: Uuid::new_v4(), name, value: new_secret(), ends: ends.with_timezone(&Utc) };
    let mut made = credential(&secret);
    made["secretText"] = secret.value.clone().into();
    made["@odata.context"] = "https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.passwordCredential".into();
    app.secrets.push(secret);
    Canned::json(200, &made)
}

fn remove_password(app: &mut App, key: &str) -> Canned {
    let before = app.secrets.len();
    app.secrets.retain(|secret| secret.id.to_string() != key);
    if app.secrets.len() == before {
        return error(400, "Request_BadRequest", "No password credential found with keyId.");
    }
    Canned::status(204)
}
