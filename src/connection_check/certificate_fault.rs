//! What is wrong with a certificate, in words that a network team can act on.

use chrono::{DateTime, NaiveDate};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::public_key::PublicKey;

use super::anchors::RefusedAnchor;
use super::stage::one_line;
use crate::written_day;

/// SHA-1 with RSA (RFC 8017) and with ECDSA (RFC 5758), as the contents of an `AlgorithmIdentifier`.
const SHA1: [&[u8]; 2] = [
    &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05],
    &[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01],
];
/// The shortest RSA key that is accepted, in bits.
const SHORTEST_RSA_KEY: usize = 2048;
/// `id-ad-caIssuers` (RFC 5280, 4.2.2.1): where the authority's own certificate can be fetched.
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";

/// What `error` means for a chain that begins with `leaf`, in one or more sentences.
pub(super) fn words(
    error: &CertificateError,
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    refused: &[RefusedAnchor],
) -> String {
    let chain: Vec<X509Certificate<'_>> = std::iter::once(leaf)
        .chain(intermediates)
        .filter_map(|certificate| x509_parser::parse_x509_certificate(certificate).ok().map(|(_, read)| read))
        .collect();
    let issued = chain.first().map(|leaf| format!("It was issued by “{}”.", one_line(&leaf.issuer().to_string())));
    [of_error(error, &chain, refused), issued.unwrap_or_default()].join(" ").trim().to_owned()
}

fn of_error(error: &CertificateError, chain: &[X509Certificate<'_>], refused: &[RefusedAnchor]) -> String {
    use CertificateError as E;
    match error {
        E::ExpiredContext { time, not_after } => {
            format!("The certificate expired on {}; today is {} by this computer's clock.", day(*not_after), day(*time))
        }
        E::NotValidYetContext { time, not_before } => format!(
            "The certificate is valid from {} only; today is {} by this computer's clock.",
            day(*not_before),
            day(*time)
        ),
        E::Expired => "The certificate has expired.".to_owned(),
        E::NotValidYet => "The certificate is not valid yet.".to_owned(),
        E::Revoked => "The certificate has been revoked.".to_owned(),
        E::NotValidForNameContext { presented, .. } => {
            let names: Vec<&str> = presented.iter().take(5).map(|name| name_in(name)).collect();
            if names.is_empty() {
                "The certificate names no server.".to_owned()
            } else {
                format!("The certificate is for {}.", one_line(&names.join(", ")))
            }
        }
        E::UnsupportedSignatureAlgorithmContext { signature_algorithm_id, .. }
            if SHA1.iter().any(|sha1| signature_algorithm_id.starts_with(sha1)) =>
        {
            "A certificate in its chain is signed with SHA-1, which is not accepted any more.".to_owned()
        }
        E::UnsupportedSignatureAlgorithmContext { .. } | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "A certificate in its chain is signed with an algorithm that this program does not support.".to_owned()
        }
        E::BadSignature => match short_key(chain) {
            Some(bits) => format!("A key in its chain is too short: RSA with {bits} bits."),
            None => "A signature in its chain is wrong, or was made with a key that is too short.".to_owned(),
        },
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => {
            "The certificate is not meant for servers (extended key usage).".to_owned()
        }
        E::UnhandledCriticalExtension => {
            "The certificate has a critical extension that this program does not know.".to_owned()
        }
        E::BadEncoding => "The certificate is damaged.".to_owned(),
        E::UnknownIssuer => unknown_issuer(chain, refused),
        // What webpki has no public name for comes as text.
        E::Other(other) => match other.to_string().as_str() {
            "NameConstraintViolation" => {
                "The authority that issued it may not issue certificates for this server (name constraints).".to_owned()
            }
            "CaUsedAsEndEntity" => "It is a certificate authority's own certificate, not a server's.".to_owned(),
            "EndEntityUsedAsCa" => "A certificate in its chain is not a certificate authority's.".to_owned(),
            "UnsupportedCriticalExtension" => {
                "A certificate in its chain has a critical extension that this program does not know.".to_owned()
            }
            "PathLenConstraintViolated" => "Its chain is longer than its authority allows.".to_owned(),
            text => format!("{}.", text.trim_end_matches('.')),
        },
        _ => format!("{error}.").replace("..", "."),
    }
}

/// Why no anchor was found: a refused one, an intermediate that was not sent, or an authority that is unknown here.
fn unknown_issuer(chain: &[X509Certificate<'_>], refused: &[RefusedAnchor]) -> String {
    let Some(last) = chain.last() else { return "The server sent no certificate.".to_owned() };
    let issuer = last.issuer();
    let anchor = refused.iter().find(|anchor| chain.iter().any(|one| one.issuer().as_raw() == anchor.subject_der));
    if let Some(anchor) = anchor {
        return format!("The authority “{}” is installed on this computer, but {}.", anchor.subject, anchor.fault);
    }
    let (subject, authority) = (last.subject().as_raw(), one_line(&issuer.to_string()));
    if subject == issuer.as_raw() && chain.len() == 1 {
        return "It is self-signed: no authority issued it.".to_owned();
    }
    if subject != issuer.as_raw() && chain.len() == 1 && names_issuers_certificate(last) {
        return format!(
            "The server sent only its own certificate. The certificate of “{authority}” (the intermediate) is missing, \
             or that authority is not installed on this computer."
        );
    }
    format!("The authority “{authority}” is not installed on this computer.")
}

/// Whether a certificate says where its issuer's certificate is: roots do not need that.
fn names_issuers_certificate(certificate: &X509Certificate<'_>) -> bool {
    certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => access.iter().any(|one| {
            one.access_method.to_id_string() == CA_ISSUERS && matches!(one.access_location, GeneralName::URI(_))
        }),
        _ => false,
    })
}

fn short_key(chain: &[X509Certificate<'_>]) -> Option<usize> {
    chain.iter().find_map(|certificate| match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) if key.key_size() < SHORTEST_RSA_KEY => Some(key.key_size()),
        _ => None,
    })
}

/// `DnsName("a.example")` as the library writes it.
fn name_in(text: &str) -> &str {
    text.split('"').nth(1).unwrap_or(text)
}

fn day(time: UnixTime) -> String {
    let date: Option<NaiveDate> = i64::try_from(time.as_secs())
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map(|time| time.date_naive());
    date.map_or_else(|| "an unknown day".to_owned(), written_day::long)
}
