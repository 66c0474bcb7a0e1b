//! Sessions as people see them: one's own, and those of staff one manages.

use super::{Me, second};
use crate::api::{Json, Path};
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::people::checks::is_mine;
use crate::{access, estate, vals};
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// Somebody's access: open sessions and the second step.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccessView {
    /// Open sessions, the one used last first.
    sessions: Vec<OpenSession>,
    /// The second step at sign-in.
    two_step: second::State,
}

/// An open session.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OpenSession {
    /// Names it; of no use for signing in.
    id: String,
    /// What the browser says of itself.
    agent: String,
    /// Address it began at.
    address: String,
    /// Beginning.
    created_at: i64,
    /// Last use, to a quarter of an hour.
    seen_at: i64,
    /// The one this request came by.
    current: bool,
}

#[derive(FromQueryResult)]
struct Row {
    digest: String,
    agent: String,
    address: String,
    created_at: i64,
    seen_at: i64,
}

/// Characters of the digest that name a session.
const NAME: usize = 16;

/// One's own sessions and second step.
#[utoipa::path(get, path = "/session/access", tag = "session", responses((status = 200, body = AccessView)))]
pub async fn my_access(State(app): State<App>, me: Me) -> Result<Json<AccessView>, Problem> {
    let id = me.id.clone();
    read(&app, &me, &id).await.map(Json)
}

async fn read(app: &App, me: &Me, staff: &str) -> Result<AccessView, Problem> {
    let rows: Vec<Row> = app
        .db
        .read()
        .rows(
            "select digest, agent, address, created_at, seen_at from session \
             where staff_id = $1 and expires_at > $2 order by seen_at desc, created_at desc",
            vals![staff.to_owned(), app.clock.now()],
        )
        .await?;
    let view = |row: Row| OpenSession {
        current: row.digest == me.session,
        id: row.digest[..NAME].to_owned(),
        agent: row.agent,
        address: row.address,
        created_at: row.created_at,
        seen_at: row.seen_at,
    };
    Ok(AccessView {
        sessions: rows.into_iter().map(view).collect(),
        two_step: second::state(app, staff).await?,
    })
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/session/access/{id}", tag = "session", params(("id" = String, Path)),
    responses((status = 204, description = "Ended")))]
pub async fn end_session(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let ended = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "delete from session where staff_id = $1 and substr(digest, 1, 16) = $2";
                tx.run(sql, vals![me.id, id]).await.map_err(Problem::from)
            })
        })
        .await?;
    if ended == 0 {
        return Err(Problem::not_found());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of one's own sessions but this one.
#[utoipa::path(delete, path = "/session/access", tag = "session",
    responses((status = 204, description = "Ended")))]
pub async fn end_other_sessions(State(app): State<App>, me: Me) -> Result<StatusCode, Problem> {
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let sql = "delete from session where staff_id = $1 and digest <> $2";
                tx.run(sql, vals![me.id, me.session]).await.map_err(Problem::from)
            })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sessions and second step of a member of staff one manages.
#[utoipa::path(get, path = "/staff/{id}/access", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = AccessView)))]
pub async fn staff_access(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Json<AccessView>, Problem> {
    let manual = app.manuals.current();
    let reach = estate::reach(&me, &manual, &[Area::People])?;
    is_mine(app.db.read(), &me, &manual, reach.as_ref(), &id).await?;
    read(&app, &me, &id).await.map(Json)
}

/// Ends all sessions of a member of staff one manages. Recorded.
#[utoipa::path(delete, path = "/staff/{id}/access", tag = "people", params(("id" = String, Path)),
    responses((status = 204, description = "Ended")))]
pub async fn end_staff_sessions(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let manual = app.manuals.current();
    let reach = estate::reach(&me, &manual, &[Area::People])?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                is_mine(tx, &me, &manual, reach.as_ref(), &id).await?;
                tx.run("delete from session where staff_id = $1", vals![id.clone()])
                    .await?;
                access::log::record(tx, &own, &me.id, "sessions-ended", &id, "").await?;
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}

/// Takes the second step off a member of staff one manages, whose phone is lost. Recorded; their sessions end.
#[utoipa::path(delete, path = "/staff/{id}/two-step", tag = "people", params(("id" = String, Path)),
    responses((status = 204, description = "Taken off")))]
pub async fn reset_two_step(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let manual = app.manuals.current();
    let reach = estate::reach(&me, &manual, &[Area::People])?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                is_mine(tx, &me, &manual, reach.as_ref(), &id).await?;
                second::take_off(tx, &id).await?;
                tx.run(
                    "delete from session where staff_id = $1 and digest <> $2",
                    vals![id.clone(), me.session],
                )
                .await?;
                access::log::record(tx, &own, &me.id, "two-step-reset", &id, "").await?;
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}
