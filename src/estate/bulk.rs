//! Many rows in few statements.

use crate::db::{Sql, Tx};
use sea_orm::{DbErr, Value};

/// Placeholders of a statement; SQLite takes 32 766 and PostgreSQL twice as many.
const MOST_VALUES: usize = 12_000;

/// Inserts rows. `into`: table and columns, `home (id, room)`; `rest`: what follows the rows, such as
/// `on conflict do nothing`. Gives the number of rows that were inserted.
///
/// # Errors
/// The database's.
pub async fn insert_all(tx: &Tx, into: &str, rows: Vec<Vec<Value>>, rest: &str) -> Result<u64, DbErr> {
    let Some(width) = rows.first().map(Vec::len).filter(|width| *width > 0) else {
        return Ok(0);
    };
    let mut inserted = 0;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<Vec<Value>> = rows.by_ref().take(MOST_VALUES / width).collect();
        let row = |at: usize| {
            let mark = |column: usize| match tx.is_postgres() {
                true => format!("${}", at * width + column),
                // Without numbers: SQLite looks for the name of each placeholder among all.
                false => "?".to_owned(),
            };
            let marks: Vec<String> = (1..=width).map(mark).collect();
            format!("({})", marks.join(", "))
        };
        let marks: Vec<String> = (0..part.len()).map(row).collect();
        let sql = format!("insert into {into} values {} {rest}", marks.join(", "));
        inserted += tx.run(&sql, part.into_iter().flatten().collect()).await?;
    }
    Ok(inserted)
}
