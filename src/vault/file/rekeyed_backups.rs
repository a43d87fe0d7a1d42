//! After a change of the keys nothing in the vault's folder may open with what was taken away: its backups are sealed
//! again under the new key. A disk that cannot do that refuses the change; only damaged backups are removed.
//!
//! They are written under the new key **before** the vault is replaced, and those under the former key are removed
//! **after**. A mark in the folder says that this was started; the next save removes what is under the wrong key, so
//! that a kill in between ends as one side or the other.

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::backup_name::BackupName;
use super::backups::{self, BackupTrouble, BackupsKept};
use super::names::{backups_folder, rekeying_mark};
use super::place::LockedPlace;
use super::read::read_vault;
use crate::vault::crypto::{CHECKSUM_LENGTH, Key};
use crate::vault::encoding::SecretBuffer;
use crate::vault::error::{VaultError, shown};
use crate::vault::format::{Header, Sealing, seal_text};

/// The two sides of a change of the keys.
pub(in crate::vault) struct Rekeying<'k> {
    /// The keys that the vault and its backups have been sealed under.
    pub(in crate::vault) former_keys: &'k [Key],
    /// The header with the new slots.
    pub(in crate::vault) header: &'k Header,
    /// The key that its slots hold, the roster that goes with it, and who changes the keys.
    pub(in crate::vault) sealing: Sealing<'k>,
}

/// The backups as they are being sealed again.
#[derive(Default)]
struct ResealedBackups {
    /// The backups of this vault that were there.
    former: Vec<PathBuf>,
    /// What was written under the new keys.
    written: Vec<PathBuf>,
    /// How many of the former ones are damaged.
    damaged: usize,
    /// Why there are none at all.
    not_kept: Option<BackupTrouble>,
}

