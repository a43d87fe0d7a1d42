//! Unsaved changes as JSON. Every typed text is base64, as secrets are in the vault: the JSON reader makes no copies of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Unsaved, UnsavedForm, UnsavedSecret};
use crate::cloud::Overrides;
use crate::profile::GuidSecret;
use crate::vault::encoding::SecretBuffer;
use crate::vault::stored_profile::{Field, ProfileIn, ProfileOut, SecretIn, SecretOut};

#[derive(Serialize)]
struct UnsavedOut<'a> {
    #[serde(with = "crate::rfc3339")]
    at: DateTime<Utc>,
    form: Option<FormOut<'a>>,
    new_secrets: Vec<NewSecretOut<'a>>,
}

#[derive(Serialize)]
struct FormOut<'a> {
    profile: Uuid,
    base: Option<ProfileOut<'a>>,
    texts: Vec<(&'a str, SecretOut<'a>)>,
    other_keys: Vec<(&'a str, SecretOut<'a>)>,
    guid_secret: bool,
}

#[derive(Serialize)]
struct NewSecretOut<'a> {
    profile: Uuid,
    secret: SecretOut<'a>,
    expires: SecretOut<'a>,
    guid_secret: bool,
    key_id: Option<Uuid>,
}

impl<'a> From<&'a UnsavedSecret> for NewSecretOut<'a> {
    fn from(new: &'a UnsavedSecret) -> NewSecretOut<'a> {
        NewSecretOut {
            profile: new.profile,
            secret: SecretOut(new.secret.expose()),
            expires: SecretOut(new.expires.expose()),
            guid_secret: new.guid_secret == GuidSecret::Accepted,
            key_id: new.key_id,
        }
    }
}

#[derive(Deserialize)]
struct UnsavedIn {
    #[serde(with = "crate::rfc3339")]
    at: DateTime<Utc>,
    form: Option<FormIn>,
    new_secrets: Vec<NewSecretIn>,
}

#[derive(Deserialize)]
struct FormIn {
    profile: Uuid,
    base: Option<ProfileIn>,
    texts: Vec<(String, SecretIn)>,
    other_keys: Vec<(String, SecretIn)>,
    guid_secret: bool,
}

#[derive(Deserialize)]
struct NewSecretIn {
    profile: Uuid,
    secret: SecretIn,
    expires: SecretIn,
    guid_secret: bool,
    key_id: Option<Uuid>,
}

/// Adds the JSON to `buffer`.
pub(super) fn write(unsaved: &Unsaved, buffer: &mut SecretBuffer) {
    let form = unsaved.form.as_ref().map(|form| FormOut {
        profile: form.profile,
        base: form.base.as_deref().map(|profile| ProfileOut { profile, kept: &[] }),
        texts: form.texts.iter().map(|(field, text)| (field.id(), SecretOut(text.expose()))).collect(),
        other_keys: form.other_keys.iter().map(|(key, value)| (key.as_str(), SecretOut(value.expose()))).collect(),
        guid_secret: form.guid_secret == GuidSecret::Accepted,
    });
    let json = UnsavedOut { at: unsaved.at, form, new_secrets: unsaved.new_secrets.iter().map(Into::into).collect() };
    serde_json::to_writer(buffer, &json).expect("unsaved changes are plain JSON and memory takes it");
}

/// Reads what [`write()`] writes; `None` for anything else.
pub(super) fn read(json: &[u8], clouds: &Overrides) -> Option<Unsaved> {
    let read: UnsavedIn = serde_json::from_slice(json).ok()?;
    let form = read.form.map(|form| UnsavedForm {
        profile: form.profile,
        base: form.base.map(|base| Box::new(base.accept_clouds(clouds).profile)),
        texts: form.texts.into_iter().map(|(field, text)| (Field::of_id(&field), text.0)).collect(),
        other_keys: form.other_keys.into_iter().map(|(key, value)| (key, value.0)).collect(),
        guid_secret: guid_secret(form.guid_secret),
    });
    let new_secret = |new: NewSecretIn| UnsavedSecret {
        profile: new.profile,
        secret: new.secret.0,
        expires: new.expires.0,
        guid_secret: guid_secret(new.guid_secret),
        key_id: new.key_id,
    };
    Some(Unsaved { at: read.at, form, new_secrets: read.new_secrets.into_iter().map(new_secret).collect() })
}

fn guid_secret(accepted: bool) -> GuidSecret {
    if accepted { GuidSecret::Accepted } else { GuidSecret::Refused }
}
