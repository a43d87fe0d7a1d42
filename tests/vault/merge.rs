//! Two versions of a vault become one, and nothing that somebody changed is dropped.

use std::collections::BTreeMap;

use a365_password_tool::profile::{
    ClientId, ClientSecret, EnvironmentUrl, FormerSecret, LastCheck, MadeBy, Profile, RenewalInProgress, Renewed,
    SecretText, Tenant, UccUpdate,
};
use a365_password_tool::vault::{
    Conflict, ConflictSide, Contents, Field, FieldChoice, Merged, VaultError, Who, changed_fields, merge,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::{fresh_secret, moment, profile};

/// What one side does to the profile of that number: sets a field to the value of that number, or removes it.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Set(u8, usize, u8),
    Remove(u8),
}

const IDS: u8 = 4;

pub(super) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let set = (0..IDS + 2, 0..Field::KNOWN.len(), 0_u8..4).prop_map(|(id, field, value)| Edit::Set(id, field, value));
    let remove = (0..IDS).prop_map(Edit::Remove);
    vec(prop_oneof![9 => set, 1 => remove], 0..12)
}

pub(super) fn set(profile: &mut Profile, field: &Field, value: u8) {
    let text = format!("value-{value}");
    let is_set = value > 0;
    match field {
        // Some of these meet: two profiles then have one name.
        Field::Name => profile.name = format!("Name {value}"),
        Field::EnvironmentUrl => {
            profile.environment_url =
                EnvironmentUrl::parse(&format!("org{value}.crm4.dynamics.com")).ok().filter(|_| is_set);
        }
        Field::ClientId => {
            let id = Uuid::from_u128(0xa000 + u128::from(value)).to_string();
            profile.client_id = ClientId::parse(&id).ok().filter(|_| is_set);
        }
        Field::ClientSecret => profile.client_secret = ClientSecret::parse(&text).ok().filter(|_| is_set),
        Field::Tenant => profile.tenant = is_set.then(|| Tenant::Id(Uuid::from_u128(u128::from(value)))),
        Field::SecretExpires => {
            profile.secret_expires = NaiveDate::from_ymd_opt(2027, 1, 1 + u32::from(value)).filter(|_| is_set)
        }
        Field::Tags => profile.tags = (0..value).map(|tag| format!("tag-{tag}")).collect(),
        Field::Notes => profile.notes = text,
        Field::VendorValue => profile.vendor_value = is_set.then(|| SecretText::new(text)),
        Field::OtherKeys => profile.other_keys = vec![("Key".to_owned(), SecretText::new(text))],
        Field::Renewal => {
            profile.renewal = is_set.then(|| {
                let mut renewal = RenewalInProgress::begun(later(u32::from(value)));
                renewal.new_secret = ClientSecret::parse(&text).ok();
                Box::new(renewal)
            })
        }
        Field::FormerSecret => {
            profile.former_secret = ClientSecret::parse(&text).ok().filter(|_| is_set).map(former_secret).map(Box::new);
        }
        Field::UccUpdate => {
            profile.ucc_update = is_set.then(|| {
                // Two are about the same renewal, and only one of them is confirmed.
                let replaced_at = later(u32::from(value / 3));
                let done = (value == 2).then(|| later(7));
                Box::new(UccUpdate { done, ..UccUpdate::pending(replaced_at, None) })
            })
        }
        Field::Renewals => {
            profile.renewals = (0..value).map(|number| renewed(u32::from(number))).collect();
        }
        Field::Other(_) => {}
    }
}

/// Whether what one side knew of the UCC is part of what is known now: who confirmed it has confirmed it for all.
fn ucc_is_merged(side: &Profile, now: &Profile) -> bool {
    let both = side.ucc_update.as_deref().zip(now.ucc_update.as_deref());
    both.is_some_and(|(side, now)| {
        side.replaced_at == now.replaced_at && (side.done.is_none() || side.done == now.done)
    })
}

fn former_secret(secret: ClientSecret) -> FormerSecret {
    FormerSecret { secret, expires: None, replaced_at: moment(), key_id: None, newer: SecretText::default() }
}

