//! Why the reminder index is empty although there is a file.

use std::path::PathBuf;

/// Why an index is empty although there is a file. Its reader continues; the next save of a vault repairs it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexTrouble {
    /// Its bytes are no index, or belong to another account.
    #[error(
        "The reminder index {path} cannot be read ({cause}), so there are no reminders. Open the vault and save it \
         once to rebuild the index.",
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
