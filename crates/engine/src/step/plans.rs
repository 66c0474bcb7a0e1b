//! Plans: recurrences that open children while the case is in given stages (PATROL-4).

use super::effects::{open_child_with, values};
use super::limits::field_edge;
use super::turn::Turn;
use crate::def::{First, PlanDef};
use crate::event::Event;
use crate::recur::{self, Rhythm};
use crate::time::{Span, Time};
use chrono::Days;

/// Begins plans whose stages the case has come into, and ends those it has left.
pub(super) fn follow_stage(turn: &mut Turn) {
    for plan in &turn.rules.kind.plans {
        let runs = turn.case.plans.contains_key(&plan.name);
        let should = plan.stages.contains(&turn.case.stage);
        if should && !runs {
            if let Some(next_at) = first(turn, plan) {
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
        if over(turn, plan, state.next_at) {
            end(turn, plan);
            continue;
        }
        // One that this very look opened stands in no list yet, and is not done either.
        let done = |id: &String| {
            turn.world
                .children
                .iter()
                .any(|c| &c.id == id && c.closed_at.is_some())
        };
        let missed = state.last.as_ref().is_some_and(|id| !done(id));
        let next_at = next(turn, plan, state.next_at);
        if next_at.is_none() && every(turn, plan).is_none() {
            end(turn, plan);
            continue;
        }
        let data = values(turn, &plan.set);
        let opened = open_child_with(turn, &plan.child, data);
        turn.emit(Event::PlanSet {
            plan: plan.name.clone(),
            next_at: next_at.unwrap_or(state.next_at),
            opened,
            missed,
        });
        if next_at.is_none() {
            end(turn, plan);
        }
    }
}

fn end(turn: &mut Turn, plan: &PlanDef) {
    turn.emit(Event::PlanEnded {
        plan: plan.name.clone(),
    });
}

/// The first run: at once, or at the next time after the start.
fn first(turn: &Turn, plan: &PlanDef) -> Option<Time> {
    let start = plan
        .start
        .as_ref()
        .and_then(|field| field_edge(turn, field, false));
    let from = start.map_or(turn.at, |start| start.max(turn.at));
    let at = match (plan.first, start) {
        (First::Now, _) => Some(from),
        // What lies on the start itself belongs to it.
        (First::Next, Some(_)) => next(turn, plan, from - Span(1)),
        (First::Next, None) => {
            // Counted in days, the day it begins on is not one of them.
            let days = every(turn, plan)?.days.map_or(0, |days| u64::from(days.max(1)));
            let offset = turn.world.live.offset();
            let day = turn.at.date(offset).checked_add_days(Days::new(days))?;
            next(turn, plan, turn.at.max(Time::start_of(day, offset) - Span(1)))
        }
    };
    at.filter(|at| !over(turn, plan, *at))
}

/// The next run after `from`, if there is to be one.
fn next(turn: &Turn, plan: &PlanDef, from: Time) -> Option<Time> {
    let offset = turn.world.live.offset();
    let start = plan
        .start
        .as_ref()
        .and_then(|field| field_edge(turn, field, false));
    let every = every(turn, plan)?;
    // Without a start, days are counted from one run to the next; what the calendar says begins with the case.
    let anchor = match every.days {
        Some(_) => from + Span(1),
        None => turn.case.opened_at,
    };
    let rhythm = Rhythm {
        every,
        at: &plan.at,
        calendar: plan
            .calendar
            .as_ref()
            .and_then(|name| turn.world.live.calendar(name)),
        anchor: start.unwrap_or(anchor).date(offset),
        offset,
    };
    recur::next(&rhythm, from).filter(|at| !over(turn, plan, *at))
}

fn every<'t>(turn: &Turn, plan: &'t PlanDef) -> Option<&'t crate::def::Every> {
    let holds = |when: &String| turn.test(when);
    plan.every.iter().find(|e| e.when.as_ref().is_none_or(holds))
}

/// Whether the plan has come to its end by then.
fn over(turn: &Turn, plan: &PlanDef, at: Time) -> bool {
    let end = plan
        .until
        .as_ref()
        .and_then(|field| field_edge(turn, field, true));
    end.is_some_and(|end| at > end)
}
