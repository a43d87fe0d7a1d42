//! Environment variables: `.env` files, with the names that Azure's libraries, Microsoft's Terraform provider and pac use.
//!
//! `python-dotenv` and Node read these forms alike: plain, `'…'` as it stands, `"…"` with escapes, `export `, a remark behind a
//! blank. Where they differ (`a#b` without quotes) the value is kept whole.

use zeroize::Zeroizing;

use super::connection_strings::{is_ours, take};
use super::draft::{Collector, Draft};
use super::found::Import;
use super::{Format, Options, Refusal};
use crate::connection_string::ConnectionString;
use crate::profile::SecretText;

/// The variables of one connection, by the last words of their names.
const NAMES: [(Part, &[&str]); 4] = [
    (
        Part::Url,
        &[
            "DATAVERSE_URL",
            "DATAVERSE_ENVIRONMENT_URL",
            "ENVIRONMENT_URL",
            "DYNAMICS_URL",
            "CRM_URL",
            "POWER_PLATFORM_URL",
            "PAC_CLI_SPN_URL",
            "URL",
        ],
    ),
    (
        Part::Secret,
        &[
            "AZURE_CLIENT_SECRET",
            "POWER_PLATFORM_CLIENT_SECRET",
            "DATAVERSE_CLIENT_SECRET",
            "CRM_CLIENT_SECRET",
            "PAC_CLI_SPN_SECRET",
            "CLIENT_SECRET",
        ],
    ),
    (
        Part::ClientId,
        &[
            "AZURE_CLIENT_ID",
            "POWER_PLATFORM_CLIENT_ID",
            "DATAVERSE_CLIENT_ID",
            "CRM_CLIENT_ID",
            "PAC_CLI_SPN_ID",
            "CLIENT_ID",
            "APP_ID",
            "APPLICATION_ID",
        ],
    ),
    (
        Part::Tenant,
        &[
            "AZURE_TENANT_ID",
            "POWER_PLATFORM_TENANT_ID",
            "DATAVERSE_TENANT_ID",
            "CRM_TENANT_ID",
            "PAC_CLI_SPN_TENANT",
            "TENANT_ID",
        ],
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Url,
    ClientId,
    Secret,
    Tenant,
}

/// One line `NAME=value`.
struct Variable {
    line: usize,
    name: String,
    value: Zeroizing<String>,
}

/// Whether all its lines are variables or remarks, and one of them has a name that is known.
pub(super) fn looks_like_it(text: &str) -> bool {
    let mut knows_one = false;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = split(line) else { return false };
        knows_one |= part_of(&name).is_some() || value.to_ascii_lowercase().contains("authtype=");
    }
    knows_one
}

pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::Env, options);
    // The sets, by what stands before the names, in their order.
    let mut sets: Vec<(String, Draft)> = Vec::new();
    let mut strings: Vec<(Variable, ConnectionString)> = Vec::new();
    for variable in variables(text) {
        let Some((prefix, part)) = part_of(&variable.name) else {
            if let Ok(string) = ConnectionString::parse(&variable.value)
                && is_ours(&string)
            {
                strings.push((variable, string));
            }
            continue;
        };
        if variable.value.trim().is_empty() {
            continue;
        }
        let place = match sets.iter().position(|(known, _)| *known == prefix) {
            Some(place) => place,
            None => {
                sets.push((prefix.clone(), Draft::at(format!("line {}", variable.line))));
                sets.len() - 1
            }
        };
        let draft = &mut sets[place].1;
        match part {
            Part::Url => draft.urls.push(variable.value.to_string()),
            Part::ClientId => draft.client_id = Some(variable.value.to_string()),
            Part::Secret => draft.secret = Some(SecretText::from(variable.value.as_str())),
            Part::Tenant => draft.tenant = Some(variable.value.to_string()),
        }
    }
    for (prefix, mut draft) in sets {
        // A tenant alone, or the address of something else, is no connection.
        if draft.client_id.is_none() && draft.secret.is_none() {
            continue;
        }
        draft.name = Some(prefix).filter(|prefix| !prefix.is_empty());
        collector.take(draft)?;
    }
    for (variable, string) in strings {
        take(&mut collector, Some(variable.name), format!("line {}", variable.line), &string)?;
    }
    collector.finish()
}

/// What a variable holds, and what stands before the known part of its name.
fn part_of(name: &str) -> Option<(String, Part)> {
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_").replace("__", "_");
    let ends = |known: &str| {
        let prefix = upper.strip_suffix(known)?;
        let prefix = if prefix.is_empty() { "" } else { prefix.strip_suffix('_')? };
        Some(prefix.to_owned())
    };
    NAMES.iter().find_map(|(part, names)| names.iter().find_map(|known| ends(known)).map(|prefix| (prefix, *part)))
}

fn split(line: &str) -> Option<(String, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    is_name.then(|| (name.to_owned(), value.trim()))
}

fn variables(text: &str) -> impl Iterator<Item = Variable> + '_ {
    (1..).zip(text.lines()).filter_map(|(line, text)| {
        let text = text.trim();
        let (name, value) = if text.starts_with('#') { None } else { split(text) }?;
        Some(Variable { line, name, value: value_of(value) })
    })
}

/// Quotes and a remark behind the value come off.
fn value_of(text: &str) -> Zeroizing<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
    let Some(quote) = quote else {
        let end = text.find(" #").or_else(|| text.find("\t#")).unwrap_or(text.len());
        return Zeroizing::new(text[..end].trim_end().to_owned());
    };
    let mut value = Zeroizing::new(String::with_capacity(text.len()));
    let mut characters = text.chars().skip(1);
    while let Some(c) = characters.next() {
        match c {
            '\\' if quote == '"' => match characters.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(escaped @ ('"' | '\\' | '$')) => value.push(escaped),
                Some(other) => {
                    value.push('\\');
                    value.push(other);
                }
                None => value.push('\\'),
            },
            c if c == quote => return value,
            c => value.push(c),
        }
    }
    // Never closed: it stands as it is.
    Zeroizing::new(text.to_owned())
}
