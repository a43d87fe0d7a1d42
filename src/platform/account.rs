//! The names of the account and of the machine that this process runs under.
#![allow(unsafe_code)]

use std::sync::OnceLock;

/// The account (on Windows with its domain: `CONTOSO\jan`) and the machine. Asked of the system once: neither changes
/// while a process runs. Nothing comes from the environment, which anybody who starts the program may set. Empty where
/// the system does not tell.
pub fn account_and_machine() -> (String, String) {
    static NAMES: OnceLock<(String, String)> = OnceLock::new();
    NAMES.get_or_init(|| (imp::account().unwrap_or_default(), imp::machine().unwrap_or_default())).clone()
}

/// The account and its machine, for example `CONTOSO\jan on JUMP01` or `jan on laptop`.
pub fn describe() -> String {
    let (account, machine) = account_and_machine();
    let account = if account.is_empty() { "an unnamed account".to_owned() } else { account };
    if machine.is_empty() { account } else { format!("{account} on {machine}") }
}

/// The number of the account that this process runs under.
#[cfg(unix)]
pub(super) fn own_number() -> u32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// The name of the account with this number, else the number.
#[cfg(unix)]
pub(super) fn user_name(user: u32) -> String {
    imp::name_of_user(user).unwrap_or_else(|| user.to_string())
}

/// The name of the group with this number, else the number.
#[cfg(unix)]
pub(super) fn group_name(group: u32) -> String {
    imp::name_of_group(group).unwrap_or_else(|| group.to_string())
}

#[cfg(unix)]
mod imp {
    use std::ffi::CStr;

    pub(super) fn account() -> Option<String> {
        let user = super::own_number();
        Some(name_of_user(user).unwrap_or_else(|| format!("user {user}")))
    }

    pub(super) fn name_of_group(group: u32) -> Option<String> {
        let mut buffer = vec![0; 64 * 1024];
        // SAFETY: all-zero bytes are a valid `group` of null pointers and numbers.
        let mut entry: libc::group = unsafe { std::mem::zeroed() };
        let mut found = std::ptr::null_mut();
        // SAFETY: the buffer is as long as is said, all pointers are ours, and they outlive the call.
        let status =
            unsafe { libc::getgrgid_r(group, &raw mut entry, buffer.as_mut_ptr(), buffer.len(), &raw mut found) };
        if status != 0 || found.is_null() || entry.gr_name.is_null() {
            return None;
        }
        // SAFETY: on success `gr_name` is a NUL-ended text inside `buffer`, which is still there.
        Some(unsafe { CStr::from_ptr(entry.gr_name) }.to_string_lossy().into_owned())
    }

    pub(super) fn name_of_user(user: u32) -> Option<String> {
        let mut buffer = vec![0; 16 * 1024];
        // SAFETY: all-zero bytes are a valid `passwd` of null pointers and numbers.
        let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
        let mut found = std::ptr::null_mut();
        // SAFETY: the buffer is as long as is said, all pointers are ours, and they outlive the call.
        let status =
            unsafe { libc::getpwuid_r(user, &raw mut entry, buffer.as_mut_ptr(), buffer.len(), &raw mut found) };
        if status != 0 || found.is_null() || entry.pw_name.is_null() {
            return None;
        }
        // SAFETY: on success `pw_name` is a NUL-ended text inside `buffer`, which is still there.
        Some(unsafe { CStr::from_ptr(entry.pw_name) }.to_string_lossy().into_owned())
    }

    pub(super) fn machine() -> Option<String> {
        let mut buffer = [0_u8; 256];
        // SAFETY: the buffer is ours; one byte less is said, so that a NUL stays at its end.
        let status = unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) };
        let name = CStr::from_bytes_until_nul(&buffer).ok()?.to_string_lossy().into_owned();
        (status == 0 && !name.is_empty()).then_some(name)
    }
}

#[cfg(windows)]
mod imp {
    use std::ptr;

    use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
    use windows_sys::Win32::Security::{GetTokenInformation, LookupAccountSidW, TOKEN_QUERY, TOKEN_USER, TokenUser};
    use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

    use crate::platform::registry;

    pub(super) fn account() -> Option<String> {
        let mut token: HANDLE = ptr::null_mut();
        // SAFETY: the pseudo handle of this process needs no closing; `token` is ours to be filled.
        if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
            return None;
        }
        // A TOKEN_USER with its SID is 92 bytes at most; u64 so that it is aligned for the struct.
        let mut user = [0_u64; 32];
        let mut length = 0;
        // SAFETY: `token` is open, and the buffer is as long as is said.
        let read = unsafe {
            GetTokenInformation(token, TokenUser, user.as_mut_ptr().cast(), size_of_val(&user) as u32, &raw mut length)
        };
        // SAFETY: opened above, closed once.
        unsafe { CloseHandle(token) };
        if read == 0 {
            return None;
        }
        // SAFETY: the call filled the buffer with a TOKEN_USER, and u64's alignment is enough for it.
        let sid = unsafe { (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid };
        let (mut name, mut domain) = ([0_u16; 257], [0_u16; 257]);
        let (mut name_length, mut domain_length, mut kind) = (name.len() as u32, domain.len() as u32, 0);
        // SAFETY: the SID lies in `user`, both buffers are as long as is said, and all outlive the call.
        let found = unsafe {
            LookupAccountSidW(
                ptr::null(),
                sid,
                name.as_mut_ptr(),
                &raw mut name_length,
                domain.as_mut_ptr(),
                &raw mut domain_length,
                &raw mut kind,
            )
        };
        let text = |units: &[u16], length: u32| String::from_utf16_lossy(&units[..length as usize]);
        (found != 0).then(|| format!("{}\\{}", text(&domain, domain_length), text(&name, name_length)))
    }

    pub(super) fn machine() -> Option<String> {
        registry::machine_text(r"SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName", "ComputerName")
    }
}

#[cfg(test)]
mod tests {
    #[cfg_attr(miri, ignore = "Miri has no accounts")]
    #[test]
    fn the_account_has_a_name() {
        let name = super::describe();
        assert!(name.contains(" on ") && !name.contains('\0') && !name.contains("unnamed"), "{name}");
    }
}
