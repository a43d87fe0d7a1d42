//! The people, places and files of the [model of members](super::members_model), and what each step does to them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use a365_password_tool::vault::{
    Access, Credential, HistoryKind, KdfParameters, Refreshed, SlotId, Trust, Vault, VaultError, backups_in,
};

use super::members_attacker::Learnt;
use super::members_model::Step;
use super::members_people::{Account, Keys, Person, ids};
use super::memory_disk::MemoryDisk;
use super::{add, fresh_secret, names};

pub const PEOPLE: usize = 5;

/// A file's last bytes, which name it.
pub(super) fn checksum(bytes: &[u8]) -> [u8; 32] {
    *bytes.last_chunk().expect("a vault ends in its checksum")
}

/// Whose keys, how many of them, and which file.
type Asked = (usize, usize, [u8; 32]);

/// Whether a person was removed in what this vault comes from. Whoever has not heard of it can keep nothing from the attacker: a
/// list of members from before he was added lacks him too, and the one that added him is its rightful successor
/// (`docs/threat-model.md`, “Deceive an account that has not heard of the removal yet”).
fn knows_of_a_removal(vault: &Vault) -> bool {
    let of_a_person = |kind: &HistoryKind| matches!(kind, HistoryKind::SlotRemoved(slot) if slot == "os-account");
    vault.contents().history().iter().any(|entry| of_a_person(&entry.kind))
}

/// What somebody found in a file.
struct Found {
    names: Vec<String>,
    slots: Vec<SlotId>,
}

pub struct World {
    pub(super) disk: Arc<MemoryDisk>,
    pub(super) people: Vec<Person>,
    pub(super) places: [PathBuf; 2],
    /// What honest people saved last in each place.
    pub(super) right: [Vec<u8>; 2],
    /// Whether one place has saves that the other has not.
    pub(super) apart: bool,
    pub(super) acknowledged: BTreeSet<String>,
    /// Saved by somebody who has heard of the removal and in whose list of members the attacker was not.
    pub(super) not_for_him: BTreeSet<String>,
    /// Every file that was ever there: the attacker reads them all.
    pub(super) files: Vec<Vec<u8>>,
    /// All keys of the attacker: of his own way in, and of those that he hid.
    pub(super) attacker: Keys,
    /// What he has made out of files with a program of his own.
    pub(super) learnt: RefCell<Learnt>,
    /// The person that the attacker is, once removed.
    pub is_attacker: Option<usize>,
    pub(super) saves: usize,
    /// How many files he has written with a program of his own.
    pub forged: Cell<usize>,
    pub(super) restoring: bool,
    found: RefCell<HashMap<Asked, Option<Arc<Found>>>>,
}

impl World {
    pub fn new() -> World {
        let disk = Arc::new(MemoryDisk::default());
        let places = [PathBuf::from("a/v.a365vault"), PathBuf::from("b/v.a365vault")];
        let people =
            (0..PEOPLE).map(|_| Person { kept: Arc::default(), seen: Arc::default(), open: None }).collect::<Vec<_>>();
        let mut world = World {
            disk,
            people,
            places,
            right: Default::default(),
            apart: false,
            acknowledged: BTreeSet::new(),
            not_for_him: BTreeSet::new(),
            files: Vec::new(),
            attacker: Arc::default(),
            learnt: RefCell::default(),
            is_attacker: None,
            saves: 0,
            forged: Cell::default(),
            restoring: false,
            found: RefCell::default(),
        };
        let access = world.access(0, None);
        // The passphrase stays in a safe: some way for people has to be there.
        let place = world.places[0].clone();
        let mut vault = Vault::create_as(&access, &place, &fresh_secret(), KdfParameters::minimum()).expect("a vault");
        vault.add_this_account().expect("the first person");
        drop(vault);
        world.saved(0);
        world.join(0);
        world
    }

    fn access(&self, person: usize, helper: Option<usize>) -> Access {
        Access {
            surroundings: self.disk.clone(),
            keeper: Arc::new(Account {
                name: format!("person {person}"),
                kept: Arc::clone(&self.people[person].kept),
                helper: helper.map(|helper| Arc::clone(&self.people[helper].kept)),
            }),
            seen: self.people[helper.unwrap_or(person)].seen.clone(),
        }
    }

    /// Where a person works.
    pub(super) fn place_of(&self, person: usize) -> usize {
        person % 2
    }

    /// After an honest save.
    fn saved(&mut self, place: usize) {
        let bytes = self.disk.get(&self.places[place]).expect("the vault");
        self.right[place] = bytes.clone();
        self.files.push(bytes);
        self.apart = true;
    }

