//! The e-mail to the owner of the app registration, and its way through a webhook.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, mpsc};

use a365_password_tool::connection_check::{Limits, NetworkSettings, ProxyChoice};
use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, Profile, SecretText, Tenant};
use a365_password_tool::reminder::handover;
use a365_password_tool::reminder::webhook::{ConfiguredWebhook, Listed, Post, Webhook};
use a365_password_tool::settings::WebhookForm;
use serde_json::Value;
use uuid::Uuid;

use crate::policy::{at, day};

const SECRET: &str = "not;to=be\"told";

fn contoso(url: &str) -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(1), "Contoso & Sons", at("2026-01-01T00:00"));
    profile.environment_url = EnvironmentUrl::parse(url).ok();
    profile.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
    profile.client_secret = ClientSecret::parse(SECRET).ok();
    profile.tenant = Tenant::parse("contoso.onmicrosoft.com").ok();
    profile.secret_expires = Some(day("2026-06-13"));
    profile.vendor_value = Some(SecretText::from("vendor form"));
    profile.notes = "internal".to_owned();
    profile
}

#[test]
fn the_mail_says_which_app_which_date_and_which_clicks() {
    let mail = handover::mail(&contoso("https://contoso.crm4.dynamics.com"), at("2026-06-01T09:00"));
    assert_eq!(mail.subject, "Client secret expires on 13 June 2026: Contoso & Sons");
    for part in [
        "It expires in 12 days, on Saturday, 13 June 2026.",
        "Application (client) ID: 11112222-aaaa-3333-bbbb-4444cccc5555\n",
        "Directory (tenant): contoso.onmicrosoft.com\n",
        "Environment: https://contoso.crm4.dynamics.com",
        "https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/11112222-aaaa-3333-bbbb-4444cccc5555\n",
        "Copy the Value (not the Secret ID)",
    ] {
        assert!(mail.body.contains(part), "{part}\n{}", mail.body);
    }
    for secret in [SECRET, "vendor form", "internal"] {
        assert!(!mail.body.contains(secret) && !mail.subject.contains(secret), "{secret}");
    }
}

#[test]
fn the_link_leads_to_the_environments_own_cloud_and_missing_facts_are_said() {
    let mail = handover::mail(&contoso("https://contoso.crm.microsoftdynamics.us"), at("2026-06-13T00:00"));
    assert!(mail.body.contains("https://portal.azure.us/#view/"), "{}", mail.body);
    assert!(mail.body.contains("Cloud: US Government (GCC High)\n"));
    assert_eq!(mail.subject, "Client secret has expired: Contoso & Sons");
    let bare = Profile::new(Uuid::from_u128(1), "Bare", at("2026-01-01T00:00"));
    let mail = handover::mail(&bare, at("2026-06-01T09:00"));
    assert!(mail.body.contains("Application (client) ID: (not known to us)\n"));
    assert!(mail.body.contains("1. Open https://portal.azure.com > Microsoft Entra ID"));
    assert_eq!(mail.subject, "Client secret needs to be renewed: Bare");
}

fn post() -> Post {
    let listed = |name: &str, expires: Option<&str>| Listed {
        name: name.to_owned(),
        expires: expires.map(day),
        days_left: expires.map(|_| 12),
        words: "expires in 12 days".to_owned(),
        ucc_behind: false,
    };
    Post {
        title: "2 client secrets expire soon".to_owned(),
        text: String::new(),
        secrets: vec![listed("R&D <x> *[a](https://b)* `c`", Some("2026-06-13")), listed("Undated", None)],
    }
}

