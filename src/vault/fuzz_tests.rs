//! Nearly right vaults, a few hundred at every test run and a million of each kind by `fuzz/run.sh`: nothing panics,
//! nothing takes long, and no changed byte is taken for the real one.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use crate::platform::wall_clock;
use crate::profile::{
    ClientSecret, EnvironmentUrl, FormerSecret, Profile, ProxyCredentials, RenewalInProgress, SecretText, UccUpdate,
};
use crate::vault::crypto::{CHECKSUM_LENGTH, Key, SIGNATURE_LENGTH, seal, signature};
use crate::vault::encoding::SecretBuffer;
use crate::vault::error::VaultError;
use crate::vault::format::{HEADER_LIMIT, ReadVault, payload, save_statement};
use crate::vault::roster::{self, ProvenRecords};
use crate::vault::slots::{KdfParameters, SlotKeys};
use crate::vault::surroundings::ThisMachine;
use crate::vault::unlocked::Vault;

/// A real vault, made once.
struct Base {
    file: Vec<u8>,
    /// The header without its line end.
    line: Vec<u8>,
    salt: [u8; 32],
    data_key: Key,
    origin_key: Key,
    private_key: Key,
    text: Vec<u8>,
    roster: Vec<u8>,
    proven: Option<ProvenRecords>,
}

static BASE: LazyLock<Base> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("base.a365vault");
    let passphrase = SecretText::new(Uuid::new_v4().to_string());
    let mut vault = Vault::create(&path, &passphrase, KdfParameters::minimum()).expect("a vault");
    let filled = vault.update(|contents| {
        contents.set_proxy_credentials(Some(ProxyCredentials::new("jan", passphrase.clone())));
        for name in ["Contoso", "Ärzte \u{1f511}", "\"quoted\" \\ back"] {
            let mut profile = Profile::new(Uuid::new_v4(), name, wall_clock::now());
            profile.environment_url = EnvironmentUrl::parse("https://contoso.crm4.dynamics.com").ok();
            profile.client_secret = ClientSecret::parse(passphrase.expose()).ok();
            profile.tags = vec!["one".to_owned(), "two".to_owned()];
            profile.other_keys = vec![("Password".to_owned(), passphrase.clone())];
            let secret = ClientSecret::parse(&format!("a {}", passphrase.expose())).expect("a secret");
            let mut renewal = RenewalInProgress::begun(wall_clock::now());
            (renewal.new_secret, renewal.tested) = (Some(secret.clone()), Some(wall_clock::now()));
            profile.renewal = Some(Box::new(renewal));
            let (replaced_at, newer) = (wall_clock::now(), SecretText::from("{\"more\":[1]}"));
            profile.former_secret =
                Some(Box::new(FormerSecret { secret, expires: None, replaced_at, key_id: None, newer }));
            let mut update = UccUpdate::pending(replaced_at, Some(replaced_at.date_naive()));
            (update.done, update.newer) = (Some(replaced_at), SecretText::from("{\"more\":[2]}"));
            profile.ucc_update = Some(Box::new(update));
            contents.put(profile)?;
        }
        Ok::<_, VaultError>(())
    });
    filled.expect("profiles");
    let file = std::fs::read(&path).expect("the file");
    let line = file[..file.iter().position(|byte| *byte == b'\n').expect("a line")].to_vec();
    let found = read(&file).expect("whole");
    let salt = found.header.salt;
    let text = found.unseal_text(vault.data_key(), &path).expect("its own key").as_bytes().to_vec();
    let mut roster = SecretBuffer::with_capacity(4096);
    roster::write(&vault.state.roster, &mut roster);
    let SlotKeys { private_key, origin_key } = vault.own.keys.clone();
    let (data_key, roster) = (vault.data_key().clone(), roster.into_public());
    let proven = vault.state.roster.proven();
    Base { file, line, salt, data_key, origin_key, private_key, text, roster, proven }
});

fn read(bytes: &[u8]) -> Result<ReadVault, VaultError> {
    ReadVault::of(bytes.to_vec(), Path::new("fuzzed.a365vault"))
}

/// A small change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Delete(Index, usize),
    Repeat(Index, usize),
    Nest(Index, u16),
}

