//! `import`: takes profiles from other programs' files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use zeroize::Zeroizing;

use super::import_answer::{ImportAnswer, RefusedAnswer, lines};
use super::planned::Planned;
use super::{local_day, name_of};
use crate::cli::failure::{Exit, Failure};
use crate::cli::flags::{Passphrase, Reveal};
use crate::cli::output::Answer;
use crate::cli::session::{Session, Style, guid_secret};
use crate::counted::counted;
use crate::exchange::import::{
    Column, DateOrder, FILE_LIMIT, Format, Import, Options, Outcome, Refusal, needs_password, read,
};
use crate::exchange::plan::{Action, Counts, Decisions, Existing, ExpiryRow, Plan, Planner, tag_groups};
use crate::platform::file_system;
use crate::profile::{Profile, SecretText, distinct_tags};
use crate::vault::Vault;

#[derive(Debug, Args)]
pub(in crate::cli) struct ImportArguments {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The format, where it is not recognized from the content
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::id)), hide_possible_values = true)]
    pub format: Option<String>,
    /// The sheet of a workbook
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Which column holds a field (name, url, client-id, secret, tenant, expires, tags, notes); HEADER is its heading, or #3 for
    /// the third column; can be given several times
    #[arg(long = "column", value_name = "FIELD=HEADER", value_parser = column)]
    pub columns: Vec<(Column, String)>,
    /// How to read dates such as 5/6/2027
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<Order>,
    /// Accept client secrets that are GUIDs, as HashiCorp Vault and old versions of the Azure CLI created them
    #[arg(long)]
    pub secret_is_a_guid: bool,
    /// Read the password of the file from standard input, after the line with the vault's passphrase if that is given there too
    #[arg(long)]
    pub password_stdin: bool,
    /// The key file of a KeePass database
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// What to do with connections that are already in the vault
    #[arg(long, value_name = "CHOICE")]
    pub existing: Option<ExistingChoice>,
    /// A tag for all imported profiles; can be given several times
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Add the folder or group of each entry as a tag
    #[arg(long)]
    pub tag_groups: bool,
    /// Show what would be imported and save nothing; works without a vault
    #[arg(long)]
    pub preview: bool,
    #[command(flatten)]
    pub reveal: Reveal,
    #[command(flatten)]
    pub passphrase: Passphrase,
}

/// What `--dates` takes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Order {
    /// 5/6/2027 is the 5th of June
    DayFirst,
    /// 5/6/2027 is the 6th of May
    MonthFirst,
}

/// What `--existing` takes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum ExistingChoice {
    /// Leave them out
    Skip,
    /// Replace what the profile holds with what the file holds
    Update,
    /// Add them as profiles of their own
    Copy,
}

impl From<ExistingChoice> for Existing {
    fn from(choice: ExistingChoice) -> Existing {
        match choice {
            ExistingChoice::Skip => Existing::Skip,
            ExistingChoice::Update => Existing::Update,
            ExistingChoice::Copy => Existing::Copy,
        }
    }
}

fn column(text: &str) -> Result<(Column, String), String> {
    let (field, header) = text.split_once('=').ok_or("write it as FIELD=HEADER")?;
    let names = || Column::CHOICES.map(Column::id).join(", ");
    let column = Column::of_id(field.trim()).ok_or_else(|| format!("the fields are {}", names()))?;
    Ok((column, header.trim().to_owned()))
}

/// A file as it was read from the disk.
struct Source {
    path: PathBuf,
    name: String,
    bytes: Zeroizing<Vec<u8>>,
}

/// What is to be saved.
struct Changes {
    profiles: Vec<Profile>,
    counts: Counts,
}

