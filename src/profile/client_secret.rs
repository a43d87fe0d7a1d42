//! The client secret: the Value that the portal shows once.

use std::fmt;

use super::{SecretText, client_id::parse_guid};

/// A client secret's Value. Wiped on drop, printed as `[secret]`.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(SecretText);

/// Why a text is no client secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientSecretError {
    /// Nothing was typed.
    #[error("Enter the client secret: the Value column under Certificates & secrets.")]
    Missing,
    /// A GUID: the Secret ID column was copied.
    #[error(
        "This looks like the Secret ID. Copy the Value column instead. The portal shows the Value only once: \
         if it is gone, make a new client secret."
    )]
    LooksLikeSecretId,
    /// A NUL character, which no connection string can hold.
    #[error("This holds a NUL character, which no client secret has. Copy the Value again.")]
    HoldsNul,
    /// A line end inside: two lines were copied.
    #[error("This holds a line end in the middle. Copy the Value alone, without the lines around it.")]
    HoldsLineEnd,
}

/// What is unusual about a secret that may be right all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretAdvice {
    /// Not shaped like the secrets that Microsoft Entra ID makes today.
    UnusualShape,
    /// Ends in `…`, or holds bullets or asterisks only: the masked text of the portal's list was copied.
    Masked,
}

impl SecretAdvice {
    /// The advice as a sentence for the person who typed the secret.
    pub fn text(self) -> &'static str {
        match self {
            SecretAdvice::UnusualShape => {
                "Unusual for a client secret made today (40 characters with “Q~” in them). If the test fails, \
                 copy the Value again."
            }
            SecretAdvice::Masked => {
                "This looks like the portal's masked text, not the secret itself. The Value can only be copied \
                 right after the secret was made."
            }
        }
    }
}

impl ClientSecret {
    /// Reads a secret as it was pasted: blanks and line ends at both ends go, the inside is never touched.
    pub fn parse(text: &str) -> Result<ClientSecret, ClientSecretError> {
        let text = text.trim();
        if text.is_empty() {
            Err(ClientSecretError::Missing)
        } else if parse_guid(text).is_some() {
            Err(ClientSecretError::LooksLikeSecretId)
        } else if text.contains('\0') {
            Err(ClientSecretError::HoldsNul)
        } else if text.contains(['\n', '\r']) {
            Err(ClientSecretError::HoldsLineEnd)
        } else {
            Ok(ClientSecret(SecretText::from(text)))
        }
    }

    /// The secret itself. Every caller of this is a place to review.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is unusual about it, if anything.
    pub fn advice(&self) -> Option<SecretAdvice> {
        let text = self.0.expose();
        if text.ends_with('…') || text.chars().all(|c| matches!(c, '*' | '•' | '●')) || is_portal_mask(text) {
            Some(SecretAdvice::Masked)
        } else if has_entra_shape(text) {
            None
        } else {
            Some(SecretAdvice::UnusualShape)
        }
    }
}

/// The portal lists an old secret as its first three characters and a row of asterisks.
fn is_portal_mask(text: &str) -> bool {
    let stars = text.chars().skip(3);
    text.chars().count() > 6 && stars.clone().all(|c| c == '*')
}

/// Whether `text` has the shape of the secrets that Microsoft Entra ID makes today:
/// three characters, a digit, `Q~`, 31 to 34 more (the rule of gitleaks' `azure-ad-client-secret`).
pub(super) fn has_entra_shape(text: &str) -> bool {
    let bytes = text.as_bytes();
    (37..=40).contains(&bytes.len())
        && bytes[3].is_ascii_digit()
        && &bytes[4..6] == b"Q~"
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_~.-".contains(byte))
        && !bytes[..3].contains(&b'-')
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made at run time: a literal of this shape would be taken for a real secret.
    fn entra_shaped() -> String {
        format!("Ab38{}{}", "Q~", "y".repeat(34))
    }

    #[test]
    fn blanks_around_go_and_blanks_inside_stay() {
        let secret = ClientSecret::parse(" \ta b\r\n").map(|secret| secret.expose().to_owned());
        assert_eq!(secret.as_deref(), Ok("a b"));
    }

    #[test]
    fn a_secret_id_is_told_apart_from_a_value() {
        let pasted = "11112222-aaaa-3333-bbbb-4444cccc5555";
        assert_eq!(ClientSecret::parse(pasted).err(), Some(ClientSecretError::LooksLikeSecretId));
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused() {
        assert_eq!(ClientSecret::parse(" \n").err(), Some(ClientSecretError::Missing));
        assert_eq!(ClientSecret::parse("a\0b").err(), Some(ClientSecretError::HoldsNul));
        assert_eq!(ClientSecret::parse("a\nb").err(), Some(ClientSecretError::HoldsLineEnd));
    }

    #[test]
    fn unusual_secrets_are_taken_with_advice() -> Result<(), ClientSecretError> {
        assert_eq!(ClientSecret::parse(&entra_shaped())?.advice(), None);
        assert_eq!(ClientSecret::parse("[6gyXA5S20@MN+")?.advice(), Some(SecretAdvice::UnusualShape));
        assert_eq!(ClientSecret::parse("Ab3*************")?.advice(), Some(SecretAdvice::Masked));
        assert_eq!(ClientSecret::parse("••••••••")?.advice(), Some(SecretAdvice::Masked));
        Ok(())
    }

    #[test]
    fn it_never_prints() -> Result<(), ClientSecretError> {
        let secret = ClientSecret::parse("hunter2")?;
        assert_eq!(format!("{secret:?}"), "[secret]");
        Ok(())
    }
}
