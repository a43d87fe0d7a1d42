//! One new connection to a server: the name, TCP, the proxy's `CONNECT`, and TLS. The HTTP library asks for it when it
//! has none to use again.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper::header::HeaderValue;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tower_service::Service;

use super::metered::{Meter, Metered};
use super::names::Names;
use super::proxy_address::{ProxyAddress, ProxyPlace, Speaks};
use super::proxy_sign_in::{Known, NotSignedIn, ProxySignIn};
use super::route::Way;
use super::tunnel::{Refusal, TunnelError, open_tunnel};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    /// The server itself, without a proxy.
    #[error("the connection could not be opened")]
    Server(#[source] BoxError),
    /// TLS with the server.
    #[error("no secure connection")]
    Tls(#[source] io::Error),
    #[error("the proxy {proxy} could not be reached")]
    Proxy {
        proxy: String,
        place: ProxyPlace,
        #[source]
        source: BoxError,
    },
    #[error("no secure connection to the proxy {proxy}")]
    ProxyTls {
        proxy: String,
        place: ProxyPlace,
        #[source]
        source: io::Error,
    },
    #[error("the proxy {proxy} did not open the way: {source}")]
    Tunnel { proxy: String, source: TunnelError },
    #[error("the proxy {proxy} asks for a sign-in")]
    SignIn { proxy: String, offers: Vec<String>, why: NotSignedIn },
    #[error("no connection in time")]
    TooSlow { step: String },
    #[error("not an https address")]
    Address,
}

/// Opens connections by one way. Clones share what the proxy accepted.
#[derive(Clone)]
pub(super) struct Connector(Arc<Shared>);

struct Shared {
    tcp: HttpConnector<Names>,
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
        let mut tcp = HttpConnector::new_with_resolver(means.names);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(15)));
        let mut for_proxy = means.tls.clone();
        for_proxy.alpn_protocols.clear();
        Connector(Arc::new(Shared {
            tcp,
            way: means.way,
            sign_in: means.sign_in,
            tls: TlsConnector::from(Arc::new(means.tls)),
            proxy_tls: TlsConnector::from(Arc::new(for_proxy)),
            limit: means.limit,
            flood: means.flood,
        }))
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
        Box::pin(async move {
            let step = Step::default();
            match tokio::time::timeout(shared.limit, shared.connect(&address, &step)).await {
                Ok(outcome) => outcome.map(TokioIo::new),
                Err(_) => Err(ConnectError::TooSlow { step: step.take() }),
            }
        })
    }
}

/// What is being waited for, in words.
#[derive(Default)]
struct Step(Mutex<String>);

