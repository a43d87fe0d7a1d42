//! What every field can do.

use a365_password_tool::app::state::{Command, Page, ProfileCommand};
use a365_password_tool::settings::ProxySetting;
use egui::{Event, Key, Modifiers, OutputCommand, PointerButton, Theme, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::focus::after_a_failed_test;
use crate::harness::{Window, fill, opened, row, several, small, window as window_of};

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

/// Selects the word under a place of a text with a double click, and copies it.
fn copied_by_double_click(window: &mut Window, text: &str) -> String {
    let place = window.get_by_label_contains(text).rect().left_center() + vec2(12.0, 0.0);
    for pressed in [true, false, true, false] {
        let modifiers = Modifiers::NONE;
        window.event(Event::PointerMoved(place));
        window.event(Event::PointerButton { pos: place, button: PointerButton::Primary, pressed, modifiers });
    }
    window.run();
    window.event(Event::Copy);
    window.step();
    let copied = window.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    window.run();
    copied.unwrap_or_default()
}

#[test]
fn what_is_said_can_be_selected_and_copied() {
    let mut window = small(after_a_failed_test());
    for (text, word) in [("The client secret is wrong", "The"), ("Code AADSTS7000215", "Code")] {
        window.get_by_label_contains(text).scroll_to_me();
        window.run();
        assert!(copied_by_double_click(&mut window, text).starts_with(word), "{text}");
    }
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Save));
    window.run();
    assert!(copied_by_double_click(&mut window, "Not saved: a field").starts_with("Not"), "a notice");
    fill(&mut window, "Client ID", "contoso");
    let note = copied_by_double_click(&mut window, "This is not a client ID");
    assert!(note.starts_with("This"), "what is wrong with a field: {note}");
}

#[test]
fn every_field_has_its_menu_and_is_selected_by_tab() {
    let menu_of = |window: &mut Window, field: &str| {
        window.get_by_label(field).click_secondary();
        window.run();
        let item = window.get_by_role_and_label(Role::Button, "Select all");
        let possible = !item.accesskit_node().is_disabled();
        window.key_press(Key::Escape);
        window.run();
        possible
    };
    let mut state = opened(several());
    state.settings.proxy = ProxySetting::Manual("http://proxy.example:8080".to_owned());
    state.handle(Command::Show(Page::Settings));
    let mut window = window_of(state, vec2(1024.0, 1600.0), Theme::Light);
    assert!(menu_of(&mut window, "Proxy address"));
    window.get_by_label("Proxy").focus();
    window.run();
    window.key_press(Key::Tab);
    window.run();
    window.event(Event::Paste("http://other.example:3128".to_owned()));
    window.run();
    assert_eq!(window.state().state.settings.proxy, ProxySetting::Manual("http://other.example:3128".to_owned()));
    let mut state = opened(several());
    state.handle(Command::Show(Page::Renewals));
    let mut window = small(state);
    fill(&mut window, "Search renewals", "contoso");
    assert!(menu_of(&mut window, "Search renewals"));
    let mut window = form();
    fill(&mut window, "Search profiles", "contoso");
    assert!(menu_of(&mut window, "Search profiles"));
    window.get_by_label("Tenant, tags and notes").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    fill(&mut window, "Notes", "two words");
    assert!(menu_of(&mut window, "Notes"));
    window.get_by_label("Tags").focus();
    window.run();
    window.key_press(Key::Tab);
    window.run();
    window.event(Event::Text("x".to_owned()));
    window.run();
    assert_eq!(fields(&window).notes, "x");
}

#[test]
fn the_menu_key_opens_the_menu_of_a_field_and_of_a_row() {
    let mut window = form();
    window.get_by_label("Client ID").focus();
    window.run();
    window.key_press(Key::Menu);
    window.run();
    assert!(window.get_by_label("Paste").rect().top() > window.get_by_label("Client ID").rect().top());
    window.key_press(Key::Escape);
    window.run();
    assert!(window.get_by_label("Client ID").is_focused(), "Esc closes it");
    assert!(window.query_by_label("Select all").is_none());
    row(&window, "Contoso test").focus();
    window.run();
    window.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    window.run();
    assert!(window.query_all_by_label("Copy connection string").any(|item| item.is_focused()));
    window.key_press(Key::ArrowDown);
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.state().copied, ["11112222-aaaa-3333-bbbb-4444cccc5555"], "the client ID");
    assert!(row(&window, "Contoso test").is_focused());
}

#[test]
fn the_address_of_a_link_to_a_portal_can_be_copied() {
    let mut state = opened(several());
    state.handle(Command::ToggleGuide);
    let mut window = small(state);
    window.get_by_label("Open App registrations").click_secondary();
    window.run();
    window.get_by_label("Copy link").click();
    let mut copied = Vec::new();
    for _ in 0..6 {
        window.step();
        copied.extend(window.output().platform_output.commands.iter().filter_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        }));
    }
    assert!(copied.len() == 1 && copied[0].starts_with("https://portal.azure.com/"), "{copied:?}");
}
