//! The address of Microsoft's sign-in page for one sign-in, and the secrets that tie its answer to it. Pure but for the
//! randomness of [`Ties::random`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use super::request::SignInRequest;
use crate::profile::SecretText;

/// What ties an answer to the sign-in that it belongs to.
pub(super) struct Ties {
    /// Comes back with the browser's answer.
    pub state: SecretText,
    /// Comes back in the ID token.
    pub nonce: SecretText,
    /// Proves to the token endpoint that it is asked by who began (RFC 7636).
    pub verifier: SecretText,
}

impl Ties {
    /// New ones.
    pub(super) fn random() -> Result<Ties, getrandom::Error> {
        Ok(Ties { state: random_text()?, nonce: random_text()?, verifier: random_text()? })
    }

    /// The verifier's SHA-256, which the sign-in page is given.
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose().as_bytes()))
    }
}

/// 256 random bits as 43 characters, which are also a verifier (RFC 7636, 4.1).
fn random_text() -> Result<SecretText, getrandom::Error> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(SecretText::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// The redirect URI for `port`. Microsoft compares it with the registered `http://localhost` without the port; 127.0.0.1 would
/// need a registration of its own, which the portal refuses.
pub(super) fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}")
}

/// The address to open in the browser. The answer comes as a form (`form_post`): a code in an address would stay in the
/// browser's history and in proxies' logs. The account is asked for each time: the browser's own would be wrong on a
/// computer that several people use.
pub(super) fn address(request: &SignInRequest, redirect: &str, ties: &Ties) -> String {
    let query = Serializer::new(String::new())
        .append_pair("client_id", &request.client.to_string())
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", redirect)
        .append_pair("response_mode", "form_post")
        .append_pair("scope", &request.first.scope())
        .append_pair("state", ties.state.expose())
        .append_pair("nonce", ties.nonce.expose())
        .append_pair("code_challenge", &ties.challenge())
        .append_pair("code_challenge_method", "S256")
        .append_pair("prompt", "select_account")
        .finish();
    format!("https://{}{}?{query}", request.cloud.sign_in_host(), request.path("authorize"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use url::Url;
    use uuid::Uuid;

    use super::*;
    use crate::cloud::Cloud;
    use crate::profile::ClientId;
    use crate::sign_in::Resource;

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_the_rfcs() {
        let verifier = SecretText::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let ties = Ties { state: SecretText::default(), nonce: SecretText::default(), verifier };
        assert_eq!(ties.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn nothing_is_used_twice() {
        let (one, other) = (Ties::random().expect("random bits"), Ties::random().expect("random bits"));
        let all = [one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier];
        for (place, text) in all.iter().enumerate() {
            assert_eq!(text.char_count(), 43);
            assert!(all[place + 1..].iter().all(|later| later != text));
        }
    }

    #[test]
    fn every_cloud_signs_in_at_its_own_host_and_the_verifier_stays_here() {
        let ties = Ties::random().expect("random bits");
        for cloud in Cloud::ALL {
            let request = SignInRequest {
                cloud,
                tenant: Uuid::from_u128(7),
                client: ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").expect("an ID"),
                first: Resource::graph(cloud),
            };
            let text = address(&request, &redirect_uri(4711), &ties);
            assert!(!text.contains(ties.verifier.expose()));
            let url = Url::parse(&text).expect("an address");
            assert_eq!(url.host_str(), Some(cloud.sign_in_host()));
            assert_eq!(url.path(), "/00000000-0000-0000-0000-000000000007/oauth2/v2.0/authorize");
            let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
            assert_eq!(query["response_mode"], "form_post");
            assert_eq!(query["redirect_uri"], "http://localhost:4711");
            assert_eq!(query["code_challenge_method"], "S256");
            assert_eq!(
                query["scope"],
                format!("https://{}/.default openid profile offline_access", cloud.graph_host())
            );
        }
    }
}
