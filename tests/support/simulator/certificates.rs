//! Certificates of a throw-away authority, made for each host when it is first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// What is wrong with a host's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CertificateKind {
    /// Nothing.
    #[default]
    Good,
    /// It ended in 2021.
    Expired,
    /// It begins in 2090.
    NotYetValid,
    /// It belongs to another name.
    WrongName,
    /// Nobody knows its authority.
    UnknownAuthority,
}

/// The authority and its certificates.
#[derive(Clone)]
pub struct Authority {
    inner: Arc<Inner>,
}

struct Inner {
    certificate: Certificate,
    /// The same authority's own certificate of former years.
    expired: Certificate,
    issuer: Issuer<'static, KeyPair>,
    stranger: Issuer<'static, KeyPair>,
    /// Where the revocation list is, as certificates name it.
    revocation_url: String,
    kinds: Mutex<HashMap<String, CertificateKind>>,
    made: Mutex<HashMap<(String, CertificateKind), Arc<CertifiedKey>>>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Authority")
    }
}

fn authority(name: &str) -> (Certificate, Certificate, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::default()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2099, 1, 1));
    let key = KeyPair::generate().unwrap();
    let mut former = params.clone();
    former.not_after = date_time_ymd(2021, 5, 31);
    (params.self_signed(&key).unwrap(), former.self_signed(&key).unwrap(), Issuer::new(params, key))
}

impl Authority {
    /// `revocation_url`: where the revocation list is going to be.
    pub fn new(revocation_url: String) -> Authority {
        let (certificate, expired, issuer) = authority("Simulator Test Authority");
        let (_, _, stranger) = authority("Unknown Test Authority");
        let (kinds, made) = (Mutex::default(), Mutex::default());
        Authority { inner: Arc::new(Inner { certificate, expired, issuer, stranger, revocation_url, kinds, made }) }
    }

    /// The revocation list (DER): nothing is revoked.
    pub fn revocation_list(&self) -> Vec<u8> {
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(2098, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: Vec::new(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.inner.issuer).unwrap().der().to_vec()
    }

    pub fn pem(&self) -> String {
        self.inner.certificate.pem()
    }

    pub fn expired_pem(&self) -> String {
        self.inner.expired.pem()
    }

    pub fn set(&self, host: &str, kind: CertificateKind) {
        self.inner.kinds.lock().unwrap().insert(host.to_owned(), kind);
    }

    fn certificate_for(&self, host: &str) -> Arc<CertifiedKey> {
        let kind = self.inner.kinds.lock().unwrap().get(host).copied().unwrap_or_default();
        let mut made = self.inner.made.lock().unwrap();
        Arc::clone(made.entry((host.to_owned(), kind)).or_insert_with(|| Arc::new(self.make(host, kind))))
    }

    fn make(&self, host: &str, kind: CertificateKind) -> CertifiedKey {
        let name = if kind == CertificateKind::WrongName { "portal.other.example" } else { host };
        let issuer = if kind == CertificateKind::UnknownAuthority { &self.inner.stranger } else { &self.inner.issuer };
        let (from, to) = match kind {
            CertificateKind::Expired => (2020, 2021),
            CertificateKind::NotYetValid => (2090, 2091),
            _ => (2020, 2098),
        };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.use_authority_key_identifier_extension = true;
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![self.inner.revocation_url.clone()] }];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate: CertificateDer<'static> = params.signed_by(&key, issuer).unwrap().der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        CertifiedKey::new(vec![certificate], key)
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        hello.server_name().map(|host| self.certificate_for(host))
    }
}
