//! The network's thread: connection checks, started with the first one.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use chrono::NaiveDate;
use tokio::{runtime::Handle, sync::oneshot, task::AbortHandle};
use uuid::Uuid;

use super::{Answer, AppSecretsDone, Postbox, Ticket};
use crate::connection_check::many::{ManyProgress, NamedRequest, SIDE_BY_SIDE, check_many};
use crate::connection_check::reachability::{self, TestedHost};
use crate::connection_check::{
    self, CheckReport, CheckRequest, Network, NetworkError, NetworkSettings, Progress, list_app_secrets,
    make_app_secret, remove_app_secret,
};
use crate::platform::wall_clock;

/// What is asked of the network.
pub enum NetworkRequest {
    /// Run a connection check under a ticket.
    Check(Ticket, Box<CheckRequest>, Box<NetworkSettings>),
    /// Check many connections under a ticket; each is the profile that its place in the list says.
    CheckMany(Ticket, Vec<NamedRequest>, Box<NetworkSettings>),
    /// Ask Microsoft Graph, under a ticket, for something about the client secrets of the app that the request names.
    AppSecrets(Ticket, Box<CheckRequest>, Box<NetworkSettings>, AppSecretsOrder),
    /// Test the way to these hosts under a ticket, without any profile.
    TestHosts(Ticket, Vec<TestedHost>, Box<NetworkSettings>),
    /// Stop what runs under that ticket.
    Cancel(Ticket),
}

/// What is wanted of an app's client secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppSecretsOrder {
    /// List them.
    List,
    /// Create one.
    Create {
        /// Its description.
        name: String,
        /// Its expiry date.
        expires: NaiveDate,
    },
    /// Remove the one with this key ID.
    Remove(Uuid),
}

/// How long the end of the thread may take.
const END_LIMIT: Duration = Duration::from_secs(5);

/// A network and the settings that it was made from.
type LastNetwork = Mutex<Option<(NetworkSettings, Network)>>;

/// The thread and what runs on it.
#[derive(Default)]
pub(super) struct NetworkThread {
    thread: Option<Thread>,
    running: HashMap<Ticket, AbortHandle>,
    /// The network of the last check that passed: the next one with the same settings reuses its connections. After a
    /// failure the next check reads the system's proxy and trust again, because somebody may have mended them.
    last: Arc<LastNetwork>,
}

impl NetworkThread {
    /// Begins what is asked, or ends it.
    pub(super) fn handle(&mut self, request: NetworkRequest, postbox: &Postbox) {
        match request {
            NetworkRequest::Check(ticket, check, settings) => self.begin_check(ticket, *check, *settings, postbox),
            NetworkRequest::CheckMany(ticket, checks, settings) => self.begin_many(ticket, checks, *settings, postbox),
            NetworkRequest::AppSecrets(ticket, of, settings, order) => {
                self.begin_app_secrets(ticket, *of, *settings, order, postbox);
            }
            NetworkRequest::TestHosts(ticket, hosts, settings) => {
                self.begin_test_of_hosts(ticket, hosts, *settings, postbox);
            }
            NetworkRequest::Cancel(ticket) => self.cancel(ticket),
        }
    }

    /// Runs one check.
    fn begin_check(&mut self, ticket: Ticket, request: CheckRequest, settings: NetworkSettings, postbox: &Postbox) {
        self.run(ticket, settings, postbox, async move |network: Network, postbox: Postbox| {
            let sender = postbox.clone();
            let mut progress = move |progress: Progress| sender.post(Answer::CheckProgress(ticket, progress));
            let report = connection_check::check(&network, &request, wall_clock::now(), &mut progress).await;
            let reuse = Reuse::after([&report]);
            postbox.post(Answer::CheckFinished(ticket, Box::new(report)));
            reuse
        });
    }

