//! Walking over the past, a batch at a time.

use super::refresh::{refresh_case, refresh_contact};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use sea_orm::{FromQueryResult, Value as Sv};
use serde_json::Value;
use std::collections::BTreeSet;

/// Cases or contacts of one transaction: on SQLite all other writers wait for it.
const BATCH: i64 = 100;

#[derive(FromQueryResult)]
struct CaseState {
    id: String,
    state: Value,
}

/// Measures the next cases of these kinds after an id. Gives the last id of a full batch; none at the end.
///
/// # Errors
/// The database's.
pub async fn walk_cases(
    app: &App,
    tx: &Tx,
    kinds: BTreeSet<String>,
    after: &str,
) -> Result<Option<String>, Problem> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let mut values: Vec<Sv> = vals![after.to_owned(), BATCH];
    values.extend(kinds.into_iter().map(Sv::from));
    let marks: Vec<String> = (3..=values.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "select id, state from case_record where id > $1 and kind in ({}) \
         and not exists (select 1 from erased_case e where e.case_id = case_record.id) order by id limit $2 {}",
        marks.join(", "),
        lock(tx)
    );
    let rows: Vec<CaseState> = tx.rows(&sql, values).await?;
    let last = rows
        .last()
        .filter(|_| rows.len() as i64 == BATCH)
        .map(|row| row.id.clone());
    for row in rows {
        match serde_json::from_value::<Case>(row.state) {
            Ok(case) => refresh_case(app, tx, &case).await?,
            // One that cannot be read must not keep the others from being counted.
            Err(error) => tracing::error!(case = row.id, %error, "a case cannot be measured"),
        }
    }
    Ok(last)
}

#[derive(FromQueryResult)]
struct ContactId {
    id: String,
}

/// Measures the next contacts after an id. Gives the last id of a full batch; none at the end.
///
/// # Errors
/// The database's.
pub async fn walk_contacts(app: &App, tx: &Tx, after: &str) -> Result<Option<String>, Problem> {
    let sql = format!(
        "select id from contact where id > $1 order by id limit $2 {}",
        lock(tx)
    );
    let rows: Vec<ContactId> = tx.rows(&sql, vals![after.to_owned(), BATCH]).await?;
    let last = rows
        .last()
        .filter(|_| rows.len() as i64 == BATCH)
        .map(|row| row.id.clone());
    for row in rows {
        refresh_contact(app, tx, &row.id).await?;
    }
    Ok(last)
}

/// What is measured may not change meanwhile; rows that refer to it may.
fn lock(tx: &Tx) -> &'static str {
    if tx.is_postgres() { "for no key update" } else { "" }
}
