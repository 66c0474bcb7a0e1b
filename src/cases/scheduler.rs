//! The passing of time: fires each clock step and plan exactly once, in the transaction that records it.

use super::commit::{self, Pen};
use super::load;
use super::world::Around;
use crate::app::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use engine::case::Case;
use engine::step::{self, Actor};
use sea_orm::FromQueryResult;
use std::time::Duration;

/// How many cases one look takes.
const BATCH: i64 = 200;
/// How long to rest when nothing is due. The database is asked, not a timer kept: another node may have changed it.
const REST: Duration = Duration::from_secs(1);

#[derive(FromQueryResult)]
struct Due {
    id: String,
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
    let due: Vec<Due> = app
        .db
        .read()
        .rows(
            "select id from case_record where wake_at is not null and wake_at <= $1 order by wake_at limit $2",
            vals![app.clock.now(), BATCH],
        )
        .await?;
    let mut fired = 0;
    for Due { id } in due {
        match fire(app, id.clone()).await {
            Ok(true) => fired += 1,
            Ok(false) => {}
            Err(problem) => tracing::error!(case = id, ?problem, "a clock could not be handled"),
        }
    }
    Ok(fired)
}

/// Looks again under the lock: another node, or the case itself, may have been quicker.
async fn fire(app: &App, id: String) -> Result<bool, Problem> {
    let shared = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let case = load::locked(tx, &id).await?;
                let now = shared.clock.now();
                let pen = Pen {
                    app: &shared,
                    tx,
                    actor: Actor::System,
                    actor_id: None,
                    at: now,
                    quiet: false,
                };
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
