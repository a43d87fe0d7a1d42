//! Files made on purpose, with right checksums: refused quickly, or sealed so that the change shows.

use std::time::{Duration, Instant};

use a365_password_tool::vault::{VaultError, read_info};
use serde_json::json;

use super::forge::{self, Forge};
use super::{Place, add, made, names, place};

const NO_PROFILES: &str = "{\"profiles\":[]}";

fn refusal(place: &Place, bytes: &[u8]) -> VaultError {
    std::fs::write(&place.path, bytes).expect("a forged file");
    let error = place.open().expect_err("the forgery is taken");
    assert_eq!(place.bytes(), bytes, "the file was touched");
    error
}

#[test]
fn the_forger_writes_what_the_library_reads() {
    let place = place();
    let forgeries = [Forge::version_1(&place.passphrase, NO_PROFILES), Forge::new(&place.passphrase, NO_PROFILES)];
    for (version, forged) in (1..).zip(forgeries) {
        std::fs::write(&place.path, forged.file()).expect("a forged file");
        let mut vault = place.open().expect("a right vault");
        assert_eq!(vault.info().format_version, version);
        add(&mut vault, "Contoso").expect("a save");
        assert!(forge::read_payload(&place.bytes(), &place.passphrase).contains("Contoso"));
        assert_eq!(forge::header(&place.bytes())["generation"], 8);
        assert_eq!(vault.info().format_version, 2, "carried over by the save");
        assert_eq!(names(place.open().expect("opened again").contents()), ["Contoso"]);
    }
}

#[test]
fn huge_derivations_are_refused_before_any_work() {
    let place = place();
    let edits: [fn(String) -> String; 7] = [
        |text| text.replace("\"memory_kib\":19456", "\"memory_kib\":8388608"),
        |text| text.replace("\"memory_kib\":19456", "\"memory_kib\":18446744073709551615"),
        |text| text.replace("\"memory_kib\":19456", "\"memory_kib\":8"),
        |text| text.replace("\"passes\":2", "\"passes\":4294967295"),
        |text| text.replace("\"passes\":2", "\"passes\":0"),
        |text| text.replace("\"lanes\":1", "\"lanes\":17"),
        |text| text.replace("\"memory_kib\":19456", "\"memory_kib\":1048576").replace("\"passes\":2", "\"passes\":32"),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let forged = Forge { edit, ..Forge::new(&place.passphrase, NO_PROFILES) }.file();
        let begin = Instant::now();
        let error = refusal(&place, &forged);
        assert!(matches!(error, VaultError::KdfOutOfRangeInFile { .. }), "{number}: {error}");
        assert!(begin.elapsed() < Duration::from_secs(1), "{number}: {:?}", begin.elapsed());
        assert!(matches!(read_info(&place.path), Err(VaultError::KdfOutOfRangeInFile { .. })));
    }
}

#[test]
fn many_slots_cannot_add_up_to_a_huge_derivation() {
    let place = place();
    let mut forged = Forge::new(&place.passphrase, NO_PROFILES);
    let dear =
        forged.slots.replace("\"memory_kib\":19456", "\"memory_kib\":1048576").replace("\"passes\":2", "\"passes\":3");
    forged.slots = [dear.clone(), dear].join(",");
    assert!(matches!(refusal(&place, &forged.file()), VaultError::HeaderRefused { .. }));
    let too_many: Vec<String> = (0..33).map(|number| format!("{{\"kind\":\"x{number}\"}}")).collect();
    assert!(matches!(
        refusal(&place, &Forge { slots: too_many.join(","), ..forged }.file()),
        VaultError::HeaderRefused { .. }
    ));
}

