//! A clock that is wrong for a while: nothing is forgotten because of it, the file can be read, and saves stay in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use a365_password_tool::profile::{ClientSecret, FormerSecret, SecretText};
use a365_password_tool::renewal::{Act, Proof};
use a365_password_tool::vault::{
    Backup, HistoryKind, KdfParameters, Surroundings, Vault, VaultError, backups, read_info,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::staged_machine::StagedMachine;
use super::{Place, add, forge, fresh_secret, moment, names, place, profile};

fn day(number: i64) -> DateTime<Utc> {
    moment() + TimeDelta::days(number)
}

const TEN_YEARS: i64 = 3652;

struct Timed {
    place: Place,
    machine: Arc<StagedMachine>,
    vault: Vault,
}

impl Timed {
    fn made() -> Timed {
        let (place, machine) = (place(), Arc::new(StagedMachine::at(day(0))));
        let on = Arc::clone(&machine) as Arc<dyn Surroundings>;
        let vault = Vault::create_in(on, &place.path, &place.passphrase, KdfParameters::minimum()).expect("a vault");
        Timed { place, machine, vault }
    }

    fn set(&self, now: DateTime<Utc>) {
        self.machine.set(now);
    }

    fn save_at(&mut self, now: DateTime<Utc>) {
        self.set(now);
        add(&mut self.vault, &Uuid::new_v4().to_string()).expect("a save");
    }

    fn backups(&self) -> Vec<Backup> {
        backups(&self.place.path).expect("the backups")
    }

    fn reopened(&self) -> Vault {
        let on = Arc::clone(&self.machine) as Arc<dyn Surroundings>;
        Vault::open_in(on, &self.place.path, &self.place.passphrase).expect("the file can be read")
    }

    fn payload(&self) -> serde_json::Value {
        let text = forge::read_payload(&self.place.bytes(), &self.place.passphrase);
        serde_json::from_str(&text).expect("JSON")
    }
}

/// A vault with a former secret that expires on that day, and with a removal.
fn with_something_to_forget(expires: i64) -> (Timed, Uuid) {
    let mut timed = Timed::made();
    let secret = || ClientSecret::parse(fresh_secret().expose()).expect("a secret");
    let (mut kept, gone) = (profile("Contoso"), profile("Gone"));
    let id = kept.id;
    kept.client_secret = Some(secret());
    kept.former_secret = Some(Box::new(FormerSecret {
        secret: secret(),
        expires: Some(day(expires).date_naive()),
        replaced_at: day(0),
        key_id: None,
        newer: SecretText::default(),
    }));
    let removed = gone.id;
    timed.vault.update(|contents| contents.put(kept).and_then(|()| contents.put(gone))).expect("a save");
    timed.vault.update(|contents| Ok::<_, VaultError>(contents.remove(removed))).expect("a save");
    (timed, id)
}

#[test]
fn saves_with_a_clock_far_ahead_forget_nothing() {
    let (mut timed, id) = with_something_to_forget(200);
    for ahead in [TEN_YEARS, TEN_YEARS, TEN_YEARS + 3, 26_000, 2_800_000, -20_000, 365] {
        timed.save_at(day(ahead));
        let former = timed.vault.contents().get(id).and_then(|profile| profile.former_secret.as_ref());
        assert!(former.is_some(), "the former secret at day {ahead}");
        assert_eq!(timed.payload()["deleted"].as_array().map(Vec::len), Some(1), "the removal at day {ahead}");
        assert!(!timed.vault.contents().has_due_former_secret(day(ahead)), "no save would change that");
    }
    timed.save_at(day(1));
    assert!(timed.reopened().contents().get(id).is_some_and(|profile| profile.former_secret.is_some()));
    assert_eq!(timed.payload()["clock"], serde_json::json!({"believed": "2026-11-24T08:30:00.123456789Z"}));
}

#[test]
fn what_is_due_is_forgotten_all_the_same() {
    // In a vault that is in use, on its day; in one that rested, a week after the first save.
    for (days, is_kept) in [(vec![5, 10, 11], false), (vec![100], true), (vec![100, 107], false)] {
        let (mut timed, id) = with_something_to_forget(10);
        days.iter().for_each(|number| timed.save_at(day(*number)));
        let former = timed.vault.contents().get(id).and_then(|profile| profile.former_secret.as_ref());
        assert_eq!(former.is_some(), is_kept, "{days:?}");
    }
}

#[test]
fn a_window_that_is_open_notes_the_clock_once_and_forgets_a_week_later() {
    let (mut timed, id) = with_something_to_forget(10);
    let is_due = |timed: &Timed, number| timed.vault.contents().has_due_former_secret(day(number));
    assert!(!is_due(&timed, 5) && is_due(&timed, 100));
    timed.set(day(100));
    timed.vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    assert!((100..107).all(|number| !is_due(&timed, number)), "it does not save again and again");
    assert!(is_due(&timed, 107));
    timed.set(day(107));
    timed.vault.update(|_| Ok::<_, VaultError>(())).expect("a save");
    assert!(timed.vault.contents().get(id).is_some_and(|profile| profile.former_secret.is_none()));
    assert!(!is_due(&timed, 107));
}

#[test]
fn times_that_a_wrong_clock_left_do_not_stay_ahead() {
    let (mut timed, id) = with_something_to_forget(200);
    timed.set(day(TEN_YEARS));
    let secret = ClientSecret::parse(fresh_secret().expose()).expect("a secret");
    let give = Act::Give { secret, expires: None, key_id: None };
    for act in [Act::Forget, Act::Begin, give, Act::Switch(Proof::WithoutTest), Act::ConfirmUcc] {
        timed.vault.update(|contents| contents.renew(id, act, day(TEN_YEARS))).expect("a step");
    }
    let found = |timed: &Timed| {
        let profile = timed.vault.contents().get(id).expect("the profile").clone();
        (profile.modified, profile.former_secret.expect("kept").kept_until())
    };
    assert_eq!(found(&timed).0, day(TEN_YEARS), "while the clock is wrong nothing is changed");
    timed.save_at(day(1));
    let kept_until: NaiveDate = day(31).date_naive();
    assert_eq!(found(&timed), (day(1), kept_until));
    let contoso = timed.vault.contents().get(id).expect("the profile");
    assert_eq!(contoso.ucc_behind(), None, "what was confirmed is still of this renewal");
}

#[test]
fn a_vault_saved_at_any_time_can_be_opened_again() {
    let mut timed = Timed::made();
    let mut generation = 1;
    for now in [
        "1966-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "-0044-03-15T12:00:00Z",
        "9999-12-31T23:59:59.9Z",
        "+10000-01-01T00:00:00Z",
        "+26000-06-01T00:00:00Z",
    ]
    .map(|text| text.parse::<DateTime<Utc>>().expect("chrono knows these years"))
    .into_iter()
    .chain([DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, day(1)])
    {
        timed.set(now);
        let mut contoso = profile(&format!("{now}"));
        (contoso.created, contoso.modified) = (now, now);
        let (id, passphrase) = (contoso.id, fresh_secret());
        timed.vault.update(|contents| contents.put(contoso)).expect("a save");
        timed.vault.update(|contents| contents.renew(id, Act::Begin, now)).expect("a step");
        timed.vault.add_passphrase(&passphrase, "another", KdfParameters::minimum()).expect("a way in");
        timed.vault.update(|contents| Ok::<_, VaultError>(contents.remove(id))).expect("a save");
        generation += 4;
        assert_eq!(read_info(&timed.place.path).expect("the header").generation, generation);
        assert_eq!(names(timed.reopened().contents()), names(timed.vault.contents()));
        let slot = timed.vault.slots().last().expect("the new one").id;
        timed.vault.remove_slot(slot).expect("the backups are sealed again");
        generation += 1;
        assert!(timed.vault.take_backup_trouble().is_none(), "{now}");
    }
    let listed = timed.backups();
    assert_eq!(listed.len(), 10);
    assert!(listed.iter().all(|backup| timed.vault.open_backup(backup).is_ok()));
}

#[test]
fn backups_are_in_the_order_of_saves_whatever_the_clock_said() {
    let mut timed = Timed::made();
    for number in [0, 0, TEN_YEARS, 0, -20_000, 1, TEN_YEARS, 1] {
        timed.save_at(day(number));
    }
    let generations: Vec<u64> = timed.backups().iter().map(|backup| backup.generation).collect();
    assert_eq!(generations, [8, 7, 6, 5, 4, 3, 2, 1], "the newest is the first, and the one that a restore takes");
    let history: Vec<_> = timed.vault.contents().history().iter().map(|entry| entry.at).collect();
    assert_eq!(history.len(), 9);
    assert_eq!(history[3].date_naive(), day(TEN_YEARS).date_naive(), "in the order of saves as well");
}

#[test]
fn many_saves_with_a_wrong_clock_leave_the_earlier_backups() {
    for wrong in [TEN_YEARS, -20_000] {
        let mut timed = Timed::made();
        (0..30).for_each(|number| timed.save_at(day(number)));
        for minute in 0..15 {
            timed.save_at(day(wrong) + TimeDelta::minutes(minute));
        }
        for minute in 0..5 {
            timed.save_at(day(29) + TimeDelta::minutes(minute));
        }
        let generations: BTreeSet<u64> = timed.backups().iter().map(|backup| backup.generation).collect();
        assert_eq!((generations.len(), generations.first(), generations.last()), (10, Some(&1), Some(&50)));
        let earlier = generations.iter().filter(|generation| **generation <= 31).count();
        assert!(earlier >= 4, "{wrong}: {generations:?}");
    }
}

#[test]
fn a_merge_keeps_the_history_of_each_side_in_its_order() {
    let mut mine = Timed::made();
    mine.save_at(day(0));
    let base = mine.vault.contents().clone();
    let copy = mine.place.bytes();
    mine.save_at(day(TEN_YEARS));
    mine.save_at(day(1));
    let told = |vault: &Vault| -> Vec<String> {
        let added = vault.contents().history().iter().filter(|entry| entry.kind == HistoryKind::ProfileAdded);
        added.filter_map(|entry| entry.profile.as_ref().map(|(_, name)| name.clone())).collect()
    };
    let ours = told(&mine.vault);
    // Somebody else saved on top of the state before, and a synchronising program put that in the place.
    let other = place();
    std::fs::write(&other.path, copy).expect("a copy");
    let machine = Arc::new(StagedMachine::at(day(2)));
    let mut theirs = Vault::open_in(machine, &other.path, &mine.place.passphrase).expect("opened");
    for name in ["Theirs", "Theirs too"] {
        add(&mut theirs, name).expect("a save");
    }
    std::fs::write(&mine.place.path, other.bytes()).expect("put in the place");
    mine.save_at(day(3));
    let all = told(&mine.vault);
    let place_of = |name: &String| all.iter().position(|found| found == name).expect("told");
    for side in [&ours[base.profiles().len()..], &["Theirs".to_owned(), "Theirs too".to_owned()]] {
        assert!(side.windows(2).all(|pair| place_of(&pair[0]) < place_of(&pair[1])), "{all:?}");
    }
}

#[test]
fn a_clock_that_is_set_back_does_not_hide_when_the_vault_was_saved_before() {
    let mut timed = Timed::made();
    timed.save_at(day(0));
    timed.save_at(day(-400));
    let vault = timed.reopened();
    // A file has whole seconds.
    let believed = |vault: &Vault| vault.contents().believed_save().map(|at| at.timestamp());
    assert_eq!(vault.info().saved_at.timestamp(), day(-400).timestamp());
    assert_eq!(believed(&vault), Some(day(0).timestamp()));
    // Nor does one save far ahead accuse every clock after it.
    timed.save_at(day(1));
    timed.save_at(day(TEN_YEARS));
    assert_eq!(believed(&timed.reopened()), Some(day(1).timestamp()));
}
