//! `Proxy-Authorization: Digest` (RFC 7616): proves to a proxy that the password is known, without sending it.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use md5::Md5;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::tunnel::Offer;
use crate::profile::ProxyCredentials;

/// A proxy's challenge. Clones count their uses together, as the nonce count demands.
#[derive(Clone, Debug)]
pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    hash: Hash,
    is_session: bool,
    has_qop: bool,
    /// Whether only the nonce of the answer before was too old.
    pub is_stale: bool,
    uses: Arc<AtomicU32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    /// The hash of `parts` with colons between them, in lower-case hexadecimal.
    fn of(self, parts: &[&str]) -> Zeroizing<String> {
        let mut joined = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len() + 1).sum()));
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                joined.push(':');
            }
            joined.push_str(part);
        }
        match self {
            Hash::Md5 => hex(&Md5::digest(joined.as_bytes())),
            Hash::Sha256 => hex(&Sha256::digest(joined.as_bytes())),
        }
    }
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Challenge {
    /// The challenge in an offer of Digest; `None` where it asks for what is not supported here.
    pub(super) fn read(offer: &Offer) -> Option<Challenge> {
        if !offer.is("digest") {
            return None;
        }
        let algorithm = offer.parameter("algorithm").unwrap_or("MD5").to_ascii_uppercase();
        let (name, is_session) = match algorithm.strip_suffix("-SESS") {
            Some(name) => (name, true),
            None => (algorithm.as_str(), false),
        };
        let hash = match name {
            "MD5" => Hash::Md5,
            "SHA-256" => Hash::Sha256,
            _ => return None,
        };
        let qop = offer.parameter("qop");
        if !qop.is_none_or(|qop| qop.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth"))) {
            return None;
        }
        let nonce = offer.parameter("nonce")?.to_owned();
        Some(Challenge {
            realm: offer.parameter("realm").unwrap_or_default().to_owned(),
            nonce,
            opaque: offer.parameter("opaque").map(str::to_owned),
            hash,
            is_session,
            has_qop: qop.is_some(),
            is_stale: offer.parameter("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            uses: Arc::default(),
        })
    }

    /// The strongest challenge among these offers.
    pub(super) fn strongest(offers: &[Offer]) -> Option<Challenge> {
        let mut readable: Vec<Challenge> = offers.iter().filter_map(Challenge::read).collect();
        readable.sort_by_key(|challenge| challenge.hash == Hash::Md5);
        readable.into_iter().next()
    }

    /// The header that answers the challenge for a `CONNECT` to `target` (`host:port`). `client_nonce` is random.
    pub(super) fn answer(&self, who: &ProxyCredentials, target: &str, client_nonce: &str) -> Option<HeaderValue> {
        let count = format!("{:08x}", self.uses.fetch_add(1, Ordering::Relaxed).wrapping_add(1));
        let mut known = self.hash.of(&[&who.user, &self.realm, who.password.expose()]);
        if self.is_session {
            known = self.hash.of(&[&known, &self.nonce, client_nonce]);
        }
        let asked = self.hash.of(&["CONNECT", target]);
        let response = match self.has_qop {
            true => self.hash.of(&[&known, &self.nonce, &count, client_nonce, "auth", &asked]),
            false => self.hash.of(&[&known, &self.nonce, &asked]),
        };
        let algorithm = match (self.hash, self.is_session) {
            (Hash::Md5, false) => "MD5",
            (Hash::Md5, true) => "MD5-sess",
            (Hash::Sha256, false) => "SHA-256",
            (Hash::Sha256, true) => "SHA-256-sess",
        };
        let mut text = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, algorithm={algorithm}, response=\"{}\"",
            quoted(&who.user),
            quoted(&self.realm),
            quoted(&self.nonce),
            quoted(target),
            *response
        );
        if self.has_qop {
            let _ = write!(text, ", qop=auth, nc={count}, cnonce={}", quoted(client_nonce));
        }
        if let Some(opaque) = &self.opaque {
            let _ = write!(text, ", opaque={}", quoted(opaque));
        }
        let mut value = HeaderValue::from_maybe_shared(Bytes::from(text)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SecretText;

    fn offer(parameters: &[(&str, &str)]) -> Offer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Offer { scheme: "Digest".to_owned(), parameters: parameters.iter().map(own).collect(), ..Offer::default() }
    }

    fn answer(parameters: &[(&str, &str)]) -> String {
        let challenge = Challenge::read(&offer(parameters)).expect("a challenge");
        let who = ProxyCredentials::new("Mufasa", SecretText::from("Circle of Life"));
        let header = challenge.answer(&who, "a.example:443", "0a4f113b").expect("a header");
        assert!(header.is_sensitive());
        header.to_str().expect("ASCII").to_owned()
    }

    /// The values were computed by Python's hashlib from the formulas of RFC 7616, 3.4.1.
    #[test]
    fn answers_are_those_of_the_formula() {
        let common = [("realm", "testrealm@host.com"), ("nonce", "dcd98b7102dd2f0e8b11d0f600bfb0c093")];
        let with = |more: &[(&'static str, &'static str)]| answer(&[&common[..], more].concat());
        for (more, response) in [
            (&[("qop", "auth,auth-int")][..], "74181a7dc26d69ffc0405ca8fe5739e0"),
            (&[], "a1104cfae845cff510d1b5eb681f7d1a"),
            (&[("qop", "auth"), ("algorithm", "md5-sess")], "e795695df8f223a5d3f0ae62ca935417"),
            (
                &[("qop", "auth"), ("algorithm", "SHA-256")],
                "6b08067c24911db58b1f7c00d46849ad4621029f1c445c7c054cbadff3b13053",
            ),
        ] {
            let said = with(more);
            assert!(said.contains(&format!("response=\"{response}\"")), "{more:?}: {said}");
            assert!(!said.contains("Circle"));
        }
    }

    #[test]
    fn each_use_of_a_nonce_is_counted_and_the_strongest_hash_is_taken() {
        let challenge = Challenge::read(&offer(&[("nonce", "n"), ("qop", "auth")])).expect("a challenge");
        let who = ProxyCredentials::new("a\"b", SecretText::from("x"));
        for count in ["nc=00000001", "nc=00000002"] {
            let header = challenge.clone().answer(&who, "a.example:443", "c").expect("a header");
            let text = header.to_str().expect("ASCII");
            assert!(text.contains(count) && text.contains(r#"username="a\"b""#), "{text}");
        }
        let both = [offer(&[("nonce", "m")]), offer(&[("nonce", "s"), ("algorithm", "SHA-256")])];
        assert_eq!(Challenge::strongest(&both).map(|it| it.hash), Some(Hash::Sha256));
    }

    #[test]
    fn what_is_not_supported_is_no_challenge() {
        for parameters in [
            &[("realm", "no nonce")][..],
            &[("nonce", "n"), ("algorithm", "SHA-512-256")],
            &[("nonce", "n"), ("qop", "auth-int")],
        ] {
            assert!(Challenge::read(&offer(parameters)).is_none(), "{parameters:?}");
        }
        assert!(Challenge::read(&Offer { scheme: "Basic".to_owned(), ..offer(&[("nonce", "n")]) }).is_none());
    }
}
