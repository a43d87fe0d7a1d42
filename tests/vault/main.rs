//! The vault from outside: through the library, and through the bytes of its file.

mod backups;
mod claims;
mod clock;
mod damage;
mod faults;
mod forge;
mod history;
mod hostile;
#[cfg(target_os = "linux")]
mod keyring;
mod large;
mod members_attacker;
mod members_files;
mod members_model;
mod members_people;
mod members_world;
mod memory_disk;
mod merge;
mod merge_clocks;
#[cfg(unix)]
mod neighbour;
mod payload;
mod recovery_key;
mod renewals;
mod roster;
mod share;
mod sharing;
mod slot_bounds;
mod slots;
#[path = "../support/staged_machine.rs"]
mod staged_machine;
mod text_transfer;
mod trust;
mod unsaved;
mod vectors;
mod without_locks;

use std::path::PathBuf;

use a365_password_tool::profile::{ClientSecret, Profile, SecretText};
use a365_password_tool::vault::{Contents, KdfParameters, ThisMachine, Vault, VaultError, lock_path, read_info};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A folder with a vault in it, and the passphrase made for it.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
    passphrase: SecretText,
}

/// Made at run time, so that nothing in the repository looks like a secret in use.
fn fresh_secret() -> SecretText {
    SecretText::new(format!("made-{}", Uuid::new_v4()))
}

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("customers.a365vault");
    Place { folder, path, passphrase: fresh_secret() }
}

/// A vault with the cheapest key derivation that is accepted.
fn made() -> (Place, Vault) {
    let place = place();
    let vault = Vault::create(&place.path, &place.passphrase, KdfParameters::minimum()).expect("a new vault");
    (place, vault)
}

fn profile(name: &str) -> Profile {
    Profile::new(Uuid::new_v4(), name, moment())
}

fn moment() -> DateTime<Utc> {
    "2026-11-23T08:30:00.123456789Z".parse().expect("a moment")
}

fn add(vault: &mut Vault, name: &str) -> Result<(), VaultError> {
    vault.update(|contents| contents.put(profile(name)))
}

fn names(contents: &Contents) -> Vec<String> {
    contents.profiles().iter().map(|profile| profile.name.clone()).collect()
}

impl Place {
    fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(&self.path, &self.passphrase)
    }

    /// Every file in the folder and in the folders within, sorted.
    fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_path_buf()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.sort();
        files
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).expect("the vault's bytes")
    }
}

#[test]
fn what_is_saved_is_there_after_opening_again() {
    let (place, mut vault) = made();
    assert!(vault.contents().profiles().is_empty());
    let mut contoso = profile("Contoso");
    contoso.client_secret = ClientSecret::parse(fresh_secret().expose()).ok();
    contoso.notes = "two\nlines \"quoted\"".to_owned();
    let saved = contoso.clone();
    vault.update(|contents| contents.put(contoso)).expect("a save");
    assert_eq!(vault.contents().profiles(), std::slice::from_ref(&saved));
    let again = place.open().expect("the same passphrase");
    assert_eq!(again.contents().profiles(), std::slice::from_ref(&saved));
    assert_eq!(again.info(), vault.info());
    assert_eq!((again.info().generation, again.path()), (2, place.path.as_path()));
}

#[test]
fn changed_and_removed_profiles_stay_changed_and_removed() {
    let (place, mut vault) = made();
    let mut fabrikam = profile("Fabrikam");
    let id = fabrikam.id;
    vault
        .update(|contents| {
            contents.put(profile("Contoso"))?;
            contents.put(fabrikam.clone())?;
            contents.put(profile("Tailspin"))
        })
        .expect("three profiles");
    fabrikam.name = "Fabrikam Europe".to_owned();
    vault.update(|contents| contents.put(fabrikam)).expect("a new name");
    let contoso = vault.contents().by_name("contoso").expect("the first").id;
    let removed = vault.update(|contents| Ok::<_, VaultError>(contents.remove(contoso))).expect("a removal");
    assert_eq!(removed.map(|profile| profile.name).as_deref(), Some("Contoso"));
    let again = place.open().expect("opened");
    assert_eq!(names(again.contents()), ["Fabrikam Europe", "Tailspin"]);
    assert_eq!(again.contents().get(id).map(|found| found.name.as_str()), Some("Fabrikam Europe"));
    assert_eq!(again.contents().by_name(" FABRIKAM europe ").map(|found| found.id), Some(id));
    assert!(again.contents().by_name("Fabrikam").is_none() && again.contents().get(contoso).is_none());
}

