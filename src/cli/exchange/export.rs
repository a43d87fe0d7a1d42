//! `export`: writes profiles into a file for another program.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use super::name_of;
use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::Passphrase;
use crate::cli::output::{Answer, Line};
use crate::cli::session::{Session, Style, find};
use crate::counted::counted;
use crate::exchange::export::{Export, ExportError, Options, Secrets, Target, write};
use crate::exchange::export_file::{self, Overwrite, SaveError, is_same_file, local_midnight};
use crate::platform::file_system;
use crate::profile::{Profile, compared_name};
use crate::vault::{Contents, Vault};

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArguments {
    /// The profiles
    #[arg(value_name = "NAME", required_unless_present_any = ["all", "tag"])]
    pub names: Vec<String>,
    /// Export all profiles
    #[arg(long, conflicts_with_all = ["names", "tag"])]
    pub all: bool,
    /// Export the profiles with this tag
    #[arg(long, value_name = "TAG", conflicts_with = "names")]
    pub tag: Option<String>,
    /// The new file
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// The format [default: as the file's name says]
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Target::ALL.map(Target::id)))]
    pub format: Option<String>,
    /// Include the client secrets
    #[arg(long)]
    pub with_secrets: bool,
    /// Read the password of a new KeePass database from standard input, on the line after the vault's passphrase
    #[arg(long)]
    pub new_passphrase_stdin: bool,
    /// Overwrite an existing file
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

#[derive(Serialize)]
struct ExportAnswer<'a> {
    file: String,
    format: &'static str,
    profiles: usize,
    secrets: usize,
    left_out: Vec<LeftOutBody<'a>>,
}

#[derive(Serialize)]
struct LeftOutBody<'a> {
    name: &'a str,
    reason: &'static str,
}

pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: ExportArguments) -> Result<Exit, Failure> {
    // Everything that can be refused is, before anybody is asked for a secret.
    let target = target(&arguments)?;
    let secrets = if arguments.with_secrets { Secrets::Included } else { Secrets::LeftOut };
    if secrets == Secrets::Included && !target.can_hold_secrets() {
        return Err(ExportError::HoldsNoSecrets.into());
    }
    if secrets == Secrets::LeftOut && target.needs_secrets() {
        return Err(Failure::usage(
            ExportError::NeedsSecrets.code(),
            "A script for SecretManagement needs the client secrets. Add --with-secrets.",
        ));
    }
    if !arguments.force && file_system::exists(&arguments.to).unwrap_or(false) {
        return Err(file_exists(&arguments.to));
    }
    if is_same_file(&arguments.to, &session.vault_path()?) {
        return Err(Failure::usage("file_is_the_vault", "This is the vault itself. Choose another file."));
    }
    let mut vault = session.open_vault_to_change(arguments.passphrase)?;
    let chosen: Vec<Profile> = choose(vault.contents(), &arguments)?.into_iter().cloned().collect();
    let password = match target.is_encrypted() {
        true => Some(session.console.new_file_password(arguments.new_passphrase_stdin.into())?),
        false => None,
    };
    let options =
        Options { secrets, password: password.as_ref(), now: session.console.now(), local_midnight: &local_midnight };
    let export = write(target, &chosen.iter().collect::<Vec<_>>(), &options)?;
    save(&mut vault, &arguments, target, &export)?;
    session.saved(&mut vault);
    answer(session, &arguments.to, target, &export);
    Ok(Exit::Success)
}

fn target(arguments: &ExportArguments) -> Result<Target, Failure> {
    let named = arguments.format.as_deref().and_then(Target::of_id);
    named.or_else(|| Target::of_file(&arguments.to)).ok_or_else(|| {
        let names = Target::ALL.map(Target::id).join(", ");
        Failure::usage(
            "format_needed",
            format!("The format is not clear from the file's name. Add --format with one of {names}."),
        )
    })
}

fn choose<'v>(contents: &'v Contents, arguments: &ExportArguments) -> Result<Vec<&'v Profile>, Failure> {
    if !arguments.names.is_empty() {
        return arguments.names.iter().map(|name| find(contents, name)).collect();
    }
    let wanted = arguments.tag.as_deref().map(compared_name);
    let has_tag = |profile: &&Profile| {
        wanted.as_ref().is_none_or(|wanted| profile.tags.iter().any(|tag| compared_name(tag) == *wanted))
    };
    let chosen: Vec<&Profile> = contents.profiles().iter().filter(has_tag).collect();
    match (chosen.is_empty(), &arguments.tag) {
        (true, Some(tag)) => Err(Failure::usage("profile_unknown", format!("No profile has the tag “{tag}”."))),
        _ => Ok(chosen),
    }
}

/// Writes the file in one go, and notes it in the history.
fn save(vault: &mut Vault, arguments: &ExportArguments, target: Target, export: &Export) -> Result<(), Failure> {
    let path = &arguments.to;
    let overwrite = if arguments.force { Overwrite::Allowed } else { Overwrite::Refused };
    export_file::save(path, target, export, overwrite, || record(vault, path, export)).map_err(|error| match error {
        SaveError::Record(failure) => failure,
        SaveError::File(error) if error.kind() == io::ErrorKind::AlreadyExists => file_exists(path),
        SaveError::File(error) => {
            Failure::failed("output", format!("{} could not be written: {error}.", path.display()))
        }
    })
}

fn file_exists(path: &Path) -> Failure {
    Failure::usage(
        "file_exists",
        format!("{} already exists. Choose another name, or add --force to overwrite it.", path.display()),
    )
}

fn record(vault: &mut Vault, path: &Path, export: &Export) -> Result<(), Failure> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    vault.update(|contents| {
        contents.record_export(&name_of(path), count(export.profiles), count(export.secrets));
        Ok::<_, Failure>(())
    })
}

fn answer(session: &mut Session<'_, '_>, path: &Path, target: Target, export: &Export) {
    let file = path.display().to_string();
    let left_out = export.left_out.iter().map(|(name, why)| LeftOutBody { name, reason: why.id() }).collect();
    match session.style {
        Style::Json => session.console.answer_json(&Answer::new(ExportAnswer {
            file: file.clone(),
            format: target.id(),
            profiles: export.profiles,
            secrets: export.secrets,
            left_out,
        })),
        Style::People => {
            let secrets = match export.secrets {
                0 => "without client secrets".to_owned(),
                count => format!("with {}", counted(count, "client secret")),
            };
            let text = format!("Wrote {} {secrets} to {file}", counted(export.profiles, "profile"));
            session.console.answer_lines(&Line::one(&text));
        }
    }
    for (name, why) in &export.left_out {
        session.note_for_people(&format!("“{name}” {}.", why.words()));
    }
    if let Some(text) = export_file::exposure(target, export.secrets) {
        session.note_for_people(&text);
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Failure {
        match error {
            ExportError::NotMade => Failure::failed(error.code(), error.to_string()),
            _ => Failure::usage(error.code(), error.to_string()),
        }
    }
}
