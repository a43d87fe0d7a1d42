//! The values of a connection string, judged by the same rules and in the same words as the form and the check have them.

use super::field::same_key;
use super::{AuthType, ConnectionString};
use crate::cloud::Overrides;
use crate::profile::pasted::Removed;
use crate::profile::{
    ClientId, ClientIdError, ClientIdIsTenantId, ClientSecret, EnvironmentUrl, EnvironmentUrlError, GuidSecret,
    SecretAdvice, SecretText, Tenant,
};

/// Keys that people write and that Microsoft's client passes over.
pub(super) const TENANT_KEYS: [&str; 6] =
    ["TenantId", "Tenant Id", "Tenant", "DirectoryId", "Authority", "AuthorityUri"];

/// Tells `warn` what is wrong with the values of `string`, the address first.
pub(super) fn judge(string: &ConnectionString, clouds: &Overrides, warn: &mut impl FnMut(&'static str, String)) {
    url(string, clouds, warn);
    let id = client_id(string, warn);
    if string.auth_type() != AuthType::Certificate {
        secret(string, warn);
    }
    let tenant = string.others().find_map(|(key, value)| {
        TENANT_KEYS.iter().any(|known| same_key(known, key)).then(|| Tenant::parse(value.expose()).ok())?
    });
    if let (Some(id), Some(tenant)) = (id, tenant)
        && let Err(error) = id.differs_from(&tenant)
    {
        warn(ClientIdIsTenantId::CODE, error.to_string());
    }
}

fn url(string: &ConnectionString, clouds: &Overrides, warn: &mut impl FnMut(&'static str, String)) {
    let Some(text) = string.url() else {
        return warn("url_missing", "Url is missing. Add Url=https://… with the Environment URL.".to_owned());
    };
    let read = EnvironmentUrl::parse_pasted(text, clouds);
    let is_address = url::Url::parse(text.trim()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    // A template's name makes no host that can be read.
    let is_template = read == Err(EnvironmentUrlError::Placeholder) && text.trim_start().starts_with("http");
    match read {
        Err(error) if is_address || is_template => warn(error.code(), format!("Url: {error}")),
        Err(error) => warn(
            "url_unusable",
            format!("Url is not a complete web address, so Microsoft's client does not accept it. {error}"),
        ),
        Ok(read) if !is_address => warn(
            "url_unusable",
            format!(
                "Url is not a complete web address, so Microsoft's client does not accept it. Write Url={}",
                read.value
            ),
        ),
        Ok(read) => more_than_the_value("Url", "url_cleaned", &read.removed, warn),
    }
}

fn client_id(string: &ConnectionString, warn: &mut impl FnMut(&'static str, String)) -> Option<ClientId> {
    let Some(text) = string.client_id() else {
        warn(
            "sample_client_id",
            "ClientId is missing. Microsoft's client silently uses the ID of its own sample application \
             (51f81489-12ee-4a9e-aaae-a2591f45987d) instead. Add ClientId=… with your Application (client) ID."
                .to_owned(),
        );
        return None;
    };
    match ClientId::parse_pasted(text) {
        Ok(read) => {
            more_than_the_value("ClientId", "client_id_cleaned", &read.removed, warn);
            Some(read.value)
        }
        Err(error @ ClientIdError::OfMicrosoft) => {
            warn("sample_client_id", format!("ClientId: {error}"));
            None
        }
        Err(error) => {
            warn("client_id_not_guid", format!("ClientId: {error}"));
            None
        }
    }
}

fn secret(string: &ConnectionString, warn: &mut impl FnMut(&'static str, String)) {
    let Some(text) = string.client_secret_value().map(SecretText::expose) else {
        return warn(
            "secret_missing",
            "ClientSecret is missing. Add ClientSecret=… with the secret's Value.".to_owned(),
        );
    };
    let read = match ClientSecret::parse_pasted(text, GuidSecret::Accepted) {
        Ok(read) => read,
        Err(error) => return warn(error.code(), format!("ClientSecret: {error}")),
    };
    if let Some(advice) = read.value.advice().filter(|advice| *advice != SecretAdvice::UnusualShape) {
        warn(advice.code(), format!("ClientSecret: {}", advice.text()));
    }
    if read.removed.is_minor() && !read.removed.kinds().is_empty() {
        warn(
            "secret_blanks",
            "ClientSecret begins or ends with a space, which counts as part of it. Client secrets contain no spaces: \
             remove it."
                .to_owned(),
        );
    }
    more_than_the_value("ClientSecret", "secret_trimmed", &read.removed, warn);
}

/// The warning of what Microsoft's client takes for a part of the value.
fn more_than_the_value(key: &str, code: &'static str, removed: &Removed, warn: &mut impl FnMut(&'static str, String)) {
    if let Some(notice) = removed.notice() {
        warn(
            code,
            format!(
                "{key} contains more than its value. This tool reads only the value; Microsoft's client does not, so \
                 correct the text. {notice}"
            ),
        );
    }
}
