//! Connection checks on broken networks: names, certificates, proxies, silence, and being cancelled.

use std::time::Duration;

use crate::support::checking::{request, run, run_by, settings, verdict};
use crate::support::simulator::{At, CertificateKind, Simulator, Trouble};
use a365_password_tool::connection_check::{
    CheckReport, Limits, Network, NetworkError, NetworkSettings, ProxyChoice, check,
};
use a365_password_tool::profile::{LastCheck, ProxyCredentials, SecretText};
use chrono::Utc;

const HOST: &str = "contoso.crm4.dynamics.com";
const SIGN_IN: &str = "login.microsoftonline.com";

#[tokio::test]
async fn a_name_that_does_not_exist_is_told_apart() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    form.environment_url = "https://kontoso.crm4.dynamics.com".to_owned();
    let report = run(&simulator, &form).await;
    assert_eq!(verdict(&report), "tenant dns");
    assert!(!report.offline && LastCheck::of(&report, Utc::now()).is_some());
    assert!(simulator.connections().is_empty());
}

#[tokio::test]
async fn a_computer_that_finds_no_name_is_offline_and_its_connection_is_not_tested() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut settings = settings(&simulator);
    settings.resolve.retain(|(host, _)| host != HOST && host != SIGN_IN);
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant dns", "scripts go on reading the same code");
    assert!(report.offline && LastCheck::of(&report, Utc::now()).is_none());
    let diagnosis = report.diagnosis.as_ref().expect("a failed check");
    assert_eq!(diagnosis.what, "This computer seems to be offline.");
    assert!(diagnosis.why.contains(HOST) && diagnosis.why.contains(SIGN_IN), "{}", diagnosis.why);
    assert!(diagnosis.why.contains("only the proxy of this network"), "{}", diagnosis.why);
    assert!(!format!("{diagnosis:?}").contains("letter by letter"));
    assert!(report.to_text().contains("Result: not tested, because this computer seems to be offline"));
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_told_apart_before_anything_is_sent() {
    for (kind, code) in [
        (CertificateKind::Expired, "tls_expired"),
        (CertificateKind::NotYetValid, "tls_expired"),
        (CertificateKind::WrongName, "tls_wrong_host"),
        (CertificateKind::UnknownAuthority, "tls_untrusted"),
    ] {
        for (host, stage, sent) in [(HOST, "tenant", 0), (SIGN_IN, "sign_in", 1)] {
            let simulator = Simulator::start().await;
            let contoso = simulator.environment(HOST);
            simulator.set_certificate(host, kind);
            let report = run(&simulator, &request(&contoso)).await;
            assert_eq!(verdict(&report), format!("{stage} {code}"));
            assert_eq!(simulator.requests().len(), sent, "{kind:?} at {host}");
            let what = report.diagnosis.map(|diagnosis| diagnosis.what).unwrap_or_default();
            assert!(what.contains(host), "{what}");
        }
    }
}

#[tokio::test]
async fn the_report_names_who_issued_each_certificate_trusted_or_not() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let report = run(&simulator, &request(&contoso)).await;
    let hosts: Vec<&str> = report.certificates.iter().map(|(host, _)| host.as_str()).collect();
    assert_eq!((report.passed, hosts), (true, vec![HOST, SIGN_IN]));
    let trusted = report.certificates[0].1.clone();
    assert!(report.to_text().contains(&format!("Certificate of {HOST}: issued by {trusted}")));

    simulator.set_certificate(HOST, CertificateKind::UnknownAuthority);
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant tls_untrusted");
    let [(host, stranger)] = report.certificates.as_slice() else { panic!("one server was met") };
    assert_eq!(host, HOST);
    assert!(stranger.contains("CN=") && *stranger != trusted, "{stranger}");
}

#[tokio::test]
async fn a_dropped_connection_is_told_apart_from_silence() {
    for (at, stage) in [(At::Challenge, "tenant"), (At::Token, "sign_in"), (At::WhoAmI, "who_am_i")] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(at, Trouble::Drop);
        assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), format!("{stage} dropped"));

        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(at, Trouble::Hang);
        let mut settings = settings(&simulator);
        settings.limits = Limits { stage: Duration::from_secs(1), ..settings.limits };
        let report = run_by(&simulator, &settings, &request(&contoso)).await;
        assert_eq!(verdict(&report), format!("{stage} timeout"));
    }
}

#[tokio::test]
async fn a_closed_port_is_a_dropped_connection() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut settings = settings(&simulator);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let closed = closed.expect("a port that was free a moment ago");
    settings.resolve = vec![(HOST.to_owned(), closed)];
    assert_eq!(verdict(&run_by(&simulator, &settings, &request(&contoso)).await), "tenant dropped");
}

async fn through(simulator: &Simulator, proxy: &str) -> CheckReport {
    let contoso = simulator.environment(HOST);
    let settings =
        NetworkSettings { proxy: ProxyChoice::Manual(proxy.to_owned()), resolve: Vec::new(), ..settings(simulator) };
    run_by(simulator, &settings, &request(&contoso)).await
}

