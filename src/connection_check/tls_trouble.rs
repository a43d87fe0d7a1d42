//! What TLS said when it ended a connection that was open already. HTTP/2 passes on only the words of it, and a server
//! that demands a client certificate says so after the handshake (RFC 8446, 4.4.2.4).

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// The trouble of one connection; clones share it.
#[derive(Clone, Debug)]
pub(super) struct TlsTrouble {
    wanted_certificate: bool,
    kept: Arc<Mutex<Option<rustls::Error>>>,
}

/// What happened to a connection under TLS.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the secure connection was ended: {error}")]
pub(super) struct TlsEnded {
    /// Whether the server had asked for a client certificate.
    pub wanted_certificate: bool,
    pub error: rustls::Error,
}

impl TlsTrouble {
    /// None yet, on a connection whose server may have wanted a client certificate.
    pub(super) fn new(wanted_certificate: bool) -> TlsTrouble {
        TlsTrouble { wanted_certificate, kept: Arc::default() }
    }

    /// Keeps what `error` says about TLS.
    pub(super) fn keep(&self, error: &io::Error) {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(tls.clone());
        }
    }

    /// What ended the connection, if it was TLS.
    pub(super) fn ended(&self) -> Option<TlsEnded> {
        let error = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(TlsEnded { wanted_certificate: self.wanted_certificate, error })
    }
}
