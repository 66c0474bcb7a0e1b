//! Where a query finds what the expressions of a report name.

use super::Period;
use engine::expr::{Column, Columns, Dialect, Rows};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};
use serde_json::json;

/// The row a report reads: a case `c` of site `s` and building `b`, or a contact `k` of site `s` with its judgement `j`.
pub(super) struct Source {
    pub dialect: Dialect,
    pub period: Period,
    pub now: i64,
    pub offset: i32,
}

fn column(table: &str, name: &str) -> SimpleExpr {
    Expr::col((Alias::new(table), Alias::new(name)))
}

fn plain(table: &str, name: &str) -> Column {
    Column::Plain(column(table, name))
}

fn is_known(table: &str, name: &str) -> Column {
    Column::Plain(column(table, name).is_not_null())
}

/// A name every case has; in a row of its own it is called `table`.
fn of_case(table: &str, name: &str) -> Option<Column> {
    Some(match name {
        "closed" => is_known(table, "closed_at"),
        "stage" | "opened_at" | "closed_at" => plain(table, name),
        _ => return None,
    })
}

impl Source {
    /// The database's word for a double.
    pub fn double(&self) -> &'static str {
        match self.dialect {
            Dialect::Postgres => "double precision",
            Dialect::Sqlite => "real",
        }
    }

    /// Until when the period lasts, or now while it does.
    fn until(&self) -> i64 {
        Ord::min(self.period.to(), self.now)
    }

    fn case(&self, name: &str) -> Option<Column> {
        let on_sqlite = self.dialect == Dialect::Sqlite;
        Some(match name {
            "id" | "kind" | "number" | "channel" | "urgency" | "level" | "reminders" => plain("c", name),
            "home" => plain("c", "home_id"),
            "customer" => plain("c", "customer_id"),
            "due_at" => plain("c", "next_due_at"),
            "site" => plain("s", "name"),
            "building" => plain("b", "name"),
            "reopened" | "repeats" => Column::Member {
                document: column("c", "state"),
                name: name.to_owned(),
            },
            "unread" => Column::Plain(Expr::cust(if on_sqlite {
                "coalesce(json_array_length(c.state, '$.unread'), 0)"
            } else {
                "coalesce(jsonb_array_length(c.state -> 'unread'), 0)"
            })),
            "assigned" => Column::Plain(Expr::cust(
                "exists (select 1 from case_person p where p.case_id = c.id and p.relation = 'assignee')",
            )),
            "assignee" => Column::Plain(Expr::cust(
                "(select min(m.name) from case_person p join staff m on m.id = p.staff_id \
                 where p.case_id = c.id and p.relation = 'assignee')",
            )),
            "opened_on" => {
                let ahead = i64::from(self.offset) * 60;
                Column::Plain(Expr::cust(if on_sqlite {
                    format!("date(c.opened_at / 1000 + {ahead}, 'unixepoch')")
                } else {
                    format!(
                        "to_char(to_timestamp(c.opened_at / 1000 + {ahead}) at time zone 'UTC', 'YYYY-MM-DD')"
                    )
                }))
            }
            _ => return of_case("c", name),
        })
    }

    fn contact(&self, name: &str) -> Option<Column> {
        Some(match name {
            "happened_at" | "answered_at" | "channel" => plain("k", name),
            "closed_at" => plain("k", "settled_at"),
            "settled" => is_known("k", "settled_at"),
            "confirmed" => plain("k", "read_back"),
            "judgement" => plain("j", "judgement"),
            "site" => plain("s", "name"),
            "at_once" => Column::Plain(column("k", "done_at_once").ne("")),
            "cases" => Column::Plain(Expr::cust(
                "(select count(*) from contact_case x where x.contact_id = k.id)",
            )),
            _ => return None,
        })
    }
}

impl Columns for Source {
    fn column(&self, path: &str) -> Column {
        let found = match path.split_once('.') {
            None if path == "now" => Some(Column::Known(json!(self.now))),
            Some(("period", "from")) => Some(Column::Known(json!(self.period.from()))),
            Some(("period", "to")) => Some(Column::Known(json!(self.period.to()))),
            Some(("period", "until")) => Some(Column::Known(json!(self.until()))),
            Some(("case", name)) => self.case(name),
            Some(("contact", name)) => self.contact(name),
            _ => None,
        };
        found.unwrap_or_else(|| Column::Member {
            document: column("c", "data"),
            name: path.to_owned(),
        })
    }

    fn collection(&self, name: &str, arg: Option<&str>, alias: &str) -> Rows<'_> {
        let mut query = Query::select();
        let as_alias = Alias::new(alias);
        let arg = arg.unwrap_or_default();
        if name == "clocks" {
            query
                .from_as(Alias::new("clock_run"), as_alias)
                .and_where(column(alias, "case_id").eq(column("c", "id")))
                .and_where(column(alias, "clock").eq(arg));
            let columns = Box::new(RunRow {
                alias: alias.to_owned(),
                dialect: self.dialect,
            });
            return Rows { query, columns };
        }
        query
            .from_as(Alias::new("case_record"), as_alias)
            .and_where(column(alias, "parent_id").eq(column("c", "id")))
            .and_where(column(alias, "kind").eq(arg));
        Rows {
            query,
            columns: Box::new(ChildRow {
                alias: alias.to_owned(),
            }),
        }
    }
}

/// A run of a clock of the case `c`.
struct RunRow {
    alias: String,
    dialect: Dialect,
}

impl Columns for RunRow {
    fn column(&self, path: &str) -> Column {
        match path {
            "stopped_at" => plain(&self.alias, "ended_at"),
            "breached" => is_known(&self.alias, "breached_at"),
            // How a run ended is in the case's own state only.
            "stopped" => Column::Plain(Expr::cust(match self.dialect {
                Dialect::Sqlite => format!(
                    "exists (select 1 from json_each(c.state, '$.runs') as one \
                     where json_extract(one.value, '$.run') = \"{0}\".run and json_extract(one.value, '$.ended[1]') = 'done')",
                    self.alias
                ),
                Dialect::Postgres => format!(
                    "exists (select 1 from jsonb_array_elements(c.state -> 'runs') as one \
                     where cast(one ->> 'run' as bigint) = \"{0}\".run and one -> 'ended' ->> 1 = 'done')",
                    self.alias
                ),
            })),
            name => plain(&self.alias, name),
        }
    }

    fn collection(&self, _: &str, _: Option<&str>, _: &str) -> Rows<'_> {
        nothing()
    }
}

/// A case under the case `c`.
struct ChildRow {
    alias: String,
}

impl Columns for ChildRow {
    fn column(&self, path: &str) -> Column {
        of_case(&self.alias, path).unwrap_or_else(|| Column::Member {
            document: column(&self.alias, "data"),
            name: path.to_owned(),
        })
    }

    fn collection(&self, _: &str, _: Option<&str>, _: &str) -> Rows<'_> {
        nothing()
    }
}

/// Rows of what belongs to something that nothing belongs to: the schema lets nobody ask.
fn nothing<'a>() -> Rows<'a> {
    let mut query = Query::select();
    query
        .from_as(Alias::new("case_record"), Alias::new("none"))
        .and_where(Expr::cust("1 = 0"));
    Rows {
        query,
        columns: Box::new(ChildRow {
            alias: "none".to_owned(),
        }),
    }
}
