//! Recovery keys as people type them.

use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{
    Credential, ReadRecoveryKey, RecoveryKey, RecoveryKeyError, Vault, VaultError, recovery_sheet,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::forge::{self, Forge};
use super::{made, place};

/// The key of 128 zero bits: a right text that opens nobody's vault.
pub(super) const SOMEBODYS_KEY: &str = "QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQCZ-X8VR";

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// BIP 350's checksum, written from the BIP.
fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    values.fold(1, |check, value| {
        let top = check >> 25;
        let mut check = (check & 0x01ff_ffff) << 5 ^ u32::from(value);
        for (bit, generator) in [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3].iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= generator;
            }
        }
        check
    })
}

/// The 32 characters of a key, without groups.
fn characters(key: [u8; 16]) -> Vec<u8> {
    characters_with(key, 0)
}

/// The same with other bits behind the key's than the two zeros.
fn characters_with(key: [u8; 16], behind: u8) -> Vec<u8> {
    let bits = u128::from_be_bytes(key);
    let mut values: Vec<u8> = (0..25).map(|place| (bits >> (123 - 5 * place) & 31) as u8).collect();
    values.push((bits << 2 & 31) as u8 | behind);
    let human_part = [b'a' >> 5, b'3' >> 5, b'6' >> 5, b'5' >> 5, 0, b'a' & 31, b'3' & 31, b'6' & 31, b'5' & 31];
    let check = polymod(human_part.into_iter().chain(values.iter().copied()).chain([0; 6])) ^ 0x2bc8_30a3;
    values.extend((0..6).map(|place| (check >> (25 - 5 * place) & 31) as u8));
    values.into_iter().map(|value| ALPHABET[usize::from(value)].to_ascii_uppercase()).collect()
}

fn text(characters: &[u8]) -> String {
    String::from_utf8(characters.to_vec()).expect("ASCII")
}

fn read(text: &str) -> Result<ReadRecoveryKey, RecoveryKeyError> {
    RecoveryKey::parse(&SecretText::from(text))
}

/// The groups, counted from 1, in which these places are.
fn groups(places: &[usize]) -> Vec<usize> {
    let mut groups: Vec<usize> = places.iter().map(|place| place / 4 + 1).collect();
    groups.dedup();
    groups
}

#[test]
fn known_keys_have_known_texts_and_open_their_slots() {
    for (bytes, known) in [
        ([0; 16], SOMEBODYS_KEY),
        (std::array::from_fn(|place| place as u8), "QQQS-YQCY-Q5RQ-WZQF-PG9S-CRGW-PUZM-CCJ5"),
        ([255; 16], "LLLL-LLLL-LLLL-LLLL-LLLL-LLLL-LUZR-7T4R"),
    ] {
        let found = read(known).expect("a key");
        assert_eq!((found.key.text().expose(), found.correction()), (known, None));
        assert_eq!(text(&characters(bytes)), known.replace('-', ""));
        let place = place();
        let mut forged = Forge::new(&place.passphrase, "{\"profiles\":[]}");
        forged.slots = forge::recovery_slot(&bytes, &forged.data_key).to_string();
        forged.author = 17;
        std::fs::write(&place.path, forged.file()).expect("a forged file");
        assert!(Vault::open_with(&place.path, &Credential::RecoveryKey(found.key)).is_ok(), "{known}");
        assert!(matches!(place.open(), Err(VaultError::WrongPassphrase)));
    }
}

