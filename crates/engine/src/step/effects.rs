//! What each effect of the closed list does.

use super::notices::{people, tell};
use super::turn::Turn;
use super::{assigning, claims, guests};
use crate::case::Data;
use crate::def::{Effect, OpenChild, Relation, Who};
use crate::env::{CaseEnv, RowOf};
use crate::event::Event;
use crate::refusal::{Refusal, Why};
use std::collections::BTreeMap;

/// The fields that `set` effects fill belong to the same change as the action's own input.
pub(super) fn gather_sets(turn: &Turn, effects: &[Effect], set: &mut Data) {
    for effect in effects {
        let Effect::Set(fields) = effect.inner() else {
            continue;
        };
        // What follows from what was entered is known before it is read.
        let mut known = set.clone();
        crate::form::compute(turn.world, turn.rules, &turn.case, &mut known);
        let mut after = turn.case.clone();
        after.data.extend(known);
        let env = CaseEnv::guard(turn.world, &after);
        if matches!(effect, Effect::When { when, .. } if !turn.rules.test(when, &env)) {
            continue;
        }
        for (field, expression) in fields {
            set.insert(field.clone(), turn.rules.value(expression, &env));
        }
    }
}

/// Words of the manual with what stands in the case.
fn filled(turn: &Turn, text: &str) -> String {
    let world = turn.world;
    crate::tell::fill(text, turn.rules, &turn.case, &world.home, world.roster)
}

pub(super) fn perform(turn: &mut Turn, effect: &Effect) -> Result<(), Refusal> {
    match effect {
        Effect::Set(_) => {}
        Effect::When { when, effect } => {
            if turn.test(when) {
                perform(turn, effect)?;
            }
        }
        Effect::Notify { to, text } => {
            let text = filled(turn, text);
            tell(turn, to, &text);
        }
        Effect::Assign {
            relation,
            to,
            or,
            tell,
        } => assigning::assign(turn, *relation, (to, or), tell),
        Effect::Unassign { relation } => unassign(turn, *relation, None),
        Effect::Open(open) => open_children(turn, open),
        Effect::Circulate { to, text } => {
            let text = filled(turn, text);
            circulate(turn, to, text);
        }
        Effect::Parent { act, or, set, amends } => {
            let mut set = values(turn, set);
            if *amends {
                set.extend(amended(turn)?);
            }
            turn.emit(Event::ParentAsked {
                act: act.clone(),
                or: or.clone(),
                set,
            });
        }
        Effect::Act {
            at,
            act,
            or,
            set,
            later,
        } => {
            // Nobody holds the claim: there is nobody to act.
            if let Some(other) = turn.world.reached.get(at) {
                turn.emit(Event::Asked {
                    at: at.clone(),
                    case: other.id.clone(),
                    act: act.clone(),
                    or: or.clone(),
                    set: values(turn, set),
                    later: *later,
                });
            }
        }
        Effect::JoinHome(text) => {
            let home = turn.rules.value(text, &CaseEnv::guard(turn.world, &turn.case));
            if let Some(home) = home
                .as_str()
                .filter(|home| turn.case.home.as_deref() != Some(*home))
            {
                turn.emit(Event::HomeJoined {
                    home: home.to_owned(),
                    set: Data::new(),
                });
            }
        }
        Effect::Home(change) => {
            let day = turn
                .rules
                .value(&change.delivered_on, &CaseEnv::guard(turn.world, &turn.case));
            if let (Some(home), Some(day)) = (turn.case.home.clone(), day.as_str()) {
                turn.emit(Event::HomeChanged {
                    home,
                    delivered_on: day.to_owned(),
                });
            }
        }
        Effect::Claim(name) => claims::take(turn, name)?,
        Effect::Release(name) => claims::release(turn, name),
        Effect::Urge => urge(turn),
        Effect::GiveLink(link) => guests::give(turn, link),
        Effect::TakeLink(link) => {
            if turn.case.links.contains(link) {
                turn.emit(Event::LinkTaken { link: link.clone() });
            }
        }
        Effect::CloseChildren(kind) => {
            let open = turn
                .world
                .children
                .iter()
                .any(|c| &c.kind == kind && c.closed_at.is_none());
            if open {
                turn.emit(Event::ChildrenClosed { kind: kind.clone() });
            }
        }
    }
    Ok(())
}

