//! Runs connection checks against the simulator.

use std::time::Duration;

use a365_password_tool::cloud::Overrides;
use a365_password_tool::connection_check::{
    CheckReport, CheckRequest, Limits, Network, NetworkSettings, Progress, ProxyChoice, ReadExpiry, SecretAge, check,
};
use a365_password_tool::profile::{GuidSecret, SecretText};
use chrono::{Days, Utc};

use super::simulator::{EnvironmentHandle, Simulator, hash_of, is_graph};

/// Limits that let a test of patience end soon, and are far longer than the simulator needs.
pub fn short_limits() -> Limits {
    Limits { default_wait: Duration::ZERO, ..Limits::default() }
}

/// The way to the simulator by pinned names, as far as they are known at this moment.
pub fn settings(simulator: &Simulator) -> NetworkSettings {
    NetworkSettings {
        proxy: ProxyChoice::None,
        proxy_credentials: None,
        clouds: Overrides::none(),
        extra_roots_pem: vec![simulator.authority_pem().into_bytes()],
        resolve: simulator.hosts().into_iter().map(|host| (host, simulator.https_address())).collect(),
        limits: short_limits(),
    }
}

/// The form for `environment`, filled in rightly, its secret good for two years.
pub fn request(environment: &EnvironmentHandle) -> CheckRequest {
    CheckRequest {
        environment_url: environment.url(),
        client_id: environment.client_id.to_string(),
        client_secret: SecretText::new(environment.secret()),
        guid_secret: GuidSecret::Refused,
        tenant: String::new(),
        known_tenant: None,
        secret_expires: Utc::now().date_naive().checked_add_days(Days::new(730)),
        read_expiry: ReadExpiry::No,
        secret_age: SecretAge::Unknown,
    }
}

/// Checks `request` by the settings given.
pub async fn run_with(settings: &NetworkSettings, request: &CheckRequest) -> CheckReport {
    let network = Network::new(settings).expect("a network");
    check(&network, request, Utc::now(), &mut |_: Progress| {}).await
}

/// Checks `request` at the simulator, and holds every check to the rules about secrets.
pub async fn run(simulator: &Simulator, request: &CheckRequest) -> CheckReport {
    run_by(simulator, &settings(simulator), request).await
}

/// Like [`run`], by settings of the test's own.
pub async fn run_by(simulator: &Simulator, settings: &NetworkSettings, request: &CheckRequest) -> CheckReport {
    let report = run_with(settings, request).await;
    assert_secrets_stayed_home(simulator, request, &report);
    report
}

/// The secret went to the sign-in host alone, in a form's body alone; tokens went to their resource alone; and
/// nothing that is shown holds either.
pub fn assert_secrets_stayed_home(simulator: &Simulator, request: &CheckRequest, report: &CheckReport) {
    let secret = request.client_secret.expose().trim();
    for sent in simulator.requests() {
        assert!(!sent.path.contains("eyJ"), "a token in an address: {}", sent.path);
        if sent.carries_secret {
            let cloud = report.cloud.expect("a secret was sent although the cloud is unknown");
            assert_eq!(sent.host, cloud.sign_in_host());
            assert_eq!(sent.method, "POST");
            assert!(sent.path.ends_with("/oauth2/v2.0/token"), "{}", sent.path);
            assert_eq!(sent.secret_sha256, Some(hash_of(secret)));
        }
        if sent.carries_token {
            let is_environment = report.environment_url.as_deref() == Some(&format!("https://{}", sent.host));
            assert!(is_environment || is_graph(&sent.host), "a token went to {}", sent.host);
        }
    }
    let shown = format!("{report:?}\n{}", report.to_text());
    assert!(secret.len() < 6 || !shown.contains(secret), "the secret is in the report");
    assert!(!shown.contains("eyJ"), "a token is in the report: {shown}");
}

/// The failed stage and code, e.g. `sign_in AADSTS7000215`; `passed` when there is none.
pub fn verdict(report: &CheckReport) -> String {
    match (report.failed_stage, report.code()) {
        (Some(stage), Some(code)) => {
            assert!(!report.passed);
            format!("{} {code}", stage.id())
        }
        _ => {
            assert!(report.passed && report.diagnosis.is_none());
            "passed".to_owned()
        }
    }
}

/// The codes of the warnings, in order.
pub fn warning_codes(report: &CheckReport) -> Vec<&str> {
    report.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

/// The hosts and paths without their queries, as they were asked for.
pub fn asked_for(simulator: &Simulator) -> Vec<String> {
    let requests = simulator.requests();
    requests.iter().map(|sent| format!("{}{}", sent.host, sent.path.split('?').next().unwrap_or_default())).collect()
}

/// Everything that a person reads of a failed check.
pub fn said(report: &CheckReport) -> String {
    let diagnosis = report.diagnosis.as_ref().expect("a diagnosis");
    assert!(!diagnosis.fix.is_empty());
    format!("{} {} {}", diagnosis.what, diagnosis.why, diagnosis.fix.join(" "))
}

/// That these words are among them, and those are not.
#[track_caller]
pub fn assert_said(report: &CheckReport, words: &[&str], not: &[&str]) {
    let said = said(report);
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    for word in not {
        assert!(!said.contains(word), "{word}: {said}");
    }
}
