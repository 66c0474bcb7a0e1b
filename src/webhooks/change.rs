//! Making and changing hooks, and sending again. All of it is recorded.

use super::view::{HookRow, rows};
use super::{EVENTS, target};
use crate::access::{administrator, log};
use crate::api::{Json, Path};
use crate::auth::{Me, session};
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::live::Wake;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// Hooks of an installation.
const MOST: i64 = 50;

/// A hook as it shall be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookInput {
    /// Name, up to 40 characters.
    name: String,
    /// `https://…`; addresses of the own network only where the server is told to allow them.
    url: String,
    /// Events it is told of.
    events: Vec<String>,
    /// Only of this site; absent: of all.
    site: Option<String>,
    /// Off: it is told nothing, and what waits, waits.
    active: bool,
}

impl HookInput {
    fn check(&self, app: &App) -> Result<String, Problem> {
        if !(1..=40).contains(&self.name.trim().chars().count()) {
            return Err(Problem::field("name", "请填写名称（40 字以内）"));
        }
        target::check(&self.url, app.config.private_hooks)?;
        let events: BTreeSet<&str> = self.events.iter().map(String::as_str).collect();
        let known = |event: &&str| EVENTS.iter().any(|(name, _)| name == event);
        if events.is_empty() || !events.iter().all(known) {
            return Err(Problem::field("events", "请选择要推送的事件"));
        }
        Ok(format!(",{},", events.into_iter().collect::<Vec<_>>().join(",")))
    }
}

/// A hook with its secret, which is shown this one time.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeHook {
    hook: HookRow,
    /// Key of the signatures.
    secret: String,
}

/// Makes a hook. It takes no `Idempotency-Key`: a kept answer would keep the secret too.
#[utoipa::path(post, path = "/hooks", tag = "access", request_body = HookInput,
    responses((status = 201, body = MadeHook)))]
pub async fn create_hook(
    State(app): State<App>,
    me: Me,
    Json(asked): Json<HookInput>,
) -> Result<(StatusCode, Json<MadeHook>), Problem> {
    administrator(&app, &me)?;
    let events = asked.check(&app)?;
    let secret = session::fresh_secret();
    let (own, key) = (app.clone(), secret.clone());
    let hook = app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let count: Option<i64> = tx.scalar("select count(*) from hook", vals![]).await?;
                if count.unwrap_or(0) >= MOST {
                    return Err(Problem::new(Code::Refused, "推送地址最多 50 个"));
                }
                site_exists(tx, asked.site.as_deref()).await?;
                let id = own.id();
                let values = vals![
                    id.clone(),
                    asked.name.trim(),
                    asked.url.trim(),
                    events,
                    asked.site,
                    key,
                    asked.active,
                    me.id.clone(),
                    own.clock.now()
                ];
                tx.run(
                    "insert into hook (id, name, url, events, site_id, secret, active, created_by, created_at) \
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    values,
                )
                .await?;
                log::record(tx, &own, &me.id, "hook-made", asked.name.trim(), asked.url.trim()).await?;
                one(tx, &id).await
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(MadeHook { hook, secret })))
}

/// Changes a hook; its secret stays.
#[utoipa::path(put, path = "/hooks/{id}", tag = "access", params(("id" = String, Path)), request_body = HookInput,
    responses((status = 200, body = HookRow)))]
pub async fn change_hook(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Json(asked): Json<HookInput>,
) -> Result<Json<HookRow>, Problem> {
    administrator(&app, &me)?;
    let events = asked.check(&app)?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                site_exists(tx, asked.site.as_deref()).await?;
                let values = vals![
                    asked.name.trim(),
                    asked.url.trim(),
                    events,
                    asked.site,
                    asked.active,
                    id.clone()
                ];
                let sql = "update hook set name = $1, url = $2, events = $3, site_id = $4, active = $5 where id = $6";
                if tx.run(sql, values).await? == 0 {
                    return Err(Problem::not_found());
                }
                log::record(tx, &own, &me.id, "hook-changed", asked.name.trim(), asked.url.trim()).await?;
                let live = own.live.clone();
                tx.after_commit(move || live.tell(Wake::Outbox));
                one(tx, &id).await.map(Json)
            })
        })
        .await
}

/// Deletes a hook with all it was told.
#[utoipa::path(delete, path = "/hooks/{id}", tag = "access", params(("id" = String, Path)),
    responses((status = 204, description = "Gone")))]
pub async fn delete_hook(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    administrator(&app, &me)?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let name = name_of(tx, &id).await?;
                for sql in [
                    "delete from hook_delivery where hook_id = $1",
                    "delete from hook where id = $1",
                ] {
                    tx.run(sql, vals![id.clone()]).await?;
                }
                log::record(tx, &own, &me.id, "hook-deleted", &name, "").await?;
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}

/// Tells a hook `ping`, to see whether it answers.
#[utoipa::path(post, path = "/hooks/{id}/try", tag = "access", params(("id" = String, Path)),
    responses((status = 204, description = "On its way")))]
pub async fn try_hook(State(app): State<App>, me: Me, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    administrator(&app, &me)?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let name = name_of(tx, &id).await?;
                let (event, now) = (own.id(), own.clock.now());
                let body = json!({ "id": event, "event": "ping", "at": now }).to_string();
                tx.run(
                    "insert into hook_delivery (id, hook_id, event, body, created_at, due_at) \
                     values ($1, $2, 'ping', $3, $4, $4)",
                    vals![format!("{event}-{id}"), id, body, now],
                )
                .await?;
                log::record(tx, &own, &me.id, "hook-tried", &name, "").await?;
                let live = own.live.clone();
                tx.after_commit(move || live.tell(Wake::Outbox));
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}

/// Sends a delivery again, now and as if for the first time; also one that was taken.
#[utoipa::path(post, path = "/hooks/{id}/deliveries/{delivery}/replay", tag = "access",
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 204, description = "It is sent again")))]
pub async fn replay_delivery(
    State(app): State<App>,
    me: Me,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    administrator(&app, &me)?;
    let own = app.clone();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let name = name_of(tx, &id).await?;
                let sql = "update hook_delivery set due_at = $1, attempts = 0, sent_at = null, failed_at = null \
                           where id = $2 and hook_id = $3";
                let values = vals![own.clock.now(), delivery.clone(), id];
                if tx.run(sql, values).await? == 0 {
                    return Err(Problem::not_found());
                }
                log::record(tx, &own, &me.id, "delivery-replayed", &name, &delivery).await?;
                let live = own.live.clone();
                tx.after_commit(move || live.tell(Wake::Outbox));
                Ok(StatusCode::NO_CONTENT)
            })
        })
        .await
}

async fn name_of(tx: &Tx, id: &str) -> Result<String, Problem> {
    let name: Option<String> = tx
        .scalar("select name from hook where id = $1", vals![id.to_owned()])
        .await?;
    name.ok_or_else(Problem::not_found)
}

async fn one(tx: &Tx, id: &str) -> Result<HookRow, Problem> {
    let found = rows(tx, Some(id)).await?.pop();
    found.ok_or_else(|| Problem::internal("the hook vanished"))
}

async fn site_exists(tx: &Tx, site: Option<&str>) -> Result<(), Problem> {
    let Some(site) = site else { return Ok(()) };
    let known: Option<String> = tx
        .scalar("select id from site where id = $1", vals![site.to_owned()])
        .await?;
    known
        .map(drop)
        .ok_or_else(|| Problem::field("site", "所选项目不存在"))
}
