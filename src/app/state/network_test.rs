//! Testing the network: whether Microsoft's hosts can be reached, without any profile or secret.

use chrono::{DateTime, Utc};

use super::{AppState, Page, RunPhase, Screen, Tone};
use crate::{
    app::tasks::{NetworkRequest, Owner, Request, Ticket},
    cloud::Cloud,
    connection_check::{
        NetworkSettings,
        reachability::{self, HostReport, TestedHost},
    },
    profile::{EnvironmentUrl, EnvironmentUrlError},
};

/// What a person asked of the test of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkTestCommand {
    /// Show the settings and test.
    Start,
    /// Stop that.
    Cancel,
    /// Test the hosts of this cloud only, or of all.
    ChooseCloud(Option<Cloud>),
    /// Whether a proxy that asks gets the user name and password in the vault.
    SetProxySignIn(ProxySignIn),
    /// Copy the report for the network team.
    CopyReport,
}

/// Whether a proxy that asks gets the user name and password that the vault holds for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxySignIn {
    /// It gets them, as in every other test.
    #[default]
    IfAsked,
    /// It does not.
    Never,
}

/// What is chosen for the test of the network, and how the last one went.
#[derive(Default)]
pub struct NetworkTest {
    /// The only cloud to test; `None` for all.
    pub cloud: Option<Cloud>,
    /// An environment to test too, as it is typed; empty for none.
    pub environment: String,
    /// Whether a proxy gets what the vault holds for it.
    pub proxy_sign_in: ProxySignIn,
    /// The test that runs, or ran last.
    pub run: Option<NetworkRun>,
}

/// One test of the network.
pub struct NetworkRun {
    /// The ticket under which the background runs it.
    pub ticket: Ticket,
    /// When it began, in seconds since the window opened.
    pub started: f64,
    /// How far it is.
    pub phase: RunPhase,
    /// The hosts that are known by now, in the order of the test.
    pub reports: Vec<HostReport>,
    at: DateTime<Utc>,
    hosts: Vec<TestedHost>,
    settings: NetworkSettings,
}

impl NetworkTest {
    /// Whether a test is under way.
    pub fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// The ticket of the test that is under way.
    pub(super) fn running(&self) -> Option<Ticket> {
        self.run.as_ref().filter(|run| run.phase == RunPhase::Running).map(|run| run.ticket)
    }
}

impl NetworkRun {
    /// How many hosts are tested in all.
    pub fn planned(&self) -> usize {
        self.hosts.len()
    }

    /// How many of those tested cannot be reached.
    pub fn failed(&self) -> usize {
        self.reports.iter().filter(|report| !report.is_reached()).count()
    }

    /// The way to all hosts so far, where it is one and the same.
    pub fn way_of_all(&self) -> Option<&str> {
        let (first, rest) = self.reports.split_first()?;
        rest.iter().all(|report| report.way == first.way).then_some(first.way.as_str())
    }
}

impl AppState {
    pub(super) fn handle_network_test(&mut self, command: NetworkTestCommand) {
        match command {
            NetworkTestCommand::Start => self.test_network(),
            NetworkTestCommand::Cancel => self.cancel_network_test(),
            NetworkTestCommand::ChooseCloud(cloud) => self.with_vault(|vault| vault.network_test.cloud = cloud),
            NetworkTestCommand::SetProxySignIn(sign_in) => {
                self.with_vault(|vault| vault.network_test.proxy_sign_in = sign_in);
            }
            NetworkTestCommand::CopyReport => self.copy_network_report(),
        }
    }

    /// The environment to test too, or why what is typed is none.
    pub fn environment_to_test(&self) -> Result<Option<EnvironmentUrl>, EnvironmentUrlError> {
        let typed = self.open_vault().map_or("", |vault| vault.network_test.environment.trim());
        if typed.is_empty() {
            return Ok(None);
        }
        EnvironmentUrl::parse_with(typed, &self.clouds).map(Some)
    }

    /// Whether the test that was run last was of other settings, or of other hosts, than the next one.
    pub fn network_test_is_outdated(&self) -> bool {
        let run = self.open_vault().and_then(|vault| vault.network_test.run.as_ref());
        run.is_some_and(|run| {
            run.settings != self.settings_of_network_test()
                || self.hosts_to_test().is_some_and(|hosts| run.hosts != hosts)
        })
    }

    /// Why the settings that are shown, and tested, are not those that are saved.
    pub fn settings_not_saved(&self) -> Option<&str> {
        self.settings_not_saved.as_deref()
    }

    /// The hosts that the next test is of; `None` when the environment cannot be read.
    fn hosts_to_test(&self) -> Option<Vec<TestedHost>> {
        let environment = self.environment_to_test().ok()?;
        let cloud = self.open_vault()?.network_test.cloud;
        let clouds = cloud.map_or_else(|| reachability::known_clouds(&self.clouds), |cloud| vec![cloud]);
        Some(reachability::hosts(&clouds, environment.as_slice()))
    }

    fn settings_of_network_test(&self) -> NetworkSettings {
        let mut settings = self.network_settings();
        let sign_in = self.open_vault().map(|vault| vault.network_test.proxy_sign_in);
        if sign_in == Some(ProxySignIn::Never) {
            settings.proxy_credentials = None;
        }
        settings
    }

    fn test_network(&mut self) {
        self.with_vault(|vault| vault.page = Page::Settings);
        let (started, at, settings) = (self.seconds, self.now, self.settings_of_network_test());
        let Some(hosts) = self.hosts_to_test() else { return };
        let Screen::Open(vault) = &mut self.screen else { return };
        if vault.network_test.is_running() {
            return;
        }
        let ticket = self.tickets.issue(Owner::NetworkTest);
        let request = NetworkRequest::TestHosts(ticket, hosts.clone(), Box::new(settings.clone()));
        let phase = RunPhase::Running;
        vault.network_test.run = Some(NetworkRun { ticket, started, phase, reports: Vec::new(), at, hosts, settings });
        self.notice = None;
        self.outbox.push(Request::Network(request));
    }

    fn cancel_network_test(&mut self) {
        let running = self.open_vault().and_then(|vault| vault.network_test.running());
        let Some(run) = running.and_then(|ticket| self.running_network_test(ticket)) else { return };
        run.phase = RunPhase::Stopped;
        let ticket = run.ticket;
        self.outbox.push(Request::Network(NetworkRequest::Cancel(ticket)));
    }

    pub(super) fn host_tested(&mut self, ticket: Ticket, report: HostReport) {
        if let Some(run) = self.running_network_test(ticket) {
            run.reports.push(report);
        }
    }

    pub(super) fn hosts_tested(&mut self, ticket: Ticket) {
        if let Some(run) = self.running_network_test(ticket) {
            run.phase = RunPhase::Ended;
        }
    }

    /// Says why a test could not begin.
    pub(super) fn network_test_unavailable(&mut self, ticket: Ticket, text: String) {
        if let Some(run) = self.running_network_test(ticket) {
            run.phase = RunPhase::Unavailable(text);
        }
    }

    fn copy_network_report(&mut self) {
        let Some(run) = self.open_vault().and_then(|vault| vault.network_test.run.as_ref()) else { return };
        self.copy_text = Some(reachability::to_text(&run.reports, run.hosts.len(), run.at));
        self.notify(Tone::Success, "Copied: report for the network team. It contains no secrets.".to_owned());
    }

    fn running_network_test(&mut self, ticket: Ticket) -> Option<&mut NetworkRun> {
        let run = self.open_vault_mut()?.network_test.run.as_mut()?;
        (run.ticket == ticket && run.phase == RunPhase::Running).then_some(run)
    }
}
