//! The session's events on Windows: sent to a window that nobody sees, on a thread of its own.
//!
//! `WM_WTSSESSION_CHANGE` for lock, user switch and the Remote Desktop client that goes away, `WM_POWERBROADCAST` for
//! sleep, `WM_ENDSESSION` for sign-out and shutdown. Not a message-only window: those hear no broadcasts.
//! <https://learn.microsoft.com/windows/win32/termserv/wm-wtssession-change>,
//! <https://learn.microsoft.com/windows/win32/power/wm-powerbroadcast>,
//! <https://learn.microsoft.com/windows/win32/shutdown/wm-endsession>.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::thread;
use std::time::Duration;

use windows_sys::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::Power::RegisterSuspendResumeNotification;
use windows_sys::Win32::System::RemoteDesktop::{NOTIFY_FOR_THIS_SESSION, WTSRegisterSessionNotification};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DEVICE_NOTIFY_WINDOW_HANDLE, DefWindowProcW, DispatchMessageW, GetMessageW, MSG, PBT_APMSUSPEND,
    RegisterClassW, WM_ENDSESSION, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE, WNDCLASSW, WS_POPUP,
    WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOCK, WTS_SESSION_LOGOFF,
};
use windows_sys::w;

use super::SessionEvent;

type Tell = Box<dyn Fn(SessionEvent) + Send + Sync>;

/// How long the end of the session is held up at most, so that the window can close in order. Windows itself waits five
/// seconds.
const LAST_MOMENTS: Duration = Duration::from_secs(4);

thread_local! {
    static TELL: RefCell<Option<Tell>> = const { RefCell::new(None) };
}

pub(super) fn watch(tell: Tell) {
    let _ = thread::Builder::new().name("session-events".to_owned()).spawn(move || {
        TELL.set(Some(tell));
        serve();
    });
}

/// Makes the window and gives it its messages, for as long as the program runs.
fn serve() {
    let class = WNDCLASSW {
        style: 0,
        lpfnWndProc: Some(on_message),
        cbClsExtra: 0,
        cbWndExtra: 0,
        // SAFETY: a null name asks for the program's own module, which stays loaded.
        hInstance: unsafe { GetModuleHandleW(std::ptr::null()) },
        hIcon: std::ptr::null_mut(),
        hCursor: std::ptr::null_mut(),
        hbrBackground: std::ptr::null_mut(),
        lpszMenuName: std::ptr::null(),
        lpszClassName: w!("A365PasswordToolSessionEvents"),
    };
    // SAFETY: the class and its name live through the calls; the window procedure is a function of this program, and
    // the window, which is never shown, belongs to this thread.
    let window = unsafe {
        if RegisterClassW(&raw const class) == 0 {
            return;
        }
        CreateWindowExW(
            0,
            class.lpszClassName,
            w!("A365 Password Tool"),
            WS_POPUP,
            0,
            0,
            0,
            0,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            class.hInstance,
            std::ptr::null(),
        )
    };
    if window.is_null() {
        return;
    }
    // SAFETY: the window is this thread's and stays until the program ends. If a call fails, its events do not arrive, nothing else.
    unsafe {
        WTSRegisterSessionNotification(window, NOTIFY_FOR_THIS_SESSION);
        RegisterSuspendResumeNotification(window, DEVICE_NOTIFY_WINDOW_HANDLE);
    }
    // SAFETY: `message` is a place for one message, filled before it is passed on. Only plain data is in it.
    unsafe {
        let mut message: MSG = std::mem::zeroed();
        while GetMessageW(&raw mut message, std::ptr::null_mut(), 0, 0) > 0 {
            DispatchMessageW(&raw const message);
        }
    }
}

fn event_of(message: u32, detail: WPARAM) -> Option<SessionEvent> {
    let detail = u32::try_from(detail).ok()?;
    match (message, detail) {
        (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK) => Some(SessionEvent::Locked),
        (WM_WTSSESSION_CHANGE, WTS_CONSOLE_DISCONNECT | WTS_REMOTE_DISCONNECT | WTS_SESSION_LOGOFF) => {
            Some(SessionEvent::SwitchedAway)
        }
        (WM_POWERBROADCAST, PBT_APMSUSPEND) => Some(SessionEvent::Sleeping),
        (WM_ENDSESSION, ends) if ends != 0 => Some(SessionEvent::Ending),
        _ => None,
    }
}

/// The window's procedure.
///
/// # Safety
///
/// Windows calls it, with a window of this thread.
unsafe extern "system" fn on_message(window: HWND, message: u32, wparam: WPARAM, lparam: LPARAM) -> LRESULT {
    if let Some(event) = event_of(message, wparam) {
        TELL.with_borrow(|tell| {
            if let Some(tell) = tell {
                tell(event);
            }
        });
        if event == SessionEvent::Ending {
            // Windows ends the program when this returns; the program ends itself before that.
            thread::sleep(LAST_MOMENTS);
        }
    }
    // SAFETY: the arguments are passed on as they came.
    unsafe { DefWindowProcW(window, message, wparam, lparam) }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::UI::WindowsAndMessaging::{PBT_APMRESUMESUSPEND, WTS_SESSION_UNLOCK};

    use super::*;

    #[test]
    fn lock_sleep_user_switch_and_the_end_are_told_apart() {
        let cases = [
            (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK, Some(SessionEvent::Locked)),
            (WM_WTSSESSION_CHANGE, WTS_REMOTE_DISCONNECT, Some(SessionEvent::SwitchedAway)),
            (WM_WTSSESSION_CHANGE, WTS_CONSOLE_DISCONNECT, Some(SessionEvent::SwitchedAway)),
            (WM_WTSSESSION_CHANGE, WTS_SESSION_UNLOCK, None),
            (WM_POWERBROADCAST, PBT_APMSUSPEND, Some(SessionEvent::Sleeping)),
            (WM_POWERBROADCAST, PBT_APMRESUMESUSPEND, None),
            (WM_ENDSESSION, 1, Some(SessionEvent::Ending)),
            // The sign-out was called off.
            (WM_ENDSESSION, 0, None),
        ];
        for (message, detail, expected) in cases {
            assert_eq!(event_of(message, detail as WPARAM), expected, "{message} {detail}");
        }
    }
}
