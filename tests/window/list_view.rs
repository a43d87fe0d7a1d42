//! How the list of profiles is looked at: groups, favorites, columns and the height of rows.

use a365_password_tool::app::{
    listing::Filter,
    state::{AppState, Command, ListCommand, Page, VaultFile},
    tasks::{Answer, Request, SettingsRequest},
};
use a365_password_tool::profile::Profile;
use a365_password_tool::settings::{FAVORITES_LIMIT, GroupBy, ListColumn, ListSort, RowHeight};
use egui::accesskit::{Action, ActionRequest, Role};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{
    Window, answer, fill, opened, press, requests, row, says, several, small, start, window as window_of,
};

/// Berlin: Adventure Works, Contoso production. Production: Contoso production, Wingtip Toys. The others have no tag.
fn tagged() -> Vec<Profile> {
    let mut profiles = several();
    for (place, tags) in [(0, ["Berlin"].as_slice()), (1, &["Production", "Berlin"]), (5, &["Production"])] {
        profiles[place].tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    }
    profiles
}

pub fn grouped() -> AppState {
    let mut state = opened(tagged());
    state.settings.list.group_by = GroupBy::Tag;
    state
}

fn key(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run();
}

fn focused(window: &Window) -> String {
    let node = window.query_all(By::new().predicate(|node| node.is_focused()));
    node.filter_map(|node| node.accesskit_node().label()).next().unwrap_or_default()
}

/// The beginnings of the rows' names, from top to bottom.
fn rows(window: &Window) -> Vec<String> {
    let tree = window.get_by_role_and_label(Role::Tree, "Profiles");
    let mut rows: Vec<_> = tree.query_all_by_role(Role::TreeItem).collect();
    rows.sort_by(|one, other| one.rect().top().total_cmp(&other.rect().top()));
    let start = |row: egui_kittest::Node<'_>| {
        let (label, level) = (row.accesskit_node().label().unwrap_or_default(), row.accesskit_node().level());
        let name = label.chars().take(9).collect::<String>();
        if level == Some(1) { format!("# {name}") } else { name }
    };
    rows.into_iter().map(start).collect()
}

#[test]
fn profiles_are_grouped_by_tag_and_the_choice_is_kept() {
    let mut window = small(opened(tagged()));
    press(&mut window, "View");
    window.get_by_label("Group by Tag").click();
    window.run();
    key(&mut window, Key::Escape);
    let expected = [
        "# Berlin, 2",
        "Adventure",
        "Contoso p",
        "# Productio",
        "Contoso p",
        "Wingtip T",
        "# No tag, 3",
        "Contoso t",
        "Fabrikam,",
        "Northwind",
    ];
    assert_eq!(rows(&window), expected.map(|name| name.to_owned()));
    let asked = requests(&mut window);
    let [Request::Settings(SettingsRequest::Save(_, settings))] = asked.as_slice() else { panic!("it is kept") };
    assert_eq!(settings.list.group_by, GroupBy::Tag);
    assert!(window.get_by_label("View").is_focused(), "the keyboard goes back to the button");
}

#[test]
fn a_heading_says_whether_it_is_open_and_opens_and_collapses() {
    let mut window = small(grouped());
    let expanded = |window: &Window| window.get_by_label("Berlin, 2 profiles").accesskit_node().data().is_expanded();
    assert_eq!(expanded(&window), Some(true));
    window.get_by_label("Berlin, 2 profiles").click();
    window.run();
    assert_eq!(expanded(&window), Some(false));
    assert!(!rows(&window).contains(&"Adventure".to_owned()));
    window.get_by_label("Berlin, 2 profiles").click();
    window.run();
    assert!(rows(&window).contains(&"Adventure".to_owned()));
    window.get_by_label("Berlin, 2 profiles").focus();
    window.run();
    key(&mut window, Key::ArrowLeft);
    assert_eq!((expanded(&window), focused(&window).as_str()), (Some(false), "Berlin, 2 profiles"));
    key(&mut window, Key::ArrowRight);
    assert_eq!((expanded(&window), focused(&window).as_str()), (Some(true), "Berlin, 2 profiles"));
    key(&mut window, Key::ArrowRight);
    assert!(focused(&window).starts_with("Adventure Works"), "{}", focused(&window));
    key(&mut window, Key::ArrowDown);
    key(&mut window, Key::ArrowLeft);
    assert_eq!(focused(&window), "Berlin, 2 profiles");
}

