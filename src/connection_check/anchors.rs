//! Which of a Linux computer's certificate authorities are trusted: not one that has expired, and none that is no
//! authority. `webpki` takes any certificate for an anchor; the system's own tools (OpenSSL, GnuTLS) do not.
#![cfg_attr(not(any(target_os = "linux", test)), allow(dead_code))]

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use super::stage::one_line;
use crate::written_day;

/// The shortest RSA key that is accepted, in bits.
const SHORTEST_RSA_KEY: usize = 2048;

/// The length of a certificate's RSA key in bits, where it is too short to be accepted.
pub(super) fn short_key(certificate: &X509Certificate<'_>) -> Option<usize> {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) if key.key_size() < SHORTEST_RSA_KEY => Some(key.key_size()),
        _ => None,
    }
}

/// An authority that is installed and not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefusedAnchor {
    pub subject_der: Vec<u8>,
    pub subject: String,
    /// Behind "but".
    pub fault: String,
}

/// What is installed on a computer, taken apart.
pub(super) struct Anchors {
    /// The authorities.
    pub store: RootCertStore,
    /// Those that are trusted for nobody else.
    pub refused: Vec<RefusedAnchor>,
    /// Certificates of servers, signed by themselves: OpenSSL and GnuTLS trust such a one for its own server.
    pub of_servers: Vec<CertificateDer<'static>>,
}

/// The anchors among `certificates` at `now`, and those that are none.
pub(super) fn sift(certificates: Vec<CertificateDer<'static>>, now: UnixTime) -> Anchors {
    let mut anchors = Anchors { store: RootCertStore::empty(), refused: Vec::new(), of_servers: Vec::new() };
    for certificate in certificates {
        match fault_of(&certificate, now) {
            Some((anchor, Fault::NoAuthority)) => {
                anchors.refused.push(anchor);
                anchors.of_servers.push(certificate);
            }
            Some((anchor, Fault::NotValidNow | Fault::ShortKey)) => anchors.refused.push(anchor),
            // One that cannot be read is no anchor, and nobody's chain can lead to it.
            None => drop(anchors.store.add(certificate)),
        }
    }
    anchors
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    NotValidNow,
    NoAuthority,
    ShortKey,
}

fn fault_of(certificate: &CertificateDer<'_>, now: UnixTime) -> Option<(RefusedAnchor, Fault)> {
    let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let now = ASN1Time::from_timestamp(i64::try_from(now.as_secs()).ok()?).ok()?;
    let (words, fault) = if read.validity().not_after < now {
        let ended = chrono::DateTime::from_timestamp(read.validity().not_after.timestamp(), 0)?;
        (format!("its certificate expired on {}", written_day::long(ended.date_naive())), Fault::NotValidNow)
    } else if read.validity().not_before > now {
        ("its certificate is not valid yet".to_owned(), Fault::NotValidNow)
    } else if !is_authority(&read) {
        let words = "its certificate is not that of a certificate authority (basic constraints)";
        (words.to_owned(), Fault::NoAuthority)
    } else if let Some(bits) = short_key(&read) {
        (format!("its key is too short (RSA with {bits} bits)"), Fault::ShortKey)
    } else {
        return None;
    };
    let anchor = RefusedAnchor {
        subject_der: read.subject().as_raw().to_vec(),
        subject: one_line(&read.subject().to_string()),
        fault: words,
    };
    Some((anchor, fault))
}

