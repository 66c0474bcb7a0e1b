//! What a report looks like, whatever it is about: parts with a heading, columns and rows.

use crate::base::Named;
use crate::exchange::book::Cell;
use serde::Serialize;

/// A report.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ReportView)]
pub struct Report {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Kind of case, of a ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind_title: Option<String>,
    /// Catalogue rows it serves.
    pub source: Vec<String>,
    /// Company.
    pub company: String,
    /// Period in words.
    pub period: String,
    /// First day, `2026-11-01`.
    pub first: String,
    /// Last day.
    pub last: String,
    /// Site; none: all that the reader sees.
    pub site: Option<Named>,
    /// When it was made.
    pub made_at: i64,
    /// Who made it.
    pub made_by: String,
    /// Parts, in order.
    pub parts: Vec<Part>,
}

/// How a part is drawn above its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Chart {
    /// Large figures side by side, no table.
    Figures,
    /// Bars from the largest down, with their running share.
    Pareto,
    /// Lines over time, one for each column that counts.
    Trend,
    /// The table alone.
    Table,
}

/// What is in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// Words.
    Text,
    /// A number of things.
    Count,
    /// A number with one decimal.
    Number,
    /// Percent.
    Percent,
    /// Hours with one decimal.
    Hours,
    /// An instant.
    Moment,
    /// Fen.
    Money,
}

/// A column.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Head {
    /// Heading.
    pub title: String,
    /// What is in it.
    pub shown: Shown,
}

/// A part of a report.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Part {
    /// Name in addresses.
    pub name: String,
    /// Heading.
    pub title: String,
    /// What is counted and what is not, where it is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub note: Option<String>,
    /// How it is drawn.
    pub chart: Chart,
    /// Columns.
    pub heads: Vec<Head>,
    /// Rows.
    pub rows: Vec<Row>,
    /// What the rows count: contacts, not cases.
    #[serde(skip)]
    pub contacts: bool,
}

/// A row of a part.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// A cell a column.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub cells: Vec<Cell>,
    /// Name in addresses: what it counts can be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub key: Option<String>,
    /// Page on which what it counts is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub link: Option<String>,
}

impl Shown {
    /// How values of a type of field are shown.
    pub fn of(r#type: &str) -> Shown {
        match r#type {
            "time" => Shown::Moment,
            "money" => Shown::Money,
            "number" => Shown::Number,
            _ => Shown::Text,
        }
    }
}

impl Part {
    /// A part without rows yet.
    pub fn new(name: &str, title: &str, chart: Chart, heads: &[(&str, Shown)]) -> Part {
        let head = |(title, shown): &(&str, Shown)| Head {
            title: (*title).to_owned(),
            shown: *shown,
        };
        Part {
            name: name.to_owned(),
            title: title.to_owned(),
            note: None,
            chart,
            heads: heads.iter().map(head).collect(),
            rows: Vec::new(),
            contacts: false,
        }
    }

    /// With a word on what is counted.
    #[must_use]
    pub fn noted(mut self, note: &str) -> Part {
        self.note = Some(note.to_owned());
        self
    }

    /// Adds a row; when it counts something, that can be listed under its first cell.
    pub fn add(&mut self, cells: Vec<Cell>, counts: bool) {
        let key = match cells.first() {
            Some(Cell::Text(title)) if counts => Some(title.clone()),
            _ => None,
        };
        self.rows.push(Row {
            cells,
            key,
            link: None,
        });
    }
}
