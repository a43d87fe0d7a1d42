//! `expiring`: which client secrets expire soon, for people and for monitoring systems.

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::index::{self, KnownExpiry, Source};
use crate::cli::clock::{self, ClockAnswer};
use crate::cli::failure::Failure;
use crate::cli::flags::Passphrase;
use crate::cli::output::{Answer, plain, table};
use crate::cli::session::{Session, Style};
use crate::escape::{Cell, CsvWriter, LineEnd, visible_line};
use crate::profile::SecretExpiry;
use crate::rfc3339::to_the_second;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExpiringArguments {
    /// Warn about secrets that expire within this many days or weeks
    #[arg(long, value_name = "DAYS", default_value = "30d", value_parser = parse_days)]
    pub within: i64,
    /// Critical within this many days or weeks; 0d means expired
    #[arg(long, value_name = "DAYS", default_value = "0d", value_parser = parse_days)]
    pub critical: i64,
    /// The output format
    #[arg(long, value_enum, default_value_t = ExpiringFormat::Text)]
    pub format: ExpiringFormat,
    /// Use the reminder index even at a terminal, without asking for the passphrase
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub from_index: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExpiringFormat {
    /// A table for people
    Text,
    /// One JSON object, the same as --json
    Json,
    /// Comma-separated values with a heading
    Csv,
    /// One line with performance data
    Nagios,
}

const OK: u8 = 0;
const WARNING: u8 = 1;
const CRITICAL: u8 = 2;
/// The exit code for "could not find out".
pub(in crate::cli) const UNKNOWN: u8 = 3;

#[derive(Serialize)]
struct ExpiringAnswer {
    /// Worst first.
    profiles: Vec<ExpiringSecret>,
    /// Profiles whose secret has no known date; there can be no reminders for these.
    without_date: Vec<String>,
    checked: usize,
    /// Where the clock is behind, so that days left are wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_behind: Option<ClockAnswer>,
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
struct ExpiringSecret {
    name: String,
    expires: NaiveDate,
    days_left: i64,
    state: &'static str,
    /// `false` while the UCC still uses the former secret, whose date this is.
    ucc_updated: bool,
    #[serde(skip)]
    in_words: String,
}

/// The exit code is the plug-ins': 0 ok, 1 warning, 2 critical. What the index says of a vault that is gone, or that
/// somebody else saved since, may be out of date: then 3 in place of 0.
pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: ExpiringArguments) -> Result<u8, Failure> {
    let within = arguments.within.max(arguments.critical);
    let now = session.console.now();
    let source = index::source(session, arguments.passphrase, arguments.from_index.into())?;
    let mut answer = find_expiring(now, source.expiries(), within);
    let behind = source.clock_behind(session);
    answer.clock_behind = clock::warn(session, behind);
    let mut good = OK;
    if let Source::Index(known) = &source {
        if let Some(word) = known.words() {
            session.console.note(&word);
        }
        let unwatched = known.vault.unwatched();
        if let Some(words) = &unwatched {
            session.console.note(words);
        }
        if known.state != index::VaultState::Unchanged || unwatched.is_some() {
            good = UNKNOWN;
        }
        answer.index = Some(FromIndex {
            source: "index",
            index_saved_at: to_the_second(known.vault.saved_at),
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

fn find_expiring<'a>(
    now: DateTime<Utc>,
    expiries: impl Iterator<Item = KnownExpiry<'a>>,
    within: i64,
) -> ExpiringAnswer {
    let (mut profiles, mut without_date, mut checked) = (Vec::new(), Vec::new(), 0);
    for KnownExpiry { name, expires, ucc_behind } in expiries {
        checked += 1;
        let Some(expiry) = expires.map(SecretExpiry::new) else {
            without_date.push(name.to_owned());
            continue;
        };
        if expiry.days_left(now) <= within {
            profiles.push(ExpiringSecret {
                name: name.to_owned(),
                expires: expiry.date(),
                days_left: expiry.days_left(now),
                state: expiry.state(now).id(),
                ucc_updated: !ucc_behind,
                in_words: match ucc_behind {
                    true => format!("{}, UCC not updated", expiry.describe(now)),
                    false => expiry.describe(now),
                },
            });
        }
    }
    profiles.sort_by(|one, other| (one.days_left, &one.name).cmp(&(other.days_left, &other.name)));
    without_date.sort();
    ExpiringAnswer { profiles, without_date, checked, clock_behind: None, index: None }
}

fn write_text(session: &mut Session<'_, '_>, answer: &ExpiringAnswer, within: i64) {
    if answer.profiles.is_empty() {
        session.console.answer(&format!("No client secret expires within {within} days."));
    } else {
        let row = |it: &ExpiringSecret| vec![plain(&it.name), it.expires.to_string(), it.in_words.clone()];
        let rows: Vec<_> = answer.profiles.iter().map(row).collect();
        session.console.answer_lines(&table(&["NAME", "EXPIRES", "STATE"], &rows));
    }
    if !answer.without_date.is_empty() {
        let names = plain(&answer.without_date.join(", "));
        session.console.note(&format!("No expiry date set, so no reminders: {names}"));
    }
}

fn write_csv(session: &mut Session<'_, '_>, answer: &ExpiringAnswer) {
    let mut csv = CsvWriter::new(LineEnd::Lf);
    csv.line(&["name", "expires", "days_left", "state"].map(Cell::Text));
    for ExpiringSecret { name, expires, days_left, state, .. } in &answer.profiles {
        let name = visible_line(name);
        csv.line(&[Cell::Text(&name), Cell::Text(&expires.to_string()), Cell::Number(*days_left), Cell::Text(state)]);
    }
    let text = csv.into_text();
    session.console.answer_exact(text.strip_suffix('\n').unwrap_or(&text));
}

fn write_nagios(session: &mut Session<'_, '_>, answer: &ExpiringAnswer, code: u8, within: i64) {
    let word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][usize::from(code)];
    let expired = answer.profiles.iter().filter(|it| it.days_left <= 0).count();
    let soon = answer.profiles.len() - expired;
    let summary = match answer.profiles.first() {
        None => format!("none of {} expires within {within} days", answer.checked),
        Some(worst) => {
            format!("{expired} expired, {soon} within {within} days; first {} ({})", worst.name, worst.in_words)
        }
    };
    // A bar begins the performance data.
    let summary = plain(&summary).replace('|', "/");
    session.console.answer(&format!(
        "CLIENT SECRETS {word} - {summary} | lapsed={expired} soon={soon} undated={} total={}",
        answer.without_date.len(),
        answer.checked
    ));
}

/// Reads `30d`, `30` or `4w` as days.
pub(in crate::cli) fn parse_days(text: &str) -> Result<i64, String> {
    let (number, days) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    match number.parse::<u16>() {
        Ok(number) => Ok(i64::from(number) * days),
        Err(_) => Err("enter a number of days or weeks, for example 30d or 4w".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_weeks_are_read() {
        assert_eq!(parse_days("30d"), Ok(30));
        assert_eq!(parse_days("7"), Ok(7));
        assert_eq!(parse_days("4w"), Ok(28));
        for text in ["", "d", "-1d", "1m", "99999999d"] {
            assert!(parse_days(text).is_err(), "{text}");
        }
    }
}
