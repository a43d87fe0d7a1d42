//! The last stage: when the secret lapses. It never fails a check.
//!
//! Microsoft Graph tells the end dates of an app's secrets to an app that may read its own registration; which of
//! them is in use shows in their first three characters, the hint. Most apps may not, so a typed date is the rule.

use chrono::{DateTime, NaiveDate, Utc};
use hyper::StatusCode;
use serde_json::Value;

use super::address_stage::Form;
use super::exchange::{Request, Wire};
use super::failure::Found;
use super::sign_in::token_for;
use super::{ReadExpiry, Warning};
use crate::profile::{ExpiryState, SecretExpiry};

/// What Microsoft Graph said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It was not asked.
    NotAsked,
    /// The secret in use ends on this day.
    Found(NaiveDate),
    /// Why it could not be told, in a sentence.
    Unknown(String),
}

/// Asks Microsoft Graph, when that is wanted.
pub(super) async fn look_up(
    wire: &Wire<'_>,
    form: &Form,
    tenant: &str,
    wanted: ReadExpiry,
    now: DateTime<Utc>,
) -> Lookup {
    match wanted {
        ReadExpiry::No => Lookup::NotAsked,
        ReadExpiry::FromGraph => match tokio::time::timeout(wire.limits().stage, ask(wire, form, tenant, now)).await {
            Ok(lookup) => lookup,
            Err(_) => Lookup::Unknown("Microsoft Graph did not answer in time.".to_owned()),
        },
    }
}

async fn ask(wire: &Wire<'_>, form: &Form, tenant: &str, now: DateTime<Utc>) -> Lookup {
    let graph = form.environment.cloud().graph_host();
    let token = match token_for(wire, form, tenant, graph).await {
        Ok(token) => token,
        Err(failure) => return Lookup::Unknown(format!("No token for Microsoft Graph ({}).", failure.code)),
    };
    let path = format!("/v1.0/applications(appId='{}')?$select=displayName,passwordCredentials", form.client_id);
    let answer = match wire.send(&Request::get(graph, &path).bearer(&token)).await {
        Ok(answer) => answer,
        Err(failure) => return Lookup::Unknown(format!("Microsoft Graph could not be asked ({}).", failure.code)),
    };
    match (answer.status, answer.json()) {
        (StatusCode::OK, Some(json)) => match match_hint(&json, form.client_secret.expose(), now) {
            Ok(date) => Lookup::Found(date),
            Err(reason) => Lookup::Unknown(reason.to_owned()),
        },
        (StatusCode::FORBIDDEN, _) => Lookup::Unknown(
            "The app may not read its own registration, so the date has to be typed. Whoever wants it read gives the \
             app Microsoft Graph's application permission Application.Read.All (App registrations > API permissions \
             > Add a permission > Microsoft Graph > Application permissions), then “Grant admin consent”."
                .to_owned(),
        ),
        (status, _) => Lookup::Unknown(format!("Microsoft Graph answered with status {}.", status.as_u16())),
    }
}

/// The end of the one live secret whose hint is the beginning of `secret`.
fn match_hint(json: &Value, secret: &str, now: DateTime<Utc>) -> Result<NaiveDate, &'static str> {
    let rows = json.get("passwordCredentials").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let live_ends = rows.iter().filter_map(|row| {
        let hint = row.get("hint")?.as_str()?;
        let end = DateTime::parse_from_rfc3339(row.get("endDateTime")?.as_str()?).ok()?.to_utc();
        // The sign-in has just worked, so a secret that is over cannot be the one in use.
        (hint.chars().count() == 3 && secret.starts_with(hint) && end > now).then_some(end)
    });
    let mut ends = live_ends;
    match (ends.next(), ends.next()) {
        (Some(end), None) => Ok(end.date_naive()),
        (Some(_), Some(_)) => Err("Several secrets of the app begin with the same three characters."),
        (None, _) => Err("None of the app's secrets begins with the same three characters as this one."),
    }
}

/// The date that counts, and what to say about it.
pub(super) fn judge(lookup: Lookup, typed: Option<NaiveDate>, now: DateTime<Utc>) -> Found<Option<NaiveDate>> {
    let (date, reason) = match lookup {
        Lookup::Found(date) => (Some(date), String::new()),
        Lookup::NotAsked => (typed, String::new()),
        Lookup::Unknown(reason) => (typed, reason),
    };
    let found = match date {
        None => Found::new(None, "It is not known when the client secret lapses.").warning([Warning::new(
            "expiry_unknown",
            "It is not known when the client secret lapses. Enter the date that the Azure portal shows under \
             Certificates & secrets > Expires, so that this program can warn in time.",
        )]),
        Some(date) => {
            let expiry = SecretExpiry::new(date);
            let words = expiry.describe(now);
            let warning = match expiry.state(now) {
                ExpiryState::Fine => None,
                ExpiryState::Lapsed => Some(format!(
                    "By its expiry date {date} the client secret {words}, yet it still works. Correct the date, or \
                     make a new secret today."
                )),
                ExpiryState::Urgent | ExpiryState::Soon => Some(format!(
                    "The client secret lapses on {date} ({words}). Make a new one in the Azure portal and replace \
                     the connection string before that day."
                )),
            };
            Found::new(Some(date), format!("The client secret lapses on {date}: {words}."))
                .warning(warning.map(|text| Warning::new("secret_expires_soon", text)))
        }
    };
    let typed = typed.filter(|typed| date.is_some_and(|date| date != *typed));
    // Graph tells a moment in UTC and the portal shows the day of the reader's own clock: a day more or less is the
    // same date.
    let far = typed.zip(date).filter(|(typed, date)| date.signed_duration_since(*typed).num_days().abs() > 1);
    let differs = far.map(|(typed, date)| {
        Warning::new(
            "expiry_differs",
            format!(
                "Microsoft Graph says that this client secret lapses on {date}, but {typed} is entered. Take over \
                 {date}, so that this program warns in time."
            ),
        )
    });
    found
        .warning(differs)
        .with("Microsoft Graph", reason)
        .with("Typed date, which Microsoft Graph corrects", typed.map(|date| date.to_string()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).expect("a test's own time")
    }

    fn matched(rows: &Value) -> Result<String, &'static str> {
        match_hint(&json!({ "passwordCredentials": rows }), "simXYZ", now()).map(|date| date.to_string())
    }

    #[test]
    fn the_one_live_secret_with_the_hint_is_taken() {
        let live = json!({"hint": "sim", "endDateTime": "2027-05-01T10:00:00Z"});
        let dead = json!({"hint": "sim", "endDateTime": "2020-05-01T10:00:00Z"});
        let other = json!({"hint": "abc", "endDateTime": "2028-05-01T10:00:00Z"});
        assert_eq!(matched(&json!([other, dead, live])).as_deref(), Ok("2027-05-01"));
        assert!(matched(&json!([live, live])).is_err());
        assert!(matched(&json!([dead, other])).is_err());
        assert!(matched(&json!([{"hint": "", "endDateTime": "2027-05-01T10:00:00Z"}, null, 5])).is_err());
        assert!(matched(&json!("x")).is_err());
    }
}
