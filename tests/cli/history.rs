//! The audit trail and the conflicts on the command line.

use a365_password_tool::profile::{ClientSecret, SecretText};
use a365_password_tool::vault::Vault;
use chrono::{TimeDelta, Utc};
use serde_json::Value;

use super::program::{PASSPHRASE, Program};

fn kinds(history: &Value) -> Vec<String> {
    let entries = history["history"].as_array().expect("a list");
    entries.iter().map(|entry| entry["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_history_tells_who_changed_what_and_never_a_value() {
    let program = Program::with_vault();
    program.add("Contoso", "s3cret", &[]).expect(0);
    program.add("Fabrikam", "0ther", &[]).expect(0);
    program.open(&["profile", "set", "Contoso", "--notes", "a private note", "--rename", "Contoso Europe"]).expect(0);
    program.open(&["profile", "remove", "Fabrikam"]).expect(0);
    let answer = program.open(&["vault", "history", "--json"]).expect(0);
    let history = answer.json();
    assert_eq!(kinds(&history), ["vault_made", "profile_added", "profile_added", "profile_changed", "profile_removed"]);
    let changed = &history["history"][3];
    assert_eq!(
        (&changed["profile"], &changed["fields"]),
        (&"Contoso Europe".into(), &serde_json::json!(["name", "notes"]))
    );
    assert_eq!(changed["text"], "Changed name and notes of “Contoso Europe”.");
    for entry in history["history"].as_array().expect("a list") {
        let named = |member: &str| entry[member].as_str().is_some_and(|text| !text.is_empty());
        assert!(named("account") && named("machine") && named("at"), "{entry}");
    }
    let shown = program.open(&["vault", "history"]).expect(0);
    for text in [shown.stdout, answer.stdout] {
        assert!(["s3cret", "0ther", "a private note"].iter().all(|value| !text.contains(value)), "{text}");
    }
    let of_one = program.open(&["vault", "history", "--profile", "fabrikam", "--json"]).expect(0).json();
    assert_eq!(kinds(&of_one), ["profile_added", "profile_removed"], "a removed one is found by its last name");
    let newest = program.open(&["vault", "history", "--last", "1", "--json"]).expect(0).json();
    assert_eq!(kinds(&newest), ["profile_removed"]);
    program.open(&["vault", "history", "--profile", "Nobody"]).expect(2);
}

#[test]
fn a_conflict_is_listed_without_secrets_and_resolved() {
    let program = Program::with_vault();
    program.add("Contoso", "s3cret", &[]).expect(0);
    assert_eq!(program.open(&["vault", "conflicts", "--json"]).expect(0).json()["conflicts"], serde_json::json!([]));
    let mut vault = Vault::open(&program.vault(), &SecretText::from(PASSPHRASE)).expect("opened");
    let base = vault.contents().profiles()[0].clone();
    let (mut one, mut other) = (base.clone(), base.clone());
    (one.notes, one.client_secret) = ("one".to_owned(), ClientSecret::parse("the-one-secret").ok());
    (other.notes, other.client_secret) = ("other".to_owned(), ClientSecret::parse("the-other-secret").ok());
    one.modified = Utc::now();
    other.modified = Utc::now() + TimeDelta::seconds(1);
    for edited in [one, other] {
        vault.update(|contents| contents.put_based_on(Some(&base), edited)).expect("saved");
    }
    let listed = program.open(&["vault", "conflicts", "--json"]).expect(0);
    let fields = &listed.json()["conflicts"][0]["fields"];
    let secret = serde_json::json!({"field": "client_secret", "in_place": null, "other": null});
    let notes = serde_json::json!({"field": "notes", "in_place": "other", "other": "one"});
    assert_eq!(fields, &serde_json::json!([secret, notes]));
    let shown = program.open(&["vault", "conflicts"]).expect(0);
    assert!(
        !shown.stdout.contains("the-one-secret") && shown.stdout.contains("(hidden; use --reveal to show it)"),
        "{}",
        shown.stdout
    );
    let revealed = program.open(&["vault", "conflicts", "--reveal"]).expect(0);
    assert!(revealed.stdout.contains("the-one-secret") && revealed.stdout.contains("the-other-secret"));

    let unknown = program.open(&["vault", "resolve", "Contoso", "--take-other", "tenant", "--json"]).expect(2);
    assert_eq!(unknown.json()["error"]["code"], "field_unknown");
    let resolved = program.open(&["vault", "resolve", "contoso", "--take-other", "client_secret", "--json"]).expect(0);
    assert_eq!(
        (&resolved.json()["taken"], &resolved.json()["left"]),
        (&serde_json::json!(["client_secret"]), &0.into())
    );
    let known = program.run(&["expiring", "--from-index", "--json"], "").expect(0).json();
    assert_eq!(known["vault_state"], "unchanged", "the reminder index was told of it");
    let contents = Vault::open(&program.vault(), &SecretText::from(PASSPHRASE)).expect("opened");
    let now = &contents.contents().profiles()[0];
    assert_eq!(
        (now.notes.as_str(), now.client_secret.as_ref().map(ClientSecret::expose)),
        ("other", Some("the-one-secret"))
    );
    assert_eq!(program.open(&["vault", "resolve", "Contoso"]).expect(2).stdout, "");
    let last = program.open(&["vault", "history", "--last", "1", "--json"]).expect(0).json();
    assert_eq!(kinds(&last), ["conflict_resolved"]);
}
