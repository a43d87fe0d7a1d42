//! Why a vault is not taken for the successor of what this account has seen.

use std::fmt;

/// Why a vault that this account has seen before is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// A version-1 file, where a version-2 one was seen.
    EarlierFormat,
    /// A copy from before the keys were changed.
    EarlierKeys,
    /// Its members were changed, and nothing proves by whom.
    UnknownMembers,
    /// Saved by somebody who is no member any more.
    FormerMember,
}

impl fmt::Display for Unproven {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Unproven::EarlierFormat => {
                "it is in the format of an earlier version of this program, which does not prove who saved it"
            }
            Unproven::EarlierKeys => {
                "it is a copy from before an unlock method was removed or a passphrase was changed"
            }
            Unproven::UnknownMembers => {
                "its unlock methods were changed, and it does not prove that this was done by someone who was allowed \
                 to"
            }
            Unproven::FormerMember => "it was saved by someone whose unlock method has been removed",
        })
    }
}
