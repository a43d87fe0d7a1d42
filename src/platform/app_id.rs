//! How the task bar and notifications know that windows and messages are this program's (Windows' AppUserModelID).

/// The id; the installers' Start menu links carry the same.
pub const APP_USER_MODEL_ID: &str = "A365PasswordTool.Reminders";

/// Tells Windows which program this process is. Call it before the first window; elsewhere it does nothing.
///
/// <https://learn.microsoft.com/windows/win32/api/shobjidl_core/nf-shobjidl_core-setcurrentprocessexplicitappusermodelid>.
pub fn tell_the_system() {
    #[cfg(windows)]
    windows::tell();
}

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows {
    use windows_sys::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;

    pub(super) fn tell() {
        let id: Vec<u16> = super::APP_USER_MODEL_ID.encode_utf16().chain(Some(0)).collect();
        // SAFETY: the text ends in NUL and outlives the call. Without it the task bar groups by the program's path.
        let _ = unsafe { SetCurrentProcessExplicitAppUserModelID(id.as_ptr()) };
    }
}
