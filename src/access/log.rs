//! What was done to anybody's access: written with the deed, never changed.

use super::{administrator, title_of};
use crate::api::Json;
use crate::auth::Me;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::Serialize;

/// Rows shown.
const SHOWN: i64 = 200;
/// Deeds, and what people call them.
const TITLES: [(&str, &str); 11] = [
    ("two-step-on", "开启两步登录"),
    ("two-step-off", "关闭两步登录"),
    ("two-step-reset", "重置两步登录"),
    ("sessions-ended", "结束全部登录"),
    ("token-made", "新建接口令牌"),
    ("token-revoked", "吊销接口令牌"),
    ("hook-made", "新建推送地址"),
    ("hook-changed", "修改推送地址"),
    ("hook-deleted", "删除推送地址"),
    ("hook-tried", "测试推送地址"),
    ("delivery-replayed", "重新推送"),
];

/// Deeds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccessLog {
    /// Newest first, two hundred at most.
    items: Vec<AccessEvent>,
}

/// A deed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AccessEvent {
    id: String,
    at: i64,
    /// Who did it.
    actor: String,
    /// What.
    title: String,
    /// To whom or what.
    subject: String,
    detail: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    at: i64,
    actor: String,
    what: String,
    subject: String,
    detail: String,
}

/// Writes down a deed; `subject` is the id of a member of staff, or the name of a thing.
///
/// # Errors
/// The database's.
pub(crate) async fn record(
    tx: &Tx,
    app: &App,
    actor: &str,
    what: &str,
    subject: &str,
    detail: &str,
) -> Result<(), Problem> {
    tx.run(
        "insert into access_event (id, at, staff_id, what, subject, detail) values ($1, $2, $3, $4, $5, $6)",
        vals![
            app.id(),
            app.clock.now(),
            actor.to_owned(),
            what.to_owned(),
            subject.to_owned(),
            detail.to_owned()
        ],
    )
    .await?;
    Ok(())
}

/// What was done to anybody's access, for administrators of the whole company.
#[utoipa::path(get, path = "/access-log", tag = "access", responses((status = 200, body = AccessLog)))]
pub async fn list_access_events(State(app): State<App>, me: Me) -> Result<Json<AccessLog>, Problem> {
    administrator(&app, &me)?;
    let rows: Vec<Row> = app
        .db
        .read()
        .rows(
            "select e.id, e.at, a.name as actor, e.what, coalesce(s.name, e.subject) as subject, e.detail \
             from access_event e join staff a on a.id = e.staff_id left join staff s on s.id = e.subject \
             order by e.at desc, e.id desc limit $1",
            vals![SHOWN],
        )
        .await?;
    let view = |row: Row| AccessEvent {
        title: title_of(&TITLES, &row.what),
        id: row.id,
        at: row.at,
        actor: row.actor,
        subject: row.subject,
        detail: row.detail,
    };
    Ok(Json(AccessLog {
        items: rows.into_iter().map(view).collect(),
    }))
}
