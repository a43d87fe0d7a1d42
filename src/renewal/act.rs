//! The steps.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::RenewalError;
use crate::profile::{
    ClientSecret, ExpiryState, FormerSecret, LastCheck, MadeBy, Profile, RenewalInProgress, Renewed, SecretExpiry,
    SecretText, UccUpdate,
};

/// One step of a renewal.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Begin. One that is under way goes on.
    Begin,
    /// Keep the new secret. It is not in use yet.
    Give {
        /// The new secret.
        secret: ClientSecret,
        /// Its expiry date, when that is known.
        expires: Option<NaiveDate>,
        /// Its key ID in Entra ID, when this program created it.
        key_id: Option<Uuid>,
    },
    /// Drop the new secret, so that another one can be given.
    GiveUp,
    /// A test with this secret ended. One with another secret than the kept one says nothing and changes nothing.
    Tested {
        /// The secret that was tested.
        of: ClientSecret,
        /// When the test passed; `None` when it did not.
        passed: Option<DateTime<Utc>>,
    },
    /// Take the new secret into use, and keep the old one.
    Switch(Proof),
    /// End the renewal without a change.
    Cancel(Discard),
    /// Take the former secret into use again. The new one is kept as that of a renewal under way.
    RollBack,
    /// Note that the UCC has the new connection string. Where it is noted already, nothing changes.
    ConfirmUcc,
    /// Drop the former secret.
    Forget,
    /// Drop the former secret, which was deleted from Entra ID and no longer works.
    DeletedFromEntra,
}

/// What shows that the new secret works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A test that passed.
    Tested,
    /// Nothing; the person wants it all the same.
    WithoutTest,
}

/// What ending a renewal may drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discard {
    /// Nothing.
    Nothing,
    /// The new secret, if one is kept.
    NewSecret,
}

/// What a step did, as far as it is worth a note of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A renewal was begun.
    Begun,
    /// The new secret is in use.
    Replaced,
    /// The UCC has the new connection string.
    UccUpdated,
    /// The former secret is in use again.
    RolledBack,
    /// The former secret was dropped.
    Forgotten,
    /// The renewal was ended without a change.
    Cancelled,
}

/// Takes one step at `now`. A refused one changes nothing.
pub fn apply(profile: &mut Profile, act: Act, now: DateTime<Utc>) -> Result<Option<Event>, RenewalError> {
    let event = match act {
        Act::Begin if profile.renewal.is_some() => return Ok(None),
        Act::Begin => {
            profile.renewal = Some(Box::new(RenewalInProgress::begun(now)));
            Some(Event::Begun)
        }
        Act::Give { secret, expires, key_id } => {
            give(profile, secret, expires, key_id, now)?;
            None
        }
        Act::GiveUp => {
            let renewal = under_way(profile)?;
            (renewal.new_secret, renewal.new_expires, renewal.key_id, renewal.tested) = (None, None, None, None);
            None
        }
        Act::Tested { of, passed } => {
            let renewal = under_way(profile)?;
            if renewal.new_secret.as_ref() != Some(&of) || renewal.tested == passed {
                return Ok(None);
            }
            renewal.tested = passed;
            None
        }
        Act::Switch(proof) => Some(switch(profile, proof, now)?),
        Act::Cancel(losing) => Some(cancel(profile, losing)?),
        Act::RollBack => Some(roll_back(profile, now)?),
        Act::ConfirmUcc => {
            let Some(mut update) = pending_ucc_update(profile) else { return Ok(None) };
            update.done = Some(now);
            profile.ucc_update = Some(update);
            Some(Event::UccUpdated)
        }
        Act::Forget => Some(forget(profile)?),
        Act::DeletedFromEntra => {
            let used_by_ucc = ucc_uses_former(profile);
            let event = forget(profile)?;
            if let Some(update) = profile.ucc_update.as_mut().filter(|_| used_by_ucc) {
                update.former_expires = Some(now.date_naive());
            }
            Some(event)
        }
    };
    profile.modified = profile.modified.max(now);
    Ok(event)
}

/// What the UCC still waits for, if it does, as it is kept. Of a renewal by a version without this step only the former
/// secret is there.
fn pending_ucc_update(profile: &Profile) -> Option<Box<UccUpdate>> {
    let behind = profile.ucc_behind()?;
    let replaced_at = profile.former_secret.as_ref().map(|former| former.replaced_at);
    let kept = profile.ucc_update.as_ref();
    let of_it = kept.filter(|update| replaced_at.is_none_or(|replaced_at| update.replaced_at == replaced_at));
    of_it.cloned().or_else(|| Some(Box::new(UccUpdate::pending(replaced_at?, behind.expires))))
}

/// Whether the UCC still uses the former secret, and not one from before that.
fn ucc_uses_former(profile: &Profile) -> bool {
    let former = profile.former_secret.as_ref();
    profile.ucc_behind().zip(former).is_some_and(|(behind, former)| behind.expires == former.expires)
}

/// Drops the former secret; that the UCC still uses it is not dropped with it.
pub(super) fn forget(profile: &mut Profile) -> Result<Event, RenewalError> {
    if profile.former_secret.is_none() {
        return Err(RenewalError::NothingToGoBackTo);
    }
    if let Some(update) = pending_ucc_update(profile) {
        profile.ucc_update = Some(update);
    }
    profile.former_secret = None;
    Ok(Event::Forgotten)
}

