//! The client secret: the Value that the portal shows once.

use std::fmt;

use zeroize::Zeroizing;

use super::SecretText;
use super::entra_shape::has_entra_shape;
use super::guid::parse_guid;
use super::pasted::{self, Pasted};

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
         if it is gone, create a new client secret."
    )]
    LooksLikeSecretId,
    /// A NUL character, which no connection string can hold.
    #[error("This contains an invalid character (NUL). Copy the Value again.")]
    HoldsNul,
    /// A whole connection string.
    #[error(
        "This is a whole connection string, not the client secret in it. Copy only the Value behind “ClientSecret=”, or \
         paste the whole text in the app to fill in all the fields."
    )]
    IsConnectionString,
    /// A line break inside: two lines were copied.
    #[error("This contains a line break. Copy only the Value, without the lines around it.")]
    HoldsLineEnd,
}

impl ClientSecretError {
    /// The refusal's public id.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "secret_missing",
            Self::LooksLikeSecretId => "secret_is_guid",
            Self::IsConnectionString => "secret_is_connection_string",
            Self::HoldsNul | Self::HoldsLineEnd => "secret_unusable",
        }
    }
}

/// Whether a secret in the form of a GUID is taken: the Secret ID of the portal has that form, but HashiCorp Vault and
/// old versions of the Azure CLI made such secrets too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GuidSecret {
    /// It is refused as the Secret ID.
    #[default]
    Refused,
    /// A person has said that it is the secret itself.
    Accepted,
}

/// What is unusual about a secret that may still be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretAdvice {
    /// Not shaped like the secrets that Microsoft Entra ID makes today.
    UnusualShape,
    /// Ends in `…`, or holds bullets or asterisks only: the masked text of the portal's list was copied.
    Masked,
    /// A template's name for it, such as `{ClientSecret}`.
    Placeholder,
    /// In the form of a GUID.
    Guid,
    /// Holds a character that shows no picture.
    InvisibleInside,
    /// Stands in straight quotes.
    InQuotes,
    /// Holds a character beyond ASCII.
    NotAscii,
    /// Holds a space, a bracket of a tag or the like: more than the secret was copied.
    ExtraText,
}

impl SecretAdvice {
    /// The advice as a sentence for the person who typed the secret.
    pub fn text(self) -> &'static str {
        match self {
            SecretAdvice::UnusualShape => {
                "Unusual for a client secret created today (40 characters with “Q~” in them). If the test fails, copy \
                 the Value again."
            }
            SecretAdvice::Masked => {
                "This looks like the portal's masked text, not the secret itself. The Value can be copied only right \
                 after the secret is created."
            }
            SecretAdvice::Placeholder => {
                "This is a placeholder from a template, not the secret itself. Put the Value from Certificates & secrets in \
                 its place."
            }
            SecretAdvice::Guid => {
                "This looks like a Secret ID. Use it only if HashiCorp Vault or an old version of the Azure CLI \
                 created it as the secret itself; Microsoft Entra ID rejects a Secret ID."
            }
            SecretAdvice::InvisibleInside => {
                "This contains an invisible character, which no client secret has. Copy the Value again."
            }
            SecretAdvice::InQuotes => {
                "This is in quotes, which count as part of the secret. Remove them if they do not belong to it."
            }
            SecretAdvice::ExtraText => {
                "This contains a space or a character such as “<”, “>” or “\\” that Microsoft Entra ID does not use in \
                 secrets. Text behind the secret may have been copied with it: copy only the Value."
            }
            SecretAdvice::NotAscii => {
                "This contains a character that Microsoft Entra ID does not use in secrets, such as “–” or “é”. An \
                 e-mail program or text editor may have changed it: copy the Value again."
            }
        }
    }

    /// The advice's public id.
    pub fn code(self) -> &'static str {
        match self {
            SecretAdvice::UnusualShape => "secret_unusual",
            SecretAdvice::Masked => "secret_masked",
            SecretAdvice::Placeholder => "secret_placeholder",
            SecretAdvice::Guid => "secret_is_guid",
            SecretAdvice::InvisibleInside => "secret_unusable",
            SecretAdvice::InQuotes => "secret_in_quotes",
            SecretAdvice::NotAscii => "secret_not_ascii",
            SecretAdvice::ExtraText => "secret_extra_text",
        }
    }

    /// Whether such a secret can sign in at all. One that cannot is not sent.
    pub fn can_be_right(self) -> bool {
        !matches!(self, SecretAdvice::Masked | SecretAdvice::Placeholder | SecretAdvice::InvisibleInside)
    }
}

