//! The test of the network in the settings.

use std::time::{Duration, Instant};

use a365_password_tool::app::{
    state::{AppState, Command, Input, Page, ProxySignIn, Screen},
    tasks::{Answer, NetworkRequest, Request, SettingsRequest, Tasks, Ticket},
};
use a365_password_tool::cloud::{Cloud, Overrides};
use a365_password_tool::connection_check::{
    Diagnosis, NetworkSettings, ProxyChoice,
    reachability::{self, CertificateTrust, HostReport, Purpose, StepReport, TestedHost},
};
use a365_password_tool::profile::{EnvironmentUrl, ProxyCredentials, ProxyName, SecretText};
use a365_password_tool::settings::ProxySetting;
use egui::accesskit::{Live, Role};
use egui::{Key, Theme, vec2};
use egui_kittest::kittest::{By, NodeT, Queryable};

use crate::harness::{Window, answer, fill, opened, press, requests, says, several, small, today, window};
use crate::support::checking;
use crate::support::simulator::Simulator;

const WAY: &str = "proxy http://proxy.contoso.com:8080 (environment variable)";

fn settings_page() -> AppState {
    let mut state = opened(several());
    state.handle(Command::Show(Page::Settings));
    state
}

/// Presses the button and says what was asked of the background.
fn begin(window: &mut Window) -> (Ticket, Vec<TestedHost>, NetworkSettings) {
    press(window, "Test the network");
    match requests(window).pop() {
        Some(Request::Network(NetworkRequest::TestHosts(ticket, hosts, settings))) => (ticket, hosts, *settings),
        _ => panic!("one test begins"),
    }
}

/// A host that can be reached.
fn reached(tested: &TestedHost) -> HostReport {
    let step = |step, elapsed| StepReport { step, elapsed: Duration::from_millis(elapsed) };
    HostReport {
        tested: tested.clone(),
        way: WAY.to_owned(),
        steps: vec![step("proxy_dns", 2), step("proxy_tcp", 11), step("proxy_connect", 24), step("tls", 31)],
        tls_version: Some("TLSv1_3".to_owned()),
        certificate: Some(("CN=Microsoft Azure RSA TLS Issuing CA 07".to_owned(), CertificateTrust::Public)),
        response: Some(Duration::from_millis(42)),
        status: Some(200),
        clock_ahead: Some(0),
        diagnosis: None,
    }
}

/// A host that the proxy refuses.
fn refused(tested: &TestedHost) -> HostReport {
    let host = &tested.host;
    let diagnosis = Diagnosis {
        code: "proxy_refused".to_owned(),
        what: format!("The proxy refused the connection to {host}."),
        why: "http://proxy.contoso.com:8080 answered 403 Blocked by policy (“Access denied - Contoso”). Microsoft was \
              not reached."
            .to_owned(),
        fix: vec![
            format!("Ask the network team to allow HTTPS (port 443) to {host} for this computer."),
            "Send this report with the request: it says what the proxy answered.".to_owned(),
        ],
        link: None,
    };
    let steps = reached(tested).steps.into_iter().take(3).collect();
    HostReport {
        steps,
        tls_version: None,
        certificate: None,
        response: None,
        status: None,
        clock_ahead: None,
        diagnosis: Some(diagnosis),
        ..reached(tested)
    }
}

/// A host behind a device that decrypts.
fn inspected(tested: &TestedHost) -> HostReport {
    let issuer = "CN=Contoso TLS Inspection CA, O=Contoso B.V., C=NL".to_owned();
    HostReport { certificate: Some((issuer, CertificateTrust::ThisComputer)), ..reached(tested) }
}

/// A test that ended with `report` of each host.
fn tested_by(state: AppState, report: fn(&TestedHost) -> HostReport) -> Window {
    let mut window = small(state);
    let (ticket, hosts, _) = begin(&mut window);
    for host in &hosts {
        answer(&mut window, Answer::HostTested(ticket, Box::new(report(host))));
    }
    answer(&mut window, Answer::HostsTested(ticket));
    window
}

fn top_of(window: &Window, label: &str) -> f32 {
    window.get_by(|node| node.label().is_some_and(|text| text.starts_with(label))).rect().top()
}

fn some_fail(tested: &TestedHost) -> HostReport {
    match tested.purpose {
        Purpose::Graph => refused(tested),
        Purpose::SignIn | Purpose::Environment => reached(tested),
    }
}

