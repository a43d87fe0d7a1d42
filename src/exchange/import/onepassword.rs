//! 1Password's `.1pux`: a zip with `export.data`, which is JSON. Source: bitwarden/clients, `onepassword-1pux-importer-types.ts`.

use chrono::DateTime;
use serde_json::{Map, Value};

use super::column::{Column, column_of};
use super::draft::Collector;
use super::entry::{self, Entry};
use super::found::Import;
use super::json_members::text;
use super::{Format, Options, Refusal};
use crate::profile::SecretText;

/// The categories of items with a user name and a password: login, password, API credential, server.
const LOGINS: [&str; 4] = ["001", "005", "112", "110"];

pub(super) fn read(data: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    let value: Value = serde_json::from_slice(data)
        .map_err(|error| Refusal::JsonMalformed { line: u32::try_from(error.line()).ok().filter(|line| *line > 0) })?;
    let mut collector = Collector::new(Format::OnePasswordPux, options);
    let mut number = 0;
    for vault in list(&value, "accounts").iter().flat_map(|account| list(account, "vaults")) {
        let group = vault.get("attrs").and_then(Value::as_object).map(|attrs| text(attrs, "name").to_owned());
        for item in list(vault, "items") {
            number += 1;
            let entry = entry_of(item, format!("entry {number}"), group.clone());
            entry::take(&mut collector, entry)?;
        }
    }
    collector.finish()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn entry_of(item: &Value, place: String, group: Option<String>) -> Entry {
    let empty = Map::new();
    let object = |name: &str| item.get(name).and_then(Value::as_object);
    let (overview, details) = (object("overview").unwrap_or(&empty), object("details").unwrap_or(&empty));
    let details_value = item.get("details").unwrap_or(&Value::Null);
    let overview_value = item.get("overview").unwrap_or(&Value::Null);
    let login = |designation: &str| {
        let fields = list(details_value, "loginFields").iter().filter_map(Value::as_object);
        fields
            .into_iter()
            .find(|field| text(field, "designation") == designation)
            .map_or("", |field| text(field, "value"))
    };
    let mut urls: Vec<String> =
        list(overview_value, "urls").iter().filter_map(|url| url.get("url")?.as_str()).map(str::to_owned).collect();
    urls.push(text(overview, "url").to_owned());
    let mut entry = Entry {
        place,
        title: text(overview, "title").to_owned(),
        user_name: login("username").to_owned(),
        secret: SecretText::from(login("password")),
        urls,
        notes: text(details, "notesPlain").to_owned(),
        tags: list(overview_value, "tags").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        group,
        archived: item.get("state").and_then(Value::as_str) == Some("archived"),
        is_login: LOGINS.contains(&item.get("categoryUuid").and_then(Value::as_str).unwrap_or_default()),
        ..Entry::default()
    };
    for field in list(details_value, "sections").iter().flat_map(|section| list(section, "fields")) {
        let Some(field) = field.as_object() else { continue };
        take_field(&mut entry, field);
    }
    entry
}

/// A field of a section: its value is an object whose one member names its kind.
fn take_field(entry: &mut Entry, field: &Map<String, Value>) {
    let title = text(field, "title");
    let Some((kind, value)) = field.get("value").and_then(Value::as_object).and_then(|value| value.iter().next())
    else {
        return;
    };
    match (kind.as_str(), value) {
        ("totp", _) => entry.has_totp = true,
        ("date", value) => {
            let day = value.as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            let Some(day) = day.map(|at| at.date_naive()) else { return };
            match column_of(title) {
                Some(Column::Expires) => entry.expires = Some(day),
                _ => entry.fields.push((title.to_owned(), day.to_string())),
            }
        }
        ("concealed", Value::String(value)) => match column_of(title) {
            Some(Column::Secret) if entry.secret.is_empty() => entry.secret = SecretText::from(value.as_str()),
            Some(Column::Tenant | Column::ClientId) => entry.fields.push((title.to_owned(), value.clone())),
            _ => entry.left_out += 1,
        },
        (_, Value::String(value)) => entry.fields.push((title.to_owned(), value.clone())),
        _ => {}
    }
}
