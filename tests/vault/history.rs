//! The audit trail: who changed what and when, never a value, and never too much of it.

use std::sync::Arc;

use a365_password_tool::profile::{ClientSecret, LastCheck, ProxyCredentials};
use a365_password_tool::vault::{
    Contents, Field, HISTORY_LIMIT, HistoryEntry, HistoryKind, KdfParameters, Vault, VaultError, Who,
};
use chrono::TimeDelta;

use super::forge::{self, Forge};
use super::staged_machine::StagedMachine;
use super::{Place, add, fresh_secret, made, moment, place, profile};

fn staged() -> (Place, Arc<StagedMachine>, Vault) {
    let place = place();
    let who = Who { account: "CONTOSO\\jan".to_owned(), machine: "JUMP01".to_owned() };
    let machine = Arc::new(StagedMachine::of(who, moment()));
    let vault = Vault::create_in(machine.clone(), &place.path, &place.passphrase, KdfParameters::minimum());
    (place, machine, vault.expect("a new vault"))
}

fn kinds(contents: &Contents) -> Vec<HistoryKind> {
    contents.history().iter().map(|entry| entry.kind.clone()).collect()
}

fn last(vault: &Vault) -> &HistoryEntry {
    vault.contents().history().last().expect("an entry")
}

#[test]
fn every_kind_of_change_is_noted_with_who_and_when() {
    let (place, machine, mut vault) = staged();
    let mut contoso = profile("Contoso");
    let id = contoso.id;
    machine.set(moment() + TimeDelta::minutes(1));
    vault.update(|contents| contents.put(contoso.clone())).expect("added");
    (contoso.notes, contoso.client_secret) = ("new".to_owned(), ClientSecret::parse(fresh_secret().expose()).ok());
    machine.set(moment() + TimeDelta::minutes(2));
    vault.update(|contents| contents.put(contoso.clone())).expect("changed");
    let check = LastCheck { at: moment(), passed: false, stage: None, code: None, tenant_id: None };
    contoso.last_check = Some(check);
    vault.update(|contents| contents.put(contoso.clone())).expect("checked");
    let credentials = ProxyCredentials::new("jan".to_owned(), fresh_secret());
    let set = |credentials| {
        |contents: &mut Contents| {
            contents.set_proxy_credentials(credentials);
            Ok::<_, VaultError>(())
        }
    };
    vault.update(set(Some(credentials))).expect("set");
    vault.update(set(None)).expect("removed");
    vault.update(|contents| Ok::<_, VaultError>(contents.remove(id))).expect("removed");
    vault.update(|contents| contents.put(contoso.clone())).expect("restored");
    vault.change_passphrase(&place.passphrase, &fresh_secret()).expect("changed");

    let expected = [
        HistoryKind::VaultCreated,
        HistoryKind::ProfileAdded,
        HistoryKind::ProfileChanged(vec![Field::ClientSecret, Field::Notes]),
        HistoryKind::Checked { passed: 0, failed: 1 },
        HistoryKind::ProxySignInSet,
        HistoryKind::ProxySignInRemoved,
        HistoryKind::ProfileRemoved,
        HistoryKind::ProfileRestored,
        HistoryKind::PassphraseChanged,
    ];
    assert_eq!(kinds(vault.contents()), expected);
    let changed = &vault.contents().history()[2];
    assert_eq!((changed.who.account.as_str(), changed.who.machine.as_str()), ("CONTOSO\\jan", "JUMP01"));
    assert_eq!(changed.at.to_rfc3339(), "2026-11-23T08:32:00+00:00", "whole seconds of the save's time");
    assert_eq!(changed.profile, Some((id, "Contoso".to_owned())));
    assert_eq!(changed.describe(), "Changed client secret and notes of “Contoso”.");
    assert_eq!(vault.contents().history()[3].describe(), "Tested “Contoso”: it does not work.");
}

#[test]
fn the_history_comes_back_from_the_file() {
    let (place, _, mut vault) = staged();
    add(&mut vault, "Contoso").expect("a save");
    let again = place.open().expect("opened");
    assert_eq!(again.contents().history(), vault.contents().history());
    assert_eq!(again.contents().history().len(), 2);
}

#[test]
fn a_save_that_changes_nothing_is_not_noted_and_a_failed_change_neither() {
    let (_place, _, mut vault) = staged();
    add(&mut vault, "Contoso").expect("a save");
    let before = kinds(vault.contents());
    let mut same = vault.contents().profiles()[0].clone();
    same.modified += TimeDelta::minutes(1);
    vault.update(|contents| contents.put(same)).expect("a save of the same");
    let refused = vault.update(|contents| {
        contents.put(profile("Fabrikam"))?;
        contents.put(profile("contoso"))
    });
    assert!(refused.is_err());
    vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    assert_eq!(kinds(vault.contents()), before);
}

