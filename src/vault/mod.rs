//! The encrypted file that keeps the profiles: one `*.a365vault`, described byte by byte in `docs/vault-format.md`.
//!
//! In: a path, a credential, changes to the [`Contents`]. Out: an unlocked [`Vault`], and a file that is always whole:
//! a kill, a full disk or an error at any instant leaves the vault of before or the new one. No network, no prompts;
//! disk, clock and randomness come through [`Surroundings`].

mod backups;
mod claim;
mod conflict;
mod conflict_json;
mod contents;
mod deleted;
mod difference;
mod error;
mod field;
mod fixed_base64;
#[cfg(test)]
mod fuzz_tests;
mod header;
mod history;
mod history_json;
mod kdf;
mod kept_json;
mod keys;
mod layout;
mod lineage;
mod merge;
mod passphrase_strength;
mod patience;
mod payload;
mod pending;
mod profile_json;
mod put_back;
mod rekeyed_backups;
mod renew;
mod renewal_json;
mod restore;
mod roster;
mod seal;
mod sealed_file;
mod secret_buffer;
mod seen;
mod seen_store;
mod signature;
mod slot_change;
mod slots;
mod state;
mod store;
mod surroundings;
mod sync_copies;
mod take_in;
mod thinning;
mod unlocked;
mod update;
mod vault_clock;

pub use backups::{Backup, BackupState, BackupTrouble, BackupsKept, backups, backups_folder, backups_in};
pub use claim::claim_path;
pub use conflict::{Conflict, FieldChoice, PutOutcome, Take};
pub use contents::Contents;
pub use difference::{ChangedProfile, Difference, NamedProfile, difference};
pub use error::VaultError;
pub use field::{Field, changed_fields, list_of_fields};
pub use header::{SlotInfo, VaultInfo};
pub use history::{HISTORY_LIMIT, HistoryEntry, HistoryKind, Who};
pub use kdf::KdfParameters;
pub use keys::{WaysIn, can_open_with_this_account, ways_in};
pub use layout::{FILE_LIMIT, FORMAT_VERSION, HEADER_LIMIT};
pub use merge::{MergeSummary, Merged, merge};
pub use passphrase_strength::{Strength, passphrase_strength};
pub use renew::RenewError;
pub use restore::{open_backup, restore_over_damaged, restore_over_damaged_in};
pub use seen::{Behind, Standing, Unproven};
pub use seen_store::{NothingSeen, SeenFolder, SeenVaults};
pub use slots::{
    AccountKeeper, AddedBy, Credential, ReadRecoveryKey, RecoveryKey, RecoveryKeyError, SlotId, SlotKind, SlotView,
    ThisAccount, recovery_sheet,
};
pub use store::{lock_path, read_info};
pub use surroundings::{Held, LISTED_LIMIT, Surroundings, ThisMachine};
pub use sync_copies::{copies_made_by_sync_clients, copies_made_by_sync_clients_in};
pub use unlocked::{Access, PASSPHRASE_LENGTH_MINIMUM, Trust, Vault};
pub use update::Refreshed;

/// The ending of a vault's file name, without the dot.
pub const FILE_EXTENSION: &str = "a365vault";
