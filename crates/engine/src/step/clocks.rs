//! Starting, pausing, stopping clocks.

use super::limits::{due, resolve};
use super::turn::Turn;
use crate::calendar::{Pause, offset};
use crate::case::{Run, RunEnd, RunLimit};
use crate::def::{ClockDef, OldRun, Restart};
use crate::event::Event;
use crate::time::Time;
use crate::world::Actor;

/// Starts a clock. One that runs already is ended first: late or done, as it stands (the next promise replaces
/// the one before it, INTAKE-6). A limit nobody knows starts nothing.
pub(super) fn start(turn: &mut Turn, name: &str) {
    let Some(clock) = turn.rules.clock(name) else {
        return;
    };
    if clock.when.as_ref().is_some_and(|when| !turn.test(when)) {
        return;
    }
    if turn.case.running(name).is_some() {
        if !clock.repeats {
            return;
        }
        stop(turn, name, RunEnd::Done);
    }
    let Some(limit) = resolve(turn, &clock.limit, &clock.calendar, (turn.at, &[])) else {
        return;
    };
    let Some((due_at, years)) = due(turn, &limit, &clock.calendar, turn.at, &[]) else {
        return;
    };
    // A rung that begins its own clock anew with a limit already past would be raised by it again, for ever.
    let just_ended = |run: &Run| run.clock == name && run.ended.is_some_and(|(at, _)| at == turn.at);
    if by_itself(turn) && due_at <= turn.at && turn.case.runs.iter().any(just_ended) {
        return;
    }
    turn.emit(Event::ClockStarted {
        run: turn.case.runs.len() as u32,
        clock: name.to_owned(),
        limit,
        calendar: clock.calendar.clone(),
        due_at,
        steps: ladder(clock, due_at),
        missing_years: years.into_iter().collect(),
        reminder: clock.reminder,
    });
    if clock.pauses_in.contains(&turn.case.stage) {
        pause(turn, name);
    }
}

/// Starts a clock anew; how the run under way ends is the manual's word.
pub(super) fn restart(turn: &mut Turn, restart: &Restart) {
    let end = match restart.ends {
        OldRun::Done => RunEnd::Done,
        OldRun::Dropped => RunEnd::Lapsed,
    };
    stop(turn, &restart.clock, end);
    start(turn, &restart.clock);
}

/// Whether time does it, and nobody.
fn by_itself(turn: &Turn) -> bool {
    turn.world.me.is_none() && turn.actor == Actor::System
}

/// Ends the run of a clock, if one is under way.
pub(super) fn stop(turn: &mut Turn, name: &str, end: RunEnd) {
    let Some(run) = turn.case.running(name) else {
        return;
    };
    let late = match run.paused() {
        _ if run.reminder => false,
        true => run.breached_at.is_some(),
        // At the very instant it is in time, unless nobody does it: a rung of its ladder cannot undo what it was raised
        // for.
        false => run.due_at.is_some_and(|due| {
            turn.at > due || turn.at == due && by_itself(turn) && run.breached_at.is_some()
        }),
    };
    let run = run.run;
    turn.emit(Event::ClockStopped { run, end, late });
}

/// Drops the runs whose own condition is no longer true: judged anew, the case does not owe them any more. What is
/// late stays late, and goes on until it is done.
pub(super) fn drop_void(turn: &mut Turn) {
    for clock in &turn.rules.kind.clocks {
        let Some(when) = &clock.when else { continue };
        let running = turn.case.running(&clock.name);
        if running.is_some_and(|run| !run.late(turn.at)) && !turn.test(when) {
            stop(turn, &clock.name, RunEnd::Lapsed);
        }
    }
}

/// A deadline that has passed is marked before the clock stands still: while it does, nobody looks at it.
pub(super) fn pause(turn: &mut Turn, name: &str) {
    let Some(run) = turn.case.running(name).filter(|r| !r.paused()) else {
        return;
    };
    let late = !run.reminder && run.breached_at.is_none() && run.due_at.is_some_and(|due| due < turn.at);
    let run = run.run;
    if late {
        turn.emit(Event::ClockBreached { run });
    }
    turn.emit(Event::ClockPaused { run });
}

