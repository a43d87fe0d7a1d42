//! The app registration's Application (client) ID.

use std::fmt;

use uuid::Uuid;

use super::entra_shape::has_entra_shape;
use super::guid::parse_guid;
use super::pasted::{self, Extra, Pasted, Peeled, only_guid, peel};
use super::tenant::Tenant;

/// An Application (client) ID: a GUID, printed in lower case with hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(Uuid);

/// Why a text is no Application (client) ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Nothing was typed.
    #[error("Enter the Application (client) ID. It is on the app registration's Overview page.")]
    Missing,
    /// Something else than a GUID.
    #[error(
        "This is not a client ID: it must look like 11112222-aaaa-3333-bbbb-4444cccc5555. Copy “Application (client) \
         ID” from the app registration's Overview page."
    )]
    NotGuid,
    /// A client secret was pasted here.
    #[error(
        "This looks like a client secret. Put it in the Client secret field, and copy “Application (client) ID” from \
         the app registration's Overview page into this one."
    )]
    LooksLikeSecret,
    /// All zeros, as placeholders are.
    #[error("This ID is only zeros. Copy “Application (client) ID” from the app registration's Overview page.")]
    Nil,
    /// A template's name for it, such as `{AppId}`.
    #[error(
        "This is a placeholder from a template, not a client ID. Put the “Application (client) ID” from the app \
         registration's Overview page in its place."
    )]
    Placeholder,
    /// The label beside it says that it is the tenant's.
    #[error(
        "This is the Directory (tenant) ID. Copy “Application (client) ID” from the app registration's Overview page."
    )]
    LabelledTenant,
    /// The label beside it says that it is an object's.
    #[error("This is the Object ID. Copy “Application (client) ID” from the app registration's Overview page.")]
    LabelledObject,
}

/// A client ID that is the tenant's ID: one GUID in both places cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The client ID is the same as the Directory (tenant) ID. The portal shows both on one page: copy “Application (client) \
     ID” from the app registration's Overview page."
)]
pub struct ClientIdIsTenantId;

impl ClientIdIsTenantId {
    /// The diagnosis' public id.
    pub const CODE: &str = "client_id_is_tenant_id";
}

impl ClientId {
    /// Reads a GUID in any common spelling: with or without hyphens, in braces, upper or lower case, and as it is pasted.
    pub fn parse(text: &str) -> Result<ClientId, ClientIdError> {
        ClientId::parse_pasted(text).map(|pasted| pasted.value)
    }

    /// As [`ClientId::parse`], with what stood around the ID.
    pub fn parse_pasted(text: &str) -> Result<Pasted<ClientId>, ClientIdError> {
        // As a vault holds thousands of them.
        if let Ok(id) = Uuid::try_parse(text) {
            return ClientId::of(id).map(|value| Pasted { value, removed: Default::default() });
        }
        if pasted::is_placeholder(text) {
            return Err(ClientIdError::Placeholder);
        }
        let Peeled { text, mut removed } = peel(text);
        if text.is_empty() {
            return Err(ClientIdError::Missing);
        }
        let id = match parse_guid(&text) {
            Some(id) => id,
            None => {
                let (id, extra) = guid_within(&text)?;
                removed.note(extra);
                id
            }
        };
        ClientId::of(id).map(|value| Pasted { value, removed })
    }

    fn of(id: Uuid) -> Result<ClientId, ClientIdError> {
        if id.is_nil() { Err(ClientIdError::Nil) } else { Ok(ClientId(id)) }
    }

    /// Refuses a client ID that is `tenant`.
    pub fn differs_from(self, tenant: &Tenant) -> Result<(), ClientIdIsTenantId> {
        if *tenant == Tenant::Id(self.0) { Err(ClientIdIsTenantId) } else { Ok(()) }
    }
}