    /// A sync client copies the folder of backups as well.
    pub(super) fn copy_backups(&self, from: usize, to: usize) {
        let folder = |place: usize| PathBuf::from(format!("{}.backups", self.places[place].display()));
        let (source, target) = (folder(from), folder(to));
        let mut files = self.disk.files.lock().expect("files");
        let copied: Vec<_> = files
            .iter()
            .filter(|(path, _)| path.parent() == Some(&source))
            .filter_map(|(path, bytes)| Some((target.join(path.file_name()?), bytes.clone())))
            .collect();
        files.retain(|path, _| path.parent() != Some(&target));
        files.extend(copied);
    }

    /// Puts an honest file in both places.
    pub(super) fn join(&mut self, from: usize) {
        let bytes = self.right[from].clone();
        self.copy_backups(from, 1 - from);
        for place in 0..2 {
            self.disk.put(&self.places[place], &bytes);
            self.right[place] = bytes.clone();
        }
        self.apart = false;
    }

    /// The vault as this person has it open, or opens it. What is refused is put right first, as a person would do who has
    /// asked a colleague.
    fn open(&mut self, person: usize) -> Option<Vault> {
        if let Some(open) = self.people[person].open.take() {
            return Some(open);
        }
        let place = self.place_of(person);
        let access = self.access(person, None);
        let path = self.places[place].clone();
        match Vault::open_as(&access, &path, &Credential::ThisAccount, Trust::Proven) {
            Ok(vault) if !vault.standing().needs_attention() => Some(vault),
            Ok(_) | Err(VaultError::Unproven { .. }) => {
                self.disk.put(&path, &self.right[place]);
                match Vault::open_as(&access, &path, &Credential::ThisAccount, Trust::Proven) {
                    Ok(vault) if !vault.standing().needs_attention() => Some(vault),
                    // He believed an attacker before he heard of the removal, and is told now.
                    Ok(_) | Err(VaultError::Unproven { .. }) => {
                        Vault::open_as(&access, &path, &Credential::ThisAccount, Trust::FromNowOn).ok()
                    }
                    Err(_) => None,
                }
            }
            Err(_) => None,
        }
    }

    /// What somebody with these keys, who has never seen the vault, finds in these bytes. Asked once for each.
    fn opened(&self, keys: &Keys, bytes: &[u8]) -> Option<Arc<Found>> {
        let asked = (Arc::as_ptr(keys) as usize, keys.lock().expect("keys").len(), checksum(bytes));
        if let Some(found) = self.found.borrow().get(&asked) {
            return found.clone();
        }
        let disk = Arc::new(MemoryDisk::default());
        let path = Path::new("elsewhere/v.a365vault");
        disk.put(path, bytes);
        let keeper = Arc::new(Account { name: "elsewhere".to_owned(), kept: Arc::clone(keys), helper: None });
        let access = Access { surroundings: disk, keeper, ..Access::default() };
        let opened = Vault::open_as(&access, path, &Credential::ThisAccount, Trust::Proven).ok();
        let found = opened.map(|vault| {
            let slots = vault.slots().iter().map(|slot| slot.id).collect();
            Arc::new(Found { names: names(vault.contents()), slots })
        });
        self.found.borrow_mut().insert(asked, found.clone());
        found
    }

    pub(super) fn reads(&self, keys: &Keys, bytes: &[u8]) -> Vec<String> {
        self.opened(keys, bytes).map_or_else(Vec::new, |found| found.names.clone())
    }

    /// The ids of the slots that this person's keys open.
    fn slots_of(&self, keys: &Keys, slots: &[SlotId]) -> Vec<SlotId> {
        let kept = keys.lock().expect("kept");
        let begins: BTreeSet<&str> =
            kept.keys().filter_map(|entry| entry.split_once('/')).map(|(_, slot)| &slot[..8]).collect();
        slots.iter().copied().filter(|id| begins.contains(id.to_string().as_str())).collect()
    }

    /// What has to hold after an honest save by a vault that lists these members.
    fn after_save(&mut self, person: usize, vault: Vault, saved: Option<String>) {
        let place = self.place_of(person);
        let now: BTreeSet<String> = names(vault.contents()).into_iter().collect();
        if !self.restoring && !self.names_in(place).is_subset(&now) {
            // He has not heard of the removal and was shown the attacker's file, which proves nothing to the others.
            let right = self.right[place].clone();
            self.files.push(self.disk.get(&self.places[place]).expect("the vault"));
            return self.disk.put(&self.places[place], &right);
        }
        self.saved(place);
        if let Some(name) = saved {
            let lists_him = self.learnt.borrow().is_listed(&self.right[place]);
            if knows_of_a_removal(&vault) && !lists_him && self.slots_of(&self.attacker, &ids(&vault)).is_empty() {
                self.not_for_him.insert(name.clone());
            }
            self.acknowledged.insert(name);
        }
        self.he_reads_nothing(place);
        self.people[person].open = Some(vault);
    }

