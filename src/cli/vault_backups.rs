//! `vault backups` and `vault restore`.

use std::path::Path;

use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;

use super::arguments::Passphrase;
use super::failure::{Exit, Failure};
use super::output::{Answer, Line, plain, table};
use super::session::{Session, Style};
use crate::vault::{
    Backup, BackupState, Contents, Difference, Trust, Vault, VaultError, backups, difference, open_backup, read_info,
    restore_over_damaged,
};

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// Which backup, by its name, the beginning of its name, or its save number [default: the newest whole one]
    #[arg(long, value_name = "NAME")]
    pub backup: Option<String>,
    /// Restore this profile alone, by the name that it has in the backup
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Only tell what would change
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Serialize)]
struct BackupsAnswer {
    vault: String,
    /// Newest first.
    backups: Vec<BackupAnswer>,
}

#[derive(Serialize)]
struct BackupAnswer {
    name: String,
    path: String,
    saved_at: String,
    generation: u64,
    bytes: u64,
    /// `whole` or `damaged`.
    state: &'static str,
}

fn state(backup: &Backup) -> &'static str {
    match backup.state {
        BackupState::Whole => "whole",
        BackupState::Damaged => "damaged",
    }
}

/// Lists the backups.
pub(super) fn list(session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    let found = backups(&path)?;
    match session.style {
        Style::Json => {
            let answer = |backup: &Backup| BackupAnswer {
                name: backup.name(),
                path: backup.path.display().to_string(),
                saved_at: backup.saved_at.to_rfc3339_opts(SecondsFormat::Secs, true),
                generation: backup.generation,
                bytes: backup.bytes,
                state: state(backup),
            };
            let (vault, backups) = (path.display().to_string(), found.iter().map(answer).collect());
            session.console.answer_json(&Answer::new(BackupsAnswer { vault, backups }));
        }
        Style::People if found.is_empty() => {
            session.console.answer("There are no backups of this vault yet. Each save keeps the one before.");
        }
        Style::People => {
            let row = |backup: &Backup| {
                vec![
                    backup.saved_at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
                    backup.generation.to_string(),
                    backup.bytes.to_string(),
                    state(backup).to_owned(),
                    plain(&backup.name()),
                ]
            };
            let rows: Vec<_> = found.iter().map(row).collect();
            session.console.answer_lines(&table(&["SAVED", "SAVE", "BYTES", "STATE", "NAME"], &rows));
        }
    }
    Ok(Exit::Good)
}

#[derive(Serialize)]
struct RestoreAnswer {
    backup: String,
    /// `false` after `--dry-run`.
    restored: bool,
    /// Where the damaged file was moved to, when there was one.
    damaged_kept_at: Option<String>,
    /// The restored profile's name now, with `--profile`.
    profile: Option<String>,
    /// `null` when the vault itself could not be read.
    difference: Option<DifferenceAnswer>,
}

#[derive(Serialize)]
struct DifferenceAnswer {
    /// Names of profiles that came after the backup.
    added: Vec<String>,
    /// Names of profiles that were removed after the backup.
    removed: Vec<String>,
    changed: Vec<ChangedAnswer>,
    proxy_credentials_differ: bool,
}

#[derive(Serialize)]
struct ChangedAnswer {
    name: String,
    name_then: String,
    fields: Vec<String>,
}

impl From<&Difference> for DifferenceAnswer {
    fn from(differs: &Difference) -> DifferenceAnswer {
        DifferenceAnswer {
            added: differs.added.iter().map(|profile| profile.name.clone()).collect(),
            removed: differs.removed.iter().map(|profile| profile.name.clone()).collect(),
            changed: differs
                .changed
                .iter()
                .map(|profile| ChangedAnswer {
                    name: profile.name.clone(),
                    name_then: profile.name_then.clone(),
                    fields: profile.fields.iter().map(|field| field.id().to_owned()).collect(),
                })
                .collect(),
            proxy_credentials_differ: differs.proxy_credentials_differ,
        }
    }
}

/// Goes back to a backup.
pub(super) fn restore(session: &mut Session<'_, '_>, arguments: RestoreArguments) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    let found = backups(&path)?;
    let backup = choose(&found, arguments.backup.as_deref())?;
    match read_info(&path) {
        Ok(_) => restore_in_vault(session, arguments, backup),
        Err(error) if error.calls_for_a_backup() => restore_over(session, arguments, &path, backup, &error),
        Err(error) => Err(error.into()),
    }
}