impl ClientSecret {
    /// Reads a secret as it was pasted; one in the form of a GUID is refused. As [`ClientSecret::parse_pasted`].
    pub fn parse(text: &str) -> Result<ClientSecret, ClientSecretError> {
        ClientSecret::parse_pasted(text, GuidSecret::Refused).map(|pasted| pasted.value)
    }

    /// Reads a secret as it was pasted: what can be no part of one goes from its ends, the inside is never touched.
    pub fn parse_pasted(text: &str, guid: GuidSecret) -> Result<Pasted<ClientSecret>, ClientSecretError> {
        if pasted::is_connection_string(text) {
            return Err(ClientSecretError::IsConnectionString);
        }
        let pasted = pasted::peel_secret(text);
        let secret = ClientSecret::parse_exact(pasted.value)?;
        if guid == GuidSecret::Refused && secret.is_guid() {
            return Err(ClientSecretError::LooksLikeSecretId);
        }
        Ok(pasted.map(|_| secret))
    }

    /// Takes a secret from where it is kept or made: the vault, Microsoft Graph. Nothing but spaces at the ends goes, and
    /// one in the form of a GUID is taken.
    pub fn parse_exact(text: &str) -> Result<ClientSecret, ClientSecretError> {
        let text = text.trim();
        if text.is_empty() {
            Err(ClientSecretError::Missing)
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

    /// Whether it has the form of a GUID, whatever quotes or brackets stand around it.
    pub fn is_guid(&self) -> bool {
        let text = self.0.expose();
        parse_guid(text).is_some() || pasted::holds_only_guids(text)
    }

    /// What is unusual about it, if anything: the worst of it.
    pub fn advice(&self) -> Option<SecretAdvice> {
        let text = self.0.expose();
        let in_quotes = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        if has_entra_shape(text) {
            return None;
        }
        // Quotes and brackets around a mask or a placeholder make no secret of it.
        let inside = Zeroizing::new(pasted::peel(text).text);
        if is_mask(bare(text)) {
            Some(SecretAdvice::Masked)
        } else if pasted::is_placeholder(text) || pasted::is_placeholder(&inside) {
            Some(SecretAdvice::Placeholder)
        } else if self.is_guid() {
            Some(SecretAdvice::Guid)
        } else if text.contains(pasted::is_invisible) {
            Some(SecretAdvice::InvisibleInside)
        } else if in_quotes('"') || in_quotes('\'') || in_quotes('`') {
            Some(SecretAdvice::InQuotes)
        } else if !text.is_ascii() {
            Some(SecretAdvice::NotAscii)
        } else if holds_extra_text(text) {
            Some(SecretAdvice::ExtraText)
        } else {
            Some(SecretAdvice::UnusualShape)
        }
    }
}

/// `text` without quotes, brackets and commas around it.
fn bare(text: &str) -> &str {
    let is_around = |c: char| c.is_whitespace() || pasted::is_typographic_quote(c) || "\"'`<>()[];,".contains(c);
    text.trim_matches(is_around)
}

/// What portals, logs and chats show in place of a secret: `•••`, `***`, `Ab3****`, `Ab3…`, `***REDACTED***`, `(hidden)`.
fn is_mask(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, '*' | '•' | '●' | '∙' | '·' | '⬤' | '…');
    let marks = text.chars().filter(|c| is_mark(*c)).count();
    let length = text.chars().count();
    // The portal lists an old secret as its first three characters and a row of asterisks.
    let is_portals = length > 4 && text.chars().skip(3).all(is_mark);
    let ends_in_a_row = marks >= 4 && text.chars().rev().take(4).all(is_mark);
    let around_a_word = marks >= 4 && text.chars().all(|c| is_mark(c) || c.is_ascii_alphabetic());
    let is_short_for_it = text.ends_with('…') || (text.ends_with("...") && length <= 16);
    is_short_for_it
        || (marks == length && length > 0)
        || is_portals
        || ends_in_a_row
        || around_a_word
        || says_it_is_hidden(text)
}

/// `REDACTED`, `(hidden)`, `<masked secret>`: words that a log or a tool puts in place of a secret.
fn says_it_is_hidden(text: &str) -> bool {
    const HIDDEN: [&str; 8] =
        ["hidden", "redacted", "masked", "omitted", "removed", "obfuscated", "sanitized", "concealed"];
    const WITH: [&str; 8] = ["secret", "client", "value", "by", "for", "security", "sensitive", "password"];
    let lowered = text.to_ascii_lowercase();
    let words = || lowered.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    text.len() <= 60
        && text.chars().all(|c| c.is_ascii_alphabetic() || " _-*()[]<>{}.#".contains(c))
        && words().any(|word| HIDDEN.contains(&word))
        && words().all(|word| HIDDEN.contains(&word) || WITH.contains(&word))
}

/// Whether `text` holds what no secret of Microsoft Entra ID does, or a mark of formatting at its end.
fn holds_extra_text(text: &str) -> bool {
    let is_foreign = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '`' | '\\');
    // A line of a file or an address went on.
    const ENDS: [&str; 6] = ["**", "\",", "\";", "%0A", "%0D", "%20"];
    text.contains(is_foreign) || ENDS.iter().any(|end| text.ends_with(end))
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
    fn a_whole_connection_string_is_no_secret() {
        let url = "https://contoso.crm4.dynamics.com";
        for text in [
            format!("AuthType=ClientSecret;Url={url};ClientId=x;ClientSecret=abc"),
            format!("authtype=clientsecret; url={url}"),
            format!("Url={url};ClientId=x;ClientSecret=\"a;b\""),
            "ClientId=x;ClientSecret=abc;".to_owned(),
            "ClientSecret=abc;AuthType=ClientSecret".to_owned(),
            "AppId=x;Secret=abc".to_owned(),
            format!("ServiceUri={url};ClientSecret=abc"),
            format!("Service Uri = {url}\n;AuthType=ClientSecret"),
            format!("\"AuthType=ClientSecret;Url={url};ClientId=x;ClientSecret={}\"", entra_shaped()),
            format!("$cs = \"AuthType=ClientSecret;Url={url};ClientSecret=abc\""),
            format!("Connect(\"AppId=x;Url={url}\")"),
        ] {
            assert_eq!(ClientSecret::parse(&text).err(), Some(ClientSecretError::IsConnectionString), "{text}");
        }
        for text in ["ClientSecret=abc;", "a;b=c;d=e", "Secret=x", "k=v;url=1", "=;=;="] {
            assert!(ClientSecret::parse(text).is_ok(), "{text}");
        }
        assert!(ClientSecret::parse_exact("Url=x;ClientId=y").is_ok(), "what is kept is taken as it is");
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
    fn what_signs_in_nowhere_is_told_apart_from_what_may() -> Result<(), ClientSecretError> {
        use SecretAdvice as A;
        for (text, advice) in [
            ("sim******************", A::Masked),
            ("*****", A::Masked),
            ("***REDACTED***", A::Masked),
            ("ab3***", A::Masked),
            ("ab3**", A::Masked),
            ("ab3d4****", A::Masked),
            ("***", A::Masked),
            ("***PRIVATE***", A::Masked),
            ("*****,", A::Masked),
            ("sim••••••;", A::Masked),
            ("'\"*****\"'", A::Masked),
            ("(hidden)", A::Masked),
            ("(redacted)", A::Masked),
            ("*hidden*", A::Masked),
            ("REDACTED_SECRET", A::Masked),
            ("MASKED", A::Masked),
            ("hidden", A::Masked),
            ("<masked secret>", A::Masked),
            ("[REDACTED]", A::Masked),
            ("\"*****\"", A::Masked),
            ("'••••••'", A::Masked),
            ("(*****)", A::Masked),
            ("\"{ClientSecret}\"", A::Placeholder),
            ("'xxx'", A::Placeholder),
            ("(your client secret)", A::Placeholder),
            ("Ab3…", A::Masked),
            ("Ab3...", A::Masked),
            ("●●●●●●●●", A::Masked),
            ("{ClientSecret}", A::Placeholder),
            ("$(BuildTools.ClientSecret)", A::Placeholder),
            ("[YOUR_CLIENT_SECRET]", A::Placeholder),
            ("xxx", A::Placeholder),
            ("a\u{200b}b", A::InvisibleInside),
            ("a\u{1}b", A::InvisibleInside),
            ("\"abc\"", A::InQuotes),
            ("'a;b'", A::InQuotes),
            ("ab–cd", A::NotAscii),
            ("sim8Q-THIS # prod", A::ExtraText),
            ("sim8Q-THIS (see ticket 12)", A::ExtraText),
            ("sim8Q-THIS, thanks", A::ExtraText),
            ("sim8Q-THIS\"/>", A::ExtraText),
            ("sim8Q-THIS</value>", A::ExtraText),
            ("sim8Q-THIS</connectionString>", A::ExtraText),
            ("sim8Q-THIS**", A::ExtraText),
            ("sim8Q-THIS`", A::ExtraText),
            ("sim8Q-THIS\\n", A::ExtraText),
            ("sim8Q <THIS>", A::ExtraText),
            ("sim8Q-THIS\",", A::ExtraText),
            ("sim8Q-THIS%0A", A::ExtraText),
            ("${secret:-x}", A::Placeholder),
            ("a b", A::ExtraText),
            ("[6gyXA5S20@MN+", A::UnusualShape),
            (":?/@=.-_[]*", A::UnusualShape),
            ("a;b=c", A::UnusualShape),
            ("unhidden", A::UnusualShape),
            ("a*b**c", A::UnusualShape),
            ("hunter2", A::UnusualShape),
            ("hidden7", A::UnusualShape),
            ("abc*", A::UnusualShape),
            ("\"", A::UnusualShape),
        ] {
            let secret = ClientSecret::parse(text)?;
            assert_eq!((secret.expose(), secret.advice()), (text, Some(advice)));
            let signs_in_nowhere = matches!(advice, A::Masked | A::Placeholder | A::InvisibleInside);
            assert_eq!(advice.can_be_right(), !signs_in_nowhere, "{text}");
        }
        assert_eq!(ClientSecret::parse_exact("“••••••”")?.advice(), Some(A::Masked), "an old vault has it");
        Ok(())
    }

    #[test]
    fn each_advice_says_what_it_is_about_and_what_to_do() {
        use SecretAdvice as A;
        for (advice, what, to_do) in [
            (A::UnusualShape, "Unusual", "copy the Value again"),
            (A::Masked, "masked", "only right after the secret is created"),
            (A::Placeholder, "placeholder", "Put the Value"),
            (A::Guid, "Secret ID", "Use it only if"),
            (A::InvisibleInside, "invisible", "Copy the Value again"),
            (A::InQuotes, "quotes", "Remove them"),
            (A::NotAscii, "does not use", "copy the Value again"),
            (A::ExtraText, "copied with it", "copy only the Value"),
        ] {
            assert!(advice.text().contains(what) && advice.text().contains(to_do), "{}", advice.text());
        }
    }

    #[test]
    fn a_guid_is_a_secret_only_for_who_says_so() -> Result<(), ClientSecretError> {
        let guid = "11112222-aaaa-3333-bbbb-4444cccc5555";
        for spelling in [
            guid.to_owned(),
            guid.to_uppercase(),
            guid.replace('-', ""),
            format!("{{{guid}}}"),
            format!("urn:uuid:{guid}"),
            format!(" {guid}\r\n"),
            format!("\u{feff}{guid}"),
            format!("“{guid}”"),
            format!("Secret ID: {guid}"),
            format!("Value: {guid}"),
            format!("\"{guid}\""),
            format!("'{guid}'"),
            format!("{guid};"),
            format!("{guid}."),
            format!("{guid},"),
            format!("({guid})"),
            format!("[{guid}]"),
            guid.replace('-', "\u{2013}"),
            format!("{guid}{guid}"),
            format!("{guid} {guid}"),
            guid.replace('-', " - "),
            "00000000-0000-0000-0000-000000000000".to_owned(),
        ] {
            assert_eq!(ClientSecret::parse(&spelling).err(), Some(ClientSecretError::LooksLikeSecretId), "{spelling}");
            assert!(ClientSecret::parse_pasted(&spelling, GuidSecret::Accepted)?.value.is_guid(), "{spelling}");
        }
        let pasted = ClientSecret::parse_pasted(&format!("Value: {guid}"), GuidSecret::Accepted)?;
        assert_eq!((pasted.value.expose(), pasted.value.advice()), (guid, Some(SecretAdvice::Guid)));
        assert_eq!(ClientSecret::parse_exact(guid)?.expose(), guid, "a kept one is taken as it is");
        Ok(())
    }

    #[test]
    fn it_never_prints() -> Result<(), ClientSecretError> {
        let secret = ClientSecret::parse("hunter2")?;
        assert_eq!(format!("{secret:?}"), "[secret]");
        Ok(())
    }
}
