//! `profile list` and `profile show`: profiles as answers, without secrets unless asked for.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;

use super::arguments::{ProfileCommand, Reveal};
use super::failure::{Exit, Failure};
use super::later::Later;
use super::output::{Answer, Value, labelled, table};
use super::profile_change;
use super::session::{Session, Style, find};
use crate::connection_string::shown_key;
use crate::profile::{ClientSecret, FormerSecret, Profile, RenewalInProgress, Search, SecretText, compared_name};

pub(super) fn run(session: &mut Session<'_, '_>, command: ProfileCommand) -> Result<Exit, Failure> {
    match command {
        ProfileCommand::List { search, passphrase, reveal } => {
            let vault = session.open_vault(passphrase)?;
            list(session, vault.contents().profiles(), &Search::new(&search), reveal);
            Ok(Exit::Good)
        }
        ProfileCommand::Show { name, passphrase, reveal } => {
            let vault = session.open_vault(passphrase)?;
            let profile = find(vault.contents(), &name)?;
            show(session, profile, reveal);
            Ok(Exit::Good)
        }
        ProfileCommand::Add(Later(arguments)) => profile_change::add(session, arguments),
        ProfileCommand::Set(Later(arguments)) => profile_change::set(session, arguments),
        ProfileCommand::Remove { name, passphrase } => profile_change::remove(session, &name, passphrase),
    }
}

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

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl<'a> RenewalAnswer<'a> {
    fn new(renewal: &'a RenewalInProgress, reveal: Reveal) -> RenewalAnswer<'a> {
        RenewalAnswer {
            started: time(renewal.started),
            has_new_secret: renewal.new_secret.is_some(),
            new_secret: renewal.new_secret.as_ref().map(ClientSecret::expose).filter(|_| reveal.reveal),
            new_expires: renewal.new_expires,
            key_id: renewal.key_id.map(|id| id.to_string()),
            tested: renewal.tested.map(time),
        }
    }
}

impl<'a> FormerAnswer<'a> {
    fn new(former: &'a FormerSecret, reveal: Reveal) -> FormerAnswer<'a> {
        FormerAnswer {
            secret: Some(former.secret.expose()).filter(|_| reveal.reveal),
            expires: former.expires,
            replaced_at: time(former.replaced_at),
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
                at: time(check.at),
                passed: check.passed,
                stage: check.stage.as_deref(),
                code: check.code.as_deref(),
            }),
            renewal: profile.renewal.as_ref().map(|renewal| RenewalAnswer::new(renewal, reveal)),
            former_secret: profile.former_secret.as_ref().map(|former| FormerAnswer::new(former, reveal)),
            id: profile.id.to_string(),
            created: time(profile.created),
            modified: time(profile.modified),
        }
    }
}

fn keys_of(profile: &Profile, reveal: Reveal) -> Vec<Cow<'_, str>> {
    let keys = profile.other_keys.iter().map(|(key, _)| key.as_str());
    keys.map(|key| if reveal.reveal { Cow::Borrowed(key) } else { shown_key(key) }).collect()
}

/// The expiry's state by its public id; `unknown` without a date.
fn state_of(profile: &Profile, now: DateTime<Utc>) -> &'static str {
    profile.expiry().map_or("unknown", |expiry| expiry.state(now).id())
}

#[derive(Serialize)]
struct ListAnswer<'a> {
    profiles: Vec<ProfileAnswer<'a>>,
}

