//! New secrets that are pasted and not kept yet, while the vault locks and the window closes.

use a365_password_tool::app::{
    state::{Command, Dialog, Input, Page, ProfileCommand, Screen, UnsavedAnswer},
    tasks::{Answer, Change, ClipboardRequest, RenewalChange, Request, SaveReason, VaultFileRequest, VaultRequest},
};
use a365_password_tool::profile::SecretText;
use a365_password_tool::renewal::Act;

use crate::harness::today;
use crate::renewal::{ID, after, form, give, new_secret, on_page, refusal};

#[test]
fn the_lock_that_comes_by_itself_keeps_a_pasted_secret_and_comes_back_to_its_step() {
    let mut state = on_page(after([Act::Begin]));
    form(&mut state).secret = SecretText::from(new_secret().as_str());
    form(&mut state).expires = "2028-11-22".to_owned();
    state.tick(today(), 601.0, Input::None);
    let [Request::Vault(VaultRequest::Renew(ID, act, SaveReason::BeforeLock))] = state.outbox.as_slice() else {
        panic!("it is kept")
    };
    assert_eq!(**act, give());
    state.outbox.clear();
    let kept = after([Act::Begin, give()]);
    state.receive(Answer::Profiles(vec![kept.clone()].into(), Change::Renewed(ID, RenewalChange::Rescued)));
    assert!(matches!(
        state.outbox.as_slice(),
        [
            Request::VaultFile(VaultFileRequest::Lock),
            Request::Clipboard(ClipboardRequest::Clear),
            Request::VaultFile(VaultFileRequest::LookAt(_))
        ]
    ));
    state.receive(Answer::VaultOpened("x.a365vault".into(), vec![kept].into(), None));
    assert_eq!(state.open_vault().map(|vault| vault.page), Some(Page::Renewal(ID)));
    assert!(!form(&mut state).holds_something());
}

#[test]
fn a_pasted_text_that_is_no_secret_is_kept_all_the_same_unless_it_is_a_secret_id() {
    for (typed, is_kept) in [("two\nlines", true), ("11112222-aaaa-3333-bbbb-4444cccc5555", false)] {
        let mut state = on_page(after([Act::Begin]));
        form(&mut state).secret = SecretText::from(typed);
        state.tick(today(), 601.0, Input::None);
        match state.outbox.as_slice() {
            [Request::Vault(VaultRequest::PutProfile(profile, None, SaveReason::BeforeLock))] if is_kept => {
                assert_eq!(profile.other_keys[0].1.expose(), typed);
                assert!(profile.name.starts_with("Contoso (unsaved"));
            }
            asked => assert!(!is_kept && matches!(asked[0], Request::VaultFile(VaultFileRequest::Lock)), "{typed}"),
        }
    }
}

#[test]
fn what_is_kept_of_one_profile_twice_is_kept_under_two_names() {
    let mut state = on_page(after([Act::Begin]));
    form(&mut state).secret = SecretText::from("two\nlines");
    state.handle(Command::Profiles(ProfileCommand::Select(ID)));
    let Screen::Open(vault) = &mut state.screen else { panic!("open") };
    vault.draft.as_mut().expect("a form").fields.notes.push('!');
    state.outbox.clear();
    state.tick(today(), 601.0, Input::None);
    let name = |request: &Request| match request {
        Request::Vault(VaultRequest::PutProfile(profile, None, SaveReason::BeforeLock)) => profile.name.clone(),
        _ => panic!("something else is kept"),
    };
    let names: Vec<String> = state.outbox.iter().map(name).collect();
    assert_eq!(names, ["Contoso (unsaved changes)", "Contoso (unsaved changes 2)"]);
}

#[test]
fn when_even_that_fails_the_secret_comes_back_after_unlocking() {
    let mut state = on_page(after([Act::Begin]));
    form(&mut state).secret = SecretText::from(new_secret().as_str());
    state.tick(today(), 601.0, Input::None);
    state.receive(Answer::NotSaved(refusal("No space."), Change::Renewed(ID, RenewalChange::Rescued)));
    assert!(state.open_vault().is_none());
    state.receive(Answer::VaultOpened("x.a365vault".into(), vec![after([Act::Begin])].into(), None));
    assert_eq!(form(&mut state).secret.expose(), new_secret());
}

#[test]
fn a_saved_vault_holds_no_new_secret_in_the_window_after_locking() {
    let mut state = on_page(after([Act::Begin, give()]));
    state.lock_now();
    let Screen::Unlock(_) = &state.screen else { panic!("nothing is to be kept first") };
    state.receive(Answer::VaultOpened("x.a365vault".into(), vec![after([])].into(), None));
    assert!(state.open_vault().is_some_and(|vault| vault.renewal_forms.values().all(|form| !form.holds_something())));
}

#[test]
fn locking_and_closing_by_hand_ask_about_a_pasted_secret() {
    for command in [Command::Lock, Command::CloseWindow] {
        let mut state = on_page(after([Act::Begin]));
        form(&mut state).secret = SecretText::from(new_secret().as_str());
        assert!(state.has_unsaved_changes());
        state.handle(command.clone());
        assert!(matches!(state.dialogs.front(), Some(Dialog::Unsaved(_))));
        state.handle(Command::Unsaved(UnsavedAnswer::Save));
        assert!(matches!(state.outbox.as_slice(), [Request::Vault(VaultRequest::Renew(ID, _, SaveReason::Requested))]));
        assert!(state.open_vault().is_some(), "not before it is saved");
        state.receive(Answer::Profiles(
            vec![after([Act::Begin, give()])].into(),
            Change::Renewed(ID, RenewalChange::Given),
        ));
        assert!(state.close_window || state.open_vault().is_none(), "{command:?}");
    }
}
