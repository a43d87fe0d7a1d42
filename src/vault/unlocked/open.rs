//! The ways to open a vault: opening it with one, and listing them.

use std::path::Path;
use std::sync::Arc;

use super::Vault;
use super::access::{Access, Trust};
use crate::vault::error::VaultError;
use crate::vault::file::read_vault;
use crate::vault::roster::Member;
use crate::vault::slots::{
    self, AccountKeeper, AddedBy, Credential, KeySlot, Opener, Slot, SlotKind, SlotView, ThisAccount,
};
use crate::vault::surroundings::{Surroundings, ThisMachine};

/// What the ways to open a vault tell to somebody who has not opened it: for the unlock screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnlockMethods {
    /// Whether the account that this program runs under seems to open it.
    pub this_account: bool,
    /// Whether there is a recovery key.
    pub recovery_key: bool,
}

/// Looks at the ways to open the vault at `path`. It asks nobody for anything, derives nothing, and a file that cannot
/// be read has none.
pub fn unlock_methods(path: &Path) -> UnlockMethods {
    let Ok(found) = read_vault(&ThisMachine::default(), path) else { return UnlockMethods::default() };
    UnlockMethods {
        this_account: slots::account_opens(found.header.key_slots(), &ThisAccount),
        recovery_key: found.header.slots.iter().any(|slot| slot.kind() == SlotKind::RecoveryKey),
    }
}

/// Whether the vault at `path` seems to open with the account that this program runs under, as [`unlock_methods`] tells.
pub fn can_open_with_this_account(path: &Path) -> bool {
    unlock_methods(path).this_account
}

impl Vault {
    /// Opens a vault with any credential. Reads the file only; it needs no right to write.
    pub fn open_with(path: &Path, credential: &Credential) -> Result<Vault, VaultError> {
        Vault::open_as(&Access::default(), path, credential, Trust::Proven)
    }

    /// As [`Vault::open_with`], with a disk, clock, randomness and account of the caller's.
    pub fn open_with_in(
        surroundings: Arc<dyn Surroundings>,
        keeper: Arc<dyn AccountKeeper>,
        path: &Path,
        credential: &Credential,
    ) -> Result<Vault, VaultError> {
        let access = Access { surroundings, keeper, ..Access::default() };
        Vault::open_as(&access, path, credential, Trust::Proven)
    }

    /// As [`Vault::open_with`], with all that is around the vault. One that this account has seen before and that does not
    /// prove that it comes from that is opened only with [`Trust::FromNowOn`] ([`VaultError::Unproven`] otherwise).
    pub fn open_as(access: &Access, path: &Path, credential: &Credential, trust: Trust) -> Result<Vault, VaultError> {
        let found = read_vault(&*access.surroundings, path)?;
        let opened = slots::open(found.header.key_slots(), credential, &*access.keeper, path)?;
        Vault::unlocked(access, path, found, opened, trust)
    }

    /// The ways to open this vault, in the file's order.
    pub fn slots(&self) -> Vec<SlotView> {
        let notes = self.state.contents.slot_notes();
        let account = self.keeper.describe();
        let view = |slot: &Slot| {
            let id = slot.id();
            let note = notes.iter().find(|note| note.slot == id);
            let member = self.state.roster.last().and_then(|last| last.member(id));
            let label = note.map_or_else(String::new, |note| note.label.clone());
            let of_our_store = matches!(slot, Slot::Known(KeySlot { opener: Opener::OsAccount { keeper, .. }, .. })
                if keeper == self.keeper.name());
            SlotView {
                id,
                kind: slot.kind(),
                added: member.filter(|it| it.by.is_some()).map(|it| it.at).or(note.map(|note| note.added)),
                added_by: member.and_then(|member| self.added_by(member)),
                kdf: slot.kdf(),
                is_this_account: of_our_store && label == account,
                opened_with: id == self.own.slot,
                label,
            }
        };
        self.state.header.slots.iter().map(view).collect()
    }

    fn added_by(&self, member: &Member) -> Option<AddedBy> {
        let by = member.by?;
        let last = self.state.roster.last()?;
        Some(match by {
            _ if by == member.slot => AddedBy::Creation,
            _ if last.member(by).is_some() => AddedBy::Slot(by),
            _ => AddedBy::Removed,
        })
    }
}
