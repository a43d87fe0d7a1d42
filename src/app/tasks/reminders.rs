//! The reminders' work: what is kept in the reminder index, on the vault's thread; the schedule, notifications, posts and
//! calendar files, each on a thread of its own.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use chrono::{Local, NaiveTime};
use uuid::Uuid;

use super::{Answer, Postbox, Posted, ReminderNews, WatchedVault, WrittenCalendar, file_dialogs};
use crate::platform::wall_clock;
use crate::reminder::index::{self, Index, IndexedProfile};
use crate::reminder::overview::Dates;
use crate::reminder::rule::ReminderRule;
use crate::reminder::snooze::Snooze;
use crate::reminder::this_account::{self, ThisSchedule};
use crate::reminder::webhook::{ConfiguredWebhook, Post, Webhook};
use crate::reminder::{KeptFileError, Places, calendar};
use crate::vault::Vault;

/// How long a test notification is held on the screen, where the desktop takes it away with its connection.
const SAMPLE_TIME: Duration = Duration::from_secs(10);

/// Work that needs no vault.
pub enum ReminderRequest {
    /// Tell whether the check with the app closed starts automatically.
    LookAtSchedule,
    /// Let it start automatically, at sign-in and daily at this local time.
    TurnOn(NaiveTime),
    /// End that.
    TurnOff,
    /// Show a notification that is about nothing.
    ShowSample,
    /// Post this.
    Post(Box<Post>, Box<ConfiguredWebhook>, Posted),
    /// Tell the dates that the index knows of the vault at this path.
    ReadDates(PathBuf),
}

/// Work that is about the open vault.
pub enum VaultReminderRequest {
    /// Tell what is set for its profiles.
    ReadOwn,
    /// Take it into the index, also when nothing was saved.
    Watch,
    /// Change what is set for a profile.
    Change(Uuid, OwnChange),
    /// Tell which vaults the index knows.
    ReadWatched,
    /// Take a vault out of the index, this one or another, until it is opened again.
    StopReminding(Uuid),
    /// Write the dates of these profiles into a calendar file; the days are those of profiles without days of their own.
    WriteCalendar(Vec<Uuid>, Vec<u32>),
}

/// What is changed for a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnChange {
    /// Its rule; none is as for all.
    Rule(Option<ReminderRule>),
    /// Its snooze; none ends it.
    Snooze(Option<Snooze>),
}

/// Begins work on a thread of its own.
pub(super) fn begin(request: ReminderRequest, places: Option<Places>, postbox: Postbox) {
    thread::spawn(move || match request {
        ReminderRequest::LookAtSchedule => post_schedule(&postbox),
        ReminderRequest::TurnOn(daily) => change_schedule(|schedule| schedule.turn_on(daily).map(drop), &postbox),
        ReminderRequest::TurnOff => change_schedule(ThisSchedule::turn_off, &postbox),
        ReminderRequest::ShowSample => show_sample(places.as_ref(), &postbox),
        ReminderRequest::Post(post, webhook, what) => {
            postbox.post_news(ReminderNews::Posted(what, webhook.post(&post)));
        }
        ReminderRequest::ReadDates(path) => {
            let dates = places.map(|places| dates(&Index::read(&places).0, &path)).unwrap_or_default();
            postbox.post_news(ReminderNews::Dates(path, dates));
        }
    });
}

impl Postbox {
    fn post_news(&self, news: ReminderNews) {
        self.post(Answer::Reminders(news));
    }
}

fn post_schedule(postbox: &Postbox) {
    let state = ThisSchedule::find().and_then(|schedule| schedule.state());
    postbox.post_news(ReminderNews::Schedule(state.map_err(|error| error.to_string())));
}

fn change_schedule(
    change: impl FnOnce(&ThisSchedule) -> Result<(), crate::reminder::schedule::ScheduleError>,
    postbox: &Postbox,
) {
    if let Err(error) = ThisSchedule::find().and_then(|schedule| change(&schedule)) {
        postbox.post_news(ReminderNews::ScheduleRefused(error.to_string()));
    }
    post_schedule(postbox);
}

fn show_sample(places: Option<&Places>, postbox: &Postbox) {
    let no_home = || "This account has no folder for app data, so there are no reminders.".to_owned();
    let shown = places
        .ok_or_else(no_home)
        .and_then(|places| this_account::show_sample(places).map_err(|error| error.to_string()));
    match shown {
        Ok(on_the_screen) => {
            postbox.post_news(ReminderNews::SampleShown(Ok(())));
            thread::sleep(SAMPLE_TIME);
            drop(on_the_screen);
        }
        Err(why) => postbox.post_news(ReminderNews::SampleShown(Err(why))),
    }
}

fn dates(index: &Index, path: &Path) -> Dates {
    let profiles = index.vault_at(path).into_iter().flat_map(|vault| vault.profiles.iter());
    profiles.filter_map(|profile| profile.expires).collect()
}

