//! `CONNECT`: asks a proxy to open the way to a server, and reads what it says, within bounds.

use std::io;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use url::Url;
use zeroize::Zeroizing;

use super::stage::one_line;
use super::title::page_title;

/// The longest answer that is read, in bytes, with the interim answers (1xx) before it.
const ANSWER_LIMIT: usize = 64 * 1024;
/// The most header lines of one answer.
const MOST_HEADERS: usize = 1024;
/// The most interim answers before the real one.
const MOST_INTERIM: usize = 16;
/// The most ways to sign in that are kept.
const MOST_OFFERS: usize = 8;
/// How much of a page that comes with a refusal is read for its title, in bytes, and for how long.
const PAGE_LIMIT: usize = 16 * 1024;
const PAGE_PATIENCE: Duration = Duration::from_secs(1);

/// A proxy's refusal in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: u16,
    /// The words behind the status, e.g. `Forbidden`.
    pub reason: String,
    /// The ways to sign in that it offers (`Proxy-Authenticate`).
    pub offers: Vec<Offer>,
    /// The host that a redirect leads to, without the rest of its address, which may carry somebody's session.
    pub leads_to: String,
    /// The title of the page that came with it.
    pub title: String,
    /// The length of that page, where it is said.
    pub length: Option<usize>,
    /// Whether the page comes in pieces that say their length (RFC 9112, 7.1).
    pub is_chunked: bool,
    /// Whether the proxy ends the connection after it.
    pub closes: bool,
    /// What came of the page with the answer.
    pub begun: Vec<u8>,
}

/// One way to sign in that a proxy offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// Its name, e.g. `Negotiate`, `Basic`.
    pub scheme: String,
    /// Its parameters, with names in lower case, e.g. `realm` and `nonce` of Digest (RFC 9110, 11.2).
    pub parameters: Vec<(String, String)>,
    /// What stands there in place of parameters, e.g. the challenge of Negotiate in base64; empty where there is none.
    pub token: String,
}

impl Offer {
    /// Whether it is this one.
    pub(super) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Refusal {
    /// Whether it asks for a sign-in.
    pub(super) fn asks_sign_in(&self) -> bool {
        self.status == 407
    }

    /// The offer of `scheme`.
    pub(super) fn offer(&self, scheme: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.is(scheme))
    }

    /// Reads the page that came with it, so that the proxy can be asked again on the same connection. `false` where that cannot be.
    pub(super) async fn read_away<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> bool {
        if self.closes {
            return false;
        }
        let mut page = std::mem::take(&mut self.begun);
        let end = b"0\r\n\r\n";
        loop {
            let is_whole = match self.length {
                _ if self.is_chunked => {
                    page.ends_with(end) && (page.len() == end.len() || page.ends_with(b"\r\n0\r\n\r\n"))
                }
                Some(length) if page.len() > length => return false,
                Some(length) => page.len() == length,
                // Its end is the end of the connection.
                None => return false,
            };
            if is_whole {
                return true;
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(read @ 1..) if page.len() + read <= ANSWER_LIMIT => page.extend_from_slice(&piece[..read]),
                _ => return false,
            }
        }
    }

    /// The names of what it offers.
    pub(super) fn schemes(&self) -> Vec<String> {
        self.offers.iter().map(|offer| offer.scheme.clone()).collect()
    }
}

/// Why a proxy did not open the way. The words stand behind its name.
#[derive(Debug, thiserror::Error)]
pub(super) enum TunnelError {
    #[error("broke the connection")]
    Broken(#[from] io::Error),
    #[error("closed the connection without a response")]
    Closed,
    #[error("sent a response that does not end; reading stopped after {ANSWER_LIMIT} bytes")]
    Endless,
    #[error("did not respond in HTTP")]
    NotHttp,
    #[error("responded with {status}, but sent its own page instead of opening the connection{}", titled(.title))]
    Page { status: u16, title: String },
    #[error("accepted, but then answered in plain text instead of opening a secure connection{}", titled(.title))]
    NotTls { title: String },
    #[error("refused with status {}", .0.status)]
    Refused(Box<Refusal>),
}

fn titled(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" (“{title}”)") }
}

