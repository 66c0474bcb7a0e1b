//! Random walks through every kind, and what must hold at every step of them.

use crate::MANUAL;
use crate::dice::Dice;
use crate::everywhere::distances;
use crate::house::House;
use crate::sound::{sound, waits_for_a_record};
use crate::stroll::{begin, choose, input, pause, perform, stride};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use yizhan_engine::case::Case;
use yizhan_engine::def::{Effect, Kind, Tone, Who};
use yizhan_engine::step::{Builtin, Offer};
use yizhan_engine::time::DAY;

/// Walks of each kind; each is as long as its tape.
const WALKS: u32 = 14;
const STEPS: usize = 40;
/// How long an end is looked for: attempts, rounds of one through all open cases, paces of each in a round.
const ATTEMPTS: u64 = 12;
const ROUNDS: usize = 15;
const PACES: usize = 12;
/// Longer than the furthest day that is ever entered.
const LATEST_ENTERED: i64 = 61 * DAY;

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

/// Looks for an end of every open case, in rounds that give each a few paces; every second time for a good end, for
/// what was called off may not be enough for the case above. Gives what it could not end.
fn finish(house: &House) -> Option<String> {
    let mut left = String::new();
    for attempt in 0..ATTEMPTS {
        let mut house = house.clone();
        let mut dice = Dice::new(attempt);
        for round in 0..ROUNDS {
            for id in still_open(&house) {
                for _ in 0..PACES {
                    if house.cases[&id].closed() {
                        break;
                    }
                    pace(&mut house, &id, &mut dice, attempt % 2 == 1);
                }
            }
            if still_open(&house).is_empty() {
                return None;
            }
            // Once a round, not once a pace: plans open more with the days that pass.
            // Some may not end before three weeks have passed.
            let longer = if round < ROUNDS / 2 { 1 } else { 2 };
            let to = house.now + pause(&mut dice) * longer;
            house.pass_to(to, &mut dice);
        }
        let open = house
            .lived()
            .filter(|c| !c.closed() && !ended_by_others(&house, &c.id));
        let open = open.filter(|c| !asks_more(&house, &c.id) && !waits(&house, c));
        left = open
            .map(|c| format!("{} in {} {:?} {:?}\n", c.kind, c.stage, c.data, c.open_signing()))
            .collect();
        if left.is_empty() {
            return None;
        }
    }
    Some(left)
}

/// Nothing can be done about it now: it waits for another case to be registered, or for a day that was entered and lies
/// further ahead than an end is looked for.
fn waits(house: &House, case: &Case) -> bool {
    let moves = |house: &House| {
        house
            .all_offers(&case.id)
            .iter()
            .any(|(_, o)| o.builtin.is_none())
    };
    let mut later = house.clone();
    later.now += LATEST_ENTERED;
    !moves(house) && (waits_for_a_record(house, case) || moves(&later))
}

/// There is a way on for it, or for what stands under it, and what is entered there must pass checks that chance may
/// never pass; that they can be passed is what the stories show.
fn asks_more(house: &House, id: &str) -> bool {
    let kind = &house.rules(id).kind;
    let checked = |name: &str| kind.actions.iter().any(|a| a.name == name && !a.check.is_empty());
    let here = house.all_offers(id).iter().any(|(_, offer)| checked(&offer.name));
    let mut under = house
        .cases
        .values()
        .filter(|c| !c.closed() && c.parent.as_deref() == Some(id));
    here || under.any(|c| asks_more(house, &c.id))
}

/// What is on record and is brought to its end by other cases alone: a unit for sale, by those that sell it.
fn ended_by_others(house: &House, id: &str) -> bool {
    let kind = &house.rules(id).kind;
    let ends = |stage: &String| kind.stages.iter().any(|s| s.ends && s.name == *stage);
    let mut last = kind.actions.iter().filter(|a| a.to.as_ref().is_some_and(ends));
    kind.key().is_some() && last.all(|a| a.by == [Who::System])
}

fn still_open(house: &House) -> Vec<String> {
    let open = house
        .lived()
        .filter(|c| !c.closed() && !ended_by_others(house, &c.id));
    open.map(|c| c.id.clone()).collect()
}

fn pace(house: &mut House, id: &str, dice: &mut Dice, good: bool) {
    let weigh = homewards(&house.rules(id).kind, &house.cases[id].stage, good);
    if let Some((actor, offer)) = choose(house, id, dice, weigh) {
        // A record that waits for what it opened would otherwise open ever more.
        if opens(&house.rules(id).kind, &offer) && dice.chance(90) {
            return;
        }
        let input = input(house, id, &offer, dice);
        perform(house, id, &actor, &offer, &input);
    }
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

fn opens(kind: &Kind, offer: &Offer) -> bool {
    let action = kind.actions.iter().find(|a| a.name == offer.name);
    action.is_some_and(|a| a.effects.iter().any(|e| matches!(e.inner(), Effect::Open(_))))
}
