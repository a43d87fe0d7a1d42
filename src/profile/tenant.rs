//! The Directory (tenant) that an environment signs in with.

use std::fmt;

use uuid::Uuid;

use super::client_id::parse_guid;

/// A tenant, as its GUID or as one of its domain names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// The Directory (tenant) ID.
    Id(Uuid),
    /// A verified domain, lower-case, e.g. `contoso.onmicrosoft.com`.
    Domain(String),
}

/// Why a text is no tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantError {
    /// Neither a GUID nor a domain name.
    #[error(
        "This is neither a Directory (tenant) ID nor a domain such as contoso.onmicrosoft.com. \
         Leave the field empty: the connection check finds the tenant by itself."
    )]
    NotATenant,
    /// `common`, `organizations` or `consumers`, which cannot sign in with a client secret.
    #[error("“common”, “organizations” and “consumers” name no tenant. Leave the field empty.")]
    Placeholder,
}

impl Tenant {
    /// Reads a tenant. Blanks at both ends go; a domain is compared in lower case.
    pub fn parse(text: &str) -> Result<Tenant, TenantError> {
        let text = text.trim();
        if let Some(id) = parse_guid(text) {
            return Ok(Tenant::Id(id));
        }
        let domain = text.to_ascii_lowercase();
        if matches!(domain.as_str(), "common" | "organizations" | "consumers") {
            return Err(TenantError::Placeholder);
        }
        let labels_are_fine = domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        if domain.contains('.') && domain.len() <= 253 && labels_are_fine {
            Ok(Tenant::Domain(domain))
        } else {
            Err(TenantError::NotATenant)
        }
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tenant::Id(id) => write!(formatter, "{}", id.hyphenated()),
            Tenant::Domain(domain) => formatter.write_str(domain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_domains_are_tenants() {
        let id = Tenant::parse(" 11112222-AAAA-3333-BBBB-4444CCCC5555 ").map(|tenant| tenant.to_string());
        assert_eq!(id.as_deref(), Ok("11112222-aaaa-3333-bbbb-4444cccc5555"));
        let domain = Tenant::parse("Contoso.OnMicrosoft.com").map(|tenant| tenant.to_string());
        assert_eq!(domain.as_deref(), Ok("contoso.onmicrosoft.com"));
    }

    #[test]
    fn words_and_paths_are_not() {
        for text in ["contoso", "a/b.c", "..", "a..b", "-a.b", "https://contoso.com", ""] {
            assert_eq!(Tenant::parse(text), Err(TenantError::NotATenant), "{text}");
        }
        assert_eq!(Tenant::parse("Common"), Err(TenantError::Placeholder));
    }
}
