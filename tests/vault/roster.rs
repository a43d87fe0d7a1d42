//! What a roster has to prove: files by somebody who has every key, and yet may not change the members like this.

use a365_password_tool::vault::{AddedBy, Vault, VaultError};
use serde_json::Value;

use super::forge::{self, Forge, ORIGIN_KEY, roster};
use super::{Place, add, place};

const KEY: [u8; 32] = [42; 32];
const FORMER_KEY: [u8; 32] = [41; 32];
const FORMER_ORIGIN: [u8; 32] = [5; 32];
const NO_PROFILES: &str = "{\"profiles\":[]}";

/// The owner's passphrase (salt 7), a recovery key (17) and an account (27).
fn slots(place: &Place) -> [Value; 3] {
    [
        forge::passphrase_slot(&place.passphrase, &KEY),
        forge::recovery_slot(&[1; 16], &KEY),
        forge::account_slot("test-store", b"", &[1; 32], &KEY),
    ]
}

fn open(place: &Place, slots: &[Value], roster: String, author: u8) -> Result<Vault, VaultError> {
    let slots: Vec<String> = slots.iter().map(Value::to_string).collect();
    let forged =
        Forge { slots: slots.join(","), roster: Some(roster), author, ..Forge::new(&place.passphrase, NO_PROFILES) };
    std::fs::write(&place.path, forged.file()).expect("a forged file");
    place.open()
}

/// Two records: the owner and the recovery key, and then the account that the owner adds.
fn records(slots: &[Value; 3]) -> [Value; 2] {
    let [owner, key, account] = slots;
    let before = [roster::member(owner, 7), roster::member(key, 7)];
    let first = roster::signed(roster::record(1, "", &KEY, &ORIGIN_KEY, &before), 7);
    let after = [before[0].clone(), before[1].clone(), roster::member(account, 7)];
    let second = roster::signed(roster::record(2, &roster::hash_of(&first), &KEY, &ORIGIN_KEY, &after), 7);
    [first, second]
}

#[test]
fn a_chain_of_records_opens_and_tells_who_added_whom() {
    let place = place();
    let slots = slots(&place);
    let mut vault = open(&place, &slots, roster::roster(&[ORIGIN_KEY], &records(&slots)), 7).expect("a right vault");
    let owner = vault.slots()[0].id;
    let by: Vec<_> = vault.slots().into_iter().map(|slot| slot.added_by).collect();
    assert_eq!(by, [Some(AddedBy::Creation), Some(AddedBy::Slot(owner)), Some(AddedBy::Slot(owner))]);
    add(&mut vault, "Contoso").expect("a save");
    assert!(place.open().is_ok());
}

/// What is done to the second record before it is signed, and who signs it.
type Forgery<'a> = (&'a str, u8, Box<dyn Fn(&mut Value) + 'a>);

#[test]
fn a_record_that_breaks_a_rule_is_refused_whoever_signs_the_save() {
    let place = place();
    let slots = slots(&place);
    let [first, second] = records(&slots);
    let set = |name: &'static str, value: Value| -> Box<dyn Fn(&mut Value)> {
        Box::new(move |record: &mut Value| record[name] = value.clone())
    };
    let of_member = |at: usize, name: &'static str, value: Value| -> Box<dyn Fn(&mut Value)> {
        Box::new(move |record: &mut Value| record["members"][at][name] = value.clone())
    };
    let other_salt =
        |salt: u8| Value::from(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [salt; 32]));
    let forgeries: Vec<Forgery<'_>> = vec![
        ("signed by the one that it adds", 27, Box::new(|_| {})),
        ("signed by nobody known", 99, Box::new(|_| {})),
        ("a number is left out", 7, set("number", 3.into())),
        ("it goes on from something else", 7, set("previous", other_salt(1))),
        ("the added one is said to be added by another member", 7, of_member(2, "by", other_salt(17))),
        ("the added one is said to be from version 1", 7, of_member(2, "by", "".into())),
        ("a member that stays was added at another time", 7, of_member(1, "at", "2026-11-23T08:00:01Z".into())),
        ("a member that stays was added by another", 7, of_member(1, "by", other_salt(27))),
        ("a time in another spelling", 7, set("at", "2026-11-23T08:00:00+00:00".into())),
        (
            "a member more",
            7,
            Box::new(|record| {
                let mut members = record["members"].as_array().cloned().expect("a list");
                members.push(roster::member(&forge::account_slot("another", b"", &[2; 32], &KEY), 7));
                record["members"] = members.into();
            }),
        ),
        ("another data key's name", 7, set("data_key", roster::data_key_name(&FORMER_KEY).into())),
        ("an origin that is not there", 7, set("origin", roster::origin_name(&FORMER_ORIGIN).into())),
    ];
    for (what, author, change) in forgeries {
        let mut forged = second.clone();
        change(&mut forged);
        let forged = roster::signed(forged, author);
        let refused = open(&place, &slots, roster::roster(&[ORIGIN_KEY], &[first.clone(), forged]), 7);
        let error = refused.err().unwrap_or_else(|| panic!("{what}: it opens"));
        assert!(matches!(error, VaultError::Tampered { .. }), "{what}: {error}");
    }
    let mut unsigned = second.clone();
    unsigned["signature"] = first["signature"].clone();
    assert!(open(&place, &slots, roster::roster(&[ORIGIN_KEY], &[first.clone(), unsigned]), 7).is_err());
    assert!(open(&place, &slots, roster::roster(&[ORIGIN_KEY], &[second]), 7).is_err(), "the beginning was cut off");
    assert!(open(&place, &slots, roster::roster(&[ORIGIN_KEY], &[first]), 7).is_err(), "the last record is missing");
}

#[test]
fn a_removal_without_new_keys_is_refused() {
    let place = place();
    let slots = slots(&place);
    let [_, second] = records(&slots);
    let left = [slots[0].clone(), slots[1].clone()];
    let members: Vec<Value> = left.iter().map(|slot| roster::member(slot, 7)).collect();
    for (former_key, former_origin, opens) in [
        (KEY, ORIGIN_KEY, false),
        (FORMER_KEY, ORIGIN_KEY, false),
        (KEY, FORMER_ORIGIN, false),
        (FORMER_KEY, FORMER_ORIGIN, true),
    ] {
        let listed: Vec<Value> = second["members"].as_array().cloned().expect("a list");
        let before = roster::signed(roster::record(1, "", &former_key, &former_origin, &listed), 7);
        let after = roster::signed(roster::record(2, &roster::hash_of(&before), &KEY, &ORIGIN_KEY, &members), 7);
        let opened = open(&place, &left, roster::roster(&[ORIGIN_KEY], &[before, after]), 7);
        assert_eq!(opened.is_ok(), opens, "{former_key:?}");
    }
}

#[test]
fn a_save_is_signed_by_the_slot_that_it_names() {
    let place = place();
    let slots = slots(&place);
    let right = || roster::roster(&[ORIGIN_KEY], &records(&slots));
    assert!(open(&place, &slots, right(), 17).is_ok(), "every member may save");
    let other = Forge {
        slots: slots.iter().map(Value::to_string).collect::<Vec<_>>().join(","),
        roster: Some(right()),
        author: 17,
        // Named after the signature was promised by another.
        edit: |text| text.replace("\"author\":\"ERER", "\"author\":\"BwcH"),
        ..Forge::new(&place.passphrase, NO_PROFILES)
    };
    std::fs::write(&place.path, other.file()).expect("a forged file");
    assert!(place.open().is_err());
}
