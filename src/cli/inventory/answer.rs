//! The inventory as a table, JSON and CSV.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::dates::SavedDate;
use super::{InventoryArguments, InventoryFormat};
use crate::cli::output::{Answer, Line, plain, table};
use crate::cli::session::{Session, Style};
use crate::cloud::Cloud;
use crate::counted::counted;
use crate::escape::{Cell, CsvWriter, LineEnd, visible_line};
use crate::inventory::{AppRow, Inventory, SecretRow, Stray};
use crate::profile::{ExpiryState, SecretExpiry};

/// What there is to tell.
pub(super) struct Facts<'a> {
    pub tenant: Uuid,
    pub cloud: Cloud,
    pub account: &'a str,
    pub found: &'a Inventory,
    pub saved: Option<Vec<SavedDate>>,
}

#[derive(Serialize)]
struct InventoryAnswer<'a> {
    tenant_id: Uuid,
    cloud: &'static str,
    /// Who signed in.
    account: &'a str,
    /// How many app registrations the tenant has, with and without client secrets.
    registrations: usize,
    apps: Vec<AppBody<'a>>,
    /// Profiles whose client secret is none of the tenant's.
    strays: Vec<StrayBody<'a>>,
    /// Null without --save-dates.
    saved: Option<&'a [SavedDate]>,
}

#[derive(Serialize)]
struct AppBody<'a> {
    name: &'a str,
    client_id: String,
    secrets: Vec<SecretBody<'a>>,
}

#[derive(Serialize)]
struct SecretBody<'a> {
    key_id: Uuid,
    name: &'a str,
    hint: &'a str,
    expires: Option<NaiveDate>,
    days_left: Option<i64>,
    state: &'static str,
    /// The first profile that holds it.
    profile: Option<&'a str>,
    profiles: &'a [String],
}

#[derive(Serialize)]
struct StrayBody<'a> {
    profile: &'a str,
    client_id: String,
    reason: &'static str,
    message: &'static str,
}

pub(super) fn write(session: &mut Session<'_, '_>, arguments: &InventoryArguments, facts: &Facts<'_>) {
    let now = session.console.now();
    let within = arguments.expiring;
    match (session.style, arguments.format) {
        (Style::Json, _) => session.console.answer_json(&Answer::new(body(facts, within, now))),
        (_, InventoryFormat::Csv) => write_csv(session, facts.found, within, now),
        (_, InventoryFormat::Text | InventoryFormat::Json) => {
            write_text(session, facts, arguments, now);
        }
    }
}

/// Whether a secret belongs to what was asked for: all, or what expires in so many days.
fn is_wanted(secret: &SecretRow, within: Option<i64>, now: DateTime<Utc>) -> bool {
    let Some(within) = within else { return true };
    secret.expiry.is_some_and(|expiry| expiry.days_left(now) <= within)
}

/// The secrets that were asked for, each with its app. The one that expires first on top.
fn rows(found: &Inventory, within: Option<i64>, now: DateTime<Utc>) -> Vec<(&AppRow, &SecretRow)> {
    let all = found.apps.iter().flat_map(|app| app.secrets.iter().map(move |secret| (app, secret)));
    let mut rows: Vec<_> = all.filter(|(_, secret)| is_wanted(secret, within, now)).collect();
    rows.sort_by_key(|(_, secret)| (secret.expiry.is_none(), secret.expiry));
    rows
}

fn state_id(secret: &SecretRow, now: DateTime<Utc>) -> &'static str {
    secret.expiry.map_or("unknown", |expiry| expiry.state(now).id())
}

fn body<'a>(facts: &'a Facts<'_>, within: Option<i64>, now: DateTime<Utc>) -> InventoryAnswer<'a> {
    let secret = |secret: &'a SecretRow| SecretBody {
        key_id: secret.listed.key_id,
        name: &secret.listed.name,
        hint: &secret.listed.hint,
        expires: secret.expiry.map(SecretExpiry::date),
        days_left: secret.expiry.map(|expiry| expiry.days_left(now)),
        state: state_id(secret, now),
        profile: secret.profiles.first().map(String::as_str),
        profiles: &secret.profiles,
    };
    let app = |app: &'a AppRow| AppBody {
        name: &app.name,
        client_id: app.client_id.to_string(),
        secrets: app.secrets.iter().filter(|secret| is_wanted(secret, within, now)).map(secret).collect(),
    };
    let stray = |stray: &'a Stray| StrayBody {
        profile: &stray.profile,
        client_id: stray.client_id.to_string(),
        reason: stray.reason.id(),
        message: stray.reason.words(),
    };
    InventoryAnswer {
        tenant_id: facts.tenant,
        cloud: facts.cloud.name(),
        account: facts.account,
        registrations: facts.found.registrations,
        apps: facts.found.apps.iter().map(app).filter(|app| !app.secrets.is_empty()).collect(),
        strays: facts.found.strays.iter().map(stray).collect(),
        saved: facts.saved.as_deref(),
    }
}

