//! Tells apart in which step a request got no answer, and why, by walking down the causes of the HTTP library's error.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, PeerIncompatible};

use super::certificates::SeenCertificates;
use super::client::{Phase, SendError};
use super::connector::{ConnectError, Step, is_no_tls};
use super::failure::Failure;
use super::metered::LimitExceeded;
use super::names::NameFault;
use super::proxy_address::ProxyPlace;
use super::proxy_failure::{of_sign_in, of_socks, of_tunnel};
use crate::wording::capitalized;

/// The code of a certificate that is not trusted for another reason than its dates, its names or a revocation list.
const UNTRUSTED: &str = "tls_untrusted";

/// The failure that `error` means for a request to `host`; `seen` knows the certificates.
pub(super) fn classify(error: &SendError, host: &str, seen: &SeenCertificates) -> Failure {
    let causes = causes(error);
    let technical = causes.iter().map(ToString::to_string).fold(Vec::<String>::new(), |mut lines, line| {
        // A cause often repeats what it was caused by.
        if lines.last().is_none_or(|last| !last.ends_with(&line)) {
            lines.push(line);
        }
        lines
    });
    let failure = match causes.iter().find_map(|cause| cause.downcast_ref::<ConnectError>()) {
        Some(connecting) => of_connecting(connecting, &causes, host, seen),
        None => of_exchange(error, &causes, host),
    };
    failure.with("Network error", technical.join(": "))
}

/// The failure of a connection to `host` that could not be opened.
pub(super) fn classify_connecting(error: &ConnectError, host: &str, seen: &SeenCertificates) -> Failure {
    let causes = causes(error);
    of_connecting(error, &causes, host, seen)
}

/// The failure of a request on an open connection.
fn of_exchange(error: &SendError, causes: &[&(dyn Error + 'static)], host: &str) -> Failure {
    match error {
        SendError::TooSlow(phase) => too_slow(*phase, host),
        SendError::Interim | SendError::TooLarge => Failure::new("too_large", host),
        SendError::Tls(ended) => {
            let failure = of_tls(&ended.error, ended.wanted_certificate, host);
            failure.map_or_else(|| dropped("response", causes, host), |failure| failure.variant("sent"))
        }
        _ if is_too_large(causes) => Failure::new("too_large", host).saying(last_words(causes)),
        SendError::Body(_) => dropped("body", causes, host),
        SendError::Library { .. } | SendError::Request(_) => dropped("response", causes, host),
    }
}

/// The failure of a limit of time that was reached in this phase.
pub(super) fn too_slow(phase: Phase, host: &str) -> Failure {
    let failure = Failure::new("timeout", host);
    match phase {
        Phase::Connecting => failure,
        Phase::Response => failure.variant("response").with("Waited for", format!("the response of {host}")),
        Phase::Body => failure.variant("body").with("Waited for", format!("the rest of the response of {host}")),
    }
}

fn dropped(variant: &'static str, causes: &[&(dyn Error + 'static)], host: &str) -> Failure {
    Failure::new("dropped", host).variant(variant).saying(in_words(causes))
}

