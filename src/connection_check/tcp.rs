//! TCP to the first of several addresses that answers (RFC 8305, "happy eyeballs").

use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::net::TcpStream;
use tower_service::Service;

/// Idle connections are asked for a sign of life, so that a firewall does not forget them.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Connects to the host of `address`, which has these addresses; where one has no port, to the port of `address`.
///
/// # Errors
///
/// The system's own, of the address that was tried last.
pub(super) async fn connect(address: Uri, found: Vec<SocketAddr>) -> Result<TcpStream, io::Error> {
    let mut connector = HttpConnector::new_with_resolver(Found(found));
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_keepalive(Some(KEEPALIVE));
    match connector.call(address).await {
        Ok(stream) => Ok(stream.into_inner()),
        Err(error) => {
            let kept = error.source().and_then(|source| source.downcast_ref::<io::Error>());
            Err(match kept.and_then(io::Error::raw_os_error) {
                Some(number) => io::Error::from_raw_os_error(number),
                None => io::Error::other(error),
            })
        }
    }
}

/// What was looked up already.
#[derive(Clone)]
struct Found(Vec<SocketAddr>);

impl Service<Name> for Found {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        ready(Ok(self.0.clone().into_iter()))
    }
}
