//! What a proxy gets: its password only when it is the one that it is for, has asked for it and takes it; and what is
//! said of one that does not open the way.

use std::time::Duration;

use crate::support::checking::{request, run_by, settings, verdict};
use crate::support::recording_proxy::{RecordingProxy, Reply, has_credentials, wants};
use crate::support::simulator::{CertificateKind, EnvironmentHandle, Simulator, new_secret};
use a365_password_tool::connection_check::many::{ManyProgress, NamedRequest, check_many};
use a365_password_tool::connection_check::{CheckReport, Limits, Network, NetworkSettings, ProxyChoice};
use a365_password_tool::profile::{ProxyCredentials, ProxyName, SecretText};
use a365_password_tool::reminder::webhook::{ConfiguredWebhook, Post, Webhook};
use a365_password_tool::settings::WebhookForm;
use chrono::Utc;

const HOST: &str = "contoso.crm4.dynamics.com";

/// A way out through `address` with these credentials, and time enough that no limit of time decides anything.
fn through(simulator: &Simulator, address: String, credentials: Option<ProxyCredentials>) -> NetworkSettings {
    let long = Duration::from_secs(300);
    let limits = Limits { connect: long, stage: long, whole_check: long, ..settings(simulator).limits };
    NetworkSettings {
        proxy: ProxyChoice::Manual(address),
        proxy_credentials: credentials,
        resolve: Vec::new(),
        limits,
        ..settings(simulator)
    }
}

fn stored(password: &str, proxy: Option<ProxyName>) -> Option<ProxyCredentials> {
    let plain = ProxyCredentials::new("ada", SecretText::from(password));
    Some(ProxyCredentials { proxy, ..plain })
}

/// A simulator with one environment.
async fn world() -> (Simulator, EnvironmentHandle) {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    (simulator, contoso)
}

fn why(report: &CheckReport) -> &str {
    report.diagnosis.as_ref().map(|diagnosis| diagnosis.why.as_str()).unwrap_or_default()
}

#[tokio::test]
async fn a_proxy_that_does_not_ask_never_gets_the_password() {
    let (simulator, contoso) = world().await;
    let https = simulator.https_address();
    let proxy = RecordingProxy::start(move |_| Reply::Open(https)).await;
    let password = new_secret();
    for (user, credentials) in [
        (String::new(), stored(&password, Some(proxy.name()))),
        (String::new(), stored(&password, None)),
        (format!("ada:{password}@"), None),
    ] {
        let report = run_by(&simulator, &through(&simulator, proxy.url(&user), credentials), &request(&contoso)).await;
        assert_eq!(verdict(&report), "passed");
    }
    assert!(!proxy.heads().is_empty());
    assert_eq!(proxy.told(), 0, "{:?}", proxy.heads());
}

