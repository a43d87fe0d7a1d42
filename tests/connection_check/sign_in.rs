//! The third stage of a connection check: what Microsoft Entra ID refuses, and answers that are none.

use std::time::Duration;

use crate::support::checking::{request, run, run_by, settings, verdict, warning_codes};
use crate::support::simulator::{App, At, Canned, EnvironmentHandle, Simulator, Trouble, new_secret};
use a365_password_tool::connection_check::{CheckReport, Diagnosis, Limits, SecretAge};
use a365_password_tool::profile::SecretText;
use chrono::{Duration as Days, Utc};
use serde_json::json;
use uuid::Uuid;

const HOST: &str = "contoso.crm4.dynamics.com";

/// The report on an environment in trouble; panics when anything was asked after the sign-in.
async fn stopped_at_sign_in(prepare: impl FnOnce(&EnvironmentHandle)) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let form = request(&contoso);
    prepare(&contoso);
    let report = run(&simulator, &form).await;
    assert!(simulator.requests().iter().all(|sent| !sent.carries_token), "no token was issued");
    report
}

async fn code_of(prepare: impl FnOnce(&EnvironmentHandle)) -> String {
    verdict(&stopped_at_sign_in(prepare).await)
}

#[tokio::test]
async fn a_wrong_secret_is_told_apart_from_an_expired_one() {
    let wrong = code_of(|contoso| contoso.app(|app| app.secrets[0].value = new_secret())).await;
    assert_eq!(wrong, "sign_in AADSTS7000215");
    let expired = |contoso: &EnvironmentHandle| {
        contoso.app(|app| app.secrets[0].ends = Utc::now() - Days::days(1));
    };
    assert_eq!(code_of(expired).await, "sign_in AADSTS7000222");
}

#[tokio::test]
async fn what_is_wrong_with_the_app_is_told_apart() {
    let unknown = |contoso: &EnvironmentHandle| {
        contoso.tenant(|tenant| tenant.apps = vec![App::new("Another app")]);
    };
    assert_eq!(code_of(unknown).await, "sign_in AADSTS700016");
    let without_principal = |contoso: &EnvironmentHandle| {
        contoso.app(|app| app.has_service_principal = false);
    };
    assert_eq!(code_of(without_principal).await, "sign_in AADSTS7000229");
    let disabled = |contoso: &EnvironmentHandle| {
        contoso.app(|app| app.enabled = false);
    };
    assert_eq!(code_of(disabled).await, "sign_in AADSTS7000112");
    let blocked = |contoso: &EnvironmentHandle| {
        contoso.app(|app| app.blocked_by_conditional_access = true);
    };
    assert_eq!(code_of(blocked).await, "sign_in AADSTS53003");
}

#[tokio::test]
async fn what_is_wrong_with_the_tenant_is_told_apart() {
    let gone = |contoso: &EnvironmentHandle| {
        contoso.tenant(|tenant| tenant.id = Uuid::new_v4());
    };
    assert_eq!(code_of(gone).await, "sign_in AADSTS90002");
    let disabled = |contoso: &EnvironmentHandle| {
        contoso.tenant(|tenant| tenant.dataverse_enabled = false);
    };
    assert_eq!(code_of(disabled).await, "sign_in AADSTS500014");
    let assignment = |contoso: &EnvironmentHandle| {
        contoso.tenant(|tenant| tenant.assignment_required = true);
    };
    assert_eq!(code_of(assignment).await, "sign_in AADSTS501051");
}

#[tokio::test]
async fn an_environment_of_another_tenant_is_told_apart() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let fabrikam = simulator.environment("fabrikam.crm4.dynamics.com");
    contoso.trouble(At::Challenge, Trouble::Answer(Canned::status(401)));
    let mut form = request(&fabrikam);
    form.environment_url = contoso.url();
    form.tenant = fabrikam.tenant.to_string();
    assert_eq!(verdict(&run(&simulator, &form).await), "sign_in AADSTS500011");
}

