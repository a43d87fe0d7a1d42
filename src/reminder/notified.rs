//! What was notified, kept between two checks: per channel, and which notification was shown last.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Places;
use super::kept_file::{FileLock, Found, KeptFile, KeptFileError};
use super::policy::{Key, Notified, NotifiedOnce, Step};

const FORMAT: u32 = 1;

/// Everything that a check remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NotifiedBefore {
    /// By notifications on this computer.
    pub desktop: Notified,
    /// By the webhook.
    pub webhook: Notified,
    /// The notification shown last, so that a click on it finds what it was about.
    pub last_shown: Option<LastShown>,
}

/// A notification that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastShown {
    /// A random word that only this notification's own links hold.
    pub token: String,
    /// What it was about, the worst first.
    pub about: Vec<Key>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    #[serde(default)]
    desktop: Vec<StoredOnce>,
    #[serde(default)]
    webhook: Vec<StoredOnce>,
    #[serde(default)]
    last_shown: Option<StoredShown>,
}

#[derive(Serialize, Deserialize)]
struct StoredKey {
    vault: Uuid,
    profile: Uuid,
}

#[derive(Serialize, Deserialize)]
struct StoredOnce {
    #[serde(flatten)]
    key: StoredKey,
    expires: Option<NaiveDate>,
    /// Days before the expiry, 0 for expired; without a date it means nothing.
    days: u32,
    at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct StoredShown {
    token: String,
    about: Vec<StoredKey>,
}

/// What was notified before, held for this check alone until it is dropped.
pub struct HeldNotified<'a> {
    file: KeptFile<'a>,
    lock: FileLock,
    /// To be changed, then saved.
    pub notified: NotifiedBefore,
}

impl NotifiedBefore {
    /// Reads what was notified. An unreadable file counts as empty: two reminders are better than none.
    pub fn read(places: &Places) -> NotifiedBefore {
        let Found::Plain(bytes) = places.file(places.notified()).read() else { return NotifiedBefore::default() };
        let Ok(stored) = serde_json::from_slice::<Stored>(&bytes) else { return NotifiedBefore::default() };
        NotifiedBefore {
            desktop: Notified(stored.desktop.iter().map(StoredOnce::read).collect()),
            webhook: Notified(stored.webhook.iter().map(StoredOnce::read).collect()),
            last_shown: stored.last_shown.map(|shown| LastShown {
                token: shown.token,
                about: shown.about.iter().map(|key| (key.vault, key.profile)).collect(),
            }),
        }
    }

    /// Takes the file for this check alone: two checks at the same time would send everything twice.
    pub fn hold(places: &Places) -> Result<HeldNotified<'_>, KeptFileError> {
        let file = places.file(places.notified());
        let lock = file.lock()?;
        Ok(HeldNotified { notified: NotifiedBefore::read(places), file, lock })
    }
}

impl HeldNotified<'_> {
    /// Saves what was changed.
    pub fn save(&self) -> Result<(), KeptFileError> {
        let list = |notified: &Notified| {
            let mut list: Vec<_> = notified.0.iter().map(|(key, once)| StoredOnce::of(*key, once)).collect();
            list.sort_by_key(|once| (once.key.vault, once.key.profile));
            list
        };
        let key = |(vault, profile): &Key| StoredKey { vault: *vault, profile: *profile };
        let stored = Stored {
            format: FORMAT,
            desktop: list(&self.notified.desktop),
            webhook: list(&self.notified.webhook),
            last_shown: self
                .notified
                .last_shown
                .as_ref()
                .map(|shown| StoredShown { token: shown.token.clone(), about: shown.about.iter().map(key).collect() }),
        };
        let bytes = serde_json::to_vec(&stored).expect("ids, dates and numbers are JSON");
        self.file.replace(&self.lock, &bytes)
    }
}

impl StoredOnce {
    fn of((vault, profile): Key, once: &NotifiedOnce) -> StoredOnce {
        let days = match once.step {
            Step::Before(days) => days.0,
            Step::WithoutDate | Step::Expired => 0,
        };
        StoredOnce { key: StoredKey { vault, profile }, expires: once.expires, days, at: once.at }
    }

    fn read(&self) -> (Key, NotifiedOnce) {
        let step = match (self.expires, self.days) {
            (None, _) => Step::WithoutDate,
            (Some(_), 0) => Step::Expired,
            (Some(_), days) => Step::before(days),
        };
        ((self.key.vault, self.key.profile), NotifiedOnce { expires: self.expires, step, at: self.at })
    }
}
