//! Rows that wait to be written together.
//!
//! A verb writes a dozen tables; one statement for each row costs more than the rows do. On PostgreSQL all that waits
//! goes into one statement, whose text does not depend on how many rows there are, so that it is prepared once; on
//! SQLite it is one for each table, sent together. Changes of rows wait in the same way,
//! on PostgreSQL alone.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};
use serde_json::Value as Json;

/// In place of a statement: everything is to be written.
pub(super) const EVERYTHING: &str = "";
/// Placeholders of a statement of SQLite: few enough that statements of full size are soon prepared, and kept.
const MOST_VALUES: usize = 400;

/// Tables that others refer to.
const FIRST: [&str; 2] = ["contact", "case_record"];

/// What waits, in the order in which tables were first written to.
#[derive(Default)]
pub(super) struct Aside {
    new: Vec<Rows>,
    changed: Vec<Rows>,
}

struct Rows {
    into: &'static str,
    rest: &'static str,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    fn table(&self) -> &'static str {
        table(self.into)
    }

    fn columns(&self) -> &'static str {
        columns(self.into)
    }

    fn records(self) -> Value {
        let names: Vec<&str> = self.columns().split(", ").collect();
        let all: Vec<Json> = self.rows.into_iter().map(|row| record(&names, row)).collect();
        Value::from(Json::Array(all))
    }
}