#[test]
fn a_taken_name_is_refused_without_regard_to_case_and_nothing_is_saved() {
    let (place, mut vault) = made();
    add(&mut vault, "Société Générale").expect("the first");
    let before = place.bytes();
    let error = vault
        .update(|contents| {
            contents.put(profile("Another"))?;
            contents.put(profile("  SOCIÉTÉ générale "))
        })
        .expect_err("the name is taken");
    assert!(matches!(error, VaultError::NameTaken { ref name } if name == "Société Générale"), "{error}");
    // The same letters as a Mac writes them: nobody can see the difference.
    let decomposed = "socie\u{301}te\u{301} GE\u{301}NE\u{301}RALE";
    let error = vault.update(|contents| contents.put(profile(decomposed))).expect_err("a name twice");
    assert!(matches!(error, VaultError::NameTaken { ref name } if name == "Société Générale"), "{error}");
    assert_eq!(vault.contents().by_name(decomposed).map(|found| found.name.as_str()), Some("Société Générale"));
    assert_eq!(names(vault.contents()), ["Société Générale"]);
    assert_eq!(place.bytes(), before);
    assert!(matches!(add(&mut vault, " \t"), Err(VaultError::Name(_))));
}

#[test]
fn a_wrong_passphrase_is_said_to_be_wrong() {
    let (place, _) = made();
    let before = place.bytes();
    let error = Vault::open(&place.path, &fresh_secret()).expect_err("another passphrase");
    assert!(matches!(error, VaultError::WrongPassphrase), "{error}");
    let with_blank = SecretText::new(format!("{} ", place.passphrase.expose()));
    assert!(matches!(Vault::open(&place.path, &with_blank), Err(VaultError::WrongPassphrase)));
    assert!(matches!(Vault::open(&place.path, &SecretText::default()), Err(VaultError::PassphraseEmpty)));
    assert_eq!(place.bytes(), before);
}

#[test]
fn a_passphrase_is_its_bytes_as_typed() {
    let place = place();
    let (composed, decomposed) = (SecretText::from("caf\u{e9} au lait"), SecretText::from("cafe\u{301} au lait"));
    Vault::create(&place.path, &composed, KdfParameters::minimum()).expect("a vault");
    assert!(Vault::open(&place.path, &composed).is_ok());
    assert!(matches!(Vault::open(&place.path, &decomposed), Err(VaultError::WrongComposedPassphrase)));
}

#[test]
fn a_wrong_passphrase_with_characters_that_were_once_lost_is_answered_with_how_to_get_in() {
    let place = place();
    // What version 0.1 kept of "pâñéssword12", typed with dead keys.
    Vault::create(&place.path, &SecretText::from("pssword12"), KdfParameters::minimum()).expect("a vault");
    for composed in
        ["pâñéssword12", "pss'word12", "pssw~ord12", "pssword12€", "ps\"sword12", "pssword`12", "p^ssword12"]
    {
        let error = Vault::open(&place.path, &SecretText::from(composed)).expect_err(composed);
        assert!(error.to_string().contains("without them"), "{composed}: {error}");
    }
    let error = Vault::open(&place.path, &SecretText::from("pssword13")).expect_err("another passphrase");
    assert!(!error.to_string().contains("without them"), "{error}");
}

#[test]
fn short_passphrases_are_refused_for_new_vaults_and_for_changes() {
    let place = place();
    let create = |text: &str| Vault::create(&place.path, &SecretText::from(text), KdfParameters::minimum());
    assert!(matches!(create(""), Err(VaultError::PassphraseEmpty)));
    assert!(matches!(create("sevench"), Err(VaultError::PassphraseTooShort)));
    assert!(!place.path.exists());
    let eight = SecretText::from("ääääääää");
    let mut vault = create(eight.expose()).expect("eight characters");
    let error = vault.change_passphrase(&eight, &SecretText::from("short")).expect_err("too short");
    assert!(matches!(error, VaultError::PassphraseTooShort), "{error}");
    assert!(Vault::open(&place.path, &eight).is_ok());
}

#[test]
fn after_a_change_only_the_new_passphrase_opens_the_vault() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let new = fresh_secret();
    let wrong = vault.change_passphrase(&fresh_secret(), &new).expect_err("the old one is wrong");
    assert!(matches!(wrong, VaultError::WrongPassphrase), "{wrong}");
    vault.change_passphrase(&place.passphrase, &new).expect("a change");
    add(&mut vault, "Fabrikam").expect("the handle goes on working");
    assert!(matches!(place.open(), Err(VaultError::WrongPassphrase)));
    assert_eq!(names(Vault::open(&place.path, &new).expect("opened").contents()), ["Contoso", "Fabrikam"]);
}

#[test]
fn a_vault_never_overwrites_a_file() {
    let place = place();
    std::fs::write(&place.path, "somebody's file").expect("a file");
    let error = Vault::create(&place.path, &place.passphrase, KdfParameters::minimum()).expect_err("taken");
    assert!(matches!(error, VaultError::AlreadyExists { .. }), "{error}");
    assert_eq!(place.bytes(), b"somebody's file");
}

