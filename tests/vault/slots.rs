//! The ways to open a vault: added, listed, changed, removed, and what each opens afterwards.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use a365_password_tool::platform::os_account::AccountError;
use a365_password_tool::profile::SecretText;
use a365_password_tool::vault::{
    AccountKeeper, Credential, KdfParameters, RecoveryKey, SlotId, SlotKind, SlotReview, SlotView, ThisMachine,
    Unproven, Vault, VaultError, read_info,
};
use zeroize::Zeroizing;

use super::{Place, add, forge, fresh_secret, made, names};

/// An account with a store of its own, as several people on several machines have them.
pub(super) struct Account {
    people_call_it: &'static str,
    store: &'static str,
    kept: Mutex<HashMap<String, [u8; 32]>>,
    broken: Mutex<bool>,
}

impl Account {
    pub(super) fn new(name: &'static str) -> Arc<Account> {
        Arc::new(Account {
            people_call_it: name,
            store: "test-store",
            kept: Mutex::default(),
            broken: Mutex::default(),
        })
    }

    fn kept(&self) -> usize {
        self.kept.lock().expect("no panic").len()
    }

    fn breaks(&self) {
        *self.broken.lock().expect("no panic") = true;
    }
}

impl AccountKeeper for Account {
    fn name(&self) -> &'static str {
        self.store
    }
    fn describe(&self) -> String {
        self.people_call_it.to_owned()
    }
    fn keep(&self, entry: &str, key: &[u8; 32]) -> Result<Vec<u8>, AccountError> {
        if *self.broken.lock().expect("no panic") {
            return Err(AccountError::TimedOut);
        }
        self.kept.lock().expect("no panic").insert(entry.to_owned(), *key);
        Ok(b"blob".to_vec())
    }
    fn holds(&self, entry: &str, _: &[u8]) -> bool {
        self.kept.lock().expect("no panic").contains_key(entry)
    }
    fn recall(&self, entry: &str, blob: &[u8]) -> Result<Option<Zeroizing<[u8; 32]>>, AccountError> {
        assert_eq!(blob, b"blob", "the store sees again what it gave");
        if *self.broken.lock().expect("no panic") {
            return Err(AccountError::TimedOut);
        }
        Ok(self.kept.lock().expect("no panic").get(entry).copied().map(Zeroizing::new))
    }
    fn forget(&self, entry: &str) -> Result<(), AccountError> {
        self.kept.lock().expect("no panic").remove(entry);
        Ok(())
    }
}

pub(super) fn open_as(account: &Arc<Account>, path: &Path, credential: &Credential) -> Result<Vault, VaultError> {
    Vault::open_with_in(Arc::new(ThisMachine::default()), account.clone(), path, credential)
}

fn with_passphrase(place: &Place) -> Credential {
    Credential::Passphrase(place.passphrase.clone())
}

fn with_key(key: &RecoveryKey) -> Credential {
    Credential::RecoveryKey(key.clone())
}

