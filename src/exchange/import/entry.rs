//! An entry of a password manager, and which of them are connections: title, user name, password, address, notes and the
//! fields that people add.

use chrono::NaiveDate;

use super::Refusal;
use super::column::{Column, column_of};
use super::dates::{self, DateRead};
use super::draft::{Collector, Draft};
use super::found::{SkipReason, WarningCode};
use crate::connection_string::{AuthType, ConnectionString};
use crate::profile::{ClientId, EnvironmentUrl, SecretText};

/// One entry as its program keeps it.
#[derive(Default)]
pub(super) struct Entry {
    pub place: String,
    pub title: String,
    pub user_name: String,
    pub secret: SecretText,
    pub urls: Vec<String>,
    pub notes: String,
    pub tags: Vec<String>,
    /// Its folder, with `/` between the parts.
    pub group: Option<String>,
    pub expires: Option<NaiveDate>,
    /// Fields that the person added; protected ones only where their name is known.
    pub fields: Vec<(String, String)>,
    pub has_totp: bool,
    pub is_recycled: bool,
    pub archived: bool,
    /// Whether it is a login at all rather than a note or a card.
    pub is_login: bool,
    /// How many protected fields without a place in a profile there are.
    pub left_out: usize,
    pub warnings: Vec<(WarningCode, String)>,
}

/// Takes an entry in when it is a connection of ours; everything else is counted and left alone.
pub(super) fn take(collector: &mut Collector<'_>, entry: Entry) -> Result<(), Refusal> {
    let name = if entry.title.trim().is_empty() { entry.place.clone() } else { entry.title.clone() };
    if entry.is_recycled {
        collector.skip(name, SkipReason::Recycled);
        return Ok(());
    }
    if !entry.is_login {
        collector.skip(name, SkipReason::NotAConnection);
        return Ok(());
    }
    let clouds = collector.options().clouds;
    let string = ConnectionString::parse_line(entry.secret.expose()).ok();
    let is_string =
        string.as_ref().is_some_and(|string| string.auth_type() == AuthType::ClientSecret && string.url().is_some());
    let has_id = ClientId::parse(&entry.user_name).is_ok()
        || entry
            .fields
            .iter()
            .any(|(name, value)| column_of(name) == Some(Column::ClientId) && ClientId::parse(value).is_ok());
    let is_environment = entry.urls.iter().any(|url| EnvironmentUrl::parse_pasted(url, clouds).is_ok());
    // A person's own sign-in to an environment: the password is that person's.
    if !has_id && is_environment && entry.user_name.contains('@') {
        collector.skip_sign_in(name, "password");
        return Ok(());
    }
    if !is_string && !has_id && !is_environment {
        collector.skip(name, SkipReason::NotAConnection);
        return Ok(());
    }
    let mut draft = Draft::at(entry.place);
    draft.name = Some(entry.title);
    draft.urls = entry.urls;
    draft.client_id = Some(entry.user_name);
    draft.tags = entry.tags;
    draft.group = entry.group;
    draft.notes = entry.notes;
    draft.expires = entry.expires;
    draft.warnings = entry.warnings;
    if is_string {
        fill_from_connection_string(&mut draft, &entry.secret);
    } else {
        draft.secret = Some(entry.secret);
    }
    fields(&mut draft, entry.fields);
    if entry.has_totp {
        draft.warn(
            WarningCode::TotpLeftOut,
            "The entry has a one-time password, which was left out: a client secret has none.",
        );
    }
    if entry.archived {
        draft.warn(WarningCode::Archived, "The entry is archived. Check that the connection is still in use.");
    }
    if entry.left_out > 0 {
        draft.warn(WarningCode::FieldsLeftOut, "Protected fields that a profile has no place for were left out.");
    }
    collector.take(draft)
}

