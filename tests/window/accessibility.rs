//! What a screen reader is told.

use a365_password_tool::app::state::{Command, Page, ProfileCommand};
use egui::accesskit::{Live, Role};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{fill, opened, press, several, small};

fn role_of(window: &crate::harness::Window, name: &str) -> Role {
    window.get_by_label(name).accesskit_node().role()
}

#[test]
fn the_parts_of_the_window_say_what_they_are() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    let mut window = small(state);
    let heading = window.get_by_role_and_label(Role::Heading, "Contoso production");
    assert_eq!(heading.accesskit_node().level(), Some(1));
    window.get_by_role_and_label(Role::Heading, "For the UCC: Plugin Settings");
    for (tab, selected) in [("Profiles", true), ("Renewals", false)] {
        let tab = window.get_by_role_and_label(Role::Tab, tab);
        assert_eq!(tab.accesskit_node().is_selected(), Some(selected));
    }
    let list = window.get_by_role_and_label(Role::ListBox, "Profiles");
    let rows: Vec<_> = list.query_all_by_role(Role::ListBoxOption).collect();
    assert_eq!(rows.len(), 6);
    let selected = |row: &egui_kittest::Node<'_>| row.accesskit_node().is_selected() == Some(true);
    assert_eq!(rows.iter().filter(|row| selected(row)).count(), 1);
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::AskDelete(vec![several()[1].id])));
    window.run();
    let dialog = window.get_by_role_and_label(Role::Dialog, "Delete “Contoso production”?");
    assert!(dialog.accesskit_node().is_modal());
}

#[test]
fn what_is_wrong_with_a_field_belongs_to_the_field() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.run();
    fill(&mut window, "Client ID", "contoso");
    let field = window.get_by_role_and_label(Role::TextInput, "Client ID");
    let why = field.accesskit_node().description().expect("why");
    assert!(why.starts_with("This is not a client ID"), "{why}");
    let good = window.get_by_role_and_label(Role::TextInput, "Environment URL");
    assert_eq!(good.accesskit_node().description(), None);
}

#[test]
fn news_is_said_wherever_the_keyboard_is_and_bad_news_at_once() {
    let mut window = small(opened(several()));
    let live = |window: &crate::harness::Window, start: &'static str| {
        let said = By::new()
            .role(Role::Label)
            .predicate(move |node| node.value().or(node.label()).is_some_and(|text| text.starts_with(start)));
        window.get(said).accesskit_node().live()
    };
    window.state_mut().state.handle(Command::CopyText("66667777".to_owned(), "client ID"));
    window.run();
    assert_eq!(live(&window, "Copied: client ID."), Live::Polite);
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Save));
    window.run();
    assert_eq!(live(&window, "Not saved: "), Live::Assertive);
}

#[test]
fn the_tabs_of_the_vault_and_of_the_window_are_pressed_as_tabs() {
    let mut window = small(opened(several()));
    press(&mut window, "Vault");
    press(&mut window, "Backups");
    assert_eq!(role_of(&window, "Backups"), Role::Tab);
    let shown = window.state().state.open_vault().map(|vault| vault.page);
    assert!(matches!(shown, Some(Page::Vault(_))));
}
