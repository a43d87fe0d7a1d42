//! The Directory (tenant) that an environment signs in with.

use std::fmt;

use uuid::Uuid;

use super::guid::parse_guid;
use super::pasted::labels::Label;
use super::pasted::{self, Extra, Pasted, Peeled, extra_around, only_guid, peel, without_blanks};
use crate::cloud::Cloud;

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
         Leave the field empty: the connection test finds the tenant."
    )]
    NotATenant,
    /// `common`, `organizations` or `consumers`, which cannot sign in with a client secret.
    #[error("“common”, “organizations” and “consumers” do not name a tenant. Leave the field empty.")]
    Placeholder,
    /// A template's name for it, such as `{TenantId}`.
    #[error(
        "This is a placeholder from a template, not a tenant. Leave the field empty: the connection test finds the tenant."
    )]
    Template,
}

/// Words of which a label before a tenant holds one.
const LABELS: [&str; 12] = [
    "tenant",
    "directory",
    "domain",
    "authority",
    "issuer",
    "guid",
    "mandant",
    "verzeichnis",
    "locataire",
    "annuaire",
    "inquilino",
    "directorio",
];

impl Tenant {
    /// Reads a tenant as it is pasted; a domain is compared in lower case.
    pub fn parse(text: &str) -> Result<Tenant, TenantError> {
        Tenant::parse_pasted(text).map(|pasted| pasted.value)
    }

    /// As [`Tenant::parse`], with what stood around it. Of a sign-in's address the tenant in its path is taken.
    pub fn parse_pasted(text: &str) -> Result<Pasted<Tenant>, TenantError> {
        let Peeled { text: bare, mut removed } = peel(text).without_label(&LABELS);
        let value = match segment_of_sign_in(&bare) {
            Some(segment) => {
                removed.note(Extra::Address);
                Tenant::of(segment)
            }
            None => Tenant::of(&bare),
        };
        let value = value.or_else(|error| match id_within(&bare) {
            Some((id, extra)) => {
                removed.note(extra);
                Ok(Tenant::Id(id))
            }
            None => Err(error),
        });
        match value {
            Ok(value) => Ok(Pasted { value, removed }),
            Err(TenantError::NotATenant) if pasted::is_placeholder(text) => Err(TenantError::Template),
            Err(error) => Err(error),
        }
    }

    fn of(text: &str) -> Result<Tenant, TenantError> {
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

/// The tenant's ID among other words: `Contoso (1111…)`, or broken in two. Beside the label of another ID it is none.
fn id_within(text: &str) -> Option<(Uuid, Extra)> {
    if let Some(id) = without_blanks(text).and_then(|joined| parse_guid(&joined)) {
        return Some((id, Extra::BlanksInside));
    }
    let (before, id, behind) = only_guid(text)?;
    let is_of_another = |label: &str| Label::beside_an_id(label).is_some_and(|label| label != Label::Tenant);
    let is_address = text.contains(['/', '@']);
    (!is_address && !is_of_another(before) && !is_of_another(behind)).then(|| (id, extra_around(before, behind)))
}

/// The tenant in the address of a sign-in of Microsoft's, e.g. `https://login.microsoftonline.com/<tenant>/oauth2/token`.
fn segment_of_sign_in(text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, path) = rest.split_once('/')?;
    Cloud::signing_in_at(host)?;
    path.split(['/', '?', '#']).find(|segment| !segment.is_empty())
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
        assert_eq!(Tenant::parse("https://login.microsoftonline.com/common/v2.0"), Err(TenantError::Placeholder));
        for text in ["{TenantId}", "$(TenantId)", "[YOUR_TENANT_ID]", "<tenant>", "your-tenant-id"] {
            assert_eq!(Tenant::parse(text), Err(TenantError::Template), "{text}");
        }
    }

    #[test]
    fn a_pasted_tenant_is_read_and_what_stood_around_it_is_named() {
        use Extra as E;
        let (id, domain) = ("11112222-aaaa-3333-bbbb-4444cccc5555", "contoso.onmicrosoft.com");
        for (text, tenant, kinds) in [
            (format!("{id}\u{200b}"), id, &[E::Invisible][..]),
            (format!("\"{domain}\""), domain, &[E::Quotes]),
            (format!("“{id}”"), id, &[E::Quotes]),
            (id.replace('-', "\u{2013}"), id, &[E::Dashes]),
            (format!("{domain}."), domain, &[E::Punctuation]),
            (format!("{id};"), id, &[E::Punctuation]),
            (format!("Directory (tenant) ID: {id}"), id, &[E::Label]),
            (format!("TenantId={id}"), id, &[E::Label]),
            (format!("https://login.microsoftonline.com/{id}/oauth2/v2.0/authorize?x=y"), id, &[E::Address]),
            (format!("https://login.microsoftonline.com/{domain}"), domain, &[E::Address]),
            (format!("login.microsoftonline.us/{id}/"), id, &[E::Address]),
            (format!("https://sts.windows.net/{id}/"), id, &[E::Address]),
            (format!("https://login.partner.microsoftonline.cn/{id}/oauth2/token"), id, &[E::Address]),
            (format!("Mandanten-ID: {id}"), id, &[E::Label]),
            (format!("Verzeichnis-ID (Mandant): {id}"), id, &[E::Label]),
            (format!("ID de l'annuaire (locataire) : {id}"), id, &[E::Label]),
            (format!("Id. de directorio (inquilino): {id}"), id, &[E::Label]),
            (format!("Contoso ({id})"), id, &[E::Label]),
            (format!("{id} - Contoso"), id, &[E::OtherText]),
            (format!("[{id}]"), id, &[E::Brackets]),
            (id.replace("-bbbb", "-\r\nbbbb"), id, &[E::BlanksInside]),
            (format!("Authority: https://login.windows.net/{id}"), id, &[E::Label, E::Address]),
        ] {
            let read = Tenant::parse_pasted(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!((read.value.to_string().as_str(), read.removed.kinds()), (tenant, kinds), "{text:?}");
        }
        for text in [
            format!("Application (client) ID: {id}"),
            format!("Anwendungs-ID (Client): {id}"),
            format!("Object ID: {id}"),
            format!("Objekt-ID: {id}"),
            format!("Secret ID: {id}"),
            format!("{id} (Object ID)"),
            format!("{id} {}", id.replace('1', "2")),
            format!("https://contoso.com/{id}"),
        ] {
            assert_eq!(Tenant::parse(&text), Err(TenantError::NotATenant), "{text}");
        }
        assert!(Tenant::parse(&format!("https://login.evil.example/{id}/oauth2/token")).is_err());
    }
}
