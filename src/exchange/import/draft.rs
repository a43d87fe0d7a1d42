//! From texts to a candidate: every reader's values go through here, by the same rules as the form's.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::found::{Candidate, Import, SkipReason, Skipped, Warning, WarningCode};
use super::{ENTRY_LIMIT, Format, Options, Refusal};
use crate::escape::is_unseen;
use crate::profile::pasted::is_placeholder;
use crate::profile::{
    ClientId, ClientSecret, ClientSecretError, EnvironmentUrl, NAME_LENGTH_LIMIT, SecretAdvice, SecretText, Tenant,
    compared_name, distinct_tags,
};

/// The texts of one entry as the file has them. Nothing is valid yet.
#[derive(Default)]
pub(super) struct Draft {
    /// Where it stands in the file: `row 7`, `line 5`.
    pub place: String,
    pub name: Option<String>,
    /// The first that is an environment counts, else the first.
    pub urls: Vec<String>,
    pub client_id: Option<String>,
    pub secret: Option<SecretText>,
    pub tenant: Option<String>,
    pub expires: Option<NaiveDate>,
    pub tags: Vec<String>,
    pub group: Option<String>,
    pub notes: String,
    pub vendor_value: Option<SecretText>,
    pub other_keys: Vec<(String, SecretText)>,
    /// What the reader itself has to say.
    pub warnings: Vec<(WarningCode, String)>,
}

impl Draft {
    pub(super) fn at(place: impl Into<String>) -> Draft {
        Draft { place: place.into(), ..Draft::default() }
    }

    pub(super) fn warn(&mut self, code: WarningCode, message: impl Into<String>) {
        self.warnings.push((code, message.into()));
    }

    fn has_warned_of_secret(&self) -> bool {
        use WarningCode as W;
        self.warnings.iter().any(|(code, _)| {
            matches!(code, W::SecretUnreadable | W::SecretWasANumber | W::SecretEncryptedByVendor | W::SecretMissing)
        })
    }
}

/// Puts an [`Import`] together.
pub(super) struct Collector<'o> {
    options: &'o Options<'o>,
    import: Import,
    /// Where each name stands first.
    names: HashMap<String, usize>,
    client_ids: HashMap<ClientId, usize>,
}