impl LockedPlace<'_> {
    /// Replaces the vault by `bytes`, the first file under other keys, and its backups with it. The vault as it was
    /// becomes a backup under the new keys as well.
    pub(in crate::vault) fn replace_rekeyed(
        &self,
        bytes: &[u8],
        rekeying: &Rekeying<'_>,
        kept: BackupsKept,
    ) -> Result<Option<BackupTrouble>, VaultError> {
        let machine = self.surroundings();
        let vault = rekeying.header.vault_id;
        let temporary = self.write_temporary(bytes)?;
        let mut resealed = ResealedBackups::default();
        let prepared = self.reseal_backups(rekeying, &mut resealed);
        if let Err(error) = prepared.and_then(|()| self.put_in_place(&temporary, bytes)) {
            self.remove_temporary(&temporary);
            for backup in resealed.written.iter().filter(|backup| !resealed.former.contains(backup)) {
                let _ = machine.remove(backup);
            }
            let _ = machine.remove(&rekeying_mark(self.real()));
            return Err(error);
        }
        let folder = backups_folder(self.real());
        let mut trouble = resealed.not_kept;
        if resealed.damaged > 0 {
            trouble = Some(BackupTrouble::Lost { folder: shown(&folder), count: resealed.damaged });
        }
        let stale = resealed.former.iter().filter(|path| !resealed.written.contains(path));
        match remove_all(machine, stale) {
            Ok(()) => {
                let _ = machine.remove(&rekeying_mark(self.real()));
            }
            Err((count, why)) => {
                trouble = Some(BackupTrouble::StillUnderFormerKey { folder: shown(&folder), count, why });
            }
        }
        if trouble.is_none()
            && let Err(error) = backups::thin(machine, self.real(), vault, kept)
        {
            trouble = Some(BackupTrouble::not_thinned(self.real(), &error));
        }
        self.remove_left_over();
        self.flush_folders();
        Ok(temporary.access_not_kept.map(|what| BackupTrouble::access_not_kept(self.real(), what)).or(trouble))
    }

    /// Writes every backup, and the vault as it is, under the new keys. All or nothing: a disk that fails refuses the
    /// whole change. Only where there is no folder of backups and none can be made does the change go on without them.
    fn reseal_backups(&self, rekeying: &Rekeying<'_>, resealed: &mut ResealedBackups) -> Result<(), VaultError> {
        let machine = self.surroundings();
        let folder = backups_folder(self.real());
        let refused = |error| VaultError::from_io("write to", &folder, error);
        match machine.check_folder(&folder, self.real()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Err(error) = machine.make_folder(&folder, self.real()) {
                    if no_room(&error) {
                        return Err(refused(error));
                    }
                    resealed.not_kept = Some(BackupTrouble::not_kept(self.real(), &error));
                    return Ok(());
                }
            }
            checked => checked.map_err(refused)?,
        }
        self.mark_rekeying().map_err(refused)?;
        let vault = rekeying.header.vault_id;
        let named = backups::named(machine, self.real())?;
        resealed.former = named.into_iter().filter(|(name, _)| name.is_of(vault)).map(|(_, path)| path).collect();
        let mut of_others = Vec::new();
        for path in resealed.former.iter().map(PathBuf::as_path).chain([self.real()]) {
            match self.reseal(path, rekeying) {
                Ok(backup) => resealed.written.push(backup),
                // Its name begins as this vault's do, and it is another's.
                Err(VaultError::BackupOfAnother { .. }) => of_others.push(path.to_path_buf()),
                Err(error) if error.is_damage() => resealed.damaged += 1,
                Err(error) => return Err(error),
            }
        }
        resealed.former.retain(|path| !of_others.contains(path));
        machine.flush_folder(&folder).map_err(refused)
    }

    /// Ends a change of the keys that was killed: what is not under the vault's present key goes.
    pub(in crate::vault) fn finish_rekeying(&self, vault: Uuid, key: &Key) {
        let machine = self.surroundings();
        let mark = rekeying_mark(self.real());
        if !machine.exists(&mark).unwrap_or(false) {
            return;
        }
        let Ok(named) = backups::named(machine, self.real()) else { return };
        let mut done = true;
        for (_, path) in named.into_iter().filter(|(name, _)| name.is_of(vault)) {
            let stale = match read_vault(machine, &path) {
                Ok(found) => found.header.vault_id == vault && !found.commits_to(key),
                // Its readable parts may open with what was taken away.
                Err(error) if error.is_damage() => true,
                Err(_) => {
                    done = false;
                    continue;
                }
            };
            done &= !stale || machine.remove(&path).is_ok();
        }
        if done {
            let _ = machine.remove(&mark);
        }
        self.flush_folders();
    }

    fn mark_rekeying(&self) -> io::Result<()> {
        let machine = self.surroundings();
        let mark = rekeying_mark(self.real());
        let _ = machine.remove(&mark);
        machine.write_new(&mark, b"", self.real())?;
        machine.flush_folder(&backups_folder(self.real()))
    }

    /// Writes the file at `path` into the folder of backups, as it was but under the new keys. Out: where.
    fn reseal(&self, path: &Path, rekeying: &Rekeying<'_>) -> Result<PathBuf, VaultError> {
        let machine = self.surroundings();
        let found = read_vault(machine, path)?;
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
        let roster = found.roster(former, rekeying.sealing.roster.current_origin(), None, path)?;
        if !rekeying.sealing.roster.knows(&roster) || found.header.generation > rekeying.header.generation {
            return Err(VaultError::Tampered {
                path: shown(path),
                what: "it cannot be proven to be a save of this vault",
            });
        }
        let plain = found.unseal_text(former, path)?;
        let mut text = SecretBuffer::with_capacity(plain.as_bytes().len());
        text.push(plain.as_bytes());
        let bytes = seal_text(&mut header, rekeying.sealing, text, 0, machine)?;
        let checksum: &[u8; CHECKSUM_LENGTH] = bytes.last_chunk().expect("a file ends in its checksum");
        let backup = backups_folder(self.real()).join(BackupName::of(&header, checksum).to_string());
        let folder = backups_folder(self.real());
        self.write_backup(&backup, &bytes).map_err(|error| VaultError::from_io("write to", &folder, error))?;
        Ok(backup)
    }
}

fn no_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn remove_all<'p>(
    machine: &dyn crate::vault::surroundings::Surroundings,
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Result<(), (usize, String)> {
    let mut failed: Option<(usize, String)> = None;
    for path in paths {
        match machine.remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                failed = Some((failed.map_or(1, |(count, _)| count + 1), error.to_string()));
            }
            _ => {}
        }
    }
    failed.map_or(Ok(()), Err)
}
