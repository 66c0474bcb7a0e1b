//! The demonstration's clock: moved on by whoever is signed in, so that a deadline of days can be seen passing, with
//! every reminder and rung of its ladder on the way. A served demonstration is one node.

use crate::api::{Answer, Json, Once};
use crate::auth::Me;
use crate::context::App;
use crate::db::{Sql, Tx};
use crate::error::{Code, Problem};
use crate::live::Wake;
use crate::vals;
use axum::extract::State;
use axum::http::StatusCode;
use engine::time::DEFAULT_OFFSET_MINUTES;
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
            keep(tx, kept.and_then(|k| k.as_i64()).unwrap_or(0) + ms).await?;
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

/// When a demonstration begins that is made at `now`: by day at once, by night in the next forenoon. At night nobody
/// is at work, and what a visitor sees first would be empty lists.
#[must_use]
pub fn by_day(now: i64) -> i64 {
    let hour = now.saturating_add(ZONE_MS).rem_euclid(DAY_MS) / HOUR_MS;
    let midnight = now - now.saturating_add(ZONE_MS).rem_euclid(DAY_MS);
    match hour {
        ..9 => midnight + FORENOON_MS,
        9..18 => now,
        _ => midnight + DAY_MS + FORENOON_MS,
    }
}
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const ZONE_MS: i64 = DEFAULT_OFFSET_MINUTES as i64 * 60_000;
/// Twenty past ten: the night's calls are given out, the day's are on their way.
const FORENOON_MS: i64 = 10 * HOUR_MS + 20 * 60_000;

/// Remembers that the clock of this demonstration begins `ms` ahead.
///
/// # Errors
/// The database's.
pub async fn begin_ahead(app: &App, ms: i64) -> Result<(), DbErr> {
    app.db
        .write(move |tx| Box::pin(async move { keep(tx, ms).await }))
        .await
}

async fn keep(tx: &Tx, ahead: i64) -> Result<(), DbErr> {
    tx.run(
        "insert into setting (name, value) values ('demo-clock', $1) \
         on conflict (name) do update set value = excluded.value",
        vals![json!(ahead)],
    )
    .await?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demonstration_begins_by_day() {
        // 2026-11-28 00:00 in the company's zone.
        let midnight = 1_795_824_000_000 - ZONE_MS;
        let at = |hour: i64| midnight + hour * HOUR_MS;
        assert_eq!(by_day(at(10)), at(10));
        assert_eq!(by_day(at(17)), at(17));
        for (made, begins) in [(0, 0), (8, 0), (18, 24), (23, 24)] {
            assert_eq!(by_day(at(made)), at(begins) + FORENOON_MS, "made at {made}");
        }
    }
}
