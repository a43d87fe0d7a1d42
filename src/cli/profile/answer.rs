//! A profile as an answer: without secrets unless asked for.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::cli::flags::Reveal;
use crate::connection_string::shown_key;
use crate::profile::{ClientSecret, FormerSecret, Profile, RenewalInProgress, SecretText};
use crate::rfc3339::to_the_second;

/// A profile as JSON. Secrets are `null` without `--reveal`.
#[derive(Serialize)]
pub(super) struct ProfileAnswer<'a> {
    name: &'a str,
    environment_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<&'a str>,
    has_client_secret: bool,
    tenant: Option<String>,
    expires: Option<NaiveDate>,
    days_left: Option<i64>,
    state: &'static str,
    tags: &'a [String],
    notes: &'a str,
    has_vendor_value: bool,
    vendor_value: Option<&'a str>,
    /// One that may be the rest of a cut secret is named only when secrets are shown.
    other_keys: Vec<Cow<'a, str>>,
    last_check: Option<LastCheckAnswer<'a>>,
    renewal: Option<RenewalAnswer<'a>>,
    former_secret: Option<FormerAnswer<'a>>,
    ucc_update: Option<UccUpdateAnswer>,
    id: String,
    created: String,
    modified: String,
}

#[derive(Serialize)]
struct LastCheckAnswer<'a> {
    at: String,
    passed: bool,
    stage: Option<&'a str>,
    code: Option<&'a str>,
}

/// A renewal that is under way.
#[derive(Serialize)]
struct RenewalAnswer<'a> {
    started: String,
    has_new_secret: bool,
    new_secret: Option<&'a str>,
    new_expires: Option<NaiveDate>,
    key_id: Option<String>,
    tested: Option<String>,
}

/// The secret that was in use before.
#[derive(Serialize)]
struct FormerAnswer<'a> {
    secret: Option<&'a str>,
    expires: Option<NaiveDate>,
    replaced_at: String,
    kept_until: NaiveDate,
    key_id: Option<String>,
}

/// Whether the UCC has the secret that was taken into use last.
#[derive(Serialize)]
struct UccUpdateAnswer {
    /// While it is `false`, `days_left` and `state` are those of `former_expires`.
    done: bool,
    confirmed: Option<String>,
    former_expires: Option<NaiveDate>,
}

impl UccUpdateAnswer {
    fn new(profile: &Profile) -> Option<UccUpdateAnswer> {
        let behind = profile.ucc_behind();
        let update = profile.ucc_update.as_ref().filter(|_| behind.is_none());
        let answer = |confirmed, former_expires| UccUpdateAnswer { done: behind.is_none(), confirmed, former_expires };
        match (behind, update) {
            (Some(behind), _) => Some(answer(None, behind.expires)),
            (None, Some(update)) => Some(answer(update.done.map(to_the_second), update.former_expires)),
            (None, None) => None,
        }
    }
}

impl<'a> RenewalAnswer<'a> {
    fn new(renewal: &'a RenewalInProgress, reveal: Reveal) -> RenewalAnswer<'a> {
        RenewalAnswer {
            started: to_the_second(renewal.started),
            has_new_secret: renewal.new_secret.is_some(),
            new_secret: renewal.new_secret.as_ref().map(ClientSecret::expose).filter(|_| reveal.reveal),
            new_expires: renewal.new_expires,
            key_id: renewal.key_id.map(|id| id.to_string()),
            tested: renewal.tested.map(to_the_second),
        }
    }
}

impl<'a> FormerAnswer<'a> {
    fn new(former: &'a FormerSecret, reveal: Reveal) -> FormerAnswer<'a> {
        FormerAnswer {
            secret: Some(former.secret.expose()).filter(|_| reveal.reveal),
            expires: former.expires,
            replaced_at: to_the_second(former.replaced_at),
            kept_until: former.kept_until(),
            key_id: former.key_id.map(|id| id.to_string()),
        }
    }
}

impl<'a> ProfileAnswer<'a> {
    pub(super) fn new(profile: &'a Profile, now: DateTime<Utc>, reveal: Reveal) -> ProfileAnswer<'a> {
        let expiry = profile.expiry();
        ProfileAnswer {
            name: &profile.name,
            environment_url: profile.environment_url.as_ref().map(ToString::to_string),
            client_id: profile.client_id.as_ref().map(ToString::to_string),
            client_secret: profile.client_secret.as_ref().map(ClientSecret::expose).filter(|_| reveal.reveal),
            has_client_secret: profile.client_secret.is_some(),
            tenant: profile.tenant.as_ref().map(ToString::to_string),
            expires: profile.secret_expires,
            days_left: expiry.map(|expiry| expiry.days_left(now)),
            state: state_of(profile, now),
            tags: &profile.tags,
            notes: &profile.notes,
            has_vendor_value: profile.vendor_value.is_some(),
            vendor_value: profile.vendor_value.as_ref().map(SecretText::expose).filter(|_| reveal.reveal),
            other_keys: keys_of(profile, reveal),
            last_check: profile.last_check.as_ref().map(|check| LastCheckAnswer {
                at: to_the_second(check.at),
                passed: check.passed,
                stage: check.stage.as_deref(),
                code: check.code.as_deref(),
            }),
            renewal: profile.renewal.as_ref().map(|renewal| RenewalAnswer::new(renewal, reveal)),
            former_secret: profile.former_secret.as_ref().map(|former| FormerAnswer::new(former, reveal)),
            ucc_update: UccUpdateAnswer::new(profile),
            id: profile.id.to_string(),
            created: to_the_second(profile.created),
            modified: to_the_second(profile.modified),
        }
    }
}

pub(super) fn keys_of(profile: &Profile, reveal: Reveal) -> Vec<Cow<'_, str>> {
    let keys = profile.other_keys.iter().map(|(key, _)| key.as_str());
    keys.map(|key| if reveal.reveal { Cow::Borrowed(key) } else { shown_key(key) }).collect()
}

/// The expiry's state by its public id; `unknown` without a date.
fn state_of(profile: &Profile, now: DateTime<Utc>) -> &'static str {
    profile.expiry().map_or("unknown", |expiry| expiry.state(now).id())
}