fn the_one(vault: &Vault, kind: SlotKind) -> SlotView {
    let found: Vec<_> = vault.slots().into_iter().filter(|slot| slot.kind == kind).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn ids(vault: &Vault) -> Vec<SlotId> {
    vault.slots().iter().map(|slot| slot.id).collect()
}

#[test]
fn a_recovery_key_opens_the_vault_and_gives_it_a_new_passphrase() {
    let (place, mut vault) = made();
    add(&mut vault, "Contoso").expect("a save");
    let key = vault.add_recovery_key().expect("a key");
    let new = fresh_secret();
    let refused = vault
        .set_passphrase(&new, KdfParameters::minimum(), &SlotReview::default())
        .expect_err("the old one was not asked for");
    assert!(matches!(refused, VaultError::OldPassphraseNeeded), "{refused}");
    let typed = RecoveryKey::parse(&key.text()).expect("as printed").key;
    let mut recovered = Vault::open_with(&place.path, &with_key(&typed)).expect("opened");
    assert_eq!(names(recovered.contents()), ["Contoso"]);
    assert!(the_one(&recovered, SlotKind::RecoveryKey).opened_with);
    recovered.set_passphrase(&new, KdfParameters::minimum(), &SlotReview::default()).expect("a new passphrase");
    assert_eq!(names(Vault::open(&place.path, &new).expect("opened").contents()), ["Contoso"]);
    assert!(matches!(place.open(), Err(VaultError::WrongPassphrase)));
    assert!(Vault::open_with(&place.path, &with_key(&key)).is_ok(), "the recovery key stays");
    add(&mut recovered, "Fabrikam").expect("the handle goes on working");
}

#[test]
fn a_new_recovery_key_replaces_the_old_one() {
    let (place, mut vault) = made();
    let old = vault.add_recovery_key().expect("a key");
    let new = vault.add_recovery_key().expect("another key");
    assert_ne!(old, new);
    assert_eq!(vault.slots().len(), 2);
    assert!(Vault::open_with(&place.path, &with_key(&new)).is_ok());
    for path in place.files().into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "a365vault")) {
        let error = Vault::open_with(&path, &with_key(&old)).expect_err("replaced");
        assert!(matches!(error, VaultError::WrongRecoveryKey), "{error}");
    }
}

#[test]
fn a_removed_slot_opens_nothing_and_the_data_key_is_new() {
    let (place, mut vault) = made();
    let colleague = fresh_secret();
    let id = vault.add_passphrase(&colleague, " Jan ", KdfParameters::minimum()).expect("a second passphrase");
    let key = vault.add_recovery_key().expect("a key");
    add(&mut vault, "Contoso").expect("a save");
    assert_eq!(vault.slots().iter().find(|slot| slot.id == id).map(|slot| slot.label.as_str()), Some("Jan"));
    assert!(Vault::open(&place.path, &colleague).is_ok());
    let former = forge::read_data_key(&place.bytes(), &place.passphrase);
    vault.remove_slot(id).expect("removed");
    assert_ne!(forge::read_data_key(&place.bytes(), &place.passphrase), former);
    for entry in std::fs::read_dir(place.folder.path()).expect("the folder") {
        let path = entry.expect("an entry").path();
        assert!(Vault::open(&path, &colleague).is_err(), "{}", path.display());
    }
    assert_eq!(names(place.open().expect("the first passphrase").contents()), ["Contoso"]);
    assert!(Vault::open_with(&place.path, &with_key(&key)).is_ok(), "without being asked for");
    assert!(matches!(vault.remove_slot(id), Err(VaultError::SlotMissing)));
    add(&mut vault, "Fabrikam").expect("the handle goes on working");
}

#[test]
fn the_last_passphrase_or_recovery_key_cannot_be_removed() {
    let account = Account::new("jan on laptop");
    let (place, _) = made();
    let mut vault = open_as(&account, &place.path, &with_passphrase(&place)).expect("opened");
    vault.add_this_account().expect("an account");
    let passphrase = the_one(&vault, SlotKind::Passphrase).id;
    let before = place.bytes();
    let mut by_account = open_as(&account, &place.path, &Credential::ThisAccount).expect("opened");
    assert!(matches!(by_account.remove_slot(passphrase), Err(VaultError::LastUnlockMethod)));
    assert_eq!(place.bytes(), before);
    let key = vault.add_recovery_key().expect("a key");
    assert!(matches!(vault.remove_slot(passphrase), Err(VaultError::OwnUnlockMethod)));
    let mut by_account = open_as(&account, &place.path, &Credential::ThisAccount).expect("opened");
    by_account.remove_slot(passphrase).expect("the recovery key is left");
    let recovery = the_one(&by_account, SlotKind::RecoveryKey).id;
    assert!(matches!(by_account.remove_slot(recovery), Err(VaultError::LastUnlockMethod)));
    assert!(matches!(place.open(), Err(VaultError::WrongPassphrase)));
    let mut recovered = Vault::open_with(&place.path, &with_key(&key)).expect("opened");
    recovered
        .set_passphrase(&place.passphrase, KdfParameters::minimum(), &SlotReview::default())
        .expect("a passphrase where there is none");
    assert!(place.open().is_ok());
}

