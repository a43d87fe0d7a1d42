//! Lists of connection strings: one a line, with remarks between them and perhaps a name before each.

use super::draft::{Collector, Draft};
use super::entry::take_string;
use super::found::{Import, SkipReason};
use super::{Format, Options, Refusal};
use crate::connection_string::{AuthType, ConnectionString};

/// Whether any line says how it signs in, or has an address and an ID.
pub(in crate::exchange) fn looks_like_it(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.to_ascii_lowercase();
        let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        line.contains("authtype=")
            || line.contains("clientsecret=")
            || (line.contains("url=") && line.contains("clientid="))
    })
}

pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Import, Refusal> {
    let mut collector = Collector::new(Format::ConnectionStrings, options);
    let mut remark = None;
    let mut has_string = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let place = format!("line {number}");
        if let Some(text) = line.strip_prefix('#').or_else(|| line.strip_prefix("//")) {
            // Our own lists have the name in the remark right above the string.
            remark = text.trim().strip_prefix("Profile:").map(|name| name.trim().to_owned());
            continue;
        }
        let above = remark.take();
        if line.is_empty() {
            continue;
        }
        let (name, string) = match named(line) {
            Some((name, rest)) => (Some(name.to_owned()), rest),
            None => (above, line),
        };
        match ConnectionString::parse_line(string) {
            Ok(string) if is_ours(&string) => {
                has_string = true;
                take(&mut collector, name, place, &string)?;
            }
            Ok(string) if signs_in_otherwise(&string) => {
                has_string = true;
                collector.skip_sign_in(name.unwrap_or(place), string.auth_type().to_string());
            }
            _ => collector.skip(place, SkipReason::Unreadable),
        }
    }
    // Prose is no list.
    if has_string { collector.finish() } else { Err(Refusal::NoConnectionsFound) }
}

/// Adds one connection string as a candidate.
pub(super) fn take(
    collector: &mut Collector<'_>,
    name: Option<String>,
    place: String,
    string: &ConnectionString,
) -> Result<(), Refusal> {
    let mut draft = Draft::at(place);
    draft.name = name;
    take_string(&mut draft, string);
    collector.take(draft)
}

/// Whether it signs in with a client secret. `authtype=clientsecret`, which Microsoft's client refuses for its case, is meant as
/// one, and so is a string with a secret that does not say how it signs in.
pub(super) fn is_ours(string: &ConnectionString) -> bool {
    match string.auth_type() {
        AuthType::ClientSecret => true,
        AuthType::InvalidConnection => string.client_secret_value().is_some() && string.url().is_some(),
        _ => false,
    }
}

/// Whether it is one of Dataverse's that signs in in another way. The address of a database server, which stands under a key that
/// means an address here too, is none.
pub(super) fn signs_in_otherwise(string: &ConnectionString) -> bool {
    string.auth_type() != AuthType::InvalidConnection || string.url().is_some_and(|url| url.contains("://"))
}

/// A name before a colon, and the string behind it.
fn named(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(": ")?;
    (!name.contains(['=', ';', '"']) && rest.contains('=')).then(|| (name.trim(), rest.trim()))
}
