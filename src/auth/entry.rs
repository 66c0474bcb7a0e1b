//! From a request to the member of staff who sends it.

use super::me::{Me, SessionRow, digest, not_signed_in, person};
use super::tokens;
use crate::api::text_header;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

/// Name of the session's cookie.
pub const COOKIE: &str = "yizhan";
/// A session ends this long after it was last used,
pub const IDLE_MS: i64 = 12 * 3_600_000;
/// and at the latest this long after signing in.
pub const LIFE_MS: i64 = 30 * 24 * 3_600_000;

impl FromRequestParts<App> for Me {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Me, Problem> {
        if let Some(token) = text_header(&parts.headers, "authorization") {
            return tokens::enter(app, parts, &token).await;
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let secret = jar
            .get(COOKIE)
            .map(|c| c.value().to_owned())
            .ok_or_else(not_signed_in)?;
        let me = load(app, &digest(&secret)).await?;
        let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let token = text_header(&parts.headers, "x-csrf-token");
        if !safe && token.as_deref() != Some(me.csrf.as_str()) {
            return Err(Problem::new(Code::Csrf, "页面已过期，请刷新后重试"));
        }
        Ok(me)
    }
}

/// Who the session of that digest belongs to, if it has not ended; and it counts as used.
pub(super) async fn load(app: &App, digest: &str) -> Result<Me, Problem> {
    let now = app.clock.now();
    let row = find(app, digest).await?;
    // A quarter of an hour's grain spares a write for every request.
    if now - row.seen_at > 900_000 {
        let expires = (now + IDLE_MS).min(row.created_at + LIFE_MS);
        let values = vals![now, expires, digest.to_owned()];
        app.db
            .write(move |tx| {
                Box::pin(async move {
                    let sql = "update session set seen_at = $1, expires_at = $2 where digest = $3";
                    tx.run(sql, values).await.map_err(Problem::from)
                })
            })
            .await?;
    }
    person(app, row, digest).await
}

/// The same person as they are now; the session does not count as used. For connections that stay open.
///
/// # Errors
/// [`Code::NotSignedIn`] once the session has ended.
pub async fn again(app: &App, me: &Me) -> Result<Me, Problem> {
    let row = find(app, &me.session).await?;
    person(app, row, &me.session).await
}

async fn find(app: &App, digest: &str) -> Result<SessionRow, Problem> {
    let sql = "select s.id, s.name, s.login, e.csrf, e.created_at, e.seen_at from session e \
               join staff s on s.id = e.staff_id where e.digest = $1 and e.expires_at > $2 and s.active";
    let row = app
        .db
        .read()
        .row(sql, vals![digest.to_owned(), app.clock.now()])
        .await?;
    row.ok_or_else(not_signed_in)
}
