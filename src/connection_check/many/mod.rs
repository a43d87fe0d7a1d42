//! Many connection checks in one run: side by side, within a bound, none able to stop another.
//!
//! In: a [`Network`], named [`CheckRequest`]s and the time. Out: a [`ProfileResult`] for each, in their order, and
//! events on the way. The run ends where a check finds this computer offline. It shares one network (its connections are reused), the tenant found for an environment
//! host, and tokens for the very same client ID, secret, tenant and resource. [`report_csv`] and [`report_html`]
//! turn the results into files without secrets.

mod csv;
mod html;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use super::run::check_with;
use super::tokens::Tokens;
use super::{CheckReport, CheckRequest, Diagnosis, Network, Progress};
use crate::cloud::Overrides;
use crate::profile::EnvironmentUrl;

pub use csv::report_csv;
pub use html::report_html;

/// How many connections are checked at a time: enough to hide the network's delay, few enough for a proxy.
pub const SIDE_BY_SIDE: usize = 32;

/// One connection of a run.
#[derive(Clone, Debug)]
pub struct NamedRequest {
    /// The profile's name, for the results.
    pub name: String,
    /// What to check.
    pub request: CheckRequest,
}

/// How one connection of a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileResult {
    /// The profile's name.
    pub name: String,
    /// The check's whole report.
    pub report: CheckReport,
}

/// What a run tells its caller. The number is the request's place in the list.
#[derive(Clone, Debug, PartialEq)]
pub enum ManyProgress {
    /// Something happened in the check of this profile.
    Profile(usize, Progress),
    /// The check of this profile ended, and this is its result.
    Finished(usize, Box<CheckReport>),
    /// This computer seems to be offline, as the diagnosis says. Nothing more is tested.
    Offline(Diagnosis),
}

/// Checks `requests`, at most `side_by_side` of them at a time, and tells `progress` about each.
///
/// The results come in the order of the requests. Where this computer is offline, the checks under way and those to come
/// end without a `Finished`, and their reports say so. A check that crashes ends as a failed one with the code
/// `internal`. It has to run on a tokio runtime with time and I/O. To cancel, drop the future: every check under
/// way is ended.
pub async fn check_many(
    network: &Network,
    requests: Vec<NamedRequest>,
    side_by_side: usize,
    now: DateTime<Utc>,
    progress: &mut (dyn FnMut(ManyProgress) + Send),
) -> Vec<ProfileResult> {
    let began = Instant::now();
    let (names, requests): (Vec<_>, Vec<_>) = requests.into_iter().map(|one| (one.name, one.request)).unzip();
    let mut reports: Vec<Option<CheckReport>> = names.iter().map(|_| None).collect();
    let mut waiting = requests.iter().cloned().enumerate();
    let mut offline: Option<CheckReport> = None;
    let (tell, mut told) = unbounded_channel();
    let mut run = Running { network, tokens: Arc::default(), tell, tasks: JoinSet::new(), places: HashMap::new() };
    let mut tenants = Tenants::default();
    let next = |run: &mut Running<'_>, tenants: &Tenants, waiting: &mut dyn Iterator<Item = (usize, CheckRequest)>| {
        if let Some((place, request)) = waiting.next() {
            run.begin(place, tenants.known(request, network.clouds()), now + began.elapsed());
        }
    };
    for _ in 0..side_by_side.max(1) {
        next(&mut run, &tenants, &mut waiting);
    }
    loop {
        tokio::select! {
            // What a check reported comes before its end.
            biased;
            Some((place, event)) = told.recv() => progress(ManyProgress::Profile(place, event)),
            ended = run.tasks.join_next_with_id() => {
                let Some(ended) = ended else { break };
                let (id, report) = match ended {
                    Ok((id, report)) => (id, report),
                    Err(error) => (error.id(), CheckReport::internal_failure(now + began.elapsed())),
                };
                let Some(place) = run.places.remove(&id) else { continue };
                if let (true, Some(diagnosis)) = (report.offline, &report.diagnosis) {
                    progress(ManyProgress::Offline(diagnosis.clone()));
                    offline = Some(report);
                    break;
                }
                tenants.learn(&report);
                progress(ManyProgress::Finished(place, Box::new(report.clone())));
                reports[place] = Some(report);
                next(&mut run, &tenants, &mut waiting);
            }
        }
    }
    let not_tested = |request| match &offline {
        Some(offline) => offline.not_tested(request, network.clouds()),
        None => CheckReport::internal_failure(now),
    };
    let whole = requests.iter().zip(reports).map(|(request, report)| report.unwrap_or_else(|| not_tested(request)));
    names.into_iter().zip(whole).map(|(name, report)| ProfileResult { name, report }).collect()
}

/// The checks under way. Dropping it ends them.
struct Running<'a> {
    network: &'a Network,
    tokens: Arc<Tokens>,
    tell: UnboundedSender<(usize, Progress)>,
    tasks: JoinSet<CheckReport>,
    places: HashMap<Id, usize>,
}

impl Running<'_> {
    fn begin(&mut self, place: usize, request: CheckRequest, now: DateTime<Utc>) {
        let (network, tokens, tell) = (self.network.clone(), Arc::clone(&self.tokens), self.tell.clone());
        // A task of its own, so that a crash ends this check alone.
        let task = self.tasks.spawn(async move {
            let mut progress = |event| {
                // Nobody listens any more when the run is being dropped.
                let _ = tell.send((place, event));
            };
            check_with(&network, &request, now, Some(&tokens), &mut progress).await
        });
        self.places.insert(task.id(), place);
    }
}

/// The tenants that passed checks of this run found, by the environment's host.
#[derive(Default)]
struct Tenants(HashMap<String, Uuid>);

impl Tenants {
    fn learn(&mut self, report: &CheckReport) {
        if let (true, Some(environment), Some(tenant)) = (report.passed, &report.environment_url, report.tenant_id) {
            self.0.insert(environment.clone(), tenant);
        }
    }

    /// `request` with the tenant of its environment, when this run knows it.
    fn known(&self, mut request: CheckRequest, clouds: &Overrides) -> CheckRequest {
        let environment = EnvironmentUrl::parse_with(&request.environment_url, clouds).ok();
        let found = environment.and_then(|url| self.0.get(&url.to_string()).copied());
        request.known_tenant = found.or(request.known_tenant);
        request
    }
}
