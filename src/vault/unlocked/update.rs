//! Reading what others saved, and saving changes on top of it, so that nobody's acknowledged change is lost.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Vault;
use super::adopt::Refreshed;
use super::own_slot::OwnSlot;
use crate::counted::counted;
use crate::vault::contents::{Contents, Lineage, MergeSummary, Merged};
use crate::vault::crypto::{Key, seal};
use crate::vault::error::{VaultError, shown};
use crate::vault::file::{LockedPlace, Rekeying, copies_made_by_sync_clients_in, read_vault};
use crate::vault::format::Sealing;
use crate::vault::state::{NextState, State};

impl Vault {
    /// Looks at the file again. What others saved is read. Where the file no longer holds what this open vault saved (on a
    /// share without working locks, or through a sync client), both versions are merged and saved.
    ///
    /// When the merge cannot be saved, it is in memory all the same, and the next refresh or update saves it.
    pub fn refresh(&mut self) -> Result<Refreshed, VaultError> {
        let found = read_vault(&*self.surroundings, &self.path)?;
        let taken = self.adopt(found)?;
        if !self.state.lineage.unsaved {
            return Ok(taken);
        }
        let surroundings = Arc::clone(&self.surroundings);
        let place = LockedPlace::lock(&*surroundings, &self.path)?;
        self.adopt(read_vault(&*surroundings, place.real())?)?;
        // Somebody else may have merged the same meanwhile.
        if self.state.lineage.unsaved {
            self.save(&place, self.state.contents.clone())?;
        }
        Ok(Refreshed::Merged(self.take_merged().unwrap_or_default()))
    }

    /// Changes the contents and saves them: waits for the lock, reads what others saved meanwhile, applies `change`
    /// to that, saves. When anything fails, `change` included, nothing is saved, and memory is as the file.
    ///
    /// Where a merge was needed first, [`Vault::take_merged`] tells.
    pub fn update<T, E: From<VaultError>>(
        &mut self,
        change: impl FnOnce(&mut Contents) -> Result<T, E>,
    ) -> Result<T, E> {
        let surroundings = Arc::clone(&self.surroundings);
        let place = LockedPlace::lock(&*surroundings, &self.path)?;
        self.adopt(read_vault(&*surroundings, place.real())?)?;
        let mut contents = self.state.contents.clone();
        let answer = change(&mut contents)?;
        self.save(&place, contents)?;
        Ok(answer)
    }

    /// Saves these contents as the next generation, under the header and the keys that are here.
    fn save(&mut self, place: &LockedPlace<'_>, contents: Contents) -> Result<(), VaultError> {
        self.save_with(place, contents, self.state.lineage.clone())
    }

    /// As [`Vault::save`], for contents that this is remembered of.
    fn save_with(&mut self, place: &LockedPlace<'_>, contents: Contents, lineage: Lineage) -> Result<(), VaultError> {
        let mut next = self.state.to_next(contents, self.own.signer(), &*self.surroundings)?;
        next.lineage = lineage;
        let signer = self.own.clone();
        self.commit(place, next, &signer)
    }

    /// Puts the next state in the file's place. `signer` is the slot that has changed the members, if they were changed.
    pub(super) fn commit(
        &mut self,
        place: &LockedPlace<'_>,
        next: NextState,
        signer: &OwnSlot,
    ) -> Result<(), VaultError> {
        let (state, bytes) = next.seal(signer.signer(), self.own.signer(), &*self.surroundings)?;
        self.check_against_seen(&state)?;
        let former = &self.state.disk;
        let vault_id = state.header.vault_id;
        place.finish_rekeying(vault_id, &former.keys[0]);
        let is_former = |key: &&Key| !seal::same(key.bytes(), state.data_key.bytes());
        let former_keys: Vec<Key> = former.keys.iter().filter(is_former).cloned().collect();
        self.saving.trouble = if former_keys.is_empty() {
            place.replace(&bytes, &former.name, vault_id, self.saving.kept)?
        } else {
            let sealing = Sealing { data_key: &state.data_key, roster: &state.roster, author: self.own.signer() };
            let rekeying = Rekeying { former_keys: &former_keys, header: &state.header, sealing };
            place.replace_rekeyed(&bytes, &rekeying, self.saving.kept)?
        };
        if self.state.header.version < state.header.version {
            self.notices.push(format!(
                "The vault is now in the new format, which proves who can unlock it: {}. Check that these unlock \
                 methods are all legitimate. Earlier versions of this program can no longer open the vault.",
                counted(state.header.slots.len(), "unlock method")
            ));
        }
        self.state = state;
        self.remember();
        Ok(())
    }

