//! The profile form: text as it stands in the fields, and what that text means.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::widgets::{FieldNote, Shown};
use crate::cloud::Overrides;
use crate::connection_string::ConnectionString;
use crate::exchange::pasted::PastedConnection;
use crate::profile::pasted::{Pasted, Removed};
use crate::profile::{
    self, ClientId, ClientSecret, ClientSecretError, EnvironmentUrl, GuidSecret, Profile, SecretExpiry, SecretText,
    Tenant, TypedDateError, distinct_tags, parse_date,
};
use crate::wording::capitalized;
use crate::written_day;

/// A profile being written: every field as text, right or wrong.
pub struct Draft {
    /// What was saved, or `None` for a new profile.
    pub saved: Option<Profile>,
    /// The saved values that the form's began from, field by field: older than `saved` where others have changed a field
    /// that is being edited here.
    pub base: Option<Profile>,
    /// What is being saved just now.
    pub sent: Option<Profile>,
    /// The profile's id, kept through saving.
    pub id: Uuid,
    /// The fields.
    pub fields: Fields,
    /// Whether somebody said that the secret in the form of a GUID is one.
    pub guid_secret: GuidSecret,
    /// Whether the client secret is shown.
    pub secret_shown: Shown,
    /// Whether the ready connection string is shown.
    pub string_shown: Shown,
    /// Whether the value made by the vendor's tool is shown.
    pub vendor_shown: Shown,
    /// Whether somebody pressed Save or Test: from then on empty fields are complained about.
    pub strictness: Strictness,
}

/// The form's fields as they stand.
#[derive(Clone, PartialEq, Default)]
pub struct Fields {
    /// Profile name.
    pub name: String,
    /// Environment URL.
    pub environment_url: String,
    /// Application (client) ID.
    pub client_id: String,
    /// The client secret.
    pub client_secret: SecretText,
    /// The expiry date.
    pub expires: String,
    /// The tenant, or nothing.
    pub tenant: String,
    /// Tags, separated by commas.
    pub tags: String,
    /// Notes.
    pub notes: String,
    /// The vendor tool's value.
    pub vendor_value: SecretText,
    /// Keys of a pasted connection string that are not ours.
    pub other_keys: Vec<(String, SecretText)>,
}

/// How strictly empty fields are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// An empty field is simply not filled yet.
    #[default]
    Lenient,
    /// An empty field keeps something from being done.
    Strict,
}

/// What is said below each field.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Below the name.
    pub name: FieldNote,
    /// Below the Environment URL.
    pub environment_url: FieldNote,
    /// The address that would be right in its place.
    pub environment_url_instead: Option<String>,
    /// Below the client ID.
    pub client_id: FieldNote,
    /// Below the client secret.
    pub client_secret: FieldNote,
    /// Below the expiry date.
    pub expires: FieldNote,
    /// Below the tenant.
    pub tenant: FieldNote,
}

impl Draft {
    /// An empty form.
    pub fn new(id: Uuid) -> Draft {
        Draft {
            saved: None,
            base: None,
            sent: None,
            id,
            fields: Fields::default(),
            guid_secret: GuidSecret::Refused,
            secret_shown: Shown::Hidden,
            string_shown: Shown::Hidden,
            vendor_shown: Shown::Hidden,
            strictness: Strictness::Lenient,
        }
    }

    /// The form of a saved profile.
    pub fn of(profile: &Profile) -> Draft {
        Draft {
            saved: Some(profile.clone()),
            base: Some(profile.clone()),
            fields: Fields::of(profile),
            ..Draft::new(profile.id)
        }
    }

    /// The name of a profile that is copied: `Contoso (copy)`, or with a number where that is taken.
    pub fn name_of_copy(profile: &Profile, is_taken: impl Fn(&str) -> bool) -> String {
        let numbered = (2_u32..).map(|number| format!(" (copy {number})"));
        profile::free_name(&profile.name, std::iter::once(" (copy)".to_owned()).chain(numbered), is_taken)
    }

    /// The form of a new profile that begins with what a saved one holds.
    pub fn copy_of(profile: &Profile, name: String, id: Uuid) -> Draft {
        let fields = Fields { name, ..Fields::of(profile) };
        // The same secret was accepted before.
        Draft { fields, guid_secret: GuidSecret::Accepted, ..Draft::new(id) }
    }

    /// Whether the form differs from what was saved.
    pub fn is_changed(&self) -> bool {
        match &self.saved {
            Some(profile) => self.fields != Fields::of(profile),
            None => self.fields != Fields::default(),
        }
    }