/// The failure of a connection that could not be opened.
fn of_connecting(
    error: &ConnectError,
    causes: &[&(dyn Error + 'static)],
    host: &str,
    seen: &SeenCertificates,
) -> Failure {
    let failure = of_step(error, causes, host, seen);
    if error.is_unanswered() { failure.unanswered() } else { failure }
}

fn of_step(error: &ConnectError, causes: &[&(dyn Error + 'static)], host: &str, seen: &SeenCertificates) -> Failure {
    match error {
        ConnectError::Way(error) => Failure::new("proxy_setting", host).saying(error.to_string()),
        ConnectError::Name(error) => Failure::new(error.fault.code(), host).saying(sentence(error)),
        ConnectError::ProxyName { proxy, source } => {
            let code = match source.fault {
                NameFault::NotFound => "proxy_not_found",
                failing => failing.code(),
            };
            Failure::new(code, host).variant("proxy").saying(sentence(source)).at_proxy(proxy)
        }
        ConnectError::Proxy { proxy, .. } => {
            let words = format!("{} could not be reached. {}", proxy.introduced(), in_words(causes));
            Failure::new("dropped", host).variant("proxy").saying(words).at_proxy(proxy)
        }
        ConnectError::ProxyTls { proxy, source } => {
            let failure = Failure::new("proxy_tls", host).at_proxy(proxy);
            if is_no_tls(source) {
                failure.variant("not_tls").saying(format!("{} answered in plain text", proxy.introduced()))
            } else if certificate_error(causes).is_some() {
                failure.saying(seen.fault_of(&proxy.host).map_or_else(|| in_words(causes), |fault| fault.words))
            } else {
                failure.variant("failed").saying(in_words(causes))
            }
        }
        ConnectError::Tunnel { proxy, source } => of_tunnel(proxy, source, host),
        ConnectError::Socks { proxy, source } => of_socks(proxy, source, host),
        ConnectError::SignIn { proxy, offers, why, account } => of_sign_in(proxy, offers, why, account.as_ref(), host),
        ConnectError::TooSlow { step } => of_slow_step(step, host),
        ConnectError::Tls { wanted_certificate, proxy, .. } => {
            let tls = causes.iter().find_map(|cause| cause.downcast_ref::<rustls::Error>());
            let failure = match tls {
                Some(rustls::Error::InvalidCertificate(error)) => {
                    let failure = Failure::new(code_of_certificate(error), host);
                    match seen.fault_of(host) {
                        Some(fault) if failure.code == UNTRUSTED => {
                            failure.variant(fault.kind.variant()).saying(fault.words)
                        }
                        Some(fault) => failure.saying(fault.words),
                        None => failure.saying(in_words(causes)),
                    }
                }
                Some(rustls::Error::NoCertificatesPresented) => {
                    Failure::new(UNTRUSTED, host).saying("The server sent no certificate")
                }
                Some(rustls::Error::InvalidMessage(_)) => Failure::new("dropped", host).variant("not_tls"),
                Some(error) => of_tls(error, *wanted_certificate, host).unwrap_or_else(|| dropped("tls", causes, host)),
                None if is_too_large(causes) => Failure::new("too_large", host).saying(last_words(causes)),
                None => dropped("tls", causes, host),
            };
            match proxy {
                Some(proxy) => failure.at_proxy(proxy),
                None => failure,
            }
        }
        ConnectError::Server { .. } if is_too_large(causes) => {
            Failure::new("too_large", host).saying(last_words(causes))
        }
        ConnectError::Server { direct_by, .. } => {
            let failure = dropped("connect", causes, host);
            match direct_by.and_then(|place| words_of_direct(place, host)) {
                Some(words) => failure.saying_more(&words),
                None => failure,
            }
        }
        ConnectError::Address => dropped("connect", causes, host),
    }
}

const NOTHING_CAME: &str = "Its name was found, but nothing came back";

/// What has to be known about a decision for the direct way: the desktop does not say when it has none.
fn words_of_direct(place: ProxyPlace, host: &str) -> Option<String> {
    (place == ProxyPlace::Desktop).then(|| {
        format!(
            "The network settings of the desktop say that {host} is reached without a proxy. They say the same when their \
             script (PAC) cannot be downloaded: check it if this network needs a proxy"
        )
    })
}

/// The step in which the time was over.
fn of_slow_step(step: &Step, host: &str) -> Failure {
    let too_slow = |variant| Failure::new("timeout", host).variant(variant);
    let failure = match step {
        Step::Name(_) => Failure::new("dns_timeout", host),
        Step::ProxyName(proxy) => Failure::new("dns_timeout", host).variant("proxy").at_proxy(proxy),
        Step::Way => Failure::new("timeout", host),
        Step::Server(_, direct_by) => {
            let words = direct_by.and_then(|place| words_of_direct(place, host));
            too_slow("connect").saying(words.unwrap_or_else(|| NOTHING_CAME.to_owned()))
        }
        Step::Proxy(proxy) => too_slow("proxy").at_proxy(proxy),
        Step::ProxySignIn(proxy) => too_slow("proxy_sign_in").at_proxy(proxy),
        Step::ProxyTls(proxy) => too_slow("proxy_tls").at_proxy(proxy),
        Step::Tunnel(proxy) if proxy.is_socks() => too_slow("socks").at_proxy(proxy),
        Step::Tunnel(proxy) => too_slow("tunnel").at_proxy(proxy),
        Step::Tls(_) => too_slow("tls"),
    };
    failure.with("Waited for", step.to_string())
}

/// The failure that an error of TLS means which is not about the server's certificate.
fn of_tls(error: &rustls::Error, wanted_certificate: bool, host: &str) -> Option<Failure> {
    use AlertDescription as Alert;
    let code = match error {
        rustls::Error::AlertReceived(Alert::CertificateRequired) => "tls_client_certificate",
        // TLS 1.2 has no alert of its own for it.
        rustls::Error::AlertReceived(Alert::HandshakeFailure | Alert::BadCertificate | Alert::UnknownCA)
            if wanted_certificate =>
        {
            "tls_client_certificate"
        }
        rustls::Error::AlertReceived(Alert::ProtocolVersion)
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => "tls_version",
        rustls::Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity)
        | rustls::Error::PeerIncompatible(_) => "tls_cipher",
        rustls::Error::AlertReceived(_) => "tls_alert",
        _ => return None,
    };
    let words = match error {
        rustls::Error::AlertReceived(alert) => format!("It sent the TLS alert “{}”", alert_name(*alert)),
        other => capitalized(&other.to_string()),
    };
    Some(Failure::new(code, host).saying(words))
}

/// The name of an alert as RFC 8446 writes it, e.g. `handshake_failure`.
fn alert_name(alert: AlertDescription) -> String {
    let mut name = String::new();
    let text = format!("{alert:?}");
    let letters: Vec<char> = text.chars().collect();
    for (place, letter) in letters.iter().enumerate() {
        let after_small = place > 0 && letters[place - 1].is_ascii_lowercase();
        if letter.is_ascii_uppercase() && after_small {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn is_too_large(causes: &[&(dyn Error + 'static)]) -> bool {
    // The library has no other word for a header beyond its limit.
    let is_long_header =
        |error: &hyper::Error| error.is_parse() && error.to_string().contains("message head is too large");
    let is_excess = |error: &h2::Error| error.is_library() && error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM);
    causes.iter().any(|cause| {
        cause.is::<LimitExceeded>()
            || cause.downcast_ref::<h2::Error>().is_some_and(is_excess)
            || cause.downcast_ref::<hyper::Error>().is_some_and(is_long_header)
    })
}

fn certificate_error<'a>(causes: &[&'a (dyn Error + 'static)]) -> Option<&'a CertificateError> {
    causes.iter().find_map(|cause| match cause.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(error)) => Some(error),
        _ => None,
    })
}

/// What happened to a connection, for people: the system's error in plain words where it is a usual one.
fn in_words(causes: &[&(dyn Error + 'static)]) -> String {
    use io::ErrorKind as Kind;
    let kind = causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let words = match kind {
        Some(Kind::ConnectionRefused) => "It was refused: nothing listens there, or a firewall rejects it",
        Some(Kind::ConnectionReset | Kind::BrokenPipe) => "It was reset",
        Some(Kind::ConnectionAborted) => "It was aborted",
        Some(Kind::UnexpectedEof) => "It was closed without a response",
        Some(Kind::NetworkUnreachable | Kind::HostUnreachable) => "There is no network route to it",
        Some(Kind::PermissionDenied) => "This computer's own firewall does not allow it",
        Some(Kind::TimedOut) => "There was no response",
        _ => return last_words(causes),
    };
    words.to_owned()
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
        _ => UNTRUSTED,
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
        UNTRUSTED
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
    capitalized(&error.to_string())
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
    fn a_direct_way_by_the_desktops_decision_is_said_where_it_does_not_lead_to_the_server() {
        let said = |direct_by| {
            let source = io::Error::from(io::ErrorKind::ConnectionRefused);
            let refused = ConnectError::Server { direct_by, source };
            let slow = ConnectError::TooSlow { step: Step::Server("a.example".to_owned(), direct_by) };
            [refused, slow].map(|error| classify_connecting(&error, "a.example", &SeenCertificates::default()).detail)
        };
        for detail in said(Some(ProxyPlace::Desktop)) {
            assert!(detail.contains("a.example is reached without a proxy") && detail.contains("(PAC)"), "{detail}");
        }
        for detail in said(None).into_iter().chain(said(Some(ProxyPlace::WindowsScript))) {
            assert!(!detail.contains("without a proxy"), "{detail}");
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
