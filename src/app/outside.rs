//! What reaches the app from outside its window, on threads that are not the window's: it is put into a channel, and the
//! window is woken to take it in.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::crash_report;
use crate::platform::session_events::{self, SessionEvent};
use crate::platform::{single_instance::SingleInstance, termination};
use crate::settings::Places;
use crate::window::Waker;

/// How long the system is held up while the vault locks: before the computer sleeps, before the session ends.
const PATIENCE: Duration = Duration::from_secs(3);

/// Something from outside.
pub(super) enum Message {
    /// The session's event. The sender is dropped when it has been dealt with: the system waits for that.
    Session(SessionEvent, Sender<()>),
    /// The program was started again for this vault, perhaps with a profile to show.
    StartedAgain(Option<String>),
    /// A thread that nobody watches over stopped because of a fault in the program; where the report is.
    Fault(String),
    /// This window is the first for the vault that it now shows.
    Claimed(SingleInstance),
}

/// What the app knows of the outside, and where its messages come in.
pub(super) struct Outside {
    messages: Receiver<Message>,
    messenger: Messenger,
    watching: Watching,
    instance: Option<SingleInstance>,
    /// The vault that was claimed last, or tried.
    shown: Option<PathBuf>,
}

#[derive(PartialEq, Eq)]
enum Watching {
    No,
    Session,
}

#[derive(Clone)]
struct Messenger {
    messages: Sender<Message>,
    waker: Waker,
}

impl Messenger {
    fn send(&self, message: Message) {
        if self.messages.send(message).is_ok() {
            self.waker.wake();
        }
    }

    /// Sends it and waits until the app has done what there is to do.
    fn send_and_wait(&self, event: SessionEvent) {
        let (done, waiting) = channel();
        self.send(Message::Session(event, done));
        // Ends when the other side is dropped; nothing is ever sent.
        let _ = waiting.recv_timeout(PATIENCE);
    }
}

impl Outside {
    /// Listens for the request to end; the window is woken by whatever comes.
    pub(super) fn listen(waker: Waker) -> Outside {
        let (sender, messages) = channel();
        let messenger = Messenger { messages: sender, waker };
        let at_fault = messenger.clone();
        crash_report::listen(move |fault| at_fault.send(Message::Fault(fault.where_report_is())));
        let ending = messenger.clone();
        termination::on_request(move || ending.send_and_wait(SessionEvent::Ending));
        Outside { messages, messenger, watching: Watching::No, instance: None, shown: None }
    }

    /// Begins to listen to the session, once: not before there is something to lock, because a start should be quick.
    pub(super) fn watch_session(&mut self) {
        if self.watching == Watching::No {
            self.watching = Watching::Session;
            let messenger = self.messenger.clone();
            session_events::watch(move |event| messenger.send_and_wait(event));
        }
    }

    /// Takes in what a second start for the same vault says.
    pub(super) fn answer_second_starts(&mut self, mut instance: SingleInstance) {
        let messenger = self.messenger.clone();
        self.shown = Some(instance.vault().to_owned());
        instance.serve(move |message| messenger.send(Message::StartedAgain(profile_in(&message))));
        self.instance = Some(instance);
    }

    /// Claims the vault that the window shows now, if that is another one: starts for it are to come here.
    pub(super) fn now_shows(&mut self, vault: &Path) {
        if self.shown.as_deref() == Some(vault) {
            return;
        }
        self.shown = Some(vault.to_owned());
        let (vault, messenger) = (vault.to_owned(), self.messenger.clone());
        thread::spawn(move || {
            let meeting_place = Places::of_this_program().map(Places::meeting_place);
            if let Some(instance) = meeting_place.and_then(|place| SingleInstance::claim(&place, &vault)) {
                messenger.send(Message::Claimed(instance));
            }
        });
    }

    /// Leaves further starts to open windows of their own.
    pub(super) fn refuse_second_starts(&mut self) {
        self.instance = None;
    }

    /// The next message, if one has come.
    pub(super) fn next(&self) -> Option<Message> {
        self.messages.try_recv().ok()
    }
}

/// The profile's name that a second start sends: what [`crate::profile::parse_name`] takes, nothing else.
fn profile_in(message: &[u8]) -> Option<String> {
    crate::profile::parse_name(std::str::from_utf8(message).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_names_a_profile_or_nothing() {
        assert_eq!(profile_in(b""), None);
        assert_eq!(profile_in("Kontoso Büro".as_bytes()).as_deref(), Some("Kontoso Büro"));
        assert_eq!(profile_in(&[0xff, 0xfe]), None);
        assert_eq!(profile_in("x".repeat(4000).as_bytes()), None);
        assert_eq!(profile_in(b"two\nlines"), None);
    }
}
