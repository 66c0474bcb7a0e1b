//! The one function that says when something is due.

use serde::{Deserialize, Serialize};

use super::{Calendar, Limit, Years};
use crate::time::{Span, Time};

/// A stretch during which a clock stands still; half-open. `to = None`: it still does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When the clock was stopped.
    pub from: Time,
    /// When it went on.
    pub to: Option<Time>,
}

/// When a run is due, and on which years without certain holiday data that rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The deadline, or what is left of it.
    pub state: DueState,
    /// Years touched that the holiday table lacks or has only provisionally.
    pub years: Years,
}

/// Whether the clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueState {
    /// It runs, and this is the deadline: what happens at this very instant is still in time.
    At(Time),
    /// It is paused before its deadline; this much open time is left.
    Paused {
        /// Open time of the calendar from the pause's beginning to the deadline.
        remaining: Span,
    },
}

impl Due {
    /// The deadline; `None` while paused.
    #[must_use]
    pub fn at(&self) -> Option<Time> {
        match self.state {
            DueState::At(at) => Some(at),
            DueState::Paused { .. } => None,
        }
    }
}

/// When a run that began at `started` is due: the base deadline (`Calendar::add_open` or `Calendar::add_days`), put
/// off by the open time that passed during pauses.
///
/// - Pauses may overlap, touch, come in any order and reach back before `started`: their union within the run counts,
///   so a second run after a reopening takes nothing from pauses of the first. One that ends before it begins is empty.
/// - A pause counts if it begins before the deadline as extended so far; one that begins on it or later has no effect,
///   for the deadline was met or missed by then. A pause that covers no open time gives nothing back.
/// - An open time limit that is used up exactly at a closing is due at the closing instant, not at the next opening;
///   the same holds after pauses.
/// - A limit in days may fall exactly on an opening. If a pause from the closed hours before it leaves no open time,
///   the deadline is the first open instant after the pause: no deadline ever falls inside a pause.
#[must_use]
pub fn due(cal: &Calendar, limit: Limit, started: Time, pauses: &[Pause]) -> Due {
    let mut at = match limit {
        Limit::Open(span) => cal.add_open(started, span),
        Limit::Days(days) => cal.add_days(started, days),
    };
    for Pause { from, to } in union(pauses, started) {
        if from >= at {
            break;
        }
        let remaining = cal.open_between(from, at);
        at = match to {
            None => {
                return Due {
                    state: DueState::Paused { remaining },
                    years: cal.uncertain_years(started, at),
                };
            }
            Some(to) if remaining == Span::ZERO => at.max(cal.next_open(to)),
            Some(to) => cal.add_open(at, cal.open_between(from, to)),
        };
    }
    Due {
        state: DueState::At(at),
        years: cal.uncertain_years(started, at),
    }
}

/// The pauses as disjoint stretches in order of time, cut off before `started`.
fn union(pauses: &[Pause], started: Time) -> Vec<Pause> {
    let mut sorted: Vec<Pause> = pauses
        .iter()
        .map(|pause| Pause {
            from: pause.from.max(started),
            to: pause.to,
        })
        .filter(|pause| pause.to.is_none_or(|to| to > pause.from))
        .collect();
    sorted.sort_by_key(|pause| pause.from);
    let mut apart: Vec<Pause> = Vec::with_capacity(sorted.len());
    for pause in sorted {
        match apart.last_mut() {
            Some(last) if last.to.is_none_or(|to| pause.from <= to) => {
                last.to = last.to.zip(pause.to).map(|(one, other)| one.max(other));
            }
            _ => apart.push(pause),
        }
    }
    apart
}
