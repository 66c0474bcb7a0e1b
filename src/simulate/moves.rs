//! What somebody does next with a case: a weighted choice among the offers the engine makes to people who may act.

use super::chance::Chance;
use super::weights::{AGAIN, base};
use engine::case::Case;
use engine::def::{Ask, Who};
use engine::load::Rules;
use engine::step::{self, Actor, Builtin, Offer, World};
use serde_json::Value;

/// A move somebody makes.
pub struct Move {
    pub actor: Actor,
    pub action: String,
    pub ask: Vec<Ask>,
    pub builtin: Option<Builtin>,
}

/// Weight of leaving things as they are for now, against 5 to 10 of the usual next step.
const REST: f64 = 0.3;
/// What must be done lest a deadline is missed is more likely by so much.
const PRESSING: f64 = 6.0;

/// Chooses; none: nobody does anything for now.
pub fn choose(chance: &mut Chance, world: &World, rules: &Rules, case: &Case) -> Option<Move> {
    let mut options: Vec<(f64, Option<Move>)> = vec![(REST, None)];
    let mut seen: Vec<String> = Vec::new();
    for actor in people(chance, world, rules, case) {
        for offer in step::offers(world, case, &actor) {
            let weight = weight_of(rules, case, &offer, &actor);
            if weight > 0.0 && !seen.contains(&offer.name) {
                seen.push(offer.name.clone());
                let Offer {
                    name, ask, builtin, ..
                } = offer;
                options.push((
                    weight,
                    Some(Move {
                        actor: actor.clone(),
                        action: name,
                        ask,
                        builtin,
                    }),
                ));
            }
        }
    }
    let weights: Vec<f64> = options.iter().map(|o| o.0).collect();
    let chosen = chance.weighted(&weights)?;
    options.swap_remove(chosen).1
}

/// Somebody of each sort that the actions of this stage, or a signature, are for; in any order.
fn people(chance: &mut Chance, world: &World, rules: &Rules, case: &Case) -> Vec<Actor> {
    let here = |from: &[String]| {
        if from.is_empty() {
            !case.closed()
        } else {
            from.contains(&case.stage)
        }
    };
    let actions = rules
        .kind
        .actions
        .iter()
        .filter(|a| here(&a.from) && base(case, &a.name) > 0.0);
    let mut whos: Vec<Who> = Vec::new();
    let slots = case
        .open_signing()
        .and_then(|s| s.round())
        .into_iter()
        .flat_map(|r| &r.slots);
    let slots: Vec<_> = slots.filter(|slot| slot.signed.is_none()).collect();
    for who in actions
        .flat_map(|a| &a.by)
        .chain(slots.iter().flat_map(|s| &s.who))
    {
        if !whos.contains(who) {
            whos.push(who.clone());
        }
    }
    let mut actors: Vec<Actor> = Vec::new();
    let mut add = |actor: Actor| {
        if !actors.contains(&actor) {
            actors.push(actor);
        }
    };
    for who in &whos {
        match who {
            Who::Post(post) | Who::Duty(post) => {
                let held: Vec<_> = world.roster.iter().filter(|m| m.posts.contains(post)).collect();
                let ready: Vec<_> = held.iter().copied().filter(|m| m.on_duty).collect();
                let from = if ready.is_empty() || chance.hit(0.3) {
                    held
                } else {
                    ready
                };
                if !from.is_empty() {
                    add(Actor::Staff(chance.one(&from).id.clone()));
                }
            }
            Who::Relation(relation) => case
                .in_relation(*relation)
                .for_each(|id| add(Actor::Staff(id.to_owned()))),
            Who::Unread => case.unread.iter().for_each(|id| add(Actor::Staff(id.clone()))),
            Who::Field(field) => {
                if let Some(id) = case.data.get(field).and_then(Value::as_str) {
                    add(Actor::Staff(id.to_owned()));
                }
            }
            Who::Link(link) if case.links.contains(link) => add(Actor::Link(link.clone())),
            Who::Link(_) | Who::Staff | Who::System => {}
        }
    }
    slots
        .iter()
        .flat_map(|s| &s.people)
        .for_each(|id| add(Actor::Staff(id.clone())));
    case.passing.iter().for_each(|p| add(Actor::Staff(p.to.clone())));
    chance.shuffle(&mut actors);
    actors
}

fn weight_of(rules: &Rules, case: &Case, offer: &Offer, actor: &Actor) -> f64 {
    if let Some(builtin) = offer.builtin {
        return match (builtin, actor) {
            (Builtin::Agree, _) => 10.0,
            (Builtin::Refuse, Actor::Staff(_)) => 0.3,
            // Nobody signs what they asked for: when there is nobody else, it is asked for again by somebody else.
            (Builtin::Withdraw, _) if case.next_due().is_some_and(|run| run.breached_at.is_some()) => 2.0,
            (Builtin::AcceptPass, _) => 12.0,
            (Builtin::TellCustomer, _) => 3.0,
            (Builtin::RefusePass, _) => 0.3,
            (Builtin::PassOn, _) if matches!(case.kind.as_str(), "complaint" | "matter") => 0.12,
            (Builtin::Remind, Actor::Link(_)) if !case.runs.is_empty() => 0.12,
            _ => 0.0,
        };
    }
    let Some(action) = rules.action(&offer.name) else {
        return 0.0;
    };
    let mut weight = base(case, &offer.name);
    let pressing = case
        .next_due()
        .is_some_and(|run| action.stops.contains(&run.clock));
    let stays = action.to.as_ref().is_none_or(|to| *to == case.stage);
    let mut required = action.ask.iter().filter(|a| a.required).peekable();
    let asked = required.peek().is_some();
    if pressing {
        weight *= PRESSING;
    } else if stays && asked && required.all(|a| case.data.contains_key(&a.field)) {
        weight *= AGAIN;
    }
    weight
}