/// What trips readers of JSON, and words of the format.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\n",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "01",
    "\u{feff}",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775808",
    "\"profiles\":[],",
    "\"kind\":\"passphrase\",",
    "\"slots\":[],",
    "\"kdf\":{},",
    "\"memory_kib\":8388608,",
    "\"passes\":4294967295,",
    "\"id\":null,",
    "\"renewal\":{},",
    "\"former_secret\":[],",
    "\"ucc_update\":{},",
    "\"history\":[],",
    "\"length\":18446744073709551615,",
    "\"x\":{\"x\":{\"x\":1}},",
    "AAAA",
    "====",
    "2026-02-30T25:61:61Z",
    "+99999-01-01",
];

fn edit() -> impl Strategy<Value = Edit> {
    let piece = prop_oneof![
        4 => prop::sample::select(TOKENS).prop_map(|token| token.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..20),
    ];
    prop_oneof![
        3 => (any::<Index>(), 1u8..).prop_map(|(place, mask)| Edit::Flip(place, mask)),
        4 => (any::<Index>(), piece).prop_map(|(place, bytes)| Edit::Insert(place, bytes)),
        2 => (any::<Index>(), 1usize..80).prop_map(|(place, count)| Edit::Delete(place, count)),
        2 => (any::<Index>(), 1usize..200).prop_map(|(place, count)| Edit::Repeat(place, count)),
        1 => (any::<Index>(), 1u16..2000).prop_map(|(place, depth)| Edit::Nest(place, depth)),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(), 1..5)
}

fn edited(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for edit in edits {
        let place = |index: &Index| index.index(bytes.len() + 1);
        match edit {
            Edit::Flip(index, mask) => {
                let place = place(index);
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= mask;
                }
            }
            Edit::Insert(index, piece) => {
                let place = place(index);
                bytes.splice(place..place, piece.iter().copied());
            }
            Edit::Delete(index, count) => {
                let place = place(index);
                bytes.drain(place..(place + count).min(bytes.len()));
            }
            Edit::Repeat(index, count) => {
                let place = place(index);
                let piece = bytes[place..(place + count).min(bytes.len())].to_vec();
                bytes.splice(place..place, piece);
            }
            Edit::Nest(index, depth) => {
                let place = place(index);
                let open = if depth % 2 == 0 { &b"["[..] } else { b"{\"a\":" };
                bytes.splice(place..place, open.repeat(usize::from(*depth)));
            }
        }
    }
    bytes
}

fn with_checksum(mut body: Vec<u8>) -> Vec<u8> {
    let checksum = seal::checksum(&body);
    body.extend_from_slice(&checksum);
    body
}

/// A file with this header line, payload and roster, sealed under the right key, signed by the vault's slot and with a
/// right checksum.
fn sealed_with(line: &[u8], text: &[u8], roster: &[u8]) -> Vec<u8> {
    let keys = [seal::payload_key(&BASE.data_key, &BASE.salt).0, seal::roster_key(&BASE.data_key, &BASE.salt)];
    let mut file = [line, b"\n"].concat();
    for (key, text) in keys.iter().zip([text, roster]) {
        let mut sealed = text.to_vec();
        let tag = seal::encrypt(key, line, &mut sealed);
        file.extend([&sealed[..], &tag].concat());
    }
    let header = read(&BASE.file).expect("whole").header;
    let statement = save_statement(&header, &seal::checksum(&file));
    file.extend(signature::sign(&BASE.private_key, &statement, &ThisMachine::default()).expect("signed"));
    with_checksum(file)
}

fn sealed(line: &[u8], text: &[u8]) -> Vec<u8> {
    sealed_with(line, text, &BASE.roster)
}

/// All that opening does once the data key is known.
fn opened(bytes: &[u8]) -> Result<super::Contents, VaultError> {
    let path = Path::new("fuzzed.a365vault");
    let found = read(bytes)?;
    found.roster(&BASE.data_key, &BASE.origin_key, None, path)?;
    found.unseal(&BASE.data_key, path)
}

/// The header line with the payload length of this text.
fn line_for(text: &[u8]) -> Vec<u8> {
    let line = std::str::from_utf8(&BASE.line).expect("JSON");
    let former = format!("\"length\":{}", BASE.text.len() + seal::TAG_LENGTH);
    assert!(line.contains(&former), "{line}");
    line.replace(&former, &format!("\"length\":{}", text.len() + seal::TAG_LENGTH)).into_bytes()
}

#[test]
fn the_forgeries_are_right_before_they_are_changed() {
    let again = sealed(&BASE.line, &BASE.text);
    let signature = CHECKSUM_LENGTH + SIGNATURE_LENGTH;
    assert_eq!(again[..again.len() - signature], BASE.file[..BASE.file.len() - signature]);
    assert_eq!(opened(&sealed(&line_for(&BASE.text), &BASE.text)).expect("the base").profiles().len(), 3);
}

