//! Where an account keeps what it has seen of vaults: one small private file for each vault.

use std::io::{self, Write};
use std::path::PathBuf;

use uuid::Uuid;

use crate::platform::{data_protection, file_system};

/// No honest file is larger, in bytes.
const SIZE_LIMIT: u64 = 64 * 1024;

/// How many names in the folder are looked at.
const LISTED_LIMIT: usize = 10_000;

/// Keeps what was seen of vaults, by their ids, where only this account can change it.
pub trait SeenVaults: Send + Sync {
    /// What was kept last; `None` when this account has not seen the vault.
    fn recall(&self, vault: Uuid) -> io::Result<Option<Vec<u8>>>;
    /// Keeps these bytes in place of what was there.
    fn remember(&self, vault: Uuid, seen: &[u8]) -> io::Result<()>;
}

/// Keeps nothing: every vault is seen for the first time.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingSeen;

impl SeenVaults for NothingSeen {
    fn recall(&self, _: Uuid) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn remember(&self, _: Uuid, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// A folder of the account's own, with a file for each vault. On Windows the files are protected for the account (DPAPI)
/// as well.
#[derive(Clone, Debug)]
pub struct SeenFolder(PathBuf);

impl SeenFolder {
    /// In this folder, which is created when something is kept.
    pub fn new(folder: PathBuf) -> SeenFolder {
        SeenFolder(folder)
    }

    fn file(&self, vault: Uuid) -> PathBuf {
        self.0.join(format!("{}.json", vault.hyphenated()))
    }

    /// What the names of half written files begin with.
    fn unfinished(&self, vault: Uuid) -> PathBuf {
        self.0.join(vault.hyphenated().to_string())
    }
}

impl SeenVaults for SeenFolder {
    fn recall(&self, vault: Uuid) -> io::Result<Option<Vec<u8>>> {
        match file_system::read(&self.file(vault), SIZE_LIMIT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => data_protection::reveal(&read?).map(Some),
        }
    }

    /// In one step, and without waiting for the disk: after a power cut an earlier state may be what is known, and that is
    /// still true.
    fn remember(&self, vault: Uuid, seen: &[u8]) -> io::Result<()> {
        let path = self.file(vault);
        let beside = file_system::temporary_beside(&self.unfinished(vault))?;
        let mut file = match file_system::create_private(&beside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                file_system::create_own_folder(&self.0)?;
                file_system::create_private(&beside)?
            }
            created => created?,
        };
        let written = file.write_all(&data_protection::protect(seen)?);
        drop(file);
        let kept = match written.and_then(|()| file_system::replace(&beside, &path)) {
            // Another window of this account keeps its own at this moment, and has cleared ours away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other,
        };
        file_system::remove_temporaries_of(&self.unfinished(vault), LISTED_LIMIT);
        kept
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_remembered_is_recalled_and_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let seen = SeenFolder::new(folder.path().join("own").join("seen vaults"));
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        assert_eq!(seen.recall(one).expect("no file is no error"), None);
        seen.remember(one, b"first").expect("kept");
        seen.remember(one, b"second").expect("kept");
        assert_eq!(seen.recall(one).expect("read").as_deref(), Some(&b"second"[..]));
        assert_eq!(seen.recall(other).expect("no file is no error"), None);
        let names: Vec<_> = fs::read_dir(&seen.0).expect("the folder").collect();
        assert_eq!(names.len(), 1, "nothing is left beside it");
        fs::write(seen.0.join(format!("{one}.0123456789abcdef.new")), "half").expect("left by a kill");
        seen.remember(one, b"third").expect("kept");
        assert_eq!(fs::read_dir(&seen.0).expect("the folder").count(), 1, "and it is cleared away");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&seen.0), mode(&seen.file(one))), (0o700, 0o600));
        }
    }
}
