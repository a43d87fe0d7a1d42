//! The ways to open a vault: opening it with one, listing, adding, changing and removing them.

use std::path::Path;
use std::sync::Arc;

use super::backups::BackupName;
use super::error::VaultError;
use super::header::work_fits;
use super::history::HistoryKind;
use super::kdf::KdfParameters;
use super::rekeyed_backups::Rekeying;
use super::seal::Key;
use super::slots::{
    self, AccountKeeper, Credential, KeySlot, Opener, RecoveryKey, SLOT_LIMIT, Slot, SlotId, SlotKeys, SlotKind,
    SlotNote, SlotView, ThisAccount, account_slot, entry_name, passphrase_slot, recovery_slot,
};
use super::store::{HeldPlace, ReadVault};
use super::surroundings::{Surroundings, ThisMachine};
use super::unlocked::{State, Vault, check_new_passphrase};
use crate::profile::SecretText;

/// The slot that a vault was opened with. Its keys follow the vault when somebody else changes the data key.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) slot: SlotId,
    pub(super) keys: SlotKeys,
}

/// What the ways to open a vault tell to somebody who has not opened it: for the unlock screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaysIn {
    /// Whether the account that this program runs under seems to open it.
    pub this_account: bool,
    /// Whether there is a recovery key.
    pub recovery_key: bool,
}

/// Looks at the ways to open the vault at `path`. It asks nobody for anything, derives nothing, and a file that cannot
/// be read has none.
pub fn ways_in(path: &Path) -> WaysIn {
    let Ok(found) = ReadVault::read(&ThisMachine::default(), path) else { return WaysIn::default() };
    WaysIn {
        this_account: slots::account_opens(&found.header, &ThisAccount),
        recovery_key: found.header.slots.iter().any(|slot| slot.kind() == SlotKind::RecoveryKey),
    }
}

/// Whether the vault at `path` seems to open with the account that this program runs under, as [`ways_in`] tells.
pub fn can_open_with_this_account(path: &Path) -> bool {
    ways_in(path).this_account
}

impl Vault {
    /// Opens a vault with any credential. Reads the file only; it needs no right to write.
    pub fn open_with(path: &Path, credential: &Credential) -> Result<Vault, VaultError> {
        Vault::open_with_in(Arc::new(ThisMachine::default()), Arc::new(ThisAccount), path, credential)
    }

    /// As [`Vault::open_with`], with a disk, clock, randomness and account of the caller's.
    pub fn open_with_in(
        surroundings: Arc<dyn Surroundings>,
        keeper: Arc<dyn AccountKeeper>,
        path: &Path,
        credential: &Credential,
    ) -> Result<Vault, VaultError> {
        let found = ReadVault::read(&*surroundings, path)?;
        let opened = slots::open(&found.header, credential, &*keeper, path)?;
        Vault::unlocked(surroundings, keeper, path, found, opened)
    }

    /// The ways to open this vault, in the file's order.
    pub fn slots(&self) -> Vec<SlotView> {
        let notes = self.state.contents.slot_notes();
        let account = self.keeper.describe();
        let view = |slot: &Slot| {
            let id = slot.id();
            let note = notes.iter().find(|note| note.slot == id);
            let label = note.map_or_else(String::new, |note| note.label.clone());
            let of_our_store = matches!(slot, Slot::Known(KeySlot { opener: Opener::OsAccount { keeper, .. }, .. })
                if keeper == self.keeper.name());
            SlotView {
                id,
                kind: slot.kind(),
                added: note.map(|note| note.added),
                kdf: slot.kdf(),
                is_this_account: of_our_store && label == account,
                opened_with: id == self.own.slot,
                label,
            }
        };
        self.state.header.slots.iter().map(view).collect()
    }

    /// Lets the account that this program runs under open the vault without typing. Replaces an earlier slot of the
    /// same account. Out: the new slot's id.
    pub fn add_this_account(&mut self) -> Result<SlotId, VaultError> {
        let keeper = Arc::clone(&self.keeper);
        let former: Vec<SlotId> = self.slots().iter().filter(|slot| slot.is_this_account).map(|slot| slot.id).collect();
        let vault_id = self.state.header.vault_id;
        let (slot, keys) = account_slot(vault_id, &self.own.keys.origin_key, &*keeper, &*self.surroundings)?;
        let id = slot.id();
        let note = SlotNote::new(id, &keeper.describe(), self.surroundings.now());
        let saved = self.change_slots(|slots, notes| {
            slots.retain(|slot| !former.contains(&slot.id()));
            slots.push(Slot::Known(slot));
            notes.push(note);
            Ok(())
        });
        if let Err(error) = saved {
            // Nothing opens with that key; where it cannot be removed it is of no use to anybody.
            let _ = keeper.forget(&entry_name(vault_id, &id.0));
            return Err(error);
        }
        for slot in former {
            self.own_if(slot, id, &keys);
            let _ = keeper.forget(&entry_name(vault_id, &slot.0));
        }
        Ok(id)
    }

