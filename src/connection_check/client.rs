//! Sends one request and reads its answer, within bounds of time, size and number of pieces. Never follows a redirect,
//! and repeats nothing that may have reached a server.

use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Notify;
use url::Url;
use zeroize::Zeroizing;

use super::Limits;
use super::connector::Connector;
use super::metered::Meter;
use super::tls_trouble::{TlsEnded, TlsTrouble};

/// How long a connection is kept for the next request. A round of 500 profiles must not leave 500 connections open.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
/// The longest header of an answer, in bytes, and the most lines of one.
const HEADER_BYTES: u32 = 64 * 1024;
const MOST_HEADERS: usize = 256;
/// Where the library itself ends an answer of HTTP/2: it does not say then that the header was too long.
const HTTP2_HEADER_BYTES: u32 = 4 * HEADER_BYTES;
/// The most interim answers (1xx) before the real one.
const MOST_INTERIM: u32 = 32;
/// The most pieces in which a body may come: a byte at a time costs far more than its bytes.
const MOST_PIECES: usize = 8192;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error("the request could not be sent")]
    Library {
        /// Whether it happened on a connection that had carried other requests before.
        on_used_connection: bool,
        #[source]
        source: legacy::Error,
    },
    #[error("the response was cut off")]
    Body(#[from] hyper::Error),
    #[error("the request could not be built")]
    Request(#[from] hyper::http::Error),
    #[error("no response in time")]
    TooSlow(Phase),
    #[error(transparent)]
    Tls(TlsEnded),
    #[error("more than {MOST_INTERIM} interim responses arrived, and no final response")]
    Interim,
    #[error("the response is far too large and does not end")]
    TooLarge,
}

impl SendError {
    /// Whether a connection was lost that had carried answers before, so that the loss says nothing about the server.
    pub(super) fn is_lost_kept_connection(&self) -> bool {
        matches!(self, SendError::Library { on_used_connection: true, source } if !source.is_connect())
    }
}

/// How far a request got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// There is no connection yet.
    #[default]
    Connecting,
    /// It was sent, and no answer came.
    Response,
    /// The answer began and did not end.
    Body,
}

/// The phase of a request, as it goes on.
#[derive(Debug, Default)]
pub(super) struct PhaseCell(Mutex<Phase>);

