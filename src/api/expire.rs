//! Forgetting the first answers to writes: they hold what people entered, and nobody asks for them after a while.

use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::vals;

/// A phone that had no signal may send again what was written already: so long its key is known.
const KEEP_MS: i64 = 30 * 86_400_000;
/// Answers forgotten in one transaction: on SQLite all other writers wait for it.
const BATCH: i64 = 2_000;

/// Forgets the oldest that have expired; true when there may be more.
///
/// # Errors
/// The database's.
pub async fn forget_expired(app: &App) -> Result<bool, Problem> {
    let before = app.clock.now() - KEEP_MS;
    let expired = app.db.read().scalar::<i64>(
        "select created_at from idempotency where created_at < $1 limit 1",
        vals![before],
    );
    // Asked first: looking for nothing should not keep writers waiting.
    if expired.await?.is_none() {
        return Ok(false);
    }
    let forgotten = app.db.write(move |tx| {
        Box::pin(async move {
            let sql = "delete from idempotency where (actor, key) in (select actor, key from idempotency \
                       where created_at < $1 order by created_at limit $2)";
            tx.run(sql, vals![before, BATCH]).await.map_err(Problem::from)
        })
    });
    Ok(i64::try_from(forgotten.await?).is_ok_and(|gone| gone == BATCH))
}
