//! The renewal of a client secret: what its page shows, and what people do there. What the vault keeps of it is in the
//! profile; this holds what is typed and not kept yet, and the test of the new secret.

mod command;
mod form;
mod graph;
mod rescue;

use chrono::NaiveDate;
use uuid::Uuid;

pub use command::{Question, RenewalCommand};
pub use form::{RenewalForm, RenewalNotes};
pub use graph::{AppSecretsCommand, CreateSecretForm, Creation, Removal, RemoveSecretForm};

use super::{AfterUnsaved, AppState, Attempt, CheckView, Dialog, Page, Tone};
use crate::{
    app::{
        draft::{Draft, Strictness},
        tasks::{NetworkRequest, Owner, Refusal, RenewalChange, Request, SaveReason, Ticket, VaultRequest},
    },
    connection_check::{CheckReport, CheckRequest, SecretAge},
    profile::{ClientSecret, Profile},
    renewal::{Act, Discard, Proof, Step},
};

impl AppState {
    /// The profile whose renewal is shown, with what is typed there.
    pub fn renewal_shown(&self) -> Option<(&Profile, &RenewalForm)> {
        let vault = self.open_vault()?;
        let Page::Renewal(id) = vault.page else { return None };
        Some((vault.profile(id)?, vault.renewal_forms.get(&id)?))
    }

    /// The form of the renewal shown, to be changed.
    pub(super) fn renewal_form(&mut self) -> Option<&mut RenewalForm> {
        let vault = self.open_vault_mut()?;
        let Page::Renewal(id) = vault.page else { return None };
        vault.renewal_forms.get_mut(&id)
    }

    pub(super) fn handle_renewal(&mut self, command: RenewalCommand) {
        match command {
            RenewalCommand::Open(id) => self.after_unsaved(AfterUnsaved::Renew(id)),
            RenewalCommand::Begin => self.take_step(Act::Begin),
            RenewalCommand::Give => self.give_new_secret(),
            RenewalCommand::Test => self.test_new_secret(),
            RenewalCommand::CancelTest => self.cancel_renewal_test(),
            RenewalCommand::RepeatTest => self.repeat_test(),
            RenewalCommand::UseDate(date) => self.use_new_date(date),
            RenewalCommand::Switch => self.take_step(Act::Switch(Proof::Tested)),
            RenewalCommand::ConfirmUcc => self.take_step(Act::ConfirmUcc),
            RenewalCommand::Cancel => self.cancel_renewal(),
            RenewalCommand::Ask(question) => self.dialogs.push_back(Dialog::Renewal(question)),
            RenewalCommand::Confirm => {
                if let Some(Dialog::Renewal(question)) = self.dialogs.front() {
                    let question = *question;
                    self.dialogs.pop_front();
                    if question == Question::Cancel && self.nothing_is_kept() {
                        // Only typed, so that the vault knows of nothing to be lost.
                        self.take_step(Act::Cancel(Discard::Nothing));
                    } else {
                        self.take_step(question.act());
                    }
                }
            }
            RenewalCommand::CopyString => {
                let string =
                    self.renewal_shown().and_then(|(profile, _)| Draft::of(profile).connection_string(&self.clouds));
                if let Some(string) = string {
                    self.copy_secret(string, "new connection string");
                }
            }
            RenewalCommand::AppSecrets(command) => self.handle_app_secrets(command),
        }
    }

    /// Shows the page; begins a renewal where neither one is under way nor a former secret is kept.
    pub(super) fn open_renewal(&mut self, id: Uuid) {
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(profile) = vault.profile(id) else { return };
        let begins = Step::of(profile) == Step::NotBegun;
        vault.renewal_forms.entry(id).or_default();
        vault.page = Page::Renewal(id);
        if begins {
            self.take_step(Act::Begin);
        }
    }

    /// Asks the vault to take a step of the renewal shown. One at a time.
    fn take_step(&mut self, act: Act) {
        let Some(Page::Renewal(id)) = self.open_vault().map(|vault| vault.page) else { return };
        let Some(form) = self.renewal_form() else { return };
        if form.attempt.is_under_way() {
            return;
        }
        form.attempt = Attempt::UnderWay;
        self.outbox.push(Request::Vault(VaultRequest::Renew(id, Box::new(act), SaveReason::Requested)));
    }

    fn give_new_secret(&mut self) {
        let now = self.now;
        let Some((profile, form)) = self.renewal_shown() else { return };
        let (notes, given) = (form.notes(profile, now, Strictness::Strict), form.given());
        let Some(form) = self.renewal_form() else { return };
        form.strictness = Strictness::Strict;
        if let Some(act) = given.filter(|_| !notes.secret.is_refused() && !notes.expires.is_refused()) {
            self.take_step(act);
        }
    }

    fn use_new_date(&mut self, date: NaiveDate) {
        let kept = self.renewal_shown().and_then(|(profile, _)| profile.renewal.as_ref()?.new_secret.clone());
        if let Some(secret) = kept {
            self.take_step(Act::Give { secret, expires: Some(date), key_id: None });
        }
    }

    /// Whether the renewal shown has no new secret in the vault.
    fn nothing_is_kept(&self) -> bool {
        self.renewal_shown()
            .is_some_and(|(profile, _)| profile.renewal.as_ref().is_none_or(|renewal| renewal.new_secret.is_none()))
    }

