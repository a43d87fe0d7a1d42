//! Microsoft Entra ID: the token endpoint and the OpenID metadata, with the order of checks and the error texts
//! of the real one.

use chrono::Utc;
use serde_json::json;
use uuid::Uuid;

use super::is_graph;
use super::server::Asked;
use super::trouble::{Answer, Canned};
use super::world::{App, Tenant, Token, World};

/// The application ID of Microsoft Graph's and Dataverse's resources does not matter here; their hosts do.
pub(super) fn answer(world: &mut World, asked: &Asked) -> Answer {
    let segments: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
    match (asked.method.as_str(), segments.as_slice()) {
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => token(world, asked, tenant),
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => metadata(world, asked, tenant),
        ("GET", ["common", "discovery", "instance"]) => instances(asked),
        _ => Canned::html(404, "Sign in to your account").into_answer(),
    }
}

/// An error as the real service words it.
pub(super) fn error(status: u16, error: &str, code: u64, sentence: &str) -> Canned {
    let (trace, correlation) = (Uuid::new_v4(), Uuid::new_v4());
    let time = Utc::now().format("%Y-%m-%d %H:%M:%SZ").to_string();
    let description =
        format!("AADSTS{code}: {sentence}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {time}");
    let json = json!({
        "error": error,
        "error_description": description,
        "error_codes": [code],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    Canned::json(status, &json)
        .header("Cache-Control", "no-store, no-cache")
        .header("Pragma", "no-cache")
        .header("Expires", "-1")
        .header("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        .header("X-Content-Type-Options", "nosniff")
        .header("x-ms-request-id", &trace.to_string())
        .header("x-ms-ests-server", "2.1.11397.13 - SEASLR1 ProdSlices")
}

fn token(world: &mut World, asked: &Asked, name: &str) -> Answer {
    match judge(world, asked, name) {
        Err(refusal) => refusal.into_answer(),
        Ok(token) => {
            let text = format!("eyJ0eXAiOiJKV1QifQ.{}.{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
            world.tokens.insert(text.clone(), token);
            let json =
                json!({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": text});
            Canned::json(200, &json).header("Cache-Control", "no-store, no-cache").into_answer()
        }
    }
}

fn judge(world: &World, asked: &Asked, name: &str) -> Result<Token, Canned> {
    let missing = |field: &str| {
        let sentence = format!("The request body must contain the following parameter: '{field}'.");
        error(400, "invalid_request", 900_144, &sentence)
    };
    match asked.field("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(error(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."));
        }
        None => return Err(missing("grant_type")),
    }
    let client_id = asked.field("client_id").ok_or_else(|| missing("client_id"))?;
    let secret = asked.field("client_secret").filter(|secret| !secret.is_empty()).ok_or_else(|| {
        let sentence =
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
        error(401, "invalid_client", 7_000_216, sentence)
    })?;
    let tenant = find_tenant(world, name, "invalid_request")?;
    let scope = asked.field("scope").ok_or_else(|| missing("scope"))?;
    let resource = scope.strip_suffix("/.default").ok_or_else(|| {
        let sentence = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with \
             /.default suffixed to the resource identifier (application ID URI)."
        );
        error(400, "invalid_scope", 1_002_012, &sentence)
    })?;
    let app = find_app(tenant, client_id)?;
    check_app(tenant, app)?;
    check_secret(app, secret)?;
    if app.blocked_by_conditional_access {
        let sentence = "Access has been blocked by Conditional Access policies. The access policy does not allow \
                        token issuance.";
        return Err(error(400, "invalid_grant", 53003, sentence));
    }
    let resource = check_resource(world, tenant, app, resource)?;
    Ok(Token { app: app.id, tenant: tenant.id, resource, person: None })
}

pub(super) fn find_tenant<'a>(world: &'a World, name: &str, word: &str) -> Result<&'a Tenant, Canned> {
    if matches!(name, "common" | "organizations" | "consumers") {
        let sentence = "No tenant-identifying information found in either the request or implied by any provided \
                        credentials.";
        return Err(error(400, "invalid_request", 50059, sentence));
    }
    if Uuid::try_parse(name).is_err() && !name.contains('.') {
        let sentence =
            format!("Specified tenant identifier '{name}' is neither a valid DNS name, nor a valid external domain.");
        return Err(error(400, "invalid_request", 900_023, &sentence));
    }
    world.tenant(name).ok_or_else(|| {
        let sentence = format!(
            "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the \
             correct cloud. Check with your subscription administrator, this may happen if there are no active \
             subscriptions for the tenant."
        );
        error(400, word, 90002, &sentence)
    })
}

