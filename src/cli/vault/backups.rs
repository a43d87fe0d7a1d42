//! `vault backups` and `vault restore`.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::Passphrase;
use crate::cli::output::{Line, plain, table};
use crate::cli::session::Session;
use crate::rfc3339::to_the_second;
use crate::vault::{
    self, Backup, BackupState, Contents, Difference, Trust, Vault, VaultError, backups, difference, open_backup,
    read_info, restore_over_damaged,
};
use crate::written_day::utc_second;

#[derive(Debug, Args)]
pub(in crate::cli) struct RestoreArguments {
    /// Which backup, by its name, the beginning of its name, or its save number [default: the newest intact one]
    #[arg(long, value_name = "NAME")]
    pub backup: Option<String>,
    /// Restore only this profile, by its name in the backup
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Only show what would change
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

impl From<&Backup> for BackupAnswer {
    fn from(backup: &Backup) -> BackupAnswer {
        BackupAnswer {
            name: backup.name(),
            path: backup.path.display().to_string(),
            saved_at: to_the_second(backup.saved_at),
            generation: backup.generation,
            bytes: backup.bytes,
            state: state(backup),
        }
    }
}

fn backup_lines(backups: &[Backup]) -> Vec<Line> {
    if backups.is_empty() {
        return Line::one("There are no backups of this vault yet. Every save keeps the previous version as a backup.");
    }
    let row = |backup: &Backup| {
        vec![
            utc_second(backup.saved_at),
            backup.generation.to_string(),
            backup.bytes.to_string(),
            state(backup).to_owned(),
            plain(&backup.name()),
        ]
    };
    table(&["SAVED", "SAVE", "BYTES", "STATE", "NAME"], &backups.iter().map(row).collect::<Vec<_>>())
}

/// Lists the backups.
pub(super) fn list(session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    let found = backups(&path)?;
    session.reply(
        || BackupsAnswer { vault: path.display().to_string(), backups: found.iter().map(BackupAnswer::from).collect() },
        || backup_lines(&found),
    );
    Ok(Exit::Success)
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
    /// Names of the profiles that came after the backup.
    added: Vec<String>,
    /// Names of the profiles that were removed after the backup.
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

/// The backup with this name, beginning of a name or save number; without one, the newest intact one.
fn choose<'b>(found: &'b [Backup], wanted: Option<&str>) -> Result<&'b Backup, Failure> {
    let Some(wanted) = wanted else {
        return found.iter().find(|backup| backup.state == BackupState::Whole).ok_or_else(|| {
            Failure::usage(
                "backup_unknown",
                "No intact backup was found next to this vault. Look for a copy elsewhere.",
            )
        });
    };
    let number = wanted.parse::<u64>().ok();
    let by_number = found.iter().filter(|backup| Some(backup.generation) == number);
    let by_name = found.iter().filter(|backup| !wanted.is_empty() && backup.name().starts_with(wanted));
    let numbered: Vec<_> = by_number.collect();
    let fitting: Vec<_> = if numbered.is_empty() { by_name.collect() } else { numbered };
    match fitting[..] {
        [backup] => Ok(backup),
        [] => Err(Failure::usage(
            "backup_unknown",
            format!("There is no backup “{wanted}” of this vault. “vault backups” shows the names."),
        )),
        _ => Err(Failure::usage(
            "backup_unknown",
            format!("More than one backup matches “{wanted}”. Enter the full name that “vault backups” shows."),
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
    let lines = describe(&answer, backup);
    session.reply(|| answer, || Line::all(&lines));
    Ok(Exit::Success)
}

fn restore_over(
    session: &mut Session<'_, '_>,
    arguments: RestoreArguments,
    path: &Path,
    backup: &Backup,
    why: &VaultError,
) -> Result<Exit, Failure> {
    if arguments.profile.is_some() {
        return Err(Failure::usage(
            "vault_damaged",
            format!("{why} Restore the whole vault first: run the command without --profile."),
        ));
    }
    // Nobody restores what nobody can open.
    let credential = session.credential(arguments.passphrase)?;
    let then: Contents = open_backup(&session.access(), backup, &credential)?;
    let kept = if arguments.dry_run { None } else { restore_over_damaged(path, backup)? };
    if !arguments.dry_run {
        // It is older than what this account has seen, and that is what the person wants. What is in the place by now
        // is held against that once more.
        Vault::open_as(&session.access(), path, &credential, Trust::Proven)?.trust();
    }
    let answer = RestoreAnswer {
        backup: backup.name(),
        restored: !arguments.dry_run,
        damaged_kept_at: kept.map(|path| path.display().to_string()),
        profile: None,
        difference: None,
    };
    let mut lines = describe(&answer, backup);
    lines.push(format!("Profiles in the backup: {}", then.profiles().len()));
    session.reply(|| answer, || Line::all(&lines));
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct RepairAnswer {
    vault: String,
    /// Where the damaged file was moved to.
    damaged_kept_at: String,
}

/// Puts the bytes of a vault back that something took for text.
pub(super) fn repair(session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
    let path = session.vault_path()?;
    let kept = vault::repair(&path)?.display().to_string();
    let lines = [
        format!("Repaired the vault {}. It is exactly as it was saved.", path.display()),
        format!("The damaged file was saved as {kept}."),
    ];
    session.reply(|| RepairAnswer { vault: path.display().to_string(), damaged_kept_at: kept }, || Line::all(&lines));
    Ok(Exit::Success)
}

fn unknown_then(name: &str) -> Failure {
    Failure::usage(
        "profile_unknown",
        format!("There is no profile named “{name}” in this backup. “vault restore --dry-run” shows what differs."),
    )
}

fn describe(answer: &RestoreAnswer, backup: &Backup) -> Vec<String> {
    let saved = utc_second(backup.saved_at);
    let of = format!("save number {} of {saved}", backup.generation);
    let mut lines = vec![match (&answer.profile, answer.restored) {
        (None, true) => format!("Restored {of}."),
        (Some(name), true) => format!("Restored {} from {of}.", plain(name)),
        (None, false) => format!("Nothing was changed. Restoring {of} does this:"),
        (Some(name), false) => format!("Nothing was changed. {} is in {of}.", plain(name)),
    }];
    if let Some(kept) = &answer.damaged_kept_at {
        lines.push(format!("The damaged file was saved as {kept}."));
    }
    let Some(differs) = answer.difference.as_ref().filter(|_| answer.profile.is_none()) else { return lines };
    let verb = |past: &str, future: &str| if answer.restored { past.to_owned() } else { future.to_owned() };
    let listed = |lines: &mut Vec<String>, what: String, names: &[String]| {
        lines.extend(names.iter().map(|name| format!("  {what} {}", plain(name))));
    };
    listed(&mut lines, verb("restored", "restores"), &differs.removed);
    listed(&mut lines, verb("removed", "removes"), &differs.added);
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
