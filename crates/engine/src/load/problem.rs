//! What is wrong with a manual, said to the person who writes it.

use serde::Serialize;
use std::fmt;

/// The sentences of expressions and calendars quote with 「」; one report quotes in one manner.
pub(super) fn one_quoting(sentence: &str) -> String {
    sentence.replace('「', "“").replace('」', "”")
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The manual cannot be run.
    Error,
    /// It runs, but probably not as it was meant.
    Warning,
}

/// One thing that is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Problem {
    /// File, as it was passed in (`complaint/kinds/complaint.toml`).
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Character within the line, counted from 1.
    pub column: usize,
    /// What is wrong and how to put it right, in Chinese, for people who do not program.
    pub sentence: String,
    /// How bad it is.
    pub severity: Severity,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.severity {
            Severity::Error => "",
            Severity::Warning => "提醒：",
        };
        write!(f, "manual/{}:{}: {mark}{}", self.file, self.line, self.sentence)
    }
}
