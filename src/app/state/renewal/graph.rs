//! Making the new secret and removing the old one at Microsoft Graph, each by a person's order.

use chrono::NaiveDate;
use uuid::Uuid;

use super::RenewalCommand;
use crate::{
    app::{
        draft::Draft,
        state::{AppState, Dialog, Tone},
        tasks::{AppSecretsDone, AppSecretsOrder, Because, Request},
    },
    connection_check::{ListedSecret, MadeSecret, ReadExpiry, listed_as},
    profile::SecretExpiry,
    renewal::{Act, Step},
};

/// The dialog that makes a new secret.
pub struct MakeSecretForm {
    /// The profile.
    pub profile: Uuid,
    /// How far it is.
    pub phase: Making,
    /// For how many months the secret is to be good: one of [`MakeSecretForm::MONTHS`].
    pub months: u32,
    /// Under which number Microsoft Graph is asked.
    number: u64,
}

/// How far the making of a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Making {
    /// Microsoft Graph is asked whether the app may read its registration.
    Asking,
    /// It can be made.
    Ready {
        /// How many secrets the app has.
        present: usize,
    },
    /// It is being made.
    UnderWay,
    /// It was not made, and why.
    Failed(String),
}

/// The dialog that removes the former secret from Entra ID.
pub struct RemoveSecretForm {
    /// The profile.
    pub profile: Uuid,
    /// How far it is.
    pub phase: Removing,
    /// Under which number Microsoft Graph is asked.
    number: u64,
}

/// How far the removal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removing {
    /// The secret is looked for.
    Asking,
    /// This is the secret that would be removed.
    Ready(ListedSecret),
    /// It is being removed.
    UnderWay(Uuid),
    /// It is not removed, and why.
    Failed(String),
}

impl MakeSecretForm {
    /// The choices of how long it is to be good, in months.
    pub const MONTHS: [u32; 3] = [6, 12, 24];

    /// The day on which it would lapse.
    pub fn expires(&self, today: NaiveDate) -> Option<NaiveDate> {
        let choice = SecretExpiry::PORTAL_CHOICES.into_iter().find(|(months, _)| *months == self.months)?;
        SecretExpiry::after_portal_choice(today, choice).map(SecretExpiry::date)
    }

    /// The description that it would get.
    pub fn name(today: NaiveDate) -> String {
        format!("A365 Password Tool {today}")
    }
}

impl AppState {
    pub(super) fn handle_app_secrets(&mut self, command: RenewalCommand) {
        match command {
            RenewalCommand::AskToMake => self.ask_to_make(),
            RenewalCommand::ChooseMonths(months) => {
                if let Some(Dialog::MakeSecret(form)) = self.dialogs.front_mut() {
                    form.months = months;
                }
            }
            RenewalCommand::Make => self.make_secret(),
            RenewalCommand::KeepMade => self.keep_made(),
            RenewalCommand::AskToRemove => self.ask_to_remove(),
            RenewalCommand::Remove => self.remove_former(),
            _ => {}
        }
    }

    /// Asks Microsoft Graph under a number, signed in with the profile's present secret.
    fn order(&mut self, draft: &Draft, order: AppSecretsOrder) -> u64 {
        let (number, network) = (self.next_check, self.network_settings());
        let request = crate::app::state::check::request_of(draft, ReadExpiry::No);
        self.next_check += 1;
        self.outbox.push(Request::AppSecrets(number, Box::new(request), network, order));
        number
    }

    fn ask_to_make(&mut self) {
        let Some((profile, form)) = self.renewal_shown() else { return };
        if Step::of(profile) != Step::NewSecret || form.holds_something() {
            return;
        }
        let (id, draft) = (profile.id, Draft::of(profile));
        let number = self.order(&draft, AppSecretsOrder::List);
        self.dialogs.push_back(Dialog::MakeSecret(MakeSecretForm {
            profile: id,
            phase: Making::Asking,
            months: 12,
            number,
        }));
    }