    /// The attacker opens nothing of this: no file, no backup, of any branch. Neither does the program for him, nor what he
    /// knows: every data key, origin key and private key that he could ever learn.
    fn he_reads_nothing(&self, place: usize) {
        let backups = backups_in(&*self.disk, &self.places[place]).expect("listed");
        let mut files: Vec<Vec<u8>> = backups.iter().filter_map(|backup| self.disk.get(&backup.path)).collect();
        files.extend(self.files.last().cloned());
        files.extend(self.right.iter().cloned());
        for bytes in files {
            let read = self.reads(&self.attacker, &bytes);
            let secrets: Vec<_> = read.iter().filter(|name| self.not_for_him.contains(*name)).collect();
            assert!(secrets.is_empty(), "he reads what was saved without him: {secrets:?}");
            if self.is_attacker.is_some() {
                self.learnt.borrow_mut().look_at(&bytes);
            }
        }
        if self.is_attacker.is_some() {
            self.he_learns();
            let learnt = self.learnt.borrow();
            let secrets: Vec<_> = learnt.names().filter(|name| self.not_for_him.contains(name)).collect();
            assert!(secrets.is_empty(), "he decrypts what was saved without him: {secrets:?}");
        }
    }

    /// He takes what he can from every file that was ever there.
    pub(super) fn he_learns(&self) {
        let mut learnt = self.learnt.borrow_mut();
        self.files.iter().for_each(|bytes| learnt.look_at(bytes));
        learnt.learn(&self.attacker);
    }

    /// A change by a person with the vault open. Where the file was replaced by one that is refused, his version goes back.
    fn change(&mut self, person: usize, change: impl Fn(&mut Vault) -> Result<Option<String>, VaultError>) {
        if self.is_attacker == Some(person) {
            return;
        }
        let Some(mut vault) = self.open(person) else { return };
        if vault.refresh().is_ok() && vault.standing().needs_attention() {
            // The window says that an older copy took the place; the newer one is put there again.
            self.disk.put(&self.places[self.place_of(person)], &self.right[self.place_of(person)]);
            let _ = vault.refresh();
        }
        let mut done = change(&mut vault);
        if matches!(done, Err(VaultError::Unproven { .. })) {
            let place = self.place_of(person);
            let mine: BTreeSet<String> = names(vault.contents()).into_iter().collect();
            let put_back = self.names_in(place).is_subset(&mine).then(|| vault.put_back());
            match put_back {
                Some(Ok(_)) => {}
                // The attacker has overwritten what only others had, or another window of this account has seen a later change
                // of the keys than this one: there are copies, as everybody has of what matters.
                None | Some(Err(VaultError::Unproven { .. })) => {
                    self.disk.put(&self.places[place], &self.right[place]);
                }
                Some(Err(error)) => panic!("his version: {error}"),
            }
            done = change(&mut vault);
        }
        match done {
            Ok(saved) => self.after_save(person, vault, saved),
            // Somebody removed him, or there is nothing to do.
            Err(VaultError::PassphraseChanged { .. }) => {}
            Err(_) => self.people[person].open = Some(vault),
        }
    }

    pub fn play(&mut self, step: &Step) {
        match *step {
            Step::Save(person) => {
                self.saves += 1;
                let name = format!("p{}", self.saves);
                self.change(person % PEOPLE, |vault| add(vault, &name).map(|()| Some(name.clone())));
            }
            Step::Add(person, new) => self.add_person(person % PEOPLE, new % PEOPLE),
            Step::Remove(person, whom) => self.remove_person(person % PEOPLE, whom % PEOPLE),
            Step::ChangeKeys(person) => {
                // The second recovery key takes the first one's place.
                self.change(person % PEOPLE, |vault| vault.add_recovery_key().map(|_| None));
            }
            Step::Look(person) => {
                let person = person % PEOPLE;
                if self.is_attacker != Some(person)
                    && let Some(mut vault) = self.people[person].open.take()
                {
                    match vault.refresh() {
                        Ok(Refreshed::Merged(_)) => {
                            self.after_save(person, vault, None);
                        }
                        Ok(_) if vault.standing().needs_attention() => {
                            let place = self.place_of(person);
                            self.disk.put(&self.places[place], &self.right[place]);
                            let _ = vault.refresh();
                            self.people[person].open = Some(vault);
                        }
                        Ok(_) | Err(VaultError::Unproven { .. }) => self.people[person].open = Some(vault),
                        Err(_) => {}
                    }
                }
            }
            Step::Leave(person) => self.people[person % PEOPLE].open = None,
            Step::Restore(person, which) => self.restore(person % PEOPLE, which),
            Step::Synchronise(from) => self.synchronise(from % 2),
            Step::Forge(from, place, how) => self.forge(from, place % 2, how),
            Step::Replay(which, place) => {
                if self.is_attacker.is_some() && !self.files.is_empty() {
                    let bytes = self.files[which % self.files.len()].clone();
                    self.disk.put(&self.places[place % 2], &bytes);
                }
            }
        }
        self.nobody_is_locked_out();
        self.nothing_is_lost();
    }

