//! The first stage of a connection check: a wrong form is told apart before anything is sent.

mod support;

use a365_password_tool::connection_check::{CheckRequest, Network};
use a365_password_tool::connection_check::{StageResult, check};
use a365_password_tool::profile::SecretText;
use chrono::Utc;
use support::checking::{request, settings, verdict};
use support::simulator::Simulator;

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
async fn an_unusable_address_is_told_apart() {
    for (url, code) in [
        ("", "url_invalid"),
        ("not an address", "url_invalid"),
        ("https://contoso.crm4.dynamics.com:8443", "url_invalid"),
        ("https://contoso.crm4.dynamics.com@evil.example/", "url_invalid"),
        ("http://contoso.crm4.dynamics.com", "url_not_https"),
        ("https://make.powerapps.com/environments/x", "url_not_dataverse"),
        ("https://contoso.crm4.dynamics.com.evil.example", "url_not_dataverse"),
        ("https://localhost", "url_not_dataverse"),
    ] {
        assert_eq!(verdict_on(|form| form.environment_url = url.to_owned()).await, format!("address {code}"), "{url}");
    }
}

#[tokio::test]
async fn an_unusable_client_id_is_told_apart() {
    for id in ["", "contoso", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(verdict_on(|form| form.client_id = id.to_owned()).await, "address client_id_not_guid", "{id}");
    }
}

#[tokio::test]
async fn an_unusable_secret_is_told_apart() {
    for (secret, code) in [
        ("", "secret_missing"),
        (" \r\n", "secret_missing"),
        ("11112222-aaaa-3333-bbbb-4444cccc5555", "secret_is_guid"),
        ("two\nlines", "secret_unusable"),
    ] {
        assert_eq!(
            verdict_on(|form| form.client_secret = SecretText::from(secret)).await,
            format!("address {code}"),
            "{secret:?}"
        );
    }
}