#[test]
fn the_keyboard_walks_over_headings_and_finds_them_by_letters() {
    let mut window = small(grouped());
    window.get_by_label("Search profiles").focus();
    window.run();
    key(&mut window, Key::ArrowDown);
    assert!(focused(&window).starts_with("Adventure Works"), "{}", focused(&window));
    for expected in ["Contoso production", "Production, 2 profiles", "Contoso production", "Wingtip Toys"] {
        key(&mut window, Key::ArrowDown);
        assert!(focused(&window).starts_with(expected), "{}", focused(&window));
    }
    key(&mut window, Key::Home);
    assert_eq!(focused(&window), "Berlin, 2 profiles");
    key(&mut window, Key::End);
    assert!(focused(&window).starts_with("Northwind"), "{}", focused(&window));
    window.event(Event::Text("pr".to_owned()));
    window.run();
    assert_eq!(focused(&window), "Production, 2 profiles");
    key(&mut window, Key::PageDown);
    assert!(focused(&window).starts_with("Northwind"), "{}", focused(&window));
}

#[test]
fn a_profile_in_two_groups_is_one_profile_and_the_keyboard_stays_in_its_group() {
    let mut window = small(grouped());
    window.get_by_label("Production, 2 profiles").focus();
    window.run();
    key(&mut window, Key::ArrowDown);
    key(&mut window, Key::Enter);
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso production"));
    let both = window.query_all_by_label_contains("Contoso production, ");
    assert_eq!(both.filter(|row| row.accesskit_node().is_selected() == Some(true)).count(), 2);
    key(&mut window, Key::ArrowDown);
    assert!(focused(&window).starts_with("Wingtip Toys"), "{}", focused(&window));
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    assert!(says(&window, "6 profiles selected"));
    window.run_steps(3);
    assert!(says(&window, "6 profiles selected"), "and stay so");
}

#[test]
fn what_a_collapsed_group_hides_is_no_longer_selected() {
    let mut window = small(grouped());
    row(&window, "Fabrikam").focus();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    window.get_by_label("No tag, 3 profiles").click();
    window.run();
    assert!(says(&window, "3 profiles selected"));
    window.get_by_label("Berlin, 2 profiles").click();
    window.run();
    assert!(says(&window, "2 profiles selected"), "Contoso production is still seen below Production");
}

#[test]
fn a_search_shows_what_it_finds_in_collapsed_groups() {
    let mut window = small(grouped());
    press(&mut window, "View");
    press(&mut window, "Collapse all groups");
    key(&mut window, Key::Escape);
    assert_eq!(rows(&window).len(), 3);
    fill(&mut window, "Search profiles", "wingtip");
    assert_eq!(rows(&window), ["# Productio", "Wingtip T"].map(str::to_owned));
    key(&mut window, Key::Enter);
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Wingtip Toys"));
}

#[test]
fn a_screen_reader_opens_and_collapses_a_group() {
    let mut window = small(grouped());
    window.state_mut().state.handle(Command::List(ListCommand::GroupBy(GroupBy::Tenant)));
    window.run();
    let ask = |window: &mut Window, action: Action| {
        let (target_node, target_tree) = window.get_by_label("No tenant, 6 profiles").accesskit_node().locate();
        window.event(Event::AccessKitActionRequest(ActionRequest { action, target_tree, target_node, data: None }));
        window.run();
    };
    ask(&mut window, Action::Collapse);
    assert_eq!(rows(&window), ["# No tenant".to_owned()]);
    ask(&mut window, Action::Collapse);
    assert_eq!(rows(&window).len(), 1, "it is collapsed already");
    ask(&mut window, Action::Expand);
    assert_eq!(rows(&window).len(), 7);
}

fn favorites(window: &Window) -> Vec<u128> {
    window.state().state.settings.list.favorites.iter().map(uuid::Uuid::as_u128).collect()
}