/// Puts the fields that people add where they belong; the rest goes below the notes.
fn fields(draft: &mut Draft, fields: Vec<(String, String)>) {
    for (name, value) in fields {
        if value.trim().is_empty() {
            continue;
        }
        match column_of(&name) {
            Some(Column::Tenant) if draft.tenant.is_none() => draft.tenant = Some(value),
            Some(Column::ClientId) if ClientId::parse(&value).is_ok() => draft.client_id = Some(value),
            Some(Column::Url) => draft.urls.push(value),
            Some(Column::Expires) if draft.expires.is_none() => match dates::read(&value, None) {
                DateRead::Day(day) => draft.expires = Some(day),
                _ => draft.warn(
                    WarningCode::DateUnreadable,
                    "The expiry date cannot be read, so it was left empty. Enter it as YYYY-MM-DD.",
                ),
            },
            Some(Column::Tags) => draft.tags.push(value.replace(';', ",")),
            _ => {
                if !draft.notes.is_empty() {
                    draft.notes.push('\n');
                }
                draft.notes.push_str(&format!("{}: {value}", name.trim()));
            }
        }
    }
}

/// Takes what a connection string in the place of a secret says.
pub(super) fn fill_from_connection_string(draft: &mut Draft, text: &SecretText) {
    let Ok(string) = ConnectionString::parse_line(text.expose()) else {
        draft.warn(
            WarningCode::SecretUnreadable,
            "The connection string cannot be read, so its client secret was left out.",
        );
        return;
    };
    take_string(draft, &string);
}

/// Puts the values of a connection string into a draft; what the draft has already stays where the string has none.
pub(super) fn take_string(draft: &mut Draft, string: &ConnectionString) {
    for warning in string.warnings_of_its_text() {
        let code = if warning.changes_a_value() { WarningCode::ValueAmbiguous } else { WarningCode::ValueCleaned };
        draft.warn(code, format!("Connection string: {}", warning.text));
    }
    if let Some(url) = string.url() {
        draft.urls.insert(0, url.to_owned());
    }
    if let Some(id) = string.client_id() {
        draft.client_id = Some(id.to_owned());
    }
    if let Some(secret) = string.client_secret_value() {
        draft.secret = Some(secret.clone());
    }
    for (key, value) in string.others() {
        let plain: String = key.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
        match plain.as_str() {
            "tenantid" | "tenant" | "directoryid" => draft.tenant = Some(value.expose().to_owned()),
            _ => {
                if plain.starts_with("encrypted") && draft.secret.is_none() {
                    draft.warn(
                        WarningCode::SecretEncryptedByVendor,
                        "The secret is encrypted by Anywhere365, so only the UCC can read it. It was kept as it is; add the \
                         client secret itself to test the connection.",
                    );
                }
                draft.other_keys.push((key.to_owned(), value.clone()));
            }
        }
    }
}

/// The addresses in one cell: password managers put commas or line breaks between them.
pub(super) fn urls_of(text: &str) -> Vec<String> {
    text.split([',', '\n', ' ']).map(str::trim).filter(|url| !url.is_empty()).map(str::to_owned).collect()
}

/// `name: value`, one a line.
pub(super) fn fields_of_lines(text: &str) -> Vec<(String, String)> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// Whether the last part of a group's path is what KeePassXC calls the recycle bin, in the languages of its own texts.
pub(super) fn is_recycle_bin(group: &str) -> bool {
    const NAMES: [&str; 20] = [
        "recycle bin",
        "papierkorb",
        "corbeille",
        "papelera de reciclaje",
        "papelera",
        "cestino",
        "prullenbak",
        "lixeira",
        "reciclagem",
        "kosz",
        "koš",
        "papperskorg",
        "papperskorgen",
        "papirkurv",
        "papirkurven",
        "roskakori",
        "корзина",
        "кошик",
        "ごみ箱",
        "回收站",
    ];
    group.split('/').any(|part| NAMES.contains(&part.trim().to_lowercase().as_str()))
}
