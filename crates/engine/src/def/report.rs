//! Reports 报表: figures of a period, and lists, as data.

use super::clause::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `PACK/reports.toml`: figures and lists of a period that the manual asks for (COMPLAINT-9, INTAKE-14, QUALITY-3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportFile {
    /// Reports.
    #[serde(rename = "report")]
    pub reports: Vec<ReportDef>,
}

/// A report: parts, made of cases or contacts of a period, in figures that lead to what they count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportDef {
    /// Name in addresses, unique in the manual: lower-case letters, digits, `-`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// Catalogue rows it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<String>,
    /// Periods it is made for, the usual one first.
    pub every: Vec<Period>,
    /// What it is made of: kinds, `cases` for cases of every kind, or `contacts`. Cases merged into others are left out.
    pub of: Vec<String>,
    /// Figures that its parts show.
    #[serde(default, rename = "measure", skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasureDef>,
    /// Parts, in order.
    #[serde(rename = "part")]
    pub parts: Vec<PartDef>,
}

/// A figure: how many there are, or the mean or sum of something over them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeasureDef {
    /// Name: lower-case letters, digits, `-`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Which of them count; an expression. All of them without.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Of which of them its share is taken; an expression. Without, of all of them; in a table of the sum of its column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<String>,
    /// The mean of this over those that count; an expression of type number, or of a length of time, which is told in
    /// hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<String>,
    /// The sum of this over those that count; an expression of type money or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
    /// Homes of the site: how many there are, or how many count for each hundred of them. Only in a table by `case.site`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homes: Option<Homes>,
    /// In a table: heading of a column beside it with its share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<String>,
}

/// What homes are to a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Homes {
    /// How many there are.
    Count,
    /// How many count for each hundred of them.
    PerHundred,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartDef {
    /// Name in addresses: lower-case letters, digits, `-`.
    pub name: String,
    /// Heading.
    pub title: String,
    /// What is counted and what is not, where it is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it looks like.
    #[serde(rename = "as")]
    pub shape: Shape,
    /// What it is made of, where that differs from the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// Which of the period's it looks at.
    #[serde(default, skip_serializing_if = "Among::is_begun")]
    pub counted: Among,
    /// Which of them; an expression.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// By what they stand together; an expression of type text. Of bars and tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The report's figures it shows, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<String>,
    /// Of a list: its columns, in order.
    #[serde(default, rename = "column", skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnDef>,
}

/// What a part looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Large figures side by side, each with its share.
    Figures,
    /// Lines over the last periods.
    Trend,
    /// Bars from the largest down, with their running share 排列图.
    Pareto,
    /// A row a group, a column a figure.
    Table,
    /// A row a case or contact.
    List,
    /// The clauses that something broke in the period.
    Clauses,
}

/// Which of a period's cases or contacts a part looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Among {
    /// Those that began in it.
    #[default]
    Begun,
    /// Those that were open at some time in it.
    Open,
    /// Those that began before its end, however long ago, up to now.
    Ever,
}

impl Among {
    /// Whether nothing else is said.
    fn is_begun(&self) -> bool {
        *self == Among::Begun
    }
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnDef {
    /// What is in it: a field of the form, or `case.number`, `case.heading`, `case.stage`, `case.site`, `case.home`,
    /// `case.customer`, `case.assignee`, `case.responsible`, `case.opened_at`, `case.closed_at`, `case.due_at`; of contacts
    /// also `contact.number`, `contact.happened_at`, `contact.site`, `contact.said`, and of their first open case what
    /// is said of a case.
    pub name: String,
    /// Heading.
    pub title: String,
    /// What stands there when it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub or: Option<String>,
}
