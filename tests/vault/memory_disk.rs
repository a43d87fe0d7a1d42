//! A disk in memory, so that a hundred thousand saves take seconds.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use a365_password_tool::vault::{LockGuard, Surroundings};
use chrono::{DateTime, Duration, Utc};

/// Files by their paths; every folder is there. Its clock goes on by a minute a save.
#[derive(Default)]
pub struct MemoryDisk {
    pub files: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
    minutes: AtomicI64,
}

impl MemoryDisk {
    pub fn get(&self, path: &Path) -> Option<Vec<u8>> {
        self.files.lock().expect("files").get(path).cloned()
    }

    pub fn put(&self, path: &Path, bytes: &[u8]) {
        self.files.lock().expect("files").insert(path.to_owned(), bytes.to_vec());
    }
}

impl Surroundings for MemoryDisk {
    fn now(&self) -> DateTime<Utc> {
        super::moment() + Duration::minutes(self.minutes.fetch_add(1, Ordering::SeqCst))
    }
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(io::Error::other)
    }
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }
    fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.get(path).is_some())
    }
    fn read(&self, path: &Path, _: u64) -> io::Result<Vec<u8>> {
        self.get(path).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn lock(&self, _: &Path) -> io::Result<LockGuard> {
        Ok(Box::new(()))
    }
    fn write_new(&self, path: &Path, bytes: &[u8], _: &Path) -> io::Result<()> {
        if self.get(path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.put(path, bytes);
        Ok(())
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = self.read(from, 0)?;
        self.write_new(to, &bytes, from)
    }
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = self.read(from, 0)?;
        self.put(to, &bytes);
        self.remove(from)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.files.lock().expect("files").remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn flush_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn make_folder(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let files = self.files.lock().expect("files");
        let inside = files.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| path.file_name()).map(OsString::from).collect())
    }
}
