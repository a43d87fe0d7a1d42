//! What is done with a vault's file while it is locked: looking at it, and putting a backup in its place.

use std::path::PathBuf;

use super::{Answer, Postbox, Refusal};
use crate::vault::{Backup, backups, restore_over_damaged, ways_in};

pub(super) fn look_at(path: PathBuf, postbox: &Postbox) {
    let ways = ways_in(&path);
    postbox.post(Answer::VaultLookedAt(path, ways));
}

pub(super) fn list_backups(path: PathBuf, postbox: &Postbox) {
    let found = backups(&path).map_err(Refusal::from);
    postbox.post(Answer::BackupsOf(path, found));
}

pub(super) fn put_in_place(path: &std::path::Path, backup: &Backup, postbox: &Postbox) {
    let result = restore_over_damaged(path, backup).map_err(Refusal::from);
    postbox.post(Answer::RestoredOverDamaged(result));
}
