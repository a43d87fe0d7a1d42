//! What came of the reminders' work.

use std::path::PathBuf;

use uuid::Uuid;

use crate::reminder::overview::Dates;
use crate::reminder::own::OwnByProfile;
use crate::reminder::schedule::State;

/// What was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// A message to see whether it arrives.
    Test,
    /// A mail for the owner of an app registration.
    Mail,
}

/// What came of the reminders' work.
pub enum ReminderNews {
    /// This is set for the open vault's profiles.
    Own(OwnByProfile),
    /// There are reminders of the secrets in these vaults.
    Watched(Vec<WatchedVault>),
    /// A change could not be kept, and why.
    NotKept(String),
    /// Whether the check starts automatically, or why nobody knows.
    Schedule(Result<State, String>),
    /// That could not be changed, and why. How it is now follows.
    ScheduleRefused(String),
    /// The test notification is on the screen, or why not.
    SampleShown(Result<(), String>),
    /// A post was taken, or why not.
    Posted(Posted, Result<(), String>),
    /// A calendar file was written, or none because nobody chose one, or why not.
    CalendarWritten(Result<Option<WrittenCalendar>, String>),
    /// The dates that the index knows of the vault at that path.
    Dates(PathBuf, Dates),
}

/// A vault of whose secrets there are reminders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedVault {
    /// Its id.
    pub id: Uuid,
    /// Where it was saved last.
    pub path: PathBuf,
    /// How many profiles it has.
    pub profiles: usize,
}

/// A calendar file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenCalendar {
    /// The file.
    pub path: PathBuf,
    /// How many dates are in it.
    pub events: usize,
    /// How many profiles are not, because they have no date.
    pub without_date: usize,
}
