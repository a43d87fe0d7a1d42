//! `calendar`: expiry dates as a calendar file.

use std::path::PathBuf;

use chrono::{DateTime, Local, NaiveDate, Utc};
use clap::Args;
use serde::Serialize;
use uuid::Uuid;

use super::index::{self, Source};
use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::Passphrase;
use crate::cli::output::Answer;
use crate::cli::session::{Session, Style};
use crate::counted::counted;
use crate::platform::file_system;
use crate::profile::{Profile, compared_name};
use crate::reminder::calendar::{Expiry, Method, calendar, reminder_events};
use crate::reminder::index::Index;
use crate::reminder::rule::{ReminderRule, Rules};

#[derive(Debug, Args)]
pub(in crate::cli) struct CalendarArguments {
    /// The profiles
    #[arg(value_name = "NAME", required_unless_present_any = ["all", "cancel"])]
    pub names: Vec<String>,
    /// Export all profiles with an expiry date
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Cancel events; without names, those of deleted profiles
    #[arg(long)]
    pub cancel: bool,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Use the reminder index even at a terminal, without asking for the passphrase
    #[arg(long, conflicts_with = "passphrase_stdin")]
    pub from_index: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Serialize)]
struct CalendarAnswer {
    /// How many expiry dates are in it.
    events: usize,
    /// How many reminders have an event of their own beside these.
    reminders: usize,
    /// The calendar file's text; null when it was written into a file.
    calendar: Option<String>,
    file: Option<String>,
    without_date: Vec<String>,
}

/// A profile as the calendar needs it.
struct Dated<'a> {
    id: Uuid,
    name: String,
    expires: Option<NaiveDate>,
    modified: DateTime<Utc>,
    /// Whether the UCC still uses the former secret.
    ucc_behind: bool,
    /// What only the open vault tells.
    profile: Option<&'a Profile>,
}

pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: CalendarArguments) -> Result<Exit, Failure> {
    let method = if arguments.cancel { Method::Cancel } else { Method::Publish };
    let only_removed = arguments.cancel && !arguments.all && arguments.names.is_empty();
    let wanted = (arguments.from_index || only_removed).into();
    let source = index::source(session, arguments.passphrase, wanted)?;
    if let Source::Index(known) = &source
        && let Some(word) = known.words()
    {
        session.console.note(&word);
    }
    let all = if only_removed { removed(&source) } else { profiles(&source) };
    let chosen = choose(all, &arguments.names)?;
    let usual = Rules::from(&session.settings.reminders).days;
    let index = session.console.reminders().map(|places| Index::read(&places).0).unwrap_or_default();
    let vault = source.vault_id();
    let days = |id: Uuid| match index.find((vault, id)).and_then(|(_, profile)| profile.rule.as_ref()) {
        Some(ReminderRule::Off) => Vec::new(),
        Some(ReminderRule::Days(days)) => days.clone(),
        None => usual.clone(),
    };
    let days: Vec<Vec<u32>> = chosen.iter().map(|it| days(it.id)).collect();
    let dated = chosen.iter().zip(&days).filter_map(|(it, days)| Some((it, it.expires?, days)));
    let expiries: Vec<Expiry<'_>> = dated
        .map(|(it, on, days)| Expiry {
            key: (vault, it.id),
            name: &it.name,
            on,
            ucc_behind: it.ucc_behind,
            modified: it.modified,
            days,
            profile: it.profile,
        })
        .collect();
    let now = session.console.now().with_timezone(&Local);
    let text = calendar(&expiries, method, now);
    let reminders = match method {
        Method::Publish => expiries.iter().map(|expiry| reminder_events(expiry, &now)).sum(),
        Method::Cancel => 0,
    };
    let without_date: Vec<String> = chosen.iter().filter(|it| it.expires.is_none()).map(|it| it.name.clone()).collect();
    if let Some(file) = &arguments.output {
        file_system::write_named(file, text.as_bytes()).map_err(|error| {
            let path = file.display();
            Failure::failed("output", format!("The calendar could not be saved to {path}: {error}."))
        })?;
    }
    if method == Method::Publish && matches!(source, Source::Index(_)) && !expiries.is_empty() {
        session.console.note(
            "The events contain neither environment nor client ID, because the vault was not unlocked. Add \
             --passphrase-stdin to include them, with a link to the page where the new client secret is created.",
        );
    }
    if !without_date.is_empty() {
        session
            .console
            .note(&format!("Not in the calendar, because no expiry date is set: {}", without_date.join(", ")));
    }
    let file = arguments.output.as_ref().map(|file| file.display().to_string());
    match (session.style, file) {
        (Style::Json, file) => session.console.answer_json(&Answer::new(CalendarAnswer {
            events: expiries.len(),
            reminders,
            calendar: file.is_none().then_some(text),
            file,
            without_date,
        })),
        // The lines end as a calendar's do, the last one by the console.
        (Style::People, None) => session.console.answer_exact(text.strip_suffix('\n').unwrap_or(&text)),
        (Style::People, Some(file)) => {
            let dates = counted(expiries.len(), "expiry date");
            session.console.answer(&match method {
                Method::Publish => format!("Wrote {dates} and {} to {file}", counted(reminders, "reminder")),
                Method::Cancel => format!("Wrote the cancellation of {dates} to {file}"),
            });
        }
    }
    Ok(Exit::Success)
}

fn profiles(source: &Source) -> Vec<Dated<'_>> {
    match source {
        Source::Vault(vault) => {
            let profiles = vault.contents().profiles().iter();
            let dated = profiles.map(|it| Dated {
                id: it.id,
                name: it.name.clone(),
                expires: it.expires(),
                ucc_behind: it.ucc_behind().is_some(),
                modified: it.modified,
                profile: Some(it),
            });
            dated.collect()
        }
        Source::Index(known) => {
            let dated = |it: &crate::reminder::index::IndexedProfile| Dated {
                id: it.id,
                name: it.name.clone(),
                expires: it.expires,
                ucc_behind: it.ucc_behind,
                modified: it.modified,
                profile: None,
            };
            known.vault.profiles.iter().map(dated).collect()
        }
    }
}

/// The profiles that were removed from the vault; only the index remembers them.
fn removed(source: &Source) -> Vec<Dated<'_>> {
    let Source::Index(known) = source else { return Vec::new() };
    let removed = known.vault.removed.iter().filter(|it| it.expires.is_some());
    let dated = |it: &crate::reminder::index::RemovedProfile| Dated {
        id: it.id,
        name: it.name.clone(),
        expires: it.expires,
        ucc_behind: false,
        modified: it.removed_at,
        profile: None,
    };
    removed.map(dated).collect()
}

/// Those of these names, each once; all without names.
fn choose<'a>(all: Vec<Dated<'a>>, names: &[String]) -> Result<Vec<Dated<'a>>, Failure> {
    let same = |it: &Dated<'_>, name: &str| compared_name(&it.name) == compared_name(name);
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|it| same(it, name))) {
        return Err(Failure::usage(
            "profile_unknown",
            format!("There is no profile named “{unknown}”. “expiring” shows the names."),
        ));
    }
    let chosen = all.into_iter().filter(|it| names.is_empty() || names.iter().any(|name| same(it, name)));
    Ok(chosen.collect())
}
