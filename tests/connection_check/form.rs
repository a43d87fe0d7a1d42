//! The first stage of a connection check: a wrong form is told apart before anything is sent.

use crate::support::checking::{request, run, settings, verdict};
use crate::support::form_cases::{CARELESS_FORMS, WRONG_FORMS};
use crate::support::simulator::Simulator;
use a365_password_tool::connection_check::{CheckRequest, Network};
use a365_password_tool::connection_check::{StageResult, check};
use a365_password_tool::profile::{GuidSecret, SecretText};
use chrono::Utc;

/// The verdict on a good form after `spoil`; panics when anything was sent.
async fn verdict_on(spoil: impl FnOnce(&mut CheckRequest)) -> String {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let mut form = request(&contoso);
    spoil(&mut form);
    let network = Network::new(&settings(&simulator)).expect("a network");
    let report = check(&network, &form, Utc::now(), &mut |_| {}).await;
    assert!(simulator.connections().is_empty() && simulator.requests().is_empty());
    assert_eq!(report.stages.len(), 6);
    assert!(report.stages[1..].iter().all(|stage| stage.result == StageResult::Skipped));
    let diagnosis = report.diagnosis.clone().expect("a diagnosis");
    assert!(!diagnosis.fix.is_empty() && !diagnosis.why.is_empty());
    verdict(&report)
}

#[tokio::test]
async fn a_wrong_form_is_told_apart() {
    for (name, expected, spoil) in WRONG_FORMS {
        assert_eq!(verdict_on(spoil).await, *expected, "{name}");
    }
}

/// Checks a form that was pasted carelessly and is right.
async fn warnings_on(spoil: impl FnOnce(&mut CheckRequest)) -> Vec<String> {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let mut form = request(&contoso);
    spoil(&mut form);
    let network = Network::new(&settings(&simulator)).expect("a network");
    let report = check(&network, &form, Utc::now(), &mut |_| {}).await;
    assert!(report.passed, "{}", verdict(&report));
    report.warnings.into_iter().map(|warning| warning.code).collect()
}

#[tokio::test]
async fn what_stands_around_a_value_is_left_out_and_warned_of() {
    for (name, expected, spoil) in CARELESS_FORMS {
        assert_eq!(warnings_on(spoil).await, *expected, "{name}");
    }
}

#[tokio::test]
async fn a_client_id_that_is_the_typed_tenant_is_told_before_anything_is_sent() {
    for (before, after) in [
        ("", ""),
        (" ", "\r\n"),
        ("“", "”"),
        ("{", "}"),
        ("\u{feff}", ""),
        ("", ";"),
        ("Directory (tenant) ID: ", ""),
        ("https://login.microsoftonline.com/", "/oauth2/v2.0/token"),
        ("https://sts.windows.net/", "/"),
        ("<", ">"),
    ] {
        let verdict =
            verdict_on(|form| form.tenant = format!("{before}{}{after}", form.client_id.to_uppercase())).await;
        assert_eq!(verdict, "address client_id_is_tenant_id", "{before:?} {after:?}");
    }
    let turned = verdict_on(|form| {
        (form.tenant, form.client_id) = (form.client_id.clone(), format!("api://{}", form.client_id))
    });
    assert_eq!(turned.await, "address client_id_is_tenant_id");
}

#[tokio::test]
async fn a_client_id_that_is_the_environments_tenant_ends_the_check_there() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    for known in [None, Some(contoso.tenant)] {
        let mut form = request(&contoso);
        form.client_id = contoso.tenant.to_string();
        form.known_tenant = known;
        let report = run(&simulator, &form).await;
        assert_eq!(verdict(&report), "tenant client_id_is_tenant_id");
        let asked = simulator.requests();
        assert!(asked.iter().all(|request| !request.host.contains("login")), "no secret was sent");
    }
}

#[tokio::test]
async fn a_guid_is_sent_as_a_secret_only_for_who_says_so() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let mut form = request(&contoso);
    form.client_secret = SecretText::from("11112222-aaaa-3333-bbbb-4444cccc5555");
    assert_eq!(verdict(&run(&simulator, &form).await), "address secret_is_guid");
    form.guid_secret = GuidSecret::Accepted;
    assert_eq!(verdict(&run(&simulator, &form).await), "sign_in AADSTS7000215");
}
