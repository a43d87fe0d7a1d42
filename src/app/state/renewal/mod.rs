//! The renewal of a client secret: what its page shows, and what people do there. What the vault keeps of it is in the
//! profile; this holds what is typed and not kept yet, and the test of the new secret.

mod form;
mod graph;
mod rescue;

use chrono::NaiveDate;
use uuid::Uuid;

pub use form::{RenewalForm, RenewalNotes};
pub use graph::{MakeSecretForm, Making, RemoveSecretForm, Removing};

use super::{AfterUnsaved, AppState, CheckView, Dialog, Tone};
use crate::{
    app::{
        command::Page,
        draft::{Draft, Judged},
        tasks::{Because, Refusal, Request, Taken},
    },
    connection_check::CheckReport,
    profile::{ClientSecret, Profile},
    renewal::{Act, Losing, Proof, Step},
};

/// What a person does on the page of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewalCommand {
    /// Show the page for this profile, and begin a renewal where there is nothing to go on with.
    Open(Uuid),
    /// Begin a renewal, also where a former secret is kept.
    Begin,
    /// Keep the new secret that is typed.
    Give,
    /// Test the new secret.
    Test,
    /// Stop the test.
    CancelTest,
    /// Take over this expiry date of the new secret.
    UseDate(NaiveDate),
    /// Take the tested secret into use.
    Switch,
    /// End the renewal; asked about first when the new secret would be lost.
    Cancel,
    /// Ask this.
    Ask(Question),
    /// Yes to the question in front.
    Confirm,
    /// Copy the connection string with the new secret.
    CopyString,
    /// Ask Microsoft Graph whether the app may make its own secret, for the dialog that offers it.
    AskToMake,
    /// Choose for how many months the secret is to be good.
    ChooseMonths(u32),
    /// Make it.
    Make,
    /// Keep a secret that was made and could not be kept.
    KeepMade,
    /// Find the former secret at Microsoft Graph, for the dialog that removes it there.
    AskToRemove,
    /// Remove it there.
    Remove,
}

/// A question that is asked before a step that takes something away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Drop the new secret, so that another one can be given?
    GiveUp,
    /// Use the new secret without a test?
    SwitchWithoutTest,
    /// End the renewal, and drop the new secret with it?
    Cancel,
    /// Go back to the former secret?
    RollBack,
    /// Drop the former secret now?
    Forget,
}

impl Question {
    /// The step that a yes takes.
    fn act(self) -> Act {
        match self {
            Question::GiveUp => Act::GiveUp,
            Question::SwitchWithoutTest => Act::Switch(Proof::WithoutTest),
            Question::Cancel => Act::Cancel(Losing::NewSecret),
            Question::RollBack => Act::RollBack,
            Question::Forget => Act::Forget,
        }
    }
}

