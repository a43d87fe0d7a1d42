//! Tells apart why a request got no answer, by walking down the causes of the HTTP library's error.

use std::error::Error;
use std::io;

use rustls::CertificateError;

use super::client::SendError;
use super::connector::ConnectError;
use super::failure::Failure;
use super::metered::Flood;
use super::names::NameError;
use super::proxy_address::ProxyPlace;
use super::proxy_sign_in::{NotSignedIn, Origin};
use super::tunnel::{Refusal, TunnelError};

/// The failure that `error` means for a request to `host`.
pub(super) fn classify(error: &SendError, host: &str) -> Failure {
    let causes = causes(error);
    let technical = causes.iter().map(ToString::to_string).fold(Vec::<String>::new(), |mut lines, line| {
        // A cause often repeats what it was caused by.
        if lines.last().is_none_or(|last| !last.ends_with(&line)) {
            lines.push(line);
        }
        lines
    });
    let failure = match causes.iter().find_map(|cause| cause.downcast_ref::<ConnectError>()) {
        Some(connecting) => of_connecting(connecting, &causes, host),
        None => Failure::new(code_of(error, &causes), host).saying(last_words(&causes)),
    };
    failure.with("Network error", technical.join(": "))
}

/// The failure of a connection that did not come about.
fn of_connecting(error: &ConnectError, causes: &[&(dyn Error + 'static)], host: &str) -> Failure {
    match error {
        ConnectError::Proxy { proxy, place, .. } => {
            let code = if is_name(causes) { "proxy_not_found" } else { "dropped" };
            let subject = if code == "dropped" { host } else { proxy };
            let words = format!(
                "The proxy itself, {proxy} (set in {place}), could not be reached: {}",
                last_words(causes).trim_end_matches('.')
            );
            Failure::new(code, subject).saying(words).with("Proxy", proxy)
        }
        ConnectError::ProxyTls { proxy, place, .. } => of_proxy_tls(proxy, *place, causes),
        ConnectError::Tunnel { proxy, source } => of_tunnel(proxy, source, host),
        ConnectError::SignIn { proxy, offers, why } => of_sign_in(proxy, offers, why, host),
        ConnectError::TooSlow { step } => Failure::new("timeout", host).with("Waited for", step),
        ConnectError::Server(_) | ConnectError::Tls(_) | ConnectError::Address => {
            Failure::new(code_of_connection(causes), host).saying(last_words(causes))
        }
    }
}

fn of_proxy_tls(proxy: &str, place: ProxyPlace, causes: &[&(dyn Error + 'static)]) -> Failure {
    let words = format!("It is set in {place}. {}", last_words(causes));
    Failure::new("proxy_tls", proxy).saying(words).with("Proxy", proxy)
}

fn of_tunnel(proxy: &str, error: &TunnelError, host: &str) -> Failure {
    let failure = Failure::new("proxy_refused", host).with("Proxy", proxy);
    match error {
        TunnelError::Refused(Refusal { status, reason, .. }) => {
            let meaning = match status {
                401 | 403 | 405 | 451 => "its rules forbid this server",
                502..=504 => "it cannot find this server's name or cannot reach it",
                _ => "it did not open the way",
            };
            let answered = format!("{status} {reason}").trim_end().to_owned();
            failure.saying(format!("The proxy answered “{answered}”: {meaning}")).with("Proxy's answer", answered)
        }
        TunnelError::Broken(_) | TunnelError::Closed => {
            Failure::new("dropped", host).saying(sentence(error)).with("Proxy", proxy)
        }
        TunnelError::Endless | TunnelError::NotHttp | TunnelError::Page { .. } => failure.saying(sentence(error)),
    }
}

/// What a proxy that asks for a sign-in offers, and why it did not get one that it accepts.
fn of_sign_in(proxy: &str, offers: &[String], why: &NotSignedIn, host: &str) -> Failure {
    let offered = if offers.is_empty() { "no way to sign in".to_owned() } else { offers.join(", ") };
    let reason = match why {
        NotSignedIn::NoBasic => {
            "This program signs in to a proxy with a user name and password (Basic) only, so it sent none".to_owned()
        }
        NotSignedIn::NothingStored => "This program has no user name and password for it".to_owned(),
        NotSignedIn::Unbound => format!(
            "The user name and password in the vault were saved by an earlier version and do not say for which proxy \
             they are, so they were not sent. To send them to this proxy: in the window, Settings > Proxy sign-in; \
             command line, a365-password-cli vault proxy --for {proxy}"
        ),
        NotSignedIn::ForAnother(other) => {
            format!(
                "The user name and password in the vault are for the proxy {other}, so they were not sent to this one"
            )
        }
        NotSignedIn::Rejected(origin) => {
            let place = match origin {
                Origin::Vault => "the vault".to_owned(),
                Origin::Address(place) => place.to_string(),
            };
            format!("It rejected the user name and password from {place}. They were sent once")
        }
    };
    Failure::new("proxy_auth_required", host)
        .saying(format!("The proxy {proxy} offers: {offered}. {reason}"))
        .with("Proxy", proxy)
        .with("Proxy offers", offered)
}

fn code_of(error: &SendError, causes: &[&(dyn Error + 'static)]) -> &'static str {
    match error {
        SendError::TooSlow => "timeout",
        SendError::Interim | SendError::Flood => "too_large",
        SendError::Library(_) | SendError::Body(_) | SendError::Request(_) => code_of_connection(causes),
    }
}

fn code_of_connection(causes: &[&(dyn Error + 'static)]) -> &'static str {
    if let Some(tls) = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return match tls {
            rustls::Error::InvalidCertificate(certificate) => code_of_certificate(certificate),
            rustls::Error::NoCertificatesPresented => "tls_untrusted",
            _ => "dropped",
        };
    }
    // The library has no other word for a header beyond its limit.
    let is_long_header =
        |error: &hyper::Error| error.is_parse() && error.to_string().contains("message head is too large");
    let is_excess = |error: &h2::Error| error.is_library() && error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM);
    let is_too_large = |cause: &&(dyn Error + 'static)| {
        cause.is::<Flood>()
            || cause.downcast_ref::<h2::Error>().is_some_and(is_excess)
            || cause.downcast_ref::<hyper::Error>().is_some_and(is_long_header)
    };
    if is_name(causes) {
        "dns"
    } else if causes.iter().any(is_too_large) {
        "too_large"
    } else {
        "dropped"
    }
}

fn is_name(causes: &[&(dyn Error + 'static)]) -> bool {
    causes.iter().any(|cause| cause.is::<NameError>())
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

fn last_words(causes: &[&(dyn Error + 'static)]) -> String {
    causes.last().map(|cause| sentence(cause)).unwrap_or_default()
}

fn sentence(error: &dyn Error) -> String {
    let words = error.to_string();
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