#[test]
fn keys_are_read_however_they_are_typed() {
    let (_place, mut vault) = made();
    let key = vault.add_recovery_key().expect("a key");
    let printed = key.text().expose().to_owned();
    assert_eq!(printed.split('-').map(str::len).collect::<Vec<_>>(), [4; 8]);
    for typed in [
        printed.to_lowercase(),
        printed.replace('-', " "),
        printed.replace('-', ""),
        printed.replace('-', "\n"),
        printed.replace('-', " – "),
        format!("  {printed}.\r\n"),
        printed.replace('0', "O").replace('L', "1").replace('8', "B"),
        printed.replace('0', "o").replace('L', "I").replace('8', "b"),
        printed.replace('L', "i"),
    ] {
        let found = read(&typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert!(found.key == key && found.corrected.is_empty(), "{typed}");
    }
}

#[test]
fn every_single_wrong_character_is_put_right_and_its_group_named() {
    let right = characters(*Uuid::new_v4().as_bytes());
    let key = read(&text(&right)).expect("a key").key;
    for place in 0..32 {
        for wrong in ALPHABET.iter().map(u8::to_ascii_uppercase).chain(*b"!?%").filter(|wrong| *wrong != right[place]) {
            let mut typed = right.clone();
            typed[place] = wrong;
            let found = read(&text(&typed)).unwrap_or_else(|error| panic!("{place} {wrong}: {error}"));
            assert!(found.key == key, "{place} {wrong}");
            assert_eq!(found.corrected, [place / 4 + 1]);
            assert_eq!(found.correction(), Some(format!("A typing error in group {} was corrected.", place / 4 + 1)));
        }
    }
}

#[test]
fn all_swapped_neighbours_are_put_right() {
    let right = characters(*Uuid::new_v4().as_bytes());
    let key = read(&text(&right)).expect("a key").key;
    for place in (0..31).filter(|place| right[*place] != right[place + 1]) {
        let mut typed = right.clone();
        typed.swap(place, place + 1);
        let found = read(&text(&typed)).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(found.key == key && found.corrected == groups(&[place, place + 1]), "{place}: {:?}", found.corrected);
    }
}

#[test]
fn neighbours_that_are_only_half_swapped_are_not_guessed_at() {
    let right = characters([0x5a; 16]);
    for place in (0..31).filter(|place| right[*place] != right[place + 1]) {
        let other = if [right[place], right[place + 1]].contains(&b'Q') { b'P' } else { b'Q' };
        if [right[place], right[place + 1]].contains(&other) {
            continue;
        }
        for half in [[right[place + 1], other], [other, right[place]]] {
            let mut typed = right.clone();
            typed[place..place + 2].copy_from_slice(&half);
            let error = read(&text(&typed)).expect_err("two mistakes");
            assert_eq!(error, RecoveryKeyError::WrongIn { groups: groups(&[place, place + 1]) }, "{place}");
        }
    }
}

#[test]
fn a_right_checksum_over_more_than_128_bits_is_no_key() {
    for behind in 1..4 {
        assert_eq!(read(&text(&characters_with([7; 16], behind))).err(), Some(RecoveryKeyError::Wrong), "{behind}");
    }
}

#[test]
fn a_text_of_another_length_says_how_many_characters_are_missing() {
    let whole = SOMEBODYS_KEY;
    assert_eq!(read("").err(), Some(RecoveryKeyError::Empty));
    assert_eq!(read(" - - ").err(), Some(RecoveryKeyError::Empty));
    let one = read(&whole[1..]).expect_err("one is missing");
    assert_eq!(one, RecoveryKeyError::FewMissing { found: 31 });
    assert!(one.to_string().contains("one is missing"), "{one}");
    assert!(read(&whole[2..]).expect_err("two").to_string().contains("two are missing"));
    assert_eq!(read(&whole[3..]).err(), Some(RecoveryKeyError::Length { found: 29 }));
    assert_eq!(read(&format!("{whole}Q")).err(), Some(RecoveryKeyError::Length { found: 33 }));
    assert_eq!(read(&whole.repeat(1000)).err(), Some(RecoveryKeyError::Length { found: 328 }), "and not endlessly");
}

#[test]
fn nothing_of_a_key_is_in_an_error_or_in_debug() {
    let (_place, mut vault) = made();
    let key = vault.add_recovery_key().expect("a key");
    let printed = key.text();
    let groups: Vec<&str> = printed.expose().split('-').collect();
    let debug = format!("{key:?} {:?} {:?}", read(printed.expose()), Credential::RecoveryKey(key.clone()));
    let mut wrong = printed.expose().as_bytes().to_vec();
    wrong[0] = if wrong[0] == b'Q' { b'P' } else { b'Q' };
    wrong[10] = if wrong[10] == b'Q' { b'P' } else { b'Q' };
    let error = read(&text(&wrong)).expect_err("two mistakes");
    let told = format!("{debug} {error} {error:?}");
    assert!(debug.contains("[secret]") && groups.iter().all(|group| !told.contains(group)), "{told}");
}

#[test]
fn the_sheet_has_the_key_and_needs_nothing_from_elsewhere() {
    let key = read(SOMEBODYS_KEY).expect("a key").key;
    let id = Uuid::new_v4();
    let day = "2026-11-23".parse().expect("a day");
    let sheet = recovery_sheet(&key, "Cust<omers> & \"friends\"", id, day);
    let page = sheet.expose();
    assert!(page.contains("QQQQ QQQQ QQQQ QQQQ\nQQQQ QQQQ QQCZ X8VR"), "{page}");
    assert!(page.contains(&id.to_string()) && page.contains("2026-11-23"));
    assert!(page.contains("Cust&lt;omers&gt; &amp; &quot;friends&quot;") && !page.contains("<omers>"));
    for outside in ["http:", "https:", "src=", "href=", "url(", "<script", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(!format!("{sheet:?}").contains("QQQQ"));
    assert!(page.lines().count() < 60, "more than a page");
}

proptest! {
    #[test]
    fn two_wrong_characters_are_located_and_never_guessed_at(
        key in any::<[u8; 16]>(), one in 0_usize..32, other in 0_usize..32, by in 1_usize..32, and_by in 1_usize..32,
    ) {
        prop_assume!(one < other);
        let right = characters(key);
        let mut typed = right.clone();
        for (place, by) in [(one, by), (other, and_by)] {
            let value = ALPHABET.iter().position(|known| *known == typed[place].to_ascii_lowercase()).expect("a symbol");
            typed[place] = ALPHABET[value ^ by];
        }
        let swapped = other == one + 1
            && typed[one].eq_ignore_ascii_case(&right[other])
            && typed[other].eq_ignore_ascii_case(&right[one]);
        match read(&text(&typed)) {
            Ok(found) => prop_assert!(swapped && found.key.text().expose().replace('-', "") == text(&right)),
            Err(error) => {
                prop_assert!(!swapped);
                prop_assert_eq!(error, RecoveryKeyError::WrongIn { groups: groups(&[one, other]) });
            }
        }
    }

    #[test]
    fn what_is_printed_is_read(key in any::<[u8; 16]>()) {
        let printed = text(&characters(key));
        let found = read(&printed).expect("a key");
        prop_assert_eq!(found.key.text().expose().replace('-', ""), printed);
        prop_assert!(found.corrected.is_empty());
    }

    #[test]
    fn no_text_breaks_the_reader(typed in "\\PC{0,60}|[a-zA-Z0-9 -]{28,44}|\\PC{32}") {
        if let Ok(found) = read(&typed) {
            let again = read(found.key.text().expose()).expect("what is read can be printed");
            prop_assert!(again.key == found.key && again.corrected.is_empty());
        }
    }
}
