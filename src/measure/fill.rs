//! Computing new and changed clauses over the past.
//!
//! `clause_fill` says for each clause which definition its facts are of, and how far the past has been walked. The
//! walk goes case by case in order of id, a batch a transaction, and saves its place with the batch: it can be
//! stopped anywhere, and several nodes may walk, one at a time. Writes feed the clause meanwhile: every writer asks
//! the database which manual is in force, and those that had asked before it came into force are waited for.

use super::walk::{walk_cases, walk_contacts};
use crate::base::hex;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::def::MeasureOf;
use engine::load::{ClauseRules, Manual};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Old facts deleted in one transaction.
const SWEEP: i64 = 2_000;
/// Raised when the program itself counts differently: all clauses are computed anew.
const VERSION: u32 = 2;

/// Old facts are still to be deleted.
const SWEEPING: &str = "";
/// The walk begins: before every id.
const BEGIN: &str = "0";
/// In place of a definition: the clause is no longer in the manual.
const GONE: &str = "";

/// Computes what is missing of the clauses in force, to the end.
///
/// # Errors
/// The database's. What was done until then is kept.
pub async fn catch_up(app: &App) -> Result<(), Problem> {
    loop {
        app.manuals.refresh().await?;
        let manual = app.manuals.current();
        register(app, manual.clone()).await?;
        let mut done = Step::More;
        while done == Step::More {
            done = step(app, manual.clone()).await?;
            tokio::task::yield_now().await;
        }
        if done == Step::Done {
            return Ok(());
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    clause: String,
    definition: String,
    cursor: String,
}

/// Clauses whose past is computed, under the definition in force.
///
/// # Errors
/// The database's.
pub async fn complete(app: &App) -> Result<BTreeSet<String>, Problem> {
    let manual = app.manuals.current();
    let sql = "select clause, definition, cursor from clause_fill where complete";
    let rows: Vec<Row> = app.db.read().rows(sql, vals![]).await?;
    let kept = rows.into_iter().filter(|r| {
        manual
            .clause(&r.clause)
            .is_some_and(|c| digest(&manual, c) == r.definition)
    });
    Ok(kept.map(|r| r.clause).collect())
}

/// What decides the facts of a clause; its words and its threshold do not.
fn digest(manual: &Manual, clause: &ClauseRules) -> String {
    let def = &clause.def;
    let kinds: Vec<_> = clause.per.iter().map(|of| &of.kind).collect();
    let all = json!([
        VERSION,
        manual.offset(),
        def.of,
        def.r#where,
        [&def.open, &def.due, &def.value],
        def.excused,
        def.met,
        def.month_of,
        def.per,
        kinds
    ]);
    hex(&Sha256::digest(all.to_string()))
}

/// What the rows of `clause_fill` must say and do not: clause and definition.
fn differences(manual: &Manual, rows: &[Row]) -> Vec<(String, String)> {
    let known: BTreeMap<&str, &str> = rows
        .iter()
        .map(|r| (r.clause.as_str(), r.definition.as_str()))
        .collect();
    let wanted = manual
        .clauses
        .iter()
        .map(|c| (c.def.id.clone(), digest(manual, c)));
    let new = wanted.filter(|(id, definition)| known.get(id.as_str()) != Some(&definition.as_str()));
    let gone = known
        .iter()
        .filter(|(id, definition)| **definition != GONE && manual.clause(id).is_none());
    new.chain(gone.map(|(id, _)| ((*id).to_owned(), GONE.to_owned())))
        .collect()
}

/// Marks clauses that are new, changed or gone.
async fn register(app: &App, manual: Arc<Manual>) -> Result<(), Problem> {
    let sql = "select clause, definition, cursor from clause_fill";
    if differences(&manual, &app.db.read().rows(sql, vals![]).await?).is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                if tx.is_postgres() {
                    // Waits for writers that asked for the manual before this one came into force: whoever asked has
                    // written a case or a contact already. SQLite has one writer.
                    tx.run("lock table case_record, contact in share mode", vals![]).await?;
                    tx.run("lock table clause_fill in share row exclusive mode", vals![]).await?;
                }
                if !in_force(tx, &manual).await? {
                    return Ok(());
                }
                let since: Option<i64> = tx
                    .scalar("select published_at from manual where hash = $1", vals![manual.hash.clone()])
                    .await?;
                let now = since.unwrap_or(now).min(now);
                for (clause, definition) in differences(&manual, &tx.rows(sql, vals![]).await?) {
                    tx.run("delete from fact_round where clause = $1", vals![clause.clone()])
                        .await?;
                    tx.run(
                        "insert into clause_fill (clause, definition, cursor, complete, since) \
                         values ($1, $2, $3, $4, $5) on conflict (clause) do update set definition = excluded.definition, \
                         cursor = excluded.cursor, complete = excluded.complete",
                        vals![clause, definition, SWEEPING, false, now],
                    )
                    .await?;
                }
                Ok(())
            })
        })
        .await
}

