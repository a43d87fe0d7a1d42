//! Merges of vaults whose clocks were right, years ahead or years behind: what is kept does not depend on them.

use std::collections::{BTreeMap, BTreeSet};

use a365_password_tool::profile::Profile;
use a365_password_tool::vault::{Contents, Field, Merged, Vault, VaultError, merge};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::merge::{Edit, assert_nothing_dropped, base, edits, set, value, who};
use super::{moment, place};

/// How wrong a clock may be, in days.
fn wrong() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0_i64), 1 => 300_i64..2_900_000, 1 => -20_000_i64..-300]
}

fn at(days: i64) -> DateTime<Utc> {
    moment() + TimeDelta::days(days)
}

/// One side's version, each of its edits with a clock of its own.
fn edited(base: &Contents, edits: &[(Edit, i64)]) -> Contents {
    let mut contents = base.clone();
    for (edit, wrong) in edits {
        match edit {
            Edit::Remove(id) => drop(contents.remove(Uuid::from_u128(u128::from(*id)))),
            Edit::Set(id, field, value) => {
                let id = Uuid::from_u128(u128::from(*id));
                let new = || Profile::new(id, &id.to_string(), at(*wrong));
                let mut profile = contents.get(id).cloned().unwrap_or_else(new);
                set(&mut profile, &Field::KNOWN[*field], *value);
                profile.modified = at(*wrong);
                let _ = contents.put(profile);
            }
        }
    }
    contents
}

/// Every value that a merge keeps, in place or in a conflict: by profile and field.
fn kept(merged: &Merged) -> BTreeMap<Uuid, BTreeMap<Field, BTreeSet<String>>> {
    let mut kept: BTreeMap<Uuid, BTreeMap<Field, BTreeSet<String>>> = BTreeMap::new();
    let mut keep = |profile: &Profile, fields: &[Field]| {
        let of_profile = kept.entry(profile.id).or_default();
        for field in fields.iter().filter(|field| !matches!(field, Field::Tags | Field::Name)) {
            of_profile.entry(field.clone()).or_default().insert(value(field, profile));
        }
    };
    merged.contents.profiles().iter().for_each(|profile| keep(profile, &Field::KNOWN));
    merged.contents.conflicts().iter().for_each(|conflict| keep(&conflict.other, &conflict.fields));
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    #[test]
    fn nothing_is_dropped_and_all_is_kept_as_with_right_clocks(
        mine in edits(), theirs in edits(), clocks in vec(wrong(), 24), now in wrong(),
    ) {
        let base = base();
        let timed = |edits: &[Edit], clocks: &[i64]| -> Vec<(Edit, i64)> {
            edits.iter().cloned().zip(clocks.iter().copied()).collect()
        };
        let (mine_wrong, theirs_wrong) =
            (edited(&base, &timed(&mine, &clocks[..12])), edited(&base, &timed(&theirs, &clocks[12..])));
        let (mine_right, theirs_right) = (edited(&base, &timed(&mine, &[0; 12])), edited(&base, &timed(&theirs, &[0; 12])));
        let wrongly = merge(Some(&base), &mine_wrong, &theirs_wrong, at(now), &who());
        let rightly = merge(Some(&base), &mine_right, &theirs_right, at(0), &who());
        assert_nothing_dropped(&base, &mine_wrong, &theirs_wrong, &wrongly);
        assert_nothing_dropped(&base, &theirs_wrong, &mine_wrong, &wrongly);
        prop_assert_eq!(kept(&wrongly), kept(&rightly));
    }

    #[test]
    fn a_time_far_ahead_does_not_win(mine in edits(), theirs in edits(), ahead in 300_i64..2_900_000) {
        let base = base();
        let all = |edits: Vec<Edit>, wrong: i64| edits.into_iter().map(|edit| (edit, wrong)).collect::<Vec<_>>();
        let (mine, theirs) = (edited(&base, &all(mine, ahead)), edited(&base, &all(theirs, 1)));
        for merged in [
            merge(Some(&base), &mine, &theirs, at(2), &who()),
            merge(Some(&base), &theirs, &mine, at(2), &who()),
        ] {
            for conflict in merged.contents.conflicts() {
                prop_assert!(conflict.other.modified > at(2), "the side of the right clock is in place");
            }
        }
    }
}

