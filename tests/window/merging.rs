//! The form while others save the same profile, and the vault's thread that brings both together.

use std::time::{Duration, Instant};

use a365_password_tool::app::{
    state::{Command, ProfileCommand},
    tasks::{
        Answer, Change, Edit, ProfileEdit, Refusal, RefusalCause, Request, SaveReason, Tasks, VaultFileRequest,
        VaultRequest,
    },
};
use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::{Profile, SecretText};
use a365_password_tool::vault::{Conflict, Credential, KdfParameters, Trust, Vault};
use chrono::TimeDelta;

use crate::harness::{Window, answer, fill, opened, press, requests, says, several, small, today};

/// The window with the first profile in the form.
fn first_shown() -> (Window, Profile) {
    let mut window = small(opened(several()));
    let first = several().swap_remove(0);
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(first.id)));
    window.run();
    (window, first)
}

/// The vault's profiles with the first one changed.
fn changed_elsewhere(change: impl FnOnce(&mut Profile)) -> Vec<Profile> {
    let mut profiles = several();
    change(&mut profiles[0]);
    profiles[0].modified += TimeDelta::minutes(5);
    profiles
}

fn name(window: &Window) -> String {
    let vault = window.state().state.open_vault().expect("open");
    vault.draft.as_ref().expect("a form").fields.name.clone()
}

fn expires(window: &Window) -> String {
    let vault = window.state().state.open_vault().expect("open");
    vault.draft.as_ref().expect("a form").fields.expires.clone()
}

#[test]
fn what_others_save_meanwhile_shows_in_the_form_where_nobody_typed() {
    let (mut window, first) = first_shown();
    fill(&mut window, "Profile name", " typed here");
    let theirs = changed_elsewhere(|profile| profile.secret_expires = "2029-01-01".parse().ok());
    answer(&mut window, Answer::Profiles(theirs.clone().into(), Change::Refreshed));
    assert_eq!((name(&window).as_str(), expires(&window).as_str()), ("Adventure Works typed here", "2029-01-01"));
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(mine, Some(base), SaveReason::Requested))] = asked.as_slice() else {
        panic!("it is saved")
    };
    assert_eq!((mine.name.as_str(), mine.secret_expires), ("Adventure Works typed here", theirs[0].secret_expires));
    assert_eq!((&base.name, base.secret_expires), (&first.name, theirs[0].secret_expires));
}

#[test]
fn what_both_change_is_sent_with_what_it_was_typed_over() {
    let (mut window, first) = first_shown();
    fill(&mut window, "Profile name", " typed here");
    let theirs = changed_elsewhere(|profile| profile.name = "typed elsewhere".to_owned());
    answer(&mut window, Answer::Profiles(theirs.clone().into(), Change::Refreshed));
    assert_eq!(name(&window), "Adventure Works typed here", "what is being typed is never taken away");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(_, Some(base), _))] = asked.as_slice() else { panic!("it is saved") };
    assert_eq!(base.name, first.name, "so that the vault sees two changes");
    // Reverting gives what is in the vault, not what it was typed over.
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Revert));
    window.run();
    assert_eq!(name(&window), "typed elsewhere");
}

#[test]
fn after_a_save_the_form_shows_what_the_vault_made_of_it() {
    let (mut window, _) = first_shown();
    fill(&mut window, "Profile name", " typed here");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(mine, ..))] = asked.as_slice() else { panic!("it is saved") };
    let mut merged = several();
    merged[0] = Profile { secret_expires: "2029-01-01".parse().ok(), ..(**mine).clone() };
    answer(&mut window, Answer::Profiles(merged.into(), Change::Put(mine.id, SaveReason::Requested)));
    assert_eq!((name(&window).as_str(), expires(&window).as_str()), ("Adventure Works typed here", "2029-01-01"));
    assert!(!says(&window, "Not saved yet"));
    answer(&mut window, Answer::Warning("Somebody else changed the expiry date.".to_owned()));
    assert!(says(&window, "Somebody else changed the expiry date."));
}

