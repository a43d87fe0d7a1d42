//! Secrets on the clipboard: copied so that no clipboard history keeps them, and taken away again.
//!
//! On X11 the clipboard is not a place but an offer: its owner must stay alive to hand the text out. So one thread
//! owns it, which also keeps a slow clipboard owner elsewhere from freezing the window.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::secret_text::SecretText;
use super::wiping_stack;

/// How long an answer of the system's clipboard is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the clipboard did not do it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ClipboardError {
    /// There is none, or another program holds it open.
    #[error("The clipboard is not available: {0}")]
    Unavailable(String),
    /// No answer in two seconds.
    #[error("The clipboard is not responding; another program may be using it. Try again")]
    Busy,
}

/// What became of a copied secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleared {
    /// It was still there and is gone now.
    Removed,
    /// Something else is on the clipboard by now, or nothing was copied: left alone.
    NotOurs,
}

/// The clipboard, for secrets. Nothing is opened before the first copy.
pub struct SecretClipboard {
    owner: Sender<Order>,
}

impl Default for SecretClipboard {
    fn default() -> SecretClipboard {
        SecretClipboard::new()
    }
}

impl SecretClipboard {
    /// The system's clipboard.
    pub fn new() -> SecretClipboard {
        SecretClipboard::on(|| SystemBoard(None))
    }

    fn on<B: Board>(board: impl FnOnce() -> B + Send + 'static) -> SecretClipboard {
        let (owner, orders) = channel();
        // Without a thread the orders have no reader, and every call says that the clipboard can't be used.
        let _ = thread::Builder::new().name("clipboard".to_owned()).spawn(move || serve(board(), orders));
        SecretClipboard { owner }
    }

    /// Puts `secret` on the clipboard, marked as not for histories, cloud clipboards and clipboard monitors.
    pub fn copy(&self, secret: &SecretText) -> Result<(), ClipboardError> {
        let (answer, answered) = channel();
        self.ask(Order::Copy(secret.clone(), answer), &answered)
    }

    /// Empties the clipboard if it still holds the secret that was copied last.
    pub fn clear_if_ours(&self) -> Result<Cleared, ClipboardError> {
        let (answer, answered) = channel();
        self.ask(Order::ClearIfOurs(answer), &answered)
    }

