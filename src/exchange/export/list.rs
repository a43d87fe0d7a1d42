//! Lists without secrets: a table for spreadsheets and JSON for scripts. Both are read again by the import.

use chrono::NaiveDate;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Export, Options};
use crate::escape::{Cell, CsvWriter, LineEnd};
use crate::exchange::import::OWN_JSON_MARK;
use crate::profile::Profile;

/// UTF-8 with a byte order mark and CRLF, as Excel reads it; dates as ISO has them; an apostrophe before formulas.
pub(super) fn csv(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let mut writer = CsvWriter::new(LineEnd::CrLf);
    let heading =
        ["Name", "Environment URL", "Client ID", "Tenant ID", "Expires", "Days left", "State", "Tags", "Notes"];
    writer.line(&heading.map(Cell::Text));
    for profile in profiles {
        let text = |value: Option<String>| value.unwrap_or_default();
        let expiry = profile.expiry();
        let days = expiry.map(|expiry| expiry.days_left(options.now));
        writer.line(&[
            Cell::Text(&profile.name),
            Cell::Text(&text(profile.environment_url.as_ref().map(ToString::to_string))),
            Cell::Text(&text(profile.client_id.map(|id| id.to_string()))),
            Cell::Text(&text(profile.tenant.as_ref().map(ToString::to_string))),
            Cell::Text(&text(profile.secret_expires.map(|day| day.to_string()))),
            days.map_or(Cell::Text(""), Cell::Number),
            Cell::Text(expiry.map_or("unknown", |expiry| expiry.state(options.now).id())),
            Cell::Text(&profile.tags.join(", ")),
            Cell::Text(&profile.notes),
        ]);
    }
    let text = format!("\u{feff}{}", writer.into_text());
    without_secrets(text.into_bytes(), profiles.len())
}

#[derive(Serialize)]
struct List<'a> {
    format: &'static str,
    version: u32,
    profiles: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    environment_url: Option<String>,
    client_id: Option<String>,
    tenant: Option<String>,
    expires: Option<NaiveDate>,
    days_left: Option<i64>,
    state: &'static str,
    tags: &'a [String],
    notes: &'a str,
}

/// The members are called as in the command line's own answers.
pub(super) fn json(profiles: &[&Profile], options: &Options<'_>) -> Export {
    let entries = profiles.iter().map(|profile| Entry {
        name: &profile.name,
        environment_url: profile.environment_url.as_ref().map(ToString::to_string),
        client_id: profile.client_id.map(|id| id.to_string()),
        tenant: profile.tenant.as_ref().map(ToString::to_string),
        expires: profile.secret_expires,
        days_left: profile.expiry().map(|expiry| expiry.days_left(options.now)),
        state: profile.expiry().map_or("unknown", |expiry| expiry.state(options.now).id()),
        tags: &profile.tags,
        notes: &profile.notes,
    });
    let list = List { format: OWN_JSON_MARK, version: 1, profiles: entries.collect() };
    let mut bytes = serde_json::to_vec_pretty(&list).expect("texts, numbers and lists are JSON");
    bytes.push(b'\n');
    without_secrets(bytes, profiles.len())
}

fn without_secrets(bytes: Vec<u8>, profiles: usize) -> Export {
    Export { bytes: Zeroizing::new(bytes), profiles, secrets: 0, left_out: Vec::new() }
}
