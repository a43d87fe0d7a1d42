//! Creating the new secret and removing the old one at Microsoft Graph, each by a person's order.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    app::{
        draft::Draft,
        state::{AppState, Attempt, Dialog, Tone},
        tasks::{AppSecretsDone, AppSecretsOrder, NetworkRequest, Owner, Request, SaveReason, Ticket, VaultRequest},
    },
    connection_check::{ListedSecret, MadeSecret, ReadExpiry, listed_as},
    profile::{Profile, SecretExpiry},
    renewal::{Act, Step},
};

/// What a person does about the app's client secrets at Microsoft Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSecretsCommand {
    /// Ask Microsoft Graph whether the app may create its own secret, for the dialog that offers it.
    AskToCreate,
    /// Choose for how many months the secret is to be valid.
    ChooseMonths(u32),
    /// Create it.
    Create,
    /// Keep a secret that was created and could not be kept.
    KeepCreated,
    /// Find the former secret at Microsoft Graph, for the dialog that removes it there.
    AskToRemove,
    /// Remove it there.
    Remove,
}

/// The dialog that makes a new secret.
pub struct CreateSecretForm {
    /// The profile.
    pub profile: Uuid,
    /// How far it is.
    pub phase: Creation,
    /// For how many months the secret is to be good: one of [`CreateSecretForm::MONTHS`].
    pub months: u32,
    /// Under which ticket Microsoft Graph is asked.
    ticket: Ticket,
}

/// How far the making of a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
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
    pub phase: Removal,
    /// Whether the UCC may still use the secret.
    pub ucc_is_behind: bool,
    /// Under which ticket Microsoft Graph is asked.
    ticket: Ticket,
}

/// How far the removal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The secret is looked for.
    Asking,
    /// This is the secret that would be removed.
    Ready(ListedSecret),
    /// It is being removed.
    UnderWay(Uuid),
    /// It is not removed, and why.
    Failed(String),
}

impl CreateSecretForm {
    /// The choices of how long it is to be good, in months.
    pub const MONTHS: [u32; 3] = [6, 12, 24];

    /// The expiry date that it would have.
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
    pub(super) fn handle_app_secrets(&mut self, command: AppSecretsCommand) {
        match command {
            AppSecretsCommand::AskToCreate => self.ask_to_create(),
            AppSecretsCommand::ChooseMonths(months) => {
                if let Some(Dialog::CreateSecret(form)) = self.dialogs.front_mut() {
                    form.months = months;
                }
            }
            AppSecretsCommand::Create => self.create_secret(),
            AppSecretsCommand::KeepCreated => self.keep_created(),
            AppSecretsCommand::AskToRemove => self.ask_to_remove(),
            AppSecretsCommand::Remove => self.remove_former(),
        }
    }

    /// Asks Microsoft Graph, signed in with the profile's present secret.
    fn order(&mut self, draft: &Draft, order: AppSecretsOrder) -> Ticket {
        let ticket = self.tickets.issue(Owner::AppSecrets(draft.id));
        let request = crate::app::state::check::request_of(draft, ReadExpiry::No, self.now);
        let network = Box::new(self.network_settings());
        let request = NetworkRequest::AppSecrets(ticket, Box::new(request), network, order);
        self.outbox.push(Request::Network(request));
        ticket
    }

    fn ask_to_create(&mut self) {
        let Some((profile, form)) = self.renewal_shown() else { return };
        if Step::of(profile) != Step::NewSecret || form.holds_something() {
            return;
        }
        let (id, draft) = (profile.id, Draft::of(profile));
        let ticket = self.order(&draft, AppSecretsOrder::List);
        self.dialogs.push_back(Dialog::CreateSecret(CreateSecretForm {
            profile: id,
            phase: Creation::Asking,
            months: 12,
            ticket,
        }));
    }

