//! Locking: by hand, by itself, and never at the price of what was typed.

use a365_password_tool::app::{
    state::{Command, Dialog, FirstStartCommand, Input, PassphraseCommand, ProfileCommand, Screen, UnlockCommand},
    tasks::{
        Answer, Change, ClipboardRequest, Refusal, RefusalCause, Request, SaveReason, VaultFileRequest, VaultRequest,
    },
};
use a365_password_tool::profile::Profile;

use crate::harness::{Window, answer, entra_secret, fill, opened, press, requests, says, several, small, today};

#[test]
fn lock_forgets_the_vault_and_clears_the_clipboard() {
    let mut window = small(opened(several()));
    press(&mut window, "Lock");
    assert!(matches!(
        requests(&mut window).as_slice(),
        [
            Request::VaultFile(VaultFileRequest::Lock),
            Request::Clipboard(ClipboardRequest::Clear),
            Request::VaultFile(VaultFileRequest::LookAt(_))
        ]
    ));
    assert!(says(&window, "Unlock the vault"));
    assert!(!says(&window, "Contoso"));
}

#[test]
fn locking_by_hand_asks_about_unsaved_changes() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.run();
    fill(&mut window, "Profile name", "!");
    press(&mut window, "Lock");
    assert!(says(&window, "Locking without saving loses them."));
    press(&mut window, "Don't save");
    assert!(says(&window, "Unlock the vault"));
}

#[test]
fn an_idle_vault_locks_itself_after_the_time_in_the_settings() {
    let mut state = opened(several());
    state.tick(today(), 0.0, Input::Some);
    state.tick(today(), 599.0, Input::None);
    assert!(state.open_vault().is_some());
    state.tick(today(), 601.0, Input::None);
    assert!(state.open_vault().is_none());
}

#[test]
fn whatever_a_person_does_begins_the_time_anew() {
    let mut state = opened(several());
    state.tick(today(), 0.0, Input::Some);
    state.tick(today(), 599.0, Input::Some);
    state.tick(today(), 1100.0, Input::None);
    assert!(state.open_vault().is_some());
}

#[test]
fn the_lock_that_comes_by_itself_keeps_unsaved_changes_as_a_profile_of_their_own() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    let draft = vault.draft.as_mut().expect("a new form");
    draft.fields.client_secret = entra_secret().as_str().into();
    draft.fields.environment_url = "not an address yet".to_owned();
    state.tick(today(), 601.0, Input::None);
    let [Request::Vault(VaultRequest::PutProfile(kept, None, SaveReason::BeforeLock))] = state.outbox.as_slice() else {
        panic!("it is kept")
    };
    let kept: Profile = (**kept).clone();
    assert_eq!(kept.client_secret.as_ref().map(|secret| secret.expose().to_owned()), Some(entra_secret()));
    assert!(kept.notes.contains("not an address yet"));
    assert!(several().iter().all(|profile| profile.id != kept.id && profile.name != kept.name));

    state.outbox.clear();
    let mut profiles = several();
    profiles.push(kept.clone());
    state.receive(Answer::Profiles(profiles.clone().into(), Change::Put(kept.id, SaveReason::BeforeLock)));
    assert!(matches!(
        state.outbox.as_slice(),
        [
            Request::VaultFile(VaultFileRequest::Lock),
            Request::Clipboard(ClipboardRequest::Clear),
            Request::VaultFile(VaultFileRequest::LookAt(_))
        ]
    ));
    let Screen::Unlock(form) = &state.screen else { panic!("locked") };
    let path = form.path.clone();
    state.receive(Answer::VaultOpened(path, profiles.into(), None));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("the kept profile is shown");
    assert_eq!(draft.id, kept.id);
}

#[test]
fn when_even_that_fails_the_form_comes_back_after_unlocking() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    vault.draft.as_mut().expect("a form").fields.notes = "typed and not saved".to_owned();
    state.tick(today(), 601.0, Input::None);
    let refusal = a365_password_tool::app::tasks::Refusal {
        text: "No space.".to_owned(),
        cause: a365_password_tool::app::tasks::RefusalCause::Other,
    };
    let [Request::Vault(VaultRequest::PutProfile(kept, ..))] = state.outbox.as_slice() else { panic!("it is tried") };
    let id = kept.id;
    state.receive(Answer::NotSaved(refusal, Change::Put(id, SaveReason::BeforeLock)));
    assert!(state.open_vault().is_none());
    state.receive(Answer::VaultOpened("x.a365vault".into(), several().into(), None));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("the form is back");
    assert_eq!(draft.fields.notes, "typed and not saved");
}

#[test]
fn the_clipboard_is_emptied_after_the_time_in_the_settings() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::CopyClientSecret));
    window.run();
    requests(&mut window);
    answer(&mut window, Answer::SecretCopied(Ok(())));
    let copied_at = window.state().state.seconds;
    window.state_mut().state.tick(today(), copied_at + 29.0, Input::Some);
    assert!(window.state().state.outbox.is_empty());
    window.state_mut().state.tick(today(), copied_at + 30.5, Input::Some);
    assert!(matches!(window.state().state.outbox.as_slice(), [Request::Clipboard(ClipboardRequest::Clear)]));
}

