//! Testing a connection: what runs, what came of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AppState, Tone};
use crate::{
    app::{
        command::Page,
        draft::{Draft, Judged},
        tasks::Request,
    },
    connection_check::{
        CheckReport, CheckRequest, NetworkSettings, Progress, ProxyChoice, ReadExpiry, Stage, StageReport,
    },
    profile::{LastCheck, Profile, SecretText},
    settings::ProxySetting,
};

/// A check as the window shows it.
pub struct CheckView {
    /// The number under which the background runs it.
    pub number: u64,
    /// When it began, in seconds since the window opened.
    pub started: f64,
    /// What was reported of each stage, in order.
    pub stages: Vec<(Stage, StageView)>,
    /// How it ended, if it has.
    pub outcome: Outcome,
    /// How it ended, for the profile to remember.
    last: Option<LastCheck>,
    /// The values that were tested.
    of_fields: crate::app::draft::Fields,
}

/// One stage of a check.
pub enum StageView {
    /// Not begun.
    Waiting,
    /// Begun at this second.
    Running(f64),
    /// A server asked to wait until this second; why, in a sentence.
    Waited {
        /// In seconds since the window opened.
        until: f64,
        /// Who asked, and why.
        why: String,
    },
    /// Ended.
    Done(StageReport),
}

/// How a check ended.
pub enum Outcome {
    /// It runs.
    Running,
    /// It was stopped by hand after this long.
    Cancelled(Duration),
    /// It could not begin, and why.
    Unavailable(String),
    /// It ended by itself.
    Finished(Box<CheckReport>),
}

impl CheckView {
    /// A check that ended elsewhere, of the values that `profile` holds.
    pub(super) fn finished(number: u64, started: f64, profile: &Profile, report: CheckReport) -> CheckView {
        let mut stages = waiting_stages();
        show_ended(&mut stages, &report);
        CheckView {
            number,
            started,
            stages,
            outcome: Outcome::Finished(Box::new(report)),
            last: None,
            of_fields: Draft::of(profile).fields,
        }
    }

    /// A check that has just begun, of the values in `draft`.
    pub(super) fn begun(number: u64, started: f64, draft: &Draft) -> CheckView {
        CheckView {
            number,
            started,
            stages: waiting_stages(),
            outcome: Outcome::Running,
            last: None,
            of_fields: draft.fields.clone(),
        }
    }

    /// It ended by itself.
    pub(super) fn end(&mut self, report: CheckReport, now: DateTime<Utc>) {
        show_ended(&mut self.stages, &report);
        self.last = Some(last_check(&report, now));
        self.outcome = Outcome::Finished(Box::new(report));
    }

    /// It was stopped by hand.
    pub(super) fn cancel(&mut self, seconds: f64) {
        self.outcome = Outcome::Cancelled(Duration::from_secs_f64((seconds - self.started).max(0.0)));
    }

    /// The secret that was tested, as it stood in its field.
    pub(super) fn tested_secret(&self) -> &SecretText {
        &self.of_fields.client_secret
    }

    /// Whether it is still running.
    pub fn is_running(&self) -> bool {
        matches!(self.outcome, Outcome::Running)
    }

    /// The report, once there is one.
    pub fn report(&self) -> Option<&CheckReport> {
        match &self.outcome {
            Outcome::Finished(report) => Some(report),
            _ => None,
        }
    }

    /// Lets `profile`, saved with the values that were tested, remember how the test ended.
    pub(super) fn remember_in(&self, profile: &mut Profile) {
        if let Some(last) = &self.last {
            profile.last_check = Some(last.clone());
        }
    }

    /// Whether the form still holds the values that were tested.
    pub fn is_of(&self, draft: &Draft) -> bool {
        self.of_fields.same_connection(&draft.fields)
    }
}

impl AppState {
    /// Whether a check of the profile shown is running.
    pub(super) fn is_testing(&self) -> bool {
        self.open_vault().is_some_and(|vault| {
            vault.checks.values().any(CheckView::is_running)
                || vault.renewal_forms.values().any(|form| form.is_testing())
                || vault.run.as_ref().is_some_and(|run| run.phase == super::RunPhase::Running)
        })
    }

    /// How checks reach the network.
    pub(super) fn network_settings(&self) -> NetworkSettings {
        NetworkSettings {
            proxy: proxy_choice(&self.settings.proxy),
            clouds: self.clouds.clone(),
            proxy_credentials: self.open_vault().and_then(|vault| vault.proxy_credentials.clone()),
            ..NetworkSettings::default()
        }
    }

    /// Whether checks ask Microsoft Graph for the expiry date.
    pub fn read_expiry(&self) -> ReadExpiry {
        if self.settings.read_expiry { ReadExpiry::FromGraph } else { ReadExpiry::No }
    }

    /// The report of the profile shown, once there is one.
    pub(super) fn report_shown(&self) -> Option<&CheckReport> {
        let vault = self.open_vault()?;
        match vault.page {
            Page::Renewal(id) => vault.renewal_forms.get(&id)?.check.as_ref()?.report(),
            _ => vault.checks.get(&vault.draft.as_ref()?.id)?.report(),
        }
    }

    pub(super) fn test(&mut self) {
        let (number, seconds) = (self.next_check, self.seconds);
        let (network, read_expiry) = (self.network_settings(), self.read_expiry());
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(draft) = &mut vault.draft else { return };
        if vault.checks.get(&draft.id).is_some_and(CheckView::is_running) {
            return;
        }
        draft.judged = Judged::Strictly;
        let request = request_of(draft, read_expiry);
        vault.checks.insert(draft.id, CheckView::begun(number, seconds, draft));
        self.next_check += 1;
        self.notice = None;
        self.outbox.push(Request::Check(number, Box::new(request), network));
    }

