//! What a file of the manual is for, by its path.

use crate::def::{Clause, Judgement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a file is for, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) enum Role {
    Posts,
    Judgements,
    Phases,
    Classify,
    Catalogue,
    Table(String),
    Calendar,
    Pack(String),
    Clauses(String),
    Recurrences(String),
    Reports(String),
    Head,
    Template(String),
    Kind { pack: String, name: String },
    Astray,
}

impl Role {
    pub(in crate::load) fn of(path: &str) -> Role {
        let parts: Vec<&str> = path.split('/').collect();
        let stem = |file: &str| file.trim_end_matches(".toml").to_owned();
        match parts.as_slice() {
            ["manual.toml"] => Role::Head,
            ["templates", file] => Role::Template(stem(file)),
            ["posts.toml"] => Role::Posts,
            ["judgements.toml"] => Role::Judgements,
            ["phases.toml"] => Role::Phases,
            ["classify.toml"] => Role::Classify,
            ["catalogue.toml"] => Role::Catalogue,
            ["tables", file] => Role::Table(stem(file)),
            ["calendars", _] => Role::Calendar,
            [pack, "pack.toml"] => Role::Pack((*pack).to_owned()),
            [pack, "clauses.toml"] => Role::Clauses((*pack).to_owned()),
            [pack, "recurrences.toml"] => Role::Recurrences((*pack).to_owned()),
            [pack, "reports.toml"] => Role::Reports((*pack).to_owned()),
            [pack, "kinds", file] => Role::Kind {
                pack: (*pack).to_owned(),
                name: stem(file),
            },
            _ => Role::Astray,
        }
    }
}

/// `judgements.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementFile {
    /// Judgements, in the order they are offered.
    #[serde(rename = "judgement")]
    pub judgements: Vec<Judgement>,
}

/// `PACK/clauses.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseFile {
    /// Clauses.
    #[serde(rename = "clause")]
    pub clauses: Vec<Clause>,
}