    fn create_secret(&mut self) {
        let today = self.now.date_naive();
        let Some(Dialog::CreateSecret(form)) = self.dialogs.front() else { return };
        let (Creation::Ready { .. }, Some(expires)) = (&form.phase, form.expires(today)) else { return };
        let Some((profile, page)) = self.renewal_shown() else { return };
        // A secret that somebody else entered meanwhile makes this one superfluous.
        if Step::of(profile) != Step::NewSecret || page.holds_something() {
            self.dialogs.pop_front();
            return;
        }
        let draft = Draft::of(profile);
        let name = CreateSecretForm::name(today);
        let ticket = self.order(&draft, AppSecretsOrder::Create { name, expires });
        if let Some(page) = self.renewal_form() {
            page.creating = Some(ticket);
        }
        if let Some(Dialog::CreateSecret(form)) = self.dialogs.front_mut() {
            (form.phase, form.ticket) = (Creation::UnderWay, ticket);
        }
    }

    /// A secret was made: it goes into the vault before anything else is done with it.
    fn secret_made(&mut self, id: Uuid, made: MadeSecret) {
        let reason = if self.is_locking() { SaveReason::BeforeLock } else { SaveReason::Requested };
        let Some(vault) = self.open_vault_mut() else { return };
        let Some(form) = vault.renewal_forms.get_mut(&id) else { return };
        form.made = Some(made);
        form.attempt = Attempt::UnderWay;
        if let Some(act) = form.given() {
            self.outbox.push(Request::Vault(VaultRequest::Renew(id, Box::new(act), reason)));
        }
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::CreateSecret(_)));
    }

    fn keep_created(&mut self) {
        let Some(act) = self.renewal_form().filter(|form| form.made.is_some()).and_then(|form| form.given()) else {
            return;
        };
        self.take_step(act);
    }

    fn ask_to_remove(&mut self) {
        let Some((profile, _)) = self.renewal_shown() else { return };
        let tested = profile.last_check.as_ref().is_some_and(|check| check.passed);
        if !keeps_former(profile) || !tested {
            return;
        }
        let (id, draft, ucc_is_behind) = (profile.id, Draft::of(profile), profile.ucc_behind().is_some());
        let ticket = self.order(&draft, AppSecretsOrder::List);
        let form = RemoveSecretForm { profile: id, phase: Removal::Asking, ucc_is_behind, ticket };
        self.dialogs.push_back(Dialog::RemoveSecret(form));
    }

    fn remove_former(&mut self) {
        let Some(Dialog::RemoveSecret(form)) = self.dialogs.front() else { return };
        let Removal::Ready(listed) = &form.phase else { return };
        let key = listed.key_id;
        let Some((profile, _)) = self.renewal_shown() else { return };
        if !keeps_former(profile) {
            self.dialogs.pop_front();
            return;
        }
        let draft = Draft::of(profile);
        let ticket = self.order(&draft, AppSecretsOrder::Remove(key));
        if let Some(Dialog::RemoveSecret(form)) = self.dialogs.front_mut() {
            (form.phase, form.ticket) = (Removal::UnderWay(key), ticket);
        }
    }

    /// Microsoft Graph answered, or did not.
    pub(in crate::app::state) fn app_secrets_done(&mut self, ticket: Ticket, done: Result<AppSecretsDone, String>) {
        let Owner::AppSecrets(id) = ticket.owner() else { return };
        let form = self.open_vault_mut().and_then(|vault| vault.renewal_forms.get_mut(&id));
        if let Some(form) = form.filter(|form| form.creating == Some(ticket)) {
            form.creating = None;
            match done {
                Ok(AppSecretsDone::Created(made)) => return self.secret_made(id, made),
                Err(_) if self.is_locking() => return self.creation_failed_while_locking(),
                // What waited for it is decided again.
                _ => self.after_save = None,
            }
        }
        self.show_in_dialog(ticket, done);
    }

    /// Shows the answer in the dialog that asked, if that is still there.
    fn show_in_dialog(&mut self, ticket: Ticket, done: Result<AppSecretsDone, String>) {
        match done {
            Ok(AppSecretsDone::Listed(list)) => self.listed(ticket, &list),
            Ok(AppSecretsDone::Removed(_)) => self.former_removed(ticket),
            // The form that it was made for is gone; a vault that is still open would have it.
            Ok(AppSecretsDone::Created(_)) => {}
            Err(text) => match self.asking_dialog(ticket) {
                Some(Dialog::CreateSecret(form)) => form.phase = Creation::Failed(text),
                Some(Dialog::RemoveSecret(form)) => form.phase = Removal::Failed(text),
                _ => self.notify(Tone::Danger, text),
            },
        }
    }

    fn asking_dialog(&mut self, ticket: Ticket) -> Option<&mut Dialog> {
        self.dialogs.iter_mut().find(|dialog| match dialog {
            Dialog::CreateSecret(form) => form.ticket == ticket,
            Dialog::RemoveSecret(form) => form.ticket == ticket,
            _ => false,
        })
    }

    fn listed(&mut self, ticket: Ticket, list: &[ListedSecret]) {
        let removing = match self.asking_dialog(ticket) {
            Some(Dialog::CreateSecret(form)) => {
                form.phase = Creation::Ready { present: list.len() };
                return;
            }
            Some(Dialog::RemoveSecret(form)) => form.profile,
            _ => return,
        };
        let profile = self.open_vault().and_then(|vault| vault.profile(removing));
        let found = found_former(list, profile);
        if let Some(Dialog::RemoveSecret(form)) = self.asking_dialog(ticket) {
            form.phase = found;
        }
    }

    /// Whether an answer under this ticket is awaited, by the renewal of this profile or a dialog about it.
    pub(in crate::app::state) fn awaits_app_secrets(&mut self, profile: Uuid, ticket: Ticket) -> bool {
        let form = self.open_vault().and_then(|vault| vault.renewal_forms.get(&profile));
        form.is_some_and(|form| form.creating == Some(ticket)) || self.asking_dialog(ticket).is_some()
    }

    /// Whether the dialog in front waits for something that cannot be called back.
    pub(in crate::app::state) fn dialog_must_wait(&self) -> bool {
        match self.dialogs.front() {
            Some(Dialog::CreateSecret(form)) => form.phase == Creation::UnderWay,
            Some(Dialog::RemoveSecret(form)) => matches!(form.phase, Removal::UnderWay(_)),
            _ => false,
        }
    }

    /// The old secret no longer works, so there is no reason to keep it.
    fn former_removed(&mut self, ticket: Ticket) {
        let of_dialog = |dialog: &Dialog| match dialog {
            Dialog::RemoveSecret(form) if form.ticket == ticket => Some(form.profile),
            _ => None,
        };
        let Some(id) = self.dialogs.iter().find_map(of_dialog) else { return };
        self.dialogs.retain(|dialog| of_dialog(dialog).is_none());
        if let Some(form) = self.open_vault_mut().and_then(|vault| vault.renewal_forms.get_mut(&id)) {
            form.attempt = Attempt::UnderWay;
        }
        self.outbox.push(Request::Vault(VaultRequest::Renew(
            id,
            Box::new(Act::DeletedFromEntra),
            SaveReason::Requested,
        )));
    }
}

