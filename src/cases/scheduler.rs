//! The passing of time: fires each clock step and plan exactly once, in the transaction that records it.

use super::commit::{self, Pen};
use super::load;
use super::world::Around;
use crate::app::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use engine::step::{self, Actor};
use futures::future::join_all;
use sea_orm::FromQueryResult;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many cases share a transaction: on SQLite all other writers wait for it.
const BATCH: i64 = 32;
/// Transactions at once; on SQLite there is one writer anyhow.
const AT_ONCE: usize = 2;
/// How many cases under another one look takes.
const UNDER: i64 = 200;
/// How long to rest when nothing is due. The database is asked, not a timer kept: another node may have changed it.
const REST: Duration = Duration::from_secs(1);

#[derive(FromQueryResult)]
struct Due {
    id: String,
}

#[derive(FromQueryResult)]
struct DueCase {
    id: String,
    state: Value,
}

/// Runs until the process ends.
pub async fn run(app: App) {
    loop {
        match fire_due(&app).await {
            Ok(0) => tokio::time::sleep(REST).await,
            Ok(_) => {}
            Err(problem) => {
                tracing::error!(?problem, "the scheduler could not look");
                tokio::time::sleep(REST * 5).await;
            }
        }
    }
}

/// Fires what is due now, in order of time; gives how many cases were changed.
///
/// # Errors
/// When the database cannot be asked. A case that cannot be handled is logged and left to the next look.
pub async fn fire_due(app: &App) -> Result<usize, Problem> {
    let batches = if app.db.postgres().is_some() { AT_ONCE } else { 1 };
    let mut fired = 0;
    for changed in join_all((0..batches).map(|_| batch(app))).await {
        fired += changed?;
    }
    // Cases under others are taken one by one, their parents locked first.
    let under: Vec<Due> = app
        .db
        .read()
        .rows(
            "select id from case_record where wake_at is not null and wake_at <= $1 and parent_id is not null \
             order by wake_at limit $2",
            vals![app.clock.now(), UNDER],
        )
        .await?;
    for Due { id } in under {
        fired += usize::from(fire_logged(app, id).await);
    }
    Ok(fired)
}

/// Takes the next cases that no other node has taken, and lets time pass for all of them in one transaction. Where one
/// of them fails, each is tried alone.
async fn batch(app: &App) -> Result<usize, Problem> {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let (shared, note) = (app.clone(), taken.clone());
    let done = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let now = shared.clock.now();
                let lock = if tx.is_postgres() {
                    "for update skip locked"
                } else {
                    ""
                };
                let sql = format!(
                    "select id, state from case_record where wake_at is not null and wake_at <= $1 \
                     and parent_id is null order by wake_at limit $2 {lock}"
                );
                let due: Vec<DueCase> = tx.rows(&sql, vals![now, BATCH]).await?;
                note.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend(due.iter().map(|case| case.id.clone()));
                let pen = system_pen(&shared, tx, now);
                let mut changed = 0;
                for one in due {
                    let case: Case = serde_json::from_value(one.state)?;
                    changed += usize::from(pass_time(&pen, &case, now).await?.seq != case.seq);
                }
                Ok::<_, Problem>(changed)
            })
        })
        .await;
    let problem = match done {
        Ok(changed) => return Ok(changed),
        Err(problem) => problem,
    };
    let taken = std::mem::take(&mut *taken.lock().unwrap_or_else(PoisonError::into_inner));
    if taken.is_empty() {
        return Err(problem);
    }
    let mut fired = 0;
    for id in taken {
        fired += usize::from(fire_logged(app, id).await);
    }
    Ok(fired)
}

async fn fire_logged(app: &App, id: String) -> bool {
    match fire(app, id.clone()).await {
        Ok(changed) => changed,
        Err(problem) => {
            tracing::error!(case = id, ?problem, "a clock could not be handled");
            false
        }
    }
}

fn system_pen<'a>(app: &'a App, tx: &'a Tx, now: i64) -> Pen<'a> {
    Pen {
        app,
        tx,
        actor: Actor::System,
        actor_id: None,
        at: now,
        quiet: false,
    }
}

/// Looks again under the lock: another node, or the case itself, may have been quicker.
async fn fire(app: &App, id: String) -> Result<bool, Problem> {
    let shared = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let case = load::locked(tx, &id).await?;
                let now = shared.clock.now();
                let pen = system_pen(&shared, tx, now);
                Ok(pass_time(&pen, &case, now).await?.seq != case.seq)
            })
        })
        .await
}

/// Lets time pass for a locked case up to `until`: fires its clock steps and plans, each at the instant it was due.
///
/// # Errors
/// The engine's refusal; what [`commit::write`] refuses.
pub async fn pass_time(pen: &Pen<'_>, case: &Case, until: i64) -> Result<Case, Problem> {
    if case.next_wake().is_none_or(|wake| wake.0 > until) {
        return Ok(case.clone());
    }
    let pen = pen.system();
    let around = Around::of(pen.app, pen.tx, case).await?;
    let outcome = step::tick(&around.world(until, until, pen.quiet), case)?;
    commit::write(&pen, &around, Some(case), outcome).await
}
