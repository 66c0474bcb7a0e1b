//! What is offered is what is accepted: the two questions have one answer.

use crate::MANUAL;
use crate::dice::Dice;
use crate::house::House;
use crate::stroll::{begin, input, stride};
use std::collections::BTreeSet;
use yizhan_engine::step::{self, Actor, Builtin, Input, Why};

/// Every actor × every name, in states met on walks with fixed seeds.
#[test]
fn offered_and_only_offered_is_accepted() {
    for (index, kind) in MANUAL.kinds.keys().enumerate() {
        for seed in 0..3 {
            let seed = index as u64 * 100 + seed;
            let mut house = begin(kind, seed);
            for turn in 0..24 {
                stride(&mut house, &mut Dice::new(seed * 1_000 + turn));
                if turn % 6 == 5 {
                    let ids: Vec<String> = house.cases.keys().cloned().collect();
                    ids.iter().for_each(|id| one_answer(&house, id, seed + turn));
                }
            }
        }
    }
}

fn one_answer(house: &House, id: &str, seed: u64) {
    let mut dice = Dice::new(seed);
    let mut actors = house.actors();
    dice.shuffle(&mut actors);
    actors.truncate(14);
    actors.push(Actor::System);
    let case = &house.cases[id];
    let actions = house.rules(id).kind.actions.iter().map(|a| a.name.as_str());
    let names: Vec<&str> = actions
        .chain(Builtin::ALL.map(Builtin::name))
        .chain(["no-such-action", ""])
        .collect();
    house.look(id, |world| {
        for actor in actors {
            let offers = step::offers(world, case, &actor);
            let offered: BTreeSet<&str> = offers.iter().map(|o| o.name.as_str()).collect();
            assert_eq!(offered.len(), offers.len(), "offered twice");
            for name in &names {
                let told = format!("{actor:?} {name} on {} in {}", case.kind, case.stage);
                let offer = offers.iter().find(|o| o.name == *name);
                let nothing = Input {
                    action: (*name).to_owned(),
                    ..Input::default()
                };
                let input = offer.map_or(nothing, |offer| input(house, id, offer, &mut dice));
                match (offer, step::step(world, case, &actor, &input)) {
                    (Some(_), Ok(_)) => {}
                    (Some(_), Err(refusal)) => assert_eq!(refusal.why, Why::Invalid, "{told}: {refusal:?}"),
                    (None, Err(refusal)) => assert_ne!(refusal.why, Why::Invalid, "{told}: {refusal:?}"),
                    (None, Ok(_)) => panic!("{told}: not offered, but done"),
                }
            }
        }
    });
}
