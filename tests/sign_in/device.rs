//! With a device code.

use std::cell::RefCell;
use std::time::Duration;

use a365_password_tool::sign_in::{DeviceSignIn, Resource, Session, SignInError};
use chrono::Utc;

use super::support::simulator::{At, Canned, DeviceRule, Trouble};
use super::world::{World, code};

/// Signs in with a device code, which `decide` is asked about before each question.
async fn sign_in(world: &World, decide: impl Fn(usize)) -> (Result<Session, SignInError>, Vec<u64>) {
    let network = world.network();
    let sign_in = DeviceSignIn::begin(world.request(), &network, Utc::now()).await.expect("a code");
    assert_eq!((sign_in.user_code(), sign_in.page()), ("SIMUL4TOR", "https://microsoft.com/devicelogin"));
    let pauses = RefCell::new(Vec::new());
    let outcome = sign_in
        .finish(&network, Utc::now(), async |pause: Duration| {
            pauses.borrow_mut().push(pause.as_secs());
            decide(pauses.borrow().len());
        })
        .await;
    world.assert_tokens_stayed_home();
    (outcome, pauses.into_inner())
}

#[tokio::test]
async fn the_person_is_waited_for_at_the_pace_that_is_asked_for() {
    let world = World::new().await;
    let accept = |question| {
        if question == 4 {
            world.simulator.decide_device_code(Some(&world.admin));
        }
    };
    let (session, pauses) = sign_in(&world, accept).await;
    assert_eq!(session.expect("signed in").account(), world.admin);
    assert_eq!(pauses, [5, 10, 10, 10], "told to slow down at the first question, then pending twice");
}

#[tokio::test]
async fn who_declines_is_told_so() {
    let world = World::new().await;
    let (outcome, _) = sign_in(&world, |_| world.simulator.decide_device_code(None)).await;
    assert_eq!(code(&outcome), "authorization_declined");
}

#[tokio::test]
async fn a_code_that_nobody_types_expires() {
    let world = World::new().await;
    let (outcome, pauses) = sign_in(&world, |_| {}).await;
    assert_eq!(code(&outcome), "expired_token");
    let waited: u64 = pauses.iter().sum();
    assert!((900..=915).contains(&waited), "{waited} seconds");
}

#[tokio::test]
async fn a_policy_may_block_it_at_once_or_for_a_later_service() {
    let world = World::new().await;
    let accept = |_| world.simulator.decide_device_code(Some(&world.admin));
    world.contoso.tenant(|tenant| tenant.sign_in_rules.device_code = DeviceRule::BlockedAtToken);
    let (outcome, _) = sign_in(&world, accept).await;
    assert_eq!(code(&outcome), "AADSTS53003");
    assert!(outcome.err().is_some_and(|error| error.to_string().contains("device code")));

    world.contoso.tenant(|tenant| {
        tenant.sign_in_rules.device_code = DeviceRule::Allowed;
        tenant.sign_in_rules.device_session_blocked_for.insert(world.contoso.host.clone());
    });
    let mut session = sign_in(&world, accept).await.0.expect("signed in for Graph");
    let network = world.network();
    session.sign_in_to(&network, &Resource::graph(world.cloud()), Utc::now()).await.expect("Graph is allowed");
    let refused =
        session.sign_in_to(&network, &world.environment(), Utc::now()).await.expect_err("still a device's session");
    assert_eq!(refused.code(), "AADSTS53003");
}

#[tokio::test]
async fn a_client_that_does_not_allow_it_says_what_to_switch_on() {
    let world = World::new().await;
    world.contoso.public_client(world.client, |client| client.allows_device_code = false);
    let (outcome, _) = sign_in(&world, |_| world.simulator.decide_device_code(Some(&world.admin))).await;
    assert_eq!(code(&outcome), "AADSTS7000218");
    assert!(outcome.err().is_some_and(|error| error.to_string().contains("Allow public client flows")));
}

#[tokio::test]
async fn a_lost_question_is_asked_again_and_a_page_without_https_is_not_shown() {
    let world = World::new().await;
    world.contoso.trouble_times(At::PersonToken, Trouble::Drop, 2);
    let (session, pauses) = sign_in(&world, |_| world.simulator.decide_device_code(Some(&world.admin))).await;
    assert!(session.is_ok() && pauses.len() == 4, "{pauses:?}");

    let json = serde_json::json!({ "user_code": "A", "device_code": "B", "verification_uri": "http://evil.example/" });
    world.contoso.trouble_times(At::DeviceCode, Trouble::Answer(Canned::json(200, &json)), 1);
    let outcome = DeviceSignIn::begin(world.request(), &world.network(), Utc::now()).await;
    assert_eq!(outcome.err().map(|error| error.code().to_owned()).as_deref(), Some("bad_json"));
}
