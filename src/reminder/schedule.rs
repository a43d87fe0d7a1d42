//! The check's own start, at sign-in and daily: a task of Windows' scheduler, a systemd user timer, or a file for
//! the desktop's autostart where there is no systemd. Made and removed without administrator rights, and as often as
//! one likes.

mod freedesktop;
mod windows_task;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveTime;

use super::rule::QuietHours;

/// How long a program may take: none of these waits for anything but its service.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts other programs. A trait, so that tests can see what would be started.
pub trait Commands {
    /// Runs it to its end.
    fn run(&self, program: &OsStr, arguments: &[&OsStr]) -> io::Result<CommandOutput>;
}

/// How a program ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandOutput {
    /// Whether its exit code was 0.
    pub succeeded: bool,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// The programs of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisComputer;

impl Commands for ThisComputer {
    fn run(&self, program: &OsStr, arguments: &[&OsStr]) -> io::Result<CommandOutput> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            // CREATE_NO_WINDOW: the desktop app has no console, and none is to flash up.
            command.creation_flags(0x0800_0000);
        }
        // Into files, because a pipe ends only when everybody has closed it, also a service that the program started.
        let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut running = command.stdout(stdout.try_clone()?).stderr(stderr.try_clone()?).spawn()?;
        let began = Instant::now();
        let status = loop {
            if let Some(status) = running.try_wait()? {
                break status;
            }
            if began.elapsed() > PATIENCE {
                let _ = running.kill().and_then(|()| running.wait().map(drop));
                return Err(io::Error::new(io::ErrorKind::TimedOut, "it did not finish within a minute"));
            }
            thread::sleep(Duration::from_millis(20));
        };
        Ok(CommandOutput { succeeded: status.success(), stdout: whole(&mut stdout)?, stderr: whole(&mut stderr)? })
    }
}

fn whole(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Which kind of system it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Windows, with its Task Scheduler.
    Windows,
    /// A desktop of freedesktop.org's ways.
    Freedesktop,
}

impl System {
    /// This one; `None` where there is no way yet.
    pub fn this() -> Option<System> {
        if cfg!(windows) {
            Some(System::Windows)
        } else if cfg!(target_os = "macos") {
            None
        } else {
            Some(System::Freedesktop)
        }
    }
}

/// All that the schedule takes from its surroundings.
pub struct Machine<'a> {
    /// Which kind of system it is.
    pub system: System,
    /// Starts `schtasks` and `systemctl`.
    pub commands: &'a dyn Commands,
    /// The desktop program, which is started with `--remind`.
    pub program: &'a Path,
    /// The folder for this account's configuration: `XDG_CONFIG_HOME` or `~/.config`. Not used on Windows.
    pub config_home: &'a Path,
    /// This account as Windows names it, `DOMAIN\user`. Not used elsewhere.
    pub account: &'a str,
    /// Windows' own folder, for the full path of `schtasks.exe`. Not used elsewhere.
    pub windows_folder: &'a Path,
}

/// Who starts the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduler {
    /// Windows' Task Scheduler: at sign-in and daily.
    WindowsTask,
    /// systemd's user manager: at sign-in and daily.
    SystemdTimer,
    /// The desktop's autostart: at sign-in only.
    Autostart,
}

impl Scheduler {
    /// Its public id.
    pub fn id(self) -> &'static str {
        match self {
            Scheduler::WindowsTask => "windows_task",
            Scheduler::SystemdTimer => "systemd_timer",
            Scheduler::Autostart => "autostart",
        }
    }

    /// When it starts the check, after “The check runs”.
    pub fn describe(self) -> &'static str {
        match self {
            Scheduler::WindowsTask => "at sign-in and daily, by Windows Task Scheduler",
            Scheduler::SystemdTimer => "at sign-in and daily, by a systemd user timer",
            Scheduler::Autostart => "at sign-in, by the desktop's autostart (without systemd there is no daily start)",
        }
    }
}

/// Whether the check starts automatically.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does not.
    Off,
    /// It does.
    On(Scheduler),
    /// It would, but another program is started, or an older copy of this one: turn it on again to repair that.
    OnForAnother(Scheduler),
}

