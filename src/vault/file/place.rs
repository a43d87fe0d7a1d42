//! The vault's place on the disk: locked, and replaced in one step.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::backup_name::BackupName;
use super::backups::{self, BackupTrouble, BackupsKept};
use super::claim::Claim;
use super::names::{backups_folder, claim_path, lock_path, real_or_given};
use super::read::read_vault;
use crate::platform::file_system::{self, AccessNotKept, LockReach, with_suffix};
use crate::vault::error::{VaultError, shown};
use crate::vault::format::FILE_LIMIT;
use crate::vault::surroundings::{LockGuard, Surroundings};

/// How many more times a lock is waited for where a claim has to be taken as well.
const LOCK_ATTEMPTS_ON_SHARES: usize = 5;

/// The vault's place on the disk, held against other programs until it is dropped.
pub(in crate::vault) struct LockedPlace<'a> {
    surroundings: &'a dyn Surroundings,
    /// The file itself, symbolic links followed: replacing a link would leave the file it names behind.
    real: PathBuf,
    /// In place of a lock, or beside it where a lock may not reach everybody or somebody without one is saving.
    claim: Option<Claim<'a>>,
    _lock: Option<LockGuard>,
}

/// A whole file beside the vault, to be put in its place.
pub(in crate::vault) struct TemporaryFile {
    path: PathBuf,
    /// What of the vault's rights it could not be given.
    pub(in crate::vault) access_not_kept: Option<AccessNotKept>,
}

