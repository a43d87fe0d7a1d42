//! What is wrong with a certificate, in words that a network team can act on.

use chrono::{DateTime, NaiveDate};
use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::certificate::X509Certificate;

use super::anchors::{RefusedAnchor, short_key};
use super::stage::one_line;
use crate::written_day;

/// SHA-1 with RSA (RFC 8017) and with ECDSA (RFC 5758), as the contents of an `AlgorithmIdentifier`.
const SHA1: [&[u8]; 2] = [
    &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05],
    &[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01],
];
/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CertificateFault {
    /// For people, in one or more sentences.
    pub words: String,
    pub kind: FaultKind,
}

/// Why a certificate is not trusted, as far as what to do about it differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// Its authority is unknown here, or its own code says all.
    Authority,
    /// Its authority is unknown here, or the certificate between both was not sent.
    Intermediate,
    /// Its authority is installed on this computer, and refused.
    RefusedAuthority,
    /// A certificate of its chain breaks a rule.
    Rule,
    Revoked,
}

impl FaultKind {
    /// Which of the texts of `tls_untrusted` it has.
    pub(super) fn variant(self) -> &'static str {
        match self {
            FaultKind::Authority => "",
            FaultKind::Intermediate => "intermediate",
            FaultKind::RefusedAuthority => "refused_authority",
            FaultKind::Rule => "rule",
            FaultKind::Revoked => "revoked",
        }
    }
}

/// What `error` means for a chain that begins with `leaf`.
pub(super) fn fault_of(
    error: &CertificateError,
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    refused: &[RefusedAnchor],
) -> CertificateFault {
    let chain: Vec<X509Certificate<'_>> = std::iter::once(leaf)
        .chain(intermediates)
        .filter_map(|certificate| x509_parser::parse_x509_certificate(certificate).ok().map(|(_, read)| read))
        .collect();
    let issued = chain.first().map(|leaf| format!("It was issued by “{}”.", one_line(&leaf.issuer().to_string())));
    let (kind, words) = match error {
        CertificateError::UnknownIssuer => unknown_issuer(&chain, refused),
        other => (kind_of(other), of_error(other, &chain)),
    };
    let words = [words, issued.unwrap_or_default()].join(" ").trim().to_owned();
    CertificateFault { words, kind }
}

/// What webpki has no public name for comes as text, and what it means.
const BROKEN_RULES: [(&str, &str); 5] = [
    (
        "NameConstraintViolation",
        "The authority that issued it may not issue certificates for this server (name constraints).",
    ),
    ("CaUsedAsEndEntity", "It is a certificate authority's own certificate, not a server's."),
    ("EndEntityUsedAsCa", "A certificate in its chain is not a certificate authority's."),
    (
        "UnsupportedCriticalExtension",
        "A certificate in its chain has a critical extension that this program does not know.",
    ),
    ("PathLenConstraintViolated", "Its chain is longer than its authority allows."),
];

fn kind_of(error: &CertificateError) -> FaultKind {
    use CertificateError as E;
    match error {
        E::Revoked => FaultKind::Revoked,
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
        | E::BadSignature
        | E::InvalidPurpose
        | E::InvalidPurposeContext { .. }
        | E::UnhandledCriticalExtension
        | E::BadEncoding => FaultKind::Rule,
        E::Other(other) if BROKEN_RULES.iter().any(|(name, _)| *name == other.to_string()) => FaultKind::Rule,
        _ => FaultKind::Authority,
    }
}

fn of_error(error: &CertificateError, chain: &[X509Certificate<'_>]) -> String {
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
        E::BadSignature => match chain.iter().find_map(short_key) {
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
        E::Other(other) => {
            let text = other.to_string();
            let known = BROKEN_RULES.iter().find(|(name, _)| *name == text);
            known.map_or_else(|| format!("{}.", text.trim_end_matches('.')), |(_, words)| (*words).to_owned())
        }
        _ => format!("{error}.").replace("..", "."),
    }
}

/// Why no anchor was found: a refused one, an intermediate that was not sent, or an authority that is unknown here.
fn unknown_issuer(chain: &[X509Certificate<'_>], refused: &[RefusedAnchor]) -> (FaultKind, String) {
    let Some(last) = chain.last() else { return (FaultKind::Authority, "The server sent no certificate.".to_owned()) };
    let issuer = last.issuer();
    let anchor = refused.iter().find(|anchor| chain.iter().any(|one| one.issuer().as_raw() == anchor.subject_der));
    if let Some(anchor) = anchor {
        let words = format!("The authority “{}” is installed on this computer, but {}.", anchor.subject, anchor.fault);
        return (FaultKind::RefusedAuthority, words);
    }
    let is_self_issued = last.subject().as_raw() == issuer.as_raw();
    let authority = one_line(&issuer.to_string());
    match (chain.len(), is_self_issued) {
        (1, true) => (FaultKind::Authority, "It is self-signed: no authority issued it.".to_owned()),
        (1, false) => {
            let words = format!(
                "The server sent only its own certificate. Either it should send the certificate of “{authority}” too (the \
                 intermediate), or “{authority}” is not installed on this computer."
            );
            (FaultKind::Intermediate, words)
        }
        _ => (FaultKind::Authority, format!("The authority “{authority}” is not installed on this computer.")),
    }
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
