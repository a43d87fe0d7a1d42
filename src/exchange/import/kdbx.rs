//! KeePass databases, KDBX 3.1 and 4.x, opened by the crate `keepass`.
//!
//! The outer header is read here first ([`header`]), because it says how much memory and time the key costs, and nothing in it
//! can be trusted before the key is derived. The crate wipes keys and protected values; the decrypted XML and its copies lie
//! in ordinary memory until it is given back, which the programs' allocator wipes.

mod header;

use std::panic::{AssertUnwindSafe, catch_unwind};

use keepass::db::{EntryRef, Value};
use keepass::error::{DatabaseKeyError, DatabaseOpenError};
use keepass::{Database, DatabaseKey};

use super::draft::Collector;
use super::found::Import;
use super::keepass::{Raw, RawField, take_all};
use super::{Format, Options, Refusal};
use crate::profile::SecretText;

/// Groups within groups.
const GROUP_DEPTH: usize = 100;

pub(super) fn read(bytes: &[u8], options: &Options<'_>) -> Result<Import, Refusal> {
    header::check(bytes)?;
    let key = key(options)?;
    // A fault of the crate in a hostile file must not end the program.
    let database = catch_unwind(AssertUnwindSafe(|| Database::parse(bytes, key)));
    let database = database.map_err(|_| Refusal::DamagedFile)?.map_err(refusal_of)?;
    let mut collector = Collector::new(Format::Kdbx, options);
    take_all(&mut collector, entries(&database))?;
    collector.finish()
}

fn key(options: &Options<'_>) -> Result<DatabaseKey, Refusal> {
    let mut key = DatabaseKey::new();
    let password = options.password.filter(|password| !password.is_empty() || options.key_file.is_none());
    if let Some(password) = password {
        key = key.with_password(password.expose());
    }
    if let Some(file) = options.key_file {
        key = key.with_keyfile(&mut file.as_slice()).map_err(|_| Refusal::WrongPassword)?;
    }
    if key.is_empty() { Err(Refusal::PasswordNeeded) } else { Ok(key) }
}

fn refusal_of(error: DatabaseOpenError) -> Refusal {
    match error {
        DatabaseOpenError::Key(DatabaseKeyError::IncorrectKey) => Refusal::WrongPassword,
        DatabaseOpenError::Key(_) => Refusal::WrongPassword,
        // The header's checksum is wrong: something was changed in it, or the file is not whole.
        DatabaseOpenError::UnexpectedEof | DatabaseOpenError::Io(_) => Refusal::DamagedFile,
        _ => Refusal::DamagedOrWrongPassword,
    }
}

fn entries(database: &Database) -> Vec<Raw> {
    let bin = database.recycle_bin().map(|group| group.id());
    let templates = database.meta.entry_templates_group;
    let mut raws = Vec::new();
    let mut groups = vec![(database.root().id(), String::new(), false, false, 0)];
    while let Some((id, path, is_recycled, is_template, depth)) = groups.pop() {
        let Some(group) = database.group(id) else { continue };
        let is_recycled = is_recycled || bin == Some(id);
        let is_template = is_template || templates == Some(id.uuid());
        for entry in group.entry_ids().filter_map(|id| database.entry(id)) {
            raws.push(Raw { group: path.clone(), is_recycled, is_template, ..raw(&entry) });
        }
        if depth >= GROUP_DEPTH {
            continue;
        }
        for id in group.group_ids() {
            let Some(group) = database.group(id) else { continue };
            let path = if path.is_empty() { group.name.clone() } else { format!("{path}/{}", group.name) };
            groups.push((id, path, is_recycled, is_template, depth + 1));
        }
    }
    raws
}

fn raw(entry: &EntryRef<'_>) -> Raw {
    let mut fields: Vec<RawField> = entry
        .fields
        .iter()
        .map(|(name, value)| RawField {
            name: name.clone(),
            value: SecretText::from(value.get().as_str()),
            is_protected: matches!(value, Value::Protected(_)),
            is_sealed: false,
        })
        .collect();
    fields.sort_by(|one, other| one.name.cmp(&other.name));
    Raw {
        id: entry.id().uuid().simple().to_string().to_uppercase(),
        fields,
        tags: entry.tags.clone(),
        expires: (entry.times.expires == Some(true)).then(|| entry.times.expiry.and_utc()),
        ..Raw::default()
    }
}
