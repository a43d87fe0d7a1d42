//! The way out: one HTTP client with the system's trust store and proxy, https only, following no redirect.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Limits;
use super::certificates::{self, SeenIssuers};
use super::proxy_probe::{ProxyWord, ask_proxy};
use super::route::{self, Way};
use crate::cloud::Overrides;
use crate::platform::proxy::windows_proxy;
use crate::profile::ProxyCredentials;
use crate::settings::ProxySetting;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

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

impl From<&ProxySetting> for ProxyChoice {
    fn from(setting: &ProxySetting) -> ProxyChoice {
        match setting {
            ProxySetting::System => ProxyChoice::System,
            ProxySetting::None => ProxyChoice::None,
            ProxySetting::Manual(address) => ProxyChoice::Manual(address.clone()),
        }
    }
}

/// What a [`Network`] is made from. The default is the system's own settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkSettings {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// What a proxy that asks for it is told (Basic). It goes to the proxy only, never to a server behind it.
    pub proxy_credentials: Option<ProxyCredentials>,
    /// Certificate authorities to trust beside the system's, each as PEM text.
    pub extra_roots_pem: Vec<Vec<u8>>,
    /// Hosts with addresses of their own. When there are any, no other name is looked up.
    pub resolve: Vec<(String, SocketAddr)>,
    /// Hosts of an administrator's list, beside the built-in ones.
    pub clouds: Overrides,
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
    way: Arc<Way>,
    clouds: Arc<Overrides>,
    issuers: Arc<SeenIssuers>,
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
            let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
            let parsed = parsed.map_err(|error| NetworkError::ExtraRoot(error.to_string()))?;
            if parsed.is_empty() {
                return Err(NetworkError::ExtraRoot("it holds no certificate".to_owned()));
            }
            roots.extend(parsed);
        }
        let issuers = Arc::new(SeenIssuers::default());
        let tls =
            certificates::tls(roots, Arc::clone(&issuers)).map_err(|error| NetworkError::Tls(error.to_string()))?;
        builder = builder.tls_backend_preconfigured(tls);
        if !settings.resolve.is_empty() {
            builder = builder.dns_resolver(Arc::new(PinnedNames::new(&settings.resolve)));
        }
        let way = Way::find(&settings.proxy, route::proxy_from_environment(), windows_proxy())?;
        let builder = way.apply(builder, settings.proxy_credentials.as_ref());
        let client = builder.build().map_err(|error| NetworkError::Tls(innermost(&error)))?;
        Ok(Network {
            client,
            limits,
            route: way.describe(),
            way: Arc::new(way),
            clouds: Arc::new(settings.clouds.clone()),
            issuers,
        })
    }

    /// Times and sizes.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The hosts of an administrator's list, beside the built-in ones.
    pub fn clouds(&self) -> &Overrides {
        &self.clouds
    }

    /// Who issued the certificate that `host` showed last, if it showed one.
    pub(super) fn issuer_of(&self, host: &str) -> Option<String> {
        self.issuers.of(host)
    }

    /// How requests leave this computer, for people: "directly" or the proxy's address without its password.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// What the proxy says when it is asked for `host` once more, without any credentials: the HTTP library keeps its
    /// word to itself.
    pub(super) async fn word_of_proxy(&self, host: &str) -> Option<ProxyWord> {
        let proxy = self.way.proxy_for(host)?;
        tokio::time::timeout(self.limits.connect, ask_proxy(&proxy, host)).await.ok().flatten()
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

/// The text of the cause at the bottom of an error.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => innermost(source),
        None => error.to_string(),
    }
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
