//! Files made once and kept: every later version has to open them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use a365_password_tool::platform::os_account::AccountError;
use a365_password_tool::profile::{ClientId, ClientSecret, EnvironmentUrl, LastCheck, Profile, SecretText, Tenant};
use a365_password_tool::vault::{
    AccountKeeper, Credential, FORMAT_VERSION, KdfParameters, LockGuard, RecoveryKey, Surroundings, ThisMachine, Vault,
    VaultError, Who, read_info,
};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::forge::{self, Forge};
use super::names;

/// Known to everybody, protects nothing; so do the two below.
const PASSPHRASE: &str = "correct horse battery vector";
const RECOVERY_KEY: &str = "YCF5-EW0J-9UV9-TRHM-X3S4-497Q-85HV-8ZXA";
const ACCOUNT_KEY: [u8; 32] = [0x5a; 32];

/// Names the folder that [`the_maker_of_vectors`] fills. Without it that test does nothing.
const FOLDER_VARIABLE: &str = "A365_TEST_VECTORS";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn vector(version: u64, name: &str) -> PathBuf {
    folder().join(format!("vault-v{version}-{name}.a365vault"))
}

/// The vector with this name in each version.
fn opened(name: &str) -> impl Iterator<Item = Vault> {
    let open = |path: PathBuf| Vault::open(&path, &SecretText::from(PASSPHRASE)).expect("every version opens for ever");
    (1..=FORMAT_VERSION).map(|version| vector(version, name)).map(open)
}

#[test]
fn every_vector_of_version_1_is_carried_over_by_a_save_and_keeps_every_way_in() {
    let key = RecoveryKey::parse(&SecretText::from(RECOVERY_KEY)).expect("a key").key;
    let passphrase = Credential::Passphrase(SecretText::from(PASSPHRASE));
    for name in ["empty", "full", "extended", "slots"] {
        let place = super::place();
        std::fs::copy(vector(1, name), &place.path).expect("a copy of the vector");
        let before = Vault::open_with(&place.path, &passphrase).expect("version 1");
        let mut vault = Vault::open_with(&place.path, &passphrase).expect("version 1");
        vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
        let mut ways = vec![passphrase.clone()];
        if name == "slots" {
            ways.extend([Credential::ThisAccount, Credential::RecoveryKey(key.clone())]);
        }
        for credential in &ways {
            let machine = Arc::new(ThisMachine::default());
            let again = Vault::open_with_in(machine, Arc::new(KnownAccount), &place.path, credential);
            let again = again.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(again.info().format_version, 2, "{name}");
            assert_eq!(again.contents().profiles(), before.contents().profiles(), "{name}");
            assert_eq!(again.slots().len(), ways.len(), "{name}");
        }
    }
}

fn full() -> Profile {
    let mut profile = Profile::new(
        Uuid::from_u128(0x1111_2222_aaaa_4333_8bbb_4444_cccc_5555),
        "Contoso “Zürich” 東京 🏢",
        "2026-11-23T08:30:00.123456789Z".parse().expect("a moment"),
    );
    profile.environment_url = EnvironmentUrl::parse("contoso.crm4.dynamics.com").ok();
    profile.client_id = ClientId::parse("66667777-bbbb-4888-9ccc-9999dddd0000").ok();
    profile.client_secret = ClientSecret::parse("not-a-secret;\"ä=\u{1f511}").ok();
    profile.tenant = Some(Tenant::Domain("contoso.onmicrosoft.com".to_owned()));
    profile.secret_expires = "2027-02-28".parse().ok();
    profile.tags = vec!["eu".to_owned(), "".to_owned()];
    profile.notes = "line 1\nline \"2\"\t\\ \u{0} \u{2028}".to_owned();
    profile.vendor_value = Some(SecretText::from("vendor/+=="));
    profile.other_keys = vec![
        ("RequireNewInstance".to_owned(), SecretText::from("True")),
        ("RequireNewInstance".to_owned(), SecretText::from("")),
    ];
    profile.last_check = Some(LastCheck {
        at: "2026-11-22T23:59:59Z".parse().expect("a moment"),
        passed: false,
        stage: Some("sign_in".to_owned()),
        code: Some("AADSTS7000222".to_owned()),
        tenant_id: None,
    });
    profile.modified = "2026-11-23T08:31:00Z".parse().expect("a moment");
    profile
}

