//! `expiring`: which client secrets lapse soon, for people and for monitoring systems.

use chrono::NaiveDate;
use serde::Serialize;

use super::arguments::{ExpiringArguments, ExpiringFormat};
use super::failure::Failure;
use super::output::{Answer, plain, table};
use super::session::{Session, Style};
use crate::profile::{Profile, SecretExpiry};

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

/// The exit code is the plug-ins': 0 ok, 1 warning, 2 critical.
pub(super) fn run(session: &mut Session<'_, '_>, arguments: ExpiringArguments) -> Result<u8, Failure> {
    let vault = session.open_vault(arguments.passphrase)?;
    let within = arguments.within.max(arguments.critical);
    let answer = find_lapsing(session, vault.contents().profiles(), within);
    let code = match answer.profiles.first() {
        None => OK,
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

fn find_lapsing(session: &Session<'_, '_>, profiles: &[Profile], within: i64) -> ExpiringAnswer {
    let now = session.console.now();
    let lapsing = |profile: &Profile, expiry: SecretExpiry| Lapsing {
        name: profile.name.clone(),
        expires: expiry.date(),
        days_left: expiry.days_left(now),
        state: expiry.state(now).id(),
        in_words: expiry.describe(now),
    };
    let mut found: Vec<_> = profiles
        .iter()
        .filter_map(|profile| profile.expiry().map(|expiry| lapsing(profile, expiry)))
        .filter(|lapsing| lapsing.days_left <= within)
        .collect();
    found.sort_by(|one, other| (one.days_left, &one.name).cmp(&(other.days_left, &other.name)));
    let mut without_date: Vec<_> = profiles
        .iter()
        .filter(|profile| profile.secret_expires.is_none())
        .map(|profile| profile.name.clone())
        .collect();
    without_date.sort();
    ExpiringAnswer { profiles: found, without_date, checked: profiles.len() }
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
    let mut lines = vec!["name,expires,days_left,state".to_owned()];
    for Lapsing { name, expires, days_left, state, .. } in &answer.profiles {
        lines.push(format!("{},{expires},{days_left},{state}", csv_cell(name)));
    }
    session.console.answer_lines(&lines);
}

/// A cell by RFC 4180.
fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn write_nagios(session: &mut Session<'_, '_>, answer: &ExpiringAnswer, code: u8, within: i64) {
    let word = ["OK", "WARNING", "CRITICAL"][usize::from(code)];
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
