//! What comes with time alone: what is open and passes its limit is broken; and clauses over sites, homes and staff look
//! at each of them once a period, so that one for which nothing was done counts too.

use super::rewrite::{self, About, Fact};
use crate::cases::anchors;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use chrono::NaiveDate;
use engine::def::{Each, MeasureOf};
use engine::load::{Anchor, ClauseRules, Manual};
use engine::measure::of_anchor;
use engine::time::Time;
use sea_orm::FromQueryResult;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rows of one transaction.
const BATCH: i64 = 200;
/// Periods that are caught up with at most, when nobody looked for long.
const PERIODS: usize = 60;
/// One node at a time does it (PostgreSQL's advisory lock).
const LOCK: i64 = 0x726f_756e_6473;

/// Does all there is to do now.
///
/// # Errors
/// The database's. What was done until then is kept.
pub async fn catch_up(app: &App) -> Result<(), Problem> {
    while due(app).await? {
        let shared = app.clone();
        let more = app
            .db
            .write(move |tx| Box::pin(async move { step(&shared, tx).await }))
            .await?;
        if !more {
            break;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Whether there is anything to do, asked without keeping writers from writing.
async fn due(app: &App) -> Result<bool, Problem> {
    let read = app.db.read();
    let late: Option<i64> = read
        .scalar(
            "select due_at from fact where due_at <= $1 and compliance = 'open' limit 1",
            vals![app.clock.now()],
        )
        .await?;
    let changed: Option<i64> = read
        .scalar("select at from fact_recount limit 1", vals![])
        .await?;
    Ok(late.is_some() || changed.is_some() || next_round(read, app, &app.manuals.current()).await?.is_some())
}

/// One transaction's work; whether there may be more.
async fn step(app: &App, tx: &Tx) -> Result<bool, Problem> {
    if tx.is_postgres() {
        let mine: Option<bool> = tx
            .scalar("select pg_try_advisory_xact_lock($1)", vals![LOCK])
            .await?;
        if mine != Some(true) {
            return Ok(false);
        }
    }
    let now = app.clock.now();
    if overdue(tx, now).await? || recount(app, tx, now).await? {
        return Ok(true);
    }
    let manual = app.manuals.current();
    match next_round(tx, app, &manual).await? {
        Some(round) => look(app, tx, round, now).await.map(|()| true),
        None => Ok(false),
    }
}

/// What is open and passed its limit is broken. A row that somebody is writing is left to them, or to the next time.
async fn overdue(tx: &Tx, now: i64) -> Result<bool, Problem> {
    let lock = if tx.is_postgres() {
        "for update skip locked"
    } else {
        ""
    };
    let sql = format!(
        "update fact set compliance = 'broken', due_at = null where (clause, subject) in \
         (select clause, subject from fact where due_at <= $1 and compliance = 'open' order by clause, subject \
         limit $2 {lock})"
    );
    Ok(tx.run(&sql, vals![now, BATCH]).await? > 0)
}

#[derive(FromQueryResult)]
struct Changed {
    clause: String,
    anchor_id: String,
    at: i64,
}

/// Those whose cases changed are counted anew.
async fn recount(app: &App, tx: &Tx, now: i64) -> Result<bool, Problem> {
    let changed: Vec<Changed> = tx
        .rows(
            "delete from fact_recount where (clause, anchor_id, at) in \
             (select clause, anchor_id, at from fact_recount limit $1) returning clause, anchor_id, at",
            vals![BATCH],
        )
        .await?;
    let manual = app.manuals.current();
    let mut wanted: BTreeMap<(String, NaiveDate), BTreeSet<String>> = BTreeMap::new();
    for one in &changed {
        let Some(clause) = manual.clause(&one.clause) else {
            continue;
        };
        let first = clause.def.per.first(Time(one.at).date(manual.offset()));
        let anchors = wanted.entry((one.clause.clone(), first)).or_default();
        anchors.insert(one.anchor_id.clone());
    }
    for ((clause, first), ids) in wanted {
        let Some((clause, each)) = over(&manual, &clause) else {
            continue;
        };
        let at = Time::start_of(first, manual.offset()).0;
        let ids: Vec<String> = ids.into_iter().collect();
        let anchors = anchors::named(tx, each, &ids).await?;
        let period = clause.def.per.name(first);
        count(tx, &manual, (&clause, each), (&period, at, now), &anchors).await?;
    }
    Ok(!changed.is_empty())
}

fn over(manual: &Manual, clause: &str) -> Option<(Arc<ClauseRules>, Each)> {
    let clause = manual.clause(clause)?.clone();
    match clause.def.of {
        MeasureOf::Each { anchor, .. } => Some((clause, anchor)),
        _ => None,
    }
}

/// A period in which a clause has not yet looked at all of them.
struct Round {
    clause: Arc<ClauseRules>,
    each: Each,
    period: String,
    /// An instant in it.
    at: i64,
    last: String,
}

#[derive(FromQueryResult)]
struct Begun {
    clause: String,
    period: String,
    last_id: String,
    complete: bool,
}

#[derive(FromQueryResult)]
struct Since {
    clause: String,
    since: i64,
}

async fn next_round(sql: &impl Sql, app: &App, manual: &Manual) -> Result<Option<Round>, Problem> {
    let ids = manual.clauses.iter().map(|clause| clause.def.id.as_str());
    let over: Vec<(Arc<ClauseRules>, Each)> = ids.filter_map(|id| over(manual, id)).collect();
    if over.is_empty() {
        return Ok(None);
    }
    let since: Vec<Since> = sql.rows("select clause, since from clause_fill", vals![]).await?;
    let begun: Vec<Begun> = sql
        .rows(
            "select clause, period, last_id, complete from fact_round",
            vals![],
        )
        .await?;
    let today = Time(app.clock.now()).date(manual.offset());
    for (clause, each) in over {
        let (id, per) = (&clause.def.id, clause.def.per);
        let Some(since) = since.iter().find(|row| row.clause == *id) else {
            continue;
        };
        let periods = per.names(Time(since.since).date(manual.offset()), today);
        for period in periods.into_iter().rev().take(PERIODS) {
            let row = begun.iter().find(|row| row.clause == *id && row.period == period);
            let day = per.named(&period);
            if let Some(day) = day.filter(|_| row.is_none_or(|row| !row.complete)) {
                return Ok(Some(Round {
                    each,
                    at: Time::start_of(day, manual.offset()).0,
                    last: row.map(|row| row.last_id.clone()).unwrap_or_default(),
                    period,
                    clause,
                }));
            }
        }
    }
    Ok(None)
}

/// A page of them.
async fn look(app: &App, tx: &Tx, round: Round, now: i64) -> Result<(), Problem> {
    let manual = app.manuals.current();
    let page = anchors::after(tx, round.each, &round.last, BATCH).await?;
    count(
        tx,
        &manual,
        (&round.clause, round.each),
        (&round.period, round.at, now),
        &page,
    )
    .await?;
    let complete = (page.len() as i64) < BATCH;
    let last = page.last().map_or(round.last, |anchor| anchor.id.clone());
    tx.run(
        "insert into fact_round (clause, period, last_id, complete) values ($1, $2, $3, $4) \
         on conflict (clause, period) do update set last_id = excluded.last_id, complete = excluded.complete",
        vals![round.clause.def.id.clone(), round.period, last, complete],
    )
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Number {
    anchor_id: String,
    number: i64,
}

/// Makes the facts of these what the clause says of them in a period.
async fn count(
    tx: &Tx,
    manual: &Manual,
    (clause, each): (&ClauseRules, Each),
    (period, at, now): (&str, i64, i64),
    anchors: &[Anchor],
) -> Result<(), Problem> {
    let ids: Vec<&String> = anchors.iter().map(|anchor| &anchor.id).collect();
    let sql = format!(
        "select anchor_id, count(*) as number from fact where clause = $1 and period = $2 and compliance = 'counted' \
         and anchor_id in {} group by anchor_id",
        tx.listed(3)
    );
    let id = &clause.def.id;
    let numbers: Vec<Number> = tx.rows(&sql, vals![id.clone(), period, json!(ids)]).await?;
    let numbers: BTreeMap<String, i64> = numbers.into_iter().map(|n| (n.anchor_id, n.number)).collect();
    for anchor in anchors {
        let number = numbers.get(&anchor.id).copied().unwrap_or_default();
        let subject = format!("{}@{period}", anchor.id);
        let Some(said) = of_anchor(clause, anchor, number, (at, now), manual.offset()) else {
            let sql = "delete from fact where clause = $1 and subject = $2";
            tx.run(sql, vals![id.clone(), subject]).await?;
            continue;
        };
        let about = About {
            case: None,
            contact: None,
            site: &anchor.site,
            person: (each == Each::Staff).then_some(anchor.id.as_str()),
            roster: &[],
        };
        rewrite::put(tx, &about, (id.clone(), subject), Fact::of(&about, period, said));
    }
    Ok(())
}
