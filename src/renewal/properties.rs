//! Any steps in any order, by any number of people: no secret is dropped unless a step says so, and none is taken into
//! use untested unless a step says so.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Act, Discard, Event, Proof, RenewalError, Step, apply, forget_due};
use crate::profile::{ClientSecret, ExpiryState, FormerSecret, Profile, Renewed, SecretText};

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
        2 => Just(Act::Cancel(Discard::Nothing)),
        1 => Just(Act::Cancel(Discard::NewSecret)),
        2 => Just(Act::RollBack),
        1 => Just(Act::Forget),
        1 => Just(Act::DeletedFromEntra),
        2 => Just(Act::ConfirmUcc),
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
        Act::GiveUp | Act::Cancel(Discard::NewSecret) => renewal,
        Act::Forget | Act::DeletedFromEntra => former,
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

/// What the UCC is known to use, by those who wrote it down beside the program.
#[derive(Default)]
struct Ucc {
    uses: Option<ClientSecret>,
    /// Nobody can tell any more: a secret was typed over, or the profile went back to a former secret.
    unknown: bool,
    /// The profile no longer holds what the UCC uses: should that secret come back as a new one, the profile asks about the
    /// UCC although it has it, for it cannot know.
    forgotten: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever happens after a switch, and however much time passes: until somebody confirms it, the profile says that the
    /// UCC has another secret.
    #[test]
    fn a_ucc_with_another_secret_is_never_forgotten(turns in turns()) {
        let (mut profile, mut now) = (profile(), begin());
        let mut ucc = Ucc { uses: profile.client_secret.clone(), ..Ucc::default() };
        for turn in turns {
            match turn {
                Turn::Type(_) => break,
                Turn::Wait(days) => {
                    now += Duration::days(days);
                    forget_due(&mut profile, now);
                }
                Turn::Act(act) => {
                    let event = apply(&mut profile, act, now).unwrap_or_default();
                    match event {
                        Some(Event::UccUpdated) => {
                            ucc = Ucc { uses: profile.client_secret.clone(), ..Ucc::default() };
                            prop_assert_eq!(profile.expires(), profile.secret_expires, "the new date counts");
                        }
                        Some(Event::RolledBack) => ucc.unknown = true,
                        Some(Event::Replaced) => prop_assert!(profile.ucc_behind().is_some(), "a new string each time"),
                        _ => {}
                    }
                }
            }
            ucc.forgotten |= ucc.uses.as_ref().is_some_and(|used| !held(&profile).contains(used.expose()));
            if !ucc.unknown {
                let has_another = ucc.uses != profile.client_secret;
                prop_assert!(profile.ucc_behind().is_some() || !has_another, "forgotten");
                prop_assert!(profile.ucc_behind().is_none() || has_another || ucc.forgotten, "asked without a reason");
            }
            if profile.ucc_behind().is_some() {
                let state = profile.expiry_state(now);
                prop_assert!(state.is_some_and(|state| state <= ExpiryState::Soon), "it needs attention: {:?}", state);
                prop_assert!(Step::of(&profile) != Step::Kept && Step::of(&profile) != Step::NotBegun);
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
    let acts = [Act::Begin, give(1), passed, Act::Switch(Proof::Tested), Act::ConfirmUcc];
    let steps: Vec<Step> =
        (0..=5).map(|taken| Step::of(&played(acts[..taken].to_vec()).expect("each step is allowed"))).collect();
    assert_eq!(steps, [Step::NotBegun, Step::NewSecret, Step::Test, Step::Switch, Step::Ucc, Step::Kept]);
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
fn a_forgotten_secret_that_comes_back_is_asked_about() {
    let switched = |number| [Act::Begin, Act::Forget, give(number), Act::Switch(Proof::WithoutTest)];
    let first = vec![Act::Begin, give(1), Act::Switch(Proof::WithoutTest)];
    let profile = played([first, switched(0).to_vec()].concat()).expect("allowed");
    assert_eq!(profile.client_secret, Some(secret(0)));
    assert!(profile.ucc_behind().is_some(), "the profile cannot know that the UCC never had another one");
}

#[test]
fn what_is_in_the_way_is_named() {
    let refused = |acts: Vec<Act>| played(acts).expect_err("refused");
    assert_eq!(refused(vec![give(1)]), RenewalError::NotBegun);
    assert_eq!(refused(vec![Act::Begin, give(0)]), RenewalError::SameAsPresent);
    assert_eq!(refused(vec![Act::Begin, give(1), give(2)]), RenewalError::SecretGivenAlready);
    assert_eq!(refused(vec![Act::Begin, Act::Switch(Proof::WithoutTest)]), RenewalError::NoSecretYet);
    assert_eq!(refused(vec![Act::Begin, give(1), Act::Switch(Proof::Tested)]), RenewalError::NotTested);
    assert_eq!(refused(vec![Act::Begin, give(1), Act::Cancel(Discard::Nothing)]), RenewalError::NewSecretWouldBeLost);
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

fn switched() -> Vec<Act> {
    vec![Act::Begin, give(1), Act::Switch(Proof::WithoutTest)]
}

fn in_days(days: i64) -> Option<NaiveDate> {
    today().checked_add_signed(Duration::days(days))
}

#[test]
fn until_the_ucc_has_the_new_string_the_old_date_counts() {
    let mut profile = played(switched()).expect("allowed");
    assert_eq!((profile.secret_expires, profile.expires()), (in_days(700), in_days(5)));
    assert_eq!(profile.expiry_state(begin()), Some(ExpiryState::Urgent));
    let behind = profile.ucc_behind().expect("behind");
    assert_eq!(
        behind.describe(begin()),
        format!(
            "The UCC still uses the old client secret, which expires on {}.",
            crate::written_day::long(in_days(5).expect("a day"))
        )
    );
    // The former secret is dropped on its day: the UCC no longer works, and that is not forgotten with it.
    let later = begin() + Duration::days(6);
    assert!(forget_due(&mut profile, later) && profile.former_secret.is_none());
    assert_eq!((profile.expires(), profile.expiry_state(later)), (in_days(5), Some(ExpiryState::Expired)));
    assert_eq!(Step::of(&profile), Step::Ucc);
    assert_eq!(apply(&mut profile, Act::ConfirmUcc, later), Ok(Some(Event::UccUpdated)));
    assert_eq!((profile.expires(), profile.expiry_state(later)), (in_days(700), Some(ExpiryState::Fine)));
    assert_eq!(profile.ucc_update.as_ref().and_then(|update| update.done), Some(later));
    assert_eq!(apply(&mut profile, Act::ConfirmUcc, later), Ok(None), "once");
    assert_eq!(Step::of(&profile), Step::NotBegun);
}

#[test]
fn a_far_or_unknown_old_date_needs_attention_too() {
    let mut profile = profile();
    for (former, own, counts) in [
        (in_days(400), in_days(700), in_days(400)),
        (None, in_days(700), None),
        (in_days(400), in_days(90), in_days(90)),
    ] {
        profile.secret_expires = own;
        profile.ucc_update = Some(Box::new(crate::profile::UccUpdate::pending(begin(), former)));
        assert_eq!(profile.expires(), counts);
        assert_eq!(profile.expiry_state(begin()), Some(ExpiryState::Soon), "{former:?}");
    }
}

/// A profile as a version without this step leaves it after a switch.
fn switched_by_an_earlier_version(former_is_kept: bool) -> Profile {
    let mut profile = profile();
    (profile.client_secret, profile.secret_expires) = (Some(secret(1)), in_days(700));
    profile.former_secret = former_is_kept.then(|| {
        let (secret, expires, replaced_at) = (secret(0), in_days(5), begin());
        Box::new(FormerSecret { secret, expires, replaced_at, key_id: None, newer: SecretText::default() })
    });
    profile
}

#[test]
fn a_renewal_by_an_earlier_version_waits_for_the_ucc_only_while_it_is_open() {
    let mut open = switched_by_an_earlier_version(true);
    assert_eq!((Step::of(&open), open.expires()), (Step::Ucc, in_days(5)));
    let mut forgotten = open.clone();
    apply(&mut forgotten, Act::Forget, begin()).expect("allowed");
    assert_eq!((Step::of(&forgotten), forgotten.expires()), (Step::Ucc, in_days(5)), "not forgotten with the secret");
    apply(&mut open, Act::ConfirmUcc, begin()).expect("allowed");
    assert_eq!((Step::of(&open), open.expires()), (Step::Kept, in_days(700)));
    let finished = switched_by_an_earlier_version(false);
    assert_eq!((Step::of(&finished), finished.expires()), (Step::NotBegun, in_days(700)));
    // One that was confirmed here, and then another one by that version.
    open.former_secret.as_mut().expect("kept").replaced_at = begin() + Duration::days(1);
    assert_eq!((Step::of(&open), open.expires()), (Step::Ucc, in_days(5)));
}

#[test]
fn a_secret_that_was_deleted_in_entra_id_no_longer_works_for_the_ucc() {
    let profile = played([switched(), vec![Act::DeletedFromEntra]].concat()).expect("allowed");
    assert_eq!((profile.expires(), profile.expiry_state(begin())), (Some(today()), Some(ExpiryState::Expired)));
    let acts = [switched(), vec![Act::ConfirmUcc, Act::DeletedFromEntra]].concat();
    assert_eq!(played(acts).expect("allowed").expires(), in_days(700));
}

#[test]
fn a_ucc_that_missed_two_renewals_uses_the_oldest_secret() {
    let second = vec![Act::Forget, Act::Begin, give(2), Act::Switch(Proof::WithoutTest)];
    let acts = [switched(), second].concat();
    let profile = played(acts.clone()).expect("allowed");
    assert_eq!(
        (profile.former_secret.as_ref().and_then(|it| it.expires), profile.expires()),
        (in_days(700), in_days(5))
    );
    let back = played([acts.clone(), vec![Act::RollBack]].concat()).expect("allowed");
    assert_eq!((back.client_secret.clone(), back.expires()), (Some(secret(1)), in_days(5)));
    let deleted = played([acts, vec![Act::DeletedFromEntra]].concat()).expect("allowed");
    assert_eq!(deleted.expires(), in_days(5), "another one was deleted");
}
