//! Work that must not hold up a frame: files, key derivation, network, dialogs of the system.
//!
//! In: a [`Request`]. Out: an [`Answer`] through a channel, and a repaint of the window. The vault and its keys
//! live on a thread of their own, which handles one request after the other; the network has another, started at
//! the first check. Nothing here draws.

mod answer;
mod clipboard;
mod draft_news;
mod drafts;
mod export;
mod file_dialogs;
mod import;
mod import_source;
mod network;
mod profile_edit;
mod recent_vaults;
mod reminder_news;
mod reminders;
mod request;
mod settings;
mod ticket;
mod vault;
mod vault_file;
mod vault_loop;
mod vault_thread;

use std::{
    sync::Arc,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use self::network::NetworkThread;
use self::vault_thread::{VaultThread, VaultWork, Watch};
use crate::cloud::Overrides;
use crate::platform::heap;
use crate::reminder::Places;
use crate::window::Waker;

pub use answer::{Answer, AppSecretsDone, Change, KeysChange, Part, Refusal, RefusalCause, RenewalChange, SaveReason};
pub use clipboard::ClipboardRequest;
pub use draft_news::DraftNews;
pub use drafts::DraftRequest;
pub use export::{ExportOrder, ExportedFile};
pub use file_dialogs::{ExportFormat, FileDialogRequest};
pub use import::ImportRequest;
pub(in crate::app) use import_source::name_of;
pub use import_source::{ImportAnswers, ImportSource, KeyFile, NotRead, ReadFile};
pub use network::{AppSecretsOrder, NetworkRequest};
pub use profile_edit::{Edit, ProfileEdit};
pub use recent_vaults::RecentVaultsRequest;
pub use reminder_news::{Posted, ReminderNews, WatchedVault, WrittenCalendar};
pub use reminders::{OwnChange, ReminderRequest, VaultReminderRequest};
pub use request::Request;
pub use settings::SettingsRequest;
pub use ticket::{Owner, Ticket, Tickets};
pub use vault::VaultRequest;
pub use vault_file::VaultFileRequest;

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
    clipboard: Option<Sender<ClipboardRequest>>,
    reminders: Option<Places>,
}

impl Tasks {
    /// Starts the vault's thread; answers wake the window. Saves update the reminder index at `reminders`.
    pub fn start(waker: impl Into<Waker>, clouds: Overrides, reminders: Option<Places>) -> Tasks {
        let (sender, answers) = channel();
        let postbox = Postbox::new(sender, waker.into());
        let vault_reminders = reminders.clone();
        let serve = move |requests: &Receiver<VaultWork>, postbox: &Postbox| {
            vault_loop::serve(requests, postbox, &clouds, vault_reminders.as_ref());
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
            Request::VaultFile(request) => {
                if matches!(request, VaultFileRequest::Lock) {
                    self.network.end(heap::give_back_unused);
                }
                self.vault.send(VaultWork::File(request));
            }
            Request::Vault(request) => self.vault.send(VaultWork::Open(request)),
            Request::Network(request) => self.network.handle(request, &self.postbox),
            Request::FileDialog(request) => file_dialogs::begin(request, self.postbox.clone()),
            Request::Import(request) => import::begin(request, self.postbox.clone()),
            Request::Clipboard(request) => self.hand_to_clipboard(request),
            Request::Reminders(request) => reminders::begin(request, self.reminders.clone(), self.postbox.clone()),
            Request::RecentVaults(request) => recent_vaults::begin(request, &self.postbox),
            Request::Settings(request) => settings::begin(request, self.postbox.clone()),
        }
    }

    fn hand_to_clipboard(&mut self, request: ClipboardRequest) {
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
        self.vault.send(VaultWork::File(VaultFileRequest::SignalWhenDone(waiting)));
        // Ends when the other side is dropped. A disk that does not answer holds up no session's end for long.
        let _ = done.recv_timeout(Duration::from_secs(3));
        if let Some(clipboard) = self.clipboard.take() {
            let _ = clipboard.send(ClipboardRequest::Clear);
            while let Ok(answer) = self.answers.recv_timeout(Duration::from_secs(1)) {
                if matches!(answer, Answer::ClipboardCleared(_) | Answer::ClipboardNotCleared(_)) {
                    break;
                }
            }
        }
    }
}