#[test]
fn missing_files_and_folders_are_told_apart() {
    let place = place();
    assert!(matches!(place.open(), Err(VaultError::Missing { .. })));
    let nowhere = place.folder.path().join("no such folder").join("x.a365vault");
    let create = Vault::create(&nowhere, &place.passphrase, KdfParameters::minimum());
    assert!(matches!(create, Err(VaultError::FolderMissing { .. })));
    assert!(matches!(Vault::open(&nowhere, &place.passphrase), Err(VaultError::FolderMissing { .. })));
}

#[test]
fn the_header_tells_without_a_passphrase() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let info = read_info(&place.path).expect("the header");
    assert_eq!(info, vault.info());
    assert_eq!((info.format_version, info.generation, info.file_length), (2, 2, place.bytes().len() as u64));
    assert_eq!(info.slots.len(), 1);
    assert_eq!((info.slots[0].kind.as_str(), info.slots[0].kdf), ("passphrase", Some(KdfParameters::minimum())));
}

#[test]
fn nothing_secret_is_readable_in_the_folder_or_in_debug() {
    let (place, mut vault) = made();
    let secret = fresh_secret();
    let mut contoso = profile("Contoso-Name");
    contoso.client_secret = ClientSecret::parse(secret.expose()).ok();
    contoso.notes = "a-private-note".to_owned();
    contoso.vendor_value = Some(secret.clone());
    contoso.other_keys = vec![("Password".to_owned(), secret.clone())];
    vault.update(|contents| contents.put(contoso)).expect("a save");
    add(&mut vault, "Other").expect("a second save, for the backup");
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret.expose());
    let debug = format!("{vault:?} {:?}", vault.contents());
    let hidden = [secret.expose(), place.passphrase.expose(), &base64, "Contoso-Name", "a-private-note"];
    for path in place.files() {
        let bytes = std::fs::read(&path).expect("a file");
        for text in hidden {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{}", path.display());
        }
    }
    assert!(hidden.iter().all(|text| !debug.contains(text)), "{debug}");
}

#[test]
fn every_save_uses_a_fresh_salt_and_so_a_fresh_key() {
    let (place, mut vault) = made();
    let header = || forge::header(&place.bytes())["payload"]["salt"].clone();
    let first = header();
    vault.update(|_| Ok::<_, VaultError>(())).expect("a save without a change");
    assert_ne!(header(), first);
}

#[test]
fn parameters_outside_the_bounds_are_refused() {
    for (memory_kib, passes, lanes) in [
        (19 * 1024 - 1, 2, 1),
        (1024 * 1024 + 1, 2, 1),
        (19 * 1024, 1, 1),
        (19 * 1024, 33, 1),
        (19 * 1024, 2, 0),
        (19 * 1024, 2, 17),
        (1024 * 1024, 5, 1),
        (u32::MAX, u32::MAX, u32::MAX),
    ] {
        let refused = KdfParameters::new(memory_kib, passes, lanes);
        assert!(matches!(refused, Err(VaultError::KdfOutOfRange(_))), "{memory_kib} {passes} {lanes}");
    }
    assert_eq!(KdfParameters::new(64 * 1024, 3, 4).ok(), Some(KdfParameters::default()));
    assert_eq!(KdfParameters::new(19 * 1024, 2, 1).ok(), Some(KdfParameters::minimum()));
    assert!(KdfParameters::new(1024 * 1024, 4, 16).is_ok() && KdfParameters::new(128 * 1024, 32, 1).is_ok());
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_stays_a_link() {
    let (place, _) = made();
    let other = tempfile::tempdir().expect("another folder");
    let link = other.path().join("link.a365vault");
    std::os::unix::fs::symlink(&place.path, &link).expect("a link");
    let mut vault = Vault::open(&link, &place.passphrase).expect("through the link");
    add(&mut vault, "Contoso").expect("a save through the link");
    assert!(link.symlink_metadata().expect("the link").is_symlink());
    assert_eq!(names(place.open().expect("the file itself").contents()), ["Contoso"]);
    assert!(lock_path(&place.path).exists() && !lock_path(&link).exists());
}

#[cfg(unix)]
#[test]
fn a_new_vault_is_private_and_a_shared_one_stays_shared() {
    use std::os::unix::fs::PermissionsExt;
    let (place, mut vault) = made();
    let mode = || place.path.metadata().expect("the file").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&place.path, std::fs::Permissions::from_mode(0o640)).expect("shared with a group");
    add(&mut vault, "Contoso").expect("a save");
    assert_eq!(mode(), 0o640);
}

#[test]
fn a_vault_goes_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<Vault>();
    is_send::<ThisMachine>();
}
