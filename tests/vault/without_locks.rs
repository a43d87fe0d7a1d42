//! Where locks do nothing (some shares), and where a sync client puts another version in the file's place: whoever saved
//! and goes on running merges its changes back in.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use a365_password_tool::profile::Profile;
use a365_password_tool::vault::{
    Contents, Field, HistoryKind, LockGuard, Refreshed, SlotKind, Surroundings, ThisMachine, Vault, VaultError, Who,
    backups,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Place, add, made, names, profile};

type Meanwhile = Box<dyn FnOnce() + Send>;

/// A share whose locks do nothing. At a chosen step something else can happen.
struct NoLocks {
    machine: ThisMachine,
    account: &'static str,
    is_full: AtomicBool,
    steps: AtomicUsize,
    meanwhile: Mutex<Option<(usize, Meanwhile)>>,
}

impl NoLocks {
    fn of(account: &'static str) -> Arc<NoLocks> {
        Arc::new(NoLocks {
            machine: ThisMachine::default(),
            account,
            is_full: AtomicBool::new(false),
            steps: AtomicUsize::new(0),
            meanwhile: Mutex::new(None),
        })
    }

    fn at(&self, step: usize, meanwhile: impl FnOnce() + Send + 'static) {
        self.steps.store(0, Ordering::SeqCst);
        *self.meanwhile.lock().expect("no panic") = Some((step, Box::new(meanwhile)));
    }

    fn step(&self) {
        let now = self.steps.fetch_add(1, Ordering::SeqCst);
        let mut slot = self.meanwhile.lock().expect("no panic");
        if slot.as_ref().is_some_and(|(step, _)| *step == now)
            && let Some((_, meanwhile)) = slot.take()
        {
            drop(slot);
            meanwhile();
        }
    }
}

impl Surroundings for NoLocks {
    fn now(&self) -> DateTime<Utc> {
        self.machine.now()
    }
    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        self.machine.fill_random(bytes)
    }
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.machine.real_path(path)
    }
    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.machine.exists(path)
    }
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        self.step();
        self.machine.read(path, limit)
    }
    fn lock(&self, _: &Path) -> io::Result<LockGuard> {
        self.step();
        Ok(Box::new(()))
    }
    fn write_new(&self, path: &Path, bytes: &[u8], like: &Path) -> io::Result<()> {
        self.step();
        if self.is_full.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.machine.write_new(path, bytes, like)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step();
        self.machine.link(from, to)
    }
    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step();
        self.machine.replace(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step();
        self.machine.remove(path)
    }
    fn flush_folder(&self, folder: &Path) -> io::Result<()> {
        self.step();
        self.machine.flush_folder(folder)
    }
    fn who(&self) -> Who {
        Who { account: self.account.to_owned(), machine: "TEST".to_owned() }
    }
}

fn opened(place: &Place, account: &'static str) -> (Arc<NoLocks>, Vault) {
    let share = NoLocks::of(account);
    let vault = Vault::open_in(share.clone(), &place.path, &place.passphrase).expect("opened");
    (share, vault)
}

/// Changes the profile named “Shared”, in a field of its own for each side, and adds one.
fn change_and_add(vault: &mut Vault, side: &str, round: usize) -> Result<(), VaultError> {
    vault.update(|contents| {
        let mut shared = contents.by_name("Shared").expect("it is never removed").clone();
        match side {
            "ada" => shared.notes = format!("ada {round}"),
            _ => shared.tags = vec![format!("bob {round}")],
        }
        shared.modified = Utc::now();
        contents.put(shared)?;
        contents.put(profile(&format!("{side} {round}")))
    })
}

fn shared(contents: &Contents) -> &Profile {
    contents.by_name("Shared").expect("it is never removed")
}

