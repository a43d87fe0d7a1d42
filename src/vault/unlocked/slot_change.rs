//! Changing the ways to open a vault: adding, changing and removing them.

use std::sync::Arc;

use super::own_slot::OwnSlot;
use super::{Vault, check_new_passphrase};
use crate::profile::SecretText;
use crate::vault::contents::{HistoryKind, SlotNote};
use crate::vault::crypto::Key;
use crate::vault::error::{VaultError, shown};
use crate::vault::file::{LockedPlace, read_vault};
use crate::vault::format::work_fits;
use crate::vault::slots::{
    self, Credential, KdfParameters, KeySlot, Opener, OriginName, RecoveryKey, SLOT_LIMIT, Slot, SlotId, SlotKind,
    SlotView, account_slot, entry_name, passphrase_slot, recovery_slot,
};

/// What a person decided about the other slots, for a change that removes or replaces one and so creates new keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotReview {
    /// To be removed as well.
    pub remove: Vec<SlotId>,
    /// To be kept although this version does not know their kind.
    pub keep: Vec<SlotId>,
}

impl Vault {
    /// Lets the account that this program runs under open the vault without typing, as [`Vault::replace_this_account`]
    /// does.
    pub fn add_this_account(&mut self) -> Result<SlotId, VaultError> {
        self.replace_this_account(&SlotReview::default())
    }

