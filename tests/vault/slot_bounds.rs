//! Slots that somebody made or changed on purpose.

use std::sync::Arc;

use a365_password_tool::vault::{Credential, KdfParameters, SlotKind, ThisMachine, Vault, VaultError, read_info};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::forge::{self, Forge};
use super::slots::Account;
use super::{Place, add, fresh_secret, place};

const NO_PROFILES: &str = "{\"profiles\":[]}";
const DATA_KEY: [u8; 32] = [42; 32];

fn with_slots(place: &Place, slots: &[Value]) {
    let slots: Vec<String> = slots.iter().map(Value::to_string).collect();
    let forged = Forge { slots: slots.join(","), ..Forge::new(&place.passphrase, NO_PROFILES) };
    std::fs::write(&place.path, forged.file()).expect("a forged file");
}

#[test]
fn a_stranger_cannot_slip_in_a_data_key_of_his_own() {
    let place = place();
    // Everybody who reads the file knows the public key, and in HPKE's base mode could seal to it.
    let his = [43; 32];
    for (origin_key, opens) in [([99; 32], false), (forge::ORIGIN_KEY, true)] {
        let mut slot = forge::passphrase_slot(&place.passphrase, &DATA_KEY);
        forge::seal_data_key(&mut slot, &his, &origin_key);
        let forged = Forge { data_key: his, slots: slot.to_string(), ..Forge::new(&place.passphrase, NO_PROFILES) };
        std::fs::write(&place.path, forged.file()).expect("a forged file");
        match place.open() {
            Ok(_) => assert!(opens, "a stranger's data key was taken"),
            Err(error) => assert!(!opens && matches!(error, VaultError::Tampered { .. }), "{error}"),
        }
    }
}

#[test]
fn every_part_of_a_slot_is_bound() {
    let place = place();
    let slot = || forge::passphrase_slot(&place.passphrase, &DATA_KEY);
    let flipped = |slot: &Value, name: &str| {
        let mut bytes = STANDARD.decode(slot[name].as_str().expect("text")).expect("base64");
        bytes[5] ^= 1;
        Value::from(STANDARD.encode(bytes))
    };
    for (member, tampered) in
        [("salt", false), ("public_key", false), ("wrapped_keys", false), ("sealed_data_key", true)]
    {
        let mut changed = slot();
        changed[member] = flipped(&changed, member);
        with_slots(&place, &[changed]);
        let error = place.open().expect_err(member);
        let right = if tampered {
            matches!(error, VaultError::Tampered { .. })
        } else if member == "salt" {
            // It names the slot, and the author of the save.
            matches!(error, VaultError::HeaderRefused { .. })
        } else {
            matches!(error, VaultError::WrongPassphrase)
        };
        assert!(right, "{member}: {error}");
    }
    with_slots(&place, &[slot()]);
    assert!(place.open().is_ok());
}

#[test]
fn a_slot_outside_the_rules_is_refused() {
    let place = place();
    let passphrase = forge::passphrase_slot(&place.passphrase, &DATA_KEY);
    let account = forge::account_slot("dpapi", b"blob", &[1; 32], &DATA_KEY);
    let recovery = forge::recovery_slot(&[1; 16], &DATA_KEY);
    let without = |slot: &Value, name: &str| {
        let mut slot = slot.clone();
        slot.as_object_mut().expect("an object").remove(name);
        slot
    };
    let with = |slot: &Value, name: &str, value: Value| {
        let mut slot = slot.clone();
        slot[name] = value;
        slot
    };
    let short = || Value::from(STANDARD.encode([0; 31]));
    for (number, odd) in [
        without(&passphrase, "kdf"),
        without(&recovery, "salt"),
        without(&recovery, "public_key"),
        without(&recovery, "wrapped_keys"),
        without(&recovery, "sealed_data_key"),
        without(&account, "keeper"),
        without(&account, "blob"),
        with(&recovery, "kdf", passphrase["kdf"].clone()),
        with(&passphrase, "blob", "".into()),
        with(&recovery, "salt", short()),
        with(&recovery, "public_key", short()),
        with(&recovery, "wrapped_keys", short()),
        with(&recovery, "sealed_data_key", short()),
        with(&recovery, "salt", 7.into()),
        with(&account, "keeper", "DPAPI".into()),
        with(&account, "keeper", "a|b".into()),
        with(&account, "keeper", "".into()),
        with(&account, "blob", "not base64".into()),
        with(&account, "blob", STANDARD.encode([0; 1025]).into()),
        with(&account, "salt", passphrase["salt"].clone()),
    ]
    .into_iter()
    .enumerate()
    {
        with_slots(&place, &[passphrase.clone(), odd]);
        let error = place.open().expect_err("outside the rules");
        assert!(matches!(error, VaultError::HeaderRefused { .. }), "{number}: {error}");
    }
    with_slots(&place, &[passphrase, account, recovery]);
    assert_eq!(read_info(&place.path).expect("right").slots.len(), 3);
}

#[test]
fn a_slot_of_a_newer_kind_gets_new_keys_only_when_somebody_wants_it_kept() {
    let place = place();
    let mut newer = forge::recovery_slot(&[1; 16], &DATA_KEY);
    newer["kind"] = "smart-card".into();
    newer["reader"] = json!({"any": ["thing"]});
    let without_key = json!({"kind": "later", "salt": STANDARD.encode([1; 32])});
    let passphrase = forge::passphrase_slot(&place.passphrase, &DATA_KEY);
    with_slots(&place, &[without_key, passphrase.clone()]);
    assert!(matches!(place.open(), Err(VaultError::HeaderRefused { .. })), "every slot can be sealed to");
    with_slots(&place, &[newer.clone(), passphrase]);
    let mut vault = place.open().expect("the passphrase's slot");
    assert_eq!(vault.slots()[0].kind, SlotKind::Unknown);
    let slots = || forge::header(&place.bytes())["slots"].clone();
    add(&mut vault, "Contoso").expect("an ordinary save");
    assert_eq!(slots()[0], newer);
    let colleague = vault.add_passphrase(&fresh_secret(), "Jan", KdfParameters::minimum()).expect("a colleague");
    let unknown = vault.slots()[0].id;
    vault.remove_slots(&[colleague], &[unknown]).expect("with the other one kept");
    let resealed = slots()[0].clone();
    assert_ne!(resealed["sealed_data_key"], newer["sealed_data_key"]);
    newer["sealed_data_key"] = resealed["sealed_data_key"].clone();
    assert_eq!(resealed, newer, "all else stays");
    vault.change_passphrase(&place.passphrase, &fresh_secret()).expect("a change");
    assert_eq!(slots().as_array().map(Vec::len), Some(1), "nobody has asked for it");
}

#[test]
fn an_account_of_another_systems_store_is_not_asked() {
    let place = place();
    let slots = [
        forge::account_slot("other-store", b"somebody's", &[1; 32], &DATA_KEY),
        forge::passphrase_slot(&place.passphrase, &DATA_KEY),
    ];
    with_slots(&place, &slots);
    let account = Account::new("jan on laptop");
    let machine = Arc::new(ThisMachine::default());
    let error = Vault::open_with_in(machine, account, &place.path, &Credential::ThisAccount).expect_err("not his");
    assert!(matches!(error, VaultError::AccountUnknown { .. }), "{error}");
}