fn renewed(minute: u32) -> Renewed {
    let (at, made_by, newer) = (later(minute), MadeBy::Portal, SecretText::default());
    Renewed { at, expires: None, made_by, key_id: None, newer }
}

fn later(minutes: u32) -> DateTime<Utc> {
    moment() + TimeDelta::minutes(i64::from(minutes))
}

pub(super) fn base() -> Contents {
    let mut contents = Contents::default();
    for id in 0..IDS {
        let mut profile = Profile::new(Uuid::from_u128(u128::from(id)), &format!("Profile {id}"), moment());
        profile.tags = vec!["tag-0".to_owned(), "tag-1".to_owned()];
        contents.put(profile).expect("a name each");
    }
    contents
}

/// One side's version. The two sides change at different minutes, so that one is always the newer one.
fn edited(base: &Contents, edits: &[Edit], first_minute: u32) -> Contents {
    let mut contents = base.clone();
    for (place, edit) in (0_u32..).zip(edits) {
        match edit {
            Edit::Remove(id) => drop(contents.remove(Uuid::from_u128(u128::from(*id)))),
            Edit::Set(id, field, value) => {
                let id = Uuid::from_u128(u128::from(*id));
                // Numbers past the base's are profiles that both sides may add.
                let mut profile =
                    contents.get(id).cloned().unwrap_or_else(|| Profile::new(id, &id.to_string(), moment()));
                set(&mut profile, &Field::KNOWN[*field], *value);
                profile.modified = later(first_minute + 2 * place);
                // A taken name is refused, which leaves the profile as it was.
                let _ = contents.put(profile);
            }
        }
    }
    contents
}

fn merged(base: Option<&Contents>, mine: &Contents, theirs: &Contents) -> Merged {
    merge(base, mine, theirs, later(100), &who())
}

pub(super) fn who() -> Who {
    Who { account: "ada".to_owned(), machine: "DESK".to_owned() }
}

/// All that a merge decides, without its order: the profiles, and what the conflicts hold.
type Decided = (BTreeMap<Uuid, Profile>, BTreeMap<Uuid, (Vec<Field>, Profile)>);

fn decided(contents: &Contents) -> Decided {
    let conflict = |conflict: &Conflict| (conflict.id, (conflict.fields.clone(), conflict.other.clone()));
    let profiles = contents.profiles().iter().map(|profile| (profile.id, profile.clone())).collect();
    (profiles, contents.conflicts().iter().map(conflict).collect())
}

pub(super) fn value(field: &Field, profile: &Profile) -> String {
    let secret = profile.client_secret.as_ref().map(|secret| secret.expose().to_owned());
    let vendor = profile.vendor_value.as_ref().map(|value| value.expose().to_owned());
    let others: Vec<_> = profile.other_keys.iter().map(|(key, value)| (key, value.expose())).collect();
    match field {
        Field::ClientSecret => format!("{secret:?}"),
        Field::VendorValue => format!("{vendor:?}"),
        Field::OtherKeys => format!("{others:?}"),
        Field::Renewal => {
            let new = profile.renewal.as_ref().map(|renewal| renewal.new_secret.as_ref().map(ClientSecret::expose));
            format!("{new:?}")
        }
        Field::FormerSecret => format!("{:?}", profile.former_secret.as_ref().map(|former| former.secret.expose())),
        Field::UccUpdate => format!("{:?}", profile.ucc_update),
        Field::Renewals => format!("{:?}", profile.renewals),
        Field::Name => profile.name.clone(),
        Field::EnvironmentUrl => format!("{:?}", profile.environment_url),
        Field::ClientId => format!("{:?}", profile.client_id),
        Field::Tenant => format!("{:?}", profile.tenant),
        Field::SecretExpires => format!("{:?}", profile.secret_expires),
        Field::Tags => format!("{:?}", profile.tags),
        Field::Notes | Field::Other(_) => profile.notes.clone(),
    }
}

