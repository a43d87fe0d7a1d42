//! One window per vault: a second start finds the first window and tells it to come to the front.
//!
//! The holder of the lock of a small file is the first, and listens at a local socket (Unix) or named pipe (Windows).
//! The lock goes with its process, so nothing has to be cleaned up after a crash. File and socket are in a folder that
//! only this account can enter; on Windows the pipe's random name is in a file there, because anybody could make a pipe
//! of a known name. The key is made of the desktop session and the vault's real path.
#![allow(unsafe_code)]

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use interprocess::local_socket::{Listener, ListenerOptions, Name, Stream, prelude::*};
use sha2::{Digest, Sha256};

/// The longest message, in bytes.
const MESSAGE_LIMIT: usize = 1024;
/// How long the first window may take to answer before the second start opens a window of its own.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long one exchange of message and answer may take.
const EXCHANGE: Duration = Duration::from_secs(1);
/// How many exchanges may be under way at once.
const EXCHANGES: usize = 4;
/// The answer to a message that was taken.
const TAKEN: u8 = b'k';

/// What a start turns out to be.
pub enum Started {
    /// The first one for this vault in this session.
    First(SingleInstance),
    /// Another one; the first window has the message.
    Again,
    /// It cannot be known: there is no private folder, or the first window does not answer. Go on without.
    Unknown,
}

/// The right to be the first window for a vault, until it is dropped.
pub struct SingleInstance {
    vault: PathBuf,
    listener: Option<Listener>,
    open: Arc<AtomicBool>,
    /// Locked for as long as it is open.
    _lock: File,
}

/// Starts for `vault`: claims it, or hands `message` (at most 1,024 bytes) to the window that has it. `own` is a folder
/// that only this account can write; Unix has one for the purpose and does not use it.
pub fn start(own: &Path, vault: &Path, message: &[u8]) -> Started {
    match private_folder(own) {
        Ok(folder) => start_in(&folder, &session(), vault, message),
        Err(_) => Started::Unknown,
    }
}

/// As [`start`], with the folder for lock and socket, and the session's name.
pub fn start_in(folder: &Path, session: &str, vault: &Path, message: &[u8]) -> Started {
    let place = Place::of(folder, session, vault);
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        match place.claim() {
            Ok(Some(instance)) => return Started::First(instance),
            Ok(None) => {}
            Err(_) => return Started::Unknown,
        }
        if place.hand_over(message).is_ok() {
            return Started::Again;
        }
        // The first one is still on its way up, or already on its way down.
        thread::sleep(Duration::from_millis(20));
    }
    Started::Unknown
}

impl SingleInstance {
    /// Claims another vault, opened in the same window. `None` where another window has it. `own` is as for [`start`].
    pub fn claim(own: &Path, vault: &Path) -> Option<SingleInstance> {
        Place::of(&private_folder(own).ok()?, &session(), vault).claim().ok().flatten()
    }

    /// The vault as it was named.
    pub fn vault(&self) -> &Path {
        &self.vault
    }

    /// Takes messages of further starts from now on and gives each to `tell`, on a thread of its own.
    pub fn serve(&mut self, tell: impl Fn(Vec<u8>) + Send + Sync + 'static) {
        let Some(listener) = self.listener.take() else { return };
        let open = Arc::clone(&self.open);
        let (tell, busy) = (Arc::new(tell), Arc::new(AtomicUsize::new(0)));
        let serve = move || {
            for stream in listener.incoming() {
                if !open.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else {
                    // Out of handles, say: not as fast as the processor can.
                    thread::sleep(Duration::from_millis(100));
                    continue;
                };
                if busy.fetch_add(1, Ordering::SeqCst) >= EXCHANGES {
                    busy.fetch_sub(1, Ordering::SeqCst);
                    continue;
                }
                let (tell, open, busy) = (Arc::clone(&tell), Arc::clone(&open), Arc::clone(&busy));
                // Named pipes know no time limits: who says nothing holds up one thread, not all.
                thread::spawn(move || {
                    let _ = take_message(stream, &open, &*tell);
                    busy.fetch_sub(1, Ordering::SeqCst);
                });
            }
        };
        let _ = thread::Builder::new().name("second-starts".to_owned()).spawn(serve);
    }
}

impl Drop for SingleInstance {
    fn drop(&mut self) {
        // The thread may still accept a message; it is not answered, and its sender tries again and becomes the first.
        self.open.store(false, Ordering::SeqCst);
    }
}

