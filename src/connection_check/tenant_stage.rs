//! The second stage: asks the environment, without a token, which tenant it belongs to.

use hyper::StatusCode;
use uuid::Uuid;

use super::Warning;
use super::address_stage::{Form, TypedTenant};
use super::challenge::{ChallengeError, tenant_of};
use super::dataverse;
use super::exchange::{Answer, Request, Wire};
use super::failure::{Failure, Found};
use crate::profile::{ClientIdIsTenantId, EnvironmentUrl, Tenant};

/// Where to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignInTenant {
    /// What stands in the token's address: the tenant's GUID, or the text typed in its place.
    pub segment: String,
    /// The tenant's ID, when the environment reported it or it was entered.
    pub id: Option<Uuid>,
    /// A domain that was typed, to be compared with the tenant.
    pub typed_domain: Option<String>,
}

/// Asks the environment and judges its challenge; falls back to the typed tenant when there is no usable one.
pub(super) async fn find_tenant(wire: &Wire<'_>, form: &Form) -> Result<Found<SignInTenant>, Failure> {
    let answer = ask(wire, &form.environment).await?;
    let raw = answer.challenge();
    match read_answer(&answer, &form.environment) {
        Ok(tenant) if form.client_id.differs_from(&Tenant::Id(tenant)).is_err() => {
            Err(Failure::new(ClientIdIsTenantId::CODE, form.environment.host()).with("Tenant ID", tenant.to_string()))
        }
        Ok(tenant) => Ok(found(tenant, form).with("Challenge", raw)),
        Err(failure) => match form.tenant.path_segment() {
            Some(segment) if matches!(failure.code.as_str(), "challenge_missing" | "challenge_malformed") => {
                Ok(typed(segment, form, &failure))
            }
            _ => Err(failure.with("Challenge", raw)),
        },
    }
}

/// The tenant that `environment` names itself, for a sign-in without a client secret.
pub(crate) async fn tenant_of_environment(wire: &Wire<'_>, environment: &EnvironmentUrl) -> Result<Uuid, Failure> {
    read_answer(&ask(wire, environment).await?, environment)
}

/// Asks the environment without a token.
async fn ask(wire: &Wire<'_>, environment: &EnvironmentUrl) -> Result<Answer, Failure> {
    wire.send(&Request::get(environment.host(), "/api/data/v9.2/").odata()).await
}

/// The tenant in the environment's answer.
fn read_answer(answer: &Answer, environment: &EnvironmentUrl) -> Result<Uuid, Failure> {
    let may_challenge = matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    if may_challenge {
        let lines = answer.headers.get_all("www-authenticate").iter().map(|line| line.as_bytes());
        match tenant_of(lines, environment) {
            // A 403 without a challenge has its reason in the body, and is read below.
            Err(ChallengeError::Missing) if answer.status == StatusCode::FORBIDDEN => {}
            Ok(tenant) => return Ok(tenant),
            Err(error) => return Err(answer.fail(error.code()).saying(error.detail())),
        }
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(answer.fail("challenge_missing"));
        }
    }
    if let Some(failure) = dataverse::error_of(answer) {
        return Err(failure);
    }
    let portal_of_the_network = answer.status.as_u16() == 511;
    if portal_of_the_network || answer.is_page_in_place_of_data() {
        let failure = answer.fail("html_instead_of_401").saying(answer.own_words());
        return Err(failure.with("Page title", answer.page_title()));
    }
    if answer.status.is_success() {
        return Err(answer.fail("challenge_missing"));
    }
    Err(answer.bare_status_failure())
}

/// The environment's word counts; a typed tenant that differs is a warning.
fn found(tenant: Uuid, form: &Form) -> Found<SignInTenant> {
    let (typed_domain, differs) = match &form.tenant {
        TypedTenant::Empty => (None, None),
        TypedTenant::Usable(Tenant::Id(id)) => (None, (*id != tenant).then(|| id.to_string())),
        TypedTenant::Usable(Tenant::Domain(domain)) => (Some(domain.clone()), None),
        TypedTenant::Odd(text) => (None, Some(text.clone())),
    };
    let found = SignInTenant { segment: tenant.to_string(), id: Some(tenant), typed_domain };
    Found::new(found, format!("The environment belongs to the tenant {tenant}."))
        .with("Tenant ID", tenant.to_string())
        .warning(differs.map(|typed| tenant_mismatch(&typed, &tenant.to_string())))
}

/// The typed tenant in place of one that the environment does not tell.
fn typed(segment: String, form: &Form, failure: &Failure) -> Found<SignInTenant> {
    let (id, typed_domain) = match &form.tenant {
        TypedTenant::Usable(Tenant::Id(id)) => (Some(*id), None),
        TypedTenant::Usable(Tenant::Domain(domain)) => (None, Some(domain.clone())),
        _ => (None, None),
    };
    let warning = Warning::new(
        "tenant_not_discovered",
        format!(
            "The environment did not report its tenant ({}), so the entered one was used: {segment}.",
            failure.code
        ),
    );
    let summary = format!("Using the entered tenant {segment}.");
    let mut found = Found::new(SignInTenant { segment, id, typed_domain }, summary).warning([warning]);
    found.details = failure.details.to_vec();
    found.with("Reason", &failure.code)
}

/// The warning that the field Tenant holds another one than the environment's.
pub(super) fn tenant_mismatch(typed: &str, own: &str) -> Warning {
    Warning::new(
        "tenant_mismatch",
        format!(
            "The Tenant field contains “{typed}”, but the environment belongs to {own}, which was used. Clear or \
             correct the field."
        ),
    )
}
