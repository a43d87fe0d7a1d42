//! The system's own settings: proxy and trust store by environment variables, as a shell or a service sets them.

#![cfg(not(windows))]

use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::support::checking::{request, verdict};
use crate::support::device::Device;
use crate::support::simulator::{EnvironmentHandle, Simulator, new_secret};
use a365_password_tool::connection_check::{Network, NetworkSettings, check};
use a365_password_tool::profile::SecretText;
use chrono::Utc;
use tempfile::TempDir;

/// Not a test of its own: the other process of the tests below. It reads one secret from stdin.
#[tokio::test]
#[ignore = "runs only as the child of the tests in this file"]
async fn child() {
    let mut secret = String::new();
    std::io::stdin().lock().read_line(&mut secret).expect("a line");
    #[cfg(target_os = "linux")]
    let _portal = std::env::var("CHILD_PORTAL").ok().map(|list| desktop::serve(&list));
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
    let warned = report.warnings.iter().map(|warning| format!("{}: {}", warning.code, warning.text));
    let why = report.diagnosis.iter().map(|diagnosis| format!("why: {}", diagnosis.why));
    println!("said: {}", warned.chain(why).collect::<Vec<_>>().join(" | "));
}

/// Runs a check in another process with these environment variables.
fn in_a_child(contoso: &EnvironmentHandle, variables: &[(&str, &str)]) -> String {
    let text = output_of_a_child(contoso, variables);
    text.split("verdict: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or(&text).to_owned()
}

/// All that it prints.
fn output_of_a_child(contoso: &EnvironmentHandle, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    output_of(command, contoso, variables)
}

fn output_of(mut command: Command, contoso: &EnvironmentHandle, variables: &[(&str, &str)]) -> String {
    command.args(["--exact", "system::child", "--ignored", "--nocapture"]);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_DIR"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).env("CHILD_CLIENT_ID", contoso.client_id.to_string());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a child");
    writeln!(child.stdin.take().expect("its stdin"), "{}", contoso.secret()).expect("the secret is written");
    let output = child.wait_with_output().expect("its output");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The certificate of the simulator's authority as a file, with the folder that it lies in as long as that lives.
fn authority_file(simulator: &Simulator) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, simulator.authority_pem()).expect("the certificate is written");
    let path = path.to_str().expect("a plain path").to_owned();
    (folder, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_and_trust_store_come_from_the_environment() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let (folder, ca) = authority_file(&simulator);
    let proxy = simulator.proxy_url();

    let trusting = in_a_child(&contoso, &[("HTTPS_PROXY", &proxy), ("SSL_CERT_FILE", &ca)]);
    assert_eq!(trusting, format!("passed; proxy {proxy} (environment variable)"));

    let stranger = Simulator::start().await;
    let other = folder.path().join("other.pem");
    std::fs::write(&other, stranger.authority_pem()).expect("the certificate is written");
    let other = other.to_str().expect("a plain path");
    let distrusting = in_a_child(&contoso, &[("https_proxy", &proxy), ("SSL_CERT_FILE", other)]);
    assert!(distrusting.starts_with("tenant tls_untrusted;"), "{distrusting}");

    let locked = simulator.locked_proxy_url();
    let refused = in_a_child(&contoso, &[("ALL_PROXY", &locked), ("SSL_CERT_FILE", &ca)]);
    assert!(refused.starts_with("tenant proxy_auth_required;"), "{refused}");
}

/// The simulator reached directly, with these variables besides.
struct Direct {
    simulator: Simulator,
    contoso: EnvironmentHandle,
    _folder: TempDir,
    ca: String,
}

