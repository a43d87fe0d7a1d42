//! Whether a proxy may be given a user name and password: only the one that they are for, only after it has asked for
//! them itself, and once unless it accepts them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::header::HeaderValue;
use zeroize::Zeroizing;

use super::account_conversation::AccountRefused;
use super::digest::Challenge;
use super::proxy_address::{ProxyAddress, ProxyPlace};
use super::tunnel::{Refusal, authorization};
use crate::platform::account_sign_in::Scheme;
use crate::profile::{ProxyCredentials, ProxyName};

/// What may be sent to the proxies of one network, and how each answered.
#[derive(Debug)]
pub(super) struct ProxySignIn {
    /// From the vault.
    stored: Option<ProxyCredentials>,
    known: Mutex<HashMap<ProxyName, Known>>,
    /// Held while a proxy is first given credentials, so that requests side by side do not give them several times.
    pub turn: tokio::sync::Mutex<()>,
}

/// How a proxy took the credentials.
#[derive(Clone, Debug, Default)]
pub(super) enum Known {
    #[default]
    NotGiven,
    /// It let a request through with them, given this way. Later requests carry them from the start.
    Accepted(Method),
    /// It let the account pass that this program runs as. Later requests prove it from the start.
    Account(Scheme),
    /// They were given and not accepted. They are not given again.
    Spent,
    /// The account was not let pass. It is not proven again.
    AccountSpent(AccountRefused),
}

/// How credentials are given.
#[derive(Clone, Debug)]
pub(super) enum Method {
    /// The password itself (RFC 7617).
    Basic,
    /// A proof that the password is known (RFC 7616).
    Digest(Challenge),
    /// The password itself, within SOCKS (RFC 1929).
    Socks,
}

/// Where credentials come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Vault,
    /// The proxy's own address.
    Address(ProxyPlace),
}

/// Why a proxy that asks for a sign-in did not get one that it accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotSignedIn {
    /// It does not take a user name and password. Those from here are for it, and were not sent.
    NotOffered { unused: Option<Origin> },
    /// There are none.
    NothingStored,
    /// The vault's are for no proxy yet.
    Unbound,
    /// The vault's are for this other proxy.
    ForAnother(ProxyName),
    /// It was given `user`'s, and did not accept them.
    Rejected { origin: Origin, user: String },
}

/// Credentials for one proxy, and where they come from.
pub(super) struct Allowed<'a> {
    pub credentials: &'a ProxyCredentials,
    pub origin: Origin,
}

impl Allowed<'_> {
    /// That the proxy did not accept them.
    pub(super) fn rejected(&self) -> NotSignedIn {
        NotSignedIn::Rejected { origin: self.origin, user: self.credentials.user.clone() }
    }

    /// The header for a `CONNECT` to `target` (`host:port`), given by `method`.
    pub(super) fn header(&self, method: &Method, target: &str) -> Option<HeaderValue> {
        match method {
            Method::Basic => basic(self.credentials),
            Method::Digest(challenge) => challenge.answer(self.credentials, target, &client_nonce()?),
            Method::Socks => None,
        }
    }
}

fn client_nonce() -> Option<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).ok()?;
    Some(URL_SAFE_NO_PAD.encode(random))
}

impl ProxySignIn {
    pub(super) fn new(stored: Option<ProxyCredentials>) -> ProxySignIn {
        ProxySignIn { stored, known: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// How `proxy` took them so far.
    pub(super) fn known(&self, proxy: &ProxyName) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(proxy).cloned().unwrap_or_default()
    }

    pub(super) fn set_known(&self, proxy: &ProxyName, known: Known) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(proxy.clone(), known);
    }

    /// How `proxy` wants to be given them, by its refusal: by Digest where it offers that, so that it does not get the
    /// password itself.
    ///
    /// # Errors
    ///
    /// Why it gets none.
    pub(super) fn after<'a>(
        &'a self,
        refusal: &Refusal,
        proxy: &'a ProxyAddress,
        place: ProxyPlace,
    ) -> Result<(Allowed<'a>, Method), NotSignedIn> {
        let not_offered =
            || NotSignedIn::NotOffered { unused: self.allowed(proxy, place).ok().map(|allowed| allowed.origin) };
        let method = match Challenge::strongest(&refusal.offers) {
            _ if !refusal.asks_sign_in() => return Err(not_offered()),
            Some(challenge) => Method::Digest(challenge),
            None if refusal.offer("basic").is_some() => Method::Basic,
            None => return Err(not_offered()),
        };
        Ok((self.allowed(proxy, place)?, method))
    }

    /// What `proxy` may be given once it has asked.
    ///
    /// # Errors
    ///
    /// Why there is nothing for it.
    pub(super) fn allowed<'a>(
        &'a self,
        proxy: &'a ProxyAddress,
        place: ProxyPlace,
    ) -> Result<Allowed<'a>, NotSignedIn> {
        let stored = self.stored.as_ref().map(|stored| (stored, Origin::Vault));
        let own = proxy.credentials.as_ref().map(|own| (own, Origin::Address(place)));
        let mut known = stored.into_iter().chain(own);
        if let Some((credentials, origin)) = known.find(|(it, _)| it.proxy.as_ref() == Some(&proxy.name)) {
            return Ok(Allowed { credentials, origin });
        }
        Err(match self.stored.as_ref().map(|stored| &stored.proxy) {
            None => NotSignedIn::NothingStored,
            Some(None) => NotSignedIn::Unbound,
            Some(Some(other)) => NotSignedIn::ForAnother(other.clone()),
        })
    }
}

