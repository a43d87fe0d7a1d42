//! Measures the connection check against a running simulator; `benches/connection_check.sh` runs it.
//!
//! `cargo run --release --example check_speed -- SIMULATOR_JSON CA_PEM`
//!
//! SIMULATOR_JSON holds the line that `examples/simulator.rs` prints. It prints one JSON object: the medians of a
//! first check (new connections, nothing known) and of a repeat check (warm connections, known tenant), and the time
//! for all the cases called `many` in one run, all in milliseconds.

use std::time::{Duration, Instant};

use a365_password_tool::connection_check::many::{NamedRequest, SIDE_BY_SIDE, check_many};
use a365_password_tool::connection_check::{
    CheckReport, CheckRequest, Network, NetworkSettings, ProxyChoice, ReadExpiry, SecretAge, check,
};
use a365_password_tool::profile::{GuidSecret, SecretText};
use chrono::Utc;
use serde_json::Value;

const ROUNDS: usize = 7;

fn request_of(case: &Value) -> CheckRequest {
    let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
    CheckRequest {
        environment_url: text("environment_url"),
        client_id: text("client_id"),
        client_secret: SecretText::new(text("client_secret")),
        guid_secret: GuidSecret::Refused,
        tenant: String::new(),
        known_tenant: None,
        secret_expires: Utc::now().date_naive().checked_add_days(chrono::Days::new(700)),
        read_expiry: ReadExpiry::No,
        secret_age: SecretAge::Unknown,
    }
}

async fn run(network: &Network, request: &CheckRequest) -> Result<(Duration, CheckReport), String> {
    let began = Instant::now();
    let report = check(network, request, Utc::now(), &mut |_| {}).await;
    let took = began.elapsed();
    if report.passed { Ok((took, report)) } else { Err(report.to_text()) }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(world), Some(ca)) = (arguments.next(), arguments.next()) else {
        return Err("usage: check_speed SIMULATOR_JSON CA_PEM".into());
    };
    let world: Value = serde_json::from_str(&std::fs::read_to_string(world)?)?;
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(world["proxy"].as_str().unwrap_or_default().to_owned()),
        extra_roots_pem: vec![std::fs::read(ca)?],
        ..NetworkSettings::default()
    };
    let cases = world["cases"].as_array().ok_or("no cases")?;
    let passing = cases.iter().find(|case| case["name"] == "passes").ok_or("no case that passes")?;
    let (mut first, mut repeat) = (Vec::new(), Vec::new());
    let mut setting_up = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let network = Network::new(&settings)?;
        setting_up.push(began.elapsed());
        let mut request = request_of(passing);
        let (took, report) = run(&network, &request).await?;
        first.push(took);
        request.known_tenant = report.tenant_id;
        repeat.push(run(&network, &request).await?.0);
    }
    let many: Vec<NamedRequest> = cases
        .iter()
        .filter(|case| case["name"] == "many")
        .map(|case| NamedRequest { name: case["environment_url"].to_string(), request: request_of(case) })
        .collect();
    let network = Network::new(&settings)?;
    let (count, began) = (many.len(), Instant::now());
    let results = check_many(&network, many, SIDE_BY_SIDE, Utc::now(), &mut |_| {}).await;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    if let Some(failed) = results.iter().find(|result| !result.report.passed) {
        return Err(failed.report.to_text().into());
    }
    let answer = serde_json::json!({"setting_up": median(setting_up), "first": median(first), "repeat": median(repeat), "many": took, "count": count});
    println!("{answer}");
    Ok(())
}