/// Why the schedule could not be changed or asked for.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A file could not be written or removed.
    #[error("The file {path} could not be changed ({cause}). Check that you have write access to its folder.", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        cause: io::Error,
    },
    /// The system's own program could not be started, or did not end.
    #[error("The program {program} could not be run ({cause}), so the check cannot be scheduled.")]
    NoProgram {
        /// `schtasks.exe` or `systemctl`.
        program: String,
        /// The system's words.
        #[source]
        cause: io::Error,
    },
    /// It refused.
    #[error("{program} refused ({words}). {advice}")]
    Refused {
        /// `schtasks.exe` or `systemctl`.
        program: String,
        /// Its own words, on one line.
        words: String,
        /// What to do.
        advice: &'static str,
    },
    /// There is no way to schedule anything for this account yet.
    #[error(
        "Scheduling is not supported on this system. Run “a365-password-tool --remind” yourself, for example from cron."
    )]
    NoSystem,
    /// A portable program leaves nothing on the computer that it is used on.
    #[error(
        "This is the portable program, which leaves nothing on the computer, so it cannot schedule the check. Use the \
         installed program for reminders when the app is closed, or run “a365-password-tool --remind” yourself."
    )]
    Portable,
    /// The program's path cannot be written into a schedule.
    #[error("The program's path {path} contains characters that cannot be used in a schedule. Install it in another \
             folder.", path = .path.display())]
    ProgramPath {
        /// The path.
        path: PathBuf,
    },
}

/// The hour of the daily check, local time: nine, or the end of quiet hours that cover nine.
pub fn daily_time(quiet: Option<QuietHours>) -> NaiveTime {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or(NaiveTime::MIN);
    match quiet {
        Some(quiet) if quiet.cover(chrono::NaiveDate::default().and_time(nine)) => quiet.to,
        _ => nine,
    }
}

/// Schedules the check. An existing schedule is repaired.
pub fn install(machine: &Machine<'_>, daily: NaiveTime) -> Result<Scheduler, ScheduleError> {
    // Windows has no such paths, and XML no way to write them.
    let is_kept =
        |path: &&str| machine.system != System::Windows || !path.contains(|c: char| c == '"' || c.is_control());
    let program = machine.program.to_str().filter(is_kept);
    let program = program.ok_or_else(|| ScheduleError::ProgramPath { path: machine.program.to_owned() })?;
    match machine.system {
        System::Windows => windows_task::install(machine, program, daily),
        System::Freedesktop => freedesktop::install(machine, program, daily),
    }
}

/// Ends that. Nothing to end is no error.
pub fn uninstall(machine: &Machine<'_>) -> Result<(), ScheduleError> {
    match machine.system {
        System::Windows => windows_task::uninstall(machine),
        System::Freedesktop => freedesktop::uninstall(machine),
    }
}

/// Whether it starts automatically.
pub fn state(machine: &Machine<'_>) -> Result<State, ScheduleError> {
    match machine.system {
        System::Windows => windows_task::state(machine),
        System::Freedesktop => freedesktop::state(machine),
    }
}

fn run(machine: &Machine<'_>, program: &OsStr, arguments: &[&OsStr]) -> Result<CommandOutput, ScheduleError> {
    let name = || Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
    machine.commands.run(program, arguments).map_err(|cause| ScheduleError::NoProgram { program: name(), cause })
}

/// What a program said, on one line and not too long.
fn words(ran: &CommandOutput) -> String {
    let said = if ran.stderr.is_empty() { &ran.stdout } else { &ran.stderr };
    let text = String::from_utf8_lossy(said);
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).take(300).collect();
    if line.is_empty() { "no message".to_owned() } else { line.trim_end_matches('.').to_owned() }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// `sleep` keeps standard output open for as long as it runs, as a service would that was started on the way.
    #[test]
    fn a_program_has_ended_when_it_has_although_what_it_started_still_runs() {
        let words = ["-c", "echo told; echo complained >&2; sleep 300 & echo $!; exit 3"].map(OsStr::new);
        let began = Instant::now();
        let ran = ThisComputer.run(OsStr::new("sh"), &words).expect("a shell");
        assert!(began.elapsed() < PATIENCE);
        let told = String::from_utf8(ran.stdout).expect("text");
        let (first, left) = told.trim_end().split_once('\n').expect("two lines");
        let ended = Command::new("kill").arg(left).status().expect("kill");
        assert!(ended.success(), "it was still running");
        assert_eq!((ran.succeeded, first, &*ran.stderr), (false, "told", &b"complained\n"[..]));
    }
}