/// Whether no renewal is under way and the former secret is there.
fn keeps_former(profile: &Profile) -> bool {
    matches!(Step::of(profile), Step::Ucc | Step::Kept) && profile.former_secret.is_some()
}

/// The former secret in the app's list, as far as it can be identified.
fn found_former(list: &[ListedSecret], profile: Option<&Profile>) -> Removal {
    let former = profile.and_then(|profile| Some((profile, profile.former_secret.as_ref()?)));
    let Some((profile, former)) = former else {
        return Removal::Failed("The old secret is no longer stored here.".to_owned());
    };
    let in_use = profile.renewals.last().and_then(|last| last.key_id);
    let others: Vec<ListedSecret> = list.iter().filter(|row| Some(row.key_id) != in_use).cloned().collect();
    // Two that begin alike, and one of them may be in use: nobody guesses.
    let same_beginning = profile.client_secret.as_ref().is_some_and(|present| {
        present.expose().chars().take(3).eq(former.secret.expose().chars().take(3)) && in_use.is_none()
    });
    match listed_as(&others, &former.secret, former.key_id).filter(|_| !same_beginning) {
        Some(row) => Removal::Ready(row.clone()),
        None => Removal::Failed(
            "The old secret could not be identified among the app's secrets in Entra ID: it was already deleted, or \
             several begin with the same three characters. Delete it in the portal, under Certificates & secrets."
                .to_owned(),
        ),
    }
}