#[tokio::test]
async fn a_check_passes_through_a_proxy_and_says_so_without_its_password() {
    let simulator = Simulator::start().await;
    let address = simulator.locked_proxy_url().replace("http://", "http://user:hunter2@");
    let report = through(&simulator, &address).await;
    assert_eq!(verdict(&report), "passed");
    let text = report.to_text();
    assert!(text.contains(&simulator.locked_proxy_url()) && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told_apart() {
    let simulator = Simulator::start().await;
    let report = through(&simulator, &simulator.locked_proxy_url()).await;
    assert_eq!(verdict(&report), "tenant proxy_auth_required");
    assert!(simulator.connections().is_empty());
}

#[tokio::test]
async fn a_proxy_that_refuses_the_name_is_named_as_the_cause() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    form.environment_url = "https://kontoso.crm4.dynamics.com".to_owned();
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(simulator.proxy_url()),
        resolve: Vec::new(),
        ..settings(&simulator)
    };
    let report = run_by(&simulator, &settings, &form).await;
    assert_eq!(verdict(&report), "tenant proxy_refused");
    let why = report.diagnosis.map(|diagnosis| diagnosis.why).unwrap_or_default();
    assert!(why.contains("502 Bad Gateway") && why.contains("cannot resolve this name"), "{why}");
}

#[tokio::test]
async fn a_proxy_that_forbids_the_server_is_told_apart_at_each_server() {
    for (host, stage) in [(HOST, "tenant"), (SIGN_IN, "sign_in")] {
        let simulator = Simulator::start().await;
        simulator.block_at_proxy(host);
        let report = through(&simulator, &simulator.proxy_url()).await;
        assert_eq!(verdict(&report), format!("{stage} proxy_refused"));
        let diagnosis = report.diagnosis.expect("a diagnosis");
        assert!(diagnosis.what.contains(host), "{}", diagnosis.what);
        assert!(diagnosis.why.contains("403 Blocked by policy"), "{}", diagnosis.why);
        let secret_sent = simulator.requests().iter().any(|sent| sent.carries_secret);
        assert!(!secret_sent);
    }
}

async fn with_credentials(simulator: &Simulator, user: &str, password: &str) -> CheckReport {
    let contoso = simulator.environment(HOST);
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(simulator.locked_proxy_url()),
        proxy_credentials: Some(
            ProxyCredentials::new(user, SecretText::from(password)).bound_to(simulator.locked_proxy_name()),
        ),
        resolve: Vec::new(),
        ..settings(simulator)
    };
    run_by(simulator, &settings, &request(&contoso)).await
}

#[tokio::test]
async fn a_proxy_is_told_its_password_and_nobody_else_is() {
    let simulator = Simulator::start().await;
    let report = with_credentials(&simulator, "user", "hunter2").await;
    assert_eq!(verdict(&report), "passed");
    assert!(!format!("{report:?}{}", report.to_text()).contains("hunter2"));
    for sent in simulator.requests() {
        assert!(!sent.headers.iter().any(|name| name.starts_with("proxy-")), "{:?}", sent.headers);
    }
}

#[tokio::test]
async fn a_wrong_password_for_the_proxy_is_the_proxys_refusal() {
    let simulator = Simulator::start().await;
    let report = with_credentials(&simulator, "user", "wrong").await;
    assert_eq!(verdict(&report), "tenant proxy_auth_required");
    assert!(simulator.connections().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named_as_the_cause() {
    let simulator = Simulator::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let report = through(&simulator, &format!("http://{}", closed.expect("a free port"))).await;
    assert_eq!(verdict(&report), "tenant dropped");
    assert!(report.diagnosis.is_some_and(|diagnosis| diagnosis.why.contains("The proxy http://")));
}

#[tokio::test]
async fn an_old_protocol_is_enough() {
    for protocols in [&["http/1.1"][..], &[]] {
        let simulator = Simulator::start_speaking(protocols).await;
        let contoso = simulator.environment(HOST);
        assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), "passed");
        assert!(simulator.requests().iter().all(|sent| sent.http_version == "HTTP/1.1"));
        contoso.trouble(At::WhoAmI, Trouble::Drop);
        assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), "who_am_i dropped");
    }
}

#[tokio::test]
async fn a_proxy_that_never_answers_is_given_up_in_time() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = silent.local_addr().expect("its address");
    let mut settings = settings(&simulator);
    settings.proxy = ProxyChoice::Manual(address.to_string());
    settings.resolve = Vec::new();
    settings.limits = Limits { connect: Duration::from_millis(200), ..settings.limits };
    assert_eq!(verdict(&run_by(&simulator, &settings, &request(&contoso)).await), "tenant timeout");
}

#[tokio::test]
async fn dropping_the_check_closes_its_request_at_once() {
    let both: [&[&str]; 2] = [&["h2"], &["http/1.1"]];
    for (at, protocols) in [At::Challenge, At::Token, At::Privileges].into_iter().flat_map(|at| both.map(|it| (at, it)))
    {
        let simulator = Simulator::start_speaking(protocols).await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(at, Trouble::Hang);
        let network = Network::new(&settings(&simulator)).expect("a network");
        let form = request(&contoso);
        let running = tokio::spawn(async move { check(&network, &form, Utc::now(), &mut |_| {}).await });
        simulator.a_request_hangs().await;
        running.abort();
        tokio::time::timeout(Duration::from_secs(5), simulator.no_request_is_open()).await.expect("it closes promptly");
    }
}

#[test]
fn an_authority_that_is_no_certificate_is_refused() {
    for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let settings = NetworkSettings { extra_roots_pem: vec![pem.as_bytes().to_vec()], ..NetworkSettings::default() };
        let error = Network::new(&settings).err();
        assert!(matches!(error, Some(NetworkError::ExtraRoot(_) | NetworkError::Tls(_))), "{pem:?}: {error:?}");
    }
}