/// Two copies of one vault without a common state in memory: one changed a profile, the other removed it.
fn changed_here_and_removed_there(changed_at: i64, removed_at: i64, removed_first: bool) -> usize {
    let (here, there) = (place(), place());
    let passphrase = here.passphrase.clone();
    let clock = |days| std::sync::Arc::new(super::staged_machine::StagedMachine::at(at(days)));
    let kdf = a365_password_tool::vault::KdfParameters::minimum();
    let mut vault = Vault::create_in(clock(0), &here.path, &passphrase, kdf).expect("a vault");
    let contoso = super::profile("Contoso");
    let id = contoso.id;
    vault.update(|contents| contents.put(contoso)).expect("added");
    drop(vault);
    std::fs::copy(&here.path, &there.path).expect("a copy");
    let change = || {
        let mut vault = Vault::open_in(clock(changed_at), &here.path, &passphrase).expect("opened");
        let mut changed = vault.contents().get(id).expect("there").clone();
        (changed.notes, changed.modified) = ("changed".to_owned(), at(changed_at));
        vault.update(|contents| contents.put(changed)).expect("changed");
    };
    let remove = || {
        let mut vault = Vault::open_in(clock(removed_at), &there.path, &passphrase).expect("opened");
        vault.update(|contents| Ok::<_, VaultError>(contents.remove(id))).expect("removed");
    };
    if removed_first {
        (remove(), change())
    } else {
        (change(), remove())
    };
    let mut vault = Vault::open_in(clock(3), &there.path, &passphrase).expect("opened");
    vault.absorb(&here.path, &[]).expect("merged");
    vault.contents().profiles().len()
}

#[test]
fn a_change_that_the_remover_did_not_know_is_kept_whatever_the_clocks_said() {
    for changed_at in [1, 3652, -20_000] {
        for removed_at in [2, 3652, -20_000] {
            for removed_first in [true, false] {
                let kept = changed_here_and_removed_there(changed_at, removed_at, removed_first);
                assert_eq!(kept, 1, "changed on day {changed_at}, removed on day {removed_at}");
            }
        }
    }
}

#[test]
fn a_removal_by_somebody_who_knew_every_change_counts_whatever_the_clocks_said() {
    for (changed_at, removed_at) in [(1, 2), (3652, 2), (1, 3652), (3652, 1)] {
        let here = place();
        let clock = |days| std::sync::Arc::new(super::staged_machine::StagedMachine::at(at(days)));
        let kdf = a365_password_tool::vault::KdfParameters::minimum();
        let mut vault = Vault::create_in(clock(changed_at), &here.path, &here.passphrase, kdf).expect("a vault");
        let mut contoso = super::profile("Contoso");
        (contoso.modified, contoso.created) = (at(changed_at), at(changed_at));
        let id = contoso.id;
        vault.update(|contents| contents.put(contoso)).expect("added");
        let copy = here.folder.path().join("copy.a365vault");
        std::fs::copy(&here.path, &copy).expect("a copy");
        let mut other = Vault::open_in(clock(0), &copy, &here.passphrase).expect("opened");
        super::add(&mut other, "Fabrikam").expect("news");
        drop(vault);
        let mut vault = Vault::open_in(clock(removed_at), &here.path, &here.passphrase).expect("opened");
        vault.update(|contents| Ok::<_, VaultError>(contents.remove(id))).expect("removed");
        drop(vault);
        let mut vault = Vault::open_in(clock(3), &here.path, &here.passphrase).expect("opened");
        vault.absorb(&copy, &[]).expect("merged");
        assert_eq!(super::names(vault.contents()), ["Fabrikam"], "changed {changed_at}, removed {removed_at}");
    }
}
