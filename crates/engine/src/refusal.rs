//! Why something is not done, in words a clerk understands.

use serde::{Deserialize, Serialize};

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Sort.
    pub why: Why,
    /// A sentence for the clerk.
    pub sentence: String,
    /// Fields that are wrong.
    pub fields: Vec<FieldProblem>,
}

/// Sorts of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// There is no such action.
    Unknown,
    /// Not in this stage, or the case is closed.
    NotNow,
    /// Not this actor.
    NotYou,
    /// The action's condition is not met.
    Condition,
    /// What was entered is wrong.
    Invalid,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Name of the field; `table.3.column` for a cell.
    pub field: String,
    /// A sentence for the clerk.
    pub sentence: String,
}

impl Refusal {
    pub(crate) fn new(why: Why, sentence: impl Into<String>) -> Refusal {
        Refusal {
            why,
            sentence: sentence.into(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn invalid(fields: Vec<FieldProblem>) -> Refusal {
        let sentence = fields
            .first()
            .map_or_else(|| "填写有误".to_owned(), |f| f.sentence.clone());
        Refusal {
            why: Why::Invalid,
            sentence,
            fields,
        }
    }
}
