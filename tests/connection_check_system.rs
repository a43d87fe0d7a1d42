//! The system's own settings: proxy and trust store by environment variables, as a shell or a service sets them.

#![cfg(not(windows))]

mod support;

use std::io::{BufRead, Write};
use std::process::{Command, Stdio};

use a365_password_tool::connection_check::{Network, check};
use a365_password_tool::profile::SecretText;
use chrono::Utc;
use support::checking::{request, verdict};
use support::simulator::{EnvironmentHandle, Simulator};

/// Not a test of its own: the other process of the tests below. It reads one secret from stdin.
#[tokio::test]
#[ignore = "runs only as the child of the tests in this file"]
async fn child() {
    let mut secret = String::new();
    std::io::stdin().lock().read_line(&mut secret).expect("a line");
    let network = Network::system().expect("the system's network");
    let mut form = request(&Simulator::start().await.environment("contoso.crm4.dynamics.com"));
    form.client_id = std::env::var("CHILD_CLIENT_ID").expect("a client ID");
    form.client_secret = SecretText::new(secret.trim().to_owned());
    let report = check(&network, &form, Utc::now(), &mut |_| {}).await;
    println!("verdict: {}; {}", verdict(&report), network.route());
}

/// Runs a check in another process with these environment variables.
fn in_a_child(contoso: &EnvironmentHandle, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child", "--ignored", "--nocapture"]);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_DIR"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).env("CHILD_CLIENT_ID", contoso.client_id.to_string());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a child");
    writeln!(child.stdin.take().expect("its stdin"), "{}", contoso.secret()).expect("the secret is written");
    let output = child.wait_with_output().expect("its output");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split("verdict: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or(&text).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_and_trust_store_come_from_the_environment() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, simulator.authority_pem()).expect("the certificate is written");
    let ca = ca.to_str().expect("a plain path");
    let proxy = simulator.proxy_url();

    let trusting = in_a_child(&contoso, &[("HTTPS_PROXY", &proxy), ("SSL_CERT_FILE", ca)]);
    assert_eq!(trusting, format!("passed; proxy {proxy} (environment variable)"));

    let stranger = Simulator::start().await;
    let other = folder.path().join("other.pem");
    std::fs::write(&other, stranger.authority_pem()).expect("the certificate is written");
    let other = other.to_str().expect("a plain path");
    let distrusting = in_a_child(&contoso, &[("https_proxy", &proxy), ("SSL_CERT_FILE", other)]);
    assert!(distrusting.starts_with("tenant tls_untrusted;"), "{distrusting}");

    let locked = simulator.locked_proxy_url();
    let refused = in_a_child(&contoso, &[("ALL_PROXY", &locked), ("SSL_CERT_FILE", ca)]);
    assert!(refused.starts_with("tenant proxy_auth_required;"), "{refused}");
}
