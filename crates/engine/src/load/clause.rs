//! Clauses as they run.

use crate::def::Clause;
use crate::expr::Expr;
use serde::Serialize;

/// A clause with its expressions compiled for each kind it measures (QUALITY-9).
#[derive(Debug, Clone)]
pub struct ClauseRules {
    /// As written.
    pub def: Clause,
    /// Pack it stands in.
    pub pack: String,
    /// What the figure is held against.
    pub threshold: Threshold,
    /// One entry for each kind; one without a kind for contacts.
    pub per: Vec<ClauseOf>,
    /// Of sites, homes or staff: which of them, and whether their number keeps the rule.
    pub anchors: Option<AnchorClause>,
}

/// What a clause over sites, homes or staff asks of each of them, once a period.
#[derive(Debug, Clone)]
pub struct AnchorClause {
    /// Which of them; none: all.
    pub among: Option<Expr>,
    /// Whether the number of cases keeps the rule.
    pub met: Expr,
}

/// A clause for one kind.
#[derive(Debug, Clone)]
pub struct ClauseOf {
    /// Name of the kind; none: contacts.
    pub kind: Option<String>,
    /// Which of them count; none: all.
    pub filter: Option<Expr>,
    /// Which of them are not to be judged yet.
    pub open: Option<Expr>,
    /// Which of them are excused, by name.
    pub excused: Vec<(String, Expr)>,
    /// Which of them keep the rule; over sites, homes or staff, each case counts.
    pub met: Option<Expr>,
    /// Until when those that do not are open.
    pub due: Option<Expr>,
    /// What an average is taken of.
    pub value: Option<Expr>,
    /// The instant by whose period they are counted.
    pub month_of: Expr,
}

impl ClauseRules {
    /// The expressions for a kind; `None` asks for contacts.
    pub fn of(&self, kind: Option<&str>) -> Option<&ClauseOf> {
        self.per.iter().find(|of| of.kind.as_deref() == kind)
    }

    /// The threshold as people write it, `≥ 95%`: authors type what their keyboard has.
    pub fn target(&self) -> String {
        self.def.threshold.replace(">=", "≥").replace("<=", "≤")
    }
}

/// What a figure is held against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Threshold {
    /// How they are compared.
    pub op: Comparison,
    /// In percent for shares, a number for breaks.
    pub value: f64,
}

/// How a figure is held against its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
}

impl Threshold {
    /// Reads `>= 95%`. Also says whether a percent sign was written.
    pub fn parse(text: &str) -> Option<(Threshold, bool)> {
        let text = text.trim();
        let signs = [
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            ("=", Comparison::Equal),
        ];
        let (op, rest) = signs
            .iter()
            .find_map(|(sign, op)| Some((*op, text.strip_prefix(sign)?.trim())))?;
        let (number, percent) = match rest.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (rest, false),
        };
        let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
        let value = number.parse().ok().filter(|_| plain)?;
        Some((Threshold { op, value }, percent))
    }

    /// Whether the figure keeps it.
    pub fn holds(&self, figure: f64) -> bool {
        match self.op {
            Comparison::Equal => (figure - self.value).abs() < 1e-9,
            Comparison::AtLeast => figure >= self.value,
            Comparison::AtMost => figure <= self.value,
        }
    }
}
