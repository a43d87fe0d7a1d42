//! Who issued the certificates that servers showed: a company's TLS inspection is seen there first.
//!
//! The verifier of the operating system decides; this one stands in front of it and remembers the issuer, also of a
//! certificate that is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::stage::one_line;

/// The issuers seen, by the server's name.
#[derive(Debug, Default)]
pub(super) struct SeenIssuers(Mutex<BTreeMap<String, String>>);

impl SeenIssuers {
    /// Who issued the certificate that `host` showed last.
    pub(super) fn of(&self, host: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }

    fn remember(&self, host: &str, certificate: &CertificateDer<'_>) {
        if let Some(issuer) = issuer(certificate) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), issuer);
        }
    }
}

/// The issuer's name as text, e.g. `C=US, O=Microsoft Corporation, CN=Microsoft Azure RSA TLS Issuing CA 04`.
fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(one_line(&read.issuer().to_string()))
}

/// TLS by the operating system's own trust, with `extra_roots` beside it, that tells the issuers to `seen`.
pub(super) fn tls(extra_roots: Vec<CertificateDer<'static>>, seen: Arc<SeenIssuers>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let system = system_verifier(extra_roots, Arc::clone(&provider))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Watching { system, seen }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn system_verifier(
    extra_roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, Error> {
    match extra_roots.is_empty() {
        true => Verifier::new(provider),
        false => Verifier::new_with_extra_roots(extra_roots, provider),
    }
}

/// Remembers, and leaves every decision to the system's verifier.
#[derive(Debug)]
struct Watching {
    system: Verifier,
    seen: Arc<SeenIssuers>,
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
        self.seen.remember(&server_name.to_str(), end_entity);
        self.system.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
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
