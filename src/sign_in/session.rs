//! A person who is signed in: one token for each service, all from one sign-in.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use url::Url;

use super::error::SignInError;
use super::jwt::{self, Nonce};
use super::request::SignInRequest;
use super::resource::Resource;
use super::token::{self, Granted, Repeats};
use crate::connection_check::{Failure, Network, Request, Wire};
use crate::profile::SecretText;

/// A token that ends sooner than this is replaced before it is used.
const RESERVE: Duration = Duration::from_secs(120);

/// A sign-in that succeeded. Its tokens live in locked memory and are wiped when it is dropped; it prints nothing of them.
///
/// The connections of the [`Network`] keep what was last sent and received on them: give a sign-in a network of its own, and
/// drop both when the task is over (`tests/sign_in/memory.py` looks).
pub struct Session {
    request: SignInRequest,
    account: String,
    refresh: Option<SecretText>,
    tokens: Vec<ResourceToken>,
}

/// A token, and the one host that it is sent to. Nothing else can be done with it.
pub(crate) struct ResourceToken {
    resource: Resource,
    access: SecretText,
    until: Instant,
}

impl ResourceToken {
    fn new(resource: Resource, granted: &mut Granted) -> ResourceToken {
        let access = std::mem::take(&mut granted.access);
        ResourceToken { resource, access, until: Instant::now() + granted.life }
    }

    /// A GET of `path`, which is one of ours, at the token's own host.
    pub(crate) fn get(&self, path: &str) -> Request {
        Request::get(self.resource.host(), path).bearer(&self.access)
    }

    /// The next part of a list, where its address is at the token's own host and at `path`. Source: "Paging Microsoft Graph
    /// data in your app": the whole address is to be used as it is.
    pub(crate) fn follow(&self, link: &str, path: &str) -> Result<Request, Failure> {
        let host = self.resource.host();
        let foreign = |words: String| Failure::new("foreign_next_link", host).saying(words);
        let url = Url::parse(link).map_err(|_| foreign("It is no address".to_owned()))?;
        // What is compared is what is used: the address is put together again from these parts.
        let is_plain =
            url.scheme() == "https" && url.port().is_none() && url.username().is_empty() && url.password().is_none();
        if !is_plain || url.host_str() != Some(host) {
            return Err(foreign(format!("It continues at {}", url.host_str().unwrap_or("an address without a host"))));
        }
        if url.path() != path {
            return Err(foreign(format!("It continues at another place of {host}")));
        }
        Ok(self.get(&format!("{path}?{}", url.query().unwrap_or_default())))
    }
}

impl Session {
    /// Takes in the answer to a sign-in, if its ID token belongs to it.
    pub(super) fn begin(request: SignInRequest, mut granted: Granted, nonce: Nonce<'_>) -> Result<Session, Failure> {
        let host = request.cloud.sign_in_host();
        let mismatch = |words: &str| Failure::new("sign_in_mismatch", host).saying(words);
        let id =
            granted.id.take().ok_or_else(|| mismatch("It contains no ID token, so it does not say who signed in"))?;
        let account = jwt::account(&id, &request, nonce).map_err(|words| mismatch(&words))?;
        let token = ResourceToken::new(request.first.clone(), &mut granted);
        Ok(Session { request, account, refresh: granted.refresh, tokens: vec![token] })
    }

    /// The account, as its ID token names it. Show it: what is read and changed depends on who signs in.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What the person signed in to.
    pub fn request(&self) -> &SignInRequest {
        &self.request
    }

    /// Makes sure that there is a token for `resource`.
    ///
    /// # Errors
    ///
    /// Microsoft Entra ID refuses one (consent, a policy, a revoked session), or cannot be reached.
    pub async fn sign_in_to(
        &mut self,
        network: &Network,
        resource: &Resource,
        now: DateTime<Utc>,
    ) -> Result<(), SignInError> {
        let (wire, _waits) = Wire::open(network, now);
        self.token(&wire, resource).await.map(|_| ())
    }

    /// The token for `resource`: the one that is there, or a new one by the refresh token, which a new one replaces.
    pub(crate) async fn token(&mut self, wire: &Wire<'_>, resource: &Resource) -> Result<&ResourceToken, SignInError> {
        self.tokens.retain(|token| token.until > Instant::now() + RESERVE);
        if let Some(place) = self.tokens.iter().position(|token| token.resource == *resource) {
            return Ok(&self.tokens[place]);
        }
        let granted = self.refreshed(wire, resource).await;
        let mut granted = granted.map_err(|failure| self.error(&failure))?;
        if let Some(next) = granted.refresh.take() {
            self.refresh = Some(next);
        }
        self.tokens.push(ResourceToken::new(resource.clone(), &mut granted));
        Ok(&self.tokens[self.tokens.len() - 1])
    }

    async fn refreshed(&self, wire: &Wire<'_>, resource: &Resource) -> Result<Granted, Failure> {
        let host = self.request.cloud.sign_in_host();
        let refresh = self
            .refresh
            .as_ref()
            .ok_or_else(|| Failure::new("AADSTS70008", host).saying("Microsoft Entra ID gave no refresh token"))?;
        let scope = resource.scope();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose()), ("scope", scope.as_str())];
        let granted = token::ask(wire, &self.request, resource, &fields, Repeats::Allowed).await?;
        if let Some(id) = &granted.id {
            let mismatch = |words: String| Failure::new("sign_in_mismatch", host).saying(words);
            let account = jwt::account(id, &self.request, Nonce::None).map_err(mismatch)?;
            if account != self.account {
                return Err(mismatch("It is for another account".to_owned()));
            }
        }
        Ok(granted)
    }

    /// What `failure` means for the person who is signed in.
    pub(crate) fn error(&self, failure: &Failure) -> SignInError {
        let tokens = self.tokens.iter().map(|token| &token.access);
        SignInError::new(failure, &self.request, &tokens.chain(&self.refresh).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Cloud;

    #[test]
    fn a_list_is_followed_only_at_the_tokens_own_host_and_place() {
        let token = ResourceToken {
            resource: Resource::graph(Cloud::Commercial),
            access: SecretText::from("t"),
            until: Instant::now(),
        };
        let follow = |link: &str| token.follow(link, "/v1.0/applications").map_err(|failure| failure.code);
        assert!(follow("https://graph.microsoft.com/v1.0/applications?$top=999&$skiptoken=x").is_ok());
        for link in [
            "https://graph.evil.example/v1.0/applications?$skiptoken=x",
            "https://graph.microsoft.com.evil.example/v1.0/applications",
            "https://graph.microsoft.com@evil.example/v1.0/applications",
            "https://user@graph.microsoft.com/v1.0/applications",
            "https://graph.microsoft.com:8443/v1.0/applications",
            "http://graph.microsoft.com/v1.0/applications",
            "https://graph.microsoft.com/v1.0/users",
            "https://graph.microsoft.com/v1.0/applications/../users",
            "//graph.microsoft.com/v1.0/applications",
            "/v1.0/applications",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(follow(link).err().as_deref(), Some("foreign_next_link"), "{link}");
        }
    }
}
