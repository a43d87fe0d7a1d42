//! Testing a connection in the window.

use a365_password_tool::app::{
    command::{Command, UnsavedAnswer},
    tasks::{Answer, Because, Change, Request},
};
use a365_password_tool::connection_check::{Progress, Stage, StageResult};
use egui_kittest::kittest::Queryable;

use crate::harness::{Window, answer, entra_secret, fill, opened, press, profile, requests, says, small, today};
use crate::reports::{passed, stage, wrong_secret};

fn contoso() -> Window {
    let profiles = vec![profile(1, "Contoso", "2028-01-01", None)];
    let mut state = opened(profiles.clone());
    state.handle(Command::Select(profiles[0].id));
    small(state)
}

/// Presses Test and says under which number it runs.
fn begin(window: &mut Window) -> u64 {
    press(window, "Test connection");
    let asked = requests(window);
    let [Request::Check(number, check, _)] = asked.as_slice() else { panic!("one check begins") };
    assert_eq!(check.environment_url, "https://contoso.crm4.dynamics.com");
    assert_eq!(check.client_secret.expose(), entra_secret());
    *number
}

#[test]
fn each_stage_is_seen_to_pass() {
    let mut window = contoso();
    let number = begin(&mut window);
    assert!(says(&window, "Testing…"));
    answer(&mut window, Answer::CheckProgress(number, Progress::Started(Stage::Tenant)));
    assert!(says(&window, "Find the tenant: running"));
    let done = stage(Stage::Tenant, StageResult::Passed, "Tenant found");
    answer(&mut window, Answer::CheckProgress(number, Progress::Finished(done)));
    assert!(says(&window, "Find the tenant: passed"));
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    assert!(says(&window, "The connection works, with remarks (0.6 s)"));
    assert!(says(&window, "Write leads (missing, optional)"));
    assert!(says(&window, "The application user may not write leads."));
}

#[test]
fn a_passed_check_stays_with_the_saved_profile() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    let asked = requests(&mut window);
    let [Request::RecordCheck(_, last)] = asked.as_slice() else { panic!("it is recorded") };
    assert!(last.passed && last.tenant_id.is_some());
}

#[test]
fn a_check_of_unsaved_values_is_not_recorded_for_the_saved_ones() {
    let mut window = contoso();
    fill(&mut window, "Client ID", "0");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    let [Request::Check(number, ..)] = asked.as_slice() else { panic!("one check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
    assert!(requests(&mut window).is_empty());
}

#[test]
fn a_profile_tested_before_it_is_saved_remembers_the_result() {
    let mut window = contoso();
    fill(&mut window, "Client ID", "0");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    let [Request::Check(number, ..)] = asked.as_slice() else { panic!("one check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(passed())));
    fill(&mut window, "Client ID", "");
    assert!(requests(&mut window).is_empty());
    window.state_mut().state.handle(Command::NewProfile);
    window.state_mut().state.handle(Command::Unsaved(UnsavedAnswer::Discard));
    window.run();
    fill(&mut window, "Profile name", "New");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    let [Request::Check(number, ..)] = asked.as_slice() else { panic!("one check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::PutProfile(saved, ..)] = asked.as_slice() else { panic!("it is saved") };
    assert_eq!(saved.last_check.as_ref().and_then(|check| check.code.as_deref()), Some("AADSTS7000215"));
    let (profiles, id) = (vec![(**saved).clone()], saved.id);
    answer(&mut window, Answer::Profiles(profiles, Change::Put(id, Because::Saved)));
    assert!(!says(&window, "Not saved yet"), "what the test added is no unsaved change");
}

#[test]
fn a_failure_says_what_is_wrong_why_and_what_to_do() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    for text in [
        "The connection does not work",
        "The client secret is wrong.",
        "Usual causes",
        "Copy the column Value",
        "Code AADSTS7000215",
        "Open the app's secrets",
        "Sign in to Microsoft Entra ID: failed",
        "Open the environment: skipped",
    ] {
        assert!(says(&window, text), "{text}");
    }
}

#[test]
fn a_changed_form_says_that_the_result_is_of_other_values() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    assert!(!says(&window, "The form was changed since this test."));
    fill(&mut window, "Client secret", "x");
    assert!(says(&window, "The form was changed since this test."));
}

#[test]
fn a_running_test_is_cancelled_and_what_comes_late_is_ignored() {
    let mut window = contoso();
    let number = begin(&mut window);
    press(&mut window, "Cancel test");
    assert!(matches!(requests(&mut window).as_slice(), [Request::CancelCheck(_)]));
    assert!(says(&window, "Test stopped after"));
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    assert!(says(&window, "Test stopped after"));
}

#[test]
fn the_report_is_copied_without_the_secret() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    press(&mut window, "Copy report");
    let [report] = window.state().copied.as_slice() else { panic!("one text is copied") };
    assert!(report.contains("AADSTS7000215") && report.contains("contoso.crm4.dynamics.com"));
    assert!(!report.contains(&entra_secret()));
}

#[test]
fn an_empty_form_is_tested_too_and_every_missing_field_is_marked() {
    let mut window = small(opened(Vec::new()));
    window.state_mut().state.handle(Command::NewProfile);
    window.run();
    press(&mut window, "Test connection");
    for text in ["Enter the Environment URL", "Enter the Application (client) ID", "Enter the client secret"] {
        assert!(says(&window, text), "{text}");
    }
    let _ = window.get_by_label("Cancel test");
}

#[test]
fn a_server_that_asks_to_wait_is_shown_as_a_countdown() {
    let mut window = contoso();
    let number = begin(&mut window);
    let waiting = Progress::Waiting {
        stage: Stage::SignIn,
        until: today(),
        seconds: 8,
        why: "Microsoft Entra ID is busy.".to_owned(),
    };
    answer(&mut window, Answer::CheckProgress(number, waiting));
    assert!(says(&window, "Microsoft Entra ID is busy. Going on in 8 s."));
}

#[test]
fn the_tenant_of_the_last_passed_test_saves_a_round_trip() {
    let mut tested = profile(1, "Contoso", "2028-01-01", Some(true));
    let tenant = uuid::Uuid::from_u128(7);
    tested.last_check.as_mut().expect("it was tested").tenant_id = Some(tenant);
    let mut state = opened(vec![tested.clone()]);
    state.handle(Command::Select(tested.id));
    let mut window = small(state);
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    assert!(matches!(asked.as_slice(), [Request::Check(_, check, _)] if check.known_tenant == Some(tenant)));
    press(&mut window, "Cancel test");
    fill(&mut window, "Environment URL", "x");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    assert!(matches!(asked.as_slice(), [_, Request::Check(_, check, _)] if check.known_tenant.is_none()));
}