impl PhaseCell {
    pub(super) fn get(&self) -> Phase {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// An answer.
pub(super) struct Received {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body, or nothing when it was longer than the limit or came in too many pieces. Wiped, because it may hold a
    /// token.
    pub body: Option<Zeroizing<Vec<u8>>>,
}

/// The HTTP client; clones share their connections.
#[derive(Clone)]
pub(super) struct Client {
    library: legacy::Client<Connector, Full<Bytes>>,
    /// For one request with its whole answer.
    limit: Duration,
}

impl Client {
    pub(super) fn new(connector: Connector, limits: &Limits) -> Client {
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_CONNECTION)
            .http1_max_headers(MOST_HEADERS)
            .http2_max_header_list_size(HTTP2_HEADER_BYTES);
        Client { library: builder.build(connector), limit: limits.stage }
    }

    /// Sends a request and reads its whole answer, up to `body_limit` bytes of body. `phase` says how far it got, also
    /// when this is dropped.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &HeaderMap,
        body: Option<Bytes>,
        body_limit: usize,
        phase: &PhaseCell,
    ) -> Result<Received, SendError> {
        phase.set(Phase::Connecting);
        let uri: Uri = url.as_str().parse().map_err(hyper::http::Error::from)?;
        let mut request = Request::builder().method(method).uri(uri).body(Full::new(body.unwrap_or_default()))?;
        *request.headers_mut() = headers.clone();
        let agent = HeaderValue::from_static(concat!("A365-Password-Tool/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert(USER_AGENT, agent);
        let exchanged = self.exchange(request, body_limit, phase);
        tokio::time::timeout(self.limit, exchanged).await.unwrap_or(Err(SendError::TooSlow(phase.get())))
    }

    async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
        body_limit: usize,
        phase: &PhaseCell,
    ) -> Result<Received, SendError> {
        let too_many = Arc::new(Notify::new());
        let (counted, signal) = (AtomicU32::new(0), Arc::clone(&too_many));
        hyper::ext::on_informational(&mut request, move |_| {
            if counted.fetch_add(1, Ordering::Relaxed) >= MOST_INTERIM {
                signal.notify_one();
            }
        });
        let mut connection = capture_connection(&mut request);
        let mut response = pin!(self.library.request(request));
        let response = loop {
            tokio::select! {
                biased;
                // Letting go of the request closes its connection.
                () = too_many.notified() => return Err(SendError::Interim),
                response = &mut response => break response.map_err(classify)?,
                _ = connection.wait_for_connection_metadata(), if phase.get() == Phase::Connecting => {
                    phase.set(Phase::Response);
                }
            }
        };
        phase.set(Phase::Body);
        read(response, body_limit).await
    }
}

/// The library passes on only the words of what happened on a connection, so the connection's own notes are asked.
fn classify(error: legacy::Error) -> SendError {
    let mut extras = hyper::http::Extensions::new();
    if let Some(connection) = error.connect_info() {
        connection.get_extras(&mut extras);
    }
    let meter = extras.get::<Meter>();
    if meter.is_some_and(Meter::is_over) {
        SendError::TooLarge
    } else if let Some(ended) = extras.get().and_then(TlsTrouble::ended) {
        SendError::Tls(ended)
    } else {
        SendError::Library { on_used_connection: meter.is_some_and(Meter::has_answered), source: error }
    }
}

async fn read(response: Response<Incoming>, body_limit: usize) -> Result<Received, SendError> {
    let (parts, mut incoming) = response.into_parts();
    let meter = parts.extensions.get::<Meter>();
    if let Some(meter) = meter {
        meter.answer_began();
    }
    if header_bytes(&parts.headers) > HEADER_BYTES as usize {
        return Err(SendError::TooLarge);
    }
    // Its end is the connection's end (RFC 9112, 6.3).
    let ends_with_connection = matches!(parts.version, Version::HTTP_10 | Version::HTTP_11)
        && !parts.headers.contains_key(CONTENT_LENGTH)
        && !parts.headers.contains_key(TRANSFER_ENCODING);
    let mut body = Some(Zeroizing::new(Vec::new()));
    let mut pieces = 0;
    while body_limit != 0
        && let Some(frame) = incoming.frame().await
    {
        let frame = match frame {
            Ok(frame) => frame,
            Err(_) if meter.is_some_and(Meter::is_over) => return Err(SendError::TooLarge),
            // Many devices leave out the goodbye of TLS (close_notify). What was cut off cannot pass for a whole answer:
            // data is JSON, which then has no end, and all else is only shown.
            Err(error) if ends_with_connection && is_bare_end(&error) => break,
            Err(error) => return Err(error.into()),
        };
        pieces += 1;
        // Trailers are of no use here.
        let piece = frame.into_data().unwrap_or_default();
        body = body.filter(|_| pieces <= MOST_PIECES).and_then(|body| append(body, &piece, body_limit));
        if body.is_none() {
            break;
        }
    }
    Ok(Received { status: parts.status, headers: parts.headers, body })
}

/// The length of a header as HTTP/2 counts it (RFC 9113, 6.5.2).
fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum()
}

/// Whether a connection ended without the goodbye of TLS.
fn is_bare_end(error: &hyper::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof) {
            return true;
        }
        next = cause.source();
    }
    false
}

/// `body` with `chunk` behind it, or nothing when it gets too long. A buffer that is outgrown is wiped.
fn append(body: Zeroizing<Vec<u8>>, chunk: &[u8], limit: usize) -> Option<Zeroizing<Vec<u8>>> {
    let length = body.len() + chunk.len();
    if length > limit {
        return None;
    }
    let mut body = body;
    if length > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.next_power_of_two().max(4096)));
        larger.extend_from_slice(&body);
        body = larger;
    }
    body.extend_from_slice(chunk);
    Some(body)
}
