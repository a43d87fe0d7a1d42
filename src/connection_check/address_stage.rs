//! The first stage: reads the form. Nothing is sent.

use super::failure::{Failure, Found};
use super::{CheckRequest, Warning};
use crate::cloud::Overrides;
use crate::profile::{ClientId, ClientSecret, ClientSecretError, EnvironmentUrl, Tenant};

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
    fn read(text: &str) -> TypedTenant {
        match Tenant::parse(text) {
            _ if text.trim().is_empty() => TypedTenant::Empty,
            Ok(tenant) => TypedTenant::Usable(tenant),
            Err(_) => TypedTenant::Odd(text.trim().to_owned()),
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

/// Reads `request`, the Environment URL first.
pub(super) fn read_form(request: &CheckRequest, clouds: &Overrides) -> Result<Found<Form>, Failure> {
    let refuse = |code: &str, error: &dyn std::fmt::Display| Failure::new(code, "").saying(error.to_string());
    let environment =
        EnvironmentUrl::parse_with(&request.environment_url, clouds).map_err(|error| refuse(error.code(), &error))?;
    let client_id = ClientId::parse(&request.client_id).map_err(|error| refuse("client_id_not_guid", &error))?;
    let client_secret = ClientSecret::parse(request.client_secret.expose()).map_err(|error| {
        let code = match error {
            ClientSecretError::Missing => "secret_missing",
            ClientSecretError::LooksLikeSecretId => "secret_is_guid",
            ClientSecretError::HoldsNul | ClientSecretError::HoldsLineEnd => "secret_unusable",
        };
        refuse(code, &error)
    })?;
    let trimmed = (client_secret.expose().len() != request.client_secret.expose().len()).then(|| {
        Warning::new(
            "secret_trimmed",
            "There were blanks or line ends around the client secret. They were left out; save the profile so that \
             they do not come back.",
        )
    });
    let tenant = TypedTenant::read(&request.tenant);
    let summary = format!("{environment} in the cloud “{}”.", environment.cloud().name());
    let form = Form { environment, client_id, client_secret, tenant };
    let details = (form.environment.to_string(), form.client_id.to_string());
    Ok(Found::new(form, summary).with("Environment URL", details.0).with("Client ID", details.1).warning(trimmed))
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
        let segment = |text: &str| TypedTenant::read(text).path_segment();
        assert_eq!(segment("Contoso.onmicrosoft.com").as_deref(), Some("contoso.onmicrosoft.com"));
        assert_eq!(segment("contoso").as_deref(), Some("contoso"));
        for text in ["", "  ", "..", ".", "a/b", "a?b", "a#b", "a%2fb", "a\\b", "ä"] {
            assert_eq!(segment(text), None, "{text:?}");
        }
    }
}
