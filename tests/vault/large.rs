//! Contents made to be large: read in time that grows with their length, and lists cut to what the format allows.

use std::time::Duration;

use a365_password_tool::platform::thread_time::thread_time;
use a365_password_tool::vault::{HISTORY_LIMIT, Vault, VaultError, read_info};
use uuid::Uuid;

use super::forge::{self, Forge};
use super::{Place, add, names, place};

const PROFILE: &str = "\"created\":\"2026-11-23T08:30:00Z\",\"modified\":\"2026-11-23T08:30:00Z\"";
const TIME: &str = "2026-11-23T08:30:00Z";
/// So many that comparing each with each would take minutes.
const MANY: usize = 100_000;
/// Processor time: far more than what grows with the length needs in a build that is not optimised, and far less than
/// what grows with its square. Other work on the computer does not count.
const PATIENCE: Duration = Duration::from_secs(40);

fn assert_in_time(begin: Duration) {
    let cost = thread_time().expect("this system tells") - begin;
    assert!(cost < PATIENCE, "{cost:?}");
}

fn opened(payload: &str) -> (Place, Result<Vault, VaultError>) {
    let place = place();
    std::fs::write(&place.path, Forge::new(&place.passphrase, payload).file()).expect("a forged file");
    let vault = place.open();
    (place, vault)
}

fn id(number: usize) -> Uuid {
    Uuid::from_u128(number as u128)
}

fn list(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(",")
}

fn members(count: usize) -> String {
    list(count, |number| format!("\"m{number}\":1"))
}

#[test]
fn a_hundred_thousand_unknown_members_are_read_and_saved_in_time() {
    let begin = thread_time().expect("this system tells");
    let profile = format!("{{\"id\":\"{}\",\"name\":\"One\",{PROFILE},{}}}", id(1), members(MANY));
    let conflict = format!(
        "{{\"id\":\"{}\",\"profile\":\"{}\",\"found\":\"{TIME}\",\"other\":{profile},{}}}",
        id(2),
        id(1),
        members(MANY)
    );
    let entry = format!("{{\"at\":\"{TIME}\",\"kind\":\"x\",{}}}", members(MANY));
    let payload = format!(
        "{{\"profiles\":[{profile}],\"conflicts\":[{conflict}],\"history\":[{entry}],\"x\":{{{}}},{}}}",
        members(MANY),
        members(MANY)
    );
    let (place, vault) = opened(&payload);
    let mut vault = vault.expect("opened");
    let mut copy = vault.contents().profiles()[0].clone();
    copy.name = "Renamed".to_owned();
    vault.update(|contents| contents.put(copy)).expect("a save");
    let again = place.open().expect("opened");
    assert_eq!(names(again.contents()), ["Renamed"]);
    assert_in_time(begin);
    assert_eq!(forge::read_payload(&place.bytes(), &place.passphrase).matches("\"m99999\":1").count(), 6);
}

#[test]
fn a_repeated_member_among_very_many_is_found_in_time() {
    let begin = thread_time().expect("this system tells");
    let twice = format!("{},\"m0\":1", members(MANY));
    for payload in [
        format!("{{\"profiles\":[],{twice}}}"),
        format!("{{\"profiles\":[],\"x\":{{{twice}}}}}"),
        format!("{{\"profiles\":[{{\"id\":\"{}\",\"name\":\"One\",{PROFILE},{twice}}}]}}", id(1)),
        format!("{{\"profiles\":[],\"history\":[{{\"at\":\"{TIME}\",\"kind\":\"x\",{twice}}}]}}"),
    ] {
        assert!(matches!(opened(&payload).1, Err(VaultError::ContentsUnreadable { .. })));
    }
    assert_in_time(begin);
}

#[test]
fn lists_beyond_their_limits_are_cut_to_their_newest() {
    let begin = thread_time().expect("this system tells");
    let renewals = list(3000, |number| {
        format!("{{\"at\":\"{TIME}\",\"made_by\":\"portal\",\"expires\":\"{}-01-01\"}}", 2000 + number)
    });
    let profile = format!("{{\"id\":\"{}\",\"name\":\"One\",{PROFILE},\"renewals\":[{renewals}]}}", id(1));
    let deleted = list(MANY, |number| format!("[\"{}\",\"{TIME}\"]", id(number + 10)));
    let history = list(MANY, |number| format!("{{\"at\":\"{TIME}\",\"kind\":\"kind-{number}\"}}"));
    let saves = list(MANY, |number| format!("\"{number:016x}\""));
    let payload =
        format!("{{\"profiles\":[{profile}],\"deleted\":[{deleted}],\"history\":[{history}],\"saves\":[{saves}]}}");
    let (place, vault) = opened(&payload);
    let mut vault = vault.expect("opened");
    let read = vault.contents().history();
    assert_eq!((read.len(), read[HISTORY_LIMIT - 1].kind.id()), (HISTORY_LIMIT, "kind-99999"));
    let renewals = &vault.contents().profiles()[0].renewals;
    assert_eq!(
        (renewals.len(), renewals[49].expires.map(|date| date.to_string()).as_deref()),
        (50, Some("4999-01-01"))
    );
    add(&mut vault, "Two").expect("a save");
    let saved: serde_json::Value =
        serde_json::from_str(&forge::read_payload(&place.bytes(), &place.passphrase)).expect("JSON");
    let length = |name: &str| saved[name].as_array().map(Vec::len);
    assert_eq!((length("deleted"), length("history"), length("saves")), (Some(2000), Some(2000), Some(256)));
    assert_eq!(saved["deleted"][1999][0], id(MANY + 9).to_string());
    assert_in_time(begin);
}

