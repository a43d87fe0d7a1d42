//! A systemd user timer, or a file for the desktop's autostart.
//!
//! Sources: systemd.timer(5), systemd.service(5), systemd.syntax(7); freedesktop.org's Desktop Application Autostart
//! and Desktop Entry specifications.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;

use super::{CommandOutput, Machine, ScheduleError, Scheduler, State, run, words};
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
        && systemctl(machine, &["is-enabled", "--quiet", &format!("{NAME}.timer")])?.succeeded
    {
        return Ok(of(Scheduler::SystemdTimer, starts_alike(&unit, &service(&program))));
    }
    match read(&files.autostart) {
        Some(entry) => Ok(of(Scheduler::Autostart, starts_alike(&entry, &desktop_entry(&program)))),
        None => Ok(State::Off),
    }
}

/// Whether both files start the same program. Their other lines may be those of an earlier version.
fn starts_alike(found: &str, ours: &str) -> bool {
    fn start(file: &str) -> Option<&str> {
        file.lines().find(|line| line.starts_with("ExecStart=") || line.starts_with("Exec="))
    }
    start(found) == start(ours)
}

/// Whether systemd runs this account's session.
fn has_systemd(machine: &Machine<'_>) -> bool {
    systemctl(machine, &["show-environment"]).is_ok_and(|ran| ran.succeeded)
}

fn systemctl(machine: &Machine<'_>, arguments: &[&str]) -> Result<CommandOutput, ScheduleError> {
    let words: Vec<&OsStr> = ["--user"].iter().chain(arguments).map(OsStr::new).collect();
    run(machine, OsStr::new("systemctl"), &words)
}

fn expect_good(ran: CommandOutput) -> Result<(), ScheduleError> {
    if ran.succeeded {
        return Ok(());
    }
    Err(ScheduleError::Refused {
        program: "systemctl".to_owned(),
        words: words(&ran),
        advice: "Run “systemctl --user status” to see the state of this account's systemd.",
    })
}

fn service(program: &str) -> String {
    let command = exec_start(program);
    format!(
        "# Created by A365 Password Tool; managed there.\n\
         [Unit]\n\
         Description=Reminders for expiring client secrets\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         ExecStart={command}\n\
         # The app that a click on the notification starts outlives the check.\n\
         KillMode=process\n\
         # No desktop yet, or no network: try again.\n\
         Restart=on-failure\n\
         RestartSec=30min\n"
    )
}

/// The program with its argument, as a unit has it (systemd.service(5), “Command lines”).
fn exec_start(program: &str) -> String {
    let mut quoted = String::new();
    for c in program.chars() {
        match c {
            '\\' | '"' => quoted.extend(['\\', c]),
            // Begins a specifier otherwise.
            '%' => quoted.push_str("%%"),
            '\n' => quoted.push_str("\\n"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    if !program.contains(|c: char| c.is_control() || matches!(c, '\\' | '"' | '\'')) {
        // In the program's own place a dollar sign means nothing.
        return format!("\"{quoted}\" --remind");
    }
    // systemd takes no such character in the program's place, but it does in an argument, where a dollar sign begins a
    // variable.
    let quoted = quoted.replace('$', "$$");
    format!(r#"/bin/sh -c "exec \"$$0\" \"$$@\"" "{quoted}" --remind"#)
}

fn timer(daily: NaiveTime) -> String {
    format!(
        "# Created by A365 Password Tool; managed there.\n\
         [Unit]\n\
         Description=Reminders for expiring client secrets, at sign-in and daily\n\
         \n\
         [Timer]\n\
         # A minute after sign-in, when this account's systemd starts.\n\
         OnStartupSec=1min\n\
         OnCalendar=*-*-* {}\n\
         # Catches up on a day when the computer was off.\n\
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
            '`' | '$' | '"' => quoted.extend(['\\', '\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    format!(
        "[Desktop Entry]\n\
         Type=Application\n\
         Name=A365 Password Tool reminders\n\
         Comment=Reminders for expiring client secrets\n\
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
        file_system::replace_private(path, text.as_bytes())
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::*;

    const PATHS: [&str; 12] = [
        "plain",
        "two words",
        "50% %h",
        "$HOME ${x} $$",
        "O'Brien",
        "say \"x\"",
        "back\\slash",
        "new\nExecStart=evil",
        "tab\tescape\x1b",
        "ü 株式会社 \u{202e}",
        ";a #b &c `d`",
        "-@:+!",
    ];

    /// What systemd itself makes of a unit, where it is there to be asked: it looks for each program.
    #[test]
    fn systemd_takes_the_units_whatever_the_programs_path_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let asked = |unit: &Path| {
            let mut command = Command::new("systemd-analyze");
            command.args(["--user", "verify", "--recursive-errors=no"]).arg(unit).env("XDG_RUNTIME_DIR", folder.path());
            command.output()
        };
        for name in PATHS {
            let program = folder.path().join(name);
            fs::write(&program, "#!/bin/sh\n").expect("a program");
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("to be run");
            let unit = folder.path().join(format!("{NAME}.service"));
            fs::write(&unit, service(program.to_str().expect("text"))).expect("a unit");
            fs::write(folder.path().join(format!("{NAME}.timer")), timer(NaiveTime::MIN)).expect("a timer");
            let Ok(said) = asked(&unit) else {
                assert!(std::env::var_os("A365_LEAVE_NO_TEST_OUT").is_none(), "systemd-analyze is missing");
                return eprintln!("NOT DONE: systemd-analyze is missing");
            };
            assert!(said.status.success(), "{name:?}: {}", String::from_utf8_lossy(&said.stderr));
            let said = asked(&folder.path().join(format!("{NAME}.timer"))).expect("as before");
            assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        }
    }

    #[test]
    fn no_path_adds_a_line_or_a_word() {
        for name in PATHS {
            let program = format!("/opt/{name}/tool");
            let unit = service(&program);
            assert_eq!(unit.lines().count(), service("/opt/tool").lines().count(), "{unit}");
            assert_eq!(desktop_entry(&program).lines().count(), desktop_entry("/opt/tool").lines().count());
        }
        assert_eq!(exec_start("/a$b/50%"), r#""/a$b/50%%" --remind"#);
        assert_eq!(
            exec_start("/a$b's \"50%\"\n\x1b"),
            r#"/bin/sh -c "exec \"$$0\" \"$$@\"" "/a$$b's \"50%%\"\n\x1b" --remind"#
        );
    }
}
