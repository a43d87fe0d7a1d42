//! Why the reminder index is empty although there is a file.

use std::path::PathBuf;

/// Why an index is empty although there is a file. Whoever reads it goes on; the next save of a vault mends it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexTrouble {
    /// Its bytes are no index, or belong to another account.
    #[error(
        "The reminder index {path} cannot be read ({cause}), so nobody can be warned. Open the vault and save it once: \
         that makes the index anew.",
        path = .path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, in words.
        cause: String,
    },
    /// A later version of this program wrote it.
    #[error(
        "The reminder index {path} was written by a newer version of this program. Install the newer version.",
        path = .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
    },
}
