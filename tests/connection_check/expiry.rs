//! The last stage of a connection check: when the secret expires, typed or read from Microsoft Graph.

use crate::support::checking::{asked_for, request, run, verdict, warning_codes};
use crate::support::simulator::{AppSecret, At, Canned, EnvironmentHandle, Simulator, Trouble};
use a365_password_tool::connection_check::many::{ProfileResult, report_csv, report_html};
use a365_password_tool::connection_check::{CheckReport, ReadExpiry};
use chrono::{Duration, NaiveDate, Utc};

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
    let [read, typed] = [730, 5].map(|days| in_days(days).format("%-d %b %Y").to_string());
    assert!(text.contains(&read) && text.contains(&typed), "{text}");
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

/// Graph's error shape.
fn graph_error(status: u16, code: &str, message: &str) -> Canned {
    Canned::json(status, &serde_json::json!({"error": {"code": code, "message": message, "innerError": {}}}))
}

#[tokio::test]
async fn every_reason_why_a_date_is_not_read_is_said() {
    let denied = "Insufficient privileges to complete the operation.";
    let permission = "permission Application.Read.All";
    let refused = |code, message| Canned::entra_error(400, "invalid_grant", code, message);
    let cases: Vec<(&str, At, Trouble, &str, &str)> = vec![
        (
            "denied",
            At::Graph,
            Trouble::Answer(graph_error(403, "Authorization_RequestDenied", denied)),
            "graph_permission_missing",
            permission,
        ),
        ("403 without a body", At::Graph, Trouble::Answer(Canned::status(403)), "graph_permission_missing", permission),
        (
            "403 for another reason",
            At::Graph,
            Trouble::Answer(graph_error(403, "AccessBlockedByPolicy", "Blocked by a policy")),
            "graph_refused",
            "status 403 (AccessBlockedByPolicy): Blocked by a policy.",
        ),
        (
            "401",
            At::Graph,
            Trouble::Answer(graph_error(401, "InvalidAuthenticationToken", "Lifetime is over.")),
            "graph_refused",
            "status 401 (InvalidAuthenticationToken): Lifetime is over.",
        ),
        (
            "no such app",
            At::Graph,
            Trouble::Answer(graph_error(404, "Request_ResourceNotFound", "Resource does not exist.")),
            "graph_app_not_found",
            "registered in another tenant",
        ),
        (
            "throttled",
            At::Graph,
            Trouble::Answer(graph_error(429, "TooManyRequests", "Slow").header("Retry-After", "300")),
            "graph_throttled",
            "is throttling requests",
        ),
        ("500", At::Graph, Trouble::Answer(Canned::status(500)), "graph_refused", "status 500 and no reason"),
        ("a web page", At::Graph, Trouble::Answer(Canned::html(200, "x")), "graph_bad_answer", "cannot be read"),
        ("a redirect", At::Graph, Trouble::Answer(Canned::redirect("https://login.evil.example/")), "graph_", "."),
        ("dropped", At::Graph, Trouble::Drop, "graph_not_reached", "graph.microsoft.com"),
        (
            "no secrets",
            At::Graph,
            Trouble::Answer(Canned::json(200, &serde_json::json!({"passwordCredentials": []}))),
            "hint_not_found",
            "neither on the app registration nor on the enterprise application",
        ),
        (
            "nothing in it",
            At::Graph,
            Trouble::Answer(Canned::json(200, &serde_json::json!({}))),
            "hint_not_found",
            "None of",
        ),
        (
            "no token",
            At::GraphToken,
            Trouble::Answer(refused(65001, "Not consented.")),
            "graph_no_token",
            "AADSTS65001",
        ),
        (
            "no token for a policy",
            At::GraphToken,
            Trouble::Answer(refused(53003, "Blocked.")),
            "graph_no_token",
            "Conditional Access",
        ),
        (
            "an unknown code",
            At::GraphToken,
            Trouble::Answer(refused(4242, "Something.")),
            "graph_no_token",
            "Something.",
        ),
        ("no way to the token", At::GraphToken, Trouble::Drop, "graph_no_token", "dropped"),
    ];
    for (name, at, trouble, code, part) in cases {
        let report = from_graph(None, |contoso| contoso.trouble(at, trouble)).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["expiry_unknown"]), "{name}");
        let reason = report.expiry_not_read.clone().unwrap_or_else(|| panic!("{name}: a reason"));
        assert!(reason.code.starts_with(code) && reason.text.contains(part), "{name}: {reason:?}");
        // Where people read it: the warning, the copied report, and both files.
        assert!(report.warnings[0].text.contains(&reason.text), "{name}: {}", report.warnings[0].text);
        let text = report.to_text();
        assert!(text.contains(&format!("Not read from Microsoft Graph ({}): {}", reason.code, reason.text)), "{text}");
        let results = [ProfileResult { name: name.to_owned(), report }];
        for file in [report_csv(&results), report_html(&results, Utc::now())] {
            assert!(file.contains(part.trim_end_matches('.')), "{name}: {file}");
        }
    }
}

#[tokio::test]
async fn a_reason_is_not_given_where_nothing_was_asked_or_all_was_answered() {
    assert_eq!(with_date(None).await.expiry_not_read, None);
    assert_eq!(from_graph(None, |_| {}).await.expiry_not_read, None);
}