/// Everything that `side` changed since `base` must be in `merged`: in place, in a conflict, or told.
pub(super) fn assert_nothing_dropped(base: &Contents, side: &Contents, other: &Contents, merged: &Merged) {
    let contents = &merged.contents;
    for profile in side.profiles() {
        let Some(former) = base.get(profile.id) else {
            assert!(contents.get(profile.id).is_some(), "an added profile stays");
            continue;
        };
        for field in changed_fields(former, profile) {
            let now = contents.get(profile.id).expect("an edited profile stays, even if the other side removed it");
            if field == Field::Tags {
                let added = profile.tags.iter().filter(|tag| !former.tags.contains(tag));
                assert!(added.into_iter().all(|tag| now.tags.contains(tag)), "added tags stay");
                let removed: Vec<_> = former.tags.iter().filter(|tag| !profile.tags.contains(tag)).collect();
                assert!(removed.iter().all(|tag| !now.tags.contains(tag)), "removed tags are gone");
                continue;
            }
            if field == Field::Renewals {
                // A list that only grows: removing from it is nobody's wish.
                let kept = |renewed: &Renewed| former.renewals.contains(renewed) || now.renewals.contains(renewed);
                assert!(profile.renewals.iter().all(kept), "every renewal stays");
                continue;
            }
            if field == Field::UccUpdate && ucc_is_merged(profile, now) {
                continue;
            }
            let wanted = value(&field, profile);
            let in_place = value(&field, now) == wanted;
            let mut about_it = contents.conflicts().iter().filter(|conflict| conflict.profile == profile.id);
            let in_conflict =
                about_it.any(|conflict| conflict.fields.contains(&field) && value(&field, &conflict.other) == wanted);
            let renamed = merged.summary.renamed.iter().any(|(name, new)| *name == wanted && *new == now.name);
            assert!(in_place || in_conflict || (field == Field::Name && renamed), "{field:?}: {wanted}");
        }
    }
    for former in base.profiles().iter().filter(|former| side.get(former.id).is_none()) {
        let untouched = other.get(former.id).is_none_or(|there| changed_fields(former, there).is_empty());
        assert_eq!(contents.get(former.id).is_none(), untouched, "a removal counts unless the other side edited");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_that_one_side_changed_is_dropped(mine in edits(), theirs in edits()) {
        let base = base();
        let (mine, theirs) = (edited(&base, &mine, 1), edited(&base, &theirs, 2));
        let merged = merged(Some(&base), &mine, &theirs);
        assert_nothing_dropped(&base, &mine, &theirs, &merged);
        assert_nothing_dropped(&base, &theirs, &mine, &merged);
        let mut names: Vec<_> = merged.contents.profiles().iter().map(|profile| profile.name.to_lowercase()).collect();
        names.sort();
        prop_assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "each name once: {:?}", names);
    }

    #[test]
    fn it_makes_no_difference_which_side_is_mine(mine in edits(), theirs in edits()) {
        let base = base();
        let (mine, theirs) = (edited(&base, &mine, 1), edited(&base, &theirs, 2));
        let (one, other) = (merged(Some(&base), &mine, &theirs), merged(Some(&base), &theirs, &mine));
        let mut sorted = [decided(&one.contents), decided(&other.contents)];
        for (profiles, _) in &mut sorted {
            // The tags of the two sides may stand in another order.
            profiles.values_mut().for_each(|profile| profile.tags.sort());
        }
        prop_assert_eq!(&sorted[0], &sorted[1]);
    }

    #[test]
    fn an_unchanged_side_gives_the_other_one(edits in edits()) {
        let base = base();
        let changed = edited(&base, &edits, 1);
        for merged in [merged(Some(&base), &base, &changed), merged(Some(&base), &changed, &base)] {
            prop_assert_eq!(decided(&merged.contents), decided(&changed));
            prop_assert!(merged.summary.conflicts.is_empty() && merged.summary.revived.is_empty());
        }
        let taken = merged(Some(&base), &base, &changed).contents;
        prop_assert_eq!(taken.profiles(), changed.profiles());
        prop_assert_eq!(decided(&merged(None, &changed, &changed).contents), decided(&changed));
    }

    #[test]
    fn merging_again_changes_nothing(mine in edits(), theirs in edits()) {
        let base = base();
        let (mine, theirs) = (edited(&base, &mine, 1), edited(&base, &theirs, 2));
        let once = merged(Some(&base), &mine, &theirs).contents;
        for (common, side) in [(&theirs, &theirs), (&mine, &mine), (&once, &once)] {
            prop_assert_eq!(decided(&merged(Some(common), &once, side).contents), decided(&once));
        }
        // Both sides merge the same by themselves, and then each other's merge.
        let twice = merged(Some(&theirs), &once, &merged(Some(&base), &theirs, &mine).contents).contents;
        prop_assert_eq!(decided(&twice).1, decided(&once).1, "no conflict is found twice");
    }

    #[test]
    fn without_a_common_state_every_value_is_kept(mine in edits(), theirs in edits()) {
        let base = base();
        let (mine, theirs) = (edited(&base, &mine, 1), edited(&base, &theirs, 2));
        let merged = merged(None, &mine, &theirs);
        for side in [&mine, &theirs] {
            for profile in side.profiles() {
                let now = merged.contents.get(profile.id).expect("kept");
                for field in changed_fields(profile, now) {
                    let about = |conflict: &&Conflict| conflict.profile == profile.id;
                    let told = merged.contents.conflicts().iter().filter(about).any(|conflict| {
                        value(&field, &conflict.other) == value(&field, profile)
                    });
                    let tags = field == Field::Tags && profile.tags.iter().all(|tag| now.tags.contains(tag));
                    let renewals = field == Field::Renewals
                        && profile.renewals.iter().all(|renewed| now.renewals.contains(renewed));
                    let ucc = field == Field::UccUpdate && ucc_is_merged(profile, now);
                    let renamed = merged.summary.renamed.iter().any(|(name, _)| *name == profile.name);
                    prop_assert!(told || tags || renewals || ucc || (field == Field::Name && renamed), "{:?}", field);
                }
            }
        }
    }
}

