//! Testing a connection in the window.

use a365_password_tool::app::{
    state::{Command, ProfileCommand, UnsavedAnswer},
    tasks::{Answer, Change, NetworkRequest, Request, SaveReason, Ticket, VaultRequest},
};
use a365_password_tool::connection_check::{Progress, SecretAge, Stage, StageResult};
use egui_kittest::kittest::Queryable;

use crate::harness::{Window, answer, entra_secret, fill, opened, press, profile, requests, says, small, today};
use crate::reports::{offline, passed, stage, wrong_secret};

fn contoso() -> Window {
    let profiles = vec![profile(1, "Contoso", "2028-01-01", None)];
    let mut state = opened(profiles.clone());
    state.handle(Command::Profiles(ProfileCommand::Select(profiles[0].id)));
    small(state)
}

/// Presses Test and says under which number it runs.
fn begin(window: &mut Window) -> Ticket {
    press(window, "Test connection");
    let asked = requests(window);
    let [Request::Network(NetworkRequest::Check(number, check, _))] = asked.as_slice() else {
        panic!("one check begins")
    };
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
    assert!(says(&window, "The connection works, with warnings (0.6 s)"));
    assert!(says(&window, "Write leads (missing, optional)"));
    assert!(says(&window, "The application user may not write leads."));
}

#[test]
fn a_passed_check_stays_with_the_saved_profile() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::RecordCheck(_, last))] = asked.as_slice() else { panic!("it is recorded") };
    assert!(last.passed && last.tenant_id.is_some());
}

#[test]
fn a_check_on_a_computer_that_is_offline_is_no_result_of_the_profile() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(offline())));
    assert!(requests(&mut window).is_empty(), "the profile remembers the test before");
    assert!(says(&window, "The connection was not tested") && !says(&window, "does not work"));
    assert!(says(&window, "This computer seems to be offline."));
    window.snapshot("check_offline");
}

#[test]
fn a_check_of_unsaved_values_is_not_recorded_for_the_saved_ones() {
    let mut window = contoso();
    fill(&mut window, "Client ID", "0");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("one check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
    assert!(requests(&mut window).is_empty());
}

#[test]
fn a_profile_tested_before_it_is_saved_remembers_the_result() {
    let mut window = contoso();
    fill(&mut window, "Client ID", "0");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("one check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(passed())));
    fill(&mut window, "Client ID", "");
    assert!(requests(&mut window).is_empty());
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
    window.state_mut().state.handle(Command::Unsaved(UnsavedAnswer::Discard));
    window.run();
    fill(&mut window, "Profile name", "New");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    let [Request::Network(NetworkRequest::Check(number, ..))] = asked.as_slice() else { panic!("one check begins") };
    answer(&mut window, Answer::CheckFinished(*number, Box::new(wrong_secret())));
    press(&mut window, "Save");
    let asked = requests(&mut window);
    let [Request::Vault(VaultRequest::PutProfile(saved, ..))] = asked.as_slice() else { panic!("it is saved") };
    assert_eq!(saved.last_check.as_ref().and_then(|check| check.code.as_deref()), Some("AADSTS7000215"));
    let (profiles, id) = (vec![(**saved).clone()], saved.id);
    answer(&mut window, Answer::Profiles(profiles.into(), Change::Put(id, SaveReason::Requested)));
    assert!(!says(&window, "Not saved yet"), "what the test added is no unsaved change");
}

#[test]
fn a_failure_says_what_is_wrong_why_and_what_to_do() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    for text in [
        "The connection does not work",
        "The client secret is wrong, or not active yet.",
        "A new secret can take a few minutes",
        "Wait a minute and test again.",
        "the Value column was copied",
        "Code AADSTS7000215",
        "Open the app's secrets",
        "Sign in to Microsoft Entra ID: failed",
        "Open the environment: skipped",
    ] {
        assert!(says(&window, text), "{text}");
    }
}

fn press_link(window: &mut Window, name: &str) {
    window.get_by_label(name).scroll_to_me();
    window.run();
    window.get_by_label(name).click();
    window.run();
}

#[test]
fn a_changed_form_says_that_the_result_is_of_other_values() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    assert!(!says(&window, "The form has changed since this test."));
    let stage = "Open the environment";
    assert!(says(&window, stage));
    fill(&mut window, "Client secret", "x");
    assert!(says(&window, "The form has changed since this test. Test again. Result before: the connection works."));
    assert!(!says(&window, stage), "one line is left of it");
    press_link(&mut window, "Show the result");
    assert!(says(&window, stage));
    press_link(&mut window, "Hide the result");
    assert!(!says(&window, stage));
}

