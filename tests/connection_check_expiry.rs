//! The last stage of a connection check: when the secret lapses, typed or read from Microsoft Graph.

mod support;

use a365_password_tool::connection_check::{CheckReport, ReadExpiry};
use chrono::{Duration, NaiveDate, Utc};
use support::checking::{request, run, verdict, warning_codes};
use support::simulator::{AppSecret, At, Canned, EnvironmentHandle, Simulator, Trouble};

const HOST: &str = "contoso.crm4.dynamics.com";

fn in_days(days: i64) -> NaiveDate {
    Utc::now().date_naive() + Duration::days(days)
}

async fn with_date(typed: Option<NaiveDate>) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    form.secret_expires = typed;
    let report = run(&simulator, &form).await;
    assert!(!simulator.connections().iter().any(|host| host.contains("graph")), "Graph is not asked unless wanted");
    report
}

async fn from_graph(typed: Option<NaiveDate>, prepare: impl FnOnce(&EnvironmentHandle)) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.app(|app| app.may_read_applications = true);
    prepare(&contoso);
    let mut form = request(&contoso);
    form.secret_expires = typed;
    form.read_expiry = ReadExpiry::FromGraph;
    run(&simulator, &form).await
}

#[tokio::test]
async fn a_typed_date_is_judged_at_the_time_of_the_check() {
    for (typed, codes) in [
        (None, vec!["expiry_unknown"]),
        (Some(in_days(61)), vec![]),
        (Some(in_days(60)), vec!["secret_expires_soon"]),
        (Some(in_days(-1)), vec!["secret_expires_soon"]),
    ] {
        let report = with_date(typed).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", codes), "{typed:?}");
        assert_eq!(report.secret_expires, typed);
    }
}

#[tokio::test]
async fn the_date_is_read_from_graph_by_the_secrets_hint() {
    let report = from_graph(None, |contoso| {
        contoso.app(|app| app.secrets[0].ends = Utc::now() + Duration::days(40));
    })
    .await;
    assert_eq!(report.secret_expires, Some(in_days(40)));
    assert_eq!(warning_codes(&report), ["secret_expires_soon"]);
}

#[tokio::test]
async fn graphs_date_corrects_a_typed_one() {
    let report = from_graph(Some(in_days(5)), |_| {}).await;
    assert_eq!(report.secret_expires, Some(in_days(730)));
    assert_eq!(warning_codes(&report), ["expiry_differs"]);
    let text = &report.warnings[0].text;
    assert!(text.contains(&in_days(730).to_string()) && text.contains(&in_days(5).to_string()), "{text}");
    let late = from_graph(Some(in_days(900)), |contoso| {
        contoso.app(|app| app.secrets[0].ends = Utc::now() + Duration::days(20));
    })
    .await;
    assert_eq!(warning_codes(&late), ["secret_expires_soon", "expiry_differs"]);
}

#[tokio::test]
async fn a_day_more_or_less_is_the_same_date_in_another_time_zone() {
    for typed in [729, 730, 731] {
        let report = from_graph(Some(in_days(typed)), |_| {}).await;
        assert_eq!((report.secret_expires, warning_codes(&report)), (Some(in_days(730)), vec![]), "{typed}");
    }
}

#[tokio::test]
async fn two_secrets_with_one_hint_leave_the_typed_date() {
    let twin = |contoso: &EnvironmentHandle| {
        contoso.app(|app| {
            let mut twin = AppSecret::ending_in(Duration::days(10));
            twin.value.replace_range(..3, &app.secrets[0].value[..3]);
            app.secrets.push(twin);
        });
    };
    let report = from_graph(Some(in_days(300)), twin).await;
    assert_eq!((report.secret_expires, warning_codes(&report)), (Some(in_days(300)), vec![]));
    let report = from_graph(None, twin).await;
    assert_eq!((report.secret_expires, warning_codes(&report)), (None, vec!["expiry_unknown"]));
}

#[tokio::test]
async fn without_the_permission_there_is_one_quiet_detail() {
    let report = from_graph(Some(in_days(300)), |contoso| {
        contoso.app(|app| app.may_read_applications = false);
    })
    .await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec![]));
    assert_eq!(report.secret_expires, Some(in_days(300)));
    let details: Vec<&str> = report.stages[5].details.iter().map(|detail| detail.value.as_str()).collect();
    assert_eq!(details.len(), 1);
    for part in ["Application.Read.All", "API permissions", "Grant admin consent"] {
        assert!(details[0].contains(part), "{details:?}");
    }
    assert!(!details[0].contains("ReadWrite"), "no more than is needed");
}

#[tokio::test]
async fn nothing_that_graph_does_fails_the_check() {
    for trouble in [
        Trouble::Drop,
        Trouble::Answer(Canned::html(200, "x")),
        Trouble::Answer(Canned::redirect("https://login.evil.example/")),
        Trouble::Answer(Canned::status(500)),
        Trouble::Answer(Canned::status(200).body(vec![b'['; 100_000])),
    ] {
        let shown = format!("{trouble:?}").chars().take(80).collect::<String>();
        let report = from_graph(None, |contoso| contoso.trouble(At::Graph, trouble)).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["expiry_unknown"]), "{shown}");
    }
}
