//! The list of a tenant's client secrets.

use std::time::{Duration, Instant};

use a365_password_tool::connection_check::{Network, NetworkSettings};
use a365_password_tool::inventory::{Progress, Registration, limits, read_registrations};
use a365_password_tool::sign_in::SignInError;
use chrono::Utc;

use super::support::browser::Act;
use super::support::checking::settings;
use super::support::simulator::{At, Canned, Lie, Trouble};
use super::world::World;

async fn read(world: &World) -> (Result<Vec<Registration>, SignInError>, Vec<Progress>) {
    let mut session = world.sign_in(&world.admin, Act::Accept).await.0.expect("signed in");
    let bounds = a365_password_tool::connection_check::Limits { default_wait: Duration::ZERO, ..limits() };
    let network = Network::new(&NetworkSettings { limits: bounds, ..settings(&world.simulator) }).expect("a network");
    let mut seen = Vec::new();
    let outcome = read_registrations(&network, &mut session, Utc::now(), &mut |progress| seen.push(progress)).await;
    world.assert_tokens_stayed_home();
    if let Err(error) = &outcome {
        world.assert_untold(&error.to_string());
    }
    (outcome, seen)
}

fn pages(world: &World) -> usize {
    world.simulator.requests().iter().filter(|sent| sent.path.starts_with("/v1.0/applications")).count()
}

#[tokio::test]
async fn a_large_tenant_comes_in_pages() {
    let world = World::new().await;
    // With the two registrations that the world has already.
    world.contoso.tenant(|tenant| tenant.filler = 2_343);
    let (registrations, seen) = read(&world).await;
    let registrations = registrations.expect("a list");
    assert_eq!((registrations.len(), pages(&world)), (2_345, 3));
    assert_eq!(seen, [999, 1_998, 2_345].map(Progress::Read));
    let own = registrations.iter().find(|app| app.client_id.to_string() == world.contoso.client_id.to_string());
    let secret = world.contoso.secret();
    let listed = &own.expect("the app of the connection").secrets[0];
    assert_eq!(listed.hint, &secret[..3]);
    assert_eq!(listed.ends.map(|at| at.date_naive()), world.contoso.secret_ends());
}

#[tokio::test]
async fn a_next_link_elsewhere_is_not_followed() {
    let world = World::new().await;
    for link in [
        "https://graph.evil.example/v1.0/applications?$skiptoken=x",
        "https://login.evil.example/v1.0/applications?$skiptoken=x",
        "https://graph.microsoft.com/v1.0/users?$skiptoken=x",
        "http://graph.microsoft.com/v1.0/applications?$skiptoken=x",
    ] {
        world.simulator.lie(Lie::NextLink(link.to_owned()));
        let error = read(&world).await.0.expect_err("a foreign link");
        assert_eq!(error.code(), "foreign_next_link", "{link}");
        assert!(world.simulator.requests().iter().all(|sent| !sent.host.contains("evil")), "{link}");
    }
    world
        .simulator
        .lie(Lie::NextLink("https://graph.microsoft.com/v1.0/applications?$top=1&$skiptoken=at0".to_owned()));
    assert_eq!(read(&world).await.0.expect_err("a list without end").code(), "next_link_repeats");
}

#[tokio::test]
async fn a_busy_graph_is_waited_for_and_says_so() {
    let world = World::new().await;
    world.contoso.tenant(|tenant| tenant.filler = 1_500);
    world.contoso.trouble_times(At::Applications, Trouble::Answer(Canned::throttled("0")), 3);
    let (registrations, seen) = read(&world).await;
    assert_eq!(registrations.expect("a list").len(), 1_502);
    assert_eq!(seen.iter().filter(|progress| matches!(progress, Progress::Waiting { .. })).count(), 3, "{seen:?}");
    world.contoso.trouble_times(At::Applications, Trouble::Answer(Canned::throttled("99999")), 1);
    assert_eq!(read(&world).await.0.expect_err("an endless wait").code(), "throttled");
}

#[tokio::test]
async fn who_may_not_read_the_directory_is_told_what_is_missing() {
    let world = World::new().await;
    world.contoso.public_client(world.client, |client| client.reads_applications = false);
    let error = read(&world).await.0.expect_err("no permission");
    assert_eq!(error.code(), "graph_not_allowed");
    assert!(error.to_string().contains("Application.Read.All"));
    for (canned, expected) in [
        (Canned::json(200, &serde_json::json!({ "value": 1 })), "bad_json"),
        (Canned::status(503), "http_503"),
        (Canned::redirect("https://graph.evil.example/v1.0/applications"), "redirected"),
        (Canned::json(400, &serde_json::json!({ "error": { "code": "Bad", "message": "No." } })), "graph_refused"),
    ] {
        world.contoso.trouble_times(At::Applications, Trouble::Answer(canned), 1);
        assert_eq!(read(&world).await.0.expect_err("refused").code(), expected);
    }
}

/// At 100 ms for each answer. The bar is 20 seconds.
#[tokio::test]
async fn five_thousand_registrations_take_a_few_seconds_far_from_microsoft() {
    let world = World::new().await;
    world.contoso.tenant(|tenant| tenant.filler = 4_998);
    let mut session = world.sign_in(&world.admin, Act::Accept).await.0.expect("signed in");
    world.simulator.set_delay(Duration::from_millis(100));
    let network = Network::new(&NetworkSettings { limits: limits(), ..settings(&world.simulator) }).expect("a network");
    let began = Instant::now();
    let registrations = read_registrations(&network, &mut session, Utc::now(), &mut |_| {}).await.expect("a list");
    let took = began.elapsed();
    println!("{} registrations in {} pages: {} ms", registrations.len(), pages(&world), took.as_millis());
    assert_eq!((registrations.len(), pages(&world)), (5_000, 6));
    assert!(took < Duration::from_secs(20), "{took:?}");
}