    /// Merges another copy of this vault into it and saves: what a sync client or a person laid beside it. The copy must
    /// open with the same data key ([`VaultError::NotACopy`] otherwise) and is left as it is.
    ///
    /// `backups` are paths of earlier saves: the newest that both copies come from tells who changed what. Without one,
    /// profiles that differ become conflicts. Gives what there is to tell; `None` when the copy held nothing new.
    pub fn absorb(&mut self, copy: &Path, backups: &[PathBuf]) -> Result<Option<MergeSummary>, VaultError> {
        let theirs = self.read_copy(copy)?;
        let surroundings = Arc::clone(&self.surroundings);
        let place = LockedPlace::lock(&*surroundings, &self.path)?;
        self.adopt(read_vault(&*surroundings, place.real())?)?;
        let present = &self.state.contents;
        if theirs.contents.saves.last().is_some_and(|last| present.saves.contains(last)) {
            return Ok(None);
        }
        let base = self.base_for(&theirs, backups);
        // The copy is "mine" here: what is in the file stays where it is.
        let Merged { mut contents, summary } = self.merge_onto(base.as_ref(), &theirs.contents, present);
        contents.record_merge(&summary);
        let lineage = self.state.lineage.after_merge(present, &contents);
        self.save_with(&place, contents, lineage)?;
        Ok(Some(summary))
    }

    /// Of the copies that synchronising programs left beside the vault, those that hold something it does not hold yet.
    pub fn copies_with_news(&self) -> Vec<PathBuf> {
        let saves = &self.state.contents.saves;
        let news = |path: &PathBuf| {
            let copy = self.read_copy(path);
            copy.is_ok_and(|copy| copy.contents.saves.last().is_some_and(|last| !saves.contains(last)))
        };
        copies_made_by_sync_clients_in(&*self.surroundings, &self.path).into_iter().filter(news).collect()
    }

    /// What merges since the last call have done, for telling the person.
    pub fn take_merged(&mut self) -> Option<MergeSummary> {
        self.state.lineage.merged.take()
    }

    /// Reads another copy of this vault.
    fn read_copy(&self, path: &Path) -> Result<State, VaultError> {
        let found = read_vault(&*self.surroundings, path)?;
        if !self.is_under_my_key(&found) {
            return Err(VaultError::NotACopy { path: shown(path) });
        }
        let (data_key, proven) = (self.state.data_key.clone(), self.state.roster.proven());
        let mut state = State::read(found, data_key, &self.own.keys.origin_key, proven.as_ref(), path)?;
        state.contents.accept_clouds(&self.clouds);
        Ok(state)
    }

    /// The newest state that both the present contents and a copy come from.
    fn base_for(&self, copy: &State, backups: &[PathBuf]) -> Option<Contents> {
        let present = &self.state.contents;
        if let Some(common) = self.state.lineage.common_state(present, &copy.contents) {
            return Some(common);
        }
        let in_both = |state: &State| {
            let last = state.contents.saves.last();
            last.is_some_and(|last| present.saves.contains(last) && copy.contents.saves.contains(last))
        };
        // A backup that cannot be read is no base; the merge goes without it.
        let read = backups.iter().filter_map(|path| self.read_copy(path).ok());
        read.filter(in_both).max_by_key(|state| state.header.generation).map(|state| state.contents)
    }
}
