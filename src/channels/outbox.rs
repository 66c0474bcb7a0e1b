//! The outbox as people see it: what waits, what failed, and trying again.

use crate::api::{Json, Path};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::live::Wake;
use crate::{estate, vals};
use axum::extract::State;
use axum::http::StatusCode;
use engine::def::Area;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// The backlog.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Backlog {
    /// Messages that wait, those being tried again included.
    waiting: i64,
    /// Messages that were given up.
    failed: i64,
    /// When the oldest one that waits was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    oldest_at: Option<i64>,
    /// When a message last went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_sent_at: Option<i64>,
    /// Whether mails can be sent at all: false when no mail server is set.
    connected: bool,
    /// What failed, and what failed so far; the newest first, a hundred at most.
    items: Vec<Troubled>,
}

#[derive(Debug, Serialize, FromQueryResult, utoipa::ToSchema)]
struct Troubled {
    id: String,
    channel: String,
    receiver: String,
    subject: String,
    created_at: i64,
    /// When it is tried next.
    due_at: i64,
    attempts: i64,
    /// When it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failed_at: Option<i64>,
    /// What the mail server said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
}

#[derive(FromQueryResult)]
struct Counts {
    waiting: i64,
    failed: i64,
    oldest_at: Option<i64>,
    last_sent_at: Option<i64>,
}

/// The backlog of the outbox; for who may import and export at all sites.
#[utoipa::path(get, path = "/outbox", tag = "outbox", responses((status = 200, body = Backlog)))]
pub async fn get_outbox(State(app): State<App>, me: Me) -> Result<Json<Backlog>, Problem> {
    company_wide(&app, &me)?;
    let read = app.db.read();
    let counts: Option<Counts> = read
        .row(
            "select (select count(*) from outbox where sent_at is null and failed_at is null) as waiting, \
             (select count(*) from outbox where failed_at is not null) as failed, \
             (select min(created_at) from outbox where sent_at is null and failed_at is null) as oldest_at, \
             (select max(sent_at) from outbox) as last_sent_at",
            vals![],
        )
        .await?;
    let counts = counts.ok_or_else(|| Problem::internal("counting gave no row"))?;
    let items: Vec<Troubled> = read
        .rows(
            "select id, channel, receiver, subject, created_at, due_at, attempts, failed_at, error from outbox \
             where sent_at is null and error is not null order by created_at desc, id desc limit 100",
            vals![],
        )
        .await?;
    let Counts {
        waiting,
        failed,
        oldest_at,
        last_sent_at,
    } = counts;
    let connected = app.config.smtp.is_some();
    Ok(Json(Backlog {
        waiting,
        failed,
        oldest_at,
        last_sent_at,
        connected,
        items,
    }))
}

/// Mails are of all sites: who may import and export at one alone does not see them.
fn company_wide(app: &App, me: &Me) -> Result<(), Problem> {
    match estate::reach(me, &app.manuals.current(), &[Area::Exchange])? {
        None => Ok(()),
        Some(_) => Err(Problem::forbidden()),
    }
}

/// Tries a message again, now and as if for the first time.
#[utoipa::path(post, path = "/outbox/{id}/retry", tag = "outbox", params(("id" = String, Path)),
    responses((status = 204, description = "It is tried again")))]
pub async fn retry_outbox(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    company_wide(&app, &me)?;
    let (now, live) = (app.clock.now(), app.live.clone());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let sent: Option<Option<i64>> = tx
                    .scalar("select sent_at from outbox where id = $1", vals![id.clone()])
                    .await?;
                if sent.ok_or_else(Problem::not_found)?.is_some() {
                    return Err(Problem::new(Code::Refused, "已经发出，不能重发"));
                }
                let sql = "update outbox set due_at = $1, attempts = 0, failed_at = null where id = $2";
                tx.run(sql, vals![now, id]).await?;
                tx.after_commit(move || live.tell(Wake::Outbox));
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}
