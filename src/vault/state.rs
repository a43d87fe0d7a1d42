//! What a vault holds at one moment, and the step to the next save.

use std::path::Path;

use crate::vault::contents::{Contents, Lineage, SaveId};
use crate::vault::crypto::{CHECKSUM_LENGTH, Key, seal, signature};
use crate::vault::error::VaultError;
use crate::vault::file::BackupName;
use crate::vault::format::{GENERATION_LIMIT, Header, ReadVault, Sealing, seal_file};
use crate::vault::format_version::FormatVersion;
use crate::vault::roster::{ProvenRecords, Roster, RosterError, Signer};
use crate::vault::slots::{OriginName, Slot};
use crate::vault::surroundings::Surroundings;

/// All that changes together when a save succeeds or another program's save is read.
pub(super) struct State {
    pub(super) header: Header,
    pub(super) data_key: Key,
    pub(super) roster: Roster,
    pub(super) contents: Contents,
    /// What is remembered of the states before.
    pub(super) lineage: Lineage,
    /// The file that this state came from.
    pub(super) disk: OnDisk,
}

/// The vault's file as it was read or saved last.
#[derive(Clone)]
pub(super) struct OnDisk {
    pub(super) checksum: [u8; CHECKSUM_LENGTH],
    pub(super) length: u64,
    /// Its name as a backup.
    pub(super) name: BackupName,
    /// The data keys that it and its backups are under, its own first; others than the state's when that waits for a save
    /// under new keys.
    pub(super) keys: Vec<Key>,
}

impl OnDisk {
    /// A file with this header under one key.
    fn of(header: &Header, checksum: [u8; CHECKSUM_LENGTH], length: u64, data_key: &Key) -> OnDisk {
        OnDisk { checksum, length, name: BackupName::of(header, &checksum), keys: vec![data_key.clone()] }
    }
}

impl State {
    /// What was read, decrypted. `origin_key` is what the slot that opened it holds; the records of the roster that were `proven`
    /// before are not checked again.
    pub(super) fn read(
        found: ReadVault,
        data_key: Key,
        origin_key: &Key,
        proven: Option<&ProvenRecords>,
        path: &Path,
    ) -> Result<State, VaultError> {
        let (header, length) = (found.header.clone(), found.file_length());
        let roster = found.roster(&data_key, origin_key, proven, path)?;
        let disk = OnDisk::of(&header, found.checksum, length, &data_key);
        let contents = found.unseal(&data_key, path)?;
        let lineage = Lineage::beginning_with(&contents);
        Ok(State { header, data_key, roster, contents, lineage, disk })
    }

    /// What the next save of these contents begins with. A vault of version 1 is carried over: its slots stay as they are but for those of
    /// unknown kinds, which no program of version 1 has ever made.
    ///
    /// Its first record lists them as they were, signed by `signer`, so that what is changed with the same save is proven too.
    pub(super) fn to_next(
        &self,
        contents: Contents,
        signer: Signer<'_>,
        machine: &dyn Surroundings,
    ) -> Result<NextState, VaultError> {
        let (header, data_key) = (self.header.clone(), self.data_key.clone());
        let next = NextState { header, data_key, roster: self.roster.clone(), contents, lineage: self.lineage.clone() };
        if next.header.version == FormatVersion::Two { Ok(next) } else { next.carried_over(signer, machine) }
    }
}

/// A state that is about to be saved.
pub(super) struct NextState {
    pub(super) header: Header,
    pub(super) data_key: Key,
    pub(super) roster: Roster,
    pub(super) contents: Contents,
    pub(super) lineage: Lineage,
}

impl NextState {
    fn carried_over(mut self, signer: Signer<'_>, machine: &dyn Surroundings) -> Result<NextState, VaultError> {
        let origin = OriginName::of(self.roster.current_origin());
        let slots = std::mem::take(&mut self.header.slots);
        let before = slots.len();
        let is_usable = |slot: &Slot| {
            matches!(slot, Slot::Known(_)) && slot.public_key().is_some_and(|key| signature::is_usable(&key))
        };
        self.header.slots = slots.into_iter().filter(is_usable).map(|slot| slot.carried_over(origin)).collect();
        self.header.version = FormatVersion::Two;
        if self.header.slots.len() < before {
            self.renew_keys(machine)?;
        } else {
            self.seal_to_slots(machine)?;
        }
        self.roster.list(self.header.vault_id, &self.header.slots, &self.data_key, signer, machine)?;
        Ok(self)
    }

    /// A new data key for all slots, and a new origin key for those that are made from now on.
    pub(super) fn renew_keys(&mut self, machine: &dyn Surroundings) -> Result<(), VaultError> {
        self.data_key = Key::random(machine)?;
        let last = self.roster.last().map(|last| last.origin);
        let in_use = OriginName::of(self.roster.current_origin());
        // A slot that takes another's place has brought a fresh origin key already.
        if last.is_none_or(|last| last == in_use) {
            self.roster.rotate_origin(Key::random(machine)?);
        }
        self.seal_to_slots(machine)
    }

    /// Seals the data key to every slot.
    pub(super) fn seal_to_slots(&mut self, machine: &dyn Surroundings) -> Result<(), VaultError> {
        let mut slots = Vec::with_capacity(self.header.slots.len());
        for slot in &self.header.slots {
            let sealed = slot.resealed(self.header.vault_id, self.roster.origin_keys(), &self.data_key, machine)?;
            let what = "an unlock method has an invalid key";
            slots.push(sealed.ok_or(VaultError::WouldNotOpen { what })?);
        }
        self.header.slots = slots;
        Ok(())
    }

    /// The next generation, with the bytes of its file. Writes into the history what changed, and into the roster who can
    /// open it: `signer` has changed that, `author` saves.
    pub(super) fn seal(
        mut self,
        signer: Signer<'_>,
        author: Signer<'_>,
        machine: &dyn Surroundings,
    ) -> Result<(State, Vec<u8>), VaultError> {
        let NextState { header, data_key, roster, contents, lineage } = &mut self;
        header.generation = header.generation.saturating_add(1);
        if header.generation > GENERATION_LIMIT {
            return Err(VaultError::GenerationsUsedUp);
        }
        let listed = roster.last().map(|last| last.hash);
        let proven = roster.proven();
        roster.list(header.vault_id, &header.slots, data_key, signer, machine)?;
        if roster.last().map(|last| last.hash) != listed {
            // As everybody who opens it will.
            let checked = roster.check(header.vault_id, &header.slots, data_key, proven.as_ref());
            checked.map_err(|RosterError(what)| VaultError::WouldNotOpen { what })?;
        }
        if roster.public_key(author.slot) != Some(seal::public_key(author.private_key)) {
            return Err(VaultError::WouldNotOpen { what: "the person saving it is not among those who can unlock it" });
        }
        let save = SaveId::random(machine)?;
        let touched = contents.prepare_save(machine.now(), &machine.who());
        lineage.before_save(contents, touched, save, header.generation);
        let bytes = seal_file(header, Sealing { data_key, roster, author }, contents, machine)?;
        let checksum = *bytes.last_chunk().expect("a file ends in its checksum");
        let NextState { header, data_key, roster, contents, lineage } = self;
        let disk = OnDisk::of(&header, checksum, bytes.len() as u64, &data_key);
        Ok((State { header, data_key, roster, contents, lineage, disk }, bytes))
    }
}
