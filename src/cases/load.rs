//! Loading a case: to load is to be authorised.

use super::scope;
use crate::auth::Me;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::Case;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

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

/// Cases that this transaction holds locked.
#[derive(Default)]
struct Locks(Mutex<BTreeSet<String>>);

/// The case, locked until the transaction ends, after those above it. Ids grow with time, so that what stands above
/// comes first in the order of ids, by which all locks are taken: nobody waits in a circle. A case before those that
/// are held already is taken only if it is free.
///
/// # Errors
/// [`Problem::not_found`]; [`Code::Moved`] when it is not free and waiting might never end.
pub async fn locked(tx: &Tx, id: &str) -> Result<Case, Problem> {
    lock_all(tx, [id.to_owned()]).await?;
    any(tx, id).await
}

/// Locks cases, and those above them, in the order of their ids.
///
/// # Errors
/// [`Code::Moved`], as [`locked`].
pub async fn lock_all(tx: &Tx, ids: impl IntoIterator<Item = String>) -> Result<(), Problem> {
    if !tx.is_postgres() {
        return Ok(());
    }
    let mut wanted = BTreeSet::new();
    for id in ids {
        wanted.extend(ancestors(tx, &id).await?);
        wanted.insert(id);
    }
    let held = match tx.noted::<Locks>() {
        Some(held) => held,
        None => tx.note(Locks::default()),
    };
    let last = {
        let held = held.0.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.retain(|id| !held.contains(id));
        held.last().cloned()
    };
    for id in &wanted {
        let in_order = last.as_ref().is_none_or(|last| id > last);
        let wait = if in_order { "" } else { "skip locked" };
        let sql = format!("select 1 from case_record where id = $1 for update {wait}");
        if tx.run(&sql, vals![id.clone()]).await? == 0 && !in_order {
            return Err(Problem::new(
                Code::Moved,
                "相关的事项正由别人办理，请稍后再试一次",
            ));
        }
    }
    let mut held = held.0.lock().unwrap_or_else(PoisonError::into_inner);
    held.extend(wanted);
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
