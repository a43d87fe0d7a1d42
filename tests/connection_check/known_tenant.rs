//! A tenant known from an earlier check saves a round trip, and never more than that.

use std::sync::Arc;
use std::time::Duration;

use crate::support::checking::{asked_for, request, run, run_by, settings, verdict, warning_codes};
use crate::support::simulator::{At, Canned, Simulator, Trouble};
use a365_password_tool::connection_check::{Limits, Network, Progress, Stage, check};
use chrono::Utc;
use tokio::sync::Barrier;
use uuid::Uuid;

const HOST: &str = "contoso.crm4.dynamics.com";

#[tokio::test]
async fn with_a_known_tenant_the_token_is_asked_for_beside_the_environment() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let (first, last) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    // Neither answers before the other was asked too, so these four are two round trips; WhoAmI is the third.
    contoso.trouble(At::Challenge, Trouble::Meet(Arc::clone(&first)));
    contoso.trouble(At::Token, Trouble::Meet(first));
    contoso.trouble(At::Privileges, Trouble::Meet(Arc::clone(&last)));
    contoso.trouble(At::Organization, Trouble::Meet(last));
    let mut form = request(&contoso);
    form.known_tenant = Some(contoso.tenant);
    let mut settings = settings(&simulator);
    settings.limits = Limits { stage: Duration::from_secs(5), ..settings.limits };
    let report = run_by(&simulator, &settings, &form).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec![]));
    assert_eq!(simulator.requests().len(), 5, "nothing is asked twice");
}

#[tokio::test]
async fn a_tenant_that_changed_costs_one_more_request_and_the_environments_own_is_used() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    let former = Uuid::new_v4();
    form.known_tenant = Some(former);
    let report = run(&simulator, &form).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec![]));
    assert_eq!(report.tenant_id, Some(contoso.tenant));
    let asked = asked_for(&simulator);
    let token = |tenant: Uuid| format!("login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
    assert!(asked.contains(&token(contoso.tenant)), "{asked:?}");
    assert!(asked.len() <= 6, "{asked:?}");
}

#[tokio::test]
async fn a_token_got_early_is_not_used_when_the_environment_may_not_be_followed() {
    for (authority, resource, code) in [
        ("https://login.evil.example/{tenant}/oauth2/authorize", HOST, "authority_untrusted"),
        ("http://login.microsoftonline.com/{tenant}/oauth2/authorize", HOST, "authority_untrusted"),
        ("https://login.microsoftonline.us/{tenant}/oauth2/authorize", HOST, "cloud_mismatch"),
        (
            "https://login.microsoftonline.com/{tenant}/oauth2/authorize",
            "fabrikam.crm4.dynamics.com",
            "resource_mismatch",
        ),
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.challenge_naming(authority, &format!("https://{resource}/"));
        let mut form = request(&contoso);
        form.known_tenant = Some(contoso.tenant);
        let report = run(&simulator, &form).await;
        assert_eq!(verdict(&report), format!("tenant {code}"));
        assert!(simulator.requests().iter().all(|sent| !sent.carries_token), "{code}");
        assert!(!simulator.connections().contains(&"login.evil.example".to_owned()));
    }
}

#[tokio::test]
async fn what_the_early_sign_in_meets_is_told_at_its_own_stage() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    form.known_tenant = Some(contoso.tenant);
    contoso.app(|app| app.enabled = false);
    let report = run(&simulator, &form).await;
    assert_eq!(verdict(&report), "sign_in AADSTS7000112");
    assert_eq!(simulator.requests().len(), 2, "a refused sign-in is not repeated");
}

#[tokio::test]
async fn an_early_sign_in_that_is_not_needed_is_given_up() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let former = simulator.environment("former.crm4.dynamics.com");
    former.trouble(At::Token, Trouble::Hang);
    let mut form = request(&contoso);
    form.known_tenant = Some(former.tenant);
    let report = run(&simulator, &form).await;
    assert_eq!(verdict(&report), "passed", "the other tenant's silence holds nobody up");
}

#[tokio::test]
async fn a_wait_is_told_with_its_end_and_its_reason() {
    for (at, canned, stage, host) in [
        (At::Token, Canned::throttled("1"), Stage::SignIn, "login.microsoftonline.com"),
        (At::Challenge, Canned::status(503).header("Retry-After", "1"), Stage::Tenant, HOST),
        (At::WhoAmI, Canned::throttled("1"), Stage::WhoAmI, HOST),
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble_times(at, Trouble::Answer(canned), 1);
        let network = Network::new(&settings(&simulator)).expect("a network");
        let mut waits = Vec::new();
        let before = Utc::now();
        let report = check(&network, &request(&contoso), before, &mut |progress| {
            if let Progress::Waiting { stage, until, seconds, why } = progress {
                waits.push((stage, until, seconds, why));
            }
        })
        .await;
        assert_eq!(verdict(&report), "passed");
        let [(told, until, 1, why)] = waits.as_slice() else { panic!("one wait of a second: {waits:?}") };
        assert_eq!(*told, stage);
        assert!(*until >= before + Duration::from_secs(1) && *until < before + Duration::from_secs(20));
        assert!(why.starts_with(host) && why.contains("asks to wait"), "{why}");
    }
}