    /// Runs many checks, side by side within a bound.
    fn begin_many(
        &mut self,
        ticket: Ticket,
        requests: Vec<NamedRequest>,
        settings: NetworkSettings,
        postbox: &Postbox,
    ) {
        self.run(ticket, settings, postbox, async move |network: Network, postbox: Postbox| {
            let sender = postbox.clone();
            let mut progress = move |progress| match progress {
                ManyProgress::Finished(place, report) => {
                    sender.post(Answer::OneOfManyFinished(ticket, place, report));
                }
                ManyProgress::Offline(diagnosis) => sender.post(Answer::ManyOffline(ticket, diagnosis)),
                ManyProgress::Profile(..) => {}
            };
            let results = check_many(&network, requests, SIDE_BY_SIDE, wall_clock::now(), &mut progress).await;
            postbox.post(Answer::ManyFinished(ticket));
            Reuse::after(results.iter().map(|result| &result.report))
        });
    }

    /// Asks Microsoft Graph about an app's client secrets.
    fn begin_app_secrets(
        &mut self,
        ticket: Ticket,
        of: CheckRequest,
        settings: NetworkSettings,
        order: AppSecretsOrder,
        postbox: &Postbox,
    ) {
        self.run(ticket, settings, postbox, async move |network: Network, postbox: Postbox| {
            let now = wall_clock::now();
            let done = match order {
                AppSecretsOrder::List => list_app_secrets(&network, &of, now).await.map(AppSecretsDone::Listed),
                AppSecretsOrder::Create { name, expires } => {
                    make_app_secret(&network, &of, &name, expires, now).await.map(AppSecretsDone::Created)
                }
                AppSecretsOrder::Remove(key) => {
                    remove_app_secret(&network, &of, key, now).await.map(AppSecretsDone::Removed)
                }
            };
            let reuse = if done.is_ok() { Reuse::Yes } else { Reuse::No };
            postbox.post(Answer::AppSecrets(ticket, done.map_err(|error| error.to_string())));
            reuse
        });
    }

    /// Tests the way to `hosts`, one after the other.
    fn begin_test_of_hosts(
        &mut self,
        ticket: Ticket,
        hosts: Vec<TestedHost>,
        settings: NetworkSettings,
        postbox: &Postbox,
    ) {
        // What an earlier network found out about ways and trust may be what is to be tested.
        forget(&self.last);
        self.run(ticket, settings, postbox, async move |network: Network, postbox: Postbox| {
            let sender = postbox.clone();
            let mut each = move |report: &reachability::HostReport| {
                sender.post(Answer::HostTested(ticket, Box::new(report.clone())));
            };
            reachability::test(&network, &hosts, wall_clock::now(), &mut each).await;
            postbox.post(Answer::HostsTested(ticket));
            Reuse::No
        });
    }

    /// Stops what runs under `ticket`.
    fn cancel(&mut self, ticket: Ticket) {
        if let Some(task) = self.running.remove(&ticket) {
            task.abort();
            // Somebody who stops a test may fix something before the next one.
            forget(&self.last);
        }
    }

    /// Ends the thread and all that runs on it, closes its connections, and forgets the network, and with it what a
    /// proxy got. Calls `ended` on another thread as soon as their memory is free.
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

    /// Runs `work` on the thread with a network of these settings, under a ticket by which it can be stopped.
    fn run<Work, Done>(&mut self, ticket: Ticket, settings: NetworkSettings, postbox: &Postbox, work: Work)
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
                        ticket,
                        format!(
                            "The test could not start: the system is out of threads ({error}). Close other programs \
                             and test again."
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
                Err(error) => postbox.post(Answer::CheckUnavailable(ticket, error.to_string())),
            }
        });
        self.running.retain(|_, task| !task.is_finished());
        self.running.insert(ticket, task.abort_handle());
        // A fault of the program's own, which tokio keeps to itself, must not leave a test that runs for ever.
        tasks.spawn(async move {
            if task.await.is_err_and(|ended| ended.is_panic()) {
                let text = "The test stopped because of an internal error. Test again.";
                watching.post(Answer::CheckUnavailable(ticket, text.to_owned()));
            }
        });
    }
}

/// A thread that runs tasks until it is asked to end.
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
