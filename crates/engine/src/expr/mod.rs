//! The expression language of the manual: conditions, amounts and moments.
//!
//! Text in CEL syntax is parsed by the `cel` crate and lowered, once, to a small typed tree with a closed list of
//! operators ([`Node`]). The tree has three interpreters held equal by shared vectors and a property test: memory
//! ([`Expr::eval`]), SQL ([`Expr::to_sql`]) and the browser (`web/src/shared/expr.ts`, from the serialised tree).
//!
//! Evaluation is total: no input makes it fail.
//! - What is absent, of the wrong JSON type, or out of range counts as null. In range are: for [`Type::Num`] zero and
//!   magnitudes from 1e-9 to 2^53-1; for money, times and spans whole numbers up to 1e14.
//! - Arithmetic with null is null; an ordering against null is false; `null == null` is true, `null == x` is false,
//!   and `!=` is the negation; a null condition counts as false; the size of null is 0.
//! - Numbers are doubles. The compiler bounds every calculation, so that none can overflow or underflow, which
//!   PostgreSQL would report as an error. Money or a span times a number is rounded half away from zero.

mod bounds;
mod calls;
mod check;
mod eval;
mod func;
mod functions;
mod parse;
mod sql;
mod tree;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value as Json;

use crate::calendar::Calendar;
use crate::def::Checklist;
use crate::time::DEFAULT_OFFSET_MINUTES;

pub use func::{Func, Quantifier};
pub use functions::{Function, functions};
pub use sql::{Column, Columns, Dialect, Rows};
pub use tree::{Node, Type, Value};

/// A compiled expression. Serialises as its tree, for the browser.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Expr {
    #[serde(skip)]
    ty: Type,
    tree: Node,
}

/// A reason why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct ExprProblem {
    /// Byte offset into the text of the expression, at most its length.
    pub offset: usize,
    /// What is wrong, in Chinese, for the person who writes the manual.
    pub sentence: String,
}

/// Says which names an expression may use and of which type they are.
pub trait Schema {
    /// Type of a variable, by its dotted path (`valid`, `case.stage`).
    fn var(&self, path: &str) -> Option<Type>;
    /// The texts a variable can hold, where they are a closed list: a literal compared with it must be one of them.
    fn choices(&self, _path: &str) -> Option<Vec<String>> {
        None
    }
    /// Fields of the rows of `name(arg)`, such as `children('hot-work')`, or without an argument of the table field
    /// `name`; None when there is no such collection.
    fn collection(&self, name: &str, arg: Option<&str>) -> Option<&dyn Schema>;
    /// What is known of the rows themselves, where they are those of a checklist.
    fn checklist(&self) -> Option<&Checklist> {
        None
    }
    /// Names of the calendars that may be reckoned on; none where there are no calendars, as in a browser.
    fn calendars(&self) -> Vec<String> {
        Vec::new()
    }
    /// Every variable path and collection name, for suggestions after a slip of the pen.
    fn names(&self) -> Vec<String>;
}

/// Holds the values of one case, or of one row of a collection, in memory.
pub trait Env {
    /// Value of a variable as JSON; null when absent. Money in fen, times and spans in milliseconds, dates "YYYY-MM-DD".
    fn get(&self, path: &str) -> Cow<'_, Json>;
    /// Rows of `name(arg)`; those of table fields are read from their value.
    fn collection(&self, name: &str, arg: Option<&str>) -> Vec<Box<dyn Env + '_>>;
    /// Zone in which days begin, in minutes east of UTC.
    fn offset(&self) -> i32 {
        DEFAULT_OFFSET_MINUTES
    }
    /// A calendar of the manual.
    fn calendar(&self, _name: &str) -> Option<&Calendar> {
        None
    }
}

