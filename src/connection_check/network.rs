//! The way out: one HTTP client with the system's trust store and proxy, https only, following no redirect.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Limits;
use super::certificates::{self, Seen, SeenCertificates};
use super::client::Client;
use super::connector::{Connector, Means};
use super::names::Names;
use super::network_settings::{NetworkError, NetworkSettings, ProxyChoice};
use super::proxy_address::{ProxyAddress, ProxyFault};
use super::proxy_sign_in::ProxySignIn;
use super::route::Way;
use crate::cloud::Overrides;
use crate::profile::ProxyName;

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
    names: Names,
    connector: Connector,
    client: Client,
    limits: Limits,
    way: Arc<Way>,
    clouds: Arc<Overrides>,
    certificates: Arc<SeenCertificates>,
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
                return Err(NetworkError::ExtraRoot("it contains no certificate".to_owned()));
            }
            roots.extend(parsed);
        }
        let seen = Arc::new(SeenCertificates::default());
        let tls = certificates::tls(roots, Arc::clone(&seen)).map_err(|error| NetworkError::Tls(error.to_string()))?;
        let way = Arc::new(Way::of_system(&settings.proxy)?);
        let names = Names::new(&settings.resolve);
        let connector = Connector::new(Means {
            names: names.clone(),
            way: Arc::clone(&way),
            sign_in: ProxySignIn::new(settings.proxy_credentials.clone()),
            tls,
            limit: limits.connect,
            flood: FLOOD_BODIES.saturating_mul(u64::try_from(limits.body_bytes).unwrap_or(u64::MAX)),
        });
        Ok(Network {
            names,
            client: Client::new(connector.clone(), &limits),
            connector,
            limits,
            way,
            clouds: Arc::new(settings.clouds.clone()),
            certificates: seen,
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

    /// The certificate that `host` showed last, if it showed one.
    pub(super) fn certificate_of(&self, host: &str) -> Option<Seen> {
        self.certificates.of(host)
    }

    /// What the servers showed.
    pub(super) fn certificates(&self) -> &SeenCertificates {
        &self.certificates
    }

    /// How requests leave this computer, for people: "directly" or the proxy's address without its password.
    pub fn route(&self) -> String {
        self.way.describe("")
    }

    /// How requests to `host` leave this computer, which may be an exception from the proxy.
    pub fn route_to(&self, host: &str) -> String {
        self.way.describe(host)
    }

    /// Which addresses belong to a name.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn connector(&self) -> &Connector {
        &self.connector
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_check::ProxyPlace;

    #[test]
    fn an_unusable_proxy_is_refused_with_advice() {
        for text in ["", "socks4://x:1", "http://", "::"] {
            let error = Network::new(&NetworkSettings {
                proxy: ProxyChoice::Manual(text.to_owned()),
                ..NetworkSettings::default()
            });
            assert!(matches!(error, Err(NetworkError::Proxy { place: ProxyPlace::Settings, .. })), "{text:?}");
        }
    }
}
