//! The sign-in with a device code: a person types a code at an address of Microsoft's, on any computer. Only where somebody
//! asks for it: a person who is lured into typing a stranger's code signs the stranger in, and Microsoft advises tenants to
//! block it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use url::Url;

use super::error::SignInError;
use super::jwt::Nonce;
use super::request::SignInRequest;
use super::session::Session;
use super::token::{self, Repeats};
use crate::connection_check::{Answer, Failure, Network, Wire, one_line};
use crate::profile::SecretText;

/// The pause between two questions when Microsoft names none, and what is added when it asks to slow down (RFC 8628, 3.5).
const PAUSE: Duration = Duration::from_secs(5);
/// The longest life of a code that is waited for.
const LONGEST_LIFE: Duration = Duration::from_secs(1800);

/// A sign-in that waits for a person to type its code. Dropping it cancels it.
pub struct DeviceSignIn {
    request: SignInRequest,
    device_code: SecretText,
    user_code: String,
    page: Url,
    life: Duration,
    pause: Duration,
}

impl DeviceSignIn {
    /// Gets a code.
    ///
    /// # Errors
    ///
    /// Microsoft Entra ID gives none, or cannot be reached.
    pub async fn begin(
        request: SignInRequest,
        network: &Network,
        now: DateTime<Utc>,
    ) -> Result<DeviceSignIn, SignInError> {
        let (wire, _waits) = Wire::open(network, now);
        let scope = request.first.scope();
        let answer = token::post(&wire, &request, "devicecode", &[("scope", scope.as_str())], Repeats::Allowed).await;
        let read = answer.and_then(|answer| read(&answer));
        let read = read.map_err(|failure| SignInError::new(&failure, &request, &[]))?;
        let Codes { device_code, user_code, page, life, pause } = read;
        Ok(DeviceSignIn { request, device_code, user_code, page, life, pause })
    }

    /// The code to type.
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// Where to type it.
    pub fn page(&self) -> &str {
        self.page.as_str()
    }

    /// Asks until the person is done; `wait` passes the time between two questions.
    ///
    /// # Errors
    ///
    /// The person declined, the code expired, a policy blocks the sign-in, or the network.
    pub async fn finish(
        self,
        network: &Network,
        now: DateTime<Utc>,
        wait: impl AsyncFn(Duration),
    ) -> Result<Session, SignInError> {
        let DeviceSignIn { request, device_code, life, mut pause, .. } = self;
        let (wire, _waits) = Wire::open(network, now);
        let explain = |failure: Failure| SignInError::new(&failure, &request, &[&device_code]);
        let mut waited = Duration::ZERO;
        let granted = loop {
            if waited >= life {
                return Err(explain(Failure::new("expired_token", request.cloud.sign_in_host())));
            }
            wait(pause).await;
            waited += pause;
            let fields =
                [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device_code.expose())];
            match token::ask(&wire, &request, &request.first, &fields, Repeats::Allowed).await {
                Ok(granted) => break granted,
                Err(failure) => match failure.code.as_str() {
                    "authorization_pending" => {}
                    "slow_down" => pause += PAUSE,
                    // A question that was lost is asked again: the person may be typing still.
                    "timeout" | "dropped" => {}
                    _ => return Err(explain(failure)),
                },
            }
        };
        Session::begin(request.clone(), granted, Nonce::None).map_err(explain)
    }
}

struct Codes {
    device_code: SecretText,
    user_code: String,
    page: Url,
    life: Duration,
    pause: Duration,
}

fn read(answer: &Answer) -> Result<Codes, Failure> {
    #[derive(Deserialize)]
    struct Body {
        device_code: String,
        user_code: String,
        verification_uri: String,
        expires_in: Option<u64>,
        interval: Option<u64>,
    }
    if !answer.status.is_success() {
        return Err(token::refusal(answer));
    }
    let unreadable = || answer.fail("bad_json").saying("It contains no device code");
    let body: Body = serde_json::from_slice(answer.body()?).map_err(|_| unreadable())?;
    // A person is sent there to type a password.
    let page =
        Url::parse(&body.verification_uri).ok().filter(|page| page.scheme() == "https").ok_or_else(unreadable)?;
    let seconds =
        |given: Option<u64>, usual: Duration| given.filter(|given| *given > 0).map_or(usual, Duration::from_secs);
    Ok(Codes {
        device_code: SecretText::new(body.device_code),
        user_code: one_line(&body.user_code),
        page,
        life: seconds(body.expires_in, Duration::from_secs(900)).min(LONGEST_LIFE),
        pause: seconds(body.interval, PAUSE).min(Duration::from_secs(60)),
    })
}