impl AppState {
    /// The profile whose renewal is shown, with what is typed there.
    pub fn renewal_shown(&self) -> Option<(&Profile, &RenewalForm)> {
        let vault = self.open_vault()?;
        let Page::Renewal(id) = vault.page else { return None };
        Some((vault.profiles.iter().find(|profile| profile.id == id)?, vault.renewal_forms.get(&id)?))
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
            RenewalCommand::UseDate(date) => self.use_new_date(date),
            RenewalCommand::Switch => self.take_step(Act::Switch(Proof::Tested)),
            RenewalCommand::Cancel => self.cancel_renewal(),
            RenewalCommand::Ask(question) => self.dialogs.push_back(Dialog::Renewal(question)),
            RenewalCommand::Confirm => {
                if let Some(Dialog::Renewal(question)) = self.dialogs.front() {
                    let question = *question;
                    self.dialogs.pop_front();
                    if question == Question::Cancel && self.nothing_is_kept() {
                        // Only typed, so that the vault knows of nothing to be lost.
                        self.take_step(Act::Cancel(Losing::Nothing));
                    } else {
                        self.take_step(question.act());
                    }
                }
            }
            RenewalCommand::CopyString => {
                let string =
                    self.renewal_shown().and_then(|(profile, _)| Draft::of(profile).connection_string(&self.clouds));
                if let Some(string) = string {
                    self.copy_secret(string, "The new connection string");
                }
            }
            RenewalCommand::AskToMake
            | RenewalCommand::ChooseMonths(_)
            | RenewalCommand::Make
            | RenewalCommand::KeepMade
            | RenewalCommand::AskToRemove
            | RenewalCommand::Remove => self.handle_app_secrets(command),
        }
    }

    /// Shows the page; begins a renewal where neither one is under way nor a former secret is kept.
    pub(super) fn open_renewal(&mut self, id: Uuid) {
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(profile) = vault.profiles.iter().find(|profile| profile.id == id) else { return };
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
        if form.working {
            return;
        }
        form.working = true;
        form.trouble = None;
        self.outbox.push(Request::Renew(id, Box::new(act), Because::Saved));
    }

    fn give_new_secret(&mut self) {
        let now = self.now;
        let Some((profile, form)) = self.renewal_shown() else { return };
        let (notes, given) = (form.notes(profile, now, Judged::Strictly), form.given());
        let Some(form) = self.renewal_form() else { return };
        form.judged = Judged::Strictly;
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
        if form.is_making() {
            return;
        }
        if form.holds_something() || !self.nothing_is_kept() {
            self.dialogs.push_back(Dialog::Renewal(Question::Cancel));
        } else {
            self.take_step(Act::Cancel(Losing::Nothing));
        }
    }

    /// The vault took a step.
    pub(super) fn step_taken(&mut self, id: Uuid, taken: Taken) {
        let Some(vault) = self.open_vault_mut() else { return };
        let profile = vault.profiles.iter().find(|profile| profile.id == id);
        if let Some(form) = vault.renewal_forms.get_mut(&id) {
            form.step_taken(profile, taken);
        }
        let shown = vault.page == Page::Renewal(id);
        if taken == Taken::Cancelled && shown {
            vault.page = Page::Profiles;
        }
    }

    /// The vault did not take a step.
    pub(super) fn step_not_taken(&mut self, id: Uuid, refusal: &Refusal) {
        if let Some(form) = self.open_vault_mut().and_then(|vault| vault.renewal_forms.get_mut(&id)) {
            form.working = false;
            form.trouble = Some(refusal.text.clone());
        }
    }

    fn test_new_secret(&mut self) {
        let (number, seconds, network) = (self.next_check, self.seconds, self.network_settings());
        let Some((profile, form)) = self.renewal_shown() else { return };
        let Some(draft) = draft_with_new_secret(profile).filter(|_| !form.is_testing()) else { return };
        let request = super::check::request_of(&draft, self.read_expiry());
        let Some(form) = self.renewal_form() else { return };
        form.check = Some(CheckView::begun(number, seconds, &draft));
        self.next_check += 1;
        self.notice = None;
        self.outbox.push(Request::Check(number, Box::new(request), network));
    }

    fn cancel_renewal_test(&mut self) {
        let seconds = self.seconds;
        let check = self.renewal_form().and_then(|form| form.check.as_mut());
        if let Some(check) = check.filter(|check| check.is_running()) {
            check.cancel(seconds);
            let number = check.number;
            self.outbox.push(Request::CancelCheck(number));
        }
    }

    /// Takes in the end of a test of a new secret; gives the report back when it is of another test.
    pub(super) fn renewal_test_ended(&mut self, number: u64, report: CheckReport) -> Option<CheckReport> {
        let now = self.now;
        let Some(vault) = self.open_vault_mut() else { return Some(report) };
        let found = vault.renewal_forms.iter_mut().find_map(|(id, form)| {
            let check = form.check.as_mut().filter(|check| check.number == number && check.is_running())?;
            Some((*id, check))
        });
        let Some((id, check)) = found else { return Some(report) };
        let passed = report.passed.then_some(now);
        check.end(report, now);
        let of = ClientSecret::parse(check.tested_secret().expose()).ok();
        let renewal = vault.profiles.iter().find(|profile| profile.id == id).and_then(|it| it.renewal.as_ref());
        let is_news = renewal.is_some_and(|renewal| passed.is_some() || renewal.tested.is_some());
        if let Some(of) = of.filter(|_| is_news) {
            self.outbox.push(Request::Renew(id, Box::new(Act::Tested { of, passed }), Because::Saved));
        }
        None
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
        if vault.profiles.iter().any(is_due) {
            self.outbox.push(Request::ForgetFormerSecrets);
        }
    }

    /// Tells what a step did.
    pub(super) fn tell_step(&mut self, name: &str, taken: Taken) {
        let text = match taken {
            Taken::Switched => format!("“{name}” uses the new client secret now. The old one is kept."),
            Taken::RolledBack => format!("“{name}” uses the former client secret again."),
            Taken::Forgotten => format!("The former client secret of “{name}” is forgotten."),
            Taken::Cancelled => format!("The renewal of “{name}” is cancelled."),
            Taken::Begun | Taken::Given | Taken::GivenUp | Taken::Tested | Taken::Rescued => return,
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
