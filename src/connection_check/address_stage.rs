//! The first stage: reads the form. Nothing is sent.

use super::failure::{Failure, Found};
use super::{CheckRequest, Warning};
use crate::cloud::Overrides;
use crate::profile::pasted::Removed;
use crate::profile::{ClientId, ClientIdIsTenantId, ClientSecret, EnvironmentUrl, SecretAdvice, Tenant};

/// The form, read.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub environment: EnvironmentUrl,
    pub client_id: ClientId,
    pub client_secret: ClientSecret,
    pub tenant: TypedTenant,
}

/// What the field Tenant holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypedTenant {
    Empty,
    Usable(Tenant),
    /// No tenant's ID or domain, as it was typed. Entra judges it when the environment tells no better one.
    Odd(String),
}

impl TypedTenant {
    fn read(text: &str) -> (TypedTenant, Removed) {
        match Tenant::parse_pasted(text) {
            _ if text.trim().is_empty() => (TypedTenant::Empty, Removed::default()),
            Ok(tenant) => (TypedTenant::Usable(tenant.value), tenant.removed),
            Err(_) => (TypedTenant::Odd(text.trim().to_owned()), Removed::default()),
        }
    }

    /// What goes into the token address in place of a tenant's ID, when it can stand there without changing it.
    pub(super) fn path_segment(&self) -> Option<String> {
        match self {
            TypedTenant::Empty => None,
            TypedTenant::Usable(tenant) => Some(tenant.to_string()),
            TypedTenant::Odd(text) => {
                let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
                let is_dots = text.bytes().all(|byte| byte == b'.');
                (is_plain && !is_dots && text.len() <= 253).then(|| text.clone())
            }
        }
    }
}

/// The variant of a refused address that tells the right one.
pub(super) const ADDRESS_KNOWN: &str = "address_known";

/// Reads `request`, the Environment URL first.
pub(super) fn read_form(request: &CheckRequest, clouds: &Overrides) -> Result<Found<Form>, Failure> {
    let refuse = |code: &str, error: &dyn std::fmt::Display| Failure::new(code, "").saying(error.to_string());
    let environment = EnvironmentUrl::parse_pasted(&request.environment_url, clouds).map_err(|error| {
        let refused = refuse(error.code(), &error);
        if error.instead().is_some() { refused.variant(ADDRESS_KNOWN) } else { refused }
    })?;
    let client_id = ClientId::parse_pasted(&request.client_id).map_err(|error| refuse("client_id_not_guid", &error))?;
    let client_secret = ClientSecret::parse_pasted(request.client_secret.expose(), request.guid_secret)
        .map_err(|error| refuse(error.code(), &error))?;
    let advice = client_secret.value.advice();
    if let Some(hopeless) = advice.filter(|advice| !advice.can_be_right()) {
        return Err(refuse(hopeless.code(), &hopeless.text()));
    }
    let (tenant, tenant_removed) = TypedTenant::read(&request.tenant);
    if let TypedTenant::Usable(tenant) = &tenant {
        client_id.value.differs_from(tenant).map_err(|error| refuse(ClientIdIsTenantId::CODE, &error))?;
    }
    let left_out = [
        ("url_cleaned", "Environment URL", &environment.removed),
        ("client_id_cleaned", "Client ID", &client_id.removed),
        ("tenant_cleaned", "Tenant", &tenant_removed),
    ];
    let left_out = left_out.into_iter().filter_map(|(code, field, removed)| {
        removed
            .notice()
            .map(|notice| Warning::new(code, format!("The {field} field contains more than its value. {notice}")))
    });
    let trimmed = secret_trimmed(&client_secret.removed);
    let is_doubtful = |advice: &SecretAdvice| {
        matches!(advice, SecretAdvice::InQuotes | SecretAdvice::NotAscii | SecretAdvice::ExtraText)
    };
    let doubtful = advice.filter(is_doubtful);
    let doubtful = doubtful.map(|advice| Warning::new(advice.code(), format!("Client secret: {}", advice.text())));
    let warnings: Vec<Warning> = left_out.chain(trimmed).chain(doubtful).collect();
    let (environment, client_id, client_secret) = (environment.value, client_id.value, client_secret.value);
    let summary = format!("{environment} in the cloud “{}”.", environment.cloud().name());
    let form = Form { environment, client_id, client_secret, tenant };
    let details = (form.environment.to_string(), form.client_id.to_string());
    Ok(Found::new(form, summary).with("Environment URL", details.0).with("Client ID", details.1).warning(warnings))
}

/// The warning that something stood around the secret.
fn secret_trimmed(removed: &Removed) -> Option<Warning> {
    let what = match removed.notice() {
        Some(notice) => format!("The Client secret field contains more than the secret. {notice}"),
        None if removed.kinds().is_empty() => return None,
        None => "Spaces or line breaks around the client secret were removed.".to_owned(),
    };
    Some(Warning::new("secret_trimmed", what))
}

/// The environment and client ID of a form that failed, as far as they can be read.
pub(super) fn read_partly(request: &CheckRequest, clouds: &Overrides) -> (Option<EnvironmentUrl>, Option<ClientId>) {
    (EnvironmentUrl::parse_with(&request.environment_url, clouds).ok(), ClientId::parse(&request.client_id).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_tenant_never_changes_the_path() {
        let segment = |text: &str| TypedTenant::read(text).0.path_segment();
        assert_eq!(segment("Contoso.onmicrosoft.com").as_deref(), Some("contoso.onmicrosoft.com"));
        assert_eq!(segment("contoso").as_deref(), Some("contoso"));
        for text in ["", "  ", "..", ".", "a/b", "a?b", "a#b", "a%2fb", "a\\b", "ä"] {
            assert_eq!(segment(text), None, "{text:?}");
        }
    }
}
