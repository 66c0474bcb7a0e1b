//! Loading a case: to load is to be authorised.

use super::scope;
use crate::app::App;
use crate::auth::Me;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

#[derive(FromQueryResult)]
struct State {
    state: Value,
}

/// Refuses with 404 unless `me` sees the case.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn visible(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<String, Problem> {
    let filter = scope::visible(me, &app.manuals.current(), 1);
    let mut values = vals![id.to_owned()];
    values.extend(filter.values);
    let site: Option<String> = sql
        .scalar(
            &format!(
                "select c.site_id from case_record c where c.id = $1 and {}",
                filter.sql
            ),
            values,
        )
        .await?;
    site.ok_or_else(Problem::not_found)
}

/// The case as `me` may see it.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn for_reader(app: &App, sql: &impl Sql, me: &Me, id: &str) -> Result<Case, Problem> {
    visible(app, sql, me, id).await?;
    any(sql, id).await
}

/// The case, whoever asks: for the system and for children of what was authorised.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn any(sql: &impl Sql, id: &str) -> Result<Case, Problem> {
    let state: Option<Value> = sql
        .scalar(
            "select state from case_record where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    Ok(serde_json::from_value(state.ok_or_else(Problem::not_found)?)?)
}

/// Several cases, whoever asks.
///
/// # Errors
/// The database's.
pub async fn several(sql: &impl Sql, ids: &[String]) -> Result<Vec<Case>, Problem> {
    let text = format!("select state from case_record where id in {}", sql.listed(1));
    let found: Vec<State> = sql.rows(&text, vals![json!(ids)]).await?;
    found
        .into_iter()
        .map(|row| Ok(serde_json::from_value(row.state)?))
        .collect()
}

/// The case, locked until the transaction ends. Ancestors are locked first, so that a parent and its child that
/// act at once cannot wait for each other.
///
/// # Errors
/// [`Problem::not_found`].
pub async fn locked(tx: &Tx, id: &str) -> Result<Case, Problem> {
    if tx.is_postgres() {
        for ancestor in ancestors(tx, id).await?.into_iter().rev() {
            lock(tx, &ancestor).await?;
        }
        lock(tx, id).await?;
    }
    any(tx, id).await
}

async fn lock(tx: &Tx, id: &str) -> Result<(), Problem> {
    tx.run(
        "select 1 from case_record where id = $1 for update",
        vals![id.to_owned()],
    )
    .await?;
    Ok(())
}

async fn ancestors(tx: &Tx, id: &str) -> Result<Vec<String>, Problem> {
    let mut chain = Vec::new();
    let mut next = parent(tx, id).await?;
    while let Some(found) = next.take() {
        next = parent(tx, &found).await?;
        chain.push(found);
    }
    Ok(chain)
}

async fn parent(tx: &Tx, id: &str) -> Result<Option<String>, Problem> {
    let found: Option<Option<String>> = tx
        .scalar(
            "select parent_id from case_record where id = $1",
            vals![id.to_owned()],
        )
        .await?;
    Ok(found.flatten())
}
