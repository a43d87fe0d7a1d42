//! Checks that fail in a step of the connection: each with its name, how it ends, and its report.

use std::time::Duration;

use rcgen::ExtendedKeyUsagePurpose;

use a365_password_tool::connection_check::{CheckReport, Limits, NetworkSettings, ProxyChoice};

use super::checking::{request, run_with, settings};
use super::device::{Device, First, alert};
use super::recording_proxy::{RecordingProxy, Reply, wants};
use super::simulator::{Simulator, new_secret};
use super::socks_proxy::{Door, SocksProxy};

/// Name, expected end, and the report.
pub type StepCase = (&'static str, &'static str, CheckReport);

/// Runs all of them.
pub async fn step_cases() -> Vec<StepCase> {
    let mut cases = Vec::new();
    for (name, expect, first) in [
        ("tls-version", "tenant tls_version", alert(70)),
        ("tls-cipher", "tenant tls_cipher", alert(40)),
        ("tls-alert", "tenant tls_alert", alert(49)),
        ("tls-not-spoken", "tenant dropped", First::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())),
        ("tls-closed", "tenant dropped", First::Close),
        ("tls-silent", "tenant timeout", First::Hang),
    ] {
        cases.push((name, expect, at(name, &Device::start(first).await).await));
    }
    let host = |name: &str| format!("{name}.crm4.dynamics.com");
    let demanding = Device::demanding_a_certificate(&host("tls-client"), &rustls::version::TLS13).await;
    cases.push(("tls-client", "tenant tls_client_certificate", at("tls-client", &demanding).await));
    let spoilt = Device::with_certificate(&host("tls-rule"), |it| {
        it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    })
    .await;
    cases.push(("tls-rule", "tenant tls_untrusted", at("tls-rule", &spoilt).await));
    let cut = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 500\r\n\r\n{";
    let cutting = Device::answering(&host("cut-off"), cut).await;
    cases.push(("cut-off", "tenant dropped", at("cut-off", &cutting).await));

    let page = "<title>Contoso Web Gateway</title>";
    let say = |text: &str| Reply::Say(text.to_owned());
    type Answer = Box<dyn Fn(&str) -> Reply + Send + Sync>;
    let proxies: [(&str, &str, Answer); 12] = [
        ("proxy-silent", "tenant timeout", Box::new(|_| Reply::Hang)),
        ("proxy-closes", "tenant dropped", Box::new(move |_| say(""))),
        ("proxy-blocks", "tenant proxy_refused", Box::new(move |_| say("HTTP/1.1 403 Forbidden\r\n\r\n"))),
        ("proxy-unreachable", "tenant proxy_refused", Box::new(move |_| say("HTTP/1.1 503 Unavailable\r\n\r\n"))),
        ("proxy-trouble", "tenant proxy_refused", Box::new(move |_| say("HTTP/1.1 500 Trouble\r\n\r\n"))),
        ("proxy-not-http", "tenant proxy_refused", Box::new(move |_| say("SSH-2.0-OpenSSH\r\n"))),
        ("proxy-ticket", "tenant proxy_auth_required", Box::new(|_| wants(&["Negotiate"]))),
        (
            "proxy-portal",
            "tenant proxy_refused",
            Box::new(move |_| say("HTTP/1.1 302 Found\r\nLocation: https://portal.contoso.example/\r\n\r\n")),
        ),
        ("proxy-page", "tenant proxy_refused", Box::new(move |_| say(&format!("HTTP/1.1 200 OK\r\n\r\n{page}")))),
        ("proxy-negotiate", "tenant proxy_auth_required", Box::new(|_| wants(&["Negotiate", "NTLM"]))),
        ("proxy-sign-in", "tenant proxy_auth_required", Box::new(|_| wants(&["Digest realm=\"x\", nonce=\"y\""]))),
        ("proxy-rejects", "tenant proxy_auth_required", Box::new(|_| wants(&["Basic realm=\"x\""]))),
    ];
    for (name, expect, answer) in proxies {
        let proxy = RecordingProxy::start(answer).await;
        let user = if name == "proxy-rejects" { "ada:word@" } else { "" };
        cases.push((name, expect, through(name, proxy.url(user)).await));
    }
    let socks = SocksProxy::start(Door::Closed(2), ([127, 0, 0, 1], 9).into()).await;
    cases.push(("socks-blocks", "tenant proxy_refused", through("socks-blocks", socks.url("")).await));
    let locked = SocksProxy::start(Door::For("ada".to_owned(), new_secret()), ([127, 0, 0, 1], 9).into()).await;
    cases.push(("socks-sign-in", "tenant proxy_auth_required", through("socks-sign-in", locked.url("")).await));
    let plain = Device::start(First::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    for (name, expect, scheme) in
        [("proxy-not-tls", "tenant proxy_tls", "https"), ("proxy-not-socks", "tenant proxy_refused", "socks5h")]
    {
        cases.push((name, expect, through(name, format!("{scheme}://{}", plain.address)).await));
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).unwrap();
    cases.push(("proxy-down", "tenant dropped", through("proxy-down", format!("http://{gone}")).await));
    cases.push((
        "proxy-unknown",
        "tenant proxy_not_found",
        through("proxy-unknown", "http://noproxy.corp.example:3128".to_owned()).await,
    ));
    cases
}

/// Where nothing comes, it is soon clear; everywhere else a busy computer has all the time it needs.
fn limits(name: &str) -> Limits {
    let connect = if name.ends_with("-silent") { Duration::from_millis(500) } else { Duration::from_secs(60) };
    Limits { connect, ..Limits::default() }
}

/// A check of the environment with this name, whose address is the device's.
async fn at(name: &str, device: &Device) -> CheckReport {
    let simulator = Simulator::start().await;
    let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
    let mut settings = NetworkSettings {
        resolve: vec![(it.host.clone(), device.address)],
        limits: limits(name),
        ..settings(&simulator)
    };
    if !device.authority.is_empty() {
        settings.extra_roots_pem.push(device.authority.clone().into_bytes());
    }
    run_with(&settings, &request(&it)).await
}

/// A check through this proxy.
async fn through(name: &str, proxy: String) -> CheckReport {
    let simulator = Simulator::start().await;
    let it = simulator.environment(&format!("{name}.crm4.dynamics.com"));
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(proxy),
        resolve: vec![("unrelated.example".to_owned(), simulator.https_address())],
        limits: limits(name),
        ..settings(&simulator)
    };
    run_with(&settings, &request(&it)).await
}
