//! Signs in to a proxy as the account that this program runs as: by SSPI on Windows, by GSSAPI on Linux. Nobody types a password,
//! and none is seen here.
//!
//! In: the scheme, the proxy's host name, what it answered. Out: the tokens to send. Both systems may ask a domain controller
//! meanwhile, so a call can block for as long as a network does.

#[cfg(not(windows))]
mod gssapi;
#[cfg(windows)]
mod sspi;

#[cfg(not(windows))]
use gssapi as system;
#[cfg(windows)]
use sspi as system;
use zeroize::Zeroizing;

/// How an account can be proven to a proxy (RFC 4559, and Microsoft's MS-NTHT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Kerberos, or NTLM where the system has no ticket.
    Negotiate,
    /// NTLM alone.
    Ntlm,
}

impl Scheme {
    /// All of them, the better ones first.
    pub const ALL: [Scheme; 2] = [Scheme::Negotiate, Scheme::Ntlm];

    /// As it is called in `Proxy-Authenticate`.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Negotiate => "Negotiate",
            Scheme::Ntlm => "NTLM",
        }
    }
}

/// Why the account cannot be proven, as words that follow a colon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountSignInError {
    /// Only on Linux: the library is not installed.
    #[error("GSSAPI is not installed (Debian and Ubuntu: libgssapi-krb5-2; Fedora: krb5-libs)")]
    NoLibrary,
    /// The system's own words.
    #[error("{0}")]
    System(String),
}

/// One sign-in to one proxy on one connection.
pub struct AccountSignIn(system::Context);

impl AccountSignIn {
    /// Begins to sign in to the proxy with this host name.
    ///
    /// # Errors
    ///
    /// When the system cannot do it at all.
    pub fn begin(scheme: Scheme, host: &str) -> Result<AccountSignIn, AccountSignInError> {
        system::Context::new(scheme, host).map(AccountSignIn)
    }

    /// The token that answers the proxy's challenge, which is empty at first.
    ///
    /// # Errors
    ///
    /// When the account has nothing to prove itself with, or the challenge is not right.
    pub fn answer(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, AccountSignInError> {
        self.0.answer(challenge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether this machine has a ticket or not, a made-up challenge is no way in.
    #[cfg_attr(miri, ignore = "Miri loads no libraries")]
    #[test]
    fn a_challenge_that_is_none_is_refused_in_words() {
        for scheme in Scheme::ALL {
            let answered =
                AccountSignIn::begin(scheme, "proxy.invalid").and_then(|mut it| it.answer(b"no token at all"));
            let error = answered.map(|token| token.len()).expect_err("nothing answers that");
            assert!(error.to_string().len() > 5, "{error}");
        }
    }
}