#[test]
fn a_right_click_makes_a_favorite_and_the_settings_keep_it() {
    let mut window = small(opened(several()));
    assert!(!says(&window, "Favorites"), "nobody who has none is offered a filter for them");
    let menu = |window: &mut Window, item: &str| {
        row(window, "Fabrikam").click_secondary();
        window.run();
        window.get_by_label(item).click();
        window.run();
    };
    menu(&mut window, "Add to favorites");
    assert!(says(&window, "Added “Fabrikam” to your favorites."));
    assert!(says(&window, "Fabrikam, favorite, no expiry date"));
    let asked = requests(&mut window);
    let [Request::Settings(SettingsRequest::Save(_, settings))] = asked.as_slice() else {
        panic!("one save of the settings, and none of the vault")
    };
    assert!(settings.list.favorites.contains(&several()[3].id));
    press(&mut window, "Favorites, 1 profile");
    assert!(says(&window, "1 profile found"));
    assert!(says(&window, "Fabrikam, favorite") && !says(&window, "Adventure Works, "));
    menu(&mut window, "Remove from favorites");
    assert!(says(&window, "No favorites."));
    press(&mut window, "All, 6 profiles");
    assert!(!says(&window, "Favorites"));
}

#[test]
fn ctrl_b_means_the_row_with_the_keyboard_else_the_form_or_all_that_are_selected() {
    let mut window = small(opened(several()));
    row(&window, "Adventure Works").click();
    window.run();
    let toggle = |window: &mut Window| {
        window.key_press_modifiers(Modifiers::COMMAND, Key::B);
        window.run();
    };
    toggle(&mut window);
    assert_eq!(favorites(&window), [1], "that of the form");
    row(&window, "Fabrikam").focus();
    window.run();
    toggle(&mut window);
    assert_eq!(favorites(&window), [1, 4], "that of the row");
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Adventure Works"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run();
    toggle(&mut window);
    assert_eq!(favorites(&window), [1, 2, 3, 4, 5, 6]);
    toggle(&mut window);
    assert!(favorites(&window).is_empty());
    assert!(says(&window, "Removed 6 profiles from your favorites."));
}

#[test]
fn the_palette_has_favorites_and_the_view_shows_them_first() {
    let mut window = small(opened(several()));
    row(&window, "Fabrikam").click();
    window.run();
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    window.get_by_label("Find").type_text("favorites");
    window.run();
    key(&mut window, Key::Enter);
    assert_eq!(favorites(&window), [4]);
    let above =
        |window: &Window, one: &str, other: &str| row(window, one).rect().top() < row(window, other).rect().top();
    assert!(above(&window, "Adventure Works", "Fabrikam"), "the order stays as it is");
    press(&mut window, "View");
    window.get_by_label("Favorites first").click();
    window.run();
    key(&mut window, Key::Escape);
    assert!(above(&window, "Fabrikam", "Adventure Works") && above(&window, "Adventure Works", "Wingtip Toys"));
}

#[test]
fn more_favorites_than_the_settings_keep_are_refused() {
    let mut state = opened(several());
    state.settings.list.favorites = (1_000..).take(FAVORITES_LIMIT).map(uuid::Uuid::from_u128).collect();
    state.handle(Command::List(ListCommand::ToggleFavorites(vec![several()[0].id])));
    assert_eq!(state.settings.list.favorites.len(), FAVORITES_LIMIT);
    assert!(
        state.notice.is_some_and(|notice| notice.text.starts_with("Not added: you can have at most 2000 favorites."))
    );
    assert!(state.outbox.is_empty());
}

#[test]
fn columns_are_chosen_at_their_heads_and_in_the_view_and_kept() {
    let mut state = opened(tagged());
    state.settings.list_width = 720;
    let mut window = window_of(state, egui::vec2(1400.0, 800.0), egui::Theme::Light);
    window.get_by_label("Sort by tags").click_secondary();
    window.run();
    window.get_by_label("Column tags").click();
    window.run();
    assert!(window.query_by_label("Sort by tags").is_none());
    key(&mut window, Key::Escape);
    press(&mut window, "View");
    for _ in 0..3 {
        window.get_by_label("Column last test").click();
        window.run();
    }
    key(&mut window, Key::Escape);
    assert!(window.query_by_label("Sort by last test").is_none());
    for head in ["Sort by name", "Sort by environment", "Sort by expires"] {
        assert!(window.query_by_label(head).is_some(), "{head}");
    }
    let asked = requests(&mut window);
    let Some(Request::Settings(SettingsRequest::Save(_, settings))) = asked.last() else { panic!("it is kept") };
    assert_eq!(settings.list.columns, [ListColumn::Environment, ListColumn::Expires].into());
}

