//! One new connection to a server: which way, the name, TCP, the proxy's `CONNECT` or SOCKS, and TLS. The HTTP library
//! asks for it when it has none to use again.

mod through_proxy;

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use super::account_conversation::AccountRefused;
use super::certificates::CERTIFICATE_WANTED;
use super::metered::{Meter, Metered};
use super::names::{NameError, Names};
use super::proxy_address::{NamedProxy, ProxyPlace, ProxyProtocol};
use super::proxy_sign_in::{NotSignedIn, ProxySignIn};
use super::recorded_stream::RecordedStream;
use super::route::{Hop, Way, WayError};
use super::socks::SocksError;
use super::tcp;
use super::title::page_title;
use super::tls_trouble::TlsTrouble;
use super::tunnel::TunnelError;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("no way to the server: {0}")]
    Way(#[source] WayError),
    #[error("the name was not found")]
    Name(#[source] NameError),
    /// TCP to the server itself.
    #[error("the connection could not be opened")]
    Server {
        /// Who decided that no proxy is needed, where that was not a person's choice.
        direct_by: Option<ProxyPlace>,
        #[source]
        source: io::Error,
    },
    /// TLS with the server. It may have been through a proxy, and the server may have wanted a client certificate.
    #[error("no secure connection")]
    Tls {
        proxy: Option<NamedProxy>,
        wanted_certificate: bool,
        #[source]
        source: io::Error,
    },
    #[error("the name of the proxy {proxy} was not found")]
    ProxyName {
        proxy: NamedProxy,
        #[source]
        source: NameError,
    },
    #[error("the proxy {proxy} could not be reached")]
    Proxy {
        proxy: NamedProxy,
        #[source]
        source: io::Error,
    },
    #[error("no secure connection to the proxy {proxy}")]
    ProxyTls {
        proxy: NamedProxy,
        #[source]
        source: io::Error,
    },
    #[error("the proxy {proxy} {source}")]
    Tunnel { proxy: NamedProxy, source: TunnelError },
    #[error("the proxy {proxy} {source}")]
    Socks { proxy: NamedProxy, source: SocksError },
    #[error("the proxy {proxy} asks for a sign-in")]
    SignIn {
        proxy: NamedProxy,
        offers: Vec<String>,
        /// Why it got no user name and password that it accepts.
        why: NotSignedIn,
        /// Why the account that this program runs as did not do, where it offers that.
        account: Option<AccountRefused>,
    },
    #[error("no connection in time")]
    TooSlow { step: Step },
    #[error("not an https address")]
    Address,
}

impl ConnectError {
    /// Whether nothing beyond this computer answered.
    pub(super) fn is_unanswered(&self) -> bool {
        let is_before_answer = |step: &Step| !matches!(step, Step::ProxyTls(_) | Step::Tunnel(_) | Step::Tls(_));
        match self {
            ConnectError::Way(_)
            | ConnectError::Name(_)
            | ConnectError::Server { .. }
            | ConnectError::ProxyName { .. }
            | ConnectError::Proxy { .. } => true,
            ConnectError::TooSlow { step } => is_before_answer(step),
            _ => false,
        }
    }

    /// Whether another proxy of the list may do better.
    fn is_unreachable_proxy(&self) -> bool {
        let is_proxys = |step: &Step| matches!(step, Step::ProxyName(_) | Step::Proxy(_));
        matches!(self, ConnectError::ProxyName { .. } | ConnectError::Proxy { .. })
            || matches!(self, ConnectError::TooSlow { step } if is_proxys(step))
    }
}

/// What is being waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Step {
    /// The decision about the proxy.
    #[default]
    Way,
    /// The server's name.
    Name(String),
    /// TCP to the server, and who decided that no proxy is needed, where that was not a person's choice.
    Server(String, Option<ProxyPlace>),
    /// The proxy's name.
    ProxyName(NamedProxy),
    /// TCP to the proxy.
    Proxy(NamedProxy),
    /// TLS with the proxy.
    ProxyTls(NamedProxy),
    /// What the system says to prove the account to the proxy.
    ProxySignIn(NamedProxy),
    /// The proxy's answer.
    Tunnel(NamedProxy),
    /// TLS with the server.
    Tls(String),
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Way => formatter.write_str("the decision about the proxy"),
            Step::Name(host) => write!(formatter, "the addresses of {host} (DNS)"),
            Step::Server(host, _) => write!(formatter, "the connection to {host}"),
            Step::ProxyName(proxy) => write!(formatter, "the addresses of the proxy {proxy} (DNS)"),
            Step::Proxy(proxy) => write!(formatter, "the connection to the proxy {proxy}"),
            Step::ProxyTls(proxy) => write!(formatter, "the secure connection to the proxy {proxy} (TLS)"),
            Step::ProxySignIn(proxy) => write!(formatter, "the sign-in of this account to the proxy {proxy}"),
            Step::Tunnel(proxy) if proxy.is_socks() => write!(formatter, "the answer of the SOCKS proxy {proxy}"),
            Step::Tunnel(proxy) => write!(formatter, "the answer of the proxy {proxy} to CONNECT"),
            Step::Tls(host) => write!(formatter, "the secure connection to {host} (TLS)"),
        }
    }
}