#[test]
fn the_hosts_of_all_clouds_are_tested_without_anybodys_secret() {
    let mut window = small(settings_page());
    let (ticket, hosts, settings) = begin(&mut window);
    assert_eq!(hosts, reachability::hosts(&Cloud::ALL, &[]));
    assert_eq!((settings.proxy, settings.proxy_credentials), (ProxyChoice::System, None));
    assert!(says(&window, "Testing… 0 of 7 hosts tested"));
    answer(&mut window, Answer::HostTested(ticket, Box::new(reached(&hosts[0]))));
    assert!(says(&window, "Testing… 1 of 7 hosts tested"));
    assert!(window.query_by_label("Test the network").is_none(), "one at a time");
}

#[test]
fn what_fails_is_on_top_and_each_cause_is_said_once() {
    let mut window = tested_by(settings_page(), some_fail);
    assert!(says(&window, "4 of 7 hosts cannot be reached"));
    let refusals = window.query_all_by_label_contains("The proxy refused the connection to").count();
    assert_eq!(refusals, 1, "four hosts, one cause");
    assert!(says(&window, "The same for graph.microsoft.us, dod-graph.microsoft.us, microsoftgraph.chinacloudapi.cn."));
    assert!(says(&window, "Ask the network team to allow HTTPS (port 443)"));
    assert!(says(&window, WAY), "which proxy, and why");
    let failed = top_of(&window, "microsoftgraph.chinacloudapi.cn: cannot be reached");
    assert!(failed < top_of(&window, "login.microsoftonline.com: can be reached"));

    assert!(!says(&window, "proxy's answer 24 ms"), "what works is short");
    press(&mut window, "Details of login.microsoftonline.com");
    assert!(says(&window, "proxy's DNS 2 ms, proxy's TCP 11 ms, proxy's answer 24 ms, TLS 31 ms, response 42 ms"));
    assert!(says(&window, "issued by CN=Microsoft Azure RSA TLS Issuing CA 07"));
    press(&mut window, "Details of login.microsoftonline.com");
    assert!(!says(&window, "proxy's answer 24 ms"));
}

#[test]
fn the_report_is_the_one_of_the_command_line() {
    let mut window = tested_by(settings_page(), some_fail);
    press(&mut window, "Copy report");
    let hosts = reachability::hosts(&Cloud::ALL, &[]);
    let reports: Vec<HostReport> = hosts.iter().map(some_fail).collect();
    assert_eq!(window.state().copied, [reachability::to_text(&reports, 7, today())]);
    assert!(says(&window, "Copied: report for the network team."));
}

#[test]
fn inspection_and_a_wrong_clock_are_said_once_with_what_to_do() {
    let slow = |tested: &TestedHost| HostReport { clock_ahead: Some(-600), ..inspected(tested) };
    let window = tested_by(settings_page(), slow);
    assert!(says(&window, "All 7 hosts can be reached, with warnings"));
    assert!(says(&window, "TLS inspection: a device of your network decrypts the traffic to all tested hosts"));
    assert!(says(&window, "“CN=Contoso TLS Inspection CA, O=Contoso B.V., C=NL”"));
    assert!(says(&window, "this computer's clock is 10 minutes behind the server's. Set the clock"));
    assert!(says(&window, "login.microsoftonline.com: can be reached, with a warning"));
}

#[test]
fn one_cloud_and_an_environment_can_be_chosen() {
    let mut window = small(settings_page());
    window.get_by_label("Hosts of").scroll_to_me();
    window.run();
    window.get_by_label("Hosts of").click();
    window.run();
    window.get_by_label("China (21Vianet)").click();
    window.run();
    fill(&mut window, "Environment URL", "contoso");
    assert!(window.get_by_label("Test the network").accesskit_node().is_disabled());
    fill(&mut window, "Environment URL", ".crm.dynamics.cn/main.aspx?x=1");
    let (_, hosts, _) = begin(&mut window);
    let contoso = EnvironmentUrl::parse("contoso.crm.dynamics.cn").expect("an environment");
    assert_eq!(hosts, reachability::hosts(&[Cloud::China], &[contoso]));
}

#[test]
fn the_proxy_is_tested_as_it_is_typed_and_what_is_not_saved_is_said() {
    let mut state = settings_page();
    state.settings.proxy = ProxySetting::Manual("http://".to_owned());
    let mut window = small(state);
    window.get_by_label("Proxy address").scroll_to_me();
    window.run();
    fill(&mut window, "Proxy address", "proxy.contoso.com:8080");
    let saved = requests(&mut window);
    assert!(matches!(saved.as_slice(), [Request::Settings(SettingsRequest::Save(..)), ..]));
    answer(&mut window, Answer::SettingsNotSaved("The disk is full.".to_owned()));
    let (ticket, hosts, settings) = begin(&mut window);
    assert_eq!(settings.proxy, ProxyChoice::Manual("http://proxy.contoso.com:8080".to_owned()));
    assert!(says(&window, "The settings shown here are tested, but they are not saved: The disk is full."));
    answer(&mut window, Answer::HostTested(ticket, Box::new(reached(&hosts[0]))));
    answer(&mut window, Answer::HostsTested(ticket));
    assert!(!says(&window, "have changed since this test"));
    let changed =
        a365_password_tool::settings::Settings { proxy: ProxySetting::None, ..window.state().state.settings.clone() };
    window.state_mut().state.handle(Command::ChangeSettings(Box::new(changed)));
    window.run();
    assert!(says(&window, "The settings or hosts have changed since this test. Test again."));
    assert!(!says(&window, "they are not saved"), "the next save may have worked");
}

