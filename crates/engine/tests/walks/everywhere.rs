//! Everything the manual names can be reached: no dead ends, no actions nobody ever comes to.

use crate::MANUAL;
use crate::dice::Dice;
use crate::house::House;
use crate::stroll::{begin, choose, input, pause, perform};
use std::collections::{BTreeMap, BTreeSet};
use yizhan_engine::def::{Action, Effect, Kind, Stage};
use yizhan_engine::step::{Builtin, Offer};

/// What nobody can ever reach should not be in the manual. The seeds are fixed: found once is found always.
#[test]
fn every_action_and_stage_of_every_kind_is_walked_through() {
    let kinds = || MANUAL.kinds.values().map(|rules| &rules.kind);
    let pair = |kind: &Kind, name: &String| (kind.name.clone(), name.clone());
    let mut actions: Pairs = kinds()
        .flat_map(|k| k.actions.iter().map(|a| pair(k, &a.name)))
        .collect();
    let mut stages: Pairs = kinds()
        .flat_map(|k| k.stages.iter().map(|s| pair(k, &s.name)))
        .collect();
    // What needs several homes, or a case of another kind in some state, is no matter of chance: a story reaches it.
    let told = yizhan_engine::example::run(&MANUAL).reached;
    actions.retain(|(kind, action)| !told.did(kind, action));
    stages.retain(|(kind, stage)| !told.been(kind, stage));
    for seed in 0..200 {
        for name in MANUAL.kinds.keys() {
            if !actions.iter().chain(&stages).any(|(kind, _)| kind == name) {
                continue;
            }
            let mut house = begin(name, seed);
            let mut dice = Dice::new(seed);
            for _ in 0..80 {
                seek(&mut house, name, &actions, seed as usize, &mut dice);
                house.cases.values().for_each(|c| {
                    stages.remove(&(c.kind.clone(), c.stage.clone()));
                });
                actions.retain(|action| !house.done.contains(action));
            }
        }
    }
    assert!(
        actions.is_empty() && stages.is_empty(),
        "never reached: {actions:?} {stages:?}"
    );
}

/// Kind and action, or kind and stage.
type Pairs = BTreeSet<(String, String)>;

/// Goes where it has not been, or nearer to it, else the usual way. How readily signers refuse changes with the mood.
fn seek(house: &mut House, name: &str, left: &Pairs, mood: usize, dice: &mut Dice) {
    if dice.chance(20) {
        let to = house.now + pause(dice);
        return house.pass_to(to, dice);
    }
    let ids: Vec<String> = house.cases.keys().cloned().collect();
    let id = dice.pick(&ids).clone();
    let case = &house.cases[&id];
    let kind = &house.rules(&id).kind;
    let is_left = |action: &String| left.contains(&(case.kind.clone(), action.clone()));
    let parent = case.parent.as_ref().map(|p| &house.cases[p].kind);
    // What the parent has not done yet may be for this case to ask for.
    let asked = |effect: &Effect| match (effect.inner(), parent) {
        (Effect::Parent { act, or, .. }, Some(parent)) => [Some(act), or.as_ref()]
            .into_iter()
            .flatten()
            .any(|act| left.contains(&(parent.clone(), act.clone()))),
        _ => false,
    };
    let wanted = |action: &Action| is_left(&action.name) || action.effects.iter().any(asked);
    let wanted_name = |name: &str| kind.actions.iter().any(|a| a.name == name && wanted(a));
    let far = distances(kind, |stage| {
        kind.actions.iter().any(|a| wanted(a) && starts_in(a, stage))
    });
    let here = far[case.stage.as_str()];
    let ends = |to: &String| kind.stages.iter().any(|s| s.ends && s.name == *to);
    let signoff = kind.signoffs.iter().find(|s| s.stage == case.stage);
    let weigh = |offer: &Offer| match (offer.builtin, &offer.to) {
        (Some(Builtin::Agree | Builtin::Acknowledge), _) => 80,
        (Some(Builtin::Withdraw), _) if signoff.and_then(|s| s.withdrawn.as_ref()).is_some_and(is_left) => {
            300
        }
        (Some(Builtin::Refuse | Builtin::Withdraw), _) => mood % 3 * 10,
        (Some(_), _) => 0,
        (None, _) if wanted_name(&offer.name) => 300,
        (None, Some(to)) if far[to.as_str()] < here => 120,
        (None, _) if case.closed() => 0,
        (None, Some(to)) if case.kind == name && ends(to) => 3,
        (None, _) if offer.main => 80,
        (None, _) => 25,
    };
    if let Some((actor, offer)) = choose(house, &id, dice, weigh) {
        let input = input(house, &id, &offer, dice);
        perform(house, &id, &actor, &offer, &input);
    }
}

/// How many actions each stage is away from a goal, whatever their conditions.
pub fn distances(kind: &Kind, goal: impl Fn(&Stage) -> bool) -> BTreeMap<&str, usize> {
    let far = |stage: &Stage| if goal(stage) { 0 } else { usize::MAX };
    let mut found: BTreeMap<&str, usize> = kind.stages.iter().map(|s| (s.name.as_str(), far(s))).collect();
    for _ in &kind.stages {
        for action in &kind.actions {
            let Some(to) = &action.to else { continue };
            let next = found[to.as_str()].saturating_add(1);
            for stage in kind.stages.iter().filter(|stage| starts_in(action, stage)) {
                let known = found.get_mut(stage.name.as_str()).unwrap();
                *known = next.min(*known);
            }
        }
    }
    found
}

fn starts_in(action: &Action, stage: &Stage) -> bool {
    if action.from.is_empty() {
        !stage.ends
    } else {
        action.from.contains(&stage.name)
    }
}
