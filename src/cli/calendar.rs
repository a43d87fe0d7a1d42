//! `calendar`: expiry dates as a calendar file.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::failure::{Exit, Failure};
use super::index::{self, Source};
use super::output::Answer;
use super::reminder_arguments::CalendarArguments;
use super::session::{Session, Style};
use crate::platform::file_system;
use crate::profile::compared_name;
use crate::reminder::calendar::{Expiry, Method, calendar};
use crate::reminder::index::Index;
use crate::reminder::rule::{ReminderRule, Rules};

#[derive(Serialize)]
struct CalendarAnswer {
    events: usize,
    /// The calendar file's text; null when it was written into a file.
    calendar: Option<String>,
    file: Option<String>,
    without_date: Vec<String>,
}

/// A profile as the calendar needs it.
struct Dated {
    id: Uuid,
    name: String,
    expires: Option<NaiveDate>,
    modified: DateTime<Utc>,
}

pub(super) fn run(session: &mut Session<'_, '_>, arguments: CalendarArguments) -> Result<Exit, Failure> {
    let method = if arguments.cancel { Method::Cancel } else { Method::Publish };
    let only_removed = arguments.cancel && !arguments.all && arguments.names.is_empty();
    let wanted = (arguments.from_index || only_removed).into();
    let source = index::source(session, arguments.passphrase, wanted)?;
    if let Source::Index(known) = &source
        && let Some(word) = known.words()
    {
        session.console.tell(&word);
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
        .map(|(it, on, days)| Expiry { key: (vault, it.id), name: &it.name, on, modified: it.modified, days })
        .collect();
    let text = calendar(&expiries, method, session.console.now());
    let without_date: Vec<String> = chosen.iter().filter(|it| it.expires.is_none()).map(|it| it.name.clone()).collect();
    if let Some(file) = &arguments.output {
        file_system::write_named(file, text.as_bytes()).map_err(|error| {
            let path = file.display();
            Failure::broken("output", format!("The calendar could not be written to {path}: {error}."))
        })?;
    }
    if !without_date.is_empty() {
        session.console.tell(&format!("Not in the calendar, because no date is known: {}", without_date.join(", ")));
    }
    let file = arguments.output.as_ref().map(|file| file.display().to_string());
    match (session.style, file) {
        (Style::Json, file) => session.console.answer_json(&Answer::new(CalendarAnswer {
            events: expiries.len(),
            calendar: file.is_none().then_some(text),
            file,
            without_date,
        })),
        // The lines end as a calendar's do, the last one by the console.
        (Style::People, None) => session.console.answer_exact(text.strip_suffix('\n').unwrap_or(&text)),
        (Style::People, Some(file)) => session.console.answer(&format!("Wrote {} events to {file}", expiries.len())),
    }
    Ok(Exit::Good)
}

fn profiles(source: &Source) -> Vec<Dated> {
    match source {
        Source::Vault(vault) => {
            let dated = |it: &crate::profile::Profile| Dated {
                id: it.id,
                name: it.name.clone(),
                expires: it.secret_expires,
                modified: it.modified,
            };
            vault.contents().profiles().iter().map(dated).collect()
        }
        Source::Index(known) => {
            let dated = |it: &crate::reminder::index::IndexedProfile| Dated {
                id: it.id,
                name: it.name.clone(),
                expires: it.expires,
                modified: it.modified,
            };
            known.vault.profiles.iter().map(dated).collect()
        }
    }
}

/// The profiles that were removed from the vault; only the index remembers them.
fn removed(source: &Source) -> Vec<Dated> {
    let Source::Index(known) = source else { return Vec::new() };
    let removed = known.vault.removed.iter().filter(|it| it.expires.is_some());
    removed.map(|it| Dated { id: it.id, name: it.name.clone(), expires: it.expires, modified: it.removed_at }).collect()
}

/// Those of these names, each once; all without names.
fn choose(all: Vec<Dated>, names: &[String]) -> Result<Vec<Dated>, Failure> {
    let same = |it: &Dated, name: &str| compared_name(&it.name) == compared_name(name);
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|it| same(it, name))) {
        return Err(Failure::wrong_use("profile_unknown", format!("There is no profile named “{unknown}”.")));
    }
    let chosen = all.into_iter().filter(|it| names.is_empty() || names.iter().any(|name| same(it, name)));
    Ok(chosen.collect())
}
