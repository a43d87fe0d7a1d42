//! Several profiles at once: selecting them, and what is done with all of them.

use a365_password_tool::app::{
    state::{CheckAllCommand, Command, Page, ProfileCommand},
    tasks::{Answer, Change, Edit, NetworkRequest, Request, VaultRequest},
};
use a365_password_tool::profile::Profile;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::harness::{Window, edited, fill, opened, press, requests, row, says, several, small};

fn click_with(window: &mut Window, name: &str, modifiers: Modifiers) {
    row(window, name).click_modifiers(modifiers);
    window.run();
}

/// The names of the selected profiles, sorted.
fn selected(window: &Window) -> Vec<String> {
    let vault = window.state().state.open_vault().expect("an open vault");
    let ids = vault.selection.ids().iter();
    let mut names: Vec<String> = ids.filter_map(|id| vault.profile(*id)).map(|profile| profile.name.clone()).collect();
    names.sort();
    names
}

/// The vault does what was asked of it.
fn carry_out(window: &mut Window, there: Vec<Profile>) -> Vec<Profile> {
    let asked = requests(window);
    let [Request::Vault(VaultRequest::EditProfiles(edits, edit))] = asked.as_slice() else {
        panic!("one change of several profiles")
    };
    edited(window, there, edits, *edit)
}

fn tags_of(profiles: &[Profile], name: &str) -> Vec<String> {
    profiles.iter().find(|profile| profile.name == name).expect("the profile").tags.clone()
}

#[test]
fn ctrl_and_shift_select_as_in_every_list_of_windows() {
    let mut window = small(opened(several()));
    row(&window, "Contoso production").click();
    window.run();
    click_with(&mut window, "Fabrikam", Modifiers::COMMAND);
    assert_eq!(selected(&window), ["Contoso production", "Fabrikam"]);
    assert!(says(&window, "2 profiles selected"));
    click_with(&mut window, "Fabrikam", Modifiers::COMMAND);
    assert_eq!(selected(&window), ["Contoso production"]);
    assert_eq!(
        window.get_by_label("Profile name").value().as_deref(),
        Some("Contoso production"),
        "one is a form again"
    );
    row(&window, "Contoso test").click();
    window.run();
    click_with(&mut window, "Wingtip Toys", Modifiers::SHIFT);
    let four = [
        "Contoso test",
        "Fabrikam",
        "Northwind Traders (Europe) with a name that is far too long for the list",
        "Wingtip Toys",
    ];
    assert_eq!(selected(&window).len(), four.len());
    assert!(says(&window, "4 profiles selected"));
    row(&window, "Fabrikam").click();
    window.run();
    assert!(selected(&window).is_empty() && !says(&window, "profiles selected"));
}

#[test]
fn the_keyboard_selects_without_a_mouse() {
    let mut window = small(opened(several()));
    row(&window, "Adventure Works").focus();
    window.run();
    for _ in 0..2 {
        window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
        window.run();
    }
    assert_eq!(selected(&window), ["Adventure Works", "Contoso production", "Contoso test"]);
    window.key_press_modifiers(Modifiers::SHIFT, Key::ArrowUp);
    window.run();
    assert_eq!(selected(&window), ["Adventure Works", "Contoso production"]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    assert!(says(&window, "6 profiles selected"));
    window.key_press(Key::Delete);
    window.run();
    assert!(says(&window, "Delete 6 profiles?"));
    window.key_press(Key::Escape);
    window.run();
    row(&window, "Contoso production").focus();
    window.run();
    window.key_press(Key::Escape);
    window.run();
    assert!(selected(&window).is_empty());
    assert!(row(&window, "Contoso production").is_focused(), "the keyboard stays in the list");
}

#[test]
fn the_row_that_is_marked_is_that_of_the_form_where_a_selection_is_left_of_one() {
    let mut window = small(opened(several()));
    row(&window, "Contoso production").click();
    window.run();
    click_with(&mut window, "Fabrikam", Modifiers::COMMAND);
    fill(&mut window, "Search profiles", "fabrikam");
    assert_eq!(selected(&window), ["Fabrikam"]);
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso production"));
    assert_eq!(row(&window, "Fabrikam").accesskit_node().is_selected(), Some(false), "another one is in the form");
    row(&window, "Fabrikam").click();
    window.run();
    assert_eq!(row(&window, "Fabrikam").accesskit_node().is_selected(), Some(true));
}

#[test]
fn what_a_search_no_longer_shows_is_no_longer_selected() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "contoso");
    press_link(&mut window, "Select all");
    assert_eq!(selected(&window), ["Contoso production", "Contoso test"]);
    fill(&mut window, "Search profiles", " production");
    assert_eq!(selected(&window), ["Contoso production"]);
}

