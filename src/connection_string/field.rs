//! The names and values that Microsoft's client knows.
//!
//! Source: microsoft/PowerPlatform-DataverseServiceClient, `DynamicCrmConstants.cs`,
//! `DataverseConnectionStringProcessor.cs` and `ConnectionService.cs`.

use std::fmt;
use std::hash::{Hash, Hasher};

use zeroize::Zeroizing;

/// One of the four values that make a client-secret connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// How to sign in.
    AuthType,
    /// The environment's address.
    Url,
    /// The Application (client) ID.
    ClientId,
    /// The client secret's Value.
    ClientSecret,
}

impl Field {
    /// The four in the order in which they are written.
    pub const ALL: [Field; 4] = [Field::AuthType, Field::Url, Field::ClientId, Field::ClientSecret];

    /// The key under which the field is written.
    pub fn key(self) -> &'static str {
        match self {
            Field::AuthType => "AuthType",
            Field::Url => "Url",
            Field::ClientId => "ClientId",
            Field::ClientSecret => "ClientSecret",
        }
    }

    /// The keys under which the client looks for the field: the first of these that is not empty wins, wherever
    /// in the text it stands.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Field::AuthType => &["AuthType", "AuthenticationType"],
            Field::Url => &["ServiceUri", "Service Uri", "Url", "Server"],
            Field::ClientId => &["ClientId", "AppId", "ApplicationId"],
            Field::ClientSecret => &["ClientSecret", "Secret"],
        }
    }

    /// The field that `key` names, if it names one.
    pub fn of_key(key: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.aliases().iter().any(|alias| same_key(alias, key)))
    }
}

/// Keys of Microsoft's client beyond the four fields.
const OTHER_KNOWN_KEYS: [&str; 21] = [
    "UserName",
    "User Name",
    "UserId",
    "User Id",
    "Password",
    "Domain",
    "HomeRealmUri",
    "Home Realm Uri",
    "RequireNewInstance",
    "RedirectUri",
    "ReplyUrl",
    "TokenCacheStorePath",
    "LoginPrompt",
    "CertificateThumbprint",
    "Thumbprint",
    "CertificateStoreName",
    "StoreName",
    "SkipDiscovery",
    "Integrated Security",
    // Of the older CrmServiceClient alone.
    "CertThumbprint",
    "Timeout",
];

/// Whether Microsoft's client does something with `key`.
pub(super) fn is_known_key(key: &str) -> bool {
    Field::of_key(key).is_some() || OTHER_KNOWN_KEYS.iter().any(|known| same_key(known, key))
}

/// Whether two keys are one to the client, which lowers them character by character.
pub(super) fn same_key(one: &str, other: &str) -> bool {
    one.chars().map(lower).eq(other.chars().map(lower))
}

/// A key in the form in which keys are compared.
#[derive(PartialEq, Eq)]
pub(super) struct FoldedKey(Zeroizing<String>);

impl FoldedKey {
    /// Folds `key`. Lowering a character can lengthen it, so the buffer has room for the longest: no copy is left.
    pub(super) fn of(key: &str) -> FoldedKey {
        let mut folded = Zeroizing::new(String::with_capacity(4 * key.len()));
        folded.extend(key.chars().map(lower));
        FoldedKey(folded)
    }
}

impl Hash for FoldedKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

/// The lower-case form where it is one character, as .NET's invariant casing has it.
fn lower(c: char) -> char {
    let mut lowered = c.to_lowercase();
    match (lowered.next(), lowered.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// How a connection signs in, as the client's `AuthenticationType` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthType {
    /// Active Directory, on premises.
    Ad,
    /// A user signs in.
    OAuth,
    /// A certificate.
    Certificate,
    /// Client id and client secret: what this product is about.
    ClientSecret,
    /// The calling program brings its own token.
    ExternalTokenManagement,
    /// Missing or not understood; the client refuses the connection.
    InvalidConnection,
    /// A number that stands for nothing; .NET accepts it anyway.
    Undefined(i32),
}

const NAMED: [(AuthType, &str, i32); 6] = [
    (AuthType::Ad, "AD", 0),
    (AuthType::OAuth, "OAuth", 5),
    (AuthType::Certificate, "Certificate", 6),
    (AuthType::ClientSecret, "ClientSecret", 7),
    (AuthType::ExternalTokenManagement, "ExternalTokenManagement", 99),
    (AuthType::InvalidConnection, "InvalidConnection", -1),
];

impl AuthType {
    /// Reads as .NET's `Enum.TryParse` does: case matters, numbers are taken, names between commas are combined.
    /// What it refuses is [`AuthType::InvalidConnection`], as in the client.
    pub fn parse(text: &str) -> AuthType {
        let text = text.trim();
        let number = if text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') {
            text.parse().ok()
        } else {
            text.split(',').try_fold(0, |sum, part| {
                let (_, _, number) = NAMED.iter().find(|(_, name, _)| *name == part.trim())?;
                Some(sum | number)
            })
        };
        number.map_or(AuthType::InvalidConnection, AuthType::of_number)
    }

    fn of_number(number: i32) -> AuthType {
        NAMED.iter().find(|(_, _, known)| *known == number).map_or(AuthType::Undefined(number), |(named, _, _)| *named)
    }

    /// The type that `text` would name if its case were right.
    pub(super) fn ignoring_case(text: &str) -> Option<&'static str> {
        NAMED.iter().map(|(_, name, _)| *name).find(|name| name.eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for AuthType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMED.iter().find(|(named, _, _)| named == self) {
            Some((_, name, _)) => formatter.write_str(name),
            None => match self {
                AuthType::Undefined(number) => write!(formatter, "{number}"),
                _ => formatter.write_str("InvalidConnection"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auth_types_are_read_as_dotnet_reads_an_enum() {
        let cases = [
            ("ClientSecret", "ClientSecret"),
            (" ClientSecret ", "ClientSecret"),
            ("clientsecret", "InvalidConnection"),
            ("7", "ClientSecret"),
            ("+7", "ClientSecret"),
            ("-1", "InvalidConnection"),
            ("42", "42"),
            ("99999999999", "InvalidConnection"),
            ("AD,ClientSecret", "ClientSecret"),
            ("ClientSecret,ClientSecret", "ClientSecret"),
            ("ClientSecret,", "InvalidConnection"),
            ("7x", "InvalidConnection"),
            ("Office365", "InvalidConnection"),
            ("", "InvalidConnection"),
        ];
        for (text, name) in cases {
            assert_eq!(AuthType::parse(text).to_string(), name, "{text}");
        }
    }

    #[test]
    fn keys_are_compared_without_case() {
        assert_eq!(Field::of_key("SERVICE uri"), Some(Field::Url));
        assert_eq!(Field::of_key("ClİentId"), None);
        assert!(is_known_key("integrated security"));
        assert!(!is_known_key("TenantId"));
    }
}
