//! A model of who can open a vault over time: people who come and go, work on two copies that are synchronised, keep the vault
//! open or are away, and an attacker who was removed, may write any file, and uses all that he ever knew.
//!
//! What has to hold whatever happens: nobody reads what is saved by somebody in whose list of members he is not; no member is
//! locked out; nothing that was acknowledged is lost.
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
    let cases_begun = Cell::new(0usize);
    let played = Cell::new(0usize);
    let attacked = Cell::new(0usize);
    runner
        .run(&proptest::collection::vec(step(), length), |steps| {
            let mut world = World::new();
            // Everybody is there and one has just been removed, or, in every fourth case, it begins with one person.
            let begun =
                if cases_begun.replace(cases_begun.get() + 1).is_multiple_of(4) { &[][..] } else { &BEGINNING[..] };
            for step in begun.iter().chain(&steps) {
                world.play(step);
                played.set(played.get() + 1);
                attacked.set(attacked.get() + usize::from(world.is_attacker.is_some()));
            }
            Ok(())
        })
        .expect("it holds in every state");
    assert!(attacked.get() * 4 > played.get(), "of {} steps {} had an attacker", played.get(), attacked.get());
    println!("{} steps, {} of them with an attacker", played.get(), attacked.get());
}
