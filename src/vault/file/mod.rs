//! A vault's place on the disk: its file and what lies beside it (lock, claim, backups, copies of sync clients).
//!
//! In: a path, bytes. Out: the file as read; a file that is replaced in one step, or not at all. No keys are derived here; a
//! change of the keys seals the backups again ([`Rekeying`]).

mod backup_name;
mod backups;
mod claim;
mod names;
mod place;
mod read;
mod rekeyed_backups;
mod sync_copies;
mod thinning;

pub(in crate::vault) use backup_name::BackupName;
pub use backups::{Backup, BackupState, BackupTrouble, BackupsKept, backups, backups_in};
pub use names::{backups_folder, claim_path, lock_path, vault_name};
pub(in crate::vault) use place::LockedPlace;
pub use read::read_info;
pub(in crate::vault) use read::read_vault;
pub(in crate::vault) use rekeyed_backups::Rekeying;
pub use sync_copies::{copies_made_by_sync_clients, copies_made_by_sync_clients_in};
