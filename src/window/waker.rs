//! How threads that are not the window's wake it, whichever host has it at the time.

use std::sync::{Arc, Mutex, PoisonError};

/// Wakes the window for a frame.
#[derive(Clone)]
pub struct Waker(Arc<Mutex<egui::Context>>);

impl Waker {
    /// Asks for a frame soon.
    pub fn wake(&self) {
        // Not while the lock is held: the host's own lock is taken inside.
        let ctx = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ctx.request_repaint();
    }

    /// From now on the window of `ctx` is woken, for everybody who has a copy of this.
    pub fn now_wakes(&self, ctx: &egui::Context) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = ctx.clone();
    }
}

impl From<&egui::Context> for Waker {
    fn from(ctx: &egui::Context) -> Waker {
        Waker(Arc::new(Mutex::new(ctx.clone())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A window's context, and how often it was woken.
    fn window() -> (egui::Context, Arc<AtomicUsize>) {
        let (ctx, woken) = (egui::Context::default(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&woken);
        ctx.set_request_repaint_callback(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        (ctx, woken)
    }

    #[test]
    fn after_the_window_moved_its_new_host_is_woken_by_old_copies_too() {
        let ((first, first_woken), (second, second_woken)) = (window(), window());
        let waker = Waker::from(&first);
        let copy = waker.clone();
        copy.wake();
        let before = first_woken.load(Ordering::SeqCst);
        assert!(before > 0);
        waker.now_wakes(&second);
        copy.wake();
        assert_eq!(first_woken.load(Ordering::SeqCst), before);
        assert!(second_woken.load(Ordering::SeqCst) > 0);
    }
}