async fn in_force(tx: &Tx, manual: &Manual) -> Result<bool, Problem> {
    let hash: Option<Value> = tx
        .scalar("select value from setting where name = 'manual'", vals![])
        .await?;
    Ok(hash.as_ref().and_then(Value::as_str) == Some(manual.hash.as_str()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// There is more to do.
    More,
    /// Everything is computed.
    Done,
    /// Another manual has come into force.
    Outdated,
}

/// One transaction's work.
async fn step(app: &App, manual: Arc<Manual>) -> Result<Step, Problem> {
    let shared = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                if !in_force(tx, &manual).await? {
                    return Ok(Step::Outdated);
                }
                let lock = if tx.is_postgres() { "for update" } else { "" };
                let sql =
                    format!("select clause, definition, cursor from clause_fill where not complete order by clause {lock}");
                let open: Vec<Row> = tx.rows(&sql, vals![]).await?;
                if let Some(row) = open.iter().find(|row| row.cursor == SWEEPING) {
                    sweep(tx, row).await?;
                    return Ok(Step::More);
                }
                let Some(first) = open.first() else { return Ok(Step::Done) };
                let contacts = of_contacts(&manual, &first.clause);
                let together: Vec<&Row> = open
                    .iter()
                    .filter(|r| r.cursor == first.cursor && of_contacts(&manual, &r.clause) == contacts)
                    .collect();
                let last = if contacts {
                    walk_contacts(&shared, tx, &first.cursor).await?
                } else {
                    walk_cases(&shared, tx, kinds(&manual, &together), &first.cursor).await?
                };
                save(tx, &together, last).await?;
                Ok(Step::More)
            })
        })
        .await
}

fn of_contacts(manual: &Manual, clause: &str) -> bool {
    manual
        .clause(clause)
        .is_some_and(|c| c.def.of == MeasureOf::Contacts)
}

/// Kinds of case that these clauses count.
fn kinds(manual: &Manual, rows: &[&Row]) -> BTreeSet<String> {
    let clauses = rows.iter().filter_map(|row| manual.clause(&row.clause));
    clauses
        .flat_map(|c| c.per.iter().filter_map(|of| of.kind.clone()))
        .collect()
}

/// Deletes facts of the definition before. The walk comes after, so that what writers add meanwhile is not lost.
async fn sweep(tx: &Tx, row: &Row) -> Result<(), Problem> {
    let swept = tx
        .run(
            "delete from fact where clause = $1 and subject in \
             (select subject from fact where clause = $1 limit $2)",
            vals![row.clause.clone(), SWEEP],
        )
        .await?;
    if swept as i64 == SWEEP {
        return Ok(());
    }
    if row.definition == GONE {
        tx.run(
            "delete from clause_fill where clause = $1",
            vals![row.clause.clone()],
        )
        .await?;
    } else {
        let sql = "update clause_fill set cursor = $2 where clause = $1";
        tx.run(sql, vals![row.clause.clone(), BEGIN]).await?;
    }
    Ok(())
}

async fn save(tx: &Tx, together: &[&Row], last: Option<String>) -> Result<(), Problem> {
    for row in together {
        let cursor = last.clone().unwrap_or_else(|| row.cursor.clone());
        tx.run(
            "update clause_fill set cursor = $2, complete = $3 where clause = $1",
            vals![row.clause.clone(), cursor, last.is_none()],
        )
        .await?;
    }
    Ok(())
}
