//! What goes into a profile comes out of the file, and so does what only a newer version understands.

use a365_password_tool::cloud::Overrides;
use a365_password_tool::profile::{
    ClientId, ClientSecret, EnvironmentUrl, FormerSecret, LastCheck, MadeBy, Profile, ProxyCredentials, ProxyName,
    RenewalInProgress, Renewed, SecretText, Tenant, UccUpdate, parse_name,
};
use a365_password_tool::renewal::Act;
use a365_password_tool::vault::{Contents, Vault, VaultError};
use chrono::{DateTime, NaiveDate, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::forge::{self, Forge};
use super::{Place, made, names, place};

fn any_moment() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_135_596_800_i64..253_402_300_800, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).expect("within the calendar"))
}

/// A save brings a time of change that is yet to come back to its own.
fn any_past_moment() -> impl Strategy<Value = DateTime<Utc>> {
    any_moment().prop_map(|moment| moment.min(super::moment()))
}

fn any_secret_text() -> impl Strategy<Value = SecretText> {
    any::<String>().prop_map(SecretText::new)
}

fn any_date() -> impl Strategy<Value = Option<NaiveDate>> {
    option::of((0_i32..3_000_000).prop_filter_map("a day", NaiveDate::from_num_days_from_ce_opt))
}

fn any_secret() -> impl Strategy<Value = ClientSecret> {
    any::<String>().prop_filter_map("a secret", |text| ClientSecret::parse(&text).ok())
}

/// What a newer version may have added, as it comes out of the file: on one line, without blanks.
fn any_newer() -> impl Strategy<Value = SecretText> {
    prop_oneof![Just(""), Just("{\"colour\":\"blue\",\"more\":[1,null,{\"z\":true}]}")].prop_map(SecretText::from)
}

fn any_id() -> impl Strategy<Value = Option<Uuid>> {
    option::of(any::<u128>().prop_map(Uuid::from_u128))
}

prop_compose! {
    fn any_renewal()(
        started in any_moment(),
        new_secret in option::of(any_secret()),
        new_expires in any_date(),
        key_id in any_id(),
        tested in option::of(any_moment()),
        newer in any_newer(),
    ) -> RenewalInProgress {
        RenewalInProgress { started, new_secret, new_expires, key_id, tested, newer }
    }
}

prop_compose! {
    // Replaced today: one whose day has come is forgotten by the save.
    fn any_former()(secret in any_secret(), expires in any_date(), key_id in any_id(), newer in any_newer()) -> FormerSecret {
        FormerSecret { secret, expires, replaced_at: Utc::now(), key_id, newer }
    }
}

prop_compose! {
    fn any_ucc_update()(
        replaced_at in any_past_moment(),
        former_expires in any_date(),
        done in option::of(any_moment()),
        newer in any_newer(),
    ) -> UccUpdate {
        UccUpdate { replaced_at, former_expires, done, newer }
    }
}

prop_compose! {
    fn any_renewed()(
        at in any_moment(),
        expires in any_date(),
        made_by in prop_oneof![Just("portal"), Just("graph"), Just("by hand")],
        key_id in any_id(),
        newer in any_newer(),
    ) -> Renewed {
        Renewed { at, expires, made_by: MadeBy::of_id(made_by), key_id, newer }
    }
}

