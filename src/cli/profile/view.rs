//! `profile list` and `profile show`.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::answer::{ProfileAnswer, keys_of};
use crate::cli::clock::{self, ClockAnswer};
use crate::cli::flags::Reveal;
use crate::cli::output::{Line, Value, labelled, table};
use crate::cli::session::Session;
use crate::profile::{
    ClientSecret, Profile, RenewalInProgress, Search, SecretExpiry, SecretText, UccBehind, compared_name,
};
use crate::vault::Vault;
use crate::written_day::utc_minute;

#[derive(Serialize)]
struct ListAnswer<'a> {
    profiles: Vec<ProfileAnswer<'a>>,
    /// Where the clock is behind, so that days left are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_behind: Option<ClockAnswer>,
}

pub(super) fn list<'v>(session: &mut Session<'_, '_>, vault: &'v Vault, search: &Search, reveal: Reveal) {
    let now = session.console.now();
    let all = vault.contents().profiles();
    let behind = clock::behind_vault(session, vault);
    let clock_behind = clock::warn(session, behind);
    let mut profiles: Vec<_> = all.iter().filter(|profile| search.finds(profile)).collect();
    profiles.sort_by_cached_key(|profile| compared_name(&profile.name));
    if profiles.is_empty() {
        session.note_for_people(match all.is_empty() {
            true => "There are no profiles in this vault yet. “profile add” creates one.",
            false => "No profile in this vault matches all of these words.",
        });
    }
    let answer = |profile: &&'v Profile| ProfileAnswer::new(profile, now, reveal);
    session.reply(
        || ListAnswer { profiles: profiles.iter().map(answer).collect(), clock_behind },
        || list_lines(&profiles, now, reveal),
    );
}

fn list_lines(profiles: &[&Profile], now: DateTime<Utc>, reveal: Reveal) -> Vec<Line> {
    if profiles.is_empty() {
        return Vec::new();
    }
    let row = |profile: &&Profile| {
        let cells = [
            profile.name.clone(),
            profile.environment_url.as_ref().map_or("-", |url| url.host()).to_owned(),
            profile.expires().map_or_else(|| "-".to_owned(), |date| date.to_string()),
            state_in_words(profile, now),
            last_check_in_words(profile),
            profile.tags.join(", "),
        ];
        let mut cells: Vec<Value> = cells.into_iter().map(Value::Text).collect();
        if reveal.reveal {
            cells.push(match &profile.client_secret {
                Some(secret) => Value::Exact(SecretText::from(secret.expose())),
                None => Value::Text("-".to_owned()),
            });
        }
        cells
    };
    let rows: Vec<_> = profiles.iter().map(row).collect();
    let mut heading = vec!["NAME", "ENVIRONMENT", "EXPIRES", "STATE", "LAST TEST", "TAGS"];
    if reveal.reveal {
        heading.push("CLIENT SECRET");
    }
    table(&heading, &rows)
}

/// As `expiring` says it; the JSON's ids are for programs.
fn state_in_words(profile: &Profile, now: DateTime<Utc>) -> String {
    let expiry = profile.expiry().map_or_else(|| "-".to_owned(), |expiry| expiry.describe(now));
    match profile.ucc_behind() {
        Some(_) => format!("{expiry}, UCC not updated"),
        None => expiry,
    }
}

pub(super) fn show(session: &mut Session<'_, '_>, profile: &Profile, reveal: Reveal) {
    let now = session.console.now();
    session.reply(|| ProfileAnswer::new(profile, now, reveal), || profile_lines(profile, now, reveal));
}

fn profile_lines(profile: &Profile, now: DateTime<Utc>, reveal: Reveal) -> Vec<Line> {
    let hidden = |secret: Option<&str>| match secret {
        None => Value::Text("-".to_owned()),
        Some(secret) if reveal.reveal => Value::Exact(SecretText::from(secret)),
        Some(_) => Value::Text("(hidden; use --reveal to show it)".to_owned()),
    };
    let text = |value: Option<String>| Value::Text(value.unwrap_or_else(|| "-".to_owned()));
    let mut rows = vec![
        ("Name", Value::Text(profile.name.clone())),
        ("Environment URL", text(profile.environment_url.as_ref().map(ToString::to_string))),
        ("Client ID", text(profile.client_id.as_ref().map(ToString::to_string))),
        ("Client secret", hidden(profile.client_secret.as_ref().map(ClientSecret::expose))),
        (
            "Secret expires",
            text(profile.secret_expiry().map(|expiry| format!("{} ({})", expiry.date(), expiry.describe(now)))),
        ),
        ("Tenant", text(profile.tenant.as_ref().map(ToString::to_string))),
        ("Tags", text(Some(profile.tags.join(", ")).filter(|tags| !tags.is_empty()))),
        ("Last test", Value::Text(last_check_in_words(profile))),
    ];
    if let Some(renewal) = &profile.renewal {
        rows.push(("Renewal", Value::Text(renewal_in_words(renewal))));
        if let Some(secret) = &renewal.new_secret {
            rows.push(("New secret", hidden(Some(secret.expose()))));
        }
    }
    if let Some(behind) = profile.ucc_behind() {
        rows.push(("UCC", Value::Text(behind_in_words(behind, now))));
    }
    if let Some(former) = &profile.former_secret {
        rows.push(("Old secret", hidden(Some(former.secret.expose()))));
        rows.push(("  kept until", Value::Text(format!("{}, then deleted automatically", former.kept_until()))));
    }
    if !profile.notes.is_empty() {
        rows.push(("Notes", Value::Text(profile.notes.clone())));
    }
    if profile.vendor_value.is_some() {
        rows.push(("Encrypted connection string", hidden(profile.vendor_value.as_ref().map(SecretText::expose))));
    }
    let keys = keys_of(profile, reveal);
    if !keys.is_empty() {
        rows.push(("Other keys", Value::Text(keys.join(", "))));
    }
    rows.push(("Changed", text(Some(utc_minute(profile.modified)))));
    labelled(&rows)
}

fn behind_in_words(behind: UccBehind, now: DateTime<Utc>) -> String {
    match behind.expires.map(SecretExpiry::new) {
        Some(expiry) => {
            format!("still uses the old secret, which expires {} ({})", expiry.date(), expiry.describe(now))
        }
        None => "still uses the old secret, whose expiry date is not known".to_owned(),
    }
}

fn renewal_in_words(renewal: &RenewalInProgress) -> String {
    let begun = renewal.started.format("%Y-%m-%d");
    match (&renewal.new_secret, renewal.tested) {
        (None, _) => format!("started {begun}, no new secret yet"),
        (Some(_), None) => format!("started {begun}, the new secret is not tested yet"),
        (Some(_), Some(at)) => format!("started {begun}, the new secret passed its test on {}", at.format("%Y-%m-%d")),
    }
}

fn last_check_in_words(profile: &Profile) -> String {
    let Some(check) = &profile.last_check else { return "never".to_owned() };
    let day = check.at.format("%Y-%m-%d");
    match (check.passed, &check.code) {
        (true, _) => format!("passed {day}"),
        (false, Some(code)) => format!("failed {day} ({code})"),
        (false, None) => format!("failed {day}"),
    }
}
