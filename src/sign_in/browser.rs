//! The sign-in through the system's browser.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::time::timeout;

use super::authorize::{Ties, address, redirect_uri};
use super::browser_answer::BrowserAnswer;
use super::error::SignInError;
use super::jwt::Nonce;
use super::loopback::Loopback;
use super::request::SignInRequest;
use super::session::Session;
use super::token::{self, Repeats};
use crate::connection_check::{EntraError, Failure, Network, Wire};

/// How long a person may take on Microsoft's page.
pub const TIME_LIMIT: Duration = Duration::from_secs(300);

/// A sign-in that waits for the browser. Dropping it cancels it.
pub struct BrowserSignIn {
    request: SignInRequest,
    ties: Ties,
    loopback: Loopback,
    address: String,
}

impl BrowserSignIn {
    /// Begins to listen. Nothing is sent yet: open [`BrowserSignIn::address`] in a browser of this computer.
    ///
    /// # Errors
    ///
    /// The computer does not let the program listen (`loopback_unavailable`).
    pub async fn begin(request: SignInRequest) -> Result<BrowserSignIn, SignInError> {
        let unavailable = |words: String| {
            let failure = Failure::new("loopback_unavailable", request.cloud.sign_in_host()).saying(words);
            SignInError::new(&failure, &request, &[])
        };
        let loopback = Loopback::open().await.map_err(|error| unavailable(error.to_string()))?;
        let ties = Ties::random().map_err(|error| unavailable(error.to_string()))?;
        let address = address(&request, &redirect_uri(loopback.port()), &ties);
        Ok(BrowserSignIn { request, ties, loopback, address })
    }

    /// The address of Microsoft's sign-in page for this sign-in, to open, open again, or copy. It holds no secret: what proves
    /// this sign-in to the token endpoint never leaves the program before the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the browser, at most `limit` ([`TIME_LIMIT`] for people), and gets the first token.
    ///
    /// # Errors
    ///
    /// Microsoft Entra ID refused, in the browser (where it says so to the program) or at the token endpoint; nothing came in
    /// time (`no_answer`); what came does not belong to this sign-in (`sign_in_mismatch`, `token_mismatch`); the network.
    pub async fn finish(self, network: &Network, limit: Duration, now: DateTime<Utc>) -> Result<Session, SignInError> {
        let BrowserSignIn { request, ties, loopback, .. } = self;
        let host = request.cloud.sign_in_host();
        let redirect = redirect_uri(loopback.port());
        let code = match timeout(limit, loopback.answer(&ties.state)).await {
            Ok(BrowserAnswer::Code(code)) => code,
            Ok(BrowserAnswer::Refused { error, description }) => {
                return Err(SignInError::new(&refused(host, &error, &description), &request, &[&ties.state]));
            }
            Err(_) => return Err(SignInError::new(&Failure::new("no_answer", host), &request, &[])),
        };
        let (wire, _waits) = Wire::open(network, now);
        let scope = request.first.scope();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", ties.verifier.expose()),
            ("scope", scope.as_str()),
        ];
        // Once: a code that arrived is used up.
        let granted = token::ask(&wire, &request, &request.first, &fields, Repeats::Never).await;
        let explain =
            |failure| SignInError::new(&failure, &request, &[&code, &ties.verifier, &ties.state, &ties.nonce]);
        let granted = granted.map_err(explain)?;
        Session::begin(request.clone(), granted, Nonce::Expected(&ties.nonce)).map_err(explain)
    }
}

/// What Microsoft Entra ID says through the browser.
fn refused(host: &str, error: &str, description: &str) -> Failure {
    let read = EntraError::read(&json!({ "error": error, "error_description": description }));
    let read = read.unwrap_or_default();
    let code = read.code().unwrap_or_else(|| match error {
        "access_denied" => error.to_owned(),
        // An OAuth word without Microsoft's number.
        _ => "AADSTS*".to_owned(),
    });
    let mut failure = read.describe(Failure::new(code, host));
    if failure.detail.is_empty() {
        failure = failure.saying(error);
    }
    failure
}
