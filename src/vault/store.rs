//! The vault's file on the disk: reading it whole, sealing it, and replacing it in one step.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use chrono::SubsecRound;
use zeroize::Zeroizing;

use super::contents::Contents;
use super::error::{VaultError, shown};
use super::header::{Header, VaultInfo};
use super::layout::{self, FILE_LIMIT, HEADER_LIMIT};
use super::payload;
use super::seal::{self, CHECKSUM_LENGTH, Key, TAG_LENGTH};
use super::secret_buffer::SecretBuffer;
use super::surroundings::{Held, Surroundings, ThisMachine};

/// Where the save before the last one lies: the vault's path with `.bak` added.
pub fn backup_path(vault: &Path) -> PathBuf {
    with_suffix(vault, ".bak")
}

/// The file whose lock a save holds: the vault's path with `.lock` added. It is empty and stays there for ever.
pub fn lock_path(vault: &Path) -> PathBuf {
    with_suffix(vault, ".lock")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut longer: OsString = path.as_os_str().to_owned();
    longer.push(suffix);
    longer.into()
}

/// What the vault at `path` tells without a passphrase. Its checksum and every bound are checked; nothing is derived.
pub fn read_info(path: &Path) -> Result<VaultInfo, VaultError> {
    let found = ReadVault::read(&ThisMachine::default(), path)?;
    Ok(found.header.info(found.file_length()))
}

/// A vault's file as read: whole by its checksum and its length, still sealed.
pub(super) struct ReadVault {
    pub(super) header: Header,
    pub(super) checksum: [u8; CHECKSUM_LENGTH],
    bytes: Vec<u8>,
    layout: layout::Layout,
}

impl ReadVault {
    /// Reads the file at `path`.
    pub(super) fn read(surroundings: &dyn Surroundings, path: &Path) -> Result<ReadVault, VaultError> {
        let bytes = surroundings.read(path, FILE_LIMIT).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => VaultError::TooLarge { path: shown(path) },
            _ => VaultError::from_io("read", path, error),
        })?;
        let layout = layout::split(&bytes, path)?;
        let header = Header::parse(&bytes[layout.header.clone()], path)?;
        if header.payload_length != layout.payload.len() as u64 {
            return Err(VaultError::HeaderRefused { path: shown(path), what: "its payload length is not the file's" });
        }
        Ok(ReadVault { header, checksum: layout.checksum, bytes, layout })
    }

    /// The file's length in bytes.
    pub(super) fn file_length(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Whether `data_key` is this vault's.
    pub(super) fn commits_to(&self, data_key: &Key) -> bool {
        seal::same(&seal::payload_key(data_key, &self.header.salt).1, &self.header.commitment)
    }

    /// Decrypts the contents.
    pub(super) fn unseal(self, data_key: &Key, path: &Path) -> Result<Contents, VaultError> {
        let (key, commitment) = seal::payload_key(data_key, &self.header.salt);
        if !seal::same(&commitment, &self.header.commitment) {
            return Err(VaultError::Tampered { path: shown(path), what: "it names another key than its slot holds" });
        }
        // From here on the bytes become plain text in place.
        let mut bytes = Zeroizing::new(self.bytes);
        let (header, rest) = bytes.split_at_mut(self.layout.payload.start);
        let sealed = &mut rest[..self.layout.payload.len()];
        let (text, tag) = sealed.split_at_mut(self.layout.payload.len() - TAG_LENGTH);
        let tag: &[u8; TAG_LENGTH] = (&*tag).try_into().expect("the rest is the tag");
        if !seal::decrypt(&key, &header[self.layout.header], text, tag) {
            return Err(VaultError::Tampered { path: shown(path), what: "its seal is broken" });
        }
        payload::read(text, path)
    }
}

/// Seals `contents` under a fresh salt and completes `header`. Out: the whole file's bytes.
pub(super) fn seal_file(
    header: &mut Header,
    data_key: &Key,
    contents: &Contents,
    surroundings: &dyn Surroundings,
) -> Result<Vec<u8>, VaultError> {
    header.salt = seal::random_salt(surroundings)?;
    let (key, commitment) = seal::payload_key(data_key, &header.salt);
    header.commitment = commitment;
    header.saved_at = surroundings.now().trunc_subsecs(0);
    let mut text = SecretBuffer::with_capacity(usize::try_from(header.payload_length).unwrap_or(0) + 4096);
    payload::write(contents, &mut text);
    header.payload_length = (text.len() + TAG_LENGTH) as u64;
    let line = header.to_line();
    let tag = seal::encrypt(&key, &line[..line.len() - 1], text.bytes_mut());
    let sealed = text.into_public();
    let mut file = Vec::with_capacity(line.len() + sealed.len() + TAG_LENGTH + CHECKSUM_LENGTH);
    for part in [&line[..], &sealed, &tag] {
        file.extend_from_slice(part);
    }
    let checksum = seal::checksum(&file);
    file.extend_from_slice(&checksum);
    if file.len() as u64 > FILE_LIMIT || line.len() > HEADER_LIMIT {
        Err(VaultError::ContentsTooLarge)
    } else {
        Ok(file)
    }
}

