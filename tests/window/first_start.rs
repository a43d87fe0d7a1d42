//! Creation a vault and opening one.

use a365_password_tool::app::{
    state::{AppState, Dialog, Screen, Start, VaultFile},
    tasks::{Answer, Refusal, RefusalCause, Request, VaultFileRequest, VaultRequest},
};
use egui::{
    Event, Key, Modifiers,
    accesskit::{Role, Toggled},
};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, answer, fill, press, requests, says, small, start};

const ACCOUNT_BOX: &str =
    if cfg!(windows) { "Allow this Windows account to unlock it" } else { "Allow this Linux account to unlock it" };

#[test]
fn a_vault_is_made_from_the_same_passphrase_typed_twice() {
    let mut window = small(AppState::new(start(VaultFile::NotYet)));
    fill(&mut window, "Passphrase", "four words and more");
    fill(&mut window, "Confirm passphrase", "four words and more");
    press(&mut window, "Create vault");
    let asked = requests(&mut window);
    let [Request::VaultFile(VaultFileRequest::Create(path, passphrase))] = asked.as_slice() else {
        panic!("one vault is made")
    };
    assert_eq!(path.to_str(), Some("Vaults/contact-centre.a365vault"));
    assert_eq!(passphrase.expose(), "four words and more");
    assert!(says(&window, "Creating the vault"));
}

#[test]
fn a_short_or_different_passphrase_makes_no_vault() {
    let mut window = small(AppState::new(start(VaultFile::NotYet)));
    fill(&mut window, "Passphrase", "short");
    assert!(says(&window, "At least 8 characters"));
    fill(&mut window, "Passphrase", " but longer");
    fill(&mut window, "Confirm passphrase", "something else");
    assert!(says(&window, "The passphrases do not match."));
    assert!(window.get_by_role_and_label(Role::Button, "Create vault").accesskit_node().is_disabled());
    assert!(requests(&mut window).is_empty());
}

#[test]
fn the_passphrase_is_shown_as_bullets_and_announced_to_screen_readers() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    fill(&mut window, "Passphrase", "open sesame");
    let field = window.get_by_label("Passphrase");
    assert_eq!(field.accesskit_node().role(), Role::PasswordInput);
    assert_eq!(field.value().as_deref(), Some("•".repeat(11).as_str()));
}

#[test]
fn enter_unlocks_and_a_wrong_passphrase_is_said_and_typed_anew() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    fill(&mut window, "Passphrase", "wrong one");
    window.key_press(Key::Enter);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::VaultFile(VaultFileRequest::Open(..))]));
    let refusal = Refusal { text: "That is not the passphrase.".to_owned(), cause: RefusalCause::WrongCredential };
    answer(&mut window, Answer::VaultNotOpened(refusal));
    assert!(says(&window, "That is not the passphrase."));
    let Screen::Unlock(form) = &window.state().state.screen else { panic!("still locked") };
    assert!(form.passphrase.is_empty());
}

#[test]
fn a_damaged_vault_is_recognised_and_the_passphrase_stays() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    fill(&mut window, "Passphrase", "the right one");
    press(&mut window, "Unlock");
    let refusal = Refusal { text: "The file is damaged.".to_owned(), cause: RefusalCause::Other };
    answer(&mut window, Answer::VaultNotOpened(refusal));
    assert!(says(&window, "The file is damaged."));
    let Screen::Unlock(form) = &window.state().state.screen else { panic!("still locked") };
    assert_eq!(form.passphrase.expose(), "the right one");
}

#[test]
fn an_empty_passphrase_is_not_tried() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    window.key_press(Key::Enter);
    window.run();
    assert!(requests(&mut window).is_empty());
    assert!(window.get_by_role_and_label(Role::Button, "Unlock").accesskit_node().is_disabled());
}

#[test]
fn a_vault_that_is_gone_is_not_taken_for_a_first_start() {
    let mut window = small(AppState::new(start(VaultFile::Gone)));
    assert!(says(&window, "was not found. Connect its drive or share"));
    assert!(!says(&window, "Welcome"));
    fill(&mut window, "Passphrase", "the passphrase");
    press(&mut window, "Unlock");
    assert!(matches!(requests(&mut window).as_slice(), [Request::VaultFile(VaultFileRequest::Open(..))]));
}