/// The backup with this name, beginning of a name or save number; without one, the newest whole one.
fn choose<'b>(found: &'b [Backup], wanted: Option<&str>) -> Result<&'b Backup, Failure> {
    let Some(wanted) = wanted else {
        return found.iter().find(|backup| backup.state == BackupState::Whole).ok_or_else(|| {
            Failure::wrong_use("backup_unknown", "This vault has no whole backup beside it. Look for a copy elsewhere.")
        });
    };
    let number = wanted.parse::<u64>().ok();
    let by_number = found.iter().filter(|backup| Some(backup.generation) == number);
    let by_name = found.iter().filter(|backup| !wanted.is_empty() && backup.name().starts_with(wanted));
    let numbered: Vec<_> = by_number.collect();
    let fitting: Vec<_> = if numbered.is_empty() { by_name.collect() } else { numbered };
    match fitting[..] {
        [backup] => Ok(backup),
        [] => Err(Failure::wrong_use(
            "backup_unknown",
            format!("There is no backup “{wanted}” of this vault. “vault backups” shows their names."),
        )),
        _ => Err(Failure::wrong_use(
            "backup_unknown",
            format!("More than one backup fits “{wanted}”. Give the whole name, as “vault backups” shows it."),
        )),
    }
}

fn restore_in_vault(
    session: &mut Session<'_, '_>,
    arguments: RestoreArguments,
    backup: &Backup,
) -> Result<Exit, Failure> {
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let then = vault.open_backup(backup)?;
    let differs = difference(vault.contents(), &then);
    let mut profile = None;
    if let Some(name) = &arguments.profile {
        let wanted = then.by_name(name).ok_or_else(|| unknown_then(name))?;
        profile = Some(wanted.name.clone());
        if !arguments.dry_run {
            profile = Some(vault.restore_profile(backup, wanted.id)?);
        }
    } else if !arguments.dry_run {
        vault.restore(backup)?;
    }
    session.saved(&mut vault);
    let answer = RestoreAnswer {
        backup: backup.name(),
        restored: !arguments.dry_run,
        damaged_kept_at: None,
        profile,
        difference: Some(DifferenceAnswer::from(&differs)),
    };
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(answer)),
        Style::People => session.console.answer_lines(&Line::all(&describe(&answer, backup))),
    }
    Ok(Exit::Good)
}

fn restore_over(
    session: &mut Session<'_, '_>,
    arguments: RestoreArguments,
    path: &Path,
    backup: &Backup,
    why: &VaultError,
) -> Result<Exit, Failure> {
    if arguments.profile.is_some() {
        return Err(Failure::wrong_use(
            "vault_damaged",
            format!("{why} Restore the whole vault first: leave --profile out."),
        ));
    }
    // Nobody restores what nobody can open.
    let credential = session.credential(arguments.passphrase)?;
    let then: Contents = open_backup(&session.access(), backup, &credential)?;
    let kept = if arguments.dry_run { None } else { restore_over_damaged(path, backup)? };
    if !arguments.dry_run {
        // It is older than what this account has seen, and that is what the person wants. What is in the place by now is held
        // against that once more.
        Vault::open_as(&session.access(), path, &credential, Trust::Proven)?.trust();
    }
    let answer = RestoreAnswer {
        backup: backup.name(),
        restored: !arguments.dry_run,
        damaged_kept_at: kept.map(|path| path.display().to_string()),
        profile: None,
        difference: None,
    };
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(answer)),
        Style::People => {
            let mut lines = describe(&answer, backup);
            lines.push(format!("Profiles in it: {}", then.profiles().len()));
            session.console.answer_lines(&Line::all(&lines));
        }
    }
    Ok(Exit::Good)
}

fn unknown_then(name: &str) -> Failure {
    Failure::wrong_use(
        "profile_unknown",
        format!("There is no profile named “{name}” in this backup. “vault restore --dry-run” tells what differs."),
    )
}

fn describe(answer: &RestoreAnswer, backup: &Backup) -> Vec<String> {
    let saved = backup.saved_at.format("%Y-%m-%d %H:%M:%S UTC");
    let of = format!("save number {} of {saved}", backup.generation);
    let mut lines = vec![match (&answer.profile, answer.restored) {
        (None, true) => format!("Restored {of}."),
        (Some(name), true) => format!("Restored {} from {of}.", plain(name)),
        (None, false) => format!("Nothing was changed. Restoring {of} would do this:"),
        (Some(name), false) => format!("Nothing was changed. {} is in {of}.", plain(name)),
    }];
    if let Some(kept) = &answer.damaged_kept_at {
        lines.push(format!("The damaged file is kept as {kept}."));
    }
    let Some(differs) = answer.difference.as_ref().filter(|_| answer.profile.is_none()) else { return lines };
    let verb = |past: &str, future: &str| if answer.restored { past.to_owned() } else { future.to_owned() };
    let listed = |lines: &mut Vec<String>, what: String, names: &[String]| {
        lines.extend(names.iter().map(|name| format!("  {what} {}", plain(name))));
    };
    listed(&mut lines, verb("brought back", "brings back"), &differs.removed);
    listed(&mut lines, verb("took out", "takes out"), &differs.added);
    for changed in &differs.changed {
        lines.push(format!(
            "  {} {}: {}",
            verb("changed", "changes"),
            plain(&changed.name),
            changed.fields.iter().map(|field| field.replace('_', " ")).collect::<Vec<_>>().join(", ")
        ));
    }
    if differs.proxy_credentials_differ {
        lines.push(format!("  {} the user name and password for the proxy", verb("changed", "changes")));
    }
    if lines.len() == 1 {
        lines.push("  Nothing differs.".to_owned());
    }
    lines
}