#[test]
fn what_is_typed_while_a_save_runs_stays_and_begins_from_what_was_saved() {
    let (mut window, _) = first_shown();
    fill(&mut window, "Profile name", " first");
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(mine, ..))] = asked.as_slice() else { panic!("it is saved") };
    fill(&mut window, "Profile name", " second");
    let mut profiles = several();
    profiles[0] = (**mine).clone();
    answer(&mut window, Answer::Profiles(profiles.into(), Change::Put(mine.id, SaveReason::Requested)));
    assert!(name(&window).contains("second"));
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(_, Some(base), _))] = asked.as_slice() else { panic!("it is saved") };
    assert_eq!(base.name, "Adventure Works first");
}

#[test]
fn after_a_failed_save_the_form_still_begins_from_what_was_saved_before() {
    let (mut window, first) = first_shown();
    fill(&mut window, "Profile name", " typed here");
    press(&mut window, "Save");
    drop(requests(&mut window));
    let refusal = Refusal { text: "The disk is full.".to_owned(), cause: RefusalCause::Other };
    answer(&mut window, Answer::NotSaved(refusal, Change::Put(first.id, SaveReason::Requested)));
    answer(&mut window, Answer::Profiles(several().into(), Change::Read));
    assert_eq!(name(&window), "Adventure Works typed here");
    assert!(says(&window, "Not saved yet"));
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(_, Some(base), _))] = asked.as_slice() else { panic!("it is saved") };
    assert_eq!(base.name, first.name);
}

/// The real thread with a real vault.
struct Thread {
    tasks: Tasks,
    path: std::path::PathBuf,
    passphrase: SecretText,
    _folder: tempfile::TempDir,
}

fn thread() -> Thread {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("v.a365vault");
    let passphrase = SecretText::new(format!("made-{}", uuid::Uuid::new_v4()));
    Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
    let tasks = Tasks::start(&egui::Context::default(), Overrides::none(), None);
    let mut thread = Thread { tasks, path, passphrase, _folder: folder };
    thread.tasks.begin(Request::VaultFile(VaultFileRequest::Open(
        thread.path.clone(),
        Credential::Passphrase(thread.passphrase.clone()),
        Trust::Proven,
    )));
    assert!(matches!(thread.next(), Answer::VaultOpened(..)));
    thread
}

impl Thread {
    fn next(&mut self) -> Answer {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match self.tasks.next_answer() {
                // What opens the vault does not matter here.
                Some(Answer::Slots(_)) => continue,
                Some(answer) => return answer,
                None => {}
            }
            assert!(Instant::now() < end, "an answer within a minute");
            // egui wakes a window only while it draws frames, and here none does.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn ask(&mut self, request: Request) -> Answer {
        self.tasks.begin(request);
        self.next()
    }

    fn put(&mut self, profile: &Profile, base: Option<&Profile>, because: SaveReason) -> Profile {
        let request =
            Request::Vault(VaultRequest::PutProfile(Box::new(profile.clone()), base.cloned().map(Box::new), because));
        let Answer::Profiles(profiles, _) = self.ask(request) else { panic!("it is saved") };
        Profile::clone(profiles.iter().find(|saved| saved.id == profile.id).expect("there"))
    }

    /// Somebody else's save.
    fn elsewhere(&self, change: impl FnOnce(&mut Profile)) {
        let mut vault = Vault::open(&self.path, &self.passphrase).expect("opened");
        let mut profile = vault.contents().profiles()[0].clone();
        change(&mut profile);
        vault.update(|contents| contents.put(profile)).expect("a save");
    }

    fn conflicts(&mut self) -> Vec<Conflict> {
        match self.next() {
            Answer::Conflicts(conflicts) => conflicts,
            Answer::Warning(text) => panic!("conflicts come next, not: {text}"),
            _ => panic!("conflicts come next"),
        }
    }
}

