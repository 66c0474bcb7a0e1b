//! The interpreter that writes SQL.
//!
//! Numbers stand in one of two forms. Money, times and spans stay 64-bit integers while they are sure to be exact as
//! doubles too, so that comparisons meet indexes; all else is a double. Bounds checked by the compiler keep both from
//! overflowing. Every cast of JSON stands in a `case` behind a check of its kind, since PostgreSQL is free to evaluate
//! the two sides of `and` in any order.

mod beyond;
mod columns;
mod leaf;
mod tables;
mod truth;

use std::cell::Cell;

use sea_query::{BinOper, Expr as Sql, ExprTrait, Func, SimpleExpr};

pub(super) use beyond::beyond;
pub use columns::{Column, Columns, Dialect, Rows};

use super::func::Quantifier;
use super::tree::{Node, Type, Value};

/// `node` as a value.
pub(super) fn value(node: &Node, columns: &dyn Columns, dialect: Dialect) -> SimpleExpr {
    let writer = Writer {
        dialect,
        aliases: Cell::new(0),
    };
    writer
        .value(
            node,
            &Scope {
                row: None,
                columns,
                around: None,
            },
        )
        .sql
}

/// `node` as a condition, in which NULL may stand for false.
pub(super) fn filter(node: &Node, columns: &dyn Columns, dialect: Dialect) -> SimpleExpr {
    let writer = Writer {
        dialect,
        aliases: Cell::new(0),
    };
    writer.truth(
        node,
        &Scope {
            row: None,
            columns,
            around: None,
        },
        Null::IsFalse,
    )
}

/// Where names are looked up: a row, and what stands around it.
struct Scope<'a> {
    row: Option<&'a str>,
    columns: &'a dyn Columns,
    around: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    fn columns(&self, of: Option<&str>) -> &dyn Columns {
        match self.around {
            Some(around) if self.row != of => around.columns(of),
            _ => self.columns,
        }
    }
}

/// What a condition may be instead of false.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Null {
    /// Nothing: it must be true or false.
    Never,
    /// NULL will do, since whoever reads it wants only what is true.
    IsFalse,
}

/// A value in SQL and what is known of it.
struct Term {
    sql: SimpleExpr,
    /// A number in the form of a 64-bit integer.
    int: bool,
    null: Nullness,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nullness {
    Never,
    Maybe,
    Always,
}

impl Term {
    fn sure(sql: SimpleExpr) -> Self {
        Self {
            sql,
            int: false,
            null: Nullness::Never,
        }
    }
}

fn both(a: Nullness, b: Nullness) -> Nullness {
    if a == Nullness::Never && b == Nullness::Never {
        Nullness::Never
    } else {
        Nullness::Maybe
    }
}

fn truth_value(b: bool) -> SimpleExpr {
    Sql::Constant(b.into())
}

struct Writer {
    dialect: Dialect,
    aliases: Cell<usize>,
}

impl Writer {
    fn alias(&self) -> String {
        self.aliases.set(self.aliases.get() + 1);
        format!("e{}", self.aliases.get())
    }

    fn double(&self, term: Term) -> SimpleExpr {
        if term.int {
            self.cast(term.sql, "double precision", "real")
        } else {
            term.sql
        }
    }

    fn cast(&self, sql: SimpleExpr, postgres: &'static str, sqlite: &'static str) -> SimpleExpr {
        sql.cast_as(if self.dialect == Dialect::Postgres {
            postgres
        } else {
            sqlite
        })
    }

    /// Brings two values into one form.
    fn alike(&self, a: Term, b: Term) -> (SimpleExpr, SimpleExpr, bool) {
        if a.int == b.int {
            (a.sql, b.sql, a.int)
        } else {
            (self.double(a), self.double(b), false)
        }
    }

    fn constant(&self, ty: Type, value: &Value) -> Term {
        let sql = match value {
            Value::Null => return self.null(ty),
            Value::Bool(b) => truth_value(*b),
            Value::Text(text) => Sql::val(text.as_str()),
            Value::Num(x) => match value.as_i64() {
                Some(whole) if ty.is_int() => {
                    return Term {
                        sql: self.typed(Sql::val(whole), "bigint"),
                        int: true,
                        null: Nullness::Never,
                    };
                }
                _ => self.typed(Sql::val(*x), "double precision"),
            },
        };
        Term::sure(sql)
    }

