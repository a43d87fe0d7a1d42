//! Runs the simulator of Entra ID, Dataverse and Graph from a shell, to try the window and the command line
//! without Microsoft's clouds.
//!
//! `cargo run --example simulator -- FOLDER [--many N] [--delay MILLISECONDS]`
//!
//! It writes `ca.pem` into FOLDER, prints one JSON line with the proxy's address and the cases to try, and runs
//! until stdin ends. Start the program under test with `HTTPS_PROXY` and (on Linux) `SSL_CERT_FILE` set to them.
//! Lines on stdin: `requests` prints what was sent so far as JSON, `forget` empties that list.

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::BufRead;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{Duration as Days, Utc};
use serde::Serialize;
use support::simulator::{App, Asking, At, Canned, CertificateKind, EnvironmentHandle, Simulator, Trouble, new_secret};
use uuid::Uuid;

/// One thing to try: what to type, and how the check ends.
#[derive(Serialize)]
struct Case {
    name: &'static str,
    environment_url: String,
    client_id: String,
    client_secret: String,
    tenant_id: String,
    /// `passed`, or the failed stage and the code.
    expect: &'static str,
    /// The warnings, as far as they follow from the case.
    warnings: &'static [&'static str],
}

/// Changes an environment so that a check ends in a certain way.
type Prepare = fn(&Simulator, &EnvironmentHandle);

/// The cases: name, which is also the organization's; expected end; warnings; what to change.
const CASES: &[(&str, &str, &[&str], Prepare)] = &[
    ("passes", "passed", &[], |_, _| {}),
    ("passes-graph", "passed", &[], |_, it| drop(it.app(|app| app.may_read_applications = true))),
    ("expires-soon", "passed", &["secret_expires_soon"], |_, it| {
        it.app(|app| {
            app.may_read_applications = true;
            app.secrets[0].ends = Utc::now() + Days::days(9);
        });
    }),
    ("basic-depth", "passed", &["basic_depth:prvReadAccount"], |_, it| {
        it.user(|user| drop(user.privileges.insert("prvReadAccount".to_owned(), "Basic")));
    }),
    ("optional-missing", "passed", &["optional_missing:prvWriteLead"], |_, it| {
        it.user(|user| drop(user.privileges.remove("prvWriteLead")));
    }),
    ("no-sales", "passed", &["table_missing:lead"], |_, it| {
        it.change(|environment| drop(environment.tables.remove("lead")));
    }),
    ("probed", "passed", &["privileges_probed"], |_, it| drop(it.change(|it| it.asking = Asking::Forbidden))),
    ("throttled", "passed", &["throttled"], |_, it| {
        it.trouble_times(At::Token, Trouble::Answer(Canned::throttled("1")), 1);
    }),
    ("wrong-secret", "sign_in AADSTS7000215", &[], |_, it| {
        it.app(|app| app.secrets[0].value = new_secret());
    }),
    ("expired-secret", "sign_in AADSTS7000222", &[], |_, it| {
        it.app(|app| app.secrets[0].ends = Utc::now() - Days::days(3));
    }),
    ("unknown-app", "sign_in AADSTS700016", &[], |_, it| {
        it.tenant(|tenant| tenant.apps = vec![App::new("Another app")]);
    }),
    ("unknown-tenant", "sign_in AADSTS90002", &[], |_, it| drop(it.tenant(|tenant| tenant.id = Uuid::new_v4()))),
    ("dataverse-off", "sign_in AADSTS500014", &[], |_, it| drop(it.tenant(|tenant| tenant.dataverse_enabled = false))),
    ("blocked-by-policy", "sign_in AADSTS53003", &[], |_, it| {
        it.app(|app| app.blocked_by_conditional_access = true);
    }),
    ("not-a-member", "who_am_i 0x80072560", &[], |_, it| drop(it.change(|it| it.users.clear()))),
    ("disabled-user", "who_am_i 0x80040225", &[], |_, it| drop(it.user(|user| user.enabled = false))),
    ("disabled-environment", "who_am_i 0x8004a104", &[], |_, it| drop(it.change(|it| it.enabled = false))),
    ("admin-mode", "who_am_i admin_mode", &[], |_, it| drop(it.change(|it| it.admin_mode = true))),
    ("limits", "who_am_i 0x80072322", &[], |_, it| {
        let message = "Number of requests exceeded the limit of 6000 over time window of 300 seconds.";
        let canned = Canned::dataverse_error(429, "0x80072322", message).header("Retry-After", "300");
        it.trouble(At::WhoAmI, Trouble::Answer(canned));
    }),
    ("ip-firewall", "tenant 0x80095ffe", &[], |_, it| drop(it.change(|it| it.blocked_address = true))),
    ("no-roles", "privileges 0x80042f09", &[], |_, it| drop(it.user(|user| user.has_roles = false))),
    ("missing-privileges", "privileges missing_privileges", &[], |_, it| {
        it.user(|user| user.privileges.retain(|name, _| name != "prvReadAccount" && name != "prvReadIncident"));
    }),
    ("no-cases", "privileges table_missing", &[], |_, it| drop(it.change(|it| drop(it.tables.remove("incident"))))),
    ("foreign-authority", "tenant authority_untrusted", &[], |_, it| {
        it.challenge_naming("https://login.evil.example/{tenant}/oauth2/authorize", &it.url());
    }),
    ("other-cloud", "tenant cloud_mismatch", &[], |_, it| {
        it.challenge_naming("https://login.microsoftonline.us/{tenant}/oauth2/authorize", &it.url());
    }),
    ("foreign-resource", "tenant resource_mismatch", &[], |_, it| {
        let authority = "https://login.microsoftonline.com/{tenant}/oauth2/authorize";
        it.challenge_naming(authority, "https://fabrikam.crm4.dynamics.com/");
    }),
    ("no-challenge", "tenant challenge_missing", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::status(401)));
    }),
    ("guest-network", "tenant html_instead_of_401", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::html(200, "Welcome to the guest network")));
    }),
    ("redirected", "tenant redirected", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::redirect("https://guest.example/login")));
    }),
    ("unavailable", "tenant http_503", &[], |_, it| {
        it.trouble(At::Challenge, Trouble::Answer(Canned::html(503, "Service Unavailable")));
    }),
    ("dropped", "tenant dropped", &[], |_, it| drop(it.trouble(At::Challenge, Trouble::Drop))),
    ("hangs", "tenant timeout", &[], |_, it| drop(it.trouble(At::Challenge, Trouble::Hang))),
    ("hangs-at-sign-in", "sign_in timeout", &[], |_, it| drop(it.trouble(At::Token, Trouble::Hang))),
    ("tls-untrusted", "tenant tls_untrusted", &[], |simulator, it| {
        simulator.set_certificate(&it.host, CertificateKind::UnknownAuthority);
    }),
    ("tls-expired", "tenant tls_expired", &[], |simulator, it| {
        simulator.set_certificate(&it.host, CertificateKind::Expired);
    }),
    ("tls-wrong-host", "tenant tls_wrong_host", &[], |simulator, it| {
        simulator.set_certificate(&it.host, CertificateKind::WrongName);
    }),
];

