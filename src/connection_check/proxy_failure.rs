//! Tells apart why a proxy did not open the way: its refusals, what is no proxy at all, and sign-ins that it does not accept.

use super::account_conversation::AccountRefused;
use super::failure::Failure;
use super::proxy_address::NamedProxy;
use super::proxy_sign_in::{NotSignedIn, Origin};
use super::socks::SocksError;
use super::tunnel::{Refusal, TunnelError};
use crate::platform::account_sign_in::Scheme;

/// The failure of a `CONNECT` to `host` that `proxy` did not follow.
pub(super) fn of_tunnel(proxy: &NamedProxy, error: &TunnelError, host: &str) -> Failure {
    let failure = Failure::new("proxy_refused", host).at_proxy(proxy);
    let said = said_by(proxy, error);
    match error {
        TunnelError::Refused(refusal) => of_refusal(proxy, refusal, failure),
        TunnelError::Broken(_) | TunnelError::Closed => {
            Failure::new("dropped", host).variant("tunnel").at_proxy(proxy).saying(said)
        }
        TunnelError::NotTls { title } | TunnelError::Page { title, .. } => {
            failure.variant("page").saying(said).with("Page title", title)
        }
        TunnelError::Endless => failure.variant("trouble").saying(said),
        TunnelError::NotHttp => failure.variant("not_http").saying(said),
    }
}

fn of_refusal(proxy: &NamedProxy, refusal: &Refusal, failure: Failure) -> Failure {
    let Refusal { status, reason, leads_to, title, .. } = refusal;
    let answered = format!("{status} {reason}").trim_end().to_owned();
    let failure = failure.with("Proxy's response", &answered).with("Page title", title).with("Redirected to", leads_to);
    let mut said = format!("{} responded with “{answered}”", proxy.introduced());
    if !title.is_empty() {
        said.push_str(&format!(" and the page “{title}”"));
    }
    match status {
        300..=399 | 511 if !leads_to.is_empty() => {
            failure.variant("portal").saying(format!("{said}, which leads to {leads_to}"))
        }
        300..=399 | 511 => failure.variant("portal").saying(said),
        401 | 403 | 405 | 451 => failure.saying(format!("{said}: its rules block this server")),
        502..=504 => failure.variant("unreachable").saying(said),
        431 => failure.variant("trouble").saying(format!("{said}: it finds the request too long")),
        _ => failure.variant("trouble").saying(said),
    }
}

/// The failure of a way to `host` that the SOCKS proxy `proxy` did not open.
pub(super) fn of_socks(proxy: &NamedProxy, error: &SocksError, host: &str) -> Failure {
    let failure = Failure::new("proxy_refused", host).at_proxy(proxy);
    let failure = match error {
        SocksError::Broken(_) => Failure::new("dropped", host).variant("tunnel").at_proxy(proxy),
        SocksError::NotSocks => failure.variant("not_socks"),
        SocksError::Refused { reply: 2, .. } => failure.variant("socks"),
        SocksError::Refused { reply: 1 | 3..=6, .. } => failure.variant("unreachable"),
        SocksError::Refused { .. } | SocksError::WantsSignIn | SocksError::Rejected | SocksError::Name => {
            failure.variant("trouble")
        }
    };
    failure.saying(said_by(proxy, error))
}

fn said_by(proxy: &NamedProxy, error: &dyn std::error::Error) -> String {
    format!("{} {error}", proxy.introduced())
}

/// What a proxy that asks for a sign-in offers, and why it did not get one that it accepts.
pub(super) fn of_sign_in(
    proxy: &NamedProxy,
    offers: &[String],
    why: &NotSignedIn,
    account: Option<&AccountRefused>,
    host: &str,
) -> Failure {
    let offered = if offers.is_empty() { "no sign-in method".to_owned() } else { offers.join(", ") };
    let asks = if proxy.is_socks() {
        format!("{} accepts no connection without a sign-in", proxy.introduced())
    } else {
        format!("{} responded with 407 and offers: {offered}", proxy.introduced())
    };
    // A ticket is for the name of a service (RFC 4559, 4.1).
    let is_kerberos_by_address = proxy.has_ip_address() && account.is_some_and(|it| it.scheme == Scheme::Negotiate);
    let general = if proxy.is_socks() { "socks" } else { "" };
    let (variant, reason) = match why {
        NotSignedIn::NotOffered { unused } => {
            let variant = match account {
                None => "not_offered",
                Some(_) if is_kerberos_by_address => "account_by_address",
                Some(_) => "account",
            };
            let reason = match unused {
                Some(origin) if proxy.is_socks() => format!(
                    "It does not accept a user name and password, so those from {} were not sent",
                    place_of(*origin)
                ),
                Some(origin) => format!(
                    "The user name and password from {} were not sent, because this program gives them only by Basic, or by \
                     Digest with MD5 or SHA-256",
                    place_of(*origin)
                ),
                None if account.is_some() => String::new(),
                None => {
                    "This program can sign in to a proxy as the account it runs as (Negotiate, NTLM) or with a user \
                         name and password (Basic, Digest), so it sent nothing"
                        .to_owned()
                }
            };
            (variant, reason)
        }
        NotSignedIn::NothingStored => (general, "This program was given no user name and password for it".to_owned()),
        NotSignedIn::Unbound => (
            general,
            format!(
                "The user name and password in the vault were saved by an earlier version without the proxy they \
                 belong to, so they were not sent. To use them for this proxy: in the window, Settings > Proxy \
                 sign-in; on the command line, a365-password-cli vault proxy --for {proxy}"
            ),
        ),
        NotSignedIn::ForAnother(other) => (
            general,
            format!(
                "The user name and password in the vault are for the proxy {other}, so they were not sent to this one"
            ),
        ),
        NotSignedIn::Rejected { origin, user } => (
            "rejected",
            format!(
                "It rejected the user name and password of “{user}” from {}. They were sent once",
                place_of(*origin)
            ),
        ),
    };
    let account = account.map(|AccountRefused { account, scheme, why }| {
        format!(
            "This program runs as “{account}” and tried to sign in with that account ({}), but {why}",
            scheme.name()
        )
    });
    let sentences: Vec<String> =
        [Some(asks), Some(reason), account].into_iter().flatten().filter(|it| !it.is_empty()).collect();
    let failure = Failure::new("proxy_auth_required", host).variant(variant).at_proxy(proxy);
    let failure = failure.saying(sentences.join(". "));
    if proxy.is_socks() { failure } else { failure.with("Proxy offers", offered) }
}

fn place_of(origin: Origin) -> String {
    match origin {
        Origin::Vault => "the vault".to_owned(),
        Origin::Address(place) => place.to_string(),
    }
}
