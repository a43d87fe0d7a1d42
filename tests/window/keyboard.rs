//! Everything by keyboard.

use a365_password_tool::app::{
    command::{Command, Page},
    tasks::Request,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::harness::{fill, opened, requests, says, several, small};

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