pub(in crate::cli) fn run(session: &mut Session<'_, '_>, arguments: ImportArguments) -> Result<Exit, Failure> {
    let sources = sources(&arguments)?;
    let key_file = arguments.key_file.as_deref().map(bytes_of).transpose()?.map(Zeroizing::new);
    let uses_vault = !arguments.preview || arguments.passphrase.is_given();
    let has_database = sources.iter().any(|source| needs_password(&source.bytes));
    // The vault's passphrase comes before the file's password. Without one, a file that cannot be taken is refused first.
    let mut vault = None;
    if has_database && uses_vault {
        vault = Some(session.open_vault_to_change(arguments.passphrase)?);
    }
    let password = match has_database {
        true => session.console.file_password(arguments.password_stdin.into(), key_file.is_some())?,
        false => None,
    };
    let mut imports = Vec::with_capacity(sources.len());
    for source in &sources {
        match read_one(session, &arguments, source, password.as_ref(), key_file.as_ref()) {
            Ok(import) => imports.push((source.name.clone(), import)),
            Err(refusal) => return Ok(refused(session, source, &refusal)),
        }
    }
    drop(sources);
    let needs_choice = imports.iter().any(|(_, import)| import.outcome() == Outcome::NeedsChoice);
    // Asking for a passphrase to save nothing wastes a person's time.
    if vault.is_none() && uses_vault && !needs_choice {
        vault = Some(session.open_vault_to_change(arguments.passphrase)?);
    }
    let existing = arguments.existing.map(Existing::from);
    let tags = distinct_tags(arguments.tags.iter().map(String::as_str));
    if arguments.tag_groups {
        imports.iter_mut().for_each(|(_, import)| tag_groups(import));
    }
    let decisions = Decisions::for_all(existing);
    let planner = Planner { decisions: &decisions, tags: &tags, now: session.console.now() };
    let here = vault.as_ref().map_or(&[][..], |vault| vault.contents().profiles());
    let (planned, changes) = plan(&planner, &imports, here);
    let mut counts = None;
    if !needs_choice
        && !arguments.preview
        && let Some(vault) = &mut vault
    {
        refuse_unasked(&planned, existing)?;
        counts = Some(if changes.profiles.is_empty() { changes.counts } else { save(&planner, &imports, vault)? });
        session.saved(vault);
    }
    answer(session, &planned, counts, arguments.reveal);
    Ok(if needs_choice { Exit::Negative } else { Exit::Success })
}

fn sources(arguments: &ImportArguments) -> Result<Vec<Source>, Failure> {
    let source =
        |path: &PathBuf| Ok(Source { path: path.clone(), name: name_of(path), bytes: Zeroizing::new(bytes_of(path)?) });
    arguments.files.iter().map(source).collect()
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    file_system::read(path, FILE_LIMIT as u64).map_err(|error| {
        let path = path.display();
        Failure::failed("file_unreadable", format!("{path} could not be read: {error}."))
    })
}

fn read_one(
    session: &Session<'_, '_>,
    arguments: &ImportArguments,
    source: &Source,
    password: Option<&SecretText>,
    key_file: Option<&Zeroizing<Vec<u8>>>,
) -> Result<Import, Refusal> {
    let options = Options {
        format: arguments.format.as_deref().and_then(Format::of_id),
        file_name: &source.name,
        password,
        key_file,
        sheet: arguments.sheet.as_deref(),
        columns: &arguments.columns,
        dates: arguments.dates.map(|order| match order {
            Order::DayFirst => DateOrder::DayFirst,
            Order::MonthFirst => DateOrder::MonthFirst,
        }),
        guid_secrets: guid_secret(arguments.secret_is_a_guid),
        ..Options::new(&session.clouds, &local_day)
    };
    read(&source.bytes, &options)
}

fn refused(session: &mut Session<'_, '_>, source: &Source, refusal: &Refusal) -> Exit {
    let message = refusal.to_string();
    if session.style == Style::Json {
        session.console.answer_json(&Answer::new(RefusedAnswer::new(&source.name, refusal.code(), &message)));
    }
    session.console.note(&format!("{}: {message}", source.path.display()));
    Exit::Negative
}