#[tokio::test]
async fn a_proxy_that_does_not_offer_basic_never_gets_the_password_and_its_offers_are_named() {
    let (simulator, contoso) = world().await;
    for (offers, named) in [
        (&["Negotiate"][..], "Negotiate"),
        (&["NTLM", "Negotiate"], "NTLM, Negotiate"),
        (&["Digest realm=\"Basic\", nonce=\"Basic x\", algorithm=SHA-512-256"], "Digest"),
        (&[], "no sign-in method"),
    ] {
        let proxy = RecordingProxy::start(move |_| wants(offers)).await;
        let password = new_secret();
        for (user, credentials) in
            [(String::new(), stored(&password, Some(proxy.name()))), (format!("ada:{password}@"), None)]
        {
            let report =
                run_by(&simulator, &through(&simulator, proxy.url(&user), credentials), &request(&contoso)).await;
            assert_eq!(verdict(&report), "tenant proxy_auth_required");
            // Without a ticket of the account's there is nothing else to give.
            let ways = if named.contains("Negotiate") { "tried to sign in with that account" } else { "Basic" };
            assert!(why(&report).contains(named) && why(&report).contains(ways), "{}", why(&report));
            let unused =
                why(&report).contains("The user name and password from") && why(&report).contains("were not sent");
            assert!(unused, "{}", why(&report));
            assert!(!format!("{report:?}").contains(&password));
        }
        assert_eq!(proxy.told(), 0, "{offers:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_asks_for_basic_gets_its_own_password_after_it_has_asked() {
    let (simulator, contoso) = world().await;
    let https = simulator.https_address();
    let basic =
        move |head: &str| if has_credentials(head) { Reply::Open(https) } else { wants(&["NTLM", "Basic realm=x"]) };
    for own in [true, false] {
        let proxy = RecordingProxy::start(basic).await;
        let (user, credentials) = if own {
            (String::new(), stored("a word", Some(proxy.name())))
        } else {
            ("ada:a%20word@".to_owned(), None)
        };
        let report = run_by(&simulator, &through(&simulator, proxy.url(&user), credentials), &request(&contoso)).await;
        assert_eq!(verdict(&report), "passed");
        let heads = proxy.heads();
        assert!(!has_credentials(&heads[0]), "the first question never carries them");
        // "ada:a word" in base64.
        let right = heads.iter().filter(|head| has_credentials(head));
        assert!(right.clone().count() > 0 && right.into_iter().all(|head| head.contains("Basic YWRhOmEgd29yZA==\r\n")));
    }
}

#[tokio::test]
async fn a_password_for_another_proxy_or_for_none_is_not_sent() {
    let (simulator, contoso) = world().await;
    let proxy = RecordingProxy::start(|_| wants(&["Basic realm=\"x\""])).await;
    let other_port = ProxyName::new(proxy.name().host(), proxy.name().port() ^ 1);
    let other_host = ProxyName::new("localhost", proxy.name().port());
    for (bound, words) in
        [(None, "without the proxy they belong to"), (other_port, "are for the proxy"), (other_host, "localhost")]
    {
        let credentials = stored(&new_secret(), bound);
        let report = run_by(&simulator, &through(&simulator, proxy.url(""), credentials), &request(&contoso)).await;
        assert_eq!(verdict(&report), "tenant proxy_auth_required");
        assert!(why(&report).contains(words), "{}", why(&report));
    }
    assert_eq!(proxy.told(), 0);
}

#[tokio::test]
async fn a_rejected_password_is_sent_once_and_said_to_be_rejected() {
    let (simulator, contoso) = world().await;
    let proxy = RecordingProxy::start(|_| wants(&["Basic realm=\"x\""])).await;
    let settings = through(&simulator, proxy.url(""), stored("wrong", Some(proxy.name())));
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant proxy_auth_required");
    assert!(why(&report).contains("rejected"), "{}", why(&report));
    assert_eq!(proxy.told(), 1);

    // Checks side by side are one run: wrong passwords in number lock accounts.
    let network = Network::new(&settings).expect("a network");
    let named = |number: u32| {
        let environment = simulator.environment(&format!("contoso{number}.crm4.dynamics.com"));
        NamedRequest { name: number.to_string(), request: request(&environment) }
    };
    let requests: Vec<NamedRequest> = (0..12).map(named).collect();
    let results = check_many(&network, requests, 6, Utc::now(), &mut |_: ManyProgress| {}).await;
    assert!(results.iter().all(|result| verdict(&result.report) == "tenant proxy_auth_required"));
    assert_eq!(proxy.told(), 2, "once more for the second run");
}

#[tokio::test]
async fn a_proxy_that_hangs_up_on_a_password_gets_it_once() {
    let (simulator, _) = world().await;
    let proxy = RecordingProxy::start(|head| match has_credentials(head) {
        true => Reply::Say(String::new()),
        false => wants(&["Basic realm=\"x\""]),
    })
    .await;
    let settings = through(&simulator, proxy.url(""), stored("a word", Some(proxy.name())));
    let network = Network::new(&settings).expect("a network");
    let named = |number: u32| {
        let environment = simulator.environment(&format!("contoso{number}.crm4.dynamics.com"));
        NamedRequest { name: number.to_string(), request: request(&environment) }
    };
    let results = check_many(&network, (0..12).map(named).collect(), 6, Utc::now(), &mut |_: ManyProgress| {}).await;
    assert!(results.iter().all(|result| !result.report.passed));
    assert_eq!(proxy.told(), 1, "{:?}", proxy.heads());
}

#[tokio::test]
async fn a_proxy_that_accepts_once_and_then_refuses_is_not_told_again() {
    let (simulator, contoso) = world().await;
    let https = simulator.https_address();
    let accepted = std::sync::atomic::AtomicBool::new(false);
    let proxy = RecordingProxy::start(move |head| {
        let first = has_credentials(head) && !accepted.swap(true, std::sync::atomic::Ordering::SeqCst);
        if first { Reply::Open(https) } else { wants(&["Basic realm=\"x\""]) }
    })
    .await;
    let settings = through(&simulator, proxy.url(""), stored("a word", Some(proxy.name())));
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "sign_in proxy_auth_required");
    assert!(why(&report).contains("rejected"), "{}", why(&report));
    assert_eq!(proxy.told(), 2, "{:?}", proxy.heads());
}

#[tokio::test]
async fn a_proxys_answer_without_an_end_is_left_early() {
    let (simulator, contoso) = world().await;
    for (first, again) in [
        ("HTTP/1.1 200 OK\r\n", "X-Line: and another\r\n"),
        ("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=", "endless"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let proxy = RecordingProxy::start(move |_| Reply::Flood(first, again)).await;
        let settings = through(&simulator, proxy.url(""), stored(&new_secret(), Some(proxy.name())));
        let report = run_by(&simulator, &settings, &request(&contoso)).await;
        assert_eq!(verdict(&report), "tenant proxy_refused");
        assert!(why(&report).contains("does not end"), "{}", why(&report));
        assert_eq!(proxy.told(), 0);
    }
}

#[tokio::test]
async fn a_proxy_that_says_much_and_then_opens_the_way_is_passed() {
    let (simulator, contoso) = world().await;
    let many: &'static str = Box::leak((0..200).map(|number| format!("X-{number}: {}\r\n", "a".repeat(100))).collect());
    for first in ["HTTP/1.1 201 Created\r\n\r\n".to_owned(), format!("HTTP/1.1 200 OK\r\n{many}\r\n")] {
        let proxy = RecordingProxy::start(move |_| Reply::Say(first.clone())).await;
        let report = run_by(&simulator, &through(&simulator, proxy.url(""), None), &request(&contoso)).await;
        // Behind the open way nobody is at home here.
        assert_eq!(verdict(&report), "tenant dropped");
    }
    let proxy = RecordingProxy::start(|_| Reply::Say("HTTP/1.1 200 OK\r\n\r\n<html>Sign in".to_owned())).await;
    let report = run_by(&simulator, &through(&simulator, proxy.url(""), None), &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant proxy_refused");
    assert!(why(&report).contains("its own page"), "{}", why(&report));
}

#[tokio::test]
async fn a_proxy_that_refuses_the_server_after_the_sign_in_is_heard() {
    let (simulator, contoso) = world().await;
    let proxy = RecordingProxy::start(|head| match has_credentials(head) {
        true => Reply::Say("HTTP/1.1 403 Not on the list\r\n\r\n".to_owned()),
        false => wants(&["Basic realm=\"x\""]),
    })
    .await;
    let settings = through(&simulator, proxy.url("ada:word@"), None);
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant proxy_refused");
    assert!(why(&report).contains("403 Not on the list"), "{}", why(&report));
}

#[tokio::test]
async fn faults_of_the_proxy_itself_are_not_blamed_on_the_server() {
    let (simulator, contoso) = world().await;
    let password = new_secret();
    let mut settings = through(&simulator, format!("http://ada:{password}@noproxy.corp.example:3128"), None);
    settings.resolve = vec![("unrelated.example".to_owned(), simulator.https_address())];
    let unknown = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&unknown), "tenant proxy_not_found");
    let shown = format!("{unknown:?}{}", unknown.to_text());
    assert!(shown.contains("noproxy.corp.example:3128") && !shown.contains(&password), "{shown}");
    assert!(!why(&unknown).contains("renamed"));

    // It speaks TLS, but its certificate is not for this address.
    let settings = through(&simulator, format!("https://{}", simulator.https_address()), None);
    let wrong = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&wrong), "tenant proxy_tls");
    let what = wrong.diagnosis.map(|diagnosis| diagnosis.what).unwrap_or_default();
    assert!(what.contains(&simulator.https_address().to_string()) && !what.contains(HOST), "{what}");
}

