//! The background check with this account's own clock, desktop, network and programs.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::Places;
use super::background_check::{self, AnswerLater, Channel, Check, Checked, Desktop, Next, OpenAt};
use super::kept_file::KeptFileError;
use super::message::{Message, Urgency};
use super::schedule::{self, Machine, ScheduleError, Scheduler, State, System, ThisComputer};
use super::webhook::{ConfiguredWebhook, Webhook};
use crate::connection_check::NetworkSettings;
use crate::platform::notification::{self, Notification, NotificationError};
use crate::platform::wall_clock;
use crate::settings::{self, Settings, places::Keeper};

/// How long the program waits for a click, where it has to be there for one (Linux).
pub const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The desktop of this session.
struct ThisDesktop<'a> {
    places: &'a Places,
}

impl Desktop for ThisDesktop<'_> {
    fn show(&self, notification: &Notification) -> Result<AnswerLater, NotificationError> {
        // Without it Windows shows nothing, or nothing that can be clicked; then it says so itself. A portable program
        // writes nothing into the registry of somebody's computer.
        if keeper() == Keeper::Account {
            let _ = desktop_program().and_then(|program| register(self.places, &program));
        }
        let shown = notification::show(notification)?;
        Ok(Box::new(move |at_most| shown.wait(at_most)))
    }
}

fn keeper() -> Keeper {
    settings::Places::of_this_program().map_or(Keeper::Account, settings::Places::keeper)
}

/// Tells Windows the program's name and picture, and what its links call.
fn register(places: &Places, program: &Path) -> io::Result<()> {
    notification::register(program, &places.picture(), include_bytes!("../../resources/icon.png"))
}

/// The time on the wall, by this computer's time zone.
pub fn local(now: DateTime<Utc>) -> NaiveDateTime {
    now.with_timezone(&Local).naive_local()
}

/// The desktop program, which lies beside the one that runs.
pub fn desktop_program() -> io::Result<PathBuf> {
    let name = format!("a365-password-tool{}", std::env::consts::EXE_SUFFIX);
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// Checks once. What is on the screen then is in [`Checked::shown`].
pub fn check(places: &Places, settings: &Settings, now: DateTime<Utc>) -> Result<Checked, KeptFileError> {
    let webhook = settings.reminders.webhook.clone().map(|address| ConfiguredWebhook {
        address,
        form: settings.reminders.webhook_form,
        network: NetworkSettings { proxy: (&settings.proxy).into(), ..NetworkSettings::default() },
        now,
    });
    background_check::run(&Check {
        places,
        settings: &settings.reminders,
        now,
        local: &local,
        is_there: &|path| path.exists(),
        desktop: &ThisDesktop { places },
        webhook: webhook.as_ref().map(|webhook| webhook as &dyn Webhook),
        token: uuid::Uuid::new_v4().simple().to_string(),
    })
}

/// Shows a notification that is about nothing, to see whether and how they are shown here. The answer keeps it on the
/// screen, where the desktop takes it away with the program that showed it.
pub fn show_sample(places: &Places) -> Result<AnswerLater, NotificationError> {
    let message = Message {
        title: "Test reminder".to_owned(),
        body: "This is only a test. Nothing is expiring, and the buttons have no effect.".to_owned(),
        urgency: Urgency::Normal,
    };
    ThisDesktop { places }.show(&background_check::notification(&message, ""))
}

/// The whole of `a365-password-tool --remind`: checks, waits for a click, does what it asks for. The answers are what
/// went wrong, as sentences for the system's log.
pub fn remind(places: &Places, settings: &Settings, at_most: Duration) -> Vec<String> {
    let mut troubles = Vec::new();
    match check(places, settings, wall_clock::now()) {
        Ok(checked) => {
            troubles.extend(checked.trouble.iter().map(ToString::to_string));
            for channel in [&checked.desktop, &checked.webhook] {
                if let Channel::Failed(why) = channel {
                    troubles.push(why.clone());
                }
            }
            if let Some(shown) = checked.shown {
                let answer = (shown.answer)(at_most);
                let next = background_check::follow(places, answer, &shown.about, today());
                troubles.extend(carry_out(next).err());
            }
        }
        Err(error) => troubles.push(error.to_string()),
    }
    troubles
}

/// The whole of `a365-password-tool --link LINK`, up to opening a window, which is left to the caller.
pub fn follow_link(places: &Places, link: &str) -> Result<Next, String> {
    background_check::follow_link(places, link, today()).map_err(|error| error.to_string())
}

/// Starts the app where that is what comes next.
pub fn carry_out(next: Result<Next, KeptFileError>) -> Result<(), String> {
    match next.map_err(|error| error.to_string())? {
        Next::Open(at) => open_app(at.as_ref())
            .map_err(|error| format!("A365 Password Tool could not be started ({error}). Start it from the menu.")),
        Next::PutOff(_) | Next::Nothing => Ok(()),
    }
}

fn open_app(at: Option<&OpenAt>) -> io::Result<()> {
    let mut command = Command::new(desktop_program()?);
    command.args(at.map(arguments).into_iter().flatten());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop)
}

