//! Runs connection checks against the simulator.

use std::time::Duration;

use a365_password_tool::connection_check::{
    CheckReport, CheckRequest, Limits, Network, NetworkSettings, Progress, ProxyChoice, ReadExpiry, check,
};
use a365_password_tool::profile::SecretText;
use chrono::{Days, Utc};

use super::simulator::{EnvironmentHandle, Simulator};

/// Limits that let a test of patience end soon, and are far longer than the simulator needs.
pub fn short_limits() -> Limits {
    Limits { default_wait: Duration::ZERO, ..Limits::default() }
}

/// The way to the simulator by pinned names, as far as they are known at this moment.
pub fn settings(simulator: &Simulator) -> NetworkSettings {
    NetworkSettings {
        proxy: ProxyChoice::None,
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
        tenant: String::new(),
        secret_expires: Utc::now().date_naive().checked_add_days(Days::new(700)),
        read_expiry: ReadExpiry::No,
    }
}

/// Checks `request` by the settings given.
pub async fn run_with(settings: &NetworkSettings, request: &CheckRequest) -> CheckReport {
    let network = Network::new(settings).expect("a network");
    check(&network, request, Utc::now(), &mut |_: Progress| {}).await
}

/// Checks `request` at the simulator.
pub async fn run(simulator: &Simulator, request: &CheckRequest) -> CheckReport {
    run_with(&settings(simulator), request).await
}

/// The failed stage and code, e.g. `sign_in AADSTS7000215`; `passed` when there is none.
pub fn verdict(report: &CheckReport) -> String {
    match (report.failed_stage, report.code()) {
        (Some(stage), Some(code)) => format!("{} {code}", stage.id()),
        _ => "passed".to_owned(),
    }
}

/// The codes of the warnings, in order.
pub fn warning_codes(report: &CheckReport) -> Vec<&str> {
    report.warnings.iter().map(|warning| warning.code.as_str()).collect()
}
