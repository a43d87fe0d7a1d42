//! The way out: one HTTP client with the system's trust store and proxy, https only, following no redirect.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Limits;
use super::certificates::{self, SeenIssuers};
use super::client::Client;
use super::connector::{Connector, Means};
use super::names::Names;
use super::proxy_address::{ProxyAddress, ProxyFault, ProxyPlace};
use super::proxy_sign_in::ProxySignIn;
use super::route::Way;
use crate::cloud::Overrides;
use crate::profile::{ProxyCredentials, ProxyName};
use crate::settings::ProxySetting;

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
    /// A user name and password for the proxy that they name. They go there after it has asked for them (407 with an
    /// offer of Basic), and nowhere else.
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
    /// A proxy is set, and its address cannot be read. Nothing is sent, least of all without the proxy.
    #[error(
        "The proxy address in {place} cannot be used: {fault}. It has to look like http://proxy.example.com:8080. {}",
        .place.advice()
    )]
    Proxy {
        /// Where it is set.
        place: ProxyPlace,
        /// What is wrong with it.
        fault: ProxyFault,
    },
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

/// The proxy that requests go through by `choice` on this system, exceptions aside; `None` when they go directly.
///
/// # Errors
///
/// [`NetworkError::Proxy`] when one is set that cannot be read.
pub fn proxy_in_use(choice: &ProxyChoice) -> Result<Option<ProxyName>, NetworkError> {
    Way::of_system(choice).map(|way| way.proxy().cloned())
}

/// Reads a proxy's name as people type it: `host:port`, or an address such as `http://host:port`.
///
/// # Errors
///
/// Why it cannot be used.
pub fn read_proxy_name(text: &str) -> Result<ProxyName, ProxyFault> {
    let address = ProxyAddress::parse(text)?;
    if address.credentials.is_some() { Err(ProxyFault::Character) } else { Ok(address.name) }
}

/// How much may come over a connection without an answer in it, in bodies of the largest size.
const FLOOD_BODIES: u64 = 8;

/// The way out, ready for any number of checks; clones share their connections.
#[derive(Clone)]
pub struct Network {
    client: Client,
    limits: Limits,
    way: Arc<Way>,
    clouds: Arc<Overrides>,
    issuers: Arc<SeenIssuers>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Network").field("route", &self.route()).finish_non_exhaustive()
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
        let way = Arc::new(Way::of_system(&settings.proxy)?);
        let connector = Connector::new(Means {
            names: Names::new(&settings.resolve),
            way: Arc::clone(&way),
            sign_in: ProxySignIn::new(settings.proxy_credentials.clone()),
            tls,
            limit: limits.connect,
            flood: FLOOD_BODIES.saturating_mul(u64::try_from(limits.body_bytes).unwrap_or(u64::MAX)),
        });
        Ok(Network {
            client: Client::new(connector, &limits),
            limits,
            way,
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
    pub fn route(&self) -> String {
        self.way.describe("")
    }

    /// How requests to `host` leave this computer, which may be an exception from the proxy.
    pub fn route_to(&self, host: &str) -> String {
        self.way.describe(host)
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
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
            assert!(matches!(error, Err(NetworkError::Proxy { place: ProxyPlace::Settings, .. })), "{text:?}");
        }
    }
}
