//! The network's thread: connection checks, started with the first one.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot, task::AbortHandle};

use super::{Answer, AppSecretsDone, AppSecretsOrder, Postbox};
use crate::connection_check::many::{ManyProgress, NamedRequest, SIDE_BY_SIDE, check_many};
use crate::connection_check::{
    self, CheckReport, CheckRequest, Network, NetworkError, NetworkSettings, Progress, list_app_secrets,
    make_app_secret, remove_app_secret,
};
use crate::platform::wall_clock;

/// How long the end of the thread may take.
const END_LIMIT: Duration = Duration::from_secs(5);

/// A network and the settings that it was made from.
type LastNetwork = Mutex<Option<(NetworkSettings, Network)>>;

/// The thread and what runs on it.
#[derive(Default)]
pub(super) struct NetworkThread {
    thread: Option<Thread>,
    running: HashMap<u64, AbortHandle>,
    /// The network of the last check that passed: the next one with the same settings reuses its connections. After a
    /// failure the next check looks at the system's proxy and trust anew, because somebody may have mended them.
    last: Arc<LastNetwork>,
}

impl NetworkThread {
    /// Runs one check.
    pub(super) fn begin_check(
        &mut self,
        number: u64,
        request: CheckRequest,
        settings: NetworkSettings,
        postbox: &Postbox,
    ) {
        self.run(number, settings, postbox, async move |network: Network, postbox: Postbox| {
            let told = postbox.clone();
            let mut progress = move |progress: Progress| told.post(Answer::CheckProgress(number, progress));
            let report = connection_check::check(&network, &request, wall_clock::now(), &mut progress).await;
            let reuse = Reuse::after([&report]);
            postbox.post(Answer::CheckFinished(number, Box::new(report)));
            reuse
        });
    }

    /// Runs many checks, side by side within a bound.
    pub(super) fn begin_many(
        &mut self,
        number: u64,
        requests: Vec<NamedRequest>,
        settings: NetworkSettings,
        postbox: &Postbox,
    ) {
        self.run(number, settings, postbox, async move |network: Network, postbox: Postbox| {
            let told = postbox.clone();
            let mut progress = move |progress| {
                if let ManyProgress::Finished(place, report) = progress {
                    told.post(Answer::OneOfManyFinished(number, place, report));
                }
            };
            let results = check_many(&network, requests, SIDE_BY_SIDE, wall_clock::now(), &mut progress).await;
            postbox.post(Answer::ManyFinished(number));
            Reuse::after(results.iter().map(|result| &result.report))
        });
    }

    /// Asks Microsoft Graph about an app's client secrets.
    pub(super) fn begin_app_secrets(
        &mut self,
        number: u64,
        of: CheckRequest,
        settings: NetworkSettings,
        order: AppSecretsOrder,
        postbox: &Postbox,
    ) {
        self.run(number, settings, postbox, async move |network: Network, postbox: Postbox| {
            let now = wall_clock::now();
            let done = match order {
                AppSecretsOrder::List => list_app_secrets(&network, &of, now).await.map(AppSecretsDone::Listed),
                AppSecretsOrder::Make { name, expires } => {
                    make_app_secret(&network, &of, &name, expires, now).await.map(AppSecretsDone::Made)
                }
                AppSecretsOrder::Remove(key) => {
                    remove_app_secret(&network, &of, key, now).await.map(AppSecretsDone::Removed)
                }
            };
            let reuse = if done.is_ok() { Reuse::Yes } else { Reuse::No };
            postbox.post(Answer::AppSecrets(number, done.map_err(|error| error.to_string())));
            reuse
        });
    }

    /// Stops what runs under `number`.
    pub(super) fn cancel(&mut self, number: u64) {
        if let Some(task) = self.running.remove(&number) {
            task.abort();
        }
    }

    /// Ends the thread and all that runs on it, closes its connections, and forgets the network, and with it what a
    /// proxy was told. Calls `ended` on another thread as soon as their memory is free.
    pub(super) fn end(&mut self, ended: impl FnOnce() + Send + 'static) {
        let ending = std::mem::take(self);
        thread::spawn(move || {
            forget(&ending.last);
            if let Some(thread) = ending.thread {
                thread.end();
            }
            ended();
        });
    }

    /// Runs `work` on the thread with a network of these settings, under a number by which it can be stopped.
    fn run<Work, Done>(&mut self, number: u64, settings: NetworkSettings, postbox: &Postbox, work: Work)
    where
        Work: FnOnce(Network, Postbox) -> Done + Send + 'static,
        Done: Future<Output = Reuse> + Send,
    {
        let tasks = match &mut self.thread {
            Some(thread) => &thread.tasks,
            none => match Thread::start() {
                Ok(thread) => &none.insert(thread).tasks,
                Err(error) => {
                    return postbox.post(Answer::CheckUnavailable(
                        number,
                        format!(
                            "The test could not start, because the system gave the app no thread for it: {error}. \
                             Close other programs and test again."
                        ),
                    ));
                }
            },
        };
        let (postbox, watching, last) = (postbox.clone(), postbox.clone(), Arc::clone(&self.last));
        let task = tasks.spawn(async move {
            match network_of(&last, settings) {
                Ok(network) => {
                    if work(network, postbox).await == Reuse::No {
                        forget(&last);
                    }
                }
                Err(error) => postbox.post(Answer::CheckUnavailable(number, error.to_string())),
            }
        });
        self.running.retain(|_, task| !task.is_finished());
        self.running.insert(number, task.abort_handle());
        // A fault of the program's own, which tokio keeps to itself, must not leave a test that runs for ever.
        tasks.spawn(async move {
            if task.await.is_err_and(|ended| ended.is_panic()) {
                let text = "The test stopped, because of a fault in this program itself. Test again.";
                watching.post(Answer::CheckUnavailable(number, text.to_owned()));
            }
        });
    }
}

/// A thread that runs tasks until it is told to end.
struct Thread {
    /// Where tasks are begun.
    tasks: Handle,
    /// Ends the thread by being dropped.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Thread {
    fn start() -> io::Result<Thread> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (tasks, (stop, stopped)) = (runtime.handle().clone(), oneshot::channel());
        let run = move || {
            // An error: the sender is gone, which is what this waits for.
            let _ = runtime.block_on(stopped);
            // A look-up of a name that the system does not give back cannot be stopped; the rest ends at once.
            runtime.shutdown_timeout(END_LIMIT);
        };
        let thread = thread::Builder::new().name("network".to_owned()).spawn(run)?;
        Ok(Thread { tasks, stop, thread })
    }

    /// Stops what runs and waits until it is gone.
    fn end(self) {
        drop((self.tasks, self.stop));
        let _ = self.thread.join();
    }
}

/// Whether the next check may have the connections of this one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reuse {
    Yes,
    No,
}

impl Reuse {
    fn after<'a>(reports: impl IntoIterator<Item = &'a CheckReport>) -> Reuse {
        if reports.into_iter().all(|report| report.passed) { Reuse::Yes } else { Reuse::No }
    }
}

fn forget(last: &LastNetwork) {
    *last.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// The network of these settings: the last one, or a new one.
fn network_of(last: &LastNetwork, settings: NetworkSettings) -> Result<Network, NetworkError> {
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, network)) = last.as_ref().filter(|(known, _)| *known == settings) {
        return Ok(network.clone());
    }
    let network = Network::new(&settings)?;
    *last = Some((settings, network.clone()));
    Ok(network)
}