/// Opens connections. Clones share what the proxies accepted.
#[derive(Clone)]
pub(super) struct Connector(Arc<Shared>);

struct Shared {
    names: Names,
    way: Arc<Way>,
    sign_in: ProxySignIn,
    /// For servers: HTTP/2 or HTTP/1.1.
    tls: TlsConnector,
    /// For proxies, which are spoken to in HTTP/1.1.
    proxy_tls: TlsConnector,
    /// For everything together.
    limit: Duration,
    /// The most that may come without an answer in it, in bytes.
    flood: u64,
}

/// What a connection is made with.
pub(super) struct Means {
    pub names: Names,
    pub way: Arc<Way>,
    pub sign_in: ProxySignIn,
    pub tls: ClientConfig,
    pub limit: Duration,
    pub flood: u64,
}

impl Connector {
    pub(super) fn new(means: Means) -> Connector {
        let mut for_proxy = means.tls.clone();
        for_proxy.alpn_protocols.clear();
        Connector(Arc::new(Shared {
            names: means.names,
            way: means.way,
            sign_in: means.sign_in,
            tls: TlsConnector::from(Arc::new(means.tls)),
            proxy_tls: TlsConnector::from(Arc::new(for_proxy)),
            limit: means.limit,
            flood: means.flood,
        }))
    }
}

impl Connector {
    /// Opens a connection to `address`, and closes it.
    pub(super) async fn probe(&self, address: &Uri) -> Probe {
        let watch = Watch::default();
        let outcome = self.0.connect_in_time(address, &watch).await;
        let steps = watch.durations();
        let version = |opened: Secured| {
            let version = opened.stream.get_ref().1.protocol_version();
            version.map(|version| format!("{version:?}")).unwrap_or_default()
        };
        Probe { outcome: outcome.map(version), steps }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Secured>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { shared.connect_in_time(&address, &Watch::default()).await.map(TokioIo::new) })
    }
}

/// Sees which step is under way, and when each began.
#[derive(Default)]
struct Watch(Mutex<Vec<(Step, Instant)>>);

impl Watch {
    fn begins(&self, step: Step) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((step, Instant::now()));
    }

    fn step(&self) -> Step {
        let steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        steps.last().map(|(step, _)| step.clone()).unwrap_or_default()
    }

    /// Each step with its duration; the last one ends now.
    fn durations(&self) -> Vec<(Step, Duration)> {
        let steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = steps.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        steps.iter().zip(ends).map(|((step, began), end)| (step.clone(), end.duration_since(*began))).collect()
    }
}

/// A connection that was opened to see whether it can be.
pub(super) struct Probe {
    /// The version of TLS, e.g. `TLSv1_3`, when it opened.
    pub outcome: Result<String, ConnectError>,
    /// The steps with their durations, the one that failed last.
    pub steps: Vec<(Step, Duration)>,
}

/// A stream of any depth of layers.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Where a connection is to end.
#[derive(Clone, Copy)]
struct Target<'a> {
    host: &'a str,
    port: u16,
}

impl std::fmt::Display for Target<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

/// A connection under way: what counts its bytes, and who sees its steps.
struct Attempt<'a> {
    meter: Meter,
    watch: &'a Watch,
}

