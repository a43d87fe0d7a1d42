//! Where things lie in the file: the header's line, what is sealed, the signature, the checksum.

use std::ops::Range;
use std::path::Path;

use crate::vault::crypto::{CHECKSUM_LENGTH, RunningDigest, SIGNATURE_LENGTH, TAG_LENGTH};
use crate::vault::error::{Remedy, VaultError, shown};
use crate::vault::format_version::{FORMAT_VERSION, FormatVersion};

/// The longest header line accepted, in bytes, its line end included.
pub const HEADER_LIMIT: usize = 64 * 1024;
/// The largest file accepted, in bytes.
pub const FILE_LIMIT: u64 = 256 * 1024 * 1024;

/// Every vault of every version begins with exactly these bytes; the version's digits and a comma follow.
pub(in crate::vault) const MAGIC: &[u8] = b"{\"format\":\"a365vault\",\"version\":";

/// A file whose checksum is right, cut into its parts.
pub(in crate::vault) struct Layout {
    pub(in crate::vault) version: FormatVersion,
    /// The header's bytes without the line end: the associated data of the seals.
    pub(in crate::vault) header: Range<usize>,
    /// What is sealed: the payload and, in version 2, the roster behind it. The header tells their lengths.
    pub(in crate::vault) sealed: Range<usize>,
    /// The signature, behind what is sealed; empty in version 1.
    pub(in crate::vault) signature: Range<usize>,
    /// SHA-256 of all before the signature.
    pub(in crate::vault) signed: [u8; CHECKSUM_LENGTH],
    /// SHA-256 of all before it.
    pub(in crate::vault) checksum: [u8; CHECKSUM_LENGTH],
}

/// Finds the parts. Nothing is derived or decrypted here, and every accidental change ends here.
pub(in crate::vault) fn split(bytes: &[u8], path: &Path) -> Result<Layout, VaultError> {
    let damaged = |what| VaultError::Damaged { path: shown(path), what, remedy: Remedy::Backup };
    if bytes.is_empty() {
        return Err(damaged("the file is empty"));
    }
    if !bytes.starts_with(MAGIC) {
        return Err(if MAGIC.starts_with(bytes) {
            damaged("only its first few bytes remain")
        } else {
            VaultError::NotAVault { path: shown(path) }
        });
    }
    let body_end = bytes.len().saturating_sub(CHECKSUM_LENGTH);
    let number = read_version(&bytes[MAGIC.len()..]);
    let known = number.and_then(FormatVersion::of);
    let signature = known.map_or(0, signature_length);
    let signed_end = body_end.saturating_sub(signature);
    let mut digest = RunningDigest::of(&bytes[..signed_end]);
    let signed = digest.so_far();
    digest.add(&bytes[signed_end..body_end]);
    let checksum = digest.so_far();
    let whole = checksum[..] == bytes[body_end..];
    let version = match known {
        Some(version) => version,
        None if number.is_some_and(|found| found > FORMAT_VERSION) => {
            let found = number.unwrap_or_default();
            let doubt =
                " If you have never used a newer version with this vault, the file is damaged: restore a backup.";
            return Err(VaultError::NewerFormat { path: shown(path), found, doubt: if whole { "" } else { doubt } });
        }
        None if whole => {
            return Err(VaultError::HeaderRefused { path: shown(path), what: "its format version is not a number" });
        }
        None => return Err(damaged("its version number cannot be read")),
    };
    if !whole {
        return Err(damaged("it was cut short or changed: its checksum does not match"));
    }
    let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
    let line_end = bytes[..body_end.min(HEADER_LIMIT)].iter().position(|byte| *byte == b'\n');
    let line_end = line_end.ok_or_else(|| refused("its first line is longer than 64 KiB or does not end"))?;
    if bytes[..line_end].contains(&b'\r') {
        return Err(refused("its first line contains a carriage return"));
    }
    if body_end - (line_end + 1) < TAG_LENGTH + signature {
        return Err(refused("there is no payload after it"));
    }
    Ok(Layout {
        version,
        header: 0..line_end,
        sealed: line_end + 1..signed_end,
        signature: signed_end..body_end,
        signed,
        checksum,
    })
}

/// The version that a file begins with, and how long its signature is, where this program knows the version.
pub(in crate::vault) fn version_of(bytes: &[u8]) -> Option<(FormatVersion, usize)> {
    let version = FormatVersion::of(read_version(bytes.strip_prefix(MAGIC)?)?)?;
    Some((version, signature_length(version)))
}

fn signature_length(version: FormatVersion) -> usize {
    match version {
        FormatVersion::One => 0,
        FormatVersion::Two => SIGNATURE_LENGTH,
    }
}

/// The version's digits up to the comma.
fn read_version(rest: &[u8]) -> Option<u64> {
    let end = rest.iter().take(20).position(|byte| *byte == b',')?;
    let digits = std::str::from_utf8(&rest[..end]).ok()?;
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}
