//! The HTTPS port: takes a request apart, records it, and lets the right service answer.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::recorder::{Recorded, Seen};
use super::trouble::{Answer, At, Canned, Dripping, Flood, Trouble, Unfinished};
use super::{Shared, dataverse, entra, graph, is_graph, people};

/// A request, read whole.
pub struct Asked {
    pub host: String,
    pub method: String,
    pub path: String,
    pub query: String,
    /// The query as it was sent.
    pub raw_query: String,
    pub headers: hyper::HeaderMap,
    pub form: Vec<(String, String)>,
    /// The body, when it is JSON.
    pub json: serde_json::Value,
}

impl Asked {
    /// The bearer token.
    pub fn token(&self) -> Option<&str> {
        self.headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
    }

    /// A field of the form.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Serves HTTPS on a free port.
pub(super) async fn start(shared: Arc<Shared>, protocols: &[&str]) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shared.authority.clone()));
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Without it, small answers wait for the client's delayed acknowledgement.
            let _ = stream.set_nodelay(true);
            let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
            let Ok((stream, twin)) = with_twin(stream) else { continue };
            tokio::spawn(async move {
                // A client that refuses the certificate ends the handshake; that is what some tests are about.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
                shared.recorder().connections.push(name.clone());
                let flood = shared.world().floods.get(&name).cloned();
                if let Some(flood) = flood {
                    return pour(stream, &flood).await;
                }
                let reset = Arc::new(Notify::new());
                let on_reset = Arc::clone(&reset);
                let service = service_fn(move |request| answer(Arc::clone(&shared), Arc::clone(&reset), request));
                let builder = auto::Builder::new(TokioExecutor::new());
                tokio::select! {
                    _ = builder.serve_connection(TokioIo::new(stream), service) => {}
                    () = on_reset.notified() => {
                        // Closing with nothing to linger for sends RST in place of FIN.
                        let _ = twin.and_then(|twin| twin.set_zero_linger());
                    }
                }
            });
        }
    });
    (address, task)
}

/// Waits for the client's first word, then sends what the flood is made of, until the client goes.
async fn pour(mut stream: TlsStream<TcpStream>, flood: &Flood) {
    let mut first_word = [0; 4096];
    let Ok(1..) = stream.read(&mut first_word).await else { return };
    let again = flood.again.repeat(8192 / flood.again.len() + 1);
    let mut poured = stream.write_all(&flood.first).await;
    while poured.is_ok() {
        poured = stream.write_all(&again).await;
    }
}

/// The stream, and a second hold on its socket.
fn with_twin(stream: TcpStream) -> std::io::Result<(TcpStream, std::io::Result<TcpStream>)> {
    let stream = stream.into_std()?;
    let twin = stream.try_clone().and_then(TcpStream::from_std);
    Ok((TcpStream::from_std(stream)?, twin))
}

/// Counts a request as open until it is answered or its client has gone.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: Arc<Shared>) -> Open {
        shared.recorder().open += 1;
        Open(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.recorder().open -= 1;
    }
}

async fn answer(shared: Arc<Shared>, reset: Arc<Notify>, request: Request<Incoming>) -> Result<Answer, std::io::Error> {
    let open = Open::new(Arc::clone(&shared));
    let (parts, body) = request.into_parts();
    let host = parts.uri.host().map(str::to_owned).or_else(|| {
        let header = parts.headers.get("host")?.to_str().ok()?;
        Some(header.split(':').next().unwrap_or(header).to_owned())
    });
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let asked = take_apart(&shared, host.unwrap_or_default(), &parts, &body);
    let delay = shared.world().delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let trouble = take_trouble(&shared, &asked);
    let answer = match trouble {
        Some(Trouble::Answer(canned)) => canned.into_answer(),
        Some(Trouble::Drop) => return Err(std::io::Error::other("dropped on purpose")),
        Some(Trouble::HangInBody) => Unfinished::answer(),
        Some(Trouble::Drip(pause)) => Dripping::answer(pause),
        Some(Trouble::Reset) => {
            reset.notify_one();
            std::future::pending::<Response<_>>().await
        }
        Some(Trouble::Wait(pause)) => {
            tokio::time::sleep(pause).await;
            right_answer(&shared, &asked)
        }
        Some(Trouble::Hang) => {
            shared.recorder().hanging += 1;
            std::future::pending::<Response<_>>().await
        }
        Some(Trouble::Meet(barrier)) => {
            barrier.wait().await;
            right_answer(&shared, &asked)
        }
        None => right_answer(&shared, &asked),
    };
    drop(open);
    Ok(answer)
}

