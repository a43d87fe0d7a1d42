//! Through the browser: what a person does there, and what becomes of it.

use std::time::Duration;

use a365_password_tool::profile::ClientId;
use a365_password_tool::profile::{EnvironmentUrl, Tenant};
use a365_password_tool::sign_in::{
    BrowserSignIn, Resource, SignInRequest, explain_code, tenant_of_environment, tenant_of_name,
};
use chrono::Utc;

use super::support::browser::{Act, Browser, Seen};
use super::support::simulator::{At, Canned, Consent, Lie, Person, Trouble};
use super::world::{World, code, limit};

#[tokio::test]
async fn one_sign_in_gives_a_token_for_each_service() {
    let world = World::new().await;
    let (session, seen) = world.sign_in(&world.admin, Act::Accept).await;
    assert_eq!(seen, Seen::Program(200, "Almost done".to_owned()));
    let mut session = session.expect("signed in");
    assert_eq!(session.account(), world.admin);
    let network = world.network();
    // Twice for the same service costs one request, and each new refresh token takes the place of the former.
    for resource in [Resource::graph(world.cloud()), world.environment(), world.environment()] {
        session.sign_in_to(&network, &resource, Utc::now()).await.expect("a token");
    }
    let asked: Vec<_> = world.simulator.requests().into_iter().filter(|sent| sent.path.ends_with("/token")).collect();
    assert_eq!(asked.len(), 2, "one for Graph by the code, one for the environment by the refresh token");
    assert!(asked.iter().all(|sent| !sent.form.iter().any(|field| field == "client_secret")));
    let sign_in_again =
        Resource::environment(&EnvironmentUrl::parse("other.crm4.dynamics.com").expect("an environment"));
    let refused = session.sign_in_to(&network, &sign_in_again, Utc::now()).await.expect_err("not in this tenant");
    assert_eq!(refused.code(), "AADSTS500011");
    world.assert_untold(&refused.to_string());
}

