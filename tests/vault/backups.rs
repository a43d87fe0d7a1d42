//! Earlier saves: kept, thinned, looked into, restored, and sealed again when the keys change.

use a365_password_tool::profile::{ClientSecret, Profile, ProxyCredentials, SecretText};
use a365_password_tool::vault::{
    Access, Backup, BackupState, BackupsKept, Credential, Field, KdfParameters, Vault, VaultError, backups,
    backups_folder, difference, open_backup, restore_over_damaged,
};

use super::{Place, add, fresh_secret, made, names, profile};

fn listed(place: &Place) -> Vec<Backup> {
    backups(&place.path).expect("the backups")
}

fn generations(place: &Place) -> Vec<u64> {
    listed(place).iter().map(|backup| backup.generation).collect()
}

fn put(vault: &mut Vault, profile: &Profile) {
    vault.update(|contents| contents.put(profile.clone())).expect("a save");
}

fn remove(vault: &mut Vault, name: &str) {
    let id = vault.contents().by_name(name).expect("the profile").id;
    vault.update(|contents| Ok::<_, VaultError>(contents.remove(id))).expect("a save");
}

#[test]
fn every_save_keeps_the_one_before() {
    let (place, mut vault) = made();
    assert!(listed(&place).is_empty() && !backups_folder(&place.path).exists());
    for name in ["One", "Two", "Three"] {
        add(&mut vault, name).expect("a save");
        assert!(vault.take_backup_trouble().is_none());
    }
    let kept = listed(&place);
    assert_eq!(generations(&place), [3, 2, 1]);
    assert!(kept.iter().all(|backup| backup.state == BackupState::Whole));
    assert!(kept.iter().all(|backup| backup.vault_id == Some(vault.info().vault_id)));
    assert_eq!(names(&vault.open_backup(&kept[0]).expect("the newest")), ["One", "Two"]);
    assert_eq!(
        names(
            &open_backup(&Access::default(), &kept[1], &Credential::Passphrase(place.passphrase.clone()))
                .expect("by the passphrase")
        ),
        ["One"]
    );
    assert!(matches!(
        open_backup(&Access::default(), &kept[1], &Credential::Passphrase(fresh_secret())),
        Err(VaultError::WrongPassphrase)
    ));
    let left: Vec<_> =
        place.files().iter().filter(|path| path.parent() == Some(place.folder.path())).cloned().collect();
    let own = ["customers.a365vault", "customers.a365vault.lock"].map(|name| place.folder.path().join(name));
    assert_eq!(left, own, "nothing else lies beside the vault");
}

#[test]
fn no_more_are_kept_than_asked_for_and_the_newest_and_oldest_stay() {
    let (place, mut vault) = made();
    for save in 0..14 {
        add(&mut vault, &format!("Save {save}")).expect("a save");
    }
    assert_eq!(listed(&place).len(), 10, "ten when nobody says");
    vault.keep_backups(BackupsKept::new(4));
    add(&mut vault, "One more").expect("a save");
    let kept = generations(&place);
    assert_eq!((kept.len(), kept[0], kept[3]), (4, 15, 1));
    vault.keep_backups(BackupsKept::new(0));
    add(&mut vault, "And another").expect("a save");
    assert_eq!(generations(&place), [16], "one is the fewest");
    assert_eq!((BackupsKept::new(0).count(), BackupsKept::new(999).count()), (1, 50));
}

#[cfg(unix)]
#[test]
fn the_folder_is_as_private_as_the_vault() {
    use std::os::unix::fs::PermissionsExt;
    for (file, folder) in [(0o600, 0o700), (0o640, 0o750), (0o660, 0o770)] {
        let (place, mut vault) = made();
        std::fs::set_permissions(&place.path, std::fs::Permissions::from_mode(file)).expect("shared");
        add(&mut vault, "Contoso").expect("a save");
        let mode = backups_folder(&place.path).metadata().expect("the folder").permissions().mode() & 0o777;
        // The test's own umask may take bits away, and never adds any.
        assert_eq!(mode & !folder, 0, "{mode:o} for {file:o}");
        assert_eq!(mode & 0o700, 0o700);
    }
}

#[test]
fn a_damaged_backup_is_listed_as_such_and_does_not_open() {
    let (place, mut vault) = made();
    add(&mut vault, "One").expect("a save");
    add(&mut vault, "Two").expect("a save");
    let before = listed(&place);
    let bytes = std::fs::read(&before[0].path).expect("the backup");
    std::fs::write(&before[0].path, &bytes[..bytes.len() / 2]).expect("cut");
    let after = listed(&place);
    let states: Vec<_> = after.iter().map(|backup| (backup.generation, backup.state)).collect();
    assert_eq!(states, [(2, BackupState::Damaged), (1, BackupState::Whole)]);
    assert_eq!(after[0].bytes, bytes.len() as u64 / 2);
    assert!(matches!(vault.open_backup(&after[0]), Err(VaultError::Damaged { .. })));
    assert!(matches!(restore_over_damaged(&place.path, &after[0]), Err(VaultError::Damaged { .. })));
}

