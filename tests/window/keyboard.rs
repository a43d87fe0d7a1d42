//! Everything by keyboard.

use a365_password_tool::app::{
    actions::{ACTIONS, ELSEWHERE},
    state::{AppState, CheckCommand, Command, Page, PassphraseCommand, ProfileCommand, VaultFile},
    tasks::{Answer, NetworkRequest, Request, VaultFileRequest, VaultRequest},
};
use a365_password_tool::vault::{Behind, Standing};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{
    Window, answer, fill, opened, requests, row, says, several, small, start, today, window as window_of,
};

#[test]
fn tab_walks_through_the_form_in_its_order() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
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
    assert!(window.get_by_label("Confirm passphrase").is_focused());
    fill(&mut window, "Confirm passphrase", "four words and more");
    assert_eq!(window.query_all_by_label("Hide passphrase").count(), 0);
    window.key_press(Key::Enter);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::VaultFile(VaultFileRequest::Create(..))]));
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
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::PutProfile(..))]));
    window.key_press(Key::F5);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Network(NetworkRequest::Check(..))]));
    window.key_press(Key::Escape);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Network(NetworkRequest::Cancel(_))]));
    window.key_press(Key::F1);
    window.run();
    assert!(says(&window, "Keyboard shortcuts"));
    window.key_press(Key::Escape);
    window.run();
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
    window.state_mut().state.handle(Command::Passphrase(PassphraseCommand::Ask));
    window.run();
    assert!(says(&window, "Confirm new passphrase"));
    window.key_press(Key::Escape);
    window.run();
    assert!(!says(&window, "Confirm new passphrase"));
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

#[test]
fn tab_goes_as_the_eye_reads() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    window.run();
    let mut walked = Vec::new();
    for _ in 0..45 {
        window.key_press(Key::Tab);
        window.run();
        let focused = window
            .query_all(By::new().predicate(|node| node.is_focused()))
            .find_map(|node| node.accesskit_node().label());
        walked.extend(focused);
    }
    let place =
        |name: &str| walked.iter().position(|it| it.starts_with(name)).unwrap_or_else(|| panic!("{name}: {walked:?}"));
    let order = [
        "Profiles",
        "Setup guide",
        "About",
        "Lock",
        "New profile",
        "Search profiles",
        "All, ",
        "Not tested, ",
        "Filters…",
        "Sort by name",
        "Contoso production",
        "Paste…",
        "Delete…",
        "Profile name",
        "Environment URL",
        "Client ID",
        "Client secret",
        "Secret expires",
        "Test connection",
        "Copy connection string",
    ];
    let places: Vec<usize> = order.iter().map(|name| place(name)).collect();
    assert!(places.is_sorted(), "{walked:?}");
}

#[test]
fn the_list_is_walked_by_the_keyboard() {
    let mut window = small(opened(several()));
    let names = |window: &Window| -> Vec<String> {
        let node = window
            .query_all(By::new().predicate(|node| node.is_focused()))
            .find_map(|node| node.accesskit_node().label());
        node.into_iter().collect()
    };
    let focus = |window: &Window| names(window).first().cloned().unwrap_or_default();
    window.get_by_label("Search profiles").focus();
    window.run();
    let press = |window: &mut Window, key: Key| {
        window.key_press(key);
        window.run();
    };
    press(&mut window, Key::ArrowDown);
    assert!(focus(&window).starts_with("Adventure Works"), "{}", focus(&window));
    press(&mut window, Key::ArrowDown);
    assert!(focus(&window).starts_with("Contoso production"), "{}", focus(&window));
    press(&mut window, Key::End);
    assert!(focus(&window).starts_with("Wingtip Toys"), "{}", focus(&window));
    press(&mut window, Key::Home);
    press(&mut window, Key::PageDown);
    assert!(focus(&window).starts_with("Wingtip Toys"), "{}", focus(&window));
    window.get_by_label_contains("Wingtip Toys").type_text("no");
    window.run();
    assert!(focus(&window).starts_with("Northwind"), "{}", focus(&window));
    press(&mut window, Key::Enter);
    assert!(window.get_by_label("Profile name").value().is_some_and(|name| name.starts_with("Northwind")));
}

