//! How long a check may take and how much it may read.

use std::time::Duration;

/// The bounds of a check. The default is meant for people; tests use shorter ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one connection: name lookup, TCP, proxy and TLS together.
    pub connect: Duration,
    /// For one stage, with all its requests, bodies and waits.
    pub stage: Duration,
    /// For the whole check.
    pub whole_check: Duration,
    /// For one answer's body, in bytes.
    pub body_bytes: usize,
    /// How often one request is sent again after 429, or after 503 with `Retry-After`.
    pub retries: u32,
    /// The longest `Retry-After` that is waited for; a longer one ends the check.
    pub longest_wait: Duration,
    /// The wait after a 429 that names none.
    pub default_wait: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect: Duration::from_secs(10),
            stage: Duration::from_secs(30),
            whole_check: Duration::from_secs(90),
            body_bytes: 1024 * 1024,
            retries: 2,
            longest_wait: Duration::from_secs(10),
            default_wait: Duration::from_secs(2),
        }
    }
}
