//! What every field can do.

use a365_password_tool::app::state::{Command, ProfileCommand};
use egui::{Event, Key};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, opened, several, small};

fn form() -> Window {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    small(state)
}

fn fields(window: &Window) -> &a365_password_tool::app::draft::Fields {
    &window.state().state.open_vault().and_then(|vault| vault.draft.as_ref()).expect("a form").fields
}

#[test]
fn what_is_pasted_after_tab_replaces_what_the_field_holds() {
    let mut window = form();
    window.get_by_label("Environment URL").focus();
    window.run();
    for (field, pasted) in [("Client ID", "66667777-bbbb-4444-cccc-5555dddd6666"), ("Client secret", "another-value")] {
        window.key_press(Key::Tab);
        window.run();
        assert!(window.get_by_label(field).is_focused(), "{field}");
        window.event(Event::Paste(pasted.to_owned()));
        window.run();
    }
    assert_eq!(fields(&window).client_id, "66667777-bbbb-4444-cccc-5555dddd6666");
    assert_eq!(fields(&window).client_secret.expose(), "another-value");
}

#[test]
fn a_click_into_a_field_selects_nothing() {
    let mut window = form();
    window.get_by_label("Profile name").click();
    window.run();
    window.event(Event::Text("!".to_owned()));
    window.run();
    assert_eq!(fields(&window).name.chars().count(), "Contoso production".chars().count() + 1);
}

#[test]
fn the_right_button_opens_a_menu_and_leaves_the_selection() {
    let mut window = form();
    window.get_by_label("Environment URL").focus();
    window.run();
    window.key_press(Key::Tab);
    window.run();
    window.get_by_label("Client ID").click_secondary();
    window.run();
    for item in ["Cut", "Copy", "Paste", "Select all"] {
        assert!(!window.get_by_label(item).accesskit_node().is_disabled(), "{item}");
    }
    window.event(Event::Text("x".to_owned()));
    window.run();
    assert_eq!(fields(&window).client_id, "x", "what was selected still is");
}

#[test]
fn a_secret_is_not_copied_by_the_menu_of_its_field() {
    let mut window = form();
    window.get_by_label("Client secret").click_secondary();
    window.run();
    for (item, possible) in [("Cut", false), ("Copy", false), ("Paste", true), ("Select all", true)] {
        assert_eq!(!window.get_by_label(item).accesskit_node().is_disabled(), possible, "{item}");
    }
}
