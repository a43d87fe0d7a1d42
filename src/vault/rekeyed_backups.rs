//! After a change of the keys nothing in the vault's folder may open with what was taken away: its backups are sealed
//! again under the new key, or removed.
//!
//! They are written under the new key **before** the vault is replaced, and those under the former key are removed
//! **after**. A mark in the folder says that this was begun; whoever saves next removes what is under the wrong key, so
//! that a kill in between ends as one side or the other.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::backups::{self, BackupName, BackupTrouble, BackupsKept, backups_folder, rekeying_mark};
use super::error::{VaultError, shown};
use super::header::Header;
use super::seal::{CHECKSUM_LENGTH, Key};
use super::sealed_file::{ReadVault, Sealing, seal_text};
use super::secret_buffer::SecretBuffer;
use super::store::HeldPlace;

/// The two sides of a change of the keys.
pub(super) struct Rekeying<'k> {
    /// The keys that the vault and its backups have been sealed under.
    pub(super) former_keys: &'k [Key],
    /// The header with the new slots.
    pub(super) header: &'k Header,
    /// The key that its slots hold, the roster that goes with it, and who changes the keys.
    pub(super) sealing: Sealing<'k>,
}

impl HeldPlace<'_> {
    /// Replaces the vault by `bytes`, the first file under other keys, and its backups with it. The vault as it was
    /// becomes a backup under the new keys as well.
    pub(super) fn replace_rekeyed(
        &self,
        bytes: &[u8],
        rekeying: &Rekeying<'_>,
        kept: BackupsKept,
    ) -> Result<Option<BackupTrouble>, VaultError> {
        let machine = self.surroundings();
        let vault = rekeying.header.vault_id;
        let beside = self.write_beside(bytes)?;
        let former = backups::named(machine, self.real()).unwrap_or_default();
        let former: Vec<PathBuf> =
            former.into_iter().filter(|(name, _)| name.is_of(vault)).map(|(_, path)| path).collect();
        let folder = backups_folder(self.real());
        let begun = machine
            .make_folder(&folder, self.real())
            .and_then(|()| self.mark_rekeying())
            .map_err(|error| BackupTrouble::not_kept(self.real(), &error));
        let mut twins = Vec::new();
        let mut lost = 0;
        if begun.is_ok() {
            for path in former.iter().map(PathBuf::as_path).chain([self.real()]) {
                match self.reseal(path, rekeying) {
                    Ok(twin) => twins.push(twin),
                    Err(_) => lost += 1,
                }
            }
        } else {
            lost = former.len();
        }
        if let Err(error) = self.put_in_place(&beside, bytes) {
            for twin in twins.iter().filter(|twin| !former.contains(twin)) {
                let _ = machine.remove(twin);
            }
            let _ = machine.remove(&rekeying_mark(self.real()));
            return Err(error);
        }
        let mut trouble = begun.err();
        if lost > 0 {
            trouble = Some(BackupTrouble::Lost { folder: shown(&folder), count: lost });
        }
        let stale = former.iter().filter(|path| !twins.contains(path));
        match remove_all(machine, stale) {
            Ok(()) => {
                let _ = machine.remove(&rekeying_mark(self.real()));
            }
            Err((count, why)) => {
                trouble = Some(BackupTrouble::StillUnderFormerKey { folder: shown(&folder), count, why });
            }
        }
        if let Err(error) = backups::thin(machine, self.real(), vault, kept) {
            trouble = trouble.or_else(|| Some(BackupTrouble::not_thinned(self.real(), &error)));
        }
        self.flush_folders();
        Ok(trouble)
    }

    /// Ends a change of the keys that was killed: what is not under the vault's present key goes.
    pub(super) fn finish_rekeying(&self, vault: Uuid, key: &Key) {
        let machine = self.surroundings();
        let mark = rekeying_mark(self.real());
        if !machine.exists(&mark).unwrap_or(false) {
            return;
        }
        let Ok(named) = backups::named(machine, self.real()) else { return };
        let mut done = true;
        for (_, path) in named.into_iter().filter(|(name, _)| name.is_of(vault)) {
            let stale = match ReadVault::read(machine, &path) {
                Ok(found) => found.header.vault_id == vault && !found.commits_to(key),
                Err(error) if error.is_io() => {
                    done = false;
                    continue;
                }
                // Damaged: its readable parts may open with what was taken away.
                Err(_) => true,
            };
            done &= !stale || machine.remove(&path).is_ok();
        }
        if done {
            let _ = machine.remove(&mark);
        }
        self.flush_folders();
    }

    fn mark_rekeying(&self) -> std::io::Result<()> {
        let machine = self.surroundings();
        let mark = rekeying_mark(self.real());
        let _ = machine.remove(&mark);
        machine.write_new(&mark, b"", self.real())?;
        machine.flush_folder(&backups_folder(self.real()))
    }

    /// Writes the file at `path` into the folder of backups, as it was but under the new keys. Out: where.
    fn reseal(&self, path: &Path, rekeying: &Rekeying<'_>) -> Result<PathBuf, VaultError> {
        let machine = self.surroundings();
        let found = ReadVault::read(machine, path)?;
        if found.header.vault_id != rekeying.header.vault_id {
            return Err(VaultError::BackupOfAnother { path: shown(path) });
        }
        if found.commits_to(rekeying.sealing.data_key) {
            return Ok(path.to_owned());
        }
        let mut header = rekeying.header.clone();
        (header.generation, header.saved_at) = (found.header.generation, found.header.saved_at);
        let former = rekeying.former_keys.iter().find(|key| found.commits_to(key)).unwrap_or(&rekeying.former_keys[0]);
        // Who is removed may have planted it: what is sealed again is vouched for.
        let roster = found.roster(former, rekeying.sealing.roster.current_origin(), path)?;
        let is_ours = roster.last().is_none_or(|last| rekeying.sealing.roster.find(&last.hash).is_some());
        if !is_ours || found.header.generation > rekeying.header.generation {
            return Err(VaultError::BackupOfAnother { path: shown(path) });
        }
        let plain = found.unseal_text(former, path)?;
        let mut text = SecretBuffer::with_capacity(plain.as_bytes().len());
        text.push(plain.as_bytes());
        let bytes = seal_text(&mut header, rekeying.sealing, text, 0, machine)?;
        let checksum: &[u8; CHECKSUM_LENGTH] = bytes.last_chunk().expect("a file ends in its checksum");
        let backup = backups_folder(self.real()).join(BackupName::of(&header, checksum).to_string());
        self.write_backup(&backup, &bytes).map_err(|error| VaultError::from_io("write", &backup, error))?;
        Ok(backup)
    }
}

fn remove_all<'p>(
    machine: &dyn super::surroundings::Surroundings,
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Result<(), (usize, String)> {
    let mut failed: Option<(usize, String)> = None;
    for path in paths {
        match machine.remove(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                failed = Some((failed.map_or(1, |(count, _)| count + 1), error.to_string()));
            }
            _ => {}
        }
    }
    failed.map_or(Ok(()), Err)
}
