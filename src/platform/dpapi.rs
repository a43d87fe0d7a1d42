//! DPAPI for the user that is signed in (`CryptProtectData`, learn.microsoft.com): bytes that only this account of this
//! computer can read again. `entropy` ties them to a purpose as well.
#![allow(unsafe_code)]

use std::{io, ptr, slice};

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};
use zeroize::{Zeroize, Zeroizing};

#[derive(Clone, Copy)]
pub(super) enum Direction {
    Protect,
    Unprotect,
}

pub(super) fn transform(entropy: &[u8], input: &[u8], direction: Direction) -> io::Result<Zeroizing<Vec<u8>>> {
    let blob = |bytes: &[u8]| -> io::Result<CRYPT_INTEGER_BLOB> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_ptr().cast_mut() })
    };
    let (input, entropy) = (blob(input)?, blob(entropy)?);
    let mut output = CRYPT_INTEGER_BLOB { cbData: 0, pbData: ptr::null_mut() };
    // SAFETY: both input blobs point at live slices of the lengths they say, which the functions only read; `output`
    // is ours to be filled; the other pointers may be null by the functions' description.
    let done = unsafe {
        match direction {
            Direction::Protect => CryptProtectData(
                &raw const input,
                ptr::null(),
                &raw const entropy,
                ptr::null(),
                ptr::null(),
                CRYPTPROTECT_UI_FORBIDDEN,
                &raw mut output,
            ),
            Direction::Unprotect => CryptUnprotectData(
                &raw const input,
                ptr::null_mut(),
                &raw const entropy,
                ptr::null(),
                ptr::null(),
                CRYPTPROTECT_UI_FORBIDDEN,
                &raw mut output,
            ),
        }
    };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: on success `output` names a block of `cbData` bytes that is ours until it is freed, and freed once.
    unsafe {
        let bytes = slice::from_raw_parts_mut(output.pbData, output.cbData as usize);
        let copy = Zeroizing::new(bytes.to_vec());
        bytes.zeroize();
        LocalFree(output.pbData.cast());
        Ok(copy)
    }
}
