//! Testing all profiles in one run.

use std::collections::HashSet;

use uuid::Uuid;

use super::{AfterUnsaved, AppState, CheckView, Page, Screen, Selection, Tone};
use crate::{
    app::tasks::{ExportFormat, FileDialogRequest, NetworkRequest, Owner, Request, Ticket, VaultRequest},
    connection_check::{
        CheckReport, CheckRequest, Diagnosis,
        many::{NamedRequest, ProfileResult},
    },
    profile::{LastCheck, Profile, compared_name},
};

/// What a person asked of the test of all profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckAllCommand {
    /// Test all profiles.
    Start,
    /// Test the selected profiles.
    StartSelected,
    /// Test those of the last run again that failed.
    StartFailed,
    /// Stop that.
    Cancel,
    /// Sort the results.
    Sort(RunSort),
    /// Show a profile with its result.
    ShowResult(Uuid),
    /// Write the results to a file.
    Export(ExportFormat),
}

/// A run over all profiles.
pub struct CheckRun {
    /// The ticket under which the background runs it.
    pub ticket: Ticket,
    /// When it began, in seconds since the window opened.
    pub started: f64,
    /// How far it is.
    pub phase: RunPhase,
    /// The profiles, in the order of the run.
    pub rows: Vec<RunRow>,
    /// The order in which they are shown.
    pub sort: RunSort,
    /// Why it ended before its end, where this computer seems to be offline.
    pub offline: Option<Diagnosis>,
}

/// One profile of a run.
pub struct RunRow {
    /// The profile.
    pub profile: Uuid,
    /// Its name when the run began.
    pub name: String,
    /// How its check ended, once it has.
    pub report: Option<CheckReport>,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// It runs.
    Running,
    /// Somebody stopped it.
    Stopped,
    /// It is through.
    Ended,
    /// It could not begin, and why.
    Unavailable(String),
}

/// The order in which a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RunSort {
    /// What does not work on top.
    #[default]
    Result,
    /// By name.
    Name,
    /// The slowest on top.
    Time,
}

impl CheckRun {
    /// How many checks have ended.
    pub fn done(&self) -> usize {
        self.rows.iter().filter(|row| row.report.is_some()).count()
    }

    /// How many of them failed.
    pub fn failed(&self) -> usize {
        self.reports().filter(|report| !report.passed).count()
    }

    /// The places of the rows, in the order in which they are shown.
    pub fn shown(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.rows.len()).collect();
        let rank = |report: Option<&CheckReport>| match report {
            Some(report) if !report.passed => 0,
            Some(report) if !report.warnings.is_empty() => 1,
            None => 2,
            Some(_) => 3,
        };
        let name = |place: &usize| compared_name(&self.rows[*place].name);
        match self.sort {
            RunSort::Name => places.sort_by_cached_key(name),
            RunSort::Result => {
                places.sort_by_cached_key(|place| (rank(self.rows[*place].report.as_ref()), name(place)));
            }
            RunSort::Time => places.sort_by_cached_key(|place| {
                let took = self.rows[*place].report.as_ref().map(|report| report.elapsed);
                (std::cmp::Reverse(took), name(place))
            }),
        }
        places
    }

    fn reports(&self) -> impl Iterator<Item = &CheckReport> {
        self.rows.iter().filter_map(|row| row.report.as_ref())
    }
}

impl AppState {
    pub(super) fn handle_check_all(&mut self, command: CheckAllCommand) {
        match command {
            CheckAllCommand::Start => self.test_many(|_| true),
            CheckAllCommand::StartSelected => self.test_selected(),
            CheckAllCommand::StartFailed => self.test_failed(),
            CheckAllCommand::Cancel => self.cancel_test_all(),
            CheckAllCommand::Sort(sort) => {
                if let Some(run) = self.open_vault_mut().and_then(|vault| vault.run.as_mut()) {
                    run.sort = sort;
                }
            }
            CheckAllCommand::ShowResult(id) => self.show_result(id),
            CheckAllCommand::Export(format) => self.export_run(format),
        }
    }

    fn test_selected(&mut self) {
        let Some(vault) = self.open_vault_mut() else { return };
        vault.page = Page::TestAll;
        let ids = vault.selection.ids().clone();
        self.test_many(|profile| ids.contains(&profile.id));
    }

    fn test_failed(&mut self) {
        let Some(run) = self.open_vault().and_then(|vault| vault.run.as_ref()) else { return };
        let has_failed = |row: &&RunRow| row.report.as_ref().is_some_and(|report| !report.passed);
        let ids: HashSet<Uuid> = run.rows.iter().filter(has_failed).map(|row| row.profile).collect();
        self.test_many(|profile| ids.contains(&profile.id));
    }

