//! The system's own settings: proxy and trust store by environment variables, as a shell or a service sets them.

#![cfg(not(windows))]

mod support;

use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use a365_password_tool::connection_check::{Network, NetworkSettings, check};
use a365_password_tool::profile::SecretText;
use chrono::Utc;
use support::checking::{request, verdict};
use support::simulator::{EnvironmentHandle, Simulator, new_secret};

/// Not a test of its own: the other process of the tests below. It reads one secret from stdin.
#[tokio::test]
#[ignore = "runs only as the child of the tests in this file"]
async fn child() {
    let mut secret = String::new();
    std::io::stdin().lock().read_line(&mut secret).expect("a line");
    // A closed world: what goes directly gets to the simulator as well, and nothing to the internet.
    let pinned = std::env::var("CHILD_SERVER").ok().and_then(|at| at.parse::<SocketAddr>().ok());
    let hosts = ["contoso.crm4.dynamics.com", "login.microsoftonline.com"];
    let resolve = hosts.iter().flat_map(|host| pinned.map(|at| ((*host).to_owned(), at))).collect();
    let network = match Network::new(&NetworkSettings { resolve, ..NetworkSettings::default() }) {
        Ok(network) => network,
        Err(error) => return println!("verdict: no network; {error}"),
    };
    let mut form = request(&Simulator::start().await.environment("contoso.crm4.dynamics.com"));
    form.client_id = std::env::var("CHILD_CLIENT_ID").expect("a client ID");
    form.client_secret = SecretText::new(secret.trim().to_owned());
    let report = check(&network, &form, Utc::now(), &mut |_| {}).await;
    println!("verdict: {}; {}", verdict(&report), report.proxy);
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

/// The simulator reached directly, with these variables besides.
struct Direct {
    simulator: Simulator,
    contoso: EnvironmentHandle,
    _folder: tempfile::TempDir,
    ca: String,
}

impl Direct {
    async fn start() -> Direct {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment("contoso.crm4.dynamics.com");
        let folder = tempfile::tempdir().expect("a folder");
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, simulator.authority_pem()).expect("the certificate is written");
        let ca = ca.to_str().expect("a plain path").to_owned();
        Direct { simulator, contoso, _folder: folder, ca }
    }

    fn check(&self, variables: &[(&str, &str)]) -> String {
        let server = self.simulator.https_address().to_string();
        let all = [&[("SSL_CERT_FILE", self.ca.as_str()), ("CHILD_SERVER", &server)], variables].concat();
        in_a_child(&self.contoso, &all)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_setting_that_cannot_be_read_is_an_error_and_never_no_proxy() {
    let world = Direct::start().await;
    assert_eq!(world.check(&[]), "passed; directly, without a proxy", "the way that must not be taken is open");
    world.simulator.forget();
    let password = new_secret().replace(['.', '_'], "x");
    let values = [
        "\"http://proxy.example:3128\"",
        "'http://proxy.example:3128'",
        "http://proxy.example:3128\"",
        "   ",
        "htp://zoe:PASSWORD@proxy.example:3128",
        "http:/proxy.example:3128",
        "http//proxy.example:3128",
        "http:proxy.example:3128",
        "://proxy.example:3128",
        "http://DOM\\zoe:PASSWORD@proxy.example:3128",
        "http://zoe:PASSWORD#ss@proxy.example:3128",
        "http://zoe:12/PASSWORD@proxy.example:3128",
        "http://zoe:PASSWORD@proxy.example:port",
        "http://zoe:PASSWORD@proxy.example:0",
        "http://zoe:PASSWORD@proxy.example:70000",
        "http://zoe:PASSWORD@:3128",
        "http://",
        "http://pro xy.example:3128",
        "socks://zoe:PASSWORD@proxy.example:1080",
        "socks5h://proxy.example:1080",
        "proxy.example:3128, other.example:3128",
        "http://proxy.example:3128/proxy.pac",
    ];
    for (number, value) in values.iter().enumerate() {
        let name = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"][number % 4];
        let said = world.check(&[(name, &value.replace("PASSWORD", &password))]);
        assert!(said.starts_with("no network; ") && said.contains(&format!("environment variable {name} ")), "{said}");
        assert!(!said.contains(&password) && !said.contains("zoe"), "{said}");
    }
    assert_eq!(world.simulator.connections(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn spaces_around_a_proxys_address_do_no_harm() {
    let world = Direct::start().await;
    let proxy = world.simulator.proxy_url();
    for value in [format!(" {proxy} "), format!("{proxy}\t"), format!("{}/", proxy.replace("http", "HTTP"))] {
        let said = world.check(&[("HTTPS_PROXY", &value)]);
        assert_eq!(said, format!("passed; proxy {proxy} (environment variable)"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_of_no_proxy_are_reached_directly_and_the_report_says_so() {
    let world = Direct::start().await;
    // Nobody answers at this proxy.
    let proxy = ("HTTPS_PROXY", "http://127.0.0.1:9");
    for list in ["*", "dynamics.com,microsoftonline.com", " .DYNAMICS.com , login.microsoftonline.com "] {
        for name in ["NO_PROXY", "no_proxy"] {
            assert_eq!(world.check(&[proxy, (name, list)]), "passed; directly, because of NO_PROXY", "{name}={list}");
        }
    }
    let said = world.check(&[proxy, ("NO_PROXY", "dynamics.com")]);
    assert_eq!(said, "sign_in dropped; directly, because of NO_PROXY", "the sign-in goes through the proxy");
    let said = world.check(&[proxy, ("NO_PROXY", "other.example")]);
    assert_eq!(said, "tenant dropped; proxy http://127.0.0.1:9 (environment variable)");
}