    pub(super) fn cancel_test(&mut self) {
        let seconds = self.seconds;
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(draft) = &vault.draft else { return };
        if let Some(check) = vault.checks.get_mut(&draft.id).filter(|check| check.is_running()) {
            check.cancel(seconds);
            let number = check.number;
            self.outbox.push(Request::CancelCheck(number));
        }
    }

    pub(super) fn check_progress(&mut self, number: u64, progress: Progress) {
        let seconds = self.seconds;
        let Some(check) = self.any_running_check(number) else { return };
        let (stage, view) = match progress {
            Progress::Started(stage) => (stage, StageView::Running(seconds)),
            Progress::Waiting { stage, seconds: wait, why, .. } => {
                (stage, StageView::Waited { until: seconds + wait as f64, why })
            }
            Progress::Finished(report) => (report.stage, StageView::Done(report)),
        };
        if let Some((_, shown)) = check.stages.iter_mut().find(|(known, _)| *known == stage) {
            *shown = view;
        }
    }

    pub(super) fn check_finished(&mut self, number: u64, report: CheckReport) {
        let now = self.now;
        let Some(report) = self.renewal_test_ended(number, report) else { return };
        let Some((profile, check)) = self.running_check(number) else { return };
        let last = last_check(&report, now);
        check.end(report, now);
        // A result belongs to the profile only if what was tested is what is saved.
        let Some(vault) = self.open_vault() else { return };
        let belongs = match &vault.draft {
            Some(draft) if draft.id == profile => {
                draft.connection_is_saved() && vault.checks.get(&profile).is_some_and(|check| check.is_of(draft))
            }
            _ => vault.profiles.iter().any(|saved| {
                saved.id == profile && vault.checks.get(&profile).is_some_and(|check| check.is_of(&Draft::of(saved)))
            }),
        };
        if belongs {
            self.outbox.push(Request::RecordCheck(profile, last));
        }
    }

    pub(super) fn check_unavailable(&mut self, number: u64, text: String) {
        if self.run_unavailable(number, &text) {
            return;
        }
        if self.is_order(number) {
            return self.app_secrets_done(number, Err(text));
        }
        if let Some(check) = self.any_running_check(number) {
            check.outcome = Outcome::Unavailable(text.clone());
            self.notify(Tone::Danger, text);
        }
    }

    fn running_check(&mut self, number: u64) -> Option<(Uuid, &mut CheckView)> {
        let vault = self.open_vault_mut()?;
        let (id, check) = vault.checks.iter_mut().find(|(_, check)| check.number == number)?;
        check.is_running().then_some((*id, check))
    }
}

impl AppState {
    /// A check that runs under this number, of a form or of a renewal's new secret.
    fn any_running_check(&mut self, number: u64) -> Option<&mut CheckView> {
        let vault = self.open_vault_mut()?;
        let of_renewals = vault.renewal_forms.values_mut().filter_map(|form| form.check.as_mut());
        let mut all = vault.checks.values_mut().chain(of_renewals);
        all.find(|check| check.number == number && check.is_running())
    }

    /// The numbers of the tests of new secrets that are running.
    pub(super) fn tests_of_new_secrets(&self) -> Vec<u64> {
        let forms = self.open_vault().into_iter().flat_map(|vault| vault.renewal_forms.values());
        let running = forms.filter_map(|form| form.check.as_ref()).filter(|check| check.is_running());
        running.map(|check| check.number).collect()
    }
}

fn waiting_stages() -> Vec<(Stage, StageView)> {
    Stage::ALL.into_iter().map(|stage| (stage, StageView::Waiting)).collect()
}

fn show_ended(stages: &mut [(Stage, StageView)], report: &CheckReport) {
    for done in &report.stages {
        if let Some((_, shown)) = stages.iter_mut().find(|(known, _)| *known == done.stage) {
            *shown = StageView::Done(done.clone());
        }
    }
}

/// What a profile remembers of a check.
pub(super) fn last_check(report: &CheckReport, now: DateTime<Utc>) -> LastCheck {
    LastCheck {
        at: now,
        passed: report.passed,
        stage: report.failed_stage.map(|stage| stage.id().to_owned()),
        code: report.code().map(str::to_owned),
        tenant_id: report.tenant_id,
    }
}

/// The check of the connection that a form describes.
pub(super) fn request_of(draft: &Draft, read_expiry: ReadExpiry) -> CheckRequest {
    CheckRequest {
        environment_url: draft.fields.environment_url.clone(),
        client_id: draft.fields.client_id.clone(),
        client_secret: draft.fields.client_secret.clone(),
        tenant: draft.fields.tenant.clone(),
        known_tenant: known_tenant(draft),
        secret_expires: draft.expiry().and_then(Result::ok),
        read_expiry,
    }
}

/// The tenant that the last passed check of this very environment found.
fn known_tenant(draft: &Draft) -> Option<Uuid> {
    let saved = draft.saved.as_ref()?;
    let same =
        saved.environment_url.as_ref().map(ToString::to_string).as_deref() == Some(&draft.fields.environment_url);
    saved.last_check.as_ref().filter(|check| same && check.passed)?.tenant_id
}

fn proxy_choice(setting: &ProxySetting) -> ProxyChoice {
    setting.into()
}
