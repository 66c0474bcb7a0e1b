//! The passing of time: fires each clock step and plan exactly once, in the transaction that records it.

use super::pen::Pen;
use super::together::pass_time_of_all;
use super::{deciding, deeds, recalendar, recurrence};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::case::Case;
use engine::family::Family;
use engine::step::Actor;
use futures::future::{BoxFuture, FutureExt, join_all};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many cases share a transaction at most, and how long it goes on taking up further ones: whoever wants to act on
/// one of them waits, and on SQLite all other writers do.
const BATCH: (i64, Duration) = (200, Duration::from_millis(400));
const BATCH_SQLITE: (i64, Duration) = (64, Duration::from_millis(50));
/// Transactions at once; on SQLite there is one writer anyhow.
const AT_ONCE: usize = 2;
/// How long to rest when nothing is due. The database is asked, not a timer kept: another node may have changed it.
pub const REST: Duration = Duration::from_secs(1);
/// A case that cannot be handled is tried again after so long, and so many of them between batches.
const STUCK: (Duration, usize) = (Duration::from_secs(60), 10);

/// Cases that could not be handled, and when each is tried again: batches go on without them.
#[derive(Debug, Default)]
pub struct Stuck(Mutex<BTreeMap<String, Instant>>);

#[derive(FromQueryResult)]
struct Due {
    id: String,
    parent_id: Option<String>,
    state: Value,
}

/// Fires what is due now, in order of time; gives how many cases were changed.
///
/// # Errors
/// When the database cannot be asked. A case that cannot be handled is logged and left to a later look.
pub async fn fire_due(app: &App) -> Result<usize, Problem> {
    let batches = if app.db.postgres().is_some() { AT_ONCE } else { 1 };
    // Before anything is called late by a calendar that is not in force any more.
    let mut fired = recalendar::go_on(app).await?;
    for changed in join_all((0..batches).map(|_| batch(app, None))).await {
        fired += changed?;
    }
    fired += deeds::perform_due(app).await?;
    fired += recurrence::open_due(app).await?;
    for id in app.own::<Stuck>().to_try() {
        fired += batch(app, Some(vec![id])).await?;
    }
    Ok(fired)
}

/// Takes the next cases that no other node has taken, or of `only` those that are due, and lets time pass for them in
/// one transaction. Where that fails, each half is tried without the other, down to the one that is to blame.
fn batch(app: &App, only: Option<Vec<String>>) -> BoxFuture<'_, Result<usize, Problem>> {
    async move {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let problem = match attempt(app, only.clone(), taken.clone()).await {
            Ok(changed) => {
                app.own::<Stuck>().release(only.as_deref().unwrap_or_default());
                return Ok(changed);
            }
            Err(problem) => problem,
        };
        let mut taken = std::mem::take(&mut *lock(&taken));
        // No case is to blame when the database is away, too busy or full.
        let nobodys = matches!(problem.code, Code::Unavailable | Code::DiskFull);
        if taken.is_empty() || nobodys {
            return Err(problem);
        }
        if let [id] = &taken[..] {
            tracing::error!(case = id, ?problem, "a clock could not be handled");
            app.own::<Stuck>().add(id);
            return Ok(0);
        }
        let rest = taken.split_off(taken.len() / 2);
        Ok(batch(app, Some(taken)).await? + batch(app, Some(rest)).await?)
    }
    .boxed()
}

async fn attempt(
    app: &App,
    only: Option<Vec<String>>,
    taken: Arc<Mutex<Vec<String>>>,
) -> Result<usize, Problem> {
    let shared = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let now = shared.clock.now();
                let (most, longest) = if tx.is_postgres() { BATCH } else { BATCH_SQLITE };
                let due = due(tx, &shared.own::<Stuck>(), only, now, most).await?;
                *lock(&taken) = due.iter().map(|one| one.id.clone()).collect();
                let mut cases: Vec<Case> = Vec::with_capacity(due.len());
                for one in due {
                    cases.push(serde_json::from_value(one.state)?);
                }
                // Two batches that count in the same sites, and there for the same kinds, do so in the same order.
                cases.sort_by(|a, b| (&a.site, &a.kind, &a.id).cmp(&(&b.site, &b.kind, &b.id)));
                pass_time_of_all(&system_pen(&shared, tx, now), cases, now, longest).await
            })
        })
        .await
}

