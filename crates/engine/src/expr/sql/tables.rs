//! Rows of table fields, and what is made of many rows.

use sea_query::{Expr as Sql, ExprTrait, Func, Query, SelectStatement, SimpleExpr, SubQueryStatement};

use super::super::func::Quantifier;
use super::super::tree::{Node, Type};
use super::{Column, Columns, Dialect, Null, Nullness, Rows, Scope, Term, Writer};

/// The cells of a row, which is an element of a JSON array.
struct Cells {
    alias: String,
    dialect: Dialect,
}

impl Columns for Cells {
    fn column(&self, path: &str) -> Column {
        let element = |name: &'static str| Sql::col((self.alias.clone(), name));
        let document = match self.dialect {
            Dialect::Postgres => element("value"),
            // Only an object is written as JSON there; a text is written bare.
            Dialect::Sqlite => {
                let object = element("type").eq(Sql::Constant("object".into()));
                Sql::case(object, element("value")).into()
            }
        };
        let name = path.to_owned();
        Column::Member { document, name }
    }

    /// Rows of a table have no collections, and none can be named.
    fn collection(&self, _: &str, _: Option<&str>, _: &str) -> Rows<'_> {
        let (alias, dialect) = (self.alias.clone(), self.dialect);
        Rows {
            query: Query::select(),
            columns: Box::new(Cells { alias, dialect }),
        }
    }
}

impl Writer {
    /// The elements of a table field.
    pub(super) fn elements(&self, column: &Column, alias: String) -> Rows<'static> {
        let function = match self.dialect {
            Dialect::Postgres => "jsonb_array_elements",
            Dialect::Sqlite => "json_each",
        };
        let mut query = Query::select();
        query.from_function(Func::cust(function).arg(self.array(column)), alias.clone());
        let dialect = self.dialect;
        Rows {
            query,
            columns: Box::new(Cells { alias, dialect }),
        }
    }

    /// A number made of rows: how many, their total, mean, smallest or largest.
    pub(super) fn aggregate(
        &self,
        node: &Node,
        want: Quantifier,
        ty: Type,
        body: &Node,
        scope: &Scope<'_>,
    ) -> Term {
        let sub =
            |query: SelectStatement| Sql::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(query)));
        let mut query = self.rows(node, scope, |writer, query, inner| match want {
            Quantifier::Count => {
                query.and_where(writer.truth(body, inner, Null::IsFalse));
                query.expr(Func::count(Sql::col(sea_query::Asterisk)));
            }
            _ => {
                let value = writer.value(body, inner).sql;
                let name = match want {
                    Quantifier::Sum => "sum",
                    Quantifier::Average => "avg",
                    Quantifier::Min => "min",
                    _ => "max",
                };
                query.expr(Func::cust(name).arg(value));
            }
        });
        let found = sub(query.take());
        let double = |sql| self.cast(sql, "double precision", "real");
        let (sql, null): (SimpleExpr, _) = match want {
            Quantifier::Count => (double(found), Nullness::Never),
            Quantifier::Sum => {
                let sum: SimpleExpr = Func::coalesce([double(found), Sql::val(0.0_f64)]).into();
                (sum, Nullness::Never)
            }
            Quantifier::Average => (self.round(double(found)), Nullness::Maybe),
            _ if ty.is_numeric() => (double(found), Nullness::Maybe),
            _ => (found, Nullness::Maybe),
        };
        Term {
            sql,
            int: false,
            null,
        }
    }
}
