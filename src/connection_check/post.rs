//! One JSON message to an address of the person's own choosing: a reminder's webhook. The same way out as a check
//! (the system's trust store and proxy, https only, no redirect), and nothing of a check in it.

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use super::Network;
use super::client::SendError;
use super::network_failure::classify;

/// Why a message did not arrive. Names the host at most: the rest of such an address is a key to a channel.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// Not an https address.
    #[error("The webhook was not called, because its address does not begin with https://.")]
    NotHttps,
    /// There was no answer.
    #[error("The webhook at {host} could not be reached ({cause}). Check the network, the proxy and the address.")]
    NoAnswer {
        /// The host.
        host: String,
        /// What went wrong, in the library's words, without the address.
        cause: String,
    },
    /// It answered with something else than success.
    #[error("The webhook at {host} refused the message (HTTP status {status}). Check its address where it was made.")]
    Refused {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// It took too long.
    #[error("The webhook did not answer in time.")]
    TooSlow,
}

impl Network {
    /// Posts `body`, which is JSON, and expects a success. The answer's own body is not read.
    pub async fn post_json(&self, address: &Url, body: String) -> Result<(), PostError> {
        let host = address.host_str().unwrap_or_default().to_owned();
        if address.scheme() != "https" {
            return Err(PostError::NotHttps);
        }
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let sent = self.client().send(Method::POST, address, &headers, Some(Bytes::from(body)), 0).await;
        let status = match sent {
            Ok(received) => received.status,
            Err(SendError::TooSlow) => return Err(PostError::TooSlow),
            Err(error) => {
                let cause = classify(&error, &host).detail;
                return Err(PostError::NoAnswer { host, cause });
            }
        };
        if status.is_success() { Ok(()) } else { Err(PostError::Refused { host, status: status.as_u16() }) }
    }
}