    /// Whether the three values and the tenant are what was saved, so that a check's result belongs to the profile.
    pub fn connection_is_saved(&self) -> bool {
        self.saved.as_ref().is_some_and(|profile| Fields::of(profile).same_connection(&self.fields))
    }

    /// What is to be said below each field, with `taken` telling whether another profile has a name.
    pub fn notes(&self, now: DateTime<Utc>, clouds: &Overrides, taken: impl Fn(&str) -> bool) -> Notes {
        let fields = &self.fields;
        let mut notes = Notes::default();
        let strict = self.strictness == Strictness::Strict;
        let refuse = |filled: bool, text: String| {
            if filled || strict { FieldNote::Refused(text) } else { FieldNote::None }
        };
        notes.name = match profile::parse_name(&fields.name) {
            Ok(name) if taken(&name) => {
                FieldNote::Refused("Another profile has this name. Choose a different one.".to_owned())
            }
            Ok(_) => FieldNote::None,
            Err(error) => refuse(!fields.name.is_empty(), error.to_string()),
        };
        match EnvironmentUrl::parse_pasted(&fields.environment_url, clouds) {
            Ok(Pasted { value: url, .. }) if url.to_string() == fields.environment_url => {
                notes.environment_url = FieldNote::Good(format!("Dataverse, {} cloud", url.cloud().name()));
            }
            Ok(Pasted { value: url, removed }) => {
                let left_out = removed.notice().map_or_else(String::new, |notice| format!(". {notice}"));
                notes.environment_url =
                    FieldNote::Good(format!("Read as {url} ({} cloud){left_out}", url.cloud().name()));
            }
            Err(error) => {
                notes.environment_url_instead = error.instead().map(str::to_owned);
                notes.environment_url = refuse(!fields.environment_url.trim().is_empty(), error.to_string());
            }
        }
        notes.client_id = match ClientId::parse_pasted(&fields.client_id) {
            Ok(read) => match self.tenant_known().map(|tenant| read.value.differs_from(&tenant)) {
                Some(Err(same)) => FieldNote::Advice(same.to_string()),
                _ => left_out(&read.removed),
            },
            Err(error) => refuse(!fields.client_id.trim().is_empty(), error.to_string()),
        };
        notes.client_secret = match self.secret() {
            Ok(read) => secret_note(&read),
            Err(error) => refuse(!fields.client_secret.is_empty(), error.to_string()),
        };
        notes.expires = match self.expiry() {
            Some(Ok(date)) => {
                let expiry = SecretExpiry::new(date);
                // How a date in another form was read.
                let text = match date.to_string() == fields.expires.trim() {
                    true => expiry.describe(now),
                    false => format!("{}, {}", written_day::long(date), expiry.describe(now)),
                };
                match expiry.state(now) {
                    profile::ExpiryState::Fine => FieldNote::Good(text),
                    _ => FieldNote::Advice(format!("{}. Create a new client secret.", capitalized(&text))),
                }
            }
            Some(Err(error)) => FieldNote::Refused(error.to_string()),
            None if !fields.client_secret.is_empty() => FieldNote::Advice(
                "Without an expiry date you will not be reminded before the secret stops working.".to_owned(),
            ),
            None => FieldNote::None,
        };
        // The date of a secret that the UCC does not use yet reassures nobody.
        if let Some(behind) = self.saved.as_ref().and_then(Profile::ucc_behind).filter(|_| !notes.expires.is_refused())
        {
            notes.expires = FieldNote::Advice(behind.describe(now));
        }
        notes.tenant = match Tenant::parse_pasted(&fields.tenant) {
            _ if fields.tenant.trim().is_empty() => FieldNote::None,
            Ok(read) => left_out(&read.removed),
            Err(error) => FieldNote::Refused(error.to_string()),
        };
        notes
    }

    /// The client secret in its field. One that is saved is taken as it is.
    pub fn secret(&self) -> Result<Pasted<ClientSecret>, ClientSecretError> {
        match self.saved_secret().filter(|_| self.holds_saved_secret()) {
            Some(saved) => Ok(Pasted { value: saved.clone(), removed: Removed::default() }),
            None => ClientSecret::parse_pasted(self.fields.client_secret.expose(), self.guid_secret),
        }
    }

    /// Whether the field holds the client secret that is saved.
    pub fn holds_saved_secret(&self) -> bool {
        self.saved_secret().is_some_and(|saved| saved.expose() == self.fields.client_secret.expose())
    }

