//! A stream whose first bytes are kept until they are known to be TLS: where they are a web page, its title says who
//! answered.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is kept, in bytes.
const KEPT: usize = 8 * 1024;

/// A stream that keeps what it read first.
pub(super) struct RecordedStream<S> {
    stream: S,
    /// Nothing any more once it is TLS.
    recorded: Option<Vec<u8>>,
}

impl<S> RecordedStream<S> {
    pub(super) fn new(stream: S) -> RecordedStream<S> {
        RecordedStream { stream, recorded: Some(Vec::new()) }
    }

    /// Drops what was kept, and keeps nothing more.
    pub(super) fn forget(&mut self) {
        self.recorded = None;
    }

    /// What came first.
    pub(super) fn recorded(&self) -> &[u8] {
        self.recorded.as_deref().unwrap_or_default()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RecordedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = std::task::ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if let Some(recorded) = &mut self.recorded {
            let new = &buffer.filled()[before..];
            recorded.extend_from_slice(&new[..new.len().min(KEPT - recorded.len())]);
        }
        Poll::Ready(outcome)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RecordedStream<S> {
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
