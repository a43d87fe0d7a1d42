//! What comes from outside the window: the session is locked, sleeps or ends; the program is started a second time.

use a365_password_tool::app::{
    state::{AppState, Attempt, Command, Input, Page, ProfileCommand, Screen, UnlockCommand},
    tasks::{
        Answer, Change, ClipboardRequest, Refusal, RefusalCause, Request, SaveReason, SettingsRequest,
        VaultFileRequest, VaultRequest,
    },
};
use a365_password_tool::platform::session_events::SessionEvent;
use egui_kittest::kittest::Queryable;

use crate::harness::{entra_secret, opened, requests, says, several, small, today};

const LEAVING: [SessionEvent; 3] = [SessionEvent::Locked, SessionEvent::Sleeping, SessionEvent::SwitchedAway];

fn is_locked(state: &AppState) -> bool {
    matches!(state.screen, Screen::Unlock(_))
}

/// An open vault with a form that holds a secret and is not saved.
fn with_unsaved_secret() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::New));
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    vault.draft.as_mut().expect("a new form").fields.client_secret = entra_secret().as_str().into();
    state
}

#[test]
fn the_vault_locks_with_the_session() {
    for event in LEAVING {
        let mut state = opened(several());
        state.session_event(event);
        assert!(is_locked(&state), "{event:?}");
        assert!(matches!(
            state.outbox.as_slice(),
            [
                ..,
                Request::VaultFile(VaultFileRequest::Lock),
                Request::Clipboard(ClipboardRequest::Clear),
                Request::VaultFile(VaultFileRequest::LookAt(_))
            ]
        ));
        assert!(!state.close_window);
    }
}

#[test]
fn it_does_not_where_that_is_switched_off() {
    let mut state = opened(several());
    state.settings.lock_with_session = false;
    for event in LEAVING {
        state.session_event(event);
    }
    assert!(!is_locked(&state) && state.outbox.is_empty());
}

#[test]
fn a_session_that_is_locked_twice_keeps_unsaved_changes_once() {
    let mut state = with_unsaved_secret();
    state.session_event(SessionEvent::Locked);
    state.session_event(SessionEvent::Sleeping);
    assert!(matches!(
        state.outbox.as_slice(),
        [Request::Vault(VaultRequest::PutProfile(_, _, SaveReason::BeforeLock))]
    ));
    assert!(state.is_locking());
}

#[test]
fn a_vault_that_opens_while_the_session_is_locked_locks_at_once() {
    let mut state = opened(several());
    state.lock_now();
    let Screen::Unlock(form) = &mut state.screen else { panic!("locked") };
    form.passphrase = "four words and more".into();
    let path = form.path.clone();
    state.handle(Command::Unlock(UnlockCommand::Unlock));
    state.outbox.clear();
    state.session_event(SessionEvent::Locked);
    state.receive(Answer::VaultOpened(path.clone(), several().into(), None));
    assert!(is_locked(&state) && !state.is_locking());
    assert!(matches!(
        state.outbox.as_slice(),
        [
            ..,
            Request::VaultFile(VaultFileRequest::Lock),
            Request::Clipboard(ClipboardRequest::Clear),
            Request::VaultFile(VaultFileRequest::LookAt(_))
        ]
    ));
    // And the next time it opens as ever.
    state.receive(Answer::VaultOpened(path, several().into(), None));
    assert!(state.open_vault().is_some());
}

#[test]
fn a_passphrase_that_is_half_typed_is_forgotten_when_the_session_is_locked() {
    let mut state = opened(several());
    state.lock_now();
    let Screen::Unlock(form) = &mut state.screen else { panic!("locked") };
    form.passphrase = "four words and".into();
    state.session_event(SessionEvent::Locked);
    let Screen::Unlock(form) = &state.screen else { panic!("locked") };
    assert!(form.passphrase.is_empty());
}

#[test]
fn minimising_locks_only_where_that_is_chosen() {
    let mut state = opened(several());
    state.minimised();
    assert!(!is_locked(&state));
    state.settings.lock_on_minimise = true;
    state.minimised();
    assert!(is_locked(&state));
}