    /// Goes back to an earlier save, which takes away on purpose what came after it.
    fn restore(&mut self, person: usize, which: usize) {
        let place = self.place_of(person);
        let backups = backups_in(&*self.disk, &self.places[place]).expect("listed");
        if backups.is_empty() || self.is_attacker == Some(person) {
            return;
        }
        let backup = backups[which % backups.len()].clone();
        // What it takes away is said before it is done: what lay in the file, and what his window had merged with it.
        let mut taken_away = self.names_in(place);
        let said = RefCell::new(Vec::new());
        self.restoring = true;
        self.change(person, |vault| {
            let differs = vault.restore(&backup)?;
            said.replace(differs.added.into_iter().map(|profile| profile.name).collect());
            Ok(None)
        });
        self.restoring = false;
        taken_away.extend(said.into_inner());
        let after = self.names_in(place);
        self.acknowledged.retain(|name| after.contains(name) || !taken_away.contains(name));
    }

    fn add_person(&mut self, person: usize, new: usize) {
        if self.is_attacker == Some(person) || self.is_attacker == Some(new) || person == new {
            return;
        }
        // The vault is opened on the new person's computer, so the handle that is open sees it as somebody else's save.
        let place = self.place_of(person);
        if self.disk.get(&self.places[place]).as_ref() != Some(&self.right[place]) {
            return;
        }
        let access = self.access(new, Some(person));
        let Ok(mut vault) = Vault::open_as(&access, &self.places[place], &Credential::ThisAccount, Trust::Proven)
        else {
            return;
        };
        if vault.standing().needs_attention() || vault.slots().iter().any(|slot| slot.is_this_account) {
            return;
        }
        if vault.add_this_account().is_ok() {
            drop(vault);
            self.saved(place);
        }
    }

    fn remove_person(&mut self, person: usize, whom: usize) {
        if person == whom {
            return;
        }
        let keys = Arc::clone(&self.people[whom].kept);
        let own = Arc::clone(&self.people[person].kept);
        let mut removed = false;
        if self.is_attacker != Some(person)
            && let Some(vault) = self.open(person)
        {
            let slots = self.slots_of(&keys, &ids(&vault));
            let mine = self.slots_of(&own, &ids(&vault));
            self.people[person].open = Some(vault);
            if !slots.is_empty() && !mine.is_empty() && self.is_attacker.is_none_or(|it| it == whom) {
                self.change(person, |vault| vault.remove_slots(&slots, &[]).map(|()| None));
                removed =
                    self.people[person].open.as_ref().is_some_and(|vault| self.slots_of(&keys, &ids(vault)).is_empty());
            }
        }
        if removed && self.is_attacker.is_none() {
            self.is_attacker = Some(whom);
            self.people[whom].open = None;
            self.attacker.lock().expect("keys").extend(keys.lock().expect("keys").clone());
        }
    }

    /// Everybody whom the right file lists can open it.
    fn nobody_is_locked_out(&self) {
        for right in &self.right {
            let opened = (0..PEOPLE).find_map(|who| self.opened(&self.people[who].kept, right));
            let found = opened.expect("somebody can open it");
            for person in &self.people {
                let listed = !self.slots_of(&person.kept, &found.slots).is_empty();
                assert!(!listed || self.opened(&person.kept, right).is_some(), "a member is locked out");
            }
        }
    }

    /// Everything that was acknowledged is in one of the two places, or in a vault that is still open.
    fn nothing_is_lost(&self) {
        let mut there = self.names_in(0);
        there.extend(self.names_in(1));
        for person in &self.people {
            there.extend(person.open.iter().flat_map(|vault| names(vault.contents())));
        }
        let lost: Vec<_> = self.acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
    }
}