#[test]
fn very_many_conflicts_are_merged_in_time() {
    let begin = thread_time().expect("this system tells");
    let profile = format!("{{\"id\":\"{}\",\"name\":\"One\",{PROFILE}}}", id(1));
    let conflicts = |from: usize| {
        list(20_000, |number| {
            format!(
                "{{\"id\":\"{}\",\"profile\":\"{}\",\"found\":\"{TIME}\",\"other\":{profile}}}",
                id(from + number),
                id(1)
            )
        })
    };
    let payload =
        |from| format!("{{\"profiles\":[{profile}],\"conflicts\":[{}],\"saves\":[\"{from:016x}\"]}}", conflicts(from));
    let (place, vault) = opened(&payload(1_000_000));
    let mut vault = vault.expect("opened");
    let opening = thread_time().expect("this system tells") - begin;
    let copy = place.folder.path().join("copy.a365vault");
    std::fs::write(&copy, Forge::new(&place.passphrase, &payload(2_000_000)).file()).expect("a copy");
    let begin = thread_time().expect("this system tells");
    vault.absorb(&copy, &[]).expect("merged");
    let merging = thread_time().expect("this system tells") - begin;
    assert_eq!(vault.contents().conflicts().len(), 40_000);
    // The copy and the vault are read, and both saved.
    assert!(merging < 5 * opening, "{merging:?} beside {opening:?}");
}

#[test]
fn a_number_that_could_not_be_written_back_exactly_is_refused() {
    for number in ["18446744073709551616", "-9223372036854775809", "0.5", "1e9", "-0"] {
        for payload in [
            format!("{{\"profiles\":[],\"x\":{number}}}"),
            format!("{{\"profiles\":[],\"x\":{{\"y\":[{number}]}}}}"),
            format!("{{\"profiles\":[{{\"id\":\"{}\",\"name\":\"One\",{PROFILE},\"x\":{number}}}]}}", id(1)),
        ] {
            assert!(matches!(opened(&payload).1, Err(VaultError::ContentsUnreadable { .. })), "{payload}");
        }
        let place = place();
        let right = Forge::new(&place.passphrase, "{\"profiles\":[]}");
        let slots = format!("{{\"kind\":\"later\",\"x\":{number}}},{}", right.slots);
        std::fs::write(&place.path, Forge { slots, ..right }.file()).expect("a forged file");
        assert!(matches!(place.open(), Err(VaultError::HeaderRefused { .. })), "{number}");
    }
    let exact = "{\"x\":[18446744073709551615,-9223372036854775808,0]}";
    let (place, vault) = opened(&format!("{{\"profiles\":[],\"y\":{exact}}}"));
    add(&mut vault.expect("opened"), "One").expect("a save");
    assert!(forge::read_payload(&place.bytes(), &place.passphrase).contains(exact));
}

#[test]
fn a_header_with_a_carriage_return_is_refused() {
    let edits: [fn(String) -> String; 2] =
        [|text| text + "\r", |text| text.replacen("\"generation\"", "\r\"generation\"", 1)];
    for edit in edits {
        let place = place();
        std::fs::write(&place.path, Forge { edit, ..Forge::new(&place.passphrase, "{\"profiles\":[]}") }.file())
            .expect("a forged file");
        let error = place.open().expect_err("refused");
        assert!(matches!(error, VaultError::HeaderRefused { what, .. } if what.contains("carriage")), "{error}");
    }
}

#[test]
fn a_counter_of_saves_at_its_end_is_no_dead_end() {
    let place = place();
    let forged = |edit| Forge { edit, ..Forge::new(&place.passphrase, "{\"profiles\":[]}") }.file();
    for edit in [
        (|text: String| text.replace("\"generation\":7", "\"generation\":18446744073709551615"))
            as fn(String) -> String,
        |text| text.replace("\"generation\":7", "\"generation\":9007199254740993"),
    ] {
        std::fs::write(&place.path, forged(edit)).expect("a forged file");
        let error = place.open().expect_err("no number of saves leads there");
        assert!(matches!(error, VaultError::HeaderRefused { .. }) && error.calls_for_a_backup(), "{error}");
    }
    let last = |text: String| text.replace("\"generation\":7", "\"generation\":9007199254740992");
    std::fs::write(&place.path, forged(last)).expect("a forged file");
    let before = place.bytes();
    assert_eq!(read_info(&place.path).expect("it can be read").generation, 1 << 53);
    let error = add(&mut place.open().expect("opened"), "One").expect_err("not saved");
    assert!(matches!(error, VaultError::GenerationsUsedUp), "{error}");
    assert!(error.to_string().contains("vault restore"), "{error}");
    assert_eq!(place.bytes(), before);
}