#[test]
fn a_running_test_is_cancelled_and_what_comes_late_is_ignored() {
    let mut window = contoso();
    let number = begin(&mut window);
    press(&mut window, "Cancel test");
    assert!(matches!(requests(&mut window).as_slice(), [Request::Network(NetworkRequest::Cancel(_))]));
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
    window.state_mut().state.handle(Command::Profiles(ProfileCommand::New));
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
    assert!(says(&window, "Microsoft Entra ID is busy. Retrying in 8 s."));
}

#[test]
fn the_tenant_of_the_last_passed_test_saves_a_round_trip() {
    let mut tested = profile(1, "Contoso", "2028-01-01", Some(true));
    let tenant = uuid::Uuid::from_u128(7);
    tested.last_check.as_mut().expect("it was tested").tenant_id = Some(tenant);
    let mut state = opened(vec![tested.clone()]);
    state.handle(Command::Profiles(ProfileCommand::Select(tested.id)));
    let mut window = small(state);
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [Request::Network(NetworkRequest::Check(_, check, _))] if check.known_tenant == Some(tenant))
    );
    press(&mut window, "Cancel test");
    fill(&mut window, "Environment URL", "x");
    press(&mut window, "Test connection");
    let asked = requests(&mut window);
    assert!(
        matches!(asked.as_slice(), [_, Request::Network(NetworkRequest::Check(_, check, _))] if check.known_tenant.is_none())
    );
}

/// Lets the window's clock stand at this second.
fn at(window: &mut Window, seconds: f64) {
    window.state_mut().seconds = Some(seconds);
    window.run_steps(2);
}

/// The number of the check that was asked for since the last look.
fn asked_number(window: &mut Window) -> Option<Ticket> {
    match requests(window).as_slice() {
        [Request::Network(NetworkRequest::Check(number, ..))] => Some(*number),
        [] => None,
        _ => panic!("one check at most"),
    }
}

#[test]
fn a_new_secret_is_tested_again_until_it_is_known() {
    let mut window = contoso();
    at(&mut window, 100.0);
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    assert!(matches!(requests(&mut window).as_slice(), [Request::Vault(VaultRequest::RecordCheck(..))]));
    press(&mut window, "Test again for two minutes");
    assert!(says(&window, "Testing again in 10 s (attempt 1). This ends in 2:00."));
    at(&mut window, 104.0);
    assert!(says(&window, "Testing again in 6 s (attempt 1). This ends in 1:56."));
    assert_eq!(asked_number(&mut window), None);
    at(&mut window, 110.0);
    let number = asked_number(&mut window).expect("the time has come");
    assert!(says(&window, "Testing again now (attempt 1).") && says(&window, "Code AADSTS7000215"));
    answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    assert_eq!(asked_number(&mut window), None, "what is repeated is not recorded");
    assert!(says(&window, "Testing again in 15 s (attempt 2)."));
    at(&mut window, 125.0);
    let number = asked_number(&mut window).expect("the time has come again");
    answer(&mut window, Answer::CheckFinished(number, Box::new(passed())));
    assert!(says(&window, "The connection works") && !says(&window, "Testing again"));
    let asked = requests(&mut window);
    assert!(matches!(asked.as_slice(), [Request::Vault(VaultRequest::RecordCheck(_, last))] if last.passed));
    at(&mut window, 400.0);
    assert_eq!(asked_number(&mut window), None);
}

