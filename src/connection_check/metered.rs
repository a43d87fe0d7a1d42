//! A connection that is given up when far more comes over it than an answer can hold: endless interim answers, headers
//! or frames do not end by themselves.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much has come since the last sign that answers still come to an end. Clones count together.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    bytes: Arc<AtomicU64>,
    answered: Arc<AtomicBool>,
    limit: u64,
}

impl Meter {
    /// One that allows `limit` bytes.
    pub(super) fn new(limit: u64) -> Meter {
        Meter { bytes: Arc::default(), answered: Arc::default(), limit }
    }

    /// Begins to count again: what came was of use.
    pub(super) fn reset(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }

    /// Begins to count again: a server's answer has begun.
    pub(super) fn answer_began(&self) {
        self.reset();
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Whether the connection has carried an answer.
    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// Whether more has come than is allowed.
    pub(super) fn is_over(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.limit
    }
}

/// Too much came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {0} bytes arrived without a complete response")]
pub(super) struct LimitExceeded(pub u64);

/// A stream that ends with [`LimitExceeded`] when its meter is over.
pub(super) struct Metered<S> {
    stream: S,
    meter: Meter,
}

impl<S> Metered<S> {
    pub(super) fn new(stream: S, meter: Meter) -> Metered<S> {
        Metered { stream, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.meter.is_over() {
            return Poll::Ready(Err(io::Error::other(LimitExceeded(self.meter.limit))));
        }
        let before = buffer.filled().len();
        let outcome = std::task::ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        let length = buffer.filled().len() - before;
        self.meter.bytes.fetch_add(u64::try_from(length).unwrap_or(u64::MAX), Ordering::Relaxed);
        Poll::Ready(outcome)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
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