/// The client ID in a longer text: behind a label, in an Application ID URI, in a page's address.
fn guid_within(text: &str) -> Result<(Uuid, Extra), ClientIdError> {
    let lowered = text.to_ascii_lowercase();
    let in_address = ["/appid/", "/applicationid/", "client_id=", "clientid=", "appid="].iter().find_map(|name| {
        let at = lowered.find("://").and_then(|_| lowered.find(name))? + name.len();
        parse_guid(text.get(at..at + 36)?)
    });
    if let Some(id) = in_address {
        return Ok((id, Extra::Address));
    }
    // A line break within it: a narrow column or a mail broke it in two.
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if joined.len() < text.len()
        && let Some(id) = parse_guid(&joined)
    {
        return Ok((id, Extra::Blanks));
    }
    let (before, id) = match only_guid(text) {
        Some((before, id, _)) => (before.to_ascii_lowercase(), id),
        None if has_entra_shape(text) => return Err(ClientIdError::LooksLikeSecret),
        None => return Err(ClientIdError::NotGuid),
    };
    let is_label = before.chars().all(|c| !c.is_ascii_digit()) && before.len() <= 60 && !before.contains("://");
    if before.starts_with("api://") || before.starts_with("spn:") {
        Ok((id, Extra::ApplicationIdUri))
    } else if !is_label {
        Err(ClientIdError::NotGuid)
    } else if before.contains("tenant") || before.contains("directory") {
        Err(ClientIdError::LabelledTenant)
    } else if before.contains("object") {
        Err(ClientIdError::LabelledObject)
    } else {
        Ok((id, Extra::Label))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "11112222-aaaa-3333-bbbb-4444cccc5555";

    #[test]
    fn every_common_spelling_is_one_id() {
        for spelling in [
            PLAIN,
            " 11112222-AAAA-3333-BBBB-4444CCCC5555\r\n",
            "{11112222-aaaa-3333-bbbb-4444cccc5555}",
            "11112222aaaa3333bbbb4444cccc5555",
        ] {
            assert_eq!(ClientId::parse(spelling).map(|id| id.to_string()), Ok(PLAIN.to_owned()), "{spelling}");
        }
    }

    #[test]
    fn refusals_say_what_was_pasted() {
        assert_eq!(ClientId::parse("  "), Err(ClientIdError::Missing));
        assert_eq!(ClientId::parse("contoso"), Err(ClientIdError::NotGuid));
        assert_eq!(ClientId::parse("00000000-0000-0000-0000-000000000000"), Err(ClientIdError::Nil));
        let secret_shaped = format!("abc8{}{}", "Q~", "x".repeat(34));
        assert_eq!(ClientId::parse(&secret_shaped), Err(ClientIdError::LooksLikeSecret));
        for text in ["{AppId}", "$(ClientId)", "[YOUR_APP_ID]", "<client id>", "your-client-id-here", "%CLIENT_ID%"] {
            assert_eq!(ClientId::parse(text), Err(ClientIdError::Placeholder), "{text}");
        }
        for text in ["UCC CRM Service", "51f8", "https://contoso.crm4.dynamics.com", "user@contoso.com", "12345"] {
            assert_eq!(ClientId::parse(text), Err(ClientIdError::NotGuid), "{text}");
        }
        let of_tenant = ClientId::parse(&format!("Directory (tenant) ID: {PLAIN}"));
        assert_eq!(of_tenant, Err(ClientIdError::LabelledTenant));
        assert_eq!(ClientId::parse(&format!("Object ID {PLAIN}")), Err(ClientIdError::LabelledObject));
        assert_eq!(ClientId::parse(&format!("{PLAIN}, {PLAIN}")), Err(ClientIdError::NotGuid), "which one?");
    }

    #[test]
    fn a_pasted_id_is_read_and_what_stood_around_it_is_named() {
        use Extra as E;
        for (text, kinds) in [
            (PLAIN.to_owned(), &[][..]),
            (format!("{PLAIN}\u{200b}"), &[E::Invisible]),
            (format!("\u{feff}{PLAIN}"), &[E::Invisible]),
            (format!("\u{a0}{PLAIN}\u{a0}"), &[E::Blanks]),
            (format!("\u{202d}{PLAIN}\u{202c}"), &[E::Invisible]),
            (PLAIN.replace("aaaa", "aa\u{ad}aa"), &[E::Invisible]),
            (PLAIN.replace('-', "\u{2013}"), &[E::Dashes]),
            (PLAIN.replace('-', "\u{2011}"), &[E::Dashes]),
            (format!("\"{PLAIN}\""), &[E::Quotes]),
            (format!("“{PLAIN}”"), &[E::Quotes]),
            (format!("<{PLAIN}>"), &[E::Brackets]),
            (format!("{PLAIN};"), &[E::Punctuation]),
            (format!("{PLAIN}."), &[E::Punctuation]),
            (format!("Client ID: {PLAIN}"), &[E::Label]),
            (format!("Application (client) ID\t{PLAIN}"), &[E::Label]),
            (format!("ClientId={PLAIN}"), &[E::Label]),
            (format!("\"appId\": \"{PLAIN}\","), &[E::Quotes, E::Label, E::Punctuation]),
            (format!("api://{PLAIN}"), &[E::ApplicationIdUri]),
            (format!("api://{PLAIN}/user_impersonation"), &[E::ApplicationIdUri]),
            (format!("https://portal.azure.com/#view/X/~/Overview/appId/{PLAIN}/isMSAApp~/false"), &[E::Address]),
            (PLAIN.replace("-bbbb", "-\r\nbbbb"), &[E::Blanks]),
        ] {
            let read = ClientId::parse_pasted(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!((read.value.to_string().as_str(), read.removed.kinds()), (PLAIN, kinds), "{text:?}");
        }
    }

    #[test]
    fn the_tenants_id_is_no_client_id() {
        let id = ClientId::parse(PLAIN).expect("an ID");
        let tenant = |text| Tenant::parse(text).expect("a tenant");
        assert_eq!(id.differs_from(&tenant(PLAIN)), Err(ClientIdIsTenantId));
        assert_eq!(id.differs_from(&tenant("66667777-dddd-8888-eeee-9999ffff0000")), Ok(()));
        assert_eq!(id.differs_from(&tenant("contoso.onmicrosoft.com")), Ok(()));
    }
}
