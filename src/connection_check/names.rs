//! Which addresses belong to a name, and which step of looking it up failed.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::platform::name_lookup::{self, LookupError};

/// Resolvers give up on a silent DNS server after 5 seconds or later; a failure is answered long before.
const SILENCE: Duration = Duration::from_secs(4);
/// The stack of a thread that asks the system: its resolver loads modules and parses answers there.
const STACK_BYTES: usize = 512 * 1024;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameFault {
    /// It does not exist.
    NotFound,
    /// The DNS server answered with a failure (SERVFAIL, REFUSED), or there is none to ask.
    ServerFailed,
    /// No DNS server answered.
    NoAnswer,
}

impl NameFault {
    /// The public code for a name of a server.
    pub(super) fn code(self) -> &'static str {
        match self {
            NameFault::NotFound => "dns",
            NameFault::ServerFailed => "dns_failed",
            NameFault::NoAnswer => "dns_timeout",
        }
    }

    fn words(self) -> &'static str {
        match self {
            NameFault::NotFound => "the name does not exist",
            NameFault::ServerFailed => "the DNS server reports a failure, or cannot be reached",
            NameFault::NoAnswer => "no DNS server responded",
        }
    }
}

/// A name that could not be looked up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {name}", .fault.words())]
pub(super) struct NameError {
    pub name: String,
    pub fault: NameFault,
}

/// The system's names, or a closed world of names: what is not in it does not exist.
#[derive(Clone)]
pub(super) enum Names {
    System,
    Pinned(Arc<HashMap<String, SocketAddr>>),
    #[cfg(test)]
    Failing(NameFault),
}

impl Names {
    /// The system's names where `pinned` is empty.
    pub(super) fn new(pinned: &[(String, SocketAddr)]) -> Names {
        if pinned.is_empty() {
            return Names::System;
        }
        Names::Pinned(Arc::new(pinned.iter().map(|(name, at)| (name.to_ascii_lowercase(), *at)).collect()))
    }

    /// Whether they are the system's.
    pub(super) fn are_the_systems(&self) -> bool {
        matches!(self, Names::System)
    }

    /// The addresses of `host`, which may be an address itself. Those of the system have no port (0).
    ///
    /// # Errors
    ///
    /// [`NameError`] says which step failed.
    pub(super) async fn look_up(&self, host: &str) -> Result<Vec<SocketAddr>, NameError> {
        let plain = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = plain.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, 0)]);
        }
        let error = |fault| NameError { name: plain.to_owned(), fault };
        match self {
            Names::System => ask_system(plain).await.map_err(error),
            Names::Pinned(pinned) => {
                let found = pinned.get(&plain.to_ascii_lowercase()).copied();
                found.map(|address| vec![address]).ok_or_else(|| error(NameFault::NotFound))
            }
            #[cfg(test)]
            Names::Failing(fault) => Err(error(*fault)),
        }
    }
}

/// Asks on a thread that nobody waits for: a runtime's own threads for blocking work are joined when it ends, and a
/// resolver without an answer would hold back a diagnosis that is known.
async fn ask_system(host: &str) -> Result<Vec<SocketAddr>, NameFault> {
    let (send, receive) = oneshot::channel();
    let name = host.to_owned();
    let began = Instant::now();
    let asking = std::thread::Builder::new().name("name lookup".to_owned()).stack_size(STACK_BYTES).spawn(move || {
        // Nobody listens when the deadline has passed.
        let _ = send.send(name_lookup::lookup(&name));
    });
    if asking.is_err() {
        return Err(NameFault::ServerFailed);
    }
    let found = receive.await.map_err(|_| NameFault::ServerFailed)?;
    let found = found.map_err(|error| fault_of(error, began.elapsed()))?;
    Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
}

fn fault_of(error: LookupError, after: Duration) -> NameFault {
    match error {
        LookupError::NotFound => NameFault::NotFound,
        LookupError::Unavailable if after >= SILENCE => NameFault::NoAnswer,
        LookupError::Unavailable => NameFault::ServerFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_fails_is_told_apart_from_a_silent_one_and_from_a_name_that_does_not_exist() {
        let soon = Duration::from_millis(30);
        assert_eq!(fault_of(LookupError::NotFound, Duration::from_secs(9)), NameFault::NotFound);
        assert_eq!(fault_of(LookupError::Unavailable, soon), NameFault::ServerFailed);
        assert_eq!(fault_of(LookupError::Unavailable, Duration::from_secs(10)), NameFault::NoAnswer);
    }

    #[tokio::test]
    async fn addresses_are_not_looked_up() {
        for (host, shown) in [("10.7.0.1", "10.7.0.1:0"), ("[2001:db8::1]", "[2001:db8::1]:0")] {
            let found = Names::Failing(NameFault::NoAnswer).look_up(host).await.expect("an address");
            assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [shown]);
        }
    }
}