#[test]
fn the_difference_names_fields_and_no_values() {
    let (place, mut vault) = made();
    let (mut contoso, secret) = (profile("Contoso"), fresh_secret());
    put(&mut vault, &contoso);
    add(&mut vault, "Fabrikam").expect("a save");
    let then = vault.contents().clone();
    contoso.client_secret = ClientSecret::parse(secret.expose()).ok();
    contoso.notes = "a note".to_owned();
    contoso.name = "Contoso Europe".to_owned();
    put(&mut vault, &contoso);
    remove(&mut vault, "Fabrikam");
    add(&mut vault, "Tailspin").expect("a save");
    let found = difference(vault.contents(), &then);
    assert_eq!(found.added.iter().map(|profile| &profile.name).collect::<Vec<_>>(), ["Tailspin"]);
    assert_eq!(found.removed.iter().map(|profile| &profile.name).collect::<Vec<_>>(), ["Fabrikam"]);
    let [changed] = &found.changed[..] else { panic!("{found:?}") };
    assert_eq!((changed.name.as_str(), changed.name_then.as_str()), ("Contoso Europe", "Contoso"));
    assert_eq!(changed.fields, [Field::Name, Field::ClientSecret, Field::Notes]);
    assert!(!format!("{found:?}").contains(secret.expose()));
    assert!(difference(vault.contents(), vault.contents()).is_empty());
    assert!(!found.proxy_credentials_differ && place.open().is_ok());
}

#[test]
fn restoring_brings_everything_back_and_can_be_taken_back() {
    let (place, mut vault) = made();
    let mut contoso = profile("Contoso");
    contoso.client_secret = ClientSecret::parse(fresh_secret().expose()).ok();
    let proxy = ProxyCredentials::new("jan", fresh_secret());
    vault
        .update(|contents| {
            contents.set_proxy_credentials(Some(proxy.clone()));
            contents.put(contoso.clone())?;
            contents.put(profile("Fabrikam"))
        })
        .expect("a save");
    let then = vault.contents().clone();
    contoso.client_secret = None;
    put(&mut vault, &contoso);
    remove(&mut vault, "Fabrikam");
    add(&mut vault, "Tailspin").expect("a save");
    vault
        .update(|contents| {
            contents.set_proxy_credentials(None);
            Ok::<_, VaultError>(())
        })
        .expect("a save");
    let worse = vault.contents().clone();
    let chosen = listed(&place).into_iter().find(|backup| backup.generation == 2).expect("the good one");
    let told = vault.restore(&chosen).expect("restored");
    assert_eq!((told.added.len(), told.removed.len(), told.changed.len()), (1, 1, 1));
    for contents in [vault.contents(), place.open().expect("opened").contents()] {
        assert!(difference(contents, &then).is_empty(), "{contents:?}");
        assert_eq!(contents.proxy_credentials(), Some(&proxy));
    }
    assert_eq!(vault.info().generation, 7, "an ordinary save");
    let undo = listed(&place).remove(0);
    vault.restore(&undo).expect("taken back");
    assert!(difference(vault.contents(), &worse).is_empty());
}

#[test]
fn profiles_that_took_each_others_names_get_them_back() {
    let (place, mut vault) = made();
    let (mut one, mut two, mut three) = (profile("Left"), profile("Middle"), profile("Right"));
    for profile in [&one, &two, &three] {
        put(&mut vault, profile);
    }
    let then = vault.contents().clone();
    three.name = "Aside".to_owned();
    put(&mut vault, &three);
    two.name = "Right".to_owned();
    put(&mut vault, &two);
    one.name = "Middle".to_owned();
    put(&mut vault, &one);
    three.name = "Left".to_owned();
    put(&mut vault, &three);
    let chosen = listed(&place).into_iter().find(|backup| backup.generation == 4).expect("before the renames");
    vault.restore(&chosen).expect("restored");
    assert!(difference(vault.contents(), &then).is_empty(), "{:?}", names(vault.contents()));
}

#[test]
fn one_profile_is_restored_alone_and_never_over_anothers_name() {
    let (place, mut vault) = made();
    let mut contoso = profile("Contoso");
    contoso.notes = "as it was".to_owned();
    put(&mut vault, &contoso);
    add(&mut vault, "Fabrikam").expect("a save");
    remove(&mut vault, "Contoso");
    add(&mut vault, "contoso").expect("somebody else's");
    let chosen = listed(&place).into_iter().find(|backup| backup.generation == 3).expect("with both");
    assert_eq!(vault.restore_profile(&chosen, contoso.id).expect("restored"), "Contoso (restored)");
    assert_eq!(names(vault.contents()), ["Fabrikam", "contoso", "Contoso (restored)"]);
    assert_eq!(vault.contents().get(contoso.id).expect("it").notes, "as it was");
    let unknown = vault.restore_profile(&chosen, uuid::Uuid::new_v4());
    assert!(matches!(unknown, Err(VaultError::NotInBackup { .. })), "{unknown:?}");
}