/// `Proxy-Authorization` by this scheme with these bytes in base64, in a buffer that is wiped and that the library keeps from its
/// logs.
pub(super) fn authorization(scheme: &str, secret: &[u8]) -> Option<HeaderValue> {
    let begin = scheme.len() + 1;
    let mut header = Zeroizing::new(vec![b' '; begin + secret.len().div_ceil(3) * 4]);
    header[..scheme.len()].copy_from_slice(scheme.as_bytes());
    STANDARD.encode_slice(secret, &mut header[begin..]).ok()?;
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(header)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Asks the proxy at the other end of `stream` for the way to `host`. `authorization` is sent when there is one.
pub(super) async fn open_tunnel<S>(
    stream: &mut S,
    host: &str,
    port: u16,
    authorization: Option<&HeaderValue>,
) -> Result<(), TunnelError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let secret_length = authorization.map_or(0, |value| value.len());
    let mut question = Zeroizing::new(Vec::with_capacity(2 * host.len() + secret_length + 128));
    for part in ["CONNECT ", host, ":", &port.to_string(), " HTTP/1.1\r\nHost: ", host, ":", &port.to_string(), "\r\n"]
    {
        question.extend_from_slice(part.as_bytes());
    }
    if let Some(value) = authorization {
        question.extend_from_slice(b"Proxy-Authorization: ");
        question.extend_from_slice(value.as_bytes());
        question.extend_from_slice(b"\r\n");
    }
    question.extend_from_slice(b"\r\n");
    stream.write_all(&question).await?;
    stream.flush().await?;
    let (mut refusal, rest) = read_answer(stream).await?;
    match refusal.status {
        // A server that protocol TLS waits for the client's first word.
        status @ 200..=299 if !rest.is_empty() => Err(TunnelError::Page { status, title: page_title(&rest) }),
        200..=299 => Ok(()),
        _ => {
            if refusal.asks_sign_in() {
                refusal.begun = rest;
            } else {
                refusal.title = read_title(stream, rest, refusal.length).await;
            }
            Err(TunnelError::Refused(Box::new(refusal)))
        }
    }
}

/// The title of the page that `page` begins; what has not come yet is waited for briefly.
async fn read_title<S: AsyncRead + Unpin>(stream: &mut S, mut page: Vec<u8>, length: Option<usize>) -> String {
    let whole = length.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT);
    let reading = async {
        while page.len() < whole && page_title(&page).is_empty() {
            let mut piece = [0; 2048];
            match stream.read(&mut piece).await {
                Ok(length @ 1..) => page.extend_from_slice(&piece[..length]),
                _ => break,
            }
        }
    };
    // What came in time is what counts.
    let _ = tokio::time::timeout(PAGE_PATIENCE, reading).await;
    page_title(&page)
}

/// The first answer that is not an interim one, and what came behind it.
async fn read_answer<S: AsyncRead + Unpin>(stream: &mut S) -> Result<(Refusal, Vec<u8>), TunnelError> {
    let mut unread = Vec::new();
    let mut total = 0;
    let mut seen = 0;
    for _ in 0..=MOST_INTERIM {
        let head = loop {
            if let Some(end) = head_end(&unread, seen) {
                break end;
            }
            seen = unread.len();
            let mut piece = [0; 4096];
            let length = stream.read(&mut piece).await?;
            if length == 0 {
                return Err(if unread.is_empty() { TunnelError::Closed } else { TunnelError::NotHttp });
            }
            total += length;
            if total > ANSWER_LIMIT {
                return Err(TunnelError::Endless);
            }
            unread.extend_from_slice(&piece[..length]);
            if !could_be_http(&unread) {
                return Err(TunnelError::NotHttp);
            }
        };
        let answer = read_head(&unread[..head])?;
        unread.drain(..head);
        seen = 0;
        if !(100..200).contains(&answer.status) {
            return Ok((answer, unread));
        }
    }
    Err(TunnelError::Endless)
}

/// Whether this may be the beginning of an answer.
fn could_be_http(bytes: &[u8]) -> bool {
    let start = b"HTTP/1.";
    bytes.iter().zip(start).all(|(byte, wanted)| byte == wanted)
}

