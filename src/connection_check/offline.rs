//! Whether this computer is offline: then a failed test says nothing about the connection.

use std::time::Duration;

use super::Network;
use super::diagnosis::OFFLINE;
use super::failure::Failure;
use super::names::{NameError, NameFault};
use crate::platform::route::has_route_to_internet;

/// How long the lookup of another name may take; less where the first one took all the time already.
const PATIENCE: Duration = Duration::from_secs(3);
const PATIENCE_WITH_SILENCE: Duration = Duration::from_secs(1);

/// `failure` as that of a computer that is offline, where it is: it has no route to the internet, or finds neither the name
/// of the server nor `other`, which exists.
pub(super) async fn offline(network: &Network, failure: &Failure, other: &str) -> Option<Failure> {
    if !failure.is_unanswered {
        return None;
    }
    let names = network.names();
    let why = if names.are_the_systems() && !has_route_to_internet() {
        "It has no route to the internet.".to_owned()
    } else if is_of_server_name(failure) && *failure.host != *other {
        // The name that was not found may not exist. The other one does.
        let patience = if failure.code == "dns_timeout" { PATIENCE_WITH_SILENCE } else { PATIENCE };
        let host = &failure.host;
        match (tokio::time::timeout(patience, names.look_up(other)).await, &*failure.code) {
            (Ok(Ok(_)), _) => return None,
            (_, "dns_timeout") => format!("No DNS server responded for {host} or {other}."),
            (Ok(Err(NameError { fault: NameFault::NotFound, .. })), "dns") => format!(
                "Its DNS server knows neither {host} nor {other}: there is no connection to the internet, or only the \
                 proxy of this network resolves such names."
            ),
            (Ok(Err(_)), _) => {
                format!("Its DNS server finds neither {host} nor {other}: it reports a failure, or cannot be reached.")
            }
            (Err(_), _) => return None,
        }
    } else {
        return None;
    };
    Some(failure.clone().variant(OFFLINE).saying(why))
}

/// Whether the server's name could not be looked up. That of a proxy says nothing about other names: where there is a proxy,
/// this computer may know none of the internet's.
fn is_of_server_name(failure: &Failure) -> bool {
    matches!(&*failure.code, "dns" | "dns_failed" | "dns_timeout") && failure.variant != "proxy"
}