#[test]
fn a_secret_that_stays_unknown_is_not_tested_for_ever() {
    let mut window = contoso();
    let number = begin(&mut window);
    answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    let _ = requests(&mut window);
    press(&mut window, "Test again for two minutes");
    let mut tests = 0;
    for second in 0..400 {
        at(&mut window, f64::from(second));
        let Some(number) = requests(&mut window).iter().find_map(|asked| match asked {
            Request::Network(NetworkRequest::Check(number, ..)) => Some(*number),
            _ => None,
        }) else {
            continue;
        };
        tests += 1;
        answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
    }
    assert_eq!(tests, 6);
    assert!(says(&window, "Tested again 6 times, with the same result."));
    let next = window.state_mut().state.tick(today(), 500.0, a365_password_tool::app::state::Input::None);
    assert!(next.is_none_or(|next| next > 1.0), "an idle window does not count seconds: {next:?}");
}

#[test]
fn a_repetition_is_stopped_by_its_button_by_a_change_and_by_leaving() {
    let stopped_by = |act: &dyn Fn(&mut Window)| {
        let profiles = vec![profile(1, "Contoso", "2028-01-01", None), profile(2, "Fabrikam", "2028-01-01", None)];
        let mut state = opened(profiles.clone());
        state.handle(Command::Profiles(ProfileCommand::Select(profiles[0].id)));
        let mut window = small(state);
        let number = begin(&mut window);
        answer(&mut window, Answer::CheckFinished(number, Box::new(wrong_secret())));
        press(&mut window, "Test again for two minutes");
        let _ = requests(&mut window);
        act(&mut window);
        let _ = requests(&mut window);
        at(&mut window, 500.0);
        assert_eq!(asked_number(&mut window), None);
        window
    };
    stopped_by(&|window| press(window, "Stop testing"));
    stopped_by(&|window| fill(window, "Client secret", "x"));
    stopped_by(&|window| {
        window.key_press(egui::Key::Escape);
        window.run();
    });
    let window = stopped_by(&|window| {
        let other = window.state().state.open_vault().expect("open").profiles[1].id;
        window.state_mut().state.handle(Command::Profiles(ProfileCommand::Select(other)));
        window.run();
    });
    drop(window);
}

#[test]
fn what_waiting_does_not_help_is_not_offered_to_be_repeated() {
    let mut window = contoso();
    let number = begin(&mut window);
    let mut report = wrong_secret();
    if let Some(diagnosis) = &mut report.diagnosis {
        diagnosis.code = "AADSTS700016".to_owned();
    }
    answer(&mut window, Answer::CheckFinished(number, Box::new(report)));
    assert!(!says(&window, "Test again for two minutes"));
}

#[test]
fn the_check_knows_when_a_secret_is_new() {
    let age = |window: &mut Window| {
        press(window, "Test connection");
        let asked = requests(window);
        let [.., Request::Network(NetworkRequest::Check(_, check, _))] = asked.as_slice() else {
            panic!("one check begins")
        };
        let age = check.secret_age;
        press(window, "Cancel test");
        age
    };
    let mut saved = profile(1, "Contoso", "2028-01-01", None);
    let mut of = |hours: i64| {
        saved.modified = today() - chrono::TimeDelta::hours(hours);
        let mut state = opened(vec![saved.clone()]);
        state.handle(Command::Profiles(ProfileCommand::Select(saved.id)));
        small(state)
    };
    assert_eq!(age(&mut of(0)), SecretAge::New, "saved just now");
    let mut window = of(5);
    assert_eq!(age(&mut window), SecretAge::Unknown, "saved this morning");
    fill(&mut window, "Client secret", "x");
    assert_eq!(age(&mut window), SecretAge::New, "typed and not saved");
}
