//! The versions of the file format that this program knows.

/// The version of the format that this program writes, and the newest that it reads.
pub const FORMAT_VERSION: u64 = 2;

/// A version of the format that this program reads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(in crate::vault) enum FormatVersion {
    /// Without roster and signature.
    One,
    /// As `docs/vault-format.md` describes it.
    Two,
}

impl FormatVersion {
    /// The version with this number.
    pub(in crate::vault) fn of(number: u64) -> Option<FormatVersion> {
        match number {
            1 => Some(FormatVersion::One),
            2 => Some(FormatVersion::Two),
            _ => None,
        }
    }

    /// As the header has it.
    pub(in crate::vault) fn number(self) -> u64 {
        match self {
            FormatVersion::One => 1,
            FormatVersion::Two => 2,
        }
    }
}