/// `Proxy-Authorization: Basic` (RFC 7617).
fn basic(credentials: &ProxyCredentials) -> Option<HeaderValue> {
    let (user, password) = (&credentials.user, credentials.password.expose());
    let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + 1 + password.len()));
    for part in [user.as_bytes(), b":", password.as_bytes()] {
        pair.extend_from_slice(part);
    }
    authorization("Basic", &pair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_check::tunnel::Offer;
    use crate::profile::SecretText;

    #[test]
    fn credentials_are_basic_and_kept_from_logs() {
        let credentials = ProxyCredentials::new("Aladdin", SecretText::from("open sesame"));
        let header = basic(&credentials).expect("a header");
        assert_eq!(header.as_bytes(), b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "RFC 7617's own example");
        assert!(header.is_sensitive());
    }

    #[test]
    fn only_the_proxy_that_they_are_for_gets_credentials_and_only_for_basic() {
        let place = ProxyPlace::Settings;
        let proxy = |text: &str| ProxyAddress::parse(text).expect("an address");
        let refusal = |status, offers: &[&str]| Refusal {
            status,
            offers: offers.iter().map(|it| Offer { scheme: (*it).to_owned(), ..Offer::default() }).collect(),
            ..Refusal::default()
        };
        let stored = |bound: Option<&str>| {
            let plain = ProxyCredentials::new("u", SecretText::from("p"));
            ProxySignIn::new(Some(ProxyCredentials { proxy: bound.and_then(ProxyName::parse), ..plain }))
        };
        let basic = refusal(407, &["NTLM", "basic"]);
        let outcome = |sign_in: &ProxySignIn, refusal: &Refusal, address: &str| {
            sign_in.after(refusal, &proxy(address), place).map(|(allowed, _)| allowed.origin)
        };
        assert_eq!(outcome(&stored(Some("proxy:1")), &basic, "http://PROXY:1"), Ok(Origin::Vault));
        for offers in [&[][..], &["Negotiate", "NTLM"], &["Digest"]] {
            let asked = refusal(407, offers);
            let not_offered = |unused| Err(NotSignedIn::NotOffered { unused });
            assert_eq!(outcome(&stored(Some("proxy:1")), &asked, "proxy:1"), not_offered(Some(Origin::Vault)));
            assert_eq!(outcome(&stored(None), &asked, "u:p@proxy:1"), not_offered(Some(Origin::Address(place))));
            assert_eq!(outcome(&stored(None), &asked, "proxy:1"), not_offered(None));
        }
        assert_eq!(
            outcome(&stored(Some("proxy:1")), &refusal(403, &["Basic"]), "proxy:1"),
            Err(NotSignedIn::NotOffered { unused: Some(Origin::Vault) })
        );
        for other in ["proxy:2", "proxy2:1", "proxy.:1"] {
            let wanted = NotSignedIn::ForAnother(ProxyName::parse("proxy:1").expect("a name"));
            assert_eq!(outcome(&stored(Some("proxy:1")), &basic, other), Err(wanted));
        }
        assert_eq!(outcome(&stored(None), &basic, "proxy:1"), Err(NotSignedIn::Unbound));
        assert_eq!(outcome(&ProxySignIn::new(None), &basic, "proxy:1"), Err(NotSignedIn::NothingStored));
        assert_eq!(outcome(&stored(None), &basic, "u:p@proxy:1"), Ok(Origin::Address(place)));
    }

    #[test]
    fn digest_is_taken_where_it_is_offered_beside_basic() {
        let nonce = vec![("nonce".to_owned(), "x".to_owned())];
        let offers = vec![
            Offer { scheme: "Basic".to_owned(), ..Offer::default() },
            Offer { scheme: "Digest".to_owned(), parameters: nonce, ..Offer::default() },
        ];
        let refusal = Refusal { status: 407, offers, ..Refusal::default() };
        let (proxy, sign_in) = (ProxyAddress::parse("u:p@proxy:1").expect("an address"), ProxySignIn::new(None));
        let chosen = sign_in.after(&refusal, &proxy, ProxyPlace::Settings).map(|(_, method)| method);
        assert!(matches!(chosen, Ok(Method::Digest(_))), "{chosen:?}");
    }
}