prop_compose! {
    fn any_profile()(
        id in any::<u128>(),
        name in any::<String>(),
        organization in option::of("[a-z][a-z0-9]{0,20}"),
        client_id in option::of(1_u128..),
        secret in option::of(any::<String>()),
        tenant in option::of(any::<u128>()),
        expires in option::of(0_i32..3_000_000),
        tags in vec(any::<String>(), 0..3),
        notes in any::<String>(),
        vendor_value in option::of(any_secret_text()),
        other_keys in vec((any::<String>(), any_secret_text()), 0..3),
        last_check in option::of((any_moment(), any::<bool>(), option::of(any::<String>()))),
        renewals in (
            option::of(any_renewal()),
            option::of(any_former()),
            vec(any_renewed(), 0..3),
            option::of(any_ucc_update()),
        ),
        created in any_moment(),
        modified in any_past_moment(),
    ) -> Profile {
        let id = Uuid::from_u128(id);
        Profile {
            // The id makes it unique; a name that is none becomes the id alone.
            name: parse_name(&format!("{id} {name}")).unwrap_or_else(|_| id.to_string()),
            id,
            environment_url: organization
                .and_then(|organization| EnvironmentUrl::parse(&format!("{organization}.crm4.dynamics.com")).ok()),
            client_id: client_id.and_then(|id| ClientId::parse(&Uuid::from_u128(id).to_string()).ok()),
            client_secret: secret.and_then(|secret| ClientSecret::parse(&secret).ok()),
            tenant: tenant.map(|id| Tenant::Id(Uuid::from_u128(id))),
            secret_expires: expires.and_then(NaiveDate::from_num_days_from_ce_opt),
            tags,
            notes,
            vendor_value,
            other_keys,
            last_check: last_check.map(|(at, passed, stage)| LastCheck {
                at,
                passed,
                code: stage.clone(),
                stage,
                tenant_id: tenant.map(Uuid::from_u128),
            }),
            renewal: renewals.0.map(Box::new),
            former_secret: renewals.1.map(Box::new),
            renewals: renewals.2,
            ucc_update: renewals.3.map(Box::new),
            created,
            modified,
        }
    }
}

#[test]
fn any_profile_comes_back_as_it_was() {
    let (place, vault) = made();
    let vault = std::cell::RefCell::new(vault);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(96));
    // A second handle reads each save: without a derivation of its own, so that many cases stay quick.
    let reader = std::cell::RefCell::new(place.open().expect("a second handle"));
    runner
        .run(&vec(any_profile(), 0..6), |profiles| {
            let saved = vault.borrow_mut().update(|contents| {
                let former: Vec<Uuid> = contents.profiles().iter().map(|profile| profile.id).collect();
                former.into_iter().for_each(|id| drop(contents.remove(id)));
                profiles.iter().try_for_each(|profile| contents.put(profile.clone()))?;
                Ok::<_, VaultError>(contents.profiles().to_vec())
            });
            let saved = saved.map_err(|error| TestCaseError::fail(error.to_string()))?;
            let mut reader = reader.borrow_mut();
            prop_assert!(reader.refresh().map_err(|error| TestCaseError::fail(error.to_string()))?.is_changed());
            prop_assert_eq!(reader.contents().profiles(), &saved[..]);
            prop_assert_eq!(&saved, &profiles);
            Ok(())
        })
        .expect("every case");
}

const BASE: &str = "\"id\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"name\":\"Contoso\",\
                    \"created\":\"2026-11-23T08:30:00Z\",\"modified\":\"2026-11-23T08:30:00Z\"";

fn open_payload(payload: &str) -> (super::Place, Result<Vault, VaultError>) {
    let place = place();
    std::fs::write(&place.path, Forge::new(&place.passphrase, payload).file()).expect("a forged file");
    let vault = place.open();
    (place, vault)
}

#[test]
fn what_a_newer_version_added_survives_a_save() {
    let added = "\"colour\":\"blue\",\"more\":{\"z\":[1,-2,null,true],\"a\":\"\\u00e9\\n\"}";
    let payload = format!("{{\"folders\":[{{\"b\":1,\"a\":2}}],\"profiles\":[{{{BASE},{added}}}]}}");
    let (place, vault) = open_payload(&payload);
    let mut vault = vault.expect("opened");
    let mut contoso = vault.contents().profiles()[0].clone();
    contoso.name = "Contoso Europe".to_owned();
    vault.update(|contents| contents.put(contoso)).expect("a save");
    let text = forge::read_payload(&place.bytes(), &place.passphrase);
    let saved: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let before: serde_json::Value = serde_json::from_str(&payload).expect("JSON");
    for member in ["colour", "more"] {
        assert_eq!(saved["profiles"][0][member], before["profiles"][0][member], "{member}");
    }
    assert_eq!(saved["folders"], before["folders"]);
    assert_eq!(saved["profiles"][0]["name"], "Contoso Europe");
    assert!(text.contains("\"folders\":[{\"b\":1,\"a\":2}]"), "the order of members stays: {text}");
}

