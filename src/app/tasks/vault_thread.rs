//! The vault's thread as the window sees it: what is asked of it, and what is done when a disk keeps it from answering.
//!
//! Nothing can interrupt a program that waits for a share which is gone. So the window does not wait for it: after a
//! while it says so, and where a vault was being opened, another thread takes the next request.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::{Answer, Postbox, Refusal, RefusalCause, VaultFileRequest, VaultRequest};

/// How long one request may take. A claim on a share is waited for 40 seconds, and the costliest passphrase that is
/// accepted takes some seconds on a slow computer.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// What the thread is asked to do.
pub(super) enum VaultWork {
    /// Something with a vault's file.
    File(VaultFileRequest),
    /// Something with the open vault.
    Open(VaultRequest),
}

/// What the thread does until there are no requests left.
type Serve = dyn Fn(&Receiver<VaultWork>, &Postbox) + Send + Sync;

/// The thread that has the vault.
pub(super) struct VaultThread {
    serve: Arc<Serve>,
    postbox: Postbox,
    patience: Duration,
    requests: Sender<VaultWork>,
    watch: Arc<Watch>,
}

/// What the thread has been asked and has done.
#[derive(Default)]
pub(super) struct Watch {
    progress: Mutex<Progress>,
    changed: Condvar,
}

#[derive(Default)]
struct Progress {
    begun: u64,
    finished: u64,
    /// The vault that is being opened or created, until that is answered.
    opening: Option<PathBuf>,
    /// Nobody waits for its answers any more.
    is_abandoned: bool,
    has_ended: bool,
}

impl VaultThread {
    /// Starts a thread that runs `serve`; its answers go to `postbox`.
    pub(super) fn start(
        serve: impl Fn(&Receiver<VaultWork>, &Postbox) + Send + Sync + 'static,
        postbox: Postbox,
        patience: Duration,
    ) -> VaultThread {
        VaultThread::start_shared(Arc::new(serve), postbox, patience)
    }

    fn start_shared(serve: Arc<Serve>, postbox: Postbox, patience: Duration) -> VaultThread {
        let (requests, receiver) = channel();
        let watch = Arc::new(Watch::default());
        let watched = Postbox { watch: Some(Arc::clone(&watch)), ..postbox.clone() };
        let work = Arc::clone(&serve);
        let run = move || {
            work(&receiver, &watched);
            if let Some(watch) = &watched.watch {
                watch.change(|progress| progress.has_ended = true);
            }
        };
        thread::Builder::new().name("vault".to_owned()).spawn(run).expect("a system that gives a program threads");
        let (watching, answers) = (Arc::clone(&watch), postbox.clone());
        let watch_over = move || watching.watch_over(&answers, patience);
        let watcher = thread::Builder::new().name("vault watch".to_owned()).spawn(watch_over);
        watcher.expect("a system that gives a program threads");
        VaultThread { serve, postbox, patience, requests, watch }
    }

    /// Hands a request over. A thread that was given up is replaced.
    pub(super) fn send(&mut self, work: VaultWork) {
        if self.watch.progress().is_abandoned {
            *self = VaultThread::start_shared(Arc::clone(&self.serve), self.postbox.clone(), self.patience);
        }
        self.watch.change(|progress| {
            progress.begun += 1;
            if let VaultWork::File(VaultFileRequest::Open(path, ..) | VaultFileRequest::Create(path, _)) = &work {
                progress.opening = Some(path.clone());
            }
        });
        // The thread ends only with the window.
        let _ = self.requests.send(work);
    }
}