    fn saved_secret(&self) -> Option<&ClientSecret> {
        self.saved.as_ref()?.client_secret.as_ref()
    }

    /// Whether the secret in its field has the form of a GUID and is not saved: somebody has to say that it is one.
    pub fn asks_about_guid(&self) -> bool {
        is_new_guid_secret(&self.fields.client_secret, self.saved_secret())
    }

    /// The tenant, typed or found by the last check of the saved environment.
    fn tenant_known(&self) -> Option<Tenant> {
        Tenant::parse(&self.fields.tenant).ok().or_else(|| {
            let saved = self.saved.as_ref()?;
            let same = saved.environment_url.as_ref()?.to_string() == self.fields.environment_url;
            saved.last_check.as_ref().filter(|_| same)?.tenant_id.map(Tenant::Id)
        })
    }

    /// The expiry date, or what is wrong with it; `None` when the field is empty.
    pub fn expiry(&self) -> Option<Result<NaiveDate, TypedDateError>> {
        parse_expiry(&self.fields.expires)
    }

    /// The profile that the form describes, or `None` while a field holds something that cannot be used.
    pub fn to_profile(&self, now: DateTime<Utc>, clouds: &Overrides) -> Option<Profile> {
        let fields = &self.fields;
        let mut profile = match &self.saved {
            Some(saved) => saved.clone(),
            None => Profile::new(self.id, "", now),
        };
        profile.name = profile::parse_name(&fields.name).ok()?;
        profile.environment_url =
            filled(&fields.environment_url, |text| EnvironmentUrl::parse_with(text, clouds).ok())?;
        profile.client_id = filled(&fields.client_id, |text| ClientId::parse(text).ok())?;
        profile.client_secret = filled(fields.client_secret.expose(), |_| self.secret().ok().map(|read| read.value))?;
        profile.tenant = filled(&fields.tenant, |text| Tenant::parse(text).ok())?;
        profile.secret_expires = match self.expiry() {
            None => None,
            Some(date) => Some(date.ok()?),
        };
        profile.tags = distinct_tags([fields.tags.as_str()]);
        profile.notes = fields.notes.clone();
        profile.vendor_value = (!fields.vendor_value.is_empty()).then(|| fields.vendor_value.clone());
        profile.other_keys = fields.other_keys.clone();
        profile.modified = now;
        if !self.connection_is_saved() {
            profile.last_check = None;
        }
        Some(profile)
    }

    /// The ready connection string, once the three values are there.
    pub fn connection_string(&self, clouds: &Overrides) -> Option<SecretText> {
        let url = EnvironmentUrl::parse_with(&self.fields.environment_url, clouds).ok()?;
        let id = ClientId::parse(&self.fields.client_id).ok()?;
        let secret = self.secret().ok()?.value;
        let mut string = ConnectionString::client_secret(&url, &id, &secret);
        for (key, value) in &self.fields.other_keys {
            string.push_other(key, value);
        }
        string.write().ok()
    }

    /// Fills the form from a pasted text; what that does not hold stays as it is.
    pub fn fill_from(&mut self, pasted: &PastedConnection, clouds: &Overrides) {
        let fields = &mut self.fields;
        let PastedConnection { name, environment_url, client_id, client_secret, tenant, expires, other_keys, .. } =
            pasted;
        let texts = [
            (environment_url, &mut fields.environment_url),
            (client_id, &mut fields.client_id),
            (tenant, &mut fields.tenant),
        ];
        for (found, field) in texts {
            if let Some(found) = found {
                field.clone_from(found);
            }
        }
        if let Some(secret) = client_secret {
            fields.client_secret = secret.clone();
        }
        if let Some(day) = expires {
            fields.expires = day.to_string();
        }
        if let Some(keys) = other_keys {
            fields.other_keys.clone_from(keys);
        }
        if fields.name.is_empty() {
            let url = || EnvironmentUrl::parse_with(&fields.environment_url, clouds).ok();
            fields.name = name.clone().or_else(|| Some(url()?.organization().to_owned())).unwrap_or_default();
        }
    }

