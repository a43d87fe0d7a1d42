//! All profiles tested in one run.

use a365_password_tool::app::{
    state::{Command, Input, Page, Screen},
    tasks::{Answer, ExportFormat, FileDialogRequest, NetworkRequest, Request, Ticket, VaultRequest},
};
use egui_kittest::kittest::Queryable;

use crate::harness::{Window, answer, opened, press, requests, says, several, small, today};
use crate::reports::{passed, wrong_secret};

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
fn pressing_a_row_shows_that_profile_with_its_diagnosis() {
    let mut window = page();
    let number = begin(&mut window);
    answer(&mut window, Answer::OneOfManyFinished(number, 1, Box::new(wrong_secret())));
    answer(&mut window, Answer::ManyFinished(number));
    window
        .get_by(|node| node.label().is_some_and(|label| label.starts_with("Contoso production, AADSTS7000215")))
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
