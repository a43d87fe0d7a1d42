//! Vaults that something took for text: named as that, and put back where their bytes allow it.

use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{Remedy, Vault, VaultError, read_info, repair};

use super::{Place, add, made, names, profile};

/// As `unix2dos` and git's checkout do it: a line feed that has its carriage return stays.
fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut changed = Vec::new();
    for (place, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' && (place == 0 || bytes[place - 1] != b'\r') {
            changed.push(b'\r');
        }
        changed.push(*byte);
    }
    changed
}

/// As FTP in text mode does it: each line feed gets one.
fn with_another_cr(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect()
}

/// As git's commit does it.
fn with_lf(bytes: &[u8]) -> Vec<u8> {
    let followed = |place: usize| bytes.get(place + 1) == Some(&b'\n');
    let kept = bytes.iter().enumerate().filter(|(place, byte)| **byte != b'\r' || !followed(*place));
    kept.map(|(_, byte)| *byte).collect()
}

/// As Python's text mode does it.
fn with_universal_newlines(bytes: &[u8]) -> Vec<u8> {
    with_lf(bytes).into_iter().map(|byte| if byte == b'\r' { b'\n' } else { byte }).collect()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// With Windows' characters from 0x80 to 0x9F, as editors there read it.
fn windows(bytes: &[u8]) -> String {
    let of = |c: char| match c {
        '\u{80}' => '€',
        '\u{85}' => '…',
        '\u{93}' => '“',
        '\u{94}' => '”',
        '\u{99}' => '™',
        '\u{9f}' => 'Ÿ',
        c => c,
    };
    latin1(bytes).chars().map(of).collect()
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

/// As the Windows console reads it in one of its code pages, which has these characters from 0x80 on.
fn console(bytes: &[u8], upper: &str) -> String {
    let upper: Vec<char> = upper.chars().collect();
    assert_eq!(upper.len(), 128);
    bytes.iter().map(|byte| if *byte < 0x80 { char::from(*byte) } else { upper[usize::from(*byte) - 0x80] }).collect()
}

const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const CODE_PAGE_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// A vault of a few kilobytes with so many CRLF in what is sealed.
fn vault_with(crlf: usize) -> (Place, Vec<u8>) {
    let (place, mut vault) = made();
    let mut filler = profile("Filler");
    filler.notes = "x".repeat(6000);
    vault.update(|contents| contents.put(filler.clone())).expect("a save");
    for number in 0..4000 {
        let bytes = place.bytes();
        if bytes.windows(2).filter(|pair| pair == b"\r\n").count() == crlf && bytes.last() != Some(&b'\n') {
            return (place, bytes);
        }
        filler.notes = format!("{number}{}", "x".repeat(6000 + 8000 * crlf));
        vault.update(|contents| contents.put(filler.clone())).expect("a save");
    }
    panic!("no such vault came up");
}

fn damage(place: &Place) -> (String, Remedy) {
    let error = read_info(&place.path).expect_err("it is damaged");
    let VaultError::Damaged { what, remedy, .. } = &error else { panic!("{error}") };
    assert!(error.to_string().contains("binary mode"), "{error}");
    (what.to_string(), *remedy)
}

#[test]
fn what_took_a_vault_for_text_is_named_and_undone() {
    let (place, whole) = vault_with(0);
    let bom = b"\xef\xbb\xbf".as_slice();
    let changed: Vec<(&str, Vec<u8>, &str)> = vec![
        ("git's checkout", with_crlf(&whole), "LF to CRLF"),
        ("FTP in text mode", with_another_cr(&whole), "LF to CRLF"),
        ("twice", with_crlf(&with_crlf(&whole)), "LF to CRLF"),
        ("a mark", [bom, &whole].concat(), "byte order mark"),
        ("a mark and line ends", [bom, &with_crlf(&whole)].concat(), "byte order mark"),
        ("a line feed behind", [&whole[..], b"\n"].concat(), "line break was added"),
        ("a CRLF behind", [&whole[..], b"\r\n"].concat(), "line break was added"),
        ("line ends and one behind", [&with_crlf(&whole)[..], b"\r\n"].concat(), "LF to CRLF"),
        ("DOS's end of file", [&whole[..], b"\x1a"].concat(), "line break was added"),
        ("Latin-1 to UTF-8", latin1(&whole).into_bytes(), "UTF-8"),
        ("Windows-1252 to UTF-8", windows(&whole).into_bytes(), "UTF-8"),
        ("UTF-8 with a mark", [bom, latin1(&whole).as_bytes()].concat(), "UTF-8"),
        ("UTF-8 with line ends", windows(&with_crlf(&whole)).into_bytes(), "UTF-8"),
        ("UTF-16", utf16(&latin1(&whole), true), "UTF-16"),
        ("UTF-16, big-endian", utf16(&windows(&whole), false), "UTF-16"),
        ("UTF-16 with line ends", utf16(&windows(&with_crlf(&whole)), true), "UTF-16"),
        ("UTF-16 of a console", utf16(&console(&whole, CODE_PAGE_437), true), "UTF-16"),
        ("UTF-16 of a European console", utf16(&console(&whole, CODE_PAGE_850), true), "UTF-16"),
        ("UTF-16 of a console, line ends", utf16(&console(&with_crlf(&whole), CODE_PAGE_850), true), "UTF-16"),
        ("a console to UTF-8", console(&whole, CODE_PAGE_437).into_bytes(), "UTF-8"),
        ("a European console to UTF-8", console(&whole, CODE_PAGE_850).into_bytes(), "UTF-8"),
        ("UTF-8 twice", latin1(latin1(&whole).as_bytes()).into_bytes(), "more than once"),
        ("UTF-8 twice, Windows-1252", windows(latin1(&whole).as_bytes()).into_bytes(), "more than once"),
        ("UTF-16 without a mark", utf16(&latin1(&whole), true)[2..].to_vec(), "UTF-16"),
        ("UTF-16 without a mark, big-endian", utf16(&latin1(&whole), false)[2..].to_vec(), "UTF-16"),
        ("two marks", [bom, bom, &whole].concat(), "byte order mark"),
        ("UTF-16 with two marks", utf16(&format!("\u{feff}{}", latin1(&whole)), true), "UTF-16"),
        ("a line feed before", [b"\n", &whole[..]].concat(), "at its beginning"),
        ("two line feeds behind", [&whole[..], b"\n\n"].concat(), "line break was added"),
    ];
    for (by, bytes, words) in changed {
        std::fs::write(&place.path, &bytes).expect("written");
        let (what, remedy) = damage(&place);
        assert!(what.contains(words), "{by}: {what}");
        assert_eq!(remedy, Remedy::Repair, "{by}");
        assert_eq!(place.bytes(), bytes, "{by}: nothing is changed unasked");
        let aside = repair(&place.path).unwrap_or_else(|error| panic!("{by}: {error}"));
        assert_eq!(place.bytes(), whole, "{by}");
        assert_eq!(std::fs::read(&aside).expect("kept aside"), bytes, "{by}");
        assert!(aside.to_string_lossy().contains(".a365vault.damaged-"), "{aside:?}");
        assert_eq!(names(place.open().expect("it opens").contents()), ["Filler"], "{by}");
    }
}

#[test]
fn line_ends_that_were_there_before_are_found_again() {
    for crlf in [1, 2] {
        let (place, whole) = vault_with(crlf);
        for (by, bytes) in [
            ("git's commit", with_lf(&whole)),
            ("git's commit and checkout", with_crlf(&with_lf(&whole))),
            ("git's checkout", with_crlf(&whole)),
            ("FTP in text mode", with_another_cr(&whole)),
        ] {
            assert_ne!(bytes, whole);
            std::fs::write(&place.path, &bytes).expect("written");
            let (what, remedy) = damage(&place);
            let words = if by == "git's commit" { "CRLF to LF" } else { "LF to CRLF" };
            assert!(what.contains(words) && remedy == Remedy::Repair, "{by}: {what}");
            repair(&place.path).unwrap_or_else(|error| panic!("{by}, {crlf}: {error}"));
            assert!(place.bytes() == whole, "{by}, {crlf}");
        }
    }
}

#[test]
fn where_bytes_are_lost_it_says_so_and_points_to_the_backups() {
    let (place, whole) = vault_with(0);
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ascii: Vec<u8> = whole.iter().map(|byte| byte & 0x7f).collect();
    let question: Vec<u8> = whole.iter().map(|byte| if *byte < 0x80 { *byte } else { b'?' }).collect();
    let changed: Vec<(&str, Vec<u8>, &str)> = vec![
        ("read as UTF-8", lossy(&whole).into_bytes(), "UTF-8"),
        ("read as UTF-8, line ends", with_crlf(lossy(&whole).as_bytes()), "UTF-8"),
        ("read as UTF-8, with a mark", [b"\xef\xbb\xbf", lossy(&whole).as_bytes()].concat(), "UTF-8"),
        ("UTF-16 of UTF-8", utf16(&lossy(&whole), true), "UTF-16"),
        ("UTF-16, big-endian", utf16(&lossy(&whole), false), "UTF-16"),
        ("seven bits", ascii, "ASCII"),
        ("question marks", question, "ASCII"),
        ("universal newlines", with_universal_newlines(&whole), "carriage returns (CR) are lost"),
        ("universal newlines, CRLF", with_crlf(&with_universal_newlines(&whole)), "LF to CRLF"),
        ("CRLF and cut", with_crlf(&whole)[..whole.len() - 500].to_vec(), "LF to CRLF"),
        ("a mark and cut", [b"\xef\xbb\xbf", &whole[..whole.len() - 500]].concat(), "byte order mark"),
    ];
    for (by, bytes, words) in changed {
        std::fs::write(&place.path, &bytes).expect("written");
        let (what, remedy) = damage(&place);
        assert!(what.contains(words), "{by}: {what}");
        assert_eq!(remedy, Remedy::BackupOfText, "{by}");
        let error = repair(&place.path).expect_err("it cannot be put back").to_string();
        assert!(error.contains("Some of its bytes are lost") && error.contains(".a365vault.backups"), "{by}: {error}");
        assert_eq!(place.bytes(), bytes, "{by}");
    }
    // Cut, flipped and lengthened by something else: damage as ever.
    let mut flipped = whole.clone();
    *flipped.last_mut().expect("a byte") ^= 1;
    for bytes in [whole[..whole.len() - 1].to_vec(), whole[..2000].to_vec(), flipped, [&whole[..], b"ab"].concat()] {
        std::fs::write(&place.path, &bytes).expect("written");
        let error = repair(&place.path).expect_err("not this kind");
        assert!(matches!(error, VaultError::Damaged { remedy: Remedy::Backup, .. }), "{error}");
        assert_eq!(place.bytes(), bytes);
    }
}

#[test]
fn gits_conflict_markers_are_named_and_no_loss_is_claimed() {
    let (place, whole) = vault_with(0);
    for (begin, middle, end) in [
        ("<<<<<<< HEAD\n", "\n=======\n", "\n>>>>>>> main\n"),
        ("<<<<<<< Updated upstream\r\n", "\r\n=======\r\n", "\r\n>>>>>>> Stashed changes\r\n"),
        ("\u{feff}<<<<<<< ours\n", "\n||||||| base\n=======\n", "\n>>>>>>> theirs\n"),
    ] {
        let bytes = [begin.as_bytes(), &whole, middle.as_bytes(), &whole, end.as_bytes()].concat();
        std::fs::write(&place.path, &bytes).expect("written");
        let (what, remedy) = damage(&place);
        assert!(what.contains("conflict markers"), "{what}");
        assert_eq!(remedy, Remedy::BackupOfUnclear);
        let error = repair(&place.path).expect_err("nobody knows which version").to_string();
        assert!(!error.contains("are lost") && error.contains(".a365vault.backups"), "{error}");
        assert_eq!(place.bytes(), bytes);
    }
}

#[test]
fn only_what_is_proven_is_put_in_the_place() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let whole = place.bytes();
    assert!(matches!(repair(&place.path), Err(VaultError::NotDamaged { .. })));
    assert_eq!(place.bytes(), whole);
    // Somebody who cannot sign changes a byte, writes the checksum, and lets it look like git's doing.
    let mut body = super::forge::body(&whole).to_vec();
    body[0] ^= 1;
    let forged = with_another_cr(&super::forge::with_checksum(super::forge::header_line(&whole), &body));
    std::fs::write(&place.path, &forged).expect("written");
    let error = repair(&place.path).expect_err("not signed");
    assert!(matches!(error, VaultError::Tampered { .. }), "{error}");
    assert_eq!(place.bytes(), forged);
    std::fs::remove_file(&place.path).expect("removed");
    assert!(matches!(repair(&place.path), Err(VaultError::Missing { .. })));
    assert!(Vault::open(&place.path, &SecretText::from("x")).is_err());
}

#[test]
fn vaults_of_every_version_are_put_back() {
    for name in ["vault-v1-full", "vault-v2-full", "vault-v2-slots"] {
        let (place, _) = made();
        let whole = std::fs::read(format!("tests/data/{name}.a365vault")).expect("a vector");
        std::fs::write(&place.path, with_crlf(&whole)).expect("written");
        repair(&place.path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(place.bytes(), whole);
    }
}
