//! The way out: one HTTP client with the system's trust store and proxy, https only, following no redirect.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::Limits;
use crate::platform::proxy::{WindowsProxy, windows_proxy};

/// How requests find their way to the proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` when they are set; else what Windows is set to.
    #[default]
    System,
    /// Directly, whatever the system says.
    None,
    /// Through this proxy: `http://host:port`, `host:port`, or with `user:password@` before the host.
    Manual(String),
}

/// What a [`Network`] is made from. The default is the system's own settings.
#[derive(Clone, Debug, Default)]
pub struct NetworkSettings {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// Certificate authorities to trust beside the system's, each as PEM text.
    pub extra_roots_pem: Vec<Vec<u8>>,
    /// Hosts with addresses of their own. When there are any, no other name is looked up.
    pub resolve: Vec<(String, SocketAddr)>,
    /// Times and sizes.
    pub limits: Limits,
}

/// Why no [`Network`] could be made.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The proxy's address cannot be read.
    #[error(
        "The proxy address in the settings cannot be used. It has to look like http://proxy.example.com:8080. \
         Correct it in the settings, or choose the system's proxy."
    )]
    Proxy,
    /// An extra certificate authority cannot be read.
    #[error("An extra certificate authority cannot be read. It has to be a certificate in PEM form: {0}")]
    ExtraRoot(String),
    /// The system's trust store or the TLS library could not be set up.
    #[error(
        "Secure connections could not be set up: {0}. On Linux, install the package “ca-certificates”. \
         On Windows, restart the computer and try again."
    )]
    Tls(String),
}

/// How long a connection is kept for the next request.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

/// The way out, ready for any number of checks; clones share their connections.
#[derive(Clone)]
pub struct Network {
    client: reqwest::Client,
    limits: Limits,
    route: String,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Network").field("route", &self.route).finish_non_exhaustive()
    }
}

impl Network {
    /// The system's own network.
    pub fn system() -> Result<Network, NetworkError> {
        Network::new(&NetworkSettings::default())
    }

    /// A network by `settings`.
    pub fn new(settings: &NetworkSettings) -> Result<Network, NetworkError> {
        // The library knows its provider only by this global; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let limits = settings.limits.clone();
        let mut builder = reqwest::Client::builder()
            .tls_backend_rustls()
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(limits.connect)
            .timeout(limits.stage)
            .http2_max_header_list_size(64 * 1024)
            // A round of 500 profiles must not leave 500 connections open.
            .pool_idle_timeout(IDLE_CONNECTION)
            .user_agent(concat!("A365-Password-Tool/", env!("CARGO_PKG_VERSION")));
        let mut roots = Vec::new();
        for pem in &settings.extra_roots_pem {
            let parsed = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| NetworkError::ExtraRoot(error.to_string()))?;
            if parsed.is_empty() {
                return Err(NetworkError::ExtraRoot("it holds no certificate".to_owned()));
            }
            roots.extend(parsed);
        }
        if !roots.is_empty() {
            builder = builder.tls_certs_merge(roots);
        }
        if !settings.resolve.is_empty() {
            builder = builder.dns_resolver(Arc::new(PinnedNames::new(&settings.resolve)));
        }
        let way = Way::find(&settings.proxy, proxy_from_environment(), windows_proxy())?;
        let client = way.apply(builder).build().map_err(|error| NetworkError::Tls(innermost(&error)))?;
        Ok(Network { client, limits, route: way.describe() })
    }

    /// Times and sizes.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How requests leave this computer, for people: "directly" or the proxy's address without its password.
    pub fn route(&self) -> &str {
        &self.route
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

/// The text of the cause at the bottom of an error.
fn innermost(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => innermost(source),
        None => error.to_string(),
    }
}

/// The decision which proxy to use.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Direct,
    /// The library reads the environment variables itself, `NO_PROXY` with them.
    Environment(String),
    Windows(WindowsProxy),
    Manual(Url),
}

impl Way {
    fn find(
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

    fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match self {
            Way::Direct => builder.no_proxy(),
            Way::Environment(_) => builder,
            Way::Windows(windows) => {
                let windows = windows.clone();
                let pick = move |url: &Url| Url::parse(windows.for_https_to(url.host_str()?)?).ok();
                builder.no_proxy().proxy(reqwest::Proxy::custom(pick))
            }
            Way::Manual(address) => {
                let address = address.clone();
                builder.no_proxy().proxy(reqwest::Proxy::custom(move |_| Some(address.clone())))
            }
        }
    }

    fn describe(&self) -> String {
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
fn proxy_from_environment() -> Option<String> {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
}

/// A closed world of names: what is not in it does not exist.
struct PinnedNames(HashMap<String, SocketAddr>);

impl PinnedNames {
    fn new(names: &[(String, SocketAddr)]) -> PinnedNames {
        PinnedNames(names.iter().map(|(name, address)| (name.to_ascii_lowercase(), *address)).collect())
    }
}

impl Resolve for PinnedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.get(&name.as_str().to_ascii_lowercase()).copied();
        Box::pin(async move {
            match found {
                Some(address) => Ok(Box::new(std::iter::once(address)) as Addrs),
                None => Err("no such host".into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn an_unusable_proxy_is_refused_with_advice() {
        for text in ["", "socks5://x:1", "http://", "::"] {
            let error = Network::new(&NetworkSettings {
                proxy: ProxyChoice::Manual(text.to_owned()),
                ..NetworkSettings::default()
            });
            assert!(matches!(error, Err(NetworkError::Proxy)), "{text:?}");
        }
    }
}
