//! What KeePass's database and its XML have in common: entries with fields by name, references between them, a day that is
//! kept as midnight here and written in UTC.
//!
//! Sources: KeePass 2.47 and KeePassXC 2.7 (field names, `{REF:…}`, one-time passwords).

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::column::column_of;
use super::draft::Collector;
use super::entry::{self, Entry};
use super::found::WarningCode;
use super::{Options, Refusal};
use crate::profile::SecretText;

/// References are followed so far: each may lead to the next.
const REFERENCE_DEPTH: usize = 5;

/// One entry as the file has it.
#[derive(Default)]
pub(super) struct Raw {
    /// The entry's id, as 32 hexadecimal digits in upper case.
    pub id: String,
    pub fields: Vec<RawField>,
    pub tags: Vec<String>,
    /// When it expires; `None` when it does not.
    pub expires: Option<DateTime<Utc>>,
    pub group: String,
    pub is_recycled: bool,
    pub is_template: bool,
}

pub(super) struct RawField {
    pub name: String,
    pub value: SecretText,
    /// The program hides it.
    pub is_protected: bool,
    /// The file keeps it encrypted, and its key is not there.
    pub is_sealed: bool,
}

impl Raw {
    fn field(&self, name: &str) -> Option<&RawField> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Takes in those of the entries that are ours, in the order of their titles: the order in a database means nothing.
pub(super) fn take_all(collector: &mut Collector<'_>, mut raws: Vec<Raw>) -> Result<(), Refusal> {
    let title = |raw: &Raw| raw.field("Title").map(|field| field.value.expose().to_lowercase()).unwrap_or_default();
    raws.sort_by_cached_key(|raw| (title(raw), raw.id.clone()));
    let by_id: HashMap<&str, &Raw> = raws.iter().map(|raw| (raw.id.as_str(), raw)).collect();
    for (number, raw) in (1..).zip(&raws) {
        let entry = entry_of(raw, &by_id, format!("entry {number}"), collector.options());
        entry::take(collector, entry)?;
    }
    Ok(())
}

fn entry_of(raw: &Raw, by_id: &HashMap<&str, &Raw>, place: String, options: &Options<'_>) -> Entry {
    let resolved = |name: &str| resolve(raw, name, by_id, REFERENCE_DEPTH);
    let text = |name: &str| resolved(name).map(|text| text.expose().to_owned()).unwrap_or_default();
    let mut warnings = Vec::new();
    let secret = resolved("Password").unwrap_or_else(|| {
        if raw.field("Password").is_some_and(|field| !field.value.is_empty()) {
            warnings.push((
                WarningCode::SecretUnreadable,
                "The password of this entry refers to another entry that is not in the file, so it was left out."
                    .to_owned(),
            ));
        }
        SecretText::default()
    });
    let (mut fields, mut left_out, mut has_totp) = (Vec::new(), 0, false);
    let mut urls = vec![text("URL")];
    for field in &raw.fields {
        match field.name.as_str() {
            "Title" | "UserName" | "Password" | "URL" | "Notes" => {}
            name if is_one_time_password(name) => has_totp |= !field.value.is_empty(),
            name if name.starts_with("KP2A_URL") => urls.push(field.value.expose().to_owned()),
            // Set by programs, not by people.
            name if name.starts_with("KPEX_") || name.starts_with("KPRPC") => {}
            _ if field.is_sealed => left_out += 1,
            name if field.is_protected && column_of(name).is_none() => left_out += usize::from(!field.value.is_empty()),
            name => fields.push((name.to_owned(), field.value.expose().to_owned())),
        }
    }
    Entry {
        place,
        title: text("Title"),
        user_name: text("UserName"),
        secret,
        urls,
        notes: text("Notes"),
        tags: raw.tags.clone(),
        group: Some(raw.group.clone()),
        expires: raw.expires.map(|at| (options.local_day)(at)),
        fields,
        left_out,
        has_totp,
        is_recycled: raw.is_recycled,
        archived: false,
        is_login: !raw.is_template,
        warnings,
    }
}

fn is_one_time_password(name: &str) -> bool {
    name.eq_ignore_ascii_case("otp")
        || name.starts_with("TimeOtp-")
        || name.starts_with("HmacOtp-")
        || name.starts_with("TOTP ")
}

/// A field's text, with a reference followed. `None` where it leads nowhere, or the file keeps the text sealed.
fn resolve(raw: &Raw, name: &str, by_id: &HashMap<&str, &Raw>, depth: usize) -> Option<SecretText> {
    let field = raw.field(name)?;
    if field.is_sealed {
        return None;
    }
    let text = field.value.expose().trim();
    if !text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("{REF:")) {
        return Some(field.value.clone());
    }
    // `{REF:P@I:46C9B1FFBD4ABC4BBB260C6190BAD20C}`: the wanted field, @, searched in the ids.
    let (wanted, id) =
        text[5..].strip_suffix('}')?.split_once("@I:").or_else(|| text[5..].strip_suffix('}')?.split_once("@i:"))?;
    let wanted = match wanted.to_ascii_uppercase().as_str() {
        "T" => "Title",
        "U" => "UserName",
        "P" => "Password",
        "A" => "URL",
        "N" => "Notes",
        _ => return None,
    };
    let other = by_id.get(id.to_ascii_uppercase().as_str())?;
    resolve(other, wanted, by_id, depth.checked_sub(1)?)
}