#[test]
fn this_account_opens_the_vault_and_another_account_does_not() {
    let (jan, eva) = (Account::new("CONTOSO\\jan on JUMP01"), Account::new("CONTOSO\\eva on JUMP01"));
    let (place, _) = made();
    let unknown = open_as(&jan, &place.path, &Credential::ThisAccount).expect_err("not added yet");
    assert!(matches!(&unknown, VaultError::AccountUnknown { account } if account == jan.people_call_it), "{unknown}");
    let mut vault = open_as(&jan, &place.path, &with_passphrase(&place)).expect("opened");
    add(&mut vault, "Contoso").expect("a save");
    let id = vault.add_this_account().expect("added");
    let shown = the_one(&vault, SlotKind::OsAccount);
    assert_eq!((shown.id, shown.label.as_str(), shown.is_this_account), (id, jan.people_call_it, true));
    assert!(shown.added.is_some() && !shown.opened_with);
    let header = String::from_utf8_lossy(forge::header_line(&place.bytes())).into_owned();
    assert!(!header.contains("jan") && !header.contains("JUMP01"), "{header}");

    let by_account = open_as(&jan, &place.path, &Credential::ThisAccount).expect("opened");
    assert_eq!(names(by_account.contents()), ["Contoso"]);
    assert!(the_one(&by_account, SlotKind::OsAccount).opened_with);
    assert!(matches!(open_as(&eva, &place.path, &Credential::ThisAccount), Err(VaultError::AccountUnknown { .. })));
    let mut as_eva = open_as(&eva, &place.path, &with_passphrase(&place)).expect("opened");
    assert!(!the_one(&as_eva, SlotKind::OsAccount).is_this_account);
    as_eva.add_this_account().expect("added beside");
    assert_eq!(as_eva.slots().len(), 3);
    assert!(open_as(&jan, &place.path, &Credential::ThisAccount).is_ok());
    as_eva.remove_slot(id).expect("removed by somebody else");
    assert!(open_as(&jan, &place.path, &Credential::ThisAccount).is_err());
    assert!(open_as(&eva, &place.path, &Credential::ThisAccount).is_ok());
}

#[test]
fn an_account_that_is_added_again_has_one_slot_and_one_key_in_its_store() {
    let account = Account::new("jan on laptop");
    let (place, _) = made();
    let mut vault = open_as(&account, &place.path, &with_passphrase(&place)).expect("opened");
    let first = vault.add_this_account().expect("added");
    let second = vault.add_this_account().expect("added again");
    assert!(first != second && vault.slots().len() == 2);
    assert_eq!(account.kept(), 1);
    let mut by_account = open_as(&account, &place.path, &Credential::ThisAccount).expect("opened");
    by_account.add_this_account().expect("even by itself");
    assert!(the_one(&by_account, SlotKind::OsAccount).opened_with);
    let id = the_one(&by_account, SlotKind::OsAccount).id;
    assert!(
        matches!(by_account.remove_slot(id), Err(VaultError::OwnUnlockMethod)),
        "it would choose the new keys itself"
    );
    vault.remove_slot(id).expect("removed");
    assert_eq!(account.kept(), 0, "the store forgets it too");
}

#[test]
fn a_store_that_fails_is_told_and_leaves_the_vault_as_it_was() {
    let account = Account::new("jan on laptop");
    let (place, _) = made();
    let mut vault = open_as(&account, &place.path, &with_passphrase(&place)).expect("opened");
    vault.add_this_account().expect("added");
    account.breaks();
    let before = place.bytes();
    let told = open_as(&account, &place.path, &Credential::ThisAccount).expect_err("the store fails");
    assert!(matches!(told, VaultError::Account(AccountError::TimedOut)), "{told}");
    assert!(matches!(vault.add_this_account(), Err(VaultError::Account(_))));
    assert_eq!(place.bytes(), before);
    assert!(place.open().is_ok());
}