fn take_message(mut stream: Stream, open: &AtomicBool, tell: &dyn Fn(Vec<u8>)) -> io::Result<()> {
    let _ = stream.set_recv_timeout(Some(EXCHANGE));
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let length = usize::from(u16::from_le_bytes(length));
    if length > MESSAGE_LIMIT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    if open.load(Ordering::SeqCst) {
        tell(message);
        stream.write_all(&[TAKEN])?;
    }
    Ok(())
}

/// Where the first window of one vault in one session is found.
struct Place {
    vault: PathBuf,
    folder: PathBuf,
    key: String,
}

impl Place {
    fn of(folder: &Path, session: &str, vault: &Path) -> Place {
        let mut hash = Sha256::new();
        hash.update(session.as_bytes());
        hash.update([0]);
        hash.update(real_path(vault).as_os_str().as_encoded_bytes());
        let key = hash.finalize()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        Place { vault: vault.to_owned(), folder: folder.to_owned(), key }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.key))
    }

    /// Becomes the first, unless somebody is.
    fn claim(&self) -> io::Result<Option<SingleInstance>> {
        let lock = File::options().create(true).truncate(false).write(true).open(self.file("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // A socket of a program that has ended; only the lock's holder comes here.
        let listener = ListenerOptions::new().name(self.new_address()?).reclaim_name(false).create_sync()?;
        Ok(Some(SingleInstance {
            vault: self.vault.clone(),
            listener: Some(listener),
            open: Arc::new(AtomicBool::new(true)),
            _lock: lock,
        }))
    }

    /// Gives the message to the first window and waits for its answer.
    fn hand_over(&self, message: &[u8]) -> io::Result<()> {
        let length = u16::try_from(message.len()).ok().filter(|length| usize::from(*length) <= MESSAGE_LIMIT);
        let length = length.ok_or(io::ErrorKind::InvalidInput)?;
        let name = self.address()?;
        let sent = [&length.to_le_bytes()[..], message].concat();
        let (done, result) = channel();
        thread::spawn(move || {
            let exchange = || {
                let mut stream = Stream::connect(name)?;
                let _ = stream.set_recv_timeout(Some(EXCHANGE));
                stream.write_all(&sent)?;
                let mut answer = [0];
                stream.read_exact(&mut answer)?;
                if answer[0] == TAKEN { Ok(()) } else { Err(io::Error::from(io::ErrorKind::InvalidData)) }
            };
            let _ = done.send(exchange());
        });
        result.recv_timeout(EXCHANGE * 2).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    #[cfg(unix)]
    fn address(&self) -> io::Result<Name<'static>> {
        self.file("socket").to_fs_name::<interprocess::local_socket::GenericFilePath>()
    }

    #[cfg(unix)]
    fn new_address(&self) -> io::Result<Name<'static>> {
        match fs::remove_file(self.file("socket")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.address(),
        }
    }

    /// The first window's pipe, which may come to the front once this has been called.
    #[cfg(windows)]
    fn address(&self) -> io::Result<Name<'static>> {
        use windows_sys::Win32::UI::WindowsAndMessaging::{ASFW_ANY, AllowSetForegroundWindow};
        let text = fs::read_to_string(self.file("pipe"))?;
        let (process, name) = text.split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
        // SAFETY: takes a process's number only. Where it is refused the task bar's button flashes instead.
        unsafe { AllowSetForegroundWindow(process.parse().unwrap_or(ASFW_ANY)) };
        name.to_owned().to_ns_name::<interprocess::local_socket::GenericNamespaced>()
    }

    #[cfg(windows)]
    fn new_address(&self) -> io::Result<Name<'static>> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("a365-password-tool-{random}");
        fs::write(self.file("pipe"), format!("{} {name}", std::process::id()))?;
        name.to_ns_name::<interprocess::local_socket::GenericNamespaced>()
    }
}

/// The path without links and dots, as far as it is there.
fn real_path(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(real) = fs::canonicalize(&whole) {
        return real;
    }
    match (whole.parent().map(fs::canonicalize), whole.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => whole,
    }
}

/// The desktop that a window would open on: a window elsewhere is of no use to somebody here.
#[cfg(unix)]
fn session() -> String {
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    format!("{} {}", of("WAYLAND_DISPLAY"), of("DISPLAY"))
}