impl Expr {
    /// Compiles `text`, whose result must be of type `want` (not a list or table).
    ///
    /// # Errors
    /// Everything found wrong, in the order of the text; never empty.
    pub fn compile(text: &str, schema: &dyn Schema, want: Type) -> Result<Self, Vec<ExprProblem>> {
        let parsed = parse::parse(text)?;
        let tree = check::check(text, &parsed, schema, want)?;
        Ok(Self { ty: want, tree })
    }

    /// Type of the result.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// The tree.
    pub fn tree(&self) -> &Node {
        &self.tree
    }

    /// Value in memory. Money in fen, times and spans in milliseconds.
    pub fn eval(&self, env: &dyn Env) -> Value {
        eval::eval(&self.tree, env)
    }

    /// Whether the condition holds: null counts as false.
    pub fn test(&self, env: &dyn Env) -> bool {
        self.eval(env) == Value::Bool(true)
    }

    /// True where this condition does not hold, null included, and false where it does.
    #[must_use]
    pub fn negated(&self) -> Expr {
        Expr {
            ty: Type::Bool,
            tree: Node::Not {
                a: Box::new(self.tree.clone()),
            },
        }
    }

    /// Why no query can ask this; None when one can. Where SQL is needed, such an expression is refused.
    pub fn beyond_sql(&self) -> Option<&'static str> {
        sql::beyond(&self.tree)
    }

    /// Value in SQL, for a select list: NULL exactly where [`Expr::eval`] gives null. What is
    /// [beyond SQL](Expr::beyond_sql) is NULL.
    pub fn to_sql(&self, columns: &dyn Columns, dialect: Dialect) -> sea_query::SimpleExpr {
        sql::value(&self.tree, columns, dialect)
    }

    /// Condition in SQL, for WHERE: true exactly where [`Expr::test`] is, else false or NULL. Leaves comparisons bare
    /// where it may, so that indexes serve.
    pub fn to_filter(&self, columns: &dyn Columns, dialect: Dialect) -> sea_query::SimpleExpr {
        sql::filter(&self.tree, columns, dialect)
    }

    /// Variables of the case itself that are used, as dotted paths; those of rows of collections are not among them.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.tree.visit(&mut |node| match node {
            Node::Var {
                of: None, path: name, ..
            }
            | Node::Cell {
                of: None,
                table: name,
                ..
            }
            | Node::Rows {
                of: None,
                table: true,
                name,
                ..
            } => {
                names.insert(name.clone());
            }
            _ => {}
        });
        names
    }

    /// Whether a variable of the case is read as if it were surely there: its value counts, and nothing asks whether
    /// there is one, `has(x)`, `x == null`.
    pub fn takes_for_given(&self, name: &str) -> bool {
        let named = |node: &Node| matches!(node, Node::Var { of: None, path, .. } if path == name);
        let null = |node: &Node| {
            matches!(
                node,
                Node::Value {
                    value: Value::Null,
                    ..
                }
            )
        };
        let (mut all, mut presence) = (0, 0);
        self.tree.visit(&mut |node| match node {
            Node::Has { a } if named(a) => presence += 1,
            Node::Eq { a, b } if (named(a) && null(b)) || (null(a) && named(b)) => presence += 1,
            node if named(node) => all += 1,
            _ => {}
        });
        all > 0 && presence == 0
    }

    /// What the result may be, whichever way its conditions turn out.
    pub fn outcomes(&self) -> Vec<&Node> {
        fn into<'t>(node: &'t Node, found: &mut Vec<&'t Node>) {
            match node {
                Node::If { a, b, .. } => {
                    into(a, found);
                    into(b, found);
                }
                _ => found.push(node),
            }
        }
        let mut found = Vec::new();
        into(&self.tree, &mut found);
        found
    }

    /// Collections that are used, with their argument.
    pub fn collections(&self) -> BTreeSet<(String, Option<String>)> {
        let mut found = BTreeSet::new();
        self.tree.visit(&mut |node| {
            if let Node::Rows {
                name,
                arg,
                table: false,
                ..
            } = node
            {
                found.insert((name.clone(), arg.clone()));
            }
        });
        found
    }
}
