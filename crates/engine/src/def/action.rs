//! Actions: the named verbs on a case.

use super::{Effect, Who, guarded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A field an action asks for: `"answer"` must be given, `"answer?"` may be left empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Ask {
    /// Name of the field.
    pub field: String,
    /// Whether it must be given.
    pub required: bool,
}

impl FromStr for Ask {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (field, required) = match text.strip_suffix('?') {
            Some(field) => (field, false),
            None => (text, true),
        };
        Ok(Ask {
            field: field.to_owned(),
            required,
        })
    }
}

impl TryFrom<String> for Ask {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Ask> for String {
    fn from(ask: Ask) -> String {
        if ask.required {
            ask.field
        } else {
            format!("{}?", ask.field)
        }
    }
}

/// A condition on what is entered: `{ that = "next_answer_at > now", otherwise = "…", field = "next_answer_at" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Expression that must be true.
    pub that: String,
    /// What the clerk reads when it is not.
    pub otherwise: String,
    /// Field the words stand beside.
    pub field: String,
}

/// Manuals that were published when there was only one are still read.
fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Check>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Checks {
        Many(Vec<Check>),
        One(Check),
    }
    Ok(match Checks::deserialize(from)? {
        Checks::Many(checks) => checks,
        Checks::One(check) => vec![check],
    })
}

/// How a case of the kind begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What people outside read on the button that opens one, where the kind's title does not say it 申请入口.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who may open one. `system`: only as a child, by a plan or by an effect.
    pub by: Vec<Who>,
    /// What is asked.
    #[serde(default)]
    pub ask: Vec<Ask>,
    /// First stage; the first in the list when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Condition on the entered form; the case is refused when it is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What the clerk reads when `when` refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// Conditions on what is entered, each told beside its field; all that fail are told at once.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "one_or_many"
    )]
    pub check: Vec<Check>,
    /// Whether a home must be named.
    #[serde(default)]
    pub home: bool,
    /// Whether a customer must be named.
    #[serde(default)]
    pub customer: bool,
    /// Clocks that start.
    #[serde(default)]
    pub starts: Vec<String>,
    /// What follows.
    #[serde(default, rename = "do", with = "guarded")]
    #[schemars(schema_with = "guarded::schema")]
    pub effects: Vec<Effect>,
}

/// A clock that begins anew: `{ clock = "promise", as = "done" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// Clock; one that `repeats`.
    pub clock: String,
    /// How the run under way ends.
    #[serde(rename = "as")]
    pub ends: OldRun,
}

/// How a run ends that gives way to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OldRun {
    /// What was due is done.
    Done,
    /// It is not done and no longer expected; late stays late.
    Dropped,
}

/// A named verb on a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// The words on the button.
    pub title: String,
    /// What customers read instead of the title, on their button and in their story.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<String>,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// Stages in which it may be done; empty: in every stage that does not end the case.
    #[serde(default)]
    pub from: Vec<String>,
    /// Stage it leads to; absent: the case stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Who may.
    pub by: Vec<Who>,
    /// Condition for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What the clerk reads when `when` refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// Sign-offs whose approval must cover what stands in the form when it is done, the entered included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// What is asked.
    #[serde(default)]
    pub ask: Vec<Ask>,
    /// Conditions on what is entered, read together with what is known.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "one_or_many"
    )]
    pub check: Vec<Check>,
    /// Clocks that start; one that repeats starts a new run and ends the one before as done: write `restarts` instead.
    #[serde(default)]
    pub starts: Vec<String>,
    /// Clocks that start a new run; how the one under way ends is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<Restart>,
    /// Clocks that stop: what was due is done.
    #[serde(default)]
    pub stops: Vec<String>,
    /// Clocks that are dropped: what was due is not done and no longer expected. One that is late stays late.
    #[serde(default)]
    pub drops: Vec<String>,
    /// Clocks whose limit is looked up anew, since what it hangs on was put right; they count from the same start. One
    /// that is late stays late (REPAIR-5).
    #[serde(default)]
    pub recounts: Vec<String>,
    /// Clocks that pause.
    #[serde(default)]
    pub pauses: Vec<String>,
    /// Clocks that go on.
    #[serde(default)]
    pub resumes: Vec<String>,
    /// What follows.
    #[serde(default, rename = "do", with = "guarded")]
    #[schemars(schema_with = "guarded::schema")]
    pub effects: Vec<Effect>,
    /// A question that is put before it is done, for what cannot be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// The usual next step of its stages; shown first.
    #[serde(default)]
    pub main: bool,
}
