//! Many checks in one run: bounded, cancellable, sharing only what may be shared; and the files made of them.

use std::sync::Arc;
use std::time::Duration;

use crate::support::checking::{asked_for, assert_secrets_stayed_home, request, settings, verdict};
use crate::support::simulator::{AppSecret, At, Canned, EnvironmentHandle, Simulator, Trouble};
use a365_password_tool::connection_check::many::{
    ManyProgress, NamedRequest, ProfileResult, check_many, report_csv, report_html,
};
use a365_password_tool::connection_check::{CheckReport, CheckRequest, Limits, Network};
use a365_password_tool::profile::SecretText;
use chrono::Utc;
use tokio::sync::Barrier;

fn named(name: impl Into<String>, request: CheckRequest) -> NamedRequest {
    NamedRequest { name: name.into(), request }
}

fn organizations(simulator: &Simulator, count: usize) -> Vec<EnvironmentHandle> {
    (0..count).map(|number| simulator.environment(&format!("org{number}.crm4.dynamics.com"))).collect()
}

async fn run(simulator: &Simulator, requests: Vec<NamedRequest>, side_by_side: usize) -> Vec<ProfileResult> {
    let mut settings = settings(simulator);
    settings.limits = Limits { stage: Duration::from_secs(2), ..settings.limits };
    let network = Network::new(&settings).expect("a network");
    let results = check_many(&network, requests.clone(), side_by_side, Utc::now(), &mut |_| {}).await;
    for (request, result) in requests.iter().zip(&results) {
        assert_secrets_stayed_home_for(request, &result.report);
    }
    results
}

/// The report shows no secret; what was sent is looked at by each test.
fn assert_secrets_stayed_home_for(request: &NamedRequest, report: &CheckReport) {
    let secret = request.request.client_secret.expose();
    let shown = format!("{report:?}{}", report.to_text());
    assert!(secret.len() < 6 || !shown.contains(secret));
}

fn tokens_asked(simulator: &Simulator) -> usize {
    asked_for(simulator).iter().filter(|path| path.ends_with("/token")).count()
}

#[tokio::test]
async fn one_bad_profile_stops_nobody_and_the_results_keep_their_order() {
    let simulator = Simulator::start().await;
    let all = organizations(&simulator, 6);
    all[1].trouble(At::Challenge, Trouble::Drop);
    all[2].trouble(At::WhoAmI, Trouble::Hang);
    all[3].app(|app| app.enabled = false);
    let mut requests: Vec<NamedRequest> = all.iter().map(|one| named(one.host.clone(), request(one))).collect();
    requests[4].request.environment_url = "not an address".to_owned();
    let results = run(&simulator, requests, 2).await;
    let verdicts: Vec<String> = results.iter().map(|result| verdict(&result.report)).collect();
    assert_eq!(
        verdicts,
        ["passed", "tenant dropped", "who_am_i timeout", "sign_in AADSTS7000112", "address url_invalid", "passed"]
    );
    assert!(results.iter().zip(&all).all(|(result, one)| result.name == one.host));
}

#[tokio::test]
async fn no_more_than_the_bound_run_at_a_time_and_so_many_do() {
    let simulator = Simulator::start().await;
    let all = organizations(&simulator, 9);
    // Three have to be there together, or nobody goes on; a fourth would let the next three in too early.
    let three = Arc::new(Barrier::new(3));
    for one in &all {
        one.trouble(At::Challenge, Trouble::Meet(Arc::clone(&three)));
    }
    let network = Network::new(&settings(&simulator)).expect("a network");
    let requests = all.iter().map(|one| named(one.host.clone(), request(one))).collect();
    let (mut running, mut most) = (std::collections::HashSet::new(), 0);
    let results = check_many(&network, requests, 3, Utc::now(), &mut |progress| match progress {
        ManyProgress::Profile(place, _) => {
            running.insert(place);
            most = most.max(running.len());
        }
        ManyProgress::Finished(place, report) => {
            assert!(report.passed);
            running.remove(&place);
        }
        ManyProgress::Offline(_) => panic!("the simulator is there"),
    })
    .await;
    assert_eq!((results.len(), most, running.len()), (9, 3, 0));
}