#[test]
fn a_key_whose_slot_could_not_be_saved_does_not_stay_in_the_store() {
    let account = Account::new("jan on laptop");
    let (place, _) = made();
    let mut vault = open_as(&account, &place.path, &with_passphrase(&place)).expect("opened");
    std::fs::remove_file(&place.path).expect("gone");
    assert!(matches!(vault.add_this_account(), Err(VaultError::Missing { .. })));
    assert_eq!(account.kept(), 0);
}

#[test]
fn another_window_goes_on_when_somebody_removes_another_slot() {
    let (place, mut one) = made();
    let other_passphrase = fresh_secret();
    let id = one.add_passphrase(&other_passphrase, "", KdfParameters::minimum()).expect("a second passphrase");
    let mut same = place.open().expect("a second window");
    let mut removed = Vault::open(&place.path, &other_passphrase).expect("a third");
    one.remove_slot(id).expect("removed");
    add(&mut same, "Contoso").expect("it follows the new data key");
    assert_eq!(names(place.open().expect("opened").contents()), ["Contoso"]);
    let before = place.bytes();
    assert!(matches!(add(&mut removed, "Fabrikam"), Err(VaultError::PassphraseChanged { .. })));
    assert!(matches!(removed.refresh(), Err(VaultError::PassphraseChanged { .. })));
    assert_eq!(place.bytes(), before);
}

#[test]
fn a_window_that_changed_its_own_passphrase_follows_later_changes_too() {
    let (place, mut one) = made();
    let new = fresh_secret();
    one.change_passphrase(&place.passphrase, &new).expect("a change");
    assert!(the_one(&one, SlotKind::Passphrase).opened_with);
    let mut other = Vault::open(&place.path, &new).expect("a second window");
    for _ in 0..2 {
        other.add_recovery_key().expect("a key; the second one is a new data key too");
    }
    add(&mut one, "Contoso").expect("it follows");
    other.change_passphrase(&new, &fresh_secret()).expect("another change");
    assert!(matches!(add(&mut one, "Fabrikam"), Err(VaultError::PassphraseChanged { .. })));
}

#[test]
fn an_older_file_under_the_former_data_key_is_not_taken_over() {
    let (place, mut vault) = made();
    let key = vault.add_recovery_key().expect("a key");
    let older = place.bytes();
    vault.add_recovery_key().expect("another key, and with it another data key");
    std::fs::write(&place.path, &older).expect("put back by somebody who had the old key");
    let refused = vault.refresh().expect_err("an older file");
    assert!(matches!(refused, VaultError::Unproven { why: Unproven::EarlierKeys, .. }), "{refused}");
    assert!(Vault::open_with(&place.path, &with_key(&key)).is_ok(), "who has never seen a later one cannot know");
}

#[test]
fn changes_of_slots_and_of_profiles_at_once_are_all_kept() {
    let (place, mut one) = made();
    let mut other = place.open().expect("a second handle");
    add(&mut one, "Contoso").expect("a save");
    let key = other.add_recovery_key().expect("a key");
    add(&mut one, "Fabrikam").expect("a save");
    let second = other.add_passphrase(&fresh_secret(), "Jan", KdfParameters::minimum()).expect("a passphrase");
    one.refresh().expect("read");
    assert_eq!(names(other.contents()), ["Contoso", "Fabrikam"]);
    assert_eq!(ids(&one), ids(&other));
    assert!(ids(&one).contains(&second));
    assert!(Vault::open_with(&place.path, &with_key(&key)).is_ok());
}

