//! Who may change a vault: a colleague who was removed, one who hid a way in, and an older copy that is put back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{
    Access, AddedBy, Credential, KdfParameters, Refreshed, SeenFolder, Standing, Trust, Unproven, Vault, VaultError,
};

use super::{Place, add, fresh_secret, made, names, place};

/// One person's account: a passphrase, and a place for what it has seen.
struct Person {
    access: Access,
    credential: Credential,
}

impl Person {
    fn new(place: &Place, name: &str, passphrase: &SecretText) -> Person {
        let seen = SeenFolder::new(place.folder.path().join(name));
        let access = Access { seen: Arc::new(seen), ..Access::default() };
        Person { access, credential: Credential::Passphrase(passphrase.clone()) }
    }

    fn open(&self, path: &Path) -> Result<Vault, VaultError> {
        Vault::open_as(&self.access, path, &self.credential, Trust::Proven)
    }

    fn open_and_trust(&self, path: &Path) -> Result<Vault, VaultError> {
        Vault::open_as(&self.access, path, &self.credential, Trust::FromNowOn)
    }
}

/// A vault of an owner and a colleague who has been removed, and what the colleague kept of the time before.
struct Removed {
    place: Place,
    owner: Person,
    colleague: Person,
    /// The vault's file from when he could open it.
    kept: Vec<u8>,
}

fn removed() -> Removed {
    let (place, _) = made();
    let owner = Person::new(&place, "owner", &place.passphrase);
    let mut vault = owner.open(&place.path).expect("opened");
    add(&mut vault, "Contoso").expect("a save");
    let passphrase = fresh_secret();
    let id = vault.add_passphrase(&passphrase, "Frank", KdfParameters::minimum()).expect("a colleague");
    let colleague = Person::new(&place, "colleague", &passphrase);
    let kept = place.bytes();
    colleague.open(&place.path).expect("he can open it");
    vault.remove_slot(id).expect("removed");
    add(&mut vault, "After the removal").expect("a save");
    assert!(matches!(colleague.open(&place.path), Err(VaultError::WrongPassphrase)));
    Removed { place, owner, colleague, kept }
}

/// A folder beside the vault where somebody works on a copy.
fn workshop(place: &Place, bytes: &[u8]) -> PathBuf {
    let path = place.folder.path().join("workshop.a365vault");
    std::fs::write(&path, bytes).expect("a copy");
    path
}

fn unproven(result: Result<Vault, VaultError>) -> Unproven {
    match result.map(|_| ()) {
        Err(VaultError::Unproven { why, .. }) => why,
        other => panic!("it is not refused for want of proof: {other:?}"),
    }
}

#[test]
fn a_removed_colleague_who_goes_on_from_his_copy_is_refused_and_reads_nothing() {
    let Removed { place, owner, colleague, kept } = removed();
    let right = place.bytes();
    let path = workshop(&place, &kept);
    let mut his = colleague.open(&path).expect("his copy opens");
    // He hides another way in, changes the keys, and saves often enough to have the highest number.
    his.add_passphrase(&fresh_secret(), "root on vm", KdfParameters::minimum()).expect("hidden");
    his.add_recovery_key().expect("a key");
    his.add_recovery_key().expect("another key, and with it another data key");
    for number in 0..4 {
        add(&mut his, &format!("his {number}")).expect("a save");
    }
    let forged = std::fs::read(&path).expect("his file");
    for (bytes, why) in [(&kept, Unproven::EarlierKeys), (&forged, Unproven::UnknownMembers)] {
        std::fs::write(&place.path, bytes).expect("put in the place");
        assert_eq!(unproven(owner.open(&place.path)), why);
        assert_eq!(&place.bytes(), bytes, "refused and not touched");
    }
    std::fs::write(&place.path, &right).expect("put back");
    assert_eq!(*owner.open(&place.path).expect("the right one").standing(), Standing::Follows);
}