#[test]
fn good_news_goes_away_by_itself_and_bad_news_stays() {
    let mut state = opened(several());
    state.handle(Command::CopyText("x".to_owned(), "scope"));
    assert!(state.notice.is_some());
    state.tick(today(), 10.5, Input::Some);
    assert!(state.notice.is_none());
    state.handle(Command::Profiles(ProfileCommand::New));
    state.handle(Command::Profiles(ProfileCommand::CopyClientSecret));
    state.tick(today(), 60.0, Input::Some);
    assert!(state.notice.is_some());
}

#[test]
fn what_could_not_be_done_is_named() {
    let mut state = opened(several());
    let refusal = || a365_password_tool::app::tasks::Refusal {
        text: "Gone.".to_owned(),
        cause: a365_password_tool::app::tasks::RefusalCause::Other,
    };
    let cases = [
        (Change::Refreshed, "The vault could not be reloaded: Gone."),
        (Change::ChecksRecorded, "The test result was not saved: Gone."),
        (Change::Edited(a365_password_tool::app::tasks::Edit::Done), "Not saved: Gone."),
    ];
    for (change, text) in cases {
        state.receive(Answer::NotSaved(refusal(), change));
        assert_eq!(state.notice.as_ref().map(|notice| notice.text.as_str()), Some(text));
    }
}

/// A window at the unlock screen in which a wrong passphrase was tried this often.
fn window_after_wrong_passphrases(tries: usize) -> Window {
    let mut state = opened(several());
    state.lock_now();
    let mut window = small(state);
    for _ in 0..tries {
        window.state_mut().state.receive(wrong_passphrase());
    }
    requests(&mut window);
    window.run();
    window
}

fn wrong_passphrase() -> Answer {
    Answer::VaultNotOpened(Refusal {
        text: "The passphrase is wrong.".to_owned(),
        cause: RefusalCause::WrongCredential,
    })
}

fn unlock_with(window: &mut Window, passphrase: &str) -> usize {
    fill(window, "Passphrase", passphrase);
    // As the Enter key does, which no greyed button stops.
    window.state_mut().state.handle(Command::Unlock(UnlockCommand::Unlock));
    window.run();
    requests(window).len()
}

#[test]
fn the_first_wrong_passphrases_do_not_keep_anybody_waiting() {
    let mut window = window_after_wrong_passphrases(3);
    assert!(says(&window, "The passphrase is wrong."));
    assert_eq!(unlock_with(&mut window, "a mistyped one"), 1);
}

#[test]
fn further_wrong_passphrases_wait_with_the_seconds_counted_down() {
    let mut window = window_after_wrong_passphrases(5);
    let begin = window.state().state.seconds;
    answer(&mut window, wrong_passphrase());
    assert!(says(&window, "Too many failed attempts. Try again in 4 s."));
    assert_eq!(unlock_with(&mut window, "one more guess"), 0);
    let state = &mut window.state_mut().state;
    let again = state.tick(today(), begin + 1.5, Input::None).expect("the count goes on");
    let (shown, next) = (state.seconds_to_wait(), begin + 1.5 + again + 0.01);
    state.tick(today(), next, Input::None);
    assert_eq!((shown, state.seconds_to_wait()), (Some(3), Some(2)));
    state.tick(today(), begin + 4.1, Input::None);
    assert_eq!(state.seconds_to_wait(), None);
    state.handle(Command::Unlock(UnlockCommand::Unlock));
    assert!(matches!(state.outbox.as_slice(), [Request::VaultFile(VaultFileRequest::Open(..))]));
}

#[test]
fn another_screen_in_between_does_not_shorten_the_wait() {
    let mut window = window_after_wrong_passphrases(8);
    let state = &mut window.state_mut().state;
    let Screen::Unlock(form) = &state.screen else { panic!("locked") };
    let path = form.path.clone();
    state.handle(Command::FirstStart(FirstStartCommand::Show));
    state.handle(Command::Unlock(UnlockCommand::Show("another.a365vault".into())));
    assert_eq!(state.seconds_to_wait(), None);
    state.handle(Command::Unlock(UnlockCommand::Show(path.clone())));
    assert_eq!(state.seconds_to_wait(), Some(16));
    // The right passphrase ends it.
    state.receive(Answer::VaultOpened(path, several().into(), None));
    state.lock_now();
    assert_eq!(state.seconds_to_wait(), None);
}

#[test]
fn guessing_in_the_passphrase_dialog_waits_as_well() {
    let mut state = opened(several());
    state.handle(Command::Passphrase(PassphraseCommand::Ask));
    let refusal = Refusal { text: "That is not the passphrase.".to_owned(), cause: RefusalCause::WrongCredential };
    for _ in 0..4 {
        state.receive(Answer::PassphraseChanged(Err(refusal.clone())));
    }
    let Some(Dialog::ChangePassphrase(form)) = state.dialogs.front_mut() else { panic!("open") };
    form.old = "another guess".into();
    form.new = "a much better one".into();
    form.repeat = "a much better one".into();
    state.handle(Command::Passphrase(PassphraseCommand::Change));
    assert!(state.outbox.is_empty());
    let Some(Dialog::ChangePassphrase(form)) = state.dialogs.front() else { panic!("open") };
    assert!(form.attempt.trouble().is_some_and(|refusal| refusal.text.contains("Try again in 1 s")));
}
