//! The fourth and fifth stage of a connection check: who the app is in Dataverse, and what it may do there.

use crate::support::checking::{asked_for, request, run, verdict, warning_codes};
use crate::support::simulator::{Asking, At, Canned, EnvironmentHandle, Simulator, Trouble};
use a365_password_tool::connection_check::{CheckReport, Depth, PrivilegeState, StageResult};
use serde_json::json;

const HOST: &str = "contoso.crm4.dynamics.com";

async fn report_on(prepare: impl FnOnce(&EnvironmentHandle)) -> CheckReport {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    prepare(&contoso);
    run(&simulator, &request(&contoso)).await
}

async fn code_of(prepare: impl FnOnce(&EnvironmentHandle)) -> String {
    verdict(&report_on(prepare).await)
}

fn state(report: &CheckReport, name: &str) -> PrivilegeState {
    report.privileges.iter().find(|privilege| privilege.name == name).expect("a known privilege").state
}

#[tokio::test]
async fn an_app_without_an_application_user_is_told_to_make_one() {
    let report = report_on(|contoso| {
        contoso.change(|environment| environment.users.clear());
    })
    .await;
    assert_eq!(verdict(&report), "who_am_i 0x80072560");
    let diagnosis = report.diagnosis.expect("a diagnosis");
    assert!(diagnosis.fix.iter().any(|step| step.contains("Application users")));
    assert!(!format!("{diagnosis:?}").to_lowercase().contains("consent"));
    assert!(diagnosis.link.is_some_and(|link| link.url.starts_with("https://admin.powerplatform.microsoft.com")));
}

#[tokio::test]
async fn what_keeps_the_user_out_is_told_apart() {
    let disabled_user = |contoso: &EnvironmentHandle| contoso.user(|user| user.enabled = false);
    assert_eq!(code_of(disabled_user).await, "who_am_i 0x80040225");
    let disabled = |contoso: &EnvironmentHandle| contoso.change(|it| it.enabled = false);
    assert_eq!(code_of(disabled).await, "who_am_i 0x8004a104");
    let admin_mode = |contoso: &EnvironmentHandle| contoso.change(|it| it.admin_mode = true);
    assert_eq!(code_of(admin_mode).await, "who_am_i admin_mode");
    let firewall = |contoso: &EnvironmentHandle| contoso.change(|it| it.blocked_address = true);
    assert_eq!(code_of(firewall).await, "tenant 0x80095ffe");
    let blocked_app = |contoso: &EnvironmentHandle| {
        let id = contoso.client_id;
        contoso.change(|it| it.blocked_apps.insert(id));
    };
    assert_eq!(code_of(blocked_app).await, "who_am_i 0x80095ffc");
}

#[tokio::test]
async fn answers_that_are_no_user_are_told_apart() {
    let limit = |code, message| Canned::dataverse_error(429, code, message).header("Retry-After", "600");
    let cases = [
        (Canned::status(401), "http_401"),
        (Canned::dataverse_error(401, "0x80041d45", "ExpiredAuthTicket"), "http_401"),
        (Canned::dataverse_error(403, "0x80095ffe", "Access to your IP is blocked."), "0x80095ffe"),
        (Canned::dataverse_error(403, "-2147015328", "Not a member."), "0x80072560"),
        (Canned::dataverse_error(500, "0x8BADF00D", "Something new."), "0x8badf00d"),
        (limit("0x80072322", "Number of requests exceeded the limit of 6000."), "0x80072322"),
        (limit("0x80072321", "Combined execution time exceeded."), "0x80072321"),
        (limit("0x80072326", "Number of concurrent requests exceeded the limit of 52."), "0x80072326"),
        (Canned::html(200, "Guest network"), "html_instead_of_json"),
        (Canned::html(503, "Our services aren't available right now"), "http_503"),
        (Canned::status(200).body("{"), "bad_json"),
        (Canned::json(200, &json!({"UserId": "not a guid"})), "bad_json"),
        (Canned::json(200, &json!({"UserId": "x".repeat(1024 * 1024)})), "too_large"),
        (Canned::redirect("https://fabrikam.crm4.dynamics.com/"), "redirected"),
        (Canned::status(404), "http_404"),
    ];
    for (canned, code) in cases {
        let shown = String::from_utf8_lossy(&canned.body[..canned.body.len().min(60)]).into_owned();
        let trouble = |contoso: &EnvironmentHandle| contoso.trouble(At::WhoAmI, Trouble::Answer(canned));
        assert_eq!(code_of(trouble).await, format!("who_am_i {code}"), "{shown}");
    }
}

#[tokio::test]
async fn an_unknown_code_shows_dataverses_own_sentence_and_request_id() {
    let canned = Canned::dataverse_error(500, "0x8badf00d", "Something new.").header("REQ_ID", "request-77");
    let report = report_on(|contoso| contoso.trouble(At::WhoAmI, Trouble::Answer(canned))).await;
    let diagnosis = format!("{:?}", report.diagnosis);
    assert!(diagnosis.contains("Something new.") && diagnosis.contains("request-77"), "{diagnosis}");
}

