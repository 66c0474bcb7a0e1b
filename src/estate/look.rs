//! Looks at personal data: each has a reason and is recorded (SAFE-4), and there are only so many an hour.

use crate::auth::Me;
use crate::context::App;
use crate::db::Sql;
use crate::error::{Code, Problem};
use crate::vals;
use serde::Deserialize;

/// Looks of one person in an hour, where a reason is given.
const MOST: i64 = 60;
const HOUR_MS: i64 = 3_600_000;

/// Why personal data is shown in full or taken away.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// In words, 2 to 200 characters.
    reason: String,
}

impl Reason {
    /// Records that `me` looks at `subject`, and why.
    ///
    /// # Errors
    /// [`Code::Invalid`] without a reason; as [`look`].
    pub async fn look(&self, app: &App, me: &Me, what: &str, subject: &str) -> Result<(), Problem> {
        let reason = self.reason.trim();
        if !(2..=200).contains(&reason.chars().count()) {
            return Err(Problem::field("reason", "请写明原因（2 到 200 字）"));
        }
        look(app, me, what, subject, reason, MOST).await
    }
}

/// Records that `me` looks at `subject` and refuses when that is more than `most` looks of the sort in an hour.
///
/// # Errors
/// [`Code::TooMany`]; the database's.
pub async fn look(
    app: &App,
    me: &Me,
    what: &str,
    subject: &str,
    reason: &str,
    most: i64,
) -> Result<(), Problem> {
    let (id, now) = (app.id(), app.clock.now());
    let (staff, what) = (me.id.clone(), what.to_owned());
    let (subject, reason) = (subject.to_owned(), reason.to_owned());
    app.db
        .write(move |tx| {
            Box::pin(async move {
                if tx.is_postgres() {
                    // Of two at once the second counts the first.
                    tx.run("select pg_advisory_xact_lock(hashtextextended($1, 1))", vals![staff.clone()]).await?;
                }
                let looks: Option<i64> = tx
                    .scalar(
                        "select count(*) from look where staff_id = $1 and what = $2 and at > $3",
                        vals![staff.clone(), what.clone(), now - HOUR_MS],
                    )
                    .await?;
                if looks.unwrap_or(0) >= most {
                    return Err(Problem::new(Code::TooMany, "一小时内查看个人信息的次数已到上限，请稍后再试"));
                }
                let sql = "insert into look (id, staff_id, at, what, subject, reason) values ($1, $2, $3, $4, $5, $6)";
                tx.run(sql, vals![id, staff, now, what, subject, reason]).await?;
                Ok(())
            })
        })
        .await
}