/// Types a letter as a keyboard does: the key with its modifiers, then the text.
fn type_letter(window: &mut Window, text: &str, modifiers: Modifiers) {
    let key = Event::Key { key: Key::A, physical_key: None, pressed: true, repeat: false, modifiers };
    // In one frame, as they come from a window.
    window.input_mut().events.extend([key, Event::Text(text.to_owned())]);
    window.run();
}

#[test]
fn caps_lock_is_said_under_the_passphrase_until_a_letter_tells_otherwise() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    type_letter(&mut window, "a", Modifiers::NONE);
    assert!(!says(&window, "Caps Lock is on."));
    type_letter(&mut window, "A", Modifiers::NONE);
    assert!(says(&window, "Caps Lock is on."));
    type_letter(&mut window, "1", Modifiers::NONE);
    assert!(says(&window, "Caps Lock is on."), "a digit tells nothing");
    type_letter(&mut window, "A", Modifiers::SHIFT);
    assert!(!says(&window, "Caps Lock is on."));
    type_letter(&mut window, "a", Modifiers::SHIFT);
    assert!(says(&window, "Caps Lock is on."));
    let Screen::Unlock(form) = &window.state().state.screen else { panic!("still locked") };
    assert_eq!(form.passphrase.expose(), "aA1Aa");
}

/// The first start, with a passphrase that was typed twice and a store for this account's key.
fn ready_to_create() -> Window {
    let mut window = small(AppState::new(start(VaultFile::NotYet)));
    answer(&mut window, Answer::AccountStore(true));
    fill(&mut window, "Passphrase", "four words and more");
    fill(&mut window, "Confirm passphrase", "four words and more");
    window
}

fn created(window: &mut Window) -> Vec<Request> {
    press(window, "Create vault");
    requests(window);
    answer(window, Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), Vec::new().into(), None));
    requests(window)
}

fn adds_account(requests: &[Request]) -> bool {
    requests.iter().any(|request| matches!(request, Request::Vault(VaultRequest::AddThisAccount)))
}

#[test]
fn a_new_vault_opens_with_this_account_and_a_recovery_key_is_offered() {
    let mut window = ready_to_create();
    let box_ticked = window.get_by_label(ACCOUNT_BOX).accesskit_node().toggled();
    assert_eq!(box_ticked, Some(Toggled::True));
    assert!(adds_account(&created(&mut window)));
    assert!(matches!(window.state().state.dialogs.front(), Some(Dialog::RecoveryKey(_))));
    press(&mut window, "Create key");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::AddRecoveryKey(_))]));
}

#[test]
fn an_account_that_was_not_ticked_is_not_added() {
    let mut window = ready_to_create();
    window.get_by_label(ACCOUNT_BOX).click();
    window.run();
    assert!(!adds_account(&created(&mut window)));
    press(&mut window, "Cancel");
    assert!(window.state().state.dialogs.is_empty() && requests(&mut window).is_empty());
}

#[test]
fn where_accounts_have_no_store_nothing_is_offered() {
    let mut window = small(AppState::new(start(VaultFile::NotYet)));
    answer(&mut window, Answer::AccountStore(false));
    assert!(window.query_by_label(ACCOUNT_BOX).is_none());
    fill(&mut window, "Passphrase", "four words and more");
    fill(&mut window, "Confirm passphrase", "four words and more");
    assert!(!adds_account(&created(&mut window)));
}

#[test]
fn a_portable_program_leaves_no_key_on_a_computer_unasked() {
    let portable = Start { portable_folder: Some("E:/A365/data".into()), ..start(VaultFile::NotYet) };
    let mut window = small(AppState::new(portable));
    answer(&mut window, Answer::AccountStore(true));
    assert_eq!(window.get_by_label(ACCOUNT_BOX).accesskit_node().toggled(), Some(Toggled::False));
}

#[test]
fn an_existing_vault_that_is_opened_is_asked_nothing() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    answer(&mut window, Answer::VaultOpened("Vaults/contact-centre.a365vault".into(), Vec::new().into(), None));
    assert!(window.state().state.dialogs.is_empty() && !adds_account(&requests(&mut window)));
}
