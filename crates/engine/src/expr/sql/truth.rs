//! Conditions as SQL.

use sea_query::{BinOper, Expr as Sql, ExprTrait, Func, Query, SelectStatement, SimpleExpr};

use super::super::func::Quantifier;
use super::super::tree::{Node, Type, Value};
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
                want: want @ (Quantifier::Exists | Quantifier::All),
                body,
                ..
            } => {
                let all = *want == Quantifier::All;
                // For `all`, those that do not meet the condition are looked for.
                let found = Sql::exists(self.rows(node, scope, |writer, query, inner| {
                    query.expr(Sql::cust("1")).and_where(if all {
                        writer.truth(body, inner, Null::Never).not()
                    } else {
                        writer.truth(body, inner, Null::IsFalse)
                    });
                }));
                if all { found.not() } else { found }
            }
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

    /// The rows of a collection or table, of which `ask` says what is selected.
    pub(super) fn rows(
        &self,
        node: &Node,
        scope: &Scope<'_>,
        ask: impl FnOnce(&Writer, &mut SelectStatement, &Scope<'_>),
    ) -> SelectStatement {
        let Node::Rows {
            of,
            name,
            arg,
            table,
            each,
            ..
        } = node
        else {
            return Query::select();
        };
        let (columns, alias) = (scope.columns(of.as_deref()), self.alias());
        let Rows { mut query, columns } = if *table {
            self.elements(&columns.column(name), alias)
        } else {
            columns.collection(name, arg.as_deref(), &alias)
        };
        let inner = Scope {
            row: Some(each),
            columns: &*columns,
            around: Some(scope),
        };
        ask(self, &mut query, &inner);
        query
    }
}
