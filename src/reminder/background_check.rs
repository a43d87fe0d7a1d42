//! The check with the app closed: reads the index, decides, tells everything that is due in one notification and one
//! post, and remembers that it did.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use super::Places;
use super::index::{self, Entry, Index, IndexTrouble, IndexedVault};
use super::kept_file::KeptFileError;
use super::message::{self, Message, Urgency};
use super::notified::{HeldNotified, LastShown, NotifiedBefore};
use super::policy::{Decision, Due, Key, LocalTime, Notified, VaultPlace, Watched, decide};
use super::rule::{Rules, WithoutDate};
use super::snooze::{Snooze, WEEK};
use super::webhook::{Post, Webhook};
use crate::platform::notification::{
    Answer, LINK_SCHEME, Notification, NotificationDuration, NotificationError, Picture,
};
use crate::settings::ReminderSettings;

/// Waits for what a person does with a notification, at most so long.
pub type AnswerLater = Box<dyn FnOnce(Duration) -> Answer>;

/// Shows notifications. A trait, so that a check can be tried without a desktop.
pub trait Desktop {
    /// Shows it, and gives the way to wait for an answer.
    fn show(&self, notification: &Notification) -> Result<AnswerLater, NotificationError>;
}

/// All that a check takes from outside.
pub struct Check<'a> {
    /// Where the index is, and what was notified before.
    pub places: &'a Places,
    /// When to tell, and by which way.
    pub settings: &'a ReminderSettings,
    /// The time.
    pub now: DateTime<Utc>,
    /// The time on the wall.
    pub local: LocalTime<'a>,
    /// Whether a vault's file is there.
    pub is_there: &'a dyn Fn(&Path) -> bool,
    /// Shows notifications.
    pub desktop: &'a dyn Desktop,
    /// Posts, where a webhook is set.
    pub webhook: Option<&'a dyn Webhook>,
    /// A random word, new for each check; see [`follow_link`].
    pub token: String,
}

/// What a check did.
pub struct Checked {
    /// Why the index could not be read, if it could not.
    pub trouble: Option<IndexTrouble>,
    /// Vaults whose secrets are not watched, each in a sentence for people.
    pub unwatched: Vec<String>,
    /// When the vault was saved that was saved last.
    pub saved_last: Option<DateTime<Utc>>,
    /// How many secrets are watched over.
    pub watched: usize,
    /// What the notification did.
    pub desktop: Channel,
    /// What the webhook did.
    pub webhook: Channel,
    /// The notification that is on the screen now.
    pub shown: Option<ShownNow>,
}

/// What one channel did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// It is turned off.
    Off,
    /// Nothing was due.
    NothingDue,
    /// Something is due, and waits for the end of the quiet hours.
    Quiet {
        /// Their end, local time.
        until: NaiveTime,
        /// How many secrets wait.
        waiting: usize,
    },
    /// So many secrets were in the reminder.
    Notified(usize),
    /// It did not work; it is tried again with the next check. A sentence for people.
    Failed(String),
}

/// A notification on the screen.
pub struct ShownNow {
    /// Waits for what a person does with it.
    pub answer: AnswerLater,
    /// What it is about, the worst first.
    pub about: Vec<Key>,
}

/// What has to be done after a person's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Start the app, on this profile when it is known.
    Open(Option<OpenAt>),
    /// So many reminders were snoozed for a week.
    PutOff(usize),
    /// Nothing.
    Nothing,
}

/// Where to open the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAt {
    /// The vault.
    pub vault: PathBuf,
    /// The profile's name.
    pub profile: String,
}

/// Runs the check. An error means that another check is at work, or that nothing could be remembered.
pub fn run(check: &Check<'_>) -> Result<Checked, KeptFileError> {
    let mut held = NotifiedBefore::hold(check.places)?;
    let (index, trouble) = Index::read(check.places);
    let entries = index.watched(check.is_there);
    let watched: Vec<Watched<'_>> = entries.iter().map(Entry::watched).collect();
    let unwatched = index.vaults.iter().filter_map(IndexedVault::unwatched).collect();
    let mut checked = Checked {
        trouble,
        unwatched,
        saved_last: index.vaults.iter().map(|vault| vault.saved_at).max(),
        watched: watched.len(),
        desktop: Channel::Off,
        webhook: Channel::Off,
        shown: None,
    };
    if checked.trouble.is_none() {
        held.notified.desktop.forget_strangers(&watched, check.now);
        held.notified.webhook.forget_strangers(&watched, check.now);
        // The next problem is reported immediately.
        held.notified.desktop.0.remove(&INDEX_ITSELF);
    }
    if check.settings.notify {
        let trouble = checked.trouble.clone();
        checked.desktop = match &trouble {
            Some(trouble) => tell_trouble(check, &mut held, trouble),
            None => by_notification(check, &mut held, &entries, &watched, &mut checked.shown),
        };
        held.save()?;
    }
    if let Some(webhook) = check.webhook {
        checked.webhook = by_webhook(check, &mut held.notified.webhook, &entries, &watched, webhook);
        held.save()?;
    }
    Ok(checked)
}

