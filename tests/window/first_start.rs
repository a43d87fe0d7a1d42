//! Creation a vault and opening one.

use a365_password_tool::app::{
    state::{AppState, Screen, VaultFile},
    tasks::{Answer, Refusal, RefusalCause, Request, VaultFileRequest},
};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, answer, fill, press, requests, says, small, start};

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
    window.event(key);
    window.event(Event::Text(text.to_owned()));
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