/// As OpenSSL's `check_ca` decides: by basic constraints; without them, a version 1 root or one whose key may sign
/// certificates.
fn is_authority(certificate: &X509Certificate<'_>) -> bool {
    let (Ok(constraints), Ok(usage)) = (certificate.basic_constraints(), certificate.key_usage()) else { return false };
    if usage.as_ref().is_some_and(|usage| !usage.value.key_cert_sign()) {
        return false;
    }
    let is_self_issued = certificate.subject().as_raw() == certificate.issuer().as_raw();
    match constraints {
        Some(constraints) => constraints.value.ca,
        None => usage.is_some() || (certificate.version() == X509Version::V1 && is_self_issued),
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject;

    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd};

    use super::*;

    fn certificate(change: impl FnOnce(&mut CertificateParams)) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, "Company CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2030, 1, 1));
        change(&mut params);
        params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate").der().clone()
    }

    /// A certificate authority with an RSA key of 1024 bits, valid for a hundred years.
    const SHORT_KEY_PEM: &[u8] = b"-----BEGIN CERTIFICATE-----\n\
        MIICEDCCAXmgAwIBAgIUavcgW3203PVjAUdKjw2nPJJ2x7AwDQYJKoZIhvcNAQEL\n\
        BQAwGTEXMBUGA1UEAwwOT2xkIENvbXBhbnkgQ0EwIBcNMjYxMTMwMTk0ODU5WhgP\n\
        MjEyNjExMDYxOTQ4NTlaMBkxFzAVBgNVBAMMDk9sZCBDb21wYW55IENBMIGfMA0G\n\
        CSqGSIb3DQEBAQUAA4GNADCBiQKBgQDgA+pBrlEpnPGipUzuBl3Oa6HmWdO5L5vx\n\
        /3Lj/OF/bKij36S2DyyV5hQRr4s8oj9z8YA97maPWlqEarJFPfOURT7qLganXr6Z\n\
        LpdwbS+byg3Nw7nk35YzMqQqVA77Tj1AglbVF3Gt213RNTakmqei6/r7TSrLKb9f\n\
        H9T9eGNg2wIDAQABo1MwUTAdBgNVHQ4EFgQUYCLDobV3Py4OAoy+sjPqyhF6pMQw\n\
        HwYDVR0jBBgwFoAUYCLDobV3Py4OAoy+sjPqyhF6pMQwDwYDVR0TAQH/BAUwAwEB\n\
        /zANBgkqhkiG9w0BAQsFAAOBgQAYE3t30h+O8VkJX2mhIEGvZgawbjjGeY4gr4Wl\n\
        H0QyYa2uUc6laJGWo4iVqye/z1Gv+d/RpDo60OTpzjaD1gg8AxnWD8i9H2c9GGnZ\n\
        6NFqjk4yPm/q+n5+Nyb/yald3G2Qgedwxps+nGwrW8UVY9LY4Opytb1rGNF8opxU\n\
        zVsbNQ==\n\
        -----END CERTIFICATE-----\n";

    #[test]
    fn an_anchor_with_a_key_that_is_too_short_is_refused() {
        let short = CertificateDer::from_pem_slice(SHORT_KEY_PEM).expect("a certificate");
        // The first of January 2027.
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_798_761_600));
        let refused = sift(vec![short], now).refused;
        assert!(refused.first().is_some_and(|it| it.fault.contains("too short (RSA with 1024 bits)")), "{refused:?}");
    }

    #[test]
    fn an_anchor_that_has_expired_or_is_no_authority_is_refused() {
        // The first of January 2026.
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_767_225_600));
        let fault = |change: fn(&mut CertificateParams)| {
            let Anchors { store, refused, of_servers } = sift(vec![certificate(change)], now);
            assert_eq!(store.len() + refused.len(), 1);
            assert!(of_servers.is_empty() || refused.iter().any(|anchor| anchor.fault.contains("authority")));
            refused.into_iter().next().map(|anchor| anchor.fault)
        };
        assert_eq!(fault(|_| {}), None);
        assert_eq!(fault(|it| it.key_usages = vec![KeyUsagePurpose::KeyCertSign]), None);
        let expired = fault(|it| it.not_after = date_time_ymd(2025, 5, 31)).expect("it is refused");
        assert!(expired.contains("expired on 31 May 2025"), "{expired}");
        assert!(fault(|it| it.not_before = date_time_ymd(2027, 1, 1)).is_some_and(|it| it.contains("not valid yet")));
        for change in [
            (|it| it.is_ca = IsCa::NoCa) as fn(&mut CertificateParams),
            |it| it.is_ca = IsCa::ExplicitNoCa,
            |it| it.key_usages = vec![KeyUsagePurpose::DigitalSignature],
        ] {
            assert!(fault(change).is_some_and(|fault| fault.contains("not that of a certificate authority")));
        }
    }
}