/// What the command line asks for.
struct Wishes {
    folder: PathBuf,
    many: usize,
    delay: Duration,
}

fn read_arguments() -> Option<Wishes> {
    let mut arguments = std::env::args().skip(1);
    let mut wishes = Wishes { folder: arguments.next()?.into(), many: 0, delay: Duration::ZERO };
    while let Some(name) = arguments.next() {
        let number: u64 = arguments.next()?.parse().ok()?;
        match name.as_str() {
            "--many" => wishes.many = usize::try_from(number).ok()?,
            "--delay" => wishes.delay = Duration::from_millis(number),
            _ => return None,
        }
    }
    Some(wishes)
}

fn case(it: &EnvironmentHandle, name: &'static str, expect: &'static str, warnings: &'static [&'static str]) -> Case {
    Case {
        name,
        environment_url: it.url(),
        client_id: it.client_id.to_string(),
        client_secret: it.secret(),
        tenant_id: it.tenant.to_string(),
        expect,
        warnings,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(wishes) = read_arguments() else {
        return Err("usage: simulator FOLDER [--many N] [--delay MILLISECONDS]".into());
    };
    let simulator = Simulator::start().await;
    simulator.set_delay(wishes.delay);
    let mut cases = Vec::new();
    for (name, expect, warnings, prepare) in CASES {
        let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
        // The values to type are taken first: some cases are about a value that is no longer right.
        cases.push(case(&it, name, expect, warnings));
        prepare(&simulator, &it);
    }
    for number in 0..wishes.many {
        let it = simulator.environment(&format!("many-{number}.crm4.dynamics.com"));
        cases.push(case(&it, "many", "passed", &[]));
    }
    std::fs::create_dir_all(&wishes.folder)?;
    let ca = wishes.folder.join("ca.pem");
    std::fs::write(&ca, simulator.authority_pem())?;
    let first = serde_json::json!({
        "proxy": simulator.proxy_url(),
        "proxy_wanting_a_password": simulator.locked_proxy_url(),
        "ca": ca,
        "cases": cases,
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
            other => println!("{}", serde_json::json!({ "unknown": other })),
        }
    }
}
