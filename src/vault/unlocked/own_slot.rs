//! The slot that a vault was opened with.

use crate::vault::roster::Signer;
use crate::vault::slots::{SlotId, SlotKeys};

/// The slot that a vault was opened with. Its keys follow the vault when somebody else changes the data key.
#[derive(Clone)]
pub(in crate::vault) struct OwnSlot {
    pub(in crate::vault) slot: SlotId,
    pub(in crate::vault) keys: SlotKeys,
}

impl OwnSlot {
    /// Signs as this slot.
    pub(in crate::vault) fn signer(&self) -> Signer<'_> {
        Signer { slot: self.slot, private_key: &self.keys.private_key }
    }
}
