//! Connection checks of environments in a cloud that only an administrator's list knows.

use std::path::Path;

use crate::support::checking::{request, run_by, settings, verdict};
use crate::support::simulator::Simulator;
use a365_password_tool::cloud::{Cloud, Overrides};
use a365_password_tool::connection_check::ReadExpiry;

const HOST: &str = "contoso.crm.dynamics.moon";
const LIST: &str = "[[cloud]]\nname = \"Moon\"\nenvironment_suffix = \"crm.dynamics.moon\"\n\
                    sign_in_host = \"login.sovcloud.moon\"\ngraph_host = \"graph.sovcloud.moon\"\n\
                    azure_portal = \"portal.azure.moon\"\npower_platform_admin = \"admin.platform.moon\"\n";

fn list() -> Overrides {
    Overrides::parse(LIST, Path::new("clouds.toml")).expect("a right list")
}

#[tokio::test]
async fn without_the_list_nothing_is_sent_to_its_hosts() {
    let simulator = Simulator::start().await;
    let moon = simulator.environment(HOST);
    let report = run_by(&simulator, &settings(&simulator), &request(&moon)).await;
    assert_eq!(verdict(&report), "address url_not_dataverse");
    assert!(simulator.connections().is_empty());
}

#[tokio::test]
async fn with_the_list_the_secret_goes_to_the_hosts_that_it_names() {
    let simulator = Simulator::start().await;
    let moon = simulator.environment(HOST);
    moon.challenge_naming("https://login.sovcloud.moon/{tenant}/oauth2/authorize", &moon.url());
    let mut settings = settings(&simulator);
    settings.clouds = list();
    let mut form = request(&moon);
    form.read_expiry = ReadExpiry::FromGraph;
    let report = run_by(&simulator, &settings, &form).await;
    assert_eq!(verdict(&report), "passed");
    assert_eq!(report.cloud.map(Cloud::name), Some("Moon"));
    let secrets: Vec<String> =
        simulator.requests().into_iter().filter(|sent| sent.carries_secret).map(|sent| sent.host).collect();
    assert_eq!(secrets, ["login.sovcloud.moon", "login.sovcloud.moon"], "for Dataverse and for Graph");

    moon.change(|environment| environment.users.clear());
    let report = run_by(&simulator, &settings, &form).await;
    let link = report.diagnosis.and_then(|diagnosis| diagnosis.link).map(|link| link.url).unwrap_or_default();
    assert!(link.starts_with("https://admin.platform.moon/"), "{link}");
}

#[tokio::test]
async fn the_list_does_not_let_microsofts_clouds_sign_in_elsewhere() {
    let simulator = Simulator::start().await;
    let contoso = simulator.environment("contoso.crm4.dynamics.com");
    contoso.challenge_naming("https://login.sovcloud.moon/{tenant}/oauth2/authorize", &contoso.url());
    let mut settings = settings(&simulator);
    settings.clouds = list();
    let report = run_by(&simulator, &settings, &request(&contoso)).await;
    assert_eq!(verdict(&report), "tenant authority_untrusted");
    assert_eq!(simulator.connections(), ["contoso.crm4.dynamics.com"]);
}
