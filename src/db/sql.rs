//! Plain SQL on either database: the same lower-case text with `$1` placeholders runs on both.
//!
//! Where the two differ, write it so that both mean the same:
//! - a sum of `bigint` is `numeric` on PostgreSQL: `cast(sum(x) as bigint)`;
//! - a JSON column read as text is `cast(body as text)`; text bound into one is `cast($1 as {json})`, a
//!   [`serde_json::Value`] is bound as it is;
//! - after a failed statement PostgreSQL refuses the rest of the transaction: what may fail goes into a
//!   [savepoint](super::Tx::savepoint).

use std::future::Future;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, FromQueryResult,
    IsolationLevel, QueryResult, Statement, StatementBuilder, TransactionTrait, TryGetable, Value,
};

use super::Tx;
use super::aside::EVERYTHING;

/// The values of a statement in the order of its placeholders: `vals![id, name, now]`.
#[macro_export]
macro_rules! vals {
    () => { ::std::vec::Vec::<::sea_orm::Value>::new() };
    ($($value:expr),+ $(,)?) => { ::std::vec![$(::sea_orm::Value::from($value)),+] };
}

/// What can run SQL: a [`Reader`] or a [`Tx`].
pub trait Sql: Sync {
    /// The connection of SeaORM beneath.
    type Conn: ConnectionTrait;

    /// The connection beneath, for what this trait does not cover (entities, rows of unknown shape).
    fn conn(&self) -> &Self::Conn;

    /// Which database this is.
    fn backend(&self) -> DbBackend {
        self.conn().get_database_backend()
    }

    /// True on PostgreSQL, false on SQLite.
    fn is_postgres(&self) -> bool {
        self.backend() == DbBackend::Postgres
    }

    /// The texts of the JSON list that is bound as a placeholder, as a subquery: `id in {listed}`. The statement's text
    /// does not depend on how many there are.
    fn listed(&self, placeholder: u8) -> String {
        if self.is_postgres() {
            format!("(select jsonb_array_elements_text(${placeholder}))")
        } else {
            format!("(select value from json_each(${placeholder}))")
        }
    }

    /// All rows; columns are matched to fields by name.
    fn rows<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<T>, DbErr>> + Send {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        async move { decode_all(self.conn().query_all_raw(statement).await?) }
    }

    /// The first row, if any.
    fn row<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, DbErr>> + Send {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        async move { decode_one(self.conn().query_one_raw(statement).await?) }
    }

    /// The first column of the first row, if any. Where it can be null, ask for an `Option`.
    fn scalar<T: TryGetable + Send>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, DbErr>> + Send {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        async move {
            let row = self.conn().query_one_raw(statement).await?;
            row.map(|row| row.try_get_by_index(0)).transpose()
        }
    }

    /// Runs a statement and returns the number of rows it changed.
    fn run(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<u64, DbErr>> + Send {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        async move { Ok(self.conn().execute_raw(statement).await?.rows_affected()) }
    }

    /// [`Sql::rows`] for a statement of sea-query.
    fn rows_of<T: FromQueryResult + Send>(
        &self,
        built: &impl StatementBuilder,
    ) -> impl Future<Output = Result<Vec<T>, DbErr>> + Send {
        let statement = built.build(&self.backend());
        async move { decode_all(self.conn().query_all_raw(statement).await?) }
    }

    /// [`Sql::row`] for a statement of sea-query.
    fn row_of<T: FromQueryResult + Send>(
        &self,
        built: &impl StatementBuilder,
    ) -> impl Future<Output = Result<Option<T>, DbErr>> + Send {
        let statement = built.build(&self.backend());
        async move { decode_one(self.conn().query_one_raw(statement).await?) }
    }

    /// [`Sql::run`] for a statement of sea-query.
    fn run_of(&self, built: &impl StatementBuilder) -> impl Future<Output = Result<u64, DbErr>> + Send {
        let statement = built.build(&self.backend());
        async move { Ok(self.conn().execute_raw(statement).await?.rows_affected()) }
    }
}

fn decode_all<T: FromQueryResult>(rows: Vec<QueryResult>) -> Result<Vec<T>, DbErr> {
    rows.iter().map(|row| T::from_query_result(row, "")).collect()
}

fn decode_one<T: FromQueryResult>(row: Option<QueryResult>) -> Result<Option<T>, DbErr> {
    row.map(|row| T::from_query_result(&row, "")).transpose()
}

/// Reads outside any transaction: each statement sees what is committed when it begins.
#[derive(Clone, Debug)]
pub struct Reader(pub(super) DatabaseConnection);

impl Sql for Reader {
    type Conn = DatabaseConnection;

    fn conn(&self) -> &DatabaseConnection {
        &self.0
    }
}

impl Reader {
    /// The database as it is now, for as long as the value lives: what is committed meanwhile is not seen.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        // SQLite knows one level, and a transaction that only reads is a snapshot there.
        let level = self.is_postgres().then_some(IsolationLevel::RepeatableRead);
        let access = self.is_postgres().then_some(AccessMode::ReadOnly);
        Ok(Snapshot(self.0.begin_with_config(level, access).await?))
    }

    /// Closes the connections.
    pub async fn close(self) {
        if let Err(error) = self.0.close().await {
            tracing::debug!(%error, "closing");
        }
    }
}

/// What [`Reader::snapshot`] gives.
#[derive(Debug)]
pub struct Snapshot(DatabaseTransaction);

impl Sql for Snapshot {
    type Conn = DatabaseTransaction;

    fn conn(&self) -> &DatabaseTransaction {
        &self.0
    }
}

/// Before each statement, what was put aside is written where the statement needs it.
impl Sql for Tx {
    type Conn = DatabaseTransaction;

    fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    async fn rows<T: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<T>, DbErr> {
        self.settle(sql).await?;
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        decode_all(self.conn.query_all_raw(statement).await?)
    }

    async fn row<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<T>, DbErr> {
        self.settle(sql).await?;
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        decode_one(self.conn.query_one_raw(statement).await?)
    }

    async fn scalar<T: TryGetable + Send>(&self, sql: &str, values: Vec<Value>) -> Result<Option<T>, DbErr> {
        self.settle(sql).await?;
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let row = self.conn.query_one_raw(statement).await?;
        row.map(|row| row.try_get_by_index(0)).transpose()
    }

    async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64, DbErr> {
        self.settle(sql).await?;
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        Ok(self.conn.execute_raw(statement).await?.rows_affected())
    }

    async fn rows_of<T: FromQueryResult + Send>(
        &self,
        built: &impl StatementBuilder,
    ) -> Result<Vec<T>, DbErr> {
        let statement = built.build(&self.backend());
        self.settle(EVERYTHING).await?;
        decode_all(self.conn.query_all_raw(statement).await?)
    }

    async fn row_of<T: FromQueryResult + Send>(
        &self,
        built: &impl StatementBuilder,
    ) -> Result<Option<T>, DbErr> {
        let statement = built.build(&self.backend());
        self.settle(EVERYTHING).await?;
        decode_one(self.conn.query_one_raw(statement).await?)
    }

    async fn run_of(&self, built: &impl StatementBuilder) -> Result<u64, DbErr> {
        let statement = built.build(&self.backend());
        self.settle(EVERYTHING).await?;
        Ok(self.conn.execute_raw(statement).await?.rows_affected())
    }
}
