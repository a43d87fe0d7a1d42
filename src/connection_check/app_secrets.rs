//! An app's client secrets at Microsoft Graph: listing, creating and deleting them. Only for apps that may change
//! their own registration (Application.ReadWrite.OwnedBy), and only when a person asks for it.
//!
//! The way there is a check's own: the environment tells the tenant, the secret goes to the cloud's sign-in host, the
//! token to the cloud's Graph host. Source: Microsoft's “application: addPassword” and “application: removePassword”.

use std::future::Future;

use chrono::{DateTime, NaiveDate, Utc};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::address_stage::{Form, read_form};
use super::diagnosis::{Subject, explain};
use super::exchange::{Answer, Request, Wire};
use super::failure::Failure;
use super::redaction::Redaction;
use super::sign_in::token_for;
use super::stage::one_line;
use super::tenant_stage::find_tenant;
use super::{CheckRequest, Diagnosis, Network, SecretAge};
use crate::profile::{ClientSecret, SecretText};

/// One of an app's client secrets as Microsoft Graph lists it: never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSecret {
    /// Its key ID: the portal's Secret ID.
    pub key_id: Uuid,
    /// The description that it was given.
    pub name: String,
    /// Its first three characters; empty where Graph does not tell them.
    pub hint: String,
    /// When it ends.
    pub ends: Option<DateTime<Utc>>,
}

/// A client secret that was just created. Microsoft Graph returns it only once.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeSecret {
    /// The secret.
    pub secret: ClientSecret,
    /// Its key ID.
    pub key_id: Uuid,
    /// The day on which it expires.
    pub expires: NaiveDate,
}

/// Whether a removal changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is removed.
    Now,
    /// It was not there any more.
    Before,
}

/// Why Microsoft Graph did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppSecretsError {
    /// The way there failed: the form, the tenant, the sign-in or the network.
    #[error("{}", in_words(.0))]
    NotReached(Box<Diagnosis>),
    /// The app may not do this.
    #[error(
        "This app is not allowed to manage its own client secrets. To allow it, grant it the Microsoft Graph \
         application permission Application.ReadWrite.OwnedBy (App registrations > the app > API permissions > Add a \
         permission > Microsoft Graph > Application permissions), click “Grant admin consent”, and add the app as an \
         owner of itself. Otherwise create the secret in the portal."
    )]
    NotAllowed,
    /// Graph knows no such app.
    #[error(
        "Microsoft Graph cannot find this app's registration in the environment's tenant. If the app is registered in \
         another tenant, create the secret there, in the portal."
    )]
    AppUnknown,
    /// An app management policy forbids client secrets.
    #[error(
        "An app management policy of the tenant does not allow client secrets for this app. Nothing was changed. Ask a \
         Security Administrator to exclude the app: Microsoft Entra admin center > Enterprise apps > Application \
         policies > Block password addition."
    )]
    ForbiddenByPolicy,
    /// An app management policy allows only a shorter time.
    #[error(
        "An app management policy of the tenant does not allow a client secret to be valid for this long. Nothing was \
         changed. Choose an earlier expiry date, or ask a Security Administrator: Microsoft Entra admin center > \
         Enterprise apps > Application policies > Restrict max password lifetime."
    )]
    TooLongForPolicy,
    /// Too many requests.
    #[error(
        "Microsoft Graph is throttling requests: it received too many in a short time. Nothing was changed. Try again \
         in a minute."
    )]
    Throttled,
    /// Graph refused, in its own words.
    #[error("Microsoft Graph refused this (status {status}): {words} Nothing was changed.")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What Graph says, as a sentence.
        words: String,
    },
    /// It is unclear whether it was done.
    #[error(
        "There was no usable response from Microsoft Graph ({cause}), so it is unclear whether it worked. Check the \
         app's Certificates & secrets in the portal, and delete any secret you do not recognize."
    )]
    Unclear {
        /// What came in its place.
        cause: String,
    },
}

fn in_words(diagnosis: &Diagnosis) -> String {
    let first = diagnosis.fix.first().map(String::as_str).unwrap_or_default();
    format!("{} {} {first} (Code {})", diagnosis.what, diagnosis.why, diagnosis.code)
}

/// The app's client secrets.
pub async fn list_app_secrets(
    network: &Network,
    request: &CheckRequest,
    now: DateTime<Utc>,
) -> Result<Vec<ListedSecret>, AppSecretsError> {
    let (wire, _waits) = Wire::new(network, now, None);
    let session = GraphSession::open(&wire, request).await?;
    let path = format!("{}?$select=passwordCredentials", session.path(""));
    let get = Request::get(&session.graph, &path).bearer(&session.token);
    let answer = wire.send(&get).await.map_err(|failure| session.failed(&failure))?;
    if answer.status != StatusCode::OK {
        return Err(refusal(&answer));
    }
    read_list(&answer).ok_or_else(|| session.failed(&answer.fail("bad_json")))
}

