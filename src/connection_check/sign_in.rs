//! The third stage: gets a token from Microsoft Entra ID with the client secret.
//!
//! This is the only file that puts the secret on the wire: in the body of one POST, to the sign-in host of the
//! environment's own cloud. The address is built here and never taken from an answer.

use std::future::Future;

use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::address_stage::Form;
use super::exchange::{Answer, Request, Wire};
use super::failure::{Failure, Found};
use super::side_task::SideTask;
use super::stage::one_line;
use super::tenant_stage::{SignInTenant, tenant_mismatch};
use super::tokens::TokenKey;
use crate::cloud::Cloud;
use crate::profile::SecretText;

/// What the sign-in brought.
pub(super) struct SignedIn {
    /// The token for the environment.
    pub token: SecretText,
    /// The tenant's ID, when a typed domain had to be looked up.
    pub tenant: Option<Uuid>,
}

/// Gets a token for the environment. A typed domain is compared with the tenant at the same time.
///
/// `early` is a request for a token of the same tenant that is already on its way.
pub(super) async fn sign_in(
    wire: &Wire<'_>,
    form: &Form,
    tenant: &SignInTenant,
    early: Option<SideTask<impl Future<Output = Result<SecretText, Failure>>>>,
) -> Result<Found<SignedIn>, Failure> {
    let cloud = form.environment.cloud();
    let token = async {
        match early {
            Some(early) => early.finish().await,
            None => token_for(wire, form, &tenant.segment, form.environment.host()).await,
        }
    };
    let (token, named) = tokio::join!(token, look_up_domain(wire, cloud, tenant.typed_domain.as_deref()),);
    let token = token?;
    let mismatch = match (&named, tenant.id, &tenant.typed_domain) {
        (Named::Tenant(named), Some(own), Some(domain)) if *named != own => Some((domain, own)),
        (Named::Nothing, Some(own), Some(domain)) => Some((domain, own)),
        _ => None,
    };
    let warning = mismatch.map(|(domain, own)| tenant_mismatch(domain, &own.to_string()));
    let named = if let Named::Tenant(named) = named { Some(named) } else { None };
    let signed_in = SignedIn { token, tenant: tenant.id.or(named) };
    Ok(Found::new(signed_in, format!("{} accepted the client secret.", cloud.sign_in_host()))
        .with("Sign-in address", token_address(cloud, &tenant.segment))
        .with("Scope", scope_of(form.environment.host()))
        .warning(warning))
}

fn token_address(cloud: Cloud, tenant: &str) -> String {
    format!("https://{}{}", cloud.sign_in_host(), token_path(tenant))
}

fn token_path(tenant: &str) -> String {
    format!("/{tenant}/oauth2/v2.0/token")
}

/// One slash only: the form that Microsoft's own Dataverse clients send.
fn scope_of(resource_host: &str) -> String {
    format!("https://{resource_host}/.default")
}

/// A token for `resource_host` by client credentials: one of this run's, or a new one.
pub(super) async fn token_for(
    wire: &Wire<'_>,
    form: &Form,
    tenant: &str,
    resource_host: &str,
) -> Result<SecretText, Failure> {
    let Some(tokens) = wire.tokens() else { return ask_token(wire, form, tenant, resource_host).await };
    let key = TokenKey {
        client_id: form.client_id.to_string(),
        sign_in_host: form.environment.cloud().sign_in_host().to_owned(),
        tenant: tenant.to_owned(),
        resource: resource_host.to_owned(),
    };
    tokens.get_or_ask(key, form.client_secret.expose(), ask_token(wire, form, tenant, resource_host)).await
}

async fn ask_token(wire: &Wire<'_>, form: &Form, tenant: &str, resource_host: &str) -> Result<SecretText, Failure> {
    let body = form_body(&[
        ("client_id", &form.client_id.to_string()),
        ("scope", &scope_of(resource_host)),
        ("client_secret", form.client_secret.expose()),
        ("grant_type", "client_credentials"),
    ]);
    let host = form.environment.cloud().sign_in_host();
    let answer = wire.send(&Request::post_form(host, &token_path(tenant), body)).await?;
    read_token(&answer)
}

/// The form, in a buffer that is large enough from the start and is wiped at the end.
pub(crate) fn form_body(parts: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
    // Percent-encoding makes at most three bytes of one.
    let capacity = parts.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum();
    let mut body = Zeroizing::new(Vec::with_capacity(capacity));
    for (name, value) in parts {
        if !body.is_empty() {
            body.push(b'&');
        }
        body.extend_from_slice(name.as_bytes());
        body.push(b'=');
        for piece in byte_serialize(value.as_bytes()) {
            body.extend_from_slice(piece.as_bytes());
        }
    }
    body
}

/// The token in an answer, or why there is none.
fn read_token(answer: &Answer) -> Result<SecretText, Failure> {
    #[derive(Deserialize)]
    struct TokenAnswer {
        token_type: String,
        access_token: String,
    }
    let body = answer.body()?;
    if !answer.status.is_success() {
        return Err(refusal(answer));
    }
    // The reader's own message may quote the answer, so it is not shown.
    match serde_json::from_slice::<TokenAnswer>(body) {
        Ok(found) => {
            let token = SecretText::new(found.access_token);
            let is_usable = !token.is_empty() && token.expose().bytes().all(|byte| byte.is_ascii_graphic());
            if is_usable && found.token_type.eq_ignore_ascii_case("bearer") {
                Ok(token)
            } else {
                Err(unreadable(answer))
            }
        }
        Err(_) if answer.is_html() || answer.unwanted_encoding().is_some() => Err(answer.bare_status_failure()),
        Err(_) => Err(unreadable(answer)),
    }
}

