//! The encrypted file that keeps the profiles: one `*.a365vault`, described byte by byte in `docs/vault-format.md`.
//!
//! In: a path, a passphrase, changes to the [`Contents`]. Out: an unlocked [`Vault`], and a file that is always whole:
//! a kill, a full disk or an error at any instant leaves the vault of before or the new one. No network, no prompts;
//! disk, clock and randomness come through [`Surroundings`].

mod backups;
mod claim;
mod contents;
mod difference;
mod error;
#[cfg(test)]
mod fuzz_tests;
mod header;
mod kdf;
mod kept_json;
mod layout;
mod payload;
mod profile_json;
mod rekeyed_backups;
mod restore;
mod seal;
mod secret_buffer;
mod store;
mod surroundings;
mod sync_copies;
mod thinning;
mod unlocked;

pub use backups::{Backup, BackupState, BackupTrouble, BackupsKept, backups, backups_folder, backups_in};
pub use claim::claim_path;
pub use contents::Contents;
pub use difference::{ChangedProfile, Difference, DifferentField, NamedProfile, difference};
pub use error::VaultError;
pub use header::{SlotInfo, VaultInfo};
pub use kdf::KdfParameters;
pub use layout::{FILE_LIMIT, FORMAT_VERSION, HEADER_LIMIT};
pub use restore::{open_backup, open_backup_in, restore_over_damaged, restore_over_damaged_in};
pub use store::{lock_path, read_info};
pub use surroundings::{Held, LISTED_LIMIT, Surroundings, ThisMachine};
pub use sync_copies::{copies_made_by_sync_clients, copies_made_by_sync_clients_in};
pub use unlocked::{PASSPHRASE_LENGTH_MINIMUM, Vault};

/// The ending of a vault's file name, without the dot.
pub const FILE_EXTENSION: &str = "a365vault";
