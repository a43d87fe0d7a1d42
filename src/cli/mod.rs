//! The command line: the same library for scripts and scheduled tasks.
//!
//! In: the program's arguments and an [`Io`], which is everything a command takes from its surroundings. Out: the
//! answer on standard output (with `--json` one object), messages for people on standard error, an exit code.
//! Arguments, JSON fields and exit codes are a contract with other people's scripts: see `docs/command-line.md`.

mod arguments;
mod check;
mod clock;
mod connection_string;
mod console;
mod deferred;
mod diagnose;
mod exchange;
mod failure;
mod flags;
mod input;
mod inventory;
mod output;
mod person;
mod profile;
mod progress;
mod reminders;
mod session;
mod vault;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

pub use console::{Ask, Io, OpenPage, StdinIs, StdoutIs};

use arguments::{Arguments, Command};
use console::Console;
use deferred::Deferred;
use failure::{Exit, Failure};
use inventory::InventoryFormat;
use output::{Answer, ErrorAnswer, ErrorBody};
use reminders::expiring::{self, ExpiringFormat};
use session::{Session, Style};

/// Runs the command that `args` (with the program's name first) asks for.
pub fn run(args: impl IntoIterator<Item = OsString>, io: Io<'_>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let mut console = Console::new(io);
    let mut error_format = ErrorFormat::guess(&args);
    let outcome = match parse(&args) {
        Ok(arguments) => {
            error_format = ErrorFormat::of(&arguments);
            command(arguments, &mut console)
        }
        Err(NotACommand::Text(text)) => {
            console.answer_exact(text.trim_end());
            Ok(Exit::Success.code())
        }
        Err(NotACommand::Failure(failure)) => Err(failure),
    };
    let outcome = outcome.and_then(|code| console.finish().map(|()| code));
    let code = outcome.unwrap_or_else(|failure| report(&failure, error_format, &mut console));
    ExitCode::from(code)
}

/// How to say that there is no answer.
#[derive(Clone, Copy)]
struct ErrorFormat {
    style: Style,
    /// `expiring` has the exit codes of monitoring plug-ins.
    monitoring: Option<ExpiringFormat>,
}

impl ErrorFormat {
    fn of(arguments: &Arguments) -> ErrorFormat {
        match &arguments.command {
            Command::Expiring(Deferred(expiring)) => {
                let json = arguments.json || expiring.format == ExpiringFormat::Json;
                ErrorFormat { style: Style::of(json), monitoring: Some(expiring.format) }
            }
            Command::Inventory(Deferred(inventory)) => {
                let json = arguments.json || inventory.format == InventoryFormat::Json;
                ErrorFormat { style: Style::of(json), monitoring: None }
            }
            _ => ErrorFormat { style: Style::of(arguments.json), monitoring: None },
        }
    }

    /// What arguments that could not be understood likely wanted.
    fn guess(args: &[OsString]) -> ErrorFormat {
        let words: Vec<_> = args.iter().skip(1).map(|word| word.to_string_lossy()).collect();
        let follows_vault = |place: usize| place > 0 && words[place - 1] == "--vault";
        let command = (0..words.len()).find(|place| !words[*place].starts_with('-') && !follows_vault(*place));
        let follows_format = |place: usize| place > 0 && words[place - 1] == "--format";
        let wants_json = (0..words.len()).any(|place| match &*words[place] {
            "--json" | "--format=json" => true,
            "json" => follows_format(place),
            _ => false,
        });
        let monitoring = command.is_some_and(|place| words[place] == "expiring");
        ErrorFormat { style: Style::of(wants_json), monitoring: monitoring.then_some(ExpiringFormat::Text) }
    }
}

/// Says why there is no answer, and gives the exit code for it.
fn report(failure: &Failure, error_format: ErrorFormat, console: &mut Console<'_>) -> u8 {
    if error_format.style == Style::Json {
        let error = ErrorBody { code: &failure.code, message: &failure.message };
        console.answer_json(&Answer::new(ErrorAnswer { error }));
    } else if error_format.monitoring == Some(ExpiringFormat::Nagios) {
        console.answer(&format!("CLIENT SECRETS UNKNOWN - {}", output::plain(&failure.message).replace('|', "/")));
    }
    match &*failure.code {
        // Made of several lines, with the usage below.
        "usage" => console.note_lines(&failure.message),
        _ => console.note(&failure.message),
    }
    if error_format.monitoring.is_some() { expiring::UNKNOWN } else { failure.exit.code() }
}

enum NotACommand {
    /// The help or the version was asked for.
    Text(String),
    Failure(Failure),
}

fn parse(args: &[OsString]) -> Result<Arguments, NotACommand> {
    if args.iter().skip(1).any(|word| is_secret_option(&word.to_string_lossy())) {
        return Err(NotACommand::Failure(Failure::usage(
            "secret_argument",
            "Secrets are never arguments: everyone on this computer could read them in the process list. Use \
             --secret-stdin, --passphrase-stdin or --recovery-key-stdin, or run this at a terminal.",
        )));
    }
    Arguments::try_parse_from(args).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => NotACommand::Text(error.render().to_string()),
        _ => {
            let text = error.render().to_string();
            NotACommand::Failure(Failure::usage("usage", text.trim_end().trim_start_matches("error: ")))
        }
    })
}

/// Options that people try and that would put a secret where it can be seen.
fn is_secret_option(word: &str) -> bool {
    let option = word.split('=').next().unwrap_or(word);
    matches!(
        option,
        "--secret" | "--client-secret" | "--passphrase" | "--password" | "--new-passphrase" | "--recovery-key"
    )
}

fn command(arguments: Arguments, console: &mut Console<'_>) -> Result<u8, Failure> {
    let style = ErrorFormat::of(&arguments).style;
    let mut session = Session::start(console, style, arguments.vault);
    let exit = match arguments.command {
        Command::Vault(Deferred(command)) => vault::run(&mut session, command)?,
        Command::Profile(Deferred(command)) => profile::run(&mut session, command)?,
        Command::ConnectionString(Deferred(command)) => connection_string::run(&mut session, command)?,
        Command::Check(Deferred(arguments)) => check::run(&mut session, arguments)?,
        Command::Diagnose(Deferred(command)) => diagnose::run(&mut session, command)?,
        Command::Inventory(Deferred(arguments)) => inventory::run(&mut session, arguments)?,
        Command::Expiring(Deferred(arguments)) => return expiring::run(&mut session, arguments),
        Command::Remind(Deferred(arguments)) => reminders::remind::run(&mut session, arguments)?,
        Command::Calendar(Deferred(arguments)) => reminders::calendar::run(&mut session, arguments)?,
        Command::Import(Deferred(arguments)) => exchange::import::run(&mut session, arguments)?,
        Command::Export(Deferred(arguments)) => exchange::export::run(&mut session, arguments)?,
        Command::Handover(Deferred(arguments)) => reminders::handover::run(&mut session, arguments)?,
    };
    Ok(exit.code())
}