impl<'a> LockedPlace<'a> {
    /// Waits for the lock of the vault at `path`, which need not be there yet.
    pub(in crate::vault) fn lock(
        surroundings: &'a dyn Surroundings,
        path: &Path,
    ) -> Result<LockedPlace<'a>, VaultError> {
        let real = real_or_given(surroundings, path)?;
        let refused = |action, what: PathBuf| {
            move |error: io::Error| match error.kind() {
                io::ErrorKind::WouldBlock => VaultError::Locked { path: shown(path) },
                _ => VaultError::from_io(action, &what, error),
            }
        };
        let no_lock = |error: &io::Error| {
            // A share without locks, or a lock file of somebody who shared the vault only later.
            matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
        };
        let mut attempt = surroundings.lock_like(&lock_path(&real), &real);
        // The holder of the lock may be waiting for a claim of another machine, which takes longer.
        for _ in 0..LOCK_ATTEMPTS_ON_SHARES {
            let is_busy = attempt.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
            if !is_busy || surroundings.locks_reach_every_writer(&real) {
                break;
            }
            attempt = surroundings.lock_like(&lock_path(&real), &real);
        }
        let mut lock = match attempt {
            Err(error) if no_lock(&error) => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(refused("lock", real)(error)),
            other => Some(other.map_err(refused("lock", lock_path(&real)))?),
        };
        let everybody = lock.as_ref().is_some_and(|(_, reach)| *reach == LockReach::Everybody);
        let claimed = !everybody || surroundings.exists(&claim_path(&real)).map_err(refused("lock", real.clone()))?;
        let claim = if claimed { Some(Claim::take(surroundings, &real)?) } else { None };
        if lock.is_none() {
            // It may have been opened to this account meanwhile, and its holder did not see the claim.
            lock = match surroundings.lock_like(&lock_path(&real), &real) {
                Err(error) if no_lock(&error) => None,
                other => Some(other.map_err(refused("lock", lock_path(&real)))?),
            };
        }
        Ok(LockedPlace { surroundings, real, claim, _lock: lock.map(|(held, _)| held) })
    }

    /// What the place is on.
    pub(in crate::vault) fn surroundings(&self) -> &'a dyn Surroundings {
        self.surroundings
    }

    /// The file itself.
    pub(in crate::vault) fn real(&self) -> &Path {
        &self.real
    }

    /// Puts the first bytes there. Never replaces a file.
    pub(in crate::vault) fn create(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let temporary = self.write_temporary(bytes)?.path;
        // A second name cannot take a taken place, a rename could.
        let placed = match self.surroundings.link(&temporary, &self.real) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => self.surroundings.exists(&self.real).and_then(|taken| {
                if taken {
                    Err(io::ErrorKind::AlreadyExists.into())
                } else {
                    self.surroundings.replace(&temporary, &self.real)
                }
            }),
        };
        let _ = self.surroundings.remove(&temporary);
        placed.map_err(|error| VaultError::from_io("create", &self.real, error))?;
        self.is_there(bytes)?;
        self.flush_folder();
        Ok(())
    }

    /// Replaces the vault in one step and keeps the former file, which has this header and checksum, as a backup. What
    /// cannot be kept, a backup or the file's rights, does not stop the save; it is reported.
    pub(in crate::vault) fn replace(
        &self,
        bytes: &[u8],
        former: &BackupName,
        vault: Uuid,
        kept: BackupsKept,
    ) -> Result<Option<BackupTrouble>, VaultError> {
        let temporary = self.write_temporary(bytes)?;
        self.is_still(former).inspect_err(|_| self.remove_temporary(&temporary))?;
        let not_kept = self.keep_backup(former).err().map(|error| BackupTrouble::not_kept(&self.real, &error));
        // One is the vault's, one the backup's.
        let has_other_name = file_system::count_of_names(&self.real) > 2;
        self.put_in_place(&temporary, bytes)?;
        let not_thinned = backups::thin(self.surroundings, &self.real, vault, kept).err();
        self.remove_left_over();
        self.flush_folders();
        let of_access = temporary.access_not_kept.map(|what| BackupTrouble::access_not_kept(&self.real, what));
        let of_number = not_thinned.map(|error| BackupTrouble::not_thinned(&self.real, &error));
        let of_names = has_other_name.then(|| BackupTrouble::OtherName { path: shown(&self.real) });
        Ok(of_access.or(not_kept).or(of_number).or(of_names))
    }

    /// Puts a file that [`LockedPlace::write_temporary`] made of these bytes in the vault's place.
    pub(in crate::vault) fn put_in_place(&self, temporary: &TemporaryFile, bytes: &[u8]) -> Result<(), VaultError> {
        let replaced = self.still_ours().and_then(|()| {
            let moved = self.surroundings.replace(&temporary.path, &self.real);
            moved.map_err(|error| match error.kind() {
                // The file beside is gone, not the vault.
                io::ErrorKind::NotFound => self.overtaken(),
                _ => VaultError::from_io("replace", &self.real, error),
            })
        });
        replaced.inspect_err(|_| self.remove_temporary(temporary))?;
        self.is_there(bytes)
    }

    /// Removes a file that [`LockedPlace::write_temporary`] made.
    pub(in crate::vault) fn remove_temporary(&self, temporary: &TemporaryFile) {
        let _ = self.surroundings.remove(&temporary.path);
    }

    fn overtaken(&self) -> VaultError {
        VaultError::Overtaken { path: shown(&self.real) }
    }

    fn still_ours(&self) -> Result<(), VaultError> {
        let Some(claim) = &self.claim else { return Ok(()) };
        match claim.is_held() {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.overtaken()),
            Err(error) => Err(VaultError::from_io("replace", &self.real, error)),
        }
    }

    /// Under a claim: whether the vault is still the file that was read. A share may have shown an earlier one.
    fn is_still(&self, former: &BackupName) -> Result<(), VaultError> {
        if self.claim.is_none() {
            return Ok(());
        }
        let now = read_vault(self.surroundings, &self.real)?;
        if BackupName::of(&now.header, &now.checksum) == *former { Ok(()) } else { Err(self.overtaken()) }
    }

    /// A claim is weaker than a lock: what is there in the end decides whose save it was. What cannot be read, or is not
    /// ours any more, is not acknowledged.
    fn is_there(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let Some(claim) = &self.claim else { return Ok(()) };
        if claim.reads_back(&self.real, bytes) { Ok(()) } else { Err(self.overtaken()) }
    }

    /// Writes and flushes a file beside the vault under a name that nobody can foresee.
    pub(in crate::vault) fn write_temporary(&self, bytes: &[u8]) -> Result<TemporaryFile, VaultError> {
        let failed = |error| VaultError::from_io("write next to", &self.real, error);
        let path = file_system::temporary_beside(&self.real).map_err(failed)?;
        let written = self.surroundings.write_new_like(&path, bytes, &self.real);
        let access_not_kept = written.map_err(|error| {
            if error.kind() != io::ErrorKind::AlreadyExists {
                let _ = self.surroundings.remove(&path);
            }
            failed(error)
        })?;
        Ok(TemporaryFile { path, access_not_kept })
    }

    /// Removes what kills left half written beside the vault: its holder alone writes there, so what is there is left
    /// over.
    pub(in crate::vault) fn remove_left_over(&self) {
        let (Some(folder), Some(own)) = (self.real.parent(), self.real.file_name()) else { return };
        let Ok(names) = self.surroundings.list(folder) else { return };
        let of_earlier_version = with_suffix(Path::new(own), ".new");
        let is_left_over = |name: &&OsString| file_system::is_temporary_of(name, own) || **name == of_earlier_version;
        for name in names.iter().filter(is_left_over) {
            let _ = self.surroundings.remove(&folder.join(name));
        }
    }

    /// Gives the vault as it is a second name in the folder of backups, in one step. Where links cannot be made, copies.
    fn keep_backup(&self, name: &BackupName) -> io::Result<()> {
        let machine = self.surroundings;
        let folder = backups_folder(&self.real);
        let backup = folder.join(name.to_string());
        match machine.check_folder(&folder, &self.real) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => machine.make_folder(&folder, &self.real)?,
            checked => checked?,
        }
        match machine.link(&self.real, &backup) {
            Ok(()) => Ok(()),
            // The name tells the content: a save that was killed after this step has kept it already.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(_) => self.write_backup(&backup, &machine.read(&self.real, FILE_LIMIT)?),
        }
    }

    /// Puts a flushed file with these bytes into the folder of backups, in one step.
    pub(in crate::vault) fn write_backup(&self, backup: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = file_system::temporary_beside(backup)?;
        let written = self.surroundings.write_new(&temporary, bytes, &self.real);
        written.and_then(|()| self.surroundings.replace(&temporary, backup)).inspect_err(|_| {
            let _ = self.surroundings.remove(&temporary);
        })
    }

    /// As [`LockedPlace::flush_folder`], the folder of backups first.
    pub(in crate::vault) fn flush_folders(&self) {
        let _ = self.surroundings.flush_folder(&backups_folder(&self.real));
        self.flush_folder();
    }

    /// The rename is done and cannot be taken back, so that a folder which cannot be flushed is no failure of the save.
    fn flush_folder(&self) {
        if let Some(folder) = self.real.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let _ = self.surroundings.flush_folder(folder);
        }
    }
}