#[test]
fn a_chosen_column_comes_in_a_narrow_list_where_others_are_left_out() {
    let mut state = opened(tagged());
    let narrow = small(opened(tagged()));
    assert!(narrow.query_by_label("Sort by tags").is_none());
    state.settings.list.columns = [ListColumn::Tags].into();
    let mut window = small(state);
    assert!(window.query_by_label("Sort by tags").is_some());
    assert!(window.query_by_label("Sort by expires").is_none());
    press(&mut window, "View");
    assert!(!says(&window, "drag the right edge"), "there is room for all that is chosen");
    window.get_by_label("Column environment").click();
    window.run();
    assert!(says(&window, "drag the right edge"));
}

#[test]
fn compact_rows_are_lower_and_kept() {
    let mut window = small(opened(several()));
    let height = |window: &Window| row(window, "Fabrikam").rect().height().round();
    assert_eq!(height(&window), 30.0);
    press(&mut window, "View");
    window.get_by_label("Compact rows").click();
    window.run();
    key(&mut window, Key::Escape);
    assert_eq!(height(&window), 24.0);
    let asked = requests(&mut window);
    let Some(Request::Settings(SettingsRequest::Save(_, settings))) = asked.last() else { panic!("it is kept") };
    assert_eq!(settings.list.rows, RowHeight::Compact);
}

#[test]
fn the_view_is_changed_by_the_keyboard_alone() {
    let mut window = small(opened(several()));
    window.get_by_label("View").focus();
    window.run();
    key(&mut window, Key::Enter);
    let mut walked = Vec::new();
    while !focused(&window).starts_with("Compact rows") {
        key(&mut window, Key::Tab);
        walked.push(focused(&window));
        assert!(walked.len() < 30, "{walked:?}");
    }
    key(&mut window, Key::Space);
    assert_eq!(window.state().state.settings.list.rows, RowHeight::Compact);
    key(&mut window, Key::Escape);
    assert!(window.get_by_label("View").is_focused());
}

/// The labels of everything that narrows the list now.
fn removable(window: &Window) -> Vec<String> {
    let all = window.query_all_by_label_contains("Remove the filter");
    all.filter_map(|node| node.accesskit_node().label()).collect()
}

#[test]
fn tags_and_days_combine_with_the_state_and_one_click_clears_all() {
    let mut window = small(opened(tagged()));
    press(&mut window, "Filters…");
    for tag in ["Tag Berlin, 2 profiles", "Tag Production, 1 profile"] {
        window.get_by_label(tag).click();
        window.run();
    }
    key(&mut window, Key::Escape);
    assert!(says(&window, "1 profile found") && says(&window, "All, 1 profile"));
    assert_eq!(removable(&window), ["Remove the filter “Berlin”", "Remove the filter “Production”"]);
    press(&mut window, "Remove the filter “Berlin”");
    assert!(says(&window, "2 profiles found"), "Contoso production, Wingtip Toys");
    press(&mut window, "Expiring, 1 profile");
    assert!(says(&window, "1 profile found"));
    press(&mut window, "Filters…");
    window.get_by_label("Expiring within 7 days").click();
    window.run();
    key(&mut window, Key::Escape);
    assert!(says(&window, "No matching profiles. Clear the search or the filters."));
    assert!(says(&window, "Expiring in 7 days, 0 profiles"));
    window.get_by_label("Clear filters").click();
    window.run();
    assert!(removable(&window).is_empty() && says(&window, "All, 6 profiles") && says(&window, "Expiring, 3 profiles"));
    assert!(!says(&window, "Clear filters"));
}

#[test]
fn filters_are_reached_and_set_by_the_keyboard_alone() {
    let mut window = small(opened(tagged()));
    window.get_by_label("Filters…").focus();
    window.run();
    key(&mut window, Key::Enter);
    let mut walked = Vec::new();
    while !focused(&window).starts_with("Tag Production") {
        key(&mut window, Key::Tab);
        walked.push(focused(&window));
        assert!(walked.len() < 20, "{walked:?}");
    }
    key(&mut window, Key::Space);
    key(&mut window, Key::Escape);
    assert!(window.get_by_label("Filters…").is_focused());
    assert!(says(&window, "2 profiles found"));
    key(&mut window, Key::Tab);
    assert_eq!(focused(&window), "Remove the filter “Production”");
    key(&mut window, Key::Enter);
    assert!(says(&window, "All, 6 profiles"));
}

