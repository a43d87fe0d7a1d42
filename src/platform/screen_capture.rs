//! Keeps a program's windows out of screenshots, recordings and screen sharing, where the system can (Windows).
#![cfg_attr(windows, allow(unsafe_code))]

/// Who gets to see the windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody: screens and captures.
    #[default]
    Everywhere,
    /// Screens only. A capture shows what is behind the window or, before Windows 10 version 2004, a black box.
    ScreenOnly,
}

/// Whether this system can do it at all.
pub const IS_SUPPORTED: bool = cfg!(windows);

/// Whether the system did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// For all windows; or there is nothing to be done on this system.
    Yes,
    /// Not for all.
    No,
}

/// Sets who sees the windows that the calling thread has made.
///
/// `SetWindowDisplayAffinity`, which stops honest programs only:
/// <https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-setwindowdisplayaffinity>.
pub fn show_windows_of_this_thread(visibility: Visibility) -> Applied {
    #[cfg(windows)]
    return windows::show(visibility);
    #[cfg(not(windows))]
    {
        let _ = visibility;
        Applied::Yes
    }
}

#[cfg(windows)]
mod windows {
    use windows_sys::Win32::Foundation::{HWND, LPARAM};
    use windows_sys::Win32::System::Threading::GetCurrentThreadId;
    use windows_sys::Win32::UI::WindowsAndMessaging::{
        EnumThreadWindows, SetWindowDisplayAffinity, WDA_EXCLUDEFROMCAPTURE, WDA_MONITOR, WDA_NONE,
    };
    use windows_sys::core::BOOL;

    use super::{Applied, Visibility};

    struct Order {
        visibility: Visibility,
        applied: Applied,
    }

    pub(super) fn show(visibility: Visibility) -> Applied {
        let mut order = Order { visibility, applied: Applied::Yes };
        // SAFETY: the call runs `each` on this thread, with the address of `order`, and has ended when it returns.
        unsafe { EnumThreadWindows(GetCurrentThreadId(), Some(each), &raw mut order as LPARAM) };
        order.applied
    }

    /// Does it for one window, and goes on.
    ///
    /// # Safety
    ///
    /// `order` is the address of an [`Order`] that nobody else uses meanwhile.
    unsafe extern "system" fn each(window: HWND, order: LPARAM) -> BOOL {
        // SAFETY: as the function demands.
        let order = unsafe { &mut *(order as *mut Order) };
        // SAFETY: takes a window of this thread and a number.
        let set = |affinity| unsafe { SetWindowDisplayAffinity(window, affinity) } != 0;
        let done = match order.visibility {
            Visibility::Everywhere => set(WDA_NONE),
            Visibility::ScreenOnly => set(WDA_EXCLUDEFROMCAPTURE) || set(WDA_MONITOR),
        };
        if !done {
            order.applied = Applied::No;
        }
        1
    }
}
