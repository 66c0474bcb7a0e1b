//! Facts counted by clause, month and site, for the board: triggers append what changes to `fact_change`; here it is
//! added up into `fact_month` from time to time.

use super::reach::{self, Asked};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use std::time::Duration;

/// How often changes are added up: the board reads those that are not yet.
const REST: Duration = Duration::from_secs(5);
/// Of the whole company, in place of a site.
const COMPANY: &str = "";
/// One node at a time does it (PostgreSQL's advisory lock).
const LOCK: i64 = 0x6d6f_6e74_6873;

/// Runs until the process ends.
pub async fn run(app: App) {
    loop {
        if let Err(problem) = add_up(&app).await {
            tracing::error!(?problem, "changes of facts could not be added up");
        }
        tokio::time::sleep(REST).await;
    }
}

/// Adds up what has changed so far.
///
/// # Errors
/// The database's.
pub async fn add_up(app: &App) -> Result<(), Problem> {
    let any: Option<i64> = app
        .db
        .read()
        .scalar("select total from fact_change limit 1", vals![])
        .await?;
    if any.is_none() {
        return Ok(());
    }
    app.db.write(|tx| Box::pin(async move { take(tx).await })).await
}

/// In order of the key, so that nobody else who adds up can wait for this write while it waits for them.
async fn take(tx: &Tx) -> Result<(), Problem> {
    let sums = |from: &str| {
        format!(
            "insert into fact_month (clause, month, site_id, total, broken) \
             select clause, month, site_id, total, broken from (\
             select clause, month, site_id, sum(total) as total, sum(broken) as broken from {from} \
             group by clause, month, site_id \
             union all select clause, month, '{COMPANY}', sum(total), sum(broken) from {from} group by clause, month\
             ) s where true order by clause, month, site_id on conflict (clause, month, site_id) do update \
             set total = fact_month.total + excluded.total, broken = fact_month.broken + excluded.broken"
        )
    };
    if !tx.is_postgres() {
        tx.run(&sums("fact_change"), vals![]).await?;
        tx.run("delete from fact_change", vals![]).await?;
        return Ok(());
    }
    let mine: Option<bool> = tx
        .scalar("select pg_try_advisory_xact_lock($1)", vals![LOCK])
        .await?;
    if mine == Some(true) {
        // What is committed meanwhile is neither deleted nor counted by this one statement.
        let sql = format!(
            "with gone as (delete from fact_change returning clause, month, site_id, total, broken) {}",
            sums("gone")
        );
        tx.run(&sql, vals![]).await?;
    }
    Ok(())
}

/// Where the facts of these clauses in these months are counted that `me` may read: what is added up, and what is not
/// yet, with the same columns. None: what is asked for is not counted here.
///
/// # Errors
/// As [`reach::facts`].
pub(super) fn counted(
    app: &App,
    me: &Me,
    asked: &Asked,
    clauses: &[&str],
    months: &[String],
) -> Result<Option<Filter>, Problem> {
    if asked.department.is_some() || asked.person.is_some() {
        return Ok(None);
    }
    let mut facts = reach::facts(app, me, asked, clauses, months)?;
    let of = if reach::whole(app, me, asked)? {
        format!(" and site_id = '{COMPANY}'")
    } else {
        String::new()
    };
    facts.sql = format!(
        "(select clause, month, total, broken from fact_month where {sql}{of} \
         union all select clause, month, total, broken from fact_change where {sql}) counted",
        sql = facts.sql
    );
    Ok(Some(facts))
}