impl Watch {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.progress());
        self.changed.notify_all();
    }

    /// One request is done.
    pub(super) fn finished(&self) {
        self.change(|progress| progress.finished += 1);
    }

    /// Whether the window still wants this answer.
    pub(super) fn lets_through(&self, answer: &Answer) -> bool {
        let mut progress = self.progress();
        if matches!(answer, Answer::VaultOpened(..) | Answer::VaultNotOpened(_)) {
            progress.opening = None;
        }
        !progress.is_abandoned
    }

    fn watch_over(&self, postbox: &Postbox, patience: Duration) {
        let mut progress = self.progress();
        loop {
            let idle = |progress: &mut Progress| progress.begun == progress.finished && !progress.has_ended;
            progress = self.changed.wait_while(progress, idle).unwrap_or_else(PoisonError::into_inner);
            let at = progress.finished;
            let stuck = |progress: &mut Progress| progress.finished == at && !progress.has_ended;
            let waited = self.changed.wait_timeout_while(progress, patience, stuck);
            let (now, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            progress = now;
            if progress.has_ended {
                return;
            }
            if !timeout.timed_out() {
                continue;
            }
            if let Some(path) = progress.opening.take() {
                progress.is_abandoned = true;
                drop(progress);
                return postbox.post(Answer::VaultNotOpened(no_answer(&path)));
            }
            postbox.post(Answer::Warning(
                "The drive or share of the vault has not responded for a minute. Your latest changes may not be \
                 saved there yet. Check the connection. If that does not help, lock the vault and unlock it again."
                    .to_owned(),
            ));
            // Said once. A vault that is to be opened behind it is waited for as long again.
            let silent = |progress: &mut Progress| stuck(progress) && progress.opening.is_none();
            progress = self.changed.wait_while(progress, silent).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn no_answer(path: &std::path::Path) -> Refusal {
    let text = format!(
        "The drive or share of {} does not respond, so the vault was not opened. Reconnect it and select Unlock, or \
         open another vault.",
        path.display()
    );
    Refusal { text, cause: RefusalCause::Other }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::SharedProfiles;
    use crate::profile::SecretText;
    use crate::vault::{Credential, Trust};

    fn open(path: &str) -> VaultWork {
        let credential = Credential::Passphrase(SecretText::default());
        VaultWork::File(VaultFileRequest::Open(path.into(), credential, Trust::Proven))
    }

    #[test]
    fn a_vault_on_a_disk_that_does_not_answer_is_given_up_and_the_next_one_is_opened() {
        let (answers_in, answers) = channel();
        let (let_go, hanging) = channel::<()>();
        let hanging = Mutex::new(hanging);
        let serve = move |requests: &Receiver<VaultWork>, postbox: &Postbox| {
            while let Ok(work) = requests.recv() {
                let VaultWork::File(VaultFileRequest::Open(path, ..)) = &work else { continue };
                if path.ends_with("hanging") {
                    let _ = hanging.lock().expect("no panic").recv();
                }
                postbox.post(Answer::VaultOpened(path.clone(), SharedProfiles::default(), None));
                postbox.finished();
            }
        };
        let postbox = Postbox::new(answers_in, (&egui::Context::default()).into());
        let mut thread = VaultThread::start(serve, postbox, Duration::from_millis(30));
        let next = || answers.recv_timeout(Duration::from_secs(20)).expect("an answer");
        thread.send(open("share/hanging"));
        let Answer::VaultNotOpened(refusal) = next() else { panic!("given up") };
        assert!(refusal.text.starts_with("The drive or share of share/hanging does not respond"), "{}", refusal.text);
        thread.send(open("disk/other"));
        assert!(matches!(next(), Answer::VaultOpened(path, ..) if path.ends_with("other")));
        // What the former thread finds in the end is nobody's any more.
        let_go.send(()).expect("it waits");
        thread.send(open("disk/third"));
        assert!(matches!(next(), Answer::VaultOpened(path, ..) if path.ends_with("third")));
        drop(thread);
        assert!(answers.recv_timeout(Duration::from_millis(100)).is_err());
    }

    #[test]
    fn a_save_that_takes_long_is_reported_once_and_goes_on() {
        let (answers_in, answers) = channel();
        let (let_go, hanging) = channel::<()>();
        let hanging = Mutex::new(hanging);
        let serve = move |requests: &Receiver<VaultWork>, postbox: &Postbox| {
            while requests.recv().is_ok() {
                let _ = hanging.lock().expect("no panic").recv();
                postbox.post(Answer::Copies(Vec::new()));
                postbox.finished();
            }
        };
        let postbox = Postbox::new(answers_in, (&egui::Context::default()).into());
        let mut thread = VaultThread::start(serve, postbox, Duration::from_millis(30));
        thread.send(VaultWork::Open(VaultRequest::ReadHistory));
        let next = || answers.recv_timeout(Duration::from_secs(20)).expect("an answer");
        assert!(matches!(next(), Answer::Warning(_)));
        let_go.send(()).expect("it waits");
        assert!(matches!(next(), Answer::Copies(_)), "reported once, and its answer counts");
    }
}
