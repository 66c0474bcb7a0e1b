//! Another calendar came into force 改了日历: the holidays of next year, other hours of an office. Clocks that run are set
//! anew by it, a case at a time; where it has come to stands in the database, so that a crash or another node goes on.

use super::pen::Pen;
use super::{deciding, load};
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::manual::CALENDARS_CHANGED;
use crate::vals;
use engine::family::Family;
use engine::step::Actor;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Cases between two looks at what is due: nothing waits long behind them.
const MOST: i64 = 100;

/// How far it has come.
#[derive(Serialize, Deserialize)]
struct Progress {
    /// The manual whose calendars they are.
    manual: String,
    /// The last case that was seen to; empty at first.
    #[serde(default)]
    after: String,
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Sees to the next cases whose clocks run; gives how many there were.
///
/// # Errors
/// When the database cannot be asked.
pub(super) async fn go_on(app: &App) -> Result<usize, Problem> {
    let sql = "select value from setting where name = $1";
    let value: Option<Value> = app.db.read().scalar(sql, vals![CALENDARS_CHANGED]).await?;
    let Some(value) = value else { return Ok(0) };
    let progress: Progress = serde_json::from_value(value.clone())?;
    // This node does not know the manual yet, or there is a later one that wrote its own.
    if progress.manual != app.manuals.current().hash {
        return Ok(0);
    }
    let sql = "select c.id from case_record c where c.closed_at is null and c.id > $1 and exists \
               (select 1 from clock_run r where r.case_id = c.id and r.ended_at is null) order by c.id limit $2";
    let next: Vec<Id> = app.db.read().rows(sql, vals![progress.after, MOST]).await?;
    for Id { id } in &next {
        match deciding::again(|| set_anew(app, id)).await {
            Ok(()) => {}
            // The database is away: it goes on from here.
            Err(problem) if matches!(problem.code, Code::Unavailable | Code::DiskFull) => {
                return Err(problem);
            }
            Err(problem) => tracing::error!(
                case = id,
                ?problem,
                "its clocks could not be set by the new calendar"
            ),
        }
    }
    let after = next.last().map(|last| Progress {
        manual: progress.manual,
        after: last.id.clone(),
    });
    keep(app, value, after).await?;
    Ok(next.len())
}

async fn set_anew(app: &App, id: &str) -> Result<(), Problem> {
    let (shared, id) = (app.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let case = load::locked(tx, &id).await?;
                let pen = Pen {
                    app: &shared,
                    tx,
                    actor: Actor::System,
                    actor_id: None,
                    at: shared.clock.now(),
                    quiet: false,
                };
                deciding::perform(&pen, &case, |family: Family| family.recalendar(&case.id)).await?;
                Ok(())
            })
        })
        .await
}

/// Moves on from where it was, unless another calendar or another node moved meanwhile; without a place it is done.
async fn keep(app: &App, was: Value, now: Option<Progress>) -> Result<(), Problem> {
    let now = now.map(|progress| json!(progress));
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let lock = if tx.is_postgres() { "for update" } else { "" };
                let sql = format!("select value from setting where name = $1 {lock}");
                let stands: Option<Value> = tx.scalar(&sql, vals![CALENDARS_CHANGED]).await?;
                if stands.as_ref() != Some(&was) {
                    return Ok(());
                }
                match now {
                    Some(now) => {
                        let sql = "update setting set value = $2 where name = $1";
                        tx.run(sql, vals![CALENDARS_CHANGED, now]).await?
                    }
                    None => {
                        let sql = "delete from setting where name = $1";
                        tx.run(sql, vals![CALENDARS_CHANGED]).await?
                    }
                };
                Ok(())
            })
        })
        .await
}
