//! Another system that comes with a token.

use super::me::{Me, SessionRow, digest, person};
use super::scopes::{needed, rights};
use crate::api::API;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::MatchedPath;
use axum::http::request::Parts;
use sea_orm::FromQueryResult;

/// Last use is kept to this grain, which spares a write for every request.
const GRAIN_MS: i64 = 60_000;

#[derive(FromQueryResult)]
struct Held {
    id: String,
    staff_id: String,
    name: String,
    login: String,
    scopes: String,
    created_at: i64,
    used_at: Option<i64>,
}

/// Whoever comes with `Authorization: Bearer …`. No forged page can send that header, so that no other proof is asked.
///
/// # Errors
/// [`Code::NotSignedIn`] when it is no token in force; [`Code::Forbidden`] when its scopes do not reach the address.
pub(super) async fn enter(app: &App, parts: &Parts, header: &str) -> Result<Me, Problem> {
    let wrong = || Problem::new(Code::NotSignedIn, "接口令牌无效或已过期");
    let token = header.strip_prefix("Bearer ").ok_or_else(wrong)?.trim();
    let now = app.clock.now();
    let held: Option<Held> = app
        .db
        .read()
        .row(
            "select t.id, t.staff_id, s.name, s.login, t.scopes, t.created_at, t.used_at from api_token t \
             join staff s on s.id = t.staff_id where t.digest = $1 and t.revoked_at is null and t.expires_at > $2 \
             and s.active",
            vals![digest(token), now],
        )
        .await?;
    let held = held.ok_or_else(wrong)?;
    let path = parts.extensions.get::<MatchedPath>();
    let path = path
        .map(|p| p.as_str().trim_start_matches(API))
        .unwrap_or_default();
    let has = |scope: &&str| held.scopes.split(' ').any(|held| held == *scope);
    match needed(&parts.method, path) {
        None => return Err(Problem::new(Code::Forbidden, "接口令牌不能用于这个地址")),
        Some(all) => {
            if let Some(missing) = all.iter().find(|scope| !has(scope)) {
                return Err(Problem::new(
                    Code::Forbidden,
                    format!("接口令牌没有“{missing}”权限"),
                ));
            }
        }
    }
    if held.used_at.is_none_or(|used| now - used > GRAIN_MS) {
        let id = held.id.clone();
        let sql = "update api_token set used_at = $1 where id = $2";
        app.db
            .write(move |tx| {
                Box::pin(async move { tx.run(sql, vals![now, id]).await.map_err(Problem::from) })
            })
            .await?;
    }
    let allowed = rights(held.scopes.split(' '));
    let row = SessionRow {
        id: held.staff_id,
        name: held.name,
        login: held.login,
        csrf: String::new(),
        created_at: held.created_at,
        seen_at: now,
    };
    let mut me = person(app, row, "").await?;
    me.may.retain(|right| allowed.contains(right));
    me.may_at.retain(|(right, _)| allowed.contains(right));
    Ok(me)
}
