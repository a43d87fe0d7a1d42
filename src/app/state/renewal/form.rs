//! What is typed on the page of a renewal and not kept in the vault yet.

use chrono::{DateTime, Utc};

use crate::{
    app::{
        draft::{self, Strictness},
        state::{Attempt, CheckView},
        tasks::{RenewalChange, Ticket},
        widgets::{FieldNote, Shown},
    },
    connection_check::MadeSecret,
    profile::{ClientSecret, ClientSecretError, GuidSecret, Profile, SecretExpiry, SecretText, pasted::Pasted},
    renewal::{Act, refusal_of},
};

/// The fields and the state of the page.
#[derive(Default)]
pub struct RenewalForm {
    /// The new secret.
    pub secret: SecretText,
    /// Whether somebody said that the secret in the form of a GUID is one.
    pub guid_secret: GuidSecret,
    /// Its expiry date.
    pub expires: String,
    /// Whether the new secret is shown.
    pub shown: Shown,
    /// Whether the ready connection string is shown.
    pub string_shown: Shown,
    /// Whether somebody wanted to go on with it: from then on empty fields are complained about.
    pub strictness: Strictness,
    /// The test of the new secret.
    pub check: Option<CheckView>,
    /// The step that is on its way into the vault, or was the last one.
    pub attempt: Attempt,
    /// A secret that was made at Microsoft Graph and is not in the vault yet: this is its only copy.
    pub made: Option<MadeSecret>,
    /// The ticket under which a secret is being created at Microsoft Graph.
    pub(super) creating: Option<Ticket>,
}

/// What is said below the two fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RenewalNotes {
    /// Below the new secret.
    pub secret: FieldNote,
    /// Below its expiry date.
    pub expires: FieldNote,
}

impl RenewalForm {
    /// Whether a test is running.
    pub fn is_testing(&self) -> bool {
        self.check.as_ref().is_some_and(CheckView::is_running)
    }

    /// Whether a secret is being created at Microsoft Graph.
    pub fn is_creating(&self) -> bool {
        self.creating.is_some()
    }

    /// Whether it holds a secret that is not kept in the vault, or is about to.
    pub fn holds_something(&self) -> bool {
        !self.secret.is_empty() || self.made.is_some() || self.is_creating()
    }

    /// The new secret in its field.
    pub(super) fn typed(&self) -> Result<Pasted<ClientSecret>, ClientSecretError> {
        ClientSecret::parse_pasted(self.secret.expose(), self.guid_secret)
    }

    /// Whether the secret in its field has the form of a GUID: somebody has to say that it is one.
    pub fn asks_about_guid(&self) -> bool {
        draft::is_new_guid_secret(&self.secret, None)
    }

    /// The step that keeps what it holds; `None` when that is nothing, or no secret.
    pub(super) fn given(&self) -> Option<Act> {
        if let Some(made) = &self.made {
            let (expires, key_id) = (Some(made.expires), Some(made.key_id));
            return Some(Act::Give { secret: made.secret.clone(), expires, key_id });
        }
        let secret = self.typed().ok()?.value;
        let expires = draft::parse_expiry(&self.expires).and_then(Result::ok);
        Some(Act::Give { secret, expires, key_id: None })
    }

    /// What is to be said below the fields.
    pub fn notes(&self, profile: &Profile, now: DateTime<Utc>, strictness: Strictness) -> RenewalNotes {
        let date = draft::parse_expiry(&self.expires);
        let secret = match self.typed() {
            Ok(read) => match refusal_of(profile, &read.value, None, now) {
                Some(refusal) => FieldNote::Refused(refusal.to_string()),
                None => draft::secret_note(&read),
            },
            Err(_) if self.secret.is_empty() && strictness == Strictness::Lenient => FieldNote::None,
            Err(error) => FieldNote::Refused(error.to_string()),
        };
        let expires = match date {
            None if self.secret.is_empty() => FieldNote::None,
            None => FieldNote::Advice(
                "Without an expiry date you will not be reminded before the secret expires.".to_owned(),
            ),
            Some(Err(error)) => FieldNote::Refused(error.to_string()),
            Some(Ok(date)) => match SecretExpiry::new(date) {
                expiry if expiry.days_left(now) <= 0 => {
                    FieldNote::Refused(crate::renewal::RenewalError::Expired.to_string())
                }
                expiry => FieldNote::Good(expiry.describe(now)),
            },
        };
        RenewalNotes { secret, expires }
    }

    /// The vault took a step: what it keeps now needs not be held here.
    pub(super) fn step_taken(&mut self, profile: Option<&Profile>, change: RenewalChange) {
        // A test that ended on its own is no step that somebody waits for.
        if change != RenewalChange::Tested {
            self.attempt = Attempt::Ended(Ok(()));
        }
        self.forget_what_is_kept(profile);
        match change {
            RenewalChange::Switched | RenewalChange::GivenUp | RenewalChange::RolledBack => self.check = None,
            RenewalChange::Cancelled => *self = RenewalForm::default(),
            RenewalChange::Begun
            | RenewalChange::Given
            | RenewalChange::Tested
            | RenewalChange::UccConfirmed
            | RenewalChange::Forgotten
            | RenewalChange::Rescued => {}
        }
    }

    /// Drops what the profile has by now.
    pub(in crate::app::state) fn forget_what_is_kept(&mut self, profile: Option<&Profile>) {
        let Some(profile) = profile else { return };
        let kept = profile.renewal.as_ref().and_then(|renewal| renewal.new_secret.as_ref());
        let is_kept = |secret: &ClientSecret| kept == Some(secret) || profile.client_secret.as_ref() == Some(secret);
        if self.made.as_ref().is_some_and(|made| is_kept(&made.secret)) {
            self.made = None;
        }
        if self.typed().is_ok_and(|read| kept == Some(&read.value)) {
            self.secret.wipe();
            self.guid_secret = GuidSecret::Refused;
            self.expires.clear();
            self.strictness = Strictness::Lenient;
            self.shown = Shown::Hidden;
        }
    }
}