#[tokio::test]
async fn missing_privileges_are_named() {
    let report = report_on(|contoso| {
        contoso
            .user(|user| user.privileges.retain(|name, _| !["prvReadAccount", "prvReadIncident"].contains(&&**name)));
    })
    .await;
    assert_eq!(verdict(&report), "privileges missing_privileges");
    let what = report.diagnosis.as_ref().map(|diagnosis| diagnosis.what.clone()).unwrap_or_default();
    assert!(what.contains("prvReadAccount, prvReadIncident") && !what.contains("prvReadContact"), "{what}");
    assert_eq!(state(&report, "prvReadAccount"), PrivilegeState::Missing);
    assert_eq!(state(&report, "prvReadContact"), PrivilegeState::Held(Depth::Global));
}

#[tokio::test]
async fn a_user_without_any_role_is_told_to_get_one() {
    let no_roles = |contoso: &EnvironmentHandle| contoso.user(|user| user.has_roles = false);
    assert_eq!(code_of(no_roles).await, "privileges 0x80042f09");
    let nothing = |contoso: &EnvironmentHandle| contoso.user(|user| user.privileges.clear());
    assert_eq!(code_of(nothing).await, "privileges missing_privileges");
}

#[tokio::test]
async fn optional_privileges_and_shallow_ones_are_warnings() {
    let report = report_on(|contoso| {
        contoso.user(|user| {
            user.privileges.remove("prvWriteLead");
            user.privileges.remove("prvReadActivity");
            user.privileges.insert("prvReadContact".to_owned(), "Basic");
        });
    })
    .await;
    assert_eq!(verdict(&report), "passed");
    let codes = ["basic_depth:prvReadContact", "optional_missing:prvReadActivity", "optional_missing:prvWriteLead"];
    assert_eq!(warning_codes(&report), codes);
    assert_eq!(report.stages[4].result, StageResult::Warned);
}

#[tokio::test]
async fn rights_that_come_through_a_team_count_in_full() {
    let report = report_on(|contoso| contoso.user(|user| user.through_team = true)).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec![]));
    assert_eq!(state(&report, "prvReadAccount"), PrivilegeState::Held(Depth::Global));
}

#[tokio::test]
async fn a_required_table_that_is_absent_fails_and_an_optional_one_warns() {
    for asking in [Asking::Answers, Asking::RefusesUnknownNames, Asking::Forbidden] {
        let report = report_on(|contoso| {
            contoso.change(|it| {
                it.asking = asking;
                it.tables.remove("incident");
            });
        })
        .await;
        assert_eq!(verdict(&report), "privileges table_missing", "{asking:?}");
        assert_eq!(state(&report, "prvReadIncident"), PrivilegeState::TableMissing);
        let report = report_on(|contoso| {
            contoso.change(|it| {
                it.asking = asking;
                it.tables.remove("lead");
            });
        })
        .await;
        assert_eq!(verdict(&report), "passed", "{asking:?}");
        assert!(warning_codes(&report).contains(&"table_missing:lead"), "{:?}", report.warnings);
    }
}

#[tokio::test]
async fn a_refused_list_is_asked_name_by_name() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.change(|it| {
        it.asking = Asking::RefusesUnknownNames;
        it.tables.remove("lead");
    });
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["table_missing:lead"]));
    let single =
        asked_for(&simulator).iter().filter(|path| path.contains("RetrieveUserPrivilegeByPrivilegeName")).count();
    assert_eq!(single, 7);
    assert_eq!(state(&report, "prvReadIncident"), PrivilegeState::Held(Depth::Global));
}

#[tokio::test]
async fn where_asking_is_forbidden_the_tables_are_read() {
    let forbidden = |contoso: &EnvironmentHandle| contoso.change(|it| it.asking = Asking::Forbidden);
    let report = report_on(forbidden).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["privileges_probed"]));
    assert_eq!(state(&report, "prvReadAccount"), PrivilegeState::Held(Depth::Unknown));
    assert_eq!(state(&report, "prvWriteLead"), PrivilegeState::Unknown);
    let report = report_on(|contoso| {
        forbidden(contoso);
        contoso.user(|user| user.privileges.remove("prvReadContact"));
    })
    .await;
    assert_eq!(verdict(&report), "privileges missing_privileges");
    assert_eq!(state(&report, "prvReadContact"), PrivilegeState::Missing);
}

#[tokio::test]
async fn an_unreadable_organization_is_only_a_warning() {
    let report = report_on(|contoso| contoso.change(|it| it.organization_readable = false)).await;
    assert_eq!((verdict(&report).as_str(), warning_codes(&report)), ("passed", vec!["organization_unreadable"]));
}
