//! Replacing a client secret step by step: what each step changes in a profile, and when it is allowed.
//!
//! In: a [`Profile`], an [`Act`] and the time. Out: the changed profile and what to note of it, or a [`RenewalError`]
//! in words for people. Every step is a value in the profile, so a caller that saves after each one can be interrupted
//! anywhere. No step drops the only copy of a secret unless the act says so. Pure: no files, no network, no clock.

#![warn(missing_docs)]

mod act;
mod error;
#[cfg(test)]
mod properties;

use chrono::{DateTime, NaiveDate, Utc};

pub use act::{Act, Discard, Event, Proof, apply};
pub use error::RenewalError;

use crate::profile::{ClientSecret, Profile};

/// Where a profile stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// No renewal is under way, no former secret is kept, and the UCC waits for nothing.
    NotBegun,
    /// The new secret has to be made and given.
    NewSecret,
    /// The new secret is kept and has to be tested.
    Test,
    /// The test passed: the new secret can be taken into use.
    Switch,
    /// The new secret is in use, and the UCC has to get the new connection string.
    Ucc,
    /// The UCC has the new secret, and the former one is kept.
    Kept,
}

impl Step {
    /// Where `profile` stands.
    pub fn of(profile: &Profile) -> Step {
        match (&profile.renewal, &profile.former_secret) {
            (None, _) if profile.ucc_behind().is_some() => Step::Ucc,
            (None, None) => Step::NotBegun,
            (None, Some(_)) => Step::Kept,
            (Some(renewal), _) => match (&renewal.new_secret, renewal.tested) {
                (None, _) => Step::NewSecret,
                (Some(_), None) => Step::Test,
                (Some(_), Some(_)) => Step::Switch,
            },
        }
    }
}

/// Why this secret cannot be a profile's new one, if it cannot: to be said while it is typed.
pub fn refusal_of(
    profile: &Profile,
    secret: &ClientSecret,
    expires: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Option<RenewalError> {
    act::refusal_of(profile, secret, expires, now)
}

/// Forgets a former secret whose day has come. `true` when there was one.
pub fn forget_due(profile: &mut Profile, now: DateTime<Utc>) -> bool {
    profile.former_secret.as_ref().is_some_and(|former| former.is_due(now)) && act::forget(profile).is_ok()
}
