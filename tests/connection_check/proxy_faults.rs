//! What is said of a proxy that does not open the way: which proxy, where it is set, what is wrong with it, and nothing that
//! is true of another fault only.

use std::time::Duration;

use crate::support::checking::{assert_said, request, run_by, said, settings, verdict};
use crate::support::device::{Device, First, alert};
use crate::support::recording_proxy::{RecordingProxy, Reply, wants};
use crate::support::simulator::{Simulator, new_secret};
use crate::support::socks_proxy::{Door, SocksProxy};
use a365_password_tool::connection_check::{CheckReport, Limits, NetworkSettings, ProxyChoice};

const HOST: &str = "contoso.crm4.dynamics.com";
const SIGN_IN: &str = "login.microsoftonline.com";

/// Where nothing comes, it is soon clear; everywhere else a busy computer has all the time it needs.
fn patience(hangs: bool) -> Duration {
    if hangs { Duration::from_millis(500) } else { Duration::from_secs(60) }
}

/// A check through the proxy at this address.
async fn through(address: String, hangs: bool) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(address),
        resolve: vec![("unrelated.example".to_owned(), simulator.https_address())],
        limits: Limits { connect: patience(hangs), ..settings(&simulator).limits },
        ..settings(&simulator)
    };
    run_by(&simulator, &settings, &request(&contoso)).await
}

#[tokio::test]
async fn only_a_rule_is_called_a_rule() {
    const RULE: &[&str] = &["does not allow", "allow HTTPS (CONNECT"];
    for (status, words, not) in [
        (
            "403 Forbidden",
            &["does not allow", "its rules", "allow HTTPS (CONNECT", SIGN_IN][..],
            &["Environment URL"][..],
        ),
        ("502 Bad Gateway", &["could not connect to contoso", "Environment URL", "can resolve and reach"], RULE),
        ("503 Service Unavailable", &["could not connect to contoso", "overloaded"], RULE),
        ("504 Gateway Timeout", &["could not connect to contoso"], RULE),
        ("429 Too Many Requests", &["did not open a connection", "Wait a minute"], RULE),
        ("500 Internal Server Error", &["did not open a connection", "Wait a minute"], RULE),
        ("404 Not Found", &["did not open a connection", "what answers is no proxy"], RULE),
    ] {
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        let proxy = RecordingProxy::start(move |_| Reply::Say(answer.clone())).await;
        let report = through(proxy.url(""), false).await;
        assert_eq!(verdict(&report), "tenant proxy_refused", "{status}");
        let introduced =
            format!("The proxy {} (set in this program's settings) responded with “{status}”", proxy.url(""));
        assert_said(&report, words, not);
        assert_said(&report, &[&introduced], &[]);
    }
}

#[tokio::test]
async fn a_refused_fixed_host_is_named_once_and_nobody_looks_for_typing_errors_in_it() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let https = simulator.https_address();
    for (status, words) in [("403 Forbidden", "does not allow"), ("503 Unavailable", "could not connect to login")] {
        let proxy = RecordingProxy::start(move |head| match head.contains(SIGN_IN) {
            true => Reply::Say(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")),
            false => Reply::Open(https),
        })
        .await;
        let settings = NetworkSettings { proxy: ProxyChoice::Manual(proxy.url("")), ..settings(&simulator) };
        let report = run_by(&simulator, &settings, &request(&contoso)).await;
        assert_eq!(verdict(&report), "sign_in proxy_refused");
        assert_said(&report, &[words], &["Environment URL", "login.microsoftonline.com and login"]);
    }
}

