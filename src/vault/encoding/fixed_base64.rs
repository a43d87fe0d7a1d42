//! Bytes of a known number as base64 text (RFC 4648, section 4, with padding), as keys, salts and digests stand in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The bytes; `None` for any other number of them, and for what is no base64.
pub(in crate::vault) fn decode<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}