#[test]
fn order_and_days_are_kept_for_the_next_start_and_what_is_left_out_is_not() {
    let mut window = small(opened(tagged()));
    press(&mut window, "Sort by state");
    press(&mut window, "Expiring, 3 profiles");
    press(&mut window, "Filters…");
    window.get_by_label("Expiring within 90 days").click();
    window.run();
    window.get_by_label_contains("Tag Berlin").click();
    window.run();
    let asked = requests(&mut window);
    let Some(Request::Settings(SettingsRequest::Save(_, settings))) = asked.last() else { panic!("it is kept") };
    let list = &settings.list;
    assert_eq!((list.sort, list.expiring_within), (ListSort::State, 90));
    let mut state = AppState::new(start(VaultFile::There));
    state.settings = (**settings).clone();
    state.receive(Answer::VaultOpened("x.a365vault".into(), tagged().into(), None));
    let vault = state.open_vault().expect("an open vault");
    assert_eq!((vault.sort, vault.expiring_within), (ListSort::State, 90));
    assert!(vault.filter == Filter::All && vault.tags.is_empty(), "no profile is out of sight after a start");
}

#[test]
fn what_the_strip_leads_to_shows_as_many_as_it_says() {
    let mut window = small(opened(tagged()));
    press(&mut window, "Filters…");
    window.get_by_label_contains("Tag Production").click();
    window.run();
    window.get_by_label("Expiring within 7 days").click();
    window.run();
    key(&mut window, Key::Escape);
    assert!(says(&window, "1 client secret has expired") && says(&window, "2 client secrets expire within 60 days."));
    window.query_all_by_label("Show them").next().expect("a way").click();
    window.run();
    assert!(says(&window, "3 profiles found") && removable(&window).is_empty());
}

fn wide_list() -> Window {
    let mut state = opened(tagged());
    state.settings.list_width = 760;
    window_of(state, egui::vec2(1400.0, 800.0), egui::Theme::Light)
}

fn widths(window: &Window) -> Vec<(ListColumn, u16)> {
    window.state().state.settings.list.widths.iter().map(|(column, width)| (*column, *width)).collect()
}

#[test]
fn the_edge_of_a_column_is_dragged_and_its_width_is_kept() {
    let mut window = wide_list();
    let left = |window: &Window, head: &str| window.get_by_label(head).rect().left();
    let (environment, tags) = (left(&window, "Sort by environment"), left(&window, "Sort by tags"));
    let edge = egui::pos2(environment - 4.0, window.get_by_label("Sort by environment").rect().center().y);
    let at = |window: &mut Window, place: egui::Pos2, pressed: Option<bool>| {
        window.event(Event::PointerMoved(place));
        if let Some(pressed) = pressed {
            let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
            window.event(Event::PointerButton { pos: place, button, pressed, modifiers });
        }
        window.run();
    };
    at(&mut window, edge, None);
    at(&mut window, edge, Some(true));
    at(&mut window, edge - egui::vec2(40.0, 0.0), None);
    assert_eq!(left(&window, "Sort by environment"), environment - 40.0, "the edge is where the pointer is");
    assert_eq!(left(&window, "Sort by tags"), tags, "and no other one moves");
    assert!(requests(&mut window).is_empty(), "nothing is saved while it is dragged");
    at(&mut window, edge - egui::vec2(40.0, 0.0), Some(false));
    assert_eq!(widths(&window), [(ListColumn::Environment, 170)]);
    assert_eq!(left(&window, "Sort by environment"), environment - 40.0);
    assert!(matches!(requests(&mut window).as_slice(), [Request::Settings(SettingsRequest::Save(..))]));
    // Between two columns one gets what the other loses.
    let edge = egui::pos2(tags - 4.0, edge.y);
    at(&mut window, edge, None);
    at(&mut window, edge, Some(true));
    at(&mut window, edge + egui::vec2(30.0, 0.0), None);
    at(&mut window, edge + egui::vec2(30.0, 0.0), Some(false));
    assert_eq!(widths(&window), [(ListColumn::Environment, 200), (ListColumn::Tags, 120)]);
}