pub(super) fn urge(turn: &mut Turn) {
    if turn.case.urgency < 2 {
        turn.emit(Event::Urged {
            urgency: turn.case.urgency + 1,
        });
    }
}

pub(super) fn unassign(turn: &mut Turn, relation: Relation, except: Option<&str>) {
    let leaving: Vec<String> = turn
        .case
        .in_relation(relation)
        .filter(|s| Some(*s) != except)
        .map(str::to_owned)
        .collect();
    for staff in leaving {
        turn.emit(Event::Left { relation, staff });
    }
}

/// Sends something round; who is to acknowledge it comes to see the case, whatever their post.
fn circulate(turn: &mut Turn, to: &[Who], text: String) {
    let to: Vec<String> = people(turn, to).into_iter().collect();
    for staff in &to {
        if !turn.case.people.iter().any(|(_, person)| person == staff) {
            turn.emit(Event::Joined {
                relation: Relation::Copied,
                staff: staff.clone(),
            });
        }
    }
    turn.emit(Event::Circulated {
        to,
        text: text.clone(),
    });
    tell(turn, &[Who::Unread], &text);
}

/// The fields this kind amends, to be written back; the parent must be as it was when this case began.
fn amended(turn: &Turn) -> Result<Data, Refusal> {
    let now = turn.world.reached.get("parent").map(|parent| &parent.data);
    let mut set = Data::new();
    for name in &turn.rules.kind.amends {
        let value = |data: &Data| data.get(name).cloned().unwrap_or_default();
        if now.is_some_and(|now| value(now) != value(&turn.case.was)) {
            let title = turn.rules.field(name).map_or(name.as_str(), |f| f.title.as_str());
            let sentence = format!("原事项的“{title}”在这期间已经改过，请核对后重新申请");
            return Err(Refusal::new(Why::Condition, sentence));
        }
        set.insert(name.clone(), value(&turn.case.data));
    }
    Ok(set)
}

/// Opens a child, or one for each row of a table that is meant.
fn open_children(turn: &mut Turn, open: &OpenChild) {
    let rows = match &open.each {
        None => vec![Data::new()],
        Some(table) => {
            let rows = turn.case.data.get(table).and_then(|rows| rows.as_array());
            let rows = rows.into_iter().flatten();
            rows.filter_map(|row| row.as_object().cloned()).collect()
        }
    };
    for row in rows {
        let env = RowOf {
            case: &CaseEnv::guard(turn.world, &turn.case),
            row: &row,
        };
        if open
            .when
            .as_ref()
            .is_some_and(|when| !turn.rules.test(when, &env))
        {
            continue;
        }
        let value = |text: &String| turn.rules.value(text, &env);
        let text = |text: &Option<String>| {
            let value = value(text.as_ref()?);
            value.as_str().map(str::to_owned)
        };
        let (home, customer) = (text(&open.home), text(&open.customer));
        let given = open.set.iter().map(|(field, text)| (field.clone(), value(text)));
        let data = given.filter(|(_, value)| !value.is_null()).collect();
        open_child_of(turn, &open.child, data, home, customer);
    }
}

/// Opens a child and gives its id.
pub(super) fn open_child_with(turn: &mut Turn, child: &str, data: Data) -> Option<String> {
    open_child_of(turn, child, data, None, None)
}

fn open_child_of(
    turn: &mut Turn,
    child: &str,
    data: Data,
    home: Option<String>,
    customer: Option<String>,
) -> Option<String> {
    let def = turn.rules.kind.children.iter().find(|c| c.kind == child)?;
    let people = turn
        .case
        .people
        .iter()
        .filter(|(r, _)| def.keep.contains(r))
        .cloned()
        .collect();
    let id = (turn.world.ids)();
    turn.emit(Event::ChildOpened {
        id: id.clone(),
        kind: def.kind.clone(),
        data,
        people,
        home,
        customer,
    });
    Some(id)
}

pub(super) fn values(turn: &Turn, set: &BTreeMap<String, String>) -> Data {
    let env = CaseEnv::guard(turn.world, &turn.case);
    let given = set
        .iter()
        .map(|(field, text)| (field.clone(), turn.rules.value(text, &env)));
    given.filter(|(_, value)| !value.is_null()).collect()
}
