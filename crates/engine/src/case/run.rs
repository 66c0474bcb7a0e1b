//! Runs of clocks.

use crate::calendar::Pause;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// One run of a clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Number of the run in its case, from 0.
    pub run: u32,
    /// Name of the clock.
    pub clock: String,
    /// Start.
    pub started_at: Time,
    /// What was looked up when it started.
    pub limit: RunLimit,
    /// Calendar it counts on.
    pub calendar: String,
    /// Deadline; none while it stands still.
    pub due_at: Option<Time>,
    /// Pauses, oldest first; the last may be open.
    pub pauses: Vec<Pause>,
    /// Ladder, in the order of the definition.
    pub steps: Vec<RunStep>,
    /// End, and how.
    pub ended: Option<(Time, RunEnd)>,
    /// When the deadline passed unmet.
    pub breached_at: Option<Time>,
    /// It only reminds: nothing is late by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminder: bool,
}

/// The limit of a run, after tables and fields were looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunLimit {
    /// A length of time on the calendar, from the start.
    Span(String),
    /// An instant; pauses do not move it.
    At(Time),
}

/// One rung of a run's ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStep {
    /// When it is to fire; none while the clock stands still, and of a warning that came too late.
    pub at: Option<Time>,
    /// When it fired; fired steps are never unfired.
    pub fired_at: Option<Time>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunEnd {
    /// What was due was done.
    Done,
    /// The case ended or the matter lapsed before it was; counted only if it was late already.
    Lapsed,
}

impl Run {
    /// Whether its deadline passed before that instant.
    pub fn late(&self, at: Time) -> bool {
        !self.reminder && (self.breached_at.is_some() || self.due_at.is_some_and(|due| at > due))
    }

    /// Whether it stands still.
    pub fn paused(&self) -> bool {
        self.pauses.last().is_some_and(|p| p.to.is_none())
    }

    /// When it next has something to do: a step, or passing its deadline. What was due before the start is due at it.
    pub fn next_at(&self) -> Option<Time> {
        if self.ended.is_some() || self.paused() {
            return None;
        }
        let steps = self
            .steps
            .iter()
            .filter(|s| s.fired_at.is_none())
            .filter_map(|s| s.at);
        let breach = self
            .due_at
            .filter(|_| self.breached_at.is_none() && !self.reminder);
        steps.chain(breach).min().map(|at| at.max(self.started_at))
    }
}
