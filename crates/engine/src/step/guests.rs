//! Guests: on what ground the holder of a link stands.

use super::turn::Turn;
use super::who::{is_one_of, rules_of};
use crate::case::Case;
use crate::def::{Effect, Link, Relation};
use crate::env::CaseEnv;
use crate::event::Event;
use crate::load::Rules;
use crate::world::{Actor, World};

/// Hands out a link; of a guest it is noted to whom.
pub(super) fn give(turn: &mut Turn, link: &Link) {
    let to = named(turn.rules, &turn.case, link);
    turn.emit(Event::LinkGiven {
        link: link.clone(),
        to,
    });
}

/// What stands in the field that names the guest.
fn named(rules: &Rules, case: &Case, link: &Link) -> Option<String> {
    let field = rules.guest(link)?.who.as_ref()?;
    let value = case.data.get(field).filter(|value| !value.is_null())?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Whether the holder of the link has ground to stand on now: it was handed out to whoever is named today, the case is
/// under way, and nothing the manual says has ended it. Owners, and guards at the gate, stand on their own.
pub fn stands(world: &World, case: &Case, link: &Link) -> bool {
    let (Ok(rules), Link::Guest(name)) = (rules_of(world, &case.kind), link) else {
        return matches!(link, Link::Owner | Link::Gate);
    };
    if !case.links.contains(link) || case.closed() || case.merged_into.is_some() {
        return false;
    }
    let Some(guest) = rules.guest(link) else {
        return false;
    };
    let over = || {
        guest
            .until
            .as_ref()
            .is_some_and(|until| rules.test(until, &CaseEnv::guard(world, case)))
    };
    let grant = case.grants.get(name);
    let another = || grant.is_some_and(|grant| grant.to != named(rules, case, link));
    let late = || ends(rules, case, link).is_some_and(|end| end <= world.now.0);
    !another() && !over() && !late()
}

/// When the link ends for having lasted as long as it may.
pub fn ends(rules: &Rules, case: &Case, link: &Link) -> Option<i64> {
    let lasts = rules.guest(link)?.lasts.as_deref().and_then(super::offset)?;
    Some(case.grants.get(link.name())?.at.0 + lasts)
}

/// Whether a member of staff may hand the link over: whoever may do what hands it out.
pub fn may_hand(world: &World, case: &Case, actor: &Actor, link: &Link) -> bool {
    let Ok(rules) = rules_of(world, &case.kind) else {
        return false;
    };
    let gives = |effects: &[Effect]| {
        effects
            .iter()
            .any(|effect| matches!(effect.inner(), Effect::GiveLink(given) if given == link))
    };
    let at_first = gives(&rules.kind.open.effects).then_some(&rules.kind.open.by);
    let later = rules
        .kind
        .actions
        .iter()
        .filter(|action| gives(&action.effects))
        .map(|action| &action.by);
    let follows = |staff: &String| case.is(Relation::Responsible, staff);
    let responsible = matches!(actor, Actor::Staff(staff) if follows(staff));
    responsible || later.chain(at_first).any(|by| is_one_of(world, case, actor, by))
}
