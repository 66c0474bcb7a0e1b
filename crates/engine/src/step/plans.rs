//! Plans: recurrences that open children while the case is in given stages (PATROL-4).

use super::effects::{open_child_with, values};
use super::turn::Turn;
use crate::def::PlanDef;
use crate::event::Event;
use crate::time::Time;

const DAY: i64 = 86_400_000;

/// Begins plans whose stages the case has come into, and ends those it has left.
pub(super) fn follow_stage(turn: &mut Turn) {
    for plan in &turn.rules.kind.plans {
        let runs = turn.case.plans.contains_key(&plan.name);
        let should = plan.stages.contains(&turn.case.stage);
        if should && !runs {
            if let Some(next_at) = next(turn, plan, turn.at) {
                turn.emit(Event::PlanSet {
                    plan: plan.name.clone(),
                    next_at,
                    opened: None,
                    missed: false,
                });
            }
        } else if !should && runs {
            turn.emit(Event::PlanEnded {
                plan: plan.name.clone(),
            });
        }
    }
}

pub(super) fn end_all(turn: &mut Turn) {
    let names: Vec<String> = turn.case.plans.keys().cloned().collect();
    for plan in names {
        turn.emit(Event::PlanEnded { plan });
    }
}

/// Opens the children that are due; one that was not done by now is a miss.
pub(super) fn run_due(turn: &mut Turn, wake: Time) {
    for plan in &turn.rules.kind.plans {
        let Some(state) = turn
            .case
            .plans
            .get(&plan.name)
            .filter(|s| s.next_at <= wake)
            .cloned()
        else {
            continue;
        };
        // One that this very look opened stands in no list yet, and is not done either.
        let done = |id: &String| {
            turn.world
                .children
                .iter()
                .any(|c| &c.id == id && c.closed_at.is_some())
        };
        let missed = state.last.as_ref().is_some_and(|id| !done(id));
        let Some(next_at) = next(turn, plan, state.next_at) else {
            turn.emit(Event::PlanEnded {
                plan: plan.name.clone(),
            });
            continue;
        };
        let data = values(turn, &plan.set);
        let opened = open_child_with(turn, &plan.child, data);
        turn.emit(Event::PlanSet {
            plan: plan.name.clone(),
            next_at,
            opened,
            missed,
        });
    }
}

/// The plan's time of day, so many days after the day of `from`.
fn next(turn: &Turn, plan: &PlanDef, from: Time) -> Option<Time> {
    let every = plan
        .every
        .iter()
        .find(|e| e.when.as_ref().is_none_or(|when| turn.test(when)))?;
    let (hour, minute) = plan.at.split_once(':')?;
    let of_day = (hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?) * 60_000;
    let zone = i64::from(turn.world.live.offset()) * 60_000;
    let midnight = (from.0 + zone).div_euclid(DAY) * DAY - zone;
    Some(Time(midnight + i64::from(every.days.max(1)) * DAY + of_day))
}
