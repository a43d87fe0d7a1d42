//! The first stage of a connection check: a wrong form is told apart before anything is sent.

use crate::support::checking::{request, run, settings, verdict};
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
        ("a\u{200b}b", "secret_unusable"),
        ("sim******************", "secret_masked"),
        ("••••••••", "secret_masked"),
        ("{ClientSecret}", "secret_placeholder"),
        ("$(BuildTools.ClientSecret)", "secret_placeholder"),
        ("[YOUR_CLIENT_SECRET]", "secret_placeholder"),
        ("your-client-secret-here", "secret_placeholder"),
    ] {
        assert_eq!(
            verdict_on(|form| form.client_secret = SecretText::from(secret)).await,
            format!("address {code}"),
            "{secret:?}"
        );
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
    type Spoil = fn(&mut CheckRequest);
    let around = |form: &mut CheckRequest, before: &str, after: &str| {
        form.client_secret = SecretText::new(format!("{before}{}{after}", form.client_secret.expose()));
    };
    for (before, after) in [
        ("", "\u{200b}"),
        ("\u{feff}", ""),
        ("\"", "\""),
        ("'", "'"),
        ("“", "”"),
        ("Value: ", ""),
        ("", ";"),
        ("\u{a0}", " "),
    ] {
        assert_eq!(warnings_on(|form| around(form, before, after)).await, ["secret_trimmed"], "{before:?} {after:?}");
    }
    let spoils: [(Spoil, &[&str]); 8] = [
        (|form| form.client_id.push('\u{200b}'), &["client_id_cleaned"]),
        (|form| form.client_id.insert_str(0, "api://"), &["client_id_cleaned"]),
        (|form| form.client_id = form.client_id.replace('-', "\u{2013}"), &["client_id_cleaned"]),
        (|form| form.client_id = format!("Client ID: {}", form.client_id), &["client_id_cleaned"]),
        (|form| form.client_id = format!(" {} ", form.client_id), &[]),
        (|form| form.environment_url.push(';'), &["url_cleaned"]),
        (|form| form.environment_url.insert_str(0, "https://"), &["url_cleaned"]),
        (|form| form.environment_url.push_str("/main.aspx?appid=1"), &[]),
    ];
    for (number, (spoil, expected)) in spoils.into_iter().enumerate() {
        assert_eq!(warnings_on(spoil).await, expected, "{number}");
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
