//! The slot of an operating system's account: a random key that the account's own store keeps.

use uuid::Uuid;

use super::{BLOB_LIMIT, KeySlot, KeySlots, Opener, Slot, SlotKeys};
use crate::platform::os_account::{self, AccountError};
use crate::vault::crypto::{Key, seal};
use crate::vault::error::VaultError;
use crate::vault::surroundings::Surroundings;
use zeroize::Zeroizing;

const KEY_INFO: &str = "a365vault v1 account key";

/// A store of the operating system that keeps a key for the account that is signed in.
pub trait AccountKeeper: Send + Sync {
    /// Which store it is, as the header names it: small letters, digits and hyphens.
    fn name(&self) -> &'static str;
    /// The account and its machine for people, for example `CONTOSO\jan on JUMP01`.
    fn describe(&self) -> String;
    /// Keeps a key under a name. Out: what the store wants to see again, to be kept in the slot; may be empty.
    fn keep(&self, entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError>;
    /// Whether the key is there, without asking anybody for anything.
    fn holds(&self, entry: &str, blob: &[u8]) -> bool;
    /// The key, when it is there. The store may ask the person to unlock it.
    fn recall(&self, entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError>;
    /// Removes the key, when it is there.
    fn forget(&self, entry: &str) -> Result<(), AccountError>;
}

/// The account that this program runs under: DPAPI on Windows, the Secret Service on Linux, the Keychain on macOS.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisAccount;

impl AccountKeeper for ThisAccount {
    fn name(&self) -> &'static str {
        os_account::KEEPER
    }

    fn describe(&self) -> String {
        os_account::describe()
    }

    fn keep(&self, entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
        os_account::keep(entry, key)
    }

    fn holds(&self, entry: &str, blob: &[u8]) -> bool {
        os_account::holds(entry, blob)
    }

    fn recall(&self, entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
        os_account::recall(entry, blob)
    }

    fn forget(&self, entry: &str) -> Result<(), AccountError> {
        os_account::forget(entry)
    }
}

/// The name under which a store keeps a slot's key.
pub(in crate::vault) fn entry_name(vault_id: Uuid, salt: &[u8; 32]) -> String {
    let slot: String = salt[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}/{slot}", vault_id.hyphenated())
}

/// The wrapping key of an account's slot; `None` when the slot is another kind's, store's or account's.
pub(super) fn recall(vault_id: Uuid, slot: &KeySlot, keeper: &dyn AccountKeeper) -> Result<Option<Key>, VaultError> {
    let Opener::OsAccount { keeper: name, blob } = &slot.opener else { return Ok(None) };
    if name != keeper.name() {
        return Ok(None);
    }
    let kept = keeper.recall(&entry_name(vault_id, &slot.salt), blob)?;
    Ok(kept.map(|kept| seal::derived_key(&kept[..], &slot.salt, KEY_INFO)))
}

/// Whether some slot seems to be for this account. Asks nobody for anything.
pub(in crate::vault) fn account_opens(key_slots: KeySlots<'_>, keeper: &dyn AccountKeeper) -> bool {
    key_slots.slots.iter().any(|slot| match slot {
        Slot::Known(KeySlot { opener: Opener::OsAccount { keeper: name, blob }, salt, .. }) => {
            name == keeper.name() && keeper.holds(&entry_name(key_slots.vault_id, salt), blob)
        }
        _ => false,
    })
}

/// A slot for this account, whose key the store keeps from now on.
pub(in crate::vault) fn account_slot(
    vault_id: Uuid,
    origin_key: &Key,
    keeper: &dyn AccountKeeper,
    surroundings: &dyn Surroundings,
) -> Result<(KeySlot, SlotKeys), VaultError> {
    let salt = seal::random_salt(surroundings)?;
    let kept = Key::random(surroundings)?;
    let key: &[u8; 32] = kept.bytes().try_into().expect("a key has 32 bytes");
    let blob = keeper.keep(&entry_name(vault_id, &salt), key)?;
    if blob.len() > BLOB_LIMIT {
        return Err(AccountError::Failed("its protected key is longer than 1 KiB".to_owned()).into());
    }
    let opener = Opener::OsAccount { keeper: keeper.name().to_owned(), blob };
    let wrapping_key = seal::derived_key(kept.bytes(), &salt, KEY_INFO);
    KeySlot::new(vault_id, opener, salt, &wrapping_key, origin_key, surroundings)
}
