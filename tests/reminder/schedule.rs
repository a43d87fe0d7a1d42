//! The check's own start: what is asked of the system, and that asking twice is as asking once.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use a365_password_tool::reminder::rule::QuietHours;
use a365_password_tool::reminder::schedule::{
    CommandOutput, Commands, Machine, ScheduleError, Scheduler, State, System, daily_time, install, state, uninstall,
};
use chrono::NaiveTime;
use tempfile::TempDir;

/// A computer that has these programs and keeps what they were asked.
struct Computer {
    folder: TempDir,
    program: PathBuf,
    asked: RefCell<Vec<String>>,
    /// The text of the task's file, while `schtasks` could read it; what `/Query` shows.
    task: RefCell<Option<String>>,
    has: Has,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Has {
    Everything,
    NoSystemd,
    NothingAtAll,
    /// A policy that forbids tasks.
    Policy,
}

fn computer(has: Has) -> Computer {
    let program = PathBuf::from("/opt/A365 Tool/a365-password-tool");
    let folder = tempfile::tempdir().expect("a folder");
    Computer { folder, program, asked: RefCell::default(), task: RefCell::default(), has }
}

impl Commands for Computer {
    fn run(&self, program: &OsStr, arguments: &[&OsStr]) -> io::Result<CommandOutput> {
        if self.has == Has::NothingAtAll {
            return Err(io::ErrorKind::NotFound.into());
        }
        let words: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let shown: Vec<&str> = words.iter().map(|word| if word.ends_with(".xml") { "FILE" } else { word }).collect();
        self.asked.borrow_mut().push(format!("{} {}", program.to_string_lossy(), shown.join(" ")));
        let good = match words[0].as_str() {
            "/Query" => self.task.borrow().is_some(),
            "/Create" if self.has == Has::Policy => false,
            "/Create" => {
                let bytes = fs::read(&words[4]).expect("the task's file");
                assert_eq!(bytes[..2], [0xff, 0xfe], "UTF-16 with its mark");
                let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
                *self.task.borrow_mut() = Some(String::from_utf16(&units[1..]).expect("UTF-16"));
                true
            }
            "/Delete" => self.task.take().is_some(),
            _ => self.has != Has::NoSystemd,
        };
        let stdout = if words[0] == "/Query" { self.task.borrow().clone().unwrap_or_default() } else { String::new() };
        Ok(CommandOutput {
            succeeded: good,
            stdout: stdout.into_bytes(),
            stderr: b"ERROR:\r\n Access is denied.\r\n".to_vec(),
        })
    }
}

impl Computer {
    fn machine(&self, system: System) -> Machine<'_> {
        Machine {
            system,
            commands: self,
            program: &self.program,
            config_home: self.folder.path(),
            account: r"CONTOSO\jan",
            windows_folder: Path::new("/windows"),
        }
    }

    fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

fn nine() -> NaiveTime {
    daily_time(None)
}

const UNIT: &str = "systemd/user/a365-password-tool-reminders";

#[test]
fn systemd_gets_a_service_and_a_timer() {
    let computer = computer(Has::Everything);
    let machine = computer.machine(System::Freedesktop);
    assert_eq!(state(&machine).expect("asked"), State::Off);
    computer.asked();
    assert_eq!(install(&machine, nine()).expect("installed"), Scheduler::SystemdTimer);
    let timer = "a365-password-tool-reminders.timer";
    let asked = [
        "systemctl --user show-environment".to_owned(),
        "systemctl --user daemon-reload".to_owned(),
        format!("systemctl --user reenable {timer}"),
        format!("systemctl --user restart {timer}"),
    ];
    assert_eq!(computer.asked(), asked);
    let service = computer.file(&format!("{UNIT}.service")).expect("a service");
    assert!(service.contains("\nExecStart=\"/opt/A365 Tool/a365-password-tool\" --remind\n"), "{service}");
    let first = computer.file(&format!("{UNIT}.timer")).expect("a timer");
    assert!(first.contains("\nOnCalendar=*-*-* 09:00:00\n") && first.contains("\nPersistent=true\n"), "{first}");
    assert_eq!(state(&machine).expect("asked"), State::On(Scheduler::SystemdTimer));
    install(&machine, nine()).expect("installed twice");
    assert_eq!(computer.file(&format!("{UNIT}.timer")), Some(first));
    uninstall(&machine).expect("removed");
    assert_eq!(state(&machine).expect("asked"), State::Off);
    assert_eq!((computer.file(&format!("{UNIT}.timer")), computer.file(&format!("{UNIT}.service"))), (None, None));
    uninstall(&machine).expect("nothing to remove is no error");
}

#[test]
fn without_systemd_the_desktops_autostart_does_it() {
    for has in [Has::NoSystemd, Has::NothingAtAll] {
        let computer = computer(has);
        let machine = computer.machine(System::Freedesktop);
        assert_eq!(install(&machine, nine()).expect("installed"), Scheduler::Autostart);
        let entry = computer.file("autostart/a365-password-tool-reminders.desktop").expect("an entry");
        assert!(entry.contains("\nExec=\"/opt/A365 Tool/a365-password-tool\" --remind\n"), "{entry}");
        assert_eq!(state(&machine).expect("asked"), State::On(Scheduler::Autostart));
        uninstall(&machine).expect("removed");
        assert_eq!(state(&machine).expect("asked"), State::Off);
    }
}

#[test]
fn a_moved_program_is_reported_and_turning_on_again_repairs_it() {
    for (has, system) in [
        (Has::Everything, System::Freedesktop),
        (Has::NoSystemd, System::Freedesktop),
        (Has::Everything, System::Windows),
    ] {
        let mut computer = computer(has);
        let by = install(&computer.machine(system), nine()).expect("installed");
        computer.program = PathBuf::from("/opt/new/a365-password-tool");
        assert_eq!(state(&computer.machine(system)).expect("asked"), State::OnForAnother(by));
        install(&computer.machine(system), nine()).expect("installed");
        assert_eq!(state(&computer.machine(system)).expect("asked"), State::On(by));
    }
}

#[test]
fn windows_gets_a_task_of_the_accounts_own() {
    let computer = computer(Has::Everything);
    let machine = computer.machine(System::Windows);
    assert_eq!(state(&machine).expect("asked"), State::Off);
    assert_eq!(install(&machine, nine()).expect("installed"), Scheduler::WindowsTask);
    install(&machine, nine()).expect("installed twice");
    assert_eq!(state(&machine).expect("asked"), State::On(Scheduler::WindowsTask));
    let task = computer.task.borrow().clone().expect("a task");
    for part in [
        "<LogonTrigger>\n      <UserId>CONTOSO\\jan</UserId>",
        "<StartBoundary>2020-01-01T09:00:00</StartBoundary>",
        "<StartWhenAvailable>true</StartWhenAvailable>",
        "<RunLevel>LeastPrivilege</RunLevel>",
        "<Command>/opt/A365 Tool/a365-password-tool</Command>\n      <Arguments>--remind</Arguments>",
    ] {
        assert!(task.contains(part), "{part}\n{task}");
    }
    uninstall(&machine).expect("removed");
    uninstall(&machine).expect("nothing to remove is no error");
    let name = "A365 Password Tool reminders (CONTOSO-jan)";
    let program = Path::new("/windows").join("System32").join("schtasks.exe");
    let asked = |words: &str| format!("{} {words}", program.display());
    let query = asked(&format!("/Query /TN {name} /XML"));
    let create = asked(&format!("/Create /TN {name} /XML FILE /F"));
    let expected = [&query, &create, &create, &query, &query, &asked(&format!("/Delete /TN {name} /F")), &query];
    assert_eq!(computer.asked().iter().collect::<Vec<_>>(), expected);
    assert!(
        fs::read_dir(std::env::temp_dir())
            .expect("a folder")
            .flatten()
            .all(|it| { !it.file_name().to_string_lossy().starts_with("a365-reminders-") })
    );
}

#[test]
fn a_refusal_is_reported_in_the_systems_own_words() {
    let computer = computer(Has::Policy);
    let error = install(&computer.machine(System::Windows), nine()).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "schtasks.exe refused (ERROR: Access is denied). Your organization may not allow users to create scheduled \
         tasks. Ask your administrator."
    );
}