fn press_link(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    window.run();
}

#[test]
fn a_tag_for_all_of_them_is_one_save_and_can_be_undone() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "contoso");
    press_link(&mut window, "Select all");
    fill(&mut window, "Add tags", "Berlin");
    press(&mut window, "Add to all");
    let tagged = carry_out(&mut window, several());
    assert!(says(&window, "Added the tag “Berlin” to 2 profiles."));
    for name in ["Contoso production", "Contoso test"] {
        assert!(tags_of(&tagged, name).contains(&"Berlin".to_owned()), "{name}");
    }
    press(&mut window, "Berlin");
    let untagged = carry_out(&mut window, tagged);
    assert!(says(&window, "Removed the tag “Berlin” from 2 profiles."));
    press_link(&mut window, "Undo");
    let again = carry_out(&mut window, untagged);
    assert!(tags_of(&again, "Contoso test").contains(&"Berlin".to_owned()));
    assert!(says(&window, "Change undone for 2 profiles."));
}

#[test]
fn an_expiry_date_for_all_of_them_is_one_save() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "contoso");
    press_link(&mut window, "Select all");
    fill(&mut window, "Secret expires", "31.05.2028");
    assert!(says(&window, "31 May 2028"));
    press(&mut window, "Set for all");
    let dated = carry_out(&mut window, several());
    assert!(says(&window, "Set the expiry date 31 May 2028 for 2 profiles."));
    let dates: Vec<_> = dated.iter().filter(|profile| profile.name.starts_with("Contoso")).collect();
    assert!(dates.iter().all(|profile| profile.secret_expires == "2028-05-31".parse().ok()));
}

#[test]
fn deleting_several_asks_once_and_is_undone_at_once() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "contoso");
    press_link(&mut window, "Select all");
    press(&mut window, "Delete…");
    assert!(says(&window, "Delete 2 profiles?") && says(&window, "“Contoso production”"));
    press(&mut window, "Delete");
    let left = carry_out(&mut window, several());
    assert_eq!(left.len(), 4);
    assert!(says(&window, "Deleted 2 profiles."));
    assert!(selected(&window).is_empty());
    press_link(&mut window, "Undo");
    assert_eq!(carry_out(&mut window, left), {
        let mut all = several();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    });
    assert!(says(&window, "Restored 2 profiles."));
}

#[test]
fn the_selected_ones_are_tested_and_no_others() {
    let mut window = small(opened(several()));
    fill(&mut window, "Search profiles", "contoso");
    press_link(&mut window, "Select all");
    press(&mut window, "Test 2 profiles");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::CheckMany(_, tested, _))] = asked.as_slice() else {
        panic!("they are tested")
    };
    let names: Vec<&str> = tested.iter().map(|request| request.name.as_str()).collect();
    assert_eq!(names, ["Contoso production", "Contoso test"]);
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::TestAll));
    window.state_mut().state.handle(Command::CheckAll(CheckAllCommand::Cancel));
}

#[test]
fn a_right_click_copies_duplicates_and_deletes() {
    let mut window = small(opened(several()));
    let menu = |window: &mut Window, item: &str| {
        row(window, "Contoso test").click_secondary();
        window.run();
        window.get_by_label(item).click();
        window.run();
    };
    menu(&mut window, "Copy client ID");
    assert_eq!(window.state().copied, ["11112222-aaaa-3333-bbbb-4444cccc5555"]);
    menu(&mut window, "Copy connection string");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Clipboard(_)]));
    menu(&mut window, "Duplicate");
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso test (copy)"));
    assert!(window.get_by_label("Profile name").is_focused());
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::Revert));
    window.run();
    menu(&mut window, "Delete…");
    assert!(says(&window, "Delete “Contoso test”?"));
}

#[test]
fn what_the_vault_refuses_is_not_there_to_be_undone() {
    let mut state = opened(several());
    state.handle(Command::Profiles(ProfileCommand::Delete(vec![several()[0].id])));
    let refusal = a365_password_tool::app::tasks::Refusal {
        text: "Someone else changed it.".to_owned(),
        cause: a365_password_tool::app::tasks::RefusalCause::Other,
    };
    state.receive(Answer::NotSaved(refusal, Change::Edited(Edit::Done)));
    state.outbox.clear();
    state.handle(Command::Profiles(ProfileCommand::Undo));
    assert!(state.outbox.is_empty());
}
