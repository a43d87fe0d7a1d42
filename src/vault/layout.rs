//! Where things lie in the file: the header's line, what is sealed, the signature, the checksum.

use std::ops::Range;
use std::path::Path;

use super::error::{VaultError, shown};
use super::seal::{CHECKSUM_LENGTH, RunningDigest, TAG_LENGTH};
use super::signature::SIGNATURE_LENGTH;

/// The version of the format that this program writes, and the newest that it reads.
pub const FORMAT_VERSION: u64 = 2;
/// The longest header line accepted, in bytes, its line end included.
pub const HEADER_LIMIT: usize = 64 * 1024;
/// The largest file accepted, in bytes.
pub const FILE_LIMIT: u64 = 256 * 1024 * 1024;

/// Every vault of every version begins with exactly these bytes; the version's digits and a comma follow.
pub(super) const MAGIC: &[u8] = b"{\"format\":\"a365vault\",\"version\":";

/// A version of the format that this program reads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(super) enum FormatVersion {
    /// Without roster and signature.
    One,
    /// As `docs/vault-format.md` describes it.
    Two,
}

impl FormatVersion {
    fn of(number: u64) -> Option<FormatVersion> {
        match number {
            1 => Some(FormatVersion::One),
            2 => Some(FormatVersion::Two),
            _ => None,
        }
    }

    /// As the header has it.
    pub(super) fn number(self) -> u64 {
        match self {
            FormatVersion::One => 1,
            FormatVersion::Two => 2,
        }
    }
}

/// A file whose checksum is right, cut into its parts.
pub(super) struct Layout {
    pub(super) version: FormatVersion,
    /// The header's bytes without the line end: the associated data of the seals.
    pub(super) header: Range<usize>,
    /// What is sealed: the payload and, in version 2, the roster behind it. The header tells their lengths.
    pub(super) sealed: Range<usize>,
    /// The signature, behind what is sealed; empty in version 1.
    pub(super) signature: Range<usize>,
    /// SHA-256 of all before the signature.
    pub(super) signed: [u8; CHECKSUM_LENGTH],
    /// SHA-256 of all before it.
    pub(super) checksum: [u8; CHECKSUM_LENGTH],
}

/// Finds the parts. Nothing is derived or decrypted here, and every accidental change ends here.
pub(super) fn split(bytes: &[u8], path: &Path) -> Result<Layout, VaultError> {
    let damaged = |what| VaultError::Damaged { path: shown(path), what };
    if bytes.is_empty() {
        return Err(damaged("the file is empty"));
    }
    if !bytes.starts_with(MAGIC) {
        return Err(if MAGIC.starts_with(bytes) {
            damaged("only its first few bytes are left")
        } else {
            VaultError::NotAVault { path: shown(path) }
        });
    }
    let body_end = bytes.len().saturating_sub(CHECKSUM_LENGTH);
    let number = read_version(&bytes[MAGIC.len()..]);
    let known = number.and_then(FormatVersion::of);
    let signature = if known == Some(FormatVersion::Two) { SIGNATURE_LENGTH } else { 0 };
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
            let doubt = " If no newer version was ever used with this vault, the file is damaged: take a backup.";
            return Err(VaultError::NewerFormat { path: shown(path), found, doubt: if whole { "" } else { doubt } });
        }
        None if whole => {
            return Err(VaultError::HeaderRefused { path: shown(path), what: "its version is no version" });
        }
        None => return Err(damaged("its version number cannot be read")),
    };
    if !whole {
        return Err(damaged("it was cut short or changed, its checksum does not match"));
    }
    let refused = |what| VaultError::HeaderRefused { path: shown(path), what };
    let line_end = bytes[..body_end.min(HEADER_LIMIT)].iter().position(|byte| *byte == b'\n');
    let line_end = line_end.ok_or_else(|| refused("its first line is longer than 64 KiB or has no end"))?;
    if bytes[..line_end].contains(&b'\r') {
        return Err(refused("its first line holds a carriage return"));
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

/// The version's digits up to the comma.
fn read_version(rest: &[u8]) -> Option<u64> {
    let end = rest.iter().take(20).position(|byte| *byte == b',')?;
    let digits = std::str::from_utf8(&rest[..end]).ok()?;
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}