/// A name may begin with a hyphen, so it is in one word with its option.
fn arguments(at: &OpenAt) -> [OsString; 2] {
    let word = |option: &str, value: &Path| {
        let mut word = OsString::from(option);
        word.push(value);
        word
    };
    [word("--vault=", &at.vault), word("--profile=", Path::new(&at.profile))]
}

/// This account's schedule for the check.
pub struct ThisSchedule {
    system: System,
    program: PathBuf,
    config_home: PathBuf,
    account: String,
    windows_folder: PathBuf,
}

impl ThisSchedule {
    /// Finds what it takes.
    pub fn find() -> Result<ThisSchedule, ScheduleError> {
        let program = desktop_program()
            .map_err(|cause| ScheduleError::NoProgram { program: "a365-password-tool".to_owned(), cause })?;
        let text = |name: &str| std::env::var(name).unwrap_or_default();
        let config_home = directories::BaseDirs::new().map(|folders| folders.config_dir().to_owned());
        let windows_folder = std::env::var_os("SystemRoot").unwrap_or_else(|| OsString::from(r"C:\Windows"));
        Ok(ThisSchedule {
            system: System::this().ok_or(ScheduleError::NoSystem)?,
            program,
            config_home: config_home.ok_or(ScheduleError::NoSystem)?,
            account: format!(r"{}\{}", text("USERDOMAIN"), text("USERNAME")),
            windows_folder: windows_folder.into(),
        })
    }

    /// Lets the check start at sign-in and at `daily`, local time; also tells Windows what a click starts.
    pub fn turn_on(&self, daily: NaiveTime) -> Result<Scheduler, ScheduleError> {
        if keeper() == Keeper::Program {
            return Err(ScheduleError::Portable);
        }
        let by = schedule::install(&self.machine(), daily)?;
        if let Some(places) = Places::of_account() {
            register(&places, &self.program).map_err(|cause| ScheduleError::File { path: places.picture(), cause })?;
        }
        Ok(by)
    }

    /// Ends that.
    pub fn turn_off(&self) -> Result<(), ScheduleError> {
        schedule::uninstall(&self.machine())?;
        notification::unregister().map_err(|cause| ScheduleError::File { path: self.program.clone(), cause })
    }

    /// Whether it is so.
    pub fn state(&self) -> Result<State, ScheduleError> {
        schedule::state(&self.machine())
    }

    fn machine(&self) -> Machine<'_> {
        Machine {
            system: self.system,
            commands: &ThisComputer,
            program: &self.program,
            config_home: &self.config_home,
            account: &self.account,
            windows_folder: &self.windows_folder,
        }
    }
}

/// The local day.
pub fn today() -> NaiveDate {
    local(wall_clock::now()).date()
}
