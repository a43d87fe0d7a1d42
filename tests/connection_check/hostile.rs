//! Hostile and broken servers at every stage of a connection check: each ends within its limits, with a diagnosis
//! of its own, and neither secret nor token shows up anywhere else.

use std::time::{Duration, Instant};

use crate::support::checking::{request, run_by, settings, verdict, warning_codes};
use crate::support::simulator::{Asking, At, Canned, EnvironmentHandle, Simulator, Trouble};
use a365_password_tool::connection_check::{CheckReport, Limits, ReadExpiry};
use serde_json::json;

const HOST: &str = "contoso.crm4.dynamics.com";

/// Every request whose failure ends the check, with the stage that it belongs to.
const STAGES: [(At, &str); 4] =
    [(At::Challenge, "tenant"), (At::Token, "sign_in"), (At::WhoAmI, "who_am_i"), (At::Privileges, "privileges")];

async fn report_on(protocols: &[&str], prepare: impl FnOnce(&EnvironmentHandle)) -> CheckReport {
    let simulator = Simulator::start_speaking(protocols).await;
    let contoso = simulator.environment(HOST);
    prepare(&contoso);
    let mut settings = settings(&simulator);
    settings.limits = Limits { stage: Duration::from_millis(1500), ..settings.limits };
    let form = request(&contoso);
    let check = run_by(&simulator, &settings, &form);
    let report = tokio::time::timeout(Duration::from_secs(12), check).await.expect("a check ends within its limits");
    let strangers: Vec<String> = simulator
        .connections()
        .into_iter()
        .filter(|host| host != HOST && host != "login.microsoftonline.com")
        .collect();
    assert_eq!(strangers, Vec::<String>::new(), "nobody else was even connected to");
    report
}

async fn meets(at: At, trouble: Trouble) -> CheckReport {
    report_on(&["h2", "http/1.1"], |contoso| contoso.trouble(at, trouble)).await
}

