//! Who an actor is to a case.

use crate::case::Case;
use crate::def::Who;
use crate::load::Rules;
use crate::refusal::{Refusal, Why};
use crate::world::{Actor, World};

/// The rules of a case's kind in the manual it is pinned to.
///
/// # Errors
/// [`Why::Unknown`] when the manual does not hold the kind.
pub fn rules_of<'a>(world: &World<'a>, kind: &str) -> Result<&'a Rules, Refusal> {
    world
        .manual
        .kind(kind)
        .ok_or_else(|| Refusal::new(Why::Unknown, format!("制度中没有“{kind}”这类事项")))
}

/// What was merged into another case is dealt with there.
pub(super) fn whole(case: &Case) -> Result<(), Refusal> {
    if case.merged_into.is_none() {
        return Ok(());
    }
    Err(Refusal::new(Why::NotNow, "该事项已并入其他事项，请在那里办理"))
}

/// Whether the actor is one of those.
pub fn is_one_of(world: &World, case: &Case, actor: &Actor, whos: &[Who]) -> bool {
    whos.iter().any(|who| is(world, case, actor, who))
}

fn is(world: &World, case: &Case, actor: &Actor, who: &Who) -> bool {
    match (actor, who) {
        (Actor::System, Who::System) => true,
        (Actor::Link(held), Who::Link(wanted)) => held == wanted,
        (Actor::Staff(_), Who::Staff) => true,
        (Actor::Staff(id), Who::Post(post)) => {
            world.roster.iter().any(|m| &m.id == id && m.posts.contains(post))
        }
        (Actor::Staff(id), Who::Duty(post)) => {
            let holds = |m: &&crate::world::Member| m.posts.contains(post);
            let some = world.roster.iter().any(|m| holds(&m) && m.on_duty);
            let mine = world.roster.iter().find(|m| &m.id == id).filter(holds);
            mine.is_some_and(|m| m.on_duty || !some)
        }
        (Actor::Staff(id), Who::Relation(relation)) => case.is(*relation, id),
        (Actor::Staff(id), Who::Unread) => case.unread.contains(id),
        (Actor::Staff(id), Who::Field(field)) => case.data.get(field).and_then(|v| v.as_str()) == Some(id),
        _ => false,
    }
}
