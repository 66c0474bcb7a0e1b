//! How the clocks of a case stand, for who looks at it.

use engine::case::{Run, RunEnd};
use engine::load::Rules;
use engine::step;
use serde::Serialize;

/// How a run of a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// It runs.
    Running,
    /// It stands still.
    Paused,
    /// It runs, and the deadline has passed.
    Late,
    /// What was due was done in time.
    Met,
    /// What was due was not done in time.
    Broken,
    /// The case ended before it was due.
    Lapsed,
}

/// A run of a clock.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClockView {
    /// Number of the run.
    pub run: u32,
    /// Clock.
    pub clock: String,
    /// What is due.
    pub title: String,
    /// Start.
    pub started_at: i64,
    /// Deadline; none while it stands still.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due_at: Option<i64>,
    /// End.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stopped_at: Option<i64>,
    /// Beginning of the pause it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub paused_since: Option<i64>,
    /// When the deadline passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub breached_at: Option<i64>,
    /// How it stands.
    pub state: RunState,
    /// Ladder.
    pub steps: Vec<StepView>,
}

/// A rung of a ladder.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepView {
    /// When it is to fire.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub at: Option<i64>,
    /// What it does.
    pub title: String,
    /// When it fired.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fired_at: Option<i64>,
}

/// A run of a clock in words.
pub fn clock(rules: &Rules, run: &Run) -> ClockView {
    let def = rules.clock(&run.clock);
    let steps = run.steps.iter().enumerate().map(|(index, step)| StepView {
        at: step.at.map(|t| t.0),
        title: def
            .and_then(|d| d.steps.get(index))
            .map(|s| step::when_said(&s.at))
            .unwrap_or_default(),
        fired_at: step.fired_at.map(|t| t.0),
    });
    let state = match (run.ended, run.breached_at.is_some()) {
        (Some((_, RunEnd::Done)), false) => RunState::Met,
        (Some(_), true) => RunState::Broken,
        (Some((_, RunEnd::Lapsed)), false) => RunState::Lapsed,
        (None, _) if run.paused() => RunState::Paused,
        (None, true) => RunState::Late,
        (None, false) => RunState::Running,
    };
    ClockView {
        run: run.run,
        clock: run.clock.clone(),
        title: def.map_or_else(|| run.clock.clone(), |c| c.title.clone()),
        started_at: run.started_at.0,
        due_at: run.due_at.map(|t| t.0),
        stopped_at: run.ended.map(|(t, _)| t.0),
        paused_since: run.pauses.last().filter(|p| p.to.is_none()).map(|p| p.from.0),
        breached_at: run.breached_at.map(|t| t.0),
        state,
        steps: steps.collect(),
    }
}