#[test]
fn a_damaged_vault_is_kept_beside_and_the_backup_takes_its_place() {
    let (place, mut vault) = made();
    add(&mut vault, "One").expect("a save");
    add(&mut vault, "Two").expect("a save");
    let newest = listed(&place).remove(0);
    let refused = restore_over_damaged(&place.path, &newest);
    assert!(matches!(refused, Err(VaultError::NotDamaged { .. })), "{refused:?}");
    for round in 0..2 {
        let mut bytes = place.bytes();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&place.path, &bytes).expect("damage");
        let found = listed(&place);
        assert_eq!(found.first().map(|backup| backup.generation), Some(2), "listed although the vault is damaged");
        let aside = restore_over_damaged(&place.path, &newest).expect("restored").expect("kept beside");
        assert_eq!(std::fs::read(aside).expect("the damaged file"), bytes, "{round}");
        assert_eq!(names(place.open().expect("whole again").contents()), ["One"]);
    }
    std::fs::remove_file(&place.path).expect("gone");
    assert_eq!(restore_over_damaged(&place.path, &newest).expect("restored"), None);
    let mut again = place.open().expect("there again");
    add(&mut again, "Three").expect("it goes on");
    assert_eq!(names(again.contents()), ["One", "Three"]);
    assert!(newest.path.exists(), "the backup stays");
}

/// Every file in the folder that this passphrase opens.
fn opens_with(place: &Place, passphrase: &SecretText) -> Vec<std::path::PathBuf> {
    place.files().into_iter().filter(|path| Vault::open(path, passphrase).is_ok()).collect()
}

#[test]
fn a_change_of_passphrase_leaves_no_file_under_the_old_one_and_loses_no_backup() {
    let (place, mut vault) = made();
    for name in ["One", "Two", "Three"] {
        add(&mut vault, name).expect("a save");
    }
    let new = fresh_secret();
    vault.change_passphrase(&place.passphrase, &new).expect("a change");
    assert!(vault.take_backup_trouble().is_none());
    assert_eq!(opens_with(&place, &place.passphrase), Vec::<std::path::PathBuf>::new());
    assert_eq!(generations(&place), [4, 3, 2, 1], "the state before the change as well");
    let kept = listed(&place);
    for (backup, count) in kept.iter().zip([3, 2, 1, 0]) {
        assert_eq!(vault.open_backup(backup).expect("under the new key").profiles().len(), count);
        assert_eq!(
            open_backup(&Access::default(), backup, &Credential::Passphrase(new.clone()))
                .expect("by the new passphrase")
                .profiles()
                .len(),
            count
        );
    }
    vault.restore(&kept[2]).expect("restored");
    assert_eq!(names(vault.contents()), ["One"]);
    assert!(!place.files().iter().any(|path| path.ends_with("re-keying")), "the mark is gone");
}

#[test]
fn a_backup_that_cannot_be_sealed_again_goes_and_is_told() {
    let (place, mut vault) = made();
    add(&mut vault, "One").expect("a save");
    add(&mut vault, "Two").expect("a save");
    let damaged = listed(&place).remove(1);
    let bytes = std::fs::read(&damaged.path).expect("the backup");
    std::fs::write(&damaged.path, &bytes[..bytes.len() - 1]).expect("cut");
    vault.change_passphrase(&place.passphrase, &fresh_secret()).expect("a change");
    let trouble = vault.take_backup_trouble().expect("told").to_string();
    assert!(trouble.contains("1 of its backups") && trouble.contains("deleted"), "{trouble}");
    assert!(!damaged.path.exists());
    assert_eq!(generations(&place), [3, 2]);
}

#[test]
fn backups_of_a_former_vault_in_the_same_place_are_neither_shown_nor_removed_nor_taken() {
    let (place, mut vault) = made();
    add(&mut vault, "One").expect("a save");
    let former = listed(&place).remove(0);
    std::fs::remove_file(&place.path).expect("gone");
    let mut vault = Vault::create(&place.path, &place.passphrase, KdfParameters::minimum()).expect("another vault");
    vault.keep_backups(BackupsKept::new(1));
    for name in ["Two", "Three", "Four"] {
        add(&mut vault, name).expect("a save");
    }
    assert_eq!(generations(&place), [3]);
    assert!(former.path.exists());
    assert!(matches!(vault.restore(&former), Err(VaultError::BackupOfAnother { .. })));
    vault.change_passphrase(&place.passphrase, &fresh_secret()).expect("a change");
    assert!(former.path.exists(), "another vault's keys are not its business");
}