    /// The form as a profile of its own, for keeping changes that would be lost: fields that cannot be used go into
    /// its notes, so that nothing typed is gone.
    pub fn rescue(&self, id: Uuid, name: String, now: DateTime<Utc>, clouds: &Overrides) -> Profile {
        let fields = &self.fields;
        let mut profile = Profile::new(id, &name, now);
        let mut unread = Vec::new();
        let mut keep = |label: &str, text: &str| {
            if !text.trim().is_empty() {
                unread.push(format!("{label}: {text}"));
            }
        };
        match EnvironmentUrl::parse_with(&fields.environment_url, clouds) {
            Ok(url) => profile.environment_url = Some(url),
            Err(_) => keep("Environment URL", &fields.environment_url),
        }
        match ClientId::parse(&fields.client_id) {
            Ok(id) => profile.client_id = Some(id),
            Err(_) => keep("Client ID", &fields.client_id),
        }
        match Tenant::parse(&fields.tenant) {
            Ok(tenant) => profile.tenant = Some(tenant),
            Err(_) => keep("Tenant", &fields.tenant),
        }
        match self.expiry() {
            Some(Ok(date)) => profile.secret_expires = Some(date),
            _ => keep("Secret expires", &fields.expires),
        }
        match self.secret() {
            Ok(read) => profile.client_secret = Some(read.value),
            // Not a client secret, but perhaps one all the same: it stays a secret.
            Err(_) if !fields.client_secret.is_empty() => {
                profile.other_keys.push(("UnreadClientSecret".to_owned(), fields.client_secret.clone()));
            }
            Err(_) => {}
        }
        profile.tags = distinct_tags([fields.tags.as_str()]);
        profile.other_keys.extend(fields.other_keys.iter().cloned());
        profile.vendor_value = (!fields.vendor_value.is_empty()).then(|| fields.vendor_value.clone());
        profile.notes = match unread.is_empty() {
            true => fields.notes.clone(),
            false => format!("{}\n{}", fields.notes, unread.join("\n")).trim().to_owned(),
        };
        profile
    }
}

impl Fields {
    /// Whether both describe the same connection: the three values and the tenant.
    pub fn same_connection(&self, other: &Fields) -> bool {
        self.environment_url == other.environment_url
            && self.client_id == other.client_id
            && self.client_secret == other.client_secret
            && self.tenant == other.tenant
    }

    pub(super) fn of(profile: &Profile) -> Fields {
        let text = |value: Option<String>| value.unwrap_or_default();
        Fields {
            name: profile.name.clone(),
            environment_url: text(profile.environment_url.as_ref().map(ToString::to_string)),
            client_id: text(profile.client_id.map(|id| id.to_string())),
            client_secret: profile
                .client_secret
                .as_ref()
                .map_or_else(SecretText::default, |secret| SecretText::from(secret.expose())),
            expires: text(profile.secret_expires.map(|date| date.to_string())),
            tenant: text(profile.tenant.as_ref().map(ToString::to_string)),
            tags: profile.tags.join(", "),
            notes: profile.notes.clone(),
            vendor_value: profile.vendor_value.clone().unwrap_or_default(),
            other_keys: profile.other_keys.clone(),
        }
    }
}

/// What is said below a field of which something was left out.
fn left_out(removed: &Removed) -> FieldNote {
    removed.notice().map_or(FieldNote::None, FieldNote::Good)
}

/// What is said below a client secret that can be read.
pub(super) fn secret_note(read: &Pasted<ClientSecret>) -> FieldNote {
    let parts = [read.value.advice().map(|advice| advice.text().to_owned()), read.removed.notice()];
    let text: Vec<String> = parts.into_iter().flatten().collect();
    match (text.is_empty(), read.value.advice()) {
        (true, _) => FieldNote::None,
        (false, None) => FieldNote::Good(text.join(" ")),
        (false, Some(_)) => FieldNote::Advice(text.join(" ")),
    }
}

/// Whether `typed` has the form of a GUID and is not `saved`.
pub(super) fn is_new_guid_secret(typed: &SecretText, saved: Option<&ClientSecret>) -> bool {
    let read = ClientSecret::parse_pasted(typed.expose(), GuidSecret::Accepted);
    read.is_ok_and(|read| read.value.is_guid() && saved != Some(&read.value))
}

/// `Some(None)` for an empty field, `Some(Some(value))` for a good one, `None` for one that cannot be read.
fn filled<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if text.trim().is_empty() { Some(None) } else { parse(text).map(Some) }
}

/// An expiry date as it is typed, or what is wrong with it; `None` when nothing is.
pub fn parse_expiry(text: &str) -> Option<Result<NaiveDate, TypedDateError>> {
    (!text.trim().is_empty()).then(|| parse_date(text))
}