#[test]
fn a_save_in_between_at_any_step_loses_no_acknowledged_change() {
    let (place, mut first) = made();
    add(&mut first, "Shared").expect("a save");
    let (share, mut ada) = opened(&place, "ada");
    let (_, bob) = opened(&place, "bob");
    let bob = Arc::new(Mutex::new(bob));
    let (mut merges, mut acknowledged) = (0, Vec::new());
    let (mut notes, mut tags) = (String::new(), Vec::new());
    for round in 0.. {
        let (other, outcome) = (Arc::clone(&bob), Arc::new(Mutex::new(None)));
        let told = Arc::clone(&outcome);
        share.at(round, move || {
            let saved = change_and_add(&mut other.lock().expect("no panic"), "bob", round);
            *told.lock().expect("no panic") = Some(saved);
        });
        let saved = change_and_add(&mut ada, "ada", round);
        let Some(others) = outcome.lock().expect("no panic").take() else { break };
        if saved.is_ok() {
            acknowledged.push(format!("ada {round}"));
            notes = format!("ada {round}");
        }
        if others.is_ok() {
            acknowledged.push(format!("bob {round}"));
            tags = vec![format!("bob {round}")];
        }
        let mut bob = bob.lock().expect("no panic");
        for vault in [&mut ada, &mut *bob, &mut first] {
            let refreshed = vault.refresh().unwrap_or_else(|error| panic!("round {round}: {error}"));
            merges += usize::from(matches!(refreshed, Refreshed::Merged(_)));
        }
        let missing: Vec<_> = acknowledged.iter().filter(|name| first.contents().by_name(name).is_none()).collect();
        assert!(missing.is_empty(), "round {round}: {missing:?}");
        assert_eq!(shared(first.contents()).notes, notes, "round {round}");
        assert_eq!(shared(first.contents()).tags, tags, "round {round}");
        assert!(first.contents().conflicts().is_empty(), "round {round}: nobody changed the same");
    }
    // One who saves removes what another writes beside the vault at that moment: that save is refused, not lost.
    assert!(merges >= 1 && acknowledged.len() >= 12, "{merges} merges, {acknowledged:?}");
    first.refresh().expect("the last round had nothing in between");
    assert_eq!(names(place.open().expect("opened").contents()), names(first.contents()));
}

#[test]
fn threads_without_locks_lose_no_acknowledged_change() {
    let (place, first) = made();
    drop(first);
    let writers = ["ada", "bob", "cyd"].map(|account| opened(&place, account).1);
    let mut writers = std::thread::scope(|scope| {
        let threads = writers.map(|mut vault| {
            scope.spawn(move || {
                let mut acknowledged = Vec::new();
                for save in 0..25 {
                    let name = format!("{:?} {save}", std::thread::current().id());
                    // Where two write at once one may fail, and is told so.
                    acknowledged.extend(add(&mut vault, &name).is_ok().then_some(name));
                }
                (vault, acknowledged)
            })
        });
        threads.map(|thread| thread.join().expect("no panic"))
    });
    for (vault, _) in &mut writers {
        vault.refresh().expect("whole once all are done");
    }
    let contents = place.open().expect("opened");
    let all: Vec<_> = writers.iter().flat_map(|(_, acknowledged)| acknowledged).collect();
    let missing: Vec<_> = all.iter().filter(|name| contents.contents().by_name(name).is_none()).collect();
    assert!(missing.is_empty(), "{} of {} are missing: {missing:?}", missing.len(), all.len());
    assert!(!all.is_empty());
}

/// What ada had read and then lost again, because cyd saved without it, is no state that hers comes from: a merge that
/// began from it would take what bob added for something that ada removed.
#[test]
fn a_state_that_was_read_and_replaced_is_no_common_state() {
    let (place, maker) = made();
    drop(maker);
    let [mut ada, mut bob, mut cyd] = ["ada", "bob", "cyd"].map(|account| opened(&place, account).1);
    add(&mut ada, "Ada's first").expect("a save");
    let adas_first = place.bytes();
    add(&mut bob, "Bob's").expect("a save");
    let bobs = place.bytes();
    ada.refresh().expect("reads what bob saved");
    std::fs::write(&place.path, adas_first).expect("as cyd sees it");
    add(&mut cyd, "Cyd's").expect("a save");
    assert_eq!(ada.refresh().expect("it holds all that she saved"), Refreshed::Read);
    add(&mut ada, "Ada's second").expect("a save");
    std::fs::write(&place.path, bobs).expect("as bob sees it");
    add(&mut bob, "Bob's second").expect("a save");
    for vault in [&mut ada, &mut bob, &mut cyd] {
        vault.refresh().expect("whole once all are done");
    }
    let mut found = names(place.open().expect("opened").contents());
    found.sort();
    assert_eq!(found, ["Ada's first", "Ada's second", "Bob's", "Bob's second", "Cyd's"]);
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    /// Reads what is there, and saves.
    Add,
    /// Saves as if nobody had saved since this one looked last.
    AddUnread,
    Refresh,
}

