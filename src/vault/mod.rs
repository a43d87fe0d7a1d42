//! The encrypted file that keeps the profiles: one `*.a365vault`, described byte by byte in `docs/vault-format.md`.
//!
//! In: a path, a credential, changes to the [`Contents`]. Out: an unlocked [`Vault`], and a file that is always whole:
//! a kill, a full disk or an error at any instant leaves the vault of before or the new one. No network, no prompts;
//! disk, clock and randomness come through [`Surroundings`].
//!
//! Rooms, each of which knows only those above it in this list:
//!
//! | room | what it is for |
//! |---|---|
//! | `error`, `who`, `surroundings`, `format_version`, `encoding` | what every other room needs |
//! | `crypto` | keys, sealing, signing |
//! | `slots` | the key slots: each is one unlock method |
//! | `roster` | who could unlock the vault from one save to the next, as a chain of signed records |
//! | `stored_profile` | one profile with its unknown members, field by field and as JSON |
//! | `unsaved` | what is typed and not saved, sealed for one vault |
//! | `contents` | all profiles, conflicts, history, deletions; merging them |
//! | `format` | the file as bytes |
//! | `file` | the file on the disk: lock, claim, backups |
//! | `state` | what changes together with one save |
//! | `seen` | what this account has seen of vaults |
//! | `unlocked` | the open vault: change, save, adopt what others saved, restore |

#![warn(missing_docs)]

mod contents;
mod crypto;
mod encoding;
mod error;
mod file;
mod format;
mod format_version;
#[cfg(test)]
mod fuzz_tests;
mod roster;
mod seen;
mod slots;
mod state;
mod stored_profile;
mod surroundings;
mod unlocked;
mod unsaved;
mod who;

pub use contents::{
    ChangedProfile, Conflict, ConflictSide, Contents, Difference, FieldChoice, HISTORY_LIMIT, HistoryEntry,
    HistoryKind, MergeSummary, Merged, NamedProfile, PutOutcome, RenewError, difference, merge,
};
pub use error::{Remedy, Unproven, VaultError};
pub use file::{
    Backup, BackupState, BackupTrouble, BackupsKept, backups, backups_folder, backups_in, claim_path,
    copies_made_by_sync_clients, copies_made_by_sync_clients_in, lock_path, read_info, vault_name,
};
pub use format::{FILE_LIMIT, HEADER_LIMIT, SlotInfo, VaultInfo};
pub use format_version::FORMAT_VERSION;
pub use seen::{Behind, NothingSeen, SeenFolder, SeenVaults, Standing};
pub use slots::{
    AccountKeeper, AddedBy, Credential, KdfParameters, ReadRecoveryKey, RecoveryKey, RecoveryKeyError, SlotId,
    SlotKind, SlotView, Strength, ThisAccount, passphrase_strength, recovery_sheet,
};
pub use stored_profile::{Field, changed_fields, list_of_fields};
pub use surroundings::{LISTED_LIMIT, LockGuard, Surroundings, ThisMachine};
pub use unlocked::{
    Access, PASSPHRASE_LENGTH_MINIMUM, Refreshed, SlotReview, Trust, UnlockMethods, Vault, can_open_with_this_account,
    open_backup, repair, repair_in, restore_over_damaged, restore_over_damaged_in, unlock_methods,
};
pub use unsaved::{Unsaved, UnsavedError, UnsavedForm, UnsavedSecret};
pub use who::Who;

/// The ending of a vault's file name, without the dot.
pub const FILE_EXTENSION: &str = "a365vault";