/// Does work that is about `vault`, on its thread.
pub(super) fn of_vault(request: VaultReminderRequest, vault: &Vault, places: Option<&Places>, postbox: &Postbox) {
    match (request, places) {
        (VaultReminderRequest::WriteCalendar(profiles, days), places) => {
            write_calendar(vault, &profiles, &days, places, postbox);
        }
        // Nothing is set where nothing can be kept.
        (VaultReminderRequest::ReadOwn | VaultReminderRequest::Watch | VaultReminderRequest::ReadWatched, None) => {}
        (VaultReminderRequest::Change(..) | VaultReminderRequest::StopReminding(_), None) => {
            postbox.post_news(ReminderNews::NotKept(
                "The reminders cannot be changed, because this account has no folder for app data.".to_owned(),
            ))
        }
        (VaultReminderRequest::ReadOwn, Some(places)) => post_own(places, vault, postbox),
        (VaultReminderRequest::Watch, Some(places)) => {
            if let Err(error) = index::update(places, &vault.into()) {
                postbox.post_news(ReminderNews::NotKept(format!("The reminders could not be updated. {error}")));
            }
        }
        (VaultReminderRequest::ReadWatched, Some(places)) => post_watched(places, postbox),
        (VaultReminderRequest::StopReminding(id), Some(places)) => {
            if let Err(error) = index::forget_vault(places, id) {
                postbox.post_news(ReminderNews::NotKept(format!("The reminders were not turned off. {error}")));
            }
            post_watched(places, postbox);
            post_own(places, vault, postbox);
        }
        (VaultReminderRequest::Change(profile, change), Some(places)) => {
            if let Err(error) = keep(places, vault, profile, change) {
                postbox.post_news(ReminderNews::NotKept(format!("The reminders were not changed. {error}")));
            }
            post_own(places, vault, postbox);
        }
    }
}

/// Tells the window what is set for the profiles of `vault`.
pub(super) fn post_own(places: &Places, vault: &Vault, postbox: &Postbox) {
    postbox.post_news(ReminderNews::Own(Index::read(places).0.own(vault.info().vault_id)));
}

fn post_watched(places: &Places, postbox: &Postbox) {
    let index = Index::read(places).0;
    let watched = |vault: &index::IndexedVault| WatchedVault {
        id: vault.id,
        path: vault.path.clone(),
        profiles: vault.left_out.unwrap_or(vault.profiles.len()),
    };
    postbox.post_news(ReminderNews::Watched(index.newest().map(watched).collect()));
}

fn keep(places: &Places, vault: &Vault, profile: Uuid, change: OwnChange) -> Result<(), KeptFileError> {
    let key = (vault.info().vault_id, profile);
    if Index::read(places).0.find(key).is_none() {
        // A vault that this account has only read so far is not in the index.
        index::update(places, &vault.into())?;
    }
    index::change_profiles(places, &[key], |known: &mut IndexedProfile| match &change {
        OwnChange::Rule(rule) => known.rule.clone_from(rule),
        OwnChange::Snooze(snooze) => known.snooze = *snooze,
    })?;
    Ok(())
}

fn write_calendar(vault: &Vault, profiles: &[Uuid], days: &[u32], places: Option<&Places>, postbox: &Postbox) {
    let id = vault.info().vault_id;
    let own = places.map(|places| Index::read(places).0.own(id)).unwrap_or_default();
    let days_of = |profile| match own.get(&profile).and_then(|own| own.rule.as_ref()) {
        Some(ReminderRule::Off) => Vec::new(),
        Some(ReminderRule::Days(own)) => own.clone(),
        None => days.to_vec(),
    };
    let chosen: Vec<_> = profiles.iter().filter_map(|profile| vault.contents().get(*profile)).collect();
    let events = chosen.iter().filter(|profile| profile.expires().is_some()).count();
    let name = match chosen.as_slice() {
        [one] => file_name(&one.name),
        _ => "client-secrets".to_owned(),
    };
    let without_date = chosen.len() - events;
    let text = calendar::of_profiles(id, chosen, days_of, wall_clock::now().with_timezone(&Local));
    file_dialogs::save_calendar(postbox.clone(), text, name, move |path| WrittenCalendar {
        path,
        events,
        without_date,
    });
}

/// A profile's name as a file may be called on every system.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | ' ') { c } else { '-' };
    name.chars().map(plain).take(60).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Profile, SecretText};
    use crate::vault::{Contents, KdfParameters};
    use std::sync::mpsc::channel;

    fn vault(folder: &Path) -> Vault {
        let (path, passphrase) = (folder.join("x.a365vault"), SecretText::from("four words of test"));
        let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
        let mut profile = Profile::new(Uuid::from_u128(7), "Contoso", wall_clock::now());
        profile.secret_expires = "2027-01-31".parse().ok();
        vault.update(|contents: &mut Contents| contents.put(profile)).expect("saved");
        vault
    }

    #[test]
    fn what_is_set_for_a_profile_is_kept_in_the_index_also_of_a_vault_that_was_only_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, places) = (vault(folder.path()), Places::in_folder(folder.path()));
        let (answers, received) = channel();
        let postbox = Postbox::new(answers, (&egui::Context::default()).into());
        let (profile, rule) = (Uuid::from_u128(7), Some(ReminderRule::Days(vec![9])));
        let change = VaultReminderRequest::Change(profile, OwnChange::Rule(rule.clone()));
        of_vault(change, &vault, Some(&places), &postbox);
        let Ok(Answer::Reminders(ReminderNews::Own(own))) = received.recv() else { panic!("it is posted") };
        assert_eq!(own.get(&profile).and_then(|own| own.rule.clone()), rule);
        let known = dates(&Index::read(&places).0, vault.path());
        assert_eq!(known, "2027-01-31".parse().into_iter().collect(), "the unlock screen's title counts it");
        of_vault(VaultReminderRequest::Change(profile, OwnChange::Rule(None)), &vault, None, &postbox);
        assert!(matches!(received.recv(), Ok(Answer::Reminders(ReminderNews::NotKept(_)))));
    }

    #[test]
    fn a_profiles_name_makes_a_files_name() {
        assert_eq!(file_name(" Contoso: a/b\\c Büro "), "Contoso- a-b-c Büro");
    }
}