fn one(profile: Profile) -> Contents {
    let mut contents = Contents::default();
    contents.put(profile).expect("the only name");
    contents
}

/// One profile as both had it, as the earlier side changed it, and as the later side did.
fn three(change_earlier: impl FnOnce(&mut Profile), change_later: impl FnOnce(&mut Profile)) -> [Contents; 3] {
    let common = profile("Contoso");
    let (mut earlier_one, mut later_one) = (common.clone(), common.clone());
    change_earlier(&mut earlier_one);
    earlier_one.modified = later(1);
    change_later(&mut later_one);
    later_one.modified = later(2);
    [one(common), one(earlier_one), one(later_one)]
}

#[test]
fn of_two_values_the_newer_stays_in_place_and_the_other_is_kept_whole() {
    let [base, mine, theirs] = three(
        |profile| {
            profile.notes = "mine".to_owned();
            profile.secret_expires = NaiveDate::from_ymd_opt(2027, 5, 31);
        },
        |profile| profile.notes = "theirs".to_owned(),
    );
    let merged = merged(Some(&base), &mine, &theirs);
    let (now, conflicts) = (&merged.contents.profiles()[0], merged.contents.conflicts());
    assert_eq!((now.notes.as_str(), now.secret_expires), ("theirs", mine.profiles()[0].secret_expires));
    assert_eq!(now.modified, later(2));
    let [conflict] = conflicts else { panic!("one conflict") };
    assert_eq!((&conflict.fields[..], &conflict.other), (&[Field::Notes][..], &mine.profiles()[0]));
    assert_eq!((conflict.found, &conflict.who, conflict.profile), (later(100), &who(), now.id));
    assert_eq!(merged.summary.conflicts, ["Contoso"]);
    assert!(merged.summary.describe().contains("“Contoso”"), "{}", merged.summary.describe());
}