fn table(into: &'static str) -> &'static str {
    into.split(' ').next().unwrap_or(into)
}

fn columns(into: &'static str) -> &'static str {
    let inside = into.split_once('(').map_or("", |(_, rest)| rest);
    inside.trim_end_matches(')')
}

fn push(all: &mut Vec<Rows>, into: &'static str, rest: &'static str, row: Vec<Value>) {
    match all.iter_mut().find(|rows| rows.into == into && rows.rest == rest) {
        Some(rows) => rows.rows.push(row),
        None => all.push(Rows {
            into,
            rest,
            rows: vec![row],
        }),
    }
}

impl Aside {
    pub(super) fn put(&mut self, into: &'static str, rest: &'static str, row: Vec<Value>) {
        push(&mut self.new, into, rest, row);
    }

    pub(super) fn change(&mut self, set: &'static str, row: Vec<Value>) {
        push(&mut self.changed, set, "", row);
    }

    /// Whether a statement must find the rows written: it writes itself, and may refer to them, or it reads a table
    /// of theirs.
    pub(super) fn concerns(&self, sql: &str) -> bool {
        // Counters refer to nothing.
        let reads = sql.starts_with("select") || sql.starts_with("insert into counter ");
        let mut waits = self.new.iter().chain(&self.changed).peekable();
        waits.peek().is_some() && (!reads || waits.any(|rows| sql.contains(rows.table())))
    }

    pub(super) async fn write(mut self, conn: &DatabaseTransaction) -> Result<(), DbErr> {
        if conn.get_database_backend() == DbBackend::Postgres {
            return self.together(conn).await;
        }
        // A case that another one opened comes after rows of that one: what refers to it must still follow it.
        let rank = |rows: &Rows| FIRST.iter().position(|table| *table == rows.table());
        self.new.sort_by_key(|rows| rank(rows).unwrap_or(FIRST.len()));
        let mut batch = Batch::default();
        for Rows { into, rest, rows } in self.new {
            let width = rows.first().map_or(1, Vec::len).max(1);
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                let part: Vec<Vec<Value>> = rows.by_ref().take((MOST_VALUES / width).max(1)).collect();
                if batch.values.len() + part.len() * width > MOST_VALUES {
                    std::mem::take(&mut batch).run(conn).await?;
                }
                batch.add(into, rest, width, part);
            }
        }
        batch.run(conn).await
    }

    /// One statement for what is new, each table's rows a JSON array: foreign keys are checked at its end.
    async fn together(self, conn: &DatabaseTransaction) -> Result<(), DbErr> {
        for rows in self.changed {
            change_all(conn, rows).await?;
        }
        if self.new.is_empty() {
            return Ok(());
        }
        let mut sql = String::new();
        let mut values: Vec<Value> = Vec::with_capacity(self.new.len());
        let last = self.new.len();
        for (index, rows) in self.new.into_iter().enumerate() {
            let number = index + 1;
            let (into, rest, table, columns) = (rows.into, rows.rest, rows.table(), rows.columns());
            let insert = format!(
                "insert into {into} select {columns} from jsonb_populate_recordset(null::{table}, ${number}) {rest}"
            );
            let _ = match (number == last, number == 1) {
                (true, _) => write!(sql, "{insert}"),
                (false, true) => write!(sql, "with w{number} as ({insert})"),
                (false, false) => write!(sql, "w{number} as ({insert})"),
            };
            if number < last {
                sql.push_str(if number + 1 < last { ", " } else { " " });
            }
            values.push(rows.records());
        }
        conn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
            .await?;
        Ok(())
    }
}

/// Statements of SQLite that go to its thread together: the way there and back costs more than most of them.
#[derive(Default)]
struct Batch {
    sql: String,
    values: Vec<Value>,
}

impl Batch {
    fn add(&mut self, into: &str, rest: &str, width: usize, rows: Vec<Vec<Value>>) {
        // Placeholders without numbers: they count on through the statements, and SQLite looks for the name of each
        // that has one among all.
        let row = format!("({})", vec!["?"; width].join(", "));
        let rows_of = vec![row; rows.len()].join(", ");
        let _ = write!(self.sql, "insert into {into} values {rows_of} {rest};");
        self.values.extend(rows.into_iter().flatten());
    }

    async fn run(self, conn: &DatabaseTransaction) -> Result<(), DbErr> {
        if self.sql.is_empty() {
            return Ok(());
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, self.sql, self.values);
        conn.execute_raw(statement).await.map(|_| ())
    }
}

/// Changes the rows of one table in one statement; each must be there, and be older.
async fn change_all(conn: &DatabaseTransaction, rows: Rows) -> Result<(), DbErr> {
    let (table, columns, count) = (rows.table(), rows.columns(), rows.rows.len());
    let mut names = columns.split(", ");
    let (key, version) = (names.next().unwrap_or(""), names.next().unwrap_or(""));
    let sets: Vec<String> = columns
        .split(", ")
        .skip(1)
        .map(|name| format!("{name} = r.{name}"))
        .collect();
    let sql = format!(
        "update {table} t set {} from jsonb_populate_recordset(null::{table}, $1) r \
         where t.{key} = r.{key} and t.{version} < r.{version}",
        sets.join(", ")
    );
    let values = vec![rows.records()];
    let done = conn
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
        .await?;
    was_older(table, done.rows_affected() == count as u64)
}

/// Changes one row, on SQLite.
pub(super) async fn change(
    conn: &DatabaseTransaction,
    set: &'static str,
    row: Vec<Value>,
) -> Result<(), DbErr> {
    let names: Vec<&str> = columns(set).split(", ").collect();
    let sets = (2..).zip(&names[1..]).map(|(n, name)| format!("{name} = ${n}"));
    let sql = format!(
        "update {} set {} where {} = $1 and {} < $2",
        table(set),
        sets.collect::<Vec<_>>().join(", "),
        names[0],
        names[1]
    );
    let done = conn
        .execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, row))
        .await?;
    was_older(table(set), done.rows_affected() == 1)
}

fn was_older(table: &str, all: bool) -> Result<(), DbErr> {
    if all {
        return Ok(());
    }
    Err(DbErr::Custom(format!(
        "a row of {table} is gone or has a newer version"
    )))
}

fn record(names: &[&str], row: Vec<Value>) -> Json {
    let cell = |(name, value): (&&str, Value)| ((*name).to_owned(), json(value));
    Json::Object(names.iter().zip(row).map(cell).collect())
}

fn json(value: Value) -> Json {
    match value {
        Value::Json(Some(inner)) => *inner,
        Value::String(Some(text)) => Json::String(text),
        Value::BigInt(Some(number)) => number.into(),
        Value::Bool(Some(flag)) => flag.into(),
        other => sea_orm::sea_query::sea_value_to_json_value(&other),
    }
}
