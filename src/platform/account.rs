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

#[cfg(unix)]
mod imp {
    use std::ffi::CStr;
    use std::mem::MaybeUninit;

    pub(super) fn account() -> Option<String> {
        // SAFETY: takes nothing and cannot fail.
        let id = unsafe { libc::geteuid() };
        let mut record = MaybeUninit::<libc::passwd>::uninit();
        let mut texts = vec![0; 16 * 1024];
        let mut found = std::ptr::null_mut();
        // SAFETY: all three places are ours, outlive the call, and `texts` is as long as said.
        let status =
            unsafe { libc::getpwuid_r(id, record.as_mut_ptr(), texts.as_mut_ptr(), texts.len(), &raw mut found) };
        if status != 0 || found.is_null() {
            return Some(format!("uid {id}"));
        }
        // SAFETY: `found` is not null, so `record` was filled and its name is a C string within `texts`, which is alive.
        let name = unsafe { CStr::from_ptr((*found).pw_name) };
        Some(name.to_string_lossy().into_owned())
    }

    pub(super) fn machine() -> Option<String> {
        let mut name = vec![0_u8; 256];
        // SAFETY: the buffer is as long as said and outlives the call.
        let status = unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) };
        let end = name.iter().position(|byte| *byte == 0)?;
        (status == 0).then(|| String::from_utf8_lossy(&name[..end]).into_owned())
    }
}

#[cfg(windows)]
mod imp {
    use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
    use windows_sys::Win32::Security::{GetTokenInformation, LookupAccountSidW, TOKEN_QUERY, TOKEN_USER, TokenUser};
    use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

    use crate::platform::registry;

    pub(super) fn account() -> Option<String> {
        let mut token: HANDLE = std::ptr::null_mut();
        // SAFETY: the pseudo handle is always valid and `token` outlives the call.
        if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
            return None;
        }
        // Aligned for the structure at its beginning; a SID and its attributes need far less.
        let mut user = [0_u64; 64];
        let mut length = 0;
        // SAFETY: `token` is open, the buffer is as long as said, and both outlive the call.
        let known = unsafe {
            GetTokenInformation(token, TokenUser, user.as_mut_ptr().cast(), size_of_val(&user) as u32, &raw mut length)
        };
        // SAFETY: `token` was opened above and is closed once.
        unsafe { CloseHandle(token) };
        if known == 0 {
            return None;
        }
        let (mut name, mut domain) = ([0_u16; 257], [0_u16; 257]);
        let (mut name_length, mut domain_length) = (name.len() as u32, domain.len() as u32);
        let mut kind = 0;
        // SAFETY: the call above filled `user` with a TOKEN_USER whose SID lies in the same buffer; the texts are as long
        // as said; all outlive the call.
        let found = unsafe {
            LookupAccountSidW(
                std::ptr::null(),
                (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid,
                name.as_mut_ptr(),
                &raw mut name_length,
                domain.as_mut_ptr(),
                &raw mut domain_length,
                &raw mut kind,
            )
        };
        let text = |units: &[u16]| {
            let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
            String::from_utf16_lossy(&units[..end])
        };
        (found != 0).then(|| match text(&domain) {
            domain if domain.is_empty() => text(&name),
            domain => format!("{domain}\\{}", text(&name)),
        })
    }

    pub(super) fn machine() -> Option<String> {
        registry::machine_text(r"SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName", "ComputerName")
    }
}

#[cfg(test)]
mod tests {
    use super::account_and_machine;

    #[test]
    fn the_system_names_account_and_machine() {
        let (account, machine) = account_and_machine();
        assert!(!account.is_empty() && !machine.is_empty(), "{account:?} {machine:?}");
    }
}