impl Direct {
    async fn start() -> Direct {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment("contoso.crm4.dynamics.com");
        let (folder, ca) = authority_file(&simulator);
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
        "socks4://proxy.example:1080",
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

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_only_this_computer_trusts_is_said_to_be_inspection() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let (_folder, ca) = authority_file(&simulator);
    let said = output_of_a_child(&contoso, &[("HTTPS_PROXY", &simulator.proxy_url()), ("SSL_CERT_FILE", &ca)]);
    assert!(said.contains("verdict: passed;"), "{said}");
    assert!(said.contains("said: tls_inspected: ") && said.contains("CN=Simulator Test Authority"), "{said}");
    assert!(said.contains("contoso.crm4.dynamics.com and login.microsoftonline.com"), "{said}");
}

/// As `curl` and the system's other tools do.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_has_expired_is_not_trusted() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let other = Device::answering("unrelated.example", b"").await;
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca.pem");
    let installed = format!("{}{}", simulator.expired_authority_pem(), other.authority);
    std::fs::write(&ca, installed).expect("the certificates are written");
    let ca = ca.to_str().expect("a plain path");
    let said = output_of_a_child(&contoso, &[("HTTPS_PROXY", &simulator.proxy_url()), ("SSL_CERT_FILE", ca)]);
    assert!(said.contains("verdict: tenant tls_untrusted;"), "{said}");
    assert!(said.contains("CN=Simulator Test Authority") && said.contains("expired on 31 May 2021"), "{said}");
    assert!(simulator.requests().is_empty());
}

/// The desktop's own proxy settings, as its portal tells them.
#[cfg(target_os = "linux")]
mod desktop {
    use std::process::Command;

    use zbus::blocking::Connection;
    use zbus::blocking::connection::Builder;

    use super::{Direct, output_of};

    /// Gives the same list for every address, or fails.
    struct Portal(Vec<String>);

    #[zbus::interface(name = "org.freedesktop.portal.ProxyResolver")]
    impl Portal {
        fn lookup(&self, address: &str) -> zbus::fdo::Result<Vec<String>> {
            let is_ours = address.starts_with("https://") && address.ends_with(".com/");
            if self.0 == ["fails"] || !is_ours {
                return Err(zbus::fdo::Error::Failed("the script could not be loaded".to_owned()));
            }
            Ok(self.0.clone())
        }
    }

    /// A portal on the session's bus, for as long as the connection is kept.
    pub(super) fn serve(list: &str) -> Connection {
        Builder::session()
            .and_then(|builder| builder.name("org.freedesktop.portal.Desktop"))
            .and_then(|builder| {
                let portal = Portal(list.split_whitespace().map(str::to_owned).collect());
                builder.serve_at("/org/freedesktop/portal/desktop", portal)
            })
            .and_then(Builder::build)
            .expect("a portal on the bus of this session")
    }

    /// A bus that starts no services: this computer may have a portal of its own.
    const BUS: &str = r#"<busconfig>
        <type>session</type>
        <listen>unix:tmpdir=/tmp</listen>
        <policy context="default">
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
        </policy>
    </busconfig>"#;

    /// A check in a session of its own, whose portal gives this list; `None`: there is no portal.
    fn check(world: &Direct, list: Option<&str>) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let bus = folder.path().join("bus.conf");
        std::fs::write(&bus, BUS).expect("the configuration is written");
        let mut command = Command::new("dbus-run-session");
        command.arg("--config-file").arg(&bus).arg("--").arg(std::env::current_exe().expect("this program"));
        let server = world.simulator.https_address().to_string();
        let mut variables = vec![("SSL_CERT_FILE", world.ca.as_str()), ("CHILD_SERVER", server.as_str())];
        variables.extend(list.map(|list| ("CHILD_PORTAL", list)));
        let text = output_of(command, &world.contoso, &variables);
        text.split("verdict: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or(&text).to_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn its_list_is_followed_and_its_failure_is_never_no_proxy() {
        let world = Direct::start().await;
        let proxy = world.simulator.proxy_url();
        assert_eq!(check(&world, Some(&proxy)), format!("passed; proxy {proxy} (desktop settings)"));
        // Nobody answers at the first.
        let two = format!("http://127.0.0.1:9 {proxy}");
        assert_eq!(
            check(&world, Some(&two)),
            format!("passed; proxy http://127.0.0.1:9, otherwise proxy {proxy} (desktop settings)")
        );
        assert_eq!(check(&world, Some("direct://")), "passed; directly (desktop settings)");
        assert_eq!(check(&world, None), "passed; directly, without a proxy");

        world.simulator.forget();
        for list in ["fails", "gopher://x:1", "socks4://x:1 direct://"] {
            let said = check(&world, Some(list));
            assert!(said.starts_with("tenant proxy_setting; unknown: The network settings of the desktop"), "{said}");
        }
        assert_eq!(world.simulator.connections(), Vec::<String>::new());
    }
}
