//! Columns and members of JSON objects as typed SQL.

use sea_query::{Expr as Sql, ExprTrait, Func, Query, SimpleExpr};

use super::super::tree::{MAX_INT, MAX_NUM, Node, Type};
use super::{Column, Dialect, Nullness, Scope, Term, Writer};

fn call<const N: usize>(name: &'static str, args: [SimpleExpr; N]) -> SimpleExpr {
    Func::cust(name).args(args).into()
}

fn word(text: &'static str) -> SimpleExpr {
    Sql::Constant(text.into())
}

/// `value` where `condition` holds, else NULL.
fn when(condition: SimpleExpr, value: SimpleExpr) -> SimpleExpr {
    Sql::case(condition, value).into()
}

/// Whether `x` is in the range of the numeric type `ty`.
fn in_range(ty: Type, x: &SimpleExpr, whole: SimpleExpr) -> SimpleExpr {
    if ty.is_int() {
        return x
            .clone()
            .between(-MAX_INT as i64, MAX_INT as i64)
            .and(x.clone().eq(whole));
    }
    // Written as a literal: against a bound double, PostgreSQL would turn the number into one, which may underflow.
    let small = x
        .clone()
        .gt(Sql::cust("-0.000000001"))
        .and(x.clone().lt(Sql::cust("0.000000001")));
    let zero = x.clone().eq(Sql::cust("0"));
    x.clone()
        .between(-MAX_NUM as i64, MAX_NUM as i64)
        .and(small.not().or(zero))
}

impl Writer {
    /// A variable that is stored.
    pub(super) fn leaf(&self, ty: Type, column: &Column) -> Term {
        let sql = match column {
            Column::Plain(sql) if ty == Type::Num => self.cast(sql.clone(), "double precision", "real"),
            Column::Plain(sql) => sql.clone(),
            Column::Member { document, name } if self.dialect == Dialect::Postgres => {
                postgres(ty, document, name)
            }
            Column::Member { document, name } => sqlite(ty, document, name),
            Column::Known(_) => return self.null(ty),
        };
        Term {
            sql,
            int: ty.is_int(),
            null: Nullness::Maybe,
        }
    }

    /// A stored list or table as a JSON array, NULL when it is none.
    pub(super) fn array(&self, column: &Column) -> SimpleExpr {
        let postgres = self.dialect == Dialect::Postgres;
        match column {
            Column::Plain(json) if postgres => array_or_null("jsonb_typeof", [json.clone()], json.clone()),
            Column::Plain(json) => array_or_null("json_type", [json.clone()], json.clone()),
            Column::Member { document, name } if postgres => {
                let member = json_member(document, name);
                array_or_null("jsonb_typeof", [member.clone()], member)
            }
            Column::Member { document, name } => {
                let args = [document.clone(), json_path(name)];
                array_or_null("json_type", args.clone(), call("json_extract", args))
            }
            Column::Known(json) if json.is_array() => {
                let json = Sql::val(json.to_string());
                if postgres { json.cast_as("jsonb") } else { json }
            }
            Column::Known(_) => Sql::null().cast_as(if postgres { "jsonb" } else { "text" }),
        }
    }

    fn array_of(&self, node: &Node, scope: &Scope<'_>) -> SimpleExpr {
        match node {
            Node::Var { of, path, .. } => self.array(&scope.columns(of.as_deref()).column(path)),
            _ => self.array(&Column::Known(serde_json::Value::Null)),
        }
    }

    /// Number of characters, entries or rows; 0 for null.
    pub(super) fn size(&self, node: &Node, scope: &Scope<'_>) -> SimpleExpr {
        let postgres = self.dialect == Dialect::Postgres;
        let size = match node.ty() {
            Type::List | Type::Rows => {
                let name = if postgres {
                    "jsonb_array_length"
                } else {
                    "json_array_length"
                };
                call(name, [self.array_of(node, scope)])
            }
            _ => call("length", [self.value(node, scope).sql]),
        };
        Func::coalesce([size, Sql::cust("0")]).into()
    }

    /// Whether a text stands in a list.
    pub(super) fn member(&self, needle: &Node, list: &Node, scope: &Scope<'_>) -> Term {
        let array = self.array_of(list, scope);
        let needle = self.value(needle, scope).sql;
        if self.dialect == Dialect::Postgres {
            let needle = call("to_jsonb", [needle.cast_as("text")]);
            let sql = array.binary(sea_query::extension::postgres::PgBinOper::Contains, needle);
            return Term {
                sql,
                int: false,
                null: Nullness::Maybe,
            };
        }
        let alias = self.alias();
        let entry = |name: &'static str| Sql::col((alias.clone(), name));
        let mut entries = Query::select();
        entries
            .expr(Sql::cust("1"))
            .from_function(Func::cust("json_each").arg(array), alias.clone())
            .and_where(entry("type").eq(word("text")))
            .and_where(entry("value").eq(needle));
        Term::sure(Sql::exists(entries))
    }
}

fn array_or_null<const N: usize>(kind: &'static str, of: [SimpleExpr; N], json: SimpleExpr) -> SimpleExpr {
    when(call(kind, of).eq(word("array")), json)
}

fn json_member(document: &SimpleExpr, name: &str) -> SimpleExpr {
    document.clone().binary(
        sea_query::extension::postgres::PgBinOper::GetJsonField,
        Sql::val(name),
    )
}

fn json_path(name: &str) -> SimpleExpr {
    Sql::val(format!("$.\"{name}\""))
}

fn postgres(ty: Type, document: &SimpleExpr, name: &str) -> SimpleExpr {
    let member = json_member(document, name);
    let text = document.clone().binary(
        sea_query::extension::postgres::PgBinOper::CastJsonField,
        Sql::val(name),
    );
    let kind = |is: &'static str| call("jsonb_typeof", [member.clone()]).eq(word(is));
    match ty {
        Type::Bool => when(kind("boolean"), member.clone().cast_as("boolean")),
        Type::Text => when(kind("string"), text),
        Type::Date => {
            let shape = text.clone().binary(
                sea_query::extension::postgres::PgBinOper::Regex,
                word(r"^\d{4}-\d\d-\d\d$"),
            );
            when(kind("string"), when(shape, text))
        }
        Type::List | Type::Rows => when(kind("array"), text),
        Type::Num | Type::Money | Type::Time | Type::Span => {
            let number = member.clone().cast_as("numeric");
            let range = in_range(ty, &number, call("trunc", [number.clone()]));
            let to = if ty == Type::Num {
                "double precision"
            } else {
                "bigint"
            };
            when(kind("number"), when(range, number.cast_as(to)))
        }
    }
}

fn sqlite(ty: Type, document: &SimpleExpr, name: &str) -> SimpleExpr {
    let args = [document.clone(), json_path(name)];
    let value = call("json_extract", args.clone());
    let kind = |is: &'static str| call("json_type", args.clone()).eq(word(is));
    match ty {
        Type::Bool => Sql::case(kind("true"), true).case(kind("false"), false).into(),
        Type::Text => when(kind("text"), value),
        Type::Date => {
            let shape = call(
                "glob",
                [word("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"), value.clone()],
            );
            when(kind("text").and(shape), value)
        }
        Type::List | Type::Rows => when(kind("array"), value),
        Type::Num | Type::Money | Type::Time | Type::Span => {
            let number = kind("integer").or(kind("real"));
            let to = if ty == Type::Num { "real" } else { "integer" };
            let range = in_range(ty, &value, value.clone().cast_as("integer"));
            when(number.and(range), value.cast_as(to))
        }
    }
}