    fn cancel_renewal(&mut self) {
        let Some((_, form)) = self.renewal_shown() else { return };
        if form.is_creating() {
            return;
        }
        if form.holds_something() || !self.nothing_is_kept() {
            self.dialogs.push_back(Dialog::Renewal(Question::Cancel));
        } else {
            self.take_step(Act::Cancel(Discard::Nothing));
        }
    }

    /// The vault took a step.
    pub(super) fn step_taken(&mut self, id: Uuid, change: RenewalChange) {
        let Some(vault) = self.open_vault_mut() else { return };
        let profile = vault.profiles.by_id(id);
        if let Some(form) = vault.renewal_forms.get_mut(&id) {
            form.step_taken(profile, change);
        }
        let shown = vault.page == Page::Renewal(id);
        if change == RenewalChange::Cancelled && shown {
            vault.page = Page::Profiles;
        }
    }

    /// The vault did not take a step.
    pub(super) fn step_not_taken(&mut self, id: Uuid, refusal: &Refusal) {
        if let Some(form) = self.open_vault_mut().and_then(|vault| vault.renewal_forms.get_mut(&id)) {
            form.attempt = Attempt::failed(refusal.text.clone());
        }
    }

    pub(super) fn test_new_secret(&mut self) {
        let (seconds, network) = (self.seconds, self.network_settings());
        let Some((profile, form)) = self.renewal_shown() else { return };
        let Some(draft) = draft_with_new_secret(profile).filter(|_| !form.is_testing()) else { return };
        let never_passed = profile.renewal.as_ref().is_some_and(|renewal| renewal.tested.is_none());
        let secret_age = if never_passed { SecretAge::New } else { SecretAge::Unknown };
        let request = CheckRequest { secret_age, ..super::check::request_of(&draft, self.read_expiry(), self.now) };
        let ticket = self.tickets.issue(Owner::NewSecretCheck(profile.id));
        let Some(form) = self.renewal_form() else { return };
        form.check = Some(CheckView::begun(ticket, seconds, &draft));
        self.notice = None;
        self.outbox.push(Request::Network(NetworkRequest::Check(ticket, Box::new(request), Box::new(network))));
    }

    fn cancel_renewal_test(&mut self) {
        let seconds = self.seconds;
        let check = self.renewal_form().and_then(|form| form.check.as_mut());
        if let Some(ticket) = check.and_then(|check| check.stop(seconds)) {
            self.outbox.push(Request::Network(NetworkRequest::Cancel(ticket)));
        }
    }

    /// Takes in the end of a test of a new secret.
    pub(super) fn new_secret_check_finished(&mut self, id: Uuid, ticket: Ticket, report: CheckReport) {
        let (now, seconds) = (self.now, self.seconds);
        let Some(check) = self.running_check(ticket) else { return };
        let passed = report.passed.then_some(now);
        check.end(report, now, seconds);
        let of = ClientSecret::parse_exact(check.tested_secret().expose()).ok();
        let renewal =
            self.open_vault().and_then(|vault| vault.profile(id)).and_then(|profile| profile.renewal.as_ref());
        let is_news = renewal.is_some_and(|renewal| passed.is_some() || renewal.tested.is_some());
        if let Some(of) = of.filter(|_| is_news) {
            self.outbox.push(Request::Vault(VaultRequest::Renew(
                id,
                Box::new(Act::Tested { of, passed }),
                SaveReason::Requested,
            )));
        }
    }

    /// Once a day: former secrets whose day has come are forgotten.
    pub(super) fn look_at_former_secrets(&mut self) {
        let now = self.now;
        let Some(vault) = self.open_vault_mut() else { return };
        if vault.looked_at_former == Some(now.date_naive()) {
            return;
        }
        vault.looked_at_former = Some(now.date_naive());
        let is_due = |profile: &Profile| profile.former_secret.as_ref().is_some_and(|former| former.is_due(now));
        if vault.profiles.iter().any(|profile| is_due(profile)) {
            self.outbox.push(Request::Vault(VaultRequest::ForgetFormerSecrets));
        }
    }

    /// Tells what a step did.
    pub(super) fn notify_step(&mut self, name: &str, change: RenewalChange) {
        let text = match change {
            RenewalChange::Switched => {
                format!("“{name}” now uses the new client secret. Next, give the new connection string to the UCC.")
            }
            RenewalChange::UccConfirmed => format!("The UCC has the new connection string of “{name}”."),
            RenewalChange::RolledBack => format!("“{name}” uses the old client secret again."),
            RenewalChange::Forgotten => format!("The old client secret of “{name}” was deleted."),
            RenewalChange::Cancelled => format!("The renewal of “{name}” was canceled."),
            RenewalChange::Begun
            | RenewalChange::Given
            | RenewalChange::GivenUp
            | RenewalChange::Tested
            | RenewalChange::Rescued => return,
        };
        self.notify(Tone::Success, text);
    }
}

/// The connection with the new secret in place, as a form of its own.
fn draft_with_new_secret(profile: &Profile) -> Option<Draft> {
    let renewal = profile.renewal.as_ref()?;
    let mut renewed = profile.clone();
    renewed.client_secret = Some(renewal.new_secret.clone()?);
    renewed.secret_expires = renewal.new_expires;
    Some(Draft::of(&renewed))
}
