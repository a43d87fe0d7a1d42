//! Whether this computer has a route to the internet.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses of the ranges that Microsoft publishes for Entra ID.
const FAR: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(20, 190, 128, 1)), IpAddr::V6(Ipv6Addr::new(0x2603, 0x1006, 0x2000, 0, 0, 0, 0, 1))];

/// What the system answers where it does not speak this version of IP (EAFNOSUPPORT); the library has no word for it.
const NO_SUCH_FAMILY: i32 = if cfg!(windows) { 10047 } else { 97 };

/// Whether the system knows a way to the internet, over IPv4 or IPv6. It asks the routing table only: nothing is sent. Where
/// the system does not say, there is a route.
#[must_use]
pub fn has_route_to_internet() -> bool {
    FAR.into_iter().any(has_route_to)
}

fn has_route_to(far: IpAddr) -> bool {
    let any_port: SocketAddr = match far {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    // Connecting a UDP socket chooses the route and sends no packet.
    let routed = UdpSocket::bind(any_port).and_then(|socket| socket.connect((far, 443)));
    let Err(error) = routed else { return true };
    let is_unrouted = matches!(
        error.kind(),
        ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
            | ErrorKind::Unsupported
    );
    !is_unrouted && error.raw_os_error() != Some(NO_SUCH_FAMILY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_route_to_this_computer() {
        assert!(has_route_to(Ipv4Addr::LOCALHOST.into()));
    }
}
