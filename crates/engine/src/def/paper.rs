//! Papers of a kind: what is printed to be signed or handed out.

use super::Who;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A paper that is printed from a case 单据.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperDef {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// Heading of the paper.
    pub title: String,
    /// How it looks.
    #[serde(default, skip_serializing_if = "PaperStyle::is_form")]
    pub style: PaperStyle,
    /// Who may print it, and prints what is personal on it in full, which is recorded; empty: every member of staff who
    /// sees the case, and what is personal stays masked for who may not see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Who>,
    /// It may be printed while this is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What the clerk reads while it may not be printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// What stands on it, in this order.
    #[serde(rename = "part")]
    pub parts: Vec<PaperPart>,
    /// Lines to be signed by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
    /// Who gets a copy; one sheet is printed for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// The code the guard scans stands on it, once one was handed out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub code: bool,
}

/// How a paper looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PaperStyle {
    /// A form of the office: on top the home, the customer, when it was registered and its stage.
    #[default]
    Form,
    /// A letter or notice to somebody outside: nothing but what the manual writes.
    Letter,
    /// A licence or certificate to be put up: a letter in a frame.
    Certificate,
}

impl PaperStyle {
    fn is_form(&self) -> bool {
        *self == PaperStyle::Form
    }
}

/// A part of a paper: fields, fixed text, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperPart {
    /// Heading of the part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Fixed text with values in it: `{field}`, `{case.number}`, `{home.title}`; a line break begins a paragraph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Fields and their values, tables whole; what is empty leaves a blank to be filled by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}