#[test]
fn a_run_over_many_profiles_is_one_entry_with_a_count() {
    let (_place, _, mut vault) = staged();
    let fill =
        |contents: &mut Contents| (0..30).try_for_each(|number| contents.put(profile(&format!("Profile {number}"))));
    vault.update(fill).expect("thirty profiles");
    assert_eq!((&last(&vault).kind, last(&vault).count), (&HistoryKind::ProfileAdded, Some(30)));
    assert_eq!(last(&vault).describe(), "Added 30 profiles.");
    vault
        .update(|contents| {
            for (place, mut profile) in contents.profiles().to_vec().into_iter().enumerate() {
                let passed = place % 3 != 0;
                profile.last_check = Some(LastCheck { at: moment(), passed, stage: None, code: None, tenant_id: None });
                contents.put(profile)?;
            }
            Ok::<_, VaultError>(())
        })
        .expect("checked");
    assert_eq!((&last(&vault).kind, last(&vault).count), (&HistoryKind::Checked { passed: 20, failed: 10 }, Some(30)));
    assert_eq!(last(&vault).describe(), "Tested 30 profiles: 20 work, 10 do not.");
    assert_eq!(vault.contents().history().len(), 3);
}

#[test]
fn the_history_is_bounded_and_forgets_the_oldest() {
    let entry = |number: usize| {
        let at = (moment() + TimeDelta::seconds(i64::try_from(number).expect("small"))).to_rfc3339();
        format!("{{\"at\":\"{at}\",\"account\":\"a\",\"machine\":\"m\",\"kind\":\"note-{number}\"}}")
    };
    let entries: Vec<_> = (0..HISTORY_LIMIT).map(entry).collect();
    let place = place();
    let payload = format!("{{\"profiles\":[],\"history\":[{}]}}", entries.join(","));
    std::fs::write(&place.path, Forge::new(&place.passphrase, &payload).file()).expect("a forged file");
    let mut vault = place.open().expect("opened");
    add(&mut vault, "Contoso").expect("a save");
    let kinds = kinds(vault.contents());
    assert_eq!((kinds.len(), &kinds[0]), (HISTORY_LIMIT, &HistoryKind::Other("note-1".to_owned())));
    assert_eq!(kinds.last(), Some(&HistoryKind::ProfileAdded));
}

#[test]
fn what_a_newer_version_noted_is_written_back() {
    let entry = "{\"at\":\"2026-11-23T08:30:00Z\",\"account\":\"a\",\"machine\":\"m\",\"kind\":\"renewed\",\"fields\":[\"colour\"],\"more\":{\"z\":[1]}}";
    let known = "{\"at\":\"2026-11-23T08:30:00Z\",\"account\":\"a\",\"machine\":\"m\",\"kind\":\"profile_changed\",\"profile\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"name\":\"Contoso\",\"fields\":[\"colour\",\"notes\"]}";
    let conflict = "{\"id\":\"21112222-aaaa-4333-8bbb-4444cccc5555\",\"profile\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"found\":\"2026-11-23T08:30:00Z\",\"account\":\"a\",\"machine\":\"m\",\"fields\":[\"colour\"],\"other\":{\"id\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"name\":\"Contoso\",\"created\":\"2026-11-23T08:30:00Z\",\"modified\":\"2026-11-23T08:30:00Z\",\"colour\":\"blue\"},\"hint\":1}";
    let profile = "{\"id\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"name\":\"Contoso\",\"tags\":[],\"notes\":\"\",\"created\":\"2026-11-23T08:30:00Z\",\"modified\":\"2026-11-23T08:30:00Z\"}";
    let place = place();
    let payload = format!(
        "{{\"profiles\":[{profile}],\"history\":[{entry},{known}],\"conflicts\":[{conflict}],\"deleted\":[],\"saves\":[\"0123456789abcdef\"]}}"
    );
    std::fs::write(&place.path, Forge::new(&place.passphrase, &payload).file()).expect("a forged file");
    let mut vault = place.open().expect("opened");
    add(&mut vault, "Fabrikam").expect("a save");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let saved = json(&forge::read_payload(&place.bytes(), &place.passphrase));
    assert_eq!((&saved["history"][0], &saved["history"][1]), (&json(entry), &json(known)));
    let (mut kept, mut before) = (saved["conflicts"][0].clone(), json(conflict));
    for side in [&mut kept, &mut before] {
        // Written always, absent in the forged one.
        let other = side["other"].as_object_mut().expect("a profile");
        other.remove("tags");
        other.remove("notes");
    }
    assert_eq!(kept, before);
    assert_eq!(saved["saves"][0], "0123456789abcdef");
    assert_eq!(saved["saves"].as_array().map(Vec::len), Some(2));
}