#[test]
fn the_list_tells_costs_labels_and_times_and_survives_saves() {
    let (place, mut vault) = made();
    let dearer = KdfParameters::new(19 * 1024, 3, 1).expect("in range");
    vault.add_passphrase(&fresh_secret(), "the night shift", dearer).expect("added");
    vault.add_recovery_key().expect("a key");
    let listed = vault.slots();
    let rows: Vec<_> = listed.iter().map(|slot| (slot.kind, slot.label.as_str(), slot.kdf, slot.opened_with)).collect();
    assert_eq!(
        rows,
        [
            (SlotKind::Passphrase, "", Some(KdfParameters::minimum()), true),
            (SlotKind::Passphrase, "the night shift", Some(dearer), false),
            (SlotKind::RecoveryKey, "", None, false),
        ]
    );
    assert!(listed.iter().all(|slot| slot.added.is_some() && !slot.is_this_account));
    add(&mut vault, "Contoso").expect("an ordinary save");
    assert_eq!(place.open().expect("opened").slots(), listed);
    let kinds: Vec<_> = read_info(&place.path).expect("a header").slots.into_iter().map(|slot| slot.kind).collect();
    assert_eq!(kinds, ["passphrase", "passphrase", "recovery-key"]);
}

#[test]
fn an_ordinary_save_leaves_every_slot_as_it_was() {
    let (place, mut vault) = made();
    vault.add_recovery_key().expect("a key");
    let slots = || forge::header(&place.bytes())["slots"].clone();
    let before = slots();
    add(&mut vault, "Contoso").expect("a save");
    assert_eq!(slots(), before);
}

#[test]
fn a_change_of_passphrase_keeps_the_label_and_never_lowers_the_cost() {
    let (place, mut vault) = made();
    let (dearer, dearest) = (KdfParameters::new(19 * 1024, 3, 1), KdfParameters::new(19 * 1024, 4, 1));
    let (dearer, dearest) = (dearer.expect("in range"), dearest.expect("in range"));
    let (second, third, fourth) = (fresh_secret(), fresh_secret(), fresh_secret());
    vault.add_passphrase(&second, "Jan", dearer).expect("added");
    vault
        .change_passphrase_costing(&second, &third, KdfParameters::minimum(), &SlotReview::default())
        .expect("changed");
    let jan = || place.open().expect("opened").slots().into_iter().find(|slot| slot.label == "Jan").expect("his slot");
    assert_eq!(jan().kdf, Some(dearer));
    vault.change_passphrase_costing(&third, &fourth, dearest, &SlotReview::default()).expect("changed");
    assert_eq!(jan().kdf, Some(dearest));
    assert!(Vault::open(&place.path, &fourth).is_ok() && Vault::open(&place.path, &third).is_err());
}

#[test]
fn with_several_passphrases_a_forgotten_one_is_removed_and_not_guessed() {
    let (place, mut vault) = made();
    vault.add_passphrase(&fresh_secret(), "Jan", KdfParameters::minimum()).expect("added");
    let key = vault.add_recovery_key().expect("a key");
    let mut recovered = Vault::open_with(&place.path, &with_key(&key)).expect("opened");
    let error = recovered
        .set_passphrase(&fresh_secret(), KdfParameters::minimum(), &SlotReview::default())
        .expect_err("which one?");
    assert!(matches!(error, VaultError::WhichPassphrase), "{error}");
}

#[test]
fn there_is_no_room_for_more_slots_than_a_reader_takes() {
    let (place, mut vault) = made();
    let heavy = KdfParameters::new(1024 * 1024, 4, 1).expect("in range");
    let before = place.bytes();
    // The whole file's allowance and one more: refused before anything is saved, though after the derivation.
    let too_much = KdfParameters::new(128 * 1024, 32, 1).expect("in range");
    assert_eq!(u64::from(heavy.memory_kib()) * 4, u64::from(too_much.memory_kib()) * 32);
    let refused = vault.add_passphrase(&fresh_secret(), "", too_much);
    assert!(matches!(refused, Err(VaultError::TooManySlots)));
    assert_eq!(place.bytes(), before);
    let account = |number: usize| -> &'static str { Box::leak(format!("account {number}").into_boxed_str()) };
    let mut added = 0;
    let error = loop {
        let mut vault = open_as(&Account::new(account(added)), &place.path, &with_passphrase(&place)).expect("opened");
        match vault.add_this_account() {
            Ok(_) => added += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, VaultError::TooManySlots), "{error}");
    assert_eq!(added, 31);
    assert_eq!(place.open().expect("opened").slots().len(), 32);
}