#[tokio::test]
async fn nonsense_typed_as_tenant_is_judged_by_entra() {
    for (typed, code) in [("nonsense", "AADSTS900023"), ("common", "AADSTS50059"), ("no.such.example", "AADSTS90002")] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(At::Challenge, Trouble::Answer(Canned::status(401)));
        let mut form = request(&contoso);
        form.tenant = typed.to_owned();
        assert_eq!(verdict(&run(&simulator, &form).await), format!("sign_in {code}"));
    }
}

#[tokio::test]
async fn an_unknown_code_shows_entras_own_sentence_trace_and_time() {
    let canned = Canned::json(
        400,
        &json!({
            "error": "invalid_request",
            "error_description": "AADSTS999999: The moon is full.\r\nTrace ID: trace-1\r\nCorrelation ID: c-1\r\nTimestamp: 2026-01-02 03:04:05Z",
            "error_codes": [999_999],
        }),
    );
    let report = stopped_at_sign_in(|contoso| contoso.trouble(At::Token, Trouble::Answer(canned))).await;
    assert_eq!(verdict(&report), "sign_in AADSTS999999");
    let diagnosis = format!("{:?}", report.diagnosis);
    for part in ["The moon is full.", "trace-1", "2026-01-02 03:04:05Z"] {
        assert!(diagnosis.contains(part), "{part} is not in {diagnosis}");
    }
}

#[tokio::test]
async fn answers_that_are_no_token_are_told_apart() {
    let cases = [
        (Canned::html(200, "Sign in"), "html_instead_of_json"),
        (Canned::html(403, "Blocked"), "html_instead_of_json"),
        (Canned::status(200).body("{\"token_type\":\"Bearer\""), "bad_json"),
        (Canned::json(200, &json!({"token_type": "Bearer"})), "bad_json"),
        (Canned::json(200, &json!({"token_type": "mac", "access_token": "x"})), "bad_json"),
        (Canned::json(200, &json!({"token_type": "Bearer", "access_token": "a\nb"})), "bad_json"),
        (Canned::status(200).header("Content-Encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0]), "bad_json"),
        (Canned::json(200, &json!({"x": "y".repeat(1024 * 1024)})), "too_large"),
        (Canned::status(400).body(vec![b'x'; 1024 * 1024 + 1]), "too_large"),
        (Canned::redirect("https://login.evil.example/x"), "redirected"),
        (Canned::status(503), "http_503"),
        (Canned::status(404), "http_404"),
        (Canned::status(400).body("[[[["), "http_400"),
        (Canned::json(503, &json!({"error": "temporarily_unavailable", "error_codes": [90033]})), "AADSTS90033"),
    ];
    for (canned, code) in cases {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        let status = canned.status;
        contoso.trouble(At::Token, Trouble::Answer(canned));
        let report = run(&simulator, &request(&contoso)).await;
        assert_eq!(verdict(&report), format!("sign_in {code}"), "status {status}");
        assert_eq!(simulator.requests().len(), 2, "the form is not sent again, least of all elsewhere");
        assert!(!simulator.connections().contains(&"login.evil.example".to_owned()));
    }
}

#[tokio::test]
async fn a_secret_that_the_server_echoes_is_not_shown() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let echo = format!("AADSTS1: You sent {} to us.", contoso.secret());
    contoso.trouble(At::Token, Trouble::Answer(Canned::json(400, &json!({"error": "x", "error_description": echo}))));
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!(verdict(&report), "sign_in AADSTS1");
    assert!(report.to_text().contains("You sent [secret] to us."));
}

#[tokio::test]
async fn a_short_wait_that_entra_asks_for_is_kept_and_told() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.trouble_times(At::Token, Trouble::Answer(Canned::throttled("0")), 2);
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["throttled"]));
}

