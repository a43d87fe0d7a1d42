//! Tells the user something when there is no window of our own.
#![allow(unsafe_code)]

/// Shows `text` and waits until it is read: a native message box on Windows, stderr elsewhere.
#[cfg(windows)]
pub fn show_error(title: &str, text: &str) {
    use windows_sys::Win32::UI::WindowsAndMessaging::{MB_ICONERROR, MB_OK, MB_SETFOREGROUND, MessageBoxW};

    let wide = |text: &str| text.encode_utf16().filter(|unit| *unit != 0).chain([0]).collect::<Vec<u16>>();
    let (title, text) = (wide(title), wide(text));
    // SAFETY: both strings end in a zero and live until the call returns; a null owner is allowed.
    unsafe {
        MessageBoxW(std::ptr::null_mut(), text.as_ptr(), title.as_ptr(), MB_OK | MB_ICONERROR | MB_SETFOREGROUND);
    }
}

/// Shows `text` and waits until it is read: a native message box on Windows, stderr elsewhere.
#[cfg(not(windows))]
pub fn show_error(title: &str, text: &str) {
    eprintln!("{title}: {}", crate::escape::visible(text));
}
