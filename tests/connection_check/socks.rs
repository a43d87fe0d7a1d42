//! The way through a SOCKS proxy: names go to it, the password only where it is for it and asked for.

use crate::support::checking::{request, run_by, settings, verdict};
use crate::support::simulator::{Simulator, new_secret};
use crate::support::socks_proxy::{Door, SocksProxy};
use a365_password_tool::connection_check::many::{ManyProgress, NamedRequest, check_many};
use a365_password_tool::connection_check::{CheckReport, Network, NetworkSettings, ProxyChoice};
use a365_password_tool::profile::{ProxyCredentials, SecretText};
use chrono::Utc;

const HOST: &str = "contoso.crm4.dynamics.com";

fn through(simulator: &Simulator, address: String, credentials: Option<ProxyCredentials>) -> NetworkSettings {
    NetworkSettings {
        proxy: ProxyChoice::Manual(address),
        proxy_credentials: credentials,
        // A name that was looked up here would not be found.
        resolve: vec![("unrelated.example".to_owned(), simulator.https_address())],
        ..settings(simulator)
    }
}

fn why(report: &CheckReport) -> &str {
    report.diagnosis.as_ref().map(|diagnosis| diagnosis.why.as_str()).unwrap_or_default()
}

#[tokio::test]
async fn names_are_looked_up_by_the_proxy_and_it_gets_no_password_that_it_does_not_ask_for() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let proxy = SocksProxy::start(Door::Open, simulator.https_address()).await;
    for user in ["", "ada:hunter2@"] {
        let report = run_by(&simulator, &through(&simulator, proxy.url(user), None), &request(&contoso)).await;
        assert_eq!(verdict(&report), "passed");
        assert!(report.proxy.contains("socks5h://127.0.0.1") && !report.proxy.contains("hunter2"), "{}", report.proxy);
    }
    let said = proxy.said();
    assert!(said.iter().all(|one| one.who.is_none()), "{said:?}");
    assert!(said.iter().any(|one| one.host == HOST) && said.iter().any(|one| one.host == "login.microsoftonline.com"));
}

#[tokio::test]
async fn its_own_password_opens_it_and_another_proxys_is_not_sent() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let password = new_secret();
    let proxy = SocksProxy::start(Door::For("ada".to_owned(), password.clone()), simulator.https_address()).await;
    let stored = |to| ProxyCredentials::new("ada", SecretText::from(password.as_str())).bound_to(to);

    let report =
        run_by(&simulator, &through(&simulator, proxy.url(""), Some(stored(proxy.name()))), &request(&contoso)).await;
    assert_eq!(verdict(&report), "passed");
    assert!(proxy.said().iter().any(|one| one.who.is_some()));

    let before = proxy.said().len();
    for credentials in [None, Some(stored(simulator.locked_proxy_name()))] {
        let report = run_by(&simulator, &through(&simulator, proxy.url(""), credentials), &request(&contoso)).await;
        assert_eq!(verdict(&report), "tenant proxy_auth_required");
    }
    assert!(proxy.said()[before..].iter().all(|one| one.who.is_none()));
}

#[tokio::test]
async fn a_rejected_password_is_sent_once_in_a_whole_run() {
    let simulator = Simulator::start().await;
    let proxy = SocksProxy::start(Door::For("ada".to_owned(), new_secret()), simulator.https_address()).await;
    let network = Network::new(&through(&simulator, proxy.url("ada:wrong@"), None)).expect("a network");
    let named = |number: u32| {
        let environment = simulator.environment(&format!("contoso{number}.crm4.dynamics.com"));
        NamedRequest { name: number.to_string(), request: request(&environment) }
    };
    let results = check_many(&network, (0..12).map(named).collect(), 6, Utc::now(), &mut |_: ManyProgress| {}).await;
    for result in &results {
        assert_eq!(verdict(&result.report), "tenant proxy_auth_required");
        assert!(why(&result.report).contains("rejected"), "{}", why(&result.report));
    }
    assert_eq!(proxy.said().iter().filter(|one| one.who.is_some()).count(), 1);
}

#[tokio::test]
async fn its_refusals_are_said_in_its_own_words() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    for (reply, words) in [(2, "not allowed by ruleset"), (4, "host unreachable")] {
        let proxy = SocksProxy::start(Door::Closed(reply), simulator.https_address()).await;
        let report = run_by(&simulator, &through(&simulator, proxy.url(""), None), &request(&contoso)).await;
        assert_eq!(verdict(&report), "tenant proxy_refused");
        assert!(why(&report).contains(words), "{}", why(&report));
    }
}
