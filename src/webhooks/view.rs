//! Hooks and what they were told, as administrators see them.

use super::EVENTS;
use crate::access::administrator;
use crate::api::{Json, Path, Query};
use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;
use axum::extract::State;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Deliveries of a page.
const PAGE: usize = 50;

/// Hooks, and the events there are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HookList {
    /// By name.
    items: Vec<HookRow>,
    /// Events that can be subscribed to.
    events: Vec<EventName>,
}

/// An event that can be subscribed to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EventName {
    name: String,
    title: String,
}

/// A hook, without its secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HookRow {
    id: String,
    name: String,
    url: String,
    /// Events it is told of.
    events: Vec<String>,
    /// Only of this site; absent: of all.
    site: Option<String>,
    active: bool,
    created_at: i64,
    /// Deliveries that wait, those being tried again included.
    waiting: i64,
    /// Deliveries that were given up.
    failed: i64,
    last_sent_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct Raw {
    id: String,
    name: String,
    url: String,
    events: String,
    site_id: Option<String>,
    active: bool,
    created_at: i64,
    waiting: i64,
    failed: i64,
    last_sent_at: Option<i64>,
}

/// Hooks, for administrators of the whole company.
#[utoipa::path(get, path = "/hooks", tag = "access", responses((status = 200, body = HookList)))]
pub async fn list_hooks(State(app): State<App>, me: Me) -> Result<Json<HookList>, Problem> {
    administrator(&app, &me)?;
    let events = EVENTS.iter().map(|(name, title)| EventName {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
    });
    Ok(Json(HookList {
        items: rows(app.db.read(), None).await?,
        events: events.collect(),
    }))
}

pub(super) async fn rows(sql: &impl Sql, id: Option<&str>) -> Result<Vec<HookRow>, Problem> {
    let raw: Vec<Raw> = sql
        .rows(
            "select h.id, h.name, h.url, h.events, h.site_id, h.active, h.created_at, \
             (select count(*) from hook_delivery d where d.hook_id = h.id and d.sent_at is null and d.failed_at is null) \
             as waiting, \
             (select count(*) from hook_delivery d where d.hook_id = h.id and d.failed_at is not null) as failed, \
             (select max(d.sent_at) from hook_delivery d where d.hook_id = h.id) as last_sent_at \
             from hook h where h.id = coalesce($1, h.id) order by h.name, h.id",
            vals![id.map(str::to_owned)],
        )
        .await?;
    let view = |raw: Raw| HookRow {
        events: raw
            .events
            .split(',')
            .filter(|e| !e.is_empty())
            .map(str::to_owned)
            .collect(),
        id: raw.id,
        name: raw.name,
        url: raw.url,
        site: raw.site_id,
        active: raw.active,
        created_at: raw.created_at,
        waiting: raw.waiting,
        failed: raw.failed,
        last_sent_at: raw.last_sent_at,
    };
    Ok(raw.into_iter().map(view).collect())
}

/// Which deliveries.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only those that wait or were given up.
    #[serde(default)]
    troubled: bool,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A page of deliveries.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryPage {
    /// Newest first.
    items: Vec<Delivery>,
    /// Pass it as `cursor` for the next page.
    next: Option<String>,
}

/// A delivery.
#[derive(Debug, Serialize, FromQueryResult, utoipa::ToSchema)]
struct Delivery {
    id: String,
    event: String,
    /// What is sent, as it is signed.
    body: String,
    created_at: i64,
    /// When it is tried next.
    due_at: i64,
    attempts: i64,
    /// When it was taken.
    sent_at: Option<i64>,
    /// When it was given up.
    failed_at: Option<i64>,
    /// HTTP status of the last answer.
    status: Option<i64>,
    /// The beginning of the last answer, or why there was none.
    answer: Option<String>,
    took_ms: Option<i64>,
}

/// What a hook was told, and what it answered.
#[utoipa::path(get, path = "/hooks/{id}/deliveries", tag = "access", params(("id" = String, Path), DeliveryQuery),
    responses((status = 200, body = DeliveryPage)))]
pub async fn list_deliveries(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<DeliveryPage>, Problem> {
    administrator(&app, &me)?;
    let read = app.db.read();
    let known: Option<String> = read
        .scalar("select id from hook where id = $1", vals![id.clone()])
        .await?;
    known.ok_or_else(Problem::not_found)?;
    let troubled = if query.troubled { "and sent_at is null" } else { "" };
    let sql = format!(
        "select id, event, body, created_at, due_at, attempts, sent_at, failed_at, status, answer, took_ms \
         from hook_delivery where hook_id = $1 and id < coalesce($2, 'a') {troubled} order by id desc limit {}",
        PAGE + 1
    );
    let mut items: Vec<Delivery> = read.rows(&sql, vals![id, query.cursor]).await?;
    let more = items.len() > PAGE;
    items.truncate(PAGE);
    let next = items.last().filter(|_| more).map(|d| d.id.clone());
    Ok(Json(DeliveryPage { items, next }))
}
