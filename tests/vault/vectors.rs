//! Files made once and kept: every later version has to open them.

use std::path::PathBuf;

use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, LastCheck, Profile, SecretText, Tenant};
use a365_password_tool::vault::{KdfParameters, Vault, read_info};
use uuid::Uuid;

use super::names;

/// Known to everybody, protects nothing.
const PASSPHRASE: &str = "correct horse battery vector";

fn vector(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(format!("vault-v1-{name}.a365vault"))
}

fn opened(name: &str) -> Vault {
    Vault::open(&vector(name), &SecretText::from(PASSPHRASE)).expect("version 1 opens for ever")
}

fn full() -> Profile {
    let mut profile = Profile::new(
        Uuid::from_u128(0x1111_2222_aaaa_4333_8bbb_4444_cccc_5555),
        "Contoso “Zürich” 東京 🏢",
        "2026-11-23T08:30:00.123456789Z".parse().expect("a moment"),
    );
    profile.environment_url = EnvironmentUrl::parse("contoso.crm4.dynamics.com").ok();
    profile.client_id = ClientId::parse("66667777-bbbb-4888-9ccc-9999dddd0000").ok();
    profile.client_secret = ClientSecret::parse("not-a-secret;\"ä=\u{1f511}").ok();
    profile.tenant = Some(Tenant::Domain("contoso.onmicrosoft.com".to_owned()));
    profile.secret_expires = "2027-02-28".parse().ok();
    profile.tags = vec!["eu".to_owned(), "".to_owned()];
    profile.notes = "line 1\nline \"2\"\t\\ \u{0} \u{2028}".to_owned();
    profile.vendor_value = Some(SecretText::from("vendor/+=="));
    profile.other_keys = vec![
        ("RequireNewInstance".to_owned(), SecretText::from("True")),
        ("RequireNewInstance".to_owned(), SecretText::from("")),
    ];
    profile.last_check = Some(LastCheck {
        at: "2026-11-22T23:59:59Z".parse().expect("a moment"),
        passed: false,
        stage: Some("sign_in".to_owned()),
        code: Some("AADSTS7000222".to_owned()),
        tenant_id: None,
    });
    profile.modified = "2026-11-23T08:31:00Z".parse().expect("a moment");
    profile
}

#[test]
fn the_full_vector_opens_with_every_value() {
    let vault = opened("full");
    assert_eq!(vault.contents().profiles(), [full()]);
    assert_eq!(vault.info().slots[0].kdf, Some(KdfParameters::default()));
    assert_eq!(vault.info().generation, 2);
}

#[test]
fn the_empty_vector_opens() {
    assert!(opened("empty").contents().profiles().is_empty());
}

#[test]
fn the_extended_vector_opens_and_names_its_slots() {
    assert_eq!(names(opened("extended").contents()), ["Contoso"]);
    let info = read_info(&vector("extended")).expect("a header");
    assert_eq!(info.slots.iter().map(|slot| slot.kind.as_str()).collect::<Vec<_>>(), ["recovery-key", "passphrase"]);
}