impl Shared {
    async fn connect_in_time(&self, address: &Uri, watch: &Watch) -> Result<Secured, ConnectError> {
        match tokio::time::timeout(self.limit, self.connect(address, watch)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ConnectError::TooSlow { step: watch.step() }),
        }
    }

    async fn connect(&self, address: &Uri, watch: &Watch) -> Result<Secured, ConnectError> {
        let host = address.host().filter(|_| address.scheme_str() == Some("https")).ok_or(ConnectError::Address)?;
        let target = Target { host, port: address.port_u16().unwrap_or(443) };
        let hops = self.way.to(host).await.map_err(ConnectError::Way)?;
        // A proxy that is silent must leave time for the next one.
        let share = self.limit / u32::try_from(hops.len()).unwrap_or(u32::MAX).max(1);
        let mut first_error = None;
        let mut left = hops.len();
        for hop in &hops {
            left -= 1;
            let attempt = Attempt { meter: Meter::new(self.flood), watch };
            let opening = self.open(hop, address, target, &attempt);
            let opened = match left {
                0 => opening.await,
                _ => match tokio::time::timeout(share, opening).await {
                    Ok(opened) => opened,
                    Err(_) => Err(ConnectError::TooSlow { step: watch.step() }),
                },
            };
            match opened {
                Ok(stream) => {
                    let proxy = match hop {
                        Hop::Direct => None,
                        Hop::Proxy(proxy, place) => Some(NamedProxy::new(proxy, *place)),
                    };
                    return self.secure(target, proxy, stream, attempt).await;
                }
                Err(error) if left > 0 && error.is_unreachable_proxy() => {
                    first_error.get_or_insert(error);
                }
                // The first of the list is the one that people know.
                Err(error) => return Err(first_error.filter(|_| error.is_unreachable_proxy()).unwrap_or(error)),
            }
        }
        Err(first_error.unwrap_or(ConnectError::Address))
    }

    /// The way to `target` by one hop.
    async fn open(
        &self,
        hop: &Hop,
        address: &Uri,
        target: Target<'_>,
        attempt: &Attempt<'_>,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        match hop {
            Hop::Direct => {
                attempt.watch.begins(Step::Name(target.host.to_owned()));
                let found = self.names.look_up(target.host).await.map_err(ConnectError::Name)?;
                let direct_by = self.way.direct_by(target.host);
                attempt.watch.begins(Step::Server(target.host.to_owned(), direct_by));
                let stream = tcp::connect(address.clone(), found).await;
                let stream = stream.map_err(|source| ConnectError::Server { direct_by, source })?;
                Ok(Box::new(Metered::new(stream, attempt.meter.clone())))
            }
            Hop::Proxy(proxy, place) if proxy.protocol == ProxyProtocol::Socks5 => {
                self.through_socks(proxy, *place, target, attempt).await
            }
            Hop::Proxy(proxy, place) => self.through(proxy, *place, target, attempt).await,
        }
    }

    /// TLS with the server at the other end of `stream`.
    async fn secure(
        &self,
        target: Target<'_>,
        proxy: Option<NamedProxy>,
        stream: Box<dyn Stream>,
        attempt: Attempt<'_>,
    ) -> Result<Secured, ConnectError> {
        attempt.watch.begins(Step::Tls(target.host.to_owned()));
        let name = server_name(target.host).ok_or(ConnectError::Address)?;
        let shaking_hands = self.tls.connect(name, RecordedStream::new(stream)).into_fallible();
        let (outcome, wanted_certificate) = CERTIFICATE_WANTED
            .scope(Cell::new(false), async {
                let outcome = shaking_hands.await;
                (outcome, CERTIFICATE_WANTED.with(Cell::get))
            })
            .await;
        match outcome {
            Ok(mut stream) => {
                stream.get_mut().0.forget();
                let trouble = TlsTrouble::new(wanted_certificate);
                Ok(Secured { stream, meter: attempt.meter, trouble })
            }
            Err((source, stream)) => Err(match proxy {
                Some(proxy) if is_no_tls(&source) => {
                    let title = page_title(stream.recorded());
                    ConnectError::Tunnel { proxy, source: TunnelError::NotTls { title } }
                }
                proxy => ConnectError::Tls { proxy, wanted_certificate, source },
            }),
        }
    }
}

fn server_name(host: &str) -> Option<ServerName<'static>> {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(plain.to_owned()).ok()
}

/// Whether what came was not TLS at all.
pub(super) fn is_no_tls(error: &io::Error) -> bool {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(tls, Some(rustls::Error::InvalidMessage(_)))
}

/// A connection under TLS to a server.
pub(super) struct Secured {
    stream: TlsStream<RecordedStream<Box<dyn Stream>>>,
    meter: Meter,
    trouble: TlsTrouble,
}

impl Connection for Secured {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.meter.clone()).extra(self.trouble.clone());
        match self.stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => connected.negotiated_h2(),
            _ => connected,
        }
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = std::task::ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if let Err(error) = &outcome {
            self.trouble.keep(error);
        }
        Poll::Ready(outcome)
    }
}

impl AsyncWrite for Secured {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
