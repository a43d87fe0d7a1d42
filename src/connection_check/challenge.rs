//! Reads the challenge of an environment (`WWW-Authenticate: Bearer authorization_uri=…, resource_id=…`) and
//! decides whether it may be followed.
//!
//! The reader is tolerant: quotes or none, commas or spaces, any case, any order, several schemes and header
//! lines. The judge is not: from a challenge only a tenant's GUID is ever taken, and only when it names a sign-in
//! host of the environment's own cloud. The address typed may be a trap, and a server that gets the secret keeps it.

use url::{Host, Url};
use uuid::Uuid;

use crate::cloud::Cloud;
use crate::profile::EnvironmentUrl;

/// Why a challenge is not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChallengeError {
    /// There is no challenge for a bearer token.
    Missing,
    /// There is one, but it cannot be read.
    Malformed(String),
    /// It names a sign-in server that is not Microsoft's.
    AuthorityUntrusted(String),
    /// It names the sign-in server of another cloud.
    CloudMismatch(String),
    /// It wants a token for another organization.
    ResourceMismatch(String),
}

impl ChallengeError {
    /// The diagnosis' public code.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Missing => "challenge_missing",
            Self::Malformed(_) => "challenge_malformed",
            Self::AuthorityUntrusted(_) => "authority_untrusted",
            Self::CloudMismatch(_) => "cloud_mismatch",
            Self::ResourceMismatch(_) => "resource_mismatch",
        }
    }

    /// What exactly was found.
    pub(super) fn detail(&self) -> &str {
        match self {
            Self::Missing => "",
            Self::Malformed(detail)
            | Self::AuthorityUntrusted(detail)
            | Self::CloudMismatch(detail)
            | Self::ResourceMismatch(detail) => detail,
        }
    }
}

/// The parameters of one `Bearer` challenge, their names in lower case.
type Parameters = Vec<(String, String)>;

/// The tenant that the header lines name for `environment`.
pub(super) fn tenant_of<'a>(
    lines: impl IntoIterator<Item = &'a [u8]>,
    environment: &EnvironmentUrl,
) -> Result<Uuid, ChallengeError> {
    let challenges: Vec<Parameters> =
        lines.into_iter().flat_map(|line| bearer_challenges(&String::from_utf8_lossy(line))).collect();
    if challenges.is_empty() {
        return Err(ChallengeError::Missing);
    }
    // Every value given has to be fit to follow: a second, foreign one is not passed over.
    let mut tenant = None;
    for (name, value) in challenges.iter().flatten() {
        if matches!(name.as_str(), "authorization_uri" | "authorization") {
            let named = judge_authority(value, environment.cloud())?;
            if tenant.is_some_and(|tenant| tenant != named) {
                return Err(ChallengeError::Malformed("It names two different tenants".to_owned()));
            }
            tenant = Some(named);
        }
    }
    for (name, value) in challenges.iter().flatten() {
        if matches!(name.as_str(), "resource_id" | "resource") {
            judge_resource(value, environment)?;
        }
    }
    tenant.ok_or_else(|| ChallengeError::Malformed("It does not name a sign-in address".to_owned()))
}

/// The tenant in an authority such as `https://login.microsoftonline.com/<guid>/oauth2/authorize`.
fn judge_authority(value: &str, cloud: Cloud) -> Result<Uuid, ChallengeError> {
    let unreadable = || ChallengeError::Malformed("Its sign-in address cannot be read".to_owned());
    let url = Url::parse(value).map_err(|_| unreadable())?;
    let host = match url.host() {
        Some(Host::Domain(host)) => host.to_owned(),
        Some(host) => return Err(ChallengeError::AuthorityUntrusted(format!("It names the server {host}"))),
        None => return Err(unreadable()),
    };
    let untrusted = |what: &str| ChallengeError::AuthorityUntrusted(format!("It names the server {host}{what}"));
    if url.scheme() != "https" {
        return Err(untrusted(" without https"));
    }
    // Readers of addresses pass over tabs and decode "%2e"; Microsoft writes the name as it is.
    let plain = format!("https://{host}");
    if !value.get(..plain.len()).is_some_and(|start| start.eq_ignore_ascii_case(&plain)) {
        return Err(untrusted(", whose host name is encoded in a misleading way"));
    }
    if !url.username().is_empty() || url.password().is_some() || value.split(['?', '#']).next() != Some(value) {
        return Err(untrusted(", with parts that do not belong in a sign-in address"));
    }
    if url.port().is_some() {
        return Err(untrusted(" with a port number"));
    }
    if !cloud.is_sign_in_host(&host) {
        return Err(match Cloud::signing_in_at(&host) {
            Some(_) => ChallengeError::CloudMismatch(format!("It names the server {host}")),
            None => untrusted(""),
        });
    }
    let tenant = url.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
    // Hyphenated only: other spellings of a GUID are not what Microsoft sends.
    let tenant = if tenant.len() == 36 { Uuid::try_parse(tenant).ok() } else { None };
    tenant.filter(|tenant| !tenant.is_nil()).ok_or_else(|| {
        ChallengeError::Malformed("Its sign-in address does not identify the tenant by a GUID".to_owned())
    })
}

/// Refuses a resource that is not the environment typed, or its API twin.
fn judge_resource(value: &str, environment: &EnvironmentUrl) -> Result<(), ChallengeError> {
    let mismatch = |named: &str| ChallengeError::ResourceMismatch(format!("It asks for a token for {named}"));
    let url = Url::parse(value).map_err(|_| mismatch("an address that cannot be read"))?;
    let host = url.host_str().unwrap_or("an address without a host name");
    let is_plain =
        url.scheme() == "https" && url.port().is_none() && url.username().is_empty() && url.password().is_none();
    if is_plain && environment.is_at(host) { Ok(()) } else { Err(mismatch(host)) }
}

/// Every `Bearer` challenge of one header line, which may also hold other schemes.
fn bearer_challenges(line: &str) -> Vec<Parameters> {
    let mut challenges = Vec::new();
    let mut in_bearer = false;
    for word in words(line) {
        match word {
            Word::Scheme(scheme) => {
                in_bearer = scheme.eq_ignore_ascii_case("bearer");
                if in_bearer {
                    challenges.push(Parameters::new());
                }
            }
            Word::Parameter(name, value) => {
                if let (true, Some(challenge)) = (in_bearer, challenges.last_mut()) {
                    challenge.push((name, value));
                }
            }
        }
    }
    challenges
}

enum Word {
    Scheme(String),
    Parameter(String, String),
}

/// Splits a header line at commas and spaces outside quotes. A word with `=` is a parameter, one without
/// is a scheme. Spaces around `=` belong to it.
fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace() || c.is_control());
        if rest.is_empty() {
            return words;
        }
        let end = rest.find(|c: char| c == ',' || c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = &rest[..end];
        let after = rest[end..].trim_start();
        match after.strip_prefix('=') {
            Some(after) => {
                let (value, behind) = value(after.trim_start());
                if !name.is_empty() {
                    words.push(Word::Parameter(name.to_ascii_lowercase(), value));
                }
                rest = behind;
            }
            None => {
                words.push(Word::Scheme(name.to_owned()));
                rest = &rest[end..];
            }
        }
    }
}

/// A value, quoted or bare, and what stands behind it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(text.len());
        return (text[..end].trim_matches('\'').to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    // The closing quote is missing: the rest of the line is the value.
    (value, "")
}

#[cfg(test)]
#[path = "challenge_tests.rs"]
mod tests;
