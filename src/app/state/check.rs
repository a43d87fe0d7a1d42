//! Testing a connection: what runs, what came of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AppState, Page, Repeating, Screen, Tone};
use crate::{
    app::{
        draft::{Draft, Strictness},
        tasks::{NetworkRequest, Owner, Request, Ticket, VaultRequest},
    },
    connection_check::{
        CheckReport, CheckRequest, NetworkSettings, Progress, ProxyChoice, ReadExpiry, SecretAge, Stage, StageReport,
    },
    profile::{GuidSecret, LastCheck, Profile, SecretText},
    settings::ProxySetting,
};

/// What a person asked of the test of the profile shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckCommand {
    /// Test the connection that the form describes.
    Start,
    /// Stop the test, and do not repeat it.
    Cancel,
    /// Repeat the test while the new secret is not known.
    Repeat,
    /// Copy the report of the test.
    CopyReport,
}

/// A check as the window shows it.
pub struct CheckView {
    /// The ticket under which the background runs it.
    pub ticket: Ticket,
    /// When it began, in seconds since the window opened.
    pub started: f64,
    /// What was reported of each stage, in order.
    pub stages: Vec<(Stage, StageView)>,
    /// How it ended, if it has.
    pub outcome: Outcome,
    /// The ticket of the first test of those that repeat it; its own where it is no repetition.
    pub series: Ticket,
    /// That it is being repeated.
    pub repeating: Option<Repeating>,
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
    /// It ended on its own.
    Finished(Box<CheckReport>),
}

impl CheckView {
    /// A check that ended elsewhere, of the values that `profile` holds.
    pub(super) fn finished(ticket: Ticket, started: f64, profile: &Profile, report: CheckReport) -> CheckView {
        let mut stages = waiting_stages();
        show_ended(&mut stages, &report);
        CheckView {
            ticket,
            started,
            stages,
            outcome: Outcome::Finished(Box::new(report)),
            series: ticket,
            repeating: None,
            last: None,
            of_fields: Draft::of(profile).fields,
        }
    }

    /// A check that has just begun, of the values in `draft`.
    pub(super) fn begun(ticket: Ticket, started: f64, draft: &Draft) -> CheckView {
        CheckView {
            ticket,
            started,
            stages: waiting_stages(),
            outcome: Outcome::Running,
            series: ticket,
            repeating: None,
            last: None,
            of_fields: draft.fields.clone(),
        }
    }

    /// It ended on its own.
    pub(super) fn end(&mut self, report: CheckReport, now: DateTime<Utc>, seconds: f64) {
        self.repeating = self.repeating.take().and_then(|repeating| repeating.after(&report, seconds));
        show_ended(&mut self.stages, &report);
        self.last = LastCheck::of(&report, now);
        self.outcome = Outcome::Finished(Box::new(report));
    }

    /// It was stopped by hand.
    pub(super) fn cancel(&mut self, seconds: f64) {
        self.repeating = None;
        self.outcome = Outcome::Cancelled(Duration::from_secs_f64((seconds - self.started).max(0.0)));
    }

