//! The port of this computer that the browser brings the answer to.
//!
//! Every program and every web page on this computer can send something to it. What is not the answer gets a page that says
//! so, and waiting goes on; no connection can hold up the others, and none is read for long or for much.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::browser_answer::{Arrived, BrowserAnswer, read};
use super::page::{page, unreadable};
use crate::profile::SecretText;

/// How long one connection may take.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);
/// How many connections are served at a time; the rest wait in the system's queue.
const SIDE_BY_SIDE: usize = 64;
/// The most that one request may bring, in bytes: a code has about 2,000.
const REQUEST_LIMIT: usize = 64 * 1024;
const MOST_HEADERS: usize = 64;
/// How many ports are tried for one that is free at both addresses.
const TRIES: usize = 8;

/// A port that listens for the browser.
pub(super) struct Loopback {
    v4: TcpListener,
    /// Some browsers go to `[::1]` first. Absent on a computer without IPv6.
    v6: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Listens on a free port of 127.0.0.1, and on the same port of `[::1]` where there is such an address.
    ///
    /// A port that somebody else has at `[::1]` is not used: the browser might go there, and take the answer along.
    pub(super) async fn open() -> io::Result<Loopback> {
        let mut last = None;
        for _ in 0..TRIES {
            let v4 = TcpListener::bind(("127.0.0.1", 0)).await?;
            let port = v4.local_addr()?.port();
            let v6 = match TcpListener::bind(("::1", port)).await {
                Ok(v6) => Some(v6),
                Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => {
                    last = Some(error);
                    continue;
                }
                Err(_) => None,
            };
            return Ok(Loopback { v4, v6, port });
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the answer with `state` has come, however much else comes before it.
    pub(super) async fn answer(self, state: &SecretText) -> BrowserAnswer {
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                biased;
                Some(ended) = connections.join_next() => match ended {
                    Ok(Some(answer)) => return answer,
                    // A stranger, or a connection that broke.
                    Ok(None) | Err(_) => continue,
                },
                accepted = accept(&self.v4, self.v6.as_ref()), if connections.len() < SIDE_BY_SIDE => accepted,
            };
            match stream {
                Ok(stream) => {
                    let (state, port) = (state.clone(), self.port);
                    connections
                        .spawn(async move { timeout(CONNECTION_LIMIT, serve(stream, port, &state)).await.ok()? });
                }
                // Out of descriptors, or the other side went away again. Not at once, so that it does not spin.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn accept(v4: &TcpListener, v6: Option<&TcpListener>) -> io::Result<TcpStream> {
    let second = async {
        match v6 {
            Some(v6) => v6.accept().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        accepted = v4.accept() => accepted.map(|(stream, _)| stream),
        accepted = second => accepted.map(|(stream, _)| stream),
    }
}

/// Reads one request and answers it. `None` when it was not the answer.
async fn serve(mut stream: TcpStream, port: u16, state: &SecretText) -> Option<BrowserAnswer> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(REQUEST_LIMIT));
    let outcome = match receive(&mut stream, &mut buffer).await {
        Some(parts) => read(&parts.arrived(&buffer), port, state).map_err(|stranger| page(Err(stranger))),
        None => Err(unreadable()),
    };
    let (answer, page) = match outcome {
        Ok(answer) => {
            let page = page(Ok(&answer));
            (Some(answer), page)
        }
        Err(page) => (None, page),
    };
    // The answer counts even when the browser has gone and shows no page.
    if stream.write_all(page.response().as_bytes()).await.is_ok() && stream.shutdown().await.is_ok() {
        // Until the browser has read it: closing at once can take the page away again.
        let mut rest = [0; 1024];
        let drain = async { while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {} };
        let _ = timeout(Duration::from_millis(500), drain).await;
    }
    answer
}

/// A request's parts, as places in its bytes.
struct Parts {
    method: String,
    target: String,
    host: String,
    content_type: String,
    body: std::ops::Range<usize>,
}

impl Parts {
    fn arrived<'a>(&'a self, bytes: &'a [u8]) -> Arrived<'a> {
        Arrived {
            method: &self.method,
            target: &self.target,
            host: &self.host,
            content_type: &self.content_type,
            body: &bytes[self.body.clone()],
        }
    }
}

/// Reads a whole request into `buffer`, which never grows. `None` when it is none, is too large, or ends early.
async fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Parts> {
    loop {
        if let Some(parts) = take_apart(buffer)? {
            return Some(parts);
        }
        let room = buffer.capacity().min(REQUEST_LIMIT) - buffer.len();
        if room == 0 {
            return None;
        }
        let mut piece = Zeroizing::new([0; 4096]);
        let count = stream.read(&mut piece[..room.min(4096)]).await.ok()?;
        if count == 0 {
            return None;
        }
        buffer.extend_from_slice(&piece[..count]);
    }
}

/// The request in `bytes`: `Some(None)` while there is more to come, `None` when it will never be one.
fn take_apart(bytes: &[u8]) -> Option<Option<Parts>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = request.parse(bytes).ok()? else { return Some(None) };
    let header = |name: &str| {
        let mut found = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        let value = found.next().map(|header| String::from_utf8_lossy(header.value).trim().to_owned());
        // Twice the same header is read differently by different readers.
        if found.next().is_some() { None } else { Some(value.unwrap_or_default()) }
    };
    if !header("transfer-encoding")?.is_empty() {
        return None;
    }
    let length = header("content-length")?;
    let length: usize = if length.is_empty() { 0 } else { length.parse().ok()? };
    if length > REQUEST_LIMIT {
        return None;
    }
    let body = start..start + length;
    if bytes.len() < body.end {
        return Some(None);
    }
    Some(Some(Parts {
        method: request.method?.to_owned(),
        target: request.path?.to_owned(),
        host: header("host")?,
        content_type: header("content-type")?,
        body,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::profile::SecretText;

    fn kind(bytes: &[u8]) -> &'static str {
        match take_apart(bytes) {
            None => "never",
            Some(None) => "more",
            Some(Some(_)) => "whole",
        }
    }

    #[test]
    fn a_request_is_read_whole_or_not_at_all() {
        assert_eq!(kind(b""), "more");
        assert_eq!(kind(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab"), "more");
        assert_eq!(kind(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"), "whole");
        assert_eq!(kind(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "whole");
        for bytes in [
            &b"\x16\x03\x01\x02\x00\x01"[..],
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        ] {
            assert_eq!(kind(bytes), "never", "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_break_the_reader(
            start in "(GET|POST|[A-Z]{1,5}) ?[ -~]{0,20}",
            rest in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let bytes = [start.as_bytes(), &rest].concat();
            if let Some(Some(parts)) = take_apart(&bytes) {
                prop_assert!(read(&parts.arrived(&bytes), 1, &SecretText::from("the-state")).is_err());
            }
        }

        #[test]
        fn no_text_breaks_the_explanation_of_a_code(text in "\\PC{0,40}(AADSTS)?\\PC{0,40}") {
            crate::sign_in::explain_code(&text, crate::cloud::Cloud::Commercial, None, None);
        }
    }
}
