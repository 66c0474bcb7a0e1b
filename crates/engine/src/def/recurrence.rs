//! Recurrences 周期: when something comes round again.

use super::Who;
use super::claim::{OneOrMany, one_or_many};
use crate::calendar::Weekday;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often: one of `days`, `weekdays`, `month_days`, `times`. Weekdays and days of the month written together must
/// both fit (the first Monday: `weekdays = ["mon"]`, `month_days = ["1", … "7"]`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Every {
    /// Condition; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Days from one to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// On these days of the week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// On these days of the month, `"1"` to `"31"` or `"last"`; the 31st of a short month is its last day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub month_days: Vec<String>,
    /// In these months only, 1 to 12; absent: in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<u8>,
    /// So many times in each `per`, spread evenly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u8>,
    /// What `times` counts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
}

/// A week or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

/// When the first run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum First {
    /// At its next time; of `days`, after one interval.
    #[default]
    Next,
    /// At once.
    Now,
}

/// A recurrence that opens children while the parent is in given stages; what is not done before the next is a miss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDef {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// Kind of child it opens.
    pub child: String,
    /// Child's field → expression over this case; `now` is the plan's time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// Runs while the case is in these stages.
    pub stages: Vec<String>,
    /// How often: the first row whose `when` is true.
    pub every: Vec<Every>,
    /// Time of day, `HH:MM`; several as a list.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub at: Vec<String>,
    /// A run that falls on a day this calendar is closed on goes to its next open day; absent: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// Field of type date or time from which it is counted; while it is empty, from when the plan begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When the first run is.
    #[serde(default, skip_serializing_if = "is_next")]
    pub first: First,
    /// Field of type date or time after which there is no run; a day counts to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

fn is_next(first: &First) -> bool {
    *first == First::Next
}

/// The next moment of its sort after a start: `{ weekdays = ["tue"], at = "10:00" }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NextMoment {
    /// On these days of the week; absent: on any day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// On these days of the month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub month_days: Vec<String>,
    /// Time of day, `HH:MM`.
    pub at: String,
}

/// `PACK/recurrences.toml`: what comes round without a case it hangs on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurrenceFile {
    /// Recurrences.
    #[serde(rename = "recurrence")]
    pub recurrences: Vec<RecurrenceDef>,
}

/// What a recurrence is done for, once each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// The company: once.
    Company,
    /// Every site.
    Site,
    /// Every home.
    Home,
    /// Every member of staff.
    Staff,
}

/// A recurrence that opens cases for the company, each site, each home or each member of staff, or sends round a report
/// of the period that has just ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurrenceDef {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// Heading.
    pub title: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// For what it is done each time.
    pub each: Each,
    /// Which of them; an expression over `home.*`, `site.*`, `staff.*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#where: Option<String>,
    /// Kind of case it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
    /// Report it sends instead, of the last whole period of its usual length; for the company or each site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// Posts whose holders get the report: at the site, or in the whole company.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Who>,
    /// Case's field → expression over the same; `now` and `today` are the recurrence's time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, String>,
    /// How often: the first row whose `when` is true.
    pub every: Vec<Every>,
    /// Time of day, `HH:MM`; several as a list.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub at: Vec<String>,
    /// A run that falls on a day this calendar is closed on goes to its next open day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// From which day: `2026-01-01`, or an expression of type date such as `home.delivered_on`; nothing is opened while
    /// it is not known.
    pub start: String,
    /// Until the end of which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Each {
    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Each::Company => "公司",
            Each::Site => "项目",
            Each::Home => "房屋",
            Each::Staff => "员工",
        }
    }
}
