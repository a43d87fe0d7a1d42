//! From a credential to the data key.

use std::path::Path;

use super::recovery_key::RecoveryKey;
use super::{AccountKeeper, KeySlot, Opener, Slot, SlotId, SlotKeys, os_account};
use crate::profile::SecretText;
use crate::vault::error::{VaultError, shown};
use crate::vault::header::Header;
use crate::vault::roster::OriginName;
use crate::vault::seal::Key;

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
    header: &Header,
    credential: &Credential,
    keeper: &dyn AccountKeeper,
    path: &Path,
) -> Result<Opened, VaultError> {
    match credential {
        Credential::Passphrase(passphrase) if passphrase.is_empty() => Err(VaultError::PassphraseEmpty),
        Credential::Passphrase(passphrase) => try_slots(header, path, |slot| match slot.opener {
            Opener::Passphrase(kdf) => kdf.derive(passphrase, &slot.salt).map(Some),
            _ => Ok(None),
        })?
        .ok_or(VaultError::WrongPassphrase),
        Credential::RecoveryKey(key) => try_slots(header, path, |slot| match slot.opener {
            Opener::RecoveryKey => Ok(Some(key.wrapping_key(&slot.salt))),
            _ => Ok(None),
        })?
        .ok_or(VaultError::WrongRecoveryKey),
        Credential::ThisAccount => {
            let mut told = None;
            let opened = try_slots(header, path, |slot| match os_account::recall(header.vault_id, slot, keeper) {
                Ok(key) => Ok(key),
                // Another slot may still open; if none does, this says why.
                Err(error) => {
                    told = Some(error);
                    Ok(None)
                }
            })?;
            opened.ok_or_else(|| told.unwrap_or_else(|| VaultError::AccountUnknown { account: keeper.describe() }))
        }
    }
}

/// The first slot that opens with its wrapping key.
fn try_slots(
    header: &Header,
    path: &Path,
    mut wrapping_key: impl FnMut(&KeySlot) -> Result<Option<Key>, VaultError>,
) -> Result<Option<Opened>, VaultError> {
    for slot in &header.slots {
        let Slot::Known(slot) = slot else { continue };
        let Some(key) = wrapping_key(slot)? else { continue };
        let Some(keys) = slot.unwrap(header.vault_id, &key) else { continue };
        if slot.origin.is_some_and(|name| name != OriginName::of(&keys.origin_key)) {
            return Err(VaultError::Tampered {
                path: shown(path),
                what: "a slot names another origin key than it holds",
            });
        }
        let data_key = slot.data_key(header.vault_id, &keys, header.version).ok_or_else(|| VaultError::Tampered {
            path: shown(path),
            what: "its data key was not sealed by anybody who can open it",
        })?;
        return Ok(Some(Opened { slot: slot.id(), keys, data_key }));
    }
    Ok(None)
}