/// Where the header ends, behind its empty line. Nothing before `seen` has to be looked at again.
fn head_end(bytes: &[u8], seen: usize) -> Option<usize> {
    (seen.saturating_sub(3)..bytes.len()).find_map(|at| {
        let rest = &bytes[at..];
        if rest.starts_with(b"\r\n\r\n") {
            Some(at + 4)
        } else if rest.starts_with(b"\n\n") {
            Some(at + 2)
        } else {
            None
        }
    })
}

fn read_head(bytes: &[u8]) -> Result<Refusal, TunnelError> {
    let mut headers = vec![httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    match answer.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(TunnelError::Endless),
        Ok(httparse::Status::Partial) | Err(_) => return Err(TunnelError::NotHttp),
    }
    let values = |name: &'static str| {
        let lines = answer.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
        lines.map(|header| String::from_utf8_lossy(header.value))
    };
    let mut offers: Vec<Offer> = Vec::new();
    for offer in values("proxy-authenticate").flat_map(|line| read_offers(&line)) {
        // Digest comes once for each algorithm.
        if offers.len() < MOST_OFFERS && (offer.is("digest") || !offers.iter().any(|known| known.is(&offer.scheme))) {
            offers.push(offer);
        }
    }
    let location = values("location").next().and_then(|text| Url::parse(text.trim()).ok());
    let leads_to = location.and_then(|url| url.host_str().map(one_line)).unwrap_or_default();
    let length = values("content-length").next().and_then(|text| text.trim().parse().ok());
    let reason = one_line(answer.reason.unwrap_or_default());
    let says =
        |name, word: &str| values(name).any(|line| line.split(',').any(|it| it.trim().eq_ignore_ascii_case(word)));
    let connection = |word: &str| says("connection", word) || says("proxy-connection", word);
    let closes = connection("close") || (answer.version == Some(0) && !connection("keep-alive"));
    Ok(Refusal {
        status: answer.code.unwrap_or_default(),
        reason,
        offers,
        leads_to,
        title: String::new(),
        length,
        is_chunked: says("transfer-encoding", "chunked"),
        closes,
        begun: Vec::new(),
    })
}

/// The offers in one line of `Proxy-Authenticate`, which may list several (RFC 9110, 11.6.1).
fn read_offers(line: &str) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for part in split_outside_quotes(line) {
        let part = part.trim();
        let (name, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let is_name = (1..=32).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if is_name && !rest.trim_start().starts_with('=') {
            let (parameters, token) = match rest.trim() {
                token if is_token(token) => (Vec::new(), token.to_owned()),
                _ => (read_parameter(rest).into_iter().collect(), String::new()),
            };
            offers.push(Offer { scheme: name.to_owned(), parameters, token });
        } else if let (Some(offer), Some(parameter)) = (offers.last_mut(), read_parameter(part)) {
            offer.parameters.push(parameter);
        }
    }
    offers
}

/// Whether this is a challenge without parameters (`token68` of RFC 9110, 11.2).
fn is_token(text: &str) -> bool {
    let token = text.trim_end_matches('=');
    !token.is_empty()
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/'))
}

/// The pieces between the commas that are outside quotes.
fn split_outside_quotes(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = line.chars();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        let part = match character {
            ',' if !quoted => {
                parts.push(String::new());
                continue;
            }
            _ => parts.last_mut().expect("there is always one"),
        };
        part.push(character);
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => part.extend(characters.next()),
            _ => {}
        }
    }
    parts
}