#[test]
fn a_path_is_written_so_that_it_is_read_as_it_is() {
    let mut computer = computer(Has::Everything);
    computer.program = PathBuf::from("/opt/50% $HOME & `x` \\/a365-password-tool");
    install(&computer.machine(System::Freedesktop), nine()).expect("installed");
    let service = computer.file(&format!("{UNIT}.service")).expect("a service");
    assert!(service.contains(r#""/opt/50%% $$HOME & `x` \\/a365-password-tool" --remind"#), "{service}");
    computer.has = Has::NoSystemd;
    install(&computer.machine(System::Freedesktop), nine()).expect("installed");
    let entry = computer.file("autostart/a365-password-tool-reminders.desktop").expect("an entry");
    assert!(entry.contains(r#"Exec="/opt/50%% \\$HOME & \\`x\\` \\\\/a365-password-tool" --remind"#), "{entry}");
    install(&computer.machine(System::Windows), nine()).expect("installed");
    let task = computer.task.borrow().clone().expect("a task");
    assert!(task.contains("<Command>/opt/50% $HOME &amp; `x` \\/a365-password-tool</Command>"), "{task}");
    for path in ["/opt/\"x\"/tool", "/opt/x\nExecStart=evil/tool"] {
        computer.program = PathBuf::from(path);
        let refused = install(&computer.machine(System::Windows), nine());
        assert!(matches!(refused, Err(ScheduleError::ProgramPath { .. })), "{path}");
    }
    computer.program = PathBuf::from("/opt/\"x\"\nExec=evil/tool");
    install(&computer.machine(System::Freedesktop), nine()).expect("installed");
    let entry = computer.file("autostart/a365-password-tool-reminders.desktop").expect("an entry");
    assert!(entry.contains(r#"Exec="/opt/\\"x\\"\nExec=evil/tool" --remind"#), "{entry}");
    computer.program = PathBuf::from("/home/O'Brien/tool");
    install(&computer.machine(System::Windows), nine()).expect("installed");
    let task = computer.task.borrow().clone().expect("a task").replace("&apos;", "'");
    *computer.task.borrow_mut() = Some(task);
    assert_eq!(state(&computer.machine(System::Windows)).expect("asked"), State::On(Scheduler::WindowsTask));
}

#[test]
fn the_daily_check_is_at_nine_or_when_quiet_hours_end() {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("an hour");
    let daily = |from, to| daily_time(Some(QuietHours { from: time(from), to: time(to) }));
    assert_eq!(daily_time(None), time(9));
    assert_eq!(daily(18, 8), time(9));
    assert_eq!(daily(18, 10), time(10));
    assert_eq!(daily(8, 12), time(12));
}

#[test]
fn an_entry_of_an_earlier_version_still_starts_this_program() {
    for (has, file) in [
        (Has::Everything, "systemd/user/a365-password-tool-reminders.service"),
        (Has::NoSystemd, "autostart/a365-password-tool-reminders.desktop"),
    ] {
        let computer = computer(has);
        let by = install(&computer.machine(System::Freedesktop), nine()).expect("installed");
        let entry = computer.file(file).expect("an entry");
        let others = entry.replace("Description=", "Description=Earlier: ").replace("Comment=", "Comment=Earlier: ");
        assert_ne!(entry, others);
        fs::write(computer.folder.path().join(file), others).expect("written");
        assert_eq!(state(&computer.machine(System::Freedesktop)).expect("asked"), State::On(by));
    }
}