/// Creates a client secret called `name` that expires on `expires`.
///
/// The request is sent once and never repeated automatically: each one that arrives creates a secret.
pub async fn make_app_secret(
    network: &Network,
    request: &CheckRequest,
    name: &str,
    expires: NaiveDate,
    now: DateTime<Utc>,
) -> Result<MadeSecret, AppSecretsError> {
    let (wire, _waits) = Wire::new(network, now, None);
    let session = GraphSession::open(&wire, request).await?;
    let credential = json!({ "displayName": name, "endDateTime": format!("{expires}T00:00:00Z") });
    let body = json!({ "passwordCredential": credential });
    let post = Request::post_json(&session.graph, &session.path("/addPassword"), &body).bearer(&session.token);
    let answer = session.order(&wire, &post).await?;
    if !answer.status.is_success() {
        return Err(refusal(&answer));
    }
    read_made(&answer, expires)
        .ok_or_else(|| AppSecretsError::Unclear { cause: "the response cannot be read".to_owned() })
}

/// Removes the client secret with this key ID.
pub async fn remove_app_secret(
    network: &Network,
    request: &CheckRequest,
    key_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Removed, AppSecretsError> {
    let (wire, _waits) = Wire::new(network, now, None);
    let session = GraphSession::open(&wire, request).await?;
    let body = json!({ "keyId": key_id.hyphenated().to_string() });
    let post = Request::post_json(&session.graph, &session.path("/removePassword"), &body).bearer(&session.token);
    let answer = session.order(&wire, &post).await?;
    match answer.status {
        status if status.is_success() => Ok(Removed::Now),
        StatusCode::BAD_REQUEST if words_of(&answer).to_lowercase().contains("no password credential") => {
            Ok(Removed::Before)
        }
        _ => Err(refusal(&answer)),
    }
}

/// The app signed in at Microsoft Graph.
struct GraphSession {
    form: Form,
    tenant: String,
    graph: String,
    token: SecretText,
    redaction: Redaction,
}

impl GraphSession {
    async fn open(wire: &Wire<'_>, request: &CheckRequest) -> Result<GraphSession, AppSecretsError> {
        let mut redaction = Redaction::new(&request.client_secret);
        let form = match read_form(request, wire.clouds()) {
            Ok(found) => found.value,
            Err(failure) => return Err(not_reached(&failure, None, "", &redaction)),
        };
        // One deadline for both, because a vault that is about to lock waits for a secret that is being created.
        let deadline = Instant::now() + wire.limits().stage;
        let graph = form.environment.cloud().graph_host();
        let refused = |failure: &Failure, tenant: &str| not_reached(failure, Some(&form), tenant, &redaction);
        let found = within(deadline, form.environment.host(), find_tenant(wire, &form)).await;
        let tenant = found.map_err(|failure| refused(&failure, ""))?.value.segment;
        let token = within(deadline, graph, token_for(wire, &form, &tenant, graph)).await;
        let token = token.map_err(|failure| refused(&failure, &tenant))?;
        redaction.add(&token);
        Ok(GraphSession { graph: graph.to_owned(), form, tenant, token, redaction })
    }

    /// The address of the app's registration, and what is asked of it.
    fn path(&self, action: &str) -> String {
        format!("/v1.0/applications(appId='{}'){action}", self.form.client_id)
    }

    /// Sends what changes something, once.
    async fn order(&self, wire: &Wire<'_>, request: &Request) -> Result<Answer, AppSecretsError> {
        let answer = wire.send_single(request).await.map_err(|failure| match failure.code.as_str() {
            // It may have arrived anyway.
            "timeout" | "dropped" => AppSecretsError::Unclear { cause: failure.code },
            _ => self.failed(&failure),
        })?;
        match answer.status {
            status if status.is_server_error() => {
                Err(AppSecretsError::Unclear { cause: format!("status {}", status.as_u16()) })
            }
            _ => Ok(answer),
        }
    }

    fn failed(&self, failure: &Failure) -> AppSecretsError {
        not_reached(failure, Some(&self.form), &self.tenant, &self.redaction)
    }
}

/// The work's outcome, or the failure `timeout` of `host` when it is not done by then.
async fn within<T>(
    deadline: Instant,
    host: &str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout_at(deadline, work).await.unwrap_or_else(|_| Err(Failure::new("timeout", host)))
}

fn not_reached(failure: &Failure, form: Option<&Form>, tenant: &str, redaction: &Redaction) -> AppSecretsError {
    let client_id = form.map(|form| form.client_id.to_string());
    let subject = Subject {
        variant: failure.variant,
        code: &failure.code,
        environment: form.map(|form| &form.environment),
        cloud: None,
        client_id: client_id.as_deref(),
        tenant: (!tenant.is_empty()).then_some(tenant),
        secret_age: SecretAge::Unknown,
        host: &failure.host,
        proxy: failure.proxy.as_deref(),
        detail: &failure.detail,
        trace: &failure.trace,
    };
    AppSecretsError::NotReached(Box::new(redaction.diagnosis(explain(&failure.code, &subject))))
}

/// What an answer that is no success means. Source of the two codes of app management policies: `aadErrorCode` of
/// Microsoft 365 Agents Toolkit (github.com/OfficeDev/microsoft-365-agents-toolkit).
fn refusal(answer: &Answer) -> AppSecretsError {
    match answer.json().unwrap_or_default()["error"]["code"].as_str() {
        Some("CredentialTypeNotAllowedAsPerAppPolicy") => return AppSecretsError::ForbiddenByPolicy,
        Some("CredentialInvalidLifetimeAsPerAppPolicy") => return AppSecretsError::TooLongForPolicy,
        _ => {}
    }
    match answer.status {
        StatusCode::FORBIDDEN => AppSecretsError::NotAllowed,
        StatusCode::NOT_FOUND => AppSecretsError::AppUnknown,
        StatusCode::TOO_MANY_REQUESTS => AppSecretsError::Throttled,
        status => AppSecretsError::Refused { status: status.as_u16(), words: words_of(answer) },
    }
}

/// Graph's own sentence about an error.
fn words_of(answer: &Answer) -> String {
    let json = answer.json().unwrap_or_default();
    let words = one_line(json["error"]["message"].as_str().unwrap_or("It gave no reason."));
    if words.ends_with('.') { words } else { format!("{words}.") }
}

fn read_list(answer: &Answer) -> Option<Vec<ListedSecret>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct List {
        password_credentials: Vec<CredentialRow>,
    }
    let list: List = serde_json::from_slice(answer.body().ok()?).ok()?;
    Some(list.password_credentials.into_iter().filter_map(CredentialRow::read).collect())
}