pub(super) fn resume(turn: &mut Turn, name: &str) {
    let Some(run) = turn.case.running(name).filter(|r| r.paused()).cloned() else {
        return;
    };
    let pauses = pauses_until(&run, turn.at);
    let Some((due_at, _)) = due(turn, &run.limit, &run.calendar, run.started_at, &pauses) else {
        return;
    };
    let steps = steps_of(turn, &run, due_at);
    turn.emit(Event::ClockResumed {
        run: run.run,
        due_at,
        steps,
    });
}

/// The pauses of a run as they would be if it went on at that instant.
fn pauses_until(run: &Run, at: Time) -> Vec<Pause> {
    let mut pauses = run.pauses.clone();
    if let Some(open) = pauses.last_mut().filter(|pause| pause.to.is_none()) {
        open.to = Some(at);
    }
    pauses
}

/// Pauses and resumes what a stage pauses by itself.
pub(super) fn follow_stage(turn: &mut Turn, from: &str) {
    let stage = turn.case.stage.clone();
    for clock in &turn.rules.kind.clocks {
        let was = clock.pauses_in.iter().any(|s| s == from);
        let is = clock.pauses_in.contains(&stage);
        if is {
            pause(turn, &clock.name);
        } else if was {
            resume(turn, &clock.name);
        }
    }
}

/// The case has ended.
pub(super) fn end_all(turn: &mut Turn) {
    let open: Vec<String> = turn
        .case
        .runs
        .iter()
        .filter(|r| r.ended.is_none())
        .map(|r| r.clock.clone())
        .collect();
    for name in open {
        let met = turn.rules.clock(&name).is_some_and(|c| c.stops_at_end);
        stop(turn, &name, if met { RunEnd::Done } else { RunEnd::Lapsed });
    }
}

/// Looks the limit of a running clock up anew and counts it from the same start. What is late stays late, and nothing
/// becomes due before anybody could know of it (REPAIR-5).
pub(super) fn recount(turn: &mut Turn, name: &str) {
    let Some(clock) = turn.rules.clock(name) else {
        return;
    };
    let Some(run) = turn.case.running(name).filter(|r| !r.late(turn.at)).cloned() else {
        return;
    };
    let pauses = pauses_until(&run, turn.at);
    let since = (run.started_at, pauses.as_slice());
    let limit = resolve(turn, &clock.limit, &run.calendar, since);
    let Some(limit) = limit.filter(|limit| *limit != run.limit) else {
        return;
    };
    let Some((reckoned, _)) = due(turn, &limit, &run.calendar, since.0, since.1) else {
        return;
    };
    let (limit, due_at) = match run.paused() {
        true => (limit, None),
        false if reckoned < turn.at => (RunLimit::At(turn.at), Some(turn.at)),
        false => (limit, Some(reckoned)),
    };
    turn.emit(Event::ClockMoved {
        run: run.run,
        limit: Some(limit),
        due_at,
        steps: due_at.map(|due_at| ladder(clock, due_at)).unwrap_or_default(),
    });
}

pub(super) fn move_all(turn: &mut Turn) {
    for run in turn
        .case
        .runs
        .clone()
        .iter()
        .filter(|r| r.ended.is_none() && !r.paused())
    {
        let Some((due_at, _)) = due(turn, &run.limit, &run.calendar, run.started_at, &run.pauses) else {
            continue;
        };
        if Some(due_at) != run.due_at {
            let steps = steps_of(turn, run, due_at);
            turn.emit(Event::ClockMoved {
                run: run.run,
                limit: None,
                due_at: Some(due_at),
                steps,
            });
        }
    }
}

fn steps_of(turn: &Turn, run: &Run, due_at: Time) -> Vec<Time> {
    turn.rules
        .clock(&run.clock)
        .map(|clock| ladder(clock, due_at))
        .unwrap_or_default()
}

fn ladder(clock: &ClockDef, due_at: Time) -> Vec<Time> {
    clock
        .steps
        .iter()
        .map(|step| Time(due_at.0 + offset(&step.at).unwrap_or_default()))
        .collect()
}
