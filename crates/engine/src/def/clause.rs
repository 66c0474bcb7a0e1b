//! Clauses 条款: the measurable rules of the manual.

use super::claim::{OneOrMany, one_or_many};
use super::recurrence::Each;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `clauses.toml`: a measurable rule (QUALITY-9). Everything its base holds is kept, broken, open, or excused by a name
/// that is shown; nothing falls out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Id, `C-07`.
    pub id: String,
    /// The rule in words.
    pub title: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// The base: what is counted.
    pub of: MeasureOf,
    /// What belongs to the base; an expression. What once belonged should never cease to: use `excused` for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#where: Option<String>,
    /// Which of them keep the rule; an expression.
    pub met: String,
    /// Not to be judged yet, while this holds; an expression. A run of a clock is open while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// What does not keep the rule is open until this instant, and broken from then on; an expression of type time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// What is neither kept nor broken, by names that are shown beside the figure: name → condition. A limit that was
    /// passed is not excused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excused: BTreeMap<String, String>,
    /// Instant by which they are counted in a period; an expression of type time. Until it is known they are open.
    pub month_of: String,
    /// The period that a figure and its threshold are of.
    #[serde(default, skip_serializing_if = "Period::is_month")]
    pub per: Period,
    /// How the figure is made.
    pub figure: Figure,
    /// What an average is taken of; an expression of type number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `= 100%`, `>= 95%`, `= 0`, `<= 3`.
    pub threshold: String,
}

/// What a clause counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum MeasureOf {
    /// Cases of these kinds; expressions read fields common to all of them, and `case.*`.
    Cases(Vec<String>),
    /// Runs of the clocks of these names, in these kinds (empty: every kind that has one); expressions read `run.*` and
    /// `case.*`.
    Runs {
        /// Clock, or several.
        #[serde(deserialize_with = "one_or_many")]
        #[schemars(with = "OneOrMany")]
        clock: Vec<String>,
        /// Kinds.
        #[serde(default)]
        kinds: Vec<String>,
    },
    /// Contacts; expressions read `contact.*`.
    Contacts,
    /// Each site, home or member of staff, once a period; `met` reads `count`: how many cases there are of it in the
    /// period.
    Each {
        /// What of.
        anchor: Each,
        /// Kinds whose cases are counted; `where` says which of them.
        cases: Vec<String>,
        /// Which of the sites, homes, staff; an expression.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        among: Option<String>,
    },
}

/// How long a figure is counted for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    #[default]
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

impl Period {
    /// Whether nothing else is said.
    fn is_month(&self) -> bool {
        *self == Period::Month
    }
}

/// How the figure of a clause is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// Share of those that keep the rule among those that keep or break it, in percent.
    Share,
    /// Number of those that break it.
    Breaks,
    /// Number of those that keep it.
    Count,
    /// Average of `value` over those that keep or break it.
    Average,
}