    /// Makes a recovery key, to be printed: it is shown here and never again. An earlier one stops opening the vault.
    pub fn add_recovery_key(&mut self) -> Result<RecoveryKey, VaultError> {
        let vault_id = self.state.header.vault_id;
        let (key, slot) = recovery_slot(vault_id, &self.own.keys.origin_key, &*self.surroundings)?;
        let note = SlotNote::new(slot.id(), "", self.surroundings.now());
        self.change_slots(|slots, notes| {
            slots.retain(|slot| slot.kind() != SlotKind::RecoveryKey);
            slots.push(Slot::Known(slot));
            notes.push(note);
            Ok(())
        })?;
        Ok(key)
    }

    /// Adds a passphrase beside those that are there, with words that say whose it is. Out: the new slot's id.
    pub fn add_passphrase(&mut self, new: &SecretText, label: &str, kdf: KdfParameters) -> Result<SlotId, VaultError> {
        check_new_passphrase(new)?;
        let (slot, _) = self.new_passphrase_slot(new, kdf)?;
        let (id, note) = (slot.id(), SlotNote::new(slot.id(), label, self.surroundings.now()));
        self.change_slots(|slots, notes| {
            slots.push(Slot::Known(slot));
            notes.push(note);
            Ok(id)
        })
    }

    /// Removes a way to open the vault, makes a new data key, and seals it to the others: what was removed opens
    /// neither this file nor its backup any more. The last passphrase or recovery key cannot be removed.
    pub fn remove_slot(&mut self, id: SlotId) -> Result<(), VaultError> {
        let removed = self.change_slots(|slots, _| {
            let place = slots.iter().position(|slot| slot.id() == id).ok_or(VaultError::SlotMissing)?;
            let removed = slots.remove(place);
            let is_for_people = |slot: &Slot| matches!(slot.kind(), SlotKind::Passphrase | SlotKind::RecoveryKey);
            if slots.iter().any(is_for_people) { Ok(removed) } else { Err(VaultError::LastWayIn) }
        })?;
        if let Slot::Known(KeySlot { opener: Opener::OsAccount { keeper, blob }, salt, .. }) = &removed
            && *keeper == self.keeper.name()
        {
            let entry = entry_name(self.state.header.vault_id, salt);
            if self.keeper.holds(&entry, blob) {
                // The slot is gone from the file: a key that stays behind opens nothing.
                let _ = self.keeper.forget(&entry);
            }
        }
        Ok(())
    }

    /// Changes a passphrase. The cost of the derivation stays; salt, key pair and data key are new, and the backup is
    /// replaced as well: no file under the old passphrase stays in the folder.
    pub fn change_passphrase(&mut self, old: &SecretText, new: &SecretText) -> Result<(), VaultError> {
        self.change_passphrase_costing(old, new, KdfParameters::minimum())
    }

    /// As [`Vault::change_passphrase`], with a derivation that costs at least `least`, and never less than before.
    pub fn change_passphrase_costing(
        &mut self,
        old: &SecretText,
        new: &SecretText,
        least: KdfParameters,
    ) -> Result<(), VaultError> {
        check_new_passphrase(new)?;
        // The derivations come before the lock: others need not wait for them.
        self.refresh()?;
        let credential = Credential::Passphrase(old.clone());
        let former = slots::open(&self.state.header, &credential, &*self.keeper, &self.path)?.slot;
        self.replace_passphrase(former, new, least)
    }

    /// Sets a new passphrase in place of a forgotten one, for somebody who opened the vault in another way. Where the
    /// vault has no passphrase, adds one; where it has several, it is not known which one to replace.
    pub fn set_passphrase(&mut self, new: &SecretText, least: KdfParameters) -> Result<(), VaultError> {
        check_new_passphrase(new)?;
        self.refresh()?;
        let of_passphrases = |slot: &&SlotView| slot.kind == SlotKind::Passphrase;
        let passphrases: Vec<SlotView> = self.slots().iter().filter(of_passphrases).cloned().collect();
        match &passphrases[..] {
            _ if passphrases.iter().any(|slot| slot.opened_with) => Err(VaultError::OldPassphraseNeeded),
            [] => self.add_passphrase(new, "", least).map(|_| ()),
            [forgotten] => self.replace_passphrase(forgotten.id, new, least),
            _ => Err(VaultError::WhichPassphrase),
        }
    }

