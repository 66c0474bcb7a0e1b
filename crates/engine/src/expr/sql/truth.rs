//! Conditions as SQL.

use sea_query::{BinOper, Expr as Sql, ExprTrait, Func, Query, SelectStatement, SimpleExpr};

use super::super::tree::{Node, Quantifier, Type, Value};
use super::{Dialect, Null, Nullness, Rows, Scope, Term, Writer, both, truth_value};

impl Writer {
    pub(super) fn truth(&self, node: &Node, scope: &Scope<'_>, null: Null) -> SimpleExpr {
        match node {
            Node::Not { a } => self.truth(a, scope, Null::Never).not(),
            Node::And { a, b } => self.truth(a, scope, null).and(self.truth(b, scope, null)),
            Node::Or { a, b } => self.truth(a, scope, null).or(self.truth(b, scope, null)),
            Node::Eq { a, b } => self.equal(self.value(a, scope), self.value(b, scope), null),
            Node::Lt { a, b } => self.compare(a, b, BinOper::SmallerThan, scope, null),
            Node::Le { a, b } => self.compare(a, b, BinOper::SmallerThanOrEqual, scope, null),
            Node::In { a, items } => self.one_of(a, items, scope, null),
            Node::Member { a, list } => self.settle(self.member(a, list, scope), null),
            Node::Contains { a, b } => {
                let name = if self.dialect == Dialect::Postgres {
                    "strpos"
                } else {
                    "instr"
                };
                let (a, b) = (self.value(a, scope), self.value(b, scope));
                let nullness = both(a.null, b.null);
                let found: SimpleExpr = Func::cust(name).args([a.sql, b.sql]).into();
                self.settle(
                    Term {
                        sql: found.gt(0),
                        int: false,
                        null: nullness,
                    },
                    null,
                )
            }
            Node::Has { a } => match a.ty() {
                Type::Text | Type::List | Type::Rows => self.size(a, scope).gt(0),
                _ => self.value(a, scope).sql.is_not_null(),
            },
            Node::Rows {
                want: Quantifier::Exists,
                ..
            } => Sql::exists(self.rows(node, scope).expr(Sql::cust("1")).take()),
            Node::Rows {
                want: Quantifier::All,
                ..
            } => Sql::exists(self.rows(node, scope).expr(Sql::cust("1")).take()).not(),
            _ => self.settle(self.value(node, scope), null),
        }
    }

    /// A truth value in which null is false.
    fn settle(&self, term: Term, null: Null) -> SimpleExpr {
        match (term.null, null) {
            (Nullness::Always, _) => truth_value(false),
            (Nullness::Maybe, Null::Never) => Func::coalesce([term.sql, truth_value(false)]).into(),
            _ => term.sql,
        }
    }

    fn equal(&self, a: Term, b: Term, null: Null) -> SimpleExpr {
        let (na, nb) = (a.null, b.null);
        match (na, nb) {
            (Nullness::Always, Nullness::Always) => return truth_value(true),
            (Nullness::Always, _) => return b.sql.is_null(),
            (_, Nullness::Always) => return a.sql.is_null(),
            _ => {}
        }
        let (a, b, _) = self.alike(a, b);
        if na == Nullness::Maybe && nb == Nullness::Maybe {
            return a.binary(BinOper::Custom("IS NOT DISTINCT FROM"), b);
        }
        self.settle(
            Term {
                sql: a.eq(b),
                int: false,
                null: both(na, nb),
            },
            null,
        )
    }

    fn compare(&self, a: &Node, b: &Node, sign: BinOper, scope: &Scope<'_>, null: Null) -> SimpleExpr {
        let (a, b) = (self.value(a, scope), self.value(b, scope));
        let nullness = both(a.null, b.null);
        let (a, b, _) = self.alike(a, b);
        self.settle(
            Term {
                sql: a.binary(sign, b),
                int: false,
                null: nullness,
            },
            null,
        )
    }

    fn one_of(&self, a: &Node, items: &[Node], scope: &Scope<'_>, null: Null) -> SimpleExpr {
        let constant = |node: &Node| matches!(node, Node::Value { value, .. } if *value != Value::Null);
        if !items.is_empty() && items.iter().all(constant) {
            let a = self.value(a, scope);
            let items: Vec<Term> = items.iter().map(|item| self.value(item, scope)).collect();
            let int = a.int && items.iter().all(|item| item.int);
            let form = |term: Term| if int { term.sql } else { self.double(term) };
            let nullness = a.null;
            let sql = form(a).is_in(items.into_iter().map(form));
            return self.settle(
                Term {
                    sql,
                    int: false,
                    null: nullness,
                },
                null,
            );
        }
        items
            .iter()
            .map(|item| self.equal(self.value(a, scope), self.value(item, scope), null))
            .reduce(ExprTrait::or)
            .unwrap_or_else(|| truth_value(false))
    }

    /// The rows that a quantifier looks for: those that meet the condition, or for `all` those that do not.
    pub(super) fn rows(&self, node: &Node, scope: &Scope<'_>) -> SelectStatement {
        let Node::Rows {
            want,
            of,
            name,
            arg,
            each,
            body,
        } = node
        else {
            return Query::select();
        };
        let Rows { mut query, columns } =
            scope
                .columns(of.as_deref())
                .collection(name, arg.as_deref(), &self.alias());
        let inner = Scope {
            row: Some(each),
            columns: &*columns,
            around: Some(scope),
        };
        query.and_where(match want {
            Quantifier::All => self.truth(body, &inner, Null::Never).not(),
            Quantifier::Exists | Quantifier::Count => self.truth(body, &inner, Null::IsFalse),
        });
        query
    }
}
