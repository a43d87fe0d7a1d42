//! What happens to the desktop session around the program: it is locked, put to sleep, left for another user's, ended.
//!
//! Windows tells it to a window (`session_events/windows.rs`), Linux on D-Bus (`session_events/linux.rs`), Unix asks a
//! program to end by a signal (`termination.rs`).

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

/// Something happened to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The screen was locked, or its saver came on.
    Locked,
    /// The computer is about to sleep or to hibernate.
    Sleeping,
    /// Another user's session is shown now, or the Remote Desktop client has gone.
    SwitchedAway,
    /// The session ends, or the program is asked to end.
    Ending,
}

/// Listens to the session for as long as the program runs.
///
/// `tell` is called on threads of its own and may take its time: the system waits for it for a moment before it sleeps
/// or ends the session, so `tell` should return when the event has been dealt with. Where there is nothing to listen to
/// (no logind, no session bus) it is never called.
pub fn watch(tell: impl Fn(SessionEvent) + Send + Sync + 'static) {
    #[cfg(target_os = "linux")]
    self::linux::watch(std::sync::Arc::new(tell));
    #[cfg(windows)]
    self::windows::watch(Box::new(tell));
    #[cfg(not(any(target_os = "linux", windows)))]
    drop(tell);
}
