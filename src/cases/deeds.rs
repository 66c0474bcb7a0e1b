//! What cases asked of others for later: each is performed once, as an action of its own, in the order it was asked.

use super::pen::Pen;
use super::{deciding, load};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::vals;
use engine::event::Event;
use engine::family::Family;
use engine::step::Actor;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

/// How many are looked up at once.
const MOST: i64 = 100;
/// A deed whose case somebody else holds, or that fails, is tried again after so long.
const LATER_MS: i64 = 5_000;

#[derive(FromQueryResult)]
struct Deed {
    id: String,
    case_id: String,
    other_id: String,
    act: String,
    or_act: Option<String>,
    entered: Value,
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Performs what is due now; gives how many were done, refusals included.
///
/// # Errors
/// When the database cannot be asked.
pub(super) async fn perform_due(app: &App) -> Result<usize, Problem> {
    let now = app.clock.now();
    let sql = "select id from deed where done_at is null and due_at <= $1 order by id limit $2";
    let due: Vec<Id> = app.db.read().rows(sql, vals![now, MOST]).await?;
    let mut done = 0;
    for Id { id } in due {
        match perform(app, &id).await {
            Ok(yes) => done += usize::from(yes),
            Err(problem) => {
                if problem.code != Code::Moved {
                    tracing::error!(
                        deed = id,
                        ?problem,
                        "what a case asked of another could not be done"
                    );
                }
                put_off(app, id).await?;
            }
        }
    }
    Ok(done)
}

async fn perform(app: &App, id: &str) -> Result<bool, Problem> {
    let refused = match attempt(app, id).await {
        Err(problem) if of_the_manual(&problem) => problem.detail,
        done => return done,
    };
    let (shared, id) = (app.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let Some(deed) = take(tx, &id).await? else {
                    return Ok(false);
                };
                let case = load::locked(tx, &deed.case_id).await?;
                let event = Event::AskRefused {
                    case: deed.other_id.clone(),
                    act: deed.act.clone(),
                    sentence: refused,
                };
                let pen = pen(&shared, tx);
                deciding::perform(&pen, &case, |family: Family| {
                    family.record(&case.id, &Actor::System, event.clone())
                })
                .await?;
                finish(tx, &deed.id, pen.at).await
            })
        })
        .await
}

async fn attempt(app: &App, id: &str) -> Result<bool, Problem> {
    let (shared, id) = (app.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let Some(deed) = take(tx, &id).await? else {
                    return Ok(false);
                };
                let other = load::locked(tx, &deed.other_id).await?;
                let set = deed.entered.as_object().cloned().unwrap_or_default();
                let pen = pen(&shared, tx);
                deciding::perform(&pen, &other, |family: Family| {
                    family.oblige(&other.id, &deed.act, deed.or_act.as_deref(), &set)
                })
                .await?;
                finish(tx, &deed.id, pen.at).await
            })
        })
        .await
}

/// A rule of the manual said no: asking again changes nothing.
fn of_the_manual(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::Refused | Code::Forbidden | Code::Invalid | Code::Taken
    )
}

/// The deed, locked, unless another node has it or has done it.
async fn take(tx: &Tx, id: &str) -> Result<Option<Deed>, Problem> {
    let lock = if tx.is_postgres() {
        "for update skip locked"
    } else {
        ""
    };
    let sql = format!(
        "select id, case_id, other_id, act, or_act, entered from deed where id = $1 and done_at is null {lock}"
    );
    Ok(tx.row(&sql, vals![id.to_owned()]).await?)
}

async fn finish(tx: &Tx, id: &str, at: i64) -> Result<bool, Problem> {
    // What was handed over stands in the other case now; here it would outlive its erasure.
    let sql = "update deed set done_at = $2, entered = $3 where id = $1 and done_at is null";
    let done = tx.run(sql, vals![id.to_owned(), at, json!({})]).await?;
    Ok(done > 0)
}

async fn put_off(app: &App, id: String) -> Result<(), Problem> {
    let at = app.clock.now() + LATER_MS;
    app.db
        .write(move |tx| {
            Box::pin(async move {
                tx.run("update deed set due_at = $2 where id = $1", vals![id, at])
                    .await?;
                Ok(())
            })
        })
        .await
}

fn pen<'a>(app: &'a App, tx: &'a Tx) -> Pen<'a> {
    Pen {
        app,
        tx,
        actor: Actor::System,
        actor_id: None,
        at: app.clock.now(),
        quiet: false,
    }
}