/// `name=value` or `name="value"`.
fn read_parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim();
    let value = match value.strip_prefix('"') {
        None => value.to_owned(),
        Some(quoted) => {
            let mut plain = String::new();
            let mut characters = quoted.chars();
            while let Some(character) = characters.next() {
                match character {
                    '"' => break,
                    '\\' => plain.extend(characters.next()),
                    other => plain.push(other),
                }
            }
            plain
        }
    };
    let name = name.trim().to_ascii_lowercase();
    (!name.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of an answer of these bytes, and what was asked.
    fn answer(bytes: &[u8], authorization: Option<&HeaderValue>) -> (Result<(), TunnelError>, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let mut asked = Vec::new();
        let mut stream = tokio::io::join(bytes, &mut asked);
        let outcome = runtime.block_on(open_tunnel(&mut stream, "a.example", 443, authorization));
        (outcome, String::from_utf8(asked).expect("a question in ASCII"))
    }

    #[test]
    fn every_success_opens_the_way_however_much_is_said_with_it() {
        let many: String = (0..500).map(|number| format!("X-{number}: {}\r\n", "a".repeat(40))).collect();
        for said in [
            "HTTP/1.1 200 Connection established\r\n\r\n".to_owned(),
            "HTTP/1.0 200\n\n".to_owned(),
            "HTTP/1.1 201 Created\r\n\r\n".to_owned(),
            format!("HTTP/1.1 200 OK\r\n{many}\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
                .to_owned(),
        ] {
            let (outcome, asked) = answer(said.as_bytes(), None);
            assert!(outcome.is_ok(), "{outcome:?}: {said:.60}");
            assert_eq!(asked, "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n");
        }
    }

    #[test]
    fn an_answer_that_does_not_end_is_left() {
        let headers: String = (0..20_000).map(|number| format!("X-{number}: a\r\n")).collect();
        let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(20);
        for said in [
            format!("HTTP/1.1 200 OK\r\n{headers}"),
            format!("HTTP/1.1 407 {}", "x".repeat(100_000)),
            format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(100_000)),
            interim,
        ] {
            assert!(matches!(answer(said.as_bytes(), None).0, Err(TunnelError::Endless)), "{said:.40}");
        }
    }

    #[test]
    fn refusals_are_read_with_all_that_is_offered() {
        let said = "HTTP/1.1 407 Authentication  needed\r\nProxy-Authenticate: Negotiate\r\nPROXY-AUTHENTICATE: NTLM, \
                    Digest realm=\"a, Basic b\", nonce=\"x\", basic realm = \"c\\\"d\"\r\n\r\npage";
        let (Err(TunnelError::Refused(refusal)), _) = answer(said.as_bytes(), None) else { panic!("it is refused") };
        assert_eq!((refusal.status, refusal.reason.as_str()), (407, "Authentication needed"));
        assert_eq!(refusal.schemes(), ["Negotiate", "NTLM", "Digest", "basic"]);
        assert!(refusal.asks_sign_in() && refusal.offer("Basic").is_some());
        let digest = refusal.offer("digest").expect("it is offered");
        assert_eq!((digest.parameter("realm"), digest.parameter("nonce")), (Some("a, Basic b"), Some("x")));
        assert_eq!(refusal.offer("basic").and_then(|basic| basic.parameter("realm")), Some("c\"d"));
        let said = "HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"Basic\", Bearer Basic=1\r\n\r\n";
        let (Err(TunnelError::Refused(refusal)), _) = answer(said.as_bytes(), None) else { panic!("it is refused") };
        assert!(refusal.offer("basic").is_none(), "{:?}", refusal.offers);
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        assert!(matches!(answer(b"", None).0, Err(TunnelError::Closed)));
        for said in ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 403 x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 Conn"] {
            assert!(matches!(answer(said.as_bytes(), None).0, Err(TunnelError::NotHttp)), "{said}");
        }
        let page = answer(b"HTTP/1.1 200 OK\r\n\r\n<html>", None).0;
        assert!(matches!(page, Err(TunnelError::Page { status: 200, .. })));
    }

    #[test]
    fn a_refusal_keeps_the_portal_that_it_leads_to_and_the_title_of_its_page() {
        let page = "<html><head><title> Blocked by\n policy </title></head>";
        let said = format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{page}", page.len());
        let (Err(TunnelError::Refused(refusal)), _) = answer(said.as_bytes(), None) else { panic!("it is refused") };
        assert_eq!(refusal.title, "Blocked by policy");
        let said = "HTTP/1.1 302 Found\r\nLocation: https://portal.example:8443/login?session=4711\r\n\r\n";
        let (Err(TunnelError::Refused(refusal)), _) = answer(said.as_bytes(), None) else { panic!("it is refused") };
        assert_eq!((refusal.status, refusal.leads_to.as_str()), (302, "portal.example"));
    }

    #[test]
    fn an_authorization_is_sent_as_given() {
        let value = HeaderValue::from_static("Basic eDp5");
        let (outcome, asked) = answer(b"HTTP/1.1 200 OK\r\n\r\n", Some(&value));
        assert!(outcome.is_ok() && asked.ends_with("\r\nProxy-Authorization: Basic eDp5\r\n\r\n"), "{asked}");
    }
}
