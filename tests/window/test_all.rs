//! All profiles tested in one run.

use a365_password_tool::app::{
    state::{CheckAllCommand, Command, Input, Page, ProfileCommand, Screen},
    tasks::{Answer, ExportFormat, FileDialogRequest, NetworkRequest, Request, Ticket, VaultRequest},
};
use a365_password_tool::connection_check::CheckReport;
use egui::{Key, accesskit::Role};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{Window, answer, fill, opened, press, profile, requests, row, says, several, small, today};
use crate::reports::{offline, passed, wrong_secret};

fn page() -> Window {
    let mut state = opened(several());
    state.handle(Command::Show(Page::TestAll));
    small(state)
}

/// Begins the run and says its number.
fn begin(window: &mut Window) -> Ticket {
    press(window, "Test 6 profiles");
    let asked = requests(window);
    let [Request::Network(NetworkRequest::CheckMany(number, checks, _))] = asked.as_slice() else {
        panic!("one run begins")
    };
    assert_eq!(checks.len(), 6);
    *number
}

#[test]
fn results_come_one_by_one_with_what_fails_on_top() {
    let mut window = page();
    let number = begin(&mut window);
    assert!(says(&window, "0 of 6 tested"));
    answer(&mut window, Answer::OneOfManyFinished(number, 0, Box::new(passed())));
    answer(&mut window, Answer::OneOfManyFinished(number, 5, Box::new(wrong_secret())));
    assert!(says(&window, "2 of 6 tested, 1 failed"));
    let row = |name: &str| {
        window.get_by(|node| node.label().is_some_and(|label| label.starts_with(&format!("{name}, ")))).rect()
    };
    assert!(row("Wingtip Toys").top() < row("Adventure Works").top());
    assert!(row("Adventure Works").top() < row("Fabrikam").top());
}

#[test]
fn a_finished_run_is_kept_with_the_profiles_in_one_save() {
    let mut window = page();
    let number = begin(&mut window);
    for place in 0..6 {
        answer(&mut window, Answer::OneOfManyFinished(number, place, Box::new(wrong_secret())));
    }
    answer(&mut window, Answer::ManyFinished(number));
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::RecordChecks(ends))] = asked.as_slice() else { panic!("one save") };
    assert!(ends.len() == 6 && ends.iter().all(|(_, end)| !end.passed));
}

#[test]
fn a_stopped_run_keeps_what_it_has_and_hears_no_more() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(passed())));
    press(&mut window, "Stop");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Network(NetworkRequest::Cancel(_)), Request::Vault(VaultRequest::RecordChecks(ends))] if ends.len() == 1)
    );
    answer(&mut window, Answer::OneOfManyFinished(number, 2, Box::new(passed())));
    assert!(says(&window, "Stopped: 1 of 6 tested, none failed."));
}

#[test]
fn a_run_that_finds_the_computer_offline_stops_and_keeps_what_it_has() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(passed())));
    let diagnosis = offline().diagnosis.expect("a diagnosis");
    answer(&mut window, Answer::ManyOffline(number, diagnosis));
    answer(&mut window, Answer::ManyFinished(number));
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Vault(VaultRequest::RecordChecks(ends))] if ends.len() == 1),
        "the others remember the test before"
    );
    assert!(says(&window, "This computer seems to be offline. The test stopped: 1 of 6 tested, none failed."));
    assert_eq!(window.get_all_by(|node| node.label().is_some_and(|it| it.contains("not tested: offline"))).count(), 5);
    assert!(window.query_by_label("Test the failed ones again").is_none());
    window.snapshot("test_all_offline");
}

#[test]
fn pressing_a_row_shows_that_profile_with_its_diagnosis() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(wrong_secret())));
    answer(&mut window, Answer::ManyFinished(number));
    window
        .get_by(|node| {
            node.label().is_some_and(|label| label.starts_with("Contoso production, Sign in to Microsoft Entra ID. "))
        })
        .click();
    window.run();
    assert_eq!(window.get_by_label("Profile name").value().as_deref(), Some("Contoso production"));
    assert!(says(&window, "The client secret is wrong, or not active yet."));
}

#[test]
fn results_are_exported_in_the_order_shown() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 0, Box::new(passed())));
    answer(&mut window, Answer::OneOfManyFinished(number, 5, Box::new(wrong_secret())));
    answer(&mut window, Answer::ManyFinished(number));
    requests(&mut window);
    press(&mut window, "Export as CSV…");
    let asked = requests(&mut window);
    let [Request::FileDialog(FileDialogRequest::ExportChecks(results, ExportFormat::Csv))] = asked.as_slice() else {
        panic!("one export")
    };
    let names: Vec<&str> = results.iter().map(|result| result.name.as_str()).collect();
    assert_eq!(names, ["Wingtip Toys", "Adventure Works"]);
    answer(&mut window, Answer::Exported(Err("The disk is full.".to_owned())));
    assert!(says(&window, "The disk is full."));
}

#[test]
fn locking_stops_the_run() {
    let mut window = page();
    begin(&mut window);
    let now = window.state().state.seconds;
    window.state_mut().state.tick(today(), now + 601.0, Input::None);
    assert!(matches!(window.state().state.screen, Screen::Unlock(_)));
    assert!(matches!(window.state().state.outbox.as_slice(), [Request::Network(NetworkRequest::Cancel(_)), ..]));
}

#[test]
fn a_run_that_cannot_begin_says_why() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckUnavailable(number, "The proxy address cannot be used.".to_owned()));
    assert!(says(&window, "The proxy address cannot be used."));
    assert!(says(&window, "Test 6 profiles"));
}

