//! Work that must not hold up a frame: files, key derivation, network, dialogs of the system.
//!
//! In: a [`Request`]. Out: an [`Answer`] through a channel, and a repaint of the window. The vault and its keys
//! live on a thread of their own, which handles one request after the other; the network has another, started at
//! the first check. Nothing here draws.

mod answer;
mod clipboard;
mod file_dialogs;
mod network;
mod reminders;
mod request;
mod vault;
mod vault_file;
mod vault_thread;

use std::{
    sync::Arc,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use self::network::NetworkThread;
use self::vault_thread::{VaultThread, Watch};
use crate::cloud::Overrides;
use crate::platform::{file_system, heap};
use crate::reminder::Places;
use crate::settings;
use crate::window::Waker;

pub use answer::{Answer, AppSecretsDone, Change, KeysChange, Part, Refusal, RefusalCause, Taken};
pub use reminders::{OwnChange, Posted, ReminderNews, ReminderWork, VaultReminderWork, WrittenCalendar};
pub use request::{AppSecretsOrder, Because, ExportFormat, Request};

/// Sends answers and wakes the window.
#[derive(Clone)]
struct Postbox {
    answers: Sender<Answer>,
    waker: Waker,
    /// Of the vault's thread: what it still has to do.
    watch: Option<Arc<Watch>>,
}

impl Postbox {
    fn new(answers: Sender<Answer>, waker: Waker) -> Postbox {
        Postbox { answers, waker, watch: None }
    }

    /// One request of the vault's thread is done.
    fn finished(&self) {
        if let Some(watch) = &self.watch {
            watch.finished();
        }
    }

    fn post(&self, answer: Answer) {
        if self.watch.as_ref().is_some_and(|watch| !watch.lets_through(&answer)) {
            return;
        }
        // The window is gone when nobody listens: then there is nothing left to tell.
        if self.answers.send(answer).is_ok() {
            self.waker.wake();
        }
    }
}

/// The background work of one window.
pub struct Tasks {
    postbox: Postbox,
    answers: Receiver<Answer>,
    vault: VaultThread,
    network: NetworkThread,
    clipboard: Option<Sender<Request>>,
    reminders: Option<Places>,
}

impl Tasks {
    /// Starts the vault's thread; answers wake the window. What is saved is told to the reminder index at `reminders`.
    pub fn start(waker: impl Into<Waker>, clouds: Overrides, reminders: Option<Places>) -> Tasks {
        let (sender, answers) = channel();
        let postbox = Postbox::new(sender, waker.into());
        let vault_reminders = reminders.clone();
        let serve = move |requests: &Receiver<Request>, postbox: &Postbox| {
            vault::serve(requests, postbox, &clouds, vault_reminders.as_ref());
        };
        let vault = VaultThread::start(serve, postbox.clone(), vault_thread::PATIENCE);
        Tasks { postbox, answers, vault, network: NetworkThread::default(), clipboard: None, reminders }
    }

    /// The next answer, if one has come.
    pub fn next_answer(&self) -> Option<Answer> {
        self.answers.try_recv().ok()
    }

    /// The next answer, waited for that long.
    pub fn answer_within(&self, time: Duration) -> Option<Answer> {
        self.answers.recv_timeout(time).ok()
    }

    /// Begins the work that `request` names and returns at once.
    pub fn begin(&mut self, request: Request) {
        match request {
            Request::Check(number, check, settings) => {
                self.network.begin_check(number, *check, settings, &self.postbox);
            }
            Request::CheckMany(number, checks, settings) => {
                self.network.begin_many(number, checks, settings, &self.postbox);
            }
            Request::AppSecrets(number, of, settings, order) => {
                self.network.begin_app_secrets(number, *of, settings, order, &self.postbox);
            }
            Request::ExportChecks(results, format) => file_dialogs::export(self.postbox.clone(), results, format),
            Request::CancelCheck(number) => self.network.cancel(number),
            Request::CopySecret(_) | Request::ClearClipboard => self.hand_to_clipboard(request),
            Request::SaveSettings(path, settings) => {
                let postbox = self.postbox.clone();
                thread::spawn(move || {
                    if let Err(error) = settings.save(&path) {
                        postbox.post(Answer::SettingsNotSaved(error.to_string()));
                    }
                });
            }
            Request::TryGpuAgain => {
                // Where there is no mark, or it cannot be removed, nothing is different from before.
                if let Some(places) = settings::Places::of_this_program() {
                    let _ = file_system::remove(&places.gpu_mark());
                }
            }
            Request::PickNewVaultPlace(_) | Request::PickExistingVault => {
                file_dialogs::ask_for_vault(self.postbox.clone(), request)
            }
            Request::Reminders(work) => reminders::begin(work, self.reminders.clone(), self.postbox.clone()),
            Request::SaveRecoverySheet(key, vault) => {
                file_dialogs::save_recovery_sheet(self.postbox.clone(), key, vault)
            }
            Request::LockVault => {
                self.network.end(heap::give_back_unused);
                self.vault.send(Request::LockVault);
            }
            vault_request => {
                self.vault.send(vault_request);
            }
        }
    }

    fn hand_to_clipboard(&mut self, request: Request) {
        let postbox = self.postbox.clone();
        let sender = self.clipboard.get_or_insert_with(|| {
            let (sender, requests) = channel();
            thread::spawn(move || clipboard::serve(&requests, &postbox));
            sender
        });
        let _ = sender.send(request);
    }

    /// Waits until what was asked of the vault is done, then empties the clipboard if a secret of ours is still in it:
    /// the last thing before the end.
    pub fn finish(&mut self) {
        let (waiting, done) = channel::<()>();
        self.vault.send(Request::Report(waiting));
        // Ends when the other side is dropped. A disk that does not answer holds up no session's end for long.
        let _ = done.recv_timeout(Duration::from_secs(3));
        if let Some(clipboard) = self.clipboard.take() {
            let _ = clipboard.send(Request::ClearClipboard);
            while let Ok(answer) = self.answers.recv_timeout(Duration::from_secs(1)) {
                if matches!(answer, Answer::ClipboardCleared(_) | Answer::ClipboardNotCleared(_)) {
                    break;
                }
            }
        }
    }
}