#[test]
fn what_a_newer_version_added_to_a_renewal_survives_a_save() {
    let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, "a test's own");
    let renewal = format!("{{\"started\":\"2026-11-23T08:30:00Z\",\"new_secret\":\"{secret}\",\"owner\":\"ada\"}}");
    let former = format!(
        "{{\"secret\":\"{secret}\",\"expires\":\"2999-01-01\",\"replaced_at\":\"2026-11-23T08:30:00Z\",\"why\":[1,2]}}"
    );
    let renewals = "[{\"at\":\"2026-11-23T08:30:00Z\",\"made_by\":\"graph\",\"by\":\"ada\"}]";
    let ucc = "{\"replaced_at\":\"2026-11-23T08:30:00Z\",\"former_expires\":\"2999-01-01\",\"by\":\"ada\"}";
    let members =
        format!("\"renewal\":{renewal},\"former_secret\":{former},\"renewals\":{renewals},\"ucc_update\":{ucc}");
    let (place, vault) = open_payload(&format!("{{\"profiles\":[{{{BASE},{members}}}]}}"));
    let mut vault = vault.expect("opened");
    let contoso = vault.contents().profiles()[0].clone();
    assert_eq!(
        contoso.renewal.and_then(|it| it.new_secret).map(|it| it.expose().to_owned()).as_deref(),
        Some("a test's own")
    );
    vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    let text = forge::read_payload(&place.bytes(), &place.passphrase);
    for member in [renewal, former, renewals.to_owned(), format!("\"ucc_update\":{ucc}")] {
        assert!(text.contains(&member), "{member} in {text}");
    }
}

#[test]
fn a_renewal_of_another_shape_is_kept_until_one_is_begun() {
    for odd in ["\"soon\"", "{\"started\":5}", "{}", "[{\"started\":null}]"] {
        let (place, vault) = open_payload(&format!("{{\"profiles\":[{{{BASE},\"renewal\":{odd}}}]}}"));
        let mut vault = vault.expect("one odd value does not lock the others in");
        let id = vault.contents().profiles()[0].id;
        vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
        assert!(
            forge::read_payload(&place.bytes(), &place.passphrase).contains(&format!("\"renewal\":{odd}")),
            "{odd}"
        );
        vault.update(|contents| contents.renew(id, Act::Begin, Utc::now())).expect("a save");
        assert!(place.open().expect("no member is written twice").contents().profiles()[0].renewal.is_some());
    }
}

#[test]
fn a_value_that_cannot_be_read_is_kept_until_it_is_set() {
    let odd = "\"environment_url\":\"https://contoso.crm.dynamics.moon\",\"secret_expires\":\"30 February\",\"client_secret\":\"%%%\"";
    let (place, vault) = open_payload(&format!("{{\"profiles\":[{{{BASE},{odd}}}]}}"));
    let mut vault = vault.expect("one odd value does not lock the others in");
    let mut contoso = vault.contents().profiles()[0].clone();
    assert_eq!((&contoso.environment_url, contoso.secret_expires, &contoso.client_secret), (&None, None, &None));
    vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    let profile = || {
        let text = forge::read_payload(&place.bytes(), &place.passphrase);
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["profiles"][0].clone()
    };
    assert_eq!(profile()["environment_url"], "https://contoso.crm.dynamics.moon");
    assert_eq!((&profile()["secret_expires"], &profile()["client_secret"]), (&"30 February".into(), &"%%%".into()));
    contoso.environment_url = EnvironmentUrl::parse("contoso.crm4.dynamics.com").ok();
    vault.update(|contents| contents.put(contoso)).expect("a save");
    assert_eq!(profile()["environment_url"], "https://contoso.crm4.dynamics.com");
    assert!(place.open().is_ok(), "no member is written twice");
}