#[test]
fn each_receiver_gets_its_own_form() {
    let body = |form| post().body(form, at("2026-06-01T09:00"));
    let json = body(WebhookForm::Json);
    assert_eq!(json["secrets"][0]["state"], "urgent");
    assert_eq!(json["secrets"][1]["expires"], Value::Null);
    assert_eq!((&json["schema"], &json["count"]), (&Value::from(1), &Value::from(2)));
    let card = body(WebhookForm::Teams);
    assert_eq!(card["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!(
        shown(&card),
        [
            "2 client secrets expire soon",
            "R&D <x> *[a](https://b)* `c`: expires in 12 days (2026-06-13)",
            "Undated: expires in 12 days"
        ]
    );
    let slack = body(WebhookForm::Slack);
    let text = slack["text"].as_str().expect("a text");
    assert!(text.contains("• `R&amp;D &lt;x&gt; *[a](https://b)* 'c'`: expires in 12 days (2026-06-13)"), "{text}");
}

/// The lines of a card. All of it is RichTextBlocks of TextRuns, in which nothing is Markdown.
fn shown(card: &Value) -> Vec<String> {
    let content = &card["attachments"][0]["content"];
    let blocks = content["body"].as_array().expect("blocks");
    let line = |block: &Value| {
        assert_eq!(block["type"], "RichTextBlock", "{block}");
        let runs = block["inlines"].as_array().expect("runs");
        let run = |run: &Value| {
            assert_eq!(run["type"], "TextRun", "{run}");
            let text = run["text"].as_str().expect("a text").to_owned();
            assert!(!text.contains("{{"), "a card calculates it: {text}");
            text
        };
        runs.iter().map(run).collect::<String>()
    };
    blocks.iter().map(line).collect()
}

#[test]
fn a_name_is_nothing_but_text_in_a_card_and_in_slack() {
    for name in [
        "contoso_prod_main *EU*",
        "[Contoso](https://evil.example) <b>x</b> & co",
        "`code` ~~old~~ #1",
        "{{DATE(2026-11-20T00:00:00Z, LONG)}}",
        "{{{{TIME(2026-11-20T00:00:00Z)}}}}",
        "# heading",
        "- item",
        "1. item",
        "> quote",
        "![x](https://evil.example/x.png)",
        "<at>Everyone</at>",
        "<!channel> @here <@U012>",
        ":fire: **bold** __x__",
        "a | b \\n c \\* d",
        "https://evil.example",
        "=HYPERLINK(\"http://x\")",
        "老虎 Größe",
        "```x```",
    ] {
        let secrets = vec![Listed { name: name.to_owned(), ..post().secrets[0].clone() }];
        let post = Post { secrets, ..post() };
        let card = post.body(WebhookForm::Teams, at("2026-06-01T09:00"));
        assert_eq!(shown(&card)[1], format!("{name}: expires in 12 days (2026-06-13)"));
        let slack = post.body(WebhookForm::Slack, at("2026-06-01T09:00"))["text"].as_str().expect("a text").to_owned();
        let line = slack.lines().nth(1).expect("its line");
        let code = line.strip_prefix("• `").and_then(|rest| rest.strip_suffix("`: expires in 12 days (2026-06-13)"));
        let code = code.expect("a code span");
        assert!(!code.contains(['`', '<', '>']), "{line}");
        let back = code.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        assert_eq!(back, name.replace('`', "'"));
    }
}

#[test]
fn a_page_in_a_card_is_a_link_and_a_card_is_never_too_long_for_teams() {
    let page = "https://portal.azure.com/#view/x";
    let with_page = Post { text: format!("Hello,\n\n1. Open:\n   {page}\n"), ..post() };
    let card = with_page.body(WebhookForm::Teams, at("2026-06-01T09:00"));
    assert_eq!(shown(&card)[1..4], ["Hello,", "1. Open:", page]);
    let run = &card["attachments"][0]["content"]["body"][3]["inlines"][0];
    assert_eq!(run["selectAction"], serde_json::json!({ "type": "Action.OpenUrl", "url": page }));
    let long = Listed { name: "{老虎\"".repeat(30), ..post().secrets[0].clone() };
    let many = Post { secrets: vec![long; 60], ..post() };
    let card = many.body(WebhookForm::Teams, at("2026-06-01T09:00"));
    let lines = shown(&card);
    assert!(card.to_string().len() < 28 * 1024 - 4096, "{}", card.to_string().len());
    assert_eq!(*lines.last().expect("a line"), format!("and {} more", 60 - (lines.len() - 2)));
}

#[test]
fn a_posts_title_is_all_ours() {
    let profile = Profile::new(Uuid::nil(), "<!channel> *x*", at("2026-05-01T09:00"));
    let post = handover::post(&profile, at("2026-06-01T09:00"));
    assert_eq!(post.title, "Client secret needs to be renewed");
    assert_eq!(
        handover::mail(&profile, at("2026-06-01T09:00")).subject,
        "Client secret needs to be renewed: <!channel> *x*"
    );
    let text = post.body(WebhookForm::Slack, at("2026-06-01T09:00"))["text"].to_string();
    assert!(text.contains("`&lt;!channel&gt; *x*`") && !text.contains("<!"), "{text}");
}

#[test]
fn a_post_of_many_is_bounded() {
    let many = Post { secrets: vec![post().secrets[0].clone(); 10_000], ..post() };
    for form in [WebhookForm::Json, WebhookForm::Teams, WebhookForm::Slack] {
        assert!(many.body(form, at("2026-06-01T09:00")).to_string().len() < 20_000);
    }
    let text = many.body(WebhookForm::Slack, at("2026-06-01T09:00"));
    assert!(text["text"].as_str().is_some_and(|text| text.ends_with("and 9950 more")));
}

/// A server that takes one request over TLS and answers with this status line.
fn server(status: &'static str, answer: &'static str) -> (NetworkSettings, mpsc::Receiver<String>) {
    let name = "hooks.contoso.example";
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut connection = rustls::ServerConnection::new(Arc::new(config.clone())).expect("a connection");
            let mut stream = stream.expect("a client");
            let mut tls = rustls::Stream::new(&mut connection, &mut stream);
            let mut request = Vec::new();
            let mut piece = [0; 4096];
            // The body of a post is one JSON object.
            while !request.ends_with(b"}") {
                match tls.read(&mut piece) {
                    Ok(read) if read > 0 => request.extend_from_slice(&piece[..read]),
                    _ => break,
                }
            }
            let length = answer.len();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
            let _ = tls.write_all(answer.as_bytes());
            let _ = send.send(String::from_utf8_lossy(&request).into_owned());
        }
    });
    let network = NetworkSettings {
        proxy: ProxyChoice::None,
        extra_roots_pem: vec![made.cert.pem().into_bytes()],
        resolve: vec![(name.to_owned(), address)],
        limits: Limits::default(),
        ..NetworkSettings::default()
    };
    (network, receive)
}

