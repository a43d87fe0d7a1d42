//! Bytes that only this account of this computer can read again: DPAPI on Windows, the bytes themselves elsewhere.
//! Against a stolen disk or another account, not against other programs of the same account.

use std::io;

#[cfg(windows)]
use super::dpapi::{self, Direction};

/// What is protected here means nothing elsewhere.
#[cfg(windows)]
const PURPOSE: &[u8] = b"a365 reminders";

/// The bytes to keep on the disk.
#[cfg(windows)]
pub fn protect(plain: &[u8]) -> io::Result<Vec<u8>> {
    dpapi::transform(PURPOSE, plain, Direction::Protect).map(|kept| kept.to_vec())
}

/// The bytes that were protected. An error for those of another account or computer, and for damaged ones.
#[cfg(windows)]
pub fn reveal(kept: &[u8]) -> io::Result<Vec<u8>> {
    dpapi::transform(PURPOSE, kept, Direction::Unprotect).map(|plain| plain.to_vec())
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

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn what_was_protected_is_revealed_and_damage_is_refused() {
        let kept = protect(b"names and dates").expect("protected");
        assert!(!kept.windows(5).any(|window| window == b"names"));
        assert_eq!(reveal(&kept).expect("revealed"), b"names and dates");
        let mut damaged = kept.clone();
        *damaged.last_mut().expect("bytes") ^= 1;
        assert!(reveal(&damaged).is_err());
    }
}
