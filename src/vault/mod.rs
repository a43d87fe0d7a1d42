//! The encrypted file that keeps the profiles: one `*.a365vault`, described byte by byte in `docs/vault-format.md`.
//!
//! In: a path, a credential, changes to the [`Contents`]. Out: an unlocked [`Vault`], and a file that is always whole:
//! a kill, a full disk or an error at any instant leaves the vault of before or the new one. No network, no prompts;
//! disk, clock and randomness come through [`Surroundings`].

mod contents;
mod error;
mod header;
mod kdf;
mod kept_json;
mod keys;
mod layout;
mod passphrase_strength;
mod payload;
mod profile_json;
mod seal;
mod secret_buffer;
mod slots;
mod store;
mod surroundings;
mod unlocked;

pub use contents::Contents;
pub use error::VaultError;
pub use header::{SlotInfo, VaultInfo};
pub use kdf::KdfParameters;
pub use keys::can_open_with_this_account;
pub use layout::{FILE_LIMIT, FORMAT_VERSION, HEADER_LIMIT};
pub use passphrase_strength::{Strength, passphrase_strength};
pub use slots::{
    AccountKeeper, Credential, ReadRecoveryKey, RecoveryKey, RecoveryKeyError, SlotId, SlotKind, SlotView, ThisAccount,
    recovery_sheet,
};
pub use store::{backup_path, lock_path, read_info};
pub use surroundings::{Held, Surroundings, ThisMachine};
pub use unlocked::{PASSPHRASE_LENGTH_MINIMUM, Vault};

/// The ending of a vault's file name, without the dot.
pub const FILE_EXTENSION: &str = "a365vault";
