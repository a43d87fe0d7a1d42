//! The app registration's Application (client) ID.

use std::fmt;

use uuid::Uuid;

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
        "This is not a client ID: it has to look like 11112222-aaaa-3333-bbbb-4444cccc5555. \
         Copy “Application (client) ID” from the app registration's Overview page."
    )]
    NotGuid,
    /// A client secret was pasted here.
    #[error(
        "This looks like a client secret. Put it into the Client secret field, and copy \
         “Application (client) ID” from the app registration's Overview page into this one."
    )]
    LooksLikeSecret,
    /// All zeros, as placeholders are.
    #[error("This ID is only zeros. Copy “Application (client) ID” from the app registration's Overview page.")]
    Nil,
}

impl ClientId {
    /// Reads a GUID in any common spelling: with or without hyphens, in braces, upper or lower case.
    pub fn parse(text: &str) -> Result<ClientId, ClientIdError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ClientIdError::Missing);
        }
        match parse_guid(text) {
            Some(id) if id.is_nil() => Err(ClientIdError::Nil),
            Some(id) => Ok(ClientId(id)),
            None if super::client_secret::has_entra_shape(text) => Err(ClientIdError::LooksLikeSecret),
            None => Err(ClientIdError::NotGuid),
        }
    }
}

/// A GUID in any spelling that the portals and scripts use, or nothing.
pub(super) fn parse_guid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text.trim()).ok()
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
    }
}
