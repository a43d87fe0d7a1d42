//! This machine with a clock, and where it matters an account, of the test's own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use a365_password_tool::vault::{LockGuard, Surroundings, ThisMachine, Who};
use chrono::{DateTime, Utc};

/// Its disk and randomness are the real ones; its clock stands until somebody sets it.
pub struct StagedMachine {
    machine: ThisMachine,
    now: Mutex<DateTime<Utc>>,
    who: Who,
}

impl StagedMachine {
    pub fn at(now: DateTime<Utc>) -> StagedMachine {
        StagedMachine::of(ThisMachine::default().who(), now)
    }

    pub fn of(who: Who, now: DateTime<Utc>) -> StagedMachine {
        StagedMachine { machine: ThisMachine::default(), now: Mutex::new(now), who }
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().expect("no panic") = now;
    }
}

impl Surroundings for StagedMachine {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no panic")
    }
    fn who(&self) -> Who {
        self.who.clone()
    }
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        self.machine.fill_random(bytes)
    }
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.machine.real_path(path)
    }
    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.machine.exists(path)
    }
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        self.machine.read(path, limit)
    }
    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        self.machine.lock(path)
    }
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        self.machine.write_new(path, bytes, like)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.machine.link(from, to)
    }
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.machine.replace(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.machine.remove(path)
    }
    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        self.machine.flush_folder(folder)
    }
}
