//! SOCKS 5: asks a proxy to open the way to a server by its name (RFC 1928), with a user name and password where it
//! asks for them (RFC 1929).

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use crate::profile::ProxyCredentials;

const VERSION: u8 = 5;
const NO_SIGN_IN: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NONE_ACCEPTABLE: u8 = 0xFF;

/// Why a SOCKS proxy did not open the way. The words stand behind its name.
#[derive(Debug, thiserror::Error)]
pub(super) enum SocksError {
    #[error("broke the connection")]
    Broken(#[from] io::Error),
    #[error("did not respond in SOCKS 5")]
    NotSocks,
    /// It wants a sign-in, and there is nothing to sign in with.
    #[error("asks for a sign-in")]
    WantsSignIn,
    /// It did not accept user name and password.
    #[error("rejected the user name and password")]
    Rejected,
    #[error("responded with “{}” (SOCKS reply {reply})", words(*.reply))]
    Refused { reply: u8, signed_in: bool },
    #[error("cannot be asked for a name this long")]
    Name,
}

/// What a reply means (RFC 1928, 6).
pub(super) fn words(reply: u8) -> &'static str {
    match reply {
        1 => "general failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown reply",
    }
}

/// Asks the proxy at the other end of `stream` for the way to `host`. `who` goes to it only when it chooses that way of
/// signing in; `true`: it did.
///
/// # Errors
///
/// [`SocksError`].
pub(super) async fn open_way<S>(
    stream: &mut S,
    host: &str,
    port: u16,
    who: Option<&ProxyCredentials>,
) -> Result<bool, SocksError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let methods: &[u8] = match who {
        Some(_) => &[VERSION, 2, NO_SIGN_IN, USER_AND_PASSWORD],
        None => &[VERSION, 1, NO_SIGN_IN],
    };
    stream.write_all(methods).await?;
    stream.flush().await?;
    let signed_in = match (read(stream).await?, who) {
        ([VERSION, NO_SIGN_IN], _) => false,
        ([VERSION, USER_AND_PASSWORD], Some(who)) => {
            sign_in(stream, who).await?;
            true
        }
        ([VERSION, NONE_ACCEPTABLE], _) => return Err(SocksError::WantsSignIn),
        _ => return Err(SocksError::NotSocks),
    };
    stream.write_all(&question(host, port)?).await?;
    stream.flush().await?;
    let [version, reply, _, kind] = read(stream).await?;
    match (version, reply) {
        (VERSION, 0) => {}
        (VERSION, reply) => return Err(SocksError::Refused { reply, signed_in }),
        _ => return Err(SocksError::NotSocks),
    }
    // The address that the proxy uses says nothing here, and has to be read.
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(read::<1, S>(stream).await?[0]),
        _ => return Err(SocksError::NotSocks),
    };
    let mut bound = [0; 255 + 2];
    stream.read_exact(&mut bound[..length + 2]).await?;
    Ok(signed_in)
}

async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, who: &ProxyCredentials) -> Result<(), SocksError> {
    let (user, password) = (who.user.as_bytes(), who.password.expose().as_bytes());
    let (Ok(user_length), Ok(password_length)) = (u8::try_from(user.len()), u8::try_from(password.len())) else {
        return Err(SocksError::Rejected);
    };
    let mut message = Zeroizing::new(Vec::with_capacity(3 + user.len() + password.len()));
    message.extend_from_slice(&[1, user_length]);
    message.extend_from_slice(user);
    message.push(password_length);
    message.extend_from_slice(password);
    stream.write_all(&message).await?;
    stream.flush().await?;
    match read(stream).await {
        Ok([1, 0]) => Ok(()),
        Ok(_) => Err(SocksError::Rejected),
        // Some close in place of an answer.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(SocksError::Rejected),
        Err(error) => Err(error.into()),
    }
}

/// `CONNECT` to a name; the proxy looks it up.
fn question(host: &str, port: u16) -> Result<Vec<u8>, SocksError> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut question = vec![VERSION, 1, 0];
    match host.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            question.push(1);
            question.extend_from_slice(&address.octets());
        }
        Ok(std::net::IpAddr::V6(address)) => {
            question.push(4);
            question.extend_from_slice(&address.octets());
        }
        Err(_) => {
            question.extend_from_slice(&[3, u8::try_from(host.len()).map_err(|_| SocksError::Name)?]);
            question.extend_from_slice(host.as_bytes());
        }
    }
    question.extend_from_slice(&port.to_be_bytes());
    Ok(question)
}

async fn read<const LENGTH: usize, S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SecretText;

    /// What comes of a proxy that says these bytes, and what it was sent.
    fn outcome(said: &[u8], who: Option<&ProxyCredentials>) -> (Result<bool, SocksError>, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut sent = Vec::new();
        let mut stream = tokio::io::join(said, &mut sent);
        let outcome = runtime.block_on(open_way(&mut stream, "a.example", 443, who));
        (outcome, sent)
    }

    fn ada() -> ProxyCredentials {
        ProxyCredentials::new("ada", SecretText::from("word"))
    }

    #[test]
    fn the_name_goes_to_the_proxy_and_the_password_only_when_it_is_asked_for() {
        let opened = [5, 0, 0, 1, 10, 7, 0, 1, 0, 80];
        let (open, sent) = outcome(&[&[5, 0][..], &opened].concat(), Some(&ada()));
        assert!(matches!(open, Ok(false)), "{open:?}");
        assert_eq!(sent, b"\x05\x02\x00\x02\x05\x01\x00\x03\x09a.example\x01\xbb");
        let (open, sent) = outcome(&[&[5, 2, 1, 0][..], &opened].concat(), Some(&ada()));
        assert!(
            matches!(open, Ok(true)) && sent.starts_with(b"\x05\x02\x00\x02\x01\x03ada\x04word\x05\x01"),
            "{sent:?}"
        );
    }

    #[test]
    fn refusals_are_told_apart() {
        assert!(matches!(outcome(&[5, 0xFF], None).0, Err(SocksError::WantsSignIn)));
        assert!(matches!(outcome(&[5, 2], None).0, Err(SocksError::NotSocks)), "it was not offered");
        for said in [&[5, 2, 1, 1][..], &[5, 2]] {
            assert!(matches!(outcome(said, Some(&ada())).0, Err(SocksError::Rejected)), "{said:?}");
        }
        let (refused, _) = outcome(&[5, 0, 5, 2, 0, 1], None);
        assert!(refused.expect_err("refused").to_string().contains("not allowed by ruleset"));
        assert!(matches!(outcome(b"HTTP/1.1 400", None).0, Err(SocksError::NotSocks)));
        assert!(matches!(outcome(b"", None).0, Err(SocksError::Broken(_))));
    }
}
