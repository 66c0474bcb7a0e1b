//! Rows that wait to be written together.
//!
//! A verb writes a dozen tables; one statement for each row costs more than the rows do. On PostgreSQL all that waits
//! goes into one statement, whose text does not depend on how many rows there are, so that it is prepared once; on
//! SQLite, where statements are cheap and do not travel, it is one for each table.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};
use serde_json::Value as Json;

/// In place of a statement: everything is to be written.
pub(super) const EVERYTHING: &str = "";
/// Placeholders of a statement of SQLite: few enough that statements of full size are soon prepared, and kept.
const MOST_VALUES: usize = 400;

/// What waits, in the order in which tables were first written to.
#[derive(Default)]
pub(super) struct Aside(Vec<Rows>);

struct Rows {
    into: &'static str,
    rest: &'static str,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    fn table(&self) -> &'static str {
        self.into.split(' ').next().unwrap_or(self.into)
    }

    fn columns(&self) -> &'static str {
        let inside = self.into.split_once('(').map_or("", |(_, rest)| rest);
        inside.trim_end_matches(')')
    }
}

impl Aside {
    pub(super) fn put(&mut self, into: &'static str, rest: &'static str, row: Vec<Value>) {
        match self
            .0
            .iter_mut()
            .find(|rows| rows.into == into && rows.rest == rest)
        {
            Some(rows) => rows.rows.push(row),
            None => self.0.push(Rows {
                into,
                rest,
                rows: vec![row],
            }),
        }
    }

    /// Whether a statement must find the rows written: it writes itself, and may refer to them, or it reads a table
    /// of theirs.
    pub(super) fn concerns(&self, sql: &str) -> bool {
        let reads = sql.starts_with("select");
        !self.0.is_empty() && (!reads || self.0.iter().any(|rows| sql.contains(rows.table())))
    }

    pub(super) async fn write(self, conn: &DatabaseTransaction) -> Result<(), DbErr> {
        if conn.get_database_backend() == DbBackend::Postgres {
            return self.together(conn).await;
        }
        for Rows { into, rest, rows } in self.0 {
            let width = rows.first().map_or(1, Vec::len).max(1);
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                let part: Vec<Vec<Value>> = rows.by_ref().take((MOST_VALUES / width).max(1)).collect();
                let mut sql = format!("insert into {into} values ");
                // Without numbers: SQLite looks for the name of each placeholder among all.
                let row = format!("({})", vec!["?"; width].join(", "));
                let _ = write!(sql, "{} {rest}", vec![row; part.len()].join(", "));
                let values: Vec<Value> = part.into_iter().flatten().collect();
                conn.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
                    .await?;
            }
        }
        Ok(())
    }

    /// One statement, each table's rows a JSON array: foreign keys are checked at its end.
    async fn together(self, conn: &DatabaseTransaction) -> Result<(), DbErr> {
        let mut sql = String::new();
        let mut values: Vec<Value> = Vec::with_capacity(self.0.len());
        let last = self.0.len();
        for (index, rows) in self.0.into_iter().enumerate() {
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
            let names: Vec<&str> = columns.split(", ").collect();
            let all: Vec<Json> = rows.rows.into_iter().map(|row| record(&names, row)).collect();
            values.push(Value::from(Json::Array(all)));
        }
        conn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
            .await?;
        Ok(())
    }
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