#[test]
fn saving_twice_in_a_row_is_no_conflict_with_oneself() {
    let mut thread = thread();
    let mut profile = several().swap_remove(0);
    thread.put(&profile, None, SaveReason::Requested);
    for minute in 1..4 {
        (profile.notes, profile.modified) = (format!("version {minute}"), today() + TimeDelta::minutes(minute));
        // The window had no answer yet, so that it names no base.
        assert_eq!(thread.put(&profile, None, SaveReason::Requested).notes, profile.notes);
    }
    let Answer::History(history) = thread.ask(Request::Vault(VaultRequest::ReadHistory)) else {
        panic!("no conflict and no notice")
    };
    assert_eq!(history.len(), 5);
}

#[test]
fn a_save_on_top_of_somebody_elses_is_merged_and_announced() {
    let mut thread = thread();
    let base = several().swap_remove(0);
    thread.put(&base, None, SaveReason::Requested);
    thread.elsewhere(|profile| profile.notes = "elsewhere".to_owned());
    let mine = Profile { tags: vec!["mine".to_owned()], modified: today() + TimeDelta::minutes(1), ..base.clone() };
    let saved = thread.put(&mine, Some(&base), SaveReason::Requested);
    assert_eq!((saved.notes.as_str(), &saved.tags), ("elsewhere", &mine.tags));
    let Answer::Warning(text) = thread.next() else { panic!("it is told") };
    assert!(text.contains("notes"), "{text}");
}

#[test]
fn a_conflict_is_shown_survives_an_undone_removal_and_is_resolved() {
    let mut thread = thread();
    let base = several().swap_remove(0);
    thread.put(&base, None, SaveReason::Requested);
    thread.elsewhere(|profile| profile.notes = "elsewhere".to_owned());
    let mine = Profile { notes: "mine".to_owned(), modified: today() + TimeDelta::minutes(1), ..base.clone() };
    let saved = thread.put(&mine, Some(&base), SaveReason::Requested);
    assert!(matches!(thread.next(), Answer::Warning(_)));
    assert_eq!(thread.conflicts()[0].other.notes, "elsewhere");

    let removal = ProfileEdit::Remove(Box::new(saved));
    assert!(matches!(
        thread.ask(Request::Vault(VaultRequest::EditProfiles(vec![removal.clone()], Edit::Done))),
        Answer::Profiles(..)
    ));
    assert_eq!(thread.conflicts().len(), 0);
    let back = vec![removal.inverse(today())];
    assert!(matches!(thread.ask(Request::Vault(VaultRequest::EditProfiles(back, Edit::Undone))), Answer::Profiles(..)));
    let conflict = thread.conflicts().swap_remove(0);

    let Answer::Profiles(profiles, change) =
        thread.ask(Request::Vault(VaultRequest::ResolveConflict(conflict.id, Vec::new())))
    else {
        panic!("it is resolved")
    };
    assert_eq!((profiles[0].notes.as_str(), change), ("mine", Change::ConflictResolved(base.id)));
    assert_eq!(thread.conflicts().len(), 0);
}

#[test]
fn a_profile_changed_elsewhere_is_shown_instead_of_removed() {
    let mut thread = thread();
    let base = several().swap_remove(0);
    let saved = thread.put(&base, None, SaveReason::Requested);
    thread.elsewhere(|profile| profile.notes = "elsewhere".to_owned());
    let removal = vec![ProfileEdit::Remove(Box::new(saved))];
    let Answer::NotSaved(refusal, Change::Edited(Edit::Done)) =
        thread.ask(Request::Vault(VaultRequest::EditProfiles(removal, Edit::Done)))
    else {
        panic!("it is refused")
    };
    assert!(refusal.text.contains("Someone else changed notes"), "{}", refusal.text);
    let Answer::Profiles(profiles, Change::Read) = thread.next() else { panic!("and what it is now is shown") };
    assert_eq!(profiles[0].notes, "elsewhere");
}
