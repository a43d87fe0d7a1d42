//! Everything by keyboard.

use a365_password_tool::app::{
    command::{Command, Page},
    state::{AppState, VaultFile},
    tasks::Request,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::harness::{fill, opened, requests, says, several, small, start};

#[test]
fn tab_walks_through_the_form_in_its_order() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Select(several()[0].id));
    window.run();
    window.get_by_label("Profile name").focus();
    window.run();
    for field in ["Environment URL", "Client ID", "Client secret"] {
        window.key_press(Key::Tab);
        window.run();
        assert!(window.get_by_label(field).is_focused(), "{field}");
    }
}

#[test]
fn tab_leads_from_passphrase_to_passphrase_and_a_blank_reveals_nothing() {
    let mut window = small(AppState::new(start(VaultFile::NotYet)));
    fill(&mut window, "Passphrase", "four words and more");
    window.key_press(Key::Tab);
    window.run();
    assert!(window.get_by_label("Repeat it").is_focused());
    fill(&mut window, "Repeat it", "four words and more");
    assert_eq!(window.query_all_by_label("Hide passphrase").count(), 0);
    window.key_press(Key::Enter);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::CreateVault(..)]));
}

#[test]
fn alt_f8_reveals_the_secret_of_the_field_with_the_keyboard_and_hides_it_again() {
    let mut window = small(AppState::new(start(VaultFile::There)));
    fill(&mut window, "Passphrase", "open sesame");
    for (now, hidden) in [("Hide passphrase", "Show passphrase"), ("Show passphrase", "Hide passphrase")] {
        window.key_press_modifiers(Modifiers::ALT, Key::F8);
        window.run();
        assert!(window.query_by_label(now).is_some() && window.query_by_label(hidden).is_none(), "{now}");
    }
}

#[test]
fn shortcuts_save_test_find_and_lock() {
    let mut window = small(opened(several()));
    window.key_press_modifiers(Modifiers::COMMAND, Key::N);
    window.run();
    fill(&mut window, "Profile name", "By keyboard");
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::PutProfile(..)]));
    window.key_press(Key::F5);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Check(..)]));
    window.key_press(Key::Escape);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::CancelCheck(_)]));
    window.key_press(Key::F1);
    window.run();
    assert!(says(&window, "Setup guide"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run();
    assert!(window.get_by_label("Search profiles").is_focused());
    window.key_press_modifiers(Modifiers::COMMAND, Key::L);
    window.run();
    assert!(says(&window, "Save the changes first?"));
}

#[test]
fn escape_closes_the_dialog_in_front() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Show(Page::Settings));
    window.state_mut().state.handle(Command::OpenChangePassphrase);
    window.run();
    assert!(says(&window, "Repeat it"));
    window.key_press(Key::Escape);
    window.run();
    assert!(!says(&window, "Repeat it"));
}

#[test]
fn a_row_of_the_list_is_chosen_with_the_space_bar() {
    let mut window = small(opened(several()));
    window.get_by_label("Fabrikam, no expiry date, not tested yet").focus();
    window.run();
    window.key_press(Key::Space);
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Fabrikam"));
}
