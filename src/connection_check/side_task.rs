//! A piece of work that goes on beside the main one, so that it costs no time of its own.

use std::future::Future;
use std::pin::{Pin, pin};

/// Work that runs while something else is waited for. Dropping it ends it.
pub(super) struct SideTask<F: Future> {
    work: Pin<Box<F>>,
    done: Option<F::Output>,
}

impl<F: Future> SideTask<F> {
    pub(super) fn new(work: F) -> SideTask<F> {
        SideTask { work: Box::pin(work), done: None }
    }

    /// Runs `main` to its end, and this work as far as it gets meanwhile.
    pub(super) async fn poll_during<T>(&mut self, main: impl Future<Output = T>) -> T {
        let mut main = pin!(main);
        loop {
            tokio::select! {
                biased;
                value = &mut main => return value,
                done = &mut self.work, if self.done.is_none() => self.done = Some(done),
            }
        }
    }

    /// Runs this work to its end.
    pub(super) async fn finish(self) -> F::Output {
        match self.done {
            Some(done) => done,
            None => self.work.await,
        }
    }
}