fn unreadable(answer: &Answer) -> Failure {
    answer.fail("bad_json").saying("It contains no token")
}

/// The failure in an answer that is no success.
fn refusal(answer: &Answer) -> Failure {
    // A word without a number and a sentence may come from any device.
    let is_entras = |error: &EntraError| error.number.is_some() || !error.sentence.is_empty();
    let Some(error) = answer.json().as_ref().and_then(EntraError::read).filter(is_entras) else {
        return answer.bare_status_failure();
    };
    let code = match error.code() {
        Some(code) => code,
        None if answer.status.as_u16() == 429 => "throttled".to_owned(),
        None => format!("http_{}", answer.status.as_u16()),
    };
    error.describe(answer.fail(code))
}

/// What Microsoft Entra ID says when it refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntraError {
    /// OAuth's own word, e.g. `invalid_client`.
    error: String,
    /// The number behind `AADSTS`.
    number: Option<u64>,
    /// The first line of the description, without the code.
    sentence: String,
    trace_id: String,
    correlation_id: String,
    timestamp: String,
}

impl EntraError {
    /// OAuth's own word for it, e.g. `invalid_grant`.
    pub(crate) fn word(&self) -> &str {
        &self.error
    }

    /// The code with its prefix, e.g. `AADSTS53003`, when there is a number.
    pub(crate) fn code(&self) -> Option<String> {
        self.number.map(|number| format!("AADSTS{number}"))
    }

    /// `failure` with Microsoft's words and what their support needs.
    pub(crate) fn describe(&self, failure: Failure) -> Failure {
        let mut failure = failure
            .saying(&self.sentence)
            .with("Error", &self.error)
            .with("Microsoft Entra ID says", &self.sentence)
            .with("Trace ID", &self.trace_id)
            .with("Correlation ID", &self.correlation_id)
            .with("Time at the server", &self.timestamp);
        failure.trace = self.trace().into();
        failure
    }

    /// Reads an error answer; `None` when it is none.
    pub(crate) fn read(json: &Value) -> Option<EntraError> {
        let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (error, description) = (text("error"), text("error_description"));
        if error.is_empty() && description.is_empty() {
            return None;
        }
        let from_list = json.get("error_codes").and_then(|codes| codes.get(0)).and_then(|code| match code {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        });
        let after_prefix = description.trim_start().strip_prefix("AADSTS").unwrap_or_default();
        let digits = after_prefix.find(|c: char| !c.is_ascii_digit()).unwrap_or(after_prefix.len());
        let number = from_list.or_else(|| after_prefix[..digits].parse().ok());
        let sentence = if digits > 0 { after_prefix[digits..].trim_start_matches([':', ' ']) } else { &*description };
        let part = |label: &str| -> String {
            let rest = description.split_once(label).map(|(_, rest)| rest).unwrap_or_default();
            rest.trim_start().split(['\r', '\n']).next().unwrap_or_default().to_owned()
        };
        let or = |value: String, instead: String| if value.is_empty() { instead } else { value };
        Some(EntraError {
            error: one_line(&error),
            number,
            sentence: one_line(first_line(sentence)),
            trace_id: one_line(first_word(&or(text("trace_id"), part("Trace ID:")))),
            correlation_id: one_line(first_word(&or(text("correlation_id"), part("Correlation ID:")))),
            timestamp: one_line(&or(text("timestamp"), part("Timestamp:"))),
        })
    }

    #[cfg(test)]
    pub(super) fn texts(&self) -> [&str; 5] {
        [&self.error, &self.sentence, &self.trace_id, &self.correlation_id, &self.timestamp]
    }

    fn trace(&self) -> String {
        let parts = [("Trace ID", &self.trace_id), ("Time", &self.timestamp)];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| format!("{label}: {value}"))
            .collect();
        parts.join(", ")
    }
}

/// The description's first line; newer answers join its lines with spaces.
fn first_line(text: &str) -> &str {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    line.split(" Trace ID:").next().unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// Whose domain it is.
enum Named {
    NotAsked,
    Tenant(Uuid),
    /// Microsoft Entra ID knows no tenant of this name.
    Nothing,
}

/// Asks which tenant a typed domain belongs to. Its failure never fails the stage: the token decides.
async fn look_up_domain(wire: &Wire<'_>, cloud: Cloud, domain: Option<&str>) -> Named {
    let Some(domain) = domain else { return Named::NotAsked };
    match tenant_of_domain(wire, cloud, domain).await {
        Ok(Some(tenant)) => Named::Tenant(tenant),
        Ok(None) => Named::Nothing,
        Err(_) => Named::NotAsked,
    }
}

/// The tenant that a domain belongs to, as Microsoft Entra ID's metadata name it; `None` where it knows no such tenant.
pub(crate) async fn tenant_of_domain(wire: &Wire<'_>, cloud: Cloud, domain: &str) -> Result<Option<Uuid>, Failure> {
    let path = format!("/{domain}/v2.0/.well-known/openid-configuration");
    let answer = wire.send(&Request::get(cloud.sign_in_host(), &path)).await?;
    let json = answer.json().ok_or_else(|| answer.bare_status_failure())?;
    if EntraError::read(&json).is_some_and(|error| error.error == "invalid_tenant") {
        return Ok(None);
    }
    let issuer = json.get("issuer").and_then(Value::as_str).and_then(|text| url::Url::parse(text).ok());
    let segment = issuer.as_ref().and_then(|url| url.path_segments()?.next());
    segment
        .and_then(|segment| Uuid::try_parse(segment).ok())
        .map(Some)
        .ok_or_else(|| answer.fail("bad_json").saying("It names no tenant"))
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
