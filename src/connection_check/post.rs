//! One JSON message to an address of the person's own choosing: a reminder's webhook. The same way out as a check
//! (the system's trust store and proxy, https only, no redirect), and nothing of a check in it.

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use super::Network;
use super::client::{PhaseCell, SendError};
use super::network_failure::classify;

/// Why a message did not arrive. Names the host at most: the rest of such an address is a key to a channel.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// Not an https address.
    #[error("The webhook was not called because its address does not begin with https://.")]
    NotHttps,
    /// There was no answer.
    #[error("The webhook at {host} could not be reached ({cause}). Check the network, the proxy and the address.")]
    NoAnswer {
        /// The host.
        host: String,
        /// What went wrong, in the library's words, without the address.
        cause: String,
    },
    /// It took too long.
    #[error("The webhook did not respond in time. Try again later, or check the address and the network.")]
    TooSlow,
}

/// What the receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The answer's text; empty where it is longer than any receiver's own words.
    pub text: String,
}

/// The longest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

impl Network {
    /// Posts `body`, which is JSON. Any answer counts; what it means is the caller's to say.
    pub async fn post_json(&self, address: &Url, body: String) -> Result<PostAnswer, PostError> {
        let host = address.host_str().unwrap_or_default().to_owned();
        if address.scheme() != "https" {
            return Err(PostError::NotHttps);
        }
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let sent = self
            .client()
            .send(Method::POST, address, &headers, Some(Bytes::from(body)), ANSWER_LIMIT, &PhaseCell::default())
            .await;
        match sent {
            Ok(received) => {
                let text = received.body.map(|body| String::from_utf8_lossy(&body).into_owned()).unwrap_or_default();
                Ok(PostAnswer { status: received.status.as_u16(), text })
            }
            Err(SendError::TooSlow(_)) => Err(PostError::TooSlow),
            Err(error) => {
                let failure = classify(&error, &host, self.certificates());
                let last = || failure.details.last().map(|detail| detail.value.clone()).unwrap_or_default();
                let cause = if failure.detail.is_empty() { last() } else { failure.detail.into() };
                Err(PostError::NoAnswer { cause, host })
            }
        }
    }
}
