//! The reminders: when to remind of a client secret that expires, and how that reaches a person whose app is closed.
//!
//! In: names and dates, which every save of a vault leaves in the reminder index ([`index`]), and what a person set.
//! Out: a [`policy::Decision`], one notification for all that is due ([`background_check`]), a calendar file
//! ([`calendar`]), a text to hand on ([`handover`]), and the sign-in and daily start of the check ([`schedule`]); for the
//! window a line of all dates ([`time_line`]), their count ([`overview`]) and the day of the next reminder ([`next`]).
//! Nothing secret ever comes in here. See `docs/reminders.md`.

#![warn(missing_docs)]

pub mod background_check;
pub mod calendar;
pub mod handover;
pub mod index;
mod index_trouble;
mod kept_file;
mod kept_path;
pub mod message;
pub mod next;
pub mod notified;
pub mod overview;
pub mod own;
pub mod policy;
pub mod rule;
pub mod schedule;
pub mod snooze;
pub mod this_account;
pub mod time_line;
pub mod webhook;
mod webhook_advice;
mod webhook_answer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use kept_file::{KeptFileError, NoProtection, Protection};

use crate::platform::data_protection;

/// Where the reminders keep what they know, and how it is protected.
#[derive(Clone)]
pub struct Places {
    folder: PathBuf,
    protection: Arc<dyn Protection>,
}

/// How long to wait while another program writes one of these files.
const PATIENCE: Duration = Duration::from_secs(3);

impl Places {
    /// In `folder`, under the protection that the operating system gives this account.
    pub fn in_folder(folder: &Path) -> Places {
        Places::protected(folder, Arc::new(ThisAccount))
    }

    /// In `folder`, under this protection.
    pub fn protected(folder: &Path, protection: Arc<dyn Protection>) -> Places {
        Places { folder: folder.to_owned(), protection }
    }

    /// This account's own; `None` for one without a home.
    pub fn of_account() -> Option<Places> {
        crate::settings::reminder_folder().map(|folder| Places::in_folder(&folder))
    }

    /// The reminder index: which vaults there are, and when each of their secrets expires.
    pub fn index(&self) -> PathBuf {
        self.folder.join("reminders.index")
    }

    /// What this account has seen of vaults ([`crate::vault::SeenFolder`]): it belongs to this account and computer too.
    pub fn seen_vaults(&self) -> PathBuf {
        self.folder.join("seen")
    }

    /// What is typed and not saved, sealed by each vault ([`crate::vault::Unsaved`]): away from the vaults likewise.
    pub fn drafts(&self) -> PathBuf {
        self.folder.join("drafts")
    }

    /// What was notified already.
    pub fn notified(&self) -> PathBuf {
        self.folder.join("reminders.told")
    }

    /// The program's picture, for Windows' notifications.
    fn picture(&self) -> PathBuf {
        self.folder.join("reminders.png")
    }

    fn file(&self, path: PathBuf) -> kept_file::KeptFile<'_> {
        kept_file::KeptFile { path, protection: &*self.protection, patience: PATIENCE }
    }
}

impl std::fmt::Debug for Places {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Places").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// What the operating system offers to this account: DPAPI on Windows. Elsewhere the file's mode 0600 has to do.
struct ThisAccount;

impl Protection for ThisAccount {
    fn protect(&self, plain: &[u8]) -> std::io::Result<Vec<u8>> {
        data_protection::protect(plain)
    }

    fn reveal(&self, kept: &[u8]) -> std::io::Result<Vec<u8>> {
        data_protection::reveal(kept)
    }
}