fn list(session: &mut Session<'_, '_>, all: &[Profile], search: &Search, reveal: Reveal) {
    let now = session.console.now();
    let mut profiles: Vec<_> = all.iter().filter(|profile| search.finds(profile)).collect();
    profiles.sort_by_cached_key(|profile| compared_name(&profile.name));
    if session.style == Style::Json {
        let profiles = profiles.into_iter().map(|profile| ProfileAnswer::new(profile, now, reveal)).collect();
        session.console.answer_json(&Answer::new(ListAnswer { profiles }));
        return;
    }
    if profiles.is_empty() {
        session.console.tell(match all.is_empty() {
            true => "There is no profile in this vault yet. “profile add” makes one.",
            false => "No profile in this vault has all of these words.",
        });
        return;
    }
    let row = |profile: &&Profile| {
        let cells = [
            profile.name.clone(),
            profile.environment_url.as_ref().map_or("-", |url| url.host()).to_owned(),
            profile.secret_expires.map_or_else(|| "-".to_owned(), |date| date.to_string()),
            state_of(profile, now).to_owned(),
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
    let mut heading = vec!["NAME", "ENVIRONMENT", "EXPIRES", "STATE", "LAST CHECK", "TAGS"];
    if reveal.reveal {
        heading.push("CLIENT SECRET");
    }
    session.console.answer_lines(&table(&heading, &rows));
}

fn show(session: &mut Session<'_, '_>, profile: &Profile, reveal: Reveal) {
    let now = session.console.now();
    if session.style == Style::Json {
        session.console.answer_json(&Answer::new(ProfileAnswer::new(profile, now, reveal)));
        return;
    }
    let hidden = |secret: Option<&str>| match secret {
        None => Value::Text("-".to_owned()),
        Some(secret) if reveal.reveal => Value::Exact(SecretText::from(secret)),
        Some(_) => Value::Text("(hidden; --reveal shows it)".to_owned()),
    };
    let text = |value: Option<String>| Value::Text(value.unwrap_or_else(|| "-".to_owned()));
    let mut rows = vec![
        ("Name", Value::Text(profile.name.clone())),
        ("Environment URL", text(profile.environment_url.as_ref().map(ToString::to_string))),
        ("Client ID", text(profile.client_id.as_ref().map(ToString::to_string))),
        ("Client secret", hidden(profile.client_secret.as_ref().map(ClientSecret::expose))),
        (
            "Secret expires",
            text(profile.expiry().map(|expiry| format!("{} ({})", expiry.date(), expiry.describe(now)))),
        ),
        ("Tenant", text(profile.tenant.as_ref().map(ToString::to_string))),
        ("Tags", text(Some(profile.tags.join(", ")).filter(|tags| !tags.is_empty()))),
        ("Last check", Value::Text(last_check_in_words(profile))),
    ];
    if let Some(renewal) = &profile.renewal {
        rows.push(("Renewal", Value::Text(renewal_in_words(renewal))));
        if let Some(secret) = &renewal.new_secret {
            rows.push(("New secret", hidden(Some(secret.expose()))));
        }
    }
    if let Some(former) = &profile.former_secret {
        rows.push(("Former secret", hidden(Some(former.secret.expose()))));
        rows.push(("  kept until", Value::Text(format!("{}, then forgotten", former.kept_until()))));
    }
    if !profile.notes.is_empty() {
        rows.push(("Notes", Value::Text(profile.notes.clone())));
    }
    if profile.vendor_value.is_some() {
        rows.push(("A365 tool's value", hidden(profile.vendor_value.as_ref().map(SecretText::expose))));
    }
    let keys = keys_of(profile, reveal);
    if !keys.is_empty() {
        rows.push(("Other keys kept", Value::Text(keys.join(", "))));
    }
    rows.push(("Changed", text(Some(profile.modified.format("%Y-%m-%d %H:%M UTC").to_string()))));
    session.console.answer_lines(&labelled(&rows));
}

fn renewal_in_words(renewal: &RenewalInProgress) -> String {
    let begun = renewal.started.format("%Y-%m-%d");
    match (&renewal.new_secret, renewal.tested) {
        (None, _) => format!("begun {begun}, no new secret yet"),
        (Some(_), None) => format!("begun {begun}, the new secret is not tested yet"),
        (Some(_), Some(at)) => format!("begun {begun}, the new secret passed its test {}", at.format("%Y-%m-%d")),
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
