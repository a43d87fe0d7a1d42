//! The slot of a passphrase.

use uuid::Uuid;

use super::kdf::KdfParameters;
use super::{KeySlot, Opener, SlotKeys};
use crate::profile::SecretText;
use crate::vault::crypto::{Key, seal};
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;

/// A slot that `passphrase` opens, with a fresh salt and thus a fresh wrapping key.
pub(in crate::vault) fn passphrase_slot(
    vault_id: Uuid,
    passphrase: &SecretText,
    kdf: KdfParameters,
    origin_key: &Key,
    surroundings: &dyn Surroundings,
) -> Result<(KeySlot, SlotKeys), VaultError> {
    let salt = seal::random_salt(surroundings)?;
    let wrapping_key = kdf.derive(passphrase, &salt)?;
    KeySlot::new(vault_id, Opener::Passphrase(kdf), salt, &wrapping_key, origin_key, surroundings)
}
