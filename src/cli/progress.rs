//! Work that takes a while and tells meanwhile how it goes.

use std::sync::mpsc;
use std::thread;

/// Runs `work` on a thread of its own and shows, on this one, what it tells meanwhile. An error: it panicked.
pub(super) fn run_with_progress<P: Send, T: Send>(
    work: impl FnOnce(&mut (dyn FnMut(P) + Send)) -> T + Send,
    show: impl FnMut(P),
) -> thread::Result<T> {
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        let work = scope.spawn(move || {
            work(&mut |progress| {
                // Nobody listens any more when the program is ending.
                let _ = send.send(progress);
            })
        });
        receive.into_iter().for_each(show);
        work.join()
    })
}
