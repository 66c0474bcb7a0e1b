//! Delivery of the outbox: at least once, by whichever node claims a message first.

use crate::background::Pulse;
use crate::context::App;
use crate::db::Sql;
use crate::error::Problem;
use crate::live::Wake;
use crate::vals;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sea_orm::FromQueryResult;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// Messages claimed at once.
const BATCH: i64 = 10;
const TIMEOUT: Duration = Duration::from_secs(20);
/// A claimed message is due again after this long, should the node that claimed it die; while it lives, it renews its
/// claim.
pub(crate) const CLAIM_MS: i64 = 15_000;
/// How often a claim is renewed.
const RENEW: Duration = Duration::from_secs(5);
/// Wake-ups may be lost: look this often anyway.
const PATROL: Duration = Duration::from_secs(10);
const FIRST_DELAY_MS: i64 = 60_000;
const LONGEST_DELAY_MS: i64 = 6 * 3_600_000;
/// With these delays that takes three days.
pub(crate) const MOST_ATTEMPTS: i64 = 20;

#[derive(FromQueryResult)]
struct Due {
    id: String,
    receiver: String,
    subject: String,
    body: String,
    attempts: i64,
}

/// Why a message did not go out.
struct Failure {
    why: String,
    /// Trying again would not help.
    final_: bool,
}

/// Delivers what is due, for as long as the process runs. Without a mail server mails wait.
pub(super) async fn run(app: App, mut pulse: Pulse) -> Result<(), Problem> {
    let mut wakes = app.live.listen();
    loop {
        let tried = deliver_due(&app).await?;
        pulse.well();
        // There may be more than one batch. The wait ends with a wake-up or with the time: both mean to look again.
        let long = if tried > 0 { Duration::ZERO } else { PATROL };
        let waiting = tokio::time::timeout(long, woken(&mut wakes));
        if pulse.unless_stopped(waiting).await.is_none() {
            return Ok(());
        }
    }
}

async fn woken(wakes: &mut Receiver<Wake>) {
    while let Ok(wake) = wakes.recv().await {
        if wake == Wake::Outbox {
            return;
        }
    }
}

/// Claims one batch of what is due and tries to send it; gives the number of messages tried.
///
/// # Errors
/// When the mail server's address cannot be read, or the database's.
pub async fn deliver_due(app: &App) -> Result<usize, Problem> {
    let Some(url) = &app.config.smtp else { return Ok(0) };
    let smtp = Smtp::from_url(url)
        .map_err(Problem::internal)?
        .timeout(Some(TIMEOUT))
        .build();
    let claimed = claim(app).await?;
    for (at, message) in claimed.iter().enumerate() {
        let waiting = claimed[at..].iter().map(|m| m.id.clone()).collect();
        let outcome = while_claimed(app, "outbox", waiting, send(app, &smtp, message)).await;
        settle(app, message, outcome).await?;
    }
    Ok(claimed.len())
}

/// Does something slow while the claim on rows of `table` is renewed, so that no other node takes them for those of a
/// dead one.
pub(crate) async fn while_claimed<T>(
    app: &App,
    table: &'static str,
    ids: Vec<String>,
    work: impl Future<Output = T>,
) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(RENEW) => {}
        }
        let (until, ids) = (app.clock.now() + CLAIM_MS, ids.clone());
        let renewed = app.db.write(move |tx| {
            Box::pin(async move {
                let sql = format!("update {table} set due_at = $1 where id = $2");
                for id in ids {
                    tx.run(&sql, vals![until, id]).await?;
                }
                Ok::<_, Problem>(())
            })
        });
        if let Err(problem) = renewed.await {
            // Another node may send it too: at least once is what is promised.
            tracing::warn!(?problem, "a claim was not renewed");
        }
    }
}

async fn claim(app: &App) -> Result<Vec<Due>, Problem> {
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            Box::pin(async move {
                let skip = if tx.is_postgres() {
                    "for update skip locked"
                } else {
                    ""
                };
                let sql = format!(
                    "update outbox set due_at = $1, attempts = attempts + 1 where id in (\
                     select id from outbox where sent_at is null and failed_at is null and due_at <= $2 \
                     order by due_at limit $3 {skip}) \
                     returning id, receiver, subject, body, attempts"
                );
                tx.rows(&sql, vals![now + CLAIM_MS, now, BATCH])
                    .await
                    .map_err(Problem::from)
            })
        })
        .await
}

async fn send(app: &App, smtp: &Smtp, due: &Due) -> Result<(), Failure> {
    let never = |why: String| Failure { why, final_: true };
    let box_of = |text: &str| {
        text.parse::<Mailbox>()
            .map_err(|e| never(format!("地址不对：{text}（{e}）")))
    };
    let from = box_of(&app.config.mail_from)?;
    let host = from.email.domain().to_owned();
    let message = Message::builder()
        .from(from)
        .to(box_of(&due.receiver)?)
        // The same each time, so that a mail that comes twice is known as one.
        .message_id(Some(format!("<{}@{host}>", due.id)))
        .subject(due.subject.as_str())
        .header(ContentType::TEXT_PLAIN)
        .body(due.body.clone())
        .map_err(|e| never(e.to_string()))?;
    let sent = smtp.send(message).await;
    sent.map(|_| ()).map_err(|error| {
        // 55x: the receiver or the message is refused. Other refusals (a wrong password of ours) may be mended.
        let refused = error
            .status()
            .is_some_and(|code| (550..=554).contains(&u16::from(code)));
        Failure {
            why: error.to_string(),
            final_: refused,
        }
    })
}

async fn settle(app: &App, due: &Due, outcome: Result<(), Failure>) -> Result<(), Problem> {
    let (id, now) = (due.id.clone(), app.clock.now());
    let (sql, values) = match outcome {
        Ok(()) => (
            "update outbox set sent_at = $1, error = null where id = $2",
            vals![now, id],
        ),
        Err(failure) => {
            tracing::warn!(
                id,
                attempts = due.attempts,
                why = failure.why,
                "a message did not go out"
            );
            let given_up = (failure.final_ || due.attempts >= MOST_ATTEMPTS).then_some(now);
            (
                "update outbox set due_at = $1, failed_at = $2, error = $3 where id = $4",
                vals![now + delay_ms(due.attempts), given_up, failure.why, id],
            )
        }
    };
    app.db
        .write(move |tx| Box::pin(async move { tx.run(sql, values).await.map_err(Problem::from) }))
        .await?;
    Ok(())
}

/// The pause after so many attempts: 1 min, 2 min, 4 min … 6 h.
pub(crate) fn delay_ms(attempts: i64) -> i64 {
    let doublings = (attempts - 1).clamp(0, 9);
    (FIRST_DELAY_MS << doublings).min(LONGEST_DELAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_last_about_three_days() {
        assert_eq!(delay_ms(1), 60_000);
        assert_eq!(delay_ms(2), 120_000);
        assert_eq!(delay_ms(50), LONGEST_DELAY_MS);
        let all: i64 = (1..MOST_ATTEMPTS).map(delay_ms).sum();
        let days = all as f64 / 86_400_000.0;
        assert!((2.5..3.2).contains(&days), "{days}");
    }
}