fn by_notification(
    check: &Check<'_>,
    held: &mut HeldNotified<'_>,
    entries: &[Entry<'_>],
    watched: &[Watched<'_>],
    shown: &mut Option<ShownNow>,
) -> Channel {
    let due = match due_now(check, &Rules::from(check.settings), watched, &held.notified.desktop) {
        Ok(due) => due,
        Err(channel) => return channel,
    };
    let message = message::message(&due, entries, check.now);
    match check.desktop.show(&notification(&message, &check.token)) {
        Ok(answer) => {
            let about: Vec<Key> = due.iter().map(|due| due.key).collect();
            held.notified.desktop.note(&due, check.now);
            held.notified.last_shown = Some(LastShown { token: check.token.clone(), about: about.clone() });
            *shown = Some(ShownNow { answer, about });
            Channel::Notified(due.len())
        }
        Err(error) => Channel::Failed(error.to_string()),
    }
}

fn by_webhook(
    check: &Check<'_>,
    notified: &mut Notified,
    entries: &[Entry<'_>],
    watched: &[Watched<'_>],
    webhook: &dyn Webhook,
) -> Channel {
    let due = match due_now(check, &Rules::from(check.settings), watched, notified) {
        Ok(due) => due,
        Err(channel) => return channel,
    };
    let message = message::message(&due, entries, check.now);
    match webhook.post(&Post::of(&message, &due, entries, check.now)) {
        Ok(()) => {
            notified.note(&due, check.now);
            Channel::Notified(due.len())
        }
        Err(error) => Channel::Failed(format!("{error} The next check tries again.")),
    }
}

/// Under which key it is remembered that an unreadable index was reported.
const INDEX_ITSELF: Key = (Uuid::nil(), Uuid::nil());

/// Says that the reminders do not work; again after a month if that is not repaired.
fn tell_trouble(check: &Check<'_>, held: &mut HeldNotified<'_>, trouble: &IndexTrouble) -> Channel {
    let index = Watched { key: INDEX_ITSELF, expires: None, rule: None, snooze: None, vault: VaultPlace::There };
    let rules = Rules { without_date: WithoutDate::Monthly, ..Rules::from(check.settings) };
    let due = match due_now(check, &rules, &[index], &held.notified.desktop) {
        Ok(due) => due,
        Err(channel) => return channel,
    };
    let message = Message {
        title: "Client secret reminders are not working".to_owned(),
        body: trouble.to_string(),
        urgency: Urgency::Normal,
    };
    match check.desktop.show(&notification(&message, &check.token)) {
        Ok(_) => {
            held.notified.desktop.note(&due, check.now);
            Channel::Notified(0)
        }
        Err(error) => Channel::Failed(error.to_string()),
    }
}

fn due_now(
    check: &Check<'_>,
    rules: &Rules,
    watched: &[Watched<'_>],
    notified: &Notified,
) -> Result<Vec<Due>, Channel> {
    match decide(check.now, check.local, rules, watched, notified) {
        Decision::Remind(due) => Ok(due),
        Decision::Nothing => Err(Channel::NothingDue),
        Decision::Quiet { until, waiting } => Err(Channel::Quiet { until, waiting }),
    }
}

/// The notification with these words; its links hold `token`.
pub(super) fn notification(message: &Message, token: &str) -> Notification {
    Notification {
        title: message.title.clone(),
        body: message.body.clone(),
        stays: if message.urgency == Urgency::Urgent {
            NotificationDuration::UntilSeen
        } else {
            NotificationDuration::Default
        },
        open: "Open".to_owned(),
        later: "Remind me in a week".to_owned(),
        open_link: format!("{LINK_SCHEME}:open/{token}"),
        later_link: format!("{LINK_SCHEME}:later/{token}"),
        picture: Picture { width: 64, height: 64, rgba: include_bytes!("../../resources/icon-64.rgba") },
    }
}

/// Does what a person answered; `today` is the local day.
pub fn follow(places: &Places, answer: Answer, about: &[Key], today: NaiveDate) -> Result<Next, KeptFileError> {
    match answer {
        Answer::Nothing => Ok(Next::Nothing),
        Answer::Open => Ok(Next::Open(open_at(places, about))),
        Answer::Later => {
            index::change_profiles(places, about, |profile| {
                profile.snooze = Some(Snooze::for_days(today, WEEK, profile.expires));
            })?;
            Ok(Next::PutOff(about.len()))
        }
    }
}

/// Does what a link of a notification asks for. Anybody can make such a link, a web page too: it does something only
/// when it holds the random word of the notification shown last. Else it opens the app, or does nothing.
pub fn follow_link(places: &Places, link: &str, today: NaiveDate) -> Result<Next, KeptFileError> {
    let Some((verb, token)) = link.strip_prefix(LINK_SCHEME).and_then(|rest| rest.strip_prefix(':')?.split_once('/'))
    else {
        return Ok(Next::Nothing);
    };
    let last = NotifiedBefore::read(places).last_shown.filter(|last| !token.is_empty() && last.token == token);
    let about = last.map(|last| last.about).unwrap_or_default();
    match verb {
        "open" => follow(places, Answer::Open, &about, today),
        "later" if !about.is_empty() => follow(places, Answer::Later, &about, today),
        _ => Ok(Next::Nothing),
    }
}

/// The worst of these that is still known.
fn open_at(places: &Places, about: &[Key]) -> Option<OpenAt> {
    let (index, _) = Index::read(places);
    let (vault, profile) = about.iter().find_map(|key| index.find(*key))?;
    Some(OpenAt { vault: vault.path.clone(), profile: profile.name.clone() })
}