    /// A bound number with its type in the text: sqlx caches prepared statements by text alone, and would send the
    /// bits of a double where an integer was prepared.
    fn typed(&self, sql: SimpleExpr, postgres: &'static str) -> SimpleExpr {
        if self.dialect == Dialect::Postgres {
            sql.cast_as(postgres)
        } else {
            sql
        }
    }

    fn null(&self, ty: Type) -> Term {
        let (postgres, sqlite) = match ty {
            Type::Bool => ("boolean", "integer"),
            Type::Num => ("double precision", "real"),
            Type::Money | Type::Time | Type::Span => ("bigint", "integer"),
            Type::Text | Type::Date | Type::List | Type::Rows => ("text", "text"),
        };
        let sql = self.cast(Sql::null(), postgres, sqlite);
        Term {
            sql,
            int: ty.is_int(),
            null: Nullness::Always,
        }
    }

    fn value(&self, node: &Node, scope: &Scope<'_>) -> Term {
        match node {
            Node::Value { ty, value } => self.constant(*ty, value),
            Node::Var { ty, of, path } => match scope.columns(of.as_deref()).column(path) {
                Column::Known(json) => self.constant(*ty, &Value::from_json(*ty, &json)),
                column => self.leaf(*ty, &column),
            },
            Node::If { test, a, b } => {
                let test = self.truth(test, scope, Null::IsFalse);
                let (a, b) = (self.value(a, scope), self.value(b, scope));
                let null = both(a.null, b.null);
                let (a, b, int) = self.alike(a, b);
                Term {
                    sql: Sql::case(test, a).finally(b).into(),
                    int,
                    null,
                }
            }
            Node::Add { a, b, .. } => self.arithmetic(node, a, b, BinOper::Add, scope),
            Node::Sub { a, b, .. } => self.arithmetic(node, a, b, BinOper::Sub, scope),
            Node::Mul { ty, a, b } => {
                let mut product = self.arithmetic(node, a, b, BinOper::Mul, scope);
                if ty.is_int() {
                    product.sql = self.round(product.sql);
                }
                product
            }
            Node::Size { a } => {
                let size = self.cast(self.size(a, scope), "double precision", "real");
                Term::sure(size)
            }
            Node::Div { ty, a, b } => {
                let (a, b) = (self.value(a, scope), self.value(b, scope));
                let by: SimpleExpr = Func::cust("nullif")
                    .args([self.double(b), Sql::val(0.0_f64)])
                    .into();
                let quotient = self.double(a).binary(BinOper::Div, by);
                Term {
                    sql: if ty.is_int() {
                        self.round(quotient)
                    } else {
                        quotient
                    },
                    int: false,
                    null: Nullness::Maybe,
                }
            }
            Node::Rows { want, ty, body, .. } if *want == Quantifier::Count || want.is_aggregate() => {
                self.aggregate(node, *want, *ty, body, scope)
            }
            Node::Call { ty, .. } | Node::Cell { ty, .. } => self.null(*ty),
            _ => Term::sure(self.truth(node, scope, Null::Never)),
        }
    }

    /// Integers when they are exact in doubles as well, else doubles.
    fn arithmetic(&self, node: &Node, a: &Node, b: &Node, sign: BinOper, scope: &Scope<'_>) -> Term {
        let (a, b) = (self.value(a, scope), self.value(b, scope));
        let null = both(a.null, b.null);
        let int = a.int && b.int && node.bounds().is_exact_int();
        let (a, b) = if int {
            (a.sql, b.sql)
        } else {
            (self.double(a), self.double(b))
        };
        Term {
            sql: a.binary(sign, b),
            int,
            null,
        }
    }

    /// Half away from zero. PostgreSQL's `round` of a double goes to the even neighbour, so there it is spelt out.
    fn round(&self, x: SimpleExpr) -> SimpleExpr {
        if self.dialect == Dialect::Sqlite {
            return Func::cust("round").arg(x).into();
        }
        let function = |name: &'static str, x: SimpleExpr| -> SimpleExpr { Func::cust(name).arg(x).into() };
        let half = function("sign", x.clone()).mul(0.5_f64);
        Sql::case(
            function("abs", x.clone()).gt(4_503_599_627_370_496.0_f64),
            x.clone(),
        )
        .finally(function("trunc", x.add(half)))
        .into()
    }
}