#[test]
fn tags_are_merged_one_by_one() {
    let mut common = profile("Contoso");
    common.tags = ["a", "b", "c"].map(str::to_owned).to_vec();
    let (mut mine, mut theirs) = (common.clone(), common.clone());
    mine.tags = ["a", "b", "mine"].map(str::to_owned).to_vec();
    theirs.tags = ["b", "c", "theirs"].map(str::to_owned).to_vec();
    theirs.modified = later(1);
    let merged = merged(Some(&one(common)), &one(mine), &one(theirs));
    assert_eq!(merged.contents.profiles()[0].tags, ["b", "theirs", "mine"]);
    assert!(merged.contents.conflicts().is_empty());
}

#[test]
fn the_last_check_stays_with_the_connection_that_it_was_made_with() {
    let check = |minute| LastCheck { at: later(minute), passed: true, stage: None, code: None, tenant_id: None };
    let [base, mine, theirs] =
        three(|profile| profile.last_check = Some(check(5)), |profile| profile.last_check = Some(check(9)));
    assert_eq!(merged(Some(&base), &mine, &theirs).contents.profiles()[0].last_check, Some(check(9)), "the newest");
    let secret = ClientSecret::parse(fresh_secret().expose()).ok();
    let [base, mine, theirs] =
        three(|profile| profile.last_check = Some(check(5)), |profile| profile.client_secret = secret);
    let merged = merged(Some(&base), &mine, &theirs);
    assert_eq!(merged.contents.profiles()[0].last_check, None, "nothing is known about the new secret");
    assert!(merged.contents.conflicts().is_empty());
}

proptest! {
    /// Two sides that know different things of one renewal, with or without a common state: who confirmed it has confirmed it
    /// for both, whichever side is the newer one.
    #[test]
    fn a_confirmation_survives_every_merge(
        base in proptest::option::of(any_ucc()), mine in any_ucc(), theirs in any_ucc(), mine_is_newer in any::<bool>(),
    ) {
        let with = |update: &UccUpdate, minute| {
            let mut profile = Profile::new(Uuid::from_u128(1), "Contoso", moment());
            (profile.ucc_update, profile.modified) = (Some(Box::new(update.clone())), later(minute));
            one(profile)
        };
        let common = base.as_ref().map(|base| with(base, 0));
        let (mine_at, theirs_at) = if mine_is_newer { (2, 1) } else { (1, 2) };
        let merged = merged(common.as_ref(), &with(&mine, mine_at), &with(&theirs, theirs_at));
        prop_assert!(merged.contents.conflicts().is_empty());
        let now = merged.contents.profiles()[0].ucc_update.clone().expect("both have one");
        // What the common state had confirmed can be taken back by neither side here.
        let unconfirmed = base.as_ref().is_some_and(|base| base.done.is_some() && (mine.done.is_none() || theirs.done.is_none()));
        if !unconfirmed {
            prop_assert_eq!(now.done.is_some(), mine.done.is_some() || theirs.done.is_some());
        }
    }
}

/// What may be known of one renewal.
fn any_ucc() -> impl Strategy<Value = UccUpdate> {
    (proptest::option::of(0_u32..9), proptest::option::of(1_u32..9)).prop_map(|(done, day)| {
        let former_expires = day.and_then(|day| NaiveDate::from_ymd_opt(2026, 12, day));
        UccUpdate { done: done.map(later), ..UccUpdate::pending(moment(), former_expires) }
    })
}

/// What the UCC was last known to use, by a merge of these three.
fn merged_ucc(common: &UccUpdate, earlier: &UccUpdate, newer: &UccUpdate) -> Vec<(Option<UccUpdate>, usize)> {
    let with = |update: &UccUpdate, minute| {
        let mut profile = Profile::new(Uuid::from_u128(1), "Contoso", moment());
        (profile.ucc_update, profile.modified) = (Some(Box::new(update.clone())), later(minute));
        one(profile)
    };
    let (base, mine, theirs) = (with(common, 0), with(earlier, 1), with(newer, 2));
    let merges = [merged(Some(&base), &mine, &theirs), merged(Some(&base), &theirs, &mine)];
    let seen = |merged: Merged| {
        (merged.contents.profiles()[0].ucc_update.as_deref().cloned(), merged.contents.conflicts().len())
    };
    merges.map(seen).to_vec()
}

