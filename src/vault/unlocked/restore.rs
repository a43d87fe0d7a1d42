//! Going back to an earlier save: looking into a backup, taking all or one profile from it, and putting one in the
//! place of a vault that is damaged or gone.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use super::Vault;
use super::access::{Access, Trust};
use crate::platform::file_system::with_suffix;
use crate::vault::contents::{Contents, Difference, difference};
use crate::vault::error::{Remedy, VaultError, shown};
use crate::vault::file::{Backup, LockedPlace, read_vault};
use crate::vault::format::{FILE_LIMIT, ReadVault, text_damage};
use crate::vault::slots::Credential;
use crate::vault::surroundings::{Surroundings, ThisMachine};

/// What is in a backup, by what opens it: for a vault that itself does not open any more. A backup from before the keys
/// were changed is refused where this account has seen later ones ([`VaultError::Unproven`]).
pub fn open_backup(access: &Access, backup: &Backup, credential: &Credential) -> Result<Contents, VaultError> {
    Ok(Vault::open_as(access, &backup.path, credential, Trust::Proven)?.contents().clone())
}

impl Vault {
    /// What is in a backup of this vault. Needs no passphrase: the backups are under the vault's own key.
    pub fn open_backup(&self, backup: &Backup) -> Result<Contents, VaultError> {
        let found = read_vault(self.surroundings(), &backup.path)?;
        if !self.holds_proof_of(&found, &backup.path) {
            return Err(VaultError::BackupOfAnother { path: shown(&backup.path) });
        }
        let mut contents = found.unseal(self.data_key(), &backup.path)?;
        contents.accept_clouds(self.clouds());
        Ok(contents)
    }

    /// Makes the profiles and the proxy's credentials what they were in a backup. An ordinary save: the state before
    /// it becomes a backup itself, so that it can be taken back. Out: what differed.
    pub fn restore(&mut self, backup: &Backup) -> Result<Difference, VaultError> {
        let then = self.open_backup(backup)?;
        self.update(|contents| {
            let differs = difference(contents, &then);
            contents.put_back_all(&then);
            Ok(differs)
        })
    }

    /// Makes one profile what it was in a backup, or brings it back. When another profile has its name by now, it gets
    /// “(restored)” added. Out: the name that it has.
    pub fn restore_profile(&mut self, backup: &Backup, id: Uuid) -> Result<String, VaultError> {
        let then = self.open_backup(backup)?;
        let missing = || VaultError::NotInBackup { path: shown(&backup.path) };
        self.update(|contents| contents.put_back_profile(&then, id)?.ok_or_else(missing))
    }
}

impl Vault {
    /// Saves the vault as it is in memory over a file that was refused ([`VaultError::Unproven`]): nothing of that file is
    /// taken over. It is kept as `<vault>.refused-<time>`. Out: where.
    pub fn put_back(&mut self) -> Result<PathBuf, VaultError> {
        let surroundings = Arc::clone(&self.surroundings);
        let place = LockedPlace::lock(&*surroundings, &self.path)?;
        let found = read_vault(&*surroundings, place.real())?;
        if found.header.vault_id != self.state.header.vault_id {
            return Err(VaultError::Replaced { path: shown(&self.path) });
        }
        let contents = self.state.contents.clone();
        let mut next = self.state.to_next(contents, self.own.signer(), &*surroundings)?;
        next.header.generation = next.header.generation.max(found.header.generation);
        let (state, bytes) = next.seal(self.own.signer(), self.own.signer(), &*surroundings)?;
        self.check_against_seen(&state)?;
        let kept = replace_keeping_former(&place, &bytes, "refused")?;
        self.state = state;
        self.remember();
        Ok(kept)
    }
}

