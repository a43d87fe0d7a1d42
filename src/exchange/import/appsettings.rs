//! .NET's settings as JSON: `ConnectionStrings`, and sections that hold the values one by one.
//!
//! Keys are compared without regard to case, and `A:B` is `B` in `A`, as `JsonConfigurationFileParser` and user secrets have it.

use serde_json::{Map, Value};

use super::connection_strings::{is_ours, signs_in_otherwise, take};
use super::draft::{Collector, Draft};
use super::found::{Import, SkipReason};
use super::json_members::text_ignoring_case;
use super::{Format, Options, Refusal};
use crate::connection_string::ConnectionString;
use crate::profile::SecretText;

const URLS: [&str; 7] =
    ["Url", "EnvironmentUrl", "DataverseUrl", "ServiceUri", "ServiceUrl", "Resource", "InstanceUrl"];
const CLIENT_IDS: [&str; 4] = ["ClientId", "AppId", "ApplicationId", "ClientID"];
const SECRETS: [&str; 3] = ["ClientSecret", "Secret", "AppSecret"];
const TENANTS: [&str; 3] = ["TenantId", "Tenant", "DirectoryId"];
/// Sections within sections are followed so far.
const DEPTH: usize = 6;

pub(super) fn read(object: &Map<String, Value>, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::AppSettings, options);
    let mut is_settings = false;
    for (key, value) in object {
        if key.eq_ignore_ascii_case("ConnectionStrings") {
            is_settings = true;
            for (name, value) in value.as_object().into_iter().flatten() {
                string(&mut collector, name, value)?;
            }
        } else if let Some((section, name)) = key.split_once(':')
            && section.eq_ignore_ascii_case("ConnectionStrings")
        {
            is_settings = true;
            string(&mut collector, name, value)?;
        }
    }
    let before = collector.import().candidates.len();
    for (key, value) in object.iter().filter(|(key, _)| !key.eq_ignore_ascii_case("ConnectionStrings")) {
        if let Value::Object(section) = value {
            walk(&mut collector, key, section, DEPTH)?;
        }
    }
    for (prefix, section) in flat_sections(object) {
        values(&mut collector, &prefix, &section)?;
    }
    values(&mut collector, "", object)?;
    if is_settings || collector.import().candidates.len() > before {
        collector.finish()
    } else {
        Err(Refusal::UnknownJson)
    }
}

fn string(collector: &mut Collector<'_>, name: &str, value: &Value) -> Result<(), Refusal> {
    let place = format!("ConnectionStrings:{name}");
    match value.as_str().map(ConnectionString::parse) {
        Some(Ok(string)) if is_ours(&string) => take(collector, Some(name.to_owned()), place, &string)?,
        Some(Ok(string)) if signs_in_otherwise(&string) => {
            collector.skip_sign_in(place, string.auth_type().to_string())
        }
        _ => collector.skip(place, SkipReason::NotAConnection),
    }
    Ok(())
}

fn walk(collector: &mut Collector<'_>, name: &str, section: &Map<String, Value>, depth: usize) -> Result<(), Refusal> {
    values(collector, name, section)?;
    if depth > 0 {
        for (key, value) in section {
            if let Value::Object(inner) = value {
                walk(collector, key, inner, depth - 1)?;
            }
        }
    }
    Ok(())
}

/// A section that holds the values of one connection. One with a client ID alone is Entra ID's sign-in of a web application.
fn values(collector: &mut Collector<'_>, name: &str, section: &Map<String, Value>) -> Result<(), Refusal> {
    let find = |names: &[&str]| text_ignoring_case(section, names).filter(|text| !text.trim().is_empty());
    let (Some(url), Some(id)) = (find(&URLS), find(&CLIENT_IDS)) else { return Ok(()) };
    let mut draft = Draft::at(if name.is_empty() { "settings".to_owned() } else { name.to_owned() });
    draft.name = Some(name.to_owned());
    draft.urls = vec![url.to_owned()];
    draft.client_id = Some(id.to_owned());
    draft.secret = find(&SECRETS).map(SecretText::from);
    draft.tenant = find(&TENANTS).map(str::to_owned);
    collector.take(draft)
}

/// Keys such as `Dataverse:ClientId`, gathered by what stands before the last colon.
fn flat_sections(object: &Map<String, Value>) -> Vec<(String, Map<String, Value>)> {
    let mut sections: Vec<(String, Map<String, Value>)> = Vec::new();
    for (key, value) in object {
        let Some((section, name)) = key.rsplit_once(':') else { continue };
        if section.eq_ignore_ascii_case("ConnectionStrings") || !value.is_string() {
            continue;
        }
        let place = match sections.iter().position(|(known, _)| known.eq_ignore_ascii_case(section)) {
            Some(place) => place,
            None => {
                sections.push((section.to_owned(), Map::new()));
                sections.len() - 1
            }
        };
        sections[place].1.insert(name.to_owned(), value.clone());
    }
    sections
}
