//! Steps of a renewal, taken on what the vault holds now, and former secrets whose day has come.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Contents;
use super::history::HistoryKind;
use crate::renewal::{self, Act, Event, RenewalError};
use crate::vault::error::VaultError;

/// Why a step of a renewal was not saved.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// The step is not allowed now.
    #[error(transparent)]
    Refused(#[from] RenewalError),
    /// Somebody removed the profile.
    #[error("Someone else has deleted this profile in the meantime, so nothing was saved.")]
    ProfileGone,
    /// The vault could not be saved.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Contents {
    /// Takes one step of a profile's renewal.
    pub fn renew(&mut self, id: Uuid, act: Act, now: DateTime<Utc>) -> Result<(), RenewError> {
        let mut profile = self.get(id).cloned().ok_or(RenewError::ProfileGone)?;
        let event = renewal::apply(&mut profile, act, now)?;
        let name = profile.name.clone();
        self.put(profile)?;
        if let Some(event) = event {
            self.record(kind_of(event), Some((id, name)));
        }
        Ok(())
    }

    /// Whether a save at `now` would forget a former secret whose day has come, or would note this clock, so that one a
    /// week later may forget it.
    pub fn has_due_former_secret(&self, now: DateTime<Utc>) -> bool {
        let is_due = |by: DateTime<Utc>| {
            self.profiles().iter().any(|profile| profile.former_secret.as_ref().is_some_and(|former| former.is_due(by)))
        };
        let clock = self.clock.seen(now);
        is_due(clock.due_by(now)) || (!clock.believes(now) && clock != self.clock && is_due(now))
    }

    /// Forgets the former secrets whose day has come by `now`, a time that the vault believes.
    pub(in crate::vault) fn forget_due_former_secrets(&mut self, now: DateTime<Utc>) {
        let is_due = |profile: &&crate::profile::Profile| {
            profile.former_secret.as_ref().is_some_and(|former| former.is_due(now))
        };
        let due: Vec<_> = self.profiles().iter().filter(is_due).map(|profile| profile.id).collect();
        for id in due {
            let mut stored = self.version(id).expect("it was just listed").to_stored();
            renewal::forget_due(&mut stored.profile, now);
            let name = stored.profile.name.clone();
            self.overwrite(stored);
            self.record(HistoryKind::FormerSecretForgotten, Some((id, name)));
        }
    }
}

fn kind_of(event: Event) -> HistoryKind {
    match event {
        Event::Begun => HistoryKind::RenewalBegun,
        Event::Replaced => HistoryKind::SecretReplaced,
        Event::UccUpdated => HistoryKind::UccUpdated,
        Event::RolledBack => HistoryKind::SecretRolledBack,
        Event::Forgotten => HistoryKind::FormerSecretForgotten,
        Event::Cancelled => HistoryKind::RenewalCancelled,
    }
}
