//! The certificates that servers show: whom to trust, who issued them, and what is wrong with those that are refused.
//!
//! The operating system's own trust decides. Behind its yes a second question is asked: would the public trust this
//! certificate too? Where it would not, a company's certificate authority issued it, and its device reads what is sent.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme};

use super::anchors::RefusedAnchor;
use super::certificate_fault::{self, CertificateFault, FaultKind};
use super::stage::one_line;

tokio::task_local! {
    /// Whether the server of the handshake under way asked for a client certificate.
    pub(super) static CERTIFICATE_WANTED: Cell<bool>;
}

/// What the servers showed, by their names.
#[derive(Debug, Default)]
pub(super) struct SeenCertificates(Mutex<BTreeMap<String, Seen>>);

/// The certificate that a server showed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Who issued it, as text, e.g. `C=US, O=Microsoft Corporation, CN=Microsoft Azure RSA TLS Issuing CA 04`.
    pub issuer: String,
    pub trust: Trust,
}

/// Who trusts a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// The public: this computer and every other one.
    Public,
    /// A certificate authority that was given to this program beside the system's.
    Given,
    /// This computer, and not the public.
    ThisComputer,
    /// Nobody here, for this reason.
    Nobody(CertificateFault),
}

impl SeenCertificates {
    /// The certificate that `host` showed last.
    pub(super) fn of(&self, host: &str) -> Option<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }

    /// What is wrong with the certificate of `host`.
    pub(super) fn fault_of(&self, host: &str) -> Option<CertificateFault> {
        match self.of(host)?.trust {
            Trust::Nobody(fault) => Some(fault),
            _ => None,
        }
    }

    fn remember(&self, host: &str, certificate: &CertificateDer<'_>, trust: Trust) {
        let issuer = x509_parser::parse_x509_certificate(certificate);
        let issuer = issuer.map(|(_, read)| one_line(&read.issuer().to_string())).unwrap_or_default();
        let seen = Seen { issuer, trust };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), seen);
    }
}

/// TLS by the operating system's own trust, with `extra_roots` beside it, that tells what it sees to `seen`.
///
/// # Errors
///
/// When the system's authorities cannot be read.
pub(super) fn tls(
    extra_roots: Vec<CertificateDer<'static>>,
    seen: Arc<SeenCertificates>,
) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut public = RootCertStore::empty();
    public.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let mut given = RootCertStore::empty();
    for root in &extra_roots {
        given.add(root.clone())?;
    }
    let System { verifier: system, refused, of_servers } = system_verifier(extra_roots, &provider)?;
    let watching = Watching {
        system,
        refused,
        of_servers,
        public: verifier(public, &provider)?,
        given: if given.is_empty() { None } else { Some(verifier(given, &provider)?) },
        seen,
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(watching))
        .with_client_cert_resolver(Arc::new(NoClientCertificate));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn verifier(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, Error> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| Error::Other(OtherError(Arc::new(error))))
}

/// How the operating system decides.
struct System {
    verifier: Arc<dyn ServerCertVerifier>,
    refused: Vec<RefusedAnchor>,
    of_servers: Vec<OfServer>,
}

/// A server's own certificate that is installed, and what trusts it and no other.
type OfServer = (CertificateDer<'static>, Arc<WebPkiServerVerifier>);

/// Windows and macOS decide themselves.
#[cfg(not(target_os = "linux"))]
fn system_verifier(extra_roots: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<System, Error> {
    use rustls_platform_verifier::Verifier;
    let verifier = match extra_roots.is_empty() {
        true => Verifier::new(Arc::clone(provider))?,
        false => Verifier::new_with_extra_roots(extra_roots, Arc::clone(provider))?,
    };
    Ok(System { verifier: Arc::new(verifier), refused: Vec::new(), of_servers: Vec::new() })
}

/// Linux has a list of authorities, and every program decides by it.
#[cfg(target_os = "linux")]
fn system_verifier(extra_roots: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<System, Error> {
    let mut roots = extra_roots;
    roots.extend(rustls_native_certs::load_native_certs().certs);
    let super::anchors::Anchors { store, refused, of_servers } = super::anchors::sift(roots, UnixTime::now());
    let alone = |certificate: CertificateDer<'static>| {
        let mut own = RootCertStore::empty();
        own.add(certificate.clone())?;
        Ok((certificate, verifier(own, provider)?))
    };
    let of_servers = of_servers.into_iter().map(alone).collect::<Result<Vec<_>, Error>>()?;
    let system: Arc<dyn ServerCertVerifier> = match (store.is_empty(), of_servers.first()) {
        (true, Some((_, only))) => Arc::clone(only) as _,
        (true, None) => {
            return Err(Error::General("no usable certificate authority is installed on this system".to_owned()));
        }
        (false, _) => verifier(store, provider)?,
    };
    Ok(System { verifier: system, refused, of_servers })
}

/// Sends none, and keeps that one was wanted.
#[derive(Debug)]
struct NoClientCertificate;

impl ResolvesClientCert for NoClientCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        // Outside of a handshake of ours nobody wants to know.
        let _ = CERTIFICATE_WANTED.try_with(|wanted| wanted.set(true));
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Remembers, and leaves every decision to the system's verifier.
#[derive(Debug)]
struct Watching {
    system: Arc<dyn ServerCertVerifier>,
    refused: Vec<RefusedAnchor>,
    of_servers: Vec<OfServer>,
    public: Arc<WebPkiServerVerifier>,
    given: Option<Arc<WebPkiServerVerifier>>,
    seen: Arc<SeenCertificates>,
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let own = self.of_servers.iter().find(|(certificate, _)| certificate == end_entity);
        let decided = match own {
            Some((_, its)) => its.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => self.system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
        };
        let trusts = |verifier: &WebPkiServerVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).is_ok()
        };
        let trust = match &decided {
            Ok(_) if trusts(&self.public) => Trust::Public,
            Ok(_) if self.given.as_deref().is_some_and(trusts) => Trust::Given,
            Ok(_) => Trust::ThisComputer,
            Err(Error::InvalidCertificate(error)) => {
                Trust::Nobody(certificate_fault::fault_of(error, end_entity, intermediates, &self.refused))
            }
            Err(error) => Trust::Nobody(CertificateFault { words: error.to_string(), kind: FaultKind::Authority }),
        };
        self.seen.remember(&server_name.to_str(), end_entity, trust);
        decided
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}