impl<'o> Collector<'o> {
    pub(super) fn new(format: Format, options: &'o Options<'o>) -> Collector<'o> {
        Collector { options, import: Import::of(format), names: HashMap::new(), client_ids: HashMap::new() }
    }

    pub(super) fn options(&self) -> &'o Options<'o> {
        self.options
    }

    /// Whose file it is.
    pub(super) fn import_format(&self) -> Format {
        self.import.format
    }

    pub(super) fn import(&mut self) -> &mut Import {
        &mut self.import
    }

    /// Leaves an entry out.
    pub(super) fn skip(&mut self, name: impl Into<String>, reason: SkipReason) {
        self.import.skipped.push(Skipped { name: name.into(), reason, sign_in: None });
    }

    /// Leaves an entry out that signs in in another way.
    pub(super) fn skip_sign_in(&mut self, name: impl Into<String>, sign_in: impl Into<String>) {
        let sign_in = Some(sign_in.into());
        self.import.skipped.push(Skipped { name: name.into(), reason: SkipReason::OtherSignIn, sign_in });
    }

    /// Says something about the file rather than about one entry.
    pub(super) fn warn(&mut self, code: WarningCode, at: impl Into<String>, message: impl Into<String>) {
        let (at, message) = (at.into(), message.into());
        self.import.warnings.push(Warning { code, at, candidate: None, message });
    }

    /// What there is. A file without anything of ours is refused.
    pub(super) fn finish(self) -> Result<Import, Refusal> {
        let import = self.import;
        let has_something = !import.candidates.is_empty()
            || !import.expiries.is_empty()
            || !import.questions.is_empty()
            || !import.skipped.is_empty();
        if has_something { Ok(import) } else { Err(Refusal::NoConnectionsFound) }
    }

    /// Reads the texts of a draft and adds what is valid; one that stands there already is left out.
    pub(super) fn take(&mut self, mut draft: Draft) -> Result<(), Refusal> {
        if self.import.candidates.len() >= ENTRY_LIMIT {
            return Err(Refusal::TooMany { limit: ENTRY_LIMIT });
        }
        let environment_url = url(&mut draft, self.options);
        let client_id = client_id(&mut draft);
        let client_secret = secret(&mut draft, self.options);
        let tenant = tenant(&mut draft);
        if let (Some(id), Some(tenant)) = (client_id, &tenant)
            && let Err(same) = id.differs_from(tenant)
        {
            draft.warn(WarningCode::ClientIdIsTenantId, format!("Client ID: {same}"));
        }
        let name = name(&mut draft, environment_url.as_ref(), client_id.as_ref());
        let mut candidate = Candidate {
            place: draft.place,
            name,
            environment_url,
            client_id,
            client_secret,
            tenant,
            secret_expires: draft.expires,
            tags: distinct_tags(draft.tags.iter().map(String::as_str)),
            group: draft.group.filter(|group| !group.is_empty()),
            notes: draft.notes,
            vendor_value: draft.vendor_value,
            other_keys: draft.other_keys,
        };
        let compared = compared_name(&candidate.name);
        let same_name = self.names.get(&compared).copied();
        let same_id = candidate.client_id.and_then(|id| self.client_ids.get(&id).copied());
        if let Some(former) = same_id.or(same_name).map(|place| &self.import.candidates[place]) {
            let place = std::mem::replace(&mut candidate.place, former.place.clone());
            let is_same = *former == candidate;
            candidate.place = place;
            if is_same {
                self.skip(candidate.place, SkipReason::SameAsBefore);
                return Ok(());
            }
        }
        if let Some(other) = same_name {
            let other = &self.import.candidates[other].name;
            draft.warnings.push((
                WarningCode::NameInUse,
                format!("The name is the same as that of “{other}”. It will be saved under another name."),
            ));
        }
        if let Some(other) = same_id {
            let other = &self.import.candidates[other].name;
            draft.warnings.push((
                WarningCode::ClientIdShared,
                format!("“{other}” has the same client ID. Check that both belong to one app registration."),
            ));
        }
        let number = self.import.candidates.len();
        for (code, message) in draft.warnings {
            let at = candidate.name.clone();
            self.import.warnings.push(Warning { code, at, candidate: Some(number), message });
        }
        self.names.entry(compared).or_insert(number);
        if let Some(id) = candidate.client_id {
            self.client_ids.entry(id).or_insert(number);
        }
        self.import.candidates.push(candidate);
        Ok(())
    }
}

fn url(draft: &mut Draft, options: &Options<'_>) -> Option<EnvironmentUrl> {
    let present = || draft.urls.iter().map(|url| url.trim()).filter(|url| !url.is_empty());
    let read = |text: &str| EnvironmentUrl::parse_pasted(text, options.clouds);
    if let Some(read) = present().find_map(|text| read(text).ok()) {
        if let Some(notice) = read.removed.notice() {
            draft.warn(WarningCode::ValueCleaned, format!("Environment URL: {notice}"));
        }
        return Some(read.value);
    }
    let refused = present().next().map(read);
    match refused {
        Some(Err(error)) => draft.warn(WarningCode::UrlRefused, format!("Environment URL: {error}")),
        _ => draft.warn(WarningCode::UrlMissing, "There is no Environment URL. Add it to test the connection."),
    }
    None
}

fn client_id(draft: &mut Draft) -> Option<ClientId> {
    let text = draft.client_id.take().unwrap_or_default();
    if text.trim().is_empty() {
        draft.warn(WarningCode::ClientIdMissing, "There is no client ID. Add the Application (client) ID.");
        return None;
    }
    match ClientId::parse_pasted(&text) {
        Ok(read) => {
            if let Some(notice) = read.removed.notice() {
                draft.warn(WarningCode::ValueCleaned, format!("Client ID: {notice}"));
            }
            Some(read.value)
        }
        Err(error) => {
            draft.warn(WarningCode::ClientIdRefused, format!("Client ID: {error}"));
            None
        }
    }
}