/// The cases that are due, locked with those they stand under. Nothing is waited for: what somebody else holds is left
/// to the next look.
async fn due(
    tx: &Tx,
    stuck: &Stuck,
    only: Option<Vec<String>>,
    now: i64,
    most: i64,
) -> Result<Vec<Due>, Problem> {
    let (which, ids) = match only {
        Some(only) => ("in", json!(only)),
        None => ("not in", json!(stuck.all())),
    };
    let skip = if tx.is_postgres() {
        // As whoever writes a case does, before the manual in force is asked for (src/measure/fill.rs).
        tx.run("lock table case_record in row exclusive mode", vals![])
            .await?;
        "for update skip locked"
    } else {
        ""
    };
    let sql = format!(
        "select id, parent_id, state from case_record where wake_at is not null and wake_at <= $1 \
         and id {which} {} order by wake_at limit $2 {skip}",
        tx.listed(3)
    );
    let mut due: Vec<Due> = tx.rows(&sql, vals![now, most, ids]).await?;
    let parents: BTreeSet<String> = due.iter().filter_map(|one| one.parent_id.clone()).collect();
    if tx.is_postgres() && !parents.is_empty() {
        let held = hold(tx, parents).await?;
        due.retain(|one| one.parent_id.as_ref().is_none_or(|parent| held.contains(parent)));
    }
    Ok(due)
}

#[derive(FromQueryResult)]
struct Above {
    id: String,
    parent_id: Option<String>,
}

/// Locks those cases, and those they stand under in turn, as far as nobody else has; gives those that are held up to
/// the root.
async fn hold(tx: &Tx, cases: BTreeSet<String>) -> Result<BTreeSet<String>, Problem> {
    let sql = format!(
        "select id, parent_id from case_record where id in {} for update skip locked",
        tx.listed(1)
    );
    let mut above: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut next: Vec<String> = cases.iter().cloned().collect();
    while !next.is_empty() {
        let found: Vec<Above> = tx.rows(&sql, vals![json!(next)]).await?;
        next = found.iter().filter_map(|one| one.parent_id.clone()).collect();
        next.retain(|id| !above.contains_key(id));
        above.extend(found.into_iter().map(|one| (one.id, one.parent_id)));
    }
    let up = |case: &String| {
        let mut at = above.get(case);
        while let Some(Some(parent)) = at {
            at = above.get(parent);
        }
        at.is_some()
    };
    Ok(cases.into_iter().filter(up).collect())
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

/// Lets time pass for a locked case up to `until`: fires its clock steps and plans, each at the instant it was due.
///
/// # Errors
/// The engine's refusal; what [`deciding::perform`] refuses.
pub async fn pass_time(pen: &Pen<'_>, case: &Case, until: i64) -> Result<Case, Problem> {
    if case.next_wake().is_none_or(|wake| wake.0 > until) {
        return Ok(case.clone());
    }
    let pen = Pen {
        at: until,
        ..pen.system()
    };
    let deed = |family: Family| family.tick(&case.id);
    Ok(deciding::perform_until(&pen, case, until, deed).await?.0)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stuck {
    fn add(&self, case: &str) {
        lock(&self.0).insert(case.to_owned(), Instant::now() + STUCK.0);
    }

    fn release(&self, cases: &[String]) {
        let mut all = lock(&self.0);
        all.retain(|case, _| !cases.contains(case));
    }

    fn all(&self) -> Vec<String> {
        lock(&self.0).keys().cloned().collect()
    }

    fn to_try(&self) -> Vec<String> {
        let now = Instant::now();
        let all = lock(&self.0);
        let over = all.iter().filter(|(_, again)| **again <= now);
        over.map(|(case, _)| case.clone()).take(STUCK.1).collect()
    }
}
