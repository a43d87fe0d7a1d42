//! Asks the system which addresses belong to a host name, and keeps the reason when it does not say.
//!
//! `std` turns the resolver's code into text, which is not enough to tell a name that does not exist from a DNS server
//! that fails. Source: getaddrinfo(3), and `WSAGetLastError` after `GetAddrInfoW` (learn.microsoft.com).

use std::net::IpAddr;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

/// How long what is known is held back for the system's own answer, which has all addresses in the order that it prefers.
/// Source: RFC 8305, 3, which waits for one kind of address after the other has come.
const GRACE: Duration = Duration::from_millis(250);

/// Why there are no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// The name does not exist, or has no address.
    NotFound,
    /// The DNS server failed, refused, or did not answer: the system does not say which.
    Unavailable,
}

type Addresses = Result<Vec<IpAddr>, LookupError>;

/// The addresses of `host`, in the order in which the system prefers them. Blocks, for half a minute at worst.
///
/// The system asks for addresses of IPv4 and IPv6, and waits for both. There are DNS servers that never answer about IPv6: so
/// IPv4 is asked for beside it, and its answer is taken where the whole one does not come.
///
/// # Errors
///
/// [`LookupError`] when there is none.
pub fn lookup(host: &str) -> Addresses {
    let of = |family| {
        let host = host.to_owned();
        move || {
            let addresses = system::lookup(&host, family)?;
            if addresses.is_empty() { Err(LookupError::NotFound) } else { Ok(addresses) }
        }
    };
    // With Windows' own resolver only the whole answer is asked for.
    if cfg!(windows) { of(Family::Any)() } else { first_usable(of(Family::Any), of(Family::V4)) }
}

/// Which addresses are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Any,
    #[cfg_attr(windows, allow(dead_code, reason = "the whole answer is asked for there"))]
    V4,
}

/// The whole answer; that of IPv4 alone where the whole one fails, or is not there within [`GRACE`].
fn first_usable(
    whole: impl FnOnce() -> Addresses + Send + 'static,
    v4: impl FnOnce() -> Addresses + Send + 'static,
) -> Addresses {
    let (send, answers) = mpsc::channel();
    ask_beside(&send, Family::Any, whole);
    ask_beside(&send, Family::V4, v4);
    drop(send);
    let unavailable = Err(LookupError::Unavailable);
    match answers.recv() {
        Ok((Family::Any, Err(fault))) => answers.recv().ok().and_then(|(_, v4)| v4.ok()).ok_or(fault),
        Ok((Family::V4, Ok(v4))) => match answers.recv_timeout(GRACE) {
            Ok((_, Ok(all))) => Ok(all),
            _ => Ok(v4),
        },
        Ok((Family::V4, Err(_))) => answers.recv().map_or(unavailable, |(_, all)| all),
        Ok((Family::Any, Ok(all))) => Ok(all),
        Err(_) => unavailable,
    }
}

/// Asks on a thread that nobody waits for longer than for its answer: a resolver cannot be interrupted.
fn ask_beside(answers: &Sender<(Family, Addresses)>, family: Family, ask: impl FnOnce() -> Addresses + Send + 'static) {
    /// The system's resolver loads modules and parses answers on it.
    const STACK_BYTES: usize = 512 * 1024;
    let answers = answers.clone();
    let asking = std::thread::Builder::new().name("name lookup".to_owned()).stack_size(STACK_BYTES);
    // Nobody listens any more when the other answer was enough. A thread that cannot be started answers nothing.
    let _ = asking.spawn(move || drop(answers.send((family, ask()))));
}

#[cfg(unix)]
#[allow(unsafe_code)]
mod system {
    use std::ffi::CString;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::ptr;

    use super::{Family, LookupError};

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

    pub(super) fn lookup(host: &str, family: Family) -> Result<Vec<IpAddr>, LookupError> {
        let name = CString::new(host).map_err(|_| LookupError::NotFound)?;
        // SAFETY: all zeros is a valid `addrinfo`: no flags, any family, null pointers.
        let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
        hints.ai_socktype = libc::SOCK_STREAM;
        hints.ai_family = match family {
            Family::Any => libc::AF_UNSPEC,
            Family::V4 => libc::AF_INET,
        };
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

    use super::{Family, LookupError};

    pub(super) fn lookup(host: &str, _family: Family) -> Result<Vec<IpAddr>, LookupError> {
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
    fn a_server_that_never_answers_about_one_kind_of_address_holds_nothing_up() {
        let v4: Vec<IpAddr> = vec!["192.0.2.1".parse().expect("an address")];
        let all: Vec<IpAddr> = vec!["2001:db8::1".parse().expect("an address"), v4[0]];
        let (hold, held) = mpsc::channel::<()>();
        let (answer, rest) = (v4.clone(), v4.clone());
        let silent = move || {
            // Until the test ends.
            let _ = held.recv();
            Err(LookupError::Unavailable)
        };
        assert_eq!(first_usable(silent, move || Ok(answer)), Ok(v4.clone()));
        drop(hold);
        let (given, fault) = (all.clone(), LookupError::Unavailable);
        assert_eq!(first_usable(move || Ok(given), move || Err(fault)), Ok(all));
        assert_eq!(first_usable(move || Err(fault), move || Ok(rest)), Ok(v4));
        let nowhere = || Err(LookupError::NotFound);
        assert_eq!(first_usable(nowhere, nowhere), Err(LookupError::NotFound));
    }

    #[test]
    fn a_name_of_this_computer_is_found_and_one_with_a_nul_is_not() {
        let found = lookup("localhost").expect("every computer knows itself");
        assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
        assert_eq!(lookup("a\0b"), Err(LookupError::NotFound));
    }
}