/// An account whose store keeps one known key.
struct KnownAccount;

impl AccountKeeper for KnownAccount {
    fn name(&self) -> &'static str {
        "test-store"
    }
    fn describe(&self) -> String {
        "CONTOSO\\jan on JUMP01".to_owned()
    }
    fn keep(&self, _: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
        assert_eq!(*key, ACCOUNT_KEY);
        Ok(b"a blob".to_vec())
    }
    fn holds(&self, _: &str, _: &[u8]) -> bool {
        true
    }
    fn recall(&self, entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
        assert!(blob == b"a blob" && entry.starts_with("0b6f1c9e-") && entry.len() == 36 + 1 + 32, "{entry}");
        Ok(Some(Zeroizing::new(ACCOUNT_KEY)))
    }
    fn forget(&self, _: &str) -> Result<(), AccountError> {
        Ok(())
    }
}

#[test]
fn every_vault_of_every_version_opens() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let Some(version) = name.strip_prefix("vault-v").filter(|rest| rest.ends_with(".a365vault")) else { continue };
        let version: u64 = version.split('-').next().and_then(|digits| digits.parse().ok()).expect("vault-v<N>-…");
        let vault = Vault::open(&path, &SecretText::from(PASSPHRASE)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(vault.info().format_version, version, "{name}");
        found.push(version);
    }
    for version in 1..=FORMAT_VERSION {
        assert!(found.contains(&version), "version {version} has no vector");
    }
    assert!(found.len() >= 4, "{found:?}");
}

#[test]
fn the_full_vector_opens_with_every_value() {
    for vault in opened("full") {
        assert_eq!(vault.contents().profiles(), [full()]);
        assert_eq!(vault.info().slots[0].kdf, Some(KdfParameters::default()));
        assert_eq!(vault.info().generation, 2);
    }
}

#[test]
fn the_empty_vector_opens() {
    assert!(opened("empty").all(|vault| vault.contents().profiles().is_empty()));
}

#[test]
fn the_extended_vector_opens_and_names_its_slots() {
    for (version, vault) in (1..).zip(opened("extended")) {
        assert_eq!(names(vault.contents()), ["Contoso"]);
        let info = read_info(&vector(version, "extended")).expect("a header");
        assert_eq!(info.slots.iter().map(|slot| slot.kind.as_str()).collect::<Vec<_>>(), ["smart-card", "passphrase"]);
    }
}

#[test]
fn the_vector_with_all_kinds_of_slots_opens_with_each() {
    let key = RecoveryKey::parse(&SecretText::from(RECOVERY_KEY)).expect("a key").key;
    let passphrase = Credential::Passphrase(SecretText::from(PASSPHRASE));
    let kinds = ["passphrase", "os-account", "recovery-key"];
    let credentials = [passphrase, Credential::ThisAccount, Credential::RecoveryKey(key)];
    for version in 1..=FORMAT_VERSION {
        for (place, credential) in credentials.iter().enumerate() {
            let machine = Arc::new(ThisMachine::default());
            let vault = Vault::open_with_in(machine, Arc::new(KnownAccount), &vector(version, "slots"), credential);
            let vault = vault.unwrap_or_else(|error| panic!("{}: {error}", kinds[place]));
            assert_eq!(names(vault.contents()), ["Contoso"]);
            let slots = vault.slots();
            assert_eq!(
                slots.iter().map(|slot| slot.opened_with).collect::<Vec<_>>(),
                [0, 1, 2].map(|one| one == place)
            );
            assert_eq!((slots[1].label.as_str(), slots[1].is_this_account), ("CONTOSO\\jan on JUMP01", true));
        }
        let info = read_info(&vector(version, "slots")).expect("a header");
        assert_eq!(info.slots.iter().map(|slot| slot.kind.as_str()).collect::<Vec<_>>(), kinds);
    }
}