#[test]
fn an_address_of_an_administrators_list_is_read_where_the_list_is() {
    let list = "[[cloud]]\ncloud = \"commercial\"\nenvironment_suffix = \"crm.dynamics.moon\"\n";
    let list = Overrides::parse(list, std::path::Path::new("clouds.toml")).expect("a right list");
    let url = "\"environment_url\":\"https://contoso.crm.dynamics.moon\"";
    let (place, vault) = open_payload(&format!("{{\"profiles\":[{{{BASE},{url}}}]}}"));
    let mut vault = vault.expect("opened");
    vault.accept_clouds(&list);
    let shown = |vault: &Vault| vault.contents().profiles()[0].environment_url.as_ref().map(ToString::to_string);
    assert_eq!(shown(&vault).as_deref(), Some("https://contoso.crm.dynamics.moon"));
    place.open().expect("another hand").update(|_| Ok::<_, VaultError>(())).expect("a save without the list");
    vault.update(|_| Ok::<_, VaultError>(())).expect("a save with it");
    assert_eq!(shown(&vault).as_deref(), Some("https://contoso.crm.dynamics.moon"));
    assert_eq!(shown(&place.open().expect("without the list")), None);
    assert!(forge::read_payload(&place.bytes(), &place.passphrase).contains(url), "and never lost");
}

#[test]
fn contents_outside_the_rules_are_refused_without_showing_them() {
    let hidden = "do-not-show-me";
    for payload in [
        String::new(),
        "[]".to_owned(),
        "{}".to_owned(),
        "{\"profiles\":[]}x".to_owned(),
        "{\"profiles\":[],\"profiles\":[]}".to_owned(),
        "{\"profiles\":[],\"x\":1,\"x\":2}".to_owned(),
        format!("{{\"profiles\":\"{hidden}\"}}"),
        format!("{{\"profiles\":[{{{BASE},\"notes\":[\"{hidden}\"]}}]}}"),
        format!("{{\"profiles\":[{{{BASE},\"tags\":\"{hidden}\"}}]}}"),
        format!("{{\"profiles\":[{{{BASE},\"vendor_value\":\"{hidden}\"}}]}}"),
        format!("{{\"profiles\":[{{{BASE},\"name\":\"{hidden}\"}}]}}"),
        format!("{{\"profiles\":[{{{BASE},\"x\":1,\"x\":\"{hidden}\"}}]}}"),
        format!("{{\"profiles\":[{{{BASE},\"renewal\":{{\"x\":1,\"x\":\"{hidden}\"}}}}]}}"),
        format!("{{\"profiles\":[{{{BASE}}},{{{BASE}}}]}}"),
        "{\"profiles\":[{\"id\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"name\":\"n\"}]}".to_owned(),
    ] {
        let (_place, vault) = open_payload(&payload);
        let error = vault.expect_err(&payload);
        assert!(matches!(error, VaultError::ContentsUnreadable { .. }), "{payload}: {error}");
        assert!(!format!("{error} {error:?}").contains(hidden), "{error:?}");
    }
}

#[test]
fn a_doubled_name_in_a_file_is_shown_rather_than_lost() {
    let other = BASE.replace("11112222", "99992222");
    let (_place, vault) = open_payload(&format!("{{\"profiles\":[{{{BASE}}},{{{other}}}]}}"));
    let mut vault = vault.expect("opened");
    assert_eq!(names(vault.contents()), ["Contoso", "Contoso"]);
    let first = vault.contents().profiles()[0].id;
    assert_eq!(vault.contents().by_name("contoso").map(|profile| profile.id), Some(first));
    vault.update(|contents| Ok::<_, VaultError>(contents.remove(first))).expect("a removal");
    assert_ne!(vault.contents().by_name("contoso").map(|profile| profile.id), Some(first));
    assert!(vault.contents().by_name("contoso").is_some());
}