#[test]
fn a_confirmed_ucc_stays_confirmed_whatever_the_other_side_did_meanwhile() {
    let pending = UccUpdate::pending(moment(), NaiveDate::from_ymd_opt(2026, 12, 4));
    let done = |minute| UccUpdate { done: Some(later(minute)), ..pending.clone() };
    let deleted = UccUpdate { former_expires: NaiveDate::from_ymd_opt(2026, 11, 20), ..pending.clone() };
    for (earlier, newer, wanted) in [
        (&done(5), &pending, &done(5)),
        (&pending, &done(5), &done(5)),
        (&done(9), &done(5), &done(5)),
        (&deleted, &done(5), &UccUpdate { former_expires: deleted.former_expires, ..done(5) }),
        (&done(5), &deleted, &UccUpdate { former_expires: deleted.former_expires, ..done(5) }),
    ] {
        for (now, conflicts) in merged_ucc(&pending, earlier, newer) {
            assert_eq!((now.as_ref(), conflicts), (Some(wanted), 0));
        }
    }
    // The other side has replaced the secret since: what was confirmed is of the one before.
    let next = UccUpdate::pending(later(3), None);
    for (earlier, newer) in [(&done(5), &next), (&next, &done(5))] {
        for (now, conflicts) in merged_ucc(&pending, earlier, newer) {
            assert_eq!((now.as_ref(), conflicts), (Some(&next), 0));
        }
    }
    // Each has.
    for (_, conflicts) in merged_ucc(&pending, &UccUpdate::pending(later(4), None), &next) {
        assert_eq!(conflicts, 1, "people decide");
    }
}

#[test]
fn two_profiles_that_came_to_one_name_are_told_apart() {
    let (mut mine, mut theirs) = (one(profile("Shared")), one(profile("Shared")));
    let long = "x".repeat(120);
    mine.put(profile(&long)).expect("a name of the greatest length");
    theirs.put(profile(&long.to_uppercase())).expect("the same in capitals");
    let merged = merged(Some(&Contents::default()), &mine, &theirs);
    let mut names: Vec<_> = merged.contents.profiles().iter().map(|profile| profile.name.to_lowercase()).collect();
    names.sort();
    assert_eq!(names, ["shared", "shared (2)", &format!("{} (2)", "x".repeat(116)), &long]);
    assert_eq!(merged.summary.renamed.len(), 2);
    assert!(merged.contents.by_name("Shared (2)").is_some());
}

#[test]
fn a_conflict_is_resolved_field_by_field() {
    let [base, mine, theirs] = three(
        |profile| (profile.notes, profile.name) = ("mine".to_owned(), "Contoso mine".to_owned()),
        |profile| (profile.notes, profile.name) = ("theirs".to_owned(), "Contoso theirs".to_owned()),
    );
    let mut contents = merged(Some(&base), &mine, &theirs).contents;
    let id = contents.conflicts()[0].id;
    let choose = |field, side| FieldChoice { field, side };
    let choices = [choose(Field::Notes, ConflictSide::Other), choose(Field::Name, ConflictSide::InPlace)];
    assert!(contents.resolve_conflict(id, &choices, later(200)).expect("a choice"));
    let now = &contents.profiles()[0];
    assert_eq!((now.notes.as_str(), now.name.as_str(), now.modified), ("mine", "Contoso theirs", later(200)));
    assert!(contents.conflicts().is_empty());
    assert!(!contents.resolve_conflict(id, &choices, later(201)).expect("it is gone"));
    let again = merged(Some(&theirs), &contents, &merged(Some(&base), &mine, &theirs).contents);
    assert!(again.contents.conflicts().is_empty(), "a copy that still has it does not bring it back");
}