#[tokio::test]
async fn no_redirect_is_followed_at_any_stage() {
    for status in [301, 302, 303, 307, 308] {
        for (at, stage) in STAGES {
            for target in ["https://login.evil.example/", "http://contoso.crm4.dynamics.com/", "/elsewhere"] {
                let canned = Canned::status(status).header("Location", target);
                let report = meets(at, Trouble::Answer(canned)).await;
                assert_eq!(verdict(&report), format!("{stage} redirected"), "{status} to {target}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_drips_is_given_up_at_the_stages_deadline() {
    for (at, stage) in STAGES {
        let began = Instant::now();
        let report = meets(at, Trouble::Drip(Duration::from_millis(50))).await;
        assert_eq!(verdict(&report), format!("{stage} timeout"));
        assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_is_told_apart_from_silence() {
    for protocols in [&["h2"][..], &["http/1.1"]] {
        for (at, stage) in STAGES {
            let report = report_on(protocols, |contoso| contoso.trouble(at, Trouble::Reset)).await;
            assert_eq!(verdict(&report), format!("{stage} dropped"), "{protocols:?}");
        }
    }
}

#[tokio::test]
async fn a_length_that_lies_is_no_answer() {
    let whole = json!({"token_type": "Bearer", "access_token": "eyJ.x.y"}).to_string();
    for protocols in [&["h2"][..], &["http/1.1"]] {
        for (at, stage) in STAGES {
            let canned = Canned::json(200, &json!({})).body(whole.clone()).header("Content-Length", "4000");
            let report = report_on(protocols, |contoso| contoso.trouble(at, Trouble::Answer(canned))).await;
            assert_eq!(verdict(&report), format!("{stage} dropped"), "{protocols:?}, longer than it is");
        }
    }
}

#[tokio::test]
async fn truncated_and_wrong_json_is_told_apart_from_a_refusal() {
    let after_the_challenge = &STAGES[1..];
    for body in ["", "{", "[1,2", "null", "\"text\"", "5", "[]", "{}", "{\"error\":\"\"}", "\u{0}\u{1}"] {
        for (at, stage) in after_the_challenge {
            let canned = Canned::status(200).header("Content-Type", "application/json").body(body);
            let report = meets(*at, Trouble::Answer(canned)).await;
            assert_eq!(verdict(&report), format!("{stage} bad_json"), "{body:?}");
        }
    }
}

#[tokio::test]
async fn wrong_types_at_every_stage_are_no_crash() {
    let odd = [json!(null), json!(true), json!(5), json!("x"), json!([]), json!({}), json!([{"a": [null]}])];
    for value in odd {
        let cases = [
            (At::Token, "sign_in", json!({"token_type": value, "access_token": value})),
            (At::WhoAmI, "who_am_i", json!({"UserId": value, "OrganizationId": value})),
            (
                At::Privileges,
                "privileges",
                json!({"RolePrivileges": if value.is_array() { json!(0) } else { value.clone() }}),
            ),
        ];
        for (at, stage, json) in cases {
            let report = meets(at, Trouble::Answer(Canned::json(200, &json))).await;
            assert_eq!(verdict(&report), format!("{stage} bad_json"), "{json}");
        }
        for (at, stage) in STAGES {
            let json = json!({"error": value, "error_codes": value, "error_description": value, "code": value});
            let report = meets(at, Trouble::Answer(Canned::json(400, &json))).await;
            let failed = report.failed_stage.map(|stage| stage.id());
            // Odd words of a 400 to the question for privileges only lead to the next way of asking.
            assert!(failed == Some(stage) || at == At::Privileges, "{json}: {failed:?}");
        }
    }
}

#[tokio::test]
async fn rows_of_privileges_that_are_none_count_as_missing() {
    for rows in [json!([]), json!([null, 5, "x", {}, {"PrivilegeName": 1, "Depth": 2}]), json!([[["prvReadAccount"]]])]
    {
        let report = meets(At::Privileges, Trouble::Answer(Canned::json(200, &json!({"RolePrivileges": rows})))).await;
        assert_eq!(verdict(&report), "privileges missing_privileges", "{rows}");
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read_to_its_end() {
    for (at, stage) in &STAGES[1..] {
        for status in [200, 400, 403] {
            let canned = Canned::status(status).header("Content-Type", "application/json").body(vec![b'['; 3_000_000]);
            let verdict = verdict(&meets(*at, Trouble::Answer(canned)).await);
            // A list of privileges that is refused is asked name by name, which meets the same body.
            assert_eq!(verdict, format!("{stage} too_large"), "{status}");
        }
    }
}

/// `{"a":"aaaa…"}` of a hundred megabytes would not fit in here; a hundred kilobytes of it show that nothing unpacks.
fn gzip_bomb() -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    packed.extend(std::iter::repeat_n([0xed, 0xc1, 0x01, 0x0d, 0, 0, 0, 0xc2, 0xa0], 10_000).flatten());
    packed
}

#[tokio::test]
async fn a_compressed_body_is_not_unpacked_and_named_as_the_cause() {
    for (at, stage) in &STAGES[1..] {
        for encoding in ["gzip", "deflate", "br", "x-strange"] {
            let canned = Canned::status(200)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .body(gzip_bomb());
            let report = meets(*at, Trouble::Answer(canned)).await;
            assert_eq!(verdict(&report), format!("{stage} bad_json"), "{encoding}");
            let why = report.diagnosis.map(|diagnosis| diagnosis.why).unwrap_or_default();
            assert!(why.contains(&format!("compressed ({encoding})")), "{why}");
        }
    }
}

#[tokio::test]
async fn look_alike_and_plain_authorities_are_refused_with_every_kind_of_tenant() {
    for authority in [
        "http://login.microsoftonline.com/{tenant}/oauth2/authorize",
        "https://login.microsoftonline.com.evil.example/{tenant}/oauth2/authorize",
        "https://login-microsoftonline.com/{tenant}/oauth2/authorize",
        "https://login.micros\u{43e}ftonline.com/{tenant}/oauth2/authorize",
        "https://evil.example\\@login.microsoftonline.com/{tenant}/oauth2/authorize",
        "https://login.microsoftonline.com%2eevil.example/{tenant}/oauth2/authorize",
        "https://20.190.128.1/{tenant}/oauth2/authorize",
        "https://[::1]/{tenant}/oauth2/authorize",
        "ftp://login.microsoftonline.com/{tenant}/oauth2/authorize",
    ] {
        let report = report_on(&["h2"], |contoso| {
            contoso.challenge_naming(authority, &contoso.url());
        })
        .await;
        let code = report.code().unwrap_or("passed").to_owned();
        assert!(matches!(code.as_str(), "authority_untrusted" | "challenge_malformed"), "{authority}: {code}");
    }
}

#[tokio::test]
async fn headers_without_end_do_not_hurt() {
    for (at, stage) in STAGES {
        let mut canned = Canned::status(200);
        for _ in 0..40 {
            canned = canned.header("X-Padding", &"x".repeat(4000));
        }
        let report = meets(at, Trouble::Answer(canned)).await;
        assert_eq!(report.failed_stage.map(|stage| stage.id()), Some(stage));
    }
}

#[tokio::test]
async fn graph_may_do_what_it_likes() {
    let troubles = [
        Trouble::Reset,
        Trouble::Drip(Duration::from_millis(50)),
        Trouble::Answer(Canned::redirect("https://login.evil.example/")),
        Trouble::Answer(Canned::status(200).header("Content-Encoding", "gzip").body(gzip_bomb())),
        Trouble::Answer(Canned::status(200).body(vec![b'['; 3_000_000])),
        Trouble::Answer(Canned::json(200, &json!({"passwordCredentials": {"hint": 5}}))),
    ];
    for (at, trouble) in troubles.into_iter().flat_map(|it| [(At::Graph, it.clone()), (At::GraphToken, it)]) {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.trouble(at, trouble);
        let mut form = request(&contoso);
        (form.read_expiry, form.secret_expires) = (ReadExpiry::FromGraph, None);
        let mut settings = settings(&simulator);
        settings.limits = Limits { stage: Duration::from_millis(800), ..settings.limits };
        let report = run_by(&simulator, &settings, &form).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["expiry_unknown"]));
    }
}

#[tokio::test]
async fn privileges_of_a_user_are_never_taken_from_the_function_that_misreports_teams() {
    for asking in [Asking::Answers, Asking::RefusesUnknownNames, Asking::Forbidden] {
        let simulator = Simulator::start().await;
        let contoso = simulator.environment(HOST);
        contoso.change(|it| it.asking = asking);
        run_by(&simulator, &settings(&simulator), &request(&contoso)).await;
        let asked = simulator.requests();
        assert!(!asked.iter().any(|sent| sent.path.ends_with(".RetrieveUserPrivileges")), "{asking:?}");
    }
}

#[tokio::test]
async fn each_cloud_signs_in_at_its_own_host_and_links_to_its_own_portal() {
    for (host, sign_in, graph, admin) in [
        (
            "a.crm4.dynamics.com",
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "https://admin.powerplatform.microsoft.com",
        ),
        (
            "a.crm9.dynamics.com",
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "https://gcc.admin.powerplatform.microsoft.us",
        ),
        (
            "a.crm.microsoftdynamics.us",
            "login.microsoftonline.us",
            "graph.microsoft.us",
            "https://high.admin.powerplatform.microsoft.us",
        ),
        (
            "a.crm.appsplatform.us",
            "login.microsoftonline.us",
            "dod-graph.microsoft.us",
            "https://admin.appsplatform.us",
        ),
        (
            "a.crm.dynamics.cn",
            "login.partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
            "https://admin.powerplatform.partner.microsoftonline.cn",
        ),
    ] {
        let simulator = Simulator::start().await;
        let it = simulator.environment(host);
        it.app(|app| app.may_read_applications = true);
        let mut form = request(&it);
        (form.read_expiry, form.secret_expires) = (ReadExpiry::FromGraph, None);
        let report = run_by(&simulator, &settings(&simulator), &form).await;
        assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec![]), "{host}");
        assert!(report.secret_expires.is_some(), "the date was read from {graph}");
        let mut connections = simulator.connections();
        connections.sort();
        connections.dedup();
        let mut expected = vec![host.to_owned(), sign_in.to_owned(), graph.to_owned()];
        expected.sort();
        assert_eq!(connections, expected);

        it.change(|environment| environment.users.clear());
        let report = run_by(&simulator, &settings(&simulator), &form).await;
        let link = report.diagnosis.and_then(|diagnosis| diagnosis.link).map(|link| link.url).unwrap_or_default();
        assert!(link.starts_with(admin), "{host}: {link}");
    }
}
