//! `expiring`: which client secrets lapse soon, for people and for monitoring systems.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;

use super::failure::Failure;
use super::index::{self, Source};
use super::output::{Answer, plain, table};
use super::reminder_arguments::{ExpiringArguments, ExpiringFormat};
use super::session::{Session, Style};
use crate::escape::{Cell, CsvWriter, LineEnd};
use crate::profile::SecretExpiry;

const OK: u8 = 0;
const WARNING: u8 = 1;
const CRITICAL: u8 = 2;
/// The exit code for "could not find out".
pub(super) const UNKNOWN: u8 = 3;

#[derive(Serialize)]
struct ExpiringAnswer {
    /// Worst first.
    profiles: Vec<Lapsing>,
    /// Profiles whose secret has no known date; nobody can warn of these.
    without_date: Vec<String>,
    checked: usize,
    /// Only for an answer from the reminder index: when the vault was saved that it knows of, and whether the vault
    /// is where it was.
    #[serde(flatten)]
    index: Option<FromIndex>,
}

#[derive(Serialize)]
struct FromIndex {
    source: &'static str,
    index_saved_at: String,
    vault_state: &'static str,
}

#[derive(Serialize)]
struct Lapsing {
    name: String,
    expires: NaiveDate,
    days_left: i64,
    state: &'static str,
    #[serde(skip)]
    in_words: String,
}

/// The exit code is the plug-ins': 0 ok, 1 warning, 2 critical. What the index says of a vault that is gone, or that
/// somebody else saved since, may be out of date: then 3 in place of 0.
pub(super) fn run(session: &mut Session<'_, '_>, arguments: ExpiringArguments) -> Result<u8, Failure> {
    let within = arguments.within.max(arguments.critical);
    let now = session.console.now();
    let source = index::source(session, arguments.passphrase, arguments.from_index.into())?;
    let mut answer = find_lapsing(now, source.expiries(), within);
    let mut good = OK;
    if let Source::Index(known) = &source {
        if let Some(word) = known.words() {
            session.console.tell(&word);
        }
        let unwatched = known.vault.unwatched();
        if let Some(words) = &unwatched {
            session.console.tell(words);
        }
        if known.state != index::VaultState::Unchanged || unwatched.is_some() {
            good = UNKNOWN;
        }
        answer.index = Some(FromIndex {
            source: "index",
            index_saved_at: known.vault.saved_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            vault_state: known.state.id(),
        });
    }
    let code = match answer.profiles.first() {
        None => good,
        Some(worst) if worst.days_left <= arguments.critical => CRITICAL,
        Some(_) => WARNING,
    };
    match (session.style, arguments.format) {
        (Style::Json, _) => session.console.answer_json(&Answer::new(answer)),
        (_, ExpiringFormat::Csv) => write_csv(session, &answer),
        (_, ExpiringFormat::Nagios) => write_nagios(session, &answer, code, within),
        (_, ExpiringFormat::Text | ExpiringFormat::Json) => write_text(session, &answer, within),
    }
    Ok(code)
}

fn find_lapsing<'a>(
    now: DateTime<Utc>,
    expiries: impl Iterator<Item = (&'a str, Option<NaiveDate>)>,
    within: i64,
) -> ExpiringAnswer {
    let (mut profiles, mut without_date, mut checked) = (Vec::new(), Vec::new(), 0);
    for (name, expires) in expiries {
        checked += 1;
        let Some(expiry) = expires.map(SecretExpiry::new) else {
            without_date.push(name.to_owned());
            continue;
        };
        if expiry.days_left(now) <= within {
            profiles.push(Lapsing {
                name: name.to_owned(),
                expires: expiry.date(),
                days_left: expiry.days_left(now),
                state: expiry.state(now).id(),
                in_words: expiry.describe(now),
            });
        }
    }
    profiles.sort_by(|one, other| (one.days_left, &one.name).cmp(&(other.days_left, &other.name)));
    without_date.sort();
    ExpiringAnswer { profiles, without_date, checked, index: None }
}

fn write_text(session: &mut Session<'_, '_>, answer: &ExpiringAnswer, within: i64) {
    if answer.profiles.is_empty() {
        session.console.answer(&format!("No client secret lapses within {within} days."));
    } else {
        let row = |lapsing: &Lapsing| vec![plain(&lapsing.name), lapsing.expires.to_string(), lapsing.in_words.clone()];
        let rows: Vec<_> = answer.profiles.iter().map(row).collect();
        session.console.answer_lines(&table(&["NAME", "EXPIRES", "STATE"], &rows));
    }
    if !answer.without_date.is_empty() {
        let names = plain(&answer.without_date.join(", "));
        session.console.tell(&format!("Without an expiry date, so nobody can be warned: {names}"));
    }
}

fn write_csv(session: &mut Session<'_, '_>, answer: &ExpiringAnswer) {
    let mut csv = CsvWriter::new(LineEnd::Lf);
    csv.line(&["name", "expires", "days_left", "state"].map(Cell::Text));
    for Lapsing { name, expires, days_left, state, .. } in &answer.profiles {
        csv.line(&[Cell::Text(name), Cell::Text(&expires.to_string()), Cell::Number(*days_left), Cell::Text(state)]);
    }
    let text = csv.into_text();
    session.console.answer_exact(text.strip_suffix('\n').unwrap_or(&text));
}

fn write_nagios(session: &mut Session<'_, '_>, answer: &ExpiringAnswer, code: u8, within: i64) {
    let word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][usize::from(code)];
    let lapsed = answer.profiles.iter().filter(|lapsing| lapsing.days_left <= 0).count();
    let soon = answer.profiles.len() - lapsed;
    let summary = match answer.profiles.first() {
        None => format!("none of {} lapses within {within} days", answer.checked),
        Some(worst) => {
            format!("{lapsed} lapsed, {soon} within {within} days; first {} ({})", worst.name, worst.in_words)
        }
    };
    // A bar begins the performance data.
    let summary = plain(&summary).replace('|', "/");
    session.console.answer(&format!(
        "CLIENT SECRETS {word} - {summary} | lapsed={lapsed} soon={soon} undated={} total={}",
        answer.without_date.len(),
        answer.checked
    ));
}