#[test]
fn a_resolved_name_that_was_taken_meanwhile_is_refused_and_the_conflict_stays() {
    let [base, mine, theirs] =
        three(|profile| profile.name = "Mine".to_owned(), |profile| profile.name = "Theirs".to_owned());
    let mut contents = merged(Some(&base), &mine, &theirs).contents;
    contents.put(profile("mine")).expect("free by now");
    let id = contents.conflicts()[0].id;
    let choice = [FieldChoice { field: Field::Name, side: ConflictSide::Other }];
    let error = contents.resolve_conflict(id, &choice, later(200)).expect_err("taken");
    assert!(matches!(error, VaultError::NameTaken { .. }), "{error}");
    assert_eq!((contents.conflicts().len(), contents.profiles()[0].name.as_str()), (1, "Theirs"));
}

#[test]
fn an_edit_is_put_on_top_of_what_others_changed_meanwhile() {
    let base = profile("Contoso");
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    (theirs.notes, theirs.modified) = ("theirs".to_owned(), later(1));
    (mine.secret_expires, mine.modified) = (NaiveDate::from_ymd_opt(2027, 5, 31), later(2));
    let mut contents = one(theirs.clone());
    let outcome = contents.put_based_on(Some(&base), mine.clone()).expect("put");
    assert_eq!((&outcome.from_others[..], outcome.conflicts.is_empty()), (&[Field::Notes][..], true));
    let now = contents.profiles()[0].clone();
    assert_eq!((now.notes.as_str(), now.secret_expires), ("theirs", mine.secret_expires));
    assert!(outcome.describe("Contoso").is_some_and(|text| text.contains("notes of “Contoso”")));

    (mine.notes, mine.modified) = ("mine".to_owned(), later(3));
    let outcome = contents.put_based_on(Some(&base), mine).expect("put");
    assert_eq!((outcome.from_others.len(), &outcome.conflicts[..]), (0, &[Field::Notes][..]));
    assert_eq!(contents.profiles()[0].notes, "mine");
    assert_eq!(contents.conflicts()[0].other.notes, "theirs");
}

#[test]
fn an_edit_of_a_profile_that_others_removed_brings_it_back() {
    let base = profile("Contoso");
    let mut contents = Contents::default();
    let outcome = contents.put_based_on(Some(&base), base.clone()).expect("put");
    assert!(outcome.revived && outcome.describe("Contoso").is_some());
    assert_eq!(contents.profiles(), [base]);
}

#[test]
fn a_profile_that_others_changed_meanwhile_is_not_removed() {
    let seen = profile("Contoso");
    let mut changed = seen.clone();
    changed.notes = "new".to_owned();
    let mut contents = one(changed.clone());
    let error = contents.remove_based_on(&seen).expect_err("changed since");
    assert!(matches!(error, VaultError::ChangedMeanwhile { .. }) && error.to_string().contains("notes"), "{error}");
    assert_eq!(contents.profiles(), std::slice::from_ref(&changed));
    assert_eq!(contents.remove_based_on(&changed).expect("as it is"), Some(changed));
    assert_eq!(contents.remove_based_on(&seen).expect("gone already"), None);
}

#[test]
fn names_that_changed_hands_are_found_after_a_merge() {
    let (one_profile, other_profile) = (profile("One"), profile("Other"));
    let mut base = one(one_profile.clone());
    base.put(other_profile.clone()).expect("free");
    let mut theirs = base.clone();
    for (id, name) in [(one_profile.id, "Between"), (other_profile.id, "One"), (one_profile.id, "Other")] {
        let mut renamed = theirs.get(id).expect("there").clone();
        renamed.name = name.to_owned();
        theirs.put(renamed).expect("free by now");
    }
    let merged = merged(Some(&base), &base, &theirs).contents;
    assert_eq!(merged.by_name("Other").map(|profile| profile.id), Some(one_profile.id));
    assert_eq!(merged.by_name("One").map(|profile| profile.id), Some(other_profile.id));
    let back = merge(Some(&base), &theirs, &base, later(100), &who()).contents;
    assert_eq!(back.by_name("Other").map(|profile| profile.id), Some(one_profile.id));
    assert_eq!(back.by_name("One").map(|profile| profile.id), Some(other_profile.id));
}