#[test]
fn only_those_that_failed_are_tested_again() {
    let mut window = page();
    let number = begin(&mut window);
    for (place, report) in
        [passed(), wrong_secret(), passed(), passed(), wrong_secret(), passed()].into_iter().enumerate()
    {
        answer(&mut window, Answer::OneOfManyFinished(number, place, Box::new(report)));
    }
    answer(&mut window, Answer::ManyFinished(number));
    requests(&mut window);
    press(&mut window, "Test the failed ones again");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::CheckMany(_, checks, _))] = asked.as_slice() else {
        panic!("one run begins")
    };
    let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert!(names[0] == "Contoso production" && names[1].starts_with("Northwind"), "{names:?}");
}

#[test]
fn no_code_stands_where_people_read_what_failed() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(wrong_secret())));
    answer(&mut window, Answer::ManyFinished(number));
    assert!(!says(&window, "AADSTS7000215"));
    row(&window, "Contoso production").hover();
    window.run();
    assert!(says(&window, "Code AADSTS7000215"), "in the tooltip, for support");
}

#[test]
fn a_row_leads_to_its_profile_selected_and_in_sight() {
    let many: Vec<_> =
        (1..=80).map(|number| profile(number, &format!("Customer {number:03}"), "2028-01-01", None)).collect();
    let mut state = opened(many);
    state.handle(Command::Profiles(ProfileCommand::Select(uuid::Uuid::from_u128(70))));
    let mut window = small(state);
    window.get_by(|node| node.label().is_some_and(|it| it.starts_with("Customer 070, "))).scroll_to_me();
    window.run();
    row(&window, "Customer 070").focus();
    window.run();
    window.key_press(Key::Home);
    window.run();
    fill(&mut window, "Search profiles", "only this");
    window.state_mut().state.handle(Command::Show(Page::TestAll));
    window.run();
    press(&mut window, "Test 80 profiles");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::CheckMany(number, ..))] = asked.as_slice() else { panic!("one run begins") };
    answer(&mut window, Answer::OneOfManyFinished(*number, 69, Box::new(wrong_secret())));
    answer(&mut window, Answer::ManyFinished(*number));
    row(&window, "Customer 070").click();
    window.run();
    let shown = row(&window, "Customer 070");
    assert_eq!(shown.accesskit_node().is_selected(), Some(true));
    assert!(shown.rect().top() > 60.0 && shown.rect().bottom() < 662.0, "{:?}", shown.rect());
    let name = window.get_by_role_and_label(Role::Heading, "Customer 070").rect();
    let result = window.get_by_label_contains("The client secret is wrong").rect();
    assert!(name.top() > 60.0 && name.bottom() < result.top(), "the name stays above the result: {name:?}");
    assert!(result.bottom() < 662.0);
}

/// The colour of the text of that beginning.
fn colour_of(window: &Window, start: &str) -> Option<egui::Color32> {
    window.output().shapes.iter().find_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) if text.galley.text().starts_with(start) => {
            text.galley.job.sections.first().map(|section| section.format.color)
        }
        _ => None,
    })
}

#[test]
fn works_with_warnings_has_the_same_tone_in_both_places() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 0, Box::new(passed())));
    let perfect = CheckReport { warnings: Vec::new(), ..passed() };
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(perfect)));
    answer(&mut window, Answer::ManyFinished(number));
    let amber = colour_of(&window, "works, with warnings");
    row(&window, "Adventure Works").click();
    window.run();
    assert_eq!(colour_of(&window, "The connection works, with warnings"), amber);
    window.state_mut().state.handle(Command::CheckAll(CheckAllCommand::ShowResult(several()[1].id)));
    window.run();
    let green = colour_of(&window, "The connection works (");
    assert!(green.is_some() && amber.is_some() && green != amber);
}

#[test]
fn the_keyboard_walks_through_all_results() {
    let many: Vec<_> =
        (1..=80).map(|number| profile(number, &format!("Customer {number:03}"), "2028-01-01", None)).collect();
    let mut state = opened(many);
    state.handle(Command::Show(Page::TestAll));
    let mut window = small(state);
    press(&mut window, "Test 80 profiles");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::CheckMany(number, ..))] = asked.as_slice() else { panic!("one run begins") };
    for place in 0..80 {
        answer(&mut window, Answer::OneOfManyFinished(*number, place, Box::new(wrong_secret())));
    }
    answer(&mut window, Answer::ManyFinished(*number));
    row(&window, "Customer 001").focus();
    window.run();
    for (key, name) in [
        (Key::ArrowDown, "Customer 002"),
        (Key::End, "Customer 080"),
        (Key::ArrowUp, "Customer 079"),
        (Key::Home, "Customer 001"),
        (Key::PageDown, "Customer 0"),
    ] {
        window.key_press(key);
        window.run();
        let focused = window.get(By::new().predicate(|node| node.is_focused()));
        let label = focused.accesskit_node().label().unwrap_or_default();
        assert!(label.starts_with(name), "{key:?}: {label}");
        let place = focused.rect();
        assert!(place.top() > 100.0 && place.bottom() <= 662.0, "{key:?}: {place:?}");
    }
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::Profiles));
}

#[test]
fn where_a_test_failed_is_never_cut_in_the_smallest_window() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 0, Box::new(wrong_secret())));
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(passed())));
    answer(&mut window, Answer::ManyFinished(number));
    for text in ["Sign in to Microsoft Entra", "works, with warnings"] {
        let drawn = window.output().shapes.iter().find_map(|clipped| match &clipped.shape {
            egui::Shape::Text(shape) if shape.galley.text().starts_with(text) => Some(shape.galley.elided),
            _ => None,
        });
        assert_eq!(drawn, Some(false), "{text}");
    }
}