#[test]
fn a_proxys_password_is_used_only_where_it_is_stored_and_wanted() {
    let password = SecretText::new(format!("made-{}", uuid::Uuid::new_v4()));
    let name = ProxyName::parse("proxy.contoso.com:8080").expect("a name");
    let stored = ProxyCredentials::new("ada", password.clone()).bound_to(name);
    let mut state = opened(several());
    state.receive(Answer::VaultOpened("v.a365vault".into(), several().into(), Some(stored.clone())));
    state.handle(Command::Show(Page::Settings));
    state.outbox.clear();
    let mut window = small(state);
    let (ticket, hosts, settings) = begin(&mut window);
    assert_eq!(settings.proxy_credentials, Some(stored));
    let mut asks = refused(&hosts[0]);
    if let Some(diagnosis) = &mut asks.diagnosis {
        diagnosis.code = "proxy_auth_required".to_owned();
    }
    answer(&mut window, Answer::HostTested(ticket, Box::new(asks)));
    answer(&mut window, Answer::HostsTested(ticket));
    assert!(says(&window, "Sign in to the proxy…"));
    press(&mut window, "Copy report");
    assert!(!window.state().copied[0].contains(password.expose()));

    window.get_by_label("Sign in to the proxy as ada if it requires it").scroll_to_me();
    window.run();
    window.get_by_label("Sign in to the proxy as ada if it requires it").click();
    window.run();
    assert_eq!(window.state().state.open_vault().expect("open").network_test.proxy_sign_in, ProxySignIn::Never);
    let (.., settings) = begin(&mut window);
    assert_eq!(settings.proxy_credentials, None);
}

#[test]
fn a_stopped_test_keeps_what_it_has_and_hears_no_more() {
    let mut window = small(settings_page());
    let (ticket, hosts, _) = begin(&mut window);
    answer(&mut window, Answer::HostTested(ticket, Box::new(refused(&hosts[0]))));
    window.key_press(Key::Escape);
    window.run();
    assert!(matches!(requests(&mut window).as_slice(), [Request::Network(NetworkRequest::Cancel(stopped))]
        if *stopped == ticket));
    answer(&mut window, Answer::HostTested(ticket, Box::new(reached(&hosts[1]))));
    answer(&mut window, Answer::HostsTested(ticket));
    assert!(says(&window, "Test stopped: 1 of 7 tested, 1 cannot be reached"));
    press(&mut window, "Copy report");
    assert!(window.state().copied[0].contains("The test was stopped: 6 hosts were not tested."));
    let (again, ..) = begin(&mut window);
    assert_ne!(again, ticket);
    press(&mut window, "Stop");
    assert!(says(&window, "Test stopped: no host tested"));
}

#[test]
fn a_test_that_cannot_begin_says_why() {
    let mut window = small(settings_page());
    let (ticket, ..) = begin(&mut window);
    answer(&mut window, Answer::CheckUnavailable(ticket, "The proxy address cannot be used.".to_owned()));
    assert!(says(&window, "The test could not start"));
    assert!(says(&window, "The proxy address cannot be used."));
    assert!(window.query_by_label("Copy report").is_none());
    begin(&mut window);
}

#[test]
fn locking_stops_the_test() {
    let mut window = small(settings_page());
    let (ticket, ..) = begin(&mut window);
    let now = window.state().state.seconds;
    window.state_mut().state.tick(today(), now + 601.0, Input::None);
    assert!(matches!(window.state().state.screen, Screen::Unlock(_)));
    assert!(matches!(window.state().state.outbox.as_slice(), [Request::Network(NetworkRequest::Cancel(stopped)), ..]
        if *stopped == ticket));
}

#[test]
fn its_end_is_said_wherever_the_keyboard_is() {
    let end = |report| {
        let window = tested_by(settings_page(), report);
        let heading = |text: &str| text.ends_with("can be reached") || text.ends_with("hosts cannot be reached");
        let said = By::new().role(Role::Heading).predicate(move |node| node.label().is_some_and(|text| heading(&text)));
        window.get(said).accesskit_node().live()
    };
    assert_eq!(end(reached), Live::Polite);
    assert_eq!(end(some_fail), Live::Assertive);
}

