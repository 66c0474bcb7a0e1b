//! Reports as they run.

use crate::def::{MeasureDef, PartDef, ReportDef};
use crate::expr::Expr;

/// A report with its expressions compiled for what each part is made of.
#[derive(Debug, Clone)]
pub struct ReportRules {
    /// As written.
    pub def: ReportDef,
    /// Pack it stands in.
    pub pack: String,
    /// Parts, in order.
    pub parts: Vec<PartRules>,
}

/// A part of a report.
#[derive(Debug, Clone)]
pub struct PartRules {
    /// As written.
    pub def: PartDef,
    /// What it is made of.
    pub of: Base,
    /// Which of them; none: all.
    pub filter: Option<Expr>,
    /// By what they stand together.
    pub by: Option<Expr>,
    /// The figures it shows, in order.
    pub measures: Vec<MeasureRules>,
}

/// What a part of a report is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// Contacts.
    Contacts,
    /// Cases of these kinds; none: of every kind.
    Cases(Vec<String>),
}

/// A figure of a part.
#[derive(Debug, Clone)]
pub struct MeasureRules {
    /// As written.
    pub def: MeasureDef,
    /// Which of them count; none: all.
    pub filter: Option<Expr>,
    /// Of which its share is taken; none: of all.
    pub among: Option<Expr>,
    /// What a mean or sum is taken of.
    pub value: Option<Expr>,
}