    fn test_many(&mut self, is_wanted: impl Fn(&Profile) -> bool) {
        let started = self.seconds;
        let network = self.network_settings();
        let (read_expiry, now) = (self.read_expiry(), self.now);
        let Screen::Open(vault) = &mut self.screen else { return };
        let wanted: Vec<_> = vault.profiles.iter().filter(|profile| is_wanted(profile)).collect();
        if wanted.is_empty() || vault.run.as_ref().is_some_and(|run| run.phase == RunPhase::Running) {
            return;
        }
        let ticket = self.tickets.issue(Owner::CheckAll);
        let row = |profile: &Profile| RunRow { profile: profile.id, name: profile.name.clone(), report: None };
        let requests = wanted.iter().map(|profile| NamedRequest {
            name: profile.name.clone(),
            request: CheckRequest::of_profile(profile, read_expiry, now),
        });
        let requests = requests.collect();
        let rows = wanted.iter().map(|profile| row(profile)).collect();
        let (phase, sort) = (RunPhase::Running, RunSort::default());
        vault.run = Some(CheckRun { ticket, started, phase, rows, sort, offline: None });
        self.outbox.push(Request::Network(NetworkRequest::CheckMany(ticket, requests, Box::new(network))));
    }

    fn cancel_test_all(&mut self) {
        let Some(run) = self.open_vault_mut().and_then(|vault| vault.run.as_mut()) else { return };
        if run.phase == RunPhase::Running {
            run.phase = RunPhase::Stopped;
            let ticket = run.ticket;
            self.outbox.push(Request::Network(NetworkRequest::Cancel(ticket)));
            self.record_run();
        }
    }

    pub(super) fn one_of_many_finished(&mut self, ticket: Ticket, place: usize, report: CheckReport) {
        if let Some(row) = self.running(ticket).and_then(|run| run.rows.get_mut(place)) {
            row.report = Some(report);
        }
    }

    /// Ends a run on a computer that is offline. What was tested before is kept.
    pub(super) fn many_offline(&mut self, ticket: Ticket, diagnosis: Diagnosis) {
        if let Some(run) = self.running(ticket) {
            run.phase = RunPhase::Ended;
            run.offline = Some(diagnosis);
            self.record_run();
        }
    }

    pub(super) fn many_finished(&mut self, ticket: Ticket) {
        if let Some(run) = self.running(ticket) {
            run.phase = RunPhase::Ended;
            self.record_run();
        }
    }

    /// Says why a run could not begin.
    pub(super) fn run_unavailable(&mut self, ticket: Ticket, text: String) {
        if let Some(run) = self.running(ticket) {
            run.phase = RunPhase::Unavailable(text);
        }
    }

    /// Shows a profile of the run with its result, as if it had been tested there.
    fn show_result(&mut self, id: Uuid) {
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(run) = &vault.run else { return };
        let report = run.rows.iter().find(|row| row.profile == id).and_then(|row| row.report.clone());
        let profile = vault.profile(id);
        if let (Some(report), Some(profile)) = (report, profile) {
            let view = CheckView::finished(run.ticket, run.started, profile, report);
            vault.checks.insert(id, view);
            vault.guide_open = false;
            vault.page = Page::Profiles;
            // Its row has to be in the list.
            vault.selection = Selection::default();
            vault.search.clear();
            vault.show_all();
            self.after_unsaved(AfterUnsaved::Select(id));
        }
    }

    fn export_run(&mut self, format: ExportFormat) {
        let Some(run) = self.open_vault().and_then(|vault| vault.run.as_ref()) else { return };
        let result = |place: usize| {
            let row = &run.rows[place];
            row.report.clone().map(|report| ProfileResult { name: row.name.clone(), report })
        };
        let results = run.shown().into_iter().filter_map(result).collect();
        self.outbox.push(Request::FileDialog(FileDialogRequest::ExportChecks(results, format)));
    }

    pub(super) fn exported(&mut self, written: Result<Option<std::path::PathBuf>, String>) {
        match written {
            Ok(None) => {}
            Ok(Some(path)) => {
                self.notify(Tone::Success, format!("Results saved to {}. They contain no secrets.", path.display()));
            }
            Err(text) => self.notify(Tone::Danger, text),
        }
    }

    fn running(&mut self, ticket: Ticket) -> Option<&mut CheckRun> {
        let run = self.open_vault_mut()?.run.as_mut()?;
        (run.ticket == ticket && run.phase == RunPhase::Running).then_some(run)
    }

    /// Keeps the results with their profiles, in one save.
    fn record_run(&mut self) {
        let now = self.now;
        let Some(vault) = self.open_vault() else { return };
        let Some(run) = &vault.run else { return };
        let ended = |row: &RunRow| -> Option<(Uuid, LastCheck)> {
            Some((row.profile, LastCheck::of(row.report.as_ref()?, now)?))
        };
        let ends: Vec<_> = run.rows.iter().filter_map(ended).collect();
        if !ends.is_empty() {
            self.outbox.push(Request::Vault(VaultRequest::RecordChecks(ends)));
        }
    }
}
