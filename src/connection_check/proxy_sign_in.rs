//! Whether a proxy may be given a user name and password: only the one that they are for, only after it has asked for
//! them itself, and once unless it accepts them.

use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use zeroize::Zeroizing;

use super::proxy_address::{ProxyAddress, ProxyPlace};
use super::tunnel::Refusal;
use crate::profile::{ProxyCredentials, ProxyName};

/// What may be told to the proxy of one network, and how it was taken. There is one proxy in a network at most.
#[derive(Debug)]
pub(super) struct ProxySignIn {
    /// From the vault.
    stored: Option<ProxyCredentials>,
    known: Mutex<Known>,
    /// Held while the proxy is first given credentials, so that requests side by side do not give them several times.
    pub turn: tokio::sync::Mutex<()>,
}

/// How the proxy took the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    NotGiven,
    /// It let a request through with them. Later requests carry them from the start.
    Accepted,
    /// They were given and not accepted. They are not given again.
    Spent,
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
    /// It does not take a user name and password.
    NoBasic,
    /// There are none.
    NothingStored,
    /// The vault's are for no proxy yet.
    Unbound,
    /// The vault's are for this other proxy.
    ForAnother(ProxyName),
    Rejected(Origin),
}

impl ProxySignIn {
    pub(super) fn new(stored: Option<ProxyCredentials>) -> ProxySignIn {
        ProxySignIn { stored, known: Mutex::new(Known::NotGiven), turn: tokio::sync::Mutex::default() }
    }

    pub(super) fn known(&self) -> Known {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_known(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// What `proxy` has accepted before.
    pub(super) fn accepted(&self, proxy: &ProxyAddress, place: ProxyPlace) -> Option<(HeaderValue, Origin)> {
        if self.known() != Known::Accepted {
            return None;
        }
        self.for_proxy(proxy, place).ok()
    }

    /// What `proxy` may be given after `refusal`.
    pub(super) fn after(
        &self,
        refusal: &Refusal,
        proxy: &ProxyAddress,
        place: ProxyPlace,
    ) -> Result<(HeaderValue, Origin), NotSignedIn> {
        if !refusal.asks_sign_in() || !refusal.offers_basic() {
            return Err(NotSignedIn::NoBasic);
        }
        self.for_proxy(proxy, place)
    }

    fn for_proxy(&self, proxy: &ProxyAddress, place: ProxyPlace) -> Result<(HeaderValue, Origin), NotSignedIn> {
        let stored = self.stored.as_ref().map(|stored| (stored, Origin::Vault));
        let own = proxy.credentials.as_ref().map(|own| (own, Origin::Address(place)));
        let mut known = stored.into_iter().chain(own);
        if let Some((credentials, origin)) = known.find(|(it, _)| it.proxy.as_ref() == Some(&proxy.name)) {
            return basic(credentials).map(|header| (header, origin)).ok_or(NotSignedIn::Rejected(origin));
        }
        Err(match self.stored.as_ref().map(|stored| &stored.proxy) {
            None => NotSignedIn::NothingStored,
            Some(None) => NotSignedIn::Unbound,
            Some(Some(other)) => NotSignedIn::ForAnother(other.clone()),
        })
    }
}

/// `Proxy-Authorization: Basic` (RFC 7617), in a buffer that is wiped and that the library keeps from its logs.
fn basic(credentials: &ProxyCredentials) -> Option<HeaderValue> {
    let (user, password) = (&credentials.user, credentials.password.expose());
    let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + 1 + password.len()));
    for part in [user.as_bytes(), b":", password.as_bytes()] {
        pair.extend_from_slice(part);
    }
    let mut header = Zeroizing::new(vec![0; 6 + pair.len().div_ceil(3) * 4]);
    header[..6].copy_from_slice(b"Basic ");
    STANDARD.encode_slice(&*pair, &mut header[6..]).ok()?;
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(header)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
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
            offers: offers.iter().map(|offer| (*offer).to_owned()).collect(),
            ..Refusal::default()
        };
        let stored = |bound: Option<&str>| {
            let plain = ProxyCredentials::new("u", SecretText::from("p"));
            ProxySignIn::new(Some(ProxyCredentials { proxy: bound.and_then(ProxyName::parse), ..plain }))
        };
        let basic = refusal(407, &["NTLM", "basic"]);
        let outcome = |sign_in: &ProxySignIn, refusal: &Refusal, address: &str| {
            sign_in.after(refusal, &proxy(address), place).map(|(_, origin)| origin)
        };
        assert_eq!(outcome(&stored(Some("proxy:1")), &basic, "http://PROXY:1"), Ok(Origin::Vault));
        for offers in [&[][..], &["Negotiate", "NTLM"], &["Digest"]] {
            let asked = refusal(407, offers);
            assert_eq!(outcome(&stored(Some("proxy:1")), &asked, "proxy:1"), Err(NotSignedIn::NoBasic));
            assert_eq!(outcome(&stored(None), &asked, "u:p@proxy:1"), Err(NotSignedIn::NoBasic));
        }
        assert_eq!(outcome(&stored(Some("proxy:1")), &refusal(403, &["Basic"]), "proxy:1"), Err(NotSignedIn::NoBasic));
        for other in ["proxy:2", "proxy2:1", "proxy.:1"] {
            let wanted = NotSignedIn::ForAnother(ProxyName::parse("proxy:1").expect("a name"));
            assert_eq!(outcome(&stored(Some("proxy:1")), &basic, other), Err(wanted));
        }
        assert_eq!(outcome(&stored(None), &basic, "proxy:1"), Err(NotSignedIn::Unbound));
        assert_eq!(outcome(&ProxySignIn::new(None), &basic, "proxy:1"), Err(NotSignedIn::NothingStored));
        assert_eq!(outcome(&stored(None), &basic, "u:p@proxy:1"), Ok(Origin::Address(place)));
    }
}
