//! The profile form: text as it stands in the fields, and what that text means.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::widgets::{FieldNote, Shown};
use crate::cloud::Overrides;
use crate::connection_string::ConnectionString;
use crate::profile::{self, ClientId, ClientSecret, EnvironmentUrl, Profile, SecretExpiry, SecretText, Tenant};

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
    /// Whether the client secret is shown.
    pub secret_shown: Shown,
    /// Whether the ready connection string is shown.
    pub string_shown: Shown,
    /// Whether the value made by the vendor's tool is shown.
    pub vendor_shown: Shown,
    /// Whether somebody pressed Save or Test: from then on empty fields are complained about.
    pub judged: Judged,
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
pub enum Judged {
    /// An empty field is simply not filled yet.
    #[default]
    Gently,
    /// An empty field keeps something from being done.
    Strictly,
}

/// What is said beneath each field.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Beneath the name.
    pub name: FieldNote,
    /// Beneath the Environment URL.
    pub environment_url: FieldNote,
    /// The address that would be right in its place.
    pub environment_url_instead: Option<String>,
    /// Beneath the client ID.
    pub client_id: FieldNote,
    /// Beneath the client secret.
    pub client_secret: FieldNote,
    /// Beneath the expiry date.
    pub expires: FieldNote,
    /// Beneath the tenant.
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
            secret_shown: Shown::Hidden,
            string_shown: Shown::Hidden,
            vendor_shown: Shown::Hidden,
            judged: Judged::Gently,
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

    /// What is to be said beneath each field, with `taken` telling whether another profile has a name.
    pub fn notes(&self, now: DateTime<Utc>, clouds: &Overrides, taken: impl Fn(&str) -> bool) -> Notes {
        let fields = &self.fields;
        let mut notes = Notes::default();
        let strict = self.judged == Judged::Strictly;
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
        match EnvironmentUrl::parse_with(&fields.environment_url, clouds) {
            Ok(url) if url.to_string() == fields.environment_url => {
                notes.environment_url = FieldNote::Good(format!("Dataverse, {} cloud", url.cloud().name()));
            }
            Ok(url) => notes.environment_url = FieldNote::Good(format!("Read as {url} ({} cloud)", url.cloud().name())),
            Err(error) => {
                notes.environment_url_instead = error.instead().map(str::to_owned);
                notes.environment_url = refuse(!fields.environment_url.trim().is_empty(), error.to_string());
            }
        }
        notes.client_id = match ClientId::parse(&fields.client_id) {
            Ok(_) => FieldNote::None,
            Err(error) => refuse(!fields.client_id.trim().is_empty(), error.to_string()),
        };
        notes.client_secret = match ClientSecret::parse(fields.client_secret.expose()) {
            Ok(secret) => match secret.advice() {
                Some(advice) => FieldNote::Advice(advice.text().to_owned()),
                None => FieldNote::None,
            },
            Err(error) => refuse(!fields.client_secret.is_empty(), error.to_string()),
        };
        notes.expires = match self.expiry() {
            Some(Ok(date)) => {
                let expiry = SecretExpiry::new(date);
                match expiry.state(now) {
                    profile::ExpiryState::Fine => FieldNote::Good(expiry.describe(now)),
                    _ => {
                        FieldNote::Advice(format!("{}. Make a new client secret.", capitalised(&expiry.describe(now))))
                    }
                }
            }
            Some(Err(text)) => FieldNote::Refused(text),
            None if !fields.client_secret.is_empty() => {
                FieldNote::Advice("Without a date nobody is warned before the secret stops working.".to_owned())
            }
            None => FieldNote::None,
        };
        notes.tenant = match Tenant::parse(&fields.tenant) {
            _ if fields.tenant.trim().is_empty() => FieldNote::None,
            Ok(_) => FieldNote::None,
            Err(error) => FieldNote::Refused(error.to_string()),
        };
        notes
    }

    /// The expiry date, or what is wrong with it; `None` when the field is empty.
    pub fn expiry(&self) -> Option<Result<NaiveDate, String>> {
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
        profile.client_secret = filled(fields.client_secret.expose(), |text| ClientSecret::parse(text).ok())?;
        profile.tenant = filled(&fields.tenant, |text| Tenant::parse(text).ok())?;
        profile.secret_expires = match self.expiry() {
            None => None,
            Some(date) => Some(date.ok()?),
        };
        profile.tags = tags(&fields.tags);
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
        let secret = ClientSecret::parse(self.fields.client_secret.expose()).ok()?;
        let mut string = ConnectionString::client_secret(&url, &id, &secret);
        for (key, value) in &self.fields.other_keys {
            string.push_other(key, value);
        }
        string.write().ok()
    }

    /// Fills the form from a pasted connection string; what the string does not hold stays as it is.
    pub fn fill_from(&mut self, string: &ConnectionString, clouds: &Overrides) {
        let fields = &mut self.fields;
        if let Some(url) = string.url() {
            fields.environment_url =
                EnvironmentUrl::parse_with(url, clouds).map_or_else(|_| url.to_owned(), |url| url.to_string());
        }
        if let Some(id) = string.client_id() {
            fields.client_id = id.to_owned();
        }
        if let Some(secret) = string.client_secret_value() {
            fields.client_secret = secret.clone();
        }
        fields.other_keys = string.others().map(|(key, value)| (key.to_owned(), value.clone())).collect();
        if fields.name.is_empty()
            && let Ok(url) = EnvironmentUrl::parse_with(&fields.environment_url, clouds)
        {
            fields.name = url.organization().to_owned();
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
        match ClientSecret::parse(fields.client_secret.expose()) {
            Ok(secret) => profile.client_secret = Some(secret),
            // Not a client secret, but perhaps one all the same: it stays a secret.
            Err(_) if !fields.client_secret.is_empty() => {
                profile.other_keys.push(("UnreadClientSecret".to_owned(), fields.client_secret.clone()));
            }
            Err(_) => {}
        }
        profile.tags = tags(&fields.tags);
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

/// `Some(None)` for an empty field, `Some(Some(value))` for a good one, `None` for one that cannot be read.
fn filled<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if text.trim().is_empty() { Some(None) } else { parse(text).map(Some) }
}

/// An expiry date as it is typed, or what is wrong with it; `None` when nothing is.
pub(super) fn parse_expiry(text: &str) -> Option<Result<NaiveDate, String>> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let in_range = |date: &NaiveDate| {
        use chrono::Datelike;
        (2000..2200).contains(&date.year())
    };
    Some(
        read_date(text)
            .filter(in_range)
            .ok_or_else(|| "Write the date as year-month-day, for example 2027-05-31.".to_owned()),
    )
}

fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Reads `2027-05-31`, and `2027/5/31` and `2027.05.31` too. Never day-first or month-first: `01/02/2027` means
/// another day on each side of the Atlantic.
fn read_date(text: &str) -> Option<NaiveDate> {
    let with_hyphens: String = text.chars().map(|c| if matches!(c, '/' | '.') { '-' } else { c }).collect();
    // A time behind the date, as Graph and the portal's tooltip give it, is cut off.
    let date = with_hyphens.split(['T', ' ']).next().unwrap_or_default();
    if date.len() < 8 || !date.as_bytes()[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    date.parse().ok()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
