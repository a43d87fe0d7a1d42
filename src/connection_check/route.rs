//! The decision which proxy requests go through, and what is told to it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::HeaderValue;
use url::Url;
use zeroize::Zeroizing;

use super::{NetworkError, ProxyChoice};
use crate::platform::proxy::WindowsProxy;
use crate::profile::ProxyCredentials;

/// The decision which proxy to use.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Way {
    Direct,
    /// The library reads the environment variables itself, `NO_PROXY` with them.
    Environment(String),
    Windows(WindowsProxy),
    Manual(Url),
}

impl Way {
    pub(super) fn find(
        choice: &ProxyChoice,
        environment: Option<String>,
        windows: Option<WindowsProxy>,
    ) -> Result<Way, NetworkError> {
        match (choice, environment, windows) {
            (ProxyChoice::None, ..) => Ok(Way::Direct),
            (ProxyChoice::Manual(address), ..) => Ok(Way::Manual(read_proxy(address)?)),
            (ProxyChoice::System, Some(address), _) => Ok(Way::Environment(address)),
            (ProxyChoice::System, None, Some(windows)) => Ok(Way::Windows(windows)),
            (ProxyChoice::System, None, None) => Ok(Way::Direct),
        }
    }

    /// `builder` with this way out; `credentials` go to the proxy alone.
    pub(super) fn apply(
        &self,
        builder: reqwest::ClientBuilder,
        credentials: Option<&ProxyCredentials>,
    ) -> reqwest::ClientBuilder {
        let proxy = match self {
            Way::Direct => return builder.no_proxy(),
            Way::Environment(address) => match (credentials, read_proxy(address)) {
                (Some(_), Ok(address)) => {
                    let pick = move |_: &Url| Some(address.clone());
                    reqwest::Proxy::custom(pick).no_proxy(reqwest::NoProxy::from_env())
                }
                _ => return builder,
            },
            Way::Windows(windows) => {
                let windows = windows.clone();
                reqwest::Proxy::custom(move |url: &Url| Url::parse(windows.for_https_to(url.host_str()?)?).ok())
            }
            Way::Manual(address) => {
                let address = address.clone();
                reqwest::Proxy::custom(move |_| Some(address.clone()))
            }
        };
        let proxy = match credentials.and_then(basic) {
            Some(header) => proxy.custom_http_auth(header),
            None => proxy,
        };
        builder.no_proxy().proxy(proxy)
    }

    /// The proxy's address for a request to `host`, as far as this program knows it.
    pub(super) fn proxy_for(&self, host: &str) -> Option<Url> {
        match self {
            Way::Direct => None,
            Way::Environment(address) => read_proxy(address).ok(),
            Way::Windows(windows) => Url::parse(windows.for_https_to(host)?).ok(),
            Way::Manual(address) => Some(address.clone()),
        }
    }

    /// The way in words, without anybody's password.
    pub(super) fn describe(&self) -> String {
        match self {
            Way::Direct => "directly, without a proxy".to_owned(),
            Way::Environment(address) => format!("proxy {} (environment variable)", without_password(address)),
            Way::Windows(windows) => {
                format!("proxy {} (Windows settings)", without_password(windows.https().unwrap_or_default()))
            }
            Way::Manual(address) => format!("proxy {} (this program's settings)", without_password(address.as_str())),
        }
    }
}

/// Reads a proxy's address as people type it.
fn read_proxy(text: &str) -> Result<Url, NetworkError> {
    let text = text.trim();
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&with_scheme).map_err(|_| NetworkError::Proxy)?;
    let usable = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    usable.then_some(url).ok_or(NetworkError::Proxy)
}

/// A proxy's address to show: scheme, host and port. User names and passwords never get into a report.
fn without_password(address: &str) -> String {
    match read_proxy(address) {
        Ok(url) => {
            let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
        }
        Err(_) => "(unreadable address)".to_owned(),
    }
}

/// The environment's proxy for https, in the order in which the HTTP library looks.
pub(super) fn proxy_from_environment() -> Option<String> {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
}

/// `Proxy-Authorization: Basic` (RFC 7617), in a buffer that is wiped and that the library keeps from its logs.
fn basic(credentials: &ProxyCredentials) -> Option<HeaderValue> {
    let (user, password) = (&credentials.user, credentials.password.expose());
    let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + 1 + password.len()));
    for part in [user.as_bytes(), b":", password.as_bytes()] {
        pair.extend_from_slice(part);
    }
    let mut header = Zeroizing::new(vec![0; 6 + pair.len().div_ceil(3) * 4]);
    header[..6].copy_from_slice(b"Basic ");
    STANDARD.encode_slice(&*pair, &mut header[6..]).ok()?;
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(header)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SecretText;

    #[test]
    fn the_environment_comes_before_windows_and_a_choice_before_both() -> Result<(), NetworkError> {
        let windows = || Some(WindowsProxy::parse("win:1", ""));
        let environment = || Some("http://env:2".to_owned());
        let describe =
            |choice, environment, windows| Way::find(&choice, environment, windows).map(|way| way.describe());
        assert!(describe(ProxyChoice::System, environment(), windows())?.contains("http://env:2"));
        assert!(describe(ProxyChoice::System, None, windows())?.contains("http://win:1"));
        assert!(describe(ProxyChoice::System, None, None)?.contains("directly"));
        assert!(describe(ProxyChoice::None, environment(), windows())?.contains("directly"));
        assert!(describe(ProxyChoice::Manual("man:3".into()), environment(), windows())?.contains("http://man:3"));
        Ok(())
    }

    #[test]
    fn a_proxys_password_is_not_shown() -> Result<(), NetworkError> {
        let way = Way::find(&ProxyChoice::Manual("http://user:hunter2@proxy:8080".into()), None, None)?;
        assert_eq!(way.describe(), "proxy http://proxy:8080 (this program's settings)");
        Ok(())
    }

    #[test]
    fn credentials_are_basic_and_kept_from_logs() {
        let credentials = ProxyCredentials::new("Aladdin", SecretText::from("open sesame"));
        let header = basic(&credentials).expect("a header");
        assert_eq!(header.as_bytes(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "RFC 7617's own example");
        assert!(header.is_sensitive());
    }
}
