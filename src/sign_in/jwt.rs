//! What a token says about itself. Its signature is not checked: an ID token comes straight from the sign-in host over TLS
//! (OpenID Connect Core, 3.1.3.7), and of an access token only who it is for is looked at, to refuse it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::request::SignInRequest;
use crate::connection_check::one_line;
use crate::profile::SecretText;

/// The longest token that is looked into, in bytes.
const LIMIT: usize = 64 * 1024;

/// A token's claims, when it is a JWT.
fn claims<T: DeserializeOwned>(token: &SecretText) -> Option<T> {
    let text = Some(token.expose()).filter(|text| text.len() <= LIMIT)?;
    let mut parts = text.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
    serde_json::from_slice(&json).ok()
}

/// Who an access token is for, when it says so. Microsoft does not promise that it can be read.
pub(super) fn audience(token: &SecretText) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        aud: String,
    }
    claims::<Claims>(token).map(|claims| claims.aud)
}

#[derive(Deserialize)]
struct IdClaims {
    aud: String,
    tid: String,
    iss: String,
    nonce: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
}

/// Whether the ID token must carry the nonce of this sign-in.
#[derive(Clone, Copy)]
pub(super) enum Nonce<'a> {
    /// The browser's way sent this one.
    Expected(&'a SecretText),
    /// A device code's way sends none.
    None,
}

/// The account that an ID token names, once the token is found to belong to this sign-in; else why it does not.
///
/// Its times are not compared with this computer's clock, which may be wrong: the token has come this moment.
pub(super) fn account(token: &SecretText, request: &SignInRequest, nonce: Nonce<'_>) -> Result<String, String> {
    let claims: IdClaims = claims(token).ok_or("The ID token in it cannot be read")?;
    let tenant = Uuid::try_parse(&claims.tid).ok().filter(|tenant| *tenant == request.tenant);
    if tenant.is_none() {
        return Err(format!("It is for the tenant {}, not for {}", one_line(&claims.tid), request.tenant));
    }
    if claims.aud != request.client.to_string() {
        return Err(format!("It is for the client {}, not for {}", one_line(&claims.aud), request.client));
    }
    let issuer = url::Url::parse(&claims.iss).ok();
    let is_own = issuer.as_ref().is_some_and(|url| {
        let names_tenant = url.path_segments().and_then(|mut path| path.next()) == Some(claims.tid.as_str());
        url.scheme() == "https" && names_tenant && request.cloud.is_sign_in_host(url.host_str().unwrap_or_default())
    });
    if !is_own {
        return Err(format!(
            "It was issued by {}, which is not this tenant of Microsoft Entra ID",
            one_line(&claims.iss)
        ));
    }
    if let Nonce::Expected(nonce) = nonce
        && SecretText::from(claims.nonce.as_deref().unwrap_or_default()) != *nonce
    {
        return Err("It was made for another sign-in".to_owned());
    }
    let named = claims.preferred_username.or(claims.name).unwrap_or_default();
    Ok(one_line(&named))
}
