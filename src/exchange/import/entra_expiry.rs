//! Expiry dates from Microsoft Graph or `az ad app list`: applications with their `passwordCredentials`.
//!
//! Source: Graph's resource type passwordCredential. `hint` is the first three characters of the secret, so that a date
//! finds its secret without asking. The tables of Microsoft's PowerShell samples are read by [`super::table`].

use chrono::DateTime;
use serde_json::{Map, Value};

use super::draft::Collector;
use super::found::{Import, SecretEnd, SkipReason};
use super::json_members::text;
use super::{ENTRY_LIMIT, Format, Options, Refusal};
use crate::profile::{ClientId, SecretText};

/// Whether these are applications.
pub(super) fn is_list(values: &[Value]) -> bool {
    values
        .iter()
        .any(|value| value.get("appId").is_some() && value.get("passwordCredentials").is_some_and(Value::is_array))
}

pub(super) fn read(applications: &[Value], options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::EntraExpiry, options);
    for (number, application) in (1..).zip(applications) {
        let empty = Map::new();
        let application = application.as_object().unwrap_or(&empty);
        let Ok(client_id) = ClientId::parse(text(application, "appId")) else {
            collector.skip(format!("entry {number}"), SkipReason::NotAnEntry);
            continue;
        };
        let credentials = application.get("passwordCredentials").and_then(Value::as_array);
        for credential in credentials.map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_object) {
            let Ok(end) = DateTime::parse_from_rfc3339(text(credential, "endDateTime")) else { continue };
            let some = |name: &str| Some(text(credential, name)).filter(|text| !text.is_empty());
            if collector.import().expiries.len() >= ENTRY_LIMIT {
                return Err(Refusal::TooMany { limit: ENTRY_LIMIT });
            }
            let hint = some("hint").map(SecretText::from);
            let secret_name = some("displayName").map(str::to_owned);
            collector.import().expiries.push(SecretEnd {
                client_id,
                secret_name,
                expires: end.to_utc().date_naive(),
                hint,
            });
        }
    }
    collector.finish()
}