#[test]
fn headers_outside_the_rules_are_refused() {
    let place = place();
    let edits: [fn(String) -> String; 24] = [
        |text| text.replace("\"generation\":7", "\"generation\":7,\"generation\":8"),
        |text| text.replace("\"lanes\":1", "\"lanes\":1,\"lanes\":1"),
        |text| text.replace("\"generation\":7", "\"generation\":7,\"unknown\":1"),
        |text| text.replace("\"lanes\":1", "\"lanes\":1,\"unknown\":1"),
        |text| text.replace("\"generation\":7", "\"generation\":0"),
        |text| text.replace("\"generation\":7", "\"generation\":-7"),
        |text| text.replace("\"generation\":7,", ""),
        |text| text.replace("AES-256-GCM", "AES-128-GCM"),
        |text| text.replace("argon2id", "argon2d"),
        |text| text.replace("2026-11-23T08:30:00Z", "yesterday"),
        |text| text.replace(forge::VAULT_ID, &forge::VAULT_ID.to_uppercase()),
        |text| text.replace("\"slots\":[", "\"slots\":[{},"),
        |text| text.replace("\"slots\":[", "\"slots\":[7,"),
        |text| text + "{}",
        |text| text.replace("\"version\":2,", "\"version\":02,"),
        |text| text.replace("\"version\":2,", "\"version\":2,\"version\":2,"),
        |text| text.replace("\"roster_length\":", "\"roster_length\":1"),
        |text| text.replace("\"roster_length\":", "\"roster_length\":-"),
        |text| text.replace("\"roster_length\":", "\"roster_length\":7,\"other\":"),
        |text| text.replace("\"author\":\"BwcH", "\"author\":\"AAAA"),
        |text| text.replace("\"author\":\"BwcH", "\"author\":null,\"x\":\""),
        |text| text.replace("\"author\":\"BwcH", "\"author\":\"\",\"author\":\"BwcH"),
        |text| text.replace("\"origin\":\"", "\"origin\":\"A"),
        |text| text.replace("\"origin\":", "\"origins\":"),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let forged = Forge { edit, ..Forge::new(&place.passphrase, NO_PROFILES) }.file();
        let error = refusal(&place, &forged);
        assert!(matches!(error, VaultError::HeaderRefused { .. }), "{number}: {error}");
    }
    let edits_of_version_1: [fn(String) -> String; 3] = [
        |text| text.replace("\"slots\":", "\"author\":null,\"slots\":"),
        |text| text.replace("\"slots\":", "\"roster_length\":16,\"slots\":"),
        |text| text.replace("\"wrapped_keys\":", "\"origin\":\"0000000000000000\",\"wrapped_keys\":"),
    ];
    for (number, edit) in edits_of_version_1.into_iter().enumerate() {
        let forged = Forge { edit, ..Forge::version_1(&place.passphrase, NO_PROFILES) }.file();
        let error = refusal(&place, &forged);
        assert!(matches!(error, VaultError::HeaderRefused { .. }), "version 1, {number}: {error}");
    }
    let right = Forge::new(&place.passphrase, NO_PROFILES).file();
    let (line, body) = (forge::header_line(&right), forge::body(&right));
    for other_length in [&body[..body.len() - 1], &[body, b"x"].concat(), b""] {
        assert!(matches!(refusal(&place, &forge::with_checksum(line, other_length)), VaultError::HeaderRefused { .. }));
    }
    let endless = [line, &vec![b' '; 70_000]].concat();
    assert!(matches!(refusal(&place, &forge::with_checksum(&endless, body)), VaultError::HeaderRefused { .. }));
}

#[test]
fn deep_json_is_refused() {
    let place = place();
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let right = Forge::new(&place.passphrase, NO_PROFILES);
    for depth in [17, 10_000] {
        let slots = format!("{{\"kind\":\"later\",\"x\":{}}},{}", deep(depth), right.slots);
        let forged = Forge { slots, ..Forge::new(&place.passphrase, NO_PROFILES) }.file();
        assert!(matches!(refusal(&place, &forged), VaultError::HeaderRefused { .. }), "{depth}");
        let payload = format!("{{\"profiles\":[],\"x\":{}}}", deep(depth * 100));
        let forged = Forge::new(&place.passphrase, &payload).file();
        assert!(matches!(refusal(&place, &forged), VaultError::ContentsUnreadable { .. }), "{depth}");
    }
}