fn take_apart(shared: &Shared, host: String, parts: &hyper::http::request::Parts, body: &Bytes) -> Asked {
    let path_and_query = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let is_form = parts
        .headers
        .get("content-type")
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let form: Vec<(String, String)> =
        if is_form { url::form_urlencoded::parse(body).into_owned().collect() } else { Vec::new() };
    let seen = Seen {
        host: &host,
        method: parts.method.as_str(),
        path: &path_and_query,
        headers: &parts.headers,
        body,
        http_version: format!("{:?}", parts.version),
    };
    let secrets: Vec<String> = shared.world().secrets().map(str::to_owned).collect();
    let mut recorded = Recorded::new(&seen, &form, &secrets);
    let token = parts.headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    recorded.token_for = token.and_then(|token| shared.world().tokens.get(token).map(|token| token.resource.clone()));
    shared.recorder().requests.push(recorded);
    let decode = |text: &str| -> String {
        let plain = text.replace('+', "%2B");
        url::form_urlencoded::parse(format!("x={plain}").as_bytes()).next().map(|pair| pair.1.into_owned()).unwrap()
    };
    Asked {
        host,
        method: parts.method.to_string(),
        path: decode(parts.uri.path()),
        query: decode(&parts.uri.query().unwrap_or_default().replace('&', "%26")),
        raw_query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        form,
        json: serde_json::from_slice(body).unwrap_or_default(),
    }
}

/// The trouble that a test has planned for this request, used up once.
fn take_trouble(shared: &Shared, asked: &Asked) -> Option<Trouble> {
    let mut world = shared.world();
    let at = place_of(asked);
    let environment = match at {
        At::Token | At::GraphToken | At::PersonToken | At::SignInPage | At::DeviceCode => {
            let tenant = world.tenant(asked.path.split('/').nth(1)?)?.id;
            world.environments.iter_mut().find(|environment| environment.tenant == tenant)?
        }
        At::Graph | At::Applications => {
            let tenant = world.tokens.get(asked.token()?)?.tenant;
            world.environments.iter_mut().find(|environment| environment.tenant == tenant)?
        }
        _ => world.environment_mut(&asked.host)?,
    };
    let planned = environment.troubles.iter_mut().find(|planned| planned.at == at && planned.times > 0)?;
    planned.times -= 1;
    Some(planned.trouble.clone())
}

fn place_of(asked: &Asked) -> At {
    if asked.host.starts_with("login.") {
        let scope = asked.field("scope").unwrap_or_default();
        if let Some(at) = people::place_of(asked) {
            at
        } else if scope.contains("graph") {
            At::GraphToken
        } else {
            At::Token
        }
    } else if is_graph(&asked.host) {
        if asked.path == "/v1.0/applications" { At::Applications } else { At::Graph }
    } else if asked.token().is_none() {
        At::Challenge
    } else if asked.path.ends_with("/WhoAmI") {
        At::WhoAmI
    } else if asked.path.contains("/RetrieveCurrentOrganization(") {
        At::Organization
    } else {
        At::Privileges
    }
}

fn right_answer(shared: &Shared, asked: &Asked) -> Answer {
    let mut world = shared.world();
    if asked.host.starts_with("login.") {
        people::answer(&mut world, asked).unwrap_or_else(|| entra::answer(&mut world, asked))
    } else if is_graph(&asked.host) {
        graph::answer(&mut world, asked)
    } else if world.environment(&asked.host).is_some() {
        dataverse::answer(&world, asked)
    } else {
        Canned::html(404, "Nobody lives here").into_answer()
    }
}