impl Step {
    fn is(&self, words: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = words.into();
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A stream of any depth of layers.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Shared {
    async fn connect(&self, address: &Uri, step: &Step) -> Result<Secured, ConnectError> {
        let host = address.host().filter(|_| address.scheme_str() == Some("https")).ok_or(ConnectError::Address)?;
        let meter = Meter::new(self.flood);
        let stream: Box<dyn Stream> = match self.way.proxy_for(host) {
            None => {
                step.is(format!("the connection to {host}"));
                Box::new(self.open(address.clone(), &meter).await.map_err(ConnectError::Server)?)
            }
            Some((proxy, place)) => {
                self.through(proxy, place, (host, address.port_u16().unwrap_or(443)), &meter, step).await?
            }
        };
        step.is(format!("the secure connection to {host} (TLS)"));
        let name = server_name(host).ok_or(ConnectError::Address)?;
        let stream = self.tls.connect(name, stream).await.map_err(ConnectError::Tls)?;
        Ok(Secured { stream, meter })
    }

    async fn open(&self, address: Uri, meter: &Meter) -> Result<Metered<TcpStream>, BoxError> {
        let stream = self.tcp.clone().call(address).await?.into_inner();
        Ok(Metered::new(stream, meter.clone()))
    }

    /// The way through `proxy` to `target`. Credentials are sent after it has asked for Basic, or when it has accepted
    /// them before.
    async fn through(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        target: (&str, u16),
        meter: &Meter,
        step: &Step,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let not_signed_in = |offers: Vec<String>, why| ConnectError::SignIn { proxy: proxy.shown(), offers, why };
        let accepted = self.sign_in.accepted(proxy, place);
        let header = accepted.as_ref().map(|(header, _)| header);
        let refusal = match self.ask(proxy, place, target, header, meter, step).await? {
            Ok(stream) => return Ok(stream),
            Err(refusal) => refusal,
        };
        if let Some((_, origin)) = accepted {
            self.sign_in.set_known(Known::Spent);
            return Err(not_signed_in(refusal.offers, NotSignedIn::Rejected(origin)));
        }
        let (header, origin) = match self.sign_in.after(&refusal, proxy, place) {
            Ok(allowed) => allowed,
            Err(why) => return Err(not_signed_in(refusal.offers, why)),
        };
        // One at a time, until it is known whether the proxy accepts them: wrong ones sent several times lock accounts.
        let turn = self.sign_in.turn.lock().await;
        match self.sign_in.known() {
            Known::Spent => return Err(not_signed_in(refusal.offers, NotSignedIn::Rejected(origin))),
            // Whatever happens from here on, they are not given twice; also when this is cancelled.
            Known::NotGiven => self.sign_in.set_known(Known::Spent),
            Known::Accepted => drop(turn),
        }
        match self.ask(proxy, place, target, Some(&header), meter, step).await {
            Ok(Ok(stream)) => {
                self.sign_in.set_known(Known::Accepted);
                Ok(stream)
            }
            Ok(Err(refusal)) => {
                self.sign_in.set_known(Known::Spent);
                Err(not_signed_in(refusal.offers, NotSignedIn::Rejected(origin)))
            }
            Err(error) => {
                if matches!(error, ConnectError::Tunnel { source: TunnelError::Refused(_), .. }) {
                    // It refuses the server, not the person.
                    self.sign_in.set_known(Known::Accepted);
                }
                Err(error)
            }
        }
    }

    /// Asks `proxy` on a connection of its own. The inner error: it asks for a sign-in.
    async fn ask(
        &self,
        proxy: &ProxyAddress,
        place: ProxyPlace,
        (host, port): (&str, u16),
        header: Option<&HeaderValue>,
        meter: &Meter,
        step: &Step,
    ) -> Result<Result<Box<dyn Stream>, Refusal>, ConnectError> {
        let shown = proxy.shown();
        step.is(format!("the connection to the proxy {shown}"));
        let address = Uri::builder().scheme("http").authority(proxy.name.to_string()).path_and_query("/").build();
        let opened = match address {
            Ok(address) => self.open(address, meter).await,
            Err(error) => Err(error.into()),
        };
        let plain = opened.map_err(|source| ConnectError::Proxy { proxy: shown.clone(), place, source })?;
        let mut stream: Box<dyn Stream> = match proxy.speaks {
            Speaks::Plain => Box::new(plain),
            Speaks::Tls => {
                step.is(format!("the secure connection to the proxy {shown} (TLS)"));
                let name = server_name(proxy.name.host()).ok_or(ConnectError::Address)?;
                let secured = self.proxy_tls.connect(name, plain).await;
                Box::new(secured.map_err(|source| ConnectError::ProxyTls { proxy: shown.clone(), place, source })?)
            }
        };
        step.is(format!("the answer of the proxy {shown} to CONNECT"));
        match open_tunnel(&mut stream, host, port, header).await {
            Ok(()) => {
                meter.reset();
                Ok(Ok(stream))
            }
            Err(TunnelError::Refused(refusal)) if refusal.asks_sign_in() => Ok(Err(refusal)),
            Err(source) => Err(ConnectError::Tunnel { proxy: shown, source }),
        }
    }
}

fn server_name(host: &str) -> Option<ServerName<'static>> {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(plain.to_owned()).ok()
}

/// A connection under TLS to a server.
pub(super) struct Secured {
    stream: TlsStream<Box<dyn Stream>>,
    meter: Meter,
}

impl Connection for Secured {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.meter.clone());
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
        Pin::new(&mut self.stream).poll_read(context, buffer)
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
