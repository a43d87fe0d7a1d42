//! A connection that fails says in which step, and what to do about that step.

use std::time::Duration;

use crate::support::checking::{request, run_by, run_with, said, settings, verdict};
use crate::support::device::{Device, First, alert};
use crate::support::recording_proxy::{RecordingProxy, Reply, has_credentials, wants};
use crate::support::simulator::{At, CertificateKind, Simulator, Trouble, new_secret};
use a365_password_tool::connection_check::{CheckReport, Limits, NetworkSettings, ProxyChoice};

const HOST: &str = "contoso.crm4.dynamics.com";
const SIGN_IN: &str = "login.microsoftonline.com";

/// Where nothing comes, it is soon clear; everywhere else a busy computer has all the time it needs.
fn patience(hangs: bool) -> Duration {
    if hangs { Duration::from_millis(500) } else { Duration::from_secs(60) }
}

/// A check whose environment is this device.
async fn at_device(device: &Device, hangs: bool) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut settings = settings(&simulator);
    settings.resolve = vec![(HOST.to_owned(), device.address)];
    settings.limits = Limits { connect: patience(hangs), ..settings.limits };
    if !device.authority.is_empty() {
        settings.extra_roots_pem.push(device.authority.clone().into_bytes());
    }
    run_by(&simulator, &settings, &request(&contoso)).await
}

#[tokio::test]
async fn what_a_device_does_during_tls_is_said() {
    for (first, code, words) in [
        (alert(70), "tls_version", "protocol_version"),
        (alert(40), "tls_cipher", "handshake_failure"),
        (alert(40), "tls_cipher", "EC key on P-256 or P-384"),
        (alert(71), "tls_cipher", "insufficient_security"),
        (alert(49), "tls_alert", "access_denied"),
        (alert(112), "tls_alert", "unrecogni"),
        (First::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), "dropped", "does not use TLS"),
        (First::Close, "dropped", "while it was being secured"),
        (First::Hang, "timeout", "secure connection in time"),
    ] {
        let device = Device::start(first.clone()).await;
        let report = at_device(&device, matches!(first, First::Hang)).await;
        assert_eq!(verdict(&report), format!("tenant {code}"), "{first:?}");
        assert!(said(&report).contains(words), "{first:?}: {}", said(&report));
    }
}

#[tokio::test]
async fn a_server_that_demands_a_client_certificate_is_told_apart() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let device = Device::demanding_a_certificate(HOST, version).await;
        let report = at_device(&device, false).await;
        assert_eq!(verdict(&report), "tenant tls_client_certificate", "{version:?}: {}", report.to_text());
    }
}

#[tokio::test]
async fn an_answer_that_ends_with_its_connection_is_read_without_the_goodbye_of_tls() {
    let page = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<title>Blocked by Contoso</title>";
    let report = at_device(&Device::answering(HOST, page).await, false).await;
    assert!(said(&report).contains("403") || verdict(&report).contains("html"), "{}", report.to_text());
    assert!(report.to_text().contains("Blocked by Contoso"), "{}", report.to_text());

    let cut = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\n<title>Blocked";
    let report = at_device(&Device::answering(HOST, cut).await, false).await;
    assert_eq!(verdict(&report), "tenant dropped");
    assert!(said(&report).contains("was cut off") && !said(&report).contains("docs.rs"), "{}", said(&report));
}

#[tokio::test]
async fn the_step_that_took_too_long_is_named() {
    const SENT: &str = "accepted the request and did not respond in time";
    for (at, trouble, words) in [
        (At::Challenge, Trouble::Hang, SENT),
        (At::Challenge, Trouble::HangInBody, "began and did not end"),
        (At::Token, Trouble::Hang, SENT),
        (At::Token, Trouble::HangInBody, "began and did not end"),
        // Beside it, the question about the organization has its answer.
        (At::Privileges, Trouble::Hang, SENT),
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(at, trouble);
        let mut settings = settings(&simulator);
        settings.limits = Limits { stage: Duration::from_secs(2), ..settings.limits };
        let report = run_by(&simulator, &settings, &request(&contoso)).await;
        assert!(verdict(&report).ends_with(" timeout"), "{at:?}: {}", verdict(&report));
        assert!(said(&report).contains(words), "{at:?}: {}", said(&report));
    }
}

/// A check through a proxy that does this.
async fn through(hangs: bool, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (CheckReport, RecordingProxy) {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let proxy = RecordingProxy::start(reply).await;
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(proxy.url("")),
        resolve: Vec::new(),
        limits: Limits { connect: patience(hangs), ..settings(&simulator).limits },
        ..settings(&simulator)
    };
    (run_by(&simulator, &settings, &request(&contoso)).await, proxy)
}