#[test]
fn a_session_that_ends_keeps_unsaved_changes_and_then_closes_the_window() {
    let mut state = with_unsaved_secret();
    // Whatever the settings say: nobody will come back to this window.
    state.settings.lock_with_session = false;
    state.session_event(SessionEvent::Ending);
    let [Request::Vault(VaultRequest::PutProfile(kept, _, SaveReason::BeforeLock))] = state.outbox.as_slice() else {
        panic!("it is kept")
    };
    let kept = kept.id;
    assert!(!state.close_window);
    state.receive(Answer::Profiles(several().into(), Change::Put(kept, SaveReason::BeforeLock)));
    assert!(state.close_window && !state.has_unsaved_changes());
    assert!(matches!(
        state.outbox.as_slice(),
        [
            _,
            Request::VaultFile(VaultFileRequest::Lock),
            Request::Clipboard(ClipboardRequest::Clear),
            Request::VaultFile(VaultFileRequest::LookAt(_))
        ]
    ));
}

#[test]
fn a_session_that_ends_closes_a_locked_window_as_well() {
    let mut state = opened(several());
    state.lock_now();
    state.session_event(SessionEvent::Ending);
    assert!(state.close_window);
}

#[test]
fn a_vault_that_is_being_opened_when_the_session_ends_is_waited_for() {
    for opens in [true, false] {
        let mut state = opened(several());
        state.lock_now();
        let Screen::Unlock(form) = &mut state.screen else { panic!("locked") };
        form.attempt = Attempt::UnderWay;
        state.session_event(SessionEvent::Ending);
        assert!(!state.close_window);
        let refusal = Refusal { text: "No.".to_owned(), cause: RefusalCause::Other };
        state.receive(match opens {
            true => Answer::VaultOpened("x.a365vault".into(), several().into(), None),
            false => Answer::VaultNotOpened(refusal),
        });
        assert!(state.close_window && is_locked(&state));
    }
}

#[test]
fn a_second_start_shows_the_profile_that_it_names() {
    let mut window = small(opened(several()));
    window.state_mut().state.started_again(Some("contoso PRODUCTION".to_owned()));
    window.run();
    let shown = window.state().state.open_vault().and_then(|vault| vault.draft.as_ref()).map(|draft| draft.id);
    assert_eq!(shown, Some(several()[1].id));
    window.state_mut().state.started_again(Some("Nobody".to_owned()));
    window.run();
    assert!(says(&window, "This vault has no profile called “Nobody”."));
    window.state_mut().state.started_again(None);
    assert!(requests(&mut window).is_empty());
}

#[test]
fn a_second_start_asks_about_unsaved_changes_before_it_shows_another_profile() {
    let mut window = small(with_unsaved_secret());
    window.state_mut().state.started_again(Some("Fabrikam".to_owned()));
    window.run();
    assert!(says(&window, "Save the changes first?"));
    assert_eq!(window.state().state.dialogs.len(), 1);
    // A second one does not come in front of the question.
    window.state_mut().state.started_again(Some("Wingtip Toys".to_owned()));
    assert_eq!(window.state().state.dialogs.len(), 1);
}

#[test]
fn a_second_start_of_a_locked_vault_shows_the_profile_after_unlocking() {
    let mut state = opened(several());
    state.lock_now();
    state.started_again(Some("Fabrikam".to_owned()));
    state.receive(Answer::VaultOpened("x.a365vault".into(), several().into(), None));
    let draft = state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("a profile is shown");
    assert_eq!(draft.id, several()[3].id);
}

#[test]
fn a_clipboard_that_could_not_be_emptied_is_tried_again() {
    let mut state = opened(several());
    state.receive(Answer::SecretCopied(Ok(())));
    state.tick(today(), 31.0, Input::Some);
    assert!(matches!(state.outbox.as_slice(), [Request::Clipboard(ClipboardRequest::Clear)]));
    state.outbox.clear();
    state.receive(Answer::ClipboardNotCleared("The clipboard is not responding".to_owned()));
    assert!(state.notice.as_ref().is_some_and(|notice| notice.text.contains("may still be in the clipboard")));
    state.lock_now();
    state.outbox.clear();
    state.receive(Answer::ClipboardNotCleared("The clipboard is not responding".to_owned()));
    assert_eq!(state.tick(today(), 32.0, Input::None), Some(2.0));
    state.tick(today(), 34.5, Input::None);
    assert!(matches!(state.outbox.as_slice(), [Request::Clipboard(ClipboardRequest::Clear)]));
}

#[test]
fn locking_with_the_session_is_set_on_the_settings_page() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.run();
    requests(&mut window);
    window.get_by_label("When the window is minimized").click();
    window.run();
    window.get_by_label("When the screen locks, the computer sleeps or another user signs in").click();
    window.run();
    let settings = &window.state().state.settings;
    assert!(settings.lock_on_minimise && !settings.lock_with_session);
    assert!(matches!(
        requests(&mut window).as_slice(),
        [Request::Settings(SettingsRequest::Save(..)), Request::Settings(SettingsRequest::Save(..))]
    ));
}
