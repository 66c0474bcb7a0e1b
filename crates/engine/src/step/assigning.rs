//! Putting somebody into a relation to the case, and what happens when nobody is found.

use super::effects::unassign;
use super::notices::{holders, tell, vacant};
use super::turn::Turn;
use crate::def::{AssignTo, Relation, Who};
use crate::event::Event;
use crate::world::{Actor, Member};

/// Puts the first that is found into the relation. Where a search finds nobody, that is told: a case must not lie
/// where nobody looks.
pub(super) fn assign(
    turn: &mut Turn,
    relation: Relation,
    ladder: (&AssignTo, &[AssignTo]),
    tell_them: &[Who],
) {
    let (to, or) = ladder;
    let Some(staff) = std::iter::once(to).chain(or).find_map(|to| choose(turn, to)) else {
        let searched = std::iter::once(to).chain(or).any(searches);
        if searched || !tell_them.is_empty() {
            nobody(turn, relation, tell_them);
        }
        return;
    };
    unassign(turn, relation, Some(&staff));
    if !turn.case.is(relation, &staff) {
        turn.emit(Event::Joined { relation, staff });
    }
}

/// Whether it looks among the holders of a post, who may be absent; a field or a relation is empty on purpose.
fn searches(to: &AssignTo) -> bool {
    matches!(
        to,
        AssignTo::Area(_) | AssignTo::Duty(_) | AssignTo::Phase | AssignTo::Dispatch { .. }
    )
}

fn nobody(turn: &mut Turn, relation: Relation, whos: &[Who]) {
    let text = format!("没有可派的{}，请指派", relation.title());
    if !whos.is_empty() {
        return tell(turn, whos, &text);
    }
    vacant(turn, &text);
}

fn choose(turn: &Turn, to: &AssignTo) -> Option<String> {
    match to {
        AssignTo::Actor => match &turn.actor {
            // What another system does, it does not take upon itself.
            Actor::Staff(id) if !turn.world.roster.iter().any(|m| m.service && m.id == *id) => {
                Some(id.clone())
            }
            _ => None,
        },
        AssignTo::Field(field) => turn.case.data.get(field)?.as_str().map(str::to_owned),
        AssignTo::Relation(relation) => turn.case.in_relation(*relation).next().map(str::to_owned),
        AssignTo::Area(post) => least_loaded(holders(turn, post)),
        AssignTo::Duty(post) => least_loaded(holders(turn, post).filter(|m| m.on_duty)),
        AssignTo::Phase => serving(turn),
        AssignTo::Dispatch { post, skill } => {
            let skill = skill.as_ref().and_then(|f| turn.case.data.get(f)?.as_str());
            propose(turn, post, skill).first().map(|m| m.id.clone())
        }
    }
}

/// Who serves the owner now; what is about no home belongs to the last phase.
fn serving(turn: &Turn) -> Option<String> {
    let phases = &turn.world.live.phases;
    let now = match &turn.case.home {
        Some(_) => phases.iter().position(|p| Some(p) == turn.world.phase()),
        None => phases.len().checked_sub(1),
    };
    phases[now?..]
        .iter()
        .find_map(|phase| least_loaded(holders(turn, &phase.post)))
}

/// Holders of a post that may be sent, best first: right skill, on duty, fewest open cases (REPAIR-4).
fn propose<'t>(turn: &'t Turn, post: &'t str, skill: Option<&str>) -> Vec<&'t Member> {
    let mut found: Vec<&Member> = holders(turn, post)
        .filter(|m| m.on_duty && skill.is_none_or(|s| m.skills.is_empty() || m.skills.contains(s)))
        .collect();
    found.sort_by_key(|m| (m.load, m.id.clone()));
    found
}

fn least_loaded<'t>(members: impl Iterator<Item = &'t Member>) -> Option<String> {
    members
        .min_by_key(|m| (!m.on_duty, m.load, m.id.clone()))
        .map(|m| m.id.clone())
}
