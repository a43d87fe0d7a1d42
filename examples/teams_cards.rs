//! Prints cards for Microsoft Teams, one JSON object a line, with the names that are in them: `tests/reminder/check_cards.sh`
//! holds them against the schema of Adaptive Cards.

use a365_password_tool::profile::{ClientId, EnvironmentUrl, Profile};
use a365_password_tool::reminder::handover;
use a365_password_tool::reminder::webhook::{Listed, Post};
use a365_password_tool::settings::WebhookForm;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

const NAMES: [&str; 13] = [
    "Contoso",
    "contoso_prod_main *EU*",
    "[Contoso](https://evil.example) <b>x</b> & co",
    "`code` ~~old~~ #1",
    "{{DATE(2026-11-20T00:00:00Z, LONG)}}",
    "{{{TIME(2026-11-20T00:00:00Z)}}}",
    "# heading",
    "- item",
    "1. item",
    "![x](https://evil.example/x.png)",
    "<at>Everyone</at>",
    "\"quotes\" \\ and 老虎 Größe 👩",
    "${evil} @{triggerBody()}",
];

fn main() {
    let now: DateTime<Utc> = "2026-06-01T09:00:00Z".parse().expect("a time");
    let listed = |name: &str| Listed {
        name: name.to_owned(),
        expires: "2026-06-13".parse().ok(),
        days_left: Some(12),
        words: "expires in 12 days".to_owned(),
        ucc_behind: false,
    };
    let post = |names: &[&str]| Post {
        title: "Client secrets expire soon".to_owned(),
        text: String::new(),
        secrets: names.iter().map(|name| listed(name)).collect(),
    };
    let mut profile = Profile::new(Uuid::from_u128(1), NAMES[2], now);
    profile.environment_url = EnvironmentUrl::parse("https://contoso.crm4.dynamics.com").ok();
    profile.client_id = ClientId::parse("11112222-aaaa-3333-bbbb-4444cccc5555").ok();
    let many = [NAMES[2]; 500];
    let test = Post { title: "Test message".to_owned(), text: "Some words.".to_owned(), secrets: Vec::new() };
    let posts = [
        (&NAMES[..1], post(&NAMES[..1])),
        (&NAMES, post(&NAMES)),
        (&many[..1], post(&many)),
        (&NAMES[2..3], handover::post(&profile, now)),
        (&[], test),
    ];
    for (names, post) in posts {
        println!("{}", json!({ "names": names, "message": post.body(WebhookForm::Teams, now) }));
    }
}