#[test]
fn a_slot_of_an_unknown_kind_in_version_1_is_ignored_and_dropped_with_its_keys_when_it_is_carried_over() {
    let place = place();
    let unknown =
        json!({"kind": "recovery", "z": [1, -2, null, true, {"b": "text \u{1f511}"}], "a": {"deep": {"er": 1}}});
    let mut forged = Forge::version_1(&place.passphrase, NO_PROFILES);
    forged.slots = format!("{unknown},{}", forged.slots);
    std::fs::write(&place.path, forged.file()).expect("a file with two slots");
    let mut vault = place.open().expect("the passphrase slot");
    assert_eq!(
        vault.info().slots.iter().map(|slot| slot.kind.as_str()).collect::<Vec<_>>(),
        ["recovery", "passphrase"]
    );
    add(&mut vault, "Contoso").expect("a save");
    assert_eq!(vault.info().slots.len(), 1, "no program of version 1 has made such a slot");
    assert_ne!(forge::read_data_key(&place.bytes(), &place.passphrase), [42; 32], "whoever made it knew the key");
    assert_eq!(names(place.open().expect("opened again").contents()), ["Contoso"]);
    let alone = Forge { slots: unknown.to_string(), ..Forge::version_1(&place.passphrase, NO_PROFILES) };
    assert!(matches!(refusal(&place, &alone.file()), VaultError::WrongPassphrase));
}

#[test]
fn changes_with_a_right_checksum_break_the_seal() {
    let place = place();
    let right = Forge::new(&place.passphrase, NO_PROFILES).file();
    let (line, body) = (forge::header_line(&right).to_vec(), forge::body(&right).to_vec());
    let text = String::from_utf8(line.clone()).expect("JSON");
    for (from, to) in
        [("\"generation\":7", "\"generation\":6"), ("T08:30:00Z", "T08:30:01Z"), ("\"slots\":", "\"slots\": ")]
    {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        let error = refusal(&place, &forge::with_checksum(changed.as_bytes(), &body));
        assert!(matches!(error, VaultError::Tampered { .. }), "{from}: {error}");
    }
    for position in 0..body.len() {
        if position % 8 != 0 {
            continue; // Each try derives a key.
        }
        let mut changed = body.clone();
        changed[position] ^= 1;
        let error = refusal(&place, &forge::with_checksum(&line, &changed));
        assert!(matches!(error, VaultError::Tampered { .. }), "{position}: {error}");
    }
}

#[test]
fn a_slot_is_bound_to_its_vault_and_its_parameters() {
    let place = place();
    let edits: [fn(String) -> String; 4] = [
        |text| text.replace(forge::VAULT_ID, "11112222-aaaa-4333-8bbb-4444cccc5555"),
        |text| text.replace("\"passes\":2", "\"passes\":3"),
        |text| text.replace("\"memory_kib\":19456", "\"memory_kib\":19457"),
        |text| text.replace("\"lanes\":1", "\"lanes\":2"),
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let error = refusal(&place, &Forge { edit, ..Forge::new(&place.passphrase, NO_PROFILES) }.file());
        assert!(matches!(error, VaultError::WrongPassphrase), "{number}: {error}");
    }
}

#[test]
fn a_payload_under_another_key_breaks_the_commitment() {
    let place = place();
    let mut forged = Forge::new(&place.passphrase, NO_PROFILES);
    forged.data_key = [43; 32];
    assert!(matches!(refusal(&place, &forged.file()), VaultError::Tampered { .. }));
    // The right key and a whole seal, with a commitment to some other key: the commitment counts by itself.
    let other = Forge {
        edit: |text| {
            let mut bytes = text.into_bytes();
            let name = b"\"commitment\":\"";
            let place = bytes.windows(name.len()).position(|window| window == name).expect("a commitment") + name.len();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            String::from_utf8(bytes).expect("UTF-8")
        },
        ..Forge::new(&place.passphrase, NO_PROFILES)
    };
    let error = refusal(&place, &other.file());
    assert!(matches!(error, VaultError::Tampered { what, .. } if what.contains("another key")), "{error}");
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let (place, _) = made();
    let file = std::fs::OpenOptions::new().write(true).open(&place.path).expect("the file");
    file.set_len(a365_password_tool::vault::FILE_LIMIT + 1).expect("a sparse file");
    assert!(matches!(place.open(), Err(VaultError::TooLarge { .. })));
}
