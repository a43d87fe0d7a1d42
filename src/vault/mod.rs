//! The encrypted file that keeps the profiles: one `*.a365vault`, described byte by byte in `docs/vault-format.md`.
//!
//! In: a path, a passphrase, changes to the [`Contents`]. Out: an unlocked [`Vault`], and a file that is always whole:
//! a kill, a full disk or an error at any instant leaves the vault of before or the new one. No network, no prompts;
//! disk, clock and randomness come through [`Surroundings`].

mod conflict;
mod conflict_json;
mod contents;
mod deleted;
mod error;
mod field;
mod header;
mod history;
mod history_json;
mod kdf;
mod kept_json;
mod layout;
mod lineage;
mod merge;
mod payload;
mod pending;
mod profile_json;
mod put_back;
mod seal;
mod secret_buffer;
mod store;
mod surroundings;
mod unlocked;
mod update;

pub use conflict::{Conflict, FieldChoice, PutOutcome, Take};
pub use contents::Contents;
pub use error::VaultError;
pub use field::{Field, changed_fields, list_of_fields};
pub use header::{SlotInfo, VaultInfo};
pub use history::{HISTORY_LIMIT, HistoryEntry, HistoryKind, Who};
pub use kdf::KdfParameters;
pub use layout::{FILE_LIMIT, FORMAT_VERSION, HEADER_LIMIT};
pub use merge::{MergeSummary, Merged, merge};
pub use store::{backup_path, lock_path, read_info};
pub use surroundings::{Held, Surroundings, ThisMachine};
pub use unlocked::{PASSPHRASE_LENGTH_MINIMUM, Vault};
pub use update::Refreshed;

/// The ending of a vault's file name, without the dot.
pub const FILE_EXTENSION: &str = "a365vault";