fn secret(draft: &mut Draft, options: &Options<'_>) -> Option<ClientSecret> {
    let text = draft.secret.take();
    let Some(text) = text.filter(|text| !text.expose().trim().is_empty()) else {
        if !draft.has_warned_of_secret() {
            draft.warn(WarningCode::SecretMissing, "There is no client secret. Add its Value.");
        }
        return None;
    };
    match ClientSecret::parse_pasted(text.expose(), options.guid_secrets) {
        Ok(read) => {
            if let Some(notice) = read.removed.notice() {
                draft.warn(WarningCode::ValueCleaned, format!("Client secret: {notice}"));
            }
            if let Some((advice, code)) = read.value.advice().and_then(|advice| Some((advice, code_of(advice)?))) {
                draft.warn(code, format!("Client secret: {}", advice.text()));
            }
            Some(read.value)
        }
        Err(error) => {
            let code = match error {
                ClientSecretError::Missing => WarningCode::SecretMissing,
                ClientSecretError::LooksLikeSecretId => WarningCode::SecretRefused,
                ClientSecretError::HoldsNul
                | ClientSecretError::HoldsLineEnd
                | ClientSecretError::IsConnectionString => WarningCode::SecretUnusable,
            };
            draft.warn(code, format!("Client secret: {error}"));
            None
        }
    }
}

/// What an import says of a secret as the form does; an unusual shape alone is too common in what is imported.
fn code_of(advice: SecretAdvice) -> Option<WarningCode> {
    match advice {
        SecretAdvice::Masked | SecretAdvice::Placeholder => Some(WarningCode::SecretMasked),
        SecretAdvice::InvisibleInside
        | SecretAdvice::InQuotes
        | SecretAdvice::NotAscii
        | SecretAdvice::ExtraText
        | SecretAdvice::Guid => Some(WarningCode::ValueAmbiguous),
        SecretAdvice::UnusualShape => None,
    }
}

fn tenant(draft: &mut Draft) -> Option<Tenant> {
    let text = draft.tenant.take().unwrap_or_default();
    let is_nil = uuid::Uuid::try_parse(text.trim()).is_ok_and(|id| id.is_nil());
    if text.trim().is_empty() || is_nil {
        return None;
    }
    if is_placeholder(&text) {
        draft.warn(WarningCode::TenantRefused, "Tenant: a placeholder was left out. The test finds the tenant.");
        return None;
    }
    match Tenant::parse_pasted(&text) {
        Ok(read) => {
            if let Some(notice) = read.removed.notice() {
                draft.warn(WarningCode::ValueCleaned, format!("Tenant: {notice}"));
            }
            Some(read.value)
        }
        Err(error) => {
            draft.warn(WarningCode::TenantRefused, format!("Tenant: {error}"));
            None
        }
    }
}

/// The file's name for it on one line, or one made of the address or the client ID.
fn name(draft: &mut Draft, url: Option<&EnvironmentUrl>, client_id: Option<&ClientId>) -> String {
    let given = draft.name.take().unwrap_or_default();
    let given = given.trim();
    if given.is_empty() {
        draft.warn(WarningCode::NameMadeUp, "The file gives it no name. You can rename it after the import.");
        return made_up(draft, url, client_id);
    }
    let mut one_line: String = given.chars().map(|c| if matches!(c, '\r' | '\n' | '\t') { ' ' } else { c }).collect();
    if one_line.contains(is_unseen) {
        draft.warn(
            WarningCode::NameHasHiddenCharacters,
            "The name contains characters that cannot be seen. Control characters among them were removed.",
        );
        one_line.retain(|c| !c.is_control());
    }
    let shortened: String = one_line.trim().chars().take(NAME_LENGTH_LIMIT).collect();
    let name = shortened.trim();
    if name != given {
        draft.warn(
            WarningCode::NameChanged,
            format!("The name was changed to fit on one line of {NAME_LENGTH_LIMIT} characters."),
        );
    }
    if name.is_empty() { made_up(draft, url, client_id) } else { name.to_owned() }
}

fn made_up(draft: &Draft, url: Option<&EnvironmentUrl>, client_id: Option<&ClientId>) -> String {
    let of_refused = || {
        let error = EnvironmentUrl::parse(draft.urls.iter().find(|url| !url.trim().is_empty())?).err()?;
        Some(EnvironmentUrl::parse(error.instead()?).ok()?.organization().to_owned())
    };
    url.map(|url| url.organization().to_owned())
        .or_else(of_refused)
        .or_else(|| client_id.map(ToString::to_string))
        .unwrap_or_else(|| format!("Imported {}", draft.place))
}