#[tokio::test]
async fn every_cloud_signs_in_at_its_own_hosts() {
    for (host, sign_in, graph) in [
        ("contoso.crm9.dynamics.com", "login.microsoftonline.com", "graph.microsoft.com"),
        ("contoso.crm.microsoftdynamics.us", "login.microsoftonline.us", "graph.microsoft.us"),
        ("contoso.crm.appsplatform.us", "login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("contoso.crm.dynamics.cn", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
    ] {
        let world = World::at(host).await;
        let (session, _) = world.sign_in(&world.admin, Act::Accept).await;
        session
            .expect("signed in")
            .sign_in_to(&world.network(), &world.environment(), Utc::now())
            .await
            .expect("a token");
        assert!(world.simulator.requests().iter().all(|sent| sent.host == sign_in), "{host}");
        assert_eq!(Resource::graph(world.cloud()).host(), graph);
    }
}

#[tokio::test]
async fn who_cancels_or_has_no_right_is_told_so() {
    let world = World::new().await;
    let (outcome, seen) = world.sign_in(&world.admin, Act::Cancel).await;
    assert_eq!(code(&outcome), "AADSTS65004");
    assert_eq!(seen, Seen::Program(200, "Not signed in".to_owned()));

    let developer = Person { is_administrator: false, ..Person::new("dev@contoso.com") };
    world.contoso.tenant(|tenant| tenant.people.push(developer));
    world.contoso.public_client(world.client, |client| client.consent = Consent::NeedsAdministrator);
    let (outcome, _) = world.sign_in("dev@contoso.com", Act::Return).await;
    assert_eq!(code(&outcome), "AADSTS90094");
    let text = outcome.err().map(|error| error.to_string()).unwrap_or_default();
    let consent = format!("{}/adminconsent?client_id={}", world.contoso.tenant, world.client);
    assert!(text.contains(&consent) && text.contains("Cloud Application Administrator"), "{text}");
}

/// Most refusals are pages in the browser; the program hears nothing and says after its time what to do.
#[tokio::test]
async fn what_only_the_browser_shows_ends_in_no_answer_and_can_be_looked_up() {
    let world = World::new().await;
    let other = world.simulator.environment("fabrikam.crm4.dynamics.com");
    let boss = other.person("boss");
    let cases: [(&str, &str, &dyn Fn()); 3] = [
        (&boss, "AADSTS50020", &|| {}),
        (&world.admin, "AADSTS53003", &|| {
            world.contoso.tenant(|tenant| tenant.sign_in_rules.blocked_in_browser = Some(53003));
        }),
        (&world.admin, "AADSTS50011", &|| {
            world.contoso.public_client(world.client, |client| client.redirect_uris.clear());
        }),
    ];
    for (person, shown, prepare) in cases {
        prepare();
        let (outcome, seen) = world.sign_in(person, Act::Accept).await;
        assert_eq!(seen, Seen::Code(shown.to_owned()));
        assert_eq!(code(&outcome), "no_answer");
        let request = world.request();
        let found = explain_code(shown, request.cloud, Some(request.tenant), Some(request.client)).expect("a code");
        assert_eq!(found.code, shown);
        assert!(!found.fix.is_empty() && found.link.is_some(), "{found:?}");
    }
    let unknown = SignInRequest {
        client: ClientId::parse("99991111-aaaa-4bbb-8ccc-000000000009").expect("an ID"),
        ..world.request()
    };
    let (outcome, seen) = world.sign_in_with(unknown, &world.admin, Act::Accept).await;
    assert_eq!((code(&outcome), seen), ("no_answer", Seen::Code("AADSTS700016".to_owned())));
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_its_refusal_is_explained() {
    let world = World::new().await;
    let busy = Canned::throttled("1");
    world.contoso.trouble_times(At::PersonToken, Trouble::Answer(busy), 1);
    let (outcome, _) = world.sign_in(&world.admin, Act::Accept).await;
    assert_eq!(code(&outcome), "throttled");
    let asked = world.simulator.requests().into_iter().filter(|sent| sent.path.ends_with("/token")).count();
    assert_eq!(asked, 1, "a code that arrived is used up, so it is not sent again");

    let fault = Canned::entra_error(400, "invalid_grant", 501_481, "The Code_Verifier does not match.");
    world.contoso.trouble_times(At::PersonToken, Trouble::Answer(fault), 1);
    assert_eq!(code(&world.sign_in(&world.admin, Act::Accept).await.0), "AADSTS501481");
}

#[tokio::test]
async fn a_token_that_cannot_be_read_is_used_all_the_same() {
    let world = World::new().await;
    world.simulator.lie(Lie::Opaque);
    assert!(world.sign_in(&world.admin, Act::Accept).await.0.is_ok());
}

#[tokio::test]
async fn a_session_that_is_revoked_asks_to_sign_in_again() {
    let world = World::new().await;
    let mut session = world.sign_in(&world.admin, Act::Accept).await.0.expect("signed in");
    for refused in [50173, 70043, 50076, 65001] {
        world.contoso.tenant(|tenant| tenant.sign_in_rules.refresh_refused = Some(refused));
        let outcome = session.sign_in_to(&world.network(), &world.environment(), Utc::now()).await;
        assert_eq!(outcome.expect_err("revoked").code(), format!("AADSTS{refused}"));
    }
}

#[tokio::test]
async fn dropping_it_cancels_it_and_frees_the_port() {
    let world = World::new().await;
    let sign_in = BrowserSignIn::begin(world.request()).await.expect("a port");
    let port = super::support::browser::port_of(sign_in.address());
    drop(sign_in);
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
    let sign_in = BrowserSignIn::begin(world.request()).await.expect("a port");
    let port = super::support::browser::port_of(sign_in.address());
    let network = world.network();
    let waiting = tokio::time::timeout(Duration::from_millis(20), sign_in.finish(&network, limit(), Utc::now()));
    assert!(waiting.await.is_err());
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn the_tenant_comes_from_the_environment_or_from_its_domain() {
    let world = World::new().await;
    let network = world.network();
    let environment = EnvironmentUrl::parse(&world.contoso.url()).expect("an environment");
    let found = tenant_of_environment(&network, &environment, Utc::now()).await;
    assert_eq!(found.ok(), Some(world.contoso.tenant));
    let domain = Tenant::parse(&world.contoso.domain).expect("a domain");
    let found = tenant_of_name(&network, world.cloud(), &domain, Utc::now()).await;
    assert_eq!(found.ok(), Some(world.contoso.tenant));
    let nobody = Tenant::parse("nobody.example").expect("a domain");
    let found = tenant_of_name(&network, world.cloud(), &nobody, Utc::now()).await.expect_err("no such tenant");
    assert_eq!(found.code(), "AADSTS90002");
    world.contoso.challenge_naming("https://login.evil.example/{tenant}/oauth2/authorize", &world.contoso.url());
    let found = tenant_of_environment(&network, &environment, Utc::now()).await.expect_err("another sign-in host");
    assert_eq!(found.code(), "authority_untrusted");
}

#[tokio::test]
async fn the_browser_may_come_by_the_other_address_of_this_computer() {
    let world = World::new().await;
    let sign_in = BrowserSignIn::begin(world.request()).await.expect("a port");
    let address = sign_in.address().to_owned();
    let port = super::support::browser::port_of(&address);
    if tokio::net::TcpStream::connect(("::1", port)).await.is_err() {
        // A computer without IPv6.
        return;
    }
    let browser = Browser::new(&world.simulator);
    let network = world.network();
    let finish = sign_in.finish(&network, limit(), Utc::now());
    let through_v6 = async {
        let form = browser.until_answer(&address, &world.admin, Act::Accept).await.expect("a form");
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
        let mut stream = tokio::net::TcpStream::connect(("::1", port)).await.expect("a connection");
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \
             {}\r\n\r\n{body}",
            body.len()
        );
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await.expect("sent");
        stream
    };
    let (session, _stream) = tokio::join!(finish, through_v6);
    assert!(session.is_ok());
}