#[test]
fn a_wrong_credential_tells_nothing_about_the_slots() {
    let (place, mut vault) = made();
    let texts = |place: &Place| {
        let key = RecoveryKey::parse(&SecretText::from(super::recovery_key::SOMEBODYS_KEY)).expect("a key").key;
        let passphrase = Vault::open(&place.path, &fresh_secret()).expect_err("wrong").to_string();
        let recovery = Vault::open_with(&place.path, &with_key(&key)).expect_err("wrong").to_string();
        (passphrase, recovery)
    };
    let with_one = texts(&place);
    vault.add_passphrase(&fresh_secret(), "Jan", KdfParameters::minimum()).expect("added");
    vault.add_recovery_key().expect("a key");
    assert_eq!(texts(&place), with_one);
    let empty = Credential::Passphrase(SecretText::default());
    assert!(matches!(Vault::open_with(&place.path, &empty), Err(VaultError::PassphraseEmpty)));
}

/// A way to replace an unlock method, for somebody with the passphrase.
type Replace = fn(&mut Vault, &SecretText, &SlotReview) -> Result<(), VaultError>;

#[test]
fn what_goes_with_a_replaced_method_opens_nothing_any_more() {
    let replacements: [Replace; 2] = [
        |vault, _, review| vault.replace_recovery_key(review).map(drop),
        |vault, passphrase, review| {
            vault.change_passphrase_costing(passphrase, &fresh_secret(), KdfParameters::minimum(), review)
        },
    ];
    for replace in replacements {
        let (place, mut vault) = made();
        vault.add_recovery_key().expect("a key");
        let (frank, account) = (fresh_secret(), Account::new("jan on laptop"));
        let franks = vault.add_passphrase(&frank, "Frank", KdfParameters::minimum()).expect("a colleague");
        let mut owner = open_as(&account, &place.path, &with_passphrase(&place)).expect("opened");
        let of_account = owner.add_this_account().expect("an account");
        let before = forge::read_data_key(&place.bytes(), &place.passphrase);

        let own = the_own(&owner);
        let by_itself = SlotReview { remove: vec![own], ..SlotReview::default() };
        let refused = owner.replace_recovery_key(&by_itself).expect_err("its owner would choose the new keys");
        assert!(matches!(refused, VaultError::OwnUnlockMethod), "{refused}");

        let review = SlotReview { remove: vec![franks, of_account], ..SlotReview::default() };
        replace(&mut owner, &place.passphrase, &review).expect("replaced");
        assert_eq!(owner.slots().len(), 2);
        assert!(matches!(Vault::open(&place.path, &frank), Err(VaultError::WrongPassphrase)));
        assert!(open_as(&account, &place.path, &Credential::ThisAccount).is_err());
        assert_eq!(account.kept(), 0, "the store forgets what was removed");
        assert!(owner.slots().iter().all(|slot| slot.id != franks));
        if place.open().is_ok() {
            assert_ne!(forge::read_data_key(&place.bytes(), &place.passphrase), before);
        }
    }
}

#[test]
fn a_first_recovery_key_that_removes_something_brings_keys_that_the_removed_does_not_know() {
    let (place, mut vault) = made();
    let frank = fresh_secret();
    let franks = vault.add_passphrase(&frank, "Frank", KdfParameters::minimum()).expect("a colleague");
    let before = forge::read_data_key(&place.bytes(), &place.passphrase);
    let review = SlotReview { remove: vec![franks], ..SlotReview::default() };
    let key = vault.replace_recovery_key(&review).expect("a key");
    assert_ne!(forge::read_data_key(&place.bytes(), &place.passphrase), before);
    assert!(Vault::open(&place.path, &frank).is_err() && place.open().is_ok());
    assert!(Vault::open_with(&place.path, &with_key(&key)).is_ok());
    let slots = forge::header(&place.bytes())["slots"].clone();
    assert_ne!(slots[0]["origin"], slots[1]["origin"], "the new slot holds an origin key of after the removal");
}

fn the_own(vault: &Vault) -> SlotId {
    vault.slots().iter().find(|slot| slot.opened_with).expect("one opened it").id
}
