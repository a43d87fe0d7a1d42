//! The network's thread: connection checks, started with the first one.

use std::collections::HashMap;

use chrono::Utc;
use tokio::{runtime::Runtime, task::AbortHandle};

use super::{Answer, Postbox};
use crate::connection_check::many::{ManyProgress, NamedRequest, SIDE_BY_SIDE, check_many};
use crate::connection_check::{self, CheckRequest, Network, NetworkSettings, Progress};

/// The thread and what runs on it.
#[derive(Default)]
pub(super) struct NetworkThread {
    runtime: Option<Runtime>,
    running: HashMap<u64, AbortHandle>,
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
            let report = connection_check::check(&network, &request, Utc::now(), &mut progress).await;
            postbox.post(Answer::CheckFinished(number, Box::new(report)));
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
            check_many(&network, requests, SIDE_BY_SIDE, Utc::now(), &mut progress).await;
            postbox.post(Answer::ManyFinished(number));
        });
    }

    /// Stops what runs under `number`.
    pub(super) fn cancel(&mut self, number: u64) {
        if let Some(task) = self.running.remove(&number) {
            task.abort();
        }
    }

    /// Runs `work` on the thread with a network of these settings, under a number by which it can be stopped.
    fn run<Work, Done>(&mut self, number: u64, settings: NetworkSettings, postbox: &Postbox, work: Work)
    where
        Work: FnOnce(Network, Postbox) -> Done + Send + 'static,
        Done: Future<Output = ()> + Send,
    {
        let runtime = match &mut self.runtime {
            Some(runtime) => runtime,
            none => match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
                Ok(runtime) => none.insert(runtime),
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
        let postbox = postbox.clone();
        let task = runtime.spawn(async move {
            match Network::new(&settings) {
                Ok(network) => work(network, postbox).await,
                Err(error) => postbox.post(Answer::CheckUnavailable(number, error.to_string())),
            }
        });
        self.running.retain(|_, task| !task.is_finished());
        self.running.insert(number, task.abort_handle());
    }
}
