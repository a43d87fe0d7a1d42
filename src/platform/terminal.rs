//! Asking for a secret at the terminal, which is never left as it is while somebody types unseen.
#![cfg_attr(any(unix, windows), allow(unsafe_code))]

use std::io;

/// Asks for one line without showing what is typed. `rpassword` reads it, and puts the terminal back when it is done;
/// here it is put back as well when a signal ends the program meanwhile (Ctrl+C, SIGTERM, SIGHUP, SIGQUIT; on Windows
/// Ctrl+C, Ctrl+Break and the window's close). Nothing can be done about SIGKILL.
///
/// Fails when there is no terminal, and with [`io::ErrorKind::UnexpectedEof`] after Ctrl+D.
pub fn ask_unseen(question: &str) -> io::Result<String> {
    let _kept = system::keep();
    rpassword::prompt_password(question)
}

#[cfg(unix)]
mod system {
    use std::fs::{File, OpenOptions};
    use std::os::fd::AsRawFd;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::{mem, ptr};

    /// The terminal as it was at the first question. Never dropped: a signal may come whenever it likes.
    static TERMINAL: OnceLock<Terminal> = OnceLock::new();
    /// Whether somebody is being asked.
    static ASKING: AtomicBool = AtomicBool::new(false);

    const SIGNALS: [libc::c_int; 4] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

    struct Terminal {
        file: File,
        modes: libc::termios,
    }

    /// Puts the signals back when the question is over.
    pub(super) struct Kept(Vec<(libc::c_int, libc::sigaction)>);

    pub(super) fn keep() -> Option<Kept> {
        if TERMINAL.get().is_none() {
            let file = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
            // SAFETY: all zeros is a valid value of this plain structure, and the call fills it or fails.
            let mut modes: libc::termios = unsafe { mem::zeroed() };
            // SAFETY: `file` is open, and `modes` outlives the call.
            if unsafe { libc::tcgetattr(file.as_raw_fd(), &raw mut modes) } != 0 {
                return None;
            }
            let _ = TERMINAL.set(Terminal { file, modes });
        }
        ASKING.store(true, Ordering::SeqCst);
        Some(Kept(SIGNALS.into_iter().filter_map(|signal| Some((signal, take(signal)?))).collect()))
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            for (signal, former) in &self.0 {
                // SAFETY: `former` is what this call gave for the same signal.
                unsafe { libc::sigaction(*signal, former, ptr::null_mut()) };
            }
            ASKING.store(false, Ordering::SeqCst);
        }
    }

    /// Lets [`end`] handle a signal that would end the program. `None` for one that is ignored (`nohup`) or handled.
    fn take(signal: libc::c_int) -> Option<libc::sigaction> {
        // SAFETY: all zeros is a valid value of this plain structure; the calls get pointers to local ones only, and
        // `end` does nothing that a signal's handler may not do.
        unsafe {
            let mut former: libc::sigaction = mem::zeroed();
            if libc::sigaction(signal, ptr::null(), &raw mut former) != 0 || former.sa_sigaction != libc::SIG_DFL {
                return None;
            }
            let mut ours: libc::sigaction = mem::zeroed();
            ours.sa_sigaction = end as extern "C" fn(libc::c_int) as libc::sighandler_t;
            // Nothing comes between, and writing to the terminal from the background stops nobody (SIGTTOU).
            libc::sigfillset(&raw mut ours.sa_mask);
            (libc::sigaction(signal, &raw const ours, ptr::null_mut()) == 0).then_some(former)
        }
    }

    /// Puts the terminal back, and ends the program as the signal would have.
    extern "C" fn end(signal: libc::c_int) {
        if ASKING.load(Ordering::SeqCst)
            && let Some(Terminal { file, modes }) = TERMINAL.get()
        {
            // SAFETY: POSIX allows both calls in a handler; the file is never closed and the modes never change.
            unsafe {
                libc::tcsetattr(file.as_raw_fd(), libc::TCSANOW, modes);
                // The question stands on this line.
                libc::write(file.as_raw_fd(), b"\n".as_ptr().cast(), 1);
            }
        }
        // SAFETY: POSIX allows both calls in a handler. The signal waits until this returns, and then ends the program.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, OpenOptions};
    use std::os::windows::io::AsRawHandle;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    use windows_sys::Win32::System::Console::{GetConsoleMode, SetConsoleCtrlHandler, SetConsoleMode};
    use windows_sys::core::BOOL;

    /// The console as it was at the first question. Never dropped: Windows calls [`end`] on a thread of its own.
    static CONSOLE: OnceLock<(File, u32)> = OnceLock::new();
    /// Whether somebody is being asked.
    static ASKING: AtomicBool = AtomicBool::new(false);

    /// Takes the handler back when the question is over.
    pub(super) struct Kept;

    pub(super) fn keep() -> Option<Kept> {
        if CONSOLE.get().is_none() {
            let file = OpenOptions::new().read(true).write(true).open("CONIN$").ok()?;
            let mut mode = 0;
            // SAFETY: `file` is open, and `mode` outlives the call.
            if unsafe { GetConsoleMode(file.as_raw_handle(), &raw mut mode) } == 0 {
                return None;
            }
            let _ = CONSOLE.set((file, mode));
        }
        ASKING.store(true, Ordering::SeqCst);
        // SAFETY: `end` has the signature that is asked for and is there as long as the program.
        let is_taken = unsafe { SetConsoleCtrlHandler(Some(end), 1) } != 0;
        is_taken.then_some(Kept)
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            ASKING.store(false, Ordering::SeqCst);
            // SAFETY: as above.
            unsafe { SetConsoleCtrlHandler(Some(end), 0) };
        }
    }

    /// Puts the console back, and leaves the end to Windows.
    unsafe extern "system" fn end(_event: u32) -> BOOL {
        if ASKING.load(Ordering::SeqCst)
            && let Some((file, mode)) = CONSOLE.get()
        {
            // SAFETY: the file is never closed.
            unsafe { SetConsoleMode(file.as_raw_handle(), *mode) };
        }
        0
    }
}

#[cfg(not(any(unix, windows)))]
mod system {
    pub(super) fn keep() {}
}
