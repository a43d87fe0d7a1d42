//! Windows: DPAPI for the user that is signed in (`CryptProtectData`, learn.microsoft.com). The entry's name is the
//! additional entropy, so that a blob of one vault's slot means nothing in another's.
#![allow(unsafe_code)]

use std::{io, ptr, slice};

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};
use zeroize::{Zeroize, Zeroizing};

use super::AccountError;

pub(super) const KEEPER: &str = "dpapi";

pub(super) fn keep(entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
    let protected =
        transform(entry, key, Direction::Protect).map_err(|error| AccountError::Failed(error.to_string()))?;
    Ok(protected.to_vec())
}

pub(super) fn holds(entry: &str, blob: &[u8]) -> bool {
    matches!(recall(entry, blob), Ok(Some(_)))
}

/// A blob of another account, another computer or another vault fails in the same way as a broken one: no key.
pub(super) fn recall(entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
    let Ok(plain) = transform(entry, blob, Direction::Unprotect) else { return Ok(None) };
    Ok(<[u8; 32]>::try_from(&plain[..]).ok().map(Zeroizing::new))
}

pub(super) fn forget(_entry: &str) -> Result<(), AccountError> {
    Ok(())
}

#[derive(Clone, Copy)]
enum Direction {
    Protect,
    Unprotect,
}

fn transform(entry: &str, input: &[u8], direction: Direction) -> io::Result<Zeroizing<Vec<u8>>> {
    let blob = |bytes: &[u8]| -> io::Result<CRYPT_INTEGER_BLOB> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_ptr().cast_mut() })
    };
    let (input, entropy) = (blob(input)?, blob(entry.as_bytes())?);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_under_its_own_entry_only() {
        let key = [7; 32];
        let blob = keep("one", &key).expect("kept");
        assert!(!blob.windows(32).any(|window| window == key), "the key lies open in the blob");
        assert!(holds("one", &blob) && !holds("other", &blob));
        assert_eq!(recall("one", &blob).expect("read").as_deref(), Some(&key));
        assert!(recall("other", &blob).expect("read").is_none());
        assert!(recall("one", &blob[1..]).expect("read").is_none());
        assert!(recall("one", b"").expect("read").is_none());
    }
}