/// What the files would do to these profiles, and what is to be saved.
fn plan<'i>(
    planner: &Planner<'_>,
    imports: &'i [(String, Import)],
    profiles: &[Profile],
) -> (Vec<Planned<'i>>, Changes) {
    let shared: Vec<Arc<Profile>> = profiles.iter().cloned().map(Arc::new).collect();
    let Plan { files, profiles, counts } = planner.plan(imports.iter().map(|(_, import)| import).enumerate(), &shared);
    let planned = imports.iter().zip(files).map(|((file, import), met)| Planned {
        file,
        import,
        rows: met.rows,
        expiries: met.expiries,
    });
    (planned.collect(), Changes { profiles, counts })
}

/// Refuses to decide about profiles that are there without the person's decision.
fn refuse_unasked(planned: &[Planned<'_>], existing: Option<Existing>) -> Result<(), Failure> {
    if existing.is_some() {
        return Ok(());
    }
    let of_rows = planned.iter().flat_map(|it| &it.rows).filter(|row| row.action.needs_decision());
    let of_expiries = planned.iter().flat_map(|it| &it.expiries);
    let asks = |row: &&ExpiryRow| row.action == Action::Conflict || (row.action == Action::Update && row.is_guess);
    let mut names: Vec<String> = of_rows.filter_map(|row| row.existing_name.clone()).collect();
    names.extend(of_expiries.filter(asks).map(|row| row.name.clone()));
    if names.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = names.iter().take(5).map(|name| format!("“{name}”")).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    Err(Failure::usage(
        "existing_needed",
        format!(
            "The vault already has {} that the file would change ({}{more}), so nothing was imported. Add --existing skip, update or \
             copy; --preview shows what would change.",
            counted(names.len(), "profile"),
            shown.join(", ")
        ),
    ))
}

/// Saves all at once, on top of what the file of the vault holds by now.
fn save(planner: &Planner<'_>, imports: &[(String, Import)], vault: &mut Vault) -> Result<Counts, Failure> {
    vault.update(|contents| {
        let (planned, changes) = plan(planner, imports, contents.profiles());
        refuse_unasked(&planned, planner.decisions.existing)?;
        for profile in changes.profiles {
            contents.put(profile)?;
        }
        let files: Vec<&str> = imports.iter().map(|(file, _)| file.as_str()).collect();
        let count = u32::try_from(changes.counts.added + changes.counts.updated).unwrap_or(u32::MAX);
        contents.record_import(&files.join(", "), count);
        Ok::<_, Failure>(changes.counts)
    })
}

fn answer(session: &mut Session<'_, '_>, planned: &[Planned<'_>], counts: Option<Counts>, reveal: Reveal) {
    if session.style == Style::Json {
        session.console.answer_json(&Answer::new(ImportAnswer::new(planned, counts, reveal)));
    } else {
        session.console.answer_lines(&lines(planned, counts, reveal));
    }
    for it in planned {
        for warning in &it.import.warnings {
            session.note_for_people(&format!("{}: {}", warning.at, warning.message));
        }
        for row in it.expiries.iter().filter(|row| row.is_guess) {
            session.note_for_people(&format!(
                "{}: the app has several client secrets and the file does not show which one this is. The earliest that has not \
                 expired was used.",
                row.name
            ));
        }
        for question in &it.import.questions {
            let choices = question.choices.join(", ");
            let option = question.code.option();
            session.note_for_people(&format!("{} Use {option}. There are: {choices}.", question.code.text()));
        }
        let secrets = it.import.secrets_in_the_clear();
        if secrets > 0 {
            session.note_for_people(&format!(
                "{} contains {} that anyone who has the file can read. Delete it when it is no longer needed; copies may remain in \
                 the recycle bin, in backups and in synchronized folders.",
                it.file,
                counted(secrets, "client secret")
            ));
        }
    }
}