/// Types a letter after each thing that comes or goes around the field.
#[test]
fn whatever_comes_and_goes_no_letter_is_lost() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[0].id)));
    window.run();
    for field in ["Profile name", "Client ID", "Secret expires"] {
        window.get_by_label(field).focus();
        window.run();
        let before = window.get_by_label(field).value().unwrap_or_default();
        let mut typed = String::new();
        let mut type_on = |window: &mut Window, what: &str| {
            window.run();
            typed.push('z');
            window.event(Event::Text("z".to_owned()));
            window.run();
            let now = window.get_by_label(field).value().unwrap_or_default();
            assert_eq!(now.matches('z').count(), typed.len(), "{field}: {what}");
        };
        let behind = Behind { seen_generation: 41, seen_at: today(), generation: 37, saved_at: today() };
        type_on(&mut window, "nothing yet");
        window.state_mut().state.handle(Command::Profiles(ProfileCommand::CopyConnectionString));
        type_on(&mut window, "a message came");
        answer(&mut window, Answer::Standing(Some(Standing::Older(behind))));
        type_on(&mut window, "a banner came");
        window.state_mut().state.handle(Command::DismissNotice);
        type_on(&mut window, "the message went");
        answer(&mut window, Answer::Standing(None));
        type_on(&mut window, "the banner went");
        window.state_mut().state.handle(Command::Check(CheckCommand::Start));
        type_on(&mut window, "a test began");
        window.state_mut().state.handle(Command::Check(CheckCommand::Cancel));
        type_on(&mut window, "the test ended");
        window.state_mut().state.handle(Command::Profiles(ProfileCommand::Revert));
        window.run();
        assert_eq!(window.get_by_label(field).value().unwrap_or_default(), before);
    }
}

#[test]
fn a_new_profile_begins_in_the_field_of_its_name() {
    let mut window = small(opened(several()));
    window.key_press_modifiers(Modifiers::COMMAND, Key::N);
    window.run();
    assert!(window.get_by_label("Profile name").is_focused());
}

#[test]
fn the_search_field_opens_the_first_hit_and_escape_clears_it() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "fabri");
    assert!(says(&window, "1 profile found"));
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Fabrikam"));
    window.get_by_label("Search profiles").focus();
    window.run();
    window.key_press(Key::Escape);
    window.run();
    assert!(!says(&window, "1 profile found"));
    assert!(window.get_by_label("Search profiles").accesskit_node().is_focused());
}

#[test]
fn the_width_of_the_list_is_what_was_kept() {
    let window = window_of(opened(several()), egui::vec2(1400.0, 800.0), egui::Theme::Light);
    assert_eq!(window.state().state.settings.list_width, 320);
    assert!(window.query_by_label("Sort by environment").is_none());
    let mut state = opened(several());
    state.settings.list_width = 720;
    let wide = window_of(state, egui::vec2(1400.0, 800.0), egui::Theme::Light);
    assert_eq!(wide.state().state.settings.list_width, 720);
    for head in ["Sort by environment", "Sort by tags", "Sort by last test", "Sort by expires"] {
        assert!(wide.query_by_label(head).is_some(), "{head}");
    }
}

#[test]
fn every_command_and_every_profile_is_found_by_a_few_letters() {
    let mut window = small(opened(several()));
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    // The command that is chosen is what a screen reader takes to have it.
    assert!(window.get_by_label("Find").accesskit_node().is_focused_in_tree());
    window.get_by_label("Find").type_text("backup");
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(
        window.state().state.open_vault().map(|vault| vault.page),
        Some(Page::Vault(a365_password_tool::app::state::VaultTab::Backups))
    );
    assert!(!says(&window, "Find"), "and the palette is closed");
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    window.get_by_label("Find").type_text("contoso");
    window.run();
    window.key_press(Key::ArrowDown);
    window.run();
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso test"));
}