#[tokio::test]
async fn a_secret_on_the_service_principal_is_found_and_named() {
    let moved = |contoso: &EnvironmentHandle| {
        contoso.app(|app| {
            app.secrets[0].ends = Utc::now() + Duration::days(90);
            let other = AppSecret::ending_in(Duration::days(300));
            app.service_principal_secrets = std::mem::replace(&mut app.secrets, vec![other]);
        });
    };
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.app(|app| app.may_read_applications = true);
    let mut form = request(&contoso);
    moved(&contoso);
    form.secret_expires = None;
    form.read_expiry = ReadExpiry::FromGraph;
    let report = run(&simulator, &form).await;
    assert_eq!((report.secret_expires, report.expiry_not_read.clone()), (Some(in_days(90)), None));
    assert_eq!(warning_codes(&report), ["secret_on_service_principal"]);
    let text = &report.warnings[0].text;
    for part in ["enterprise application (service principal)", "not to the app registration", "Certificates & secrets"]
    {
        assert!(text.contains(part), "{text}");
    }
    // The registration is of another tenant: the first question finds nothing.
    let gone = graph_error(404, "Request_ResourceNotFound", "Resource does not exist.");
    contoso.trouble_times(At::Graph, Trouble::Answer(gone), 1);
    let report = run(&simulator, &form).await;
    assert_eq!(
        (report.secret_expires, warning_codes(&report)),
        (Some(in_days(90)), vec!["secret_on_service_principal"])
    );
}

/// Where the secrets stand: of the registration and of the service principal, each as the days that are left of it. `OWN` is the
/// one that signs in.
struct Standing {
    registration: &'static [i64],
    service_principal: &'static [i64],
    own: Place,
    /// The date that is found, in days.
    expires: i64,
    warnings: &'static [&'static str],
}

/// Which of the secrets signs in.
#[derive(Clone, Copy, Debug)]
enum Place {
    Registration(usize),
    ServicePrincipal(usize),
}

#[tokio::test]
async fn the_date_of_the_secret_that_signs_in_is_found_wherever_it_stands() {
    use Place::{Registration as R, ServicePrincipal as P};
    const MOVED: &str = "secret_on_service_principal";
    const SOON: &str = "secret_expires_soon";
    let standing = |registration, service_principal, own, expires, warnings| Standing {
        registration,
        service_principal,
        own,
        expires,
        warnings,
    };
    for it in [
        standing(&[], &[90], P(0), 90, &[MOVED][..]),
        standing(&[300], &[90], P(0), 90, &[MOVED]),
        standing(&[-20], &[90], P(0), 90, &[MOVED]),
        standing(&[300, 400, 500], &[90], P(0), 90, &[MOVED]),
        standing(&[300], &[700, 90], P(1), 90, &[MOVED]),
        standing(&[300], &[-5, 90, 700], P(1), 90, &[MOVED]),
        standing(&[300], &[9], P(0), 9, &[MOVED, SOON]),
        standing(&[9], &[200], P(0), 200, &[MOVED]),
        standing(&[300], &[1000], P(0), 1000, &[MOVED]),
        standing(&[90], &[300], R(0), 90, &[]),
        standing(&[300, 90], &[9, 10], R(1), 90, &[]),
        standing(&[9], &[300], R(0), 9, &[SOON]),
    ] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        let secrets = |days: &[i64]| days.iter().map(|days| AppSecret::ending_in(Duration::days(*days))).collect();
        let (mut registration, mut service_principal): (Vec<AppSecret>, Vec<AppSecret>) =
            (secrets(it.registration), secrets(it.service_principal));
        let mut form = request(&contoso);
        let own = match it.own {
            Place::Registration(place) => &mut registration[place],
            Place::ServicePrincipal(place) => &mut service_principal[place],
        };
        own.value = form.client_secret.expose().to_owned();
        contoso.app(|app| {
            app.may_read_applications = true;
            (app.secrets, app.service_principal_secrets) = (registration, service_principal);
        });
        form.secret_expires = Some(in_days(50));
        form.read_expiry = ReadExpiry::FromGraph;
        let report = run(&simulator, &form).await;
        let name = format!("{:?} and {:?}, {:?}", it.registration, it.service_principal, it.own);
        assert_eq!(report.secret_expires, Some(in_days(it.expires)), "{name}");
        let mut codes = warning_codes(&report);
        codes.retain(|code| *code != "expiry_differs");
        codes.sort_unstable();
        let mut expected = it.warnings.to_vec();
        expected.sort_unstable();
        assert_eq!(codes, expected, "{name}");
    }
}

#[tokio::test]
async fn the_service_principal_is_asked_only_where_the_registration_does_not_know_the_secret() {
    for (permission, questions) in [(true, 1), (false, 1)] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.app(|app| app.may_read_applications = permission);
        let mut form = request(&contoso);
        form.read_expiry = ReadExpiry::FromGraph;
        run(&simulator, &form).await;
        let asked = asked_for(&simulator);
        assert_eq!(asked.iter().filter(|path| path.contains("graph.microsoft.com")).count(), questions, "{asked:?}");
        assert!(!asked.iter().any(|path| path.contains("servicePrincipals")), "{asked:?}");
    }
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