#[test]
fn an_open_window_takes_nothing_over_from_a_removed_colleague_and_can_put_its_version_back() {
    let Removed { place, owner, colleague, kept } = removed();
    let mut open = owner.open(&place.path).expect("opened");
    let path = workshop(&place, &kept);
    let mut his = colleague.open(&path).expect("his copy opens");
    add(&mut his, "only his").expect("a save");
    let under_earlier_keys = std::fs::read(&path).expect("his file");
    his.add_passphrase(&fresh_secret(), "root on vm", KdfParameters::minimum()).expect("hidden");
    his.add_recovery_key().expect("a key");
    his.add_recovery_key().expect("other keys");
    let under_his_keys = std::fs::read(&path).expect("his file");
    for bytes in [&kept, &under_earlier_keys, &under_his_keys] {
        std::fs::write(&place.path, bytes).expect("put in the place");
        assert!(matches!(open.refresh(), Err(VaultError::Unproven { .. })));
        assert!(matches!(add(&mut open, "x"), Err(VaultError::Unproven { .. })));
        assert_eq!(&place.bytes(), bytes, "refused and not touched");
        assert_eq!(names(open.contents()), ["Contoso", "After the removal"]);
        let aside = open.put_back().expect("put back");
        assert_eq!(&std::fs::read(aside).expect("kept"), bytes);
        assert!(matches!(colleague.open(&place.path), Err(VaultError::WrongPassphrase)));
    }
    add(&mut open, "Later").expect("the window goes on");
    assert_eq!(*owner.open(&place.path).expect("opened").standing(), Standing::Follows);
    let backups = a365_password_tool::vault::backups(&place.path).expect("listed");
    for backup in backups {
        assert!(colleague.open(&backup.path).is_err(), "no backup opens for him");
    }
}

#[test]
fn who_trusts_a_refused_file_is_not_asked_again() {
    let Removed { place, owner, kept, .. } = removed();
    std::fs::write(&place.path, &kept).expect("put in the place");
    assert_eq!(unproven(owner.open(&place.path)), Unproven::EarlierKeys);
    let trusted = owner.open_and_trust(&place.path).expect("opened");
    assert_eq!(names(trusted.contents()), ["Contoso"]);
    let mut again = owner.open(&place.path).expect("trusted from now on");
    let before = again.info().generation;
    add(&mut again, "Goes on").expect("a save");
    assert_eq!(*owner.open(&place.path).expect("opened").standing(), Standing::Follows);
    assert!(again.info().generation > before);
}

#[test]
fn a_version_1_file_in_the_place_of_a_vault_that_was_seen_is_refused() {
    let place = place();
    let forged = super::forge::Forge::version_1(&place.passphrase, "{\"profiles\":[]}").file();
    std::fs::write(&place.path, &forged).expect("a vault of version 1");
    let owner = Person::new(&place, "owner", &place.passphrase);
    let mut vault = owner.open(&place.path).expect("version 1");
    add(&mut vault, "Contoso").expect("carried over");
    std::fs::write(&place.path, &forged).expect("put back by somebody who knows the keys of version 1");
    assert_eq!(unproven(owner.open(&place.path)), Unproven::EarlierFormat);
    assert!(matches!(vault.refresh(), Err(VaultError::Unproven { why: Unproven::EarlierFormat, .. })));
    vault.put_back().expect("put back");
    assert!(owner.open(&place.path).is_ok());
}

#[test]
fn an_older_copy_is_opened_and_said_to_be_old_until_somebody_accepts_it() {
    let (place, _) = made();
    let owner = Person::new(&place, "owner", &place.passphrase);
    let mut vault = owner.open(&place.path).expect("opened");
    assert_eq!(*vault.standing(), Standing::First);
    add(&mut vault, "Contoso").expect("a save");
    let older = place.bytes();
    add(&mut vault, "Fabrikam").expect("a save");
    drop(vault);
    std::fs::write(&place.path, &older).expect("put back");
    for _ in 0..2 {
        let vault = owner.open(&place.path).expect("it is a right vault");
        let said = vault.standing().to_string();
        assert!(
            matches!(vault.standing(), Standing::Older(behind) if behind.seen_generation == 3 && behind.generation == 2),
            "{said}"
        );
        assert!(said.contains("older version") && said.contains("save 2") && said.contains("save 3"), "{said}");
    }
    let mut vault = owner.open(&place.path).expect("opened");
    add(&mut vault, "on the older copy").expect("saving changes nothing about it");
    drop(vault);
    let mut vault = owner.open(&place.path).expect("opened");
    assert!(matches!(vault.standing(), Standing::Without(_)), "by now it has saves of its own");
    vault.trust();
    add(&mut vault, "Goes on").expect("a save");
    assert!(vault.info().generation > 3, "above all that were seen");
    assert_eq!(*owner.open(&place.path).expect("opened").standing(), Standing::Follows);
    let stranger = Person::new(&place, "another account", &place.passphrase);
    assert_eq!(*stranger.open(&place.path).expect("opened").standing(), Standing::First);
}