#[test]
fn proxy_credentials_come_back_and_can_be_forgotten() {
    let (place, mut vault) = made();
    assert_eq!(vault.contents().proxy_credentials(), None);
    let credentials = ProxyCredentials::new("DOMAIN\\user", SecretText::from(" p:ä\"ss "));
    let bound = credentials.clone().bound_to(ProxyName::parse("[2001:DB8::1]:8080").expect("a proxy"));
    for wanted in [Some(credentials), Some(bound), None] {
        let set = wanted.clone();
        let change = vault.update(|contents| {
            contents.set_proxy_credentials(set);
            Ok::<_, VaultError>(())
        });
        change.expect("a save");
        let mut again = place.open().expect("opened");
        assert_eq!(again.contents().proxy_credentials(), wanted.as_ref());
        again.update(|_| Ok::<_, VaultError>(())).expect("a save of what was read");
        assert_eq!(place.open().expect("opened").contents().proxy_credentials(), wanted.as_ref());
    }
    assert!(!forge::read_payload(&place.bytes(), &place.passphrase).contains("proxy_credentials"));
}

/// An earlier version takes an object of exactly two members for credentials that any proxy may get; a third one it keeps
/// as it is and does not use.
#[test]
fn credentials_for_one_proxy_are_no_credentials_to_an_earlier_version() {
    let (place, mut vault) = made();
    let stored = |place: &Place| {
        let payload: serde_json::Value =
            serde_json::from_str(&forge::read_payload(&place.bytes(), &place.passphrase)).expect("JSON");
        payload["proxy_credentials"].clone()
    };
    let plain = ProxyCredentials::new("u", SecretText::from("p"));
    let bound = plain.clone().bound_to(ProxyName::parse("Proxy.example:8080").expect("a proxy"));
    for (credentials, shape) in [
        (bound, serde_json::json!({"user": "u", "password": "cA==", "proxy": "proxy.example:8080"})),
        (plain, serde_json::json!({"user": "u", "password": "cA=="})),
    ] {
        vault
            .update(|contents| {
                contents.set_proxy_credentials(Some(credentials));
                Ok::<_, VaultError>(())
            })
            .expect("a save");
        assert_eq!(stored(&place), shape);
    }
}

#[test]
fn proxy_credentials_of_another_shape_are_kept_until_they_are_set() {
    for odd in [
        "{\"user\":\"u\",\"password\":\"cA==\",\"realm\":\"x\"}",
        "[1]",
        "{\"user\":\"u\",\"password\":\"cA==\",\"proxy\":\"x\"}",
        "{\"user\":\"a:b\",\"password\":\"cA==\"}",
    ] {
        let (place, vault) = open_payload(&format!("{{\"proxy_credentials\":{odd},\"profiles\":[]}}"));
        let mut vault = vault.expect("opened");
        assert_eq!(vault.contents().proxy_credentials(), None);
        vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
        assert!(forge::read_payload(&place.bytes(), &place.passphrase).contains(odd));
        let set = |contents: &mut Contents| {
            contents.set_proxy_credentials(Some(ProxyCredentials::new("u", SecretText::from("p"))));
            Ok::<_, VaultError>(())
        };
        vault.update(set).expect("a save");
        assert!(place.open().expect("no member is written twice").contents().proxy_credentials().is_some());
    }
    let twice =
        "{\"proxy_credentials\":{\"user\":\"u\",\"password\":\"cA==\"},\"proxy_credentials\":1,\"profiles\":[]}";
    assert!(matches!(open_payload(twice).1, Err(VaultError::ContentsUnreadable { .. })));
}
