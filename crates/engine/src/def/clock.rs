//! Clocks 时限: deadlines with their ladders.

use super::{NextMoment, Who};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A deadline that runs, warns, escalates and is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockDef {
    /// Name: lower-case letters, digits, `-`. `response`, `settle` and `promise` mean the same in every kind.
    pub name: String,
    /// What is due.
    pub title: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// How long.
    pub limit: LimitDef,
    /// Calendar on which it counts.
    pub calendar: String,
    /// Runs only if this expression is true when it would start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// May run again and again in one case (promises); otherwise it runs once, and again only after a reopening.
    #[serde(default)]
    pub repeats: bool,
    /// Stages in which it stands still.
    #[serde(default)]
    pub pauses_in: Vec<String>,
    /// It is met by the end of the case; no action needs to stop it.
    #[serde(default)]
    pub stops_at_end: bool,
    /// It only reminds: its end is no breach, nothing is late by it and no deadline is shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminder: bool,
    /// Warnings before, and escalations after, it is due.
    #[serde(default)]
    pub steps: Vec<StepDef>,
}

/// One rung of the ladder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepDef {
    /// Offset from the deadline on the wall clock: `-30m`, `0`, `+2h`, `+1d`.
    pub at: String,
    /// Only while this is true when it comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Who is told.
    #[serde(default)]
    pub tell: Vec<Who>,
    /// Escalation level the case is lifted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raise: Option<u8>,
    /// Action the system does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
}

/// How the end of a clock is found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LimitDef {
    /// A length of time on the calendar: `15m`, `2h`, `2d`.
    Span(String),
    /// Something else.
    By(LimitBy),
}

/// Ends that are not a plain length of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LimitBy {
    /// The instant in a field.
    Until(String),
    /// So long after the instant or day in a field.
    After {
        /// Field.
        field: String,
        /// Length of time.
        by: String,
    },
    /// So long before the instant or day in a field, on the wall clock.
    Before {
        /// Field.
        field: String,
        /// Length of time.
        by: String,
    },
    /// So long after the case was opened, or reopened last, however late the clock starts (COMPLAINT-2).
    SinceOpening(String),
    /// The next moment of a sort after the start, on the wall clock: next Tuesday 10:00; pauses do not move it.
    Next(NextMoment),
    /// A row of a table, found by a field (repair limit of each part, REPAIR-5).
    Table {
        /// Table.
        table: String,
        /// Field that holds the key.
        key: String,
    },
    /// The first in the list that is known (appointment, else 15 minutes).
    FirstKnown(Vec<LimitDef>),
    /// The earlier of those known.
    Earlier(Vec<LimitDef>),
    /// The later of those known.
    Later(Vec<LimitDef>),
}