#[test]
fn a_colleague_who_was_away_while_others_came_and_went_is_not_asked() {
    let (place, _) = made();
    let owner = Person::new(&place, "owner", &place.passphrase);
    let mut vault = owner.open(&place.path).expect("opened");
    let away_passphrase = fresh_secret();
    vault.add_passphrase(&away_passphrase, "Eva", KdfParameters::minimum()).expect("added");
    let away = Person::new(&place, "away", &away_passphrase);
    let mut long_open = away.open(&place.path).expect("opened");
    let mut window = owner.open(&place.path).expect("another window of the owner");
    for number in 0..6 {
        let id = vault.add_passphrase(&fresh_secret(), &format!("{number}"), KdfParameters::minimum()).expect("added");
        add(&mut vault, &format!("{number}")).expect("a save");
        vault.remove_slot(id).expect("removed");
    }
    // The one who did all that leaves as well, removed by somebody who came later.
    let later_passphrase = fresh_secret();
    vault.add_passphrase(&later_passphrase, "Later", KdfParameters::minimum()).expect("added");
    let owners = vault.slots().iter().find(|slot| slot.opened_with).expect("his own").id;
    let mut later = Person::new(&place, "later", &later_passphrase).open(&place.path).expect("opened");
    later.remove_slot(owners).expect("the owner leaves");
    assert_eq!(*away.open(&place.path).expect("every change is proven").standing(), Standing::Follows);
    assert_eq!(long_open.refresh().expect("every change is proven"), Refreshed::Read);
    assert_eq!(names(long_open.contents()).len(), 6);
    assert!(matches!(window.refresh(), Err(VaultError::PassphraseChanged { .. })));
    let slots = later.slots();
    let eva = slots.iter().find(|slot| slot.label == "Eva").expect("she is there");
    assert_eq!(eva.added_by, Some(AddedBy::Removed));
}

#[test]
fn two_branches_that_both_changed_the_members_are_joined_and_a_removal_wins() {
    let (place, _) = made();
    let owner = Person::new(&place, "owner", &place.passphrase);
    let mut one = owner.open(&place.path).expect("opened");
    let frank_passphrase = fresh_secret();
    let frank = one.add_passphrase(&frank_passphrase, "Frank", KdfParameters::minimum()).expect("added");
    let eva_passphrase = fresh_secret();
    one.add_passphrase(&eva_passphrase, "Eva", KdfParameters::minimum()).expect("added");
    let eva = Person::new(&place, "eva", &eva_passphrase);
    // The same state in two places, as a sync client or a share without locks makes them.
    let path = workshop(&place, &place.bytes());
    let mut other = eva.open(&path).expect("opened");
    let key = other.add_recovery_key().expect("a key");
    let new_key = other.add_recovery_key().expect("another: new keys");
    add(&mut other, "Eva's").expect("a save");
    one.remove_slot(frank).expect("removed");
    add(&mut one, "Owner's").expect("a save");
    std::fs::write(&place.path, std::fs::read(&path).expect("Eva's branch")).expect("it took the place");
    assert!(matches!(one.refresh().expect("joined"), Refreshed::Merged(_)));
    assert_eq!(names(one.contents()), ["Eva's", "Owner's"]);
    let open = |credential: Credential| Vault::open_with(&place.path, &credential);
    assert!(open(Credential::Passphrase(frank_passphrase)).is_err(), "the removal counts");
    assert!(open(Credential::RecoveryKey(key)).is_err());
    // What Eva added cannot be told from an addition that somebody puts back: it is said, and she adds it again.
    assert!(open(Credential::RecoveryKey(new_key)).is_err());
    assert!(one.take_notices().iter().any(|notice| notice.contains("1 unlock method added then")), "it is said");
    assert_eq!(names(eva.open(&place.path).expect("proven").contents()), ["Eva's", "Owner's"]);
}

#[test]
fn a_save_by_a_member_who_had_not_seen_the_removal_is_merged_under_the_new_keys() {
    let Removed { place, owner, colleague, kept } = removed();
    let mut open = owner.open(&place.path).expect("opened");
    add(&mut open, "Owner's").expect("a save");
    // The owner's second computer saved onto the copy from before.
    let path = workshop(&place, &kept);
    let mut second = Person::new(&place, "second", &place.passphrase).open(&path).expect("opened");
    add(&mut second, "From the second computer").expect("a save");
    std::fs::write(&place.path, std::fs::read(&path).expect("its file")).expect("it took the place");
    assert!(matches!(open.refresh().expect("merged"), Refreshed::Merged(_)));
    let mut found = names(open.contents());
    found.sort();
    assert_eq!(found, ["After the removal", "Contoso", "From the second computer", "Owner's"]);
    assert!(matches!(colleague.open(&place.path), Err(VaultError::WrongPassphrase)));
    for backup in a365_password_tool::vault::backups(&place.path).expect("listed") {
        assert!(colleague.open(&backup.path).is_err(), "no backup opens for him");
    }
}
