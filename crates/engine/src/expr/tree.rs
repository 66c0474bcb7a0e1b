//! The typed tree and what every interpreter must agree on about values.

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::func::{Func, Quantifier};

/// Largest magnitude of a number: beyond it doubles skip whole numbers.
pub(super) const MAX_NUM: f64 = 9_007_199_254_740_991.0;
/// Smallest magnitude of a number that is not zero.
pub(super) const MIN_NUM: f64 = 1e-9;
/// Largest magnitude of money (fen), times and spans (ms): a trillion yuan, the year 5138.
pub(super) const MAX_INT: f64 = 1e14;

/// Type of an expression or variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// True or false.
    Bool,
    /// A number; a double.
    Num,
    /// Money, in whole fen.
    Money,
    /// Text or one choice; compared only for equality.
    Text,
    /// A day, "YYYY-MM-DD".
    Date,
    /// An instant, in milliseconds since the Unix epoch.
    Time,
    /// A length of time, in milliseconds.
    Span,
    /// Several choices, or files: an array of text.
    List,
    /// The rows of a table field: an array of which only the size can be asked.
    Rows,
}

impl Type {
    /// What people call it.
    pub fn title(self) -> &'static str {
        super::words::type_name(self)
    }

    /// Kept as whole numbers.
    pub(super) fn is_int(self) -> bool {
        matches!(self, Self::Money | Self::Time | Self::Span)
    }

    /// Kept as a number of any sort.
    pub(super) fn is_numeric(self) -> bool {
        self == Self::Num || self.is_int()
    }
}

/// Result of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Absent.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number; fen for money, milliseconds for times and spans.
    Num(f64),
    /// Text, or a date "YYYY-MM-DD".
    Text(String),
}

impl Value {
    /// Reads JSON as `ty`: what does not fit is null. Lists and tables have no value of their own, only a size.
    pub fn from_json(ty: Type, json: &Json) -> Self {
        match (ty, json) {
            (Type::Bool, Json::Bool(b)) => Self::Bool(*b),
            (Type::Text, Json::String(s)) => Self::Text(s.clone()),
            (Type::Date, Json::String(s)) if is_date(s) => Self::Text(s.clone()),
            (_, Json::Number(n)) => match n.as_f64() {
                Some(x) if number_fits(ty, x) => Self::Num(x),
                _ => Self::Null,
            },
            _ => Self::Null,
        }
    }

    /// The number as a whole one: fen or milliseconds.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Num(x) if x.fract() == 0.0 && x.abs() <= MAX_NUM => Some(*x as i64),
            _ => None,
        }
    }
}

/// Whole numbers are written without a fraction, as JSON does elsewhere in the product.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self, self.as_i64()) {
            (_, Some(whole)) => serializer.serialize_i64(whole),
            (Self::Null, _) => serializer.serialize_unit(),
            (Self::Bool(b), _) => serializer.serialize_bool(*b),
            (Self::Num(x), _) => serializer.serialize_f64(*x),
            (Self::Text(s), _) => serializer.serialize_str(s),
        }
    }
}

/// Whether `x` is within the range of the numeric type `ty`.
pub(super) fn number_fits(ty: Type, x: f64) -> bool {
    match ty {
        Type::Num => x == 0.0 || (MIN_NUM..=MAX_NUM).contains(&x.abs()),
        _ if ty.is_int() => x.fract() == 0.0 && x.abs() <= MAX_INT,
        _ => false,
    }
}

/// The shape "YYYY-MM-DD"; whether there is such a day is not asked.
pub(super) fn is_date(s: &str) -> bool {
    let b = s.as_bytes();
    b.len() == 10
        && (0..10).all(|i| {
            if i == 4 || i == 7 {
                b[i] == b'-'
            } else {
                b[i].is_ascii_digit()
            }
        })
}

