//! A narrow window shows the list or the form, a wide one the result of the test beside the form.

use a365_password_tool::app::state::{Command, ProfileCommand, SelectionCommand};
use egui::{Key, Modifiers, Theme, Vec2, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, click, fill, opened, press, row, several, window};
use crate::screens;

const NARROW: Vec2 = vec2(700.0, 500.0);

fn shows_list(window: &Window) -> bool {
    window.query_by_label("Search profiles").is_some()
}

fn shows_form(window: &Window) -> bool {
    window.query_by_role_and_label(Role::TextInput, "Profile name").is_some()
}

fn narrow() -> Window {
    let window = window(opened(several()), NARROW, Theme::Light);
    assert!(shows_list(&window) && !shows_form(&window));
    window
}

fn choose(window: &mut Window, name: &str) {
    row(window, name).click();
    window.run();
    assert!(shows_form(window) && !shows_list(window));
}

#[test]
fn a_profile_that_is_chosen_takes_the_place_of_the_list_and_there_is_a_way_back() {
    let mut window = narrow();
    choose(&mut window, "Fabrikam");
    press(&mut window, "Back to the list");
    assert!(shows_list(&window) && !shows_form(&window));
    // The same one again.
    choose(&mut window, "Fabrikam");
    window.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    window.run();
    assert!(shows_list(&window));
    choose(&mut window, "Wingtip Toys");
    window.get_by_label("Copy secret").focus();
    window.run();
    window.key_press(Key::Escape);
    window.run();
    assert!(shows_list(&window), "Esc on a button goes back");
    choose(&mut window, "Wingtip Toys");
    window.get_by_label("Client ID").focus();
    window.run();
    window.key_press(Key::Escape);
    window.run();
    assert!(shows_form(&window), "Esc in a field stays");
}

#[test]
fn what_is_typed_is_there_after_a_look_at_the_list() {
    let mut window = narrow();
    press(&mut window, "New profile");
    assert!(shows_form(&window));
    fill(&mut window, "Profile name", "Tailspin");
    window.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.run();
    assert!(shows_list(&window), "a search is in the list");
    // The tab leads to the list as well; a wide window shows both.
    window.set_size(vec2(1200.0, 700.0));
    window.run();
    assert_eq!(
        window.get_by_role_and_label(Role::TextInput, "Profile name").accesskit_node().value().as_deref(),
        Some("Tailspin")
    );
}

#[test]
fn by_keyboard_the_list_is_come_back_to_where_it_was_left() {
    let mut window = narrow();
    row(&window, "Contoso test").focus();
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert!(shows_form(&window));
    window.key_press_modifiers(Modifiers::ALT, Key::ArrowLeft);
    window.run();
    assert!(row(&window, "Contoso test").is_focused());
}

#[test]
fn several_selected_are_worked_on_from_the_list() {
    let mut window = narrow();
    let ids = several().iter().map(|profile| profile.id).take(3).collect();
    window.state_mut().state.handle(Command::Selection(SelectionCommand::Set(ids)));
    window.run();
    assert!(shows_list(&window), "more can be selected");
    press(&mut window, "Test, tag, export, delete…");
    assert!(window.query_by_label("3 profiles selected").is_some() && !shows_list(&window));
    press(&mut window, "Back to the list");
    assert!(shows_list(&window));
    press(&mut window, "Clear selection");
    assert!(window.query_by_label("Test, tag, export, delete…").is_none());
}

#[test]
fn the_guide_and_the_form_take_turns_too() {
    let mut window = narrow();
    choose(&mut window, "Fabrikam");
    press(&mut window, "Setup guide");
    assert!(window.query_by_label("1. Register an application").is_some() && !shows_form(&window));
    click(&mut window, "Close the setup guide");
    assert!(shows_list(&window));
}

#[test]
fn a_window_that_becomes_narrow_or_wide_keeps_the_keyboard_where_it_is() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    let mut window = window(state, vec2(1200.0, 700.0), Theme::Light);
    fill(&mut window, "Environment URL", "https://a");
    for (width, letter) in [(700.0, "b"), (1900.0, "c"), (500.0, "d"), (1200.0, "e")] {
        window.set_size(vec2(width, 700.0));
        window.run();
        window.event(egui::Event::Text(letter.to_owned()));
        window.run();
    }
    let field = window.get_by_role_and_label(Role::TextInput, "Environment URL");
    let value = field.accesskit_node().value().unwrap_or_default();
    assert!(value.ends_with("bcde"), "{value}");
}

#[test]
fn a_list_whose_width_nobody_chose_follows_the_window() {
    let mut window = window(screens::profiles(), vec2(1280.0, 800.0), Theme::Light);
    let wide = |window: &Window| window.get_by_role_and_label(Role::TextInput, "Search profiles").rect().width();
    let small = wide(&window);
    for (size, expected) in [(1920.0, small + 100.0), (1280.0, small), (1920.0, small + 100.0)] {
        window.set_size(vec2(size, 800.0));
        window.run();
        assert_eq!(wide(&window), expected, "{size}");
    }
    assert_eq!(window.state().state.settings.list_width, 320, "nobody chose");
}

#[test]
fn in_a_wide_window_the_result_stands_beside_the_form_and_lines_stay_readable() {
    for width in [1920.0, 3840.0] {
        let window = window(screens::failed_check(), vec2(width, 1080.0), Theme::Light);
        let field = window.get_by_role_and_label(Role::TextInput, "Client ID").rect();
        let result = window.get_by_label("The connection does not work").rect();
        assert!(result.left() > field.right(), "{field:?} {result:?}");
        assert!(result.top() < field.bottom(), "beside it from the top");
        assert!(field.width() < 900.0, "{}", field.width());
        let test = window.get_by_role_and_label(Role::Button, "Test connection").rect();
        assert!(test.bottom() <= 1080.0);
    }
}