#[test]
fn what_cannot_be_done_now_is_not_in_the_palette() {
    let mut window = small(opened(several()));
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    for absent in ["Save", "Duplicate profile", "Undo the last change to profiles"] {
        assert!(window.query_by_label(absent).is_none(), "{absent}");
    }
    assert_eq!(window.query_all_by_label("Lock").count(), 2, "in the palette, and behind it");
}

#[test]
fn ctrl_shift_c_copies_the_connection_string() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    window.run();
    window.get_by_label("Profile name").focus();
    window.run();
    window.event_modifiers(Event::Copy, Modifiers::COMMAND.plus(Modifiers::SHIFT));
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Clipboard(_)]));
    assert!(window.state().copied.is_empty(), "and nothing of the field");
}

#[test]
fn a_dialog_takes_the_keyboard_to_what_does_no_harm_and_gives_it_back() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    window.run();
    window.get_by_label("Client ID").focus();
    window.run();
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::AskDelete(vec![several()[1].id])));
    window.run();
    assert!(window.get_by_label("Cancel").is_focused());
    window.key_press(Key::Enter);
    window.run();
    assert!(!says(&window, "Delete “Contoso production”?"), "Enter presses it");
    assert!(window.get_by_label("Client ID").is_focused());
    window.state_mut().state.handle(Command::Paste(a365_password_tool::app::state::PasteCommand::Ask));
    window.run();
    assert!(window.get_by_label("Pasted text").is_focused());
    window.key_press(Key::Escape);
    window.run();
    assert!(window.get_by_label("Client ID").is_focused());
}

#[test]
fn keys_copy_and_open_what_belongs_to_the_profile_that_has_the_keyboard() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(several()[1].id)));
    window.run();
    window.get_by_label("Tenant, tags and notes").focus();
    window.run();
    let shift = Modifiers::COMMAND.plus(Modifiers::SHIFT);
    for (modifiers, key) in [(Modifiers::COMMAND, Key::I), (Modifiers::COMMAND, Key::U)] {
        window.key_press_modifiers(modifiers, key);
        window.run();
    }
    let id = "11112222-aaaa-3333-bbbb-4444cccc5555";
    assert_eq!(window.state().copied, [id, "https://contoso-production.crm4.dynamics.com"]);
    row(&window, "Fabrikam").focus();
    window.run();
    for (modifiers, key) in [(Modifiers::COMMAND, Key::U), (Modifiers::COMMAND, Key::O), (shift, Key::O)] {
        window.key_press_modifiers(modifiers, key);
        window.run();
    }
    assert_eq!(window.state().copied[2], "https://fabrikam.crm4.dynamics.com", "of the row, not of the form");
    let [environment, registration] = window.state().links.as_slice() else { panic!("two pages") };
    assert_eq!(environment, "https://fabrikam.crm4.dynamics.com");
    assert!(registration.starts_with("https://portal.azure.com/") && registration.contains(id), "{registration}");
    window.key_press(Key::F2);
    window.run();
    assert!(window.get_by_label("Profile name").is_focused());
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Fabrikam"));
}

#[test]
fn every_key_is_in_the_guide_and_in_the_list_of_shortcuts() {
    let guide = include_str!("../../docs/user-guide.md");
    let mut window = small(opened(several()));
    window.key_press(Key::F1);
    window.run();
    let ctx = window.ctx.clone();
    let of_table = ACTIONS.iter().filter_map(|action| Some((action.name.to_owned(), action.keys_in_words(&ctx)?)));
    let elsewhere = ELSEWHERE.iter().map(|(name, keys)| ((*name).to_owned(), (*keys).to_owned()));
    for (name, keys) in of_table.chain(elsewhere) {
        assert!(guide.contains(&format!("| {name} | {keys} |")), "| {name} | {keys} |");
        assert!(says(&window, &name), "{name}");
    }
}

#[test]
fn a_row_leads_to_the_history_of_its_profile() {
    let mut window = small(opened(several()));
    row(&window, "Contoso test").click_secondary();
    window.run();
    window.get_by_label("Show history").click();
    window.run();
    assert!(says(&window, "Showing only changes to “Contoso test”."));
    window.get_by_label("Show all").click();
    window.run();
    assert!(!says(&window, "Showing only changes to “Contoso test”."));
}
