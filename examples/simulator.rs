//! Runs the simulator of Entra ID, Dataverse and Graph from a shell, to try the window and the command line
//! without Microsoft's clouds.
//!
//! `cargo run --example simulator -- FOLDER [--many N] [--delay MILLISECONDS] [--registrations N]`
//!
//! It writes `ca.pem` into FOLDER, prints one JSON line with the proxy's address and the cases to try, and runs
//! until stdin ends. Start the program under test with `HTTPS_PROXY` and (on Linux) `SSL_CERT_FILE` set to them.
//! Lines on stdin: `requests` prints what was sent so far as JSON, `forget` empties that list, `given` prints every code and
//! token that people's sign-ins were given, `accept ACCOUNT` lets that person accept the device code.

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::BufRead;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use support::answer_cases::{AnswerCase, answer_cases};
use support::cases::CASES;
use support::simulator::{EnvironmentHandle, Simulator};

/// One thing to try: what to type, and how the check ends.
#[derive(Serialize)]
struct Case {
    name: String,
    environment_url: String,
    client_id: String,
    client_secret: String,
    /// The secret that takes its place, in the cases about renewals.
    second_secret: Option<String>,
    tenant_id: String,
    /// `passed`, or the failed stage and the code.
    expect: String,
    /// The warnings, as far as they follow from the case.
    warnings: &'static [&'static str],
}

/// What the command line asks for.
struct Wishes {
    folder: PathBuf,
    many: usize,
    delay: Duration,
    /// How many app registrations the tenant with people has more.
    registrations: usize,
}

fn read_arguments() -> Option<Wishes> {
    let mut arguments = std::env::args().skip(1);
    let mut wishes = Wishes { folder: arguments.next()?.into(), many: 0, delay: Duration::ZERO, registrations: 0 };
    while let Some(name) = arguments.next() {
        let number: u64 = arguments.next()?.parse().ok()?;
        match name.as_str() {
            "--many" => wishes.many = usize::try_from(number).ok()?,
            "--registrations" => wishes.registrations = usize::try_from(number).ok()?,
            "--delay" => wishes.delay = Duration::from_millis(number),
            _ => return None,
        }
    }
    Some(wishes)
}

fn case(it: &EnvironmentHandle, name: &str, expect: &str, warnings: &'static [&'static str]) -> Case {
    Case {
        name: name.to_owned(),
        environment_url: it.url(),
        client_id: it.client_id.to_string(),
        client_secret: it.secret(),
        second_secret: None,
        tenant_id: it.tenant.to_string(),
        expect: expect.to_owned(),
        warnings,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(wishes) = read_arguments() else {
        return Err("usage: simulator FOLDER [--many N] [--delay MILLISECONDS] [--registrations N]".into());
    };
    let simulator = Simulator::start().await;
    simulator.set_delay(wishes.delay);
    let mut cases = Vec::new();
    for (name, expect, warnings, prepare) in CASES {
        let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
        // The values to type are taken first: some cases are about a value that is no longer right.
        cases.push(case(&it, name, expect, warnings));
        prepare(&simulator, &it);
        if let Some(case) = cases.last_mut() {
            case.second_secret = it.second_secret();
        }
    }
    for AnswerCase { name, expect, at, trouble } in answer_cases() {
        let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
        cases.push(case(&it, &name, &expect, &[]));
        it.trouble(at, trouble);
    }
    for number in 0..wishes.many {
        let it = simulator.environment(&format!("many-{number}.crm4.dynamics.com"));
        cases.push(case(&it, "many", "passed", &[]));
    }
    let people = simulator.environment("people.crm4.dynamics.com");
    let (account, sign_in_client) = (people.person("admin"), people.sign_in_client());
    people.tenant(|tenant| tenant.filler = wishes.registrations);
    let people = serde_json::json!({
        "tenant_id": people.tenant, "environment_url": people.url(), "client_id": people.client_id,
        "client_secret": people.secret(), "sign_in_client": sign_in_client, "account": account,
    });
    std::fs::create_dir_all(&wishes.folder)?;
    let ca = wishes.folder.join("ca.pem");
    std::fs::write(&ca, simulator.authority_pem())?;
    let first = serde_json::json!({
        "proxy": simulator.proxy_url(),
        "proxy_wanting_a_password": simulator.locked_proxy_url(),
        "ca": ca,
        "cases": cases,
        "people": people,
    });
    println!("{first}");
    tokio::task::spawn_blocking(move || answer_lines(&simulator)).await?;
    Ok(())
}

/// Answers the control lines until stdin ends.
fn answer_lines(simulator: &Simulator) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.trim() {
            "requests" => println!("{}", serde_json::json!({ "requests": simulator.requests() })),
            "forget" => {
                simulator.forget();
                println!("{}", serde_json::json!({ "forgot": true }));
            }
            "given" => println!("{}", serde_json::json!({ "given": simulator.given_to_people() })),
            line if line.starts_with("accept ") => {
                simulator.decide_device_code(line.strip_prefix("accept "));
                println!("{}", serde_json::json!({ "accepted": true }));
            }
            other => println!("{}", serde_json::json!({ "unknown": other })),
        }
    }
}
