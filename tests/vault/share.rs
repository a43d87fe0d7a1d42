//! A disk or share that lacks something: locks, links, room or rights for backups.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use a365_password_tool::vault::{LockGuard, Surroundings, ThisMachine};
use chrono::{DateTime, Utc};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Works {
    #[default]
    Yes,
    No,
}

/// What happens while somebody waits, told how many milliseconds were waited for so far.
type WhileWaiting = Box<dyn Fn(u64) + Send + Sync>;

/// What somebody else does at that moment.
pub type Meanwhile = Box<dyn Fn(&Path) + Send + Sync>;

/// What a share shows of a file.
pub type AsRead = Box<dyn Fn(&Path, Vec<u8>) -> io::Result<Vec<u8>> + Send + Sync>;

/// This machine, lacking something. Waiting takes no time.
#[derive(Default)]
pub struct Share {
    pub machine: ThisMachine,
    pub locks: Works,
    /// Whether a lock keeps everybody away. Where not, every machine gets it at once.
    pub reach: Works,
    pub links: Works,
    pub folders: Works,
    /// Runs right before a file is put in the place of another that does not end like this.
    pub before_replacing: Option<Meanwhile>,
    /// Runs right after.
    pub after_replacing: Option<Meanwhile>,
    pub while_waiting: Option<WhileWaiting>,
    /// What is read instead of these bytes of a file.
    pub as_read: Option<AsRead>,
    pub waited_milliseconds: AtomicU64,
}

impl Share {
    pub fn without_locks() -> Share {
        Share { locks: Works::No, ..Share::default() }
    }

    /// Two machines that get the same lock at once.
    pub fn with_locks_that_mean_nothing() -> Share {
        Share { reach: Works::No, ..Share::default() }
    }

    pub fn waited(&self) -> Duration {
        Duration::from_millis(self.waited_milliseconds.load(Ordering::SeqCst))
    }
}

fn unless(works: Works) -> io::Result<()> {
    if works == Works::Yes { Ok(()) } else { Err(io::ErrorKind::Unsupported.into()) }
}

impl Surroundings for Share {
    fn now(&self) -> DateTime<Utc> {
        self.machine.now()
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
        let bytes = self.machine.read(path, limit)?;
        self.as_read.as_ref().map_or(Ok(bytes.clone()), |as_read| as_read(path, bytes))
    }
    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        unless(self.locks)?;
        if self.reach == Works::No { Ok(Box::new(())) } else { self.machine.lock(path) }
    }
    fn locks_reach_every_writer(&self, path: &Path) -> bool {
        self.reach == Works::Yes && self.machine.locks_reach_every_writer(path)
    }
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        self.machine.write_new(path, bytes, like)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        unless(self.links)?;
        self.machine.link(from, to)
    }
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        if let Some(hook) = &self.before_replacing {
            hook(to);
        }
        self.machine.replace(from, to)?;
        if let Some(hook) = &self.after_replacing {
            hook(to);
        }
        Ok(())
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.machine.remove(path)
    }
    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        self.machine.flush_folder(folder)
    }
    fn make_folder(&self, path: &Path, like: &Path) -> io::Result<()> {
        if self.folders == Works::No {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.machine.make_folder(path, like)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.machine.list(folder)
    }
    fn pause(&self, time: Duration) {
        let milliseconds = u64::try_from(time.as_millis()).expect("short");
        let so_far = self.waited_milliseconds.fetch_add(milliseconds, Ordering::SeqCst) + milliseconds;
        if let Some(hook) = &self.while_waiting {
            hook(so_far);
        }
    }
}
