//! A systemd user timer, or a file for the desktop's autostart.
//!
//! Sources: systemd.timer(5), systemd.service(5), systemd.syntax(7); freedesktop.org's Desktop Application Autostart
//! and Desktop Entry specifications.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveTime;

use super::{Machine, Ran, ScheduleError, Scheduler, State, run, words};
use crate::platform::file_system;

const NAME: &str = "a365-password-tool-reminders";

struct Files {
    service: PathBuf,
    timer: PathBuf,
    autostart: PathBuf,
}

impl Files {
    fn of(machine: &Machine<'_>) -> Files {
        let units = machine.config_home.join("systemd/user");
        Files {
            service: units.join(format!("{NAME}.service")),
            timer: units.join(format!("{NAME}.timer")),
            autostart: machine.config_home.join(format!("autostart/{NAME}.desktop")),
        }
    }
}

pub(super) fn install(machine: &Machine<'_>, program: &str, daily: NaiveTime) -> Result<Scheduler, ScheduleError> {
    let files = Files::of(machine);
    if !has_systemd(machine) {
        write(&files.autostart, &desktop_entry(program))?;
        return Ok(Scheduler::Autostart);
    }
    write(&files.service, &service(program))?;
    write(&files.timer, &timer(daily))?;
    expect_good(systemctl(machine, &["daemon-reload"])?)?;
    // “reenable” and “restart”, so that a timer of another hour is taken over.
    expect_good(systemctl(machine, &["reenable", &format!("{NAME}.timer")])?)?;
    expect_good(systemctl(machine, &["restart", &format!("{NAME}.timer")])?)?;
    // From a time when there was no systemd; both would check twice.
    remove(&files.autostart)?;
    Ok(Scheduler::SystemdTimer)
}

pub(super) fn uninstall(machine: &Machine<'_>) -> Result<(), ScheduleError> {
    let files = Files::of(machine);
    let there = files.timer.exists() || files.service.exists();
    if there && has_systemd(machine) {
        // It may never have been enabled, and the files are what counts.
        let _ = systemctl(machine, &["disable", "--now", &format!("{NAME}.timer")])?;
    }
    for file in [&files.timer, &files.service, &files.autostart] {
        remove(file)?;
    }
    if there && has_systemd(machine) {
        let _ = systemctl(machine, &["daemon-reload"])?;
    }
    Ok(())
}

pub(super) fn state(machine: &Machine<'_>) -> Result<State, ScheduleError> {
    let files = Files::of(machine);
    let program = machine.program.to_string_lossy();
    let of = |scheduler, is_ours| if is_ours { State::On(scheduler) } else { State::OnForAnother(scheduler) };
    let read = |path: &Path| fs::read_to_string(path).ok();
    if let Some(unit) = read(&files.service)
        && files.timer.exists()
        && has_systemd(machine)
        && systemctl(machine, &["is-enabled", "--quiet", &format!("{NAME}.timer")])?.good
    {
        return Ok(of(Scheduler::SystemdTimer, unit == service(&program)));
    }
    match read(&files.autostart) {
        Some(entry) => Ok(of(Scheduler::Autostart, entry == desktop_entry(&program))),
        None => Ok(State::Off),
    }
}

/// Whether systemd runs this account's session.
fn has_systemd(machine: &Machine<'_>) -> bool {
    systemctl(machine, &["show-environment"]).is_ok_and(|ran| ran.good)
}

fn systemctl(machine: &Machine<'_>, arguments: &[&str]) -> Result<Ran, ScheduleError> {
    let words: Vec<&OsStr> = ["--user"].iter().chain(arguments).map(OsStr::new).collect();
    run(machine, OsStr::new("systemctl"), &words)
}

fn expect_good(ran: Ran) -> Result<(), ScheduleError> {
    if ran.good {
        return Ok(());
    }
    Err(ScheduleError::Refused {
        program: "systemctl".to_owned(),
        words: words(&ran),
        advice: "“systemctl --user status” tells how this account's systemd is.",
    })
}

fn service(program: &str) -> String {
    // In a unit's quotes a backslash, a percent sign and a dollar sign are written twice.
    let program = program.replace('\\', "\\\\").replace('%', "%%").replace('$', "$$");
    format!(
        "# Made by A365 Password Tool; turned on and off there.\n\
         [Unit]\n\
         Description=Warn before a client secret lapses\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         ExecStart=\"{program}\" --remind\n\
         # The app that a click on the notification starts outlives the check.\n\
         KillMode=process\n\
         # No desktop yet, or no network: try again.\n\
         Restart=on-failure\n\
         RestartSec=30min\n"
    )
}

fn timer(daily: NaiveTime) -> String {
    format!(
        "# Made by A365 Password Tool; turned on and off there.\n\
         [Unit]\n\
         Description=Warn before a client secret lapses, at sign-in and daily\n\
         \n\
         [Timer]\n\
         # A minute after sign-in, when this account's systemd starts.\n\
         OnStartupSec=1min\n\
         OnCalendar=*-*-* {}\n\
         # A day on which the computer was off is made up for.\n\
         Persistent=true\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n",
        daily.format("%H:%M:%S")
    )
}

fn desktop_entry(program: &str) -> String {
    // Quoted for the command, and each backslash of that once more for the file; a percent sign is written twice.
    let mut quoted = String::new();
    for c in program.chars() {
        match c {
            '\\' => quoted.push_str("\\\\\\\\"),
            '`' | '$' => quoted.extend(['\\', '\\', c]),
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Name=A365 Password Tool reminders\n\
         Comment=Warn before a client secret lapses\n\
         Exec=\"{quoted}\" --remind\n\
         Icon=a365-password-tool\n\
         NoDisplay=true\n\
         Terminal=false\n"
    )
}

/// Puts a file in its place in one step, with its folder.
fn write(path: &Path, text: &str) -> Result<(), ScheduleError> {
    let place = || {
        let folder = path.parent().unwrap_or(Path::new("."));
        file_system::create_own_folder(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    };
    place().map_err(|cause| ScheduleError::File { path: path.to_owned(), cause })
}

fn remove(path: &Path) -> Result<(), ScheduleError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(ScheduleError::File { path: path.to_owned(), cause })
        }
        _ => Ok(()),
    }
}
