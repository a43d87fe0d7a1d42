//! Values of the Windows registry.
#![allow(unsafe_code)]

use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, RRF_RT_REG_DWORD, RRF_RT_REG_SZ, RegGetValueW,
};

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain(Some(0)).collect()
}

/// A number of this account's.
pub(super) fn user_number(key: &str, name: &str) -> Option<u32> {
    let mut value = 0u32;
    let mut bytes = size_of::<u32>() as u32;
    // SAFETY: both names end in NUL, `value` is four bytes long as `bytes` says, and all outlive the call.
    let status = unsafe {
        RegGetValueW(
            HKEY_CURRENT_USER,
            wide(key).as_ptr(),
            wide(name).as_ptr(),
            RRF_RT_REG_DWORD,
            std::ptr::null_mut(),
            (&raw mut value).cast(),
            &raw mut bytes,
        )
    };
    (status == ERROR_SUCCESS).then_some(value)
}

/// A text of this account's.
pub(super) fn user_text(key: &str, name: &str) -> Option<String> {
    text(HKEY_CURRENT_USER, key, name)
}

/// A text of the computer's, which only administrators can set.
pub(super) fn machine_text(key: &str, name: &str) -> Option<String> {
    text(HKEY_LOCAL_MACHINE, key, name)
}

fn text(root: HKEY, key: &str, name: &str) -> Option<String> {
    // Longer than any list of exceptions that Windows' own dialog takes; a longer value counts as absent.
    let mut value = vec![0u16; 16 * 1024];
    let mut bytes = (value.len() * size_of::<u16>()) as u32;
    // SAFETY: both names end in NUL, the buffer is as long as `bytes` says, and all outlive the call.
    let status = unsafe {
        RegGetValueW(
            root,
            wide(key).as_ptr(),
            wide(name).as_ptr(),
            RRF_RT_REG_SZ,
            std::ptr::null_mut(),
            value.as_mut_ptr().cast(),
            &raw mut bytes,
        )
    };
    let end = value.iter().position(|unit| *unit == 0)?;
    (status == ERROR_SUCCESS).then(|| String::from_utf16_lossy(&value[..end]))
}
