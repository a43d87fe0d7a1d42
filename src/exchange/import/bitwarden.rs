//! Bitwarden's JSON export. Source: bitwarden/clients, `vault-export-core`.

use serde_json::{Map, Value};

use super::draft::Collector;
use super::entry::{self, Entry};
use super::found::Import;
use super::json_members::text;
use super::{Format, Options, Refusal};
use crate::profile::SecretText;

/// The kind of an item that is a login.
const LOGIN: u64 = 1;
/// The kind of a field whose text Bitwarden hides.
const HIDDEN: u64 = 1;

pub(super) fn read(object: &Map<String, Value>, options: &Options<'_>) -> Result<Import, Refusal> {
    if object.get("encrypted").and_then(Value::as_bool) == Some(true) {
        return Err(Refusal::EncryptedExport);
    }
    let Some(items) = object.get("items").and_then(Value::as_array) else { return Err(Refusal::UnknownJson) };
    let folders = object.get("folders").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let folder = |id: &str| {
        let found =
            folders.iter().filter_map(Value::as_object).find(|folder| text(folder, "id") == id && !id.is_empty());
        found.map(|folder| text(folder, "name").to_owned())
    };
    let mut collector = Collector::new(Format::BitwardenJson, options);
    for (number, item) in (1..).zip(items) {
        let empty = Map::new();
        let item = item.as_object().unwrap_or(&empty);
        let login = item.get("login").and_then(Value::as_object).unwrap_or(&empty);
        let uris = login.get("uris").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let (fields, left_out) = fields(item);
        let entry = Entry {
            place: format!("entry {number}"),
            title: text(item, "name").to_owned(),
            user_name: text(login, "username").to_owned(),
            secret: SecretText::from(text(login, "password")),
            urls: uris.iter().filter_map(|uri| uri.get("uri")?.as_str()).map(str::to_owned).collect(),
            notes: text(item, "notes").to_owned(),
            group: folder(text(item, "folderId")),
            fields,
            left_out,
            has_totp: !text(login, "totp").is_empty(),
            is_recycled: !text(item, "deletedDate").is_empty(),
            archived: !text(item, "archivedDate").is_empty(),
            is_login: item.get("type").and_then(Value::as_u64) == Some(LOGIN),
            ..Entry::default()
        };
        entry::take(&mut collector, entry)?;
    }
    collector.finish()
}

/// The fields that the person added, and how many hidden ones have no place in a profile.
fn fields(item: &Map<String, Value>) -> (Vec<(String, String)>, usize) {
    let list = item.get("fields").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (mut fields, mut left_out) = (Vec::new(), 0);
    for field in list.iter().filter_map(Value::as_object) {
        let name = text(field, "name");
        let is_hidden = field.get("type").and_then(Value::as_u64) == Some(HIDDEN);
        if is_hidden && super::column::column_of(name).is_none() {
            left_out += 1;
        } else {
            fields.push((name.to_owned(), text(field, "value").to_owned()));
        }
    }
    (fields, left_out)
}