#[tokio::test]
async fn dropping_the_run_ends_every_check() {
    let simulator = Simulator::start().await;
    let all = organizations(&simulator, 4);
    for one in &all {
        one.trouble(At::Challenge, Trouble::Hang);
    }
    let network = Network::new(&settings(&simulator)).expect("a network");
    let requests = all.iter().map(|one| named(one.host.clone(), request(one))).collect();
    let running = tokio::spawn(async move { check_many(&network, requests, 4, Utc::now(), &mut |_| {}).await });
    simulator.a_request_hangs().await;
    running.abort();
    tokio::time::timeout(Duration::from_secs(5), simulator.no_request_is_open()).await.expect("all end promptly");
}

#[tokio::test]
async fn a_token_is_shared_by_the_same_client_and_secret_only() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    contoso.app(|app| app.secrets.push(AppSecret::ending_in(chrono::Duration::days(700))));
    let mut second = String::new();
    contoso.app(|app| second.clone_from(&app.secrets[1].value));
    let same = request(&contoso);
    let mut other = request(&contoso);
    other.client_secret = SecretText::new(second);
    let mut wrong = request(&contoso);
    wrong.client_secret = SecretText::from("not-the-secret");
    let requests = vec![named("A", same.clone()), named("B", same), named("C", other), named("D", wrong)];
    let results = run(&simulator, requests.clone(), 4).await;
    let verdicts: Vec<String> = results.iter().map(|result| verdict(&result.report)).collect();
    assert_eq!(verdicts, ["passed", "passed", "passed", "sign_in AADSTS7000215"]);
    assert_eq!(tokens_asked(&simulator), 3, "A and B share one");
    let sent: std::collections::HashSet<_> =
        simulator.requests().into_iter().filter_map(|sent| sent.secret_sha256).collect();
    assert_eq!(sent.len(), 3, "each secret was tried by itself");
}

#[tokio::test]
async fn a_run_on_a_computer_that_is_offline_ends_at_once_and_says_so_once() {
    let simulator = Simulator::start().await;
    let all = organizations(&simulator, 40);
    let mut settings = settings(&simulator);
    // The first two are found, so that only their sign-in fails: a computer that finds them is not offline.
    settings.resolve.retain(|(host, _)| [&all[0].host, &all[1].host].contains(&host));
    let requests: Vec<NamedRequest> = all.iter().map(|one| named(one.host.clone(), request(one))).collect();
    let network = Network::new(&settings).expect("a network");
    let (mut finished, mut offline) = (Vec::new(), Vec::new());
    let mut progress = |progress| match progress {
        ManyProgress::Finished(place, report) => finished.push((place, report.offline)),
        ManyProgress::Offline(diagnosis) => offline.push(diagnosis.what),
        ManyProgress::Profile(..) => {}
    };
    let results = check_many(&network, requests, 1, Utc::now(), &mut progress).await;
    assert_eq!(offline, ["This computer seems to be offline."]);
    assert_eq!(finished, [(0, false), (1, false)]);
    assert!(results.len() == 40 && results[2..].iter().all(|result| result.report.offline));
    let own: Vec<_> = results.iter().filter_map(|result| result.report.environment_url.clone()).collect();
    assert_eq!(own, all.iter().map(EnvironmentHandle::url).collect::<Vec<_>>());
    let csv = report_csv(&results);
    assert_eq!(csv.matches(",not_tested,").count(), 38, "{csv}");
    let page = report_html(&results, Utc::now());
    assert_eq!(page.matches("This computer seems to be offline.").count(), 1, "{page}");
}

#[tokio::test]
async fn tokens_do_not_outlive_the_run() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    for _ in 0..2 {
        run(&simulator, vec![named("A", request(&contoso))], 4).await;
    }
    assert_eq!(tokens_asked(&simulator), 2);
    let report = run(&simulator, vec![named("A", request(&contoso))], 4).await.remove(0).report;
    assert_secrets_stayed_home(&simulator, &request(&contoso), &report);
}

