//! Asks a proxy that refused a connection why. Only the name of the server is told to it: no credentials, and
//! should it open the way this time, nothing is sent through.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// A proxy's refusal in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProxyWord {
    pub status: u16,
    /// The words behind the status, e.g. `Forbidden`.
    pub reason: String,
}

/// The longest first line that is read, in bytes.
const LINE_LIMIT: usize = 512;

/// What the proxy answers to `CONNECT host:443`; `None` when it lets through, wants credentials or cannot be asked.
pub(super) async fn ask_proxy(proxy: &Url, host: &str) -> Option<ProxyWord> {
    // A proxy that itself speaks TLS is not worth a second TLS client.
    if proxy.scheme() != "http" {
        return None;
    }
    let name = proxy.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((name, proxy.port_or_known_default()?)).await.ok()?;
    let question = format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n");
    stream.write_all(question.as_bytes()).await.ok()?;
    let mut line = Vec::new();
    while !line.ends_with(b"\n") && line.len() < LINE_LIMIT {
        line.push(stream.read_u8().await.ok()?);
    }
    read_line(&String::from_utf8_lossy(&line)).filter(|word| word.status >= 300 && word.status != 407)
}

/// Reads `HTTP/1.1 403 Forbidden`.
fn read_line(line: &str) -> Option<ProxyWord> {
    let rest = line.trim_end().strip_prefix("HTTP/1.")?.split_once(' ')?.1;
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(ProxyWord { status: status.parse().ok()?, reason: reason.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_are_read_and_nonsense_is_not() {
        let word = |line| read_line(line).map(|word| (word.status, word.reason));
        assert_eq!(word("HTTP/1.1 403 Forbidden by policy\r\n"), Some((403, "Forbidden by policy".to_owned())));
        assert_eq!(word("HTTP/1.0 502\r\n"), Some((502, String::new())));
        for line in ["", "HTTP/1.1", "SSH-2.0-x", "HTTP/1.1 abc", "HTTP/2 403 x"] {
            assert_eq!(word(line), None, "{line}");
        }
    }
}
