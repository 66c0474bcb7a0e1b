//! The world's tables in a real database.

use sea_query::{Alias, Expr as Sql, ExprTrait, PostgresQueryBuilder, Query, SimpleExpr, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _, SqliteConnection};
use yizhan_engine::expr::{Dialect, Expr, Type, Value};

use super::world::{CHILDREN, FOLLOWUPS, MATTERS, Row, STEPS, Table};

pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A thread of its own for the connections.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// SQLite, and PostgreSQL when there is one, with empty tables.
pub async fn databases() -> Vec<Database> {
    let mut found = vec![Database::Sqlite(
        SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("SQLite"),
    )];
    match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => found.push(Database::Postgres(
            PgConnection::connect(&url).await.expect("PostgreSQL"),
        )),
        Err(_) => eprintln!("\n!!! SKIPPED on PostgreSQL: set TEST_POSTGRES_URL to hold it equal too !!!\n"),
    }
    for database in &mut found {
        for table in [&MATTERS, &CHILDREN, &STEPS, &FOLLOWUPS] {
            database.create(table).await;
        }
    }
    found
}

impl Database {
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    async fn run(&mut self, statement: String) {
        match self {
            Self::Sqlite(db) => sqlx::query(AssertSqlSafe(statement)).execute(db).await.map(drop),
            Self::Postgres(db) => sqlx::query(AssertSqlSafe(statement)).execute(db).await.map(drop),
        }
        .expect("a statement of the tests' own");
    }

    async fn create(&mut self, table: &Table) {
        let json = if self.dialect() == Dialect::Postgres {
            "jsonb"
        } else {
            "text"
        };
        let columns: String = table
            .columns
            .iter()
            .map(|(name, ty)| {
                let kind = match ty {
                    Type::Bool => "boolean",
                    Type::Text | Type::Date => "text",
                    Type::Num => "integer",
                    Type::List | Type::Rows => json,
                    _ => "bigint",
                };
                format!("{} {kind}, ", name.trim_start_matches("case."))
            })
            .collect();
        let name = table.name;
        self.run(format!(
            "create temp table {name} (id bigint, parent bigint, kind text, {columns}data {json})"
        ))
        .await;
    }

    /// Stores a matter and all that belongs to it.
    pub async fn store(&mut self, id: i64, matter: &Json) {
        self.insert(&MATTERS, id, 0, matter).await;
        let rows = |of: &Json, name: &str| of[name].as_array().cloned().unwrap_or_default();
        for (at, child) in rows(matter, "children").iter().enumerate() {
            let child_id = id * 100 + at as i64;
            self.insert(&CHILDREN, child_id, id, child).await;
            for step in rows(child, "steps") {
                self.insert(&STEPS, 0, child_id, &step).await;
            }
        }
        for followup in rows(matter, "followups") {
            self.insert(&FOLLOWUPS, 0, id, &followup).await;
        }
    }

    async fn insert(&mut self, table: &Table, id: i64, parent: i64, record: &Json) {
        let json = if self.dialect() == Dialect::Postgres {
            "jsonb"
        } else {
            "text"
        };
        let document = |value: &Json| match value {
            Json::Null => Sql::null().cast_as(json),
            value => Sql::val(value.to_string()).cast_as(json),
        };
        let mut names: Vec<Alias> = ["id", "parent", "kind", "data"].map(Alias::new).to_vec();
        let kind = record["kind"].as_str().map(String::from);
        let mut values = vec![
            Sql::val(id),
            Sql::val(parent),
            Sql::val(kind),
            document(&record["data"]),
        ];
        for (path, ty) in table.columns {
            let value = path
                .strip_prefix("case.")
                .map_or(&record[*path], |name| &record["case"][name]);
            names.push(Alias::new(path.trim_start_matches("case.")));
            values.push(match ty {
                Type::List | Type::Rows => document(value),
                Type::Bool => Sql::val(value.as_bool()),
                Type::Text | Type::Date => Sql::val(value.as_str().map(String::from)),
                _ => Sql::val(value.as_i64()),
            });
        }
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(table.name))
            .columns(names)
            .values_panic(values);
        let done = match self {
            Self::Sqlite(db) => {
                let (sql, values) = insert.build_sqlx(SqliteQueryBuilder);
                sqlx::query_with(AssertSqlSafe(sql), values)
                    .execute(db)
                    .await
                    .map(drop)
            }
            Self::Postgres(db) => {
                let (sql, values) = insert.build_sqlx(PostgresQueryBuilder);
                sqlx::query_with(AssertSqlSafe(sql), values)
                    .execute(db)
                    .await
                    .map(drop)
            }
        };
        done.expect("a record of the tests' own");
    }

    /// Value of `expr` for every matter, by id; and whether it was found when used as a filter.
    ///
    /// # Errors
    /// The database's complaint with the statement it is about.
    pub async fn ask(&mut self, expr: &Expr) -> Result<Vec<(i64, Value, bool)>, String> {
        let row = Row {
            table: &MATTERS,
            alias: "matter".into(),
        };
        let dialect = self.dialect();
        let mut value = expr.to_sql(&row, dialect);
        if !matches!(expr.ty(), Type::Bool | Type::Text | Type::Date) {
            value = value.cast_as(if dialect == Dialect::Postgres {
                "double precision"
            } else {
                "real"
            });
        }
        let filter: SimpleExpr = match expr.ty() {
            Type::Bool => expr.to_filter(&row, dialect),
            _ => Sql::Constant(true.into()),
        };
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .expr_as(value, Alias::new("answer"))
            .expr_as(Sql::case(filter, true).finally(false), Alias::new("found"))
            .from(Alias::new("matter"))
            .order_by(Alias::new("id"), sea_query::Order::Asc);
        macro_rules! ask {
            ($db:expr, $builder:expr) => {{
                let (sql, values) = select.build_sqlx($builder);
                let shown = sql.clone();
                let rows = sqlx::query_with(AssertSqlSafe(sql), values)
                    .fetch_all($db)
                    .await;
                rows.map_err(|error| format!("{error}\n{shown}"))?
                    .iter()
                    .map(|row| {
                        let answer = match expr.ty() {
                            Type::Bool => row.get::<Option<bool>, _>("answer").map(Value::Bool),
                            Type::Text | Type::Date => {
                                row.get::<Option<String>, _>("answer").map(Value::Text)
                            }
                            _ => row.get::<Option<f64>, _>("answer").map(Value::Num),
                        };
                        (
                            row.get("id"),
                            answer.unwrap_or(Value::Null),
                            row.get("found"),
                        )
                    })
                    .collect()
            }};
        }
        Ok(match self {
            Self::Sqlite(db) => ask!(db, SqliteQueryBuilder),
            Self::Postgres(db) => ask!(db, PostgresQueryBuilder),
        })
    }
}
