//! What was sent: enough to judge it, and never a secret.

use hyper::header::HeaderMap;
use serde::Serialize;

/// One request as it arrived.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    pub host: String,
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers' names, in lower case.
    pub headers: Vec<String>,
    /// The names of a form's fields.
    pub form: Vec<String>,
    /// SHA-256 of the form's client secret.
    pub secret_sha256: Option<String>,
    /// Whether any secret of the world stands anywhere in the request, as it is or percent-encoded.
    pub carries_secret: bool,
    /// Whether a bearer token was sent.
    pub carries_token: bool,
    /// The host that the bearer token was given out for, when it was given out here.
    pub token_for: Option<String>,
    pub http_version: String,
}

/// All that was recorded.
#[derive(Default)]
pub struct Recorder {
    pub requests: Vec<Recorded>,
    pub connections: Vec<String>,
    /// Requests that are being answered at this moment.
    pub open: usize,
    /// Requests that were ever left without an answer.
    pub hanging: usize,
}

/// A request taken apart for the record.
pub struct Seen<'a> {
    pub host: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub http_version: String,
}

impl Recorded {
    pub fn new(seen: &Seen<'_>, form: &[(String, String)], secrets: &[String]) -> Recorded {
        let mut bytes = seen.path.as_bytes().to_vec();
        bytes.push(b'\n');
        for value in seen.headers.values() {
            bytes.extend_from_slice(value.as_bytes());
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(seen.body);
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        let encoded = |secret: &str| url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        Recorded {
            host: seen.host.to_owned(),
            method: seen.method.to_owned(),
            path: seen.path.to_owned(),
            headers: seen.headers.keys().map(ToString::to_string).collect(),
            form: form.iter().map(|(name, _)| name.clone()).collect(),
            secret_sha256: form
                .iter()
                .find(|(name, _)| name == "client_secret")
                .map(|(_, secret)| super::hash_of(secret)),
            carries_secret: secrets.iter().any(|secret| whole.contains(secret) || whole.contains(&encoded(secret))),
            carries_token: whole.contains("Bearer eyJ"),
            token_for: None,
            http_version: seen.http_version.clone(),
        }
    }
}
