//! Cut, flipped and lengthened files: found before any key is derived, named for what they are, left as they are.

use std::time::{Duration, Instant};

use a365_password_tool::profile::{ClientSecret, EnvironmentUrl, SecretText};
use a365_password_tool::vault::{Vault, VaultError, read_info};

use super::{Place, add, fresh_secret, made, profile};

/// A vault with twenty profiles, as people have them.
fn twenty() -> (Place, Vault) {
    let (place, mut vault) = made();
    let filled = vault.update(|contents| {
        (0..20).try_for_each(|number| {
            let mut customer = profile(&format!("Customer {number}"));
            customer.environment_url = EnvironmentUrl::parse("https://contoso.crm4.dynamics.com").ok();
            customer.client_secret = ClientSecret::parse(fresh_secret().expose()).ok();
            customer.tags = vec!["production".to_owned()];
            contents.put(customer)
        })
    });
    filled.map_err(|error: VaultError| error).expect("twenty profiles");
    (place, vault)
}

/// The error that `bytes` give when opened with the right passphrase. The file has to be as before.
fn refusal(place: &Place, bytes: &[u8]) -> VaultError {
    let path = place.folder.path().join("changed.a365vault");
    std::fs::write(&path, bytes).expect("a changed copy");
    let error = Vault::open(&path, &place.passphrase).expect_err("the change goes unnoticed");
    assert_eq!(std::fs::read(&path).expect("the copy"), bytes, "the file was touched");
    error
}

#[test]
fn every_flipped_byte_is_found_without_deriving_a_key() {
    let (place, _) = twenty();
    let whole = place.bytes();
    let begin = Instant::now();
    for position in 0..whole.len() {
        // One bit, another one, all of them: in turn, for every change breaks the checksum alike.
        let mask = [0x01, 0x80, 0xff][position % 3];
        let mut bytes = whole.clone();
        bytes[position] ^= mask;
        let first_bytes = position < 34;
        match refusal(&place, &bytes) {
            VaultError::Damaged { .. } => {}
            VaultError::NotAVault { .. } | VaultError::NewerFormat { .. } if first_bytes => {}
            other => panic!("byte {position}, mask {mask:#x}: {other}"),
        }
    }
    // One derivation takes about 30 ms: with one for each flip this would take minutes.
    let derivations = Duration::from_millis(10) * u32::try_from(whole.len()).expect("a small vault");
    assert!(begin.elapsed() < derivations, "{:?}", begin.elapsed());
    assert!(place.open().is_ok());
}

#[test]
fn every_cut_is_found() {
    let (place, _) = twenty();
    let whole = place.bytes();
    for length in 0..whole.len() {
        let error = refusal(&place, &whole[..length]);
        assert!(matches!(error, VaultError::Damaged { .. }), "{length} bytes: {error}");
    }
}

#[test]
fn trailing_bytes_and_doubled_files_are_found() {
    let (place, _) = made();
    let whole = place.bytes();
    for tail in [&b"\n"[..], &[0; 400], &whole] {
        let error = refusal(&place, &[&whole[..], tail].concat());
        assert!(matches!(error, VaultError::Damaged { .. }), "{error}");
    }
}

#[test]
fn line_ends_changed_by_a_text_transfer_are_found() {
    let (place, _) = made();
    let changed: Vec<u8> =
        place.bytes().iter().flat_map(|byte| if *byte == b'\n' { vec![13, 10] } else { vec![*byte] }).collect();
    assert!(matches!(refusal(&place, &changed), VaultError::Damaged { .. }));
}

#[test]
fn other_files_are_not_taken_for_vaults() {
    let (place, _) = made();
    for bytes in [
        &b"PK\x03\x04 a zip"[..],
        b"{}",
        b"{\"format\":\"other\"}",
        &[0; 4096],
        b"\xef\xbb\xbf{\"format\":\"a365vault\"",
    ] {
        assert!(matches!(refusal(&place, bytes), VaultError::NotAVault { .. }));
    }
}

#[test]
fn a_newer_version_is_told_apart_whatever_follows() {
    let (place, _) = made();
    let text = String::from_utf8_lossy(&place.bytes()[..60]).into_owned();
    assert!(text.starts_with("{\"format\":\"a365vault\",\"version\":2,"), "{text}");
    let mut bytes = place.bytes();
    bytes[32] = b'3';
    let error = refusal(&place, &bytes);
    assert!(matches!(error, VaultError::NewerFormat { found: 3, .. }), "{error}");
    assert!(error.to_string().contains("the file is damaged"), "the checksum does not match: {error}");
    let from_the_future =
        super::forge::with_checksum(b"{\"format\":\"a365vault\",\"version\":12,\"new\":[]}", b"anything");
    let error = refusal(&place, &from_the_future);
    assert!(matches!(error, VaultError::NewerFormat { found: 12, .. }), "{error}");
    assert!(!error.to_string().contains("damaged"), "{error}");
}

#[test]
fn the_three_causes_have_three_messages() {
    let (place, _) = made();
    let whole = place.bytes();
    let mut newer = whole.clone();
    newer[32] = b'9';
    let wrong = Vault::open(&place.path, &SecretText::from("not the passphrase")).expect_err("wrong");
    let messages = [wrong, refusal(&place, &whole[..whole.len() / 2]), refusal(&place, &newer)].map(|e| e.to_string());
    assert!(messages[0].contains("passphrase is wrong"), "{}", messages[0]);
    assert!(messages[1].contains("damaged") && messages[1].contains(".a365vault.backups"), "{}", messages[1]);
    assert!(messages[2].contains("newer version"), "{}", messages[2]);
}

#[test]
fn a_vault_damaged_while_it_is_open_is_never_overwritten() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let mut bytes = place.bytes();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&place.path, &bytes).expect("damage");
    assert!(matches!(add(&mut vault, "Fabrikam"), Err(VaultError::Damaged { .. })));
    assert!(matches!(vault.refresh(), Err(VaultError::Damaged { .. })));
    assert!(matches!(read_info(&place.path), Err(VaultError::Damaged { .. })));
    assert_eq!(place.bytes(), bytes);
    assert_eq!(super::names(vault.contents()), ["Contoso"]);
    std::fs::remove_file(&place.path).expect("gone");
    assert!(matches!(add(&mut vault, "Fabrikam"), Err(VaultError::Missing { .. })));
    assert!(!place.path.exists());
}