#[test]
fn it_begins_from_the_palette_too() {
    let mut window = small(opened(several()));
    window.state_mut().state.handle(Command::OpenPalette);
    window.run();
    fill(&mut window, "Find", "test network");
    window.key_press(Key::Enter);
    window.run();
    assert_eq!(window.state().state.open_vault().map(|vault| vault.page), Some(Page::Settings));
    assert!(says(&window, "Testing… 0 of 7 hosts tested"));
}

#[test]
fn nothing_is_cut_at_the_right_in_the_smallest_window() {
    let long = |tested: &TestedHost| {
        let mut report = refused(tested);
        report.way = format!("proxy http://{}.example:8080 (environment variable)", "a-long-name.".repeat(12));
        if let Some(diagnosis) = &mut report.diagnosis {
            diagnosis.what = format!("{} {}", tested.host, "is not reached ".repeat(30));
            diagnosis.code = format!("code_of_{}", tested.host);
        }
        report
    };
    let mut window = tested_by(settings_page(), long);
    press(&mut window, "Details of login.microsoftonline.com");
    let width = f64::from(window.ctx.content_rect().width());
    for node in window.query_all_by(|node| node.label().or(node.value()).is_some()) {
        let right = node.accesskit_node().raw_bounds().map_or(0.0, |bounds| bounds.x1);
        assert!(right <= width, "{:?} ends at {right} of {width}", node.accesskit_node().label());
    }
}

#[test]
fn pictures_of_the_network_test() {
    let mut results = egui_kittest::SnapshotResults::new();
    type Report = fn(&TestedHost) -> HostReport;
    let cases: [(&str, Report); 2] = [("network_test_failed", some_fail), ("network_test_inspected", inspected)];
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        for (name, report) in cases {
            let mut window = window(settings_page(), vec2(1024.0, 700.0), theme);
            let (ticket, hosts, _) = begin(&mut window);
            for host in &hosts {
                answer(&mut window, Answer::HostTested(ticket, Box::new(report(host))));
            }
            answer(&mut window, Answer::HostsTested(ticket));
            window.snapshot(format!("{name}_{word}"));
            results.extend_harness(&mut window);
        }
    }
}

/// The answers of a test that is begun under `ticket`, until it ends.
fn test_on_thread(
    tasks: &mut Tasks,
    ticket: Ticket,
    hosts: &[TestedHost],
    settings: &NetworkSettings,
) -> Vec<HostReport> {
    tasks.begin(Request::Network(NetworkRequest::TestHosts(ticket, hosts.to_vec(), Box::new(settings.clone()))));
    let (begun, mut reports) = (Instant::now(), Vec::new());
    loop {
        let left = Duration::from_secs(60).saturating_sub(begun.elapsed());
        match tasks.answer_within(left).expect("it ends") {
            Answer::HostTested(of, report) if of == ticket => reports.push(*report),
            Answer::HostsTested(of) if of == ticket => return reports,
            _ => {}
        }
    }
}

#[test]
fn the_networks_thread_tests_each_host_through_the_proxy_and_asks_anew_each_time() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let simulator = runtime.block_on(Simulator::start());
    let settings = NetworkSettings {
        proxy: ProxyChoice::Manual(simulator.proxy_url()),
        resolve: Vec::new(),
        ..checking::settings(&simulator)
    };
    let hosts = reachability::hosts(&[Cloud::Commercial], &[]);
    let mut tasks = Tasks::start(&egui::Context::default(), Overrides::none(), None);
    let ticket = |number| Ticket::new(number, a365_password_tool::app::tasks::Owner::NetworkTest);
    let first = test_on_thread(&mut tasks, ticket(1), &hosts, &settings);
    assert_eq!(first.iter().map(|report| report.tested.clone()).collect::<Vec<_>>(), hosts);
    for report in &first {
        assert!(report.is_reached(), "{report:?}");
        assert_eq!(report.way, format!("proxy {} (this program's settings)", simulator.proxy_url()));
    }
    simulator.block_at_proxy("graph.microsoft.com");
    let second = test_on_thread(&mut tasks, ticket(2), &hosts, &settings);
    let codes: Vec<Option<&str>> =
        second.iter().map(|report| report.diagnosis.as_ref().map(|diagnosis| diagnosis.code.as_str())).collect();
    assert_eq!(codes, [None, Some("proxy_refused")]);
    assert!(simulator.requests().iter().all(|sent| !sent.carries_secret && !sent.carries_token));
}
