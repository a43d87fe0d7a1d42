//! The signals by which Unix asks a program to end, made into an orderly end: the vault locks, the clipboard is emptied,
//! the window closes. On Windows the session's end comes by [`super::session_events`].
#![cfg_attr(any(unix, windows), allow(unsafe_code))]

use std::sync::Mutex;

type End = Box<dyn Fn() + Send>;

/// What an orderly end is, once somebody said so.
static ORDERLY_END: Mutex<Option<End>> = Mutex::new(None);

/// Takes SIGTERM, SIGINT and SIGHUP to a thread of its own, unless they were ignored from the start (`nohup`). Call it
/// first thing in `main`, before there are other threads: those inherit that the signals wait for this one.
///
/// Until [`on_request`] said what an orderly end is, and when one takes longer than five seconds, the signal ends the
/// program at once, as it would have without this.
pub fn listen() {
    #[cfg(unix)]
    unix::listen();
}

/// `end` begins an orderly end. It replaces what was said before.
pub fn on_request(end: impl Fn() + Send + 'static) {
    *ORDERLY_END.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Box::new(end));
}

/// Ends the program now, whatever its threads are doing: one may hang in somebody else's code for ever.
pub fn end_now(code: u8) -> ! {
    #[cfg(unix)]
    // SAFETY: it takes a number and does not come back; nothing of ours runs any more, so nothing can be left half done
    // in memory that anybody sees.
    unsafe {
        libc::_exit(code.into())
    }
    #[cfg(windows)]
    {
        use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};
        // SAFETY: the pseudo handle of this process and a number. Unlike `ExitProcess` it waits for no library that hangs.
        unsafe { TerminateProcess(GetCurrentProcess(), code.into()) };
        std::process::abort()
    }
    #[cfg(not(any(unix, windows)))]
    std::process::exit(code.into())
}

#[cfg(unix)]
mod unix {
    use std::{mem, ptr, thread, time::Duration};

    use super::ORDERLY_END;

    /// How long an orderly end may take.
    const PATIENCE: Duration = Duration::from_secs(5);

    pub(super) fn listen() {
        let Some(signals) = asked_to_end() else { return };
        // SAFETY: `signals` is an initialised set that the call only reads; no old set is asked for.
        if unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signals, ptr::null_mut()) } != 0 {
            return;
        }
        let waiting = thread::Builder::new().name("termination".to_owned()).spawn(move || {
            let mut signal = 0;
            // SAFETY: both point to initialised values that outlive the call.
            if unsafe { libc::sigwait(&raw const signals, &raw mut signal) } == 0 {
                let orderly = ORDERLY_END.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                if let Some(end) = orderly {
                    end();
                    thread::sleep(PATIENCE);
                }
                end_at_once(signal);
            }
        });
        if waiting.is_err() {
            // SAFETY: as above. Nobody waits for the signals, so they end the program as ever.
            unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const signals, ptr::null_mut()) };
        }
    }

    /// The signals to wait for.
    fn asked_to_end() -> Option<libc::sigset_t> {
        // SAFETY: all zeros is a valid value of both plain structures; `sigemptyset` makes it a proper set, and the
        // other calls get pointers to these only.
        unsafe {
            let mut set: libc::sigset_t = mem::zeroed();
            libc::sigemptyset(&raw mut set);
            for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
                let mut now: libc::sigaction = mem::zeroed();
                if libc::sigaction(signal, ptr::null(), &raw mut now) == 0 && now.sa_sigaction != libc::SIG_IGN {
                    libc::sigaddset(&raw mut set, signal);
                }
            }
            (libc::sigismember(&raw const set, libc::SIGTERM) == 1).then_some(set)
        }
    }

    /// Does what the signal does to a program that knows nothing of it.
    fn end_at_once(signal: i32) {
        // SAFETY: the default action is restored before the signal is let through to this thread.
        unsafe {
            let mut this: libc::sigset_t = mem::zeroed();
            libc::sigemptyset(&raw mut this);
            libc::sigaddset(&raw mut this, signal);
            libc::signal(signal, libc::SIG_DFL);
            libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const this, ptr::null_mut());
            libc::raise(signal);
        }
    }
}
