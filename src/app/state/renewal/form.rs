//! What is typed on the page of a renewal and not kept in the vault yet.

use chrono::{DateTime, Utc};

use crate::{
    app::{
        draft::{self, Judged},
        state::CheckView,
        tasks::Taken,
        widgets::{FieldNote, Shown},
    },
    connection_check::MadeSecret,
    profile::{ClientSecret, Profile, SecretExpiry, SecretText},
    renewal::{Act, refusal_of},
};

/// The fields and the state of the page.
#[derive(Default)]
pub struct RenewalForm {
    /// The new secret.
    pub secret: SecretText,
    /// Its expiry date.
    pub expires: String,
    /// Whether the new secret is shown.
    pub shown: Shown,
    /// Whether the ready connection string is shown.
    pub string_shown: Shown,
    /// Whether somebody wanted to go on with it: from then on empty fields are complained about.
    pub judged: Judged,
    /// The test of the new secret.
    pub check: Option<CheckView>,
    /// Whether a step is on its way into the vault.
    pub working: bool,
    /// Why the last step was not taken.
    pub trouble: Option<String>,
    /// A secret that was made at Microsoft Graph and is not in the vault yet: this is its only copy.
    pub made: Option<MadeSecret>,
    /// Under which number a secret is being made at Microsoft Graph.
    pub(super) making: Option<u64>,
}

/// What is said beneath the two fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RenewalNotes {
    /// Beneath the new secret.
    pub secret: FieldNote,
    /// Beneath its expiry date.
    pub expires: FieldNote,
}

impl RenewalForm {
    /// Whether a test is running.
    pub fn is_testing(&self) -> bool {
        self.check.as_ref().is_some_and(CheckView::is_running)
    }

    /// Whether a secret is being made at Microsoft Graph.
    pub fn is_making(&self) -> bool {
        self.making.is_some()
    }

    /// Whether it holds a secret that is not kept in the vault, or is about to.
    pub fn holds_something(&self) -> bool {
        !self.secret.is_empty() || self.made.is_some() || self.is_making()
    }

    /// The step that keeps what it holds; `None` when that is nothing, or no secret.
    pub(super) fn given(&self) -> Option<Act> {
        if let Some(made) = &self.made {
            let (expires, key_id) = (Some(made.expires), Some(made.key_id));
            return Some(Act::Give { secret: made.secret.clone(), expires, key_id });
        }
        let secret = ClientSecret::parse(self.secret.expose()).ok()?;
        let expires = draft::parse_expiry(&self.expires).and_then(Result::ok);
        Some(Act::Give { secret, expires, key_id: None })
    }

    /// What is to be said beneath the fields.
    pub fn notes(&self, profile: &Profile, now: DateTime<Utc>, judged: Judged) -> RenewalNotes {
        let date = draft::parse_expiry(&self.expires);
        let secret = match ClientSecret::parse(self.secret.expose()) {
            Ok(secret) => match (refusal_of(profile, &secret, None, now), secret.advice()) {
                (Some(refusal), _) => FieldNote::Refused(refusal.to_string()),
                (None, Some(advice)) => FieldNote::Advice(advice.text().to_owned()),
                (None, None) => FieldNote::None,
            },
            Err(_) if self.secret.is_empty() && judged == Judged::Gently => FieldNote::None,
            Err(error) => FieldNote::Refused(error.to_string()),
        };
        let expires = match date {
            None if self.secret.is_empty() => FieldNote::None,
            None => FieldNote::Advice("Without a date nobody is warned before the new secret lapses.".to_owned()),
            Some(Err(text)) => FieldNote::Refused(text),
            Some(Ok(date)) => match SecretExpiry::new(date) {
                expiry if expiry.days_left(now) <= 0 => {
                    FieldNote::Refused(crate::renewal::RenewalError::Lapsed.to_string())
                }
                expiry => FieldNote::Good(expiry.describe(now)),
            },
        };
        RenewalNotes { secret, expires }
    }

    /// The vault took a step: what it keeps now needs not be held here.
    pub(super) fn step_taken(&mut self, profile: Option<&Profile>, taken: Taken) {
        // A test that ended by itself is no step that somebody waits for.
        if taken != Taken::Tested {
            self.working = false;
            self.trouble = None;
        }
        self.forget_what_is_kept(profile);
        match taken {
            Taken::Switched | Taken::GivenUp | Taken::RolledBack => self.check = None,
            Taken::Cancelled => *self = RenewalForm::default(),
            _ => {}
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
        if ClientSecret::parse(self.secret.expose()).is_ok_and(|secret| kept == Some(&secret)) {
            self.secret.wipe();
            self.expires.clear();
            self.judged = Judged::Gently;
            self.shown = Shown::Hidden;
        }
    }
}