fn hook(network: NetworkSettings, address: &str) -> ConfiguredWebhook {
    let address = address.parse().expect("an address");
    ConfiguredWebhook { address, form: WebhookForm::Json, network, now: at("2026-06-01T09:00") }
}

#[test]
fn a_post_arrives_as_json_over_tls() {
    let (network, received) = server("202 Accepted", "");
    let port = network.resolve[0].1.port();
    let sent = hook(network, &format!("https://hooks.contoso.example:{port}/flow?sig=key")).post(&post());
    assert_eq!(sent, Ok(()));
    let request = received.recv().expect("a request");
    assert!(request.starts_with("POST /flow?sig=key HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("content-type: application/json\r\n"), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["title"], "2 client secrets expire soon");
}

#[test]
fn an_error_in_a_success_is_told_in_the_receivers_words() {
    let (network, _received) = server("200 OK", "Webhook message delivery failed with error: HTTP error 429");
    let port = network.resolve[0].1.port();
    let error =
        hook(network, &format!("https://hooks.contoso.example:{port}/flow")).post(&post()).expect_err("an error");
    assert!(error.contains("“Webhook message delivery failed with error: HTTP error 429”"), "{error}");
    assert!(error.contains("Wait a few minutes") && error.contains("reminders.webhook"), "{error}");
}

#[test]
fn a_refusal_a_redirect_and_a_stranger_are_errors_without_the_address() {
    for status in ["404 Not Found", "302 Found\r\nLocation: https://elsewhere.example/"] {
        let (network, received) = server(status, "It was /flow?sig=key here.");
        let port = network.resolve[0].1.port();
        let address = format!("https://hooks.contoso.example:{port}/flow?sig=key");
        let error = hook(network, &address).post(&post()).expect_err("refused");
        assert!(error.contains("hooks.contoso.example") && error.contains(&status[..3]), "{error}");
        assert!(!error.contains("sig=key") && error.contains("It was […] here."), "{error}");
        assert!(received.recv().is_ok_and(|request| request.starts_with("POST /flow")), "{status}");
    }
    let (network, received) = server("200 OK", "");
    let port = network.resolve[0].1.port();
    let distrustful = NetworkSettings { extra_roots_pem: Vec::new(), ..network };
    let address = format!("https://hooks.contoso.example:{port}/flow?sig=key");
    let error = hook(distrustful, &address).post(&post()).expect_err("not trusted");
    assert!(error.contains("could not be reached") && !error.contains("sig=key"), "{error}");
    assert!(!received.try_iter().any(|request| request.contains("sig=key")), "nothing was sent");
}
