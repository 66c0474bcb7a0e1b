//! What doing an action means: its fields, clocks and effects, and the stage it leads to.

use super::turn::Turn;
use super::{clocks, effects, judge, plans, signing};
use crate::case::{Data, RunEnd};
use crate::def::Action;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::world::Actor;

/// Actions the system does in answer to an action may themselves bring about actions; this many deep at most.
const DEPTH: u8 = 8;

/// Does an action whose right was judged and whose input was checked.
pub(super) fn act(turn: &mut Turn, action: &Action, mut set: Data) -> Result<(), Refusal> {
    let from = turn.case.stage.clone();
    let to = action.to.clone().unwrap_or_else(|| from.clone());
    let ends = turn.rules.stage(&to).is_some_and(|s| s.ends);
    effects::gather_sets(turn, &action.effects, &mut set);
    crate::form::compute(turn.world, turn.rules, &turn.case, &mut set);
    let spent = turn.rules.spent(&set);
    let for_now: Data = spent
        .iter()
        .filter_map(|name| Some((name.clone(), set.get(name)?.clone())))
        .collect();
    turn.emit(Event::Acted {
        action: action.name.clone(),
        from: from.clone(),
        to: to.clone(),
        ends,
        set,
        spent,
    });
    // While the act lasts its effects read what is not kept.
    turn.case.data.extend(for_now.clone());
    follow_through(turn, action, &from, &to)?;
    turn.case.data.retain(|name, _| !for_now.contains_key(name));
    if signing::basis_changed(turn) {
        signing::begin_anew(turn)?;
    }
    Ok(())
}

fn follow_through(turn: &mut Turn, action: &Action, from: &str, to: &str) -> Result<(), Refusal> {
    for clock in &action.stops {
        clocks::stop(turn, clock, RunEnd::Done);
    }
    for clock in &action.drops {
        clocks::stop(turn, clock, RunEnd::Lapsed);
    }
    clocks::drop_void(turn);
    for clock in &action.pauses {
        clocks::pause(turn, clock);
    }
    for clock in &action.resumes {
        clocks::resume(turn, clock);
    }
    for clock in &action.recounts {
        clocks::recount(turn, clock);
    }
    for clock in &action.starts {
        clocks::start(turn, clock);
    }
    for restart in &action.restarts {
        clocks::restart(turn, restart);
    }
    for effect in &action.effects {
        effects::perform(turn, effect)?;
    }
    if from != to {
        entered(turn, from)?;
    }
    Ok(())
}

/// What follows from having come into a stage.
pub(super) fn entered(turn: &mut Turn, from: &str) -> Result<(), Refusal> {
    clocks::follow_stage(turn, from);
    signing::drop_if_left(turn);
    plans::follow_stage(turn);
    if turn.case.closed() {
        leave_behind(turn);
    } else {
        signing::open_for_stage(turn)?;
    }
    Ok(())
}

/// The case has ended: nothing of it may go on running.
pub(super) fn leave_behind(turn: &mut Turn) {
    clocks::end_all(turn);
    plans::end_all(turn);
    signing::withdraw_open(turn);
    if turn.case.passing.is_some() {
        turn.emit(Event::PassRefused {
            reason: "事项已结束".to_owned(),
        });
    }
    let going: Vec<String> = turn
        .case
        .claims
        .iter()
        .filter(|c| !c.stays)
        .map(|c| c.name.clone())
        .collect();
    for name in going {
        turn.emit(Event::Released { name });
    }
}

/// Lets the system do one of the kind's actions; says nothing when it does not fit now.
pub(super) fn system_acts(turn: &mut Turn, name: &str, set: Data) -> Result<bool, Refusal> {
    if turn.depth >= DEPTH {
        return Ok(false);
    }
    let judged = judge::judge(turn.world, turn.rules, &turn.case, &Actor::System, name);
    let Ok(judge::Verb::Action(action)) = judged else {
        return Ok(false);
    };
    let action = action.clone();
    turn.depth += 1;
    let actor = std::mem::replace(&mut turn.actor, Actor::System);
    let done = act(turn, &action, set);
    turn.actor = actor;
    turn.depth -= 1;
    done.map(|()| true)
}
