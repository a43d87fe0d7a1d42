//! Web pages, programs and servers that mean no good.

use a365_password_tool::sign_in::BrowserSignIn;
use chrono::Utc;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use uuid::Uuid;

use super::support::browser::{Act, Browser, Seen, get, port_of, seen, to_port};
use super::support::simulator::{At, Canned, Lie, Trouble, hash_of};
use super::world::{World, code, limit};

#[tokio::test]
async fn whatever_a_web_page_sends_to_the_port_the_own_answer_still_counts() {
    let world = World::new().await;
    let sign_in = BrowserSignIn::begin(world.request()).await.expect("a port");
    let address = sign_in.address().to_owned();
    let port = port_of(&address);
    let browser = Browser::new(&world.simulator);
    let network = world.network();
    let finish = sign_in.finish(&network, limit(), Utc::now());
    let attack = async {
        let form = browser.until_answer(&address, &world.admin, Act::Accept).await.expect("a form");
        let refused = |answer: &str, status: u16| {
            assert!(matches!(seen(answer), Seen::Program(found, _) if found == status), "{answer}");
            assert!(answer.contains("default-src 'none'") && answer.contains("no-store"), "{answer}");
        };
        // Somebody's own code, with a state that they made up, or with none.
        let strangers = form.clone().with("state", "made-up").with("code", "stranger");
        assert!(matches!(browser.post_to_program(&strangers).await, Seen::Program(400, _)));
        let code = form.fields.iter().find(|(name, _)| name == "code").expect("a code").1.clone();
        let state = form.fields.iter().find(|(name, _)| name == "state").expect("a state").1.clone();
        // The right answer by the wrong way: in the address, under another name of this computer, as another type.
        refused(&to_port(port, &get(port, &format!("/?code={code}&state={state}"))).await, 400);
        let body = format!("code={code}&state={state}");
        let post = |host: &str, kind: &str| {
            format!(
                "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        let form_type = "application/x-www-form-urlencoded";
        refused(&to_port(port, &post(&format!("rebound.evil.example:{port}"), form_type)).await, 400);
        refused(&to_port(port, &post(&format!("localhost:{port}"), "text/plain")).await, 400);
        refused(&to_port(port, &get(port, "/favicon.ico")).await, 404);
        refused(&to_port(port, &get(port, "/?error=access_denied&state=made-up")).await, 400);
        refused(
            &to_port(port, &format!("POST / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 99999999\r\n\r\n"))
                .await,
            400,
        );
        refused(&to_port(port, "not HTTP at all\r\n\r\n").await, 400);
        let endless = format!("GET /{} HTTP/1.1\r\n", "a".repeat(70_000));
        refused(&to_port(port, &endless).await, 400);
        // Connections that say nothing, or half of something, hold up nobody.
        let mut held = Vec::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            stream.write_all(b"POST / HTTP/1.1\r\n").await.expect("sent");
            held.push(stream);
        }
        (browser.post_to_program(&form).await, held)
    };
    let (session, (seen, _held)) = tokio::join!(finish, attack);
    assert_eq!(seen, Seen::Program(200, "Almost done".to_owned()));
    assert_eq!(session.expect("signed in").account(), world.admin);
    world.assert_tokens_stayed_home();
}

#[tokio::test]
async fn an_answer_with_another_state_alone_ends_in_no_answer() {
    let world = World::new().await;
    let sign_in = BrowserSignIn::begin(world.request()).await.expect("a port");
    let address = sign_in.address().to_owned();
    let browser = Browser::new(&world.simulator);
    let network = world.network();
    let finish = sign_in.finish(&network, limit(), Utc::now());
    let act = async {
        let form = browser.until_answer(&address, &world.admin, Act::Accept).await.expect("a form");
        browser.post_to_program(&form.with("state", "another")).await
    };
    let (outcome, seen) = tokio::join!(finish, act);
    assert_eq!((code(&outcome), seen), ("no_answer", Seen::Program(400, "Not the expected answer".to_owned())));
    assert!(!world.simulator.requests().iter().any(|sent| sent.path.ends_with("/token")), "no code was redeemed");
}

#[tokio::test]
async fn an_id_token_of_another_tenant_client_issuer_or_sign_in_is_refused() {
    let world = World::new().await;
    let other = Uuid::new_v4();
    for lie in [
        Lie::IdTenant(other),
        Lie::IdClient(other),
        Lie::IdNonce,
        Lie::NoIdToken,
        Lie::IdIssuer(format!("https://login.evil.example/{}/v2.0", world.contoso.tenant)),
        Lie::IdIssuer(format!("https://login.microsoftonline.com/{other}/v2.0")),
        Lie::IdIssuer(format!("http://login.microsoftonline.com/{}/v2.0", world.contoso.tenant)),
    ] {
        world.simulator.lie(lie);
        let (outcome, _) = world.sign_in(&world.admin, Act::Accept).await;
        assert_eq!(code(&outcome), "sign_in_mismatch");
    }
}

#[tokio::test]
async fn a_token_for_another_audience_is_not_sent_anywhere() {
    let world = World::new().await;
    for lie in [
        Lie::Audience("https://contoso.crm4.dynamics.com".to_owned()),
        Lie::Audience("https://vault.azure.net".to_owned()),
        Lie::Audience("00000007-0000-0000-c000-000000000000".to_owned()),
        Lie::Scope("https://management.azure.com/user_impersonation".to_owned()),
    ] {
        world.simulator.lie(lie);
        let (outcome, _) = world.sign_in(&world.admin, Act::Accept).await;
        assert_eq!(code(&outcome), "token_mismatch");
    }
    assert!(world.simulator.requests().iter().all(|sent| sent.token_for.is_none()));
}

#[tokio::test]
async fn answers_that_are_huge_broken_redirected_or_echo_the_code_are_refused() {
    let world = World::new().await;
    let cases = [
        (Canned::json(200, &serde_json::json!({ "pad": "x".repeat(1_100_000) })), "too_large"),
        (Canned::json(200, &serde_json::json!({})), "bad_json"),
        (Canned::json(200, &serde_json::json!({ "token_type": "Bearer", "access_token": "a b" })), "bad_json"),
        (Canned::json(200, &serde_json::json!({ "token_type": "mac", "access_token": "abc" })), "bad_json"),
        (Canned::html(200, "Sign in to the network"), "html_instead_of_json"),
        (Canned::redirect("https://login.evil.example/token"), "redirected"),
    ];
    for (canned, expected) in cases {
        world.contoso.trouble_times(At::PersonToken, Trouble::Answer(canned), 1);
        let (outcome, _) = world.sign_in(&world.admin, Act::Accept).await;
        assert_eq!(code(&outcome), expected);
    }
    assert!(world.simulator.requests().iter().all(|sent| sent.host != "login.evil.example"));

    // A server that says in its error what it was sent.
    let sign_in = BrowserSignIn::begin(world.request()).await.expect("a port");
    let address = sign_in.address().to_owned();
    let browser = Browser::new(&world.simulator);
    let network = world.network();
    let finish = sign_in.finish(&network, limit(), Utc::now());
    let act = async {
        let form = browser.until_answer(&address, &world.admin, Act::Accept).await.expect("a form");
        let code = form.fields.iter().find(|(name, _)| name == "code").expect("a code").1.clone();
        let echo = Canned::entra_error(400, "invalid_grant", 9_999_999, &format!("Cannot redeem {code}."));
        world.contoso.trouble_times(At::PersonToken, Trouble::Answer(echo), 1);
        browser.post_to_program(&form).await;
        code
    };
    let (outcome, secret) = tokio::join!(finish, act);
    let error = outcome.err().expect("refused");
    assert_eq!(error.code(), "AADSTS9999999");
    assert!(!format!("{error} {error:?}").contains(&secret), "the code is told ({})", hash_of(&secret));
    assert!(error.to_string().contains("[secret]"));
}
