//! What is done with a vault's file while it is locked: looking at it, and putting a backup in its place.

use std::path::PathBuf;

use super::{Answer, Postbox, Refusal, VaultLook};
use crate::vault::{Backup, backups, can_open_with_this_account, read_info, restore_over_damaged};

/// The kind of a recovery key's slot, as the header has it.
const RECOVERY_KEY: &str = "recovery-key";

pub(super) fn look_at(path: PathBuf, postbox: &Postbox) {
    let recovery_key = read_info(&path).is_ok_and(|info| info.slots.iter().any(|slot| slot.kind == RECOVERY_KEY));
    let look = VaultLook { this_account: can_open_with_this_account(&path), recovery_key };
    postbox.post(Answer::VaultLookedAt(path, look));
}

pub(super) fn list_backups(path: PathBuf, postbox: &Postbox) {
    let found = backups(&path).map_err(Refusal::from);
    postbox.post(Answer::BackupsOf(path, found));
}

pub(super) fn put_in_place(path: &std::path::Path, backup: &Backup, postbox: &Postbox) {
    let result = restore_over_damaged(path, backup).map_err(Refusal::from);
    postbox.post(Answer::RestoredOverDamaged(result));
}