#[tokio::test]
async fn a_wait_may_be_a_date_and_may_come_with_503() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let past = "Wed, 21 Oct 2015 07:28:00 GMT";
    contoso.trouble_times(At::Token, Trouble::Answer(Canned::throttled(past)), 1);
    contoso.trouble_times(At::Challenge, Trouble::Answer(Canned::status(503).header("Retry-After", "0")), 1);
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["throttled"]));
}

#[tokio::test]
async fn retries_end_and_long_waits_are_not_kept() {
    for (retry_after, sent) in [("0", 4), ("3600", 2), ("Thu, 31 Dec 2099 23:59:59 GMT", 2)] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(At::Token, Trouble::Answer(Canned::throttled(retry_after)));
        let report = run(&simulator, &request(&contoso)).await;
        assert_eq!(verdict(&report), "sign_in throttled");
        assert_eq!(simulator.requests().len(), sent, "Retry-After: {retry_after}");
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up_in_time() {
    for trouble in [Trouble::Hang, Trouble::HangInBody] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(At::Token, trouble);
        let mut settings = settings(&simulator);
        settings.limits = Limits { stage: Duration::from_secs(1), ..settings.limits };
        let report = run_by(&simulator, &settings, &request(&contoso)).await;
        assert_eq!(verdict(&report), "sign_in timeout");
    }
}

#[tokio::test]
async fn the_whole_check_has_a_deadline_of_its_own() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.trouble(At::Token, Trouble::Hang);
    let mut settings = settings(&simulator);
    settings.limits = Limits { whole_check: Duration::from_secs(1), ..settings.limits };
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "sign_in timeout");
}

#[tokio::test]
async fn a_guid_or_a_blank_never_reaches_entra_as_a_secret() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    form.client_secret = SecretText::new(Uuid::new_v4().to_string());
    assert_eq!(verdict(&run(&simulator, &form).await), "address secret_is_guid");
    assert!(simulator.requests().is_empty());
}

/// A check of an environment in this cloud that gets this answer to its sign-in.
async fn refused_in(host: &str, code: u64, sentence: &str) -> Diagnosis {
    let simulator = Simulator::start().await;
    let it = simulator.environment(host);
    it.trouble(At::Token, Trouble::Answer(Canned::entra_error(403, "access_denied", code, sentence)));
    let report = run(&simulator, &request(&it)).await;
    assert_eq!(verdict(&report), format!("sign_in AADSTS{code}"));
    report.diagnosis.expect("a diagnosis")
}

#[tokio::test]
async fn the_page_about_a_code_is_the_clouds_own() {
    for (host, page) in [
        ("contoso.crm4.dynamics.com", "https://login.microsoftonline.com/error?code="),
        ("contoso.crm9.dynamics.com", "https://login.microsoftonline.com/error?code="),
        ("contoso.crm.microsoftdynamics.us", "https://login.microsoftonline.us/error?code="),
        ("contoso.crm.appsplatform.us", "https://login.microsoftonline.us/error?code="),
        ("contoso.crm.dynamics.cn", "https://login.partner.microsoftonline.cn/error?code="),
    ] {
        for code in [500_021, 999_999] {
            let found = refused_in(host, code, "Access to Fabrikam tenant is denied.").await;
            assert_eq!(found.link.map(|link| link.url), Some(format!("{page}{code}")), "{host}");
        }
    }
}

#[tokio::test]
async fn a_new_secret_is_told_apart_by_its_age() {
    for (age, first) in [
        (SecretAge::New, "Wait a minute and test again."),
        (SecretAge::Unknown, "If the secret was created in the last few minutes, wait a minute and test again"),
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        let mut form = request(&contoso);
        form.secret_age = age;
        contoso.app(|app| app.secrets[0].value = new_secret());
        let report = run(&simulator, &form).await;
        assert_eq!(verdict(&report), "sign_in AADSTS7000215");
        let fix = &report.diagnosis.as_ref().expect("a diagnosis").fix[0];
        assert!(fix.starts_with(first), "{fix}");
    }
}