/// This machine's disk, with randomness and a clock that are always the same.
#[derive(Default)]
struct Known {
    machine: ThisMachine,
    drawn: AtomicU8,
}

impl Surroundings for Known {
    fn who(&self) -> Who {
        Who { account: "CONTOSO\\jan".to_owned(), machine: "JUMP01".to_owned() }
    }
    fn now(&self) -> DateTime<Utc> {
        "2026-11-23T08:32:00Z".parse().expect("a moment")
    }
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        bytes.fill(self.drawn.fetch_add(1, Ordering::SeqCst));
        match bytes.len() {
            // The vault's id is drawn first, the recovery key later.
            16 if bytes[0] == 0 => bytes.copy_from_slice(Uuid::try_parse(forge::VAULT_ID).expect("an id").as_bytes()),
            16 => (0..16).for_each(|place| bytes[place] = 0x26 ^ (place as u8).wrapping_mul(0x35)),
            _ => {}
        }
        Ok(())
    }
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.machine.real_path(path)
    }
    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.machine.exists(path)
    }
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        self.machine.read(path, limit)
    }
    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        self.machine.lock(path)
    }
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        self.machine.write_new(path, bytes, like)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.machine.link(from, to)
    }
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.machine.replace(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.machine.remove(path)
    }
    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        self.machine.flush_folder(folder)
    }
}

/// Not a test by itself: makes the vectors of this version in a folder, for `tests/vault/make_vectors.sh`. A vector
/// of a released version is never made anew.
#[test]
fn the_maker_of_vectors() -> Result<(), Box<dyn std::error::Error>> {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from) else { return Ok(()) };
    let file = |name: &str| folder.join(format!("vault-v{FORMAT_VERSION}-{name}.a365vault"));
    let passphrase = SecretText::from(PASSPHRASE);
    let known = || Arc::new(Known::default());
    Vault::create_in(known(), &file("empty"), &passphrase, KdfParameters::minimum())?;

    let mut vault = Vault::create_in(known(), &file("full"), &passphrase, KdfParameters::default())?;
    vault.update(|contents| contents.put(full()))?;

    let machine = known();
    Vault::create_in(machine.clone(), &file("slots"), &passphrase, KdfParameters::minimum())?;
    let credential = Credential::Passphrase(passphrase.clone());
    let mut vault = Vault::open_with_in(machine.clone(), Arc::new(KnownAccount), &file("slots"), &credential)?;
    // The account's key is the second thing that is drawn for its slot.
    machine.drawn.store(ACCOUNT_KEY[0] - 1, Ordering::SeqCst);
    vault.add_this_account()?;
    let key = vault.add_recovery_key()?;
    writeln(&format!("the recovery key is {}", key.text().expose()))?;
    vault.update(|contents| contents.put(Profile::new(Uuid::from_u128(1), "Contoso", full().created)))?;

    let mut newer = forge::recovery_slot(&[1; 16], &[42; 32]);
    newer["kind"] = "smart-card".into();
    newer["reader"] = json!({"any": ["thing", 1]});
    let payload = "{\"profiles\":[{\"id\":\"11112222-aaaa-4333-8bbb-4444cccc5555\",\"name\":\"Contoso\",\
        \"created\":\"2026-11-23T08:30:00Z\",\"modified\":\"2026-11-23T08:30:00Z\",\"colour\":{\"r\":1}}],\
        \"later\":[1,null,\"x\"]}";
    let mut forged = Forge::new(&passphrase, payload);
    forged.slots = format!("{newer},{}", forged.slots);
    std::fs::write(file("extended"), forged.file())?;
    Vault::open(&file("extended"), &passphrase).map(drop).map_err(|error: VaultError| error.into())
}

/// For whoever runs the maker with `--nocapture`.
fn writeln(line: &str) -> io::Result<()> {
    io::Write::write_all(&mut io::stdout(), format!("{line}\n").as_bytes())
}
