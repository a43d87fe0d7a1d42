//! Where Windows looks for libraries: its own folder, not the one that the program was started from. A download folder
//! may hold a file that somebody named like a library of Windows'.

/// Call it first thing in `main`. Libraries that the program is linked to are loaded by then; those are Windows' own, and
/// of them all that are known system libraries come from Windows' folder anyway.
///
/// `SetDefaultDllDirectories` and `SetDllDirectoryW("")`:
/// <https://learn.microsoft.com/windows/win32/dlls/dynamic-link-library-security>.
pub fn only_of_the_system() {
    #[cfg(windows)]
    windows::only_of_the_system();
}

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows {
    use windows_sys::Win32::System::LibraryLoader::{
        LOAD_LIBRARY_SEARCH_SYSTEM32, LOAD_LIBRARY_SEARCH_USER_DIRS, SetDefaultDllDirectories, SetDllDirectoryW,
    };

    pub(super) fn only_of_the_system() {
        let nothing = [0_u16];
        // SAFETY: flags only, and an empty text that ends in NUL and outlives the call. Where one fails, Windows looks
        // where it always has.
        unsafe {
            SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_USER_DIRS);
            SetDllDirectoryW(nothing.as_ptr());
        }
    }
}
