//! A model of who can open a vault over time: people who come and go, work on two copies that are synchronised, keep the vault
//! open or are away, and an attacker who was removed, may write any file, and uses all that he ever knew.
//!
//! What has to hold whatever happens: a removed person reads nothing that is saved by somebody who has heard of the removal and in
//! whose list of members he is not; no member is locked out; nothing that was acknowledged is lost.
//!
//! The same few hundred steps in each ordinary run; `A365_MODEL_STEPS` says how many others.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::members_world::World;

const STEPS_VARIABLE: &str = "A365_MODEL_STEPS";

/// One step, with numbers that choose whom and what.
#[derive(Clone, Debug)]
pub enum Step {
    Save(usize),
    Add(usize, usize),
    Remove(usize, usize),
    ChangeKeys(usize),
    Look(usize),
    Leave(usize),
    Restore(usize, usize),
    /// Both copies become one, as a sync client does it.
    Synchronise(usize),
    /// The attacker works on a copy that he kept, in one of some ways, and puts it in a place.
    Forge(usize, usize, u8),
    /// The attacker puts an old file in a place.
    Replay(usize, usize),
}

/// Four people are added by the first one, who then removes one of them.
const BEGINNING: [Step; 7] = [
    Step::Add(0, 1),
    Step::Add(0, 2),
    Step::Add(0, 3),
    Step::Add(0, 4),
    Step::Synchronise(0),
    Step::Save(1),
    Step::Remove(0, 3),
];

fn step() -> impl Strategy<Value = Step> {
    let any = || 0usize..1000;
    prop_oneof![
        6 => any().prop_map(Step::Save),
        3 => (any(), any()).prop_map(|(who, whom)| Step::Add(who, whom)),
        2 => (any(), any()).prop_map(|(who, whom)| Step::Remove(who, whom)),
        1 => any().prop_map(Step::ChangeKeys),
        3 => any().prop_map(Step::Look),
        2 => any().prop_map(Step::Leave),
        1 => (any(), any()).prop_map(|(who, which)| Step::Restore(who, which)),
        2 => any().prop_map(Step::Synchronise),
        3 => (any(), any(), proptest::num::u8::ANY).prop_map(|(from, place, how)| Step::Forge(from, place, how)),
        2 => (any(), any()).prop_map(|(which, place)| Step::Replay(which, place)),
    ]
}

#[test]
fn whoever_was_removed_reads_nothing_and_nobody_loses_anything() {
    let asked: Option<usize> = std::env::var(STEPS_VARIABLE).ok().and_then(|steps| steps.parse().ok());
    let steps = asked.unwrap_or(600);
    let length = steps.min(60);
    let cases = u32::try_from(steps / length).expect("a number of cases");
    let config = Config { cases, max_shrink_iters: 300, failure_persistence: None, ..Config::default() };
    // The same steps at each ordinary run, others at each long one.
    let mut runner = match asked {
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
        Some(_) => TestRunner::new(config),
    };
    let played = Cell::new(0usize);
    let attacked = Cell::new(0usize);
    let kept_from_him = Cell::new(0usize);
    let (forged, taken_over) = (Cell::new(0usize), Cell::new(0usize));
    runner
        .run(&(0..4, proptest::collection::vec(step(), length)), |(beginning, steps)| {
            let mut world = World::new();
            // Everybody is there and one has just been removed, or, in every fourth case, it begins with one person.
            let begun = if beginning == 0 { &[][..] } else { &BEGINNING[..] };
            for step in begun.iter().chain(&steps) {
                world.play(step);
                played.set(played.get() + 1);
                attacked.set(attacked.get() + usize::from(world.is_attacker.is_some()));
            }
            kept_from_him.set(kept_from_him.get() + world.not_for_him.len());
            forged.set(forged.get() + world.forged.get());
            taken_over.set(taken_over.get() + world.learnt.borrow().taken_over());
            Ok(())
        })
        .expect("it holds in every state");
    assert!(attacked.get() * 4 > played.get(), "of {} steps {} had an attacker", played.get(), attacked.get());
    assert!(kept_from_him.get() * 20 > played.get(), "{} saves were to be kept from him", kept_from_him.get());
    // Some of his files are right until somebody hears of the removal: were all refused, the writer would be wrong.
    assert!(forged.get() * 50 > played.get(), "{} files by a program of his own", forged.get());
    assert!(taken_over.get() > 0, "nobody who had not heard of the removal believed him");
    println!(
        "{} steps, {} of them with an attacker; {} saves kept from him; {} files by a program of his own; {} saves on those",
        played.get(),
        attacked.get(),
        kept_from_him.get(),
        forged.get(),
        taken_over.get()
    );
}

/// The attacker's own program decrypts what was saved before his removal, and nothing of what comes after it: were it blind,
/// the model would find no breach.
#[test]
fn his_own_program_reads_what_was_saved_before_his_removal() {
    let mut world = World::new();
    BEGINNING.iter().for_each(|step| world.play(step));
    world.play(&Step::Save(0));
    world.he_learns();
    let names: Vec<String> = world.learnt.borrow().names().collect();
    assert!(names.iter().any(|name| name == "p1"), "{names:?}");
    assert!(world.not_for_him.contains("p2") && !names.iter().any(|name| name == "p2"), "{names:?}");
}

/// The attacker shows a file from before he was added to somebody who has never opened the vault, and one of his own to
/// somebody who was away, before either of them has heard of his removal. What follows from that is no breach.
#[test]
fn nothing_can_be_kept_from_him_by_those_who_have_not_heard_of_the_removal() {
    let mut world = World::new();
    let then = [
        Step::Replay(314, 186),
        Step::Forge(541, 219, 5),
        Step::Save(332),
        Step::Save(281),
        Step::Synchronise(61),
        Step::Save(131),
    ];
    for step in BEGINNING.iter().chain(&then) {
        world.play(step);
    }
    assert!(world.is_attacker.is_some());
}

/// Somebody who has only read the vault is shown an older copy of it, which his window merges with what it has read, and
/// restores a backup. That takes away what he had read, too: he was told so.
#[test]
fn a_restored_backup_takes_away_what_the_window_had_merged() {
    let mut world = World::new();
    let then = [
        Step::Save(99),
        Step::Leave(296),
        Step::Remove(651, 422),
        Step::Synchronise(982),
        Step::Save(240),
        Step::Restore(916, 143),
        Step::Leave(435),
        Step::Synchronise(726),
        Step::Save(959),
    ];
    for step in BEGINNING.iter().chain(&then) {
        world.play(step);
    }
    assert!(world.is_attacker.is_some());
}
