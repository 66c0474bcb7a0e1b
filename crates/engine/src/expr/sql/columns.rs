//! What the application tells the writer of SQL about its tables.

use sea_query::{SelectStatement, SimpleExpr};
use serde_json::Value as Json;

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite from 3.39.
    Sqlite,
    /// PostgreSQL from 12.
    Postgres,
}

/// Where a variable is found by a query.
#[derive(Clone, Debug)]
pub enum Column {
    /// A column of the variable's own type, trusted to be in range: boolean, text for text and dates, bigint for
    /// money, times and spans, any number type for numbers, JSON (jsonb, or text on SQLite) for lists and tables.
    Plain(SimpleExpr),
    /// A member of a JSON object (jsonb, or valid JSON as text on SQLite); whatever it holds is checked.
    Member {
        /// The object.
        document: SimpleExpr,
        /// Name of the member, in snake_case.
        name: String,
    },
    /// Known when the query is built, such as the present time.
    Known(Json),
}

/// Rows of a collection, as a correlated subquery.
pub struct Rows<'a> {
    /// FROM and WHERE, nothing selected yet.
    pub query: SelectStatement,
    /// Columns of a row.
    pub columns: Box<dyn Columns + 'a>,
}

/// Says where a query finds what the schema names.
pub trait Columns {
    /// Where the variable `path` is found. Columns must carry their table's name, lest they be taken for those of a
    /// subquery.
    fn column(&self, path: &str) -> Column;
    /// Rows of `name(arg)`, with their table under the name `alias`.
    fn collection(&self, name: &str, arg: Option<&str>, alias: &str) -> Rows<'_>;
}
