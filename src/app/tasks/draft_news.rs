//! What came of keeping what is typed and not saved.

use crate::vault::Unsaved;

/// What is to be known of the open vault's draft.
pub enum DraftNews {
    /// This was kept before and not removed: the program ended out of order.
    Found(Box<Unsaved>),
    /// Something was kept before and cannot be recovered, and why.
    NotRecovered(String),
    /// What was asked for is done, or why it is not.
    Done(Result<(), String>),
    /// The vault has other keys than when the draft was kept: it has to be kept again.
    KeysChanged,
}
