//! Asking Microsoft Graph when the client secret in use expires: first the app registration, then the enterprise
//! application. Source: "Get application" and "Get servicePrincipal" (learn.microsoft.com/graph/api); the least
//! permission for both is Application.Read.All.

use chrono::{DateTime, NaiveDate, Utc};
use hyper::StatusCode;
use serde_json::Value;

use super::{ExpiryNotRead, KeptOn, Lookup};
use crate::connection_check::address_stage::Form;
use crate::connection_check::diagnosis::{Subject, explain};
use crate::connection_check::exchange::{Answer, Request, Wire};
use crate::connection_check::failure::Failure;
use crate::connection_check::sign_in::token_for;
use crate::connection_check::stage::one_line;
use crate::connection_check::{ReadExpiry, SecretAge};
use crate::profile::SecretText;

/// Asks Microsoft Graph, when that is wanted.
pub(in crate::connection_check) async fn look_up(
    wire: &Wire<'_>,
    form: &Form,
    tenant: &str,
    wanted: ReadExpiry,
    now: DateTime<Utc>,
) -> Lookup {
    match wanted {
        ReadExpiry::No => Lookup::NotAsked,
        ReadExpiry::FromGraph => match tokio::time::timeout(wire.limits().stage, ask(wire, form, tenant, now)).await {
            Ok(Ok((date, kept_on))) => Lookup::Found(date, kept_on),
            Ok(Err(reason)) => Lookup::NotRead(reason),
            Err(_) => Lookup::NotRead(ExpiryNotRead::new(
                "graph_timeout",
                "Microsoft Graph did not respond in time. Test again, or enter the date manually.",
            )),
        },
    }
}

async fn ask(
    wire: &Wire<'_>,
    form: &Form,
    tenant: &str,
    now: DateTime<Utc>,
) -> Result<(NaiveDate, KeptOn), ExpiryNotRead> {
    let graph = form.environment.cloud().graph_host();
    let token = token_for(wire, form, tenant, graph).await.map_err(|failure| no_token(form, tenant, &failure))?;
    let asked = Asked { wire, form, tenant, graph, token: &token, now };
    match asked.list("applications").await? {
        Listed::Secret(date) => Ok((date, KeptOn::Application)),
        Listed::Several => Err(ExpiryNotRead::new(
            "hint_ambiguous",
            "Several client secrets of the app begin with the same three characters, so it is unclear which one this \
             is.",
        )),
        absent @ (Listed::NotAmongThem | Listed::NoSuchObject) => match asked.list("servicePrincipals").await {
            Ok(Listed::Secret(date)) => Ok((date, KeptOn::ServicePrincipal)),
            // Whatever the second request returned, the first response is the one that people can act on.
            _ => Err(not_listed(absent == Listed::NoSuchObject)),
        },
    }
}

/// What a list of secrets says of the one in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    /// It is this one, which ends on this day.
    Secret(NaiveDate),
    /// More than one could be meant.
    Several,
    /// None of them begins like it.
    NotAmongThem,
    /// There is no such object to have secrets.
    NoSuchObject,
}

/// A question to Microsoft Graph that repeats for each kind of object.
struct Asked<'a> {
    wire: &'a Wire<'a>,
    form: &'a Form,
    tenant: &'a str,
    graph: &'a str,
    token: &'a SecretText,
    now: DateTime<Utc>,
}

impl Asked<'_> {
    /// Looks for the secret among those of the app's object of this kind.
    async fn list(&self, kind: &str) -> Result<Listed, ExpiryNotRead> {
        let path = format!("/v1.0/{kind}(appId='{}')?$select=displayName,passwordCredentials", self.form.client_id);
        let answer = self.wire.send(&Request::get(self.graph, &path).bearer(self.token)).await.map_err(|failure| {
            let why = in_words(self.form, self.tenant, &failure);
            ExpiryNotRead::new("graph_not_reached", format!("Microsoft Graph could not be queried. {why}"))
        })?;
        match (answer.status, answer.json()) {
            (StatusCode::OK, Some(json)) => Ok(among(&json, self.form.client_secret.expose(), self.now)),
            (StatusCode::NOT_FOUND, Some(_)) => Ok(Listed::NoSuchObject),
            _ => Err(refused(&answer)),
        }
    }
}

/// The end of the one live secret whose hint is the beginning of `secret`.
fn among(json: &Value, secret: &str, now: DateTime<Utc>) -> Listed {
    let rows = json.get("passwordCredentials").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut live_ends = rows.iter().filter_map(|row| {
        let hint = row.get("hint")?.as_str()?;
        let end = DateTime::parse_from_rfc3339(row.get("endDateTime")?.as_str()?).ok()?.to_utc();
        // The sign-in has just worked, so a secret that is over cannot be the one in use.
        (hint.chars().count() == 3 && secret.starts_with(hint) && end > now).then_some(end)
    });
    match (live_ends.next(), live_ends.next()) {
        (Some(end), None) => Listed::Secret(end.date_naive()),
        (Some(_), Some(_)) => Listed::Several,
        (None, _) => Listed::NotAmongThem,
    }
}