    /// It is not to go on: neither running nor being repeated. The ticket is of what the background has to stop.
    pub(super) fn stop(&mut self, seconds: f64) -> Option<Ticket> {
        if self.is_running() {
            self.cancel(seconds);
            return Some(self.ticket);
        }
        self.repeating = None;
        None
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
    pub(super) fn handle_check(&mut self, command: CheckCommand) {
        match command {
            CheckCommand::Start => self.test(),
            CheckCommand::Cancel => self.cancel_test(),
            CheckCommand::Repeat => self.repeat_test(),
            CheckCommand::CopyReport => self.copy_report(),
        }
    }

    fn copy_report(&mut self) {
        if let Some(report) = self.report_shown().map(|report| report.to_text()) {
            self.copy_text = Some(report);
            self.notify(Tone::Success, "Copied: report. It contains no secrets.".to_owned());
        }
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
    fn report_shown(&self) -> Option<&CheckReport> {
        let vault = self.open_vault()?;
        match vault.page {
            Page::Renewal(id) => vault.renewal_forms.get(&id)?.check.as_ref()?.report(),
            _ => vault.checks.get(&vault.draft.as_ref()?.id)?.report(),
        }
    }

    pub(super) fn test(&mut self) {
        let seconds = self.seconds;
        let (network, read_expiry, now) = (self.network_settings(), self.read_expiry(), self.now);
        let Screen::Open(vault) = &mut self.screen else { return };
        let Some(draft) = &mut vault.draft else { return };
        if vault.checks.get(&draft.id).is_some_and(CheckView::is_running) {
            return;
        }
        draft.strictness = Strictness::Strict;
        let saved = draft.saved.is_some().then_some(draft.id);
        let request = request_of(draft, read_expiry, now);
        let ticket = self.tickets.issue(Owner::Check(draft.id));
        vault.checks.insert(draft.id, CheckView::begun(ticket, seconds, draft));
        self.notice = None;
        saved.into_iter().for_each(|id| self.note_used(id));
        self.outbox.push(Request::Network(NetworkRequest::Check(ticket, Box::new(request), Box::new(network))));
    }

    fn cancel_test(&mut self) {
        let seconds = self.seconds;
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(draft) = &vault.draft else { return };
        if let Some(ticket) = vault.checks.get_mut(&draft.id).and_then(|check| check.stop(seconds)) {
            self.outbox.push(Request::Network(NetworkRequest::Cancel(ticket)));
        }
    }

    pub(super) fn check_progress(&mut self, ticket: Ticket, progress: Progress) {
        let seconds = self.seconds;
        let Some(check) = self.running_check(ticket) else { return };
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

    pub(super) fn check_finished(&mut self, ticket: Ticket, report: CheckReport) {
        match ticket.owner() {
            Owner::Check(profile) => self.form_check_finished(profile, ticket, report),
            Owner::NewSecretCheck(profile) => self.new_secret_check_finished(profile, ticket, report),
            // None of these ends with one report.
            Owner::CheckAll | Owner::AppSecrets(_) | Owner::NetworkTest | Owner::Import => {}
        }
    }

    fn form_check_finished(&mut self, profile: Uuid, ticket: Ticket, report: CheckReport) {
        let (now, seconds) = (self.now, self.seconds);
        let Some(check) = self.running_check(ticket) else { return };
        let last = LastCheck::of(&report, now);
        check.end(report, now, seconds);
        if check.is_being_repeated() {
            // The vault remembers how the first of them ended, and how the last one does.
            return;
        }
        // A result belongs to the profile only if what was tested is what is saved.
        let Some(vault) = self.open_vault() else { return };
        let belongs = match &vault.draft {
            Some(draft) if draft.id == profile => {
                draft.connection_is_saved() && vault.checks.get(&profile).is_some_and(|check| check.is_of(draft))
            }
            _ => vault
                .profile(profile)
                .is_some_and(|saved| vault.checks.get(&profile).is_some_and(|check| check.is_of(&Draft::of(saved)))),
        };
        if let (true, Some(last)) = (belongs, last) {
            self.outbox.push(Request::Vault(VaultRequest::RecordCheck(profile, last)));
        }
    }

    pub(super) fn check_unavailable(&mut self, ticket: Ticket, text: String) {
        match ticket.owner() {
            Owner::CheckAll => self.run_unavailable(ticket, text),
            Owner::NetworkTest => self.network_test_unavailable(ticket, text),
            Owner::Import => {}
            Owner::AppSecrets(profile) => {
                if self.awaits_app_secrets(profile, ticket) {
                    self.app_secrets_done(ticket, Err(text));
                }
            }
            Owner::Check(_) | Owner::NewSecretCheck(_) => {
                if let Some(check) = self.running_check(ticket) {
                    check.outcome = Outcome::Unavailable(text.clone());
                    self.notify(Tone::Danger, text);
                }
            }
        }
    }

    /// The check with this ticket, of a form or of a renewal's new secret, as long as it runs.
    pub(super) fn running_check(&mut self, ticket: Ticket) -> Option<&mut CheckView> {
        let vault = self.open_vault_mut()?;
        let check = match ticket.owner() {
            Owner::Check(profile) => vault.checks.get_mut(&profile)?,
            Owner::NewSecretCheck(profile) => vault.renewal_forms.get_mut(&profile)?.check.as_mut()?,
            Owner::CheckAll | Owner::AppSecrets(_) | Owner::NetworkTest | Owner::Import => return None,
        };
        (check.ticket == ticket && check.is_running()).then_some(check)
    }

    /// The tickets of the tests of new secrets that are running.
    pub(super) fn tests_of_new_secrets(&self) -> Vec<Ticket> {
        let forms = self.open_vault().into_iter().flat_map(|vault| vault.renewal_forms.values());
        let running = forms.filter_map(|form| form.check.as_ref()).filter(|check| check.is_running());
        running.map(|check| check.ticket).collect()
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

/// The check of the connection that a form describes.
pub(super) fn request_of(draft: &Draft, read_expiry: ReadExpiry, now: DateTime<Utc>) -> CheckRequest {
    CheckRequest {
        environment_url: draft.fields.environment_url.clone(),
        client_id: draft.fields.client_id.clone(),
        client_secret: draft.fields.client_secret.clone(),
        guid_secret: match draft.asks_about_guid() {
            true => draft.guid_secret,
            false => GuidSecret::Accepted,
        },
        tenant: draft.fields.tenant.clone(),
        known_tenant: known_tenant(draft),
        secret_expires: draft.expiry().and_then(Result::ok),
        read_expiry,
        secret_age: secret_age(draft, now),
    }
}

/// A secret that is typed and not saved, or was saved a few minutes ago, may be too new to be known.
fn secret_age(draft: &Draft, now: DateTime<Utc>) -> SecretAge {
    match draft.saved.as_ref().filter(|_| draft.holds_saved_secret()) {
        Some(saved) => SecretAge::of_profile(saved, now),
        None => SecretAge::New,
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