#[tokio::test]
async fn a_tenant_found_once_is_used_for_the_next_profile_of_the_host() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    contoso.app(|app| app.secrets.push(AppSecret::ending_in(chrono::Duration::days(700))));
    let mut second = String::new();
    contoso.app(|app| second.clone_from(&app.secrets[1].value));
    let mut other = request(&contoso);
    other.client_secret = SecretText::new(second);
    // The second check's two first requests wait for each other: it passes only when they go out together.
    let both = Arc::new(Barrier::new(2));
    contoso.trouble_times(At::Challenge, Trouble::Answer(challenge(&contoso)), 1);
    contoso.trouble(At::Challenge, Trouble::Meet(Arc::clone(&both)));
    contoso.trouble_times(At::Token, Trouble::Wait(Duration::ZERO), 1);
    contoso.trouble(At::Token, Trouble::Meet(both));
    let results = run(&simulator, vec![named("A", request(&contoso)), named("B", other)], 1).await;
    assert!(results.iter().all(|result| result.report.passed), "{:?}", results[1].report.code());
}

fn challenge(contoso: &EnvironmentHandle) -> Canned {
    let header = format!(
        "Bearer authorization_uri=https://login.microsoftonline.com/{}/oauth2/authorize, resource_id={}/",
        contoso.tenant,
        contoso.url()
    );
    Canned::status(401).header("WWW-Authenticate", &header)
}

/// Results with names and server texts that try to break out.
async fn hostile_results(simulator: &Simulator) -> (Vec<ProfileResult>, Vec<String>) {
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    let fabrikam = simulator.environment("fabrikam.crm4.dynamics.com");
    let text = "</td><script>alert(1)</script> \"quoted\", and a, comma";
    fabrikam.trouble(At::WhoAmI, Trouble::Answer(Canned::dataverse_error(403, "0x8badf00d", text)));
    let requests = vec![
        named("=HYPERLINK(\"https://evil.example\")", request(&contoso)),
        named("<img src=x onerror=alert(1)>\r\n@two", request(&fabrikam)),
    ];
    let secrets = vec![contoso.secret(), fabrikam.secret()];
    (run(simulator, requests, 2).await, secrets)
}

#[tokio::test]
async fn the_csv_file_is_safe_to_open_and_can_be_read_back() {
    let simulator = Simulator::start().await;
    let (results, secrets) = hostile_results(&simulator).await;
    let csv = report_csv(&results);
    assert!(secrets.iter().all(|secret| !csv.contains(secret)) && !csv.contains("eyJ"));
    let rows = read_csv(&csv);
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{rows:?}");
    assert_eq!(rows[0][0], "profile");
    assert_eq!(rows[1][..2], ["'=HYPERLINK(\"https://evil.example\")".to_owned(), "passed".to_owned()]);
    assert_eq!(rows[2][1..4], ["failed", "who_am_i", "0x8badf00d"].map(str::to_owned));
    assert!(rows[2][0].contains("\r\n'@two"), "also where a program cuts the cell: {:?}", rows[2][0]);
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
}

/// Reads RFC 4180 by the letter.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    let mut in_quotes = false;
    while let Some(character) = characters.next() {
        match (in_quotes, character) {
            (true, '"') if characters.peek() == Some(&'"') => cell.extend(characters.next()),
            (true, '"') => in_quotes = false,
            (true, other) => cell.push(other),
            (false, '"') => in_quotes = true,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {
                assert_eq!(characters.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (false, other) => cell.push(other),
        }
    }
    assert!(cell.is_empty() && row.is_empty(), "the last line ends as the others");
    rows
}

#[tokio::test]
async fn the_web_page_holds_no_script_and_loads_nothing() {
    let simulator = Simulator::start().await;
    let (results, secrets) = hostile_results(&simulator).await;
    let page = report_html(&results, Utc::now());
    assert!(secrets.iter().all(|secret| !page.contains(secret)) && !page.contains("eyJ"));
    for forbidden in ["<script", "<img", "<link", "<iframe", "src=\"", "javascript:", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "what the server said is shown as text");
    for expected in ["1 of 2 connections work", "0x8badf00d", "default-src 'none'", "@media print"] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(page.matches("<tr>").count(), 3);
}
