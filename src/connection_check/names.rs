//! Which addresses belong to a name.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

/// A name that could not be looked up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NameError(#[source] io::Error);

/// The system's names, or a closed world of names: what is not in it does not exist.
#[derive(Clone)]
pub(super) enum Names {
    System(GaiResolver),
    Pinned(Arc<HashMap<String, SocketAddr>>),
}

impl Names {
    /// The system's names where `pinned` is empty.
    pub(super) fn new(pinned: &[(String, SocketAddr)]) -> Names {
        if pinned.is_empty() {
            return Names::System(GaiResolver::new());
        }
        Names::Pinned(Arc::new(pinned.iter().map(|(name, at)| (name.to_ascii_lowercase(), *at)).collect()))
    }
}

impl Service<Name> for Names {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = NameError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NameError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NameError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        match self {
            Names::System(system) => {
                let asked = system.call(name);
                Box::pin(async move { Ok(asked.await.map_err(NameError)?.collect::<Vec<_>>().into_iter()) })
            }
            Names::Pinned(pinned) => {
                let found = pinned.get(&name.as_str().to_ascii_lowercase()).copied();
                let found = found.ok_or_else(|| NameError(io::Error::other("no such host")));
                Box::pin(async move { found.map(|address| vec![address].into_iter()) })
            }
        }
    }
}