#[test]
fn a_double_click_on_an_edge_fits_the_column_and_the_menu_does_it_by_keyboard() {
    let mut window = wide_list();
    let head = window.get_by_label("Sort by tags").rect();
    let edge = egui::pos2(head.left() - 4.0, head.center().y);
    // Each event has a frame of its own here, and each frame a quarter of a second.
    window.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
    window.event(Event::PointerMoved(edge));
    window.run();
    for pressed in [true, false, true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        window.event(Event::PointerButton { pos: edge, button, pressed, modifiers });
    }
    window.run();
    let fitted = widths(&window);
    assert!(matches!(fitted.as_slice(), [(ListColumn::Tags, 60..150)]), "{fitted:?}");
    window.get_by_label("Sort by tags").focus();
    window.run();
    window.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    window.run();
    assert_eq!(focused(&window), "Wider");
    key(&mut window, Key::Enter);
    key(&mut window, Key::Enter);
    assert_eq!(widths(&window), [(ListColumn::Tags, fitted[0].1 + 40)]);
    key(&mut window, Key::Tab);
    key(&mut window, Key::Enter);
    assert_eq!(widths(&window), [(ListColumn::Tags, fitted[0].1 + 20)]);
    key(&mut window, Key::Tab);
    key(&mut window, Key::Enter);
    assert_eq!(widths(&window), fitted);
    key(&mut window, Key::Tab);
    key(&mut window, Key::Enter);
    assert!(widths(&window).is_empty(), "as it usually is");
    key(&mut window, Key::Escape);
    assert_eq!(focused(&window), "Sort by tags");
}

#[test]
fn the_list_is_sorted_by_state() {
    let mut window = small(opened(several()));
    press(&mut window, "Sort by state");
    let above =
        |window: &Window, one: &str, other: &str| row(window, one).rect().top() < row(window, other).rect().top();
    assert!(above(&window, "Contoso test", "Fabrikam") && above(&window, "Fabrikam", "Adventure Works"));
}

#[test]
fn profiles_used_last_come_first_in_the_palette_and_are_a_group() {
    let mut window = small(grouped());
    for name in ["Wingtip Toys", "Fabrikam", "Adventure Works"] {
        row(&window, name).click();
        window.run();
    }
    assert!(!rows(&window).iter().any(|row| row.starts_with("# Recent")), "nothing moves while somebody clicks");
    assert!(requests(&mut window).is_empty(), "no file is written at each click");
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run();
    key(&mut window, Key::Enter);
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Fabrikam"), "the one before");
    window.state_mut().state.handle(Command::Show(Page::Profiles));
    window.run();
    let expected = ["# Recent, 3", "Adventure", "Fabrikam,", "Wingtip T"].map(str::to_owned);
    assert_eq!(rows(&window)[..4], expected.map(|name| name.chars().take(11).collect::<String>()));
    window.state_mut().state.handle(Command::Lock);
    window.run();
    let asked = requests(&mut window);
    let saved = asked.iter().find_map(|request| match request {
        Request::Settings(SettingsRequest::Save(_, settings)) => Some(settings.list.recent.clone()),
        _ => None,
    });
    let id = |place: usize| several()[place].id;
    assert_eq!(saved, Some(vec![id(3), id(0), id(5)]));
}

#[test]
fn a_clock_that_is_behind_is_named_and_days_are_dates() {
    let mut profiles = several();
    let tested = profiles[0].last_check.as_mut().expect("a test");
    tested.at += chrono::TimeDelta::days(400);
    let mut window = small(opened(profiles));
    let text = "This computer's clock says 23 November 2026, but a connection was tested on 28 December 2027. Days left are \
                wrong until the clock is right.";
    assert!(says(&window, text));
    assert!(says(&window, "Adventure Works, expires on 31 Oct 2027"));
    answer(&mut window, Answer::SavedInFuture("2028-01-02T08:00:00Z".parse().expect("a time")));
    assert!(says(&window, "but the vault was saved on 2 January 2028."));
    window.snapshot("clock_behind");
    window.state_mut().state.handle(Command::Show(Page::Profiles));
    let window = small(opened(several()));
    assert!(!says(&window, "clock"));
}

#[test]
fn pictures_of_filters_and_columns() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (theme, word) in [(egui::Theme::Light, "light"), (egui::Theme::Dark, "dark")] {
        let mut state = opened(tagged());
        state.settings.list_width = 760;
        state.settings.list.widths = [(ListColumn::Tags, 170)].into();
        state.handle(Command::List(ListCommand::ToggleTag("Production".to_owned())));
        state.handle(Command::List(ListCommand::ExpiringWithin(90)));
        let mut window = window_of(state, egui::vec2(1280.0, 760.0), theme);
        press(&mut window, "Filters…");
        window.snapshot(format!("filters_{word}"));
        key(&mut window, Key::Escape);
        window.get_by_label("Sort by environment").click_secondary();
        window.run();
        window.snapshot(format!("column_menu_{word}"));
        results.extend_harness(&mut window);
    }
}