fn write_csv(session: &mut Session<'_, '_>, found: &Inventory, within: Option<i64>, now: DateTime<Utc>) {
    let mut csv = CsvWriter::new(LineEnd::Lf);
    let heading = ["app", "client_id", "secret_id", "secret_name", "hint", "expires", "days_left", "state", "profiles"];
    csv.line(&heading.map(Cell::Text));
    for (app, secret) in rows(found, within, now) {
        let (client_id, key_id) = (app.client_id.to_string(), secret.listed.key_id.to_string());
        let expires = secret.expiry.map(|expiry| expiry.date().to_string()).unwrap_or_default();
        let profiles = secret.profiles.join(", ");
        let (name, secret_name, profiles) =
            (visible_line(&app.name), visible_line(&secret.listed.name), visible_line(&profiles));
        let hint = visible_line(&secret.listed.hint);
        csv.line(&[
            Cell::Text(&name),
            Cell::Text(&client_id),
            Cell::Text(&key_id),
            Cell::Text(&secret_name),
            Cell::Text(&hint),
            Cell::Text(&expires),
            secret.expiry.map_or(Cell::Text(""), |expiry| Cell::Number(expiry.days_left(now))),
            Cell::Text(state_id(secret, now)),
            Cell::Text(&profiles),
        ]);
    }
    let text = csv.into_text();
    session.console.answer_exact(text.strip_suffix('\n').unwrap_or(&text));
}

fn write_text(session: &mut Session<'_, '_>, facts: &Facts<'_>, arguments: &InventoryArguments, now: DateTime<Utc>) {
    let (found, within) = (facts.found, arguments.expiring);
    let rows = rows(found, within, now);
    let cells = |(app, secret): &(&AppRow, &SecretRow)| {
        vec![
            plain(&app.name),
            app.client_id.to_string(),
            plain(&secret.listed.name),
            plain(&secret.listed.hint),
            secret.expiry.map(|expiry| expiry.date().to_string()).unwrap_or_default(),
            secret.expiry.map(|expiry| expiry.describe(now)).unwrap_or_default(),
            plain(&secret.profiles.join(", ")),
        ]
    };
    if !rows.is_empty() {
        let shown: Vec<Vec<String>> = rows.iter().map(cells).collect();
        let heading = ["APP", "CLIENT ID", "SECRET", "BEGINS", "EXPIRES", "STATE", "PROFILE"];
        session.console.answer_lines(&table(&heading, &shown));
        session.console.answer("");
    }
    session.console.answer_lines(&Line::all(&summary(facts, arguments, now)));
}

fn summary(facts: &Facts<'_>, arguments: &InventoryArguments, now: DateTime<Utc>) -> Vec<String> {
    let (found, within) = (facts.found, arguments.expiring);
    let secrets: Vec<&SecretRow> = found.apps.iter().flat_map(|app| &app.secrets).collect();
    let in_state = |wanted: &[ExpiryState]| {
        secrets.iter().filter(|secret| secret.expiry.is_some_and(|expiry| wanted.contains(&expiry.state(now)))).count()
    };
    let held = secrets.iter().filter(|secret| !secret.profiles.is_empty()).count();
    let held = if arguments.without_vault { String::new() } else { format!("; {held} in profiles of the vault") };
    let mut lines = vec![
        format!(
            "Tenant {}: {}, {} with {}.",
            facts.tenant,
            counted(found.registrations, "app registration"),
            found.apps.len(),
            counted(secrets.len(), "client secret")
        ),
        format!(
            "{} expired, {} within {} days{held}.",
            in_state(&[ExpiryState::Expired]),
            in_state(&[ExpiryState::Urgent, ExpiryState::Soon]),
            SecretExpiry::SOON_DAYS
        ),
    ];
    if let Some(within) = within {
        lines.push(format!("Shown: those that have expired or expire within {within} days."));
    }
    if !found.strays.is_empty() {
        lines.push("Profiles whose client secret is not among them:".to_owned());
        lines.extend(found.strays.iter().map(|stray| format!("  {}: {}", stray.profile, stray.reason.words())));
    }
    lines
}
