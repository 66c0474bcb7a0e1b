//! What happens when a clock's time has come: its deadline passes, the rungs of its ladder fire.

use super::notices::tell;
use super::perform::system_acts;
use super::turn::Turn;
use crate::calendar::when_said;
use crate::case::Run;
use crate::event::Event;
use crate::time::Time;

/// Fires every step that is due at `wake`, and marks deadlines that passed.
pub(super) fn fire_due(turn: &mut Turn, wake: Time) {
    let due: Vec<u32> = turn
        .case
        .runs
        .iter()
        .filter(|r| r.next_at().is_some_and(|at| at <= wake))
        .map(|r| r.run)
        .collect();
    for number in due {
        let Some(run) = turn.case.runs.iter().find(|r| r.run == number).cloned() else {
            continue;
        };
        if run.next_at().is_none() {
            continue;
        }
        if !run.reminder && run.breached_at.is_none() && run.due_at.is_some_and(|due| due <= wake) {
            turn.emit(Event::ClockBreached { run: number });
        }
        for (index, step) in run.steps.iter().enumerate() {
            // An action that a step brought about may have ended the run.
            let runs = turn
                .case
                .runs
                .iter()
                .any(|r| r.run == number && r.ended.is_none());
            if runs && step.fired_at.is_none() && step.at.is_some_and(|at| at <= wake) {
                fire(turn, &run, index);
            }
        }
    }
}

fn fire(turn: &mut Turn, run: &Run, index: usize) {
    turn.emit(Event::ClockFired {
        run: run.run,
        step: index,
    });
    let Some(clock) = turn.rules.clock(&run.clock) else {
        return;
    };
    let Some(step) = clock.steps.get(index) else {
        return;
    };
    if step.when.as_ref().is_some_and(|when| !turn.test(when)) {
        return;
    }
    if let Some(level) = step.raise.filter(|level| *level > turn.case.level) {
        turn.emit(Event::Raised { level });
    }
    if !step.tell.is_empty() {
        let text = format!("{}：{}", clock.title, when_said(&step.at));
        tell(turn, &step.tell, &text);
    }
    if let Some(act) = &step.act {
        // An action the ladder asks for that does not fit now is left out: the case has moved on. One that is refused
        // half-way leaves nothing but the reason.
        let before = turn.mark();
        if let Err(refusal) = system_acts(turn, act, Default::default()) {
            turn.back_to(before);
            let title = turn.rules.action(act).map_or(act.as_str(), |a| a.title.as_str());
            turn.emit(Event::Noted {
                words: format!("自动“{title}”没有办成：{}", refusal.sentence),
                files: Vec::new(),
            });
        }
    }
}