    fn ask<T>(&self, order: Order, answered: &Receiver<Result<T, ClipboardError>>) -> Result<T, ClipboardError> {
        let gone = || ClipboardError::Unavailable("its thread has ended".to_owned());
        self.owner.send(order).map_err(|_| gone())?;
        match answered.recv_timeout(PATIENCE) {
            Ok(result) => result,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Err(ClipboardError::Busy),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

enum Order {
    Copy(SecretText, Sender<Result<(), ClipboardError>>),
    ClearIfOurs(Sender<Result<Cleared, ClipboardError>>),
}

/// The thread's work: until the [`SecretClipboard`] is dropped.
fn serve(mut board: impl Board, orders: Receiver<Order>) {
    let mut ours: Option<[u8; 32]> = None;
    for order in orders {
        // The digest leaves what it was made of on the stack, and this thread then waits for the next secret.
        wiping_stack::leaving_nothing(|| carry_out(order, &mut board, &mut ours));
    }
}

fn carry_out(order: Order, board: &mut impl Board, ours: &mut Option<[u8; 32]>) {
    // A send fails when the asker has lost patience.
    match order {
        Order::Copy(secret, answer) => {
            let result = board.set(&secret);
            if result.is_ok() {
                *ours = Some(digest(secret.expose()));
            }
            let _ = answer.send(result);
        }
        Order::ClearIfOurs(answer) => {
            let _ = answer.send(clear_if_ours(board, ours));
        }
    }
}

fn clear_if_ours(board: &mut impl Board, ours: &mut Option<[u8; 32]>) -> Result<Cleared, ClipboardError> {
    let Some(expected) = *ours else { return Ok(Cleared::NotOurs) };
    let still_there = board.get()?.is_some_and(|text| digest(&text) == expected);
    if still_there {
        board.clear()?;
    }
    *ours = None;
    Ok(if still_there { Cleared::Removed } else { Cleared::NotOurs })
}

/// Only this much of a copied secret is remembered.
fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A clipboard that holds text.
trait Board {
    fn set(&mut self, secret: &SecretText) -> Result<(), ClipboardError>;
    fn get(&mut self) -> Result<Option<Zeroizing<String>>, ClipboardError>;
    fn clear(&mut self) -> Result<(), ClipboardError>;
}

/// The real one, opened at its first use.
struct SystemBoard(Option<arboard::Clipboard>);

impl SystemBoard {
    fn open(&mut self) -> Result<&mut arboard::Clipboard, ClipboardError> {
        match &mut self.0 {
            Some(open) => Ok(open),
            closed => Ok(closed.insert(arboard::Clipboard::new().map_err(unavailable)?)),
        }
    }
}

impl Board for SystemBoard {
    fn set(&mut self, secret: &SecretText) -> Result<(), ClipboardError> {
        let set = self.open()?.set();
        #[cfg(target_os = "linux")]
        let set = arboard::SetExtLinux::exclude_from_history(set);
        #[cfg(windows)]
        let set = {
            use arboard::SetExtWindows;
            set.exclude_from_history().exclude_from_cloud().exclude_from_monitoring()
        };
        set.text(secret.expose()).map_err(unavailable)
    }

    fn get(&mut self) -> Result<Option<Zeroizing<String>>, ClipboardError> {
        match self.open()?.get_text() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(arboard::Error::ContentNotAvailable) => Ok(None),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn clear(&mut self) -> Result<(), ClipboardError> {
        let board = self.open()?;
        // On X11 clearing gives up the offer, but the library keeps the text that it offered.
        if cfg!(target_os = "linux") {
            board.set_text("").map_err(unavailable)?;
        }
        board.clear().map_err(unavailable)
    }
}

fn unavailable(error: arboard::Error) -> ClipboardError {
    ClipboardError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A clipboard that the test, like another program, can read and change.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Option<String>>>);

    impl Board for Shared {
        fn set(&mut self, secret: &SecretText) -> Result<(), ClipboardError> {
            *self.0.lock().unwrap() = Some(secret.expose().to_owned());
            Ok(())
        }
        fn get(&mut self) -> Result<Option<Zeroizing<String>>, ClipboardError> {
            Ok(self.0.lock().unwrap().clone().map(Zeroizing::new))
        }
        fn clear(&mut self) -> Result<(), ClipboardError> {
            *self.0.lock().unwrap() = None;
            Ok(())
        }
    }

    fn clipboard() -> (SecretClipboard, Shared) {
        let board = Shared::default();
        let inner = board.clone();
        (SecretClipboard::on(move || inner), board)
    }

    #[test]
    fn a_copied_secret_is_removed_once() {
        let (clipboard, board) = clipboard();
        clipboard.copy(&SecretText::from("first")).unwrap();
        clipboard.copy(&SecretText::from("second")).unwrap();
        assert_eq!(board.0.lock().unwrap().as_deref(), Some("second"));
        assert_eq!(clipboard.clear_if_ours(), Ok(Cleared::Removed));
        assert_eq!(*board.0.lock().unwrap(), None);
        assert_eq!(clipboard.clear_if_ours(), Ok(Cleared::NotOurs));
    }

    #[test]
    fn what_somebody_else_copied_meanwhile_stays() {
        let (clipboard, board) = clipboard();
        clipboard.copy(&SecretText::from("ours")).unwrap();
        *board.0.lock().unwrap() = Some("theirs".to_owned());
        assert_eq!(clipboard.clear_if_ours(), Ok(Cleared::NotOurs));
        assert_eq!(board.0.lock().unwrap().as_deref(), Some("theirs"));
    }

    #[test]
    fn nothing_is_cleared_before_something_was_copied() {
        let (clipboard, board) = clipboard();
        *board.0.lock().unwrap() = Some("theirs".to_owned());
        assert_eq!(clipboard.clear_if_ours(), Ok(Cleared::NotOurs));
        assert!(board.0.lock().unwrap().is_some());
    }
}
