//! Any steps in any order, by any number of people: no secret is dropped unless a step says so, and none is taken into
//! use untested unless a step says so.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Act, Event, Losing, Proof, RenewalError, Step, apply, forget_due};
use crate::profile::{ClientSecret, Profile, Renewed};

fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).expect("a test's own time")
}

fn secret(number: u8) -> ClientSecret {
    ClientSecret::parse(&format!("number {number}")).expect("a secret")
}

fn today() -> NaiveDate {
    begin().date_naive()
}

/// A profile with the secret 0, which expires in five days.
fn profile() -> Profile {
    let mut profile = Profile::new(Uuid::from_u128(1), "Contoso", begin());
    profile.client_secret = Some(secret(0));
    profile.secret_expires = today().checked_add_signed(Duration::days(5));
    profile
}

/// What somebody does: a step, a passing day, or a secret typed into the form and saved.
#[derive(Clone, Debug)]
enum Turn {
    Act(Act),
    Wait(i64),
    Type(u8),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let give =
        (0_u8..5, proptest::option::of(1_i64..400), any::<bool>()).prop_map(|(number, days, by_graph)| Act::Give {
            secret: secret(number),
            expires: days.and_then(|days| today().checked_add_signed(Duration::days(days))),
            key_id: by_graph.then(|| Uuid::from_u128(u128::from(number))),
        });
    let tested = (0_u8..5, any::<bool>())
        .prop_map(|(number, passed)| Act::Tested { of: secret(number), passed: passed.then(begin) });
    let act = prop_oneof![
        3 => Just(Act::Begin),
        4 => give,
        1 => Just(Act::GiveUp),
        4 => tested,
        3 => Just(Act::Switch(Proof::Tested)),
        1 => Just(Act::Switch(Proof::WithoutTest)),
        2 => Just(Act::Cancel(Losing::Nothing)),
        1 => Just(Act::Cancel(Losing::NewSecret)),
        2 => Just(Act::RollBack),
        1 => Just(Act::Forget),
    ];
    let turn = prop_oneof![
        12 => act.prop_map(Turn::Act),
        2 => (1_i64..20).prop_map(Turn::Wait),
        1 => (5_u8..8).prop_map(Turn::Type),
    ];
    proptest::collection::vec(turn, 0..40)
}

fn held(profile: &Profile) -> BTreeSet<String> {
    let renewal = profile.renewal.as_ref().and_then(|renewal| renewal.new_secret.as_ref());
    let former = profile.former_secret.as_ref().map(|former| &former.secret);
    [profile.client_secret.as_ref(), renewal, former].into_iter().flatten().map(|it| it.expose().to_owned()).collect()
}

/// The secrets that a step may drop.
fn given_up(profile: &Profile, act: &Act) -> BTreeSet<String> {
    let renewal = profile.renewal.as_ref().and_then(|renewal| renewal.new_secret.as_ref());
    let former = profile.former_secret.as_ref().map(|former| &former.secret);
    let dropped = match act {
        Act::GiveUp | Act::Cancel(Losing::NewSecret) => renewal,
        Act::Forget => former,
        _ => None,
    };
    dropped.into_iter().map(|secret| secret.expose().to_owned()).collect()
}

/// Takes a step and checks what it may never do.
fn step(profile: &mut Profile, act: Act, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let before = profile.clone();
    let may_go = given_up(&before, &act);
    let given = match &act {
        Act::Give { secret, .. } => Some(secret.expose().to_owned()),
        _ => None,
    };
    match apply(profile, act.clone(), now) {
        Err(_) => prop_assert_eq!(&*profile, &before, "a refused step changes nothing"),
        Ok(event) => {
            let (had, has) = (held(&before), held(profile));
            prop_assert!(had.difference(&has).all(|gone| may_go.contains(gone)), "{:?}: {:?} {:?}", act, had, has);
            prop_assert!(given.is_none_or(|given| has.contains(&given)), "what was given is kept");
            if event == Some(Event::Replaced) && act == Act::Switch(Proof::Tested) {
                prop_assert!(before.renewal.is_some_and(|renewal| renewal.tested.is_some()));
            }
        }
    }
    prop_assert!(profile.renewals.len() <= Renewed::LIMIT);
    prop_assert!(profile.client_secret.is_some(), "the profile is never without a secret");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_order_of_steps_loses_a_secret(turns in turns()) {
        let (mut profile, mut now) = (profile(), begin());
        for turn in turns {
            match turn {
                Turn::Act(act) => step(&mut profile, act, now)?,
                Turn::Type(number) => profile.client_secret = Some(secret(number)),
                Turn::Wait(days) => {
                    now += Duration::days(days);
                    let due = profile.former_secret.as_ref().is_some_and(|former| former.is_due(now));
                    let before = held(&profile);
                    prop_assert_eq!(forget_due(&mut profile, now), due);
                    prop_assert!(due || held(&profile) == before);
                }
            }
        }
    }
}

