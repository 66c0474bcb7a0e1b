//! Random walks through every kind, and what must hold at every step of them.

use crate::MANUAL;
use crate::dice::Dice;
use crate::everywhere::distances;
use crate::house::House;
use crate::sound::sound;
use crate::stroll::{begin, choose, input, pause, perform, stride};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use yizhan_engine::def::{Kind, Tone};
use yizhan_engine::step::{Builtin, Offer};

/// Walks of each kind; each is as long as its tape.
const WALKS: u32 = 14;
const STEPS: usize = 40;

/// Kinds are dealt out to four tests, which run side by side.
fn walks(part: usize) {
    for name in MANUAL.kinds.keys().skip(part).step_by(4) {
        let config = ProptestConfig {
            cases: WALKS,
            failure_persistence: None,
            max_shrink_iters: 4,
            ..Default::default()
        };
        let tape = proptest::collection::vec(any::<u64>(), 1..STEPS);
        let walked = TestRunner::new(config).run(&tape, |tape| {
            let mut house = begin(name, tape[0]);
            for seed in tape {
                stride(&mut house, &mut Dice::new(seed));
                sound(&house);
            }
            let stuck = finish(&house);
            prop_assert!(
                stuck.is_none(),
                "no end was reached:\n{}",
                stuck.unwrap_or_default()
            );
            Ok(())
        });
        walked.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
}

#[test]
fn every_walk_keeps_the_rules_and_comes_to_an_end_1() {
    walks(0);
}

#[test]
fn every_walk_keeps_the_rules_and_comes_to_an_end_2() {
    walks(1);
}

#[test]
fn every_walk_keeps_the_rules_and_comes_to_an_end_3() {
    walks(2);
}

#[test]
fn every_walk_keeps_the_rules_and_comes_to_an_end_4() {
    walks(3);
}

/// Looks for an end of every open case by going mostly towards one, every second time towards a good one: what was
/// called off may not be enough for the case above. Gives what it could not end.
fn finish(house: &House) -> Option<String> {
    let mut stuck = String::new();
    for attempt in 0..20 {
        let mut house = house.clone();
        let mut dice = Dice::new(attempt);
        for _ in 0..150 {
            let open: Vec<_> = house.lived().filter(|c| !c.closed()).collect();
            if open.is_empty() {
                return None;
            }
            let id = dice.pick(&open).id.clone();
            if dice.chance(15) {
                let to = house.now + pause(&mut dice);
                house.pass_to(to, &mut dice);
                continue;
            }
            let weigh = homewards(&house.rules(&id).kind, &house.cases[&id].stage, attempt % 2 == 1);
            if let Some((actor, offer)) = choose(&house, &id, &mut dice, weigh) {
                let input = input(&house, &id, &offer, &mut dice);
                perform(&mut house, &id, &actor, &offer, &input);
            }
        }
        let open = house.lived().filter(|c| !c.closed());
        stuck = open
            .map(|c| format!("{} in {} {:?} {:?}\n", c.kind, c.stage, c.data, c.open_signing()))
            .collect();
    }
    Some(stuck)
}

/// Mostly what leads nearer to an end, or to a good one where there is a way.
fn homewards<'k>(kind: &'k Kind, stage: &str, good: bool) -> impl Fn(&Offer) -> usize + use<'k> {
    let mut far = distances(kind, |s| s.ends && !(good && s.tone == Some(Tone::Void)));
    if far[stage] == usize::MAX {
        far = distances(kind, |s| s.ends);
    }
    let here = far[stage];
    move |offer| match (offer.builtin, &offer.to) {
        (Some(Builtin::Agree | Builtin::Acknowledge), _) => 12,
        (Some(Builtin::Refuse | Builtin::Withdraw), _) => 1,
        (Some(_), _) => 0,
        (None, Some(to)) if far[to.as_str()] < here => 12,
        (None, Some(_)) => 1,
        (None, None) => 3,
    }
}