#[tokio::test]
async fn what_a_proxy_says_instead_of_opening_the_way_reaches_the_person() {
    let page = "<html><head><title>Contoso Web Gateway</title></head></html>";
    for (reply, words) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: https://portal.contoso.example/login?id=4711\r\n\r\n",
            &["portal.contoso.example", "302 Found", "sign-in page"][..],
        ),
        ("HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n", &["511", "sign-in page"]),
        (
            &format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{page}", page.len()),
            &["403 Forbidden", "Contoso Web Gateway", "rules"],
        ),
        ("HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n", &["431 Too Large", "too long"]),
        (&format!("HTTP/1.1 200 OK\r\n\r\n{page}"), &["its own page", "Contoso Web Gateway"]),
    ] {
        let reply = reply.to_owned();
        let (report, _proxy) = through(false, move |_| Reply::Say(reply.clone())).await;
        assert_eq!(verdict(&report), "tenant proxy_refused");
        for word in words {
            assert!(said(&report).contains(word), "{word}: {}", said(&report));
        }
        assert!(!report.to_text().contains("4711"), "an address may carry somebody's session");
    }
    let then = || Reply::SayThen("HTTP/1.1 200 OK\r\n\r\n".to_owned(), page.to_owned());
    let (report, _proxy) = through(false, move |_| then()).await;
    assert_eq!(verdict(&report), "tenant proxy_refused");
    assert!(said(&report).contains("Contoso Web Gateway"), "{}", said(&report));
}

#[tokio::test]
async fn a_silent_proxy_is_told_apart_from_a_silent_server() {
    let (report, proxy) = through(true, |_| Reply::Hang).await;
    assert_eq!(verdict(&report), "tenant timeout");
    assert!(said(&report).contains("The proxy did not connect") && said(&report).contains(&proxy.url("")));
    let (report, _proxy) = through(false, |_| Reply::Say(String::new())).await;
    assert_eq!(verdict(&report), "tenant dropped");
    assert!(said(&report).contains("The proxy closed the connection"), "{}", said(&report));
}

#[tokio::test]
async fn a_certificates_fault_is_said_with_its_issuer_and_its_dates() {
    for (kind, words) in [
        (CertificateKind::Expired, &["expired on 1 January 2021", "CN=Simulator Test Authority"][..]),
        (CertificateKind::NotYetValid, &["valid from 1 January 2090", "CN=Simulator Test Authority"]),
        (CertificateKind::WrongName, &["portal.other.example"]),
        (CertificateKind::UnknownAuthority, &["“CN=Unknown Test Authority” is not installed"]),
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        simulator.set_certificate(HOST, kind);
        let report = run_by(&simulator, &settings(&simulator), &request(&contoso)).await;
        for word in words {
            assert!(said(&report).contains(word), "{kind:?} {word}: {}", said(&report));
        }
    }
}

#[tokio::test]
async fn a_sign_in_host_that_is_not_found_is_not_called_deleted() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut settings = settings(&simulator);
    settings.resolve.retain(|(host, _)| host != SIGN_IN);
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "sign_in dns");
    assert!(said(&report).contains(SIGN_IN) && !said(&report).contains("deleted"), "{}", said(&report));
}

#[tokio::test]
async fn a_kept_connection_that_is_lost_is_opened_again_for_a_question_and_not_for_the_sign_in() {
    for protocols in [&["h2"][..], &["http/1.1"]] {
        let simulator = Simulator::start_speaking(protocols).await;
        let contoso = simulator.environment(HOST);
        contoso.trouble_times(At::WhoAmI, Trouble::Reset, 1);
        let report = run_by(&simulator, &settings(&simulator), &request(&contoso)).await;
        assert_eq!(verdict(&report), "passed", "{protocols:?}: {}", report.to_text());

        let simulator = Simulator::start_speaking(protocols).await;
        let contoso = simulator.environment(HOST);
        contoso.trouble_times(At::Token, Trouble::Reset, 1);
        let report = run_by(&simulator, &settings(&simulator), &request(&contoso)).await;
        assert_eq!(verdict(&report), "sign_in dropped");
        assert_eq!(simulator.requests().iter().filter(|sent| sent.carries_secret).count(), 1);
    }
}

#[tokio::test]
async fn a_proxy_that_asks_for_digest_gets_a_proof_and_never_the_password() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let https = simulator.https_address();
    let password = new_secret().replace(['.', '_', '~'], "x");
    let challenge = |nonce: &str, stale: bool| -> Reply {
        let digest = format!("Digest realm=\"proxy\", nonce=\"{nonce}\", qop=\"auth\", stale={stale}, opaque=\"o\"");
        wants(&[&digest, "Basic realm=\"proxy\""])
    };
    // The first nonce is good for two uses, and then too old.
    let proxy = RecordingProxy::start(move |head| {
        if !has_credentials(head) {
            challenge("first", false)
        } else if head.contains("nonce=\"second\"") || head.contains("nc=00000001") || head.contains("nc=00000002") {
            Reply::Open(https)
        } else {
            challenge("second", true)
        }
    })
    .await;
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(proxy.url(&format!("ada:{password}@"))),
        resolve: Vec::new(),
        ..settings(&simulator)
    };
    for _ in 0..3 {
        let report = run_with(&settings, &request(&contoso)).await;
        assert_eq!(verdict(&report), "passed", "{}", report.to_text());
    }
    let heads = proxy.heads();
    assert!(!has_credentials(&heads[0]));
    assert!(heads.iter().any(|head| head.contains("Digest username=\"ada\", realm=\"proxy\", nonce=\"first\"")));
    assert!(heads.iter().all(|head| !head.contains(&password) && !head.contains("Basic ")), "{heads:?}");

    let proxy = RecordingProxy::start(move |_| challenge("first", false)).await;
    let settings = NetworkSettings { proxy: ProxyChoice::Manual(proxy.url(&format!("ada:{password}@"))), ..settings };
    let report = run_with(&settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant proxy_auth_required");
    assert!(said(&report).contains("rejected") && said(&report).contains("“ada”"), "{}", said(&report));
    assert_eq!(proxy.told(), 1);
}