    fn replace_passphrase(&mut self, former: SlotId, new: &SecretText, least: KdfParameters) -> Result<(), VaultError> {
        let kdf = self.state.header.slot(former).and_then(Slot::kdf).ok_or(VaultError::SlotMissing)?;
        let (slot, keys) = self.new_passphrase_slot(new, kdf.at_least(least))?;
        let (id, now) = (slot.id(), self.surroundings.now());
        self.change_slots(|slots, notes| {
            let place = slots.iter().position(|slot| slot.id() == former).ok_or(VaultError::SlotMissing)?;
            slots[place] = Slot::Known(slot);
            let label = notes.iter().find(|note| note.slot == former).map_or("", |note| &note.label);
            let note = SlotNote::new(id, label, now);
            notes.push(note);
            Ok(())
        })?;
        self.own_if(former, id, &keys);
        Ok(())
    }

    fn new_passphrase_slot(&self, new: &SecretText, kdf: KdfParameters) -> Result<(KeySlot, SlotKeys), VaultError> {
        passphrase_slot(self.state.header.vault_id, new, kdf, &self.own.keys.origin_key, &*self.surroundings)
    }

    /// Where this vault was opened with `former`, which `slot` has replaced, goes on with that.
    fn own_if(&mut self, former: SlotId, slot: SlotId, keys: &SlotKeys) {
        if self.own.slot == former {
            self.own = Own { slot, keys: keys.clone() };
        }
    }

    /// Changes the slots under the lock and saves. When one of those that were there is missing afterwards, makes a
    /// new data key for all that stay.
    fn change_slots<T>(
        &mut self,
        change: impl FnOnce(&mut Vec<Slot>, &mut Vec<SlotNote>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let surroundings = Arc::clone(&self.surroundings);
        let place = HeldPlace::lock(&*surroundings, &self.path)?;
        self.take_in(ReadVault::read(&*surroundings, place.real())?)?;
        let (mut header, mut contents) = (self.state.header.clone(), self.state.contents.clone());
        let mut notes = contents.slot_notes();
        let answer = change(&mut header.slots, &mut notes)?;
        if header.slots.len() > SLOT_LIMIT || !work_fits(&header.slots) {
            return Err(VaultError::TooManySlots);
        }
        let removed = self.state.header.slots.iter().any(|slot| header.slot(slot.id()).is_none());
        let data_key = if removed { Key::random(&*surroundings)? } else { self.state.data_key.clone() };
        let mut slots = Vec::with_capacity(header.slots.len());
        for slot in &header.slots {
            if !removed && self.state.header.slot(slot.id()).is_some() {
                slots.push(slot.clone());
            } else {
                let origin_key = &self.own.keys.origin_key;
                slots.extend(slot.resealed(header.vault_id, origin_key, &data_key, &*surroundings)?);
            }
        }
        header.slots = slots;
        notes.retain(|note| header.slot(note.slot).is_some());
        contents.set_slot_notes(&notes);
        for kind in what_changed(&self.state.header.slots, &header.slots) {
            contents.record(kind, None);
        }
        let (state, bytes) = State::next(header, data_key, contents, &*surroundings)?;
        place.finish_rekeying(self.state.header.vault_id, &self.state.data_key);
        self.saving.trouble = if removed {
            let rekeying = Rekeying { former_key: &self.state.data_key, header: &state.header, key: &state.data_key };
            place.replace_rekeyed(&bytes, &rekeying, self.saving.kept)?
        } else {
            let former = BackupName::of(&self.state.header, &self.state.checksum);
            place.replace(&bytes, &former, state.header.vault_id, self.saving.kept)?
        };
        self.state = state;
        Ok(answer)
    }

    /// The data key of the file that was found: ours, or one that somebody sealed to our slot since. An older file
    /// gets no second key: whoever was removed could have kept it.
    pub(super) fn data_key_of(&self, found: &ReadVault) -> Option<Key> {
        if found.commits_to(&self.state.data_key) {
            return Some(self.state.data_key.clone());
        }
        let Some(Slot::Known(slot)) = found.header.slot(self.own.slot) else { return None };
        let newer = found.header.generation > self.state.header.generation;
        let data_key = slot.data_key(found.header.vault_id, &self.own.keys)?;
        (newer && found.commits_to(&data_key)).then_some(data_key)
    }
}

/// What the history says of a change of the slots.
fn what_changed(before: &[Slot], after: &[Slot]) -> Vec<HistoryKind> {
    let only_in = |slots: &[Slot], others: &[Slot]| -> Vec<String> {
        let fresh = slots.iter().filter(|slot| others.iter().all(|other| other.id() != slot.id()));
        fresh.map(|slot| slot.kind_name().to_owned()).collect()
    };
    let (removed, added) = (only_in(before, after), only_in(after, before));
    match (&removed[..], &added[..]) {
        ([former], [new]) if former == new && former == slots::PASSPHRASE => vec![HistoryKind::PassphraseChanged],
        _ => {
            let removed = removed.into_iter().map(HistoryKind::SlotRemoved);
            removed.chain(added.into_iter().map(HistoryKind::SlotAdded)).collect()
        }
    }
}
