//! Tells apart why a request got no answer, by walking down the causes of the HTTP library's error.

use std::error::Error;
use std::io;

use rustls::CertificateError;

use super::failure::Failure;
use super::proxy_probe::ProxyWord;

/// The failure that `error` means for a request to `host`.
pub(super) fn classify(error: reqwest::Error, host: &str) -> Failure {
    // The address is shown on its own; an error's text is the only other place where one could slip in.
    let error = error.without_url();
    let causes = causes(&error);
    let technical = causes.iter().map(ToString::to_string).fold(Vec::<String>::new(), |mut lines, line| {
        // A cause often repeats what it was caused by.
        if lines.last().is_none_or(|last| !last.ends_with(&line)) {
            lines.push(line);
        }
        lines
    });
    let technical = technical.join(": ");
    let code = code_of(&error, &causes);
    let words = if technical.contains("failed to create underlying connection") {
        "The proxy itself could not be reached".to_owned()
    } else if code == "proxy_refused" {
        "It may forbid this server, or not find its name".to_owned()
    } else {
        last_words(&causes)
    };
    Failure::new(code, host).saying(words).with("Network error", technical)
}

fn code_of(error: &reqwest::Error, causes: &[&(dyn Error + 'static)]) -> &'static str {
    if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return match tls {
            rustls::Error::InvalidCertificate(certificate) => code_of_certificate(certificate),
            rustls::Error::NoCertificatesPresented => "tls_untrusted",
            _ => "dropped",
        };
    }
    if causes.iter().any(|cause| cause.to_string() == "tunnel error: proxy authorization required") {
        "proxy_auth_required"
    } else if is_refused_tunnel(causes) {
        "proxy_refused"
    } else if error.is_dns() {
        "dns"
    } else if error.is_timeout() {
        "timeout"
    } else {
        "dropped"
    }
}

fn code_of_certificate(error: &CertificateError) -> &'static str {
    use CertificateError as E;
    match error {
        E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. } => "tls_expired",
        E::NotValidForName | E::NotValidForNameContext { .. } => "tls_wrong_host",
        E::UnknownRevocationStatus | E::ExpiredRevocationList | E::ExpiredRevocationListContext { .. } => {
            "tls_revocation_unknown"
        }
        E::Other(other) => code_of_system_text(&other.to_string()),
        _ => "tls_untrusted",
    }
}

/// Windows' own verdicts reach us as text that ends in `(os error <HRESULT as a signed number>)`.
fn code_of_system_text(text: &str) -> &'static str {
    /// CRYPT_E_NO_REVOCATION_CHECK, CRYPT_E_REVOCATION_OFFLINE, CERT_E_REVOCATION_FAILURE.
    const REVOCATION: [u32; 3] = [0x8009_2012, 0x8009_2013, 0x800B_010E];
    /// CERT_E_EXPIRED, CERT_E_VALIDITYPERIODNESTING.
    const EXPIRED: [u32; 2] = [0x800B_0101, 0x800B_0102];
    /// CERT_E_CN_NO_MATCH, CERT_E_INVALID_NAME.
    const NAME: [u32; 2] = [0x800B_010F, 0x800B_0114];
    let number = text
        .rsplit_once("os error ")
        .and_then(|(_, rest)| rest.trim_end_matches([')', '.', ' ']).parse::<i32>().ok())
        .map(i32::cast_unsigned);
    let lower = text.to_ascii_lowercase();
    let is = |codes: &[u32]| {
        number.is_some_and(|number| codes.contains(&number))
            || codes.iter().any(|code| lower.contains(&format!("{code:08x}")))
    };
    if is(&REVOCATION) || lower.contains("revocation") {
        "tls_revocation_unknown"
    } else if is(&EXPIRED) {
        "tls_expired"
    } else if is(&NAME) {
        "tls_wrong_host"
    } else {
        "tls_untrusted"
    }
}

/// With the proxy's own words about its refusal.
pub(super) fn refused_by_proxy(failure: Failure, word: &ProxyWord) -> Failure {
    let ProxyWord { status, reason } = word;
    let meaning = match status {
        401 | 403 | 405 | 451 => "its rules forbid this server",
        502..=504 => "it cannot find this server's name or cannot reach it",
        _ => "it did not open the way",
    };
    let answered = format!("{status} {reason}").trim_end().to_owned();
    failure.saying(format!("The proxy answered “{answered}”: {meaning}")).with("Proxy's answer", answered)
}

/// The error and all its causes, outermost first, with what `io::Error` keeps inside.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut causes: Vec<&'a (dyn Error + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        causes.push(cause);
        // `io::Error::source` skips the error that it was made from.
        let inside = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside),
            None => cause.source(),
        };
        if causes.len() > 32 {
            break;
        }
    }
    causes
}

fn is_refused_tunnel(causes: &[&(dyn Error + 'static)]) -> bool {
    causes.iter().any(|cause| cause.to_string() == "tunnel error: unsuccessful")
}

fn last_words(causes: &[&(dyn Error + 'static)]) -> String {
    let words = causes.last().map(ToString::to_string).unwrap_or_default();
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_verdicts_are_told_apart() {
        let cases = [
            (
                "The revocation function was unable to check revocation. (os error -2146885614)",
                "tls_revocation_unknown",
            ),
            ("Die Sperrfunktion ... (os error -2146885613)", "tls_revocation_unknown"),
            (
                "OS Error -2146762482 (FormatMessageW() returned error 317) (os error -2146762482)",
                "tls_revocation_unknown",
            ),
            ("0x800B010E", "tls_revocation_unknown"),
            ("Ein Zertifikat ist abgelaufen. (os error -2146762495)", "tls_expired"),
            ("(os error -2146762481)", "tls_wrong_host"),
            ("A certificate chain could not be built. (os error -2146762486)", "tls_untrusted"),
            ("", "tls_untrusted"),
        ];
        for (text, code) in cases {
            assert_eq!(code_of_system_text(text), code, "{text}");
        }
    }

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let inner = rustls::Error::InvalidCertificate(CertificateError::Expired);
        let outer = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner));
        let found = causes(&outer);
        assert!(found.iter().any(|cause| cause.is::<rustls::Error>()));
    }
}