/// The vault's place on the disk, held against other programs until it is dropped.
pub(super) struct HeldPlace<'a> {
    surroundings: &'a dyn Surroundings,
    /// The file itself, symbolic links followed: replacing a link would leave the file it names behind.
    real: PathBuf,
    _lock: Held,
}

impl<'a> HeldPlace<'a> {
    /// Waits for the lock of the vault at `path`, which need not be there yet.
    pub(super) fn lock(surroundings: &'a dyn Surroundings, path: &Path) -> Result<HeldPlace<'a>, VaultError> {
        let real = match surroundings.real_path(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_path_buf(),
            other => other.map_err(|error| VaultError::from_io("find", path, error))?,
        };
        let lock = surroundings.lock(&lock_path(&real)).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => VaultError::Locked { path: shown(path) },
            _ => VaultError::from_io("lock", path, error),
        })?;
        Ok(HeldPlace { surroundings, real, _lock: lock })
    }

    /// The file itself.
    pub(super) fn real(&self) -> &Path {
        &self.real
    }

    /// Puts the first bytes there. Never replaces a file.
    pub(super) fn create(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let beside = self.write_beside(bytes)?;
        // A second name cannot take a taken place, a rename could.
        let placed = match self.surroundings.link(&beside, &self.real) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => self.surroundings.exists(&self.real).and_then(|taken| {
                if taken {
                    Err(io::ErrorKind::AlreadyExists.into())
                } else {
                    self.surroundings.replace(&beside, &self.real)
                }
            }),
        };
        let _ = self.surroundings.remove(&beside);
        placed.map_err(|error| VaultError::from_io("make", &self.real, error))?;
        self.flush_folder();
        Ok(())
    }

    /// Replaces the vault in one step and keeps the former file as the backup.
    pub(super) fn replace(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let beside = self.write_beside(bytes)?;
        let replaced = self.keep_backup().and_then(|()| self.surroundings.replace(&beside, &self.real));
        if let Err(error) = replaced {
            let _ = self.surroundings.remove(&beside);
            return Err(VaultError::from_io("replace", &self.real, error));
        }
        self.flush_folder();
        Ok(())
    }

    /// Makes the backup the same as the vault; where that fails, removes it.
    pub(super) fn forget_former_backup(&self) {
        if self.keep_backup().is_err() {
            let _ = self.surroundings.remove(&backup_path(&self.real));
        }
        self.flush_folder();
    }

    /// Writes and flushes `<vault>.new`. Only the holder of the lock does, so one that is there is left from a kill.
    fn write_beside(&self, bytes: &[u8]) -> Result<PathBuf, VaultError> {
        let beside = with_suffix(&self.real, ".new");
        let _ = self.surroundings.remove(&beside);
        self.surroundings.write_new(&beside, bytes, &self.real).map_err(|error| {
            let _ = self.surroundings.remove(&beside);
            VaultError::from_io("write beside", &self.real, error)
        })?;
        Ok(beside)
    }

    /// Gives the vault as it is a second name, `<vault>.bak`, in one step. Where links cannot be made, copies.
    fn keep_backup(&self) -> io::Result<()> {
        let backup = backup_path(&self.real);
        let beside = with_suffix(&backup, ".new");
        let _ = self.surroundings.remove(&beside);
        if self.surroundings.link(&self.real, &beside).is_err() {
            let bytes = self.surroundings.read(&self.real, FILE_LIMIT)?;
            self.surroundings.write_new(&beside, &bytes, &self.real)?;
        }
        let kept = self.surroundings.replace(&beside, &backup);
        // Renaming one name of a file over another name of it does nothing at all on POSIX systems.
        let _ = self.surroundings.remove(&beside);
        kept
    }

    /// The rename is done and cannot be taken back, so that a folder which cannot be flushed is no failure of the save.
    fn flush_folder(&self) {
        if let Some(folder) = self.real.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let _ = self.surroundings.flush_folder(folder);
        }
    }
}