/// Puts a backup in the place of a vault that is damaged or missing. The damaged file is never overwritten: it is kept
/// beside it, as `<vault>.damaged-<time>`. Refuses when the vault is whole. Out: where the damaged file is now.
///
/// The backup stays where it is. Open it first ([`open_backup`]), so that nobody restores what nobody can open.
pub fn restore_over_damaged(path: &Path, backup: &Backup) -> Result<Option<PathBuf>, VaultError> {
    restore_over_damaged_in(&ThisMachine::default(), path, backup)
}

/// As [`restore_over_damaged`], with a disk and clock of the caller's.
pub fn restore_over_damaged_in(
    surroundings: &dyn Surroundings,
    path: &Path,
    backup: &Backup,
) -> Result<Option<PathBuf>, VaultError> {
    let place = LockedPlace::lock(surroundings, path)?;
    let whole = read_vault(surroundings, &backup.path)?;
    let missing = match read_vault(surroundings, place.real()) {
        Ok(_) => return Err(VaultError::NotDamaged { path: shown(path) }),
        Err(VaultError::Missing { .. }) => true,
        Err(error) if error.calls_for_a_backup() => false,
        Err(error) => return Err(error),
    };
    let bytes = whole.into_bytes();
    if missing {
        place.create(&bytes)?;
        return Ok(None);
    }
    replace_keeping_former(&place, &bytes, "damaged").map(Some)
}

/// Puts the bytes of a vault back that something took for text ([`Remedy::Repair`]). Nothing is put in the
/// place but a file whose checksum and signature are right. The damaged file is kept as `<vault>.damaged-<time>`. Refuses when
/// the vault is whole. Out: where the damaged file is now.
pub fn repair(path: &Path) -> Result<PathBuf, VaultError> {
    repair_in(&ThisMachine::default(), path)
}

/// As [`repair`], with a disk and clock of the caller's.
pub fn repair_in(surroundings: &dyn Surroundings, path: &Path) -> Result<PathBuf, VaultError> {
    let place = LockedPlace::lock(surroundings, path)?;
    let Err(error) = read_vault(surroundings, place.real()) else {
        return Err(VaultError::NotDamaged { path: shown(path) });
    };
    let VaultError::Damaged { what, remedy: Remedy::Repair, .. } = error else { return Err(error) };
    let damaged = surroundings.read(place.real(), FILE_LIMIT);
    let damaged = damaged.map_err(|error| VaultError::from_io("read", place.real(), error))?;
    let unclear = || VaultError::Damaged { path: shown(path), what, remedy: Remedy::BackupOfUnclear };
    let whole = ReadVault::of(text_damage::repair(&damaged).ok_or_else(unclear)?, place.real())?;
    whole.check_signature(place.real())?;
    replace_keeping_former(&place, &whole.into_bytes(), "damaged")
}

/// Puts a file with these bytes in the vault's place, and keeps what was there as `<vault>.<why>-<time>`. Out: where.
fn replace_keeping_former(place: &LockedPlace<'_>, bytes: &[u8], why: &str) -> Result<PathBuf, VaultError> {
    let temporary = place.write_temporary(bytes)?;
    let kept = keep_former(place, why).map_err(|error| {
        place.remove_temporary(&temporary);
        VaultError::from_io("copy", place.real(), error)
    })?;
    place.put_in_place(&temporary, bytes)?;
    place.flush_folders();
    Ok(kept)
}

/// Gives the vault's file a second name that nothing has: `<vault>.<why>-<time>`.
fn keep_former(place: &LockedPlace<'_>, why: &str) -> io::Result<PathBuf> {
    let machine = place.surroundings();
    let time = machine.now().format("%Y%m%dT%H%M%SZ");
    for number in 1..100 {
        let suffix = if number == 1 { format!(".{why}-{time}") } else { format!(".{why}-{time}-{number}") };
        let kept = with_suffix(place.real(), &suffix);
        match machine.link(place.real(), &kept) {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(_) if machine.exists(&kept)? => continue,
            Err(_) => {
                let bytes = machine.read(place.real(), FILE_LIMIT)?;
                return machine.write_new(&kept, &bytes, place.real()).map(|()| kept);
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