#[test]
fn members_of_the_wrong_shape_are_refused() {
    let at = "\"at\":\"2026-11-23T08:30:00Z\"";
    for payload in [
        "\"history\":{}".to_owned(),
        "\"history\":[{}]".to_owned(),
        format!("\"history\":[{{{at},\"kind\":\"x\",\"kind\":\"x\"}}]"),
        format!("\"history\":[{{{at},\"kind\":\"x\",\"y\":1,\"y\":1}}]"),
        "\"saves\":[\"0123456789ABCDEF\"]".to_owned(),
        "\"saves\":[\"+123456789abcdef\"]".to_owned(),
        "\"saves\":[],\"saves\":[]".to_owned(),
        "\"deleted\":[[\"no guid\",\"2026-11-23T08:30:00Z\"]]".to_owned(),
        "\"conflicts\":[{\"id\":\"11112222-aaaa-4333-8bbb-4444cccc5555\"}]".to_owned(),
    ] {
        let place = place();
        let json = format!("{{\"profiles\":[],{payload}}}");
        std::fs::write(&place.path, Forge::new(&place.passphrase, &json).file()).expect("a forged file");
        assert!(matches!(place.open(), Err(VaultError::ContentsUnreadable { .. })), "{payload}");
    }
}

#[test]
fn removals_are_remembered_for_a_year_and_not_for_ever() {
    let (place, machine, mut vault) = staged();
    let contoso = profile("Contoso");
    let id = contoso.id;
    vault.update(|contents| contents.put(contoso)).expect("added");
    vault.update(|contents| Ok::<_, VaultError>(contents.remove(id))).expect("removed");
    let remembered = || {
        let text = forge::read_payload(&place.bytes(), &place.passphrase);
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["deleted"].clone()
    };
    assert_eq!(remembered()[0][0], id.to_string());
    machine.set(moment() + TimeDelta::minutes(399 * 24 * 60));
    add(&mut vault, "Fabrikam").expect("a save");
    assert!(remembered().is_array());
    machine.set(moment() + TimeDelta::minutes(401 * 24 * 60));
    add(&mut vault, "Tailspin").expect("a save");
    assert!(remembered().is_array(), "after so long a pause the clock alone is not believed");
    machine.set(moment() + TimeDelta::minutes(407 * 24 * 60));
    add(&mut vault, "Wingtip").expect("a save");
    assert!(remembered().is_null());
}

#[test]
fn a_vault_names_its_latest_saves_and_no_more() {
    let (place, mut vault) = made();
    for _ in 0..300 {
        vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    }
    let text = forge::read_payload(&place.bytes(), &place.passphrase);
    let saves = serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["saves"].clone();
    assert_eq!(saves.as_array().map(Vec::len), Some(256));
    // A handle whose own save has gone off the list long ago takes that for what it is.
    let mut idle = place.open().expect("opened");
    add(&mut idle, "Contoso").expect("a save");
    for _ in 0..300 {
        vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    }
    assert_eq!(idle.refresh().expect("reads"), a365_password_tool::vault::Refreshed::Read);
    assert_eq!(idle.contents().profiles().len(), 1);
}

#[test]
fn an_earlier_state_is_put_back_as_one_entry_and_other_handles_follow() {
    let (place, _, mut vault) = staged();
    let (contoso, fabrikam) = (profile("Contoso"), profile("Fabrikam"));
    let both = [contoso.clone(), fabrikam.clone()];
    vault.update(|contents| both.into_iter().try_for_each(|profile| contents.put(profile))).expect("added");
    let then = vault.contents().clone();
    let mut other = place.open().expect("a second handle");
    add(&mut other, "Tailspin").expect("a save");
    vault
        .update(|contents| {
            contents.remove(contoso.id);
            // The name goes to another profile.
            contents.put(a365_password_tool::profile::Profile { name: "Contoso".to_owned(), ..fabrikam.clone() })
        })
        .expect("changed");
    vault
        .update(|contents| {
            contents.put_back_all(&then);
            Ok::<_, VaultError>(())
        })
        .expect("put back");
    let names = |vault: &Vault| super::names(vault.contents());
    assert_eq!(names(&vault), ["Fabrikam", "Contoso"]);
    for (name, id) in [("Contoso", contoso.id), ("Fabrikam", fabrikam.id)] {
        assert_eq!(vault.contents().by_name(name).map(|profile| profile.id), Some(id), "{name}");
    }
    assert_eq!((&last(&vault).kind, &last(&vault).profile), (&HistoryKind::BackupRestored, &None));
    assert_eq!(vault.contents().history().iter().filter(|entry| entry.kind == HistoryKind::BackupRestored).count(), 1);
    // The other handle's own save is gone on purpose: it is not merged in again.
    assert_eq!(other.refresh().expect("reads"), a365_password_tool::vault::Refreshed::Read);
    assert_eq!(names(&other), names(&vault));

    vault.update(|contents| Ok::<_, VaultError>(contents.remove(contoso.id))).expect("removed");
    let back = vault.update(|contents| contents.put_back_profile(&then, contoso.id)).expect("put back");
    assert!(back.is_some() && vault.contents().by_name("Contoso").is_some());
    assert_eq!(last(&vault).describe(), "Restored “Contoso” from a backup.");
    assert_ne!(
        vault.contents().history().iter().rev().nth(1).map(|entry| entry.kind.clone()),
        Some(HistoryKind::ProfileRestored)
    );
}