fn under_way(profile: &mut Profile) -> Result<&mut RenewalInProgress, RenewalError> {
    profile.renewal.as_deref_mut().ok_or(RenewalError::NotBegun)
}

/// Why this secret cannot be a profile's new one, if it cannot.
pub(super) fn refusal_of(
    profile: &Profile,
    secret: &ClientSecret,
    expires: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Option<RenewalError> {
    if profile.client_secret.as_ref() == Some(secret) {
        Some(RenewalError::SameAsPresent)
    } else if profile.former_secret.as_ref().is_some_and(|former| former.secret == *secret) {
        Some(RenewalError::SameAsFormer)
    } else if expires.is_some_and(|date| SecretExpiry::new(date).state(now) == ExpiryState::Expired) {
        Some(RenewalError::Expired)
    } else {
        None
    }
}

fn give(
    profile: &mut Profile,
    secret: ClientSecret,
    expires: Option<NaiveDate>,
    key_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), RenewalError> {
    let refusal = refusal_of(profile, &secret, expires, now);
    let renewal = under_way(profile)?;
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if renewal.new_secret.as_ref().is_some_and(|kept| *kept != secret) {
        return Err(RenewalError::SecretGivenAlready);
    }
    if renewal.new_secret.is_none() {
        renewal.tested = None;
    }
    renewal.new_secret = Some(secret);
    renewal.new_expires = expires.or(renewal.new_expires);
    renewal.key_id = key_id.or(renewal.key_id);
    Ok(())
}

fn switch(profile: &mut Profile, proof: Proof, now: DateTime<Utc>) -> Result<Event, RenewalError> {
    let renewal = profile.renewal.as_ref().ok_or(RenewalError::NotBegun)?;
    let new = renewal.new_secret.clone().ok_or(RenewalError::NoSecretYet)?;
    if proof == Proof::Tested && renewal.tested.is_none() {
        return Err(RenewalError::NotTested);
    }
    let is_in_use = profile.client_secret.as_ref() == Some(&new);
    if !is_in_use && profile.former_secret.is_some() {
        return Err(RenewalError::FormerStillKept);
    }
    let (expires, key_id, tested) = (renewal.new_expires, renewal.key_id, renewal.tested);
    let had_secret = profile.client_secret.is_some();
    let ucc_expires = match profile.ucc_behind() {
        // A UCC that never got the present secret still uses the one before.
        Some(behind) => behind.expires,
        // Somebody typed the new secret into the profile; when the one before expires is known of a former one only.
        None if is_in_use => profile.former_secret.as_ref().and_then(|former| former.expires),
        None => profile.secret_expires,
    };
    profile.renewal = None;
    if !is_in_use && let Some(secret) = profile.client_secret.take() {
        profile.former_secret = Some(Box::new(FormerSecret {
            secret,
            expires: profile.secret_expires,
            replaced_at: now,
            key_id: profile.renewals.last().and_then(|last| last.key_id),
            newer: SecretText::default(),
        }));
    }
    if had_secret {
        let replaced_at = profile.former_secret.as_ref().map_or(now, |former| former.replaced_at);
        profile.ucc_update = Some(Box::new(UccUpdate::pending(replaced_at, ucc_expires)));
    }
    profile.client_secret = Some(new);
    profile.secret_expires = expires;
    // A check says something about the secret that it was made with.
    let tenant_id = profile.last_check.take().and_then(|check| check.tenant_id);
    profile.last_check = tested.map(|at| LastCheck { at, passed: true, stage: None, code: None, tenant_id });
    let made_by = if key_id.is_some() { MadeBy::Graph } else { MadeBy::Portal };
    profile.renewals.push(Renewed { at: now, expires, made_by, key_id, newer: SecretText::default() });
    let surplus = profile.renewals.len().saturating_sub(Renewed::LIMIT);
    profile.renewals.drain(..surplus);
    Ok(Event::Replaced)
}

fn cancel(profile: &mut Profile, losing: Discard) -> Result<Event, RenewalError> {
    let renewal = profile.renewal.as_ref().ok_or(RenewalError::NotBegun)?;
    let elsewhere = renewal.new_secret.is_none() || renewal.new_secret == profile.client_secret;
    if losing == Discard::Nothing && !elsewhere {
        return Err(RenewalError::NewSecretWouldBeLost);
    }
    profile.renewal = None;
    Ok(Event::Cancelled)
}

fn roll_back(profile: &mut Profile, now: DateTime<Utc>) -> Result<Event, RenewalError> {
    if profile.renewal.as_ref().is_some_and(|renewal| renewal.new_secret.is_some()) {
        return Err(RenewalError::RenewalUnderWay);
    }
    let ucc_uses_another = profile.ucc_behind().is_some() && !ucc_uses_former(profile);
    let former = *profile.former_secret.take().ok_or(RenewalError::NothingToGoBackTo)?;
    if let Some(replaced) = profile.client_secret.replace(former.secret) {
        let mut renewal = RenewalInProgress::begun(now);
        renewal.new_secret = Some(replaced);
        renewal.new_expires = profile.secret_expires;
        renewal.key_id = profile.renewals.last().and_then(|last| last.key_id);
        profile.renewal = Some(Box::new(renewal));
    }
    // A UCC that never got the former secret either is still behind.
    if !ucc_uses_another {
        profile.ucc_update = None;
    }
    profile.secret_expires = former.expires;
    profile.last_check = None;
    Ok(Event::RolledBack)
}
