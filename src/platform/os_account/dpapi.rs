//! Windows: DPAPI for the user that is signed in (`platform::dpapi`). The entry's name is the
//! additional entropy, so that a blob of one vault's slot means nothing in another's.

use zeroize::Zeroizing;

use super::AccountError;
use crate::platform::dpapi::{Direction, transform};

pub(super) const KEEPER: &str = "dpapi";

pub(super) fn is_available() -> bool {
    true
}

pub(super) fn keep(entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
    let protected = transform(entry.as_bytes(), key, Direction::Protect)
        .map_err(|error| AccountError::Failed(error.to_string()))?;
    Ok(protected.to_vec())
}

pub(super) fn holds(entry: &str, blob: &[u8]) -> bool {
    matches!(recall(entry, blob), Ok(Some(_)))
}

/// A blob of another account, another computer or another vault fails in the same way as a broken one: no key.
pub(super) fn recall(entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
    let Ok(plain) = transform(entry.as_bytes(), blob, Direction::Unprotect) else { return Ok(None) };
    Ok(<[u8; 32]>::try_from(&plain[..]).ok().map(Zeroizing::new))
}

pub(super) fn forget(_entry: &str) -> Result<(), AccountError> {
    Ok(())
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
