//! Microsoft Graph: an app's own registration and its client secrets.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::people::Lie;
use super::server::Asked;
use super::trouble::{Answer, Canned};
use super::world::{App, AppSecret, Tenant, Token, World, new_secret};

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
    let lie = world.lie.clone();
    let tenant = world.tenants.iter_mut().find(|tenant| tenant.id == token.tenant);
    let tenant = tenant.expect("a token is of a tenant");
    if let Some(person) = &token.person {
        return as_person(tenant, &token, person, lie.as_ref(), asked);
    }
    let apps = &mut tenant.apps;
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

/// What a person may ask for: the list of all registrations.
fn as_person(tenant: &Tenant, token: &Token, person: &str, lie: Option<&Lie>, asked: &Asked) -> Canned {
    if asked.method != "GET" || asked.path != "/v1.0/applications" {
        return error(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
    }
    let client = tenant.apps.iter().find(|app| app.id == token.app).and_then(|app| app.public.as_ref());
    let person = tenant.people.iter().find(|known| known.upn == person);
    if !client.is_some_and(|client| client.reads_applications) || !person.is_some_and(|person| person.reads_directory) {
        return error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    }
    let option = |name: &str| {
        asked
            .query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
            .unwrap_or_default()
            .to_owned()
    };
    let Ok(top @ 1..=999) = option("$top").parse::<usize>() else {
        return error(400, "Request_BadRequest", "Invalid page size specified. Must be between 1 and 999 inclusive.");
    };
    let fields = option("$select");
    let start = option("$skiptoken").strip_prefix("at").and_then(|place| place.parse().ok()).unwrap_or(0);
    let all = tenant.apps.len() + tenant.filler;
    let rows: Vec<Value> = (start..all.min(start + top)).map(|place| row(tenant, place, &fields)).collect();
    let mut page = json!({ "@odata.context": "x", "value": rows });
    if let Some(Lie::NextLink(link)) = lie {
        page["@odata.nextLink"] = link.as_str().into();
    } else if start + top < all {
        let link = format!(
            "https://{}/v1.0/applications?$select={fields}&$top={top}&$skiptoken=at{}",
            asked.host,
            start + top
        );
        page["@odata.nextLink"] = link.into();
    }
    Canned::json(200, &page)
}

/// A registration in the list, with the fields that were asked for.
fn row(tenant: &Tenant, place: usize, fields: &str) -> Value {
    let whole = match tenant.apps.get(place) {
        Some(app) => {
            let secrets: Vec<Value> = app.secrets.iter().map(credential).collect();
            json!({"id": Uuid::new_v4(), "appId": app.id, "displayName": app.name, "passwordCredentials": secrets})
        }
        None => {
            let number = (place - tenant.apps.len()) as u128;
            let ends =
                chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_000 + i64::try_from(number % 2_000).unwrap());
            let secret = json!({
                "customKeyIdentifier": null, "displayName": "made", "endDateTime": ends.to_rfc3339(), "hint": "Fil",
                "keyId": Uuid::from_u128((1 << 100) + number), "secretText": null, "startDateTime": "2024-01-01T00:00:00Z",
            });
            let name = format!("Filler {number}");
            let id = Uuid::from_u128((0xf << 120) + number);
            json!({"id": Uuid::new_v4(), "appId": id, "displayName": name, "passwordCredentials": [secret]})
        }
    };
    let wanted = fields.split(',').filter_map(|field| Some((field.to_owned(), whole.get(field)?.clone())));
    Value::Object(wanted.collect())
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
