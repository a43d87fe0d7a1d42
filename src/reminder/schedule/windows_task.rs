//! A task of Windows' scheduler, for this account alone and with its ordinary rights.
//!
//! Sources: learn.microsoft.com, "Task Scheduler Schema" and "schtasks commands".

use std::ffi::OsStr;
use std::io::Write;

use chrono::NaiveTime;

use super::{CommandOutput, Machine, ScheduleError, Scheduler, State, run, words};
use crate::escape::markup;

/// What a task that is not there makes `schtasks /Query` say is in the system's language, so its exit code counts.
pub(super) fn state(machine: &Machine<'_>) -> Result<State, ScheduleError> {
    let ran = query(machine)?;
    // Written in the console's code page: a path with other letters than ASCII's cannot be compared.
    let said = decode(&ran.stdout);
    if !ran.succeeded || !said.contains("<Task") {
        return Ok(State::Off);
    }
    let program = markup(&machine.program.to_string_lossy());
    // Windows writes quotes back as it likes.
    let alike = |xml: &str| xml.replace("&apos;", "'").replace("&quot;", "\"").to_ascii_lowercase();
    let ours = !program.is_ascii() || alike(&said).contains(&alike(&program));
    Ok(if ours { State::On(Scheduler::WindowsTask) } else { State::OnForAnother(Scheduler::WindowsTask) })
}

pub(super) fn install(machine: &Machine<'_>, program: &str, daily: NaiveTime) -> Result<Scheduler, ScheduleError> {
    let file = write_utf16(&task_xml(machine.account, program, daily))?;
    let name = task_name(machine.account);
    let words = ["/Create", "/TN", &name, "/XML"].map(OsStr::new);
    let arguments = [&words[..], &[file.as_os_str(), OsStr::new("/F")]].concat();
    expect_good(schtasks(machine, &arguments)?)?;
    Ok(Scheduler::WindowsTask)
}

pub(super) fn uninstall(machine: &Machine<'_>) -> Result<(), ScheduleError> {
    if !query(machine)?.succeeded {
        return Ok(());
    }
    let name = task_name(machine.account);
    expect_good(schtasks(machine, &["/Delete", "/TN", &name, "/F"].map(OsStr::new))?)
}

fn query(machine: &Machine<'_>) -> Result<CommandOutput, ScheduleError> {
    let name = task_name(machine.account);
    schtasks(machine, &["/Query", "/TN", &name, "/XML"].map(OsStr::new))
}

fn schtasks(machine: &Machine<'_>, arguments: &[&OsStr]) -> Result<CommandOutput, ScheduleError> {
    // By its full path: a program of that name beside ours, or in the current folder, would come first.
    let program = machine.windows_folder.join("System32").join("schtasks.exe");
    run(machine, program.as_os_str(), arguments)
}

fn expect_good(ran: CommandOutput) -> Result<(), ScheduleError> {
    if ran.succeeded {
        return Ok(());
    }
    Err(ScheduleError::Refused {
        program: "schtasks.exe".to_owned(),
        words: words(&ran),
        advice: "Your organization may not allow users to create scheduled tasks. Ask your administrator.",
    })
}

/// Tasks of all accounts share one folder, so each account's has its own name.
fn task_name(account: &str) -> String {
    let account: String =
        account.chars().map(|c| if r#"\/:*?"<>|"#.contains(c) || c.is_control() { '-' } else { c }).collect();
    format!("A365 Password Tool reminders ({account})")
}

fn task_xml(account: &str, program: &str, daily: NaiveTime) -> String {
    let (account, program, time) = (markup(account), markup(program), daily.format("%H:%M:%S"));
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>A365 Password Tool</Author>
    <Description>Reminds you before a client secret expires. Turned on and off in A365 Password Tool.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <UserId>{account}</UserId>
      <Delay>PT1M</Delay>
    </LogonTrigger>
    <CalendarTrigger>
      <StartBoundary>2020-01-01T{time}</StartBoundary>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{account}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT30M</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>--remind</Arguments>
    </Exec>
  </Actions>
</Task>
"#
    )
}

/// A file that `schtasks` reads whatever the system's code page; gone when the answer is dropped.
fn write_utf16(text: &str) -> Result<tempfile::TempPath, ScheduleError> {
    let write = || {
        let mut file = tempfile::Builder::new().prefix("a365-reminders-").suffix(".xml").tempfile()?;
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        file.write_all(&units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>())?;
        file.flush()?;
        // Closed, or `schtasks` might not be let in.
        Ok(file.into_temp_path())
    };
    write().map_err(|cause| ScheduleError::File { path: std::env::temp_dir(), cause })
}

/// `schtasks` writes UTF-16 in some versions.
fn decode(bytes: &[u8]) -> String {
    if bytes.contains(&0) {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(bytes).into_owned()
}
