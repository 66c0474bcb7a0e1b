//! Facts counted by clause, period and site, for the board: triggers append what changes to `fact_change`; here it is
//! added up into `fact_sum` from time to time. What is open is counted when it is asked for.

use super::reach::{self, Asked};
use crate::auth::Me;
use crate::context::App;
use crate::db::Filter;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;

/// Of the whole company, in place of a site.
const COMPANY: &str = "";
/// One node at a time does it (PostgreSQL's advisory lock).
const LOCK: i64 = 0x6d6f_6e74_6873;
/// What is summed.
const SUMS: &str = "sum(kept) as kept, sum(broken) as broken, sum(excused) as excused, sum(value) as value";
/// Columns of both tables.
const COLUMNS: &str = "clause, period, site_id, kept, broken, excused, value";

/// Adds up what has changed so far.
///
/// # Errors
/// The database's.
pub async fn add_up(app: &App) -> Result<(), Problem> {
    let any: Option<i64> = app
        .db
        .read()
        .scalar("select kept from fact_change limit 1", vals![])
        .await?;
    if any.is_none() {
        return Ok(());
    }
    app.db.write(|tx| Box::pin(async move { take(tx).await })).await
}

/// In order of the key, so that nobody else who adds up can wait for this write while it waits for them.
async fn take(tx: &Tx) -> Result<(), Problem> {
    let sums = |from: &str| {
        let add = |column: &str| format!("{column} = fact_sum.{column} + excluded.{column}");
        let added = ["kept", "broken", "excused", "value"].map(add).join(", ");
        format!(
            "insert into fact_sum ({COLUMNS}) select {COLUMNS} from (\
             select clause, period, site_id, {SUMS} from {from} group by clause, period, site_id \
             union all select clause, period, '{COMPANY}' as site_id, {SUMS} from {from} group by clause, period) s \
             where true order by clause, period, site_id on conflict (clause, period, site_id) do update set {added}"
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
            "with gone as (delete from fact_change returning {COLUMNS}) {}",
            sums("gone")
        );
        tx.run(&sql, vals![]).await?;
    }
    Ok(())
}

/// Where the facts of these clauses in these periods are counted that `me` may read: what is added up, what is not yet,
/// and what is open, with the columns `kept, broken, open, excused, value`. None: what is asked for is not counted here.
///
/// # Errors
/// As [`reach::facts`].
pub(super) fn counted(
    app: &App,
    me: &Me,
    asked: &Asked,
    clauses: &[&str],
    periods: &[String],
) -> Result<Option<Filter>, Problem> {
    if asked.department.is_some() || asked.person.is_some() {
        return Ok(None);
    }
    let mut facts = reach::facts(app, me, asked, clauses, periods)?;
    let of = if reach::whole(app, me, asked)? {
        format!(" and site_id = '{COMPANY}'")
    } else {
        String::new()
    };
    facts.sql = format!(
        "(select clause, period, kept, broken, 0 as open, excused, value from fact_sum where {sql}{of} \
         union all select clause, period, kept, broken, 0, excused, value from fact_change where {sql} \
         union all select clause, period, 0, 0, 1, 0, 0 from fact where {sql} and compliance = 'open') counted",
        sql = facts.sql
    );
    Ok(Some(facts))
}
