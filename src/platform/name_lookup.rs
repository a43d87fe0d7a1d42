//! Asks the system which addresses belong to a host name, and keeps the reason when it does not say.
//!
//! `std` turns the resolver's code into text, which is not enough to tell a name that does not exist from a DNS server
//! that fails. Source: getaddrinfo(3), and `WSAGetLastError` after `GetAddrInfoW` (learn.microsoft.com).

use std::net::IpAddr;

/// Why there are no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// The name does not exist, or has no address.
    NotFound,
    /// The DNS server failed, refused, or did not answer: the system does not say which.
    Unavailable,
}

/// The addresses of `host`, in the order in which the system prefers them. Blocks, for half a minute at worst.
///
/// # Errors
///
/// [`LookupError`] when there is none.
pub fn lookup(host: &str) -> Result<Vec<IpAddr>, LookupError> {
    let addresses = system::lookup(host)?;
    if addresses.is_empty() { Err(LookupError::NotFound) } else { Ok(addresses) }
}

#[cfg(unix)]
#[allow(unsafe_code)]
mod system {
    use std::ffi::CString;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::ptr;

    use super::LookupError;

    /// What getaddrinfo allocated; freed when it is dropped.
    struct Found(*mut libc::addrinfo);

    impl Drop for Found {
        fn drop(&mut self) {
            if !self.0.is_null() {
                // SAFETY: the list comes from getaddrinfo and is freed once.
                unsafe { libc::freeaddrinfo(self.0) };
            }
        }
    }

    pub(super) fn lookup(host: &str) -> Result<Vec<IpAddr>, LookupError> {
        let name = CString::new(host).map_err(|_| LookupError::NotFound)?;
        // SAFETY: all zeros is a valid `addrinfo`: no flags, any family, null pointers.
        let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
        hints.ai_socktype = libc::SOCK_STREAM;
        let mut found = Found(ptr::null_mut());
        // SAFETY: the name ends in NUL, and the hints and the place for the list outlive the call.
        let code = unsafe { libc::getaddrinfo(name.as_ptr(), ptr::null(), &raw const hints, &raw mut found.0) };
        match code {
            0 => Ok(read(&found)),
            libc::EAI_AGAIN | libc::EAI_FAIL | libc::EAI_SYSTEM | libc::EAI_MEMORY => Err(LookupError::Unavailable),
            _ => Err(LookupError::NotFound),
        }
    }

    fn read(found: &Found) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        let mut next = found.0;
        while !next.is_null() {
            // SAFETY: `next` is an entry of the list, which lives as long as `found`.
            let entry = unsafe { &*next };
            if !entry.ai_addr.is_null() {
                match entry.ai_family {
                    libc::AF_INET => {
                        // SAFETY: an entry of this family points to a `sockaddr_in`; it is read without any alignment.
                        let it = unsafe { ptr::read_unaligned(entry.ai_addr.cast::<libc::sockaddr_in>()) };
                        addresses.push(IpAddr::V4(Ipv4Addr::from(it.sin_addr.s_addr.to_ne_bytes())));
                    }
                    libc::AF_INET6 => {
                        // SAFETY: an entry of this family points to a `sockaddr_in6`; it is read without any alignment.
                        let it = unsafe { ptr::read_unaligned(entry.ai_addr.cast::<libc::sockaddr_in6>()) };
                        addresses.push(IpAddr::V6(Ipv6Addr::from(it.sin6_addr.s6_addr)));
                    }
                    _ => {}
                }
            }
            next = entry.ai_next;
        }
        addresses
    }
}

#[cfg(windows)]
mod system {
    use std::net::{IpAddr, ToSocketAddrs};

    use windows_sys::Win32::Networking::WinSock::{WSAHOST_NOT_FOUND, WSANO_DATA};

    use super::LookupError;

    pub(super) fn lookup(host: &str) -> Result<Vec<IpAddr>, LookupError> {
        match (host, 0).to_socket_addrs() {
            Ok(found) => Ok(found.map(|address| address.ip()).collect()),
            Err(error) => Err(match error.raw_os_error() {
                Some(WSAHOST_NOT_FOUND | WSANO_DATA) => LookupError::NotFound,
                Some(_) => LookupError::Unavailable,
                // A name that cannot be a host's at all.
                None => LookupError::NotFound,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_this_computer_is_found_and_one_with_a_nul_is_not() {
        let found = lookup("localhost").expect("every computer knows itself");
        assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
        assert_eq!(lookup("a\0b"), Err(LookupError::NotFound));
    }
}
