//! The words of `expiring`, `remind`, `calendar` and `handover`. Their doc comments are the help texts.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::arguments::Passphrase;
use crate::reminder::rule;

#[derive(Debug, Args)]
pub(super) struct ExpiringArguments {
    /// How near is worth a warning, in days or weeks
    #[arg(long, value_name = "DAYS", default_value = "30d", value_parser = parse_days)]
    pub within: i64,
    /// How near is critical; 0d means lapsed
    #[arg(long, value_name = "DAYS", default_value = "0d", value_parser = parse_days)]
    pub critical: i64,
    /// How to answer
    #[arg(long, value_enum, default_value_t = ExpiringFormat::Text)]
    pub format: ExpiringFormat,
    /// Look into the reminder index even at a terminal, without asking for the passphrase
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub from_index: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExpiringFormat {
    /// A table for people
    Text,
    /// One JSON object, as --json
    Json,
    /// Comma-separated values with a heading
    Csv,
    /// One line with performance data
    Nagios,
}

#[derive(Debug, Args)]
pub(super) struct RemindArguments {
    /// Look at sign-in and daily from now on, also when the app is closed
    #[arg(long, group = "what")]
    pub install: bool,
    /// Look no more by itself
    #[arg(long, group = "what")]
    pub uninstall: bool,
    /// Tell whether it looks by itself, and which vaults it knows
    #[arg(long, group = "what")]
    pub status: bool,
    /// Forget the vault that --vault names, for example one that was deleted
    #[arg(long, group = "what")]
    pub forget: bool,
    /// Change when this profile is told about, on this computer
    #[arg(long, value_name = "NAME", group = "what")]
    pub profile: Option<String>,
    /// Days before the expiry, for example 90,30,7; “usual” as for all, “off” for never
    #[arg(long, value_name = "DAYS", requires = "profile", value_parser = parse_rule)]
    pub days: Option<ChosenRule>,
    /// Tell nothing about it before this day; “no” ends that
    #[arg(long, value_name = "YYYY-MM-DD", requires = "profile", value_parser = parse_snooze)]
    pub snooze: Option<ChosenSnooze>,
    /// How many seconds to wait for a click on the notification (Linux)
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=86400))]
    pub wait: u64,
}

/// A profile's own days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChosenRule {
    Usual,
    Own(rule::ReminderRule),
}

/// Until when a profile is not told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChosenSnooze {
    No,
    Until(NaiveDate),
}

#[derive(Debug, Args)]
pub(super) struct CalendarArguments {
    /// The profiles
    #[arg(value_name = "NAME", required_unless_present_any = ["all", "cancel"])]
    pub names: Vec<String>,
    /// All profiles with an expiry date
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Call events off; without names those of profiles that were removed from the vault
    #[arg(long)]
    pub cancel: bool,
    /// Write into this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Look into the reminder index even at a terminal, without asking for the passphrase
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub from_index: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(super) struct HandoverArguments {
    /// The profile
    pub name: String,
    /// Post it to the webhook of the settings as well
    #[arg(long)]
    pub send: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// Reads `30d`, `30` or `4w` as days.
fn parse_days(text: &str) -> Result<i64, String> {
    let (number, days) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    match number.parse::<u16>() {
        Ok(number) => Ok(i64::from(number) * days),
        Err(_) => Err("write a number of days or weeks, for example 30d or 4w".to_owned()),
    }
}

fn parse_rule(text: &str) -> Result<ChosenRule, String> {
    match text.trim() {
        "usual" => Ok(ChosenRule::Usual),
        "off" => Ok(ChosenRule::Own(rule::ReminderRule::Off)),
        days => rule::parse_days(days)
            .map(|days| ChosenRule::Own(rule::ReminderRule::Days(days)))
            .map_err(|error| format!("{error} Or “usual”, or “off”.")),
    }
}

fn parse_snooze(text: &str) -> Result<ChosenSnooze, String> {
    match text.trim() {
        "no" => Ok(ChosenSnooze::No),
        day => day
            .parse()
            .map(ChosenSnooze::Until)
            .map_err(|_| "write a day as YYYY-MM-DD, for example 2027-11-23, or “no”".to_owned()),
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