#[cfg(windows)]
fn session() -> String {
    let mut session = 0;
    // SAFETY: `session` is a place for the one number that the call writes.
    unsafe {
        windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId(std::process::id(), &raw mut session);
    }
    session.to_string()
}

/// A folder that nobody else can enter: in the session's own (`XDG_RUNTIME_DIR`), else among the temporary files.
#[cfg(unix)]
fn private_folder(_: &Path) -> io::Result<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    // SAFETY: takes nothing, touches no memory, cannot fail.
    let own = unsafe { libc::geteuid() };
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = match runtime {
        Some(folder) => folder.join("a365-password-tool"),
        None => std::env::temp_dir().join(format!("a365-password-tool-{own}")),
    };
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(&folder)?;
    let is_private = found.is_dir() && found.mode() & 0o077 == 0 && found.uid() == own;
    if is_private { Ok(folder) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

/// Beside the program's own data, which Windows keeps from other accounts.
#[cfg(windows)]
fn private_folder(own: &Path) -> io::Result<PathBuf> {
    let folder = own.join("windows");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

// Not under Miri: interprocess 2.4.7 writes a socket's address through a pointer to what is only read (`UdAddr::path_ptr_mut`), and
// Miri stops there.
#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    fn first(started: Started) -> SingleInstance {
        match started {
            Started::First(instance) => instance,
            Started::Again => panic!("handed over"),
            Started::Unknown => panic!("unknown"),
        }
    }

    /// A first window, and the messages that it gets.
    fn window(folder: &Path, vault: &Path) -> (SingleInstance, std::sync::mpsc::Receiver<Vec<u8>>) {
        let mut instance = first(start_in(folder, "here", vault, b""));
        let (sender, messages) = channel();
        instance.serve(move |message| drop(sender.send(message)));
        (instance, messages)
    }

    #[test]
    fn a_second_start_hands_its_message_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("a.a365vault");
        let (_first, messages) = window(folder.path(), &vault);
        for text in ["", "Contoso"] {
            assert!(matches!(start_in(folder.path(), "here", &vault, text.as_bytes()), Started::Again));
            assert_eq!(messages.recv_timeout(EXCHANGE).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn another_vault_or_another_session_has_a_window_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("a.a365vault");
        let (_first, _messages) = window(folder.path(), &vault);
        first(start_in(folder.path(), "here", &folder.path().join("b.a365vault"), b""));
        first(start_in(folder.path(), "there", &vault, b""));
    }

    #[cfg(unix)]
    #[test]
    fn one_vault_by_two_names_has_one_window() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, link) = (folder.path().join("a.a365vault"), folder.path().join("link.a365vault"));
        fs::write(&vault, "x").unwrap();
        std::os::unix::fs::symlink(&vault, &link).unwrap();
        let (_first, messages) = window(folder.path(), &vault);
        assert!(matches!(start_in(folder.path(), "here", &link, b"x"), Started::Again));
        assert!(messages.recv_timeout(EXCHANGE).is_ok());
    }

    #[test]
    fn after_the_first_has_gone_the_next_is_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("a.a365vault");
        let (gone, messages) = window(folder.path(), &vault);
        // Its thread still listens at the old socket.
        drop(gone);
        let (_next, _) = window(folder.path(), &vault);
        assert!(messages.try_recv().is_err());
        assert!(matches!(start_in(folder.path(), "here", &vault, b""), Started::Again));
    }

    #[test]
    fn a_first_one_that_does_not_answer_keeps_nobody_from_working() {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("a.a365vault");
        let _silent = first(start_in(folder.path(), "here", &vault, b""));
        assert!(matches!(start_in(folder.path(), "here", &vault, b""), Started::Unknown));
    }

    #[test]
    fn messages_beyond_the_limit_are_neither_sent_nor_taken() {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("a.a365vault");
        let (_first, messages) = window(folder.path(), &vault);
        let place = Place::of(folder.path(), "here", &vault);
        assert!(place.hand_over(&[b'x'; MESSAGE_LIMIT + 1]).is_err());
        let mut stream = Stream::connect(place.address().unwrap()).unwrap();
        stream.write_all(&u16::MAX.to_le_bytes()).unwrap();
        // The other side may have gone by now.
        let _ = stream.write_all(&[b'x'; u16::MAX as usize]);
        let mut answer = [0];
        assert!(stream.read_exact(&mut answer).is_err());
        assert!(messages.try_recv().is_err());
        assert!(place.hand_over(&[b'x'; MESSAGE_LIMIT]).is_ok());
    }
}
