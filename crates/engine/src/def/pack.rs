//! What stands beside kinds: posts, tables, clauses, rules that classify text, packs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `pack.toml`: the heading of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// What people call it.
    pub title: String,
    /// Position in menus and in the handbook.
    pub order: u16,
    /// A paragraph for the handbook.
    #[serde(default)]
    pub about: String,
}

/// `posts.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Posts {
    /// Posts.
    #[serde(rename = "post")]
    pub posts: Vec<Post>,
}

/// A post 岗位.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Department 部门 it belongs to.
    pub department: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// Which cases its holder sees.
    pub sees: Scope,
    /// What its holder may do beside cases.
    #[serde(default)]
    pub may: Vec<Area>,
    /// How far back its holder may date what happened, as `2h`, `7d`; absent: 10 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_dates: Option<String>,
}

/// Which cases are seen: the closed list of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Only those one stands in some relation to.
    Relation,
    /// Those of one's areas (building, unit).
    Area,
    /// Those of one's sites.
    Site,
    /// All.
    Company,
}

/// Rights beside the actions of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Register contacts and customers at the desk.
    Desk,
    /// Take work in the field with the phone app.
    Field,
    /// See personal data unmasked; each look is recorded (SAFE-4).
    Unmask,
    /// Pass on work of others 改派.
    Assign,
    /// Read the clause board.
    Measure,
    /// Change homes, customers.
    Estate,
    /// Change staff, posts, duty.
    People,
    /// Import and export.
    Exchange,
    /// Publish the manual.
    Manual,
}

/// `tables/NAME.toml`: values found by a key (warranty, repair limits).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What people call it.
    pub title: String,
    /// Catalogue rows it serves.
    pub source: Vec<String>,
    /// Key → value; values are lengths of time such as `5y`, `24h`, `3d`.
    pub rows: BTreeMap<String, String>,
}

/// `judgements.toml` row: how a contact is judged (INTAKE-2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Kind of case it opens; absent: the contact is only registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// `classify.toml`: how text that comes in without a clerk is judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Catalogue rows it serves.
    #[serde(default)]
    pub source: Vec<String>,
    /// How messages that come with their answers are brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Import>,
    /// Rules; the first that fits decides.
    #[serde(rename = "rule")]
    pub rules: Vec<TextRule>,
}

/// How messages from elsewhere are brought in together with their answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Posts in whose name it is done.
    pub posts: Vec<String>,
    /// What an answer means, kind by kind; of several for one kind, the first that can be begun.
    #[serde(default, rename = "answer")]
    pub answers: Vec<AnswerRule>,
}

/// What is done with a case whose answer came along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    /// Kind of the case.
    pub kind: String,
    /// Actions, one after the other.
    pub steps: Vec<AnswerStep>,
}

/// One action on the case, or on its children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerStep {
    /// Action.
    pub act: String,
    /// Kind of the open children it is done on; absent: the case itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<String>,
    /// What is entered: `{reply}` is the answer, `{field}` what the case holds.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
}

/// One rule over subject and text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextRule {
    /// Any of these words; empty: always fits (the last rule).
    #[serde(default)]
    pub any: Vec<String>,
    /// None of these words.
    #[serde(default)]
    pub none: Vec<String>,
    /// Judgement.
    pub judgement: String,
    /// Fields of the case it fills.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
}
