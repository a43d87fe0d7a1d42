//! The token endpoint as a public client asks it: with a code, with a refresh token, with a device code. No secret is sent:
//! a public client has none (AADSTS700025).
//!
//! The address is built here, from the cloud's one sign-in host and the tenant, and never taken from an answer.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::jwt;
use super::request::SignInRequest;
use super::resource::Resource;
use crate::connection_check::{Answer, EntraError, Failure, Request, Wire, form_body};
use crate::profile::SecretText;

/// A token's life when the answer names none or an odd one.
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// What the token endpoint gave.
pub(super) struct Granted {
    pub access: SecretText,
    pub refresh: Option<SecretText>,
    pub id: Option<SecretText>,
    pub life: Duration,
}

/// Asks again where a server is busy, or not: a code is good for one use only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// The endpoint may be asked again.
    Allowed,
    /// It is asked once.
    Never,
}

/// Asks the token endpoint with `fields`, for a token of `resource`.
pub(super) async fn ask(
    wire: &Wire<'_>,
    request: &SignInRequest,
    resource: &Resource,
    fields: &[(&str, &str)],
    repeats: Repeats,
) -> Result<Granted, Failure> {
    let answer = post(wire, request, "token", fields, repeats).await?;
    if !answer.status.is_success() {
        return Err(refusal(&answer));
    }
    read(&answer, resource)
}

/// Posts a form of the client to an endpoint of the tenant.
pub(super) async fn post(
    wire: &Wire<'_>,
    request: &SignInRequest,
    endpoint: &str,
    fields: &[(&str, &str)],
    repeats: Repeats,
) -> Result<Answer, Failure> {
    let client = request.client.to_string();
    let form = form_body(&[&[("client_id", client.as_str())], fields].concat());
    let post = Request::post_form(request.cloud.sign_in_host(), &request.path(endpoint), form);
    match repeats {
        Repeats::Allowed => wire.send(&post).await,
        Repeats::Never => wire.send_single(&post).await,
    }
}

/// The failure in an answer that is no success. A device code's waiting and its end have words and no numbers of their own.
pub(super) fn refusal(answer: &Answer) -> Failure {
    let Some(error) = answer.json().as_ref().and_then(EntraError::read) else {
        return answer.bare_status_failure();
    };
    let word = error.word();
    let code = match word {
        "authorization_pending"
        | "slow_down"
        | "authorization_declined"
        | "expired_token"
        | "bad_verification_code"
        | "access_denied" => word.to_owned(),
        _ => error.code().unwrap_or_else(|| format!("http_{}", answer.status.as_u16())),
    };
    error.describe(answer.fail(code))
}

fn read(answer: &Answer, resource: &Resource) -> Result<Granted, Failure> {
    #[derive(Deserialize)]
    struct Body {
        token_type: String,
        access_token: String,
        refresh_token: Option<String>,
        id_token: Option<String>,
        expires_in: Option<Value>,
        scope: Option<String>,
    }
    // The reader's own message may quote the answer, so it is not shown.
    let body: Body = match serde_json::from_slice(answer.body()?) {
        Ok(body) => body,
        Err(_) if answer.is_html() || answer.unwanted_encoding().is_some() => return Err(answer.bare_status_failure()),
        Err(_) => return Err(answer.fail("bad_json").saying("It contains no token")),
    };
    let granted = Granted {
        access: SecretText::new(body.access_token),
        refresh: body.refresh_token.map(SecretText::new).filter(|token| !token.is_empty()),
        id: body.id_token.map(SecretText::new),
        life: life(body.expires_in.as_ref()),
    };
    let is_usable = !granted.access.is_empty() && granted.access.expose().bytes().all(|byte| byte.is_ascii_graphic());
    if !is_usable || !body.token_type.eq_ignore_ascii_case("bearer") {
        return Err(answer.fail("bad_json").saying("It contains no token"));
    }
    // A token is a key to whom it is for. One for somebody else is not shown to the host that it was asked for.
    let scope = body.scope.unwrap_or_default();
    let other = match jwt::audience(&granted.access) {
        Some(audience) => Some(audience).filter(|audience| !resource.is_audience(audience)),
        // A token that cannot be read is judged by the permissions that came with it.
        None => scope.split_whitespace().find(|scope| !resource.may_have_scope(scope)).map(str::to_owned),
    };
    match other {
        Some(other) => {
            let words = format!("Asked for was {}, and it is for {other}", resource.host());
            Err(answer.fail("token_mismatch").saying(words))
        }
        None => Ok(granted),
    }
}

/// How long a token is good for: seconds, as a number or a text of digits.
fn life(seconds: Option<&Value>) -> Duration {
    let seconds = seconds.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    seconds.filter(|seconds| (1..=86_400).contains(seconds)).map_or(USUAL_LIFE, Duration::from_secs)
}