#[tokio::test]
async fn what_is_no_http_proxy_is_called_so() {
    for greeting in ["SSH-2.0-OpenSSH_9.7\r\n", "220 mail.contoso.example ESMTP\r\n", "\u{5}\u{ff}"] {
        let proxy = RecordingProxy::start(move |_| Reply::Say(greeting.to_owned())).await;
        let report = through(proxy.url(""), false).await;
        assert_eq!(verdict(&report), "tenant proxy_refused");
        let what = format!("What answers at {} is not an HTTP proxy", proxy.url(""));
        assert_said(&report, &[&what, "this program's settings", "socks5h://"], &["does not allow"]);
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_reached_is_named_with_the_place_where_it_is_set() {
    let place = "set in this program's settings";
    let advice = "Correct it in the settings, or choose the system proxy";
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let silent = RecordingProxy::start(|_| Reply::Hang).await;
    let closing = RecordingProxy::start(|_| Reply::Say(String::new())).await;
    let hanging = Device::start(First::Hang).await;
    for (address, hangs, code) in [
        (format!("http://{closed}"), false, "dropped"),
        (silent.url(""), true, "timeout"),
        (closing.url(""), false, "dropped"),
        (format!("https://{}", hanging.address), true, "timeout"),
        ("http://noproxy.corp.example:3128".to_owned(), false, "proxy_not_found"),
    ] {
        let report = through(address.clone(), hangs).await;
        assert_eq!(verdict(&report), format!("tenant {code}"), "{address}");
        assert_said(&report, &[&address, place], &[": It was", ".."]);
        if address != silent.url("") {
            assert_said(&report, &[advice], &[]);
        }
    }
}

#[tokio::test]
async fn a_proxy_whose_address_promises_tls_and_that_speaks_none_is_told_apart_from_a_bad_certificate() {
    for (first, words, not) in [
        (
            First::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
            &["does not speak TLS", "Write http:// in place of https://", "this program's settings"][..],
            &["ertificate", "InvalidContentType"][..],
        ),
        (alert(40), &["No secure connection to the proxy", "this program's settings"], &["ertificate"]),
        (First::Close, &["No secure connection to the proxy", "this program's settings"], &["ertificate"]),
    ] {
        let device = Device::start(first).await;
        let report = through(format!("https://{}", device.address), false).await;
        assert_eq!(verdict(&report), "tenant proxy_tls");
        assert_said(&report, words, not);
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_described_without_the_librarys_words() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let device = Device::start(First::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    let settings = NetworkSettings { resolve: vec![(HOST.to_owned(), device.address)], ..settings(&simulator) };
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_said(&report, &["does not use TLS"], &["InvalidContentType"]);
}

#[tokio::test]
async fn socks_is_described_in_its_own_words() {
    const HTTP: &[&str] = &["with 407", "CONNECT", "Basic", "HTTPS ("];
    let simulator = Simulator::start().await;
    let nowhere = simulator.https_address();
    let locked = SocksProxy::start(Door::For("ada".to_owned(), new_secret()), nowhere).await;
    let ruled = SocksProxy::start(Door::Closed(2), nowhere).await;
    let unreachable = SocksProxy::start(Door::Closed(4), nowhere).await;
    let trouble = SocksProxy::start(Door::Closed(7), nowhere).await;
    let http = Device::start(First::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    let patient_http = RecordingProxy::start(|_| Reply::Hang).await;
    for (address, hangs, code, words) in [
        (
            locked.url(""),
            false,
            "proxy_auth_required",
            &["accepts no connection without a sign-in", "vault proxy --user"][..],
        ),
        (locked.url("ada:wrong@"), false, "proxy_auth_required", &["rejected the user name and password of “ada”"]),
        (ruled.url(""), false, "proxy_refused", &["does not allow", "allow port 443 through the SOCKS proxy"]),
        (unreachable.url(""), false, "proxy_refused", &["could not connect to contoso", "host unreachable"]),
        (trouble.url(""), false, "proxy_refused", &["did not open a connection", "command not supported"]),
        (
            format!("socks5h://{}", http.address),
            false,
            "proxy_refused",
            &["is not a SOCKS 5 proxy", "begin with http://"],
        ),
        (
            patient_http.url("").replace("http", "socks5h"),
            true,
            "timeout",
            &["begin with http:// in place of socks5h://", "SOCKS proxy did not connect"],
        ),
    ] {
        let report = through(address, hangs).await;
        assert_eq!(verdict(&report), format!("tenant {code}"), "{}", said(&report));
        assert_said(&report, words, HTTP);
        assert_said(&report, &["set in this program's settings"], &[]);
    }
}

#[tokio::test]
async fn kerberos_by_an_address_in_place_of_a_name_is_said_to_need_the_name() {
    let proxy = RecordingProxy::start(|_| wants(&["Negotiate"])).await;
    let report = through(proxy.url(""), false).await;
    assert_eq!(verdict(&report), "tenant proxy_auth_required");
    assert_said(&report, &["Kerberos needs the proxy's host name", "Set the proxy by its host name"], &[]);
    let ntlm = RecordingProxy::start(|_| wants(&["NTLM"])).await;
    assert_said(&through(ntlm.url(""), false).await, &["tried to sign in"], &["host name"]);
}

#[tokio::test]
async fn it_is_said_how_a_command_gets_the_vaults_password() {
    let proxy = RecordingProxy::start(|_| wants(&["Basic realm=\"x\""])).await;
    assert_said(&through(proxy.url(""), false).await, &["was given no user name", "--proxy-sign-in"], &[]);
}
