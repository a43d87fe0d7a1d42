//! The vault's file as bytes, as `docs/vault-format.md` describes them: read and checked, unsealed, sealed and signed.
//!
//! In: bytes, keys. Out: header, roster, contents, and the other way round. Nothing here reads or writes files.

mod conflict_json;
mod header;
mod history_json;
mod layout;
pub(in crate::vault) mod payload;
mod sealed_file;
pub(in crate::vault) mod text_damage;

pub(in crate::vault) use header::{GENERATION_LIMIT, Header, work_fits};
pub use header::{SlotInfo, VaultInfo};
pub use layout::{FILE_LIMIT, HEADER_LIMIT};
#[cfg(test)]
pub(in crate::vault) use sealed_file::save_statement;
pub(in crate::vault) use sealed_file::{ReadVault, Sealing, seal_file, seal_text};