fn not_listed(no_registration: bool) -> ExpiryNotRead {
    if no_registration {
        return ExpiryNotRead::new(
            "graph_app_not_found",
            "Microsoft Graph cannot find the app registration in the environment's tenant. If the app is registered in \
             another tenant, its secrets and their dates are there.",
        );
    }
    ExpiryNotRead::new(
        "hint_not_found",
        "None of the client secrets that Microsoft Graph lists, neither on the app registration nor on the enterprise \
         application, begins with the same three characters as this one.",
    )
}

fn no_token(form: &Form, tenant: &str, failure: &Failure) -> ExpiryNotRead {
    let why = in_words(form, tenant, failure);
    ExpiryNotRead::new(
        "graph_no_token",
        format!("Microsoft Entra ID issued no token for Microsoft Graph ({}). {why}", failure.code),
    )
}

/// A failure's own first sentence.
fn in_words(form: &Form, tenant: &str, failure: &Failure) -> String {
    let client_id = form.client_id.to_string();
    let subject = Subject {
        variant: failure.variant,
        code: &failure.code,
        environment: Some(&form.environment),
        cloud: None,
        client_id: Some(&client_id),
        tenant: Some(tenant),
        secret_age: SecretAge::Unknown,
        host: &failure.host,
        proxy: failure.proxy.as_deref(),
        detail: &failure.detail,
        trace: &failure.trace,
    };
    explain(&failure.code, &subject).what
}

/// Why an answer is not the list. Source of the shape: "Microsoft Graph error responses"
/// (learn.microsoft.com/graph/errors).
fn refused(answer: &Answer) -> ExpiryNotRead {
    let json = answer.json().unwrap_or_default();
    let text = |name: &str| one_line(json["error"][name].as_str().unwrap_or_default());
    let (code, message) = (text("code"), text("message"));
    let status = answer.status.as_u16();
    match (answer.status, code.as_str()) {
        (StatusCode::FORBIDDEN, "" | "Authorization_RequestDenied") => ExpiryNotRead::new(
            "graph_permission_missing",
            "The app is not allowed to read its own registration. To have the date read, grant the app the Microsoft \
             Graph application permission Application.Read.All (App registrations > the app > API permissions > Add a \
             permission > Microsoft Graph > Application permissions), then “Grant admin consent”.",
        ),
        (StatusCode::TOO_MANY_REQUESTS, _) => ExpiryNotRead::new(
            "graph_throttled",
            "Microsoft Graph is throttling requests: it received too many in a short time. Test again in a minute.",
        ),
        (StatusCode::OK, _) => {
            ExpiryNotRead::new("graph_bad_answer", "The response from Microsoft Graph cannot be read.")
        }
        (_, "") => ExpiryNotRead::new(
            "graph_refused",
            format!("Microsoft Graph responded with status {status} and no reason."),
        ),
        _ => ExpiryNotRead::new(
            "graph_refused",
            format!("Microsoft Graph responded with status {status} ({code}): {}", sentence(message)),
        ),
    }
}

fn sentence(text: String) -> String {
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).expect("a test's own time")
    }

    fn found(rows: &Value) -> Listed {
        among(&json!({ "passwordCredentials": rows }), "simXYZ", now())
    }

    #[test]
    fn the_one_live_secret_with_the_hint_is_taken() {
        let live = json!({"hint": "sim", "endDateTime": "2027-05-01T10:00:00Z"});
        let dead = json!({"hint": "sim", "endDateTime": "2020-05-01T10:00:00Z"});
        let other = json!({"hint": "abc", "endDateTime": "2028-05-01T10:00:00Z"});
        let day = NaiveDate::from_ymd_opt(2027, 5, 1).expect("a day");
        assert_eq!(found(&json!([other, dead, live])), Listed::Secret(day));
        assert_eq!(found(&json!([live, live])), Listed::Several);
        for rows in [
            json!([dead, other]),
            json!([]),
            json!("x"),
            json!(null),
            json!([{"hint": "", "endDateTime": "2027-05-01T10:00:00Z"}, null, 5]),
            json!([{"hint": "si", "endDateTime": "2027-05-01T10:00:00Z"}]),
            json!([{"hint": "simX", "endDateTime": "2027-05-01T10:00:00Z"}]),
            json!([{"hint": "SIM", "endDateTime": "2027-05-01T10:00:00Z"}]),
            json!([{"hint": "sim", "endDateTime": "soon"}]),
            json!([{"hint": "sim"}]),
        ] {
            assert_eq!(found(&rows), Listed::NotAmongThem, "{rows}");
        }
    }
}