    fn make_secret(&mut self) {
        let today = self.now.date_naive();
        let Some(Dialog::MakeSecret(form)) = self.dialogs.front() else { return };
        let (Making::Ready { .. }, Some(expires)) = (&form.phase, form.expires(today)) else { return };
        let Some((profile, page)) = self.renewal_shown() else { return };
        // Whoever else gave a secret meanwhile has made this one superfluous.
        if Step::of(profile) != Step::NewSecret || page.holds_something() {
            self.dialogs.pop_front();
            return;
        }
        let draft = Draft::of(profile);
        let name = MakeSecretForm::name(today);
        let number = self.order(&draft, AppSecretsOrder::Make { name, expires });
        if let Some(page) = self.renewal_form() {
            page.making = Some(number);
        }
        if let Some(Dialog::MakeSecret(form)) = self.dialogs.front_mut() {
            (form.phase, form.number) = (Making::UnderWay, number);
        }
    }

    /// A secret was made: it goes into the vault before anything else is done with it.
    fn secret_made(&mut self, id: Uuid, made: MadeSecret) {
        let because = if self.is_locking() { Because::Rescued } else { Because::Saved };
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(form) = vault.renewal_forms.get_mut(&id) else { return };
        form.made = Some(made);
        form.working = true;
        form.trouble = None;
        if let Some(act) = form.given() {
            self.outbox.push(Request::Renew(id, Box::new(act), because));
        }
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::MakeSecret(_)));
    }

    fn keep_made(&mut self) {
        let Some(act) = self.renewal_form().filter(|form| form.made.is_some()).and_then(|form| form.given()) else {
            return;
        };
        self.take_step(act);
    }

    fn ask_to_remove(&mut self) {
        let Some((profile, _)) = self.renewal_shown() else { return };
        let tested = profile.last_check.as_ref().is_some_and(|check| check.passed);
        if Step::of(profile) != Step::Kept || !tested {
            return;
        }
        let (id, draft) = (profile.id, Draft::of(profile));
        let number = self.order(&draft, AppSecretsOrder::List);
        self.dialogs.push_back(Dialog::RemoveSecret(RemoveSecretForm { profile: id, phase: Removing::Asking, number }));
    }

    fn remove_former(&mut self) {
        let Some(Dialog::RemoveSecret(form)) = self.dialogs.front() else { return };
        let Removing::Ready(listed) = &form.phase else { return };
        let key = listed.key_id;
        let Some((profile, _)) = self.renewal_shown() else { return };
        if Step::of(profile) != Step::Kept {
            self.dialogs.pop_front();
            return;
        }
        let draft = Draft::of(profile);
        let number = self.order(&draft, AppSecretsOrder::Remove(key));
        if let Some(Dialog::RemoveSecret(form)) = self.dialogs.front_mut() {
            (form.phase, form.number) = (Removing::UnderWay(key), number);
        }
    }

    /// Microsoft Graph answered, or did not.
    pub(in crate::app::state) fn app_secrets_done(&mut self, number: u64, done: Result<AppSecretsDone, String>) {
        let making = self.open_vault_mut().and_then(|vault| {
            let found = vault.renewal_forms.iter_mut().find(|(_, form)| form.making == Some(number));
            found.map(|(id, form)| {
                form.making = None;
                *id
            })
        });
        if let Some(id) = making {
            match done {
                Ok(AppSecretsDone::Made(made)) => return self.secret_made(id, made),
                Err(_) if self.is_locking() => return self.making_failed_while_locking(),
                // Whoever waited for it decides anew.
                _ => self.after_save = None,
            }
        }
        self.show_in_dialog(number, done);
    }

    /// Shows the answer in the dialog that asked, if that is still there.
    fn show_in_dialog(&mut self, number: u64, done: Result<AppSecretsDone, String>) {
        match done {
            Ok(AppSecretsDone::Listed(list)) => self.listed(number, &list),
            Ok(AppSecretsDone::Removed(_)) => self.former_removed(number),
            // The form that it was made for is gone; a vault that is still open would have it.
            Ok(AppSecretsDone::Made(_)) => {}
            Err(text) => match self.asking_dialog(number) {
                Some(Dialog::MakeSecret(form)) => form.phase = Making::Failed(text),
                Some(Dialog::RemoveSecret(form)) => form.phase = Removing::Failed(text),
                _ => self.notify(Tone::Danger, text),
            },
        }
    }

    fn asking_dialog(&mut self, number: u64) -> Option<&mut Dialog> {
        self.dialogs.iter_mut().find(|dialog| match dialog {
            Dialog::MakeSecret(form) => form.number == number,
            Dialog::RemoveSecret(form) => form.number == number,
            _ => false,
        })
    }

    fn listed(&mut self, number: u64, list: &[ListedSecret]) {
        let removing = match self.asking_dialog(number) {
            Some(Dialog::MakeSecret(form)) => {
                form.phase = Making::Ready { present: list.len() };
                return;
            }
            Some(Dialog::RemoveSecret(form)) => form.profile,
            _ => return,
        };
        let profile = self.open_vault().and_then(|vault| vault.profiles.iter().find(|it| it.id == removing));
        let found = found_former(list, profile);
        if let Some(Dialog::RemoveSecret(form)) = self.asking_dialog(number) {
            form.phase = found;
        }
    }

    /// Whether Microsoft Graph was asked under this number.
    pub(in crate::app::state) fn is_order(&mut self, number: u64) -> bool {
        let is_making =
            self.open_vault().is_some_and(|vault| vault.renewal_forms.values().any(|form| form.making == Some(number)));
        is_making || self.asking_dialog(number).is_some()
    }

    /// Whether the dialog in front waits for something that cannot be called back.
    pub(in crate::app::state) fn dialog_must_wait(&self) -> bool {
        match self.dialogs.front() {
            Some(Dialog::MakeSecret(form)) => form.phase == Making::UnderWay,
            Some(Dialog::RemoveSecret(form)) => matches!(form.phase, Removing::UnderWay(_)),
            _ => false,
        }
    }

    /// The former secret works no more, so it is of no use to keep it.
    fn former_removed(&mut self, number: u64) {
        let of_dialog = |dialog: &Dialog| match dialog {
            Dialog::RemoveSecret(form) if form.number == number => Some(form.profile),
            _ => None,
        };
        let Some(id) = self.dialogs.iter().find_map(of_dialog) else { return };
        self.dialogs.retain(|dialog| of_dialog(dialog).is_none());
        if let Some(form) = self.open_vault_mut().and_then(|vault| vault.renewal_forms.get_mut(&id)) {
            form.working = true;
        }
        self.outbox.push(Request::Renew(id, Box::new(Act::Forget), Because::Saved));
    }
}

/// The former secret in the app's list, as far as it can be told from the others.
fn found_former(list: &[ListedSecret], profile: Option<&crate::profile::Profile>) -> Removing {
    let former = profile.and_then(|profile| Some((profile, profile.former_secret.as_ref()?)));
    let Some((profile, former)) = former else {
        return Removing::Failed("The former secret is no longer kept here.".to_owned());
    };
    let in_use = profile.renewals.last().and_then(|last| last.key_id);
    let others: Vec<ListedSecret> = list.iter().filter(|row| Some(row.key_id) != in_use).cloned().collect();
    // Two that begin alike, and one of them may be in use: nobody guesses.
    let same_beginning = profile.client_secret.as_ref().is_some_and(|present| {
        present.expose().chars().take(3).eq(former.secret.expose().chars().take(3)) && in_use.is_none()
    });
    match listed_as(&others, &former.secret, former.key_id).filter(|_| !same_beginning) {
        Some(row) => Removing::Ready(row.clone()),
        None => Removing::Failed(
            "Among the app's secrets in Entra ID the old one cannot be told for certain: it was removed already, or \
             several begin with the same three characters. Remove it in the portal, under Certificates & secrets."
                .to_owned(),
        ),
    }
}