pub(super) fn find_app<'a>(tenant: &'a Tenant, client_id: &str) -> Result<&'a App, Canned> {
    tenant.apps.iter().find(|app| app.id.to_string() == client_id).ok_or_else(|| {
        let sentence = format!(
            "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in \
             the tenant. You may have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        error(400, "unauthorized_client", 700_016, &sentence)
    })
}

pub(super) fn check_app(tenant: &Tenant, app: &App) -> Result<(), Canned> {
    if !app.has_service_principal {
        let sentence = format!(
            "The client application {} is missing service principal in the tenant {}. See instructions here: \
             https://go.microsoft.com/fwlink/?linkid=2225119",
            app.id, tenant.id
        );
        return Err(error(401, "invalid_client", 7_000_229, &sentence));
    }
    if !app.enabled {
        let sentence = format!("Application '{}'({}) is disabled.", app.id, app.name);
        return Err(error(400, "unauthorized_client", 7_000_112, &sentence));
    }
    Ok(())
}

fn check_secret(app: &App, secret: &str) -> Result<(), Canned> {
    let id = app.id;
    match app.secrets.iter().chain(&app.service_principal_secrets).find(|known| known.value == secret) {
        None => {
            let sentence = format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret \
                 value, not the client secret ID, for a secret added to app '{id}'."
            );
            Err(error(401, "invalid_client", 7_000_215, &sentence))
        }
        Some(known) if known.ends <= Utc::now() => {
            let sentence = format!(
                "The provided client secret keys for app '{id}' are expired. Visit the Azure portal to create new \
                 keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for \
                 added security: https://aka.ms/certCreds."
            );
            Err(error(401, "invalid_client", 7_000_222, &sentence))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn check_resource(world: &World, tenant: &Tenant, app: &App, resource: &str) -> Result<String, Canned> {
    let host = resource.strip_prefix("https://").unwrap_or(resource).trim_end_matches('/');
    if is_graph(host) {
        return Ok(host.to_owned());
    }
    if world.environment(host).is_none_or(|environment| environment.tenant != tenant.id) {
        let sentence = format!(
            "The resource principal named {resource} was not found in the tenant named {}. This can happen if the \
             application has not been installed by the administrator of the tenant or consented to by any user in \
             the tenant. You might have sent your authentication request to the wrong tenant.",
            tenant.name
        );
        return Err(error(400, "invalid_resource", 500_011, &sentence));
    }
    if !tenant.dataverse_enabled {
        let sentence = "The service principal for resource '00000007-0000-0000-c000-000000000000' is disabled. This \
                        indicate that a subscription within the tenant has lapsed, or that the administrator for \
                        this tenant has disabled the application, preventing tokens from being issued for it.";
        return Err(error(400, "invalid_resource", 500_014, sentence));
    }
    if tenant.assignment_required {
        let sentence = format!(
            "Application '{}'({}) is not assigned to a role for the application '{resource}'(Dataverse).",
            app.id, app.name
        );
        return Err(error(400, "invalid_grant", 501_051, &sentence));
    }
    Ok(host.to_owned())
}

/// The names of the sign-in service, by which Microsoft's own libraries look for tokens that they have.
fn instances(asked: &Asked) -> Answer {
    let host = &asked.host;
    let metadata = json!([{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]);
    let endpoint = format!("https://{host}/common/v2.0/.well-known/openid-configuration");
    let json = json!({"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": metadata});
    Canned::json(200, &json).into_answer()
}

fn metadata(world: &World, asked: &Asked, name: &str) -> Answer {
    let tenant = match find_tenant(world, name, "invalid_tenant") {
        Ok(tenant) => tenant.id,
        Err(refusal) => return refusal.into_answer(),
    };
    let host = &asked.host;
    Canned::json(
        200,
        &json!({
            "token_endpoint": format!("https://{host}/{tenant}/oauth2/v2.0/token"),
            "authorization_endpoint": format!("https://{host}/{tenant}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("https://{host}/{tenant}/oauth2/v2.0/devicecode"),
            "issuer": format!("https://{host}/{tenant}/v2.0"),
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "msgraph_host": "graph.microsoft.com",
        }),
    )
    .into_answer()
}
