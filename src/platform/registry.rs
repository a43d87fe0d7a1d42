//! Values of the Windows registry.
#![allow(unsafe_code)]

use windows_sys::Win32::Foundation::ERROR_FILE_NOT_FOUND;
use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, REG_SZ, RRF_RT_REG_DWORD, RRF_RT_REG_SZ, RegDeleteTreeW, RegGetValueW,
    RegSetKeyValueW,
};

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain(Some(0)).collect()
}

/// A number of this account's.
pub(super) fn user_number(key: &str, name: &str) -> Option<u32> {
    number(HKEY_CURRENT_USER, key, name)
}

/// A number of the computer's, which only administrators can set.
pub(super) fn machine_number(key: &str, name: &str) -> Option<u32> {
    number(HKEY_LOCAL_MACHINE, key, name)
}

fn number(root: HKEY, key: &str, name: &str) -> Option<u32> {
    let mut value = 0u32;
    let mut bytes = size_of::<u32>() as u32;
    // SAFETY: both names end in NUL, `value` is four bytes long as `bytes` says, and all outlive the call.
    let status = unsafe {
        RegGetValueW(
            root,
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

/// Sets a text of this account's; makes the key where there is none. An empty `name` is the key's own value.
pub(super) fn set_user_text(key: &str, name: &str, value: &str) -> std::io::Result<()> {
    let value = wide(value);
    let bytes = u32::try_from(value.len() * size_of::<u16>()).map_err(std::io::Error::other)?;
    // SAFETY: both names and the value end in NUL, the value is as long as `bytes` says, and all outlive the call.
    let status = unsafe {
        RegSetKeyValueW(
            HKEY_CURRENT_USER,
            wide(key).as_ptr(),
            wide(name).as_ptr(),
            REG_SZ,
            value.as_ptr().cast(),
            bytes,
        )
    };
    outcome(status)
}

/// Removes a key of this account's with all that is in it; one that is not there is no error.
pub(super) fn remove_user_key(key: &str) -> std::io::Result<()> {
    // SAFETY: the name ends in NUL and outlives the call.
    let status = unsafe { RegDeleteTreeW(HKEY_CURRENT_USER, wide(key).as_ptr()) };
    if status == ERROR_FILE_NOT_FOUND { Ok(()) } else { outcome(status) }
}

fn outcome(status: u32) -> std::io::Result<()> {
    if status == ERROR_SUCCESS { Ok(()) } else { Err(std::io::Error::from_raw_os_error(status.cast_signed())) }
}
