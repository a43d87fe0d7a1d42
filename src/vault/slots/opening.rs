//! From a credential to the data key.

use std::path::Path;

use super::origin_keys::OriginName;
use super::os_account::{self, AccountKeeper};
use super::recovery_key::RecoveryKey;
use super::{KeySlot, KeySlots, Opener, Slot, SlotId, SlotKeys};
use crate::profile::SecretText;
use crate::vault::crypto::Key;
use crate::vault::error::{VaultError, shown};

/// What somebody opens a vault with.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A passphrase, as typed.
    Passphrase(SecretText),
    /// The printed recovery key.
    RecoveryKey(RecoveryKey),
    /// The account that this program runs under: nothing is typed.
    ThisAccount,
}

/// A vault's keys, and the slot that gave them.
#[derive(Clone)]
pub(in crate::vault) struct Opened {
    pub(in crate::vault) slot: SlotId,
    pub(in crate::vault) keys: SlotKeys,
    pub(in crate::vault) data_key: Key,
}

/// Tries the slots of the credential's kind, all in the same way: an answer never tells which one failed.
pub(in crate::vault) fn open(
    key_slots: KeySlots<'_>,
    credential: &Credential,
    keeper: &dyn AccountKeeper,
    path: &Path,
) -> Result<Opened, VaultError> {
    match credential {
        Credential::Passphrase(passphrase) if passphrase.is_empty() => Err(VaultError::PassphraseEmpty),
        Credential::Passphrase(passphrase) => try_slots(key_slots, path, |slot| match slot.opener {
            Opener::Passphrase(kdf) => kdf.derive(passphrase, &slot.salt).map(Some),
            _ => Ok(None),
        })?
        .ok_or_else(|| wrong_passphrase(passphrase)),
        Credential::RecoveryKey(key) => try_slots(key_slots, path, |slot| match slot.opener {
            Opener::RecoveryKey => Ok(Some(key.wrapping_key(&slot.salt))),
            _ => Ok(None),
        })?
        .ok_or(VaultError::WrongRecoveryKey),
        Credential::ThisAccount => {
            let mut keeper_error = None;
            let opened =
                try_slots(key_slots, path, |slot| match os_account::recall(key_slots.vault_id, slot, keeper) {
                    Ok(key) => Ok(key),
                    // Another slot may still open; if none does, this says why.
                    Err(error) => {
                        keeper_error = Some(error);
                        Ok(None)
                    }
                })?;
            opened.ok_or_else(|| {
                keeper_error.unwrap_or_else(|| VaultError::AccountUnknown { account: keeper.describe() })
            })
        }
    }
}

/// Versions up to 0.1 lost what X11 composes, so a passphrase with such characters may have been kept without them.
fn wrong_passphrase(passphrase: &SecretText) -> VaultError {
    // The marks of dead keys, which a dead key and the space bar type, are composed too.
    let may_be_composed = |c: char| !c.is_ascii() || matches!(c, '\'' | '"' | '`' | '^' | '~');
    if passphrase.expose().chars().any(may_be_composed) {
        VaultError::WrongComposedPassphrase
    } else {
        VaultError::WrongPassphrase
    }
}

/// The first slot that opens with its wrapping key.
fn try_slots(
    key_slots: KeySlots<'_>,
    path: &Path,
    mut wrapping_key: impl FnMut(&KeySlot) -> Result<Option<Key>, VaultError>,
) -> Result<Option<Opened>, VaultError> {
    for slot in key_slots.slots {
        let Slot::Known(slot) = slot else { continue };
        let Some(key) = wrapping_key(slot)? else { continue };
        let Some(keys) = slot.unwrap(key_slots.vault_id, &key) else { continue };
        if slot.origin.is_some_and(|name| name != OriginName::of(&keys.origin_key)) {
            return Err(VaultError::Tampered {
                path: shown(path),
                what: "a slot names another origin key than it holds",
            });
        }
        let data_key = slot.data_key(key_slots.vault_id, &keys, key_slots.version).ok_or_else(|| {
            VaultError::Tampered { path: shown(path), what: "its data key was not sealed by anyone who can unlock it" }
        })?;
        return Ok(Some(Opened { slot: slot.id(), keys, data_key }));
    }
    Ok(None)
}