/// A client secret in an answer of Microsoft Graph. Source: Graph's resource type passwordCredential.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CredentialRow {
    key_id: String,
    display_name: Option<String>,
    hint: Option<String>,
    end_date_time: Option<String>,
}

impl CredentialRow {
    /// The secret as it is listed; `None` without a key ID.
    pub(crate) fn read(self) -> Option<ListedSecret> {
        let ends = self.end_date_time.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        Some(ListedSecret {
            key_id: Uuid::try_parse(&self.key_id).ok()?,
            name: one_line(&self.display_name.unwrap_or_default()),
            hint: self.hint.unwrap_or_default(),
            ends: ends.map(|at| at.to_utc()),
        })
    }
}

fn read_made(answer: &Answer, asked: NaiveDate) -> Option<MadeSecret> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Made {
        key_id: String,
        secret_text: String,
        end_date_time: Option<String>,
    }
    // The reader's own message may quote the answer, so it is not shown.
    let made: Made = serde_json::from_slice(answer.body().ok()?).ok()?;
    let secret = SecretText::new(made.secret_text);
    let ends = made.end_date_time.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    Some(MadeSecret {
        secret: ClientSecret::parse_exact(secret.expose()).ok()?,
        key_id: Uuid::try_parse(&made.key_id).ok()?,
        expires: ends.map_or(asked, |at| at.to_utc().date_naive()),
    })
}

/// Which of an app's secrets `secret` is, by its first three characters; `known` is its key ID where somebody noted it.
/// `None` when it is not there, or when two could be meant.
pub fn listed_as<'l>(list: &'l [ListedSecret], secret: &ClientSecret, known: Option<Uuid>) -> Option<&'l ListedSecret> {
    let begins = |row: &&ListedSecret| row.hint.chars().count() == 3 && secret.expose().starts_with(&row.hint);
    if let Some(row) = list.iter().filter(begins).find(|row| Some(row.key_id) == known) {
        return Some(row);
    }
    let mut rows = list.iter().filter(begins);
    rows.next().filter(|_| rows.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u128, hint: &str) -> ListedSecret {
        ListedSecret { key_id: Uuid::from_u128(number), name: String::new(), hint: hint.to_owned(), ends: None }
    }

    #[test]
    fn a_secret_is_found_by_its_beginning_unless_two_have_it() {
        let secret = ClientSecret::parse("abcdef").expect("a secret");
        let found = |list: &[ListedSecret], known| listed_as(list, &secret, known).map(|row| row.key_id.as_u128());
        assert_eq!(found(&[row(1, "xyz"), row(2, "abc")], None), Some(2));
        assert_eq!(found(&[row(1, "abc"), row(2, "abc")], None), None);
        assert_eq!(found(&[row(1, "abc"), row(2, "abc")], Some(Uuid::from_u128(2))), Some(2));
        assert_eq!(
            found(&[row(1, "xyz"), row(2, "abc")], Some(Uuid::from_u128(1))),
            Some(2),
            "the noted one is another"
        );
        assert_eq!(found(&[row(1, ""), row(2, "xyz")], None), None);
    }
}
