//! The demonstration's clock: moved on by whoever is signed in, so that a deadline of days can be seen passing, with
//! every reminder and rung of its ladder on the way. A served demonstration is one node.

use crate::api::{Answer, Json, Once};
use crate::app::App;
use crate::auth::Me;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::live::Wake;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The longest move: a month.
const MOST_MINUTES: i64 = 31 * 24 * 60;

/// How far to move.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Minutes, 1 to 44640.
    #[schema(minimum = 1, maximum = 44640)]
    minutes: i64,
}

/// Where the clock stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Moved {
    /// The server's time (epoch ms).
    now: i64,
}

/// Moves the clock of a demonstration on; not found elsewhere. Sessions last as long as before.
#[utoipa::path(post, path = "/demo/clock", tag = "session", request_body = Move,
    params(("Idempotency-Key" = String, Header,)), responses((status = 200, body = Moved)))]
pub async fn move_clock(
    State(app): State<App>,
    me: Me,
    once: Once,
    Json(asked): Json<Move>,
) -> Result<Answer, Problem> {
    if !app.config.demo {
        return Err(Problem::not_found());
    }
    if !(1..=MOST_MINUTES).contains(&asked.minutes) {
        return Err(Problem::new(Code::BadRequest, "一次可快进 1 分钟到 31 天"));
    }
    let ms = asked.minutes * 60_000;
    let shared = app.clone();
    app.write_as(&me, once, StatusCode::OK, move |tx| {
        Box::pin(async move {
            let kept: Option<Value> = tx.scalar(KEPT, vals![]).await?;
            let ahead = kept.and_then(|k| k.as_i64()).unwrap_or(0) + ms;
            tx.run(
                "insert into setting (name, value) values ('demo-clock', $1) \
                 on conflict (name) do update set value = excluded.value",
                vals![json!(ahead)],
            )
            .await?;
            tx.run(
                "update session set seen_at = seen_at + $1, created_at = created_at + $1, expires_at = expires_at + $1",
                vals![ms],
            )
            .await?;
            let now = shared.clock.now() + ms;
            tx.after_commit(move || {
                shared.clock.advance(ms);
                shared.live.tell(Wake::Resync);
            });
            Ok(Moved { now })
        })
    })
    .await
}

const KEPT: &str = "select value from setting where name = 'demo-clock'";

/// Puts the clock of a demonstration that was stopped back to where it had been moved.
///
/// # Errors
/// The database's.
pub async fn restore(app: &App) -> Result<(), DbErr> {
    let kept: Option<Value> = app.db.read().scalar(KEPT, vals![]).await?;
    app.clock.advance(kept.and_then(|k| k.as_i64()).unwrap_or(0));
    Ok(())
}
