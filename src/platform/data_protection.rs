//! Bytes that only this account of this computer can read again: DPAPI on Windows, the bytes themselves elsewhere.
//! Against a stolen disk or another account, not against other programs of the same account.
#![allow(unsafe_code)]

use std::io;

/// The bytes to keep on the disk.
#[cfg(windows)]
pub fn protect(plain: &[u8]) -> io::Result<Vec<u8>> {
    dpapi::call(plain, dpapi::Way::Protect)
}

/// The bytes that were protected. An error for those of another account or computer, and for damaged ones.
#[cfg(windows)]
pub fn reveal(kept: &[u8]) -> io::Result<Vec<u8>> {
    dpapi::call(kept, dpapi::Way::Reveal)
}

/// The bytes to keep on the disk.
#[cfg(not(windows))]
pub fn protect(plain: &[u8]) -> io::Result<Vec<u8>> {
    Ok(plain.to_vec())
}

/// The bytes that were protected. An error for those of another account or computer, and for damaged ones.
#[cfg(not(windows))]
pub fn reveal(kept: &[u8]) -> io::Result<Vec<u8>> {
    Ok(kept.to_vec())
}

#[cfg(windows)]
mod dpapi {
    use std::io;
    use std::ptr::{null, null_mut};

    use windows_sys::Win32::Foundation::LocalFree;
    use windows_sys::Win32::Security::Cryptography::{
        CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
    };

    pub(super) enum Way {
        Protect,
        Reveal,
    }

    pub(super) fn call(bytes: &[u8], way: Way) -> io::Result<Vec<u8>> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        // The API's type is not const, yet both calls only read what comes in.
        let from = CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_ptr().cast_mut() };
        let mut to = CRYPT_INTEGER_BLOB { cbData: 0, pbData: null_mut() };
        // SAFETY: `from` describes `bytes`, which outlives the call; every other pointer is null, which both calls
        // allow, or to `to`, which they fill.
        let done = unsafe {
            match way {
                Way::Protect => {
                    CryptProtectData(&from, null(), null(), null(), null(), CRYPTPROTECT_UI_FORBIDDEN, &raw mut to)
                }
                Way::Reveal => CryptUnprotectData(
                    &from,
                    null_mut(),
                    null(),
                    null(),
                    null(),
                    CRYPTPROTECT_UI_FORBIDDEN,
                    &raw mut to,
                ),
            }
        };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call succeeded, so `to` describes memory that it allocated and that is ours until LocalFree.
        let answer = unsafe { std::slice::from_raw_parts(to.pbData, to.cbData as usize) }.to_vec();
        // SAFETY: allocated by the call above with LocalAlloc, freed once, not used afterwards.
        unsafe { LocalFree(to.pbData.cast()) };
        Ok(answer)
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn what_was_protected_is_revealed_and_damage_is_refused() {
            let kept = super::call(b"names and dates", super::Way::Protect).expect("protected");
            assert!(!kept.windows(5).any(|window| window == b"names"));
            assert_eq!(super::call(&kept, super::Way::Reveal).expect("revealed"), b"names and dates");
            let mut damaged = kept.clone();
            *damaged.last_mut().expect("bytes") ^= 1;
            assert!(super::call(&damaged, super::Way::Reveal).is_err());
        }
    }
}