    /// Lets the account that this program runs under open the vault without typing. Replaces an earlier slot of the
    /// same account. Out: the new slot's id.
    pub fn replace_this_account(&mut self, review: &SlotReview) -> Result<SlotId, VaultError> {
        let keeper = Arc::clone(&self.keeper);
        let former: Vec<SlotId> = self.slots().iter().filter(|slot| slot.is_this_account).map(|slot| slot.id).collect();
        let vault_id = self.state.header.vault_id;
        let origin = self.origin_for(!former.is_empty() || !review.remove.is_empty())?;
        let (slot, keys) = account_slot(vault_id, origin.key(), &*keeper, &*self.surroundings)?;
        let id = slot.id();
        let note = SlotNote::new(id, &keeper.describe(), self.surroundings.now());
        let own = OwnSlot { slot: id, keys };
        let saved = self.change_slots(Some(origin), review, &own, |slots, notes| {
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
            let _ = keeper.forget(&entry_name(vault_id, &slot.0));
        }
        Ok(id)
    }

    /// Creates a recovery key, as [`Vault::replace_recovery_key`] does.
    pub fn add_recovery_key(&mut self) -> Result<RecoveryKey, VaultError> {
        self.replace_recovery_key(&SlotReview::default())
    }

    /// Creates a recovery key, to be printed: it is shown here and never again. An earlier one stops opening the vault.
    pub fn replace_recovery_key(&mut self, review: &SlotReview) -> Result<RecoveryKey, VaultError> {
        let vault_id = self.state.header.vault_id;
        let is_recovery = |slot: &Slot| slot.kind() == SlotKind::RecoveryKey;
        let replaces = self.state.header.slots.iter().any(is_recovery) || !review.remove.is_empty();
        let origin = self.origin_for(replaces)?;
        let (key, slot, keys) = recovery_slot(vault_id, origin.key(), &*self.surroundings)?;
        let note = SlotNote::new(slot.id(), "", self.surroundings.now());
        let own = OwnSlot { slot: slot.id(), keys };
        self.change_slots(Some(origin), review, &own, |slots, notes| {
            slots.retain(|slot| !is_recovery(slot));
            slots.push(Slot::Known(slot));
            notes.push(note);
            Ok(())
        })?;
        Ok(key)
    }

    /// Adds a passphrase beside those that are there, with words that say whose it is. Out: the new slot's id.
    pub fn add_passphrase(&mut self, new: &SecretText, label: &str, kdf: KdfParameters) -> Result<SlotId, VaultError> {
        check_new_passphrase(new)?;
        self.add_passphrase_slot(new, label, kdf, &SlotReview::default())
    }

    fn add_passphrase_slot(
        &mut self,
        new: &SecretText,
        label: &str,
        kdf: KdfParameters,
        review: &SlotReview,
    ) -> Result<SlotId, VaultError> {
        let origin = self.origin_for(!review.remove.is_empty())?;
        let (slot, own) = self.new_passphrase_slot(new, kdf, &origin)?;
        let (id, note) = (slot.id(), SlotNote::new(slot.id(), label, self.surroundings.now()));
        self.change_slots(Some(origin), review, &own, |slots, notes| {
            slots.push(Slot::Known(slot));
            notes.push(note);
            Ok(id)
        })
    }

    /// Removes a way to open the vault, as [`Vault::remove_slots`] does.
    pub fn remove_slot(&mut self, id: SlotId) -> Result<(), VaultError> {
        self.remove_slots(&[id], &[])
    }

    /// Removes ways to open the vault, creates a new data key, and seals it to the others: what was removed opens
    /// neither this file nor its backups any more. Ways of a kind that this program does not know are removed as well,
    /// unless they are among `kept`: somebody could have hidden one. The last passphrase or recovery key cannot be removed,
    /// nor the way that the vault was opened with: its owner would choose the new keys himself.
    pub fn remove_slots(&mut self, ids: &[SlotId], kept: &[SlotId]) -> Result<(), VaultError> {
        let own = self.own.clone();
        let review = SlotReview { remove: ids.to_vec(), keep: kept.to_vec() };
        self.change_slots(None, &review, &own, |slots, _| {
            let is_there = |id: &SlotId| slots.iter().any(|slot| slot.id() == *id);
            if ids.iter().all(is_there) { Ok(()) } else { Err(VaultError::SlotMissing) }
        })
    }

    /// Forgets the keys of accounts whose slots were removed.
    fn forget_accounts(&self, removed: &[Slot]) {
        for slot in removed {
            if let Slot::Known(KeySlot { opener: Opener::OsAccount { keeper, blob }, salt, .. }) = slot
                && *keeper == self.keeper.name()
            {
                let entry = entry_name(self.state.header.vault_id, salt);
                if self.keeper.holds(&entry, blob) {
                    // The slot is gone from the file: a key that stays behind opens nothing.
                    let _ = self.keeper.forget(&entry);
                }
            }
        }
    }

    /// Changes a passphrase. The cost of the derivation stays; salt, key pair and data key are new, and the backup is
    /// replaced as well: no file under the old passphrase stays in the folder.
    pub fn change_passphrase(&mut self, old: &SecretText, new: &SecretText) -> Result<(), VaultError> {
        self.change_passphrase_costing(old, new, KdfParameters::minimum(), &SlotReview::default())
    }

    /// As [`Vault::change_passphrase`], with a derivation that costs at least `least`, and never less than before.
    pub fn change_passphrase_costing(
        &mut self,
        old: &SecretText,
        new: &SecretText,
        least: KdfParameters,
        review: &SlotReview,
    ) -> Result<(), VaultError> {
        check_new_passphrase(new)?;
        // The derivations come before the lock: others need not wait for them.
        self.refresh()?;
        let credential = Credential::Passphrase(old.clone());
        let former = slots::open(self.state.header.key_slots(), &credential, &*self.keeper, &self.path)?.slot;
        self.replace_passphrase(former, new, least, review)
    }

    /// Sets a new passphrase in place of a forgotten one, for somebody who opened the vault in another way. Where the
    /// vault has no passphrase, adds one; where it has several, it is not known which one to replace.
    pub fn set_passphrase(
        &mut self,
        new: &SecretText,
        least: KdfParameters,
        review: &SlotReview,
    ) -> Result<(), VaultError> {
        check_new_passphrase(new)?;
        self.refresh()?;
        let of_passphrases = |slot: &&SlotView| slot.kind == SlotKind::Passphrase;
        let passphrases: Vec<SlotView> = self.slots().iter().filter(of_passphrases).cloned().collect();
        match &passphrases[..] {
            _ if passphrases.iter().any(|slot| slot.opened_with) => Err(VaultError::OldPassphraseNeeded),
            [] => self.add_passphrase_slot(new, "", least, review).map(|_| ()),
            [forgotten] => self.replace_passphrase(forgotten.id, new, least, review),
            _ => Err(VaultError::WhichPassphrase),
        }
    }

    fn replace_passphrase(
        &mut self,
        former: SlotId,
        new: &SecretText,
        least: KdfParameters,
        review: &SlotReview,
    ) -> Result<(), VaultError> {
        let kdf = self.state.header.slot(former).and_then(Slot::kdf).ok_or(VaultError::SlotMissing)?;
        let origin = self.origin_for(true)?;
        let (slot, own) = self.new_passphrase_slot(new, kdf.at_least(least), &origin)?;
        let (id, now) = (slot.id(), self.surroundings.now());
        self.change_slots(Some(origin), review, &own, |slots, notes| {
            let place = slots.iter().position(|slot| slot.id() == former).ok_or(VaultError::SlotMissing)?;
            slots[place] = Slot::Known(slot);
            let label = notes.iter().find(|note| note.slot == former).map_or("", |note| &note.label);
            let note = SlotNote::new(id, label, now);
            notes.push(note);
            Ok(())
        })
    }

    fn new_passphrase_slot(
        &self,
        new: &SecretText,
        kdf: KdfParameters,
        origin: &Origin,
    ) -> Result<(KeySlot, OwnSlot), VaultError> {
        let vault_id = self.state.header.vault_id;
        let (slot, keys) = passphrase_slot(vault_id, new, kdf, origin.key(), &*self.surroundings)?;
        let id = slot.id();
        Ok((slot, OwnSlot { slot: id, keys }))
    }

    /// The origin key for a new slot: a fresh one where it replaces another slot, whose owner knows the present one.
    fn origin_for(&self, replaces: bool) -> Result<Origin, VaultError> {
        if replaces {
            Key::random(&*self.surroundings).map(Origin::Fresh)
        } else {
            Ok(Origin::Present(self.state.roster.current_origin().clone()))
        }
    }

    /// Changes the slots under the lock and saves. When one of those that were there is missing afterwards, creates new
    /// keys for all that stay; what `review` names goes as well, and so do those of unknown kinds unless it keeps them. Where
    /// `change` has replaced the slot that this vault was opened with, it goes on with `new`, which holds `origin`.
    fn change_slots<T>(
        &mut self,
        origin: Option<Origin>,
        review: &SlotReview,
        new: &OwnSlot,
        change: impl FnOnce(&mut Vec<Slot>, &mut Vec<SlotNote>) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let surroundings = Arc::clone(&self.surroundings);
        let place = LockedPlace::lock(&*surroundings, &self.path)?;
        self.adopt(read_vault(&*surroundings, place.real())?)?;
        let mut next = self.state.to_next(self.state.contents.clone(), self.own.signer(), &*surroundings)?;
        let before = next.header.slots.clone();
        let mut notes = next.contents.slot_notes();
        let answer = change(&mut next.header.slots, &mut notes)?;
        let slots = &mut next.header.slots;
        if slots.iter().any(|slot| slot.id() == self.own.slot && review.remove.contains(&slot.id())) {
            return Err(VaultError::OwnUnlockMethod);
        }
        slots.retain(|slot| !review.remove.contains(&slot.id()));
        if next.header.slots.len() > SLOT_LIMIT || !work_fits(&next.header.slots) {
            return Err(VaultError::TooManySlots);
        }
        let removed = before.iter().any(|slot| next.header.slot(slot.id()).is_none());
        if removed {
            let is_for_people = |slot: &Slot| matches!(slot.kind(), SlotKind::Passphrase | SlotKind::RecoveryKey);
            if !next.header.slots.iter().any(is_for_people) {
                return Err(VaultError::LastUnlockMethod);
            }
            let stays = |slot: &Slot| slot.kind() != SlotKind::Unknown || review.keep.contains(&slot.id());
            next.header.slots.retain(stays);
        }
        match origin {
            Some(Origin::Fresh(key)) => next.roster.rotate_origin(key),
            // Somebody else has changed the keys meanwhile: a member removed then knows the key that the new slot
            // holds.
            Some(Origin::Present(key)) if OriginName::of(&key) != OriginName::of(next.roster.current_origin()) => {
                return Err(VaultError::Overtaken { path: shown(&self.path) });
            }
            Some(Origin::Present(_)) | None => {}
        }
        if removed {
            next.renew_keys(&*surroundings)?;
        } else {
            next.seal_to_slots(&*surroundings)?;
        }
        notes.retain(|note| next.header.slot(note.slot).is_some());
        next.contents.set_slot_notes(&notes);
        for kind in what_changed(&before, &next.header.slots) {
            next.contents.record(kind, None);
        }
        let gone: Vec<Slot> = before.into_iter().filter(|slot| next.header.slot(slot.id()).is_none()).collect();
        let signer = self.own.clone();
        if next.header.slot(self.own.slot).is_none() {
            self.own = new.clone();
        }
        let committed = self.commit(&place, next, &signer);
        if committed.is_err() {
            self.own = signer;
        }
        committed?;
        self.forget_accounts(&gone);
        Ok(answer)
    }
}

/// The origin key that a new slot holds.
enum Origin {
    /// The one in use.
    Present(Key),
    /// One that takes its place.
    Fresh(Key),
}

impl Origin {
    fn key(&self) -> &Key {
        let (Origin::Present(key) | Origin::Fresh(key)) = self;
        key
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