#[tokio::test]
async fn a_proxy_that_speaks_tls_is_asked_under_tls() {
    let (simulator, contoso) = world().await;
    let port = simulator.https_address().port();
    let mut settings = through(&simulator, format!("https://login.evil.example:{port}"), None);
    settings.resolve = vec![("login.evil.example".to_owned(), simulator.https_address())];
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant proxy_refused", "the simulator's server is no proxy");
    assert_eq!(simulator.connections(), ["login.evil.example"]);
}

#[tokio::test]
async fn a_proxy_whose_certificate_is_wrong_is_told_nothing() {
    let (simulator, contoso) = world().await;
    let (name, port) = ("login.evil.example", simulator.https_address().port());
    let password = new_secret();
    for (kind, words) in [
        (CertificateKind::UnknownAuthority, "CN=Unknown Test Authority"),
        (CertificateKind::WrongName, "portal.other.example"),
        (CertificateKind::Expired, "expired on 1 January 2021"),
    ] {
        simulator.set_certificate(name, kind);
        let mut settings = through(&simulator, format!("https://ada:{password}@{name}:{port}"), None);
        settings.resolve = vec![(name.to_owned(), simulator.https_address())];
        let report = run_by(&simulator, &settings, &request(&contoso)).await;
        assert_eq!(verdict(&report), "tenant proxy_tls", "{kind:?}");
        assert!(why(&report).contains(words), "{}", why(&report));
    }
    assert!(simulator.connections().is_empty() && simulator.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_obeys_the_same_rules() {
    let (simulator, _) = world().await;
    let https = simulator.https_address();
    let open = RecordingProxy::start(move |_| Reply::Open(https)).await;
    let closed = RecordingProxy::start(|_| wants(&["Negotiate"])).await;
    for (proxy, said) in [(&open, "404"), (&closed, "Negotiate")] {
        let network = through(&simulator, proxy.url("ada:hunter2@"), stored("hunter2", Some(proxy.name())));
        let webhook = ConfiguredWebhook {
            address: "https://login.evil.example/hook".parse().expect("an address"),
            form: WebhookForm::Json,
            network,
            now: Utc::now(),
        };
        let post = Post { title: "Test".to_owned(), text: String::new(), secrets: Vec::new() };
        let outcome = tokio::task::spawn_blocking(move || webhook.post(&post)).await.expect("it ends");
        let error = outcome.expect_err("nobody takes it");
        assert!(error.contains(said) && !error.contains("hunter2"), "{error}");
        assert!(!proxy.heads().is_empty());
        assert_eq!(proxy.told(), 0);
    }
}