fn give(number: u8) -> Act {
    Act::Give { secret: secret(number), expires: today().checked_add_signed(Duration::days(700)), key_id: None }
}

fn played(acts: impl IntoIterator<Item = Act>) -> Result<Profile, RenewalError> {
    let mut profile = profile();
    for act in acts {
        apply(&mut profile, act, begin())?;
    }
    Ok(profile)
}

#[test]
fn the_straight_way_ends_with_the_new_secret_and_the_old_one_kept_until_its_date() {
    let passed = Act::Tested { of: secret(1), passed: Some(begin()) };
    let acts = [Act::Begin, give(1), passed, Act::Switch(Proof::Tested)];
    let steps: Vec<Step> =
        (0..=4).map(|taken| Step::of(&played(acts[..taken].to_vec()).expect("each step is allowed"))).collect();
    assert_eq!(steps, [Step::NotBegun, Step::NewSecret, Step::Test, Step::Switch, Step::Kept]);
    let profile = played(acts).expect("allowed");
    assert_eq!(profile.client_secret, Some(secret(1)));
    assert_eq!(profile.secret_expires, today().checked_add_signed(Duration::days(700)));
    let former = profile.former_secret.expect("kept");
    assert_eq!(
        (former.secret.clone(), Some(former.kept_until())),
        (secret(0), super::properties::profile().secret_expires)
    );
    assert!(profile.last_check.is_some_and(|check| check.passed));
    assert_eq!(profile.renewals.len(), 1);
}

#[test]
fn going_back_keeps_the_new_secret_for_another_try() {
    let acts = [Act::Begin, give(1), Act::Switch(Proof::WithoutTest), Act::RollBack];
    let profile = played(acts).expect("allowed");
    assert_eq!(
        (&profile.client_secret, profile.secret_expires),
        (&Some(secret(0)), super::properties::profile().secret_expires)
    );
    assert_eq!(Step::of(&profile), Step::Test);
    assert_eq!(profile.renewal.and_then(|renewal| renewal.new_secret), Some(secret(1)));
}

#[test]
fn what_is_in_the_way_is_named() {
    let refused = |acts: Vec<Act>| played(acts).expect_err("refused");
    assert_eq!(refused(vec![give(1)]), RenewalError::NotBegun);
    assert_eq!(refused(vec![Act::Begin, give(0)]), RenewalError::SameAsPresent);
    assert_eq!(refused(vec![Act::Begin, give(1), give(2)]), RenewalError::SecretGivenAlready);
    assert_eq!(refused(vec![Act::Begin, Act::Switch(Proof::WithoutTest)]), RenewalError::NoSecretYet);
    assert_eq!(refused(vec![Act::Begin, give(1), Act::Switch(Proof::Tested)]), RenewalError::NotTested);
    assert_eq!(refused(vec![Act::Begin, give(1), Act::Cancel(Losing::Nothing)]), RenewalError::NewSecretWouldBeLost);
    assert_eq!(refused(vec![Act::RollBack]), RenewalError::NothingToGoBackTo);
    assert_eq!(refused(vec![Act::Forget]), RenewalError::NothingToGoBackTo);
    let once = vec![Act::Begin, give(1), Act::Switch(Proof::WithoutTest), Act::Begin];
    assert_eq!(refused([once.clone(), vec![give(0)]].concat()), RenewalError::SameAsFormer);
    let twice = [once, vec![give(2)]].concat();
    assert_eq!(refused([twice.clone(), vec![Act::RollBack]].concat()), RenewalError::RenewalUnderWay);
    assert_eq!(refused([twice, vec![Act::Switch(Proof::WithoutTest)]].concat()), RenewalError::FormerStillKept);
    let expired = Act::Give { secret: secret(1), expires: Some(today()), key_id: None };
    assert_eq!(refused(vec![Act::Begin, expired]), RenewalError::Expired);
}

#[test]
fn a_test_of_another_secret_proves_nothing() {
    let profile =
        played([Act::Begin, give(1), Act::Tested { of: secret(2), passed: Some(begin()) }]).expect("no error");
    assert_eq!(Step::of(&profile), Step::Test);
    let passed = Act::Tested { of: secret(1), passed: Some(begin()) };
    let failed = Act::Tested { of: secret(1), passed: None };
    assert_eq!(Step::of(&played([Act::Begin, give(1), passed, failed]).expect("no error")), Step::Test);
}
