//! Connection checks that pass: what is sent, in which order, and what the report says.

use std::sync::Arc;

use crate::support::checking::{asked_for, request, run, settings, verdict, warning_codes};
use crate::support::simulator::{At, Simulator, Trouble};
use a365_password_tool::cloud::Cloud;
use a365_password_tool::connection_check::{Network, Progress, ReadExpiry, Stage, StageResult, check};
use a365_password_tool::profile::SecretText;
use chrono::Utc;
use tokio::sync::Barrier;

const HOST: &str = "contoso.crm4.dynamics.com";

#[tokio::test]
async fn a_good_connection_passes_with_five_requests_to_two_hosts() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!(verdict(&report), "passed");
    assert_eq!(warning_codes(&report), Vec::<&str>::new());
    let (tenant, user) = (contoso.tenant, contoso.user);
    let mut asked = asked_for(&simulator);
    asked[3..].sort();
    assert_eq!(
        asked,
        [
            format!("{HOST}/api/data/v9.2/"),
            format!("login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
            format!("{HOST}/api/data/v9.2/WhoAmI"),
            format!(
                "{HOST}/api/data/v9.2/RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')"
            ),
            format!(
                "{HOST}/api/data/v9.2/systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)"
            ),
        ]
    );
    assert_eq!(simulator.connections(), [HOST, "login.microsoftonline.com"], "one connection for each host");
}

#[tokio::test]
async fn privileges_and_organization_are_asked_at_the_same_time() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let both = Arc::new(Barrier::new(2));
    contoso.trouble(At::Privileges, Trouble::Meet(Arc::clone(&both)));
    contoso.trouble(At::Organization, Trouble::Meet(both));
    assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), "passed");
}

#[tokio::test]
async fn microsoft_graph_costs_no_round_trip_of_its_own() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.app(|app| app.may_read_applications = true);
    let (first, second) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    contoso.trouble(At::WhoAmI, Trouble::Meet(Arc::clone(&first)));
    contoso.trouble(At::GraphToken, Trouble::Meet(first));
    contoso.trouble(At::Privileges, Trouble::Meet(Arc::clone(&second)));
    contoso.trouble(At::Graph, Trouble::Meet(second));
    let mut form = request(&contoso);
    form.read_expiry = ReadExpiry::FromGraph;
    let report = run(&simulator, &form).await;
    assert_eq!(verdict(&report), "passed");
    assert_eq!(warning_codes(&report), Vec::<&str>::new());
}

#[tokio::test]
async fn the_report_holds_what_the_servers_said() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let report = run(&simulator, &request(&contoso)).await;
    assert_eq!(report.tenant_id, Some(contoso.tenant));
    assert_eq!(report.user_id, Some(contoso.user));
    assert_eq!(report.organization_id, Some(contoso.organization));
    assert_eq!(report.cloud, Some(Cloud::Commercial));
    assert_eq!(report.environment_url, Some(contoso.url()));
    assert_eq!(report.privileges.len(), 7);
    assert!(report.stages.iter().all(|stage| stage.result == StageResult::Passed));
    let text = report.to_text();
    for part in
        [env!("CARGO_PKG_VERSION"), "who_am_i passed", "Contoso Service", "prvReadIncident", "Network: directly"]
    {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

#[tokio::test]
async fn progress_tells_each_stage_once_and_in_order() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let network = Network::new(&settings(&simulator)).expect("a network");
    let mut seen = Vec::new();
    check(&network, &request(&contoso), Utc::now(), &mut |progress| seen.push(progress)).await;
    let seen: Vec<(&str, Stage)> = seen
        .iter()
        .map(|progress| match progress {
            Progress::Started(stage) => ("started", *stage),
            Progress::Waiting { stage, .. } => ("waiting", *stage),
            Progress::Finished(report) => ("finished", report.stage),
        })
        .collect();
    let expected: Vec<_> = Stage::ALL.into_iter().flat_map(|stage| [("started", stage), ("finished", stage)]).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_check_runs_as_a_task_of_its_own() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let network = Network::new(&settings(&simulator)).expect("a network");
    let form = request(&contoso);
    let task = tokio::spawn(async move { check(&network, &form, Utc::now(), &mut |_| {}).await });
    assert_eq!(verdict(&task.await.expect("the task's report")), "passed");
}

#[tokio::test]
async fn us_government_environments_sign_in_at_their_own_host() {
    let simulator = Simulator::start().await;
    let agency = simulator.environment("agency.crm.microsoftdynamics.us");
    let report = run(&simulator, &request(&agency)).await;
    assert_eq!(verdict(&report), "passed");
    assert!(simulator.connections().contains(&"login.microsoftonline.us".to_owned()));
    assert!(!simulator.connections().contains(&"login.microsoftonline.com".to_owned()));
}

#[tokio::test]
async fn blanks_around_the_secret_are_left_out_with_a_warning() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    let mut form = request(&contoso);
    form.client_secret = SecretText::new(format!(" \t{}\r\n", contoso.secret()));
    let report = run(&simulator, &form).await;
    assert_eq!(verdict(&report), "passed");
    assert_eq!(warning_codes(&report), ["secret_trimmed"]);
}

#[tokio::test]
async fn every_character_of_an_old_secret_arrives() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    contoso.app(|app| app.secrets[0].value = "[6g+X&5=0@;N \"%'ä".to_owned());
    assert_eq!(verdict(&run(&simulator, &request(&contoso)).await), "passed");
}

#[tokio::test]
async fn nothing_asks_for_a_compressed_answer() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment(HOST);
    run(&simulator, &request(&contoso)).await;
    for sent in simulator.requests() {
        assert!(!sent.headers.iter().any(|name| name == "accept-encoding" || name == "cookie"), "{sent:?}");
    }
}