/// One operator of the tree. The list is closed; each has its arm in every interpreter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "operands are named a and b; what an operator does stands on its variant"
)]
pub enum Node {
    /// A constant; null is typed too, since SQL needs it.
    Value {
        #[serde(skip)]
        ty: Type,
        value: Value,
    },
    /// A variable: of the case, or of the row that a quantifier named `of`.
    Var {
        ty: Type,
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        path: String,
    },
    /// Negation; of null it is true.
    Not { a: Box<Node> },
    /// Both hold.
    And { a: Box<Node>, b: Box<Node> },
    /// At least one holds.
    Or { a: Box<Node>, b: Box<Node> },
    /// `a` if the test holds, else `b`.
    If {
        test: Box<Node>,
        a: Box<Node>,
        b: Box<Node>,
    },
    /// Equality, in which null equals null.
    Eq { a: Box<Node>, b: Box<Node> },
    /// Less than.
    Lt { a: Box<Node>, b: Box<Node> },
    /// Less than or equal.
    Le { a: Box<Node>, b: Box<Node> },
    /// Sum, of type `ty`.
    Add { ty: Type, a: Box<Node>, b: Box<Node> },
    /// Difference, of type `ty`.
    Sub { ty: Type, a: Box<Node>, b: Box<Node> },
    /// Product, of type `ty`; whole types are rounded half away from zero.
    Mul { ty: Type, a: Box<Node>, b: Box<Node> },
    /// Quotient, of type `ty`, rounded like a product; null when `b` is zero.
    Div { ty: Type, a: Box<Node>, b: Box<Node> },
    /// A function of values.
    Call { ty: Type, name: Func, args: Vec<Node> },
    /// The cell `path` of one row of the table `table`, counted from 1; null when there is no such row.
    Cell {
        ty: Type,
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        table: String,
        row: Box<Node>,
        path: String,
    },
    /// `a` equals one of the items.
    In { a: Box<Node>, items: Vec<Node> },
    /// The text `a` stands in the list variable.
    Member { a: Box<Node>, list: Box<Node> },
    /// The text `a` contains the text `b`.
    Contains { a: Box<Node>, b: Box<Node> },
    /// Neither null nor empty.
    Has { a: Box<Node> },
    /// Characters of a text, entries of a list, rows of a table; 0 for null.
    Size { a: Box<Node> },
    /// A question about the rows of a collection, or of the table field `name`, each called `each` in `body`.
    Rows {
        ty: Type,
        want: Quantifier,
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        arg: Option<String>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        table: bool,
        each: String,
        body: Box<Node>,
    },
}

impl Node {
    /// Type of the result.
    pub fn ty(&self) -> Type {
        match self {
            Self::Value { ty, .. }
            | Self::Var { ty, .. }
            | Self::Add { ty, .. }
            | Self::Sub { ty, .. }
            | Self::Mul { ty, .. }
            | Self::Div { ty, .. }
            | Self::Call { ty, .. }
            | Self::Cell { ty, .. }
            | Self::Rows { ty, .. } => *ty,
            Self::If { a, .. } => a.ty(),
            Self::Size { .. } => Type::Num,
            _ => Type::Bool,
        }
    }

    /// Calls `f` on this node and on all below it.
    pub(super) fn visit(&self, f: &mut dyn FnMut(&Node)) {
        f(self);
        match self {
            Self::Value { .. } | Self::Var { .. } => {}
            Self::Not { a }
            | Self::Has { a }
            | Self::Size { a }
            | Self::Rows { body: a, .. }
            | Self::Cell { row: a, .. } => a.visit(f),
            Self::Call { args, .. } => args.iter().for_each(|n| n.visit(f)),
            Self::If { test, a, b } => [test, a, b].into_iter().for_each(|n| n.visit(f)),
            Self::In { a, items } => std::iter::once(&**a).chain(items).for_each(|n| n.visit(f)),
            Self::Member { a, list: b }
            | Self::And { a, b }
            | Self::Or { a, b }
            | Self::Eq { a, b }
            | Self::Lt { a, b }
            | Self::Le { a, b }
            | Self::Add { a, b, .. }
            | Self::Sub { a, b, .. }
            | Self::Mul { a, b, .. }
            | Self::Div { a, b, .. }
            | Self::Contains { a, b } => [a, b].into_iter().for_each(|n| n.visit(f)),
        }
    }
}