/// What three people do.
fn deeds() -> impl Strategy<Value = Vec<(usize, Deed)>> {
    let deed = prop_oneof![Just(Deed::Add), Just(Deed::AddUnread), Just(Deed::Refresh)];
    prop::collection::vec((0..3_usize, deed), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn however_often_saves_are_replaced_every_acknowledged_one_comes_back(deeds in deeds()) {
        let (place, maker) = made();
        drop(maker);
        let mut people = ["ada", "bob", "cyd"].map(|account| (opened(&place, account).1, place.bytes()));
        let mut acknowledged = Vec::new();
        for (number, (person, deed)) in deeds.into_iter().enumerate() {
            let (vault, seen) = &mut people[person];
            if matches!(deed, Deed::AddUnread) {
                std::fs::write(&place.path, &*seen).expect("as this one sees it");
            }
            match deed {
                Deed::Add | Deed::AddUnread => {
                    let name = format!("{person} {number}");
                    add(vault, &name).expect("a save");
                    acknowledged.push(name);
                }
                Deed::Refresh => drop(vault.refresh().expect("whole")),
            }
            *seen = place.bytes();
        }
        for (vault, _) in &mut people {
            vault.refresh().expect("whole");
        }
        let found = place.open().expect("opened");
        let missing: Vec<_> = acknowledged.iter().filter(|name| found.contents().by_name(name).is_none()).collect();
        prop_assert!(missing.is_empty(), "{missing:?}");
    }
}

fn edit(vault: &mut Vault, name: &str, notes: &str, minutes: i64) {
    vault
        .update(|contents| {
            let mut profile = contents.by_name(name).expect("there").clone();
            (profile.notes, profile.modified) = (notes.to_owned(), Utc::now() + TimeDelta::minutes(minutes));
            contents.put(profile)
        })
        .expect("a save");
}

/// Both begin from the same file; what the first saves is replaced by what the second saves without it.
fn clobbered(first: impl FnOnce(&mut Vault), second: impl FnOnce(&mut Vault)) -> (Place, Vault, Vault) {
    let (place, mut maker) = made();
    add(&mut maker, "Contoso").expect("a save");
    let (ada, bob) = (opened(&place, "ada").1, opened(&place, "bob").1);
    let (mut ada, mut bob) = (ada, bob);
    let before = place.bytes();
    first(&mut ada);
    std::fs::write(&place.path, before).expect("as the second one sees it");
    second(&mut bob);
    (place, ada, bob)
}

#[test]
fn a_replaced_change_is_merged_back_and_a_true_conflict_is_kept() {
    let (place, mut ada, mut bob) =
        clobbered(|ada| edit(ada, "Contoso", "ada's", 1), |bob| edit(bob, "Contoso", "bob's", 2));
    let Refreshed::Merged(summary) = ada.refresh().expect("merged") else { panic!("both changed it") };
    assert_eq!(summary.conflicts, ["Contoso"]);
    assert_eq!(bob.refresh().expect("reads the merge"), Refreshed::Read);
    for vault in [&ada, &bob, &place.open().expect("opened")] {
        let contents = vault.contents();
        assert_eq!(contents.by_name("Contoso").map(|profile| profile.notes.as_str()), Some("bob's"));
        let [conflict] = contents.conflicts() else { panic!("one conflict") };
        assert_eq!((conflict.other.notes.as_str(), &conflict.fields[..]), ("ada's", &[Field::Notes][..]));
        assert_eq!(conflict.who.account, "ada", "whose the other version is");
        let kinds: Vec<_> =
            contents.history().iter().map(|entry| (entry.who.account.clone(), entry.kind.id().to_owned())).collect();
        assert!(kinds.contains(&("ada".to_owned(), "merged".to_owned())), "{kinds:?}");
        let edits = kinds.iter().filter(|(_, kind)| kind == "profile_changed").count();
        assert_eq!(edits, 2, "the history has both edits: {kinds:?}");
    }
    assert_eq!(ada.refresh().expect("in step"), Refreshed::Unchanged);
    assert_eq!(bob.refresh().expect("in step"), Refreshed::Unchanged);
    assert!(
        place
            .open()
            .expect("opened")
            .contents()
            .history()
            .iter()
            .any(|entry| entry.kind == HistoryKind::Merged { conflicts: 1 })
    );
}

#[test]
fn several_replaced_saves_are_merged_with_the_right_common_state() {
    let (_place, mut ada, mut bob) = clobbered(
        |ada| {
            edit(ada, "Contoso", "first", 1);
            add(ada, "Fabrikam").expect("a save");
            edit(ada, "Contoso", "second", 2);
        },
        |bob| {
            add(bob, "Tailspin").expect("a save");
            add(bob, "Wingtip").expect("a save");
        },
    );
    add(&mut ada, "Northwind").expect("a save, which merges first");
    let told = ada.take_merged().expect("it was merged");
    assert_eq!((told.from_other_version, told.conflicts.len()), (2, 0));
    assert!(ada.take_merged().is_none(), "told once");
    bob.refresh().expect("reads the merge");
    let mut all = names(bob.contents());
    all.sort();
    assert_eq!(all, ["Contoso", "Fabrikam", "Northwind", "Tailspin", "Wingtip"]);
    assert_eq!(bob.contents().by_name("Contoso").map(|profile| profile.notes.as_str()), Some("second"));
}

#[test]
fn a_removal_that_was_replaced_is_done_again_unless_the_other_side_edited() {
    let remove = |vault: &mut Vault, name: &str| {
        let seen = vault.contents().by_name(name).expect("there").clone();
        vault.update(|contents| contents.remove_based_on(&seen)).expect("a save");
    };
    let (_place, mut ada, _) = clobbered(|ada| remove(ada, "Contoso"), |bob| add(bob, "Fabrikam").expect("a save"));
    ada.refresh().expect("merged");
    assert_eq!(names(ada.contents()), ["Fabrikam"]);

    let (_place, mut ada, _) = clobbered(|ada| remove(ada, "Contoso"), |bob| edit(bob, "Contoso", "still needed", 1));
    let Refreshed::Merged(summary) = ada.refresh().expect("merged") else { panic!("merged") };
    assert_eq!((names(ada.contents()), summary.revived), (vec!["Contoso".to_owned()], vec!["Contoso".to_owned()]));
}

#[test]
fn a_merge_that_cannot_be_saved_is_saved_by_the_next_refresh() {
    let (place, mut maker) = made();
    add(&mut maker, "Contoso").expect("a save");
    let (share, mut ada) = opened(&place, "ada");
    let (_, mut bob) = opened(&place, "bob");
    let before = place.bytes();
    add(&mut ada, "Fabrikam").expect("a save");
    std::fs::write(&place.path, before).expect("as the second one sees it");
    add(&mut bob, "Tailspin").expect("a save");
    share.is_full.store(true, Ordering::SeqCst);
    assert!(ada.refresh().is_err());
    assert!(ada.contents().by_name("Tailspin").is_some(), "it is shown all the same");
    assert!(place.open().expect("opened").contents().by_name("Fabrikam").is_none());
    share.is_full.store(false, Ordering::SeqCst);
    assert!(matches!(ada.refresh().expect("saved"), Refreshed::Merged(_)));
    assert!(place.open().expect("opened").contents().by_name("Fabrikam").is_some());
}

fn newest_backup(vault: &Path) -> PathBuf {
    backups(vault).expect("the backups")[0].path.clone()
}

#[test]
fn a_copy_of_a_sync_client_is_absorbed() {
    let (place, mut ada) = made();
    add(&mut ada, "Contoso").expect("a save");
    // The state that both come from is the present backup; nothing in memory knows of it.
    let copy = place.folder.path().join("customers-JUMP01.a365vault");
    std::fs::copy(&place.path, &copy).expect("a copy");
    let backup = place.folder.path().join("common.a365vault");
    std::fs::copy(&place.path, &backup).expect("a backup");
    let mut elsewhere = Vault::open(&copy, &place.passphrase).expect("the copy");
    edit(&mut elsewhere, "Contoso", "from elsewhere", 1);
    add(&mut elsewhere, "Fabrikam").expect("a save");
    add(&mut ada, "Tailspin").expect("a save");
    drop(ada);

    let mut vault = place.open().expect("opened");
    let before = std::fs::read(&copy).expect("the copy");
    let summary = vault.absorb(&copy, &[newest_backup(&copy), backup]).expect("absorbed").expect("there was news");
    assert!(summary.conflicts.is_empty(), "{summary:?}");
    let mut all = names(place.open().expect("opened").contents());
    all.sort();
    assert_eq!(all, ["Contoso", "Fabrikam", "Tailspin"]);
    assert_eq!(vault.contents().by_name("Contoso").map(|profile| profile.notes.as_str()), Some("from elsewhere"));
    assert_eq!(std::fs::read(&copy).expect("the copy"), before, "the copy stays as it is");
    assert_eq!(vault.absorb(&copy, &[]).expect("again"), None, "nothing new");

    let (other, _vault) = made();
    assert!(matches!(vault.absorb(&other.path, &[]), Err(VaultError::NotACopy { .. })));
}

#[test]
fn a_copy_without_a_known_common_state_leaves_conflicts_rather_than_guesses() {
    let (place, mut ada) = made();
    add(&mut ada, "Contoso").expect("a save");
    let copy = place.folder.path().join("copy.a365vault");
    std::fs::copy(&place.path, &copy).expect("a copy");
    let mut elsewhere = Vault::open(&copy, &place.passphrase).expect("the copy");
    edit(&mut elsewhere, "Contoso", "elsewhere", 1);
    edit(&mut ada, "Contoso", "here", 2);
    let mut vault = place.open().expect("opened");
    let summary = vault.absorb(&copy, &[]).expect("absorbed").expect("there was news");
    assert_eq!(summary.conflicts, ["Contoso"]);
    assert_eq!(vault.contents().profiles()[0].notes, "here");
    assert_eq!(vault.contents().conflicts()[0].other.notes, "elsewhere");
}

#[test]
fn a_removed_profile_is_not_brought_back_by_an_older_copy() {
    let (place, mut ada) = made();
    for name in ["Contoso", "Fabrikam"] {
        add(&mut ada, name).expect("a save");
    }
    let copy = place.folder.path().join("copy.a365vault");
    std::fs::copy(&place.path, &copy).expect("a copy");
    let mut elsewhere = Vault::open(&copy, &place.passphrase).expect("the copy");
    add(&mut elsewhere, "Tailspin").expect("a save");
    let seen = ada.contents().by_name("Contoso").expect("there").clone();
    ada.update(|contents| contents.remove_based_on(&seen)).expect("removed");
    let mut vault = place.open().expect("opened");
    vault.absorb(&copy, &[]).expect("absorbed").expect("there was news");
    let mut all = names(vault.contents());
    all.sort();
    assert_eq!(all, ["Fabrikam", "Tailspin"]);
    // Put back on purpose, it stays, also against a copy that knows of its removal.
    let removed = place.folder.path().join("removed.a365vault");
    std::fs::copy(&place.path, &removed).expect("a copy");
    let mut elsewhere = Vault::open(&removed, &place.passphrase).expect("the copy");
    add(&mut elsewhere, "Wingtip").expect("a save");
    vault.update(|contents| contents.put(seen)).expect("put back");
    vault.absorb(&removed, &[]).expect("absorbed").expect("there was news");
    assert!(vault.contents().by_name("Contoso").is_some());
}

#[test]
fn a_way_to_open_that_was_added_just_before_a_lost_save_is_there_after_the_merge() {
    let (place, mut ada, _bob) =
        clobbered(|ada| drop(ada.add_recovery_key().expect("a key")), |bob| add(bob, "Tailspin").expect("a save"));
    ada.refresh().expect("merged");
    let kinds: Vec<_> = place.open().expect("opened").slots().into_iter().map(|slot| slot.kind).collect();
    assert_eq!(kinds, [SlotKind::Passphrase, SlotKind::RecoveryKey]);
}