proptest! {
    /// Anybody can do this to a file, and never gets it opened.
    #[test]
    fn a_changed_file_never_opens(edits in edits(), checksum_is_right: bool) {
        let end = if checksum_is_right { BASE.file.len() - CHECKSUM_LENGTH } else { BASE.file.len() };
        let mut bytes = edited(&BASE.file[..end], &edits);
        if checksum_is_right {
            bytes = with_checksum(bytes);
        }
        let opened = opened(&bytes);
        prop_assert_eq!(opened.is_ok(), bytes == BASE.file);
        if let Err(error) = opened {
            prop_assert!(error.to_string().len() > 40);
        }
    }

    /// A person with the key can: the header is refused or read, within its bounds.
    #[test]
    fn a_changed_header_under_the_right_key_is_read_or_refused(edits in edits()) {
        let line = edited(&BASE.line, &edits);
        if let Ok(found) = read(&sealed(&line, &BASE.text)) {
            let info = found.header.info(found.file_length());
            prop_assert!(info.generation > 0 && line.len() < HEADER_LIMIT);
            let kdfs: Vec<_> = info.slots.iter().filter_map(|slot| slot.kdf).collect();
            let work: u64 = kdfs.iter().map(|kdf| u64::from(kdf.memory_kib()) * u64::from(kdf.passes())).sum();
            prop_assert!(work <= KdfParameters::WORK_LIMIT && kdfs.iter().all(|kdf| kdf.memory_kib() <= 1 << 20));
            // A header that is read can be written, and read again.
            let mut header = found.header.clone();
            header.payload_length = (BASE.text.len() + seal::TAG_LENGTH) as u64;
            header.roster_length = (BASE.roster.len() + seal::TAG_LENGTH) as u64;
            let line = header.to_line();
            prop_assert!(read(&sealed(&line[..line.len() - 1], &BASE.text)).is_ok());
            let _ = found.roster(&BASE.data_key, &BASE.origin_key, None, Path::new("fuzzed"));
            let _ = found.unseal(&BASE.data_key, Path::new("fuzzed"));
        }
    }

    /// Not even who has the key and signs the save can change who the members are without their signatures.
    #[test]
    fn a_changed_roster_under_the_right_key_is_refused(edits in edits()) {
        let text = edited(&BASE.roster, &edits);
        let former = format!("\"roster_length\":{}", BASE.roster.len() + seal::TAG_LENGTH);
        let line = String::from_utf8(BASE.line.clone()).expect("JSON");
        prop_assert!(line.contains(&former));
        let line = line.replace(&former, &format!("\"roster_length\":{}", text.len() + seal::TAG_LENGTH));
        let found = read(&sealed_with(line.as_bytes(), &BASE.text, &text)).expect("the header is in order");
        // Nor does what was proven of the real one before change the answer.
        let proven = BASE.proven;
        let [whole, rest] = [None, proven.as_ref()]
            .map(|proven| found.roster(&BASE.data_key, &BASE.origin_key, proven, Path::new("fuzzed")));
        prop_assert_eq!(whole.is_ok(), rest.is_ok());
        match rest {
            Ok(roster) => {
                let mut again = SecretBuffer::with_capacity(text.len());
                roster::write(&roster, &mut again);
                prop_assert_eq!(again.into_public(), &BASE.roster[..], "only blanks differ");
            }
            Err(error) => prop_assert!(matches!(error, VaultError::Tampered { .. }), "{}", error),
        }
    }

    /// A payload that is read is written and read again as the same.
    #[test]
    fn a_changed_payload_under_the_right_key_is_read_or_refused(edits in edits()) {
        let text = edited(&BASE.text, &edits);
        let found = read(&sealed(&line_for(&text), &text)).expect("the header is in order");
        match found.unseal(&BASE.data_key, Path::new("fuzzed")) {
            Ok(contents) => {
                let once = written(&contents);
                let again = payload::read(&once, Path::new("again")).expect("what was written is read");
                prop_assert_eq!(written(&again), once);
                prop_assert_eq!(again.profiles(), contents.profiles());
            }
            Err(error) => {
                let refused = matches!(error, VaultError::ContentsUnreadable { .. });
                prop_assert!(refused, "{}", error);
            }
        }
    }
}

fn written(contents: &super::Contents) -> Vec<u8> {
    let mut buffer = SecretBuffer::with_capacity(BASE.text.len());
    payload::write(contents, &mut buffer);
    buffer.into_public()
}
